//! ICU's text form of a charset table: the `.ucm` files under `schemas/charsets/`.
//!
//! What is read of it: `<code_set_name>`, `<uconv_class>`, `<mb_cur_max>`, and between `CHARMAP` and
//! `END CHARMAP` lines like `<U3042> \x44\x81 |0`. Two header lines are ours, for hosts whose shifts are not
//! SO (0E) and SI (0F): `<warifu:shift_double> \x28` and `<warifu:shift_single> \x29`. Other header lines are
//! allowed and mean nothing here. Codes have one or two bytes.

use std::fmt;

/// The largest table in bytes: four times the largest that two-byte codes can make.
pub const LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// How the codes of a charset are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// One byte each.
    Single,
    /// Two bytes each.
    Double,
    /// One or two bytes, told by the first.
    Mixed,
    /// One byte each until the bytes that shift to double, two bytes each until those that shift back.
    Shifted,
}

/// What a mapping may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// `|0`: both ways.
    RoundTrip,
    /// `|1`, `|2`, `|3` and `|4`: one way only, which here means never.
    OneWay,
}

/// A code of one or two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mapped {
    /// One byte.
    Single(u8),
    /// Two bytes, the first one higher.
    Double(u16),
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// Its line in the file, from 1.
    pub line: u32,
    /// The character; the first one of a sequence.
    pub character: char,
    /// The second character, where the code stands for a sequence.
    pub second: Option<char>,
    /// The code.
    pub code: Mapped,
    /// Both ways or one way.
    pub flag: Flag,
}

/// A table as it is written; whether it makes sense is for [`Table`](super::table::Table) to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ucm {
    /// What the table calls its charset.
    pub name: String,
    /// How its codes are told apart.
    pub class: Class,
    /// The bytes that shift to double; only asked of [`Class::Shifted`].
    pub shift_double: Vec<u8>,
    /// The bytes that shift back to single.
    pub shift_single: Vec<u8>,
    /// The table.
    pub mappings: Vec<Mapping>,
}

/// A table file is not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct UcmError {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file has more than [`LIMIT_BYTES`].
    TooLarge,
    /// A line that is none of a header line, a comment, a mapping.
    Line,
    /// A header line is missing.
    Missing(&'static str),
    /// A class that is not known.
    Class(String),
    /// A code of more than two bytes, or of a length that the class does not have.
    Length,
    /// `END CHARMAP` does not come.
    NoEnd,
    /// A shift of no byte or more than four, or one that the other begins with.
    Shift,
    /// A byte that is a code of its own cannot be the first of two as well, or begin a shift.
    Lead(u8),
    /// A code has two round-trip characters.
    CodeTwice(String),
    /// A character has two round-trip codes.
    CharacterTwice(char),
    /// More characters beyond the Basic Multilingual Plane than can be held.
    TooManyBeyond,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::TooLarge => write!(f, "a table of more than {LIMIT_BYTES} bytes"),
            Fault::Line => f.write_str("neither a header line nor a mapping (<U3042> \\x44\\x81 |0)"),
            Fault::Missing(what) => write!(f, "no {what} before CHARMAP"),
            Fault::Class(class) => write!(f, "class {class} is none of SBCS, DBCS, MBCS, EBCDIC_STATEFUL"),
            Fault::Length => {
                f.write_str("a code of a length that this class does not have (at most two bytes)")
            }
            Fault::NoEnd => f.write_str("no END CHARMAP"),
            Fault::Shift => f.write_str("a shift has one to four bytes, and neither begins with the other"),
            Fault::Lead(byte) => write!(f, "byte {byte:02X} is a code by itself and begins a longer one"),
            Fault::CodeTwice(code) => write!(f, "code {code} has two round-trip characters"),
            Fault::CharacterTwice(character) => {
                write!(f, "U+{:04X} has two round-trip codes", u32::from(*character))
            }
            Fault::TooManyBeyond => f.write_str("more than 2048 characters beyond U+FFFF"),
        }
    }
}

/// Reads the text of a table. Needs memory in proportion to it, whatever it holds.
///
/// # Errors
/// [`UcmError`] names the first line that is not right.
pub fn parse(text: &str) -> Result<Ucm, UcmError> {
    let at = |line: u32, fault: Fault| UcmError { line, fault };
    if text.len() > LIMIT_BYTES {
        return Err(at(1, Fault::TooLarge));
    }
    let (mut name, mut class) = (None, None);
    let (mut shift_double, mut shift_single) = (vec![0x0E], vec![0x0F]);
    let mut lines = (1u32..).zip(text.lines());
    let mut last = 0;
    let start = loop {
        let Some((line, content)) = lines.next() else { return Err(at(last + 1, Fault::Missing("CHARMAP"))) };
        last = line;
        let content = content.split('#').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        if content == "CHARMAP" {
            break line;
        }
        let (key, value) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
        if !(key.starts_with('<') && key.ends_with('>')) {
            return Err(at(line, Fault::Line));
        }
        let value = value.trim().trim_matches('"');
        match key {
            "<code_set_name>" => name = Some(value.to_owned()),
            "<uconv_class>" => {
                class = Some(match value {
                    "SBCS" => Class::Single,
                    "DBCS" => Class::Double,
                    "MBCS" => Class::Mixed,
                    "EBCDIC_STATEFUL" => Class::Shifted,
                    _ => return Err(at(line, Fault::Class(value.chars().take(40).collect()))),
                });
            }
            "<mb_cur_max>" if !matches!(value, "1" | "2") => return Err(at(line, Fault::Length)),
            "<warifu:shift_double>" => shift_double = shift(value).ok_or_else(|| at(line, Fault::Shift))?,
            "<warifu:shift_single>" => shift_single = shift(value).ok_or_else(|| at(line, Fault::Shift))?,
            _ => {}
        }
    };
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| at(start, Fault::Missing("<code_set_name>")))?;
    let class = class.ok_or_else(|| at(start, Fault::Missing("<uconv_class>")))?;
    let mut mappings = Vec::with_capacity(text.len() / 20);
    for (line, content) in lines {
        last = line;
        match mapping(line, content.as_bytes()) {
            Some(mapping) => mappings.push(mapping),
            None => {
                let content = content.split('#').next().unwrap_or_default().trim();
                if content == "END CHARMAP" {
                    return Ok(Ucm { name, class, shift_double, shift_single, mappings });
                }
                if !content.is_empty() {
                    return Err(at(line, Fault::Line));
                }
            }
        }
    }
    Err(at(last + 1, Fault::NoEnd))
}

