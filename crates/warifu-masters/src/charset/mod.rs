//! Charsets, fenced: bytes that would not come back the same are a finding, never a silent change.
//!
//! Every charset but UTF-8 is a [`Table`] of the codes that come back the same, so a text and its bytes
//! follow from each other. That of windows-31j and that of eucJP-ms are made from encoding_rs, which is asked
//! for every code once: only by its calls without replacement and without byte-order-mark handling, for the
//! convenient ones write `&#128578;` for what cannot be encoded, and drop marks. What the WHATWG encoders
//! fold (U+00A5, U+203E and U+2212 are written as other characters) is in no table, because its code decodes
//! to something else; nor are rows 89 to 92 of EUC-JP, which eucJP-ms writes in three bytes. All others are
//! read from [`.ucm` files](ucm) under `schemas/charsets/`, those of a site among them.

pub(crate) mod direct;
pub mod table;
pub mod ucm;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use encoding_rs::{DecoderResult, EUC_JP, EncoderResult, Encoding, SHIFT_JIS};
use serde::{Serialize, Serializer};

use table::Table;
use ucm::{Mapped, UcmError};

/// A charset that masters are written in.
#[derive(Debug, Clone)]
pub enum Charset {
    /// Microsoft's Shift JIS, code page 932: `windows-31j`.
    Windows31J,
    /// EUC-JP with Microsoft's mapping of `－` and `～`: `eucJP-ms`.
    EucJpMs,
    /// UTF-8.
    Utf8,
    /// One of `schemas/charsets/`.
    Table(Arc<TableCharset>),
}

/// A charset by table. The tables are large and few commands need one, so each is compiled at its first use.
#[derive(Debug)]
pub struct TableCharset {
    name: String,
    source: Cow<'static, str>,
    table: OnceLock<Table>,
}

impl TableCharset {
    /// A table that is built in and known to be right; a test compiles each.
    pub(crate) fn built_in(name: &str, source: &'static str) -> Self {
        TableCharset { name: name.to_owned(), source: Cow::Borrowed(source), table: OnceLock::new() }
    }

    /// The table in the text `source`.
    ///
    /// # Errors
    /// [`UcmError`] names the line that is not right.
    pub fn new(source: &str) -> Result<Self, UcmError> {
        let ucm = ucm::parse(source)?;
        let table = OnceLock::from(Table::of(&ucm)?);
        Ok(TableCharset { name: ucm.name, source: Cow::Borrowed(""), table })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has been compiled.
    pub(crate) fn is_compiled(&self) -> bool {
        self.table.get().is_some()
    }

    /// Its tables.
    pub fn table(&self) -> &Table {
        self.table.get_or_init(|| {
            let table = ucm::parse(&self.source).and_then(|ucm| Table::of(&ucm));
            // A table that could not be compiled holds nothing, so that everything is refused.
            table.unwrap_or_else(|_| Table::empty())
        })
    }
}

impl PartialEq for Charset {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Charset {}

impl Serialize for Charset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Bytes that are no text in a charset, or would not come back the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadBytes {
    /// Offset of the first such byte.
    pub at: usize,
    /// The bytes in hexadecimal, at most four.
    pub bytes: String,
    /// The character they decode to, when they decode but do not come back.
    pub character: Option<char>,
}

/// A character that a charset cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmappable {
    /// Offset in the text, in bytes of UTF-8.
    pub at: usize,
    /// The character.
    pub character: char,
}

/// Decoding goes by pieces of this size, so that the proof runs on bytes that are still in cache.
const PIECE_BYTES: usize = 32 * 1024;

impl Charset {
    /// The charsets that are not tables.
    pub const WITHOUT_TABLE: [Charset; 3] = [Charset::Windows31J, Charset::EucJpMs, Charset::Utf8];

    /// Its name as formats write it.
    pub fn name(&self) -> &str {
        match self {
            Charset::Windows31J => "windows-31j",
            Charset::EucJpMs => "eucJP-ms",
            Charset::Utf8 => "UTF-8",
            Charset::Table(charset) => charset.name(),
        }
    }

