//! Reading: the bytes of a file become records, and what was remarkable about the bytes becomes findings.
//!
//! A file is recognised by its content alone: the charset by its bytes, the master and its edition by the
//! number of columns (in fixed-length records their length) and the values in the first rows, full or
//! differential by the change classes. Its name is never asked.

use std::sync::Arc;

use crate::charset::{BadBytes, Charset};
use crate::finding::{Code, Finding, Findings};
use crate::fixed;
use crate::format::{Format, Framing, Quoting, RecordEnd, Rendering, RowOrder};
use crate::host;
use crate::parse::{Parsed, Parser, plain_ends};
pub use crate::recognise::{Candidate, Confidence, Why};
use crate::recognise::{Guess, guess_charset, recognise_layout};
use crate::schema::{CHANGE_CLASS, Layout, Schemas};
use crate::table::{Lines, Master, Table};
use crate::validate::validate;

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
    /// The format that fits best.
    pub format: Option<Arc<Format>>,
    /// How sure that is.
    pub confidence: Confidence,
    /// The other formats that fit.
    pub others: Vec<Candidate>,
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

impl Reading {
    fn new(findings: Findings) -> Self {
        Reading {
            charset: None,
            format: None,
            confidence: Confidence::Certain,
            others: Vec::new(),
            layout: None,
            role: None,
            rendering: None,
            master: None,
            rows: 0,
            findings,
        }
    }

    pub(crate) fn finding(finding: Finding) -> Self {
        let mut findings = Findings::new();
        findings.push(finding);
        Reading::new(findings)
    }

    /// Whether it is a whole master.
    pub(crate) fn is_sound(&self) -> bool {
        self.master.is_some() && !self.findings.denies()
    }
}

/// Reads `bytes`.
pub fn read(schemas: &Schemas, bytes: Vec<u8>, declared: &Declared<'_>) -> Reading {
    if bytes.is_empty() {
        return Reading::finding(Finding::new(Code::FileEmpty));
    }
    if let Some(format) = declared.format
        && host::is_for_hosts(format)
    {
        return host::read_declared(schemas, &bytes, format, declared.role);
    }
    let (findings, bytes) = without_mark(&bytes);
    let mut reading = match guess_charset(bytes) {
        Guess::Ebcdic => {
            let mut reading = host::read(schemas, bytes, declared.role);
            if let Some(format) = declared.format {
                reading.findings.push(host::not_in(format, &reading, "EBCDIC"));
            }
            reading
        }
        Guess::Binary => Reading::finding(Finding::new(Code::FileUnknown).found("binary")),
        guess => read_text(schemas, bytes, guess, declared),
    };
    if !findings.is_empty() {
        let found = std::mem::replace(&mut reading.findings, findings);
        reading.findings.extend(found);
    }
    reading
}

/// Reads `bytes` as `format` writes them, without asking what else they may be.
pub(crate) fn read_as(schemas: &Schemas, bytes: &[u8], format: &Format, role: Option<Role>) -> Reading {
    match &format.framing {
        Framing::Csv { .. } => read_csv(schemas, bytes, &format.charset, role),
        Framing::Fixed { record_end } => read_fixed(schemas, bytes, &format.charset, record_end, role),
    }
}

fn without_mark(bytes: &[u8]) -> (Findings, &[u8]) {
    let mut findings = Findings::new();
    match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            findings.push(Finding::new(Code::FileBom).line(1));
            (findings, rest)
        }
        None => (findings, bytes),
    }
}

