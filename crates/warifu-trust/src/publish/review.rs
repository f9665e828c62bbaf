//! The review: a signer recomputes the proposal from the own clone, and only what is equal can be signed.

use std::collections::BTreeSet;

use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::error::spoken_error;
use crate::release::{Manifest, MasterEntry, Proposal};

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
    /// [`NotEqual`] with every difference.
    pub fn review(&self, recomputed: &Manifest) -> Result<Reviewed, NotEqual> {
        if recomputed.to_bytes().is_ok_and(|bytes| bytes == self.manifest_bytes()) {
            Ok(Reviewed { proposal: self.clone() })
        } else {
            Err(NotEqual { differences: differences(self.manifest(), recomputed) })
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

fn differences(proposed: &Manifest, recomputed: &Manifest) -> Vec<Difference> {
    let mut found = Vec::new();
    let head = |manifest: &Manifest| {
        let head = manifest.head();
        [
            ("release", Some(head.release.to_string())),
            ("title", Some(head.title)),
            ("created", Some(head.created.to_string())),
            ("commit", Some(head.commit)),
            ("previous", head.previous.map(|previous| format!("{} {}", previous.release, previous.manifest))),
            ("emergency", head.emergency.map(|emergency| emergency.reason)),
            ("activate_at", head.activate_at.map(|instant| instant.to_string())),
        ]
    };
    compare(None, None, head(proposed), head(recomputed), &mut found);
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

fn compare_masters(
    name: &str,
    a: Option<&MasterEntry>,
    b: Option<&MasterEntry>,
    found: &mut Vec<Difference>,
) {
    let fields = |entry: Option<&MasterEntry>| {
        [
            ("edition", entry.map(|entry| entry.edition.clone())),
            ("rows", entry.map(|entry| entry.rows.to_string())),
            ("sha256", entry.map(|entry| entry.canonical.sha256.to_string())),
            ("bytes", entry.map(|entry| entry.canonical.bytes.to_string())),
            ("effective_from", entry.and_then(|entry| entry.effective_from.clone())),
        ]
    };
    compare(Some(name), None, fields(a), fields(b), found);
    let formats: BTreeSet<&String> =
        [a, b].into_iter().flatten().flat_map(|entry| entry.formats.keys()).collect();
    for format in formats {
        let file = |entry: Option<&MasterEntry>| {
            let file = entry.and_then(|entry| entry.formats.get(format));
            [
                ("file_name", file.map(|file| file.file_name.clone())),
                ("sha256", file.map(|file| file.sha256.to_string())),
                ("bytes", file.map(|file| file.bytes.to_string())),
            ]
        };
        compare(Some(name), Some(format), file(a), file(b), found);
    }
}

type Fields<const N: usize> = [(&'static str, Option<String>); N];

fn compare<const N: usize>(
    master: Option<&str>,
    format: Option<&str>,
    a: Fields<N>,
    b: Fields<N>,
    found: &mut Vec<Difference>,
) {
    for ((field, proposed), (_, recomputed)) in a.into_iter().zip(b) {
        if proposed != recomputed {
            let (master, format) = (master.map(str::to_owned), format.map(str::to_owned));
            found.push(Difference { master, format, field, proposed, recomputed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::CompressionLevel;
    use crate::testing::{head, masters};

    #[test]
    fn the_same_content_is_reviewed_and_one_other_byte_is_named() {
        let mut contents = masters(1);
        let proposal = Proposal::new(head(1, None), &contents, CompressionLevel::FAST).unwrap();
        let recompute = |contents: &[_]| Manifest::of(proposal.manifest().head(), contents).unwrap();
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