    /// Its table; UTF-8 has none.
    pub(crate) fn table(&self) -> Option<&Table> {
        static WINDOWS_31J: OnceLock<Table> = OnceLock::new();
        static EUC_JP_MS: OnceLock<Table> = OnceLock::new();
        match self {
            Charset::Windows31J => Some(WINDOWS_31J.get_or_init(windows_31j)),
            Charset::EucJpMs => Some(EUC_JP_MS.get_or_init(euc_jp_ms)),
            Charset::Utf8 => None,
            Charset::Table(charset) => Some(charset.table()),
        }
    }

    /// Whether ASCII is written in it as in ASCII.
    pub fn is_ascii_like(&self) -> bool {
        match self {
            Charset::Table(charset) => {
                let table = charset.table();
                (0x20..0x7F).all(|byte| table.single_of_ascii(byte) == Some(byte))
            }
            _ => true,
        }
    }

    /// The single byte of a character of ASCII, where it has one.
    pub fn byte_of(&self, ascii: u8) -> Option<u8> {
        match self {
            Charset::Table(charset) => charset.table().single_of_ascii(ascii),
            _ => Some(ascii),
        }
    }

    /// The text of `bytes`, proven: encoding it again gives `bytes`.
    ///
    /// # Errors
    /// [`BadBytes`]: the first place that does not decode or would not come back the same.
    pub fn decode(&self, bytes: &[u8]) -> Result<String, BadBytes> {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 4);
        self.decode_lines(bytes, |piece| text.push_str(piece))?;
        Ok(text)
    }

    /// Whether [`Charset::decode`] gives the text of `bytes`; found without making it.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        match self.table() {
            Some(table) => table.holds(bytes),
            None => std::str::from_utf8(bytes).is_ok(),
        }
    }

    /// Gives the text of `bytes` to `take` in pieces of whole lines, each proven: encoding it again gives the
    /// bytes it came from. A piece is small enough to stay in the processor's cache.
    ///
    /// # Errors
    /// [`BadBytes`]: the first place that does not decode or would not come back the same; what came before
    /// has been given to `take`.
    pub fn decode_lines(&self, bytes: &[u8], mut take: impl FnMut(&str)) -> Result<(), BadBytes> {
        let mut is_text = true;
        let decoded = self.decode_pieces(bytes, |piece| match std::str::from_utf8(piece) {
            Ok(piece) => take(piece),
            Err(_) => is_text = false,
        });
        // Tables give whole characters only, so it always is.
        if is_text { decoded } else { Err(bad(bytes, 0, None)) }
    }

    /// As [`Charset::decode_lines`], in UTF-8 that is not checked again.
    pub(crate) fn decode_pieces(&self, bytes: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), BadBytes> {
        let table = self.table();
        // Where the byte of LF may be half of a character, the file is not cut.
        let line_end = table.map_or(Some(b'\n'), Table::line_end);
        let mut text = Vec::with_capacity(PIECE_BYTES * 2);
        let mut from = 0;
        while from < bytes.len() {
            let to = line_end.map_or(bytes.len(), |line_end| piece_end(bytes, from, line_end));
            let piece = &bytes[from..to];
            match table {
                Some(table) => {
                    text.clear();
                    table.decode(piece, &mut text).map_err(|at| self.refused(bytes, from + at))?;
                    take(&text);
                }
                None => match std::str::from_utf8(piece) {
                    Ok(piece) => take(piece.as_bytes()),
                    Err(error) => return Err(bad(bytes, from + error.valid_up_to(), None)),
                },
            }
            from = to;
        }
        Ok(())
    }

    /// Why the bytes at `at` are refused: no text, or a character that does not come back as them.
    fn refused(&self, bytes: &[u8], at: usize) -> BadBytes {
        let encoding = match self {
            Charset::Windows31J => SHIFT_JIS,
            Charset::EucJpMs => EUC_JP,
            _ => return bad(bytes, at, None),
        };
        let code = |length| bytes.get(at..at + length);
        let character = [1, 2, 3].into_iter().filter_map(code).find_map(|code| decoded(encoding, code));
        bad(bytes, at, character)
    }

    /// The bytes of `text`.
    ///
    /// # Errors
    /// [`Unmappable`]: the first character that this charset cannot hold.
    pub fn encode(&self, text: &str) -> Result<Vec<u8>, Unmappable> {
        let mut bytes = Vec::with_capacity(text.len());
        self.encode_into(text, &mut bytes)?;
        Ok(bytes)
    }

    /// Appends the bytes of `text` to `bytes`.
    ///
    /// # Errors
    /// [`Unmappable`]: the first character that this charset cannot hold; `bytes` holds what came before.
    pub fn encode_into(&self, text: &str, bytes: &mut Vec<u8>) -> Result<(), Unmappable> {
        self.encode_utf8(text.as_bytes(), bytes)
    }

    /// As [`Charset::encode_into`], of UTF-8 that was decoded before.
    pub(crate) fn encode_utf8(&self, text: &[u8], bytes: &mut Vec<u8>) -> Result<(), Unmappable> {
        let Some(table) = self.table() else {
            bytes.extend_from_slice(text);
            return Ok(());
        };
        table.encode(text, bytes).map_err(|(at, character)| Unmappable { at, character })
    }
}

