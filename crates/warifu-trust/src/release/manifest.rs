//! The manifest: what one release holds, in any number of formats, byte for byte by digest.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use warifu_values::audit::AuditHead;
use warifu_values::day::TreatmentDay;
use warifu_values::digest::Digest;
use warifu_values::text::is_plain;

use crate::flaw::Flaw;
use crate::metadata::ReleaseRef;
use crate::names::is_commit;
use crate::release::changes::{Changes, ChangesContent};
use crate::release::manifest_error::{ManifestError, SCHEMA};
use crate::release::master::{MasterContent, MasterEntry};
use crate::time::UnixSeconds;
use crate::{canonical, limits};
use warifu_values::say;

/// What both organisations sign: the release's head and one entry per master, sorted by series and kind.
///
/// Its bytes ([`Manifest::to_bytes`]) are the same on every machine that comes to the same content, which is
/// what a review compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub(crate) schema: u32,
    /// The release's number: 1 for the first, and always one more than the release it follows.
    pub release: u64,
    /// What it is, for people: `令和8年6月 定例`.
    pub title: String,
    /// When the proposal was made (UTC).
    pub created: UnixSeconds,
    /// The git commit it was made from, 40 or 64 lower-case hexadecimal digits.
    pub commit: String,
    /// The release that it follows; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// Present when it is marked as an emergency, for people: it passes no check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
    /// From when checkers judge by it, when not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activate_at: Option<UnixSeconds>,
    /// The first treatment day that is not past for this release, `2026-06-01`: the day in Japan on which it
    /// begins to judge, as far as that is declared; the day on which it was made otherwise. Both are
    /// declared: a signer is told when a draft was left lying.
    pub past_before: String,
    /// Whether corrections that reach back were left to a later release.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub future_only: bool,
    /// Why the commit does not come after the published release's, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_a_successor: Option<String>,
    /// The older release whose masters it brings back, where it is a revert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverts_to: Option<ReleaseRef>,
    /// Emergencies before it whose joint post-review was owed when it was drafted, oldest first: of another
    /// emergency, since a normal release waits for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owes_review: Vec<ReleaseRef>,
    /// How far the log of acts of whoever drafted it had got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditHead>,
    /// What is judged differently since the release that it follows; there exactly when it follows one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The masters, sorted by series and kind, each once.
    pub masters: Vec<MasterEntry>,
}

/// The release before, by number and digest.
pub type Previous = ReleaseRef;

/// Why a release is urgent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// The reason, for people.
    pub reason: String,
}

/// The part of a manifest that people decide, given to [`Manifest::of`]; the rest, the number too, is
/// computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseHead {
    /// See [`Manifest::title`].
    pub title: String,
    /// See [`Manifest::created`].
    pub created: UnixSeconds,
    /// See [`Manifest::commit`].
    pub commit: String,
    /// See [`Manifest::previous`].
    pub previous: Option<Previous>,
    /// See [`Manifest::emergency`].
    pub emergency: Option<Emergency>,
    /// See [`Manifest::activate_at`].
    pub activate_at: Option<UnixSeconds>,
    /// See [`Manifest::future_only`].
    pub future_only: bool,
    /// See [`Manifest::not_a_successor`].
    pub not_a_successor: Option<String>,
    /// See [`Manifest::reverts_to`].
    pub reverts_to: Option<ReleaseRef>,
    /// See [`Manifest::owes_review`].
    pub owes_review: Vec<ReleaseRef>,
    /// See [`Manifest::audit`].
    pub audit: Option<AuditHead>,
}

impl ReleaseHead {
    /// See [`Manifest::past_before`].
    pub fn past_before(&self) -> TreatmentDay {
        first_day_to_come(self.created, self.activate_at)
    }
}

/// The first day in Japan that is not past for a release made at `created`: that on which it becomes active,
/// and never one before it is made.
pub fn first_day_to_come(created: UnixSeconds, activate_at: Option<UnixSeconds>) -> TreatmentDay {
    activate_at.map_or(created, |instant| instant.max(created)).day_in_japan()
}

