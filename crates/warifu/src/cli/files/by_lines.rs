//! Conversion of a regular file some lines at a time: converted with proof, written beside its name, and both
//! digests taken behind.

use std::path::Path;

use warifu::error::Failure;
use warifu::place::Place;
use warifu::windows::{Window, Windows};
use warifu_masters::file::convert::Recoding;
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Format, Schemas};
use warifu_values::digest::Hasher;

use super::converted::Done;

/// Converts the file at `source`. Where it is no regular one, or anything would have to be said, nothing is
/// made and nothing appears under `output`: the way by the whole file then says it.
pub(super) fn convert(
    schemas: &Schemas,
    source: &Path,
    from: &Format,
    to: &Format,
    output: &Place,
) -> Result<Option<Done>, Failure> {
    let Some(mut windows) = Windows::open(source) else { return Ok(None) };
    let Some(first) = windows.first() else { return Ok(None) };
    let Some(mut recoding) = Recoding::begin(schemas, first.lines(), from, to) else { return Ok(None) };
    let Ok(Some(mut file)) = output.begin() else { return Ok(None) };
    let work = |window: &mut Window<Vec<u8>>| {
        let mut written = std::mem::take(&mut window.made);
        written.clear();
        let is_proven = recoding.take(window.lines(), &mut written).is_some();
        if is_proven {
            file.write(&written)?;
        }
        window.made = written;
        Ok::<_, Failure>(is_proven)
    };
    let (mut of_source, mut of_output) = (Hasher::default(), Hasher::default());
    let digests = |window: &Window<Vec<u8>>| {
        Hasher::update_both((&mut of_source, window.lines()), (&mut of_output, &window.made));
    };
    let done = windows.each_with(first, work, digests)?;
    let Some(recoded) = recoding.finish().filter(|_| done) else { return Ok(None) };
    file.finish()?;
    Ok(Some(Done {
        rows: recoded.rows,
        source: of_source.finish(),
        output: of_output.finish(),
        cuts: Vec::new(),
        findings: Findings::new(),
    }))
}

#[cfg(test)]
mod tests {
    use warifu::files::Over;
    use warifu::windows::{FIRST_BYTES, WINDOW_BYTES};
    use warifu_values::digest::Digest;

    use super::*;

    /// A file of comments of about `bytes` bytes: many windows, with lines over their ends.
    fn comments(schemas: &Schemas, bytes: usize) -> Vec<u8> {
        let kikin = schemas.format("kikin").unwrap();
        let mut text = String::new();
        for serial in 0.. {
            let mut fields = vec![String::new(); 30];
            let key = format!("{serial:06}");
            fields[..5].clone_from_slice(&["0", "C", "8", "10", &key].map(str::to_owned));
            fields[6] = "摘要～".repeat(serial % 40 + 1);
            fields[8] = "ｼｮｼﾝ".repeat(serial % 7);
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
            if text.len() > bytes {
                return kikin.charset.encode(&text).unwrap();
            }
        }
        unreachable!("the numbers do not end")
    }

    fn place(path: &Path) -> Place {
        Place::at(path, Over::Yes).unwrap()
    }

    #[test]
    fn by_lines_a_file_becomes_what_it_becomes_as_a_whole() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (source, output) = (folder.path().join("in"), folder.path().join("out"));
        let kikin = schemas.format("kikin").unwrap();
        for bytes in [1, FIRST_BYTES / 2, FIRST_BYTES, FIRST_BYTES + WINDOW_BYTES / 2, FIRST_BYTES * 4] {
            let whole = comments(&schemas, bytes);
            warifu::files::write(&source, &whole).unwrap();
            for to in ["kokuho", "kokuho-utf8"] {
                let to = schemas.format(to).unwrap();
                let done = convert(&schemas, &source, kikin, to, &place(&output)).unwrap().unwrap();
                let expected =
                    warifu_masters::file::convert::convert(&schemas, &whole, kikin, to, &[]).unwrap();
                assert!(warifu::files::read(&output).unwrap() == expected.bytes, "{bytes} {}", to.name);
                assert_eq!((done.rows, done.source), (expected.rows, Digest::of(&whole)));
                assert_eq!(done.output, Digest::of(&expected.bytes));
            }
        }
    }

    /// Whatever is wrong, and wherever: nothing is written, and what was there stays.
    #[test]
    fn of_a_file_that_is_not_regular_nothing_is_written() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (source, output) = (folder.path().join("in"), folder.path().join("out"));
        let (kikin, kokuho) = (schemas.format("kikin").unwrap(), schemas.format("kokuho").unwrap());
        let whole = comments(&schemas, FIRST_BYTES + WINDOW_BYTES * 5);
        warifu::files::write(&output, b"old").unwrap();
        let last_line = whole[..whole.len() - 2].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let cases = [
            whole[..whole.len() - 2].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            [&whole[..], b"\x1A"].concat(),
            [&whole[..], &whole[last_line..]].concat(),
            [&whole[..], b"\r\n"].concat(),
            [&whole[..whole.len() - 3], b"\x81\"\r\n"].concat(),
            Vec::new(),
        ];
        for bytes in cases {
            warifu::files::write(&source, &bytes).unwrap();
            assert!(convert(&schemas, &source, kikin, kokuho, &place(&output)).unwrap().is_none());
            assert_eq!(warifu::files::read(&output).unwrap(), b"old");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        }
    }

    /// Of EUC-JP the first bytes may be Shift JIS too, and end with half a character: that does not make
    /// them Shift JIS.
    #[test]
    fn the_charset_is_told_by_whole_lines() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (source, output) = (folder.path().join("in"), folder.path().join("out"));
        let (kikin, utf8) = (schemas.format("kikin").unwrap(), schemas.format("kokuho-utf8").unwrap());
        let euc = &schemas.format("kokuho").unwrap().charset;
        for before in ["", "1"] {
            let mut text = String::new();
            for serial in 0..FIRST_BYTES / 2000 {
                let mut fields = vec![String::new(); 30];
                let key = format!("{serial:06}");
                fields[..5].clone_from_slice(&["0", "C", "8", "10", &key].map(str::to_owned));
                fields[6] = format!("{before}{}", "い".repeat(2000));
                text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
            }
            warifu::files::write(&source, &euc.encode(&text).unwrap()).unwrap();
            assert!(convert(&schemas, &source, kikin, utf8, &place(&output)).unwrap().is_none());
        }
    }
}
