//! Reading: the bytes of a file become records, and what was remarkable about the bytes becomes findings.
//!
//! A file is recognised by its content alone: the charset by its bytes, the master and its edition by the
//! number of columns and the values in the first rows, full or differential by the change classes. Its name
//! is never asked.

use std::sync::Arc;

use crate::charset::{BadBytes, Charset};
use crate::finding::{Code, Finding, Findings};
use crate::format::{Format, Newline, Quoting, Rendering, RowOrder};
use crate::schema::{CHANGE_CLASS, ColumnType, Layout, Schemas};
use crate::table::{Lines, Master, Table};

/// The longest row in bytes. The widest layout needs about 2,000; a file with longer ones is no master, and
/// reading on would only cost memory.
pub const ROW_LIMIT_BYTES: usize = 64 * 1024;

/// The largest file in bytes: thirty times the largest master there is. Field offsets are 32 bits wide.
pub const FILE_LIMIT_BYTES: u64 = 512 * 1024 * 1024;

/// Whether a file holds every record, or only what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 全件.
    Full,
    /// 変更分.
    Differential,
}

/// What is known before reading; everything else is recognised.
#[derive(Debug, Clone, Default)]
pub struct Declared<'a> {
    /// The format; a file that is not in it is a finding.
    pub format: Option<&'a Format>,
    /// Full or differential.
    pub role: Option<Role>,
}

/// A file as it was read.
#[derive(Debug)]
pub struct Reading {
    /// The charset it is in, as far as its bytes tell.
    pub charset: Option<Charset>,
    /// Whether the bytes leave no doubt about the charset (`false`: ASCII only, so that several would fit).
    pub charset_certain: bool,
    /// The format that fits charset and quoting.
    pub format: Option<Arc<Format>>,
    /// The layout.
    pub layout: Option<Arc<Layout>>,
    /// Full or differential.
    pub role: Option<Role>,
    /// How its bytes differ from its records; `None` when that follows no rule.
    pub rendering: Option<Rendering>,
    /// The records in key order, when there are any and no key occurs twice.
    pub master: Option<Master>,
    /// How many rows were taken in.
    pub rows: usize,
    /// What was remarkable.
    pub findings: Findings,
}

/// Reads `bytes`.
pub fn read(schemas: &Schemas, bytes: Vec<u8>, declared: &Declared<'_>) -> Reading {
    let mut reading = Reading {
        charset: None,
        charset_certain: false,
        format: None,
        layout: None,
        role: None,
        rendering: None,
        master: None,
        rows: 0,
        findings: Findings::new(),
    };
    if bytes.is_empty() {
        reading.findings.push(Finding::new(Code::FileEmpty));
        return reading;
    }
    let (text, newline_is_crlf) = match decode(schemas, bytes, declared, &mut reading) {
        Some(text) => {
            let crlf = memchr::memchr(b'\n', text.as_bytes())
                .is_some_and(|at| at > 0 && text.as_bytes()[at - 1] == b'\r');
            (text, crlf)
        }
        None => return reading,
    };
    let Some((layout, header)) = recognise_layout(schemas, &text, &mut reading.findings) else {
        return reading;
    };
    reading.layout = Some(Arc::clone(&layout));
    let parsed = parse(text, &layout, header, &mut reading.findings);
    reading.rows = parsed.table.rows();
    if reading.rows == 0 {
        if !reading.findings.denies() {
            reading.findings.push(Finding::new(Code::FileEmpty));
        }
        return reading;
    }
    reading.role = declared.role.or_else(|| role_of(&parsed.table, &mut reading.findings));
    let newline = if newline_is_crlf { Newline::Crlf } else { Newline::Lf };
    reading.format = format_like(schemas, reading.charset, parsed.marks.quoting(), newline);
    if let Some(format) = declared.format {
        check_format(format, &parsed.marks, newline, &mut reading);
    }
    let table = parsed.table;
    match Master::new(table) {
        Ok((master, order)) => {
            reading.rendering = parsed.marks.rendering(reading.charset, newline, header, order);
            if reading.rendering.is_none() {
                let found = parsed.marks.irregularity();
                reading.findings.push(Finding::new(Code::FileRendering).found(found));
            }
            if !parsed.marks.final_newline {
                reading.findings.push(Finding::new(Code::FileNoFinalNewline));
            }
            reading.master = Some(master);
        }
        Err((duplicates, table)) => {
            for (first, again) in duplicates.rows {
                reading.findings.push_with(Code::KeyDuplicate, || {
                    let key = table.key(again).into_owned();
                    Finding::new(Code::KeyDuplicate)
                        .line(table.line(again))
                        .found(&key)
                        .expected(table.line(first))
                        .key(key)
                });
            }
        }
    }
    reading
}

