//! Signing: Kikin's people sign `targets.json`, then Kokuho's sign `snapshot.json`, which seals it.

use serde_json::{Value, json};

use crate::flaw::Flaw;
use crate::keys::Signer;
use crate::metadata::{Envelope, Listing, SPEC_VERSION, TargetEntry, meta_entry};
use crate::organisation::{Organisation, PerOrganisation};
use crate::publish::review::Reviewed;
use crate::publish::sign_error::SignError;
use crate::publish::signature_file::{Over, Seal, SignatureFile};
use crate::publish::tip::Tip;
use crate::publish::validity::Validity;
use crate::refusal::Refusal;
use crate::release::Proposal;
use crate::tally::Tally;
use crate::time::UnixSeconds;
use warifu_values::say;

/// The two files that people sign, as they lie in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Halves {
    /// Kikin's `targets.json`.
    pub targets: Option<Vec<u8>>,
    /// Kokuho's `snapshot.json`.
    pub snapshot: Option<Vec<u8>>,
}

/// The halves after a signature, and how far they are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the halves must be written to the draft"]
pub struct Signed {
    /// To be written back to the draft.
    pub halves: Halves,
    /// How many signed of how many needed.
    pub tally: PerOrganisation<Tally>,
    /// The one signature, to be carried and collected.
    pub signature: SignatureFile,
}

/// How far the clocks of who drafted and who signs may lie apart.
const APART_DAYS: u32 = 1;

impl Halves {
    /// The halves that a draft begins with: Kikin's as it will be signed, signed by nobody. Its version and
    /// expiry are settled here, so that people who sign apart from each other sign the same.
    ///
    /// # Errors
    ///
    /// [`SignError`]: the proposal is not next in line, or the clock is wrong.
    pub fn begin(
        proposal: &Proposal,
        tip: &Tip,
        now: UnixSeconds,
        validity: Validity,
    ) -> Result<Self, SignError> {
        tip.check_clock(now, validity.timestamp_days)?;
        check_next(proposal, tip)?;
        let expires = now.plus_days(validity.targets_days);
        let targets = unsigned(targets_payload(proposal, tip, tip.next_targets, expires))?;
        Ok(Halves { targets: Some(targets.to_bytes()), snapshot: None })
    }
}

impl Reviewed {
    /// Signs Kikin's half, the first of the two; further signers of Kikin extend it, in any order.
    ///
    /// # Errors
    ///
    /// [`SignError`]. [`SignError::AlreadyApproved`] once Kokuho has signed: another signature would change
    /// the bytes that Kokuho sealed.
    pub fn sign_as_kikin(
        &self,
        tip: &Tip,
        halves: &Halves,
        signer: &dyn Signer,
        now: UnixSeconds,
        validity: Validity,
    ) -> Result<Signed, SignError> {
        check_signer(tip, Organisation::Kikin, signer)?;
        tip.check_clock(now, validity.timestamp_days)?;
        check_next(self.proposal(), tip)?;
        if halves.snapshot.is_some() {
            return Err(SignError::AlreadyApproved);
        }
        let latest = now.plus_days(validity.targets_days);
        let mut targets = match &halves.targets {
            None => unsigned(targets_payload(self.proposal(), tip, tip.next_targets, latest))?,
            Some(file) => {
                let latest = latest.plus_days(APART_DAYS);
                read_targets(file, self.proposal(), tip, Some((now, latest)))?
            }
        };
        targets.sign(signer)?;
        let signature = self.signature(Over::Targets, &targets, signer);
        let table = tip.table();
        let role = table.release.of(Organisation::Kikin);
        targets.keep_signers_of(&[role]);
        let halves = Halves { targets: Some(targets.to_bytes()), snapshot: None };
        let tally = halves.tally(self.proposal(), tip)?;
        Ok(Signed { halves, tally, signature })
    }

