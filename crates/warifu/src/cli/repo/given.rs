//! What the commands on a repository are given: which one, who it is, and when.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;
use warifu::daily::Daily;
use warifu::error::{Exit, Failure};
use warifu::store::{Author, Store};

use crate::cli::context::Context;

/// Which repository a command works on.
#[derive(Debug, clap::Args)]
pub(crate) struct Repo {
    /// The repository; otherwise the one that the current folder lies in.
    #[arg(long, value_name = "DIR", env = "WARIFU_REPO")]
    repo: Option<PathBuf>,
}

impl Repo {
    pub(crate) fn open(&self, context: &Context) -> Result<Store, Failure> {
        Ok(Store::open(self.path(), context.library.clone())?)
    }

    /// It, when it has the series that is asked for.
    pub(super) fn open_for(&self, series: Option<&str>, context: &Context) -> Result<Store, Failure> {
        let store = self.open(context)?;
        series.map_or(Ok(()), |series| store.refuse_unknown_series(series))?;
        Ok(store)
    }

    /// Where it is looked for.
    pub(super) fn path(&self) -> &Path {
        self.repo.as_deref().unwrap_or(Path::new("."))
    }
}

/// Now; `SOURCE_DATE_EPOCH` (seconds) pins it, so that a repository can be made again with the same commits.
pub(crate) fn now() -> Result<Timestamp, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return shown_by(SystemTime::now()) };
    let pinned = text.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    pinned.filter(|pinned| *pinned >= Timestamp::UNIX_EPOCH).ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            format!("SOURCE_DATE_EPOCH={text} is no number of seconds from 1970 to 9999"),
            format!("SOURCE_DATE_EPOCH={text} は 1970 年から 9999 年までの秒数ではありません"),
        )
    })
}

/// The instant that this clock shows, when a commit can have it.
fn shown_by(clock: SystemTime) -> Result<Timestamp, Failure> {
    let shown = Timestamp::try_from(clock).ok().filter(|shown| *shown >= Timestamp::UNIX_EPOCH);
    shown.ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            "this machine's clock shows a time before 1970 or after 9999; set the clock",
            "この端末の時計が 1970 年より前か 9999 年より後を示しています。時計を合わせてください",
        )
    })
}

/// Who `WARIFU_AUTHOR` names, or the user's own file; otherwise git's configuration is asked.
pub(crate) fn author(context: &Context) -> Result<Option<Author>, Failure> {
    let Ok(text) = std::env::var("WARIFU_AUTHOR") else {
        return Ok(context.settings.get(Daily::Author).and_then(Author::parse));
    };
    Author::parse(&text).map(Some).ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            format!("WARIFU_AUTHOR is {text:?}; write it as \"Name <mail>\""),
            format!("WARIFU_AUTHOR が {text:?} です。\"名前 <メール>\" と書いてください"),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn a_clock_that_no_commit_can_have_is_named() {
        let year = Duration::from_secs(365 * 86_400);
        assert_eq!(shown_by(UNIX_EPOCH + year).unwrap(), Timestamp::from_second(365 * 86_400).unwrap());
        for clock in [UNIX_EPOCH + 8_100 * year, UNIX_EPOCH - year] {
            let failure = shown_by(clock).unwrap_err();
            assert_eq!(failure.exit, Exit::CouldNotRun);
            assert!(failure.to_string().contains("clock"), "{failure}");
        }
    }
}
