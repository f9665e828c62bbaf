//! The CSV parser: rows out of text that comes in pieces of whole lines.

use std::sync::Arc;

use crate::file::ROW_LIMIT_BYTES;
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Framing, Layout, Newline, Quoting};
use crate::table::{Lines, Table};

/// Rows that were parsed, and how they were written.
pub(crate) struct Parsed {
    pub(crate) table: Table,
    pub(crate) marks: Marks,
    pub(crate) header: bool,
}

/// Makes rows of text that comes in pieces of whole lines.
pub(crate) struct Parser {
    layout: Arc<Layout>,
    header: bool,
    text: Vec<u8>,
    ends: Vec<u32>,
    special: bool,
    lines: Lines,
    /// The line that comes next, from 1.
    line: u32,
    marks: Marks,
    findings: Findings,
}

/// Bytes that a field goes over without a thought. A comma inside quotation marks is allowed, but rare.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0;
    while byte < 0x20 {
        plain[byte] = false;
        byte += 1;
    }
    plain[b'"' as usize] = false;
    plain[b',' as usize] = false;
    plain
};

impl Parser {
    /// For a file of about `bytes` bytes.
    pub(crate) fn new(layout: Arc<Layout>, header: bool, bytes: usize) -> Self {
        // A field has six bytes on average, and the marks that are taken out make up for the kana that grow.
        let ends = Vec::with_capacity(bytes / 5);
        Parser {
            layout,
            header,
            text: Vec::with_capacity(bytes),
            ends,
            special: false,
            lines: Lines::From(if header { 2 } else { 1 }),
            line: 1,
            marks: Marks::default(),
            findings: Findings::new(),
        }
    }

