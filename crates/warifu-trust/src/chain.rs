//! The chain of trust, verified: root, timestamp, snapshot, targets, in TUF's order (specification 1.0, section 5).
//!
//! `sigstore_tuf::trusted::TrustedMetadataSet` walks the specification's workflow. Around it stand the rules
//! that the specification leaves open, checked first: strict JSON, strict signatures counted by raw key, sound
//! roots, length and SHA-256 in every list, no delegations, flat names.

use sigstore_tuf::trusted::TrustedMetadataSet;
use warifu_values::digest::Digest;

use crate::channel::{Channel, ChannelError, ChannelPath};
use crate::envelope::{Envelope, RoleKeys, Tally};
use crate::open::{Freshness, OpenError};
use crate::organisation::{Organisation, PerOrganisation};
use crate::pins::{Head, Pin};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::targets::Listing;
use crate::time::UnixSeconds;
use crate::{limits, provider};

/// The original bytes of the three files under the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetadataFiles {
    pub(crate) timestamp: Vec<u8>,
    pub(crate) snapshot: Vec<u8>,
    pub(crate) targets: Vec<u8>,
}

/// A chain that holds.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub(crate) files: MetadataFiles,
    pub(crate) listing: Listing,
    pub(crate) timestamp_version: u64,
    pub(crate) snapshot_version: u64,
    /// The first of the four files to expire, and when.
    pub(crate) expires: UnixSeconds,
    pub(crate) signers: PerOrganisation<Vec<String>>,
    pub(crate) halves: PerOrganisation<Tally>,
}

/// Takes in the roots that follow the last of `roots`, each signed by enough of both tables' officers.
///
/// What was taken in stays also when a later one is refused: a revocation, once seen, is not forgotten.
pub(crate) fn walk_roots(
    channel: &dyn Channel,
    roots: &mut Vec<SignedRoot>,
    policy: &Policy,
) -> Result<(), OpenError> {
    for _ in 0..limits::ROOT_ROTATIONS {
        let Some(last) = roots.last() else { return Ok(()) };
        let path = ChannelPath::root(last.version().saturating_add(1));
        let Some(bytes) = read(channel, &path, limits::ROOT_BYTES)? else { return Ok(()) };
        let next = last.followed_by(&bytes)?;
        next.table().check_policy(policy).map_err(Refusal::UnsoundRoot)?;
        roots.push(next);
    }
    Ok(())
}

