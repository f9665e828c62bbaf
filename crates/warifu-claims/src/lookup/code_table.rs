//! The code table: where the versions of a code begin, found in a step or two.

/// A place of the code table; code 0 is free.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    code: u32,
    first: u32,
}

/// Places for codes. At most half of them are taken.
#[derive(Debug, Default)]
pub(super) struct CodeTable {
    slots: Box<[Slot]>,
}

/// Spreads codes, which run in sequences, over a table of `mask` + 1 places: by the highest bits that Knuth's
/// multiplier gives, in which neighbours differ most.
#[inline]
fn place(code: u32, mask: usize) -> usize {
    (code.wrapping_mul(0x9E37_79B1) >> (mask as u32).leading_zeros()) as usize & mask
}

impl CodeTable {
    /// Of the codes of all versions, `distinct` many; the versions of one code stand together.
    pub(super) fn of(codes: impl Iterator<Item = u32>, distinct: usize) -> CodeTable {
        let size = (distinct * 2).next_power_of_two().max(2);
        let mut slots = vec![Slot::default(); size].into_boxed_slice();
        let mut before = 0;
        for (index, code) in codes.enumerate() {
            if code == before {
                continue;
            }
            before = code;
            let mut at = place(code, size - 1);
            while slots[at].code != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = Slot { code, first: index as u32 };
        }
        CodeTable { slots }
    }

    /// The index of the first version of `code`.
    #[inline]
    pub(super) fn first(&self, code: u32) -> Option<usize> {
        if self.slots.is_empty() || code == 0 {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = place(code, mask);
        loop {
            let slot = self.slots[at];
            if slot.code == code {
                return Some(slot.first as usize);
            }
            if slot.code == 0 {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.slots)
    }
}
