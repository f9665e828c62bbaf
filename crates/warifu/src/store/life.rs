//! The life of one code: what every import said of it, in every series, for [`Timeline`] to answer from.
//!
//! Only commits that touched the record's shard are read, and only what stands says anything: see
//! [`Publications`].

use std::collections::BTreeSet;

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use warifu_masters::past::Governs;
use warifu_masters::timeline::{Line, Row, Said, Timeline};
use warifu_values::day::{EffectiveDate, PublicationDay};

use super::config::Config;
use super::error::{ConfigError, StoreError};
use super::objects::Objects;
use super::publications::{Publications, Told};
use super::repository::Store;
use super::shards;

/// A publication as the repository holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The commit, in full.
    pub commit: String,
    /// The file that came in; none when somebody changed the masters by hand.
    pub file: Option<String>,
    /// The day of publication; of the last import before, when it was by hand.
    pub dated: Date,
    /// Whether it was an emergency correction.
    pub correction: bool,
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
    /// The life of the record with `key`, as `rev` knows it, in each kind of master that ever had one:
    /// usually one.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; [`StoreError::Config`] when a series that is held is not declared;
    /// [`StoreError::Damaged`] when a shard cannot be read.
    pub fn lives(&self, rev: &str, key: &str) -> Result<Vec<Life>, StoreError> {
        let (head, tree) = self.resolve(rev)?;
        let config = self.config_in(tree)?;
        let objects = self.objects()?;
        let file = shards::file_of_key(key);
        // A kind that has the shard now is asked first: mostly that is the one, and the others need not be
        // walked.
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
                return Err(ConfigError::NoFirstDay { series, kind }.into());
            }
        }
        let (mut lines, mut newest) = (Vec::new(), Vec::new());
        for (name, series) in &config.series {
            if !series.effective.contains_key(self.kind) {
                continue;
            }
            let Governs { first, last } = config.governs(name, self.kind)?;
            let mut line = Line::new(name, EffectiveDate::from(first), last);
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
        let publications = Publications::of(objects, self.head, &series, self.kind)?;
        let (Some(newest), Some(oldest)) = (publications.newest(), publications.oldest()) else {
            return Ok(None);
        };
        let import = |(commit, record): (Oid, Oid)| {
            self.version(&publications, Told { commit, record: Some(record), shard: None })
        };
        let told = publications.tell(objects, self.file)?;
        // An oldest publication that does not have the shard says that the record is not there.
        if told.first().is_none_or(|told| told.commit != oldest.0) {
            line.push(said(import(oldest)?, None)?);
        }
        for told in told {
            let shard = told.shard;
            let record =
                shard.map(|shard| self.store.record(objects, self.kind, shard, self.key)).transpose()?;
            let row = record.flatten().map(|record| Row::of(&record, 0));
            if line.is_news(row.as_ref()) {
                line.push(said(self.version(&publications, told)?, row)?);
            }
        }
        import(newest).map(Some)
    }

    fn version(&self, publications: &Publications, told: Told) -> Result<Version, StoreError> {
        let record = publications.record(self.store, self.objects, told)?;
        let by_hand = told.record.is_none();
        Ok(Version {
            commit: told.commit.to_string(),
            file: (!by_hand).then_some(record.name),
            dated: record.dated,
            correction: !by_hand && record.correction.is_some(),
            imported: (!by_hand).then_some(record.imported),
        })
    }
}

fn said(by: Version, row: Option<Row>) -> Result<Said<Version>, StoreError> {
    let published = PublicationDay::parse(&by.dated.to_string());
    let published =
        published.ok_or_else(|| StoreError::damaged(format_args!("{}: dated {}", by.commit, by.dated)))?;
    Ok(Said { by, published, row })
}
