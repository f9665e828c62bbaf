//! Claim files (RECEIPTC.UKE): bytes become a value, and what is wrong with their form is kept with it.

mod claim_file;
mod uke;

pub use claim_file::{Claim, ClaimFile, Comment, Irregularity, Item, ItemCode, ItemKind, Recorded};
pub use uke::{FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT, institution};
