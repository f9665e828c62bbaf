//! Recognition by content: the charset by the bytes, the layout by the first rows. File names are never
//! asked.

use std::cmp::Reverse;
use std::sync::Arc;

use super::reading::ROW_LIMIT_BYTES;
use crate::charset::Charset;
use crate::finding::{Code, Finding, Findings};
use crate::schema::{ColumnType, Layout, Schemas};
use crate::table::Table;

/// What the bytes of a file say of their charset.
pub(crate) enum Guess {
    Certain(Charset),
    /// The bytes are text in the second one as well.
    Likely(Charset, Charset),
    Ascii,
    Ebcdic,
    Binary,
}

/// How much of a file is looked at to tell its charset.
pub(crate) const SAMPLE_BYTES: usize = 256 * 1024;

/// Tells the charset of `bytes`.
pub(crate) fn guess_charset(bytes: &[u8]) -> Guess {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let high = count(sample, |byte| byte >= 0x80);
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
    let ebcdic = count(sample, |byte| matches!(byte, 0xF0..=0xF9 | 0x6B | 0x7F | 0x40));
    if ebcdic * 10 > sample.len() * 6
        && count(sample, |byte| matches!(byte, b'0'..=b'9' | b'"' | b',')) * 10 < sample.len()
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
    let only_in_shift_jis = count(sample, |byte| matches!(byte, 0x80..=0x8D | 0x90..=0x9F)) > 0;
    if only_in_shift_jis || Charset::EucJpMs.decode(bytes).is_err() {
        Guess::Certain(Charset::Windows31J)
    } else if Charset::Windows31J.decode(sample).is_ok() {
        Guess::Likely(Charset::EucJpMs, Charset::Windows31J)
    } else {
        Guess::Certain(Charset::EucJpMs)
    }
}

/// How many of `bytes` are such: made for each question, so that many bytes are asked at once, and counted in
/// bytes as long as these hold the sum.
#[inline]
fn count(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let of = |some: &[u8]| some.iter().map(|byte| u8::from(is_such(*byte))).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|some| usize::from(of(some))).sum()
}

/// What the kana columns of a table hold: half-width kana, and letters and signs that are none. The charsets
/// of hosts differ in where they put kana and small letters, so this tells them apart.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kana {
    kana: usize,
    others: usize,
}

impl Kana {
    /// So few characters tell nothing.
    const ENOUGH: usize = 20;

    pub(crate) fn of(table: &Table) -> Kana {
        let mut found = Kana::default();
        let columns = table.layout().columns.iter().enumerate();
        let columns: Vec<usize> =
            columns.filter(|(_, column)| column.column_type == ColumnType::Kana).map(|(at, _)| at).collect();
        for row in 0..table.rows() {
            for character in columns.iter().flat_map(|column| table.field(row, *column).chars()) {
                match character {
                    '\u{ff61}'..='\u{ff9f}' => found.kana += 1,
                    ' ' | '0'..='9' | 'A'..='Z' => {}
                    _ => found.others += 1,
                }
            }
        }
        found
    }

    /// Nine in ten are kana.
    pub(crate) fn mostly(self) -> bool {
        self.kana + self.others >= Self::ENOUGH && self.kana >= self.others * 9
    }

    /// There are enough to tell, and not nine in ten are kana.
    pub(crate) fn looks_wrong(self) -> bool {
        self.kana + self.others >= Self::ENOUGH && !self.mostly()
    }

    /// Less than half are kana.
    pub(crate) fn hardly(self) -> bool {
        self.kana + self.others >= Self::ENOUGH && self.kana < self.others
    }

    /// The share of kana in a thousand; higher is better.
    pub(crate) fn per_mille(self) -> usize {
        self.kana * 1000 / (self.kana + self.others).max(1)
    }
}

/// The first rows as far as they tell the layout: plain splitting is enough for that.
pub(crate) fn recognise_layout(
    schemas: &Schemas,
    text: &str,
    findings: &mut Findings,
) -> Option<(Arc<Layout>, bool)> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let first = lines.next().unwrap_or_default();
    let says_so =
        |layout: &&Arc<Layout>| layout.header.as_deref() == Some(first) || layout.canonical_header() == first;
    let mut with_header = schemas.layouts().filter(says_so).peekable();
    if with_header.peek().is_some() {
        let rows: Vec<Vec<&str>> = first_rows(lines).collect();
        // Of two masters with one header too.
        let layout = with_header.min_by_key(|layout| Reverse(listed(layout, &rows)))?;
        return told(schemas, layout, findings).map(|layout| (layout, true));
    }
    if first.len() > ROW_LIMIT_BYTES {
        let finding = Finding::new(Code::RowTooLong).line(1).found(first.len()).expected(ROW_LIMIT_BYTES);
        findings.push(finding);
        return None;
    }
    let rows: Vec<Vec<&str>> = first_rows(std::iter::once(first).chain(lines)).collect();
    // The layout whose width and content fit most of the first rows. Of two that fit alike, the one whose
    // rows name their master; of two masters with one name the one that lists their change classes; of its
    // editions the oldest, until all rows are there.
    let fit = |layout: &Layout| rows.iter().filter(|row| fits(layout, row)).count();
    let best = schemas.layouts().map(|layout| (fit(layout), layout)).max_by_key(|(fit, layout)| {
        (*fit, layout.master_type.is_some(), listed(layout, &rows), Reverse(layout.since))
    });
    if let Some((count, layout)) = best
        && count * 2 > rows.len().max(1)
    {
        return told(schemas, layout, findings).map(|layout| (layout, false));
    }
    // None fits. If the rows say which master they are, the width is what is wrong.
    let said = rows.first().and_then(|row| row.get(1)).copied().unwrap_or_default();
    let named: Vec<_> =
        schemas.layouts().filter(|layout| layout.master_type.as_deref() == Some(said)).collect();
    let nearest = |width: usize| named.iter().min_by_key(|layout| layout.width().abs_diff(width));
    match rows.first().and_then(|row| nearest(row.len()).map(|layout| (row.len(), layout))) {
        Some((_, layout)) => Some((Arc::clone(layout), false)),
        None => {
            let columns = rows.first().map_or(0, Vec::len);
            let is_claims = rows.first().is_some_and(|row| row[0] == "IR" && columns == 10);
            let found = match is_claims {
                true => "UKE (RECEIPTC.UKE)".to_owned(),
                false => format!("{columns} columns, column 2 {said:?}"),
            };
            findings.push(Finding::new(Code::FileUnknown).line(1).found(found));
            None
        }
    }
}