/// Reads text whose ASCII is ASCII.
fn read_text(schemas: &Schemas, bytes: &[u8], guess: Guess, declared: &Declared<'_>) -> Reading {
    let said = declared.format.map(|format| &format.charset);
    let (charset, confidence, other) = match guess {
        Guess::Certain(charset) => (charset, Confidence::Certain, None),
        Guess::Likely(one, other) => {
            let (charset, other) = better(schemas, bytes, said, one, other);
            (charset, Confidence::Likely, Some(other))
        }
        _ => (said.cloned().unwrap_or(Charset::Windows31J), Confidence::Possible, None),
    };
    let looks_other = said.is_some_and(|said| *said != charset);
    let mut reading = read_csv(schemas, bytes, &charset, declared.role);
    if reading.layout.is_none() && declared.format.is_none() {
        // Without lines it may be fixed-length records of a site's own format.
        let fixed =
            schemas.formats().filter(|format| host::is_for_hosts(format) && format.charset == charset);
        let sound =
            fixed.map(|format| read_as(schemas, bytes, format, declared.role)).find(Reading::is_sound);
        reading = sound.unwrap_or(reading);
    }
    reading.confidence = confidence;
    reading.others = others_like(schemas, &reading, other.as_ref());
    let Some(format) = declared.format else { return reading };
    if looks_other {
        let looks_like = match &reading.format {
            Some(like) => format!("{} ({})", like.name, charset.name()),
            None => charset.name().to_owned(),
        };
        let expected = format!("{} ({})", format.name, format.charset.name());
        reading.findings.push(Finding::new(Code::FileFormat).found(looks_like).expected(expected));
    }
    // A file without any line end has none that could be wrong.
    let found =
        reading.rendering.as_ref().map(|rendering| (rendering.framing.newline(), rendering.final_newline));
    if let (Some((Some(newline), ended)), Some(expected)) = (found, format.framing.newline())
        && newline != expected
        && (ended || reading.rows > 1)
    {
        let finding = Finding::new(Code::FileNewlines).found(newline.name()).expected(expected.name());
        reading.findings.push(finding);
    }
    reading
}

/// Of two charsets in both of which `bytes` are text the one whose text is more like a master's, first: half-width
/// kana do not stand in columns of kanji, nor kanji in columns of kana. Where that does not tell, the one that was
/// `said`, or the first. The first one is what such bytes mostly are, so when it was said too, nothing is asked.
fn better(
    schemas: &Schemas,
    bytes: &[u8],
    said: Option<&Charset>,
    one: Charset,
    other: Charset,
) -> (Charset, Charset) {
    if said == Some(&one) {
        return (one, other);
    }
    let faults = |charset: &Charset| {
        let findings = read_csv(schemas, bytes, charset, None)
            .master
            .map(|master| validate(&master, Role::Differential));
        findings
            .map_or(u64::MAX, |findings| findings.count(Code::FieldKanji) + findings.count(Code::FieldKana))
    };
    let (of_one, of_other) = (faults(&one), faults(&other));
    if of_other < of_one || of_other == of_one && said == Some(&other) { (other, one) } else { (one, other) }
}

/// The formats that a file fits besides the one it was read in.
fn others_like(schemas: &Schemas, reading: &Reading, other: Option<&Charset>) -> Vec<Candidate> {
    let taken = reading.format.as_ref().map(|format| format.name.as_str());
    let fits = |format: &Arc<Format>| {
        let why = match reading.confidence {
            Confidence::Possible => Some(Why::AsciiOnly),
            _ if other == Some(&format.charset) => Some(Why::OtherText),
            _ => None,
        };
        let why = why.filter(|_| Some(format.name.as_str()) != taken && !host::is_for_hosts(format))?;
        Some(Candidate { format: Arc::clone(format), why })
    };
    schemas.formats().filter_map(fits).collect()
}

/// Reads `bytes` as CSV in `charset`.
fn read_csv(schemas: &Schemas, bytes: &[u8], charset: &Charset, role: Option<Role>) -> Reading {
    let mut reading = Reading::new(Findings::new());
    reading.charset = Some(charset.clone());
    let Some(parsed) = decode_and_parse(schemas, charset, bytes, &mut reading) else {
        return reading;
    };
    let Parsed { table, marks, header } = parsed;
    let framing = marks.framing();
    let like = Framing::Csv { newline: marks.newline(), quoting: marks.quoting().unwrap_or(Quoting::All) };
    reading.format = format_like(schemas, charset, &like);
    if framing.is_none() && table.rows() > 0 {
        let found = marks.irregularity();
        reading.findings.push(Finding::new(Code::FileRendering).found(found));
    }
    settle(table, framing, marks.final_newline, header, role, reading)
}

/// Reads `bytes` as fixed-length records in `charset`.
fn read_fixed(
    schemas: &Schemas,
    bytes: &[u8],
    charset: &Charset,
    record_end: &RecordEnd,
    role: Option<Role>,
) -> Reading {
    let mut reading = Reading::new(Findings::new());
    reading.charset = Some(charset.clone());
    let Some((layout, shape)) = fixed::recognise(schemas, charset, record_end.as_bytes(), bytes) else {
        let found = format!("{} bytes are no fixed-length records in {}", bytes.len(), charset.name());
        reading.findings.push(Finding::new(Code::FileUnknown).found(found));
        return reading;
    };
    reading.layout = Some(Arc::clone(&layout));
    let framing = Framing::Fixed { record_end: record_end.clone() };
    reading.format = format_like(schemas, charset, &framing);
    let records = fixed::read(&layout, &shape, charset, record_end.as_bytes(), bytes, &mut reading.findings);
    let framing = (!reading.findings.denies()).then_some(framing);
    settle(records.table, framing, records.final_end, false, role, reading)
}