    /// Signs Kokuho's half: `snapshot.json`, which lists `targets.json` as it lies there, with its
    /// signatures, by length and SHA-256.
    ///
    /// # Errors
    ///
    /// [`SignError`]. [`SignError::KikinFirst`] while Kikin's threshold does not hold.
    pub fn sign_as_kokuho(
        &self,
        tip: &Tip,
        halves: &Halves,
        signer: &dyn Signer,
        now: UnixSeconds,
        validity: Validity,
    ) -> Result<Signed, SignError> {
        check_signer(tip, Organisation::Kokuho, signer)?;
        tip.check_clock(now, validity.timestamp_days)?;
        check_next(self.proposal(), tip)?;
        let before = halves.tally(self.proposal(), tip)?;
        let Some(targets_file) = halves.targets.as_ref().filter(|_| before.kikin.holds()) else {
            return Err(SignError::KikinFirst(before));
        };
        // Kokuho seals what is fresh, holds no longer than the policy says, and what it reviewed itself,
        // whatever Kikin's file claims.
        let longest = now.plus_days(validity.targets_days).plus_days(APART_DAYS);
        let targets = read_targets(targets_file, self.proposal(), tip, Some((now, longest)))?;
        let (_, targets_expires) = version_and_expiry("targets.json", &targets.signed, None)?;
        let latest = now.plus_days(validity.snapshot_days);
        let mut snapshot = match &halves.snapshot {
            None => {
                // As many days after the draft was made as a half of Kokuho holds: the same for everybody.
                let shorter = i64::from(validity.targets_days) - i64::from(validity.snapshot_days);
                let expires = UnixSeconds::new(targets_expires.seconds() - shorter * 86_400).min(latest);
                if expires <= now {
                    return Err(SignError::Expiry { file: "snapshot.json", expires });
                }
                unsigned(snapshot_payload(&targets, targets_file, tip.next_snapshot, expires))?
            }
            Some(file) => {
                let latest = latest.plus_days(APART_DAYS);
                read_snapshot(file, &targets, targets_file, tip, Some((now, latest)))?
            }
        };
        snapshot.sign(signer)?;
        let (version, expires) = version_and_expiry("snapshot.json", &snapshot.signed, None)?;
        let table = tip.table();
        let sealed = targets.signers(table.release.of(Organisation::Kikin));
        let seal = Seal { signers: sealed.into_iter().collect(), version, expires };
        let signature = self.signature(Over::Snapshot(seal), &snapshot, signer);
        let role = table.release.of(Organisation::Kokuho);
        snapshot.keep_signers_of(&[role]);
        let halves = Halves { targets: Some(targets_file.clone()), snapshot: Some(snapshot.to_bytes()) };
        let tally = halves.tally(self.proposal(), tip)?;
        Ok(Signed { halves, tally, signature })
    }

    /// The signature of `signer` in `signed`, as a file of its own.
    fn signature(&self, over: Over, signed: &Envelope, signer: &dyn Signer) -> SignatureFile {
        let keyid = signer.public().id();
        let hex = signed.signature_of(keyid).cloned().unwrap_or_default();
        SignatureFile { release: self.proposal().release(), over, keyid, hex }
    }
}

impl Halves {
    /// Those that are published, where something is.
    pub fn published(tip: &Tip) -> Option<Self> {
        let files = &tip.published.as_ref()?.files;
        Some(Halves { targets: Some(files.targets.clone()), snapshot: Some(files.snapshot.clone()) })
    }

    /// Whether they are the published ones, byte for byte.
    pub fn are_published(&self, tip: &Tip) -> bool {
        Halves::published(tip).as_ref() == Some(self)
    }

    /// How many of each organisation signed this very proposal, and how many must.
    ///
    /// # Errors
    ///
    /// [`SignError::Malformed`], [`SignError::OtherContent`]: a half is not this proposal's.
    /// [`SignError::Overtaken`]: the channel has moved on since; what is published has its tally.
    pub fn tally(&self, proposal: &Proposal, tip: &Tip) -> Result<PerOrganisation<Tally>, SignError> {
        let release = tip.table().release;
        let is_published = self.are_published(tip);
        let mut tally = PerOrganisation::from_fn(|one| Tally { have: 0, need: release.of(one).threshold });
        if let Some(targets_file) = &self.targets {
            let targets = match is_published {
                true => begun_targets(targets_file, proposal, tip)?,
                false => read_targets(targets_file, proposal, tip, None)?,
            };
            tally.kikin = targets.tally(&release.kikin);
            if let Some(file) = &self.snapshot {
                let takes = |version| is_published || tip.takes_snapshot(version);
                let payload = |version, expires| snapshot_payload(&targets, targets_file, version, expires);
                let snapshot = read_half("snapshot.json", file, None, takes, payload)?;
                tally.kokuho = snapshot.tally(&release.kokuho);
            }
        } else if self.snapshot.is_some() {
            return Err(SignError::OtherContent { file: "snapshot.json" });
        }
        Ok(tally)
    }
}

/// Kikin's file, which must say exactly what this proposal and tip give; version and expiry are the first
/// signer's, and the expiry must lie within `window` when one is given.
pub(crate) fn read_targets(
    file: &[u8],
    proposal: &Proposal,
    tip: &Tip,
    window: Option<(UnixSeconds, UnixSeconds)>,
) -> Result<Envelope, SignError> {
    let takes = |version| tip.takes_targets(version);
    let payload = |version, expires| targets_payload(proposal, tip, version, expires);
    read_half("targets.json", file, window, takes, payload)
}

/// The same of whatever version: only to put signatures into it, which are judged afterwards.
pub(crate) fn begun_targets(file: &[u8], proposal: &Proposal, tip: &Tip) -> Result<Envelope, SignError> {
    let payload = |version, expires| targets_payload(proposal, tip, version, expires);
    read_half("targets.json", file, None, |_| true, payload)
}

