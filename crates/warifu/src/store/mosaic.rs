//! A state put together from what was kept of an earlier one and the shards that changed since: enough to
//! take a differential in without reading the other shards, and proven by its digest like any other state.

use std::collections::BTreeMap;

use git2::Oid;
use warifu_masters::file::{Outline, read_canonical};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::digest::{Digest, Hasher};

use super::kept::Outlined;
use super::objects::Objects;
use super::shards;

/// The rows of shards by what their keys begin with; none where a shard is gone.
pub(super) type Rows = BTreeMap<String, Option<Vec<u8>>>;

/// More shards than this are not put in place: every one is a file to be read.
const MOST_SINCE: usize = 64;

/// When more shards than this differ, the state is kept anew: that costs as much as reading them a few times.
const KEEP_ANEW: usize = 8;

/// A state: what was kept, and what differs since. Nobody has compared it with a digest before
/// [`Mosaic::digests`].
pub(super) struct Mosaic<'a> {
    kept: &'a Outlined,
    since: BTreeMap<String, Option<Since>>,
}

/// A shard that is another one than what was kept.
struct Since {
    rows: Vec<u8>,
    count: usize,
    is_moving: bool,
}

impl<'a> Mosaic<'a> {
    /// The state that the tree `tree` holds, made of `kept`; none where they are in two editions, too much
    /// differs, or `kept` is of a tree that is no longer there.
    pub(super) fn of(
        objects: &Objects<'_>,
        schemas: &Schemas,
        kept: &'a Outlined,
        tree: Oid,
    ) -> Option<Mosaic<'a>> {
        let mut since = BTreeMap::new();
        for (name, shard) in objects.differing(kept.text.tree, tree, MOST_SINCE).ok()?? {
            let prefix = String::from_utf8(shards::prefix(&name)).ok()?;
            let shard = match shard {
                Some(oid) => {
                    let mut rows = objects.blob(oid).ok()?;
                    let (outline, layout) = Outline::of(schemas, &kept.layout.kind, &rows)?;
                    let [shard] = &outline.shards[..] else { return None };
                    if shard.prefix != prefix || layout.name() != kept.layout.name() {
                        return None;
                    }
                    rows.drain(..outline.header);
                    Some(Since { rows, count: shard.rows, is_moving: shard.is_moving })
                }
                None => None,
            };
            since.insert(prefix, shard);
        }
        Some(Mosaic { kept, since })
    }

    /// How many records it has.
    pub(super) fn records(&self) -> usize {
        let unchanged =
            self.kept.outline.shards.iter().filter(|shard| !self.since.contains_key(&shard.prefix));
        unchanged.map(|shard| shard.rows).sum::<usize>()
            + self.since.values().flatten().map(|shard| shard.count).sum::<usize>()
    }

    /// How many shards it has.
    pub(super) fn shards(&self) -> usize {
        self.kept.outline.shards.len()
    }

    /// What the keys begin with of the shards that the next differential changes whatever it says.
    pub(super) fn moving(&self) -> impl Iterator<Item = &str> {
        let kept = self.kept.outline.shards.iter();
        let kept = kept.filter(|shard| shard.is_moving && !self.since.contains_key(&shard.prefix));
        let since = self.since.iter();
        let since = since.filter(|(_, shard)| shard.as_ref().is_some_and(|shard| shard.is_moving));
        kept.map(|shard| shard.prefix.as_str()).chain(since.map(|(prefix, _)| prefix.as_str()))
    }

    /// The records whose keys begin as one of `prefixes`, as a master; none where they do not make one.
    pub(super) fn part<'p>(
        &self,
        schemas: &Schemas,
        prefixes: impl Iterator<Item = &'p str>,
    ) -> Option<Master> {
        let mut text = self.kept.text.bytes[..self.kept.outline.header].to_vec();
        for prefix in prefixes {
            text.extend_from_slice(match self.since.get(prefix) {
                Some(since) => since.as_ref().map_or(&[], |shard| &shard.rows),
                None => self.kept_shard(prefix),
            });
        }
        read_canonical(schemas, &self.kept.layout.kind, text).ok()
    }

    fn kept_shard(&self, prefix: &str) -> &[u8] {
        let shards = &self.kept.outline.shards;
        match shards.binary_search_by(|shard| shard.prefix.as_str().cmp(prefix)) {
            Ok(at) => &self.kept.text.bytes[shards[at].bytes.clone()],
            Err(_) => &[],
        }
    }

    /// The digest of this state, and that of the state that `changed` makes of it.
    pub(super) fn digests(&self, changed: &Rows) -> (Digest, Digest) {
        let unchanged = Rows::new();
        let (old, new) = (self.pieces(&unchanged), self.pieces(changed));
        let is_same = |(old, new): &(&&[u8], &&[u8])| std::ptr::eq::<[u8]>(**old, **new);
        let same = old.iter().zip(&new).take_while(is_same).count();
        let mut beginning = Hasher::default();
        old[..same].iter().for_each(|piece| beginning.update(piece));
        let finish = |pieces: &[&[u8]]| {
            let mut hasher = beginning.clone();
            pieces.iter().for_each(|piece| hasher.update(piece));
            hasher.finish()
        };
        std::thread::scope(|scope| {
            let aside = scope.spawn(|| finish(&old[same..]));
            let new = finish(&new[same..]);
            (aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), new)
        })
    }

    /// The canonical form of the state that `changed` makes of this one.
    pub(super) fn text(&self, changed: &Rows) -> Vec<u8> {
        self.pieces(changed).concat()
    }

    /// Whether so much differs from what was kept that the state should be kept anew.
    pub(super) fn should_be_kept(&self, changed: &Rows) -> bool {
        let more = changed.keys().filter(|prefix| !self.since.contains_key(*prefix)).count();
        self.since.len() + more > KEEP_ANEW
    }

    /// The header and the shards of the state that `changed` makes of this one.
    fn pieces<'p>(&'p self, changed: &'p Rows) -> Vec<&'p [u8]> {
        let Outlined { text, outline, .. } = self.kept;
        let mut other: BTreeMap<&str, Option<&[u8]>> = BTreeMap::new();
        for (prefix, shard) in &self.since {
            other.insert(prefix, shard.as_ref().map(|shard| shard.rows.as_slice()));
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
        pieces
    }
}