fn windows_31j() -> Table {
    let leads = (0x81..=0x9Fu8).chain(0xE0..=0xFC);
    let doubles = leads.flat_map(|lead| (0x40..=0xFCu8).map(move |trail| [lead, trail]));
    asked(SHIFT_JIS, doubles)
}

fn euc_jp_ms() -> Table {
    // Behind 8E stand the half-width kana. From F9 on are the rows that eucJP-ms has elsewhere.
    let leads = std::iter::once(0x8Eu8).chain(0xA1..=0xF8);
    let doubles = leads.flat_map(|lead| (0xA1..=0xFEu8).map(move |trail| [lead, trail]));
    asked(EUC_JP, doubles)
}

/// The codes of `encoding` that come back: all single bytes and those of `doubles`.
///
/// All are asked at once, with a line end between them: one by one takes ten times as long, at every start.
fn asked(encoding: &'static Encoding, doubles: impl Iterator<Item = [u8; 2]>) -> Table {
    let mut bytes = Vec::with_capacity(3 * 0x8000);
    for byte in (0..=0xFF).filter(|byte| *byte != b'\n') {
        bytes.extend([byte, b'\n']);
    }
    for [lead, trail] in doubles {
        bytes.extend([lead, trail, b'\n']);
    }
    let text = decoded_lines(encoding, &bytes);
    let again = encoded_lines(encoding, &text);
    let (mut codes, mut characters, mut back) = (Rest(&bytes), Rest(text.as_bytes()), Rest(&again));
    let mut is_even = true;
    let come_back = std::iter::from_fn(|| {
        let lines = (codes.line(), characters.line(), back.line());
        is_even = matches!(lines, (Some(_), Some(_), Some(_)) | (None, None, None));
        Some((lines.0?, lines.1?, lines.2?))
    });
    let come_back = come_back.filter(|(code, _, again)| code == again).filter_map(|(code, text, _)| {
        let code = match *code {
            [byte] => Mapped::Single(byte),
            [lead, trail] => Mapped::Double(u16::from_be_bytes([lead, trail])),
            _ => return None,
        };
        let mut characters = std::str::from_utf8(text).ok()?.chars();
        let character = characters.next()?;
        characters.next().is_none().then_some((code, character))
    });
    let table = Table::of_codes(come_back.chain([(Mapped::Single(b'\n'), '\n')]));
    // Of lines that are not as many, nothing tells which is whose.
    if is_even { table } else { Table::empty() }
}

/// What is left of lines that are shorter than most: looking for their ends byte by byte is quickest.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn line(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let line = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Some(line)
    }
}

/// The text of `bytes`, with U+FFFF wherever they are none.
fn decoded_lines(encoding: &'static Encoding, bytes: &[u8]) -> String {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() * 2);
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return text,
            DecoderResult::OutputFull => text.reserve(bytes.len()),
            DecoderResult::Malformed(..) => text.push('\u{ffff}'),
        }
    }
}

