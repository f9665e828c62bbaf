//! Reading: the bytes of a file become records, and what was remarkable about the bytes becomes findings.
//!
//! A file is recognised by its content alone: the charset by its bytes, the master and its edition by the
//! number of columns and the values in the first rows, full or differential by the change classes. Its name
//! is never asked.

use std::sync::Arc;

use crate::charset::{BadBytes, Charset};
use crate::finding::{Code, Finding, Findings};
use crate::format::{Format, Newline, Quoting, Rendering, RowOrder};
use crate::parse::{Marks, Parsed, Parser, plain_ends};
use crate::recognise::{Guess, guess_charset, recognise_layout};
use crate::schema::{CHANGE_CLASS, Layout, Schemas};
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
    let Some((charset, bytes)) = recognise_charset(schemas, &bytes, declared, &mut reading) else {
        return reading;
    };
    let Some(parsed) = decode_and_parse(schemas, charset, bytes, &mut reading) else {
        return reading;
    };
    let (header, newline) = (parsed.header, parsed.marks.newline());
    reading.rows = parsed.table.rows();
    if reading.rows == 0 {
        if !reading.findings.denies() {
            reading.findings.push(Finding::new(Code::FileEmpty));
        }
        return reading;
    }
    reading.role = declared.role.or_else(|| role_of(&parsed.table, &mut reading.findings));
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
    let layout = Arc::clone(layout);
    let body = (header.len() + 1).min(text.len());
    let table = match plain_ends(&text.as_bytes()[body..], layout.width()) {
        Some(ends) => {
            let mut text = text;
            text.drain(..body);
            Table::new(layout, text, ends, false, Lines::From(2))
        }
        None => {
            let mut parser = Parser::new(layout, true, text.len());
            parser.lines(&text);
            parser.finish(&mut findings).table
        }
    };
    if findings.denies() {
        return Err(findings);
    }
    match Master::new(table) {
        Ok((master, RowOrder::Key)) => Ok(master),
        _ => {
            findings.push(Finding::new(Code::FileUnknown).found(format!("{kind}: not in key order")));
            Err(findings)
        }
    }
}

/// Reads the record with `key` from a canonical CSV and passes over the others: what they hold is not looked at.
///
/// # Errors
/// As [`read_canonical`], as far as the header and that record go.
pub fn read_canonical_record(
    schemas: &Schemas,
    kind: &str,
    mut bytes: Vec<u8>,
    key: &str,
) -> Result<Option<Master>, Findings> {
    let header = memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
    let known =
        |layout: &&Arc<Layout>| bytes[..header].trim_ascii_end() == layout.canonical_header().as_bytes();
    // Where nothing is in quotation marks, lines are rows and commas end fields.
    let plain = memchr::memchr(b'"', &bytes).is_none();
    if let Some(layout) = schemas.editions(kind).into_iter().find(known).filter(|_| plain) {
        let Some(row) = row_with_key(layout, &bytes[header..], key) else { return Ok(None) };
        bytes.truncate(header + row.end);
        bytes.drain(header..header + row.start);
    }
    let master = read_canonical(schemas, kind, bytes)?;
    Ok(master.find(key).map(|row| master.alone(row)))
}

/// Where in `rows`, which hold no quotation mark, the row with `key` stands, with its line end.
fn row_with_key(layout: &Layout, rows: &[u8], key: &str) -> Option<std::ops::Range<usize>> {
    let (mut at, mut built) = (0, Vec::with_capacity(key.len()));
    while at < rows.len() {
        let end = memchr::memchr(b'\n', &rows[at..]).map_or(rows.len(), |end| at + end + 1);
        built.clear();
        for (number, (column, fill)) in layout.key.iter().enumerate() {
            if number > 0 {
                built.extend_from_slice(layout.key_separator.as_bytes());
            }
            let part = rows[at..end].split(|byte| *byte == b',').nth(*column).unwrap_or_default();
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            built.extend(std::iter::repeat_n(b'0', fill.saturating_sub(part.len())));
            built.extend_from_slice(part);
        }
        if built == key.as_bytes() {
            return Some(at..end);
        }
        at = end;
    }
    None
}

/// The charset to decode by, and the bytes without a byte order mark.
fn recognise_charset<'a>(
    schemas: &Schemas,
    bytes: &'a [u8],
    declared: &Declared<'_>,
    reading: &mut Reading,
) -> Option<(Charset, &'a [u8])> {
    let bytes_after_mark = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            reading.findings.push(Finding::new(Code::FileBom).line(1));
            rest
        }
        None => bytes,
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
    Some((charset, bytes_after_mark))
}

/// Decodes piece by piece and parses each while it is still in cache.
fn decode_and_parse(
    schemas: &Schemas,
    charset: Charset,
    bytes: &[u8],
    reading: &mut Reading,
) -> Option<Parsed> {
    let mut parser: Option<Parser> = None;
    let mut unknown = false;
    let findings = &mut reading.findings;
    let decoded = charset.decode_lines(bytes, |piece| {
        if parser.is_none() && !unknown {
            match recognise_layout(schemas, piece, findings) {
                Some((layout, header)) => parser = Some(Parser::new(layout, header, bytes.len())),
                None => unknown = true,
            }
        }
        if let Some(parser) = &mut parser {
            parser.lines(piece);
        }
    });
    if let Err(BadBytes { at, bytes: hex, character }) = decoded {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u32;
        let finding = match character {
            Some(character) => Finding::new(Code::FileNotReversible).found(format!("{hex} ({character})")),
            None => Finding::new(Code::FileCharset).found(hex),
        };
        findings.push(finding.line(line).expected(charset.name()));
        reading.layout = parser.map(|parser| Arc::clone(parser.layout()));
        return None;
    }
    let parsed = parser?.finish(findings);
    reading.layout = Some(Arc::clone(parsed.table.layout()));
    Some(parsed)
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
    if newline != format.newline && marks.has_newline() {
        let finding = Finding::new(Code::FileNewlines).found(newline.name()).expected(format.newline.name());
        reading.findings.push(finding);
    }
}
