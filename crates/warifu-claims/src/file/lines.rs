//! The lines of a claim file, counted: one record each.
//!
//! The line end is sought on the raw bytes: it cannot be the second byte of a CP932 character.

/// The lines that are still to be read.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: u32,
}

impl<'a> Lines<'a> {
    /// All lines of `bytes`.
    pub(super) fn of(bytes: &'a [u8]) -> Lines<'a> {
        Lines { rest: bytes, number: 0 }
    }

    /// How many lines are left.
    pub(super) fn left(&self) -> usize {
        self.rest.split_inclusive(|byte| *byte == b'\n').count()
    }
}

/// Each with its number, from 1, and without its line end.
impl<'a> Iterator for Lines<'a> {
    type Item = (u32, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let text = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.number += 1;
        Some((self.number, text.strip_suffix(b"\r").unwrap_or(text)))
    }
}
