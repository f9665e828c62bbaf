//! The shape of a comment's text (文字データ): what checks of patterns ask, without the text.
//!
//! Patterns want full-width digits: a day, a time, a number, codes of parts of the body. So the digits at the
//! beginning are kept, with the point between them, and whether anything else follows.

/// Digits kept at most: five codes of four (pattern 90).
const KEPT: usize = 20;

/// What a comment's text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextShape {
    bytes: u16,
    /// Two digits a byte.
    digits: [u8; KEPT / 2],
    count: u8,
    /// How many digits stand before the point, plus one; 0 where there is no point.
    point: u8,
    ends_in_text: bool,
}

impl TextShape {
    /// The shape of `text`, CP932.
    #[inline]
    pub(super) fn of(text: &[u8]) -> TextShape {
        let mut shape =
            TextShape { bytes: text.len().min(usize::from(u16::MAX)) as u16, ..TextShape::default() };
        if !text.is_empty() {
            shape.read_digits(text);
        }
        shape
    }

    fn read_digits(&mut self, text: &[u8]) {
        let mut characters = text.chunks(2);
        for character in characters.by_ref() {
            match *character {
                [0x82, digit @ 0x4F..=0x58] if usize::from(self.count) < KEPT => {
                    let place = &mut self.digits[usize::from(self.count) / 2];
                    *place |= (digit - 0x4F) << (4 * (self.count % 2));
                    self.count += 1;
                }
                // ．
                [0x81, 0x44] if self.point == 0 && self.count > 0 => self.point = self.count + 1,
                _ => {
                    self.ends_in_text = true;
                    break;
                }
            }
        }
        // A point with nothing after it is no decimal.
        if self.point == self.count + 1 {
            (self.point, self.ends_in_text) = (0, true);
        }
    }

    /// Whether nothing stands there.
    #[inline]
    pub fn is_blank(&self) -> bool {
        self.bytes == 0
    }

    /// How many bytes stand there.
    pub fn bytes(&self) -> usize {
        self.bytes.into()
    }

    /// How many full-width digits stand at the beginning, up to 20, not counting a point between them.
    #[inline]
    pub fn digits(&self) -> usize {
        self.count.into()
    }

    /// Whether nothing but full-width digits stands there.
    #[inline]
    pub fn is_digits(&self) -> bool {
        self.count > 0 && self.point == 0 && !self.ends_in_text
    }

    /// How many digits stand after a full-width point, where digits with one point are all that stands there.
    pub fn decimals(&self) -> Option<usize> {
        let is_decimal = self.point > 0 && !self.ends_in_text;
        is_decimal.then(|| usize::from(self.count + 1 - self.point))
    }

    /// The number that `count` of the digits write from digit `from` on, counted from 0; `None` where there
    /// are not so many.
    pub fn number(&self, from: usize, count: usize) -> Option<u64> {
        let to = from.checked_add(count).filter(|to| *to <= self.digits() && count < KEPT)?;
        Some(
            (from..to)
                .fold(0, |number, at| number * 10 + u64::from(self.digits[at / 2] >> (4 * (at % 2)) & 0xF)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> TextShape {
        TextShape::of(&warifu_masters::charset::Charset::Windows31J.encode(text).unwrap())
    }

    #[test]
    fn digits_at_the_beginning_are_kept_and_no_text() {
        let day = shape("５０３１００１");
        assert_eq!((day.is_digits(), day.digits(), day.bytes()), (true, 7, 14));
        assert_eq!((day.number(0, 1), day.number(1, 2), day.number(3, 4)), (Some(5), Some(3), Some(1001)));
        assert_eq!((day.number(6, 2), day.number(0, 20)), (None, None));
        let more = shape("５０３１００１／右");
        assert_eq!((more.is_digits(), more.digits(), more.number(0, 7)), (false, 7, Some(5_031_001)));
        let blank = shape("");
        assert_eq!((blank.is_blank(), blank.is_digits(), blank.digits()), (true, false, 0));
        let half = shape("12");
        assert_eq!((half.is_digits(), half.digits(), half.bytes()), (false, 0, 2));
        let parts = shape("１０５６２０５６１０７５１０７６１０７７");
        assert_eq!((parts.digits(), parts.number(16, 4), parts.is_digits()), (20, Some(1077), true));
        assert!(!shape("１０５６２０５６１０７５１０７６１０７７１").is_digits());
    }

    #[test]
    fn a_decimal_has_one_point_between_digits() {
        let weight = shape("１２．５");
        assert_eq!((weight.decimals(), weight.number(0, 3), weight.is_digits()), (Some(1), Some(125), false));
        for not in ["１２", "１２．", "．５", "１．２．３", "１．５ｋｇ"] {
            assert_eq!(shape(not).decimals(), None, "{not}");
        }
    }
}
