//! A charset by table: both directions compiled for speed, from a `.ucm` file or from encoding_rs.
//!
//! Only what is true both ways is in it. So the bytes of a text, and the text of bytes, follow from each
//! other character by character, and decoding is its own proof: no two codes give one character, no two
//! characters one code, and shifts are taken only where encoding would write them.

use super::ucm::{Class, Fault, Flag, Mapped, Ucm, UcmError};

/// Where a table holds nothing.
const NONE: u16 = 0xFFFF;
/// Values from here to DFFF are no characters by themselves: they number those beyond U+FFFF.
const BEYOND: u16 = 0xD800;
const BEYOND_LIMIT: usize = 0x800;

/// One word for each number of sixteen bits.
type Words = [u16; 0x1_0000];

fn no_words() -> Box<Words> {
    // Made where it stays: it is too large for the stack of a small thread.
    vec![NONE; 0x1_0000].try_into().unwrap_or_else(|_| Box::new([NONE; 0x1_0000]))
}

/// The two tables of a charset.
pub struct Table {
    class: Class,
    shift_double: Vec<u8>,
    shift_single: Vec<u8>,
    /// The character of each single byte.
    single: [u16; 256],
    /// The character of each two bytes.
    double: Box<Words>,
    /// The code of each character up to U+FFFF. Below 100 it is a single byte.
    codes: Box<Words>,
    /// The characters beyond U+FFFF.
    beyond: Vec<char>,
    /// Their codes, in order of the characters.
    beyond_codes: Vec<(char, u16)>,
    /// What each single byte is when it is a printable ASCII character, except for the comma and the
    /// quotation mark; else 0. Most of a master can be read by this alone.
    plain: [u8; 256],
    /// Whether every ASCII character is its own byte, so that runs of them are copied.
    is_ascii: bool,
    line_end: Option<u8>,
    /// Whether no byte below 40 is part of a longer code.
    low_bytes_stand_alone: bool,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("class", &self.class).finish_non_exhaustive()
    }
}

impl Table {
    /// A table that holds nothing, so that everything is refused.
    pub(super) fn empty() -> Table {
        Table {
            class: Class::Single,
            shift_double: vec![0x0E],
            shift_single: vec![0x0F],
            single: [NONE; 256],
            double: no_words(),
            codes: no_words(),
            beyond: Vec::new(),
            beyond_codes: Vec::new(),
            plain: [0; 256],
            is_ascii: false,
            line_end: None,
            low_bytes_stand_alone: false,
        }
    }

    /// The table of a charset whose codes of one and two bytes are told by the first, with these characters.
    pub(super) fn of_codes(codes: impl Iterator<Item = (Mapped, char)>) -> Table {
        let mut table = Table::empty();
        table.class = Class::Mixed;
        for (code, character) in codes {
            // What comes back is neither there twice nor of another length.
            let _ = table.take(character, code);
        }
        table.settle();
        table
    }

