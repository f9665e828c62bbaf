//! Reading: from files, asked for by name, to a release that both organisations signed; and the memory of it.

mod back;
mod carrying;
mod chain;
mod content;
mod earlier;
mod fetch_error;
mod fetching;
mod freshness;

mod listed;
mod on_hand;
mod open_error;
mod opened;
mod opening;
mod other_root;
mod provider;
mod roots;
mod state;
mod state_fault;
mod state_file;
mod statements;
mod tuf;
mod verified_chain;
mod walk;

pub(crate) use back::{LookedBack, LookingBack};
pub use carrying::{Carried, Carrying};
pub use earlier::{FetchingEarlier, FindingEarlier};
pub use fetch_error::FetchError;
pub use fetching::{Fetching, FetchingManifest, FetchingMasters, FetchingNew};

pub(crate) use listed::ReadingFiles;
pub use on_hand::OnHand;
pub use open_error::OpenError;
pub use opened::{OpenedRelease, Standing};
pub use opening::{Opening, reopen};
pub(crate) use other_root::Suspecting;
pub use other_root::other_root;
pub use roots::LearningRoots;
pub(crate) use roots::NextRoot;
pub use state::TrustedState;
pub use state_fault::{StateDamage, StateFault};
pub(crate) use statements::NextStatement;
pub(crate) use verified_chain::VerifiedChain;
pub use walk::{Answer, Need, Step, Walk};