/// The bytes of `text`, with two that are no code for a character that has none.
fn encoded_lines(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        at += read;
        match result {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => bytes.reserve(text.len()),
            EncoderResult::Unmappable(_) => bytes.extend(b"??"),
        }
    }
}

/// The character that the whole of `code` stands for.
fn decoded(encoding: &'static Encoding, code: &[u8]) -> Option<char> {
    let mut text = [0; 16];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (result, _, length) = decoder.decode_to_utf8_without_replacement(code, &mut text, true);
    let mut characters = std::str::from_utf8(&text[..length]).ok()?.chars();
    let character = characters.next();
    character.filter(|_| result == DecoderResult::InputEmpty && characters.next().is_none())
}

/// The end of a piece that does not cut a character: after a line end.
fn piece_end(bytes: &[u8], from: usize, line_end: u8) -> usize {
    let limit = from + PIECE_BYTES;
    if limit >= bytes.len() {
        return bytes.len();
    }
    match memchr::memrchr(line_end, &bytes[from..limit]) {
        Some(at) => from + at + 1,
        None => memchr::memchr(line_end, &bytes[limit..]).map_or(bytes.len(), |at| limit + at + 1),
    }
}

fn bad(bytes: &[u8], at: usize, character: Option<char>) -> BadBytes {
    let end = bytes.len().min(at + 2);
    let hex: Vec<_> = bytes[at.min(end)..end].iter().map(|byte| format!("{byte:02X}")).collect();
    BadBytes { at, bytes: hex.join(" "), character }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every one- and two-byte code of CP932: it comes back the same, or it is refused. Nothing else.
    #[test]
    fn no_code_of_cp932_changes_in_silence() {
        let mut same = 0;
        let mut refused = 0;
        for lead in 0x00..=0xFFu8 {
            for trail in 0x00..=0xFFu8 {
                let single = matches!(lead, 0x00..=0x80 | 0xA0..=0xDF | 0xFD..=0xFF);
                if single && trail != 0 {
                    continue;
                }
                let code: &[u8] = if single { &[lead] } else { &[lead, trail] };
                // Alone and inside other text.
                let inside = [b"\"a", code, b"\x88\x9F\"\n"].concat();
                let alone = Charset::Windows31J.decode(code);
                assert_eq!(alone.is_ok(), Charset::Windows31J.decode(&inside).is_ok(), "{code:02X?}");
                match alone {
                    Ok(text) => {
                        assert_eq!(Charset::Windows31J.encode(&text).unwrap(), code);
                        same += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
        }
        // 192 single bytes (00-80, A1-DF), 6879 of JIS X 0208, and of the 83 + 374 + 388 vendor codes those
        // that are the preferred ones of their characters.
        assert_eq!(same, 192 + 6879 + 447, "{refused} refused");
    }

    #[test]
    fn folding_characters_are_refused() {
        for character in ["¥", "‾", "−", "🙂", "凛\u{2212}"] {
            assert!(Charset::Windows31J.encode(character).is_err(), "{character}");
        }
        assert_eq!(Charset::Windows31J.encode("－～").unwrap(), [0x81, 0x7C, 0x81, 0x60]);
        assert_eq!(Charset::EucJpMs.encode("－～ｱ").unwrap(), [0xA1, 0xDD, 0xA1, 0xC1, 0x8E, 0xB1]);
    }

    #[test]
    fn the_place_of_an_unmappable_character_is_told() {
        let text = "初診料🙂";
        let error = Charset::Windows31J.encode(text).unwrap_err();
        assert_eq!((error.at, error.character), (9, '🙂'));
        let text = "初診纊料";
        assert_eq!(Charset::EucJpMs.encode(text).unwrap_err(), Unmappable { at: 6, character: '纊' });
    }

    #[test]
    fn the_place_of_bad_bytes_is_told() {
        let error = Charset::Windows31J.decode(b"abc\x81").unwrap_err();
        assert_eq!((error.at, error.bytes.as_str()), (3, "81"));
        // NEC row 13 not-sign twice over: decodes, but comes back as another code.
        let error = Charset::Windows31J.decode(b"ab\xEE\xF9").unwrap_err();
        assert_eq!((error.at, error.character), (2, Some('￢')));
    }
}
