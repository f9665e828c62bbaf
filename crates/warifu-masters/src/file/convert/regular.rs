//! Regular files, row by row: what the next row must be like for a file to be one.

use std::sync::Arc;

use crate::file::ROW_LIMIT_BYTES;
use crate::file::edition::Editions;
use crate::file::recognise::{recognise_layout, split};
use crate::finding::Findings;
use crate::schema::{Layout, Newline, Schemas};
use crate::table::Role;

use super::lines::{Fields, is_regular};

/// A byte of another charset becomes so many of UTF-8 at most, in which the limit of a row counts.
const LONGEST: usize = 3;

/// The rows so far, and what the next ones must be like.
#[derive(Debug)]
pub(super) struct Rows {
    layout: Arc<Layout>,
    newline: Newline,
    /// Whether the change classes tell a full from a differential.
    classes_tell: bool,
    count: usize,
    /// How many have change class 0.
    zeros: usize,
    first_key: Vec<u8>,
    /// The key of the row before the last one.
    last_key: Vec<u8>,
    /// The key of the last row.
    key: Vec<u8>,
}

impl Rows {
    /// What the rows of a file must be like that begins with the lines `text`; nothing where these are not
    /// regular.
    pub(super) fn like(schemas: &Schemas, text: &str, newline: Newline) -> Option<Rows> {
        let mut findings = Findings::new();
        let (layout, header) = recognise_layout(schemas, text, &mut findings)?;
        let class = layout.change_class;
        if header || !findings.is_empty() || class.is_some_and(|at| at != 0) {
            return None;
        }
        let layout = in_edition(schemas, &layout, text)?;
        let classes_tell = class.is_some() && !layout.only_fulls;
        let [first_key, last_key, key] = [(); 3].map(|()| Vec::new());
        Some(Rows { layout, newline, classes_tell, count: 0, zeros: 0, first_key, last_key, key })
    }

    /// The lines of `piece`, each without its line end.
    pub(super) fn lines<'a>(&self, piece: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let newline = self.newline.as_bytes();
        lines_with_ends(piece).map(move |line| line.strip_suffix(newline).unwrap_or(line))
    }

    /// Whether every line of `piece` is as it should be. The piece is UTF-8, or in another charset in which
    /// ASCII is itself and no part of a longer code.
    pub(super) fn take(&mut self, piece: &[u8]) -> bool {
        let width = self.layout.width();
        piece.last() == Some(&b'\n')
            && lines_with_ends(piece).all(|line| {
                let Some(line) = line.strip_suffix(self.newline.as_bytes()) else { return false };
                let regular =
                    line.len() <= ROW_LIMIT_BYTES / LONGEST && is_regular(line, width) && self.next_key(line);
                self.count += 1;
                self.zeros += usize::from(line.starts_with(b"\"0\""));
                regular
            })
    }

    /// The layout of the rows.
    pub(super) fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Full or differential, where the change classes tell.
    pub(super) fn role(&self) -> Option<Role> {
        if self.classes_tell { Role::by_zeros(self.zeros, self.count) } else { Some(Role::Full) }
    }

    /// These rows and the ones after them, when they are of one layout and the keys go on ascending.
    pub(super) fn followed_by(mut self, next: Rows) -> Option<Rows> {
        let follows = self.layout.name() == next.layout.name() && self.key < next.first_key;
        self.count += next.count;
        self.zeros += next.zeros;
        self.key = next.key;
        follows.then_some(self)
    }

    /// Whether the key of `line` comes after the one before.
    fn next_key(&mut self, line: &[u8]) -> bool {
        std::mem::swap(&mut self.key, &mut self.last_key);
        self.key.clear();
        if !push_key(&self.layout, line, &mut self.key) {
            return false;
        }
        if self.count == 0 {
            self.first_key.clone_from(&self.key);
        }
        self.count == 0 || self.last_key < self.key
    }
}

/// The edition of `layout` that the lines `text` are of, where they tell.
fn in_edition(schemas: &Schemas, layout: &Layout, text: &str) -> Option<Arc<Layout>> {
    let mut editions = Editions::like(schemas, layout);
    let mut lines = text.lines();
    while editions.told().is_none() {
        let fields = split(lines.next()?);
        if fields.len() == layout.width() {
            editions.row(|column| fields[column]);
        }
    }
    editions.told().map(Arc::clone)
}

/// The lines of `piece`, each with its LF.
fn lines_with_ends(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', piece).map(move |at| {
        let line = &piece[from..=at];
        from = at + 1;
        line
    })
}

/// Appends the key of the regular line `line`. One that is not of ASCII, or whose parts stand in another
/// order than their columns, is left to the other way: then there is none.
pub(super) fn push_key(layout: &Layout, line: &[u8], key: &mut Vec<u8>) -> bool {
    let mut fields = Fields::of(line);
    let mut at = 0;
    for (number, (column, fill)) in layout.key.iter().enumerate() {
        let Some(field) = column.checked_sub(at).and_then(|skip| fields.nth(skip)) else { return false };
        at = column + 1;
        if !field.is_ascii() {
            return false;
        }
        if number > 0 {
            key.extend_from_slice(layout.key_separator.as_bytes());
        }
        key.extend(std::iter::repeat_n(b'0', fill.saturating_sub(field.len())));
        key.extend_from_slice(field);
    }
    true
}
