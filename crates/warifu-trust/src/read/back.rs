//! Looking back at what was published or recorded before a rotation: under the newest root for which the
//! signatures hold. Never for moving to something: keys that were revoked since may have made it.

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
    /// How many there were.
    known: usize,
    chain: Chain,
    /// What was answered already: no file is asked for twice, so none can change between two roots.
    answered: BTreeMap<ChannelPath, Answer>,
}

/// What was found, and whether the newest root still answers for it.
pub(crate) struct LookedBack {
    pub(crate) chain: VerifiedChain,
    /// Signed by people whom the newest root lists. When it is false, only who remembers this very release
    /// from before the rotation can tell it from one that revoked keys forged.
    pub(crate) under_newest: bool,
}

impl LookingBack {
    /// Begins under the last of `roots`, under which nothing behind `floor` passes.
    pub(crate) fn begin(roots: &[SignedRoot], floor: Option<&MetadataFiles>) -> Result<Self, OpenError> {
        let chain = Chain::begin(roots, floor, Freshness::IgnoreExpired)?;
        Ok(LookingBack { roots: roots.to_vec(), known: roots.len(), chain, answered: BTreeMap::new() })
    }
}

impl Walk for LookingBack {
    type Done = LookedBack;
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.chain.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let LookingBack { mut roots, known, mut chain, mut answered } = self;
        answered.insert(chain.need().path.clone(), answer);
        while let Some(answer) = answered.get(&chain.need().path).cloned() {
            chain = match chain.feed(answer) {
                Ok(Step::Next(chain)) => chain,
                Ok(Step::Done(chain)) => {
                    return Ok(Step::Done(LookedBack { chain, under_newest: roots.len() == known }));
                }
                Err(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp)) if roots.len() > 1 => {
                    roots.pop();
                    Chain::begin(&roots, None, Freshness::IgnoreExpired)?
                }
                Err(error) => return Err(error),
            };
        }
        Ok(Step::Next(LookingBack { roots, known, chain, answered }))
    }
}

/// Verifies recorded files under any of `roots`.
pub(crate) fn look_back(roots: &[SignedRoot], files: &MetadataFiles) -> Result<VerifiedChain, OpenError> {
    let mut walk = LookingBack::begin(roots, None)?;
    loop {
        let answer = files.answer(walk.need());
        match walk.feed(answer)? {
            Step::Next(next) => walk = next,
            Step::Done(looked) => return Ok(looked.chain),
        }
    }
}
