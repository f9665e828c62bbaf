//! From the codes of one charset to those of another, character by character, with no text between.
//!
//! For charsets in which ASCII is written as in ASCII and the first byte tells how long a code is. What such
//! a charset does not have, and what is beyond U+FFFF, is left to the way by text.

use super::Charset;
use super::table::Table;

/// A charset whose codes are read and written one at a time.
pub(crate) trait Codes {
    /// The character that `bytes` begin with, which is not of ASCII, and the length of its code.
    fn read(&self, bytes: [u8; CODE_BYTES]) -> Option<(u16, usize)>;

    /// The code of the character `point`, and its length.
    fn write(&self, point: u16) -> Option<(Code, usize)>;
}

/// No code is longer.
const CODE_BYTES: usize = 3;

/// A code and what does not matter after it, so that it is stored at once.
type Code = [u8; 4];

/// The codes of UTF-8 up to U+FFFE.
struct Utf8;

impl Codes for Utf8 {
    #[inline]
    fn read(&self, bytes: [u8; CODE_BYTES]) -> Option<(u16, usize)> {
        let bits = |byte: u8| u16::from(byte & 0x3F);
        let follows = |byte: u8| byte & 0xC0 == 0x80;
        match bytes {
            [lead @ 0xE0..=0xEF, second, third] if follows(second) && follows(third) => {
                let point = u16::from(lead & 0x0F) << 12 | bits(second) << 6 | bits(third);
                // Shorter ones, halves of pairs, and what is no character.
                (!matches!(point, 0..0x800 | 0xD800..0xE000 | 0xFFFF)).then_some((point, 3))
            }
            [lead @ 0xC2..=0xDF, second, _] if follows(second) => {
                Some((u16::from(lead & 0x1F) << 6 | bits(second), 2))
            }
            _ => None,
        }
    }

    #[inline]
    fn write(&self, point: u16) -> Option<(Code, usize)> {
        let last = |bits: u16| 0x80 | (bits & 0x3F) as u8;
        match point {
            0x800..0xD800 | 0xE000..=0xFFFE => {
                Some(([0xE0 | (point >> 12) as u8, last(point >> 6), last(point), 0], 3))
            }
            0x80..0x800 => Some(([0xC0 | (point >> 6) as u8, last(point), 0, 0], 2)),
            _ => None,
        }
    }
}

impl Codes for Table {
    #[inline]
    fn read(&self, [first, second, _]: [u8; CODE_BYTES]) -> Option<(u16, usize)> {
        match self.single_point(first) {
            Some(point) => Some((point, 1)),
            None => self.double_point([first, second]).map(|point| (point, 2)),
        }
    }

    #[inline]
    fn write(&self, point: u16) -> Option<(Code, usize)> {
        let [lead, trail] = self.code(u32::from(point))?.to_be_bytes();
        Some(if lead == 0 { ([trail, 0, 0, 0], 1) } else { ([lead, trail, 0, 0], 2) })
    }
}

/// Both directions between two charsets.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    from: Charset,
    to: Charset,
    there: Vec<u8>,
    back: Vec<u8>,
}

impl Direct {
    /// Nothing where one of the two is no such charset, or where a byte below 40 may be part of a longer code
    /// of `from`: quotation marks, commas and line ends are then to be told in its bytes.
    pub(crate) fn new(from: &Charset, to: &Charset) -> Option<Direct> {
        let is_such = |charset: &Charset| charset.table().is_none_or(Table::is_told_by_first_byte);
        let marks_stand_alone = from.table().is_none_or(Table::low_bytes_stand_alone);
        let (from, to) = (from.clone(), to.clone());
        (is_such(&from) && is_such(&to) && marks_stand_alone).then_some(Direct {
            from,
            to,
            there: Vec::new(),
            back: Vec::new(),
        })
    }

    /// Appends `lines` in the other charset to `out`, each followed by `line_end`, and proves them: what was
    /// written, recoded back, is the very bytes of the line. Nothing, where a line cannot be recoded or does
    /// not come back.
    pub(crate) fn take<'a>(
        &mut self,
        lines: impl Iterator<Item = &'a [u8]>,
        line_end: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        match (self.from.table(), self.to.table()) {
            (Some(from), Some(to)) => take(&mut self.there, &mut self.back, from, to, lines, line_end, out),
            (Some(from), None) => take(&mut self.there, &mut self.back, from, &Utf8, lines, line_end, out),
            (None, Some(to)) => take(&mut self.there, &mut self.back, &Utf8, to, lines, line_end, out),
            (None, None) => take(&mut self.there, &mut self.back, &Utf8, &Utf8, lines, line_end, out),
        }
    }
}

