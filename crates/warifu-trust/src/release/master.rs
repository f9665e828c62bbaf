//! One master of a release: what the manifest says of it, and what that is made from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;
use warifu_values::judgement::{Basis, LetPass, PassedBy};
use warifu_values::text::is_plain;

use crate::limits;
use crate::names::{TargetName, is_date, is_file_name, is_word};
use crate::release::content::Content;
use crate::release::correction::Correction;
use crate::release::manifest_error::ManifestError;

/// A master as one organisation's OS gets it: converted from the canonical bytes, never shipped itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFile {
    /// The file's name at that organisation, without a directory.
    pub file_name: String,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Its length in bytes.
    pub bytes: u64,
}

/// One master of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterEntry {
    /// The line of fulls and differentials: `r06`.
    pub series: String,
    /// The kind: `procedure`.
    pub kind: String,
    /// The layout edition.
    pub edition: String,
    /// How many rows it has.
    pub rows: u64,
    /// The canonical bytes.
    pub canonical: Content,
    /// The same records in each format, by the format's name: `kikin`, `kokuho`.
    pub formats: BTreeMap<String, FormatFile>,
    /// The treatment days that it governs. Those of two series of one kind do not overlap.
    pub governs: Governs,
    /// What its state was made of; every reader judges it by that.
    pub made_of: Basis,
    /// The day its last file was published (`2026-05-29`), where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// Findings that refuse data and that both organisations let pass in this master.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_pass: Vec<LetPass>,
    /// Emergency corrections that no official file contains yet, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// The target that holds the canonical bytes, compressed.
    pub blob: TargetName,
    /// The canonical bytes of its timelines: every record with the days that it was in force, the superseded
    /// ones too.
    pub timelines: Content,
    /// The target that holds the timelines, compressed.
    pub timelines_blob: TargetName,
}

/// The treatment days that a master governs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Governs {
    /// The first one: `2026-06-01`.
    pub from: String,
    /// The last one, where it has one; not before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Governs {
    fn is_sound(&self) -> bool {
        let in_order = |until: &String| is_date(until) && *until >= self.from;
        is_date(&self.from) && self.until.as_ref().is_none_or(in_order)
    }

    /// Whether a day is of both; dates in this form sort as text.
    pub(super) fn overlaps(&self, other: &Governs) -> bool {
        let begins_within = |one: &Governs, two: &Governs| {
            one.from <= two.from && one.until.as_ref().is_none_or(|last| *last >= two.from)
        };
        begins_within(self, other) || begins_within(other, self)
    }
}

/// One master with its canonical bytes, as the publishing side computes it from its own repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterContent {
    /// See [`MasterEntry::series`].
    pub series: String,
    /// See [`MasterEntry::kind`].
    pub kind: String,
    /// See [`MasterEntry::edition`].
    pub edition: String,
    /// See [`MasterEntry::rows`].
    pub rows: u64,
    /// The canonical bytes.
    pub canonical: Vec<u8>,
    /// See [`MasterEntry::formats`].
    pub formats: BTreeMap<String, FormatFile>,
    /// See [`MasterEntry::governs`].
    pub governs: Governs,
    /// See [`MasterEntry::made_of`].
    pub made_of: Basis,
    /// See [`MasterEntry::published`].
    pub published: Option<String>,
    /// See [`MasterEntry::let_pass`], sorted.
    pub let_pass: Vec<LetPass>,
    /// See [`MasterEntry::corrections`].
    pub corrections: Vec<Correction>,
    /// The canonical bytes of its timelines.
    pub timelines: Vec<u8>,
}

impl MasterEntry {
    /// What people call it: `series/kind`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.series, self.kind)
    }

    pub(super) fn of(master: &MasterContent) -> Self {
        let (canonical, timelines) = (Content::of(&master.canonical), Content::of(&master.timelines));
        MasterEntry {
            series: master.series.clone(),
            kind: master.kind.clone(),
            edition: master.edition.clone(),
            rows: master.rows,
            canonical,
            formats: master.formats.clone(),
            governs: master.governs.clone(),
            made_of: master.made_of,
            published: master.published.clone(),
            let_pass: master.let_pass.clone(),
            corrections: master.corrections.clone(),
            blob: TargetName::blob(&master.series, &master.kind, canonical.sha256),
            timelines,
            timelines_blob: TargetName::timelines(&master.series, &master.kind, timelines.sha256),
        }
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let sure = |holds: bool, field: &'static str| {
            let master = Some(self.name());
            if holds { Ok(()) } else { Err(ManifestError::Unacceptable { field, master }) }
        };
        sure(is_word(&self.series), "series")?;
        sure(is_word(&self.kind), "kind")?;
        sure(is_plain(&self.edition), "edition")?;
        sure(self.canonical.bytes <= limits::CANONICAL_BYTES, "canonical.bytes")?;
        sure(self.timelines.bytes <= limits::CANONICAL_BYTES, "timelines.bytes")?;
        if self.formats.is_empty() {
            return Err(ManifestError::NoFormat { master: self.name() });
        }
        sure(self.formats.len() <= limits::FORMATS, "formats")?;
        sure(self.formats.keys().all(|name| is_word(name)), "formats")?;
        sure(self.formats.values().all(|file| is_file_name(&file.file_name)), "formats.file_name")?;
        sure(self.governs.is_sound(), "governs")?;
        sure(self.published.as_deref().is_none_or(is_date), "published")?;
        let sorted = self.let_pass.is_sorted() && self.let_pass.iter().all(|pass| pass.keys.is_sorted());
        let keys = self.let_pass.iter().map(|pass| pass.keys.len()).sum::<usize>();
        sure(sorted && self.let_pass.len() + keys <= limits::LET_PASS, "let_pass")?;
        let plain = |pass: &LetPass| {
            let by = match &pass.by {
                PassedBy::Layout | PassedBy::Repository => true,
                PassedBy::Import(file) => is_plain(file),
            };
            let texts = [&pass.finding, &pass.reason];
            by && texts.into_iter().chain(&pass.keys).all(|text| is_plain(text))
        };
        sure(self.let_pass.iter().all(plain), "let_pass")?;
        let records = self.corrections.iter().map(|correction| correction.keys.len()).sum::<usize>();
        let sound = self.corrections.iter().all(Correction::is_sound) && records <= limits::CORRECTED;
        sure(sound, "corrections")?;
        let blob = TargetName::blob(&self.series, &self.kind, self.canonical.sha256);
        sure(self.blob == blob, "blob")?;
        let timelines_blob = TargetName::timelines(&self.series, &self.kind, self.timelines.sha256);
        sure(self.timelines_blob == timelines_blob, "timelines_blob")
    }
}
