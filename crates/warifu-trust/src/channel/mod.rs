//! Channels: where releases lie. Nothing read from one is believed before it is verified.
//!
//! Layout, the plain one of TUF with consistent snapshots: `metadata/<n>.root.json`, `metadata/<n>.targets.json`,
//! `metadata/<n>.snapshot.json`, `targets/<sha256>.<name>` never change once written; `metadata/timestamp.json`
//! is the one small file that does.

mod directory;

use std::fmt;
use std::path::PathBuf;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::names::TargetName;

pub use directory::DirectoryChannel;
pub(crate) use directory::{Overwrite, write_whole};

/// Where one file lies on a channel. Only the constructors make one, so it cannot lead out of the channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelPath(String);

impl ChannelPath {
    /// The root of this version.
    pub fn root(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.root.json"))
    }

    /// Kikin's half of this version.
    pub fn targets(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.targets.json"))
    }

    /// Kokuho's half of this version.
    pub fn snapshot(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.snapshot.json"))
    }

    /// The one file that changes.
    pub fn timestamp() -> Self {
        ChannelPath("metadata/timestamp.json".into())
    }

    /// Content, by its digest and name.
    pub fn content(sha256: Digest, name: &TargetName) -> Self {
        ChannelPath(format!("targets/{sha256}.{name}"))
    }

    /// The path with `/` between directory and file, relative to the channel.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place to read releases from.
pub trait Channel {
    /// The file's bytes, or `None` when there is no such file.
    ///
    /// # Errors
    ///
    /// [`ChannelError::TooLong`] as soon as more than `limit_bytes` come; [`ChannelError::Unreachable`] or
    /// [`ChannelError::NoFolder`] when nothing can be said now.
    fn read(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Vec<u8>>, ChannelError>;
}

/// What [`PublishChannel::create`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Created {
    /// The file is there now.
    New,
    /// A file of this name was there before and is unchanged.
    Existed,
}

/// What [`PublishChannel::replace`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Replaced {
    /// The file holds the new bytes now.
    Done,
    /// It did not hold the expected bytes and is unchanged: somebody else was faster.
    Changed,
}

/// A place to publish releases to. A file appears whole or not at all, also to readers at that moment and
/// after a power cut.
pub trait PublishChannel: Channel {
    /// Writes a file that does not exist yet.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Unreachable`]; whether the file was written is unknown then, and trying again is safe.
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError>;

    /// Replaces a file that holds exactly `expected` (`None`: that does not exist), in one step that nobody
    /// else's replacement can come between.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Unreachable`]; whether the file was replaced is unknown then.
    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError>;
}

/// Why a channel gave or took no bytes.
#[derive(Debug)]
pub enum ChannelError {
    /// It cannot be read or written now; trying again may help.
    Unreachable {
        /// What was asked for.
        path: ChannelPath,
        /// The transport's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The channel is a folder that is not there: a name mistyped, or a mount that failed.
    NoFolder {
        /// The folder.
        directory: PathBuf,
    },
    /// The file goes on after the limit.
    TooLong {
        /// What was asked for.
        path: ChannelPath,
        /// The limit in bytes.
        limit_bytes: u64,
    },
}

impl ChannelError {
    /// The transport failed with `source`.
    pub fn unreachable(
        path: &ChannelPath,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        ChannelError::Unreachable { path: path.clone(), source: source.into() }
    }
}

impl Speak for ChannelError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ChannelError::Unreachable { path, .. } => say!(
                lang,
                "the channel does not answer for {path}; try again, and check its address and the network",
                "配信元の {path} に届きません。再試行し、配信元の指定とネットワークを確認してください"
            ),
            ChannelError::NoFolder { directory } => {
                let directory = directory.display();
                say!(
                    lang,
                    "there is no folder {directory} to read the channel from; check its name, and whether it is mounted",
                    "配信元のフォルダー {directory} がありません。名前と、マウントされているかを確認してください"
                )
            }
            ChannelError::TooLong { path, limit_bytes } => say!(
                lang,
                "{path} is longer than {limit_bytes} bytes; it was not read further",
                "{path} が上限 {limit_bytes} バイトを超えたため、読み取りを中止しました"
            ),
        }
    }
}

spoken_error!(ChannelError, |error| matches!(error, ChannelError::TooLong { .. }), |error| match error {
    ChannelError::Unreachable { source, .. } => Some(source.as_ref()),
    ChannelError::NoFolder { .. } | ChannelError::TooLong { .. } => None,
});