    pub(crate) fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// Takes in the next piece, which is UTF-8.
    pub(crate) fn lines(&mut self, piece: &[u8]) {
        let mut rest = piece;
        while !rest.is_empty() {
            if rest == b"\x1A" {
                self.marks.end_mark = true;
                return;
            }
            if self.line == 1 && self.header {
                rest = &rest[memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)..];
                self.line = 2;
            } else {
                rest = &rest[self.regular_rows(rest)..];
                if !rest.is_empty() && rest != b"\x1A" {
                    rest = self.row(rest);
                }
            }
        }
    }

    /// Takes rows off the front of `rest` as long as they are written as nearly all are: every field in
    /// quotation marks and nothing in it that needs them, as many fields as the layout has. Returns how many
    /// bytes that was.
    ///
    /// Eight bytes at a time and without asking what kind of field it is: that cannot be guessed, and a wrong
    /// guess costs the processor more than the copy.
    fn regular_rows(&mut self, rest: &[u8]) -> usize {
        let width = self.layout.width();
        // Where a row has one field, a blank line looks like a row: the slow way knows the difference.
        if width == 1 {
            return 0;
        }
        let mut taken = 0;
        loop {
            let (row_text, row_ends) = (self.text.len(), self.ends.len());
            let Some(row) = regular_row(&rest[taken..], width, &mut self.text, &mut self.ends) else {
                self.text.truncate(row_text);
                self.ends.truncate(row_ends);
                return taken;
            };
            taken += row.bytes;
            self.marks.quoted += width;
            self.marks.needless += width;
            *if row.crlf { &mut self.marks.crlf } else { &mut self.marks.lf } += 1;
            self.marks.final_newline = true;
            if let Lines::Each(lines) = &mut self.lines {
                lines.push(self.line);
            }
            self.line += 1;
        }
    }

    /// Takes one line off the front of `rest`.
    fn row<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let width = self.layout.width();
        let (row_text, row_ends) = (self.text.len(), self.ends.len());
        let mut fault: Option<Finding> = None;
        let mut special = false;
        let mut at = 0;
        loop {
            // Most fields are blank or one character: told apart here, without a search or a copy of a slice.
            match rest[at..] {
                [b'"', b'"', b',', ..] => {
                    self.ends.push(self.text.len() as u32);
                    self.text.push(b',');
                    self.marks.quoted += 1;
                    self.marks.needless += 1;
                    at += 3;
                    continue;
                }
                [b'"', byte, b'"', b',', ..] if PLAIN[usize::from(byte)] => {
                    self.ends.push(self.text.len() as u32 + 1);
                    self.text.extend_from_slice(&[byte, b',']);
                    self.marks.quoted += 1;
                    self.marks.needless += 1;
                    at += 4;
                    continue;
                }
                _ => {}
            }
            if rest.get(at) == Some(&b'"') {
                at = self.quoted(rest, at + 1, &mut special, &mut fault);
            } else {
                at = self.unquoted(rest, at, &mut fault);
            }
            self.ends.push(self.text.len() as u32);
            match rest.get(at) {
                Some(b',') => {
                    self.text.push(b',');
                    at += 1;
                }
                None | Some(b'\n') => break,
                Some(b'\r') if rest.get(at + 1) == Some(&b'\n') => break,
                Some(_) => {
                    fault.get_or_insert_with(|| Finding::new(Code::RowQuote).found("text after it"));
                    at += memchr::memchr(b'\n', &rest[at..]).unwrap_or(rest.len() - at);
                    break;
                }
            }
        }
        let fields = self.ends.len() - row_ends;
        let blank = fields == 1 && self.text.len() == row_text;
        self.report(fault, fields, blank, at);
        if fields != width || blank {
            self.drop_row(row_text, row_ends);
        } else {
            if let Lines::Each(lines) = &mut self.lines {
                lines.push(self.line);
            }
            self.text.push(b'\n');
            self.special |= special;
        }
        self.line += 1;
        let newline = match rest[at..] {
            [b'\r', ..] => {
                self.marks.crlf += 1;
                2
            }
            [b'\n', ..] => {
                self.marks.lf += 1;
                1
            }
            _ => 0,
        };
        self.marks.final_newline = newline > 0;
        &rest[at + newline..]
    }

    /// Takes a field whose quotation mark stands before `at`; returns where it ends.
    #[inline]
    fn quoted(
        &mut self,
        rest: &[u8],
        mut at: usize,
        special: &mut bool,
        fault: &mut Option<Finding>,
    ) -> usize {
        self.marks.quoted += 1;
        let mut needed = false;
        loop {
            at += self.take_plain(&rest[at..]);
            match rest.get(at) {
                Some(b'"') if rest.get(at + 1) == Some(&b'"') => {
                    self.text.push(b'"');
                    needed = true;
                    at += 2;
                }
                Some(b'"') => {
                    at += 1;
                    break;
                }
                Some(b',') => {
                    self.text.push(b',');
                    needed = true;
                    at += 1;
                }
                None => {
                    *fault = Some(Finding::new(Code::RowQuote).found("never closed"));
                    break;
                }
                Some(b'\n' | b'\r') => {
                    *fault = Some(Finding::new(Code::RowNewline));
                    break;
                }
                Some(byte) => {
                    *fault = Some(Finding::new(Code::FieldControl).found(format!("{byte:02X}")));
                    self.text.push(*byte);
                    at += 1;
                }
            }
        }
        self.marks.needless += usize::from(!needed);
        *special |= needed;
        at
    }

    /// Takes what means nothing but itself at the beginning of `rest`; returns how much it is.
    #[inline]
    fn take_plain(&mut self, rest: &[u8]) -> usize {
        let plain = rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len());
        self.text.extend_from_slice(&rest[..plain]);
        plain
    }

    /// Takes a field without quotation marks; returns where it ends.
    #[inline]
    fn unquoted(&mut self, rest: &[u8], mut at: usize, fault: &mut Option<Finding>) -> usize {
        self.marks.unquoted += 1;
        loop {
            at += self.take_plain(&rest[at..]);
            match rest.get(at) {
                None | Some(b',' | b'\n') => return at,
                Some(b'\r') if rest.get(at + 1) == Some(&b'\n') => return at,
                Some(b'"') => *fault = Some(Finding::new(Code::RowQuote).found("inside an unquoted field")),
                Some(byte) => *fault = Some(Finding::new(Code::FieldControl).found(format!("{byte:02X}"))),
            }
            self.text.push(rest[at]);
            at += 1;
        }
    }

    fn report(&mut self, fault: Option<Finding>, fields: usize, blank: bool, length: usize) {
        let (line, width) = (self.line, self.layout.width());
        if let Some(finding) = fault {
            let column = fields.min(width);
            let id = &self.layout.columns[column - 1].id;
            self.findings.push(finding.line(line).field(column as u32, id));
        } else if length > ROW_LIMIT_BYTES {
            let finding = Finding::new(Code::RowTooLong).line(line).found(length).expected(ROW_LIMIT_BYTES);
            self.findings.push(finding);
        } else if blank {
            self.findings.push(Finding::new(Code::RowBlank).line(line));
        } else if fields != width {
            self.findings.push_with(Code::RowColumns, || {
                Finding::new(Code::RowColumns).line(line).found(fields).expected(width)
            });
        }
    }

    /// Leaves the row out; the lines of the rows after it no longer follow from their numbers.
    fn drop_row(&mut self, row_text: usize, row_ends: usize) {
        if let Lines::From(first) = self.lines {
            let rows = row_ends / self.layout.width();
            self.lines = Lines::Each((0..rows).map(|row| first + row as u32).collect());
        }
        self.marks.dropped = true;
        self.ends.truncate(row_ends);
        self.text.truncate(row_text);
    }

    /// The rows, once every piece came in.
    pub(crate) fn finish(self, findings: &mut Findings) -> Parsed {
        findings.extend(self.findings);
        let text = match String::from_utf8(self.text) {
            Ok(text) => text,
            // Only ASCII was taken out of valid UTF-8, so this cannot happen; a lossless answer all the same.
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        };
        let table = Table::new(self.layout, text, self.ends, self.special, self.lines);
        Parsed { table, marks: self.marks, header: self.header }
    }
}

