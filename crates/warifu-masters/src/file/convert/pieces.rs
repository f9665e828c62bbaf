//! The quick way: a regular CSV file is converted and proven piece by piece, while each is in the processor's
//! cache.
//!
//! A regular file is in the format it is said to be in, with every line end and mark in its place, every row whole
//! and the keys ascending. Most files are. Of any other, and of anything that would have to be said, this way makes
//! nothing: the way by whole tables then says it.

use std::sync::Arc;

use crate::file::ROW_LIMIT_BYTES;
use crate::file::fixed::{Columns, Misfit, Shape};
use crate::file::recognise::{Guess, guess_charset, recognise_layout};
use crate::file::write::{Cut, may_be_cut};
use crate::finding::Findings;
use crate::schema::{CHANGE_CLASS, Format, Framing, Layout, Newline, Quoting, Schemas};
use crate::table::Role;

use super::lines::{Fields, is_regular};

/// What came of it.
pub(super) struct Done {
    pub(super) layout: Arc<Layout>,
    pub(super) role: Role,
    pub(super) rows: usize,
    pub(super) bytes: Vec<u8>,
    pub(super) cuts: Vec<Cut>,
}

/// Converts `bytes`, or makes nothing.
///
/// The proof, for each piece: the bytes that were written decode, and to the very text that was encoded (in
/// fixed-length records, to the very fields); that text has the same fields as the source's; and the source's bytes
/// are those that its text encodes to. So the way back from the bytes written ends in the bytes that came in.
pub(super) fn convert(
    schemas: &Schemas,
    bytes: &[u8],
    from: &Format,
    to: &Format,
    shorten: &[String],
) -> Option<Done> {
    let Framing::Csv { newline, quoting: Quoting::All } = from.framing else { return None };
    let is_from = |guess| matches!(guess, Guess::Certain(charset) if charset == from.charset);
    if !from.charset.is_ascii_like() || bytes.starts_with(b"\xEF\xBB\xBF") || !is_from(guess_charset(bytes)) {
        return None;
    }
    let part = |bytes| Part::convert(schemas, bytes, from, to, newline, shorten);
    let middle = middle(bytes);
    let done = match bytes.split_at(middle) {
        (whole, []) => part(whole)?,
        (first, second) => {
            let (first, second) = std::thread::scope(|scope| {
                let second = scope.spawn(|| part(second));
                (part(first), second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            });
            first?.followed_by(second?)?
        }
    };
    let Part { rows, out, cuts } = done;
    let role = if rows.has_classes { Role::by_zeros(rows.zeros, rows.count)? } else { Role::Full };
    Some(Done { layout: rows.layout, role, rows: rows.count, bytes: out, cuts })
}

/// Files of at least this size are converted in two halves, side by side.
const HALVES_BYTES: usize = 256 * 1024;

/// The line end nearest after the middle of `bytes`; their end when they are few. In charsets that are like ASCII no
/// character has the byte of LF in it.
fn middle(bytes: &[u8]) -> usize {
    let middle = if bytes.len() < HALVES_BYTES { bytes.len() } else { bytes.len() / 2 };
    memchr::memchr(b'\n', &bytes[middle..]).map_or(bytes.len(), |at| middle + at + 1)
}

/// Some whole lines of the file, converted.
struct Part {
    rows: Rows,
    out: Vec<u8>,
    cuts: Vec<Cut>,
}

impl Part {
    fn convert(
        schemas: &Schemas,
        bytes: &[u8],
        from: &Format,
        to: &Format,
        newline: Newline,
        shorten: &[String],
    ) -> Option<Part> {
        let mut rows: Option<Rows> = None;
        let mut writer: Option<Writer> = None;
        let mut regular = true;
        let decoded = from.charset.decode_pieces(bytes, |piece| {
            regular = regular && {
                if rows.is_none() {
                    rows = Rows::like(schemas, piece, newline);
                    writer = rows.as_ref().and_then(|rows| Writer::new(rows, to, shorten, bytes.len()));
                }
                match (&mut rows, &mut writer) {
                    (Some(rows), Some(writer)) => rows.take(piece) && writer.take(rows, piece).is_some(),
                    _ => false,
                }
            };
        });
        let (rows, writer) = (rows?, writer?);
        (decoded.is_ok() && regular).then_some(Part { rows, out: writer.out, cuts: writer.cuts })
    }

    /// This part and the one after it, when they are of one layout and the keys go on ascending.
    fn followed_by(mut self, next: Part) -> Option<Part> {
        let follows =
            self.rows.layout.name() == next.rows.layout.name() && self.rows.key < next.rows.first_key;
        if !follows {
            return None;
        }
        let rows_before = self.rows.count;
        self.cuts.extend(next.cuts.into_iter().map(|cut| Cut {
            row: cut.row + rows_before,
            line: cut.line + rows_before as u32,
            ..cut
        }));
        self.out.extend_from_slice(&next.out);
        self.rows.count += next.rows.count;
        self.rows.zeros += next.rows.zeros;
        self.rows.key = next.rows.key;
        Some(self)
    }
}

/// The rows so far, and what the next ones must be like.
struct Rows {
    layout: Arc<Layout>,
    newline: Newline,
    has_classes: bool,
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
    fn like(schemas: &Schemas, piece: &[u8], newline: Newline) -> Option<Rows> {
        let mut findings = Findings::new();
        let (layout, header) = recognise_layout(schemas, std::str::from_utf8(piece).ok()?, &mut findings)?;
        let class = layout.position(CHANGE_CLASS);
        if header || !findings.is_empty() || class.is_some_and(|at| at != 0) {
            return None;
        }
        let has_classes = class.is_some();
        let [first_key, last_key, key] = [(); 3].map(|()| Vec::new());
        Some(Rows { layout, newline, has_classes, count: 0, zeros: 0, first_key, last_key, key })
    }

    /// The lines of `piece`, each without its line end.
    fn lines<'a>(&self, piece: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let newline = self.newline.as_bytes();
        lines_with_ends(piece).map(move |line| line.strip_suffix(newline).unwrap_or(line))
    }

    /// Whether every line of `piece` is as it should be.
    fn take(&mut self, piece: &[u8]) -> bool {
        let width = self.layout.width();
        piece.last() == Some(&b'\n')
            && lines_with_ends(piece).all(|line| {
                let Some(line) = line.strip_suffix(self.newline.as_bytes()) else { return false };
                let regular = line.len() <= ROW_LIMIT_BYTES && is_regular(line, width) && self.next_key(line);
                self.count += 1;
                self.zeros += usize::from(line.starts_with(b"\"0\""));
                regular
            })
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

/// The lines of `piece`, each with its LF.
fn lines_with_ends(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', piece).map(move |at| {
        let line = &piece[from..=at];
        from = at + 1;
        line
    })
}