/// The rows that tell the layout: the first of `lines`.
fn first_rows<'t>(lines: impl Iterator<Item = &'t str>) -> impl Iterator<Item = Vec<&'t str>> {
    lines.filter(|line| !line.is_empty() && line.len() <= ROW_LIMIT_BYTES).take(20).map(split)
}

/// How many of `rows` are of a change class that `layout` lists.
fn listed(layout: &Layout, rows: &[Vec<&str>]) -> usize {
    let Some((at, classes)) = layout.change_classes() else { return 0 };
    rows.iter().filter(|row| row.get(at).is_some_and(|class| classes.contains(class))).count()
}

/// `layout`, where no other kind of master has the same columns.
fn told(schemas: &Schemas, layout: &Arc<Layout>, findings: &mut Findings) -> Option<Arc<Layout>> {
    match kind_open(schemas, layout) {
        None => Some(Arc::clone(layout)),
        Some(open) => {
            findings.push(open);
            None
        }
    }
}

/// That the file may be of another kind of master as well, which no row tells.
pub(super) fn kind_open(schemas: &Schemas, layout: &Layout) -> Option<Finding> {
    let kinds = schemas.look_alikes(layout);
    (!kinds.is_empty()).then(|| Finding::new(Code::FileKind).expected(kinds.join(", ")))
}

pub(crate) fn split(line: &str) -> Vec<&str> {
    line.split(',').map(|field| field.trim_matches('"')).collect()
}

pub(crate) fn fits(layout: &Layout, row: &[impl AsRef<str>]) -> bool {
    if row.len() != layout.width() {
        return false;
    }
    if let Some(master_type) = &layout.master_type {
        return row[1].as_ref() == master_type;
    }
    let ascii = |field: &str, test: fn(u8) -> bool| field.bytes().all(test);
    // Only columns of numbers and dates tell one master from another.
    let fields = row.iter().map(AsRef::as_ref);
    let says = layout.columns.iter().zip(fields).filter_map(|(column, field)| match column.column_type {
        ColumnType::Digits => Some(ascii(field, |byte| byte.is_ascii_digit())),
        ColumnType::Decimal => Some(ascii(field, |byte| byte.is_ascii_digit() || byte == b'.')),
        ColumnType::Date => {
            Some(field.is_empty() || field.len() == 8 && ascii(field, |byte| byte.is_ascii_digit()))
        }
        _ => None,
    });
    let (fitting, all) = says.fold((0, 0), |(fitting, all), fits| (fitting + usize::from(fits), all + 1));
    fitting * 10 >= all * 9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::convert::convert;
    use crate::file::{Declared, read};
    use crate::table::Role;

    /// The two masters of diseases have the same columns, widths and master type: only the change classes
    /// tell their rows apart, in lines, in fixed-length records and below a header alike. Both are fulls,
    /// whatever the classes are.
    #[test]
    fn of_two_masters_that_are_alike_the_change_classes_tell() {
        let schemas = Schemas::built_in().unwrap();
        let kikin = schemas.format("kikin").unwrap();
        let row = |(at, class): (usize, &&str)| {
            let mut fields = vec![String::new(); 46];
            fields[..3].clone_from_slice(&[*class, "B", &format!("25000{at:02}")].map(str::to_owned));
            fields[5] = "糖尿病".to_owned();
            format!("\"{}\"\r\n", fields.join("\",\""))
        };
        for (classes, kind) in [(["9", "9", "9"], "former-disease"), (["3", "0", "5"], "disease")] {
            let text: String = classes.iter().enumerate().map(row).collect();
            let bytes = kikin.charset.encode(&text).unwrap();
            let header = schemas.editions(kind)[0].canonical_header();
            let host = convert(&schemas, &bytes, kikin, schemas.format("kokuho-ebcdic").unwrap(), &[]);
            let host = host.unwrap_or_else(|refused| panic!("{kind}: {:?}", refused.list()));
            let headed = [header.as_bytes(), b"\r\n".as_slice(), bytes.as_slice()].concat();
            for bytes in [bytes, host.bytes, headed] {
                let reading = read(&schemas, bytes, &Declared::default());
                assert_eq!(reading.layout.unwrap().kind, kind);
                assert_eq!(reading.role, Some(Role::Full), "{kind}");
            }
        }
    }

    #[test]
    fn more_are_counted_than_a_byte_holds() {
        let bytes: Vec<u8> = (0..1000u32).map(|at| if at % 3 == 0 { 0x80 } else { b'a' }).collect();
        assert_eq!((count(&bytes, |byte| byte >= 0x80), count(&bytes, |_| true)), (334, 1000));
    }
}
