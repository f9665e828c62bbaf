//! The past: imports, and who set each field of a record last.
//!
//! A record stands in one shard, and a version that did not touch that shard cannot have changed it; so only
//! the commits that did are read. The line of history is that of first parents.

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::diff::field_or_blank;
use warifu_masters::table::Master;

use super::objects::Objects;
use super::record::ImportRecord;
use super::{At, Store, StoreError, shards};

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
}

/// A field of a record and the version that set it.
#[derive(Debug, Clone)]
pub struct Blamed {
    /// The column, from 0.
    pub column: usize,
    /// The value.
    pub value: String,
    /// The commit, in full.
    pub commit: String,
    /// The file that brought it.
    pub version: String,
    /// The file's day of publication; none when no import set the field.
    pub dated: Option<Date>,
}

/// A record after one version of its shard.
struct RecordVersion {
    commit: Oid,
    /// A master of that record alone; none when the shard has no such record.
    record: Option<Master>,
}

impl Store {
    /// Every import, newest first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a record of one cannot be read.
    pub fn log(&self) -> Result<Vec<LogEntry>, StoreError> {
        let objects = self.objects()?;
        let Some(head) = self.head()? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        for (commit, sources) in objects.changes_at(head, &["sources"])? {
            let Some(sources) = sources else { continue };
            let parent = objects.commit(commit)?.1;
            let before = match parent {
                Some(parent) => objects.at(objects.commit(parent)?.0, &["sources"])?,
                None => None,
            };
            for series in objects.list(sources, &[])? {
                for kind in objects.list(series.oid, &[])? {
                    let path = [series.name.as_str(), kind.name.as_str()];
                    let was = before.map(|before| objects.at(before, &path)).transpose()?.flatten();
                    let Some(oid) = objects.at(kind.oid, &["import.toml"])?.filter(|_| was != Some(kind.oid))
                    else {
                        continue;
                    };
                    entries.push(LogEntry {
                        commit: commit.to_string(),
                        record: ImportRecord::parse(&objects.blob(oid)?, &path.join("/"))?,
                        series: series.name.clone(),
                        kind: kind.name,
                    });
                }
            }
        }
        Ok(entries)
    }

    /// For each field of the record with `key` the version that last set it; empty when there is no such
    /// record at `at`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a shard cannot be read.
    pub fn blame(&self, at: &At, key: &str) -> Result<Vec<Blamed>, StoreError> {
        let objects = self.objects()?;
        let mut versions = self.versions(&objects, at, key)?;
        let Some(newest) = versions.next().transpose()? else { return Ok(Vec::new()) };
        let Some(record) = newest.record else { return Ok(Vec::new()) };
        // Who set each column: the oldest version since when its value has not changed.
        let mut set_by = vec![newest.commit; record.layout().width()];
        let mut open: Vec<usize> = (0..set_by.len()).collect();
        for version in versions {
            let RecordVersion { commit, record: Some(older) } = version? else { break };
            open.retain(|column| {
                let wide = *column < older.layout().width();
                let same = wide && field_or_blank(&older, 0, *column) == record.field(0, *column);
                if same {
                    set_by[*column] = commit;
                }
                same
            });
            if open.is_empty() {
                break;
            }
        }
        let mut names: std::collections::BTreeMap<Oid, (String, Option<Date>)> = Default::default();
        let blamed = set_by.into_iter().enumerate().map(|(column, commit)| {
            let (version, dated) = names.entry(commit).or_insert_with(|| {
                let (version, record) = self.version(&objects, commit, at);
                (version, record.map(|record| record.dated))
            });
            Blamed {
                column,
                value: record.field(0, column).to_owned(),
                commit: commit.to_string(),
                version: version.clone(),
                dated: *dated,
            }
        });
        Ok(blamed.collect())
    }

    /// The versions of the record with `key`, newest first, each read when it is asked for.
    fn versions<'a>(
        &'a self,
        objects: &'a Objects<'_>,
        at: &'a At,
        key: &'a str,
    ) -> Result<impl Iterator<Item = Result<RecordVersion, StoreError>> + 'a, StoreError> {
        let head = Oid::from_str(&at.commit).map_err(StoreError::git("read a commit's name"))?;
        let file = shards::file_of_key(key);
        let changes = objects.changes_at(head, &["masters", &at.series, &at.kind, &file])?;
        Ok(changes.into_iter().map(move |(commit, shard)| {
            let record = shard.map(|shard| self.record(objects, &at.kind, shard, key)).transpose()?;
            Ok(RecordVersion { commit, record: record.flatten() })
        }))
    }

    /// What a commit's import of a master is called; the commit itself when it made none.
    fn version(&self, objects: &Objects<'_>, commit: Oid, at: &At) -> (String, Option<ImportRecord>) {
        let record =
            objects.commit(commit).and_then(|(tree, _)| self.record_at(objects, tree, &at.series, &at.kind));
        match record {
            Ok(record) => (record.version().to_owned(), Some(record)),
            Err(_) => (commit.to_string()[..12].to_owned(), None),
        }
    }
}
