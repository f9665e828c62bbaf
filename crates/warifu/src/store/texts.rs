//! The masters of a commit as text, to be looked through before any of it is parsed.
//!
//! What an import kept of the state is one file, and reading it is a tenth of the work of reading the shards
//! (hundreds for drugs, thousands for diseases). It counts when, with the shards that changed since in their
//! place, it has the digest that the last import recorded; otherwise all shards are read.

use std::convert::Infallible;

use git2::Oid;
use warifu_masters::file::read_canonical;
use warifu_masters::schema::Schemas;
use warifu_masters::search::{Words, lines_with};
use warifu_masters::table::Master;
use warifu_values::digest::{Digest, Hasher};

use super::error::StoreError;
use super::kept::{Kept, KeptFile};
use super::mosaic::{Rows, Since};
use super::objects::Objects;
use super::repository::Store;
use super::revision::At;
use super::shards;
use crate::windows::Windows;

/// The canonical form of one master of one commit.
#[derive(Debug)]
pub struct Text<'a> {
    /// Where it stands.
    pub at: At,
    bytes: Vec<u8>,
    schemas: &'a Schemas,
}

impl Text<'_> {
    /// The records that hold `text` somewhere, and perhaps more.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the text is no master.
    pub fn with(&self, text: &str) -> Result<Master, StoreError> {
        parsed(self.schemas, &self.at.kind, lines_with(&self.bytes, text))
    }
}

fn parsed(schemas: &Schemas, kind: &str, canonical: Vec<u8>) -> Result<Master, StoreError> {
    read_canonical(schemas, kind, canonical).map_err(|findings| shards::unreadable(kind, &findings))
}

/// Where a state may be kept, the tree that holds it, and its digest.
struct Expected {
    kept: Kept,
    held: Oid,
    state: Digest,
}

impl Expected {
    /// What was kept, where it is this very state.
    fn kept_as_it_is(&self) -> Option<Vec<u8>> {
        let text = self.kept.text()?;
        (text.tree == self.held && Digest::of(&text.bytes) == self.state).then_some(text.bytes)
    }

    /// Its lines that may hold every one of `words`, where it is this very state. It is looked through as it
    /// is read, in memory that stays in the processor's cache.
    fn kept_narrowed(&self, words: &Words) -> Option<Vec<u8>> {
        let KeptFile { tree, mut header, rows } = self.kept.open()?;
        if tree != self.held {
            return None;
        }
        header.push(b'\n');
        let mut narrowing = words.narrowing(&header);
        let mut digest = Hasher::default();
        digest.update(&header);
        let mut windows = Windows::of(rows);
        let first = windows.first::<()>()?;
        let is_read = windows.each(first, |window| {
            digest.update(window.lines());
            narrowing.take_if(|narrowing| !narrowing.take(window.lines()));
            Ok::<_, Infallible>(true)
        });
        if is_read != Ok(true) || digest.finish() != self.state {
            return None;
        }
        match narrowing {
            Some(narrowing) => Some(narrowing.finish()),
            None => self.kept_as_it_is(),
        }
    }
}

impl Store {
    /// The text of the master `at`.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when shards cannot be read.
    pub(super) fn text(&self, at: &At) -> Result<Text<'_>, StoreError> {
        let objects = self.objects()?;
        let expected = self.expected(&objects, at);
        let kept = expected.as_ref().and_then(Expected::kept_as_it_is);
        let bytes = kept.map_or_else(|| self.mended(&objects, at, expected), Ok)?;
        Ok(Text { at: at.clone(), bytes, schemas: self.schemas() })
    }

    /// What `look` makes of the records of each of the masters `at`, in their order, that may have every one
    /// of `words`: no other has.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when shards cannot be read.
    pub fn looked_through<T: Send>(
        &self,
        at: &[At],
        words: &Words,
        look: impl Fn(&At, Master) -> T + Sync,
    ) -> Result<Vec<T>, StoreError> {
        let (objects, schemas) = (self.objects()?, self.schemas());
        let expected: Vec<_> = at.iter().map(|at| self.expected(&objects, at)).collect();
        let looked = |at: &At, narrowed| Ok(look(at, parsed(schemas, &at.kind, narrowed)?));
        // Reading, hashing and looking are most of the work, and the masters do not depend on each other.
        let kept: Vec<Option<Result<T, StoreError>>> = std::thread::scope(|scope| {
            let looked = &looked;
            let workers: Vec<_> = (at.iter().zip(&expected))
                .map(|(at, expected)| {
                    scope.spawn(move || Some(looked(at, expected.as_ref()?.kept_narrowed(words)?)))
                })
                .collect();
            let done = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
            done.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let each = at.iter().zip(expected).zip(kept);
        each.map(|((at, expected), kept)| match kept {
            Some(looked) => looked,
            None => looked(at, words.narrowed(&self.mended(&objects, at, expected)?)),
        })
        .collect()
    }

    /// The text of a master of which none was kept as it is: with the shards that changed since in their
    /// place, or of all shards.
    fn mended(
        &self,
        objects: &Objects<'_>,
        at: &At,
        expected: Option<Expected>,
    ) -> Result<Vec<u8>, StoreError> {
        let changed = expected.and_then(|Expected { held, state, .. }| {
            let bytes = self.kept_text(objects, held, &at.series, &at.kind)?;
            (Digest::of(&bytes) == state).then_some(bytes)
        });
        match changed {
            Some(bytes) => Ok(bytes),
            None => {
                let shards = self.shards_at(objects, at.tree(), &at.series, &at.kind)?;
                shards::text(objects, &at.kind, &shards, "")
            }
        }
    }

    /// What must have been kept of the master to be believed; none of one that only a hand made.
    fn expected(&self, objects: &Objects<'_>, at: &At) -> Option<Expected> {
        let held = objects.at(at.tree(), &["masters", &at.series, &at.kind]).ok()??;
        let record = self.import_record(at).ok()?;
        let kept = Kept::of(self.repository.path(), &at.series, &at.kind);
        Some(Expected { kept, held, state: record.state })
    }

    /// The canonical form of the state that the tree `held` has, when it is kept, for somebody to compare
    /// with its digest.
    pub(super) fn kept_text(
        &self,
        objects: &Objects<'_>,
        held: Oid,
        series: &str,
        kind: &str,
    ) -> Option<Vec<u8>> {
        let kept = Kept::of(self.repository.path(), series, kind).text()?;
        if kept.tree == held {
            return Some(kept.bytes);
        }
        let kept = kept.outlined(self.schemas(), kind)?;
        let since = Since::of(objects, self.schemas(), &kept.layout, kept.text.tree, held)?;
        Some(since.text(&kept, &Rows::new()))
    }
}
