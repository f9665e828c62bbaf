//! The versioned repository of masters: a plain git repository that stock git reads.
//!
//! ```text
//! warifu.toml                                declares the series
//! rules/*.toml                               the site's own rules, written by people; an import never does
//! masters/<series>/<kind>/<prefix>.csv       the state: canonical CSV, a shard for five first characters
//! sources/<series>/<kind>/import.toml        what came in last, and how to give its bytes back
//! sources/<series>/<kind>/differential.csv   its canonical form, when it was a differential
//! sources/<series>/<kind>/original           its bytes, when they follow no rule
//! ```
//!
//! One import is one commit, so the bytes of every file that ever came in can be given back from its commit.
//! A *state* is the whole master after an import; a *version* is the commit that made it. The store judges
//! files ([`Store::import`]) and answers questions about the past ([`Store::lives`], [`Store::blame`]).
//! It does not sign. Copies of it are brought up to each other by `remote`: one branch, forward only, and
//! nothing is taken over that was not looked at. Only this module uses git2.

mod ancestry;
mod at_once;
mod author;
mod beside;
mod check;
mod config;
mod declared;
mod error;
mod history;
mod import;
mod judged;
mod keep;
mod kept;
mod known_imports;
mod life;
mod line;
mod lock;
mod loose;
mod making;
mod message;
mod mosaic;
mod naming;
mod objects;
mod proof;
mod publications;
mod record;
mod related;
mod remote;
mod repository;
mod request;
mod revert;
mod revision;
mod rules;
mod shards;
mod standing;
mod texts;
mod timelines;
mod transaction;
mod undo;
mod worktree;

pub use ancestry::Ancestry;
pub use author::Author;
pub use check::{Checked, Held, StateChecked};
pub use config::{Config, Keeping, Series, Small, Waiver};
pub use declared::declared_at;
pub use error::{
    CommitError, CommitTold, ConfigError, Doing, ExchangeError, ImportError, InitError, Obstacle, OpenError,
    Refused, RevertError, StoreError, UndoError, Unsound, WithFile,
};
pub use history::{Blame, Credit, LogEntry};
pub use judged::today;
pub use keep::{Kept, Restored};
pub use life::{Life, Version};
pub use naming::dated_in;
pub use record::{Accepted, Base, Counts, Ended, ImportRecord, Taken};
pub use remote::{ByHand, CaughtUp, Cleared, Examined, Origin, Passing, Received, Sent};
pub use repository::Store;
pub use request::{ImportRequest, Imported, Stopped};
pub use revert::{RevertRequest, Reverted};
pub use revision::{At, Pair, Record};
pub use texts::Text;
pub use undo::{Left, TakenBack, UndoRequest, Undone, Which};
