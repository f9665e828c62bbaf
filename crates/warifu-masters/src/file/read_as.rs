//! Reading a file as one format writes it, without asking what else it may be.

use std::sync::Arc;

use super::fixed;
use super::parse::{Parsed, Parser};
use super::reading::Reading;
use super::recognise::{kind_open, recognise_layout};
use crate::charset::{BadBytes, Charset};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Format, Framing, Quoting, RecordEnd, Rendering, Schemas};
use crate::table::{Master, Role, Table};

/// Reads `bytes` as `format` writes them, without asking what else they may be.
pub(super) fn read_as(schemas: &Schemas, bytes: &[u8], format: &Format, role: Option<Role>) -> Reading {
    match &format.framing {
        Framing::Csv { .. } => read_csv(schemas, bytes, &format.charset, role),
        Framing::Fixed { record_end } => read_fixed(schemas, bytes, &format.charset, record_end, role),
    }
}

/// Reads `bytes` as CSV in `charset`.
pub(super) fn read_csv(schemas: &Schemas, bytes: &[u8], charset: &Charset, role: Option<Role>) -> Reading {
    let mut reading = Reading::new(Findings::new());
    reading.charset = Some(charset.clone());
    match decode_and_parse(schemas, charset, bytes, &mut reading) {
        Some(parsed) => of_parsed(schemas, charset, parsed, role, reading),
        None => reading,
    }
}

/// What the rows that were parsed say, and how they were written.
fn of_parsed(
    schemas: &Schemas,
    charset: &Charset,
    parsed: Parsed,
    role: Option<Role>,
    mut reading: Reading,
) -> Reading {
    reading.layout = Some(Arc::clone(parsed.table.layout()));
    let Parsed { table, marks, header } = parsed;
    reading.is_named = header && table.layout().header.is_none();
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
    if let Some(open) = kind_open(schemas, &layout) {
        reading.findings.push(open);
        return reading;
    }
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
    if role == Some(Role::Differential) && table.layout().only_fulls {
        reading.findings.push(Finding::new(Code::FileOnlyFulls).expected(table.layout().name()));
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

/// CSV that comes some lines at a time: decoded piece by piece, and each parsed while it is still in cache.
pub(super) struct Rows<'a> {
    schemas: &'a Schemas,
    charset: Charset,
    /// About how many bytes will come.
    bytes: usize,
    parser: Option<Parser>,
    /// Whether the first lines were of no known layout.
    unknown: bool,
    findings: Findings,
}

impl<'a> Rows<'a> {
    pub(super) fn new(schemas: &'a Schemas, charset: Charset, bytes: usize) -> Self {
        Rows { schemas, charset, bytes, parser: None, unknown: false, findings: Findings::new() }
    }

    /// Takes the next lines, whole ones.
    ///
    /// # Errors
    /// [`BadBytes`]: the first place that does not decode or would not come back the same.
    pub(super) fn take(&mut self, lines: &[u8]) -> Result<(), BadBytes> {
        let Rows { schemas, charset, bytes, parser, unknown, findings } = self;
        charset.decode_pieces(lines, |piece| {
            if parser.is_none() && !*unknown {
                let text = std::str::from_utf8(piece).unwrap_or_default();
                match recognise_layout(schemas, text, findings) {
                    Some((layout, header)) => *parser = Some(Parser::new(layout, header, *bytes)),
                    None => *unknown = true,
                }
            }
            if let Some(parser) = parser {
                parser.lines(piece);
            }
        })
    }

    /// What was read, when all lines came in; nothing where they are of no known layout.
    pub(super) fn finish(self, role: Option<Role>) -> Option<Reading> {
        let mut reading = Reading::new(self.findings);
        let parsed = self.parser?.finish(&mut reading.findings);
        reading.charset = Some(self.charset.clone());
        Some(of_parsed(self.schemas, &self.charset, parsed, role, reading))
    }
}

/// The rows of all of `bytes`; nothing, and the reason in `reading`, where they are none.
fn decode_and_parse(
    schemas: &Schemas,
    charset: &Charset,
    bytes: &[u8],
    reading: &mut Reading,
) -> Option<Parsed> {
    let mut rows = Rows::new(schemas, charset.clone(), bytes.len());
    let decoded = rows.take(bytes);
    let findings = &mut reading.findings;
    findings.extend(rows.findings);
    if let Err(BadBytes { at, bytes: hex, character }) = decoded {
        let line = 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count() as u32;
        let finding = match character {
            Some(character) => Finding::new(Code::FileNotReversible).found(format!("{hex} ({character})")),
            None => Finding::new(Code::FileCharset).found(hex),
        };
        findings.push(finding.line(line).expected(charset.name()));
        reading.layout = rows.parser.map(|parser| Arc::clone(parser.layout()));
        return None;
    }
    Some(rows.parser?.finish(findings))
}

fn role_of(table: &Table, findings: &mut Findings) -> Option<Role> {
    let layout = table.layout();
    let Some(class) = layout.change_class.filter(|_| !layout.only_fulls) else {
        return Some(Role::Full);
    };
    let zeros = (0..table.rows()).filter(|row| table.bytes(*row, class) == b"0").count();
    let role = Role::by_zeros(zeros, table.rows());
    if role.is_none() {
        let found = format!("change class 0 in {zeros} of {} rows", table.rows());
        findings.push(Finding::new(Code::FileMixedRoles).found(found));
    }
    role
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
