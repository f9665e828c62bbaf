//! Claim files (RECEIPTC.UKE): bytes become claims, and what is wrong with their form becomes findings.

mod uke;

pub use uke::{Claim, FILE_LIMIT_BYTES, Item, ItemKind, LINE_LIMIT_BYTES, Reader, institution};