/// Reads a canonical CSV, as the repository and releases hold it.
///
/// # Errors
/// The findings, when it is not one: its header belongs to no layout of `kind`, or it does not parse.
pub fn read_canonical(schemas: &Schemas, kind: &str, bytes: Vec<u8>) -> Result<Master, Findings> {
    let mut findings = Findings::new();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let found = format!("{:02X}", error.as_bytes()[at]);
            findings.push(Finding::new(Code::FileCharset).found(found).expected("UTF-8"));
            return Err(findings);
        }
    };
    let header = text.split('\n').next().unwrap_or_default();
    let editions = schemas.editions(kind);
    let Some(layout) = editions.into_iter().find(|layout| layout.canonical_header() == header) else {
        findings.push(Finding::new(Code::FileUnknown).line(1).found(format!("{kind}: {header}")));
        return Err(findings);
    };
    let parsed = parse(text, &Arc::clone(layout), true, &mut findings);
    if findings.denies() {
        return Err(findings);
    }
    match Master::new(parsed.table) {
        Ok((master, RowOrder::Key)) => Ok(master),
        _ => {
            findings.push(Finding::new(Code::FileUnknown).found(format!("{kind}: not in key order")));
            Err(findings)
        }
    }
}

fn decode(
    schemas: &Schemas,
    bytes: Vec<u8>,
    declared: &Declared<'_>,
    reading: &mut Reading,
) -> Option<String> {
    let bytes_after_mark = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            reading.findings.push(Finding::new(Code::FileBom).line(1));
            rest
        }
        None => &bytes,
    };
    let guess = guess_charset(bytes_after_mark);
    reading.charset_certain = matches!(guess, Guess::Certain(_));
    let (looks_like, charset) = match guess {
        Guess::Certain(charset) => (charset.name().to_owned(), Some(charset)),
        Guess::Ascii => ("ASCII".to_owned(), Some(Charset::Windows31J)),
        Guess::Ebcdic => ("EBCDIC".to_owned(), None),
        Guess::Binary => ("binary".to_owned(), None),
    };
    let charset = match (declared.format, charset) {
        (Some(format), Some(charset)) if reading.charset_certain && charset != format.charset => {
            let looks_like = schemas
                .formats()
                .find(|format| format.charset == charset)
                .map_or(looks_like.clone(), |format| format!("{} ({looks_like})", format.name));
            let expected = format!("{} ({})", format.name, format.charset.name());
            reading.findings.push(Finding::new(Code::FileFormat).found(looks_like).expected(expected));
            charset
        }
        (Some(format), Some(_)) => format.charset,
        (None, Some(charset)) => charset,
        (_, None) => {
            reading.findings.push(Finding::new(Code::FileUnknown).found(looks_like));
            return None;
        }
    };
    reading.charset = Some(charset);
    match charset.decode(bytes_after_mark) {
        Ok(text) => Some(text),
        Err(BadBytes { at, bytes: hex, character }) => {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes_after_mark[..at]).count() as u32;
            let finding = match character {
                Some(character) => {
                    Finding::new(Code::FileNotReversible).found(format!("{hex} ({character})"))
                }
                None => Finding::new(Code::FileCharset).found(hex),
            };
            reading.findings.push(finding.line(line).expected(charset.name()));
            None
        }
    }
}

enum Guess {
    Certain(Charset),
    Ascii,
    Ebcdic,
    Binary,
}

/// How much of a file is looked at to tell its charset.
const SAMPLE_BYTES: usize = 256 * 1024;

