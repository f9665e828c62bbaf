//! Charsets, fenced: bytes that would not come back the same are a finding, never a silent change.
//!
//! The tables of windows-31j and eucJP-ms are encoding_rs's. Only its calls without replacement and without
//! byte-order-mark handling are used: the convenient ones write `&#128578;` for what cannot be encoded, and drop
//! marks. Two foldings that remain are undone here: the WHATWG encoders write U+00A5, U+203E and U+2212 as other
//! characters, so these are refused first; and EUC-JP rows 89 to 92, which eucJP-ms writes in three bytes, are
//! refused both ways.
//!
//! All other charsets are [tables](table) read from [`.ucm` files](ucm) under `schemas/charsets/`, those of a
//! site among them.

pub mod table;
pub mod ucm;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use encoding_rs::{DecoderResult, EUC_JP, EncoderResult, Encoding, SHIFT_JIS};
use serde::{Serialize, Serializer};

use table::Table;
use ucm::UcmError;

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

    fn encoding(&self) -> Option<&'static Encoding> {
        match self {
            Charset::Windows31J => Some(SHIFT_JIS),
            Charset::EucJpMs => Some(EUC_JP),
            Charset::Utf8 | Charset::Table(_) => None,
        }
    }

    /// Its table, if it has one.
    pub(crate) fn table(&self) -> Option<&Table> {
        match self {
            Charset::Table(charset) => Some(charset.table()),
            _ => None,
        }
    }

    /// Whether ASCII is written in it as in ASCII.
    pub fn is_ascii_like(&self) -> bool {
        self.table().is_none_or(|table| (0x20..0x7F).all(|byte| table.single_of_ascii(byte) == Some(byte)))
    }

    /// The single byte of a character of ASCII, where it has one.
    pub fn byte_of(&self, ascii: u8) -> Option<u8> {
        self.table().map_or(Some(ascii), |table| table.single_of_ascii(ascii))
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

    /// Gives the text of `bytes` to `take` in pieces of whole lines, each proven: encoding it again gives the
    /// bytes it came from. A piece is small enough to stay in the processor's cache.
    ///
    /// # Errors
    /// [`BadBytes`]: the first place that does not decode or would not come back the same; what came before
    /// has been given to `take`.
    pub fn decode_lines(&self, bytes: &[u8], mut take: impl FnMut(&str)) -> Result<(), BadBytes> {
        if let Some(table) = self.table() {
            return decode_lines_by_table(table, bytes, take);
        }
        let mut text = String::with_capacity(PIECE_BYTES * 2);
        let mut back = Vec::with_capacity(PIECE_BYTES * 2);
        let mut from = 0;
        while from < bytes.len() {
            // LF is never the second byte of a character in any of these.
            let to = piece_end(bytes, from, b'\n');
            let piece = &bytes[from..to];
            let Some(encoding) = self.encoding() else {
                match std::str::from_utf8(piece) {
                    Ok(piece) => take(piece),
                    Err(error) => return Err(bad(bytes, from + error.valid_up_to(), None)),
                }
                from = to;
                continue;
            };
            text.clear();
            decode_piece(encoding, piece, &mut text).map_err(|at| bad(bytes, from + at, None))?;
            // Encoding is the dearer half of the proof, and it can only fail where a character occurs that some
            // code does not come back from. No published master has one.
            if self.doubtful().any_in(&text) {
                back.clear();
                if self.encode_into(&text, &mut back).is_err() || back != piece {
                    return Err(self.first_difference(&text, bytes, from));
                }
            }
            take(&text);
            from = to;
        }
        Ok(())
    }

    /// The characters that some code of this charset decodes to without coming back from them.
    fn doubtful(&self) -> &'static Doubtful {
        static WINDOWS_31J: OnceLock<Doubtful> = OnceLock::new();
        static EUC_JP_MS: OnceLock<Doubtful> = OnceLock::new();
        let cell = if *self == Charset::EucJpMs { &EUC_JP_MS } else { &WINDOWS_31J };
        cell.get_or_init(|| Doubtful::of(self))
    }

    /// Where in `bytes[from..]`, which decoded to `text`, the first character stands that does not come back.
    fn first_difference(&self, text: &str, bytes: &[u8], from: usize) -> BadBytes {
        let mut at = from;
        let mut back = Vec::new();
        for character in text.chars() {
            back.clear();
            let mut buffer = [0; 4];
            let same = self.encode_into(character.encode_utf8(&mut buffer), &mut back).is_ok()
                && bytes[at..].starts_with(&back);
            if !same {
                return bad(bytes, at, Some(character));
            }
            at += back.len();
        }
        bad(bytes, at.min(bytes.len().saturating_sub(1)), None)
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
    /// [`Unmappable`]: the first character that this charset cannot hold; `bytes` then holds what came before.
    pub fn encode_into(&self, text: &str, bytes: &mut Vec<u8>) -> Result<(), Unmappable> {
        if let Some(table) = self.table() {
            return table.encode(text, bytes).map_err(|(at, character)| Unmappable { at, character });
        }
        let Some(encoding) = self.encoding() else {
            bytes.extend_from_slice(text.as_bytes());
            return Ok(());
        };
        if let Some((at, character)) = folded(text) {
            encode_plain(encoding, &text[..at], bytes)?;
            return Err(Unmappable { at, character });
        }
        let from = bytes.len();
        encode_plain(encoding, text, bytes)?;
        if *self == Charset::EucJpMs
            && let Some(offset) = extension_in_euc(&bytes[from..])
        {
            bytes.truncate(from + offset);
            // The prefix decodes, since it was just encoded: its length in the text is the place.
            let at = self.decode_prefix_length(&bytes[from..]);
            return Err(Unmappable { at, character: text[at..].chars().next().unwrap_or('\u{fffd}') });
        }
        Ok(())
    }

    fn decode_prefix_length(&self, bytes: &[u8]) -> usize {
        let mut text = String::new();
        match self.encoding().map(|encoding| decode_piece(encoding, bytes, &mut text)) {
            Some(Ok(())) => text.len(),
            _ => 0,
        }
    }
}

