//! What the imports of one master that stand made of one shard: which of them tells what.
//!
//! An import that was taken back, and the commit that took it back, tell nothing. A differential whose
//! re-issue was applied in its place tells nothing either: the re-issue says it whole.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use git2::Oid;

use super::error::StoreError;
use super::objects::{Changes, Objects};
use super::record::{Glance, ImportRecord};
use super::repository::Store;
use super::standing::standing;

/// How an import stands to those before it.
#[derive(Debug, Clone, Copy)]
enum Stands {
    /// After them.
    Next,
    /// In the place of the last official one.
    Instead,
    /// After them, before the next official one.
    Correction,
}

/// The imports that one master of one series rests on, and what was done by hand.
pub(super) struct Publications {
    series: String,
    kind: String,
    head: Oid,
    /// Those that stand, oldest first: commit and `import.toml`.
    order: Vec<(Oid, Oid)>,
    places: HashMap<Oid, usize>,
    /// Every commit that changed `import.toml`.
    imports: HashSet<Oid>,
    /// Of each `import.toml` that was looked at, how it stands to those before.
    looked_at: RefCell<HashMap<Oid, Stands>>,
}

/// A shard as one publication left it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The commit that tells it.
    pub(super) commit: Oid,
    /// Its `import.toml`; none when somebody changed the shard by hand.
    pub(super) record: Option<Oid>,
    /// The shard; none when it is gone.
    pub(super) shard: Option<Oid>,
}

impl Publications {
    /// Of the master of `series` and `kind` that `head` knows.
    pub(super) fn of(
        objects: &Objects<'_>,
        head: Oid,
        series: &str,
        kind: &str,
    ) -> Result<Publications, StoreError> {
        let changes = objects.changes_at(head, &["sources", series, kind, "import.toml"])?;
        let mut order = standing(&changes);
        order.reverse();
        let places = order.iter().enumerate().map(|(at, (commit, _))| (*commit, at)).collect();
        let imports = changes.into_iter().map(|(commit, _)| commit).collect();
        let (series, kind) = (series.to_owned(), kind.to_owned());
        Ok(Publications { series, kind, head, order, places, imports, looked_at: RefCell::default() })
    }

    /// The oldest one that stands: commit and `import.toml`.
    pub(super) fn oldest(&self) -> Option<(Oid, Oid)> {
        self.order.first().copied()
    }

    /// The newest one that stands.
    pub(super) fn newest(&self) -> Option<(Oid, Oid)> {
        self.order.last().copied()
    }

    /// What they made of the shard called `file`, oldest first: of those, the ones that changed it.
    pub(super) fn tell(&self, objects: &Objects<'_>, file: &str) -> Result<Vec<Told>, StoreError> {
        let changes = objects.changes_at(self.head, &["masters", &self.series, &self.kind, file])?;
        self.told_of(objects, changes)
    }

    /// What they made of every shard that there ever was, by its name: each as [`tell`](Self::tell) has it.
    pub(super) fn tell_all(&self, objects: &Objects<'_>) -> Result<BTreeMap<String, Vec<Told>>, StoreError> {
        let folders = objects.changes_at(self.head, &["masters", &self.series, &self.kind])?;
        let mut shards: BTreeMap<String, Changes> = BTreeMap::new();
        let mut newer: Option<(Oid, BTreeMap<String, Oid>)> = None;
        let oldest = (Oid::ZERO_SHA1, None);
        for (commit, folder) in folders.into_iter().chain([oldest]) {
            let listed = folder.map(|folder| objects.list(folder, &[])).transpose()?.unwrap_or_default();
            let listed: BTreeMap<_, _> = listed.into_iter().map(|entry| (entry.name, entry.oid)).collect();
            if let Some((by, since)) = newer {
                for (name, oid) in &since {
                    if listed.get(name) != Some(oid) {
                        shards.entry(name.clone()).or_default().push((by, Some(*oid)));
                    }
                }
                for name in listed.keys().filter(|name| !since.contains_key(*name)) {
                    shards.entry(name.clone()).or_default().push((by, None));
                }
            }
            newer = Some((commit, listed));
        }
        shards.into_iter().map(|(name, changes)| Ok((name, self.told_of(objects, changes)?))).collect()
    }

    /// What the publications tell, where `changes` are all of the commits that changed a shard, newest first.
    fn told_of(&self, objects: &Objects<'_>, mut changes: Changes) -> Result<Vec<Told>, StoreError> {
        // What stands, and what was done by hand; not what came in and was taken back, nor what took it back.
        changes.retain(|(commit, _)| self.places.contains_key(commit) || !self.imports.contains(commit));
        changes.reverse();
        let mut told = Vec::new();
        for (at, (commit, shard)) in changes.iter().copied().enumerate() {
            let place = self.places.get(&commit).copied();
            let last = place.map(|place| self.last_issue(objects, place)).transpose()?;
            // Where a later issue changed the shard too, that one tells.
            let next = changes.get(at + 1).and_then(|(commit, _)| self.places.get(commit).copied());
            if next.is_some_and(|next| last.is_some_and(|last| next <= last)) {
                continue;
            }
            let (commit, record) = match last {
                Some(last) => (self.order[last].0, Some(self.order[last].1)),
                None => (commit, None),
            };
            told.push(Told { commit, record, shard });
        }
        Ok(told)
    }

    /// The last issue of the file that the import at `place` took in: that import itself, unless the next one
    /// replaced it.
    fn last_issue(&self, objects: &Objects<'_>, place: usize) -> Result<usize, StoreError> {
        let (mut last, mut next) = (place, place + 1);
        while let Some((_, record)) = self.order.get(next) {
            match self.stands(objects, *record)? {
                Stands::Instead => last = next,
                // The next official file may be a re-issue of the one before the corrections.
                Stands::Correction => {}
                Stands::Next => break,
            }
            next += 1;
        }
        Ok(last)
    }

    /// How the import with that `import.toml` stands to those before.
    fn stands(&self, objects: &Objects<'_>, record: Oid) -> Result<Stands, StoreError> {
        if let Some(known) = self.looked_at.borrow().get(&record) {
            return Ok(*known);
        }
        let Glance { replaces, correction, .. } = Glance::at(&objects.blob(record)?);
        let stands = match (replaces, correction) {
            (true, _) => Stands::Instead,
            (_, true) => Stands::Correction,
            _ => Stands::Next,
        };
        self.looked_at.borrow_mut().insert(record, stands);
        Ok(stands)
    }

    /// What `told` took in; of a change by hand what stood there then.
    pub(super) fn record(
        &self,
        store: &Store,
        objects: &Objects<'_>,
        told: Told,
    ) -> Result<ImportRecord, StoreError> {
        match told.record {
            Some(record) => {
                let place = format!("sources/{}/{}/import.toml", self.series, self.kind);
                ImportRecord::parse(&objects.blob(record)?, &place)
            }
            None => {
                let (tree, _) = objects.commit(told.commit)?;
                store.record_at(objects, tree, &self.series, &self.kind)
            }
        }
    }
}
