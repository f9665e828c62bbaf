//! Why a channel gave or took no bytes.

use std::path::PathBuf;

use warifu_trust::ChannelPath;
use warifu_values::lang::{Lang, Speak, too_long};
use warifu_values::say;

use crate::bundle::BundleFault;
use crate::network::Fault;

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
    /// The network did not bring it, or not take it; trying again may help.
    Remote {
        /// What was asked for.
        path: ChannelPath,
        /// The channel's address, without credentials.
        place: String,
        /// What the network did.
        fault: Fault,
    },
    /// The channel can be read, but not published to.
    ReadOnly {
        /// The channel's address.
        place: String,
    },
    /// The file that the channel is in cannot be read.
    File(warifu_files::ReadError),
    /// The file that the channel is in is no bundle.
    NoBundle {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: BundleFault,
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

/// Whether the disk has no room left.
fn is_full(source: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let kind = source.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    matches!(kind, Some(StorageFull | QuotaExceeded))
}

impl Speak for ChannelError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ChannelError::Unreachable { path, source } if is_full(source.as_ref()) => say!(
                lang,
                "{path} could not be written: there is no room on the channel's disk; make some, and \
                 try again",
                "{path} を書き込めません。配信元のディスクに空きがありません。空きを作り、再実行してください"
            ),
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
            ChannelError::Remote { path, place, fault } => {
                let fault = fault.say(lang);
                say!(lang, "{place}: {path}: {fault}", "{place} の {path}: {fault}")
            }
            ChannelError::ReadOnly { place } => say!(
                lang,
                "{place} can only be read; publish to a folder or to s3://, and copy it or give it out from \
                 there",
                "{place} は読み取り専用です。フォルダーか s3:// に公開し、そこからコピーするか配信してください"
            ),
            ChannelError::File(error) => error.say(lang),
            ChannelError::NoBundle { file, what } => {
                let (file, what) = (file.display(), what.say(lang));
                say!(
                    lang,
                    "{file} is no bundle of a channel: {what}; nothing of it was used",
                    "{file} は配信元のバンドルではありません: {what}。内容は使用していません"
                )
            }
            ChannelError::TooLong { path, limit_bytes } => too_long(lang, path, *limit_bytes),
        }
    }
}

warifu_trust::spoken_error!(
    ChannelError,
    |error| matches!(error, ChannelError::TooLong { .. } | ChannelError::NoBundle { .. }),
    |error| match error {
        ChannelError::Unreachable { source, .. } => Some(source.as_ref()),
        ChannelError::File(error) => std::error::Error::source(error),
        _ => None,
    }
);
