//! Reading a file some lines at a time: its bytes need not be held, and are looked at while they are in the
//! processor's cache.

use crate::charset::Charset;
use crate::file::edition;
use crate::file::host;
use crate::file::read::held_against;
use crate::file::read_as::Rows;
use crate::file::reading::{Confidence, Declared, Reading};
use crate::file::recognise::{Guess, SAMPLE_BYTES, guess_charset};
use crate::schema::Schemas;

/// A file that is being read some lines at a time.
///
/// It gives what [`read`](super::read) gives of the whole, or nothing: where the first bytes do not tell the
/// charset for certain, where bytes are not text in it, and where no layout fits, only the whole file can
/// say what it is.
pub struct ByLines<'a> {
    rows: Rows<'a>,
    schemas: &'a Schemas,
    charset: Charset,
    declared: Declared<'a>,
}

impl<'a> ByLines<'a> {
    /// A file that begins with less than this, and does not end there, tells too little.
    pub const HEAD_BYTES: usize = SAMPLE_BYTES + 1;

    /// Begins with the file whose first lines are `head`, whole ones: [`ByLines::HEAD_BYTES`] at least, or
    /// all there are. Nothing is taken of them yet. In all there are about `bytes` bytes.
    pub fn begin(
        schemas: &'a Schemas,
        head: &[u8],
        bytes: usize,
        declared: Declared<'a>,
    ) -> Option<ByLines<'a>> {
        let is_for_hosts = declared.format.is_some_and(host::is_for_hosts);
        if is_for_hosts
            || head.starts_with(b"\xEF\xBB\xBF")
            || head[..head.len().min(SAMPLE_BYTES)].is_ascii()
        {
            return None;
        }
        // What is taken for EUC-JP may turn out to be none at the end.
        let Guess::Certain(charset @ (Charset::Windows31J | Charset::Utf8)) = guess_charset(head) else {
            return None;
        };
        Some(ByLines { rows: Rows::new(schemas, charset.clone(), bytes), schemas, charset, declared })
    }

    /// Takes the next `lines`, whole ones, and the first time all of the head: it tells the layout too.
    /// Nothing where they are not text in the charset.
    pub fn take(&mut self, lines: &[u8]) -> Option<()> {
        self.rows.take(lines).ok()
    }

    /// What was read, when all lines were taken; nothing where no layout fits.
    pub fn finish(self) -> Option<Reading> {
        let ByLines { rows, schemas, charset, declared } = self;
        let reading = rows.finish(declared.role)?;
        let mut reading = held_against(schemas, reading, &charset, (Confidence::Certain, None), &declared);
        edition::settle(schemas, &mut reading);
        Some(reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_bytes;

    /// Comments in `charset`, with a name and a reading each.
    fn comments(charset: &Charset, names: &[&str]) -> Vec<u8> {
        let mut text = String::new();
        for (serial, name) in names.iter().enumerate() {
            let mut fields = vec![String::new(); 30];
            fields[..5].clone_from_slice(&["0", "C", "8", "10", &serial.to_string()].map(str::to_owned));
            (fields[6], fields[8]) = ((*name).to_owned(), "ｼｮｼﾝ".to_owned());
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
        }
        charset.encode(&text).unwrap()
    }

    /// As it is read all but the last line first.
    fn by_lines(schemas: &Schemas, bytes: &[u8], declared: &Declared<'_>) -> Option<Reading> {
        let mut reading = ByLines::begin(schemas, bytes, bytes.len(), declared.clone())?;
        let first = memchr::memrchr(b'\n', &bytes[..bytes.len() - 1]).map_or(bytes.len(), |end| end + 1);
        reading.take(&bytes[..first])?;
        reading.take(&bytes[first..])?;
        reading.finish()
    }

    #[test]
    fn by_lines_a_file_reads_as_it_reads_as_a_whole() {
        let schemas = Schemas::built_in().unwrap();
        let sjis = comments(&Charset::Windows31J, &["初診料", "摘要、－～", "", "ア,イ", "再診料", "外来"]);
        let changed = |from: &[u8], to: &[u8]| {
            let at = memchr::memmem::find(&sjis, from).unwrap();
            [&sjis[..at], to, &sjis[at + from.len()..]].concat()
        };
        let files = [
            comments(&Charset::Utf8, &["初診料", "摘要"]),
            sjis[..sjis.len() - 2].to_vec(),
            [&sjis[..], b"\x1A"].concat(),
            [&sjis[..], &sjis[..]].concat(),
            [&sjis[..], b"\r\n"].concat(),
            changed(b"\r\n", b"\n"),
            changed(b"\"C\"", b"C"),
            changed(b"\"C\",", b""),
            changed(b"\"C\"", b"\"C"),
            changed(b"\"0\"", b"\"5\""),
            changed(b"\"10\"", b"\"1\x01\""),
            sjis.clone(),
        ];
        let formats =
            [None, schemas.format("kikin"), schemas.format("kokuho-utf8"), schemas.format("kokuho")];
        for bytes in &files {
            for format in formats {
                for role in [None, Some(crate::table::Role::Full)] {
                    let declared = Declared { format: format.map(AsRef::as_ref), role };
                    let whole = read_bytes(&schemas, bytes, &declared);
                    let by_lines = by_lines(&schemas, bytes, &declared).unwrap();
                    assert_eq!(format!("{by_lines:?}"), format!("{whole:?}"));
                }
            }
        }
    }

    #[test]
    fn what_only_the_whole_can_say_is_left_to_it() {
        let schemas = Schemas::built_in().unwrap();
        let sjis = comments(&Charset::Windows31J, &["初診料"]);
        let files = [
            Vec::new(),
            b"\"1\",\"2\"\r\n".to_vec(),
            comments(&Charset::EucJpMs, &["初診料"]),
            [b"\xEF\xBB\xBF", &comments(&Charset::Utf8, &["初診料"])[..]].concat(),
            [&sjis[..], b"\"\x81\"\r\n"].concat(),
            Charset::Windows31J.encode("\"摘要\",\"摘要\"\r\n").unwrap(),
        ];
        for bytes in &files {
            assert!(by_lines(&schemas, bytes, &Declared::default()).is_none(), "{bytes:02X?}");
        }
        let host = schemas.format("kokuho-ebcdic").unwrap();
        assert!(by_lines(&schemas, &sjis, &Declared { format: Some(host), role: None }).is_none());
    }
}
