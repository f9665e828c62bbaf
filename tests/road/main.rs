//! The road as a story: both programs run as a user runs them, on the real files beside the checkout and on
//! the project's own small masters.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod stage;

mod advice;
mod aftermath;
mod attack;
mod audit;
mod bad_input;
mod browser;
mod carried;
mod conversion;
mod copies;
mod correction;
mod damaged;
mod diseases;
mod documents;
mod fetched;
mod files;
mod findings;
mod fleets;
mod impact;
#[cfg(unix)]
mod interrupted;
mod json_documents;
mod json_schemas;
mod library;
mod manners;
mod marks;
mod mirrors;
mod new_master;
mod operations;
mod pager;
mod past;
mod pipelines;
mod places;
mod points_tables;
mod real_chains;
mod release_page;
mod releases;
mod revert;
mod review_page;
mod shown;
mod status;
mod terminal;
mod trust;
mod version;
mod withdrawal;
