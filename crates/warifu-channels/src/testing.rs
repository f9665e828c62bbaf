//! For tests only: channels in memory that fail on demand, and the contract every channel keeps. Not part of
//! the API.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use warifu_trust::testing::{World, forge};
use warifu_trust::{ChannelPath, Proposal, Publishable, Published, SecretKey, Tip, Validity};
use warifu_values::digest::Digest;

use crate::{Channel, ChannelError, Created, Look, PublishChannel, Replaced, publish, read_tip};

/// A channel in memory.
#[derive(Debug, Default)]
pub struct MemoryChannel(Mutex<BTreeMap<String, Vec<u8>>>);

impl Clone for MemoryChannel {
    fn clone(&self) -> Self {
        MemoryChannel(Mutex::new(self.files()))
    }
}

impl MemoryChannel {
    /// Everything in it.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.lock().map(|files| files.clone()).unwrap_or_default()
    }

    /// Puts a file there whatever is there: what an attacker with the server can do.
    pub fn put(&self, path: &str, bytes: Vec<u8>) {
        if let Ok(mut files) = self.0.lock() {
            files.insert(path.into(), bytes);
        }
    }

    /// Takes a file away.
    pub fn remove(&self, path: &str) {
        if let Ok(mut files) = self.0.lock() {
            files.remove(path);
        }
    }
}

impl Channel for MemoryChannel {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        match self.files().remove(path.as_str()) {
            Some(bytes) if bytes.len() as u64 > limit_bytes => {
                Err(ChannelError::TooLong { path: path.clone(), limit_bytes })
            }
            found => Ok(found),
        }
    }

    fn ahead(&self, _: &ChannelPath) -> bool {
        true
    }
}

impl PublishChannel for MemoryChannel {
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError> {
        let mut files = self.0.lock().map_err(|_| ChannelError::unreachable(path, "poisoned"))?;
        if files.contains_key(path.as_str()) {
            return Ok(Created::Existed);
        }
        files.insert(path.as_str().into(), bytes.to_vec());
        Ok(Created::New)
    }

    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError> {
        let mut files = self.0.lock().map_err(|_| ChannelError::unreachable(path, "poisoned"))?;
        if files.get(path.as_str()).map(Vec::as_slice) != expected {
            return Ok(Replaced::Changed);
        }
        files.insert(path.as_str().into(), bytes.to_vec());
        Ok(Replaced::Done)
    }
}

/// What the metadata file at `path` says, for an attacker to begin with.
///
/// # Panics
///
/// When there is no such file.
pub fn signed(channel: &MemoryChannel, path: &str) -> Value {
    let file: Value = serde_json::from_slice(&channel.files()[path]).expect("JSON");
    file["signed"].clone()
}

/// How a list names a metadata file.
pub fn pinned(version: u64, bytes: &[u8]) -> Value {
    json!({"version": version, "length": bytes.len(), "hashes": {"sha256": Digest::of(bytes).to_string()}})
}

/// Puts another targets, snapshot and timestamp on the channel, pinned in line, signed by whom the test says.
pub fn plant(
    timestamp: &SecretKey,
    channel: &MemoryChannel,
    version: u64,
    targets: &Value,
    kikin: &[&SecretKey],
    kokuho: &[&SecretKey],
) {
    let targets = forge(targets, kikin);
    let mut snapshot = signed(channel, "metadata/1.snapshot.json");
    snapshot["version"] = version.into();
    snapshot["meta"] = json!({"targets.json": pinned(version, &targets)});
    channel.put(&format!("metadata/{version}.targets.json"), targets);
    plant_snapshot(timestamp, channel, version, &snapshot, kokuho);
}

/// Puts another snapshot and a timestamp on the channel that pins it.
///
/// # Panics
///
/// When there is no timestamp.
pub fn plant_snapshot(
    timestamp: &SecretKey,
    channel: &MemoryChannel,
    version: u64,
    snapshot: &Value,
    kokuho: &[&SecretKey],
) {
    let snapshot = forge(snapshot, kokuho);
    let mut newest = signed(channel, "metadata/timestamp.json");
    newest["version"] = (newest["version"].as_u64().expect("a version") + 1).into();
    newest["meta"] = json!({"snapshot.json": pinned(version, &snapshot)});
    channel.put(&format!("metadata/{version}.snapshot.json"), snapshot);
    channel.put("metadata/timestamp.json", forge(&newest, &[timestamp]));
}

