//! The chain of trust under known roots: timestamp, snapshot, targets, in TUF's order (specification 1.0,
//! section 5).
//!
//! `sigstore_tuf::trusted::TrustedMetadataSet` walks the specification's workflow. Around it stand the rules
//! that the specification leaves open, checked first: strict JSON, strict signatures counted by raw key,
//! sound roots, length and SHA-256 in every list, no delegations, flat names.

use std::collections::BTreeSet;

use sigstore_tuf::trusted::TrustedMetadataSet;
use warifu_values::digest::Digest;

use crate::keys::KeyId;
use crate::limits;
use crate::metadata::{ChannelPath, Envelope, Head, Listing, Pin, RoleKeys};
use crate::organisation::{Organisation, PerOrganisation};
use crate::read::freshness::{ANY_TIME, Freshness};
use crate::read::open_error::OpenError;
use crate::read::tuf::{from_core, no_root, trusted_set};
use crate::read::verified_chain::{MetadataFiles, VerifiedChain};
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Content, apply_patch};
use crate::root::{RoleTable, SignedRoot};
use crate::tally::Tally;
use crate::time::UnixSeconds;

/// The walk down the three files.
pub(crate) struct Chain {
    under: Under,
    stage: Stage,
    need: Need,
}

/// What the files are verified under.
struct Under {
    set: TrustedMetadataSet,
    /// Who may sign what.
    table: RoleTable,
    /// What was accepted before; nothing behind it passes.
    floor: Option<MetadataFiles>,
    now: jiff::Timestamp,
}

enum Stage {
    Timestamp,
    Snapshot(TimestampFile),
    /// A patch to the half that is recorded.
    TargetsStep(TimestampFile, Box<SnapshotFile>),
    Targets(TimestampFile, Box<SnapshotFile>),
}

struct TimestampFile {
    bytes: Vec<u8>,
    head: Head,
    pin: Pin,
}

struct SnapshotFile {
    bytes: Vec<u8>,
    envelope: Envelope,
    kokuho: Tally,
    head: Head,
    pin: Pin,
}

impl Chain {
    /// Begins under the last of `roots`, of whose keys the `revoked` ones count for nothing; nothing behind
    /// `floor` passes.
    pub(crate) fn begin(
        roots: &[SignedRoot],
        revoked: &BTreeSet<KeyId>,
        floor: Option<&MetadataFiles>,
        freshness: Freshness,
    ) -> Result<Self, OpenError> {
        let mut set = trusted_set(roots)?;
        let root = roots.last().ok_or_else(no_root)?;
        let table = root.table().without(revoked);
        let now = freshness.instant();
        set.check_root_expired(now).map_err(|error| from_core("root.json", error))?;
        // The floor. A file that no longer verifies under the newest root falls away: that is how TUF
        // recovers from a stolen timestamp key that ran the versions up (specification, section 5.3.11).
        let floor = floor.filter(|floor| set.update_timestamp(&floor.timestamp, ANY_TIME).is_ok());
        let floor = floor.inspect(|floor| {
            let _ = set.update_snapshot(&floor.snapshot, ANY_TIME);
        });
        let floor = floor.cloned();
        let need = Need::new(ChannelPath::timestamp(), limits::TIMESTAMP_BYTES);
        Ok(Chain { under: Under { set, table, floor, now }, stage: Stage::Timestamp, need })
    }
}

impl Walk for Chain {
    type Done = VerifiedChain;
    type Error = OpenError;

    fn need(&self) -> &Need {
        &self.need
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let Chain { under, stage, need } = self;
        match stage {
            Stage::Timestamp => under.timestamp(required(&need, answer)?),
            Stage::Snapshot(timestamp) => {
                let file = pinned(&need, timestamp.pin, answer)?;
                under.snapshot(timestamp, file)
            }
            Stage::TargetsStep(timestamp, snapshot) => under.targets_step(timestamp, snapshot, &need, answer),
            Stage::Targets(timestamp, snapshot) => {
                let file = pinned(&need, snapshot.pin, answer);
                under.targets(timestamp, *snapshot, file).map(Step::Done)
            }
        }
    }
}