/// Appends the key of the regular line `line`. Parts that stand in another order than their columns are left to the
/// other way: then there is none.
fn push_key(layout: &Layout, line: &[u8], key: &mut Vec<u8>) -> bool {
    let mut fields = Fields::of(line);
    let mut at = 0;
    for (number, (column, fill)) in layout.key.iter().enumerate() {
        let Some(field) = column.checked_sub(at).and_then(|skip| fields.nth(skip)) else { return false };
        at = column + 1;
        if number > 0 {
            key.extend_from_slice(layout.key_separator.as_bytes());
        }
        key.extend(std::iter::repeat_n(b'0', fill.saturating_sub(field.len())));
        key.extend_from_slice(field);
    }
    true
}

/// What is written so far.
struct Writer<'a> {
    to: &'a Format,
    shape: Option<Shape>,
    may_be_cut: Vec<bool>,
    out: Vec<u8>,
    cuts: Vec<Cut>,
    /// How many records are written.
    row: usize,
}

impl<'a> Writer<'a> {
    fn new(rows: &Rows, to: &'a Format, shorten: &[String], bytes: usize) -> Option<Writer<'a>> {
        let layout = &rows.layout;
        let shape = match to.framing {
            Framing::Csv { quoting: Quoting::All, .. } => None,
            Framing::Csv { .. } => return None,
            Framing::Fixed { .. } => Some(Shape::of(layout).ok()?),
        };
        Some(Writer {
            to,
            shape,
            may_be_cut: may_be_cut(layout, shorten),
            out: Vec::with_capacity(bytes + bytes / 4),
            cuts: Vec::new(),
            row: 0,
        })
    }

    /// Writes `piece`, reads it again and compares; nothing when it cannot be written or differs.
    fn take(&mut self, rows: &Rows, piece: &[u8]) -> Option<()> {
        match &self.to.framing {
            Framing::Csv { newline, .. } => self.csv(rows, piece, *newline),
            Framing::Fixed { record_end } => {
                let end = record_end.as_bytes().to_vec();
                self.fixed(rows, piece, &end)
            }
        }
    }

    fn csv(&mut self, rows: &Rows, piece: &[u8], newline: Newline) -> Option<()> {
        let start = self.out.len();
        let newline = newline.as_bytes();
        let mut line_end = Vec::new();
        self.to.charset.encode_utf8(newline, &mut line_end).ok()?;
        for line in rows.lines(piece) {
            self.to.charset.encode_utf8(line, &mut self.out).ok()?;
            self.out.extend_from_slice(&line_end);
        }
        let mut lines = rows.lines(piece);
        let mut same = true;
        let decoded = self.to.charset.decode_pieces(&self.out[start..], |mut again| {
            while same && !again.is_empty() {
                let rest = lines.next().and_then(|line| again.strip_prefix(line)?.strip_prefix(newline));
                same = rest.is_some();
                again = rest.unwrap_or_default();
            }
        });
        (decoded.is_ok() && same && lines.next().is_none()).then_some(())
    }

    fn fixed(&mut self, rows: &Rows, piece: &[u8], record_end: &[u8]) -> Option<()> {
        let shape = self.shape.as_ref()?;
        let mut columns = Columns::new(&self.to.charset, shape);
        // The record as it should read again, as far as its fields are ASCII, and the columns of the others.
        let mut plain = vec![b' '; shape.length()];
        let mut others: Vec<(usize, &[u8])> = Vec::new();
        let mut except = Vec::new();
        for line in rows.lines(piece) {
            let start = columns.begin(&mut self.out);
            let record = &mut self.out[start..];
            plain.fill(b' ');
            others.clear();
            let cuts_before = self.cuts.len();
            for (column, field) in Fields::of(line).enumerate() {
                if columns.put_plain(field, column, record, &mut plain) {
                    continue;
                }
                others.push((column, field));
                let Err(misfit) = columns.put(field, column, record) else { continue };
                if !self.may_be_cut[column] || matches!(misfit, Misfit::Unmappable(_)) {
                    return None;
                }
                let old = std::str::from_utf8(field).ok()?;
                let new = columns.longest_that_fits(old, column);
                columns.put(new.as_bytes(), column, record).ok()?;
                let mut key = Vec::new();
                push_key(&rows.layout, line, &mut key);
                self.cuts.push(Cut {
                    key: String::from_utf8(key).ok()?,
                    line: self.row as u32 + 1,
                    column: column as u32 + 1,
                    field: rows.layout.columns[column].id.clone(),
                    old: old.to_owned(),
                    new: new.to_owned(),
                    row: self.row,
                });
            }
            let cuts = &self.cuts[cuts_before..];
            let value = |column: usize, field| {
                let cut = cuts.iter().find(|cut| cut.column as usize == column + 1);
                cut.map_or(field, |cut| cut.new.as_bytes())
            };
            let same =
                others.iter().all(|(column, field)| columns.holds(record, *column, value(*column, field)));
            except.clear();
            except.extend(others.iter().map(|(column, _)| *column));
            if !same
                || !columns.holds_plain(record, &plain, &except)
                    && !columns_hold(&mut columns, record, line, &value)
            {
                return None;
            }
            self.out.extend_from_slice(record_end);
            self.row += 1;
        }
        Some(())
    }
}

/// The same asked of each column: `holds_plain` does not know every character.
fn columns_hold<'l>(
    columns: &mut Columns<'_>,
    record: &[u8],
    line: &'l [u8],
    value: &impl Fn(usize, &'l [u8]) -> &'l [u8],
) -> bool {
    Fields::of(line).enumerate().all(|(column, field)| columns.holds(record, column, value(column, field)))
}
