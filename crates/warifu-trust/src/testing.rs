//! For tests only: channels in memory that fail on demand, the contract every channel keeps, a small world of
//! people and masters. Not part of the API.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::*;

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
    fn read(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Vec<u8>>, ChannelError> {
        match self.files().remove(path.as_str()) {
            Some(bytes) if bytes.len() as u64 > limit_bytes => {
                Err(ChannelError::TooLong { path: path.clone(), limit_bytes })
            }
            found => Ok(found),
        }
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
    fn read(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Vec<u8>>, ChannelError> {
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

/// A release's head.
pub fn head(release: u64, previous: Option<Previous>) -> ReleaseHead {
    ReleaseHead {
        release,
        title: format!("定例 {release}"),
        created: UnixSeconds::new(1_780_000_000),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
        previous,
        emergency: None,
        activate_at: None,
    }
}

/// Two small masters; the drug master changes with `version`, the procedure master does not.
pub fn masters(version: u64) -> Vec<MasterContent> {
    let master = |kind: &str, canonical: String| {
        let file = |format: &str| {
            let bytes = format!("{format}:{canonical}");
            let Content { sha256, bytes } = Content::of(bytes.as_bytes());
            (format.to_owned(), FormatFile { file_name: format!("{kind}_{format}.csv"), sha256, bytes })
        };
        MasterContent {
            series: "r06".into(),
            kind: kind.into(),
            edition: "2024-06".into(),
            rows: 2,
            formats: [file("kikin"), file("kokuho")].into(),
            effective_from: Some("2026-06-01".into()),
            made_of: warifu_values::judgement::Basis::Full,
            published: None,
            let_pass: Vec::new(),
            canonical: canonical.into_bytes(),
        }
    };
    vec![
        master("procedure", "code,name\n111000110,初診料\n112007410,再診料\n".into()),
        master("drug", format!("code,price\n610406079,{version}.50\n620000001,9.80\n")),
    ]
}

/// People, keys and a first root: Kikin 2 of 3, Kokuho 1 of 2, one timestamp key.
pub struct World {
    /// Kikin's people.
    pub kikin: Vec<SecretKey>,
    /// Kokuho's people.
    pub kokuho: Vec<SecretKey>,
    /// The release manager's key.
    pub timestamp: SecretKey,
    /// The first root.
    pub root: SignedRoot,
    /// When everything happens.
    pub now: UnixSeconds,
}

/// The instant at which tests happen, 2026-06-01.
pub fn now() -> UnixSeconds {
    UnixSeconds::new(1_780_272_000)
}

/// A metadata file that says `signed`, signed by `keys`: what an attacker who has them can make.
pub fn forge(signed: &serde_json::Value, keys: &[&SecretKey]) -> Vec<u8> {
    let Some(mut envelope) = crate::envelope::Envelope::unsigned(signed.clone()) else { return Vec::new() };
    keys.iter().for_each(|key| envelope.sign(key));
    envelope.to_bytes()
}

/// A key from a small number.
pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// The cards of people of one organisation.
pub fn cards(organisation: Option<Organisation>, keys: &[SecretKey]) -> Vec<KeyCard> {
    let card = |key: &SecretKey| {
        let public = key.public();
        let side = organisation.map_or("automation", Organisation::word);
        KeyCard { organisation, name: format!("{side} {}", public.id().short()), public }
    };
    keys.iter().map(card).collect()
}

impl Default for World {
    fn default() -> Self {
        World::new()
    }
}

impl World {
    /// The world on 2026-06-01.
    pub fn new() -> Self {
        World::at(now())
    }

    /// The world at this instant.
    ///
    /// # Panics
    ///
    /// Never, unless the crate is broken.
    pub fn at(now: UnixSeconds) -> Self {
        let (kikin, kokuho) = ([1, 2, 3].map(key), [11, 12].map(key));
        let timestamp = key(21);
        let mut draft = World::table(now, &kikin, &kokuho, &timestamp).first().expect("a sound root");
        for key in kikin.iter().chain(&kokuho) {
            draft.sign(key, None).expect("an officer");
        }
        let root = draft.finish(None).expect("all have signed");
        World { kikin: kikin.into(), kokuho: kokuho.into(), timestamp, root, now }
    }

    /// A table of these people, on 2026-06-01.
    pub fn builder(kikin: &[SecretKey], kokuho: &[SecretKey], timestamp: &SecretKey) -> RootBuilder {
        World::table(now(), kikin, kokuho, timestamp)
    }

    fn table(
        now: UnixSeconds,
        kikin: &[SecretKey],
        kokuho: &[SecretKey],
        timestamp: &SecretKey,
    ) -> RootBuilder {
        let (one, two) = (Organisation::Kikin, Organisation::Kokuho);
        RootBuilder::new(now.plus_days(730))
            .release_signers(one, 2, cards(Some(one), kikin))
            .release_signers(two, 1, cards(Some(two), kokuho))
            .timestamp(cards(None, std::slice::from_ref(timestamp)))
    }

    /// A reader who has only the pinned root.
    ///
    /// # Panics
    ///
    /// Never, unless the crate is broken.
    pub fn reader(&self) -> TrustedState {
        TrustedState::pin(self.root.bytes(), Policy::default()).expect("a sound root")
    }

    /// A proposal that follows what `channel` holds.
    ///
    /// # Panics
    ///
    /// When `channel` cannot be read.
    pub fn propose(&self, channel: &dyn Channel) -> (Tip, Proposal) {
        let tip = Tip::read(channel, &self.reader()).expect("a readable channel");
        let number = tip.release().map_or(0, |release| release.release) + 1;
        let proposal = Proposal::new(head(number, tip.release()), &masters(number), CompressionLevel::FAST);
        (tip, proposal.expect("a sound proposal"))
    }

    /// Signed by both.
    ///
    /// # Panics
    ///
    /// When a signature is refused.
    pub fn sign(&self, tip: &Tip, proposal: &Proposal) -> Halves {
        let reviewed = proposal.review(proposal.manifest()).expect("equal to itself");
        let mut halves = Halves::default();
        for key in &self.kikin[..2] {
            let signed = reviewed.sign_as_kikin(tip, &halves, key, self.now, Validity::default());
            halves = signed.expect("a signer of Kikin").halves;
        }
        let signed = reviewed.sign_as_kokuho(tip, &halves, &self.kokuho[0], self.now, Validity::default());
        signed.expect("a signer of Kokuho").halves
    }

    /// Proposes, signs and publishes the next release.
    ///
    /// # Panics
    ///
    /// When anything on the way is refused.
    pub fn release(&self, channel: &dyn PublishChannel) -> Published {
        let (tip, proposal) = self.propose(channel);
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
