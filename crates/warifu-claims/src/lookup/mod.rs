//! Which record was in force: the masters as a checker holds them, asked by kind, code and treatment day.

mod answer;
mod snapshot;
mod snapshot_error;

mod source;

mod facts;

mod age;
mod amount;
mod roles;

mod comment;
mod disease;
mod drug;
mod material;
mod modifier;
mod procedure;

mod age_additions;
mod disease_names;

mod code_table;
mod names;
mod records;

mod version;

mod shelf;
mod shelves;

pub(crate) mod rows;

pub(crate) mod points;
pub(crate) mod relation;

mod build;

mod diagnosis;

#[cfg(test)]
mod tests;

pub use age::{Age, AgeBound, Reached};
pub use amount::Amount;
pub use answer::{Absence, By, Held, Lookup};
pub use comment::Comment;
pub use disease::{Disease, FormerDisease};
pub use drug::Drug;
pub use material::{Material, MaterialKind, PriceKind};
pub use modifier::Modifier;
pub use procedure::{Claimable, Counted, Insured, Limits, PointKind, Procedure, Step};
pub use roles::{Role, Roles};
pub use snapshot::{KINDS, Shelved, Snapshot};
pub use snapshot_error::SnapshotError;
pub use warifu_masters::past::MasterOf;
