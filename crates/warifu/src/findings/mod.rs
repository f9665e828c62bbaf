//! Findings as they are given: for a terminal, for programs, for spreadsheets and browsers, and for the
//! programs that judge a build.
//!
//! Everywhere they come by code, what refuses before warnings and warnings before notes; [`text()`] alone
//! shows some of each where not all are asked for.

mod csv;
mod found;
mod github;
mod html;
mod json;
mod junit;
mod sarif;
mod text;

pub use csv::csv;
pub use found::{Ended, Found, Group, groups};
pub use github::github;
pub use html::html;
pub use json::FindingsJson;
pub use junit::junit;
pub use sarif::sarif;
pub use text::{Most, text};
