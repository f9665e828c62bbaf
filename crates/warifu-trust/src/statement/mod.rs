//! Statements: what one organisation says alone, beside the release that both signed. One takes something
//! away, says that it was reviewed, that it was received, or what an area of checkers runs; none adds
//! anything, so a hostile one can delay and no more.

mod area;
mod dsse;
mod in_toto;
mod known;
mod made;
mod owed;
mod receipt;
mod receiver;
mod says;
mod signed;

pub use area::{AreaComes, AreaMembers, AreaNack, AreaRuns};
pub use known::Statements;
pub use made::Made;
pub use owed::Owed;
pub use receipt::{Receipt, Received};
pub use receiver::Receivers;
pub use says::Says;
pub(crate) use signed::speakers;
pub use signed::{StatementError, StatementFile};
