//! Claims (レセプト) and what the masters say of them: the clerical checks (事務点検) of issue scope.
//!
//! A *claim file* is a UKE file (RECEIPTC.UKE): one institution's claims of a month, CP932, one record a line,
//! commas, no quoting. [`uke`] reads it into a [`ClaimFile`], a value that is judged as often as wanted;
//! [`snapshot`] holds the masters as a checker needs them, several series at once, and answers which record was in
//! force on a treatment day; [`check`] judges each item by it and makes [`ClaimFinding`]s. Layout: 電子レセプトの作成手引き and 記録条件仕様(医科用).
//!
//! What it deliberately does not do: judge drug and material amounts (they need the price of the day, which a
//! full file does not keep), inclusion, exclusion and counts (電子点数表), insurers and patients. It never
//! repeats a name, a number or a text of a patient: findings carry codes, points and quantities only.

pub mod check;
pub mod claim_file;
pub mod finding;
pub mod snapshot;
pub mod uke;

#[cfg(test)]
mod real_files;

pub use check::{Tally, judge};
pub use claim_file::{Claim, ClaimFile, Item, ItemCode, ItemKind, Recorded};
pub use finding::{ClaimCode, ClaimFinding, ClaimFindings, ClaimSeverity};
pub use snapshot::{Lookup, MasterOf, Snapshot, SnapshotError};
