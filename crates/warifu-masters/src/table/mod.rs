//! Records as they are held: one text buffer and the ends of its fields.
//!
//! The buffer *is* the canonical CSV of the rows (fields joined by commas, rows ended by LF), so hashing,
//! comparing and cutting it into shards need no copy; only a table in which some field holds a comma or a
//! quotation mark is written field by field.

pub mod fields;
mod role;
mod state;

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use crate::schema::{Layout, RowOrder};
pub use role::Role;
pub use state::State;
use warifu_values::digest::{Digest, Hasher};

/// The records of one master, in the order they came.
#[derive(Debug, Clone)]
pub struct Table {
    layout: Arc<Layout>,
    text: String,
    /// For each field, row after row, the offset in `text` where it ends. The next one begins one byte later.
    ends: Vec<u32>,
    /// Whether some field holds a comma or a quotation mark.
    special: bool,
    lines: Lines,
}

/// Which line of the file a row stood in.
#[derive(Debug, Clone)]
pub(crate) enum Lines {
    /// Row 0 in this line, and so on.
    From(u32),
    /// One entry for each row.
    Each(Vec<u32>),
}

impl Table {
    pub(crate) fn new(
        layout: Arc<Layout>,
        text: String,
        ends: Vec<u32>,
        special: bool,
        lines: Lines,
    ) -> Self {
        debug_assert_eq!(ends.len() % layout.width().max(1), 0);
        Table { layout, text, ends, special, lines }
    }

    /// The layout.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.ends.len() / self.layout.width()
    }

    /// The line of the file that `row` stood in, from 1.
    pub fn line(&self, row: usize) -> u32 {
        match &self.lines {
            Lines::From(first) => first + row as u32,
            Lines::Each(lines) => lines[row],
        }
    }

    #[inline]
    pub(crate) fn field_start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] as usize + 1 }
    }

    /// The field of `row` in `column` (from 0), blank when it holds nothing.
    ///
    /// # Panics
    /// When `row` or `column` is out of range.
    #[inline]
    pub fn field(&self, row: usize, column: usize) -> &str {
        let index = row * self.layout.width() + column;
        &self.text[self.field_start(index)..self.ends[index] as usize]
    }

    /// The same as bytes: cheaper, where only ASCII is looked for.
    #[inline]
    pub fn bytes(&self, row: usize, column: usize) -> &[u8] {
        let index = row * self.layout.width() + column;
        &self.text.as_bytes()[self.field_start(index)..self.ends[index] as usize]
    }

    /// The fields of `row` from the first to the last: cheaper than asking for each.
    #[inline]
    pub(crate) fn row_fields(&self, row: usize) -> impl Iterator<Item = &[u8]> {
        let width = self.layout.width();
        let mut from = self.field_start(row * width);
        self.ends[row * width..(row + 1) * width].iter().map(move |end| {
            let field = &self.text.as_bytes()[from..*end as usize];
            from = *end as usize + 1;
            field
        })
    }

    /// The text of `row` and where its fields end.
    #[inline]
    pub(crate) fn row_parts(&self, row: usize) -> RowParts<'_> {
        let width = self.layout.width();
        let ends = &self.ends[row * width..(row + 1) * width];
        let to = ends.last().map_or(0, |end| *end as usize);
        RowParts { text: &self.text.as_bytes()[..to], ends, at: self.field_start(row * width) }
    }

    /// The whole row with commas between the fields and no line end. Two rows of one layout hold the same
    /// fields when these texts and their field ends are the same.
    #[inline]
    fn row_text(&self, row: usize) -> &str {
        let width = self.layout.width();
        &self.text[self.field_start(row * width)..self.ends[row * width + width - 1] as usize]
    }

    /// Whether `row` here and `other_row` of `other` hold the same fields, as many of them.
    #[inline]
    pub fn same_row(&self, row: usize, other: &Table, other_row: usize) -> bool {
        self.layout.width() == other.layout.width()
            && self.row_text(row) == other.row_text(other_row)
            && (!(self.special || other.special)
                || (0..self.layout.width())
                    .all(|column| self.field(row, column) == other.field(other_row, column)))
    }

    /// The key of `row`: the field that is the key, or the key parts put together.
    pub fn key(&self, row: usize) -> Cow<'_, str> {
        match self.layout.key.as_slice() {
            [(column, 0)] => Cow::Borrowed(self.field(row, *column)),
            _ => {
                let mut key = String::new();
                self.push_key(row, &mut key);
                Cow::Owned(key)
            }
        }
    }

    fn push_key(&self, row: usize, key: &mut String) {
        for (at, (column, fill)) in self.layout.key.iter().enumerate() {
            if at > 0 {
                key.push_str(&self.layout.key_separator);
            }
            let part = self.field(row, *column);
            key.extend(std::iter::repeat_n('0', fill.saturating_sub(part.len())));
            key.push_str(part);
        }
    }

    /// What people call the record in `row`.
    pub fn label(&self, row: usize) -> &str {
        self.layout.label.map_or("", |column| self.field(row, column))
    }

    /// Appends the canonical CSV of `row`, with its line end.
    pub fn push_canonical_row(&self, row: usize, out: &mut Vec<u8>) {
        if !self.special {
            out.extend_from_slice(self.row_text(row).as_bytes());
            out.push(b'\n');
            return;
        }
        for column in 0..self.layout.width() {
            if column > 0 {
                out.push(b',');
            }
            push_minimal(self.field(row, column), out);
        }
        out.push(b'\n');
    }
}