/// Verifies what `source` offers under the last of `roots`; nothing behind `floor` passes.
pub(crate) fn verify(
    roots: &[SignedRoot],
    floor: Option<&MetadataFiles>,
    source: &dyn Channel,
    freshness: Freshness,
) -> Result<Verified, OpenError> {
    let mut set = trusted_set(roots)?;
    let Some(table) = roots.last().map(SignedRoot::table) else {
        return Err(Refusal::Malformed { file: "root.json".into(), what: "no root".into() }.into());
    };
    let now = freshness.instant();
    set.check_root_expired(now).map_err(|error| from_core("root.json", error))?;

    // The floor. A file that no longer verifies under the newest root falls away: that is how TUF recovers from
    // a stolen timestamp key that ran the versions up (specification, section 5.3.11).
    let floor = floor.filter(|floor| set.update_timestamp(&floor.timestamp, ANY_TIME).is_ok());
    let floor = floor.inspect(|floor| {
        let _ = set.update_snapshot(&floor.snapshot, ANY_TIME);
    });

    let offered = need(source, &ChannelPath::timestamp(), limits::TIMESTAMP_BYTES)?;
    let (mut timestamp, mut timestamp_file) = (strict("timestamp.json", &offered)?, offered);
    if !timestamp.tally(&table.timestamp).holds() {
        return Err(Refusal::Timestamp.into());
    }
    match (set.update_timestamp(&timestamp_file, now), floor) {
        (Ok(()), _) => {}
        // The same version again: what was accepted before is kept, and must still be fresh.
        (Err(sigstore_tuf::Error::EqualVersion { .. }), Some(floor)) => {
            timestamp_file.clone_from(&floor.timestamp);
            timestamp = strict("timestamp.json", &timestamp_file)?;
            set.check_timestamp_expired(now).map_err(|error| from_core("timestamp.json", error))?;
        }
        (Err(error), _) => return Err(from_core("timestamp.json", error)),
    }
    let timestamp_head = Head::read("timestamp.json", "timestamp", &timestamp.signed)?;
    let pin = timestamp_head.only_pin("timestamp.json", "snapshot.json")?;

    let path = ChannelPath::snapshot(pin.version);
    let snapshot_file =
        pinned(source, &path, pin, limits::SNAPSHOT_BYTES, floor.map(|floor| &floor.snapshot))?;
    let snapshot = strict("snapshot.json", &snapshot_file)?;
    let kokuho = snapshot.tally(table.release.of(Organisation::Kokuho));
    let snapshot_head = Head::read("snapshot.json", "snapshot", &snapshot.signed)?;
    let pin = snapshot_head.only_pin("snapshot.json", "targets.json")?;

    let path = ChannelPath::targets(pin.version);
    let targets_file = pinned(source, &path, pin, limits::TARGETS_BYTES, floor.map(|floor| &floor.targets));
    if !kokuho.holds() {
        // Kikin's file is looked at only to say how far it got; it may well be absent.
        let kikin = targets_file.ok().and_then(|file| strict("targets.json", &file).ok());
        let need = table.release.kikin.threshold;
        let kikin = kikin.map_or(Tally { have: 0, need }, |file| file.tally(&table.release.kikin));
        return Err(Refusal::Halves(PerOrganisation { kikin, kokuho }).into());
    }
    set.update_snapshot(&snapshot_file, now).map_err(|error| from_core("snapshot.json", error))?;

    let targets_file = targets_file?;
    let targets = strict("targets.json", &targets_file)?;
    let halves = PerOrganisation { kikin: targets.tally(&table.release.kikin), kokuho };
    if !halves.kikin.holds() {
        return Err(Refusal::Halves(halves).into());
    }
    set.update_targets(&targets_file, now).map_err(|error| from_core("targets.json", error))?;
    let listing = Listing::read(&targets.signed)?;

    let names = |envelope: &Envelope, role: &RoleKeys| {
        envelope.signers(role).into_iter().map(|id| table.holder_name(id)).collect()
    };
    Ok(Verified {
        timestamp_version: timestamp_head.version,
        snapshot_version: snapshot_head.version,
        expires: [table.expires, timestamp_head.expires, snapshot_head.expires, listing.expires]
            .into_iter()
            .min()
            .unwrap_or(UnixSeconds::EPOCH),
        signers: PerOrganisation {
            kikin: names(&targets, &table.release.kikin),
            kokuho: names(&snapshot, &table.release.kokuho),
        },
        halves,
        listing,
        files: MetadataFiles { timestamp: timestamp_file, snapshot: snapshot_file, targets: targets_file },
    })
}

/// [`verify`] under the newest root for which the signatures hold: for what was published or recorded before a
/// rotation. Only for looking back, never for moving to something.
pub(crate) fn verify_under_any(
    roots: &[SignedRoot],
    source: &dyn Channel,
    freshness: Freshness,
) -> Result<Verified, OpenError> {
    let mut outcome = verify(roots, None, source, freshness);
    for last in (1..roots.len()).rev() {
        match outcome {
            Err(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp)) => {
                outcome = verify(&roots[..last], None, source, freshness);
            }
            _ => break,
        }
    }
    outcome
}

/// Recorded files, read back as if from a channel, so that looking back takes the same road.
pub(crate) struct RecordedChannel<'a>(pub(crate) &'a MetadataFiles);

