//! The review: a signer recomputes the proposal from the own clone, and only what is equal can be signed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use warifu_values::judgement::LetPass;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::error::spoken_error;
use crate::names::TargetName;
use crate::release::{
    Changes, FormatFile, Governs, Manifest, MasterEntry, Proposal, ReleaseHead, VerifiedRelease,
};
use crate::time::UnixSeconds;

/// A proposal that the signer's own recomputation equals, byte for byte. Only [`Proposal::review`] makes one.
#[derive(Debug, Clone)]
pub struct Reviewed {
    proposal: Proposal,
}

impl Proposal {
    /// Compares the proposal with the manifest that the reviewer recomputed: [`Manifest::of`] with
    /// [`Manifest::head`] of the proposal and the masters from the reviewer's own repository.
    ///
    /// # Errors
    ///
    /// [`NotEqual`] with every difference. Patches count as one: who holds nothing cannot say what they make.
    pub fn review(&self, recomputed: &Manifest) -> Result<Reviewed, NotEqual> {
        self.review_following(recomputed, None)
    }

    /// The same beside the release that is followed: every patch must make of something in it just what both
    /// sign. Not that it has the bytes that zstd makes here: another version may make others.
    ///
    /// # Errors
    ///
    /// [`NotEqual`] with every difference.
    pub fn review_following(
        &self,
        recomputed: &Manifest,
        before: Option<&VerifiedRelease>,
    ) -> Result<Reviewed, NotEqual> {
        let reviewed = self.compared(recomputed)?;
        let patch = |name: TargetName| Difference {
            master: None,
            format: None,
            field: "patch",
            proposed: Some(name.to_string()),
            recomputed: None,
        };
        let differences: Vec<_> = self.false_patches(before).into_iter().map(patch).collect();
        if differences.is_empty() { Ok(reviewed) } else { Err(NotEqual { differences }) }
    }

    fn compared(&self, recomputed: &Manifest) -> Result<Reviewed, NotEqual> {
        if recomputed.to_bytes().is_ok_and(|bytes| bytes == self.manifest_bytes()) {
            Ok(Reviewed { proposal: self.clone() })
        } else {
            let mut differences = differences(self.manifest(), recomputed);
            // Nobody is told of a difference in no place at all.
            if differences.is_empty() {
                let digest = |manifest: &Manifest| match manifest.digest() {
                    Ok(digest) => digest.to_string(),
                    Err(error) => error.to_string(),
                };
                let (proposed, recomputed) = (digest(self.manifest()), digest(recomputed));
                differences.push(Difference {
                    master: None,
                    format: None,
                    field: "manifest",
                    proposed: Some(proposed),
                    recomputed: Some(recomputed),
                });
            }
            Err(NotEqual { differences })
        }
    }
}

impl Reviewed {
    /// The proposal.
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }
}

/// One place where the proposal and the recomputation differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The master as `series/kind`; none when the release's head differs.
    pub master: Option<String>,
    /// The format (`kikin`, `kokuho`), when it is one's.
    pub format: Option<String>,
    /// The field: `title`, `rows`, `sha256`.
    pub field: &'static str,
    /// What the proposal has; none when it has nothing there.
    pub proposed: Option<String>,
    /// What the recomputation has.
    pub recomputed: Option<String>,
}

impl Speak for Difference {
    fn say(&self, lang: Lang) -> String {
        let mut place = self.master.clone().unwrap_or_else(|| say!(lang, "the release", "リリース全体"));
        if let Some(format) = &self.format {
            place = format!("{place} ({format})");
        }
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| say!(lang, "nothing", "なし"));
        let (field, proposed, recomputed) = (self.field, side(&self.proposed), side(&self.recomputed));
        say!(
            lang,
            "{place}: {field} is {proposed} in the proposal and {recomputed} here",
            "{place}: {field} は草案では {proposed}、手元の再計算では {recomputed} です"
        )
    }
}