fn guess_charset(bytes: &[u8]) -> Guess {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let count = |test: fn(u8) -> bool| sample.iter().filter(|byte| test(**byte)).count();
    let high = count(|byte| byte >= 0x80);
    if memchr::memchr(0, sample).is_some() {
        return Guess::Binary;
    }
    if high == 0 {
        // Masters have kanji somewhere; look at the rest before saying that a charset cannot be told.
        return match bytes.iter().position(|byte| *byte >= 0x80) {
            Some(at) => guess_charset(&bytes[at.saturating_sub(SAMPLE_BYTES / 2)..]),
            None => Guess::Ascii,
        };
    }
    // EBCDIC digits are F0 to F9, its comma 6B, its quotation mark 7F; ASCII ones hardly occur in it.
    let ebcdic = count(|byte| matches!(byte, 0xF0..=0xF9 | 0x6B | 0x7F | 0x40));
    if ebcdic * 10 > sample.len() * 6
        && count(|byte| matches!(byte, b'0'..=b'9' | b'"' | b',')) * 10 < sample.len()
    {
        return Guess::Ebcdic;
    }
    let valid = match std::str::from_utf8(sample) {
        Ok(_) => true,
        // The sample may cut a character.
        Err(error) => error.error_len().is_none() && sample.len() < bytes.len(),
    };
    if valid {
        return Guess::Certain(Charset::Utf8);
    }
    // In EUC-JP, 80 to 9F hold only the two shifts; in Shift JIS they lead most characters.
    if count(|byte| matches!(byte, 0x80..=0x8D | 0x90..=0x9F)) > 0 {
        Guess::Certain(Charset::Windows31J)
    } else if Charset::EucJpMs.decode(bytes).is_ok() {
        Guess::Certain(Charset::EucJpMs)
    } else {
        Guess::Certain(Charset::Windows31J)
    }
}

/// The first rows as far as they tell the layout: plain splitting is enough for that.
fn recognise_layout(schemas: &Schemas, text: &str, findings: &mut Findings) -> Option<(Arc<Layout>, bool)> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let with_header = schemas
        .layouts()
        .find(|layout| layout.header.as_deref() == Some(first) || layout.canonical_header() == first);
    if let Some(layout) = with_header {
        return Some((Arc::clone(layout), true));
    }
    if first.len() > ROW_LIMIT_BYTES {
        let finding = Finding::new(Code::RowTooLong).line(1).found(first.len()).expected(ROW_LIMIT_BYTES);
        findings.push(finding);
        return None;
    }
    let rows: Vec<Vec<String>> = std::iter::once(first)
        .chain(lines)
        .filter(|line| !line.is_empty() && line.len() <= ROW_LIMIT_BYTES)
        .take(20)
        .map(split)
        .collect();
    // The edition: the layout whose width and content fit most of the first rows.
    let fit = |layout: &Layout| rows.iter().filter(|row| fits(layout, row)).count();
    let best = schemas.layouts().map(|layout| (fit(layout), layout)).max_by_key(|(fit, _)| *fit);
    if let Some((count, layout)) = best
        && count * 2 > rows.len().max(1)
    {
        return Some((Arc::clone(layout), false));
    }
    // None fits. If the rows say which master they are, the width is what is wrong.
    let said = rows.first().and_then(|row| row.get(1)).cloned().unwrap_or_default();
    let named: Vec<_> =
        schemas.layouts().filter(|layout| layout.master_type.as_deref() == Some(said.as_str())).collect();
    let nearest = |width: usize| named.iter().min_by_key(|layout| layout.width().abs_diff(width));
    match rows.first().and_then(|row| nearest(row.len()).map(|layout| (row.len(), layout))) {
        Some((_, layout)) => Some((Arc::clone(layout), false)),
        None => {
            let columns = rows.first().map_or(0, Vec::len);
            let found = format!("{columns} columns, column 2 {said:?}");
            findings.push(Finding::new(Code::FileUnknown).line(1).found(found));
            None
        }
    }
}

fn split(line: &str) -> Vec<String> {
    line.split(',').map(|field| field.trim_matches('"').to_owned()).collect()
}

