//! Claims (レセプト) and what the masters say of them: the clerical checks (事務点検).
//!
//! A *claim file* is a UKE file (RECEIPTC.UKE): one institution's claims of a month, CP932, one record a
//! line, commas, no quoting. [`ClaimFile::read`] reads it into a value that is judged as often as wanted;
//! [`Snapshot`] holds the masters as a checker needs them, several series at once with what they
//! superseded, and answers which record was in force on a treatment day; [`judge`] judges each item by it
//! and makes [`ClaimFinding`]s. What two snapshots judge differently is a [`movement`]. Layout:
//! 電子レセプトの作成手引き and 記録条件仕様(医科用).
//!
//! What it deliberately does not do: judge sums that are not exact, insurers and patients, and what the
//! 電子点数表 says of more than one claim. It never repeats a name, a number or a text of a patient: findings
//! carry codes, dates, points and quantities only.

mod item_code;
mod name_digest;

mod finding;

mod file;
pub mod lookup;

mod checks;

pub mod movement;

#[cfg(test)]
#[path = "../../warifu-masters/tests/published/mod.rs"]
mod published;
#[cfg(test)]
mod real_files;

pub use checks::{About, AskedOf, CHECKS_VERSION, Judges, Tally, catalogue, is_of_unit, judge};
pub use file::form;
pub use file::{
    BirthDay, Burden, Claim, ClaimClass, ClaimFile, Codes, Comment, Confirmation, CounterPayment, DayCount,
    Decimal, Department, Diagnosis, Evidence, FILE_LIMIT_BYTES, Head, Irregularity, Item, LINE_LIMIT_BYTES,
    MainPayer, Narrative, Outcome, OwnMaterial, PatientClass, Payer, PayerKind, Quantity, RECORDS_LIMIT,
    Recorded, Section, Setting, Sex, Terms, TextShape, Total, UnitRecords, Visits, institution,
};
pub use finding::{ClaimCode, ClaimFinding, ClaimFindings, ClaimSeverity, DecidedBy, FieldAt, Level, When};
pub use item_code::{ItemCode, ItemKind};
pub use lookup::{Absence, Lookup, MasterOf, Snapshot, SnapshotError};
pub use name_digest::NameDigest;
