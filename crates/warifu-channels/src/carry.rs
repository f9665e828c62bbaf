//! Carrying what was verified from one channel to another, or into a bundle.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use warifu_trust::{ChannelPath, OpenedRelease, limits};
use warifu_values::digest::Digest;

use crate::address::Address;
use crate::channel::{Channel, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;
use crate::publish::{PublishError, lay};

/// A channel that notes every file that it gave out. Read through it what shall be carried: what the
/// verification asked for is what the next reader's will ask for, and nothing else goes along.
pub struct Recording<'a> {
    inner: &'a dyn Channel,
    given: Mutex<BTreeMap<ChannelPath, Vec<u8>>>,
}

impl<'a> Recording<'a> {
    /// Notes what `inner` gives.
    pub fn of(inner: &'a dyn Channel) -> Self {
        Recording { inner, given: Mutex::default() }
    }

    /// Everything given, and the roots from the first one on: the next reader may have pinned an older one.
    ///
    /// # Errors
    ///
    /// [`ChannelError`].
    pub fn finish(self) -> Result<BTreeMap<ChannelPath, Vec<u8>>, ChannelError> {
        for version in 1..=limits::ROOT_ROTATIONS {
            if self.read(&ChannelPath::root(version), limits::ROOT_BYTES)?.is_none() {
                break;
            }
        }
        Ok(self.given.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Channel for Recording<'_> {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let bytes = self.inner.read_in(path, limit_bytes, look)?;
        if let Some(bytes) = &bytes {
            let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
            given.insert(path.clone(), bytes.clone());
        }
        Ok(bytes)
    }

    fn ahead(&self, path: &ChannelPath) -> bool {
        self.inner.ahead(path)
    }
}

/// The patches of `opened`, for the readers of the place that they are carried to: those that are on
/// `channel` and are what both signed, and the one to Kikin's half. They are of use, and nobody needs them.
pub fn patches(channel: &dyn Channel, opened: &OpenedRelease) -> BTreeMap<ChannelPath, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in opened.files().filter(|entry| entry.name.is_patch()) {
        let path = ChannelPath::content(entry.sha256, &entry.name);
        if let Ok(Some(bytes)) = channel.read(&path, entry.bytes)
            && Digest::of(&bytes) == entry.sha256
        {
            found.insert(path, bytes);
        }
    }
    let [.., targets] = opened.versions();
    let step = ChannelPath::targets_step(targets, targets.saturating_sub(1));
    if let Ok(Some(bytes)) = channel.read(&step, limits::TARGETS_BYTES) {
        found.insert(step, bytes);
    }
    found
}

/// Lays `files`, as [`Recording::finish`] gives them, at `to`: content, metadata, and last what readers begin
/// with. Cut anywhere, readers there see what they saw before.
///
/// # Errors
///
/// [`PublishError::Unreachable`]; [`PublishError::Overtaken`] when another publication is there, or came
/// meanwhile.
pub fn carry(files: &BTreeMap<ChannelPath, Vec<u8>>, to: &Address) -> Result<(), PublishError> {
    match to.registry() {
        Some(registry) => Ok(registry.carry(files)?),
        None => carry_to(files, to.publish_channel().as_ref()),
    }
}

fn carry_to(files: &BTreeMap<ChannelPath, Vec<u8>>, to: &dyn PublishChannel) -> Result<(), PublishError> {
    let timestamp = ChannelPath::timestamp();
    let (content, metadata): (Vec<_>, Vec<_>) =
        files.iter().filter(|(path, _)| **path != timestamp).partition(|(path, _)| path.is_content());
    // The first file makes the place where there was none; only then can it be asked what it holds.
    for (path, bytes) in content.into_iter().chain(metadata) {
        lay(to, path, bytes)?;
    }
    let Some(new) = files.get(&timestamp) else { return Ok(()) };
    let expected = to.read(&timestamp, limits::TIMESTAMP_BYTES)?;
    if expected.as_ref() == Some(new) {
        return Ok(());
    }
    match to.replace(&timestamp, expected.as_deref(), new)? {
        Replaced::Done => Ok(()),
        Replaced::Changed => Err(PublishError::Overtaken { path: timestamp }),
    }
}