fn fits(layout: &Layout, row: &[String]) -> bool {
    if row.len() != layout.width() {
        return false;
    }
    if let Some(master_type) = &layout.master_type {
        return row[1] == *master_type;
    }
    let ascii = |field: &str, test: fn(u8) -> bool| field.bytes().all(test);
    let fitting = layout.columns.iter().zip(row).filter(|(column, field)| match column.column_type {
        ColumnType::Digits => ascii(field, |byte| byte.is_ascii_digit()),
        ColumnType::Decimal => ascii(field, |byte| byte.is_ascii_digit() || byte == b'.'),
        ColumnType::Date => {
            field.is_empty() || field.len() == 8 && ascii(field, |byte| byte.is_ascii_digit())
        }
        _ => true,
    });
    fitting.count() * 10 >= layout.width() * 9
}

struct Parsed {
    table: Table,
    marks: Marks,
}

/// What the parser saw of the way the file is written.
#[derive(Default)]
struct Marks {
    quoted: usize,
    /// Quoted though RFC 4180 does not need it.
    needless: usize,
    unquoted: usize,
    crlf: usize,
    lf: usize,
    final_newline: bool,
    end_mark: bool,
    dropped: bool,
}

impl Marks {
    fn quoting(&self) -> Option<Quoting> {
        match (self.unquoted, self.needless) {
            (0, _) => Some(Quoting::All),
            (_, 0) => Some(Quoting::Minimal),
            _ => None,
        }
    }

    fn irregularity(&self) -> &'static str {
        if self.end_mark {
            "end-of-file mark 1A"
        } else if self.crlf > 0 && self.lf > 0 {
            "CRLF and LF mixed"
        } else {
            "only some fields quoted"
        }
    }

    fn rendering(
        &self,
        charset: Option<Charset>,
        newline: Newline,
        header: bool,
        order: RowOrder,
    ) -> Option<Rendering> {
        let regular = !self.end_mark && !self.dropped && (self.crlf == 0 || self.lf == 0);
        let (charset, quoting) = (charset?, self.quoting()?);
        regular.then_some(Rendering {
            charset,
            newline,
            quoting,
            final_newline: self.final_newline,
            header,
            order,
        })
    }
}

