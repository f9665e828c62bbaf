//! [`Opening`] asks of a channel "may I move to this?"; [`reopen`] asks the own record "is it still intact?".

use crate::limits;
use crate::metadata::{ChannelPath, ReleaseRef};
use crate::read::back::look_back;
use crate::read::chain::Chain;
use crate::read::freshness::Freshness;
use crate::read::open_error::OpenError;
use crate::read::opened::{OpenedRelease, Standing};
use crate::read::other_root::Suspecting;
use crate::read::roots::NextRoot;
use crate::read::state::TrustedState;
use crate::read::statements::NextStatement;
use crate::read::verified_chain::VerifiedChain;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::time::UnixSeconds;

/// Opens what a channel offers: "may I move to this?"
///
/// On success the state records the release. **Save the state also after an error**: a new root, and with it
/// a revocation, that was learnt on the way must not be forgotten.
#[must_use = "nothing is opened before the walk is at its end"]
pub struct Opening<'state>(Suspecting<Offer<'state>>);

/// What is offered, as far as it is read.
struct Offer<'state> {
    state: &'state mut TrustedState,
    now: UnixSeconds,
    stage: Stage,
}

enum Stage {
    Roots(NextRoot),
    Statements(NextStatement),
    Chain(Box<Chain>),
}

impl<'state> Opening<'state> {
    /// From what `state` trusts. `now` is the caller's clock; it is not believed when it lies before what was
    /// known already.
    pub fn begin(state: &'state mut TrustedState, now: UnixSeconds) -> Self {
        let now = now.max(state.known_time);
        let stage = Stage::Roots(NextRoot::after(state.root()));
        let pinned = state.pinned().clone();
        Opening(Suspecting::of(pinned, Offer { state, now, stage }))
    }
}

impl Walk for Opening<'_> {
    type Done = OpenedRelease;
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn ahead(&self) -> Vec<Need> {
        self.0.ahead()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        Ok(self.0.feed(answer)?.map(Opening))
    }
}

impl Offer<'_> {
    /// The next statement; after the last, the chain, of whose keys the revoked ones count for nothing.
    fn heard(
        state: &TrustedState,
        now: UnixSeconds,
        next: Option<NextStatement>,
    ) -> Result<Stage, OpenError> {
        let TrustedState { roots, statements, recorded, .. } = state;
        match next {
            Some(next) => Ok(Stage::Statements(next)),
            None => {
                let floor = recorded.as_ref().map(|recorded| &recorded.files);
                let fresh = Freshness::RequiredAt(now);
                let chain = Chain::begin(roots, &statements.revoked(), floor, fresh)?;
                Ok(Stage::Chain(Box::new(chain)))
            }
        }
    }
}

impl Walk for Offer<'_> {
    type Done = OpenedRelease;
    type Error = OpenError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Roots(next) => &next.need,
            Stage::Statements(next) => &next.need,
            Stage::Chain(chain) => chain.need(),
        }
    }

    /// Whether a root follows and what was said says nothing of where the others lie.
    fn ahead(&self) -> Vec<Need> {
        let state = &*self.state;
        let Stage::Roots(_) = &self.stage else { return Vec::new() };
        let statements = NextStatement::first_of_each(&state.statements);
        let timestamp = Need::new(ChannelPath::timestamp(), limits::TIMESTAMP_BYTES);
        statements.into_iter().chain([timestamp]).collect()
    }

    fn feed(mut self, answer: Answer) -> Result<Step<Self>, OpenError> {
        match self.stage {
            Stage::Roots(next) => {
                let TrustedState { roots, policy, .. } = &mut *self.state;
                self.stage = match next.take(answer, roots, policy)? {
                    Some(next) => Stage::Roots(next),
                    None => {
                        let next = NextStatement::after(&self.state.statements, self.state.root());
                        Offer::heard(self.state, self.now, next)?
                    }
                };
                Ok(Step::Next(self))
            }
            Stage::Statements(next) => {
                let TrustedState { roots, statements, .. } = &mut *self.state;
                let next = next.take(answer, statements, roots)?;
                self.stage = Offer::heard(self.state, self.now, next)?;
                Ok(Step::Next(self))
            }
            Stage::Chain(chain) => match chain.feed(answer) {
                Ok(Step::Next(chain)) => {
                    Ok(Step::Next(Offer { stage: Stage::Chain(Box::new(chain)), ..self }))
                }
                Ok(Step::Done(verified)) => opened(self.state, self.now, verified).map(Step::Done),
                // Nobody has published yet: told apart from a file that a lagging mirror lacks.
                Err(OpenError::Missing { path })
                    if path == ChannelPath::timestamp() && self.state.recorded.is_none() =>
                {
                    Err(OpenError::NothingPublished)
                }
                Err(error) => Err(error),
            },
        }
    }
}

/// Compares with what was recorded. This floor holds also when a rotated key made the metadata's versions
/// start anew.
fn opened(
    state: &mut TrustedState,
    now: UnixSeconds,
    verified: VerifiedChain,
) -> Result<OpenedRelease, OpenError> {
    within_policy(state, now, &verified)?;
    let current = verified.listing.current;
    not_behind(state, current)?;
    let same = state.release() == Some(current);
    let standing = if same { Standing::SameAsRecorded } else { Standing::Newer };
    state.record(&verified, now);
    Ok(OpenedRelease::of(verified, standing, state))
}

/// The release accepted before, or a later one.
pub(super) fn not_behind(state: &TrustedState, offered: ReleaseRef) -> Result<(), Refusal> {
    match state.release() {
        Some(before) if offered.release < before.release => {
            let (recorded, offered) = (before.release, offered.release);
            Err(Refusal::Rollback { what: "release", recorded, offered })
        }
        Some(before) if offered.release == before.release && offered.manifest != before.manifest => {
            Err(Refusal::OtherContent { release: offered.release })
        }
        _ => Ok(()),
    }
}

/// Nothing may hold longer than the node was told: whoever signs for ten years could not be heard to stop.
pub(super) fn within_policy(
    state: &TrustedState,
    now: UnixSeconds,
    verified: &VerifiedChain,
) -> Result<(), Refusal> {
    let longest = &state.policy.longest;
    let files = [
        ("root.json", state.root().table().expires, longest.root_days),
        ("targets.json", verified.listing.expires, longest.targets_days),
        ("snapshot.json", verified.snapshot_expires, longest.snapshot_days),
        ("timestamp.json", verified.timestamp_expires, longest.timestamp_days),
    ];
    for (file, expires, days) in files {
        // A day for clocks that lie apart.
        if let Some(days) = days
            && expires > now.plus_days(days.saturating_add(1))
        {
            return Err(Refusal::HoldsTooLong { file, expires, days });
        }
    }
    Ok(())
}

/// Opens what `state` recorded: "is it still intact?" Expiry is not looked at, because a restart is no
/// rollback and expired metadata never stops a checker.
///
/// # Errors
///
/// [`OpenError::NothingPublished`] when nothing was recorded; [`OpenError::Refused`] when the record does not
/// verify.
pub fn reopen(state: &TrustedState) -> Result<OpenedRelease, OpenError> {
    let recorded = state.recorded.as_ref().ok_or(OpenError::NothingPublished)?;
    let verified = look_back(&state.roots, &recorded.files)?;
    Ok(OpenedRelease::of(verified, Standing::SameAsRecorded, state))
}
