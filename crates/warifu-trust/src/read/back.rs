//! Looking back at what was published or recorded before a rotation: under the newest root for which the
//! signatures hold. Never for moving to something: keys that were revoked since may have made it.

use std::collections::{BTreeMap, BTreeSet};

use crate::keys::KeyId;
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
    /// Keys of the newest that count for nothing; none once an older look is taken.
    revoked: BTreeSet<KeyId>,
    /// Whether this is the first look.
    under_newest: bool,
    freshness: Freshness,
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
    /// Begins under the last of `roots` without the `revoked` keys, under which nothing behind `floor`
    /// passes.
    pub(crate) fn begin(
        roots: &[SignedRoot],
        revoked: BTreeSet<KeyId>,
        floor: Option<&MetadataFiles>,
    ) -> Result<Self, OpenError> {
        LookingBack::fresh(roots, revoked, floor, Freshness::IgnoreExpired)
    }

    /// The same where what has expired may not pass either.
    pub(crate) fn fresh(
        roots: &[SignedRoot],
        revoked: BTreeSet<KeyId>,
        floor: Option<&MetadataFiles>,
        freshness: Freshness,
    ) -> Result<Self, OpenError> {
        let chain = Chain::begin(roots, &revoked, floor, freshness)?;
        let (roots, answered) = (roots.to_vec(), BTreeMap::new());
        Ok(LookingBack { roots, revoked, under_newest: true, freshness, chain, answered })
    }
}

impl Walk for LookingBack {
    type Done = LookedBack;
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.chain.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let LookingBack { mut roots, mut revoked, mut under_newest, freshness, mut chain, mut answered } =
            self;
        answered.insert(chain.need().path.clone(), answer);
        while let Some(answer) = answered.get(&chain.need().path).cloned() {
            chain = match chain.feed(answer) {
                Ok(Step::Next(chain)) => chain,
                Ok(Step::Done(chain)) => {
                    return Ok(Step::Done(LookedBack { chain, under_newest }));
                }
                Err(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp))
                    if roots.len() > 1 || !revoked.is_empty() =>
                {
                    // As it was before the keys were revoked, then as it was before the last rotation.
                    if revoked.is_empty() {
                        roots.pop();
                    }
                    revoked.clear();
                    under_newest = false;
                    Chain::begin(&roots, &revoked, None, freshness)?
                }
                Err(error) => return Err(error),
            };
        }
        Ok(Step::Next(LookingBack { roots, revoked, under_newest, freshness, chain, answered }))
    }
}

/// Verifies recorded files under any of `roots`.
pub(crate) fn look_back(roots: &[SignedRoot], files: &MetadataFiles) -> Result<VerifiedChain, OpenError> {
    let mut walk = LookingBack::begin(roots, BTreeSet::new(), None)?;
    loop {
        let answer = files.answer(walk.need());
        match walk.feed(answer)? {
            Step::Next(next) => walk = next,
            Step::Done(looked) => return Ok(looked.chain),
        }
    }
}