impl Under {
    fn timestamp(mut self, mut bytes: Vec<u8>) -> Result<Step<Chain>, OpenError> {
        let mut envelope = strict("timestamp.json", &bytes)?;
        if !envelope.tally(&self.table.timestamp).holds() {
            return Err(Refusal::Timestamp.into());
        }
        match (self.set.update_timestamp(&bytes, self.now), &self.floor) {
            (Ok(()), _) => {}
            // The same version again: what was accepted before is kept, and must still be fresh.
            (Err(sigstore_tuf::Error::EqualVersion { .. }), Some(floor)) => {
                bytes.clone_from(&floor.timestamp);
                envelope = strict("timestamp.json", &bytes)?;
                self.set
                    .check_timestamp_expired(self.now)
                    .map_err(|error| from_core("timestamp.json", error))?;
            }
            (Err(error), _) => return Err(from_core("timestamp.json", error)),
        }
        let head = Head::read("timestamp.json", "timestamp", &envelope.signed)?;
        let pin = head.only_pin("timestamp.json", "snapshot.json")?;
        let timestamp = TimestampFile { bytes, head, pin };
        let need = pinned_need(ChannelPath::snapshot(pin.version), pin, limits::SNAPSHOT_BYTES)?;
        match self.recorded(pin, |floor| &floor.snapshot) {
            Some(file) => self.snapshot(timestamp, file),
            None => Ok(Step::Next(Chain { under: self, stage: Stage::Snapshot(timestamp), need })),
        }
    }

    fn snapshot(mut self, timestamp: TimestampFile, bytes: Vec<u8>) -> Result<Step<Chain>, OpenError> {
        let envelope = strict("snapshot.json", &bytes)?;
        let kokuho = envelope.tally(self.table.release.of(Organisation::Kokuho));
        let head = Head::read("snapshot.json", "snapshot", &envelope.signed)?;
        let pin = head.only_pin("snapshot.json", "targets.json")?;
        if kokuho.holds() {
            self.set.update_snapshot(&bytes, self.now).map_err(|error| from_core("snapshot.json", error))?;
        }
        let snapshot = SnapshotFile { bytes, envelope, kokuho, head, pin };
        let need = match pinned_need(ChannelPath::targets(pin.version), pin, limits::TARGETS_BYTES) {
            Ok(need) => need,
            Err(refusal) => return self.targets(timestamp, snapshot, Err(refusal.into())).map(Step::Done),
        };
        match self.recorded(pin, |floor| &floor.targets) {
            Some(file) => self.targets(timestamp, snapshot, Ok(file)).map(Step::Done),
            None => {
                let (sealed, snapshot) = (snapshot.kokuho.holds(), Box::new(snapshot));
                let from = self.recorded_targets_version().filter(|from| sealed && *from < pin.version);
                let (stage, need) = match from {
                    Some(from) => {
                        let step = Need::new(ChannelPath::targets_step(pin.version, from), pin.bytes);
                        (Stage::TargetsStep(timestamp, snapshot), step)
                    }
                    None => (Stage::Targets(timestamp, snapshot), need),
                };
                Ok(Step::Next(Chain { under: self, stage, need }))
            }
        }
    }

    /// The half by the patch in `answer`, when it gives what Kokuho sealed; otherwise it is asked for whole.
    fn targets_step(
        self,
        timestamp: TimestampFile,
        snapshot: Box<SnapshotFile>,
        need: &Need,
        answer: Answer,
    ) -> Result<Step<Chain>, OpenError> {
        let pin = snapshot.pin;
        let sealed = Content { sha256: pin.sha256, bytes: pin.bytes };
        let made =
            need.taken(answer).ok().flatten().zip(self.floor.as_ref()).and_then(|(patch, floor)| {
                apply_patch(need.path.as_str(), &floor.targets, &patch, sealed).ok()
            });
        match made {
            Some(file) => self.targets(timestamp, *snapshot, Ok(file)).map(Step::Done),
            None => {
                let need = pinned_need(ChannelPath::targets(pin.version), pin, limits::TARGETS_BYTES)?;
                Ok(Step::Next(Chain { under: self, stage: Stage::Targets(timestamp, snapshot), need }))
            }
        }
    }

