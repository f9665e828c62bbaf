//! Writing: records become the bytes that a format wants, or nothing does.

use serde::Serialize;

use crate::charset::{Charset, Unmappable};
use crate::file::fixed::{Columns, Misfit, NoWidth, Shape};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Framing, Layout, Newline, Quoting, Rendering};
use crate::table::{Master, push_minimal, push_quoted};

/// Text is gathered up to this size before it is encoded.
const PIECE_BYTES: usize = 32 * 1024;

/// Bytes that were written, and what had to be shortened for them.
#[derive(Debug)]
pub struct Written {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The values that were shortened, in the order of the file.
    pub cuts: Vec<Cut>,
}

/// A value that was shortened to fit its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cut {
    /// The record's key.
    pub key: String,
    /// Its line in the file it came from.
    pub line: u32,
    /// Its column, from 1.
    pub column: u32,
    /// The column's field id.
    pub field: String,
    /// The whole value.
    pub old: String,
    /// What was written.
    pub new: String,
    #[serde(skip)]
    pub(crate) row: usize,
}

/// The bytes of `master` as `rendering` says.
///
/// # Errors
/// Findings that name the record and the character that the charset cannot hold, or the value that its column
/// cannot hold. Nothing is replaced or cut, ever.
pub fn write(master: &Master, rendering: &Rendering) -> Result<Vec<u8>, Findings> {
    write_shortened(master, rendering, &[]).map(|written| written.bytes)
}

/// As [`write()`], but values of the fields `shorten` that their columns cannot hold are cut at a character,
/// and said. A field of the key is never cut.
///
/// # Errors
/// As [`write()`], for all other fields.
pub fn write_shortened(
    master: &Master,
    rendering: &Rendering,
    shorten: &[String],
) -> Result<Written, Findings> {
    let Some(rows) = master.rows_in(&rendering.order) else {
        let found = "the recorded row order does not belong to these records";
        let mut findings = Findings::new();
        findings.push(Finding::new(Code::StoreOriginal).found(found));
        return Err(findings);
    };
    match &rendering.framing {
        Framing::Csv { newline, quoting } => {
            let bytes = write_csv(master, rendering, &rows, *newline, *quoting)?;
            Ok(Written { bytes, cuts: Vec::new() })
        }
        Framing::Fixed { record_end } => {
            let end = record_end.as_bytes();
            write_fixed(master, rendering, &rows, end, shorten)
        }
    }
}

fn write_csv(
    master: &Master,
    rendering: &Rendering,
    rows: &[u32],
    newline: Newline,
    quoting: Quoting,
) -> Result<Vec<u8>, Findings> {
    let layout = master.layout();
    let mut findings = Findings::new();
    let newline = newline.as_bytes();
    let width = layout.width();
    let mut out = Vec::with_capacity(master.text_bytes() + rows.len() * (width * 2 + 2));
    let mut piece: Vec<u8> = Vec::with_capacity(PIECE_BYTES * 2);
    let mut starts: Vec<(usize, usize)> = Vec::new();
    if rendering.header {
        let header = layout.header.clone().unwrap_or_else(|| layout.canonical_header());
        piece.extend_from_slice(header.as_bytes());
        piece.extend_from_slice(newline);
    }
    for (at, row) in rows.iter().enumerate() {
        let row = *row as usize;
        starts.push((piece.len(), row));
        for column in 0..width {
            if column > 0 {
                piece.push(b',');
            }
            match quoting {
                Quoting::All => push_quoted(master.bytes(row, column), &mut piece),
                Quoting::Minimal => push_minimal(master.field(row, column), &mut piece),
            }
        }
        if at + 1 < rows.len() || rendering.final_newline {
            piece.extend_from_slice(newline);
        }
        if piece.len() >= PIECE_BYTES {
            flush(master, &rendering.charset, &mut piece, &mut starts, &mut out, &mut findings);
        }
    }
    flush(master, &rendering.charset, &mut piece, &mut starts, &mut out, &mut findings);
    if findings.is_empty() { Ok(out) } else { Err(findings) }
}

