//! A folder as a channel: no server needed; any HTTP server or file copy carries it further.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use warifu_files::ReadError;
use warifu_trust::ChannelPath;

use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;
use crate::whole::{Overwrite, locked, sweep, write_whole};

/// A channel in a local folder. Each file is written beside its place, flushed to the disk and renamed, so
/// no reader sees half of one, also after a power cut.
#[derive(Debug, Clone)]
pub(crate) struct FolderChannel {
    directory: PathBuf,
}

impl FolderChannel {
    /// The channel in `directory`. A directory that is not there is unreachable, not empty, until something
    /// is published to it.
    pub(crate) fn new(directory: impl Into<PathBuf>) -> Self {
        FolderChannel { directory: directory.into() }
    }

    fn place(&self, path: &ChannelPath) -> PathBuf {
        self.directory.join(path.as_str())
    }

    /// Waits for the one lock of this channel; it falls with the returned file, also when its process dies.
    fn lock(&self) -> io::Result<File> {
        locked(&self.directory.join(".warifu-publish.lock"))
    }
}

impl Channel for FolderChannel {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        match warifu_files::read(&self.place(path), limit_bytes) {
            Ok(bytes) => Ok(Some(bytes)),
            // A directory that is not there at all (a mount that failed, a mistyped name) is no empty
            // channel.
            Err(ReadError::Missing { .. }) => match fs::metadata(&self.directory) {
                Ok(_) => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Err(ChannelError::NoFolder { directory: self.directory.clone() })
                }
                Err(error) => Err(ChannelError::unreachable(path, error)),
            },
            Err(ReadError::Io { source, .. }) => Err(ChannelError::unreachable(path, source)),
            Err(ReadError::NotRegular { .. }) => Err(ChannelError::NotRegular { path: path.clone() }),
            Err(ReadError::TooLong { .. }) => Err(ChannelError::TooLong { path: path.clone(), limit_bytes }),
        }
    }
}

impl PublishChannel for FolderChannel {
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError> {
        match write_whole(&self.place(path), bytes, Overwrite::Never) {
            Ok(()) => Ok(Created::New),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Created::Existed),
            Err(error) => Err(ChannelError::unreachable(path, error)),
        }
    }

    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError> {
        let unreachable = |error: io::Error| ChannelError::unreachable(path, error);
        let _lock = self.lock().map_err(unreachable)?;
        // One byte more than expected is enough to see a difference.
        let limit = expected.map_or(0, |bytes| bytes.len() as u64);
        match self.read(path, limit) {
            Ok(found) if found.as_deref() == expected => {}
            Ok(_) | Err(ChannelError::TooLong { .. }) => return Ok(Replaced::Changed),
            Err(error) => return Err(error),
        }
        write_whole(&self.place(path), bytes, Overwrite::Yes).map_err(unreachable)?;
        ["metadata", "targets", "statements"].iter().for_each(|part| sweep(&self.directory.join(part)));
        Ok(Replaced::Done)
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;
    use crate::testing::channel_contract;

    #[test]
    fn a_directory_keeps_the_contract() {
        let directory = tempfile::tempdir().unwrap();
        channel_contract(&FolderChannel::new(directory.path()));
    }

    #[test]
    fn a_directory_that_is_not_there_is_no_empty_channel() {
        let directory = tempfile::tempdir().unwrap();
        let channel = FolderChannel::new(directory.path().join("mount"));
        let error = channel.read(&ChannelPath::root(2), 10).unwrap_err();
        assert!(matches!(error, ChannelError::NoFolder { .. }));
        let (english, japanese) = (error.say(Lang::En), error.say(Lang::Ja));
        let folder = channel.directory.display();
        assert!(english.contains(&format!("there is no folder {folder}")), "{english}");
        assert!(japanese.contains(&format!("フォルダー {folder} がありません")), "{japanese}");
        assert!(!english.contains("root.json"), "{english}");
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_in_the_place_of_a_file_is_told_and_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let channel = FolderChannel::new(directory.path());
        fs::create_dir(directory.path().join("metadata")).unwrap();
        let fifo = directory.path().join("metadata/timestamp.json");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let error = channel.read(&ChannelPath::timestamp(), 10).unwrap_err();
        assert!(matches!(error, ChannelError::NotRegular { .. }), "{error}");
    }

    #[test]
    fn nothing_half_written_stays_in_sight() {
        let directory = tempfile::tempdir().unwrap();
        let channel = FolderChannel::new(directory.path());
        assert_eq!(channel.create(&ChannelPath::root(1), b"x").unwrap(), Created::New);
        let names: Vec<_> = fs::read_dir(directory.path().join("metadata")).unwrap().collect();
        assert_eq!(names.len(), 1);
    }
}
