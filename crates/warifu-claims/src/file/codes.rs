//! Short codes: one digit, or several codes written one after another in one field (wards, 特記事項, states of
//! the patient).

use warifu_values::amount::number;

/// Up to `MOST` codes of `WIDTH` half-width letters or digits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Codes<const WIDTH: usize, const MOST: usize> {
    codes: [[u8; WIDTH]; MOST],
    count: u8,
    is_whole: bool,
}

impl<const WIDTH: usize, const MOST: usize> Default for Codes<WIDTH, MOST> {
    fn default() -> Self {
        Codes { codes: [[0; WIDTH]; MOST], count: 0, is_whole: true }
    }
}

impl<const WIDTH: usize, const MOST: usize> Codes<WIDTH, MOST> {
    /// The codes that `field` writes, as far as they are codes.
    pub(super) fn parse(field: &[u8]) -> Self {
        let mut read = Codes::default();
        for piece in field.chunks(WIDTH) {
            let code = <[u8; WIDTH]>::try_from(piece).ok();
            let code = code.filter(|code| code.iter().all(u8::is_ascii_alphanumeric));
            match (code, read.codes.get_mut(usize::from(read.count))) {
                (Some(code), Some(place)) => {
                    *place = code;
                    read.count += 1;
                }
                _ => read.is_whole = false,
            }
        }
        read
    }

    /// The codes in order.
    pub fn list(&self) -> &[[u8; WIDTH]] {
        &self.codes[..usize::from(self.count)]
    }

    /// Whether `code` is one of them.
    pub fn holds(&self, code: &[u8; WIDTH]) -> bool {
        self.list().contains(code)
    }

    /// Whether the field held these codes and nothing else.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }
}

/// The one digit that `field` writes.
pub(super) fn digit(field: &[u8]) -> Option<u8> {
    number(field).filter(|_| field.len() == 1).and_then(|digit| u8::try_from(digit).ok())
}