impl Channel for RecordedChannel<'_> {
    fn read(&self, path: &ChannelPath, _: u64) -> Result<Option<Vec<u8>>, ChannelError> {
        let MetadataFiles { timestamp, snapshot, targets } = self.0;
        let path = path.as_str();
        let file = if path.ends_with(".targets.json") {
            targets
        } else if path.ends_with(".snapshot.json") {
            snapshot
        } else {
            timestamp
        };
        Ok(Some(file.clone()))
    }
}

/// Before every expiry.
const ANY_TIME: jiff::Timestamp = jiff::Timestamp::MIN;

impl Freshness {
    fn instant(self) -> jiff::Timestamp {
        match self {
            Freshness::RequiredAt(now) => now.to_jiff(),
            Freshness::IgnoreExpired => ANY_TIME,
        }
    }
}

fn trusted_set(roots: &[SignedRoot]) -> Result<TrustedMetadataSet, OpenError> {
    provider::install();
    let (first, rest) = roots.split_first().ok_or_else(|| {
        OpenError::Refused(Refusal::Malformed { file: "root.json".into(), what: "no root".into() })
    })?;
    let mut set =
        TrustedMetadataSet::from_root(first.bytes()).map_err(|error| from_core("root.json", error))?;
    for root in rest {
        set.update_root(root.bytes()).map_err(|error| from_core("root.json", error))?;
    }
    Ok(set)
}

fn strict(file: &str, bytes: &[u8]) -> Result<Envelope, Refusal> {
    Envelope::parse(bytes).map_err(|what| Refusal::Malformed { file: file.into(), what })
}

/// The file that `pin` names: from what was recorded when it is that, else read with the pinned length as limit.
fn pinned(
    source: &dyn Channel,
    path: &ChannelPath,
    pin: Pin,
    limit_bytes: u64,
    recorded: Option<&Vec<u8>>,
) -> Result<Vec<u8>, OpenError> {
    if let Some(recorded) = recorded.filter(|recorded| Digest::of(recorded) == pin.sha256) {
        return Ok(recorded.clone());
    }
    if pin.bytes > limit_bytes {
        return Err(Refusal::TooLong { file: path.to_string(), limit_bytes }.into());
    }
    let bytes = need(source, path, pin.bytes)?;
    if bytes.len() as u64 != pin.bytes || Digest::of(&bytes) != pin.sha256 {
        return Err(Refusal::Mismatch { file: path.to_string() }.into());
    }
    Ok(bytes)
}

/// Reads what may be absent.
pub(crate) fn read(
    source: &dyn Channel,
    path: &ChannelPath,
    limit_bytes: u64,
) -> Result<Option<Vec<u8>>, OpenError> {
    source.read(path, limit_bytes).map_err(|error| match error {
        ChannelError::TooLong { path, limit_bytes } => {
            Refusal::TooLong { file: path.to_string(), limit_bytes }.into()
        }
        error @ (ChannelError::Unreachable { .. } | ChannelError::NoFolder { .. }) => {
            OpenError::Unreachable(error)
        }
    })
}

/// Reads what must be there; a mirror that lags behind may not have it yet.
fn need(source: &dyn Channel, path: &ChannelPath, limit_bytes: u64) -> Result<Vec<u8>, OpenError> {
    read(source, path, limit_bytes)?.ok_or_else(|| OpenError::Missing { path: path.clone() })
}

/// The core's refusals in our words.
fn from_core(file: &str, error: sigstore_tuf::Error) -> OpenError {
    use sigstore_tuf::Error;
    match error {
        Error::Expired { expires, .. } => {
            OpenError::Stale { file: file.into(), expired: UnixSeconds::from_jiff(expires) }
        }
        Error::Rollback { trusted, new, .. } => {
            let what = match file {
                "timestamp.json" => "timestamp.json",
                "snapshot.json" => "snapshot.json",
                _ => "targets.json",
            };
            Refusal::Rollback { what, recorded: trusted, offered: new }.into()
        }
        Error::IntegrityMismatch(_) => Refusal::Mismatch { file: file.into() }.into(),
        error => {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                why = format!("{why}: {cause}");
                source = cause.source();
            }
            Refusal::Core { file: file.into(), why }.into()
        }
    }
}
