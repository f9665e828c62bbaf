//! The commands on a repository of masters.

mod again;
mod as_of;
pub(crate) mod blame;
pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod copies;
pub(crate) mod export;
mod fields;
pub(crate) mod find;
pub(crate) mod given;
mod hit;
pub(crate) mod import;
pub(crate) mod init;
mod life;
pub(crate) mod log;
mod readable;
mod related;
pub(crate) mod show;
pub(crate) mod undo;
pub(crate) mod words;
