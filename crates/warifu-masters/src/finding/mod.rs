//! What is wrong, or worth knowing, about data: findings with stable codes.
//!
//! A finding is data, not an error: reading goes on and the rest is collected. `docs/findings.md` is written
//! from the table of codes, and held complete by a test.

mod code;
mod corrected;
mod findings;
mod item;
mod rule_name;
mod severity;

pub use code::Code;
pub use corrected::Corrected;
pub use findings::Findings;
pub use item::{Finding, Pass};
pub use rule_name::RuleName;
pub use severity::Severity;
