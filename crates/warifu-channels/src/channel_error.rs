//! Why a channel gave or took no bytes.

use std::path::PathBuf;

use warifu_trust::ChannelPath;
use warifu_values::lang::{Lang, Speak, too_long};
use warifu_values::say;

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
    /// What lies there is no regular file: a FIFO, a device or a folder.
    NotRegular {
        /// What was asked for.
        path: ChannelPath,
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
                    "there is no folder {directory} to read the channel from; check its name, and whether it \
                     is mounted",
                    "配信元のフォルダー {directory} がありません。名前と、マウントされているかを確認してください"
                )
            }
            ChannelError::NotRegular { path } => say!(
                lang,
                "{path} of the channel is not a regular file; it was not read",
                "配信元の {path} は通常のファイルではないため、読み取りませんでした"
            ),
            ChannelError::TooLong { path, limit_bytes } => too_long(lang, path, *limit_bytes),
        }
    }
}

warifu_trust::spoken_error!(ChannelError, |error| matches!(error, ChannelError::TooLong { .. }), |error| {
    match error {
        ChannelError::Unreachable { source, .. } => Some(source.as_ref()),
        _ => None,
    }
});
