//! A publication: every file that is to be written, made before the first one is.
//!
//! Order: blobs and manifest, new roots, Kikin's half, Kokuho's half, and `timestamp.json` last, exchanged
//! against the very bytes that were read before. After an interruption at any point, readers see the release
//! before, whole, and the same publication can be started again. Whoever writes it follows that order and
//! decides nothing.

use serde_json::json;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::flaw::Flaw;
use crate::keys::{Signer, SignerError};
use crate::metadata::{ChannelPath, Envelope, ReleaseRef, SPEC_VERSION, meta_entry};
use crate::publish::clock::WrongClock;
use crate::publish::publishable::Publishable;
use crate::publish::tip::Tip;
use crate::publish::validity::Validity;
use crate::refusal::Refusal;
use crate::release::patch_between;
use crate::time::UnixSeconds;

/// What readers see once a publication is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The release.
    pub release: ReleaseRef,
    /// The timestamp's version.
    pub timestamp_version: u64,
    /// When the timestamp must have been renewed.
    pub expires: UnixSeconds,
}

/// The files of one publication. Only [`Publishable::seal`] and [`Tip::renew_timestamp`] make one.
#[derive(Debug, Clone)]
#[must_use = "it must be written to the channel"]
pub struct Publication {
    files: Vec<(ChannelPath, Vec<u8>)>,
    exchange: Exchange,
    published: Published,
}

/// The last step, the one that readers see: one file takes the place of another.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Which file.
    pub path: ChannelPath,
    /// What must lie there; `None` for nothing.
    pub expected: Option<Vec<u8>>,
    /// What takes its place.
    pub new: Vec<u8>,
}

impl Publication {
    /// What is written first, in order. These files never change: one that is there already must be the same.
    pub fn files(&self) -> impl Iterator<Item = (&ChannelPath, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path, bytes.as_slice()))
    }

    /// What is exchanged last, in one step.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// What readers see after that.
    pub fn published(&self) -> &Published {
        &self.published
    }
}

impl Publishable {
    /// Signs the new timestamp with the release manager's automation key, which can publish and never
    /// approve.
    ///
    /// # Errors
    ///
    /// [`SealError::NotTheTimestampKey`], [`SealError::Clock`], [`SealError::Signer`].
    pub fn seal(
        &self,
        signer: &dyn Signer,
        now: UnixSeconds,
        validity: Validity,
    ) -> Result<Publication, SealError> {
        let tip = &self.tip;
        let release = self.proposal.release();
        let (exchange, published) = timestamp(
            tip,
            next_timestamp(tip),
            (self.snapshot_version, &self.snapshot.1),
            release,
            (signer, now, validity),
        )?;
        let content =
            |(name, bytes): (_, &[u8])| (ChannelPath::content(Digest::of(bytes), &name), bytes.to_vec());
        let roots =
            tip.new_roots.iter().map(|root| (ChannelPath::root(root.version()), root.bytes().to_vec()));
        let halves = [self.targets.clone(), self.snapshot.clone()];
        let files = self.proposal.files().map(content).chain(roots).chain(self.targets_step()).chain(halves);
        let files = files.collect();
        Ok(Publication { files, exchange, published })
    }
}

impl Publishable {
    /// For who has the half that is published now. Readers hold what it gives to what Kokuho sealed; where
    /// there is none they read the whole.
    fn targets_step(&self) -> Option<(ChannelPath, Vec<u8>)> {
        let published = self.tip.published.as_ref()?;
        let patch = patch_between(&published.files.targets, &self.targets.1).ok()??;
        Some((ChannelPath::targets_step(self.targets_version, published.listing.version), patch))
    }
}

impl Tip {
    /// Renews `timestamp.json` alone: the same release, fresh for another while.
    ///
    /// # Errors
    ///
    /// [`SealError`]; [`SealError::NothingPublished`] on an empty channel; [`SealError::RanOut`] where a half
    /// has expired at `now`, whoever vouches for the clock.
    pub fn renew_timestamp(
        &self,
        signer: &dyn Signer,
        now: UnixSeconds,
        validity: Validity,
    ) -> Result<Publication, SealError> {
        let version = next_timestamp(self);
        let chain = self.published.as_ref().ok_or(SealError::NothingPublished)?;
        let expires = chain.listing.expires.min(chain.snapshot_expires);
        if now > expires {
            return Err(SealError::RanOut { now, expires });
        }
        let snapshot = (chain.snapshot_version, chain.files.snapshot.as_slice());
        let (exchange, published) =
            timestamp(self, version, snapshot, chain.listing.current, (signer, now, validity))?;
        Ok(Publication { files: Vec::new(), exchange, published })
    }

