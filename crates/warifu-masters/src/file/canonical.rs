//! Reading canonical bytes, as the repository and releases hold them.

use std::sync::Arc;

use super::parse::{Parser, plain_ends};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Layout, RowOrder, Schemas};
use crate::table::{Lines, Master, Table};

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

/// Reads the rows of a canonical CSV, without its header, in whatever order they stand; none when they are
/// not rows of `layout`.
pub(crate) fn read_canonical_rows(layout: &Arc<Layout>, rows: &str) -> Option<Table> {
    let lines = Lines::From(1);
    if let Some(ends) = plain_ends(rows.as_bytes(), layout.width()) {
        return Some(Table::new(Arc::clone(layout), rows.to_owned(), ends, false, lines));
    }
    let mut parser = Parser::new(Arc::clone(layout), false, rows.len());
    parser.lines(rows.as_bytes());
    let mut findings = Findings::new();
    let table = parser.finish(&mut findings).table;
    (!findings.denies()).then_some(table)
}

/// Reads the record with `key` from a canonical CSV and passes over the others: what they hold is not looked
/// at.
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