/// Takes the quotation marks out in place: the buffer never grows, so no field is copied twice.
fn parse(text: String, layout: &Arc<Layout>, header: bool, findings: &mut Findings) -> Parsed {
    let width = layout.width();
    let mut buf = text.into_bytes();
    let mut end = buf.len();
    let mut marks = Marks::default();
    if end > 0 && buf[end - 1] == 0x1A {
        end -= 1;
        marks.end_mark = true;
    }
    marks.final_newline = end > 0 && buf[end - 1] == b'\n';
    // Room for the line end that the last row may lack.
    buf.truncate(end);
    buf.push(b'\n');
    let estimated_rows = memchr::memchr_iter(b'\n', &buf[..end]).count() + 1;
    let mut ends: Vec<u32> = Vec::with_capacity(estimated_rows * width);
    let mut lines = Lines::From(if header { 2 } else { 1 });
    let (mut read, mut write, mut line) = (0, 0, 1u32);
    let mut special = false;
    if header {
        read = memchr::memchr(b'\n', &buf[..end]).map_or(end, |at| at + 1);
        line = 2;
    }
    while read < end {
        let (row_write, row_read, row_ends) = (write, read, ends.len());
        let mut fault: Option<Finding> = None;
        let mut crlf = false;
        let mut row_special = false;
        loop {
            if buf[read] == b'"' && read < end {
                read += 1;
                let mut needed = false;
                loop {
                    let byte = buf[read];
                    if byte == b'"' {
                        if buf[read + 1] != b'"' || read + 1 >= end {
                            read += 1;
                            break;
                        }
                        read += 1;
                        needed = true;
                    } else if byte < 0x20 {
                        if byte == b'\n' || byte == b'\r' {
                            fault = Some(match read + 1 >= end {
                                true => Finding::new(Code::RowQuote).found("never closed"),
                                false => Finding::new(Code::RowNewline),
                            });
                            break;
                        }
                        fault = Some(Finding::new(Code::FieldControl).found(format!("{byte:02X}")));
                    } else if byte == b',' {
                        needed = true;
                    }
                    buf[write] = byte;
                    write += 1;
                    read += 1;
                }
                marks.quoted += 1;
                marks.needless += usize::from(!needed);
                row_special |= needed;
            } else {
                loop {
                    let byte = buf[read];
                    if byte == b',' || byte == b'\n' || (byte == b'\r' && buf[read + 1] == b'\n') {
                        break;
                    }
                    if byte == b'"' {
                        fault = Some(Finding::new(Code::RowQuote).found("inside an unquoted field"));
                    } else if byte < 0x20 {
                        fault = Some(Finding::new(Code::FieldControl).found(format!("{byte:02X}")));
                    }
                    buf[write] = byte;
                    write += 1;
                    read += 1;
                }
                marks.unquoted += 1;
            }
            ends.push(write as u32);
            match buf[read] {
                b',' => {
                    buf[write] = b',';
                    write += 1;
                    read += 1;
                }
                b'\n' => break,
                b'\r' if buf[read + 1] == b'\n' => {
                    crlf = true;
                    break;
                }
                _ => {
                    fault.get_or_insert_with(|| Finding::new(Code::RowQuote).found("text after it"));
                    read += memchr::memchr(b'\n', &buf[read..]).unwrap_or(0);
                    break;
                }
            }
        }
        let fields = ends.len() - row_ends;
        let blank = fields == 1 && write == row_write;
        let length = read - row_read;
        if let Some(finding) = fault {
            let (column, id) = (fields.min(width), layout.columns[fields.min(width) - 1].id.as_str());
            findings.push(finding.line(line).field(column as u32, id));
        } else if length > ROW_LIMIT_BYTES {
            findings.push(Finding::new(Code::RowTooLong).line(line).found(length).expected(ROW_LIMIT_BYTES));
        } else if blank {
            findings.push(Finding::new(Code::RowBlank).line(line));
        } else if fields != width {
            findings.push_with(Code::RowColumns, || {
                Finding::new(Code::RowColumns).line(line).found(fields).expected(width)
            });
        }
        read += if crlf { 2 } else { 1 };
        if read <= end {
            *if crlf { &mut marks.crlf } else { &mut marks.lf } += 1;
        }
        if fields != width || blank {
            // The row is left out; the lines of the rows after it no longer follow from their numbers.
            if let Lines::From(first) = lines {
                lines = Lines::Each((0..row_ends / width).map(|row| first + row as u32).collect());
            }
            marks.dropped = true;
            ends.truncate(row_ends);
            write = row_write;
        } else {
            if let Lines::Each(lines) = &mut lines {
                lines.push(line);
            }
            buf[write] = b'\n';
            write += 1;
            special |= row_special;
        }
        line += 1;
    }
    buf.truncate(write);
    let text = match String::from_utf8(buf) {
        Ok(text) => text,
        // Only ASCII was taken out of valid UTF-8, so this cannot happen; a lossless answer all the same.
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    Parsed { table: Table::new(Arc::clone(layout), text, ends, special, lines), marks }
}

fn role_of(table: &Table, findings: &mut Findings) -> Option<Role> {
    let Some(class) = table.layout().position(CHANGE_CLASS) else {
        return Some(Role::Full);
    };
    let zeros = (0..table.rows()).filter(|row| table.bytes(*row, class) == b"0").count();
    // A full file carries the classes of the latest differential: most rows, not all, have 0. A differential
    // has none; so a few zeros among other classes are neither.
    if zeros == 0 {
        Some(Role::Differential)
    } else if zeros * 2 >= table.rows() {
        Some(Role::Full)
    } else {
        let found = format!("change class 0 in {zeros} of {} rows", table.rows());
        findings.push(Finding::new(Code::FileMixedRoles).found(found));
        None
    }
}

fn format_like(
    schemas: &Schemas,
    charset: Option<Charset>,
    quoting: Option<Quoting>,
    newline: Newline,
) -> Option<Arc<Format>> {
    let points =
        |format: &Format| u8::from(Some(format.quoting) == quoting) * 2 + u8::from(format.newline == newline);
    let same = schemas.formats().filter(|format| Some(format.charset) == charset);
    same.max_by_key(|format| points(format)).cloned()
}

fn check_format(format: &Format, marks: &Marks, newline: Newline, reading: &mut Reading) {
    if newline != format.newline && marks.crlf + marks.lf > 0 {
        let finding = Finding::new(Code::FileNewlines).found(newline.name()).expected(format.newline.name());
        reading.findings.push(finding);
    }
}