/// A row to be gone over from its first field to its last.
pub(crate) struct RowParts<'a> {
    /// The table's text up to the end of the row.
    text: &'a [u8],
    /// Where the row's fields end in it.
    pub(crate) ends: &'a [u32],
    /// Where the next field begins in it.
    at: usize,
}

impl<'a> RowParts<'a> {
    /// The row from the next field on.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.text[self.at..]
    }

    /// How far from here the fields from `column` on end, which is the next one.
    #[inline]
    pub(crate) fn lengths(&self, column: usize) -> impl Iterator<Item = usize> + 'a {
        let at = self.at;
        self.ends.get(column..).unwrap_or_default().iter().map(move |end| *end as usize - at)
    }

    /// Goes over `count` fields from `column` on, which is the next one; returns how many bytes that is, with
    /// the commas behind them.
    #[inline]
    pub(crate) fn pass_fields(&mut self, column: usize, count: usize) -> usize {
        let from = self.at;
        if let Some(last) = self.ends[column..column + count].last() {
            self.at = *last as usize + 1;
        }
        self.at - from
    }

    /// Goes over the next field, which ends at `end`; returns its length.
    #[inline]
    pub(crate) fn pass(&mut self, end: u32) -> usize {
        let length = end as usize - self.at;
        self.at = end as usize + 1;
        length
    }
}

/// Appends `field`, in quotation marks only when RFC 4180 needs them.
pub(crate) fn push_minimal(field: &str, out: &mut Vec<u8>) {
    if memchr::memchr3(b',', b'"', b'\n', field.as_bytes()).is_some() || field.contains('\r') {
        push_quoted(field.as_bytes(), out);
    } else {
        out.extend_from_slice(field.as_bytes());
    }
}

/// Appends `field` in quotation marks.
#[inline]
pub(crate) fn push_quoted(field: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    if field.contains(&b'"') {
        for &byte in field {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
    } else {
        out.extend_from_slice(field);
    }
    out.push(b'"');
}

/// Builds a table row by row.
#[derive(Debug)]
pub(crate) struct TableBuilder {
    layout: Arc<Layout>,
    text: String,
    ends: Vec<u32>,
    special: bool,
}

impl TableBuilder {
    pub(crate) fn new(layout: Arc<Layout>, text_bytes: usize, rows: usize) -> Self {
        let ends = Vec::with_capacity(rows * layout.width());
        TableBuilder { layout, text: String::with_capacity(text_bytes), ends, special: false }
    }

    /// Appends the next field of the row; the last one of a row also ends it.
    #[inline]
    pub(crate) fn push(&mut self, field: &str) {
        self.text.push_str(field);
        self.ends.push(self.text.len() as u32);
        let last = self.ends.len().is_multiple_of(self.layout.width());
        self.text.push(if last { '\n' } else { ',' });
    }

    /// How many whole rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.ends.len() / self.layout.width()
    }

    /// Says that some field holds a comma or a quotation mark, as a table that rows were taken from did.
    pub(crate) fn mark_special(&mut self, special: bool) {
        self.special |= special;
    }

    /// Appends `row` of `table`, which has the same layout.
    pub(crate) fn push_row(&mut self, table: &Table, row: usize) {
        let width = self.layout.width();
        debug_assert_eq!(width, table.layout.width());
        let from = table.field_start(row * width);
        let ends = &table.ends[row * width..(row + 1) * width];
        let shift = self.text.len();
        self.text.push_str(&table.text[from..ends[width - 1] as usize]);
        self.text.push('\n');
        self.ends.extend(ends.iter().map(|end| (*end as usize - from + shift) as u32));
        self.special |= table.special;
    }

    pub(crate) fn finish(self) -> Table {
        Table::new(self.layout, self.text, self.ends, self.special, Lines::From(2))
    }
}