/// The proposal is not what the reviewer's repository gives. Do not sign; find out why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotEqual {
    /// At least one.
    pub differences: Vec<Difference>,
}

impl Speak for NotEqual {
    fn say(&self, lang: Lang) -> String {
        let lines: Vec<String> = self.differences.iter().map(|difference| difference.say(lang)).collect();
        let (count, lines) = (lines.len(), lines.join("; "));
        let places = counted(count as u64, "place");
        say!(
            lang,
            "the proposal differs from what this repository gives in {places}: {lines}; do not sign, compare \
             the repositories first",
            "草案が手元のリポジトリの再計算結果と {count} か所で異なります: {lines}。署名せず、まずリポジトリを比較してください"
        )
    }
}

spoken_error!(NotEqual, |_| true, |_| None);

/// Every place. The structs are taken apart whole, so that a field that comes is compared too.
fn differences(proposed: &Manifest, recomputed: &Manifest) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(None, None, head_fields(proposed), head_fields(recomputed), &mut found);
    compare_changes(proposed.changes.as_ref(), recomputed.changes.as_ref(), &mut found);
    let keys: BTreeSet<(&str, &str)> = proposed
        .masters
        .iter()
        .chain(&recomputed.masters)
        .map(|entry| (entry.series.as_str(), entry.kind.as_str()))
        .collect();
    for (series, kind) in keys {
        let (a, b) = (proposed.master(series, kind), recomputed.master(series, kind));
        compare_masters(&format!("{series}/{kind}"), a, b, &mut found);
    }
    found
}

fn compare_changes(a: Option<&Changes>, b: Option<&Changes>, found: &mut Vec<Difference>) {
    let fields = |changes: Option<&Changes>| changes.map(changes_fields).unwrap_or_default();
    compare(None, None, fields(a), fields(b), found);
    let accepted = |changes: Option<&Changes>| written(changes.map(|changes| changes.accepted.as_slice()));
    compare_each(None, "changes.accepted", &accepted(a), &accepted(b), found);
    let earlier = |changes: Option<&Changes>| written(changes.map(|changes| changes.earlier.as_slice()));
    compare_each(None, "changes.earlier", &earlier(a), &earlier(b), found);
}

fn compare_masters(
    name: &str,
    a: Option<&MasterEntry>,
    b: Option<&MasterEntry>,
    found: &mut Vec<Difference>,
) {
    let fields = |entry: Option<&MasterEntry>| entry.map(master_fields).unwrap_or_default();
    compare(Some(name), None, fields(a), fields(b), found);
    let formats: BTreeSet<&String> =
        [a, b].into_iter().flatten().flat_map(|entry| entry.formats.keys()).collect();
    for format in formats {
        let file = |entry: Option<&MasterEntry>| {
            entry.and_then(|entry| entry.formats.get(format)).map(file_fields).unwrap_or_default()
        };
        compare(Some(name), Some(format), file(a), file(b), found);
    }
    let passes = |entry: Option<&MasterEntry>| {
        let written = |pass: &LetPass| (as_written(pass), let_pass(pass));
        entry.map(|entry| entry.let_pass.iter().map(written).collect()).unwrap_or_default()
    };
    compare_each(Some(name), "let_pass", &passes(a), &passes(b), found);
    let corrections = |entry: Option<&MasterEntry>| written(entry.map(|entry| entry.corrections.as_slice()));
    compare_each(Some(name), "corrections", &corrections(a), &corrections(b), found);
}

