//! Fixed-length records: every field at its place, text on the left, blanks after it.
//!
//! A column takes the bytes that the layout gives it, and every field begins and ends in single bytes:
//! full-width text stands between the shifts of its charset. All fields are text, so `09` and `9`, `288.00`
//! and `288` stay apart. What would not come back, a blank at the end or a value that needs more bytes than
//! there are, is refused.

use std::sync::Arc;

use crate::charset::Charset;
use crate::charset::table::Table as CharsetTable;
use crate::file::recognise::fits;
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Layout, Schemas};
use crate::table::{Lines, Table};

/// Where the fields of a record stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Where each column ends; it begins where the one before it ends.
    ends: Vec<usize>,
}

/// A column has no width, so its master cannot be written in fixed-length records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoWidth {
    /// The column, from 1.
    pub column: u32,
    /// Its field id.
    pub field: String,
}

impl Shape {
    /// The shape of the records of `layout`: each column takes its `bytes`.
    ///
    /// # Errors
    /// [`NoWidth`] names the first column that has none.
    pub fn of(layout: &Layout) -> Result<Shape, NoWidth> {
        let mut end = 0;
        let mut ends = Vec::with_capacity(layout.width());
        for (at, column) in layout.columns.iter().enumerate() {
            let Some(width) = column.bytes.filter(|width| *width > 0) else {
                return Err(NoWidth { column: at as u32 + 1, field: column.id.clone() });
            };
            end += width as usize;
            ends.push(end);
        }
        Ok(Shape { ends })
    }

    /// The bytes of one record.
    pub fn length(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }
}

/// Why a value does not go into its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Misfit {
    Unmappable(char),
    Overflow { needed: usize },
    TrailingBlank,
}

/// Puts fields into columns and takes them out again.
pub(crate) struct Columns<'a> {
    charset: &'a Charset,
    table: Option<&'a CharsetTable>,
    shape: &'a Shape,
    blank: u8,
    scratch: Vec<u8>,
}

/// A column that cannot be taken out: its position and what is wrong.
pub(crate) struct Fault {
    pub(crate) column: usize,
    pub(crate) code: Code,
    pub(crate) found: String,
}

impl<'a> Columns<'a> {
    pub(crate) fn new(charset: &'a Charset, shape: &'a Shape) -> Self {
        // A format whose charset has no blank does not load.
        let blank = charset.byte_of(b' ').unwrap_or(b' ');
        Columns { charset, table: charset.table(), shape, blank, scratch: Vec::new() }
    }

    /// A record of blanks at the end of `out`; returns where it begins.
    pub(crate) fn begin(&self, out: &mut Vec<u8>) -> usize {
        let start = out.len();
        out.resize(start + self.shape.length(), self.blank);
        start
    }

    /// Puts `text` into `column` of the blank record at the beginning of `record`.
    #[inline]
    pub(crate) fn put(&mut self, text: &[u8], column: usize, record: &mut [u8]) -> Result<(), Misfit> {
        let start = self.start(column);
        let place = &mut record[start..self.shape.ends[column]];
        match text {
            [] => return Ok(()),
            [.., b' '] => return Err(Misfit::TrailingBlank),
            _ => {}
        }
        if let Some(table) = self.table
            && text.len() <= place.len()
            && put_ascii(table, text, place)
        {
            return Ok(());
        }
        self.put_any(text, start, column, record)
    }

    fn put_any(&mut self, text: &[u8], start: usize, column: usize, record: &mut [u8]) -> Result<(), Misfit> {
        let place = &mut record[start..self.shape.ends[column]];
        // What the way for ASCII began is taken back.
        place.fill(self.blank);
        self.scratch.clear();
        let encoded = self.charset.encode_utf8(text, &mut self.scratch);
        encoded.map_err(|error| Misfit::Unmappable(error.character))?;
        let needed = self.scratch.len();
        // The second half of a character may be the byte of the blank, where nothing shifts back after it.
        if self.scratch.last() == Some(&self.blank) {
            return Err(Misfit::TrailingBlank);
        }
        if needed > place.len() {
            return Err(Misfit::Overflow { needed });
        }
        place[..needed].copy_from_slice(&self.scratch);
        Ok(())
    }