impl Table {
    pub(crate) fn is_special(&self) -> bool {
        self.special
    }

    pub(crate) fn text_bytes(&self) -> usize {
        self.text.len()
    }
}

/// A table whose keys are unique and whose rows stand in key order: what every operation on masters takes.
#[derive(Debug, Clone)]
pub struct Master(Table);

impl std::ops::Deref for Master {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.0
    }
}

/// Two rows of a file have the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateKeys {
    /// Pairs of row numbers: the first one with the key, and a later one.
    pub rows: Vec<(usize, usize)>,
}

impl Master {
    /// Brings `table` into key order; also says which order it was in.
    ///
    /// # Errors
    /// [`DuplicateKeys`], with the table given back, when a key occurs twice.
    pub fn new(table: Table) -> Result<(Master, RowOrder), (DuplicateKeys, Table)> {
        let keys = Keys::of(&table);
        if keys.ascending() {
            return Ok((Master(table), RowOrder::Key));
        }
        let mut order: Vec<u32> = (0..table.rows() as u32).collect();
        order.sort_by(|a, b| keys.get(*a as usize).cmp(keys.get(*b as usize)));
        let duplicates: Vec<_> = order
            .windows(2)
            .filter(|pair| keys.get(pair[0] as usize) == keys.get(pair[1] as usize))
            .map(|pair| (pair[0] as usize, pair[1] as usize))
            .collect();
        if !duplicates.is_empty() {
            return Err((DuplicateKeys { rows: duplicates }, table));
        }
        let mut builder = TableBuilder::new(Arc::clone(&table.layout), table.text.len(), table.rows());
        for row in &order {
            builder.push_row(&table, *row as usize);
        }
        let mut sorted = builder.finish();
        sorted.lines = Lines::Each(order.iter().map(|row| table.line(*row as usize)).collect());
        let master = Master(sorted);
        let row_order = match table.layout.other_order {
            Some(column) if master.ranks_by(column).iter().map(|rank| order[*rank as usize]).is_sorted() => {
                RowOrder::Column(table.layout.columns[column].id.clone())
            }
            _ => {
                let mut ranks = vec![0u32; order.len()];
                for (rank, row) in order.iter().enumerate() {
                    ranks[*row as usize] = rank as u32;
                }
                RowOrder::Listed(ranks)
            }
        };
        Ok((master, row_order))
    }

    /// A master made of rows that are already in key order.
    pub(crate) fn from_ordered(table: Table) -> Master {
        debug_assert!(Keys::of(&table).ascending());
        Master(table)
    }

    /// The rows in the order of the number in `column`, then by key.
    fn ranks_by(&self, column: usize) -> Vec<u32> {
        let number = |row: u32| {
            let digits = self.field(row as usize, column).trim_start_matches('0');
            (digits.len(), digits)
        };
        let mut ranks: Vec<u32> = (0..self.rows() as u32).collect();
        ranks.sort_by(|a, b| number(*a).cmp(&number(*b)));
        ranks
    }

    /// The rows in `order`; `None` when the order does not belong to this master.
    pub fn rows_in(&self, order: &RowOrder) -> Option<Vec<u32>> {
        match order {
            RowOrder::Key => Some((0..self.rows() as u32).collect()),
            RowOrder::Column(id) => Some(self.ranks_by(self.layout.position(id)?)),
            RowOrder::Listed(ranks) => {
                let fits =
                    ranks.len() == self.rows() && ranks.iter().all(|rank| (*rank as usize) < self.rows());
                fits.then(|| ranks.clone())
            }
        }
    }

