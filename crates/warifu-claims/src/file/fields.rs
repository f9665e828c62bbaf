//! The fields of one record: where each ends, found in one pass over its bytes.

/// Fields whose ends are kept: those of the widest record (TO).
const KEPT: usize = 48;

/// The fields of a record, by position from 1.
pub(super) struct Fields<'a> {
    text: &'a [u8],
    ends: [u16; KEPT],
    count: usize,
}

impl<'a> Fields<'a> {
    /// Those of `text`, which is no longer than a record may be.
    #[inline]
    pub(super) fn of(text: &'a [u8]) -> Fields<'a> {
        // Fields that are not there end where the text ends: they read as blank.
        let mut fields = Fields { text, ends: [text.len() as u16; KEPT], count: 1 };
        for (at, byte) in text.iter().enumerate() {
            if *byte == b',' {
                if let Some(end) = fields.ends.get_mut(fields.count - 1) {
                    *end = at as u16;
                }
                fields.count += 1;
            }
        }
        fields
    }

    /// The field at `position`; blank where the record is too short.
    #[inline]
    pub(super) fn at(&self, position: usize) -> &'a [u8] {
        let end = usize::from(self.ends[position - 1]);
        let start = if position == 1 { 0 } else { usize::from(self.ends[position - 2]) + 1 };
        self.text.get(start..end).unwrap_or_default()
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