    /// The longest beginning of `text` that goes into `column` and comes back.
    pub(crate) fn longest_that_fits<'t>(&mut self, text: &'t str, column: usize) -> &'t str {
        let mut record = vec![self.blank; self.shape.length()];
        // A character takes a byte or more, so what is longer need not be tried.
        let longest = text.char_indices().nth(self.room(column)).map_or(text, |(end, _)| &text[..end]);
        let ends = longest.char_indices().rev().map(|(at, _)| at);
        let beginnings = (longest.len() < text.len()).then_some(longest.len()).into_iter().chain(ends);
        let beginnings = beginnings.map(|end| &text[..end]);
        let mut fitting = beginnings.filter(|text| self.put(text.as_bytes(), column, &mut record).is_ok());
        fitting.next().unwrap_or_default()
    }

    /// How many bytes `column` has.
    pub(crate) fn room(&self, column: usize) -> usize {
        let start = self.start(column);
        self.shape.ends[column] - start
    }

    /// Appends the fields of `record` to `text`, each with a comma after it and the last with an LF, and
    /// where each ends to `ends`. Says whether some field holds a comma or a quotation mark.
    ///
    /// # Errors
    /// The first column that is no text, or holds what no field of a master holds.
    pub(crate) fn take(
        &mut self,
        record: &[u8],
        text: &mut Vec<u8>,
        ends: &mut Vec<u32>,
    ) -> Result<bool, Fault> {
        let mut special = false;
        let last = self.shape.ends.len() - 1;
        let mut start = 0;
        for column in 0..=last {
            let end = self.shape.ends[column];
            let place = &record[start..end];
            start = end;
            let blanks = place.iter().rev().take_while(|byte| **byte == self.blank).count();
            let place = &place[..place.len() - blanks];
            let from = text.len();
            let plain = self.table.is_some_and(|table| take_plain(table, place, text));
            if !plain {
                text.truncate(from);
                special |= self.take_any(place, column, text)?;
            }
            ends.push(text.len() as u32);
            text.push(if column == last { b'\n' } else { b',' });
        }
        Ok(special)
    }

    /// As [`Columns::put`] for a field of ASCII only, which is noted in its place in `plain`, a record of
    /// ASCII blanks. `false` for any other field: it is still to be put.
    #[inline]
    pub(crate) fn put_plain(&self, text: &[u8], column: usize, record: &mut [u8], plain: &mut [u8]) -> bool {
        let Some(table) = self.table else { return false };
        let (start, end) = (self.start(column), self.shape.ends[column]);
        let (place, noted) = (&mut record[start..end], &mut plain[start..end]);
        if text.len() > place.len() || text.last() == Some(&b' ') {
            return false;
        }
        for ((byte, place), noted) in text.iter().zip(place).zip(noted) {
            let Some(code) = (*byte < 0x80).then(|| table.single_of_ascii(*byte)).flatten() else {
                return false;
            };
            (*place, *noted) = (code, *byte);
        }
        true
    }

    /// Whether `record`, taken out again, is the text `plain`, but for the columns `except`, in ascending
    /// order.
    pub(crate) fn holds_plain(&self, record: &[u8], plain: &[u8], except: &[usize]) -> bool {
        let Some(table) = self.table else { return false };
        // A blank is one character that `plain` of the table knows as well.
        let same = |from: usize, to: usize| {
            let differ = |(byte, wanted): (&u8, &u8)| table.plain()[usize::from(*byte)] ^ wanted;
            record[from..to].iter().zip(&plain[from..to]).map(differ).fold(0, std::ops::BitOr::bitor) == 0
        };
        let mut from = 0;
        except.iter().all(|column| {
            let before = std::mem::replace(&mut from, self.shape.ends[*column]);
            same(before, self.start(*column))
        }) && same(from, self.shape.length())
    }

    /// Whether `column` of `record`, taken out again, is `text`.
    pub(crate) fn holds(&mut self, record: &[u8], column: usize, text: &[u8]) -> bool {
        let place = &record[self.start(column)..self.shape.ends[column]];
        let blanks = place.iter().rev().take_while(|byte| **byte == self.blank).count();
        let mut again = std::mem::take(&mut self.scratch);
        again.clear();
        let taken = self.take_any(&place[..place.len() - blanks], column, &mut again);
        let same = taken.is_ok() && again == text;
        self.scratch = again;
        same
    }

    /// The fields of `record`, when all of them are text.
    fn fields(&mut self, record: &[u8]) -> Option<Vec<String>> {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        self.take(&record[..self.shape.length()], &mut text, &mut ends).ok()?;
        let text = String::from_utf8(text).ok()?;
        let starts = std::iter::once(0).chain(ends.iter().map(|end| *end as usize + 1));
        Some(starts.zip(&ends).map(|(start, end)| text[start..*end as usize].to_owned()).collect())
    }

    #[inline]
    fn start(&self, column: usize) -> usize {
        if column == 0 { 0 } else { self.shape.ends[column - 1] }
    }

    fn take_any(&mut self, place: &[u8], column: usize, text: &mut Vec<u8>) -> Result<bool, Fault> {
        let from = text.len();
        let decoded = match self.table {
            Some(table) => table.decode(place, text),
            None => match self.charset.decode(place) {
                Ok(decoded) => {
                    text.extend_from_slice(decoded.as_bytes());
                    Ok(())
                }
                Err(error) => Err(error.at),
            },
        };
        let fault = |code, found| Err(Fault { column, code, found });
        let hex = |bytes: &[u8]| {
            let bytes: Vec<_> = bytes.iter().take(4).map(|byte| format!("{byte:02X}")).collect();
            bytes.join(" ")
        };
        if let Err(at) = decoded {
            let rest = &place[at.min(place.len())..];
            let unclosed = self.table.is_some_and(|table| table.is_unclosed(rest));
            return fault(if unclosed { Code::FixedShift } else { Code::FileCharset }, hex(rest));
        }
        if let Some(control) = text[from..].iter().find(|byte| **byte < 0x20) {
            if place.last() == Some(&0) {
                return fault(Code::FixedPadding, "00".to_owned());
            }
            return fault(Code::FieldControl, format!("{control:02X}"));
        }
        Ok(memchr::memchr2(b',', b'"', &text[from..]).is_some())
    }
}

