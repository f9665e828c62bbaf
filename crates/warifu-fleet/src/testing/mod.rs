//! For tests and figures only: an area on a virtual clock, with everything that can go wrong with it. Equal
//! plans give equal runs.
#![expect(clippy::unwrap_used, reason = "a simulation stops at the first surprise")]

mod agenda;
mod dice;
mod machine;
mod store;

mod breach;
mod plan;

mod area;
mod held;
mod run;
mod scale;

pub use area::Ran;
pub use breach::Breach;
pub use plan::{Broken, Fault, Plan, Trouble};
pub use run::run;
pub use scale::{Figures, Fleet, measure};
