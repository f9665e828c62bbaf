//! For tests only: files in memory, a small world of people and masters. Not part of the API.

use std::collections::BTreeMap;

use warifu_values::audit::AuditHead;
use warifu_values::digest::Digest;

use warifu_values::judgement::{AcceptedPast, PastClass};

use crate::*;

/// A channel's files in memory, by path.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Shelf(pub BTreeMap<String, Vec<u8>>);

impl Shelf {
    /// Answers honestly.
    pub fn answer(&self, need: &Need) -> Answer {
        match self.0.get(need.path.as_str()) {
            None => Answer::Absent,
            Some(bytes) if bytes.len() as u64 > need.limit_bytes => Answer::TooLong,
            Some(bytes) => Answer::File(bytes.clone()),
        }
    }

    /// Writes a publication.
    pub fn write(&mut self, publication: &Publication) {
        for (path, bytes) in publication.files() {
            self.0.insert(path.to_string(), bytes.to_vec());
        }
        let Exchange { path, new, .. } = publication.exchange();
        self.0.insert(path.to_string(), new.clone());
    }
}

/// Drives a walk to its end over `shelf`.
///
/// # Errors
///
/// The walk's.
pub fn drive<W: Walk>(walk: W, shelf: &Shelf) -> Result<W::Done, W::Error> {
    let mut walk = walk;
    loop {
        let answer = shelf.answer(walk.need());
        match walk.feed(answer)? {
            Step::Next(next) => walk = next,
            Step::Done(done) => return Ok(done),
        }
    }
}

/// The head of this release; after one that nobody has seen when it is not the first and follows none.
pub fn head(release: u64, previous: Option<Previous>) -> ReleaseHead {
    let unseen = || Previous { release: release - 1, manifest: Digest::of(b"a release nobody has seen") };
    let previous = previous.or_else(|| (release > 1).then(unseen));
    ReleaseHead {
        title: format!("定例 {release}"),
        created: UnixSeconds::new(1_780_000_000),
        commit: "0123456789abcdef0123456789abcdef01234567".into(),
        previous,
        emergency: None,
        activate_at: None,
        future_only: false,
        not_a_successor: None,
        reverts_to: None,
        owes_review: Vec::new(),
        audit: Some(AuditHead { log: Digest::of(b"first"), entries: 7, digest: Digest::of(b"last") }),
    }
}

/// What the release with this head changes: none of the first, a small list of every other.
pub fn changes(head: &ReleaseHead) -> Option<ChangesContent> {
    let previous = head.previous?;
    Some(ChangesContent {
        list: format!("kind,code\ndrug,610406079\nafter,{}\n", previous.release).into_bytes(),
        past: 1,
        past_and_future: 1,
        future: 0,
        accepted: vec![AcceptedPast {
            class: PastClass::of_all("drug", "price"),
            entries: 2,
            reason: "告示の訂正".into(),
            source: "令和8年厚生労働省告示第1号".into(),
        }],
        earlier: Vec::new(),
    })
}

/// The lists of as many releases before release `number`, the newest first, back to release 2.
pub fn earlier(number: u64, lists: usize) -> Vec<EarlierContent> {
    let at = |release: u64| ReleaseRef { release, manifest: Digest::of(&release.to_be_bytes()) };
    let list = |release: u64| EarlierContent {
        release: at(release),
        follows: at(release - 1),
        list: format!("what release {release} changed\n").into_bytes(),
    };
    (2..number).rev().take(lists).map(list).collect()
}

/// A proposal of these masters, with [`changes`].
///
/// # Panics
///
/// When there is none.
pub fn propose(head: ReleaseHead, masters: &[MasterContent]) -> Proposal {
    let changes = changes(&head);
    Proposal::new(head, masters, changes.as_ref(), CompressionLevel::FAST).expect("a sound proposal")
}

/// The manifest of these masters, with [`changes`], and the bytes of its parts.
///
/// # Panics
///
/// When there is none.
pub fn held(head: ReleaseHead, masters: &[MasterContent]) -> (Manifest, ReleaseBytes) {
    let changes = changes(&head);
    let manifest = Manifest::of(head, masters, changes.as_ref()).expect("a sound manifest");
    let mut sorted: Vec<&MasterContent> = masters.iter().collect();
    sorted.sort_by_key(|master| (&master.series, &master.kind));
    let bytes = |master: &MasterContent| MasterBytes {
        canonical: master.canonical.clone(),
        timelines: master.timelines.clone(),
    };
    let changes = changes.map(|changes| ChangesBytes { list: changes.list, earlier: Vec::new() });
    (manifest, ReleaseBytes { masters: sorted.into_iter().map(bytes).collect(), changes })
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
            governs: Governs { from: "2026-06-01".into(), until: None },
            made_of: warifu_values::judgement::Basis::Full,
            published: None,
            let_pass: Vec::new(),
            corrections: Vec::new(),
            timelines: format!("2026-06-01..\n{canonical}").into_bytes(),
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
///
/// # Panics
///
/// When `signed` has no canonical form.
pub fn forge(signed: &serde_json::Value, keys: &[&SecretKey]) -> Vec<u8> {
    let mut envelope = crate::metadata::Envelope::unsigned(signed.clone()).expect("a canonical form");
    for key in keys {
        envelope.sign(*key).expect("a key in memory signs");
    }
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

    /// A proposal that follows what `tip` has.
    ///
    /// # Panics
    ///
    /// Never, unless the crate is broken.
    pub fn propose(&self, tip: &Tip) -> Proposal {
        let number = tip.release().map_or(0, |release| release.release) + 1;
        propose(head(number, tip.release()), &masters(number))
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

    /// Proposes, signs and seals the next release after `tip`.
    ///
    /// # Panics
    ///
    /// When anything on the way is refused.
    pub fn release(&self, tip: &Tip) -> Publication {
        let proposal = self.propose(tip);
        let halves = self.sign(tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, tip, self.now).expect("both halves");
        publishable.seal(&self.timestamp, self.now, Validity::default()).expect("the timestamp key")
    }
}