/// What rows say of themselves: full or differential, in which order, whether with unique keys.
fn settle(
    table: Table,
    framing: Option<Framing>,
    final_newline: bool,
    header: bool,
    role: Option<Role>,
    mut reading: Reading,
) -> Reading {
    reading.rows = table.rows();
    if reading.rows == 0 {
        if !reading.findings.denies() {
            reading.findings.push(Finding::new(Code::FileEmpty));
        }
        return reading;
    }
    reading.role = role.or_else(|| role_of(&table, &mut reading.findings));
    match Master::new(table) {
        Ok((master, order)) => {
            if !final_newline {
                reading.findings.push(Finding::new(Code::FileNoFinalNewline));
            }
            reading.rendering = framing.zip(reading.charset.clone()).map(|(framing, charset)| Rendering {
                charset,
                framing,
                final_newline,
                header,
                order,
            });
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
            parser.lines(text.as_bytes());
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

/// Decodes piece by piece and parses each while it is still in cache.
fn decode_and_parse(
    schemas: &Schemas,
    charset: &Charset,
    bytes: &[u8],
    reading: &mut Reading,
) -> Option<Parsed> {
    let mut parser: Option<Parser> = None;
    let mut unknown = false;
    let findings = &mut reading.findings;
    let decoded = charset.decode_pieces(bytes, |piece| {
        if parser.is_none() && !unknown {
            let text = std::str::from_utf8(piece).unwrap_or_default();
            match recognise_layout(schemas, text, findings) {
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
    let role = role_by_zeros(zeros, table.rows());
    if role.is_none() {
        let found = format!("change class 0 in {zeros} of {} rows", table.rows());
        findings.push(Finding::new(Code::FileMixedRoles).found(found));
    }
    role
}

/// What a file of `rows` rows is when `zeros` of them have change class 0.
pub(crate) fn role_by_zeros(zeros: usize, rows: usize) -> Option<Role> {
    // A full file carries the classes of the latest differential: most rows, not all, have 0. A differential
    // has none; so a few zeros among other classes are neither.
    if zeros == 0 {
        Some(Role::Differential)
    } else if zeros * 2 >= rows {
        Some(Role::Full)
    } else {
        None
    }
}

fn format_like(schemas: &Schemas, charset: &Charset, framing: &Framing) -> Option<Arc<Format>> {
    let points = |format: &Format| match (&format.framing, framing) {
        (
            Framing::Csv { newline, quoting },
            Framing::Csv { newline: found_newline, quoting: found_quoting },
        ) => Some(u8::from(quoting == found_quoting) * 2 + u8::from(newline == found_newline)),
        (one, other) => (one == other).then_some(0),
    };
    let same = schemas.formats().filter(|format| format.charset == *charset);
    let fitting = same.filter_map(|format| Some((points(format)?, format)));
    fitting.max_by_key(|(points, _)| *points).map(|(_, format)| Arc::clone(format))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A comment with a name and a reading.
    fn row(name: &str, kana: &str) -> String {
        let mut fields = vec![""; 30];
        fields[..9].copy_from_slice(&["5", "C", "8", "10", "1", "", name, "", kana]);
        format!("\"{}\"\r\n", fields.join("\",\""))
    }

    /// Few bytes may be text in both; which of the two is told by the columns.
    #[test]
    fn short_files_of_shift_jis_and_euc_are_told_apart_by_their_columns() {
        let schemas = Schemas::built_in().unwrap();
        let kikin = schemas.format("kikin").unwrap();
        for (text, charset) in [(row("亜唖", ""), Charset::EucJpMs), (row("", "ｱｲｳｴ"), Charset::Windows31J)]
        {
            let bytes = charset.encode(&text).unwrap();
            let reading = read(&schemas, bytes.clone(), &Declared::default());
            assert_eq!((reading.charset.as_ref(), reading.confidence), (Some(&charset), Confidence::Likely));
            assert_eq!(reading.others[0].why, Why::OtherText);
            let reading = read(&schemas, bytes, &Declared { format: Some(kikin), role: None });
            let denied = charset != kikin.charset;
            assert_eq!(reading.findings.count(Code::FileFormat) == 1, denied, "{text}");
        }
    }
}
