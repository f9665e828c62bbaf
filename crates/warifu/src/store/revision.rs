//! Revisions: what a commit holds, by `REV:kind` or `REV:series/kind`.

use std::collections::BTreeSet;

use git2::Oid;
use warifu_masters::file::write::write;
use warifu_masters::file::{read_canonical, read_canonical_record};
use warifu_masters::table::Master;

use super::error::StoreError;
use super::objects::Objects;
use super::record::ImportRecord;
use super::repository::Store;
use super::shards::{self, Shards};

/// One master of one series in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The commit, in full.
    pub commit: String,
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    tree: Oid,
}

impl At {
    /// What people call it: `series/kind`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.series, self.kind)
    }

    /// The tree of the commit.
    pub(super) fn tree(&self) -> Oid {
        self.tree
    }
}

/// One record of one state.
#[derive(Debug)]
pub struct Record {
    /// Where it was found.
    pub at: At,
    /// Its shard: a few records, with the layout.
    pub shard: Master,
    /// Its row there.
    pub row: usize,
}

/// Two states as far as they may differ: only the shards that are not the same in both.
#[derive(Debug)]
pub struct Pair {
    /// From the older one.
    pub old: Master,
    /// From the newer one.
    pub new: Master,
}

impl Store {
    /// What `REV:kind` or `REV:series/kind` names. The series may be left out when only one has the kind.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`], [`StoreError::NoMaster`] or [`StoreError::Ambiguous`] with the choices.
    pub fn at(&self, text: &str) -> Result<At, StoreError> {
        let (rev, master) =
            text.rsplit_once(':').ok_or_else(|| StoreError::NoRevision { text: text.to_owned() })?;
        let (commit, tree) = self.resolve(rev)?;
        let held = self.held(tree)?;
        let wanted = |series: &str, kind: &str| match master.split_once('/') {
            Some((wanted_series, wanted_kind)) => series == wanted_series && kind == wanted_kind,
            None => kind == master,
        };
        let found: Vec<_> = held.iter().filter(|(series, kind)| wanted(series, kind)).collect();
        match found.as_slice() {
            [(series, kind)] => {
                Ok(At { commit: commit.to_string(), series: series.clone(), kind: kind.clone(), tree })
            }
            [] => Err(StoreError::NoMaster {
                text: text.to_owned(),
                choices: held.iter().map(|(series, kind)| format!("{series}/{kind}")).collect(),
            }),
            several => Err(StoreError::Ambiguous {
                text: text.to_owned(),
                choices: several.iter().map(|(series, kind)| format!("{rev}:{series}/{kind}")).collect(),
            }),
        }
    }

    /// Every master that `rev` holds.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`].
    pub fn masters(&self, rev: &str) -> Result<Vec<At>, StoreError> {
        let (commit, tree) = self.resolve(rev)?;
        let at = |(series, kind)| At { commit: commit.to_string(), series, kind, tree };
        Ok(self.held(tree)?.into_iter().map(at).collect())
    }

    /// `(series, kind)` of every master in `tree`: also of one of which only the records, or only what came
    /// in, is left.
    pub(super) fn held(&self, tree: Oid) -> Result<Vec<(String, String)>, StoreError> {
        let objects = self.objects()?;
        let mut held = BTreeSet::new();
        for folder in ["masters", "sources"] {
            for series in objects.list(tree, &[folder])? {
                for kind in objects.list(series.oid, &[])? {
                    held.insert((series.name.clone(), kind.name));
                }
            }
        }
        Ok(held.into_iter().collect())
    }

    pub(super) fn shards_at(
        &self,
        objects: &Objects<'_>,
        tree: Oid,
        series: &str,
        kind: &str,
    ) -> Result<Shards, StoreError> {
        let entries = objects.list(tree, &["masters", series, kind])?;
        Ok(entries.into_iter().map(|entry| (entry.name, entry.oid)).collect())
    }

    pub(super) fn state_at(
        &self,
        objects: &Objects<'_>,
        tree: Oid,
        series: &str,
        kind: &str,
    ) -> Result<Master, StoreError> {
        let shards = self.shards_at(objects, tree, series, kind)?;
        shards::join(objects, self.schemas(), kind, &shards, "")
    }

    pub(super) fn record_at(
        &self,
        objects: &Objects<'_>,
        tree: Oid,
        series: &str,
        kind: &str,
    ) -> Result<ImportRecord, StoreError> {
        let place = format!("sources/{series}/{kind}/import.toml");
        match objects.at(tree, &["sources", series, kind, "import.toml"])? {
            Some(oid) => ImportRecord::parse(&objects.blob(oid)?, &place),
            None => Err(StoreError::damaged(format_args!("{place} is missing"))),
        }
    }

