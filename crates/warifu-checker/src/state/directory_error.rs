//! Why a state directory cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use warifu_files::ReadError;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::cause::{Amiss, Cause};
use crate::said::Said;
use crate::stored::NotHad;

/// The state directory cannot be used.
#[derive(Debug)]
pub enum StateDirectoryError {
    /// A file of it cannot be read.
    Read(ReadError),
    /// It cannot be written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another checker runs on it.
    InUse {
        /// The directory.
        path: PathBuf,
        /// Its process, where the system tells it.
        process: Option<u32>,
    },
    /// The record does not hold what it must.
    DamagedRecord {
        /// The file.
        path: PathBuf,
    },
    /// A file of a release is not what its digest says.
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl From<NotHad> for StateDirectoryError {
    fn from(error: NotHad) -> Self {
        match error {
            NotHad::Read(error) => StateDirectoryError::Read(error),
            NotHad::Damaged { path } => StateDirectoryError::Damaged { path },
        }
    }
}

impl Speak for StateDirectoryError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateDirectoryError::Read(error) => error.say(lang),
            StateDirectoryError::Io { path, .. } => {
                let path = path.display();
                say!(lang, "{path} cannot be written", "{path} への書き込みに失敗しました")
            }
            StateDirectoryError::InUse { path, process } => {
                let path = path.display();
                let process = process.map(|id| say!(lang, " (process {id})", "（プロセス {id}）"));
                let process = process.unwrap_or_default();
                say!(
                    lang,
                    "a checker runs on {path} already{process}: ask it with warifu-checker status --state \
                     {path}; to start anew, end that one first; a second one needs a --state of its own",
                    "{path} ではチェッカーがすでに稼働中です{process}。状態は warifu-checker status --state {path} で確認できます。\
                     起動し直す場合は先にそれを終了してください。別に 2 つ目を動かす場合は --state を分けてください"
                )
            }
            StateDirectoryError::DamagedRecord { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is damaged, so it is not known what ran; restore it, or start with another \
                     --state, which takes the channel's release as a first one",
                    "{path} が壊れているため、稼働していたリリースが分かりません。復元するか、別の --state で起動して\
                     ください（配信元のリリースを初回として受け入れます）"
                )
            }
            StateDirectoryError::Damaged { path } => NotHad::Damaged { path: path.clone() }.say(lang),
        }
    }
}

impl std::fmt::Display for StateDirectoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for StateDirectoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StateDirectoryError::Read(error) => std::error::Error::source(error),
            StateDirectoryError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl StateDirectoryError {
    /// What is amiss by it: the disk, always.
    pub fn amiss(&self) -> Amiss {
        let cause = match self {
            StateDirectoryError::Io { source, .. } => Cause::of_disk(source),
            _ => Cause::DiskFault,
        };
        Amiss::new(cause, Said::of(self))
    }
}

/// The system's error at `path`.
pub(crate) fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StateDirectoryError {
    let path = path.to_owned();
    move |source| StateDirectoryError::Io { path, source }
}
