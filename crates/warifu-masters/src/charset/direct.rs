//! From the codes of one charset to those of another, character by character, with no text between.
//!
//! For charsets in which ASCII is written as in ASCII and the first byte tells how long a code is. What such
//! a charset does not have, and what is beyond U+FFFF, is left to the way by text.

use super::Charset;
use super::table::Table;

/// The bytes of a code, the first one lowest, and zeros after them.
type Code = u32;

/// A charset whose codes are read and written one at a time.
pub(crate) trait Codes {
    /// The character that `bytes` begin with, which is not of ASCII, and the length of its code.
    fn read(&self, bytes: Code) -> Option<(u16, usize)>;

    /// The code of the character `point`, and its length.
    fn write(&self, point: u16) -> Option<(Code, usize)>;
}

/// No code is longer.
const CODE_BYTES: usize = 3;

/// What is read and written at once.
const WORD_BYTES: usize = size_of::<Code>();

/// The codes of UTF-8 up to U+FFFE.
struct Utf8;

impl Codes for Utf8 {
    #[inline]
    fn read(&self, bytes: Code) -> Option<(u16, usize)> {
        let [lead, second, third, _] = bytes.to_le_bytes();
        let bits = |byte: u8| u16::from(byte & 0x3F);
        if bytes & 0xC0_C0F0 == 0x80_80E0 {
            let point = u16::from(lead & 0x0F) << 12 | bits(second) << 6 | bits(third);
            // Shorter ones, halves of pairs, and what is no character.
            (!matches!(point, 0..0x800 | 0xD800..0xE000 | 0xFFFF)).then_some((point, 3))
        } else if bytes & 0xC0E0 == 0x80C0 && lead >= 0xC2 {
            Some((u16::from(lead & 0x1F) << 6 | bits(second), 2))
        } else {
            None
        }
    }

    #[inline]
    fn write(&self, point: u16) -> Option<(Code, usize)> {
        let last = |bits: u16| 0x80 | (bits & 0x3F) as u8;
        match point {
            0x800..0xD800 | 0xE000..=0xFFFE => {
                let bytes = [0xE0 | (point >> 12) as u8, last(point >> 6), last(point), 0];
                Some((Code::from_le_bytes(bytes), 3))
            }
            0x80..0x800 => Some((Code::from_le_bytes([0xC0 | (point >> 6) as u8, last(point), 0, 0]), 2)),
            _ => None,
        }
    }
}

impl Codes for Table {
    #[inline]
    fn read(&self, bytes: Code) -> Option<(u16, usize)> {
        let [first, second, ..] = bytes.to_le_bytes();
        match self.single_point(first) {
            Some(point) => Some((point, 1)),
            None => self.double_point([first, second]).map(|point| (point, 2)),
        }
    }

    #[inline]
    fn write(&self, point: u16) -> Option<(Code, usize)> {
        let code = self.code(u32::from(point))?;
        Some(if code < 0x100 { (Code::from(code), 1) } else { (Code::from(code.swap_bytes()), 2) })
    }
}

/// One charset to another, each code with the way back.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    from: Charset,
    to: Charset,
    proven: Proven,
    /// The line at hand, recoded.
    line: Vec<u8>,
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
            proven: Proven::default(),
            line: Vec::new(),
        })
    }

    /// Appends `lines` in the other charset to `out`, each followed by `line_end`, and proves them: what was
    /// written, recoded back, is the very bytes of the line. Nothing, where a line cannot be recoded or does
    /// not come back.
    ///
    /// The way back is gone code by code. ASCII is itself on both sides; every other code is read back from
    /// the bytes that are written for it, and written back. What a code is depends on no byte outside it, so
    /// that is the same wherever it stands, and a line goes back as its codes do.
    pub(crate) fn take<'a>(
        &mut self,
        lines: impl Iterator<Item = &'a [u8]>,
        line_end: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let (proven, line) = (&mut self.proven, &mut self.line);
        match (self.from.table(), self.to.table()) {
            (Some(from), Some(to)) => take(proven, line, from, to, lines, line_end, out),
            (Some(from), None) => take(proven, line, from, &Utf8, lines, line_end, out),
            (None, Some(to)) => take(proven, line, &Utf8, to, lines, line_end, out),
            (None, None) => take(proven, line, &Utf8, &Utf8, lines, line_end, out),
        }
    }
}

fn take<'a>(
    proven: &mut Proven,
    recoded: &mut Vec<u8>,
    from: &impl Codes,
    to: &impl Codes,
    lines: impl Iterator<Item = &'a [u8]>,
    line_end: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    for line in lines {
        let length = recode(proven, from, to, line, recoded)?;
        out.extend_from_slice(&recoded[..length]);
        out.extend_from_slice(line_end);
    }
    Some(())
}

/// So many bytes are looked at together.
const STEP: usize = 16;
/// The highest bit of each of them: those of ASCII have none.
const HIGH: u128 = u128::from_le_bytes([0x80; STEP]);