fn shift(value: &str) -> Option<Vec<u8>> {
    let mut rest = value.as_bytes();
    let mut bytes = Vec::new();
    while !rest.is_empty() {
        let (byte, more) = hex_byte(rest)?;
        bytes.push(byte);
        rest = more;
    }
    (1..=4).contains(&bytes.len()).then_some(bytes)
}

/// `<U3042> \x44\x81 |0`, with any blanks between and a comment after.
fn mapping(line: u32, content: &[u8]) -> Option<Mapping> {
    let (character, rest) = point(content)?;
    let (second, rest) = match point(rest) {
        Some((second, rest)) => (Some(second), rest),
        None => (None, rest),
    };
    let (first, rest) = hex_byte(blanks(rest))?;
    let (code, rest) = match hex_byte(rest) {
        Some((trail, rest)) => (Mapped::Double(u16::from_be_bytes([first, trail])), rest),
        None => (Mapped::Single(first), rest),
    };
    let flag = match *blanks(rest) {
        [b'|', b'0', ref rest @ ..] if ends(rest) => Flag::RoundTrip,
        [b'|', b'1'..=b'4', ref rest @ ..] if ends(rest) => Flag::OneWay,
        // ICU takes a mapping without a flag for a round-trip one.
        ref rest if ends(rest) => Flag::RoundTrip,
        _ => return None,
    };
    Some(Mapping { line, character, second, code, flag })
}

fn blanks(bytes: &[u8]) -> &[u8] {
    let blank = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'+')).count();
    &bytes[blank..]
}

fn ends(rest: &[u8]) -> bool {
    matches!(blanks(rest), [] | [b'\r' | b'#', ..])
}

fn point(bytes: &[u8]) -> Option<(char, &[u8])> {
    let digits = blanks(bytes).strip_prefix(b"<U")?;
    let length = digits.iter().take(7).position(|byte| *byte == b'>')?;
    let value = digits[..length].iter().try_fold(0, |value, digit| Some(value << 4 | hex_digit(*digit)?))?;
    let character = char::from_u32(value).filter(|_| length >= 4)?;
    Some((character, &digits[length + 1..]))
}

fn hex_byte(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes {
        [b'\\', b'x', high, low, rest @ ..] => {
            Some(((hex_digit(*high)? << 4 | hex_digit(*low)?) as u8, rest))
        }
        _ => None,
    }
}

fn hex_digit(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(rows: &str) -> String {
        format!("<code_set_name> \"x\"\n<uconv_class> \"EBCDIC_STATEFUL\"\nCHARMAP\n{rows}END CHARMAP\n")
    }

    #[test]
    fn lines_are_read_as_they_are_written() {
        let ucm =
            parse(&with("<U0041> \\xC1 |0 # A\n\n<U304B><U309A>  \\xEC\\xB5 |0\n<UFF0D> \\x42\\x60 |1\n"));
        let mappings = ucm.unwrap().mappings;
        let told: Vec<_> =
            mappings.iter().map(|one| (one.line, one.character, one.second, one.flag)).collect();
        let expected = [
            (4, 'A', None, Flag::RoundTrip),
            (6, 'か', Some('\u{309a}'), Flag::RoundTrip),
            (7, '－', None, Flag::OneWay),
        ];
        assert_eq!(told, expected);
        assert_eq!(mappings[1].code, Mapped::Double(0xECB5));
    }

    #[test]
    fn a_faulty_line_is_named() {
        let wrong = [
            (with("<U0041> \\xC1 |5\n"), 4, "neither a header"),
            (with("<UD800> \\xC1 |0\n"), 4, "neither a header"),
            (with("<U0041> \\xC1\\xC2\\xC3 |0\n"), 4, "neither a header"),
            ("<uconv_class> \"UTF-8\"\n".to_owned(), 1, "class UTF-8"),
            ("CHARMAP\n".to_owned(), 1, "no <code_set_name>"),
            ("<code_set_name> x\n<mb_cur_max> 4\n".to_owned(), 2, "length"),
            ("nonsense\n".to_owned(), 1, "neither a header"),
            (with("").replace("END CHARMAP\n", ""), 4, "no END CHARMAP"),
        ];
        for (text, line, expected) in wrong {
            let error = parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
