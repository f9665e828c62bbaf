//! Reading: the bytes of a file become records, and what was remarkable about the bytes becomes findings.
//!
//! A file is recognised by its content alone: the charset by its bytes, the master and its edition by the
//! number of columns (in fixed-length records their length) and the values in the first rows, full or
//! differential by the change classes. Its name is never asked.

use std::sync::Arc;

use super::edition;
use super::host;
use super::read_as::{read_as, read_csv};
use super::reading::{Candidate, Confidence, Declared, Reading, Why};
use super::recognise::{Guess, guess_charset};
use crate::charset::Charset;
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Format, Schemas};
use crate::table::{Role, fields};

/// Reads `bytes`, and lets go of them.
pub fn read(schemas: &Schemas, bytes: Vec<u8>, declared: &Declared<'_>) -> Reading {
    read_bytes(schemas, &bytes, declared)
}

/// Reads `bytes`, which somebody else may be reading too.
pub fn read_bytes(schemas: &Schemas, bytes: &[u8], declared: &Declared<'_>) -> Reading {
    let mut reading = read_in_some_edition(schemas, bytes, declared);
    edition::settle(schemas, &mut reading);
    reading
}

fn read_in_some_edition(schemas: &Schemas, bytes: &[u8], declared: &Declared<'_>) -> Reading {
    if bytes.is_empty() {
        return Reading::finding(Finding::new(Code::FileEmpty));
    }
    if let Some(format) = declared.format
        && host::is_for_hosts(format)
    {
        let otherwise =
            || read_in_some_edition(schemas, bytes, &Declared { format: None, role: declared.role });
        return host::read_declared(schemas, bytes, format, declared.role, otherwise);
    }
    let (findings, bytes) = without_mark(bytes);
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
    let mut reading = read_csv(schemas, bytes, &charset, declared.role);
    if reading.layout.is_none() && declared.format.is_none() {
        // Without lines it may be fixed-length records of a site's own format.
        let fixed =
            schemas.formats().filter(|format| host::is_for_hosts(format) && format.charset == charset);
        let sound =
            fixed.map(|format| read_as(schemas, bytes, format, declared.role)).find(Reading::is_sound);
        reading = sound.unwrap_or(reading);
    }
    held_against(schemas, reading, &charset, (confidence, other.as_ref()), declared)
}

/// What was read as text in `charset`, held against what was declared. How sure the charset is, and the other
/// one that the bytes are text in, stand together.
pub(super) fn held_against(
    schemas: &Schemas,
    mut reading: Reading,
    charset: &Charset,
    (confidence, other): (Confidence, Option<&Charset>),
    declared: &Declared<'_>,
) -> Reading {
    reading.confidence = confidence;
    reading.others = others_like(schemas, &reading, other);
    let Some(format) = declared.format else { return reading };
    if format.charset != *charset {
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

/// Of two charsets in both of which `bytes` are text the one whose text is more like a master's, first:
/// half-width kana do not stand in columns of kanji, nor kanji in columns of kana. Where that does not tell,
/// the one that was `said`, or the first. The first one is what such bytes mostly are, so when it was said
/// too, nothing is asked.
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
            .map(|master| fields::check(&master, Role::Differential));
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