/// A set of characters of the Basic Multilingual Plane; everything beyond it is in the set.
struct Doubtful(Box<[u64; 1024]>);

impl Doubtful {
    /// Asks every code of one, two and (after 8F, in EUC) three bytes.
    fn of(charset: &Charset) -> Self {
        let mut set = Doubtful(Box::new([0; 1024]));
        let Some(encoding) = charset.encoding() else { return set };
        let (mut text, mut back) = (String::with_capacity(64), Vec::with_capacity(64));
        let mut ask = |code: &[u8]| {
            text.clear();
            if decode_piece(encoding, code, &mut text).is_err() {
                return;
            }
            back.clear();
            if charset.encode_into(&text, &mut back).is_err() || back != code {
                text.chars().for_each(|character| set.insert(character));
            }
        };
        for lead in 0..=0xFFu8 {
            ask(&[lead]);
            // A code of two characters (a single byte and another) is asked for as two single bytes.
            if lead >= 0x80 {
                for trail in 0x40..=0xFEu8 {
                    ask(&[lead, trail]);
                    if *charset == Charset::EucJpMs && lead >= 0xA1 && trail >= 0xA1 {
                        ask(&[0x8F, lead, trail]);
                    }
                }
            }
        }
        set
    }

    fn insert(&mut self, character: char) {
        if let Some(word) = self.0.get_mut(character as usize / 64) {
            *word |= 1 << (character as usize % 64);
        }
    }