#[inline]
fn put_ascii(table: &CharsetTable, text: &[u8], place: &mut [u8]) -> bool {
    for (byte, place) in text.iter().zip(place) {
        let Some(code) = (*byte < 0x80).then(|| table.single_of_ascii(*byte)).flatten() else { return false };
        *place = code;
    }
    true
}

#[inline]
fn take_plain(table: &CharsetTable, place: &[u8], text: &mut Vec<u8>) -> bool {
    let plain = table.plain();
    for byte in place {
        let ascii = plain[usize::from(*byte)];
        if ascii == 0 {
            return false;
        }
        text.push(ascii);
    }
    true
}

/// A file of fixed-length records as it was read.
#[derive(Debug)]
pub struct Records {
    /// The records, in the order they came; a column that could not be read is blank.
    pub table: Table,
    /// Whether the last record has what stands after each.
    pub final_end: bool,
}

/// How many records tell the layout.
const FIRST_RECORDS: usize = 20;

/// The layout whose records `bytes` look to be, and their shape.
pub(crate) fn recognise(
    schemas: &Schemas,
    charset: &Charset,
    record_end: &[u8],
    bytes: &[u8],
) -> Option<(Arc<Layout>, Shape)> {
    let shaped = schemas.layouts().filter_map(|layout| Some((layout, Shape::of(layout).ok()?)));
    let judged = shaped.filter_map(|(layout, shape)| {
        let unit = shape.length() + record_end.len();
        let whole = bytes.len().is_multiple_of(unit) || (bytes.len() + record_end.len()).is_multiple_of(unit);
        let mut columns = Columns::new(charset, &shape);
        let records = bytes.chunks(unit).filter(|record| record.len() >= shape.length());
        let first: Vec<_> = records.take(FIRST_RECORDS).collect();
        let fitting = first.iter().filter(|record| match &layout.master_type {
            // Damage elsewhere does not hide what the record is.
            Some(master_type) => columns.holds(record, 1, master_type.as_bytes()),
            None => columns.fields(record).is_some_and(|fields| fits(layout, &fields)),
        });
        let fitting = fitting.count();
        // Of two masters with records of one shape and one name, the one that lists their change classes.
        let (at, classes) = layout.change_classes().unwrap_or_default();
        let mut holds_one =
            |record: &[u8]| classes.iter().any(|class| columns.holds(record, at, class.as_bytes()));
        let listed = first.iter().filter(|record| holds_one(record)).count();
        // Blanks fit any record that does not name its master.
        let score = (whole, layout.master_type.is_some(), fitting, listed);
        (fitting * 2 > first.len()).then(|| (score, Arc::clone(layout), shape.clone()))
    });
    judged.max_by_key(|(score, ..)| *score).map(|(_, layout, shape)| (layout, shape))
}