/// A row that was taken as a regular one.
struct RegularRow {
    /// Its bytes, with the line end.
    bytes: usize,
    crlf: bool,
}

/// Takes one row that [`Parser::regular_rows`] may take off the front of `rest`; `None` when it is any other,
/// with part of it in `text` and `ends`.
#[inline]
fn regular_row(rest: &[u8], width: usize, text: &mut Vec<u8>, ends: &mut Vec<u32>) -> Option<RegularRow> {
    let mut fields = 0;
    let mut at = usize::from(rest.first() == Some(&b'"'));
    if at == 0 {
        return None;
    }
    loop {
        let length = loop {
            let word = u64::from_le_bytes(*rest.get(at..)?.first_chunk::<8>()?);
            let quotes = first_that_is(word, b'"');
            // All bits below the first quotation mark, or all there are.
            let before = quotes.wrapping_sub(1) & !quotes;
            if (first_that_is(word, b',') | below_blank(word)) & before != 0 {
                return None;
            }
            if quotes != 0 {
                let length = quotes.trailing_zeros() / 8;
                // The comma that follows, in the place of the quotation mark.
                let comma = u64::from(b'"' ^ b',') << (8 * length);
                text.extend_from_slice(&(word ^ comma).to_le_bytes());
                break length as usize;
            }
            text.extend_from_slice(&word.to_le_bytes());
            at += 8;
        };
        text.truncate(text.len() - 8 + length + 1);
        ends.push(text.len() as u32 - 1);
        fields += 1;
        at += length + 1;
        match rest[at..] {
            [b',', b'"', ..] if fields < width => at += 2,
            [b'\r', b'\n', ..] | [b'\n', ..] if fields == width && at <= ROW_LIMIT_BYTES => break,
            _ => return None,
        }
    }
    let crlf = rest[at] == b'\r';
    *text.last_mut()? = b'\n';
    Some(RegularRow { bytes: at + 1 + usize::from(crlf), crlf })
}

