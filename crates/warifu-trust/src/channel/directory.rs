//! A directory as a channel: no server needed; any HTTP server or file copy carries it further.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::channel::{Channel, ChannelError, ChannelPath, Created, PublishChannel, Replaced};

/// A channel in a local directory. Each file is written beside its place, flushed to the disk and renamed, so
/// no reader sees half of one, also after a power cut.
#[derive(Debug, Clone)]
pub struct DirectoryChannel {
    directory: PathBuf,
}

impl DirectoryChannel {
    /// The channel in `directory`. A directory that is not there is unreachable, not empty: see
    /// [`DirectoryChannel::create_in`].
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        DirectoryChannel { directory: directory.into() }
    }

    /// The channel in `directory`, which is made when it is not there yet.
    ///
    /// # Errors
    ///
    /// The system's error when it cannot be made.
    pub fn create_in(directory: impl Into<PathBuf>) -> io::Result<Self> {
        let channel = DirectoryChannel::new(directory);
        fs::create_dir_all(&channel.directory)?;
        Ok(channel)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn place(&self, path: &ChannelPath) -> PathBuf {
        self.directory.join(path.as_str())
    }

    /// Waits for the one lock of this channel; it falls with the returned file, also when its process dies.
    fn lock(&self) -> io::Result<File> {
        fs::create_dir_all(&self.directory)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.directory.join(".warifu-publish.lock"))?;
        lock.lock()?;
        Ok(lock)
    }
}

impl Channel for DirectoryChannel {
    fn read(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Vec<u8>>, ChannelError> {
        let unreachable = |error: io::Error| ChannelError::unreachable(path, error);
        let file = match File::open(self.place(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A directory that is not there at all (a mount that failed, a mistyped name) is no empty channel.
                return match fs::metadata(&self.directory) {
                    Ok(_) => Ok(None),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        Err(ChannelError::NoFolder { directory: self.directory.clone() })
                    }
                    Err(error) => Err(unreachable(error)),
                };
            }
            Err(error) => return Err(unreachable(error)),
        };
        let mut bytes = Vec::new();
        file.take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreachable)?;
        if bytes.len() as u64 > limit_bytes {
            return Err(ChannelError::TooLong { path: path.clone(), limit_bytes });
        }
        Ok(Some(bytes))
    }
}

impl PublishChannel for DirectoryChannel {
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
        Ok(Replaced::Done)
    }
}

/// Whether a file may take the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Never,
    Yes,
}

/// Writes `bytes` to `place` so that it holds all of them or is untouched, whatever happens: beside it first,
/// flushed, renamed, and the directory flushed, without which a power cut could forget the rename.
pub(crate) fn write_whole(place: &Path, bytes: &[u8], overwrite: Overwrite) -> io::Result<()> {
    let directory = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    if overwrite == Overwrite::Never && fs::exists(place)? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    {
        // What lies here is public; a web server under another user must be able to read it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match overwrite {
        Overwrite::Never => file.persist_noclobber(place)?,
        Overwrite::Yes => file.persist(place)?,
    };
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;
    use crate::testing::channel_contract;

    #[test]
    fn a_directory_keeps_the_contract() {
        let directory = tempfile::tempdir().unwrap();
        channel_contract(&DirectoryChannel::new(directory.path()));
    }

    #[test]
    fn a_directory_that_is_not_there_is_no_empty_channel() {
        let directory = tempfile::tempdir().unwrap();
        let channel = DirectoryChannel::new(directory.path().join("mount"));
        let error = channel.read(&ChannelPath::root(2), 10).unwrap_err();
        assert!(matches!(error, ChannelError::NoFolder { .. }));
        let (english, japanese) = (error.say(Lang::En), error.say(Lang::Ja));
        let folder = channel.directory().display();
        assert!(english.contains(&format!("there is no folder {folder}")), "{english}");
        assert!(japanese.contains(&format!("フォルダー {folder} がありません")), "{japanese}");
        assert!(!english.contains("root.json"), "{english}");
    }

    #[test]
    fn nothing_half_written_stays_in_sight() {
        let directory = tempfile::tempdir().unwrap();
        let channel = DirectoryChannel::new(directory.path());
        assert_eq!(channel.create(&ChannelPath::root(1), b"x").unwrap(), Created::New);
        let names: Vec<_> = fs::read_dir(directory.path().join("metadata")).unwrap().collect();
        assert_eq!(names.len(), 1);
    }
}
