//! Writing: records become the bytes that a format wants, or nothing does.

use crate::charset::{Charset, Unmappable};
use crate::digest::Digest;
use crate::finding::{Code, Finding, Findings};
use crate::format::{Format, Quoting, Rendering};
use crate::read::{Declared, Reading, read};
use crate::schema::Schemas;
use crate::table::{Master, push_minimal, push_quoted};

/// Text is gathered up to this size before it is encoded.
const PIECE_BYTES: usize = 32 * 1024;

/// The bytes of `master` as `rendering` says.
///
/// # Errors
/// Findings that name the record and the character that the charset cannot hold. Nothing is replaced, ever.
pub fn write(master: &Master, rendering: &Rendering) -> Result<Vec<u8>, Findings> {
    let layout = master.layout();
    let mut findings = Findings::new();
    let Some(rows) = master.rows_in(&rendering.order) else {
        let found = "the recorded row order does not belong to these records";
        findings.push(Finding::new(Code::StoreOriginal).found(found));
        return Err(findings);
    };
    let newline = rendering.newline.as_bytes();
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
            match rendering.quoting {
                Quoting::All => push_quoted(master.bytes(row, column), &mut piece),
                Quoting::Minimal => push_minimal(master.field(row, column), &mut piece),
            }
        }
        if at + 1 < rows.len() || rendering.final_newline {
            piece.extend_from_slice(newline);
        }
        if piece.len() >= PIECE_BYTES {
            flush(master, rendering.charset, &mut piece, &mut starts, &mut out, &mut findings);
        }
    }
    flush(master, rendering.charset, &mut piece, &mut starts, &mut out, &mut findings);
    if findings.is_empty() { Ok(out) } else { Err(findings) }
}

fn flush(
    master: &Master,
    charset: Charset,
    piece: &mut Vec<u8>,
    starts: &mut Vec<(usize, usize)>,
    out: &mut Vec<u8>,
    findings: &mut Findings,
) {
    let text = std::str::from_utf8(piece).unwrap_or_default();
    let mut from = 0;
    while let Err(Unmappable { at, character }) = charset.encode_into(&text[from..], out) {
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
                .found(format!("{character} (U+{:04X})", character as u32))
                .expected(charset.name())
        });
        from = at + character.len_utf8();
    }
    piece.clear();
    starts.clear();
}

/// A conversion that was proven to lose nothing.
#[derive(Debug)]
pub struct Converted {
    /// The file as it was read.
    pub source: Reading,
    /// Digest of the bytes that came in.
    pub source_digest: Digest,
    /// The bytes in the other format.
    pub bytes: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
}

/// Converts `bytes` from one format to another, keeping the order of the rows, and proves it: the result is
/// read again, must hold the same records, and rendering these as the source was written must give the very
/// bytes that came in.
///
/// # Errors
/// What was found, when the source is not in `from`, is damaged, or cannot be written in `to`.
pub fn convert(
    schemas: &Schemas,
    bytes: Vec<u8>,
    from: &Format,
    to: &Format,
) -> Result<Converted, Box<Reading>> {
    let original = bytes.clone();
    let mut source = read(schemas, bytes, &Declared { format: Some(from), role: None });
    if source.findings.denies() {
        return Err(Box::new(source));
    }
    let (Some(master), Some(rendering)) = (&source.master, &source.rendering) else {
        let found = "the source is written in no regular way, so the way back cannot be proven";
        source.findings.push(Finding::new(Code::ConvertDiffers).found(found));
        return Err(Box::new(source));
    };
    let wanted = Rendering {
        charset: to.charset,
        newline: to.newline,
        quoting: to.quoting,
        final_newline: true,
        ..rendering.clone()
    };
    let written = match write(master, &wanted) {
        Ok(written) => written,
        Err(findings) => {
            source.findings.extend(findings);
            return Err(Box::new(source));
        }
    };
    let again = read(schemas, written.clone(), &Declared { format: Some(to), role: source.role });
    let same = again.master.as_ref().is_some_and(|again| same_records(master, again));
    let back = match (&again.master, same) {
        (Some(again), true) => write(again, rendering).is_ok_and(|back| back == original),
        _ => false,
    };
    if !back {
        let found = if same { "the way back gives other bytes" } else { "the records differ" };
        source.findings.push(Finding::new(Code::ConvertDiffers).found(found));
        return Err(Box::new(source));
    }
    let digest = Digest::of(&written);
    Ok(Converted { source, source_digest: Digest::of(&original), bytes: written, digest })
}

/// Whether two masters hold the same records.
pub fn same_records(one: &Master, other: &Master) -> bool {
    one.layout().name() == other.layout().name()
        && one.rows() == other.rows()
        && (0..one.rows()).all(|row| one.same_row(row, other, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unmappable_character_names_its_record() {
        let schemas = Schemas::built_in().unwrap();
        let mut fields = vec![""; 30];
        fields[..7].copy_from_slice(&["3", "C", "8", "10", "1", "2", "摘🙂要"]);
        let text = format!("\"{}\"\n", fields.join("\",\""));
        let utf8 = schemas.format("kokuho-utf8").unwrap();
        let kikin = schemas.format("kikin").unwrap();
        let error = convert(&schemas, text.into_bytes(), utf8, kikin).unwrap_err();
        let finding = error.findings.list().last().unwrap();
        assert_eq!(finding.place(), "1:7:name");
        assert_eq!(finding.key.as_deref(), Some("810000001"));
        assert_eq!(finding.found, "🙂 (U+1F642)");
    }
}