/// Writes `bytes` in the other charset, proven, to the beginning of `out`, which grows as needed; how many
/// bytes they are there.
#[inline]
fn recode(
    proven: &mut Proven,
    from: &impl Codes,
    to: &impl Codes,
    bytes: &[u8],
    out: &mut Vec<u8>,
) -> Option<usize> {
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
        while let Some(word) = bytes[at..].first_chunk()
            && word[0] >= 0x80
        {
            let one = proven.recoded(from, to, Code::from_le_bytes(*word))?;
            *out[length..].first_chunk_mut()? = one.code.to_le_bytes();
            (at, length) = match one.lengths {
                (2, 3) => (at + 2, length + 3),
                (read, written) => (at + read, length + written),
            };
        }
        // The last one may have fewer bytes than a word.
        let rest = &bytes[at..];
        if rest.len() < WORD_BYTES && rest.first().is_some_and(|byte| *byte >= 0x80) {
            let mut word = [0; WORD_BYTES];
            word[..rest.len()].copy_from_slice(rest);
            let one = Recoded::of(from, to, Code::from_le_bytes(word))?;
            let (read, written) = one.lengths;
            if read > rest.len() {
                return None;
            }
            *out[length..].first_chunk_mut()? = one.code.to_le_bytes();
            (at, length) = (at + read, length + written);
        }
    }
    Some(length)
}

/// What a code became, proven.
#[derive(Clone, Copy)]
struct Recoded {
    /// In the other charset.
    code: Code,
    /// Of what was read, and of what is to be written.
    lengths: (usize, usize),
}

impl Recoded {
    /// The code that `bytes` begin with; nothing where it, or what is written for it, does not come back.
    fn of(from: &impl Codes, to: &impl Codes, bytes: Code) -> Option<Recoded> {
        let (point, read) = from.read(bytes)?;
        let (code, written) = to.write(point)?;
        let source = bytes & !(!0 << (8 * read));
        let comes_back = to.read(code) == Some((point, written)) && from.write(point) == Some((source, read));
        comes_back.then_some(Recoded { code, lengths: (read, written) })
    }
}

/// What was proven, by the first two bytes: of codes that are not longer.
#[derive(Debug, Clone, Default)]
struct Proven {
    /// The code with its lengths in its fourth byte; zero for what was not asked yet.
    codes: Vec<u32>,
}

impl Proven {
    #[inline]
    fn recoded(&mut self, from: &impl Codes, to: &impl Codes, bytes: Code) -> Option<Recoded> {
        let known = self.codes.get((bytes & 0xFFFF) as usize).copied().unwrap_or_default();
        if known == 0 {
            return self.ask(from, to, bytes);
        }
        let lengths = known >> 24;
        Some(Recoded {
            code: known & 0xFF_FFFF,
            lengths: ((lengths >> 4) as usize, (lengths & 0xF) as usize),
        })
    }

    #[cold]
    #[inline(never)]
    fn ask(&mut self, from: &impl Codes, to: &impl Codes, bytes: Code) -> Option<Recoded> {
        let one = Recoded::of(from, to, bytes)?;
        let (read, written) = one.lengths;
        if read <= 2 {
            if self.codes.is_empty() {
                self.codes = vec![0; 0x1_0000];
            }
            self.codes[(bytes & 0xFFFF) as usize] = one.code | ((read << 4 | written) as u32) << 24;
        }
        Some(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `bytes` become, twice: when they are asked for the first time, and when that is remembered.
    fn directly(direct: &mut Direct, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut once = || {
            let mut out = Vec::new();
            direct.take(std::iter::once(bytes), b"", &mut out).map(|()| out)
        };
        let (first, again) = (once(), once());
        assert_eq!(first, again, "{bytes:02X?}");
        first
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
                let mut direct = Direct::new(from, to).unwrap();
                for code in 0x8000..=0xFFFFu16 {
                    let bytes = code.to_be_bytes();
                    let before = usize::from(code) % STEP;
                    let inside = [&b"0123456789abcdef"[..before], &bytes, b"\",\"0123456789abcdef"].concat();
                    for bytes in [&bytes[..1], &bytes[..], &inside] {
                        let expected = by_text(from, to, bytes);
                        assert_eq!(directly(&mut direct, bytes), expected, "{from:?} {to:?} {bytes:02X?}");
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
            let mut direct = Direct::new(from, to).unwrap();
            for code in 0xE0_7F7F..=0xF0_8080u32 {
                let [_, bytes @ ..] = code.to_be_bytes();
                let is_beyond = bytes == [0xEF, 0xBF, 0xBF];
                if bytes[1] & 0x3F > 1 && bytes[2] & 0x3F > 1 && bytes[2] & 0x3F < 0x3E && code % 7 != 0 {
                    // Inside the ranges one in seven will do.
                    continue;
                }
                let expected = by_text(from, to, &bytes).filter(|_| !is_beyond);
                assert_eq!(directly(&mut direct, &bytes), expected, "{to:?} {bytes:02X?}");
            }
        }
    }
}
