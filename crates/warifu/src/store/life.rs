//! The life of one code: what every import said of it, in every series, for [`Timeline`] to answer from.
//!
//! Only commits that touched the record's shard are read. Imports that a later commit took back (`git revert`) say
//! nothing, and neither does the commit that took them back: what counts is what stands. A differential whose re-issue
//! was applied in its place says nothing either: the re-issue says it whole.

use std::collections::{BTreeSet, HashMap};

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::timeline::{Line, Row, Said, Timeline};
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

use super::import::standing;
use super::objects::Objects;
use super::record::{Glance, ImportRecord};
use super::{Config, Store, StoreError, shards};

/// A publication as the repository holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The commit, in full.
    pub commit: String,
    /// The file that came in; none when somebody changed the masters by hand.
    pub file: Option<String>,
    /// The day of publication; of the last import before, when it was by hand.
    pub dated: Date,
    /// When it was imported.
    pub imported: Option<Timestamp>,
}

impl Version {
    /// What people call it: the file; the commit when there was none.
    pub fn name(&self) -> &str {
        self.file.as_deref().unwrap_or(&self.commit[..12])
    }
}

/// The life of one code in one kind of master.
#[derive(Debug, Clone)]
pub struct Life {
    /// The kind of master.
    pub kind: String,
    /// The commit that was looked from, in full: nothing later is known to this.
    pub seen_from: String,
    /// What was said of it, and when it holds.
    pub timeline: Timeline<Version>,
    /// The newest publication that is held of each series, by its name: how far the timeline is known.
    pub newest: Vec<(String, Version)>,
}

impl Life {
    /// The record as it was said last.
    pub fn latest(&self) -> Option<&Row> {
        let lines = self.timeline.lines().iter().rev();
        lines.flat_map(|line| line.said().iter().rev()).find_map(|said| said.row.as_ref())
    }
}

impl Store {
    /// The life of the record with `key`, as `rev` knows it, in each kind of master that ever had one: usually one.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; [`StoreError::Config`] when a series that is held is not declared;
    /// [`StoreError::Damaged`] when a shard cannot be read.
    pub fn lives(&self, rev: &str, key: &str) -> Result<Vec<Life>, StoreError> {
        let (head, tree) = self.resolve(rev)?;
        let config = self.config_in(tree)?;
        let objects = self.objects()?;
        let file = shards::file_of_key(key);
        // A kind that has the shard now is asked first: mostly that is the one, and the others need not be walked.
        let (mut near, mut far) = (BTreeSet::new(), BTreeSet::new());
        for (series, kind) in self.held(tree)? {
            let shard = objects.at(tree, &["masters", &series, &kind, &file])?;
            if shard.is_some() {
                near.insert(kind)
            } else {
                far.insert(kind)
            };
        }
        let mut lives = Vec::new();
        for kinds in [near.clone(), &far - &near] {
            for kind in kinds {
                let looked = Looked { store: self, objects: &objects, head, kind: &kind, key, file: &file };
                lives.extend(looked.life(&config, tree)?);
            }
            if !lives.is_empty() {
                break;
            }
        }
        Ok(lives)
    }
}

/// What is looked for, and from where.
struct Looked<'a> {
    store: &'a Store,
    objects: &'a Objects<'a>,
    head: Oid,
    kind: &'a str,
    key: &'a str,
    file: &'a str,
}

