//! A state put together from what was kept of an earlier one and the shards that changed since: enough to
//! take a differential in without reading the other shards.

use std::collections::BTreeMap;

use git2::Oid;
use warifu_masters::file::Outline;
use warifu_masters::schema::{Layout, Schemas};

use super::kept::Outlined;
use super::objects::Objects;
use super::shards;

/// The rows of shards by what their keys begin with; none where a shard is gone.
pub(super) type Rows = BTreeMap<String, Option<Vec<u8>>>;

/// More shards than this are not put in place: every one is a file to be read.
const MOST_SINCE: usize = 64;

/// When more shards than this differ, the state is kept anew: that costs as much as reading them a few times.
const KEEP_ANEW: usize = 8;

/// The shards in which a state differs from what was kept.
#[derive(Default)]
pub(super) struct Since(BTreeMap<String, Option<Shard>>);

/// A shard that is another one than what was kept.
pub(super) struct Shard {
    pub(super) rows: Vec<u8>,
    count: usize,
    is_moving: bool,
}

impl Since {
    /// Those in which the tree `now` differs from the tree `kept`, of masters in `layout`; none where they
    /// are in two editions, too much differs, or the tree `kept` is no longer there.
    pub(super) fn of(
        objects: &Objects<'_>,
        schemas: &Schemas,
        layout: &Layout,
        kept: Oid,
        now: Oid,
    ) -> Option<Since> {
        let mut since = BTreeMap::new();
        for (name, shard) in objects.differing(kept, now, MOST_SINCE).ok()?? {
            let prefix = String::from_utf8(shards::prefix(&name)).ok()?;
            let shard = match shard {
                Some(oid) => Some(Shard::read(objects, schemas, layout, oid, &prefix)?),
                None => None,
            };
            since.insert(prefix, shard);
        }
        Some(Since(since))
    }

    /// By what their keys begin with; none where one is gone.
    pub(super) fn shards(&self) -> impl Iterator<Item = (&str, Option<&Shard>)> {
        self.0.iter().map(|(prefix, shard)| (prefix.as_str(), shard.as_ref()))
    }

    /// The shard whose keys begin with `prefix`, where it differs.
    pub(super) fn shard(&self, prefix: &str) -> Option<Option<&Shard>> {
        self.0.get(prefix).map(Option::as_ref)
    }

    /// How many records they have.
    pub(super) fn records(&self) -> usize {
        self.0.values().flatten().map(|shard| shard.count).sum()
    }

    /// What the keys begin with of those that the next differential changes whatever it says.
    pub(super) fn moving(&self) -> impl Iterator<Item = &str> {
        let moving = self.shards().filter(|(_, shard)| shard.is_some_and(|shard| shard.is_moving));
        moving.map(|(prefix, _)| prefix)
    }

    /// Whether so much differs with `changed` that the state should be kept anew.
    pub(super) fn should_be_kept(&self, changed: &Rows) -> bool {
        let more = changed.keys().filter(|prefix| !self.0.contains_key(*prefix)).count();
        self.0.len() + more > KEEP_ANEW
    }

    /// The canonical form of `kept` with these shards and `changed` in their place.
    pub(super) fn text(&self, kept: &Outlined, changed: &Rows) -> Vec<u8> {
        let Outlined { text, outline, .. } = kept;
        let mut other: BTreeMap<&str, Option<&[u8]>> = BTreeMap::new();
        for (prefix, shard) in self.shards() {
            other.insert(prefix, shard.map(|shard| shard.rows.as_slice()));
        }
        for (prefix, rows) in changed {
            other.insert(prefix, rows.as_deref());
        }
        let mut other = other.into_iter().peekable();
        let mut pieces = vec![&text.bytes[..outline.header]];
        for shard in &outline.shards {
            while let Some((_, rows)) = other.next_if(|(prefix, _)| *prefix < shard.prefix.as_str()) {
                pieces.extend(rows);
            }
            match other.next_if(|(prefix, _)| *prefix == shard.prefix) {
                Some((_, rows)) => pieces.extend(rows),
                None => pieces.push(&text.bytes[shard.bytes.clone()]),
            }
        }
        pieces.extend(other.filter_map(|(_, rows)| rows));
        pieces.concat()
    }
}

impl Shard {
    /// The shard `oid`, of a master in `layout`, whose keys begin with `prefix`; none where it is another.
    pub(super) fn read(
        objects: &Objects<'_>,
        schemas: &Schemas,
        layout: &Layout,
        oid: Oid,
        prefix: &str,
    ) -> Option<Shard> {
        let mut rows = objects.blob(oid).ok()?;
        let (outline, edition) = Outline::of(schemas, &layout.kind, &rows)?;
        let [shard] = &outline.shards[..] else { return None };
        if shard.prefix != prefix || edition.name() != layout.name() {
            return None;
        }
        rows.drain(..outline.header);
        Some(Shard { rows, count: shard.rows, is_moving: shard.is_moving })
    }
}