impl Manifest {
    /// The manifest of these masters and of what changes since the release that it follows. The proposer and
    /// every reviewer call this with what each computed alone.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Unacceptable`] naming the field; [`ManifestError::TooLong`]: nobody could read it.
    pub fn of(
        head: ReleaseHead,
        masters: &[MasterContent],
        changes: Option<&ChangesContent>,
    ) -> Result<Self, ManifestError> {
        let mut entries: Vec<MasterEntry> = masters.iter().map(MasterEntry::of).collect();
        entries.sort_by(|a, b| (&a.series, &a.kind).cmp(&(&b.series, &b.kind)));
        let release = number_after(head.previous).ok_or(ManifestError::NoNumberLeft)?;
        let past_before = head.past_before().to_string();
        let manifest = Manifest {
            schema: SCHEMA,
            release,
            title: head.title,
            created: head.created,
            commit: head.commit,
            previous: head.previous,
            emergency: head.emergency,
            activate_at: head.activate_at,
            past_before,
            future_only: head.future_only,
            not_a_successor: head.not_a_successor,
            reverts_to: head.reverts_to,
            owes_review: head.owes_review,
            audit: head.audit,
            changes: changes.map(|changes| Changes::of(release, changes)),
            masters: entries,
        };
        manifest.check()?;
        manifest.to_bytes()?;
        Ok(manifest)
    }

    /// The part that people decided, to recompute the rest with.
    pub fn head(&self) -> ReleaseHead {
        ReleaseHead {
            title: self.title.clone(),
            created: self.created,
            commit: self.commit.clone(),
            previous: self.previous,
            emergency: self.emergency.clone(),
            activate_at: self.activate_at,
            future_only: self.future_only,
            not_a_successor: self.not_a_successor.clone(),
            reverts_to: self.reverts_to,
            owes_review: self.owes_review.clone(),
            audit: self.audit,
        }
    }

