//! For tests and figures only: an area on a virtual clock, with everything that can go wrong with it. Equal
//! plans give equal runs.
#![expect(clippy::unwrap_used, reason = "a simulation stops at the first surprise")]

mod dice;
mod machine;
mod store;

mod plan;

mod area;
mod scale;

pub use area::{Breach, Ran, run};
pub use plan::{Broken, Fault, Plan, Trouble};
pub use scale::{Figures, Fleet, measure};
