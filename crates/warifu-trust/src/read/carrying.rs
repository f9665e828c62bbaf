//! Reading what is to be carried on although it is not to be used: a release that a revocation broke, and
//! what was said of it. Whoever receives it judges for itself, and must hear the statement.

use std::collections::VecDeque;

use crate::limits;
use crate::metadata::{Listing, ReleaseRef};
use crate::read::back::{LookedBack, LookingBack};
use crate::read::fetch_error::FetchError;
use crate::read::freshness::Freshness;
use crate::read::listed::ListedFile;
use crate::read::open_error::OpenError;
use crate::read::opening::{not_behind, within_policy};
use crate::read::roots::NextRoot;
use crate::read::state::TrustedState;
use crate::read::statements::NextStatement;
use crate::read::verified_chain::VerifiedChain;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::statement::Statements;
use crate::time::UnixSeconds;

/// What was read to be carried. It opens nothing: that its signers were those of some root once is all that
/// is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Which release it is.
    pub release: ReleaseRef,
    /// The versions of root, timestamp, snapshot and targets, as of an opened release.
    pub versions: [u64; 4],
}

/// The walk that reads every file that a channel's newest release lists, but for patches, under whichever of
/// its roots its signatures hold, revoked keys and all. It ends with `None` where nothing on the channel
/// itself says that keys were revoked: who receives that would take the release.
///
/// All else is demanded as for opening it: that it is fresh, as policy allows, and not behind what was
/// accepted.
#[must_use = "nothing was read before the walk is at its end"]
pub struct Carrying {
    read: Read,
    stage: Stage,
}

/// What was read so far, and what it is held to.
struct Read {
    /// What the channel tells whoever has only the pinned root.
    state: TrustedState,
    /// What this side knows besides.
    remembered: TrustedState,
    now: UnixSeconds,
}

enum Stage {
    Roots(NextRoot),
    Statements(NextStatement),
    Chain(Box<LookingBack>),
    Files { file: ListedFile, left: VecDeque<ListedFile>, carried: Carried },
}

impl Carrying {
    /// From the root that `remembered` was pinned to, as who receives this may remember nothing: every file
    /// is asked for. `now` is the caller's clock.
    pub fn begin(remembered: &TrustedState, now: UnixSeconds) -> Self {
        let (remembered, mut state) = (remembered.clone(), remembered.clone());
        state.roots.truncate(1);
        (state.statements, state.recorded) = (Statements::default(), None);
        let stage = Stage::Roots(NextRoot::after(state.root()));
        let now = now.max(remembered.known_time);
        Carrying { read: Read { state, remembered, now }, stage }
    }
}

impl Read {
    fn at(self, stage: Stage) -> Step<Carrying> {
        Step::Next(Carrying { read: self, stage })
    }

    fn heard(self, next: Option<NextStatement>) -> Result<Step<Carrying>, OpenError> {
        let stage = match next {
            Some(next) => Stage::Statements(next),
            None => {
                let (roots, revoked) = (&self.state.roots, self.state.statements.revoked());
                let fresh = Freshness::RequiredAt(self.now);
                // Without a floor, which would spare the channel a question: `looked` holds to what is
                // remembered.
                Stage::Chain(Box::new(LookingBack::fresh(roots, revoked, None, fresh)?))
            }
        };
        Ok(self.at(stage))
    }

    fn looked(self, looked: LookedBack) -> Result<Step<Carrying>, Refusal> {
        let LookedBack { chain, under_newest } = looked;
        within_policy(&self.state, self.now, &chain)?;
        self.not_behind(&chain)?;
        if under_newest {
            return Ok(Step::Done(None));
        }
        let state = &self.state;
        let listing: &Listing = &chain.listing;
        let carried = Carried {
            release: listing.current,
            versions: [
                state.root().version(),
                chain.timestamp_version,
                chain.snapshot_version,
                listing.version,
            ],
        };
        let names = listing.entries.keys().filter(|name| !name.is_patch());
        let files = names.map(|name| ListedFile::find(listing, name, limits::BLOB_BYTES));
        let files = files.collect::<Result<VecDeque<_>, _>>()?;
        Ok(self.on(files, carried))
    }

    /// Neither roots, lists nor releases lie behind those that are remembered.
    fn not_behind(&self, chain: &VerifiedChain) -> Result<(), Refusal> {
        not_behind(&self.remembered, chain.listing.current)?;
        let [targets, snapshot, timestamp] =
            self.remembered.recorded.as_ref().map_or([0; 3], |recorded| recorded.versions);
        let versions = [
            ("root.json", self.remembered.root().version(), self.state.root().version()),
            ("timestamp.json", timestamp, chain.timestamp_version),
            ("snapshot.json", snapshot, chain.snapshot_version),
            ("targets.json", targets, chain.listing.version),
        ];
        match versions.into_iter().find(|(_, recorded, offered)| offered < recorded) {
            Some((what, recorded, offered)) => Err(Refusal::Rollback { what, recorded, offered }),
            None => Ok(()),
        }
    }

    fn on(self, mut left: VecDeque<ListedFile>, carried: Carried) -> Step<Carrying> {
        match left.pop_front() {
            Some(file) => self.at(Stage::Files { file, left, carried }),
            None => Step::Done(Some(carried)),
        }
    }
}

impl Walk for Carrying {
    type Done = Option<Carried>;
    type Error = OpenError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Roots(next) => &next.need,
            Stage::Statements(next) => &next.need,
            Stage::Chain(chain) => chain.need(),
            Stage::Files { file, .. } => &file.need,
        }
    }

    fn ahead(&self) -> Vec<Need> {
        match &self.stage {
            Stage::Files { left, .. } => left.iter().map(|file| file.need.clone()).collect(),
            _ => Vec::new(),
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let Carrying { mut read, stage } = self;
        match stage {
            Stage::Roots(next) => {
                let TrustedState { roots, policy, .. } = &mut read.state;
                match next.take(answer, roots, policy)? {
                    Some(next) => Ok(read.at(Stage::Roots(next))),
                    None => {
                        let first = NextStatement::after(&read.state.statements, read.state.root());
                        read.heard(first)
                    }
                }
            }
            Stage::Statements(next) => {
                let TrustedState { roots, statements, .. } = &mut read.state;
                let next = next.take(answer, statements, roots)?;
                read.heard(next)
            }
            Stage::Chain(chain) => match chain.feed(answer)? {
                Step::Next(chain) => Ok(read.at(Stage::Chain(Box::new(chain)))),
                Step::Done(looked) => Ok(read.looked(looked)?),
            },
            Stage::Files { file, left, carried } => {
                file.take(answer).map_err(|error| match error {
                    FetchError::Missing { path } => OpenError::Missing { path },
                    FetchError::Refused(refusal) => OpenError::Refused(refusal),
                })?;
                Ok(read.on(left, carried))
            }
        }
    }
}
