//! `import.toml`: what came in last for one master of one series, and how to give its bytes back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use warifu_masters::schema::StoredRendering;
use warifu_masters::table::Role;
use warifu_values::digest::Digest;

use super::error::StoreError;

/// What one import took in. Stored as TOML; a part of the repository format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRecord {
    /// The file's name, without a folder.
    pub name: String,
    /// The digest of its bytes as they came.
    pub sha256: Digest,
    /// How many bytes there were.
    pub bytes: u64,
    /// Full or differential.
    pub role: Role,
    /// The layout it is in (`drug-42`).
    pub edition: String,
    /// The day of publication.
    pub dated: Date,
    /// When it was imported.
    pub imported: Timestamp,
    /// How many rows it has.
    pub rows: usize,
    /// The digest of the canonical form of the whole state after it.
    pub state: Digest,
    /// How many records that state has.
    pub records: usize,
    /// The name of the differential before, when this is a re-issue of it and was applied in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Why it came in before the next official file, when it is an emergency correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// What became of the records.
    pub counts: Counts,
    /// The state it was applied to; none for the first full of a series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// Findings that would have refused it, but were accepted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
    /// The emergency corrections that this official file came after, oldest first: their marks end with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Ended>,
    /// How its bytes differ from its records; none when they are kept as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendering: Option<StoredRendering>,
}

/// What an import did to the records of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Records that were not there before.
    pub added: usize,
    /// Records with other fields, bookkeeping aside.
    pub changed: usize,
    /// Records that now carry class 9 or 1.
    pub abolished: usize,
    /// Records that are gone.
    pub removed: usize,
}

/// An emergency correction that an official file came after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The correction's file.
    pub name: String,
    /// Its day.
    pub dated: Date,
    /// How many corrected fields the official file does not have so: these were lost. With none it contains
    /// the correction.
    pub fields_lost: usize,
}

/// The state that an import was applied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The commit that held it.
    pub commit: String,
    /// Its digest.
    pub state: Digest,
}

/// A finding accepted by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The code.
    pub code: String,
    /// How many findings that concerned.
    pub count: u64,
    /// The records that it was accepted of, sorted; none where not all of them are known: then of every
    /// record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Why, in the words of whoever imported.
    pub reason: String,
}

/// An import that stands, and where its file can be had from.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The commit that made it, in full.
    pub commit: String,
    /// The kind of master.
    pub kind: String,
    /// What came in.
    pub record: ImportRecord,
}

impl ImportRecord {
    /// Whether it is of an official file that ended the correction of `other`.
    pub(super) fn ends_correction(&self, other: &ImportRecord) -> bool {
        let is_it = |ended: &Ended| ended.name == other.name && ended.dated == other.dated;
        self.correction.is_none() && other.correction.is_some() && self.corrections.iter().any(is_it)
    }

    pub(super) fn parse(bytes: &[u8], place: &str) -> Result<Self, StoreError> {
        let text = String::from_utf8_lossy(bytes);
        toml::from_str(&text).map_err(|error| StoreError::damaged(format_args!("{place}: {error}")))
    }

    pub(super) fn text(&self) -> Result<String, StoreError> {
        toml::to_string(self).map_err(|error| StoreError::damaged(format_args!("import.toml: {error}")))
    }

    /// Whether it tells of the very import that `other` tells of: no other one took these bytes in at this
    /// instant onto this base.
    pub(super) fn is_same_import(&self, other: &ImportRecord) -> bool {
        (self.sha256, self.imported, &self.base) == (other.sha256, other.imported, &other.base)
    }

    /// What `self` says otherwise than `before`, by the names of the fields, in order.
    pub(super) fn differing(&self, before: &ImportRecord) -> Result<Vec<String>, StoreError> {
        let table = |record: &ImportRecord| {
            let table = toml::Table::try_from(record);
            table.map_err(|error| StoreError::damaged(format_args!("import.toml: {error}")))
        };
        let (new, old) = (table(self)?, table(before)?);
        let names: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
        Ok(names.into_iter().filter(|name| new.get(*name) != old.get(*name)).cloned().collect())
    }

    /// The version's short name: the file it came in.
    pub fn version(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(stem, _)| stem)
    }
}

/// What importing needs of the records before: read line by line, so that a long past costs little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glance {
    pub(super) sha256: String,
    pub(super) dated: String,
    pub(super) full: bool,
    /// Whether it is a re-issue that was applied in the place of the one before.
    pub(super) replaces: bool,
    /// Whether it is an emergency correction.
    pub(super) correction: bool,
    pub(super) name: String,
}

impl Glance {
    /// It on one line: what it says but for the name, which ends it.
    pub(super) fn line(&self) -> String {
        let role = if self.full { "full" } else { "part" };
        let place = match (self.replaces, self.correction) {
            (true, _) => "instead",
            (_, true) => "correction",
            _ => "next",
        };
        format!("{} {} {role} {place} {}", self.sha256, self.dated, self.name)
    }

    pub(super) fn of_line(line: &str) -> Option<Glance> {
        let mut parts = line.splitn(5, ' ');
        let mut next = || Some(parts.next()?.to_owned());
        let (sha256, dated, role, place, name) = (next()?, next()?, next()?, next()?, next()?);
        let (replaces, correction) = (place == "instead", place == "correction");
        Some(Glance { sha256, dated, full: role == "full", replaces, correction, name })
    }

    pub(super) fn at(bytes: &[u8]) -> Glance {
        let text = String::from_utf8_lossy(bytes);
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
            line.unwrap_or_default().trim_matches('"').to_owned()
        };
        let (full, replaces) = (value("role") == "full", !value("replaces").is_empty());
        let (sha256, dated, name) = (value("sha256"), value("dated"), value("name"));
        Glance { replaces, correction: !value("correction").is_empty(), sha256, dated, full, name }
    }
}