/// One by one what is not on both sides, by what it is; told as what is shown of it.
fn compare_each(
    master: Option<&str>,
    field: &'static str,
    proposed: &BTreeMap<String, String>,
    recomputed: &BTreeMap<String, String>,
    found: &mut Vec<Difference>,
) {
    let not_in = |of: &BTreeMap<String, String>, other: &BTreeMap<String, String>| -> Vec<String> {
        of.iter().filter(|(whole, _)| !other.contains_key(*whole)).map(|(_, shown)| shown.clone()).collect()
    };
    let mut differs = |proposed, recomputed| {
        found.push(Difference {
            master: master.map(str::to_owned),
            format: None,
            field,
            proposed,
            recomputed,
        });
    };
    not_in(proposed, recomputed).into_iter().for_each(|shown| differs(Some(shown), None));
    not_in(recomputed, proposed).into_iter().for_each(|shown| differs(None, Some(shown)));
}

/// Each as it stands in the manifest.
fn written<T: Serialize>(values: Option<&[T]>) -> BTreeMap<String, String> {
    values.unwrap_or_default().iter().map(|value| (as_written(value), as_written(value))).collect()
}

fn head_fields(manifest: &Manifest) -> Fields {
    let ReleaseHead {
        title,
        created,
        commit,
        previous,
        emergency,
        activate_at,
        future_only,
        not_a_successor,
        reverts_to,
        owes_review,
        audit,
    } = manifest.head();
    vec![
        ("release", Some(manifest.release.to_string())),
        ("past_before", Some(manifest.past_before.clone())),
        ("title", Some(title)),
        ("created", Some(created.rfc3339())),
        ("commit", Some(commit)),
        ("previous", previous.map(|previous| format!("{} {}", previous.release, previous.manifest))),
        ("emergency", emergency.map(|emergency| emergency.reason)),
        ("activate_at", activate_at.map(UnixSeconds::rfc3339)),
        ("future_only", Some(future_only.to_string())),
        ("not_a_successor", not_a_successor),
        ("reverts_to", reverts_to.map(|to| format!("{} {}", to.release, to.manifest))),
        ("owes_review", (!owes_review.is_empty()).then(|| as_written(&owes_review))),
        ("audit", audit.map(|audit| format!("{} {} {}", audit.log, audit.entries, audit.digest))),
    ]
}

/// What the changes have one value of; what was accepted and the earlier lists are compared one by one.
fn changes_fields(changes: &Changes) -> Fields {
    let Changes { content, blob, past, past_and_future, future, accepted: _, earlier: _ } = changes;
    vec![
        ("changes.sha256", Some(content.sha256.to_string())),
        ("changes.bytes", Some(content.bytes.to_string())),
        ("changes.blob", Some(blob.to_string())),
        ("changes.past", Some(past.to_string())),
        ("changes.past_and_future", Some(past_and_future.to_string())),
        ("changes.future", Some(future.to_string())),
    ]
}

/// What a master has one value of; its formats, corrections and what was let pass are compared one by one.
fn master_fields(entry: &MasterEntry) -> Fields {
    let MasterEntry {
        series: _,
        kind: _,
        edition,
        rows,
        canonical,
        formats: _,
        governs,
        made_of,
        published,
        let_pass: _,
        corrections: _,
        blob,
        timelines,
        timelines_blob,
    } = entry;
    let Governs { from, until } = governs;
    vec![
        ("edition", Some(edition.clone())),
        ("rows", Some(rows.to_string())),
        ("sha256", Some(canonical.sha256.to_string())),
        ("bytes", Some(canonical.bytes.to_string())),
        ("governs.from", Some(from.clone())),
        ("governs.until", until.clone()),
        ("made_of", Some(as_written(made_of))),
        ("published", published.clone()),
        ("blob", Some(blob.to_string())),
        ("timelines.sha256", Some(timelines.sha256.to_string())),
        ("timelines.bytes", Some(timelines.bytes.to_string())),
        ("timelines_blob", Some(timelines_blob.to_string())),
    ]
}

fn file_fields(file: &FormatFile) -> Fields {
    let FormatFile { file_name, sha256, bytes } = file;
    vec![
        ("file_name", Some(file_name.clone())),
        ("sha256", Some(sha256.to_string())),
        ("bytes", Some(bytes.to_string())),
    ]
}

