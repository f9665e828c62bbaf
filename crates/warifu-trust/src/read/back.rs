//! Looking back at what was published or recorded before a rotation: under the newest root for which the
//! signatures hold. Never for moving to something.

use std::collections::BTreeMap;

use crate::metadata::ChannelPath;
use crate::read::chain::Chain;
use crate::read::freshness::Freshness;
use crate::read::open_error::OpenError;
use crate::read::verified_chain::{MetadataFiles, VerifiedChain};
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::root::SignedRoot;

/// A [`Chain`] that is begun again under the root before when signatures are missing under this one.
pub(crate) struct LookingBack {
    /// The last of them is the one in use.
    roots: Vec<SignedRoot>,
    chain: Chain,
    /// What was answered already: no file is asked for twice, so none can change between two roots.
    answered: BTreeMap<ChannelPath, Answer>,
}

impl LookingBack {
    /// Begins under the last of `roots`.
    pub(crate) fn begin(roots: &[SignedRoot]) -> Result<Self, OpenError> {
        let chain = Chain::begin(roots, None, Freshness::IgnoreExpired)?;
        Ok(LookingBack { roots: roots.to_vec(), chain, answered: BTreeMap::new() })
    }
}

impl Walk for LookingBack {
    type Done = VerifiedChain;
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.chain.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let LookingBack { mut roots, mut chain, mut answered } = self;
        answered.insert(chain.need().path.clone(), answer);
        while let Some(answer) = answered.get(&chain.need().path).cloned() {
            chain = match chain.feed(answer) {
                Ok(Step::Next(chain)) => chain,
                Ok(Step::Done(verified)) => return Ok(Step::Done(verified)),
                Err(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp)) if roots.len() > 1 => {
                    roots.pop();
                    Chain::begin(&roots, None, Freshness::IgnoreExpired)?
                }
                Err(error) => return Err(error),
            };
        }
        Ok(Step::Next(LookingBack { roots, chain, answered }))
    }
}

/// Verifies recorded files under any of `roots`.
pub(crate) fn look_back(roots: &[SignedRoot], files: &MetadataFiles) -> Result<VerifiedChain, OpenError> {
    let mut walk = LookingBack::begin(roots)?;
    loop {
        let answer = files.answer(walk.need());
        match walk.feed(answer)? {
            Step::Next(next) => walk = next,
            Step::Done(verified) => return Ok(verified),
        }
    }
}