/// The ends of the fields of canonical rows in which no field needs quotation marks: their text is the
/// table's as it stands. `None` when it is anything else; the parser then says what.
///
/// Eight bytes at a time: a field has four on average, so a search for the next comma costs more than looking
/// at every byte.
pub(crate) fn plain_ends(rows: &[u8], width: usize) -> Option<Vec<u32>> {
    if rows.last() != Some(&b'\n') || memchr::memchr(b'"', rows).is_some() {
        return None;
    }
    let mut ends = Vec::with_capacity(rows.len() / 5);
    let (words, rest) = rows.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let newlines = bytes_that_are(word, b'\n');
        // A control character other than the line end; bit 6 lifts the line ends above them.
        if below_blank(word | newlines >> 1) != 0 {
            return None;
        }
        let mut found = bytes_that_are(word, b',') | newlines;
        while found != 0 {
            ends.push((at * 8) as u32 + found.trailing_zeros() / 8);
            found &= found - 1;
        }
    }
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b',' | b'\n' => ends.push((words.len() * 8 + at) as u32),
            0..0x20 => return None,
            _ => {}
        }
    }
    if !ends.len().is_multiple_of(width) {
        return None;
    }
    // Where every row ends in a line end and there are no more line ends than rows, all the others are
    // commas.
    let mut from = 0;
    for row in ends.chunks_exact(width) {
        let end = row[width - 1] as usize;
        if rows[end] != b'\n' || end - from > ROW_LIMIT_BYTES {
            return None;
        }
        from = end + 1;
    }
    (memchr::memchr_iter(b'\n', rows).count() == ends.len() / width).then_some(ends)
}

const EACH: u64 = 0x0101_0101_0101_0101;

/// The highest bit of every byte of `word` that is `byte`.
#[inline]
fn bytes_that_are(word: u64, byte: u8) -> u64 {
    const LOW: u64 = EACH * 0x7F;
    let other = word ^ (EACH * u64::from(byte));
    !(((other & LOW) + LOW) | other | LOW)
}

/// The highest bit of the first byte of `word` that is `byte`, and perhaps of some after it; 0 when there is
/// none.
#[inline]
fn first_that_is(word: u64, byte: u8) -> u64 {
    let other = word ^ (EACH * u64::from(byte));
    other.wrapping_sub(EACH) & !other & (EACH * 0x80)
}

/// The highest bit of the first byte of `word` that is below 0x20, and perhaps of some after it; 0 when there
/// is none.
#[inline]
fn below_blank(word: u64) -> u64 {
    word.wrapping_sub(EACH * 0x20) & !word & (EACH * 0x80)
}

/// What the parser saw of the way the file is written.
#[derive(Default, Debug, PartialEq)]
pub(crate) struct Marks {
    quoted: usize,
    /// Quoted though RFC 4180 does not need it.
    needless: usize,
    unquoted: usize,
    crlf: usize,
    lf: usize,
    pub(crate) final_newline: bool,
    end_mark: bool,
    dropped: bool,
}

impl Marks {
    pub(crate) fn newline(&self) -> Newline {
        if self.crlf > 0 { Newline::Crlf } else { Newline::Lf }
    }

    pub(crate) fn quoting(&self) -> Option<Quoting> {
        match (self.unquoted, self.needless) {
            (0, _) => Some(Quoting::All),
            (_, 0) => Some(Quoting::Minimal),
            _ => None,
        }
    }