    /// The row of the record with `key`, by binary search.
    pub fn find(&self, key: &str) -> Option<usize> {
        // A key that is a field is compared in place: rules look up tens of thousands.
        let field = match self.layout.key.as_slice() {
            [(column, 0)] => Some(*column),
            _ => None,
        };
        let (mut low, mut high) = (0, self.rows());
        while low < high {
            let middle = (low + high) / 2;
            let order = match field {
                Some(column) => self.bytes(middle, column).cmp(key.as_bytes()),
                None => self.key(middle).as_ref().cmp(key),
            };
            match order {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The same, for who asks for many keys in their order: `near` is the row that was found last.
    pub(crate) fn find_near(&self, key: &str, near: &Cell<usize>) -> Option<usize> {
        let next = [near.get(), near.get() + 1].into_iter().take_while(|row| *row < self.rows());
        let found = next.into_iter().find(|row| self.key(*row) == key).or_else(|| self.find(key))?;
        near.set(found);
        Some(found)
    }

    /// The same rows as those of another edition, which has as many columns and the same key.
    pub(crate) fn in_layout(self, layout: Arc<Layout>) -> Master {
        debug_assert!(self.layout.is_like(&layout), "{} as {}", self.layout.name(), layout.name());
        Master(Table { layout, ..self.0 })
    }

    /// The record in `row` alone.
    pub fn alone(&self, row: usize) -> Master {
        let from = self.field_start(row * self.layout.width());
        let text = self.field_start((row + 1) * self.layout.width()) - from;
        let mut builder = TableBuilder::new(Arc::clone(&self.layout), text, 1);
        builder.push_row(self, row);
        Master(builder.finish())
    }

    /// The canonical form: UTF-8, LF, a header of field ids, RFC 4180 with minimal quoting, in key order.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + 4096);
        out.extend_from_slice(self.layout.canonical_header().as_bytes());
        out.push(b'\n');
        if self.special {
            (0..self.rows()).for_each(|row| self.push_canonical_row(row, &mut out));
        } else {
            out.extend_from_slice(self.text.as_bytes());
        }
        out
    }

    /// The digest of the canonical form.
    pub fn canonical_digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        if self.special {
            hasher.update(&self.canonical());
        } else {
            hasher.update(self.layout.canonical_header().as_bytes());
            hasher.update(b"\n");
            hasher.update(self.text.as_bytes());
        }
        hasher.finish()
    }

    /// The canonical form cut by the first [`SHARD_DIGITS`] characters of the key: (those characters, rows
    /// from, rows to), in key order.
    pub fn shards(&self) -> Vec<(String, std::ops::Range<usize>)> {
        let mut shards: Vec<(String, std::ops::Range<usize>)> = Vec::new();
        for row in 0..self.rows() {
            let key = self.key(row);
            let end = key.char_indices().nth(SHARD_DIGITS).map_or(key.len(), |(at, _)| at);
            match shards.last_mut() {
                Some((prefix, rows)) if *prefix == key[..end] => rows.end = row + 1,
                _ => shards.push((key[..end].to_owned(), row..row + 1)),
            }
        }
        shards
    }

    /// Appends the canonical CSV of `rows`, without a header.
    pub fn push_canonical_rows(&self, rows: std::ops::Range<usize>, out: &mut Vec<u8>) {
        if self.special || rows.is_empty() {
            rows.for_each(|row| self.push_canonical_row(row, out));
        } else {
            let width = self.layout.width();
            let from = self.field_start(rows.start * width);
            let to = self.ends[rows.end * width - 1] as usize + 1;
            out.extend_from_slice(&self.text.as_bytes()[from..to]);
        }
    }
}

/// How many leading characters of the key name a shard. Part of the repository format: it decides object ids.
pub const SHARD_DIGITS: usize = 5;

/// The keys of a table, without a copy where the key is a field.
enum Keys<'a> {
    Field(&'a Table, usize),
    Built(String, Vec<u32>),
}

impl<'a> Keys<'a> {
    fn of(table: &'a Table) -> Self {
        match table.layout.key.as_slice() {
            [(column, 0)] => Keys::Field(table, *column),
            _ => {
                let (mut text, mut ends) = (String::new(), Vec::with_capacity(table.rows()));
                for row in 0..table.rows() {
                    table.push_key(row, &mut text);
                    ends.push(text.len() as u32);
                }
                Keys::Built(text, ends)
            }
        }
    }

    fn get(&self, row: usize) -> &[u8] {
        match self {
            Keys::Field(table, column) => table.bytes(row, *column),
            Keys::Built(text, ends) => {
                let from = if row == 0 { 0 } else { ends[row - 1] as usize };
                &text.as_bytes()[from..ends[row] as usize]
            }
        }
    }

    fn ascending(&self) -> bool {
        let rows = match self {
            Keys::Field(table, _) => table.rows(),
            Keys::Built(_, ends) => ends.len(),
        };
        (1..rows).all(|row| self.get(row - 1) < self.get(row))
    }
}