fn take<'a>(
    there: &mut Vec<u8>,
    back: &mut Vec<u8>,
    from: &impl Codes,
    to: &impl Codes,
    lines: impl Iterator<Item = &'a [u8]>,
    line_end: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    for line in lines {
        let written = recode(from, to, line, there)?;
        let again = recode(to, from, &there[..written], back)?;
        if back[..again] != *line {
            return None;
        }
        out.extend_from_slice(&there[..written]);
        out.extend_from_slice(line_end);
    }
    Some(())
}

/// So many bytes are looked at together.
const STEP: usize = 16;
/// The highest bit of each of them: those of ASCII have none.
const HIGH: u128 = u128::from_le_bytes([0x80; STEP]);

/// Writes `bytes` in the other charset to the beginning of `out`, which grows as needed; how many bytes they
/// are there.
#[inline]
fn recode(from: &impl Codes, to: &impl Codes, bytes: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    // Of a byte become three at most; a whole step, or a code, is written at once.
    let most = bytes.len() * CODE_BYTES + STEP;
    if out.len() < most {
        out.resize(most, 0);
    }
    let (mut at, mut length) = (0, 0);
    while at < bytes.len() {
        if let Some(step) = bytes[at..].first_chunk::<STEP>() {
            *out[length..].first_chunk_mut()? = *step;
            let run = ((u128::from_le_bytes(*step) & HIGH).trailing_zeros() / 8) as usize;
            (at, length) = (at + run, length + run);
            if run == STEP {
                continue;
            }
        } else if bytes[at] < 0x80 {
            out[length] = bytes[at];
            (at, length) = (at + 1, length + 1);
            continue;
        }
        // Characters beyond ASCII seldom stand alone.
        while let Some(code) = bytes[at..].first_chunk()
            && code[0] >= 0x80
        {
            let (point, read) = from.read(*code)?;
            let (code, written) = to.write(point)?;
            *out[length..].first_chunk_mut()? = code;
            (at, length) = (at + read, length + written);
        }
        // The last one may have fewer bytes than the longest.
        if let rest @ ([0x80..=0xFF, _] | [0x80..=0xFF]) = &bytes[at..] {
            let mut code = [0; CODE_BYTES];
            code[..rest.len()].copy_from_slice(rest);
            let (point, read) = from.read(code).filter(|(_, read)| *read <= rest.len())?;
            let (code, written) = to.write(point)?;
            *out[length..].first_chunk_mut()? = code;
            (at, length) = (at + read, length + written);
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directly(from: &Charset, to: &Charset, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        Direct::new(from, to)?.take(std::iter::once(bytes), b"", &mut out).map(|()| out)
    }

    /// By text: decoded with proof, encoded.
    fn by_text(from: &Charset, to: &Charset, bytes: &[u8]) -> Option<Vec<u8>> {
        to.encode(&from.decode(bytes).ok()?).ok()
    }

    /// Every code of one and two bytes, alone and at every place in a step, goes as it goes by text.
    #[test]
    fn every_code_goes_as_it_goes_by_text() {
        for from in &Charset::WITHOUT_TABLE {
            for to in &Charset::WITHOUT_TABLE {
                for code in 0x8000..=0xFFFFu16 {
                    let bytes = code.to_be_bytes();
                    let before = usize::from(code) % STEP;
                    let inside = [&b"0123456789abcdef"[..before], &bytes, b"\",\"0123456789abcdef"].concat();
                    for bytes in [&bytes[..1], &bytes[..], &inside] {
                        let expected = by_text(from, to, bytes);
                        assert_eq!(directly(from, to, bytes), expected, "{from:?} {to:?} {bytes:02X?}");
                    }
                }
            }
        }
    }

    /// Of UTF-8 every character, and everything that looks like one; beyond U+FFFE is left to the other way.
    #[test]
    fn every_three_bytes_of_utf8_go_as_they_go_by_text() {
        let from = &Charset::Utf8;
        for to in &Charset::WITHOUT_TABLE {
            for code in 0xE0_7F7F..=0xF0_8080u32 {
                let [_, bytes @ ..] = code.to_be_bytes();
                let is_beyond = bytes == [0xEF, 0xBF, 0xBF];
                if bytes[1] & 0x3F > 1 && bytes[2] & 0x3F > 1 && bytes[2] & 0x3F < 0x3E && code % 7 != 0 {
                    // Inside the ranges one in seven will do.
                    continue;
                }
                let expected = by_text(from, to, &bytes).filter(|_| !is_beyond);
                assert_eq!(directly(from, to, &bytes), expected, "{to:?} {bytes:02X?}");
            }
        }
    }
}
