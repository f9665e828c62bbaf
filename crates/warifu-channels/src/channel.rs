//! Channels: where releases lie. Nothing read from one is believed before it is verified.

use warifu_trust::ChannelPath;

use crate::channel_error::ChannelError;
use crate::look::Look;

/// A place to read releases from, by several threads at once.
pub trait Channel: Sync {
    /// The file's bytes as a part of one `look`, or `None` when there is no such file. Where an answer may
    /// take long, it is given up when nobody waits for it any more, and when the look takes too long.
    ///
    /// # Errors
    ///
    /// [`ChannelError::TooLong`] as soon as more than `limit_bytes` come; the others when nothing can be said
    /// now.
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError>;

    /// The same in a look of its own.
    ///
    /// # Errors
    ///
    /// As [`Channel::read_in`].
    fn read(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Vec<u8>>, ChannelError> {
        self.read_in(path, limit_bytes, &Look::default())
    }

    /// Whether it is of use, and no harm, to fetch `path` before it is asked for, while others are: where
    /// each question is a way over a network. Not where what one look reads must be of one piece.
    fn ahead(&self, _path: &ChannelPath) -> bool {
        false
    }
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
