//! Publication: everything is written first, under names that nobody reads yet, and becomes visible in one step.
//!
//! Order: blobs and manifest, new roots, Kikin's half, Kokuho's half, and `timestamp.json` last, exchanged
//! against the very bytes that were read before. After an interruption at any point, readers see the release
//! before, whole, and the same publication can be started again.

use serde_json::json;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::channel::{ChannelError, ChannelPath, Created, PublishChannel, Replaced};
use crate::envelope::{Envelope, meta_entry};
use crate::error::spoken_error;
use crate::publishable::Publishable;
use crate::root::SignedRoot;
use crate::secret::SecretKey;
use crate::sign::Validity;
use crate::targets::{ReleaseRef, SPEC_VERSION};
use crate::time::UnixSeconds;
use crate::tip::Tip;

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The release that readers see now.
    pub release: ReleaseRef,
    /// The timestamp's version.
    pub timestamp_version: u64,
    /// When the timestamp must have been renewed.
    pub expires: UnixSeconds,
}

/// Publishes. `key` is the release manager's automation key, which can publish and never approve.
///
/// # Errors
///
/// [`PublishError`]; in every case readers see a whole release, the one before unless told otherwise.
pub fn publish(
    channel: &dyn PublishChannel,
    publishable: &Publishable,
    key: &SecretKey,
    now: UnixSeconds,
    validity: Validity,
) -> Result<Published, PublishError> {
    let tip = &publishable.tip;
    // Asked first, so that a wrong key does not leave files behind.
    let timestamp =
        timestamp(tip, publishable.snapshot_version, &publishable.snapshot.1, key, now, validity)?;
    for (name, bytes) in publishable.proposal.files() {
        create(channel, &ChannelPath::content(Digest::of(bytes), &name), bytes)?;
    }
    for root in &tip.new_roots {
        create(channel, &ChannelPath::root(root.version()), root.bytes())?;
    }
    create(channel, &publishable.targets.0, &publishable.targets.1)?;
    create(channel, &publishable.snapshot.0, &publishable.snapshot.1)?;
    exchange(channel, tip, timestamp, publishable.proposal.release())
}

/// Renews `timestamp.json` alone: the same release, fresh for another while.
///
/// # Errors
///
/// [`PublishError::NothingPublished`] on an empty channel; otherwise as [`publish`].
pub fn refresh_timestamp(
    channel: &dyn PublishChannel,
    tip: &Tip,
    key: &SecretKey,
    now: UnixSeconds,
    validity: Validity,
) -> Result<Published, PublishError> {
    let published = tip.published.as_ref().ok_or(PublishError::NothingPublished)?;
    let new = timestamp(tip, published.snapshot_version, &published.files.snapshot, key, now, validity)?;
    exchange(channel, tip, new, published.listing.current)
}

/// Puts a root on the channel: the first one, or one that follows. Readers find it by its number.
///
/// # Errors
///
/// [`PublishError::Unreachable`]; [`PublishError::Overtaken`] when another root of this version is there.
pub fn publish_root(channel: &dyn PublishChannel, root: &SignedRoot) -> Result<(), PublishError> {
    create(channel, &ChannelPath::root(root.version()), root.bytes())
}

struct NewTimestamp {
    file: Vec<u8>,
    version: u64,
    expires: UnixSeconds,
}

fn timestamp(
    tip: &Tip,
    snapshot_version: u64,
    snapshot: &[u8],
    key: &SecretKey,
    now: UnixSeconds,
    validity: Validity,
) -> Result<NewTimestamp, PublishError> {
    let id = key.public().id();
    if !tip.root.table().timestamp.keys.contains_key(&id) {
        return Err(PublishError::NotTheTimestampKey { key: id.short() });
    }
    let version = tip.published.as_ref().map_or(0, |published| published.timestamp_version).saturating_add(1);
    let expires = now.plus_days(validity.timestamp_days);
    let payload = json!({
        "_type": "timestamp",
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": expires,
        "meta": {"snapshot.json": meta_entry(snapshot_version, snapshot)},
    });
    let mut envelope = Envelope::unsigned(payload).ok_or(PublishError::NothingPublished)?;
    envelope.sign(key);
    Ok(NewTimestamp { file: envelope.to_bytes(), version, expires })
}

/// Writes a file that never changes; when it is there, it must be these very bytes.
fn create(channel: &dyn PublishChannel, path: &ChannelPath, bytes: &[u8]) -> Result<(), PublishError> {
    match channel.create(path, bytes)? {
        Created::New => Ok(()),
        Created::Existed => match channel.read(path, bytes.len() as u64) {
            Ok(Some(found)) if found == bytes => Ok(()),
            Ok(_) | Err(ChannelError::TooLong { .. }) => Err(PublishError::Overtaken { path: path.clone() }),
            Err(error) => Err(error.into()),
        },
    }
}

/// The one step that readers see.
fn exchange(
    channel: &dyn PublishChannel,
    tip: &Tip,
    new: NewTimestamp,
    release: ReleaseRef,
) -> Result<Published, PublishError> {
    let path = ChannelPath::timestamp();
    match channel.replace(&path, tip.timestamp_file.as_deref(), &new.file)? {
        Replaced::Done => Ok(Published { release, timestamp_version: new.version, expires: new.expires }),
        Replaced::Changed => Err(PublishError::Overtaken { path }),
    }
}

/// Why nothing was published.
#[derive(Debug)]
pub enum PublishError {
    /// The channel failed; what was written is harmless. Start again from a new [`Tip`] with the same draft.
    Unreachable(ChannelError),
    /// Somebody else published meanwhile: another file is already where this one would go.
    Overtaken {
        /// The file.
        path: ChannelPath,
    },
    /// The key is not the release manager's.
    NotTheTimestampKey {
        /// The key's short id.
        key: String,
    },
    /// There is no release whose timestamp could be renewed.
    NothingPublished,
}

impl From<ChannelError> for PublishError {
    fn from(error: ChannelError) -> Self {
        PublishError::Unreachable(error)
    }
}

impl Speak for PublishError {
    fn say(&self, lang: Lang) -> String {
        match self {
            PublishError::Unreachable(error) => {
                let error = error.say(lang);
                say!(
                    lang,
                    "{error}; readers still see the release before, publish again",
                    "{error}。利用側には前のリリースが見えています。公開をやり直してください"
                )
            }
            PublishError::Overtaken { path } => say!(
                lang,
                "somebody else published first ({path}); look at what is there, then draft anew if needed",
                "他の公開が先に行われました({path})。現状を確認し、必要なら草案を作り直してください"
            ),
            PublishError::NotTheTimestampKey { key } => say!(
                lang,
                "the key {key} is not a timestamp key of the newest root; use the release manager's",
                "鍵 {key} は最新の root の timestamp 鍵ではありません。リリース管理者の鍵を使ってください"
            ),
            PublishError::NothingPublished => {
                say!(lang, "no release has been published here yet", "まだリリースが公開されていません")
            }
        }
    }
}

spoken_error!(PublishError, |error| matches!(error, PublishError::NotTheTimestampKey { .. }), |error| {
    match error {
        PublishError::Unreachable(error) => std::error::Error::source(error),
        _ => None,
    }
});