    /// The version of Kikin's half that is recorded.
    fn recorded_targets_version(&self) -> Option<u64> {
        let recorded = strict("targets.json", &self.floor.as_ref()?.targets).ok()?;
        Some(Listing::read(&recorded.signed).ok()?.version)
    }

    fn targets(
        mut self,
        timestamp: TimestampFile,
        snapshot: SnapshotFile,
        file: Result<Vec<u8>, OpenError>,
    ) -> Result<VerifiedChain, OpenError> {
        let table = &self.table;
        let release = &table.release;
        let kokuho = snapshot.kokuho;
        if !kokuho.holds() {
            // Kikin's file is looked at only to say how far it got; it may well be absent.
            let kikin = file.ok().and_then(|file| strict("targets.json", &file).ok());
            let need = release.kikin.threshold;
            let kikin = kikin.map_or(Tally { have: 0, need }, |file| file.tally(&release.kikin));
            return Err(Refusal::Halves(PerOrganisation { kikin, kokuho }).into());
        }
        let bytes = file?;
        let targets = strict("targets.json", &bytes)?;
        let halves = PerOrganisation { kikin: targets.tally(&release.kikin), kokuho };
        if !halves.kikin.holds() {
            return Err(Refusal::Halves(halves).into());
        }
        self.set.update_targets(&bytes, self.now).map_err(|error| from_core("targets.json", error))?;
        let listing = Listing::read(&targets.signed)?;
        let names = |envelope: &Envelope, role: &RoleKeys| {
            let ids = envelope.signers(role);
            let mut names: Vec<_> = ids.into_iter().map(|id| table.holder_name(id)).collect();
            names.sort();
            names
        };
        Ok(VerifiedChain {
            timestamp_version: timestamp.head.version,
            timestamp_expires: timestamp.head.expires,
            snapshot_version: snapshot.head.version,
            snapshot_expires: snapshot.head.expires,
            expires: [table.expires, timestamp.head.expires, snapshot.head.expires, listing.expires]
                .into_iter()
                .min()
                .unwrap_or(UnixSeconds::EPOCH),
            signers: PerOrganisation {
                kikin: names(&targets, &release.kikin),
                kokuho: names(&snapshot.envelope, &release.kokuho),
            },
            halves,
            listing,
            files: MetadataFiles { timestamp: timestamp.bytes, snapshot: snapshot.bytes, targets: bytes },
        })
    }

    /// What was recorded before, when it is what `pin` names: it need not be read again.
    fn recorded(&self, pin: Pin, file: fn(&MetadataFiles) -> &Vec<u8>) -> Option<Vec<u8>> {
        self.floor.as_ref().map(file).filter(|recorded| Digest::of(recorded) == pin.sha256).cloned()
    }
}

fn strict(file: &str, bytes: &[u8]) -> Result<Envelope, Refusal> {
    Envelope::parse(bytes).map_err(|what| Refusal::Malformed { file: file.into(), what })
}

/// The question for the file that `pin` names, with the pinned length as the limit.
fn pinned_need(path: ChannelPath, pin: Pin, limit_bytes: u64) -> Result<Need, Refusal> {
    if pin.bytes > limit_bytes {
        return Err(Refusal::TooLong { file: path.to_string(), limit_bytes });
    }
    Ok(Need::new(path, pin.bytes))
}

/// The file that `pin` names, when `answer` is it.
fn pinned(need: &Need, pin: Pin, answer: Answer) -> Result<Vec<u8>, OpenError> {
    let bytes = required(need, answer)?;
    if bytes.len() as u64 != pin.bytes || Digest::of(&bytes) != pin.sha256 {
        return Err(Refusal::Mismatch { file: need.path.to_string() }.into());
    }
    Ok(bytes)
}

/// The file that must be there; a mirror that lags behind may not have it yet.
fn required(need: &Need, answer: Answer) -> Result<Vec<u8>, OpenError> {
    need.taken(answer)?.ok_or_else(|| OpenError::Missing { path: need.path.clone() })
}