    /// Reads a manifest: at most [`limits::MANIFEST_BYTES`] of JSON in the very form that
    /// [`Manifest::to_bytes`] writes, so that what is shown is all that was signed.
    ///
    /// # Errors
    ///
    /// [`ManifestError`], each naming what to do.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() as u64 > limits::MANIFEST_BYTES {
            return Err(ManifestError::TooLong);
        }
        let unreadable = |error: canonical::NotStrictJson| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            ManifestError::Malformed(Flaw::json(cause.unwrap_or_default()))
        };
        let value = canonical::parse_strict(bytes).map_err(unreadable)?;
        let schema = value.get("schema").and_then(serde_json::Value::as_u64).unwrap_or_default();
        match schema.cmp(&u64::from(SCHEMA)) {
            std::cmp::Ordering::Greater => return Err(ManifestError::NewerSchema(schema)),
            std::cmp::Ordering::Less => return Err(ManifestError::OlderSchema(schema)),
            std::cmp::Ordering::Equal => {}
        }
        let manifest: Manifest =
            serde_json::from_value(value).map_err(|error| ManifestError::Malformed(Flaw::json(error)))?;
        manifest.check()?;
        if manifest.to_bytes()? != bytes {
            return Err(ManifestError::Malformed(Flaw::said(|lang| {
                say!(lang, "not written in its one form", "定められた書き方ではありません")
            })));
        }
        Ok(manifest)
    }

    /// The manifest's one form: indented JSON, fields in the order above, a final line break.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Unwritable`], [`ManifestError::TooLong`]: then there is nothing to sign, and no
    /// digest of anything.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ManifestError> {
        let bytes = one_form(self)?;
        if bytes.len() as u64 > limits::MANIFEST_BYTES { Err(ManifestError::TooLong) } else { Ok(bytes) }
    }

    /// SHA-256 of [`Manifest::to_bytes`].
    ///
    /// # Errors
    ///
    /// As [`Manifest::to_bytes`].
    pub fn digest(&self) -> Result<Digest, ManifestError> {
        self.to_bytes().map(|bytes| Digest::of(&bytes))
    }

    /// The entry of a master.
    pub fn master(&self, series: &str, kind: &str) -> Option<&MasterEntry> {
        self.masters.iter().find(|entry| entry.series == series && entry.kind == kind)
    }

    /// The releases before it that it names by number and digest, the newest first. Who has verified this
    /// manifest knows theirs by these digests, from whatever place they come.
    pub fn releases_before(&self) -> Vec<ReleaseRef> {
        let earlier = self.changes.iter().flat_map(|changes| &changes.earlier);
        let named = earlier.flat_map(|earlier| [earlier.release, earlier.follows]);
        let mut before: Vec<ReleaseRef> = self.previous.into_iter().chain(named).collect();
        before.dedup();
        before
    }

    /// The emergencies whose joint post-review is asked for once this is published as `release`: what it
    /// names as owed, and itself when it is one.
    pub fn asks_to_review(&self, release: ReleaseRef) -> Vec<ReleaseRef> {
        let itself = self.emergency.is_some().then_some(release);
        self.owes_review.iter().copied().chain(itself).collect()
    }

    /// Whether its masters are those of `other`, byte for byte: the same series and kinds, the same records.
    pub fn has_masters_of(&self, other: &Manifest) -> bool {
        let records = |manifest: &Manifest| -> Vec<(String, String, Digest)> {
            let one =
                |master: &MasterEntry| (master.series.clone(), master.kind.clone(), master.canonical.sha256);
            manifest.masters.iter().map(one).collect()
        };
        records(self) == records(other)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let sure = |holds: bool, field: &'static str| {
            if holds { Ok(()) } else { Err(ManifestError::Unacceptable { field, master: None }) }
        };
        sure(self.schema == SCHEMA, "schema")?;
        if Some(self.release) != number_after(self.previous) {
            let previous = self.previous.map(|previous| previous.release);
            return Err(ManifestError::NumberSkipped { release: self.release, previous });
        }
        sure(is_plain(&self.title), "title")?;
        sure(is_commit(&self.commit), "commit")?;
        sure(self.emergency.as_ref().is_none_or(|emergency| is_plain(&emergency.reason)), "emergency")?;
        sure(self.not_a_successor.as_deref().is_none_or(is_plain), "not_a_successor")?;
        // What is brought back lies before the release that this one follows: that one it would not change.
        let older = |to: ReleaseRef| self.previous.is_some_and(|previous| to.release < previous.release);
        sure(self.reverts_to.is_none_or(|to| to.release > 0 && older(to)), "reverts_to")?;
        let owed = &self.owes_review;
        let in_order = owed.windows(2).all(|two| two[0].release < two[1].release);
        let before = owed.last().is_none_or(|last| last.release < self.release);
        let may_owe = self.emergency.is_some() || owed.is_empty();
        sure(in_order && before && may_owe && owed.len() <= limits::OWED, "owes_review")?;
        sure(self.past_before == self.head().past_before().to_string(), "past_before")?;
        match (&self.previous, &self.changes) {
            (None, None) => {}
            (Some(previous), Some(changes)) => changes.check(self.release, *previous)?,
            (previous, _) => {
                let previous = previous.map(|previous| previous.release);
                return Err(ManifestError::ChangesAndPrevious { release: self.release, previous });
            }
        }
        sure(!self.masters.is_empty() && self.masters.len() <= limits::MASTERS, "masters")?;
        let order = self
            .masters
            .windows(2)
            .all(|two| (&two[0].series, &two[0].kind) < (&two[1].series, &two[1].kind));
        sure(order, "masters")?;
        let changes = self.changes.iter().flat_map(Changes::blobs);
        let masters = self.masters.iter().flat_map(|entry| [&entry.blob, &entry.timelines_blob]);
        let mut blobs = BTreeSet::new();
        sure(masters.chain(changes).all(|blob| blobs.insert(blob)), "blob")?;
        let sizes = self.masters.iter().flat_map(|entry| [entry.canonical.bytes, entry.timelines.bytes]);
        let total = sizes.fold(0, u64::saturating_add);
        sure(total <= limits::RELEASE_BYTES, "canonical.bytes")?;
        self.masters.iter().try_for_each(MasterEntry::check)?;
        self.check_days()
    }

    /// No treatment day is governed by two series of one kind.
    fn check_days(&self) -> Result<(), ManifestError> {
        for (at, one) in self.masters.iter().enumerate() {
            let same = |other: &&MasterEntry| other.kind == one.kind && other.governs.overlaps(&one.governs);
            if let Some(other) = self.masters[at + 1..].iter().find(same) {
                let series = [one, other].map(|entry| entry.series.clone());
                return Err(ManifestError::DaysOfTwoSeries { kind: one.kind.clone(), series });
            }
        }
        Ok(())
    }
}