/// One that was let pass, with the first of its keys.
fn let_pass(pass: &LetPass) -> String {
    let mut shown = pass.clone();
    if shown.keys.len() > 10 {
        shown.keys.truncate(10);
        shown.keys.push(format!("+{}", pass.keys.len() - 10));
    }
    as_written(&shown)
}

/// As it stands in the manifest.
fn as_written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| error.to_string())
}

type Fields = Vec<(&'static str, Option<String>)>;

/// Field by field; one side may have nothing there at all.
fn compare(
    master: Option<&str>,
    format: Option<&str>,
    proposed: Fields,
    recomputed: Fields,
    found: &mut Vec<Difference>,
) {
    let whole = if proposed.is_empty() { &recomputed } else { &proposed };
    let value = |fields: &Fields, place: usize| fields.get(place).and_then(|(_, value)| value.clone());
    for (place, (field, _)) in whole.iter().enumerate() {
        let (proposed, recomputed) = (value(&proposed, place), value(&recomputed, place));
        if proposed != recomputed {
            let (master, format) = (master.map(str::to_owned), format.map(str::to_owned));
            found.push(Difference { master, format, field, proposed, recomputed });
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::judgement::{Basis, PassedBy};

    use super::*;
    use crate::release::{ChangesContent, CompressionLevel, MasterContent};
    use crate::testing::{changes, earlier, head, masters};

    /// An instant that differs is told as it stands in the manifest, not as people's clocks show it.
    #[test]
    fn instants_that_differ_stand_as_in_the_manifest() {
        let proposal = Proposal::new(head(1, None), &masters(1), None, CompressionLevel::FAST).unwrap();
        let (created, activate_at) = (UnixSeconds::EPOCH, Some(UnixSeconds::new(86_400)));
        let other = ReleaseHead { created, activate_at, ..proposal.manifest().head() };
        let recomputed = Manifest::of(other, &masters(1), None).unwrap();
        let differences = proposal.review(&recomputed).unwrap_err().differences;
        let told = |field| differences.iter().find(|it| it.field == field).unwrap().recomputed.clone();
        assert_eq!(told("created").unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(told("activate_at").unwrap(), "1970-01-02T00:00:00Z");
    }

    #[test]
    fn every_field_of_a_master_that_differs_is_named() {
        let proposal = Proposal::new(head(1, None), &masters(1), None, CompressionLevel::FAST).unwrap();
        let field = |change: fn(&mut MasterContent)| {
            let mut contents = masters(1);
            change(&mut contents[1]);
            let recomputed = Manifest::of(proposal.manifest().head(), &contents, None).unwrap();
            let differences = proposal.review(&recomputed).unwrap_err().differences;
            assert!(differences.iter().all(|difference| difference.master.as_deref() == Some("r06/drug")));
            differences.iter().map(|difference| difference.field).collect::<Vec<_>>()
        };
        assert_eq!(field(|master| master.edition = "2022-04".into()), ["edition"]);
        assert_eq!(field(|master| master.rows = 3), ["rows"]);
        assert_eq!(field(|master| master.governs.from = "2026-06-02".into()), ["governs.from"]);
        let until = |master: &mut MasterContent| master.governs.until = Some("2027-05-31".into());
        assert_eq!(field(until), ["governs.until"]);
        let timelines = ["timelines.sha256", "timelines.bytes", "timelines_blob"];
        assert_eq!(field(|master| master.timelines.push(b'x')), timelines);
        assert_eq!(field(|master| master.made_of = Basis::Differentials { full_columns: 35 }), ["made_of"]);
        assert_eq!(field(|master| master.published = Some("2020-01-01".into())), ["published"]);
        assert_eq!(
            field(|master| {
                let (finding, reason) = ("field/required".into(), "x".into());
                master.let_pass = vec![LetPass { finding, keys: vec![], by: PassedBy::Layout, reason }];
            }),
            ["let_pass"]
        );
        assert_eq!(field(|master| master.canonical.push(b'x')), ["sha256", "bytes", "blob"]);
    }

    #[test]
    fn every_field_of_the_head_and_the_changes_that_differs_is_named() {
        let earlier = earlier(9, 3);
        let head = head(9, Some(earlier[0].release));
        let content = ChangesContent { earlier, ..changes(&head).unwrap() };
        let level = CompressionLevel::FAST;
        let proposal = Proposal::new(head.clone(), &masters(1), Some(&content), level).unwrap();
        let named = |recomputed: Manifest| {
            let differences = proposal.review(&recomputed).unwrap_err().differences;
            assert!(differences.iter().all(|difference| difference.master.is_none()), "{differences:?}");
            differences.iter().map(|difference| difference.field).collect::<Vec<_>>()
        };
        let of_head = |change: fn(&mut ReleaseHead)| {
            let mut head = head.clone();
            change(&mut head);
            named(Manifest::of(head, &masters(1), Some(&content)).unwrap())
        };
        assert_eq!(of_head(|head| head.future_only = true), ["future_only"]);
        let field = |change: fn(&mut ChangesContent)| {
            let mut content = content.clone();
            change(&mut content);
            named(Manifest::of(head.clone(), &masters(1), Some(&content)).unwrap())
        };
        let list = ["changes.sha256", "changes.bytes", "changes.blob"];
        assert_eq!(field(|changes| changes.list.push(b'x')), list);
        assert_eq!(field(|changes| changes.past += 1), ["changes.past"]);
        assert_eq!(field(|changes| changes.past_and_future += 1), ["changes.past_and_future"]);
        assert_eq!(field(|changes| changes.future += 1), ["changes.future"]);
        assert_eq!(field(|changes| changes.accepted.clear()), ["changes.accepted"]);
        let reason = |changes: &mut ChangesContent| changes.accepted[0].reason.push('x');
        assert_eq!(field(reason), ["changes.accepted"; 2]);
        assert_eq!(field(|changes| changes.earlier.truncate(2)), ["changes.earlier"]);
        assert_eq!(field(|changes| changes.earlier[1].list.push(b'x')), ["changes.earlier"; 2]);
    }

    #[test]
    fn no_difference_is_told_as_one_in_no_place() {
        let proposal = Proposal::new(head(1, None), &masters(1), None, CompressionLevel::FAST).unwrap();
        let mut other = proposal.manifest().clone();
        other.past_before = "2026-05-28".into();
        let refused = proposal.review(&other).unwrap_err();
        assert_eq!(refused.differences.iter().map(|one| one.field).collect::<Vec<_>>(), ["past_before"]);
        let mut other = proposal.manifest().clone();
        other.schema += 1;
        let refused = proposal.review(&other).unwrap_err();
        assert_eq!(refused.differences.iter().map(|one| one.field).collect::<Vec<_>>(), ["manifest"]);
        assert!(!refused.to_string().contains("0 places"), "{refused}");
    }

    #[test]
    fn the_same_content_is_reviewed_and_one_other_byte_is_named() {
        let mut contents = masters(1);
        let proposal = Proposal::new(head(1, None), &contents, None, CompressionLevel::FAST).unwrap();
        let recompute = |contents: &[_]| Manifest::of(proposal.manifest().head(), contents, None).unwrap();
        assert!(proposal.review(&recompute(&contents)).is_ok());

        contents[0].formats.get_mut("kokuho").unwrap().bytes += 1;
        let NotEqual { differences } = proposal.review(&recompute(&contents)).unwrap_err();
        assert_eq!(differences.len(), 1);
        let place = (differences[0].format.as_deref(), differences[0].field);
        assert_eq!(place, (Some("kokuho"), "bytes"));
        contents.remove(0);
        let missing = proposal.review(&recompute(&contents)).unwrap_err();
        assert!(missing.differences.iter().all(|difference| difference.recomputed.is_none()));
    }
}
