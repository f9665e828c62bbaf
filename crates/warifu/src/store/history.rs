//! The past: imports, and who set each field of a record last.
//!
//! A record stands in one shard, and a version that did not touch that shard cannot have changed it; so only
//! the commits that did are read. At a merge the line of a file goes on where the file came from
//! ([`Objects::changes_at`]), so that imports of another branch are seen as those of this one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::diff::field_or_blank;
use warifu_masters::table::Master;

use super::error::{Doing, StoreError};
use super::objects::Objects;
use super::publications::{Publications, Told};
use super::record::ImportRecord;
use super::repository::Store;
use super::revision::At;
use super::shards;
use super::standing::Lineage;

/// One import, as the log lists it.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// The commit, in full.
    pub commit: String,
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// What came in.
    pub record: ImportRecord,
    /// The commit that took it back (`warifu undo`, `git revert`); none when it stands.
    pub taken_back: Option<String>,
}

/// A record and who set its fields.
#[derive(Debug)]
pub struct Blame {
    /// The record, alone, as it was said last.
    pub record: Master,
    /// For each of its columns, in order, the version that set it.
    pub fields: Vec<Credit>,
    /// The version that no longer has the record, when it has left the master.
    pub gone: Option<Credit>,
}

/// A version that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// The commit, in full.
    pub commit: String,
    /// The file that brought it; the beginning of the commit's name when somebody did it by hand.
    pub version: String,
    /// The file's day of publication; none when somebody did it by hand.
    pub dated: Option<Date>,
    /// Whether it was an emergency correction.
    pub correction: bool,
}

impl Store {
    /// Every import, newest first, also those that were taken back.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a record of one cannot be read.
    pub fn log(&self) -> Result<Vec<LogEntry>, StoreError> {
        let Some(head) = self.head()? else { return Ok(Vec::new()) };
        self.log_from(head)
    }

    /// The same of what led to `rev`.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; as [`Store::log`].
    pub fn log_of(&self, rev: &str) -> Result<Vec<LogEntry>, StoreError> {
        self.log_from(self.resolve(rev)?.0)
    }

    fn log_from(&self, head: Oid) -> Result<Vec<LogEntry>, StoreError> {
        let objects = self.objects()?;
        let places = objects.places(head)?;
        let (mut masters, mut seen) = (BTreeSet::new(), HashSet::new());
        for commit in places.keys() {
            let (tree, _) = objects.commit(*commit)?;
            let Some(sources) = objects.at(tree, &["sources"])? else { continue };
            if !seen.insert(sources) {
                continue;
            }
            for series in objects.list(sources, &[])? {
                for kind in objects.list(series.oid, &[])? {
                    masters.insert((series.name.clone(), kind.name));
                }
            }
        }
        let mut entries = Vec::new();
        for (series, kind) in masters {
            let place = format!("sources/{series}/{kind}/import.toml");
            let changes = objects.changes_at(head, &["sources", &series, &kind, "import.toml"])?;
            for past in Lineage::of(&changes).all() {
                let entry = LogEntry {
                    commit: past.commit.to_string(),
                    series: series.clone(),
                    kind: kind.clone(),
                    record: ImportRecord::parse(&objects.blob(past.blob)?, &place)?,
                    taken_back: past.taken_back.map(|commit| commit.to_string()),
                };
                entries.push((places.get(&past.commit).copied().unwrap_or_default(), entry));
            }
        }
        entries.sort_by_key(|(place, _)| *place);
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// For each field of the record with `key` the version that last set it; where the record has left the
    /// master, as it was last, and what took it away. None when the master never had such a record.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a shard cannot be read.
    pub fn blame(&self, at: &At, key: &str) -> Result<Option<Blame>, StoreError> {
        let objects = self.objects()?;
        let head = Oid::from_str(&at.commit).map_err(StoreError::git(Doing::ReadName))?;
        let publications = Publications::of(&objects, head, &at.series, &at.kind)?;
        let mut versions = publications.tell(&objects, &shards::file_of_key(key))?.into_iter().rev();
        let read = |told: &Told| -> Result<Option<Master>, StoreError> {
            let record = told.shard.map(|shard| self.record(&objects, &at.kind, shard, key)).transpose()?;
            Ok(record.flatten())
        };
        // Back to the newest version that has the record; the one after that took it away.
        let mut took_away = None;
        let (newest, record) = loop {
            let Some(version) = versions.next() else { return Ok(None) };
            match read(&version)? {
                Some(record) => break (version, record),
                None => took_away = Some(version),
            }
        };
        // Who set each column: the oldest version since when its value has not changed.
        let mut set_by = vec![newest; record.layout().width()];
        let mut open: Vec<usize> = (0..set_by.len()).collect();
        for version in versions {
            let Some(older) = read(&version)? else { break };
            open.retain(|column| {
                let wide = *column < older.layout().width();
                let same = wide && field_or_blank(&older, 0, *column) == record.field(0, *column);
                if same {
                    set_by[*column] = version;
                }
                same
            });
            if open.is_empty() {
                break;
            }
        }
        let mut known: BTreeMap<Oid, Credit> = BTreeMap::new();
        let mut credit = |told: Told| {
            let credit =
                known.entry(told.commit).or_insert_with(|| self.credit(&publications, &objects, told));
            credit.clone()
        };
        let fields = set_by.into_iter().map(&mut credit).collect();
        Ok(Some(Blame { record, fields, gone: took_away.map(credit) }))
    }

    fn credit(&self, publications: &Publications, objects: &Objects<'_>, told: Told) -> Credit {
        let commit = told.commit.to_string();
        match publications.record(self, objects, told) {
            Ok(record) if told.record.is_some() => {
                let (version, correction) = (record.version().to_owned(), record.correction.is_some());
                Credit { commit, version, dated: Some(record.dated), correction }
            }
            _ => Credit { version: commit[..12].to_owned(), commit, dated: None, correction: false },
        }
    }
}
