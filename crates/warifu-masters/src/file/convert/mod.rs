//! Conversion from one format to another, with proof that nothing was lost.
//!
//! There are three ways to the same result. Regular files, which most are, go quickly: from one CSV format to
//! another from bytes to bytes ([`Recoding`]), to fixed-length records piece by piece. The way by whole
//! tables takes all others, and says what is wrong with them.

mod lines;
mod pieces;
mod recoding;
mod regular;

pub use recoding::{Recoded, Recoding};

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::file::edition;
use crate::file::fixed::Shape;
use crate::file::read_as::read_as;
use crate::file::write::{Cut, same_records, write, write_shortened};
use crate::file::{Declared, read};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Format, Framing, Layout, Rendering, Schemas};
use crate::table::{Master, Role, TableBuilder};
use warifu_values::digest::Digest;

/// A conversion that was proven to lose nothing, or nothing but what it says.
#[derive(Debug)]
pub struct Converted {
    /// The layout of the records.
    pub layout: Arc<Layout>,
    /// Full or differential.
    pub role: Option<Role>,
    /// How many records there are.
    pub rows: usize,
    /// What was found in the source.
    pub findings: Findings,
    /// Digest of the bytes that came in.
    pub source_digest: Digest,
    /// The bytes in the other format.
    pub bytes: Vec<u8>,
    /// The values that were shortened, as asked for.
    pub cuts: Vec<Cut>,
}

