//! Every day of every code of one master, from all that was imported: what a release carries of the past.
//!
//! One walk along the commits tells which publication changed which shards; each version of a shard is read
//! once. What a code's life is asked for alone (`life`), this says for all, by the same rules.

use std::collections::{BTreeSet, HashMap};

use git2::Oid;
use warifu_masters::past::{Governs, Timelines, TimelinesBuilder};
use warifu_masters::table::Master;
use warifu_masters::timeline::{Line, Row, Said};
use warifu_values::day::{EffectiveDate, PublicationDay};

use super::error::{Doing, StoreError};
use super::objects::Objects;
use super::publications::{Publications, Told};
use super::repository::Store;
use super::revision::At;

impl Store {
    /// Every day of every code of the master at `at`, of which `state` is the newest state.
    ///
    /// # Errors
    /// [`StoreError::Config`] when the days of the series are not declared; [`StoreError::Damaged`] when a
    /// shard cannot be read.
    pub fn timelines(&self, at: &At, state: &Master) -> Result<Timelines, StoreError> {
        let objects = self.objects()?;
        let governs = self.config(&at.commit)?.governs(&at.series, &at.kind)?;
        let head = Oid::from_str(&at.commit).map_err(StoreError::git(Doing::ReadName))?;
        let publications = Publications::of(&objects, head, &at.series, &at.kind)?;
        Walk { store: self, objects: &objects, publications, at, governs, days: HashMap::new() }
            .timelines(state)
    }
}

/// What is walked.
struct Walk<'a> {
    store: &'a Store,
    objects: &'a Objects<'a>,
    publications: Publications,
    at: &'a At,
    governs: Governs,
    /// When each commit's file came out.
    days: HashMap<Oid, PublicationDay>,
}

impl Walk<'_> {
    fn timelines(mut self, state: &Master) -> Result<Timelines, StoreError> {
        let Some((commit, record)) = self.publications.oldest() else {
            let (series, kind) = (&self.at.series, &self.at.kind);
            return Err(StoreError::damaged(format_args!("{series}/{kind} has records and no import")));
        };
        let oldest = Told { commit, record: Some(record), shard: None };
        let known_from = self.day(oldest)?.treatment();
        let mut builder = TimelinesBuilder::new(self.governs, known_from, state);
        let shards = self.publications.tell_all(self.objects)?;
        // By the beginning of the keys, which the names of shards do not sort by.
        let mut codes = Vec::new();
        for (file, told) in shards {
            codes.extend(self.shard(&file, oldest, &told)?);
        }
        codes.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (key, line) in codes {
            builder.push(&key, line);
        }
        Ok(builder.finish())
    }

    /// What was said of each code of one shard.
    fn shard(
        &mut self,
        file: &str,
        oldest: Told,
        told: &[Told],
    ) -> Result<Vec<(String, Line<()>)>, StoreError> {
        let mut versions = Vec::with_capacity(told.len() + 1);
        // An oldest publication that does not have the shard says that its records are not there.
        if told.first().is_none_or(|told| told.commit != oldest.commit) {
            versions.push((self.day(oldest)?, None));
        }
        for told in told.iter().copied() {
            let shard = told.shard.map(|shard| self.store.shard(self.objects, &self.at.kind, file, shard));
            versions.push((self.day(told)?, shard.transpose()?));
        }
        let shards = versions.iter().filter_map(|(_, shard)| shard.as_ref());
        let keys: BTreeSet<_> =
            shards.flat_map(|shard| (0..shard.rows()).map(|row| shard.key(row))).collect();
        let mut lines = Vec::with_capacity(keys.len());
        for key in keys {
            let mut line = self.line();
            let mut last: Option<Option<(&Master, usize)>> = None;
            for (published, shard) in &versions {
                let row = shard.as_ref().and_then(|shard| Some((shard, shard.find(&key)?)));
                let repeats = match (last, row) {
                    (Some(None), None) => true,
                    (Some(Some((old, old_row))), Some((new, new_row))) => old.same_row(old_row, new, new_row),
                    _ => false,
                };
                if !repeats {
                    let row = row.map(|(shard, row)| Row::of(shard, row));
                    line.push(Said { by: (), published: *published, row });
                }
                last = Some(row);
            }
            lines.push((key.into_owned(), line));
        }
        Ok(lines)
    }

    fn line(&self) -> Line<()> {
        let first = EffectiveDate::from(self.governs.first);
        Line::new(&self.at.series, first, self.governs.last)
    }

    fn day(&mut self, told: Told) -> Result<PublicationDay, StoreError> {
        if let Some(day) = self.days.get(&told.commit) {
            return Ok(*day);
        }
        let dated = self.publications.record(self.store, self.objects, told)?.dated;
        let day = PublicationDay::parse(&dated.to_string())
            .ok_or_else(|| StoreError::damaged(format_args!("{}: dated {dated}", told.commit)))?;
        self.days.insert(told.commit, day);
        Ok(day)
    }
}