/// Reads `bytes` as records of `layout`, which has the shape `shape`, in `charset`, with `record_end` after
/// each. What does not fit is a finding with the number of its record as the line; the memory needed is in
/// proportion to `bytes`.
pub fn read(
    layout: &Arc<Layout>,
    shape: &Shape,
    charset: &Charset,
    record_end: &[u8],
    bytes: &[u8],
    findings: &mut Findings,
) -> Records {
    let length = shape.length();
    let unit = length + record_end.len();
    let mut columns = Columns::new(charset, shape);
    let mut text = Vec::with_capacity(bytes.len());
    let mut ends = Vec::with_capacity((bytes.len() / unit + 1) * layout.width());
    let (mut special, mut final_end) = (false, true);
    for (number, record) in (1u32..).zip(bytes.chunks(unit)) {
        let Some((record, after)) = record.split_at_checked(length) else {
            let finding = Finding::new(Code::FixedLength).line(number).found(record.len()).expected(length);
            findings.push(finding);
            break;
        };
        final_end = after.len() == record_end.len();
        if after != record_end && !(after.is_empty() && number as usize == bytes.len().div_ceil(unit)) {
            findings.push_with(Code::FixedRecordEnd, || {
                let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
                Finding::new(Code::FixedRecordEnd).line(number).found(hex(after)).expected(hex(record_end))
            });
        }
        let (row_text, row_ends) = (text.len(), ends.len());
        match columns.take(record, &mut text, &mut ends) {
            Ok(found) => special |= found,
            Err(fault) => {
                findings.push_with(fault.code, || {
                    Finding::new(fault.code)
                        .line(number)
                        .field(fault.column as u32 + 1, &layout.columns[fault.column].id)
                        .found(&fault.found)
                        .expected(charset.name())
                });
                // A row of blanks keeps the numbers of the others.
                text.truncate(row_text);
                ends.truncate(row_ends);
                for column in 0..layout.width() {
                    ends.push(text.len() as u32);
                    text.push(if column + 1 == layout.width() { b'\n' } else { b',' });
                }
            }
        }
    }
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        // Only whole characters were put in, so this cannot happen; a lossless answer all the same.
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    Records { table: Table::new(Arc::clone(layout), text, ends, special, Lines::From(1)), final_end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::write::write;
    use crate::file::{Declared, Reading, read};
    use crate::schema::Format;
    use crate::table::Master;

    /// Two comments, and what a host gets of them.
    fn records(schemas: &Schemas, format: &Format) -> (Master, Vec<u8>) {
        let mut text = String::new();
        for serial in ["1", "2"] {
            let mut fields = vec![""; 30];
            fields[..9].copy_from_slice(&["0", "C", "8", "10", serial, "", "摘要　", "", "ﾃｷﾖｳ 09"]);
            text.push_str(&format!("\"{}\"\n", fields.join("\",\"")));
        }
        let master = read(schemas, text.into_bytes(), &Declared::default()).master.unwrap();
        let bytes = write(&master, &format.rendering(false)).unwrap();
        (master, bytes)
    }

    fn again(schemas: &Schemas, format: &Format, bytes: Vec<u8>) -> Reading {
        read(schemas, bytes, &Declared { format: Some(format), role: None })
    }

    #[test]
    fn every_field_stands_in_its_place() {
        let schemas = Schemas::built_in().unwrap();
        let format = schemas.format("kokuho-ebcdic").unwrap();
        let (master, bytes) = records(&schemas, format);
        let shape = Shape::of(master.layout()).unwrap();
        assert_eq!((bytes.len(), shape.length()), (2 * shape.length(), 395));
        // The class, the kind, and after the name's 300 bytes (of which a full-width blank is text) nothing
        // but 40.
        assert_eq!(bytes[..2], *b"\xF0\xC3");
        let name = &bytes[shape.ends[5]..shape.ends[6]];
        assert_eq!((name[0], &name[5..9]), (0x0E, &b"\x40\x40\x0F\x40"[..]));
        assert!(name[9..].iter().all(|byte| *byte == 0x40));
        let reading = again(&schemas, format, bytes);
        assert!(crate::file::write::same_records(&master, &reading.master.unwrap()));
    }

    /// One thing broken gives one finding with its record.
    #[test]
    fn what_is_wrong_with_a_record_is_told() {
        let schemas = Schemas::built_in().unwrap();
        let format = schemas.format("kokuho-ebcdic").unwrap();
        let (master, bytes) = records(&schemas, format);
        let shape = Shape::of(master.layout()).unwrap();
        let second = shape.length();
        let name = second + shape.ends[5];
        let broken = |at: usize, with: &[u8]| {
            let mut bytes = bytes.clone();
            bytes[at..at + with.len()].copy_from_slice(with);
            bytes
        };
        let pad = vec![0; 3];
        let cases = [
            (bytes[..bytes.len() - 5].to_vec(), Code::FixedLength, "2"),
            (broken(name + 7, b"\x40"), Code::FixedShift, "2:7:name"),
            (broken(name + 1, b"\xFE\xFE"), Code::FileCharset, "2:7:name"),
            (broken(second + shape.ends[4] - 3, &pad), Code::FixedPadding, "2:5:serial"),
        ];
        for (bytes, code, place) in cases {
            let findings = again(&schemas, format, bytes).findings;
            let told: Vec<_> =
                findings.list().iter().map(|finding| (finding.code, finding.place())).collect();
            assert_eq!(told, [(code, place.to_owned())]);
        }
    }

    #[test]
    fn what_stands_after_each_record_is_asked_for() {
        let file = "name = \"x\"\ntitle_ja = \"\"\ntitle_en = \"\"\n\
                    charset = \"windows-31j\"\nframing = \"fixed\"\n\
                    record_end = \"0D0A\"\nextension = \"x\"\n";
        let schemas = Schemas::built_in().unwrap().with([("formats/x.toml", file)]).unwrap();
        let format = schemas.format("x").unwrap();
        let (master, bytes) = records(&schemas, format);
        let unit = bytes.len() / 2;
        let reading = again(&schemas, format, bytes.clone());
        assert!(crate::file::write::same_records(&master, &reading.master.unwrap()));
        // The last one may lack it.
        let unended = bytes[..bytes.len() - 2].to_vec();
        let reading = again(&schemas, format, unended.clone());
        assert_eq!(write(&reading.master.unwrap(), &reading.rendering.unwrap()).unwrap(), unended);
        let mut wrong = bytes;
        wrong[unit - 1] = b' ';
        let findings = again(&schemas, format, wrong).findings;
        assert_eq!((findings.list()[0].place(), findings.count(Code::FixedRecordEnd)), ("1".to_owned(), 1));
    }
}