/// Kokuho's file, which must seal exactly `targets_file`.
pub(crate) fn read_snapshot(
    file: &[u8],
    targets: &Envelope,
    targets_file: &[u8],
    tip: &Tip,
    window: Option<(UnixSeconds, UnixSeconds)>,
) -> Result<Envelope, SignError> {
    let takes = |version| tip.takes_snapshot(version);
    let payload = |version, expires| snapshot_payload(targets, targets_file, version, expires);
    read_half("snapshot.json", file, window, takes, payload)
}

/// The half `name`, which must hold exactly the payload of the version and expiry that it states.
fn read_half(
    name: &'static str,
    file: &[u8],
    window: Option<(UnixSeconds, UnixSeconds)>,
    takes: impl Fn(u64) -> bool,
    payload: impl Fn(u64, UnixSeconds) -> Value,
) -> Result<Envelope, SignError> {
    let found = Envelope::parse(file).map_err(|what| malformed(name, what))?;
    let (version, expires) = version_and_expiry(name, &found.signed, window)?;
    if !takes(version) {
        return Err(SignError::Overtaken);
    }
    let expected = unsigned(payload(version, expires))?;
    if found.same_content(&expected) { Ok(found) } else { Err(SignError::OtherContent { file: name }) }
}

/// Version and expiry as a file states them.
pub(crate) fn version_and_expiry(
    file: &'static str,
    signed: &Value,
    window: Option<(UnixSeconds, UnixSeconds)>,
) -> Result<(u64, UnixSeconds), SignError> {
    let version = signed.get("version").and_then(Value::as_u64);
    let expires = signed.get("expires").and_then(|value| serde_json::from_value(value.clone()).ok());
    let (Some(version), Some(expires)) = (version, expires) else {
        return Err(malformed(
            file,
            Flaw::said(|lang| say!(lang, "no version or expiry", "版または有効期限がありません")),
        ));
    };
    if window.is_some_and(|(now, latest)| expires <= now || expires > latest) {
        return Err(SignError::Expiry { file, expires });
    }
    Ok((version, expires))
}

fn targets_payload(proposal: &Proposal, tip: &Tip, version: u64, expires: UnixSeconds) -> Value {
    let mut entries: Vec<TargetEntry> = proposal.entries();
    for carried in tip.carried(proposal.manifest()) {
        // A master that did not change has the same name; the new release's blob serves both.
        if entries.iter().all(|entry| entry.name != carried.name) {
            entries.push(carried);
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Listing::payload(version, expires, &entries)
}

pub(crate) fn snapshot_payload(
    targets: &Envelope,
    targets_file: &[u8],
    version: u64,
    expires: UnixSeconds,
) -> Value {
    let listed = targets.signed.get("version").and_then(Value::as_u64).unwrap_or_default();
    json!({
        "_type": "snapshot",
        "spec_version": SPEC_VERSION,
        "version": version,
        "expires": expires,
        "meta": {"targets.json": meta_entry(listed, targets_file)},
    })
}

pub(crate) fn unsigned(payload: Value) -> Result<Envelope, SignError> {
    Envelope::unsigned(payload).ok_or_else(|| malformed("metadata", Flaw::no_canonical_form()))
}

fn malformed(file: &str, what: Flaw) -> SignError {
    SignError::Malformed(Refusal::Malformed { file: file.into(), what })
}

fn check_signer(tip: &Tip, organisation: Organisation, signer: &dyn Signer) -> Result<(), SignError> {
    let id = signer.public().id();
    if tip.table().release.of(organisation).keys.contains_key(&id) {
        return Ok(());
    }
    let key = id.short();
    // The root lists it still.
    if tip.root().table().release.of(organisation).keys.contains_key(&id) {
        let holder = tip.root().holder(id).unwrap_or_else(|| key.clone());
        return Err(SignError::Revoked { key, holder });
    }
    Err(SignError::NotASigner { key, organisation })
}

/// A proposal must follow the published release by number and digest, and the post-review of emergencies up
/// to it, or be that very release (a renewal of signatures that run out).
pub(crate) fn check_next(proposal: &Proposal, tip: &Tip) -> Result<(), SignError> {
    let (published, proposed) = (tip.release(), proposal.release());
    // The same release again, or what an interrupted publication left behind.
    let orphan = tip.orphan.as_ref().map(|orphan| orphan.release);
    if Some(proposed) == published || Some(proposed) == orphan {
        return Ok(());
    }
    let published = tip.predecessor()?;
    let manifest = proposal.manifest();
    if manifest.previous != published {
        return Err(SignError::NotNext { published, previous: manifest.previous });
    }
    tip.check_post_reviews(manifest.emergency.is_some(), &manifest.owes_review)?;
    Ok(())
}