/// Converts `bytes` from one format to another, keeping the order of the rows, and proves it: the result is
/// read again, must hold the same records, and rendering these as the source was written must give the very
/// bytes that came in.
///
/// Values of the fields `shorten` that a fixed-length column cannot hold are cut. Each is said, and the proof
/// then is that the records are the same but for these, and that the bytes come back with the old values put
/// in.
///
/// # Errors
/// What was found, when the source is not in `from`, is damaged, or cannot be written in `to`.
pub fn convert(
    schemas: &Schemas,
    bytes: &[u8],
    from: &Format,
    to: &Format,
    shorten: &[String],
) -> Result<Converted, Box<Findings>> {
    // The digest needs nothing of the conversion, and is a fifth of the work.
    let (quick, source_digest) = std::thread::scope(|scope| {
        let digest = scope.spawn(|| Digest::of(bytes));
        let quick =
            recode(schemas, bytes, from, to).or_else(|| pieces::convert(schemas, bytes, from, to, shorten));
        (quick, digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let Some(done) = quick else { return by_tables(schemas, bytes, from, to, shorten) };
    Ok(Converted {
        layout: done.layout,
        role: Some(done.role),
        rows: done.rows,
        findings: Findings::new(),
        source_digest,
        bytes: done.bytes,
        cuts: done.cuts,
    })
}

/// The whole of `bytes` by [`Recoding`].
fn recode(schemas: &Schemas, bytes: &[u8], from: &Format, to: &Format) -> Option<pieces::Done> {
    let mut recoding = Recoding::begin(schemas, bytes, from, to)?;
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    recoding.take(bytes, &mut out)?;
    let Recoded { layout, role, rows } = recoding.finish()?;
    Some(pieces::Done { layout, role, rows, bytes: out, cuts: Vec::new() })
}

fn by_tables(
    schemas: &Schemas,
    bytes: &[u8],
    from: &Format,
    to: &Format,
    shorten: &[String],
) -> Result<Converted, Box<Findings>> {
    let mut source = read(schemas, bytes.to_vec(), &Declared { format: Some(from), role: None });
    if source.findings.denies() {
        return Err(Box::new(source.findings));
    }
    let (Some(master), Some(rendering)) = (&source.master, &source.rendering) else {
        let found = source.findings.list().iter().find(|finding| finding.code == Code::FileRendering);
        let found = found.map(|finding| finding.found.clone()).unwrap_or_default();
        return refuse(source.findings, Finding::new(Code::ConvertIrregular).found(found));
    };
    let wanted = Rendering { order: rendering.order.clone(), ..to.rendering(rendering.header) };
    if rendering.header && !wanted.header {
        source.findings.push(Finding::new(Code::ConvertHeader));
    }
    let others = source.open.iter().filter(|other| Shape::of(other) != Shape::of(master.layout()));
    if matches!(to.framing, Framing::Fixed { .. })
        && others.count() > 0
        && let Some(open) = source.edition_open()
    {
        source.findings.push(open);
    }
    let written = match write_shortened(master, &wanted, shorten) {
        Ok(written) => written,
        Err(findings) => {
            source.findings.extend(findings);
            return Err(Box::new(source.findings));
        }
    };
    let mut again = read_as(schemas, &written.bytes, to, source.role);
    edition::settle(schemas, &mut again);
    let cuts = &written.cuts;
    let shortened = with_values(master, cuts, |cut| &cut.new);
    let Some(again) = again.master.filter(|again| same_records(&shortened, again)) else {
        return refuse(source.findings, Finding::new(Code::ConvertDiffers).found("the records differ"));
    };
    let restored = with_values(&again, cuts, |cut| &cut.old);
    if !write(&restored, rendering).is_ok_and(|back| back == bytes) {
        return refuse(
            source.findings,
            Finding::new(Code::ConvertDiffers).found("the way back gives other bytes"),
        );
    }
    Ok(Converted {
        layout: Arc::clone(master.layout()),
        role: source.role,
        rows: source.rows,
        findings: source.findings,
        source_digest: Digest::of(bytes),
        bytes: written.bytes,
        cuts: written.cuts,
    })
}

/// What was found, and what refuses it.
fn refuse<T>(mut findings: Findings, finding: Finding) -> Result<T, Box<Findings>> {
    findings.push(finding);
    Err(Box::new(findings))
}

/// `master` with the values of `cuts` in their places.
fn with_values<'a>(master: &'a Master, cuts: &[Cut], value: impl Fn(&Cut) -> &str) -> Cow<'a, Master> {
    if cuts.is_empty() {
        return Cow::Borrowed(master);
    }
    let values: HashMap<(usize, usize), &str> =
        cuts.iter().map(|cut| ((cut.row, cut.column as usize - 1), value(cut))).collect();
    let layout = master.layout();
    let mut builder = TableBuilder::new(Arc::clone(layout), master.text_bytes(), master.rows());
    builder.mark_special(master.is_special());
    for row in 0..master.rows() {
        for column in 0..layout.width() {
            builder.push(values.get(&(row, column)).copied().unwrap_or_else(|| master.field(row, column)));
        }
    }
    // Keys are never cut, so the order stays.
    Cow::Owned(Master::from_ordered(builder.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Comment rows: a key and a name each, with the last reading as given.
    fn rows(names: &[&str], kana: &str) -> Vec<u8> {
        let mut text = String::new();
        for (serial, name) in names.iter().enumerate() {
            let mut fields = vec![String::new(); 30];
            fields[..5].clone_from_slice(&["0", "C", "8", "10", &serial.to_string()].map(str::to_owned));
            (fields[6], fields[8]) = ((*name).to_owned(), kana.to_owned());
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
        }
        crate::charset::Charset::Windows31J.encode(&text).unwrap()
    }

    fn quickly(
        schemas: &Schemas,
        bytes: &[u8],
        from: &Format,
        to: &Format,
        shorten: &[String],
    ) -> Option<pieces::Done> {
        recode(schemas, bytes, from, to).or_else(|| pieces::convert(schemas, bytes, from, to, shorten))
    }

    /// Both ways give the same, in every pair of formats.
    #[test]
    fn the_quick_way_gives_what_the_way_by_tables_gives() {
        let schemas = Schemas::built_in().unwrap();
        let kikin = schemas.format("kikin").unwrap();
        let bytes = rows(&["初診料", "摘要、－～", "", "ア,イ"], "ｼｮｼﾝ");
        for to in schemas.formats() {
            let quick = quickly(&schemas, &bytes, kikin, to, &[]).unwrap();
            let slow = by_tables(&schemas, &bytes, kikin, to, &[]).unwrap();
            assert!(quick.bytes == slow.bytes, "{}", to.name);
            assert_eq!((quick.rows, Some(quick.role)), (slow.rows, slow.role));
            assert_eq!(convert(&schemas, &slow.bytes, to, kikin, &[]).unwrap().bytes, bytes, "{}", to.name);
        }
    }

    #[test]
    fn what_is_not_regular_is_left_to_the_way_by_tables() {
        let schemas = Schemas::built_in().unwrap();
        let (kikin, kokuho) = (schemas.format("kikin").unwrap(), schemas.format("kokuho").unwrap());
        let whole = rows(&["初診料", "摘要"], "");
        let twice = [whole.as_slice(), whole.as_slice()].concat();
        let unended = &whole[..whole.len() - 2];
        let wide = [&whole[..whole.len() - 2], b",\"\"\r\n"].concat();
        for bytes in [&twice, unended, &wide] {
            assert!(quickly(&schemas, bytes, kikin, kokuho, &[]).is_none());
        }
        assert!(convert(&schemas, unended, kikin, kokuho, &[]).is_ok());
        assert_eq!(convert(&schemas, &twice, kikin, kokuho, &[]).unwrap_err().count(Code::KeyDuplicate), 2);
    }

    /// A value is cut at a character where that was asked for, the same on both ways; else it is refused.
    #[test]
    fn a_value_that_does_not_fit_is_refused_or_cut_and_said() {
        let schemas = Schemas::built_in().unwrap();
        let kikin = schemas.format("kikin").unwrap();
        let host = schemas.format("kokuho-ebcdic").unwrap();
        let long = "摘".repeat(150);
        let bytes = rows(&["初診料", &long], "ｼｮｼﾝ ");
        let refused = convert(&schemas, &bytes, kikin, host, &[]).unwrap_err();
        let told: Vec<_> =
            refused.list().iter().map(|one| (one.code, one.line, one.found.as_str())).collect();
        let expected = [
            (Code::ConvertTrailingBlank, Some(1), "\"ｼｮｼﾝ \""),
            (Code::ConvertOverflow, Some(2), "302"),
            (Code::ConvertTrailingBlank, Some(2), "\"ｼｮｼﾝ \""),
        ];
        assert_eq!(told, expected);
        let shorten = ["name", "kana", "comment_code"].map(str::to_owned);
        let quick = pieces::convert(&schemas, &bytes, kikin, host, &shorten).unwrap();
        let slow = by_tables(&schemas, &bytes, kikin, host, &shorten).unwrap();
        assert_eq!((&quick.bytes, &quick.cuts), (&slow.bytes, &slow.cuts));
        let cut = &slow.cuts[1];
        assert_eq!((cut.key.as_str(), cut.line, cut.field.as_str()), ("810000001", 2, "name"));
        assert_eq!((cut.new.chars().count(), slow.cuts[0].new.as_str()), (149, "ｼｮｼﾝ"));
        // Of a value that begins in ASCII nothing is left behind the cut.
        let bytes = rows(&["A摘"], &format!("AB{}", "摘".repeat(10)));
        let quick = pieces::convert(&schemas, &bytes, kikin, host, &shorten).unwrap();
        let slow = by_tables(&schemas, &bytes, kikin, host, &shorten).unwrap();
        assert_eq!((&quick.bytes, &quick.cuts), (&slow.bytes, &slow.cuts));
    }

    #[test]
    fn an_unmappable_character_names_its_record() {
        let schemas = Schemas::built_in().unwrap();
        let mut fields = vec![""; 30];
        fields[..7].copy_from_slice(&["3", "C", "8", "10", "1", "2", "摘🙂要"]);
        let text = format!("\"{}\"\n", fields.join("\",\""));
        let utf8 = schemas.format("kokuho-utf8").unwrap();
        let kikin = schemas.format("kikin").unwrap();
        let error = convert(&schemas, text.as_bytes(), utf8, kikin, &[]).unwrap_err();
        let finding = error.list().last().unwrap();
        assert_eq!(finding.place(), "1:7:name");
        assert_eq!(finding.key.as_deref(), Some("810000001"));
        assert_eq!(finding.found, "🙂 (U+1F642)");
    }
}