    /// Makes a lost or damaged `timestamp.json` again: number and history stay, because the newest halves
    /// that lie on the channel say them. `above` is the newest timestamp version that anybody remembers; the
    /// new one lies so far above what is known that no reader has seen a newer.
    ///
    /// # Errors
    ///
    /// [`SealError`]; [`SealError::NothingPublished`] when no release of both lies there;
    /// [`SealError::RanOut`] where a half has expired at `now`, whoever vouches for the clock.
    pub fn rebuild_timestamp(
        &self,
        signer: &dyn Signer,
        now: UnixSeconds,
        validity: Validity,
        above: u64,
    ) -> Result<Publication, SealError> {
        let orphan = self.orphan.as_ref().ok_or(SealError::NothingPublished)?;
        if now > orphan.expires {
            return Err(SealError::RanOut { now, expires: orphan.expires });
        }
        let version = self.known_timestamp.max(above).saturating_add(REBUILT_ABOVE);
        let snapshot = (orphan.snapshot_version, orphan.snapshot.as_slice());
        let (exchange, published) =
            timestamp(self, version, snapshot, orphan.release, (signer, now, validity))?;
        Ok(Publication { files: Vec::new(), exchange, published })
    }
}

/// How far above the last known version a timestamp is made again: daily ones of more than two years.
const REBUILT_ABOVE: u64 = 1_000;

/// The version after the published timestamp's.
fn next_timestamp(tip: &Tip) -> u64 {
    tip.published.as_ref().map_or(0, |published| published.timestamp_version).saturating_add(1)
}

fn timestamp(
    tip: &Tip,
    version: u64,
    (snapshot_version, snapshot): (u64, &[u8]),
    release: ReleaseRef,
    (signer, now, validity): (&dyn Signer, UnixSeconds, Validity),
) -> Result<(Exchange, Published), SealError> {
    let id = signer.public().id();
    if !tip.root.table().timestamp.keys.contains_key(&id) {
        return Err(SealError::NotTheTimestampKey { key: id.short() });
    }
    tip.check_sealing_clock(now, validity)?;
    let expires = now.plus_days(validity.timestamp_days);
    let payload = json!({
        "_type": "timestamp",
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": expires.rfc3339(),
        "meta": {"snapshot.json": meta_entry(snapshot_version, snapshot)},
    });
    let mut envelope = Envelope::unsigned(payload).ok_or_else(|| {
        let (file, what) = ("timestamp.json".into(), Flaw::no_canonical_form());
        SealError::Malformed(Refusal::Malformed { file, what })
    })?;
    envelope.sign(signer)?;
    let exchange = Exchange {
        path: ChannelPath::timestamp(),
        expected: tip.timestamp_file.clone(),
        new: envelope.to_bytes(),
    };
    Ok((exchange, Published { release, timestamp_version: version, expires }))
}

/// Why there is nothing to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealError {
    /// The key is not the release manager's.
    NotTheTimestampKey {
        /// The key's short id.
        key: String,
    },
    /// There is no release whose timestamp could be renewed.
    NothingPublished,
    /// The clock and the channel contradict each other.
    Clock(WrongClock),
    /// A half of the published release has expired: nothing is left that a timestamp could keep fresh.
    RanOut {
        /// What the clock shows.
        now: UnixSeconds,
        /// When the first half expired.
        expires: UnixSeconds,
    },
    /// The timestamp has no form that can be signed.
    Malformed(Refusal),
    /// The signer gave no signature.
    Signer(SignerError),
}

impl From<WrongClock> for SealError {
    fn from(error: WrongClock) -> Self {
        SealError::Clock(error)
    }
}

impl From<SignerError> for SealError {
    fn from(error: SignerError) -> Self {
        SealError::Signer(error)
    }
}

impl Speak for SealError {
    fn say(&self, lang: Lang) -> String {
        match self {
            SealError::NotTheTimestampKey { key } => say!(
                lang,
                "the key {key} is not a timestamp key of the newest root; use the release manager's",
                "鍵 {key} は最新のルートのタイムスタンプ鍵ではありません。リリース管理者の鍵を使ってください"
            ),
            SealError::NothingPublished => {
                say!(
                    lang,
                    "nothing was published here that could be renewed",
                    "更新できる公開済みリリースがありません"
                )
            }
            SealError::Clock(error) => error.say(lang),
            SealError::RanOut { now, expires } => say!(
                lang,
                "what the people signed ran out at {expires}, and this machine's clock shows {now}: no \
                 timestamp makes it fresh again; set the clock if it is wrong, otherwise have the release \
                 signed anew (`release renew --repo REPOSITORY`)",
                "署名の期限は {expires} で、この端末の時計は {now} です。タイムスタンプを更新しても有効にはなりません。\
                 時計が誤っていれば合わせ、正しければ release renew --repo （リポジトリ）で署名し直してください",
                now = now.said_exactly(lang),
                expires = expires.said_exactly(lang)
            ),
            SealError::Malformed(refusal) => refusal.say(lang),
            SealError::Signer(error) => error.say(lang),
        }
    }
}

spoken_error!(SealError, |error| matches!(error, SealError::NotTheTimestampKey { .. }), |_| None);