    /// Compiles `ucm`.
    ///
    /// Codes of character sequences are left out, and with them the characters that end one: text that holds
    /// such a character could be read in two ways.
    ///
    /// # Errors
    /// [`UcmError`] names the line that contradicts another one or the class.
    pub fn of(ucm: &Ucm) -> Result<Table, UcmError> {
        let mut table = Table::empty();
        table.class = ucm.class;
        table.shift_double.clone_from(&ucm.shift_double);
        table.shift_single.clone_from(&ucm.shift_single);
        let (to_double, to_single) = (&ucm.shift_double, &ucm.shift_single);
        let alike = to_double.starts_with(to_single) || to_single.starts_with(to_double);
        if ucm.class == Class::Shifted && alike {
            return Err(UcmError { line: 1, fault: Fault::Shift });
        }
        let mut enders: Vec<char> = ucm.mappings.iter().filter_map(|mapping| mapping.second).collect();
        enders.sort_unstable();
        enders.dedup();
        let usable = ucm.mappings.iter().filter(|mapping| {
            mapping.flag == Flag::RoundTrip
                && mapping.second.is_none()
                && (enders.is_empty() || enders.binary_search(&mapping.character).is_err())
        });
        for mapping in usable {
            let wrong = |fault| UcmError { line: mapping.line, fault };
            table.take(mapping.character, mapping.code).map_err(wrong)?;
        }
        table.beyond_codes.sort_unstable();
        if let Some(pair) = table.beyond_codes.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let twice = |mapping: &&super::ucm::Mapping| mapping.character == pair[0].0;
            let line = ucm.mappings.iter().rev().find(twice).map_or(1, |mapping| mapping.line);
            return Err(UcmError { line, fault: Fault::CharacterTwice(pair[0].0) });
        }
        table.refuse_ambiguous_leads(ucm)?;
        table.settle();
        Ok(table)
    }

    /// Computes what is asked often.
    fn settle(&mut self) {
        for (point, plain) in self.single.iter().zip(&mut self.plain) {
            if matches!(*point, 0x20..0x7F) && *point != 0x22 && *point != 0x2C {
                *plain = *point as u8;
            }
        }
        self.line_end = self.safe_line_end();
        self.low_bytes_stand_alone = (0..0x40).all(|byte| !self.is_part_of_a_double(byte));
        self.is_ascii = self.class != Class::Double
            && (0..0x80u8).all(|byte| self.single[usize::from(byte)] == u16::from(byte));
    }

    fn take(&mut self, character: char, code: Mapped) -> Result<(), Fault> {
        let (slot, number) = match code {
            Mapped::Single(byte) if self.class != Class::Double => {
                (&mut self.single[usize::from(byte)], u16::from(byte))
            }
            Mapped::Double(code) if self.class != Class::Single && code > 0xFF && code != NONE => {
                (&mut self.double[usize::from(code)], code)
            }
            _ => return Err(Fault::Length),
        };
        if *slot != NONE {
            return Err(Fault::CodeTwice(format!("{number:02X}")));
        }
        match u16::try_from(u32::from(character)) {
            // U+FFFF is no character and is not told from an empty place.
            Ok(NONE) => return Err(Fault::Line),
            Ok(point) => {
                *slot = point;
                let back = &mut self.codes[usize::from(point)];
                if *back != NONE {
                    return Err(Fault::CharacterTwice(character));
                }
                *back = number;
            }
            Err(_) => {
                if self.beyond.len() == BEYOND_LIMIT {
                    return Err(Fault::TooManyBeyond);
                }
                *slot = BEYOND + self.beyond.len() as u16;
                self.beyond.push(character);
                self.beyond_codes.push((character, number));
            }
        }
        Ok(())
    }

    /// A byte that is a code of its own must not begin a longer one, where nothing else tells the two apart.
    fn refuse_ambiguous_leads(&self, ucm: &Ucm) -> Result<(), UcmError> {
        let begins_double = |lead: u8| {
            let from = usize::from(lead) << 8;
            self.double[from..from + 0x100].iter().any(|point| *point != NONE)
        };
        let is_single = |byte: u8| self.single[usize::from(byte)] != NONE;
        let ambiguous = match self.class {
            Class::Single | Class::Double => None,
            Class::Mixed => (1..=255u8).find(|lead| is_single(*lead) && begins_double(*lead)),
            Class::Shifted if is_single(self.shift_double[0]) => Some(self.shift_double[0]),
            Class::Shifted => Some(self.shift_single[0]).filter(|lead| begins_double(*lead)),
        };
        ambiguous.map_or(Ok(()), |lead| Err(Table::lead_error(ucm, lead)))
    }

    fn lead_error(ucm: &Ucm, lead: u8) -> UcmError {
        let begins = |code: Mapped| match code {
            Mapped::Single(byte) => byte == lead,
            Mapped::Double(code) => code.to_be_bytes()[0] == lead,
        };
        let line = ucm.mappings.iter().find(|mapping| begins(mapping.code)).map_or(1, |mapping| mapping.line);
        UcmError { line, fault: Fault::Lead(lead) }
    }

    /// The character of a single byte; a number for one beyond U+FFFF.
    #[inline]
    pub(super) fn single_point(&self, byte: u8) -> Option<u16> {
        let point = self.single[usize::from(byte)];
        (point != NONE).then_some(point)
    }

    /// The character of two bytes; a number for one beyond U+FFFF.
    #[inline]
    pub(super) fn double_point(&self, code: [u8; 2]) -> Option<u16> {
        let point = self.double[usize::from(u16::from_be_bytes(code))];
        (point != NONE).then_some(point)
    }

    /// Whether ASCII is written as in ASCII, and the first byte of every code tells how long it is.
    pub(super) fn is_told_by_first_byte(&self) -> bool {
        self.is_ascii && matches!(self.class, Class::Single | Class::Mixed)
    }

    /// Whether no byte below 40, such as a comma's, a quotation mark's or a line end's, is part of a longer
    /// code.
    pub(super) fn low_bytes_stand_alone(&self) -> bool {
        self.low_bytes_stand_alone
    }

    /// The code of the character at the code point `point`.
    #[inline]
    pub(super) fn code(&self, point: u32) -> Option<u16> {
        let code = match self.codes.get(point as usize) {
            Some(code) => *code,
            None => {
                let of = |(character, _): &(char, u16)| u32::from(*character);
                self.beyond_codes[self.beyond_codes.binary_search_by_key(&point, of).ok()?].1
            }
        };
        (code != NONE).then_some(code)
    }

    /// The single byte of the ASCII character `ascii`, where it has one.
    #[inline]
    pub(crate) fn single_of_ascii(&self, ascii: u8) -> Option<u8> {
        u8::try_from(self.codes[usize::from(ascii & 0x7F)]).ok()
    }

    /// The printable ASCII character that each single byte stands for, except for the comma and the quotation
    /// mark; 0 for everything else.
    #[inline]
    pub(crate) fn plain(&self) -> &[u8; 256] {
        &self.plain
    }

    /// Whether `bytes` shift to double and do not shift back.
    pub(crate) fn is_unclosed(&self, bytes: &[u8]) -> bool {
        self.class == Class::Shifted
            && bytes.starts_with(&self.shift_double)
            && !bytes[self.shift_double.len()..].contains(&self.shift_single[0])
    }

    /// The byte of LF, when it is no part of a longer code, so that bytes can be cut after it.
    pub(super) fn line_end(&self) -> Option<u8> {
        self.line_end
    }

    fn safe_line_end(&self) -> Option<u8> {
        self.single_of_ascii(b'\n').filter(|line_end| !self.is_part_of_a_double(*line_end))
    }

    fn is_part_of_a_double(&self, byte: u8) -> bool {
        let byte = usize::from(byte);
        let led = &self.double[byte << 8..][..0x100];
        led.iter().any(|point| *point != NONE)
            || self.double[byte..].iter().step_by(0x100).any(|point| *point != NONE)
    }

    /// Appends the bytes of `text`, which is UTF-8; the offset and the character of the first that has no
    /// code otherwise, with the bytes of what came before appended.
    pub(crate) fn encode(&self, text: &[u8], out: &mut Vec<u8>) -> Result<(), (usize, char)> {
        out.reserve(text.len() + 2);
        let mut is_double = false;
        let shifts = self.class == Class::Shifted;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if self.is_ascii && byte < 0x80 {
                let run = ascii_run(&text[at..]);
                out.extend_from_slice(&text[at..at + run]);
                at += run;
                continue;
            }
            let (point, length) = first_point(&text[at..]);
            let Some(code) = self.code(point) else {
                if is_double {
                    out.extend_from_slice(&self.shift_single);
                }
                return Err((at, char::from_u32(point).unwrap_or('\u{fffd}')));
            };
            at += length;
            let double = code > 0xFF;
            if shifts && double != is_double {
                out.extend_from_slice(if double { &self.shift_double } else { &self.shift_single });
                is_double = double;
            }
            if double {
                out.extend_from_slice(&code.to_be_bytes());
            } else {
                out.push(code as u8);
            }
        }
        if is_double {
            out.extend_from_slice(&self.shift_single);
        }
        Ok(())
    }

    /// Appends the text of `bytes`, as UTF-8, to `out`; the offset of the first bytes that are none
    /// otherwise.
    pub(crate) fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
        match self.class {
            Class::Single => self.run_of_singles(bytes, 0, out, |_| false).map(|_| ()),
            Class::Double => self.run_of_doubles(bytes, 0, bytes.len(), out),
            Class::Mixed => self.decode_mixed(bytes, out),
            Class::Shifted => self.decode_shifted(bytes, out),
        }
    }

    /// Whether [`Table::decode`] gives the text of `bytes`; as fast as they can be looked through where ASCII
    /// is ASCII and no shift is needed.
    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        if !(self.is_ascii && self.class == Class::Mixed) {
            return self.decode(bytes, &mut Vec::new()).is_ok();
        }
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte < 0x80 {
                at += ascii_run(&bytes[at..]);
            } else if self.single[usize::from(byte)] != NONE {
                at += 1;
            } else {
                match bytes.get(at + 1) {
                    Some(trail) if self.double_point([byte, *trail]).is_some() => at += 2,
                    _ => return false,
                }
            }
        }
        true
    }

    fn decode_mixed(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
        out.reserve(bytes.len() * 2);
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.is_ascii && byte < 0x80 {
                at += take_ascii(&bytes[at..], out);
                continue;
            }
            let single = self.single[usize::from(byte)];
            let (point, length) = match bytes.get(at + 1) {
                _ if single != NONE => (single, 1),
                Some(trail) => (self.double[usize::from(u16::from_be_bytes([byte, *trail]))], 2),
                None => return Err(at),
            };
            if let 0x800..BEYOND | 0xE000..=0xFFFE = point {
                out.extend_from_slice(&three_bytes(point));
            } else {
                self.push(point, out).ok_or(at)?;
            }
            at += length;
        }
        Ok(())
    }

    fn decode_shifted(&self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), usize> {
        let (to_double, to_single) = (self.shift_double.as_slice(), self.shift_single.as_slice());
        let mut at = 0;
        let mut shifted_back = false;
        while at < bytes.len() {
            let from = at;
            at = self.run_of_singles(bytes, at, out, |byte| byte == to_double[0])?;
            if at == bytes.len() {
                break;
            }
            // Back to single and at once to double again is not what encoding writes.
            if !bytes[at..].starts_with(to_double) || (shifted_back && at == from) {
                return Err(at);
            }
            let doubles = at + to_double.len();
            let mut end = doubles;
            while end < bytes.len() && bytes[end] != to_single[0] {
                end += 2;
            }
            if end == doubles || end >= bytes.len() || !bytes[end..].starts_with(to_single) {
                return Err(at);
            }
            self.run_of_doubles(bytes, doubles, end, out)?;
            at = end + to_single.len();
            shifted_back = true;
        }
        Ok(())
    }

    /// Takes single bytes from `at` on until one that `stop` names; returns where.
    #[inline]
    fn run_of_singles(
        &self,
        bytes: &[u8],
        mut at: usize,
        out: &mut Vec<u8>,
        stop: impl Fn(u8) -> bool,
    ) -> Result<usize, usize> {
        while let Some(&byte) = bytes.get(at) {
            if self.is_ascii && byte < 0x80 {
                at += take_ascii(&bytes[at..], out);
                continue;
            }
            let plain = self.plain[usize::from(byte)];
            if plain != 0 {
                out.push(plain);
            } else if stop(byte) {
                break;
            } else {
                self.push(self.single[usize::from(byte)], out).ok_or(at)?;
            }
            at += 1;
        }
        Ok(at)
    }

    fn run_of_doubles(&self, bytes: &[u8], from: usize, to: usize, out: &mut Vec<u8>) -> Result<(), usize> {
        for at in (from..to).step_by(2) {
            let [lead, trail] = bytes[at..to.min(at + 2)] else { return Err(at) };
            let point = self.double[usize::from(u16::from_be_bytes([lead, trail]))];
            self.push(point, out).ok_or(at)?;
        }
        Ok(())
    }

    /// Appends the UTF-8 of what a table holds; nothing when it holds nothing.
    #[inline]
    fn push(&self, point: u16, out: &mut Vec<u8>) -> Option<()> {
        match point {
            0x800..BEYOND | 0xE000..=0xFFFE => out.extend_from_slice(&three_bytes(point)),
            0..0x80 => out.push(point as u8),
            0x80..0x800 => out.extend_from_slice(&[0xC0 | (point >> 6) as u8, 0x80 | (point & 0x3F) as u8]),
            NONE => return None,
            BEYOND..0xE000 => {
                let character = self.beyond.get(usize::from(point - BEYOND))?;
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        Some(())
    }
}

/// The UTF-8 of a code point from U+0800 to U+FFFF.
#[inline]
fn three_bytes(point: u16) -> [u8; 3] {
    [0xE0 | (point >> 12) as u8, 0x80 | (point >> 6 & 0x3F) as u8, 0x80 | (point & 0x3F) as u8]
}

/// Takes the bytes below 0x80 at the beginning of `bytes` as they are; how many there are.
#[inline]
fn take_ascii(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    let run = ascii_run(bytes);
    out.extend_from_slice(&bytes[..run]);
    run
}

/// How many bytes at the beginning of `bytes` are ASCII.
#[inline]
fn ascii_run(bytes: &[u8]) -> usize {
    // Sixteen at a time is one instruction or two.
    let is_ascii = |some: &[u8; 16]| some.iter().fold(0, |all, byte| all | byte) < 0x80;
    let mut run = 0;
    while let Some(some) = bytes[run..].first_chunk::<16>()
        && is_ascii(some)
    {
        run += 16;
    }
    let rest = &bytes[run..bytes.len().min(run + 16)];
    run + rest.iter().position(|byte| *byte >= 0x80).unwrap_or(rest.len())
}

/// The code point of the first character of `text`, which is UTF-8 and not empty, and its length.
#[inline]
fn first_point(text: &[u8]) -> (u32, usize) {
    let bits = |byte: u8| u32::from(byte & 0x3F);
    match *text {
        [lead @ 0xE0..0xF0, second, third, ..] => {
            (u32::from(lead & 0x0F) << 12 | bits(second) << 6 | bits(third), 3)
        }
        [lead @ 0xC0..0xE0, second, ..] => (u32::from(lead & 0x1F) << 6 | bits(second), 2),
        [lead @ 0xF0..=0xF7, second, third, fourth, ..] => {
            (u32::from(lead & 0x07) << 18 | bits(second) << 12 | bits(third) << 6 | bits(fourth), 4)
        }
        [byte, ..] => (u32::from(byte), 1),
        [] => (0xFFFD, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ucm::parse;
    use super::*;

    fn table(class: &str, rows: &str) -> Result<Table, UcmError> {
        let text = format!("<code_set_name> \"x\"\n<uconv_class> \"{class}\"\nCHARMAP\n{rows}END CHARMAP\n");
        Table::of(&parse(&text).unwrap())
    }

    const ROWS: &str = "<U0041> \\xC1 |0\n<U0042> \\xC2 |0\n<U3042> \\x44\\x81 |0\n<U2212> \\x42\\x60 |1\n\
                        <U20089> \\xB3\\x41 |0\n<U304B> \\x44\\x85 |0\n<U304B><U309A> \\xEC\\xB5 |0\n\
                        <U309A> \\xEC\\xB6 |0\n";

    fn decoded(table: &Table, bytes: &[u8]) -> Result<String, usize> {
        let mut out = Vec::new();
        table.decode(bytes, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    #[test]
    fn shifts_are_written_and_taken_where_they_belong() {
        let table = table("EBCDIC_STATEFUL", ROWS).unwrap();
        let bytes = b"\xC1\x0E\x44\x81\xB3\x41\x0F\xC2";
        let mut out = Vec::new();
        table.encode("Aあ\u{20089}B".as_bytes(), &mut out).unwrap();
        assert_eq!(out, bytes);
        assert_eq!(decoded(&table, bytes).unwrap(), "Aあ\u{20089}B");
        // Needless, missing and cut shifts, half a code, a one-way code, a sequence.
        let wrong: [(&[u8], usize); 8] = [
            (b"\xC1\x0E\x0F", 1),
            (b"\x0E\x44\x81\x0F\x0E\x44\x81\x0F", 4),
            (b"\xC1\x0E\x44\x81", 1),
            (b"\x0E\x44\x0F", 0),
            (b"\x0F", 0),
            (b"\x0E\x42\x60\x0F", 1),
            (b"\x0E\xEC\xB5\x0F", 1),
            (b"\x0E\xEC\xB6\x0F", 1),
        ];
        for (bytes, at) in wrong {
            assert_eq!(decoded(&table, bytes), Err(at), "{bytes:02X?}");
        }
        for (text, at) in [("A\u{2212}", 1), ("か\u{309a}", 3)] {
            assert_eq!(table.encode(text.as_bytes(), &mut Vec::new()).unwrap_err().0, at, "{text}");
        }
    }

    /// As on hosts whose shifts are two bytes and begin alike.
    #[test]
    fn shifts_may_be_longer_than_a_byte() {
        let text = format!(
            "<code_set_name> x\n<uconv_class> EBCDIC_STATEFUL\n<warifu:shift_double> \\x0A\\x42\n\
             <warifu:shift_single> \\x0A\\x41\nCHARMAP\n{ROWS}END CHARMAP\n"
        );
        let table = Table::of(&parse(&text).unwrap()).unwrap();
        let bytes = b"\xC1\x0A\x42\x44\x81\x44\x81\x0A\x41\xC2";
        assert_eq!(decoded(&table, bytes).unwrap(), "AああB");
        let mut out = Vec::new();
        table.encode("AああB".as_bytes(), &mut out).unwrap();
        assert_eq!(out, bytes);
        assert_eq!(decoded(&table, b"\x0A\x41"), Err(0));
        assert_eq!(decoded(&table, b"\x0A\x42\x44\x81\x0A\x42"), Err(0));
        let alike = text.replace("shift_single> \\x0A\\x41", "shift_single> \\x0A");
        assert_eq!(Table::of(&parse(&alike).unwrap()).unwrap_err().fault, Fault::Shift);
    }

    #[test]
    fn mixed_codes_are_told_by_their_first_byte() {
        let table = table("MBCS", "<U0041> \\x41 |0\n<U3042> \\x82\\x41 |0\n").unwrap();
        assert_eq!(decoded(&table, b"A\x82AA").unwrap(), "AあA");
        assert_eq!(decoded(&table, b"A\x82"), Err(1));
        assert_eq!(decoded(&table, b"A\x83A"), Err(1));
    }

    #[test]
    fn what_contradicts_itself_is_refused_with_its_line() {
        let wrong = [
            ("MBCS", "<U0041> \\x41 |0\n<U3042> \\x41\\x41 |0\n", 4, "byte 41"),
            ("SBCS", "<U0041> \\x41 |0\n<U3042> \\x41\\x41 |0\n", 5, "length"),
            ("SBCS", "<U0041> \\x41 |0\n<U0042> \\x41 |0\n", 5, "code 41"),
            ("SBCS", "<U0041> \\x41 |0\n<U0041> \\x42 |0\n", 5, "U+0041"),
            ("DBCS", "<U20089> \\x41\\x41 |0\n<U20089> \\x41\\x42 |0\n", 5, "U+20089"),
            ("EBCDIC_STATEFUL", "<U0041> \\x0E |0\n", 4, "byte 0E"),
            ("EBCDIC_STATEFUL", "<U3042> \\x0F\\x41 |0\n", 4, "byte 0F"),
        ];
        for (class, rows, line, expected) in wrong {
            let error = table(class, rows).unwrap_err();
            assert_eq!(error.line, line, "{class} {rows}");
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