    /// The whole state.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when its shards do not make a master.
    pub fn state(&self, at: &At) -> Result<Master, StoreError> {
        self.state_at(&self.objects()?, at.tree, &at.series, &at.kind)
    }

    /// What came in last.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when that is missing or not right.
    pub fn import_record(&self, at: &At) -> Result<ImportRecord, StoreError> {
        self.record_at(&self.objects()?, at.tree, &at.series, &at.kind)
    }

    /// The name and the bytes of the file that came in last, as they came.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes made again do not have the digest that was recorded.
    pub fn original(&self, at: &At) -> Result<(String, Vec<u8>), StoreError> {
        let record = self.import_record(at)?;
        let objects = self.objects()?;
        let file = |name: &str| -> Result<Option<Vec<u8>>, StoreError> {
            let oid = objects.at(at.tree, &["sources", &at.series, &at.kind, name])?;
            oid.map(|oid| objects.blob(oid)).transpose()
        };
        let rendering = record.rendering.map(|stored| self.schemas().rendering(stored)).transpose();
        let rendering = rendering
            .map_err(|error| StoreError::damaged(format_args!("{}/{}: {error}", at.series, at.kind)))?;
        let bytes = match (&rendering, file("differential.csv")?) {
            (None, _) => file("original")?,
            (Some(rendering), Some(differential)) => {
                let differential = read_canonical(self.schemas(), &at.kind, differential).ok();
                differential.and_then(|differential| write(&differential, rendering).ok())
            }
            (Some(rendering), None) => write(&self.state(at)?, rendering).ok(),
        };
        match bytes {
            Some(bytes) if warifu_values::digest::Digest::of(&bytes) == record.sha256 => {
                Ok((record.name, bytes))
            }
            _ => Err(StoreError::damaged(format_args!(
                "{}/{}: the bytes of {} cannot be made again",
                at.series, at.kind, record.name
            ))),
        }
    }

    /// The record with `key`, in every master of `rev` that has one.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`].
    pub fn show(&self, rev: &str, key: &str) -> Result<Vec<Record>, StoreError> {
        let objects = self.objects()?;
        let file = shards::file_of_key(key);
        let mut records = Vec::new();
        for at in self.masters(rev)? {
            let Some(oid) = objects.at(at.tree, &["masters", &at.series, &at.kind, &file])? else {
                continue;
            };
            let shard = self.shard(&objects, &at.kind, &file, oid)?;
            if let Some(row) = shard.find(key) {
                records.push(Record { at, shard, row });
            }
        }
        Ok(records)
    }

    pub(super) fn shard(
        &self,
        objects: &Objects<'_>,
        kind: &str,
        file: &str,
        oid: Oid,
    ) -> Result<Master, StoreError> {
        shards::join(objects, self.schemas(), kind, &Shards::from([(file.to_owned(), oid)]), "")
    }

    /// The record with `key` of a shard, alone.
    pub(super) fn record(
        &self,
        objects: &Objects<'_>,
        kind: &str,
        shard: Oid,
        key: &str,
    ) -> Result<Option<Master>, StoreError> {
        read_canonical_record(self.schemas(), kind, objects.blob(shard)?, key)
            .map_err(|findings| shards::unreadable(kind, &findings))
    }

    /// Two states of one kind, without the shards that are the same in both: what
    /// [`diff`](warifu_masters::change::diff::diff) says of these it would say of the whole.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the shards do not make masters.
    pub fn pair(&self, old: &At, new: &At) -> Result<Pair, StoreError> {
        let objects = self.objects()?;
        let mut old_shards = self.shards_at(&objects, old.tree, &old.series, &old.kind)?;
        let mut new_shards = self.shards_at(&objects, new.tree, &new.series, &new.kind)?;
        let header = |shards: &Shards| -> Result<String, StoreError> {
            shards.values().next().map_or(Ok(String::new()), |oid| shards::header(&objects, *oid))
        };
        let (old_header, new_header) = (header(&old_shards)?, header(&new_shards)?);
        new_shards.retain(|name, oid| {
            let same = old_shards.get(name) == Some(oid);
            if same {
                old_shards.remove(name);
            }
            !same
        });
        Ok(Pair {
            old: shards::join(&objects, self.schemas(), &old.kind, &old_shards, &old_header)?,
            new: shards::join(&objects, self.schemas(), &new.kind, &new_shards, &new_header)?,
        })
    }
}