fn flush(
    master: &Master,
    charset: &Charset,
    piece: &mut Vec<u8>,
    starts: &mut Vec<(usize, usize)>,
    out: &mut Vec<u8>,
    findings: &mut Findings,
) {
    let mut from = 0;
    while let Err(Unmappable { at, character }) = charset.encode_utf8(&piece[from..], out) {
        let at = from + at;
        let row = starts.iter().rev().find(|(start, _)| *start <= at).map_or(0, |(_, row)| *row);
        findings.push_with(Code::ConvertUnmappable, || {
            let layout = master.layout();
            let column = (0..layout.width()).find(|column| master.field(row, *column).contains(character));
            let column = column.unwrap_or(0);
            Finding::new(Code::ConvertUnmappable)
                .line(master.line(row))
                .field(column as u32 + 1, &layout.columns[column].id)
                .key(master.key(row))
                .found(told(character))
                .expected(charset.name())
        });
        from = at + character.len_utf8();
    }
    piece.clear();
    starts.clear();
}

fn write_fixed(
    master: &Master,
    rendering: &Rendering,
    rows: &[u32],
    record_end: &[u8],
    shorten: &[String],
) -> Result<Written, Findings> {
    let layout = master.layout();
    let mut findings = Findings::new();
    let shape = match Shape::of(layout) {
        Ok(shape) => shape,
        Err(NoWidth { column, field }) => {
            findings.push(Finding::new(Code::ConvertNoWidth).field(column, &field));
            return Err(findings);
        }
    };
    let may_be_cut = may_be_cut(layout, shorten);
    let mut columns = Columns::new(&rendering.charset, &shape);
    let mut bytes = Vec::with_capacity(rows.len() * (shape.length() + record_end.len()));
    let mut cuts = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let row = *row as usize;
        let start = columns.begin(&mut bytes);
        for (column, may_be_cut) in may_be_cut.iter().enumerate() {
            let Err(misfit) = columns.put(master.bytes(row, column), column, &mut bytes[start..]) else {
                continue;
            };
            if *may_be_cut && !matches!(misfit, Misfit::Unmappable(_)) {
                let old = master.field(row, column);
                let new = columns.longest_that_fits(old, column);
                let cut = Cut {
                    key: master.key(row).into_owned(),
                    line: master.line(row),
                    column: column as u32 + 1,
                    field: layout.columns[column].id.clone(),
                    old: old.to_owned(),
                    new: new.to_owned(),
                    row,
                };
                // What fits was put into such a record before.
                if columns.put(new.as_bytes(), column, &mut bytes[start..]).is_ok() {
                    cuts.push(cut);
                    continue;
                }
            }
            report(master, row, column, misfit, &columns, &rendering.charset, &mut findings);
        }
        if at + 1 < rows.len() || rendering.final_newline {
            bytes.extend_from_slice(record_end);
        }
    }
    if findings.is_empty() { Ok(Written { bytes, cuts }) } else { Err(findings) }
}

/// For each column whether its values may be cut: it is in `shorten` and no part of the key.
pub(crate) fn may_be_cut(layout: &Layout, shorten: &[String]) -> Vec<bool> {
    let is_key = |column: usize| layout.key.iter().any(|(part, _)| *part == column);
    let columns = layout.columns.iter().enumerate();
    columns.map(|(at, column)| shorten.contains(&column.id) && !is_key(at)).collect()
}

fn report(
    master: &Master,
    row: usize,
    column: usize,
    misfit: Misfit,
    columns: &Columns<'_>,
    charset: &Charset,
    findings: &mut Findings,
) {
    let code = match misfit {
        Misfit::Unmappable(_) => Code::ConvertUnmappable,
        Misfit::Overflow { .. } => Code::ConvertOverflow,
        Misfit::TrailingBlank => Code::ConvertTrailingBlank,
    };
    findings.push_with(code, || {
        let finding = Finding::new(code)
            .line(master.line(row))
            .field(column as u32 + 1, &master.layout().columns[column].id)
            .key(master.key(row));
        match misfit {
            Misfit::Unmappable(character) => finding.found(told(character)).expected(charset.name()),
            Misfit::Overflow { needed } => finding.found(needed).expected(columns.room(column)),
            Misfit::TrailingBlank => finding.found(format!("\"{}\"", master.field(row, column))),
        }
    });
}

fn told(character: char) -> String {
    format!("{character} (U+{:04X})", u32::from(character))
}

/// Whether two masters hold the same records.
pub fn same_records(one: &Master, other: &Master) -> bool {
    one.layout().name() == other.layout().name()
        && one.rows() == other.rows()
        && (0..one.rows()).all(|row| one.same_row(row, other, row))
}
