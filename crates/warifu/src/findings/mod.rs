//! Findings as they are given: for a terminal, for programs, for spreadsheets and browsers, and for the
//! programs that judge a build.
//!
//! Everywhere they come by code, what refuses before warnings and warnings before notes; [`text()`] alone
//! shows some of each where not all are asked for.

mod csv;
mod found;
mod given;
mod json;
mod text;

pub use csv::csv;
pub use found::{Found, Group, groups};
pub use given::{github, html, junit, sarif};
pub use json::FindingsJson;
pub use text::{Most, text};
