//! The quick way to fixed-length records: a regular CSV file is converted and proven piece by piece, while
//! each is in the processor's cache. As in [`super::recoding`], nothing is made of any other file.

use std::sync::Arc;

use crate::file::fixed::{Columns, Misfit, Shape};
use crate::file::recognise::{Guess, guess_charset};
use crate::file::write::{Cut, may_be_cut};
use crate::schema::{Format, Framing, Layout, Quoting, Schemas};
use crate::table::Role;

use super::lines::Fields;
use super::regular::{Rows, push_key};

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
/// The proof, for each piece: the bytes that were written decode, and to the very fields that were encoded;
/// and the source's bytes are those that its text encodes to. So the way back from the bytes written ends in
/// the bytes that came in.
pub(super) fn convert(
    schemas: &Schemas,
    bytes: &[u8],
    from: &Format,
    to: &Format,
    shorten: &[String],
) -> Option<Done> {
    let Framing::Csv { newline, quoting: Quoting::All } = from.framing else { return None };
    let Framing::Fixed { record_end } = &to.framing else { return None };
    let is_from = |guess| matches!(guess, Guess::Certain(charset) if charset == from.charset);
    if !from.charset.is_ascii_like() || bytes.starts_with(b"\xEF\xBB\xBF") || !is_from(guess_charset(bytes)) {
        return None;
    }
    let part = |bytes: &[u8]| {
        let mut rows: Option<Rows> = None;
        let mut writer: Option<Writer> = None;
        let mut regular = true;
        let decoded = from.charset.decode_pieces(bytes, |piece| {
            regular = regular && {
                if rows.is_none() {
                    let text = std::str::from_utf8(piece).ok();
                    rows = text.and_then(|text| Rows::like(schemas, text, newline));
                    writer = rows.as_ref().and_then(|rows| Writer::new(rows, to, shorten, bytes.len()));
                }
                match (&mut rows, &mut writer) {
                    (Some(rows), Some(writer)) => {
                        rows.take(piece) && writer.take(rows, piece, record_end.as_bytes()).is_some()
                    }
                    _ => false,
                }
            };
        });
        let (rows, writer) = (rows?, writer?);
        (decoded.is_ok() && regular).then_some(Part { rows, out: writer.out, cuts: writer.cuts })
    };
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
    let (role, layout) = (rows.role()?, Arc::clone(rows.layout()));
    Some(Done { layout, role, rows: rows.count(), bytes: out, cuts })
}

/// Files of at least this size are converted in two halves, side by side.
const HALVES_BYTES: usize = 256 * 1024;

/// The line end nearest after the middle of `bytes`; their end when they are few. In charsets that are like
/// ASCII no character has the byte of LF in it.
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
    /// This part and the one after it, when its rows follow.
    fn followed_by(mut self, next: Part) -> Option<Part> {
        let rows_before = self.rows.count();
        self.rows = self.rows.followed_by(next.rows)?;
        self.cuts.extend(next.cuts.into_iter().map(|cut| Cut {
            row: cut.row + rows_before,
            line: cut.line + rows_before as u32,
            ..cut
        }));
        self.out.extend_from_slice(&next.out);
        Some(self)
    }
}

/// What is written so far.
struct Writer<'a> {
    to: &'a Format,
    shape: Shape,
    may_be_cut: Vec<bool>,
    out: Vec<u8>,
    cuts: Vec<Cut>,
    /// How many records are written.
    row: usize,
}

impl<'a> Writer<'a> {
    fn new(rows: &Rows, to: &'a Format, shorten: &[String], bytes: usize) -> Option<Writer<'a>> {
        Some(Writer {
            to,
            shape: Shape::of(rows.layout()).ok()?,
            may_be_cut: may_be_cut(rows.layout(), shorten),
            out: Vec::with_capacity(bytes + bytes / 4),
            cuts: Vec::new(),
            row: 0,
        })
    }

    /// Writes `piece`, reads it again and compares; nothing when it cannot be written or differs.
    fn take(&mut self, rows: &Rows, piece: &[u8], record_end: &[u8]) -> Option<()> {
        let shape = &self.shape;
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
                push_key(rows.layout(), line, &mut key);
                self.cuts.push(Cut {
                    key: String::from_utf8(key).ok()?,
                    line: self.row as u32 + 1,
                    column: column as u32 + 1,
                    field: rows.layout().columns[column].id.clone(),
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