/// Lets the first `writes` writes through and fails each one after, before it does anything.
pub struct FailingChannel<'a> {
    inner: &'a dyn PublishChannel,
    left: AtomicUsize,
}

impl<'a> FailingChannel<'a> {
    /// Over `inner`.
    pub fn after(inner: &'a dyn PublishChannel, writes: usize) -> Self {
        FailingChannel { inner, left: AtomicUsize::new(writes) }
    }

    fn spend(&self, path: &ChannelPath) -> Result<(), ChannelError> {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(|_| ()).map_err(|_| ChannelError::unreachable(path, "the disk is gone"))
    }
}

impl Channel for FailingChannel<'_> {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        self.inner.read(path, limit_bytes)
    }
}

impl PublishChannel for FailingChannel<'_> {
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError> {
        self.spend(path)?;
        self.inner.create(path, bytes)
    }

    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError> {
        self.spend(path)?;
        self.inner.replace(path, expected, bytes)
    }
}

/// What every [`PublishChannel`] keeps; `channel` must be empty.
///
/// # Panics
///
/// When it does not.
pub fn channel_contract(channel: &dyn PublishChannel) {
    let fine = |result: Result<Option<Vec<u8>>, ChannelError>| result.expect("readable");
    let (root, timestamp) = (ChannelPath::root(1), ChannelPath::timestamp());
    // The first write makes the place; before it, absence may also be an error of reach.
    assert_eq!(channel.create(&root, b"one").expect("creatable"), Created::New);
    assert_eq!(channel.create(&root, b"two").expect("creatable"), Created::Existed);
    assert_eq!(fine(channel.read(&root, 3)).as_deref(), Some(&b"one"[..]), "unchanged by the second");
    assert_eq!(fine(channel.read(&ChannelPath::root(2), 3)), None);
    let too_long = channel.read(&root, 2);
    assert!(matches!(too_long, Err(ChannelError::TooLong { limit_bytes: 2, .. })), "{too_long:?}");

    let replace = |expected: Option<&[u8]>, new: &[u8]| {
        channel.replace(&timestamp, expected, new).expect("replaceable")
    };
    assert_eq!(replace(Some(b"x"), b"a"), Replaced::Changed, "nothing there to expect");
    assert_eq!(fine(channel.read(&timestamp, 9)), None);
    assert_eq!(replace(None, b"a"), Replaced::Done);
    assert_eq!(replace(None, b"b"), Replaced::Changed);
    assert_eq!(replace(Some(b"ab"), b"b"), Replaced::Changed);
    assert_eq!(replace(Some(b"a"), b"b"), Replaced::Done);
    assert_eq!(fine(channel.read(&timestamp, 9)).as_deref(), Some(&b"b"[..]));
}

/// What a [`World`]'s people do with a channel.
pub trait Publishing {
    /// The tip of `channel` and a proposal that follows it.
    ///
    /// # Panics
    ///
    /// When `channel` cannot be read.
    fn propose_for(&self, channel: &dyn Channel) -> (Tip, Proposal);

    /// Proposes, signs and publishes the next release.
    ///
    /// # Panics
    ///
    /// When anything on the way is refused.
    fn publish_next(&self, channel: &dyn PublishChannel) -> Published;
}

impl Publishing for World {
    fn propose_for(&self, channel: &dyn Channel) -> (Tip, Proposal) {
        let tip = read_tip(channel, &self.reader()).expect("a readable channel");
        let proposal = self.propose(&tip);
        (tip, proposal)
    }

    fn publish_next(&self, channel: &dyn PublishChannel) -> Published {
        let (tip, proposal) = self.propose_for(channel);
        let halves = self.sign(&tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, &tip, self.now).expect("both halves");
        publish(channel, &publishable, &self.timestamp, self.now, Validity::default()).expect("published")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_keeps_the_contract() {
        channel_contract(&MemoryChannel::default());
    }
}