    /// Whether any character of `text` is in the set.
    fn any_in(&self, text: &str) -> bool {
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let mut rest = text.as_bytes();
        loop {
            while let Some((eight, more)) = rest.split_first_chunk::<8>() {
                if u64::from_ne_bytes(*eight) & HIGH != 0 {
                    break;
                }
                rest = more;
            }
            let point = match *rest {
                [] => return false,
                [0..0x80, ..] => {
                    rest = &rest[1..];
                    continue;
                }
                [lead @ 0xC0..0xE0, second, ref more @ ..] => {
                    rest = more;
                    usize::from(lead & 0x1F) << 6 | usize::from(second & 0x3F)
                }
                [lead @ 0xE0..0xF0, second, third, ref more @ ..] => {
                    rest = more;
                    usize::from(lead & 0x0F) << 12
                        | usize::from(second & 0x3F) << 6
                        | usize::from(third & 0x3F)
                }
                _ => return true,
            };
            if self.0[point / 64] >> (point % 64) & 1 != 0 {
                return true;
            }
        }
    }
}

/// The first character that a WHATWG encoder would write as another one.
fn folded(text: &str) -> Option<(usize, char)> {
    // U+00A5 is C2 A5, U+203E and U+2212 begin with E2: pure ASCII and most pieces end at the first look.
    let suspicious = memchr::memchr2_iter(0xC2, 0xE2, text.as_bytes());
    suspicious.into_iter().find_map(|at| match text[at..].chars().next() {
        Some(character @ ('\u{a5}' | '\u{203e}' | '\u{2212}')) => Some((at, character)),
        _ => None,
    })
}

/// The offset of the first two-byte code of rows 89 to 92 (lead F9 to FC).
fn extension_in_euc(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        at += match bytes[at] {
            0xF9..=0xFE => return Some(at),
            0x8F => 3,
            0x8E | 0xA1..=0xF8 => 2,
            _ => 1,
        };
    }
    None
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

/// As [`Charset::decode_lines`]; a table is its own proof.
fn decode_lines_by_table(table: &Table, bytes: &[u8], mut take: impl FnMut(&str)) -> Result<(), BadBytes> {
    // Where the byte of LF may be half of a character, the file is not cut.
    let line_end = table.single_of_ascii(b'\n').filter(|byte| !table.in_double(*byte));
    let mut text = Vec::with_capacity(PIECE_BYTES * 2);
    let mut from = 0;
    while from < bytes.len() {
        let to = line_end.map_or(bytes.len(), |line_end| piece_end(bytes, from, line_end));
        text.clear();
        table.decode(&bytes[from..to], &mut text).map_err(|at| bad(bytes, from + at, None))?;
        match std::str::from_utf8(&text) {
            Ok(text) => take(text),
            Err(_) => return Err(bad(bytes, from, None)),
        }
        from = to;
    }
    Ok(())
}

/// Decodes `bytes` onto the end of `text`; the offset of the first malformed sequence otherwise.
fn decode_piece(encoding: &'static Encoding, bytes: &[u8], text: &mut String) -> Result<(), usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut read = 0;
    loop {
        text.reserve(bytes.len() - read + 16);
        let (result, consumed) = decoder.decode_to_string_without_replacement(&bytes[read..], text, true);
        read += consumed;
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => text.reserve(bytes.len() - read + 1024),
            DecoderResult::Malformed(length, after) => {
                return Err(read.saturating_sub(usize::from(length) + usize::from(after)));
            }
        }
    }
}

fn encode_plain(encoding: &'static Encoding, text: &str, bytes: &mut Vec<u8>) -> Result<(), Unmappable> {
    let mut encoder = encoding.new_encoder();
    let mut read = 0;
    loop {
        bytes.reserve(text.len() - read + 16);
        let (result, consumed) =
            encoder.encode_from_utf8_to_vec_without_replacement(&text[read..], bytes, true);
        read += consumed;
        match result {
            EncoderResult::InputEmpty => return Ok(()),
            EncoderResult::OutputFull => bytes.reserve(text.len() - read + 1024),
            EncoderResult::Unmappable(character) => {
                return Err(Unmappable { at: read - character.len_utf8(), character });
            }
        }
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
                // The shortcut and the full proof agree on every code, alone and inside other text.
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
        // 160 single bytes (00-80, A1-DF), 6879 of JIS X 0208, and of the 83 + 374 + 388 vendor codes those
        // that are the preferred ones of their characters.
        assert!((7_300..7_700).contains(&same), "{same} same, {refused} refused");
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
