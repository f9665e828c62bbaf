//! Claim files (RECEIPTC.UKE): bytes become a value, and what is wrong with their form is kept with it.

mod limits;

mod claim;
mod claim_file;
mod head;
mod payer;

mod diagnosis;
mod eligibility;
mod item;

mod unit;

mod burden;
mod codes;
mod dates;
mod quantity;
mod text_shape;

pub mod form;

mod evidence;
mod irregular;

mod charset;
mod fields;
mod institution;
mod item_record;
mod lines;
mod read;
mod reading_claim;
mod record;
mod reporter;

pub use burden::{Burden, PayerKind};
pub use claim::{Claim, Total};
pub use claim_file::ClaimFile;
pub use codes::Codes;
pub use dates::BirthDay;
pub use diagnosis::{Diagnosis, DiseaseCode, ModifierCode, Outcome};
pub use eligibility::{Confirmation, CounterPayment, Narrative, Visits};
pub use evidence::Evidence;
pub use head::{ClaimClass, Department, Head, MainPayer, PatientClass, Setting, Sex};
pub use institution::institution;
pub use irregular::Irregularity;
pub use item::{Comment, DayCount, Item, ItemCode, ItemKind, OwnMaterial, Recorded, Section};
pub use limits::{FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT};
pub use payer::{Payer, Terms};
pub use quantity::{Decimal, Quantity};
pub use text_shape::TextShape;
pub use unit::UnitRecords;
