//! The commands on a repository of masters.

mod as_of;
pub(crate) mod blame;
pub(crate) mod check;
mod columns;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
mod life;
pub(crate) mod log;
pub(crate) mod show;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use warifu::error::{Exit, Failure};
use warifu::store::{Author, Store};

use super::Context;
use columns::Columns;

/// Which repository a command works on.
#[derive(Debug, clap::Args)]
pub(crate) struct Repo {
    /// The repository; otherwise the one that the current folder lies in.
    #[arg(long, value_name = "DIR", env = "WARIFU_REPO")]
    repo: Option<PathBuf>,
}

impl Repo {
    fn open(&self, context: &Context) -> Result<Store, Failure> {
        let path = self.repo.as_deref().unwrap_or(Path::new("."));
        Ok(Store::open(path, context.library.clone())?)
    }
}

/// Now; `SOURCE_DATE_EPOCH` (seconds) pins it, so that a repository can be made again with the same commits.
fn now() -> Result<Timestamp, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(Timestamp::now()) };
    let pinned = text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    pinned.ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            format!("SOURCE_DATE_EPOCH={text} is no number of seconds"),
            format!("SOURCE_DATE_EPOCH={text} は秒数ではありません"),
        )
    })
}

/// Who `WARIFU_AUTHOR` names; otherwise git's configuration is asked.
fn author() -> Result<Option<Author>, Failure> {
    let Ok(text) = std::env::var("WARIFU_AUTHOR") else { return Ok(None) };
    Author::parse(&text).map(Some).ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            format!("WARIFU_AUTHOR is {text:?}; write it as \"Name <mail>\""),
            format!("WARIFU_AUTHOR が {text:?} です。\"名前 <メール>\" と書いてください"),
        )
    })
}

/// A commit's name for people.
fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

fn no_record(key: &str) -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        format!("no master in the repository has a record {key}"),
        format!("コード {key} はリポジトリのどのマスターにもありません"),
    )
}
