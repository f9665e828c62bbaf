//! Other copies of the repository, through libgit2: cloned, caught up with, sent to.
//!
//! *Receiving* brings the objects of one branch here under a name of their own, bounded, and looks through
//! every folder of every new commit before anything stands for them. *Examining* asks what `check` asks of
//! the newest. Only then may the branch go *forward*, in the same transaction as an import's. Nothing is
//! merged: where both sides went on, ours is put aside under a name and the other side's is taken.

mod place;
mod sound;

mod receive;

mod by_hand;

mod forward;

mod clone;

mod send;

pub use by_hand::ByHand;
pub use forward::CaughtUp;
pub use receive::{Cleared, Examined, Origin, Passing, Received};
pub use send::Sent;
