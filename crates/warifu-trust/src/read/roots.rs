//! The walk along the roots that follow those known, each signed by enough officers of both tables.

use crate::limits;
use crate::metadata::ChannelPath;
use crate::read::open_error::OpenError;
use crate::read::other_root::Suspecting;
use crate::read::state::TrustedState;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};

/// The question for the next root.
pub(crate) struct NextRoot {
    pub(crate) need: Need,
    /// How many more are walked in one go.
    left: u64,
}

impl NextRoot {
    /// Asks for the root that follows `last`.
    pub(crate) fn after(last: &SignedRoot) -> Self {
        NextRoot { need: need(last), left: limits::ROOT_ROTATIONS }
    }

    /// Takes the answer in; the question after it, unless there is none.
    ///
    /// What was taken in stays in `roots` also when a later one is refused: a revocation, once seen, is not
    /// forgotten.
    pub(crate) fn take(
        self,
        answer: Answer,
        roots: &mut Vec<SignedRoot>,
        policy: &Policy,
    ) -> Result<Option<Self>, Refusal> {
        let Some(bytes) = self.need.taken(answer)? else { return Ok(None) };
        let Some(last) = roots.last() else { return Ok(None) };
        let next = last.followed_by(&bytes)?;
        next.table().check_policy(policy).map_err(Refusal::UnsoundRoot)?;
        let left = self.left.saturating_sub(1);
        let question = (left > 0).then(|| NextRoot { need: need(&next), left });
        roots.push(next);
        Ok(question)
    }
}

/// Learns the roots that follow, and nothing else. **Save the state also after an error**: what was learnt
/// before it, a revocation above all, must not be forgotten.
#[must_use = "nothing is learnt before the walk is at its end"]
pub struct LearningRoots<'state>(Suspecting<Learning<'state>>);

struct Learning<'state> {
    state: &'state mut TrustedState,
    next: NextRoot,
}

impl<'state> LearningRoots<'state> {
    /// From what `state` trusts.
    pub fn begin(state: &'state mut TrustedState) -> Self {
        let next = NextRoot::after(state.root());
        LearningRoots(Suspecting::of(state.pinned().clone(), Learning { state, next }))
    }
}

impl Walk for LearningRoots<'_> {
    type Done = ();
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        Ok(self.0.feed(answer)?.map(LearningRoots))
    }
}

impl Walk for Learning<'_> {
    type Done = ();
    type Error = OpenError;

    fn need(&self) -> &Need {
        &self.next.need
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let Learning { state, next } = self;
        let TrustedState { roots, policy, .. } = &mut *state;
        Ok(match next.take(answer, roots, policy)? {
            Some(next) => Step::Next(Learning { state, next }),
            None => Step::Done(()),
        })
    }
}

fn need(last: &SignedRoot) -> Need {
    Need::new(ChannelPath::root(last.version().saturating_add(1)), limits::ROOT_BYTES)
}
