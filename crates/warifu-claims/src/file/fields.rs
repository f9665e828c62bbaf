//! The fields of one record: where each ends and whether it holds anything, found in one pass over its bytes.

/// Fields whose ends are kept: those of the widest record (TO), and room for one bit each.
const KEPT: usize = 48;

/// Commas are sought in pieces of so many bytes: a bit each.
const PIECE_BYTES: usize = 64;

/// The fields of a record, by position from 1.
pub(super) struct Fields<'a> {
    text: &'a [u8],
    ends: [u16; KEPT],
    /// Bit `position - 1` is set where something stands.
    pub(super) filled: u64,
    count: usize,
}

impl<'a> Fields<'a> {
    /// Those of `text`, which is no longer than a record may be.
    #[inline]
    pub(super) fn of(text: &'a [u8]) -> Fields<'a> {
        // Fields that are not there end where the text ends: they read as blank.
        let end = text.len() as u16;
        let mut fields = Fields { text, ends: [end; KEPT], filled: 0, count: 1 };
        let mut start = 0;
        for (from, piece) in (0..).step_by(PIECE_BYTES).zip(text.chunks(PIECE_BYTES)) {
            let mut commas = commas(piece);
            while commas != 0 {
                let at = from + commas.trailing_zeros() as u16;
                commas &= commas - 1;
                fields.end(start, at);
                fields.count += 1;
                start = at + 1;
            }
        }
        fields.end(start, end);
        fields
    }

    /// Ends the field that begins at `start`; one that is not kept ends nothing.
    #[inline]
    fn end(&mut self, start: u16, at: u16) {
        if let Some(end) = self.ends.get_mut(self.count - 1) {
            *end = at;
            self.filled |= u64::from(at > start) << (self.count - 1);
        }
    }

    /// The field at `position`; blank where the record is too short.
    #[inline]
    pub(super) fn at(&self, position: usize) -> &'a [u8] {
        let end = usize::from(self.ends[position - 1]);
        let start = if position == 1 { 0 } else { usize::from(self.ends[position - 2]) + 1 };
        self.text.get(start..end).unwrap_or_default()
    }

    /// Which of the `count` fields from position `first` on hold anything: bit 0 is the first of them.
    #[inline]
    pub(super) fn filled_from(&self, first: usize, count: u32) -> u64 {
        self.filled >> (first - 1) & ((1 << count) - 1)
    }

    /// Whether a quotation mark stands in any of them: its byte is never half of a character.
    pub(super) fn hold_quotes(&self) -> bool {
        memchr::memchr(b'"', self.text).is_some()
    }

    /// How many the record has.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

/// Where the commas of up to 64 bytes are: bit 0 is the first byte.
///
/// Half of the bytes of an item's record are commas, in no order that a processor could foresee, so eight of
/// them are looked at together and none is branched on.
#[inline]
fn commas(piece: &[u8]) -> u64 {
    let (words, rest) = piece.as_chunks::<8>();
    let of_words = words.iter().zip((0..).step_by(8));
    let mut commas = of_words.fold(0, |commas, (word, place)| commas | commas_of_word(*word) << place);
    if !rest.is_empty() {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        commas |= commas_of_word(last) << (8 * words.len());
    }
    commas
}

#[inline]
fn commas_of_word(word: [u8; 8]) -> u64 {
    const LOW_BITS: u64 = u64::from_ne_bytes([0x7F; 8]);
    let other = u64::from_le_bytes(word) ^ u64::from_ne_bytes([b','; 8]);
    // The high bit of each byte that is 0, and so a comma.
    let high = !(((other & LOW_BITS) + LOW_BITS) | other | LOW_BITS);
    // One bit a byte, gathered in the highest byte of the product.
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As whoever splits at the commas has them, also of records that are too short or too wide.
        #[test]
        fn fields_are_what_stands_between_commas(text in "[,a-c]{0,200}|[a,]{0,8}|[,\\-+あ]{0,90}|,{40,130}") {
            let split: Vec<&[u8]> = text.as_bytes().split(|byte| *byte == b',').collect();
            let fields = Fields::of(text.as_bytes());
            prop_assert_eq!(fields.count(), split.len());
            for position in 1..=KEPT {
                let field = split.get(position - 1).copied().unwrap_or_default();
                prop_assert_eq!(fields.at(position), field);
                prop_assert_eq!(fields.filled_from(position, 1) == 0, field.is_empty());
            }
        }
    }
}