    pub(crate) fn irregularity(&self) -> &'static str {
        if self.end_mark {
            "end-of-file mark 1A"
        } else if self.crlf > 0 && self.lf > 0 {
            "CRLF and LF mixed"
        } else {
            "only some fields quoted"
        }
    }

    /// How the file is framed; `None` when that follows no rule.
    pub(crate) fn framing(&self) -> Option<Framing> {
        let regular = !self.end_mark && !self.dropped && (self.crlf == 0 || self.lf == 0);
        let quoting = self.quoting()?;
        regular.then_some(Framing::Csv { newline: self.newline(), quoting })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schema::Schemas;

    /// A field as it may stand in a file, most as they should.
    fn field() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            "\"a,b\"",
            "\"a\"\"b\"",
            "\"\u{1}\"",
            "\"a",
            "a",
            "",
            "\"a\nb\"",
            "\"a\"b",
        ]);
        prop_oneof![
            60 => "[0-9]{0,3}".prop_map(|text| format!("\"{text}\"")),
            40 => "[ -!#-+\\--~ｱ初診料\u{7f}\u{80}]{0,30}".prop_map(|text| format!("\"{text}\"")),
            1 => odd.prop_map(str::to_owned),
        ]
    }

    fn line() -> impl Strategy<Value = String> {
        let end = prop_oneof![20 => Just("\r\n"), 4 => Just("\n"), 1 => Just("\r"), 1 => Just("")];
        let width = prop_oneof![20 => Just(18usize), 1 => 0usize..20];
        let fields = width.prop_flat_map(|width| prop::collection::vec(field(), width));
        (fields, end).prop_map(|(fields, end)| fields.join(",") + end)
    }

    proptest! {
        /// Rows that are taken eight bytes at a time are those that are taken byte by byte.
        #[test]
        fn regular_rows_are_what_the_slow_way_makes_of_them(
            lines in prop::collection::vec(line(), 0..8),
            mark in prop::sample::select(vec!["", "", "\u{1a}"]),
            header in any::<bool>(),
        ) {
            let text = lines.concat() + mark;
            let schemas = Schemas::built_in().unwrap();
            let layout = schemas.layout("comment-relation-18").unwrap();
            let mut fast = Parser::new(Arc::clone(layout), header, 0);
            fast.lines(text.as_bytes());
            let mut slow = Parser::new(Arc::clone(layout), header, 0);
            let mut rest = text.as_bytes();
            while !rest.is_empty() {
                if rest == b"\x1A" {
                    slow.marks.end_mark = true;
                    break;
                }
                if slow.line == 1 && header {
                    rest = &rest[memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)..];
                    slow.line = 2;
                } else {
                    rest = slow.row(rest);
                }
            }
            prop_assert_eq!(String::from_utf8_lossy(&fast.text), String::from_utf8_lossy(&slow.text));
            prop_assert_eq!(fast.ends, slow.ends);
            prop_assert_eq!((fast.marks, fast.line, fast.special), (slow.marks, slow.line, slow.special));
            prop_assert_eq!(format!("{:?}", fast.lines), format!("{:?}", slow.lines));
            prop_assert_eq!(fast.findings.list(), slow.findings.list());
        }
    }

    #[test]
    fn plain_rows_are_told_from_others() {
        let ends = |text: &str, width| plain_ends(text.as_bytes(), width);
        assert_eq!(ends("1,初診料,288.00\n2,,\n", 3), Some(vec![1, 11, 18, 20, 21, 22]));
        assert_eq!(ends("a\nb\n", 1), Some(vec![1, 3]));
        for (text, width) in [
            ("", 1),
            ("a,b", 2),
            ("a,b\nc\nd,e\nf,\n", 2),
            ("a\nb,c\nd\n", 2),
            ("a,\"b\"\n", 2),
            ("a,b\r\n", 2),
            ("a,\u{1}bcdefgh\n", 2),
            ("abcdefgh,\u{1f}\n", 2),
        ] {
            assert_eq!(ends(text, width), None, "{text:?}");
        }
    }
}