/// What cannot be written has no bytes: not even none, whose digest would be that of every such manifest.
fn one_form(value: &impl Serialize) -> Result<Vec<u8>, ManifestError> {
    let mut bytes =
        serde_json::to_vec_pretty(value).map_err(|error| ManifestError::Unwritable(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The number of the release that follows `previous`. A number that could be skipped could be the last there
/// is, and whoever carries a draft would end a channel with it.
fn number_after(previous: Option<Previous>) -> Option<u64> {
    previous.map_or(Some(1), |previous| previous.release.checked_add(1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use warifu_values::judgement::{LetPass, PassedBy};

    use super::*;
    use crate::release::master::{FormatFile, Governs};
    use crate::testing::{changes, earlier, head, held, masters};
    use warifu_values::judgement::{AcceptedPast, PastClass};

    #[test]
    fn a_manifest_reads_back_and_has_one_form() {
        let manifest = Manifest::of(head(1, None), &masters(1), None).unwrap();
        let bytes = manifest.to_bytes().unwrap();
        assert_eq!(Manifest::from_bytes(&bytes).unwrap(), manifest);
        let compact = serde_json::to_vec(&manifest).unwrap();
        assert!(matches!(Manifest::from_bytes(&compact), Err(ManifestError::Malformed(_))));
    }

    #[test]
    fn a_newer_form_is_told_apart() {
        let manifest = Manifest::of(head(1, None), &masters(1), None).unwrap();
        let text = String::from_utf8(manifest.to_bytes().unwrap()).unwrap();
        let newer = text.replace("\"schema\": 3", "\"schema\": 4");
        assert_eq!(Manifest::from_bytes(newer.as_bytes()), Err(ManifestError::NewerSchema(4)));
    }

    #[test]
    fn what_cannot_be_written_has_no_bytes() {
        // JSON has texts as names only.
        let unwritable = BTreeMap::from([((1, 2), "x")]);
        assert!(matches!(one_form(&unwritable), Err(ManifestError::Unwritable(_))));
    }

    /// What a reader says of this manifest, written down by whoever carries it.
    fn read(manifest: &Manifest) -> Result<Manifest, ManifestError> {
        Manifest::from_bytes(&manifest.to_bytes().unwrap())
    }

    #[test]
    fn no_number_is_skipped() {
        let after = |release| Some(Previous { release, manifest: Digest::of(b"before") });
        let (next, _) = held(head(3, after(2)), &masters(1));
        assert_eq!(next.release, 3);
        for (release, previous) in [(9, after(2)), (2, after(2)), (u64::MAX, after(2)), (2, None), (0, None)]
        {
            let manifest = Manifest { release, previous, ..next.clone() };
            let previous = previous.map(|previous| previous.release);
            assert_eq!(read(&manifest), Err(ManifestError::NumberSkipped { release, previous }));
        }
        let last = ReleaseHead { previous: after(u64::MAX), ..next.head() };
        assert_eq!(Manifest::of(last, &masters(1), None), Err(ManifestError::NoNumberLeft));
    }

    #[test]
    fn only_an_emergency_goes_before_a_post_review_that_is_owed() {
        let at = |release| ReleaseRef { release, manifest: Digest::of(b"x") };
        let (next, _) = held(head(4, Some(at(3))), &masters(1));
        let emergency = || Some(Emergency { reason: "薬価の誤り".into() });
        for (emergency, owed, is_one) in [
            (emergency(), vec![], true),
            (emergency(), vec![at(2), at(3)], true),
            (emergency(), vec![at(3), at(2)], false),
            (emergency(), vec![at(4)], false),
            (None, vec![at(3)], false),
        ] {
            let manifest = Manifest { emergency, owes_review: owed.clone(), ..next.clone() };
            assert_eq!(read(&manifest).is_ok(), is_one, "{owed:?}");
        }
    }

    #[test]
    fn what_is_reverted_to_lies_before_the_release_that_is_followed() {
        let after = |release| Some(Previous { release, manifest: Digest::of(b"before") });
        let (next, _) = held(head(4, after(3)), &masters(1));
        for (to, is_one) in [(0, false), (1, true), (2, true), (3, false), (4, false)] {
            let manifest = Manifest { reverts_to: after(to), ..next.clone() };
            assert_eq!(read(&manifest).is_ok(), is_one, "{to}");
        }
    }

    #[test]
    fn a_correction_names_its_records_once_and_in_order() {
        let with = |keys: &[&str], dated: &str| {
            let mut contents = masters(1);
            contents[0].corrections = vec![crate::Correction {
                file: "y_20260608.csv".into(),
                sha256: Digest::of(b"y"),
                dated: dated.into(),
                reason: "薬価の誤り".into(),
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            }];
            Manifest::of(head(1, None), &contents, None)
        };
        assert!(with(&["1", "2"], "2026-06-08").is_ok());
        for (keys, dated) in
            [(&[][..], "2026-06-08"), (&["2", "1"][..], "2026-06-08"), (&["1"][..], "8 June")]
        {
            let refused = with(keys, dated).unwrap_err();
            assert!(matches!(refused, ManifestError::Unacceptable { field: "corrections", .. }), "{keys:?}");
        }
    }

    #[test]
    fn no_day_is_governed_by_two_series_of_one_kind() {
        // Procedure of r06 and r08; the drug master is of r06 alone.
        let told = |one: (&str, Option<&str>), two: (&str, Option<&str>)| {
            let governs = |(from, until): (&str, Option<&str>)| Governs {
                from: from.into(),
                until: until.map(str::to_owned),
            };
            let mut contents = masters(1);
            contents[0].governs = governs(one);
            let (series, governs) = ("r08".into(), governs(two));
            contents.push(MasterContent { series, governs, ..contents[0].clone() });
            Manifest::of(head(1, None), &contents, None).map(|_| ())
        };
        let both =
            ManifestError::DaysOfTwoSeries { kind: "procedure".into(), series: ["r06".into(), "r08".into()] };
        let (day, last, next) = ("2024-06-01", "2026-05-31", "2026-06-01");
        assert_eq!(told((day, Some(last)), (next, None)), Ok(()));
        assert_eq!(told((next, None), (day, Some(last))), Ok(()));
        assert_eq!(told((day, Some(day)), (last, Some(last))), Ok(()));
        for (one, two) in [
            ((day, Some(next)), (next, None)),
            ((next, None), (day, Some(next))),
            ((day, None), (next, None)),
            ((day, None), (last, Some(next))),
            ((last, Some(last)), (day, Some(next))),
            ((day, Some(last)), (day, Some(last))),
        ] {
            assert_eq!(told(one, two), Err(both.clone()), "{one:?} {two:?}");
        }
    }

    #[test]
    fn what_a_release_holds_is_held_to_one_limit_with_its_timelines() {
        let first = Manifest::of(head(1, None), &masters(1), None).unwrap();
        let with = |canonical: u64, timelines: u64| {
            let mut manifest = first.clone();
            let part = limits::CANONICAL_BYTES;
            let sizes = [(canonical, timelines), (part, part)];
            for (entry, of) in manifest.masters.iter_mut().zip(sizes) {
                (entry.canonical.bytes, entry.timelines.bytes) = of;
            }
            read(&manifest).map(|_| ())
        };
        let refused = |field, master: Option<&str>| {
            Err(ManifestError::Unacceptable { field, master: master.map(str::to_owned) })
        };
        let part = limits::CANONICAL_BYTES;
        assert_eq!(4 * part, limits::RELEASE_BYTES);
        assert_eq!(with(part, part), Ok(()));
        assert_eq!(with(part, part + 1), refused("canonical.bytes", None));
        assert_eq!(with(0, part + 1_000), refused("timelines.bytes", Some("r06/drug")));
    }

    #[test]
    fn what_is_left_to_a_later_release_is_written_only_where_it_is_so() {
        let with = |future_only| {
            let head = ReleaseHead { future_only, ..head(1, None) };
            let manifest = Manifest::of(head, &masters(1), None).unwrap();
            assert_eq!(read(&manifest), Ok(manifest.clone()));
            assert_eq!(manifest.head().future_only, future_only);
            String::from_utf8(manifest.to_bytes().unwrap()).unwrap()
        };
        assert!(with(true).contains("\"future_only\": true") && !with(false).contains("future_only"));
        let said = with(true).replace("\"future_only\": true", "\"future_only\": false");
        assert!(matches!(Manifest::from_bytes(said.as_bytes()), Err(ManifestError::Malformed(_))));
    }

    #[test]
    fn nobody_chooses_the_first_day_that_is_not_past() {
        let instant = |text: &str| text.parse::<UnixSeconds>().unwrap();
        let of = |created: &str, activate_at: Option<&str>| {
            let head = head(1, None);
            let activate_at = activate_at.map(instant);
            let head = ReleaseHead { created: instant(created), activate_at, ..head };
            Manifest::of(head, &masters(1), None).unwrap()
        };
        // The evening in Greenwich is the next morning in Japan.
        assert_eq!(of("2026-05-29T14:59:59Z", None).past_before, "2026-05-29");
        assert_eq!(of("2026-05-29T15:00:00Z", None).past_before, "2026-05-30");
        let next = of("2026-05-29T15:00:00Z", Some("2026-06-01T00:00:00+09:00"));
        assert_eq!(next.past_before, "2026-06-01");
        // An instant that has passed does not bring days back.
        assert_eq!(of("2026-05-29T15:00:00Z", Some("2026-05-01T00:00:00+09:00")).past_before, "2026-05-30");
        for wrong in ["2026-05-31", "2026-06-02", "", "20260601"] {
            let refused = ManifestError::Unacceptable { field: "past_before", master: None };
            assert_eq!(
                read(&Manifest { past_before: wrong.into(), ..next.clone() }),
                Err(refused),
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_blob_lies_under_the_name_of_its_content() {
        let first = Manifest::of(head(1, None), &masters(1), None).unwrap();
        let field = |change: fn(&mut MasterEntry)| {
            let mut manifest = first.clone();
            change(&mut manifest.masters[0]);
            match read(&manifest) {
                Err(ManifestError::Unacceptable { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(field(|entry| entry.timelines.sha256 = entry.canonical.sha256), "timelines_blob");
        assert_eq!(field(|entry| entry.timelines_blob = entry.blob.clone()), "blob");
    }

    #[test]
    fn the_seeds_of_the_fuzzer_are_manifests() {
        let seeds = [
            include_str!("../../../../fuzz/corpus/manifest/two-masters.json"),
            include_str!("../../../../fuzz/corpus/manifest/emergency-with-changes.json"),
        ];
        for seed in seeds {
            assert!(Manifest::from_bytes(seed.as_bytes()).is_ok(), "{seed}");
        }
    }

    #[test]
    fn a_master_without_a_format_is_refused() {
        let mut contents = masters(1);
        contents[1].formats.clear();
        let refused = ManifestError::NoFormat { master: "r06/drug".into() };
        assert_eq!(Manifest::of(head(1, None), &contents, None), Err(refused));
    }

    /// `keys` records of one master, let pass with one reason.
    fn with_keys(keys: usize) -> Vec<MasterContent> {
        let mut contents = masters(1);
        let keys = (0..keys).map(|key| format!("{:09}", 620_000_000 + key)).collect();
        let (finding, reason) = ("set/price-zero".into(), "known".into());
        contents[0].let_pass = vec![LetPass { finding, keys, by: PassedBy::Layout, reason }];
        contents
    }

    /// Entries of one master, each with a reason of this many characters.
    fn with_reasons(entries: usize, chars: usize) -> Vec<MasterContent> {
        let mut contents = masters(1);
        let pass = |entry: usize| LetPass {
            finding: format!("site/rule-{entry:05}"),
            keys: Vec::new(),
            by: PassedBy::Import("s_ALL20240531.csv".into()),
            reason: "承".repeat(chars),
        };
        contents[0].let_pass = (0..entries).map(pass).collect();
        contents
    }

    #[test]
    fn what_is_made_can_be_read_and_nothing_longer_is_made() {
        let read_back = |contents: &[MasterContent]| {
            let manifest = Manifest::of(head(1, None), contents, None)?;
            assert_eq!(Manifest::from_bytes(&manifest.to_bytes()?), Ok(manifest));
            Ok(())
        };
        assert_eq!(read_back(&with_reasons(1_400, limits::TEXT_CHARS)), Ok(()));
        assert_eq!(read_back(&with_reasons(2_000, limits::TEXT_CHARS)), Err(ManifestError::TooLong));
    }

    #[test]
    fn the_limits_of_a_manifest_fit_each_other() {
        let length = |contents: &[MasterContent]| {
            let manifest = Manifest::of(head(1, None), contents, None).unwrap();
            manifest.to_bytes().unwrap().len() as u64
        };
        // Every master there may be, in the four formats that ship.
        let like = masters(1).remove(0);
        let four = |like: &MasterContent| {
            let file = like.formats["kikin"].clone();
            let names = ["kikin", "kokuho", "kokuho-ebcdic", "kokuho-utf8"];
            names.map(|name| (name.to_owned(), file.clone())).into()
        };
        let many: Vec<_> = (0..limits::MASTERS)
            .map(|number| {
                let series = format!("r{number:03}");
                let day = format!("{:04}-06-01", 2000 + number);
                let governs = Governs { from: day.clone(), until: Some(day) };
                MasterContent { series, governs, formats: four(&like), ..like.clone() }
            })
            .collect();
        let alone = length(&many);
        assert!(alone < limits::MANIFEST_BYTES * 6 / 10, "{alone}");
        // The same after two years of releases, with as many classes of the past as may be accepted.
        let earlier = earlier(u64::MAX, limits::EARLIER);
        let last = head(u64::MAX, Some(earlier[0].release));
        let accepted = (0..limits::ACCEPTED).map(|class| AcceptedPast {
            class: PastClass::of_code("comment-relation", "abolished-on", &format!("{class:09}")),
            entries: 100_000,
            reason: "告示の訂正に伴い、適用日を遡って改める。".into(),
            source: "令和8年6月15日保医発0615第1号".into(),
        });
        let changes = ChangesContent { accepted: accepted.collect(), earlier, ..changes(&last).unwrap() };
        let whole = Manifest::of(last, &many, Some(&changes)).unwrap().to_bytes().unwrap().len() as u64;
        assert!(whole < limits::MANIFEST_BYTES * 8 / 10, "{whole}");
        // As many records of one master as may be let pass, under one finding.
        assert!(length(&with_keys(limits::LET_PASS - 1)) < limits::MANIFEST_BYTES / 2);
        let field = Manifest::of(head(1, None), &with_keys(limits::LET_PASS), None);
        assert!(matches!(field, Err(ManifestError::Unacceptable { field: "let_pass", .. })));
    }

    #[test]
    fn one_wrong_field_is_named() {
        let field = |change: fn(&mut MasterContent)| {
            let mut contents = masters(1);
            change(&mut contents[0]);
            match Manifest::of(head(1, None), &contents, None) {
                Err(ManifestError::Unacceptable { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(field(|master| master.series = "../x".into()), "series");
        assert_eq!(field(|master| master.governs.from = "2026-02-30".into()), "governs");
        assert_eq!(field(|master| master.governs.until = Some("2026-05-31".into())), "governs");
        assert_eq!(field(|master| master.governs.until = Some("2027".into())), "governs");
        assert_eq!(
            field(|master| {
                let file = FormatFile { file_name: "../s.csv".into(), sha256: Digest::of(b""), bytes: 0 };
                master.formats.insert("kikin".into(), file);
            }),
            "formats.file_name"
        );
        assert_eq!(
            field(|master| {
                let keys = vec!["2".into(), "1".into()];
                let (finding, reason) = ("set/price-zero".into(), "known".into());
                master.let_pass = vec![LetPass { finding, keys, by: PassedBy::Layout, reason }];
            }),
            "let_pass"
        );
        assert_eq!(field(|master| master.kind = "drug".into()), "masters");
    }
}
