//! Reading what is to be carried on although it is not to be used: a release that a revocation broke, and
//! what was said of it. Whoever receives it judges for itself, and must hear the statement.

use std::collections::VecDeque;

use crate::limits;
use crate::metadata::{Listing, ReleaseRef};
use crate::read::back::{LookedBack, LookingBack};
use crate::read::fetch_error::FetchError;
use crate::read::listed::ListedFile;
use crate::read::open_error::OpenError;
use crate::read::roots::NextRoot;
use crate::read::state::TrustedState;
use crate::read::statements::NextStatement;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::statement::Statements;

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
/// its roots its signatures hold, revoked keys and all.
#[must_use = "nothing was read before the walk is at its end"]
pub struct Carrying {
    state: TrustedState,
    stage: Stage,
}

enum Stage {
    Roots(NextRoot),
    Statements(NextStatement),
    Chain(Box<LookingBack>),
    Files { file: ListedFile, left: VecDeque<ListedFile>, carried: Carried },
}

impl Carrying {
    /// From the root that `state` was pinned to, as who receives this may remember nothing: every file is
    /// asked for.
    pub fn begin(state: &TrustedState) -> Self {
        let mut state = state.clone();
        state.roots.truncate(1);
        (state.statements, state.recorded) = (Statements::default(), None);
        let stage = Stage::Roots(NextRoot::after(state.root()));
        Carrying { state, stage }
    }

    fn heard(state: TrustedState, next: Option<NextStatement>) -> Result<Step<Self>, OpenError> {
        let stage = match next {
            Some(next) => Stage::Statements(next),
            None => {
                let revoked = state.statements.revoked();
                Stage::Chain(Box::new(LookingBack::begin(&state.roots, revoked, None)?))
            }
        };
        Ok(Step::Next(Carrying { state, stage }))
    }

    fn looked(state: TrustedState, looked: LookedBack) -> Result<Step<Self>, Refusal> {
        let LookedBack { chain, .. } = looked;
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
        Ok(Carrying::on(state, files, carried))
    }

    fn on(state: TrustedState, mut left: VecDeque<ListedFile>, carried: Carried) -> Step<Self> {
        match left.pop_front() {
            Some(file) => Step::Next(Carrying { state, stage: Stage::Files { file, left, carried } }),
            None => Step::Done(carried),
        }
    }
}

impl Walk for Carrying {
    type Done = Carried;
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
        let Carrying { mut state, stage } = self;
        match stage {
            Stage::Roots(next) => {
                let TrustedState { roots, policy, .. } = &mut state;
                let next = next.take(answer, roots, policy)?;
                let first = NextStatement::after(&state.statements, state.root());
                match next {
                    Some(next) => Ok(Step::Next(Carrying { state, stage: Stage::Roots(next) })),
                    None => Carrying::heard(state, first),
                }
            }
            Stage::Statements(next) => {
                let TrustedState { roots, statements, .. } = &mut state;
                let next = next.take(answer, statements, &roots[roots.len() - 1]);
                Carrying::heard(state, next)
            }
            Stage::Chain(chain) => match chain.feed(answer)? {
                Step::Next(chain) => Ok(Step::Next(Carrying { state, stage: Stage::Chain(Box::new(chain)) })),
                Step::Done(looked) => Ok(Carrying::looked(state, looked)?),
            },
            Stage::Files { file, left, carried } => {
                file.take(answer).map_err(|error| match error {
                    FetchError::Missing { path } => OpenError::Missing { path },
                    FetchError::Refused(refusal) => OpenError::Refused(refusal),
                })?;
                Ok(Carrying::on(state, left, carried))
            }
        }
    }
}
