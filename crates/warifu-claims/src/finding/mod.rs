//! What a checker says of a claim: findings with stable codes.
//!
//! A finding names the claim by its number in the file and the item by its code. Nothing of the patient is
//! ever in one: values are repeated only when they are codes, dates, points or quantities.

mod level;

mod code;

mod claim_finding;

mod collected;

pub use claim_finding::{ClaimFinding, FieldAt, When};
pub use code::{ClaimCode, ClaimSeverity, DecidedBy};
pub use collected::ClaimFindings;
pub use level::Level;
