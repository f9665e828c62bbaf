//! What was found in files, in the forms that others read: a page for browsers, JUnit, SARIF and annotations
//! of GitHub Actions for what judges a build.
//!
//! A [`Suite`] is what was found in one file, a [`Group`] what was found of one code, a [`Row`] one finding.
//! What a code means and who is told of it is the caller's: masters and claims have findings of their own,
//! and both are given by what stands here. Nothing here opens a file.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod found;
mod still_page;

mod github;
mod html;
mod junit;
mod sarif;

pub use found::{Both, Ended, Group, Level, Row, Suite, Tool};
pub use github::github;
pub use html::html;
pub use junit::junit;
pub use sarif::sarif;
pub use still_page::{CLOSING, opening};
