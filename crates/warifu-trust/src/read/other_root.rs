//! Whether what was refused is refused because the root that is trusted is of another channel.

use warifu_values::digest::Digest;

use crate::limits;
use crate::metadata::ChannelPath;
use crate::read::open_error::OpenError;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::root::SignedRoot;

/// A walk that, when it ends as it would under a root of another channel, asks for one file more: the
/// channel's own root of the version that was pinned.
pub(crate) struct Suspecting<W> {
    pinned: SignedRoot,
    asking: Asking<W>,
}

enum Asking<W> {
    Walk(W),
    /// The error it ended with, and the question.
    Root(OpenError, Need),
}

impl<W> Suspecting<W> {
    /// `walk`, which began under the root `pinned`.
    pub(crate) fn of(pinned: SignedRoot, walk: W) -> Self {
        Suspecting { pinned, asking: Asking::Walk(walk) }
    }
}

impl<W: Walk<Error = OpenError>> Walk for Suspecting<W> {
    type Done = W::Done;
    type Error = OpenError;

    fn need(&self) -> &Need {
        match &self.asking {
            Asking::Walk(walk) => walk.need(),
            Asking::Root(_, need) => need,
        }
    }

    fn ahead(&self) -> Vec<Need> {
        match &self.asking {
            Asking::Walk(walk) => walk.ahead(),
            Asking::Root(..) => Vec::new(),
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let Suspecting { pinned, asking } = self;
        match asking {
            Asking::Walk(walk) => match walk.feed(answer) {
                Err(error) if may_be_of_another(&error) => {
                    let need = Need::new(ChannelPath::root(pinned.version()), limits::ROOT_BYTES);
                    Ok(Step::Next(Suspecting { pinned, asking: Asking::Root(error, need) }))
                }
                ended => Ok(ended?.map(|walk| Suspecting { pinned, asking: Asking::Walk(walk) })),
            },
            Asking::Root(error, need) => {
                let found = need.taken(answer).ok().flatten();
                let other = found.and_then(|found| other_root(&pinned, &found));
                Err(other.map_or(error, OpenError::Refused))
            }
        }
    }
}

/// Whether another root would end a walk so.
fn may_be_of_another(error: &OpenError) -> bool {
    match error {
        OpenError::NothingPublished => true,
        OpenError::Missing { path } => *path == ChannelPath::timestamp(),
        OpenError::Stale { .. } => false,
        OpenError::Refused(refusal) => matches!(
            refusal,
            Refusal::Timestamp
                | Refusal::Halves(_)
                | Refusal::RootSignatures { .. }
                | Refusal::Rollback { .. }
        ),
    }
}

/// The refusal of `found`, which lies on a channel where `trusted` should, when its own officers signed it
/// and it says something else. What is no root at all leads nobody anywhere.
pub fn other_root(trusted: &SignedRoot, found: &[u8]) -> Option<Refusal> {
    let other = SignedRoot::pinned(found).ok().filter(|found| !found.same_content(trusted))?;
    Some(Refusal::OtherRoot {
        version: trusted.version(),
        trusted: Digest::of(trusted.bytes()),
        found: Digest::of(other.bytes()),
    })
}
