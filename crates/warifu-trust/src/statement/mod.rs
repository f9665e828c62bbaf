//! Statements: what one organisation says alone, beside the release that both signed. One takes something
//! away, says that it was reviewed, or that it was received; none adds anything, so a hostile one can
//! delay and no more.

mod dsse;
mod in_toto;
mod known;
mod made;
mod owed;
mod receipt;
mod says;
mod signed;

pub use known::Statements;
pub use made::Made;
pub use owed::Owed;
pub use receipt::{Receipt, Received, Receivers};
pub use says::Says;
pub(crate) use signed::speakers;
pub use signed::{StatementError, StatementFile};
