//! The past: imports, the life of one record, and who set each of its fields last.
//!
//! A record stands in one shard, and a version that did not touch that shard cannot have changed it; so only
//! the commits that did are read. The line of history is that of first parents.

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::diff::{field_or_blank, fields_that_differ};
use warifu_masters::schema::CHANGE_CLASS;
use warifu_masters::table::Master;

use super::objects::Objects;
use super::record::ImportRecord;
use super::shards;
use super::{At, Store, StoreError};

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

/// A change in the life of a record.
#[derive(Debug, Clone)]
pub struct Event {
    /// The commit, in full.
    pub commit: String,
    /// The file that brought it; its commit's own words are in git.
    pub version: String,
    /// The file's day of publication; none when no import made the change.
    pub dated: Option<Date>,
    /// When it was imported.
    pub imported: Option<Timestamp>,
    /// What happened.
    pub what: What,
}

/// What happened to a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It came in, with this label.
    Introduced {
        /// What people call it.
        label: String,
    },
    /// Fields changed: (field id, from, to). The change class is left out: it is bookkeeping.
    Changed {
        /// The fields.
        fields: Vec<(String, String, String)>,
    },
    /// It was marked abolished (9) or withdrawn (1).
    Abolished {
        /// The class.
        class: String,
        /// The fields that changed with it.
        fields: Vec<(String, String, String)>,
    },
    /// It is gone, as an abolished record is with the next publication.
    Removed,
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

/// One version of the shard that holds a record.
struct ShardVersion {
    commit: Oid,
    shard: Option<Master>,
    row: Option<usize>,
}

impl ShardVersion {
    fn record(&self) -> Option<(&Master, usize)> {
        Some((self.shard.as_ref()?, self.row?))
    }
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

    /// The life of the record with `key` in one master, up to `at`, oldest event first.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a shard cannot be read.
    pub fn history(&self, at: &At, key: &str) -> Result<Vec<Event>, StoreError> {
        let objects = self.objects()?;
        let mut events = Vec::new();
        let mut versions: Vec<ShardVersion> = self.versions(&objects, at, key)?.collect::<Result<_, _>>()?;
        versions.reverse();
        let nothing = ShardVersion { commit: Oid::ZERO_SHA1, shard: None, row: None };
        let older = std::iter::once(&nothing).chain(&versions);
        for (old, new) in older.zip(&versions) {
            let what = match (old.record(), new.record()) {
                (None, None) => continue,
                (None, Some((shard, row))) => What::Introduced { label: shard.label(row).to_owned() },
                (Some(_), None) => What::Removed,
                (Some(old), Some(new)) => match changed(old, new) {
                    Some(what) => what,
                    None => continue,
                },
            };
            let (version, record) = self.version(&objects, new.commit, at);
            events.push(Event {
                commit: new.commit.to_string(),
                version,
                dated: record.as_ref().map(|record| record.dated),
                imported: record.map(|record| record.imported),
                what,
            });
        }
        Ok(events)
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
        let Some((shard, row)) = newest.record() else { return Ok(Vec::new()) };
        // Who set each column: the oldest version since when its value has not changed.
        let mut set_by = vec![newest.commit; shard.layout().width()];
        let mut open: Vec<usize> = (0..set_by.len()).collect();
        for version in versions {
            let version = version?;
            let Some((older, older_row)) = version.record() else { break };
            open.retain(|column| {
                let wide = *column < older.layout().width();
                let same = wide && field_or_blank(older, older_row, *column) == shard.field(row, *column);
                if same {
                    set_by[*column] = version.commit;
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
                value: shard.field(row, column).to_owned(),
                commit: commit.to_string(),
                version: version.clone(),
                dated: *dated,
            }
        });
        Ok(blamed.collect())
    }

    /// The versions of the shard that holds `key`, newest first, each read when it is asked for.
    fn versions<'a>(
        &'a self,
        objects: &'a Objects<'_>,
        at: &'a At,
        key: &'a str,
    ) -> Result<impl Iterator<Item = Result<ShardVersion, StoreError>> + 'a, StoreError> {
        let head = Oid::from_str(&at.commit).map_err(StoreError::git("read a commit's name"))?;
        let file = shards::file_of_key(key);
        let changes = objects.changes_at(head, &["masters", &at.series, &at.kind, &file])?;
        Ok(changes.into_iter().map(move |(commit, oid)| {
            let shard = oid.map(|oid| self.shard(objects, &at.kind, &file, oid)).transpose()?;
            let row = shard.as_ref().and_then(|shard| shard.find(key));
            Ok(ShardVersion { commit, shard, row })
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

fn changed(old: (&Master, usize), new: (&Master, usize)) -> Option<What> {
    let ((old, old_row), (new, new_row)) = (old, new);
    let class = new.layout().position(CHANGE_CLASS);
    let layout = if new.layout().width() > old.layout().width() { new.layout() } else { old.layout() };
    let fields: Vec<_> = fields_that_differ(old, old_row, new, new_row)
        .filter(|column| Some(*column) != class)
        .map(|column| {
            let text = |master: &Master, row| field_or_blank(master, row, column).to_owned();
            (layout.columns[column].id.clone(), text(old, old_row), text(new, new_row))
        })
        .collect();
    let mark = |field: Option<&str>| matches!(field, Some("9" | "1"));
    let (was, is) =
        (class.map(|class| old.field(old_row, class)), class.map(|class| new.field(new_row, class)));
    match is {
        Some(class) if mark(is) && !mark(was) => Some(What::Abolished { class: class.to_owned(), fields }),
        _ if fields.is_empty() => None,
        _ => Some(What::Changed { fields }),
    }
}