impl Looked<'_> {
    fn life(&self, config: &Config, tree: Oid) -> Result<Option<Life>, StoreError> {
        for (series, kind) in self.store.held(tree)? {
            let declared = config.series.get(&series);
            if kind == self.kind && declared.is_none_or(|declared| !declared.effective.contains_key(&kind)) {
                return Err(StoreError::Config { what: format!("series.{series} lacks effective.{kind}") });
            }
        }
        let (mut lines, mut newest) = (Vec::new(), Vec::new());
        for (name, series) in &config.series {
            let Some(effective) = series.effective.get(self.kind) else { continue };
            let effective = EffectiveDate::parse(&effective.to_string());
            let effective = effective.ok_or_else(|| StoreError::Config {
                what: format!("series.{name}: effective.{} is out of range", self.kind),
            })?;
            let until = series.until.get(self.kind).and_then(|last| TreatmentDay::parse(&last.to_string()));
            let mut line = Line::new(name, effective, until);
            if let Some(version) = self.tell(&mut line)? {
                newest.push((name.clone(), version));
            }
            lines.push(line);
        }
        let timeline = Timeline::new(lines);
        let (kind, seen_from) = (self.kind.to_owned(), self.head.to_string());
        Ok(timeline.is_known().then_some(Life { kind, seen_from, timeline, newest }))
    }

    /// Gives `line` what its publications said; gives back the newest of them.
    fn tell(&self, line: &mut Line<Version>) -> Result<Option<Version>, StoreError> {
        let (objects, series) = (self.objects, line.series.clone());
        let imports = objects.changes_at(self.head, &["sources", &series, self.kind, "import.toml"])?;
        let standing = standing(&imports);
        let (Some(newest), Some(oldest)) = (standing.first().copied(), standing.last().copied()) else {
            return Ok(None);
        };
        let order: Vec<(Oid, Oid)> = standing.iter().rev().copied().collect();
        let places: HashMap<Oid, usize> =
            order.iter().enumerate().map(|(at, (commit, _))| (*commit, at)).collect();
        let stands: HashMap<Oid, Oid> = standing.into_iter().collect();
        let imports: HashMap<Oid, Option<Oid>> = imports.into_iter().collect();
        // What stands, and what was done by hand; not what came in and was taken back, nor what took it back.
        let counts = |commit: &Oid| stands.contains_key(commit) || !imports.contains_key(commit);
        let mut changes = objects.changes_at(self.head, &["masters", &series, self.kind, self.file])?;
        changes.retain(|(commit, _)| counts(commit));
        changes.reverse();
        if changes.first().is_none_or(|(commit, _)| *commit != oldest.0) {
            let version = self.imported(oldest.0, oldest.1, &series)?;
            line.push(said(version, None)?);
        }
        for (at, (commit, shard)) in changes.iter().copied().enumerate() {
            let place = places.get(&commit).copied();
            let last = place.map(|place| self.last_issue(&order, place)).transpose()?;
            // Where a later issue changed the shard too, that one tells.
            let next = changes.get(at + 1).and_then(|(commit, _)| places.get(commit).copied());
            if next.is_some_and(|next| last.is_some_and(|last| next <= last)) {
                continue;
            }
            let commit = last.map_or(commit, |last| order[last].0);
            let record =
                shard.map(|shard| self.store.record(objects, self.kind, shard, self.key)).transpose()?;
            let row = record.flatten().map(|record| Row::of(&record, 0));
            if line.is_news(row.as_ref()) {
                let version = match stands.get(&commit) {
                    Some(record) => self.imported(commit, *record, &series)?,
                    None => self.by_hand(commit, &series)?,
                };
                line.push(said(version, row)?);
            }
        }
        self.imported(newest.0, newest.1, &series).map(Some)
    }

    /// The last issue of the file that the import at `place` of `order` (oldest first) took in: that import itself,
    /// unless the next one replaced it.
    fn last_issue(&self, order: &[(Oid, Oid)], place: usize) -> Result<usize, StoreError> {
        let mut last = place;
        while let Some((_, record)) = order.get(last + 1)
            && Glance::at(&self.objects.blob(*record)?).replaces
        {
            last += 1;
        }
        Ok(last)
    }

    /// The import that made `commit`, from its `import.toml`.
    fn imported(&self, commit: Oid, record: Oid, series: &str) -> Result<Version, StoreError> {
        let place = format!("sources/{series}/{}/import.toml", self.kind);
        let record = ImportRecord::parse(&self.objects.blob(record)?, &place)?;
        Ok(Version {
            commit: commit.to_string(),
            file: Some(record.name),
            dated: record.dated,
            imported: Some(record.imported),
        })
    }

    /// A commit that changed the masters and imported nothing.
    fn by_hand(&self, commit: Oid, series: &str) -> Result<Version, StoreError> {
        let (tree, _) = self.objects.commit(commit)?;
        let dated = self.store.record_at(self.objects, tree, series, self.kind)?.dated;
        Ok(Version { commit: commit.to_string(), file: None, dated, imported: None })
    }
}

fn said(by: Version, row: Option<Row>) -> Result<Said<Version>, StoreError> {
    let published = PublicationDay::parse(&by.dated.to_string());
    let published =
        published.ok_or_else(|| StoreError::damaged(format_args!("{}: dated {}", by.commit, by.dated)))?;
    Ok(Said { by, published, row })
}
