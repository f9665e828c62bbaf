//! Claim files (RECEIPTC.UKE): bytes become a value, and what is wrong with their form is kept with it.

mod limits;

mod claim_file;
mod irregular;
mod item;

mod charset;
mod institution;
mod item_record;
mod lines;
mod read;
mod record;

pub use claim_file::{Claim, ClaimFile, Total};
pub use institution::institution;
pub use irregular::Irregularity;
pub use item::{Comment, Item, ItemCode, ItemKind, Recorded};
pub use limits::{FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT};
