//! How many institutions: a few numbers, however many there were.

use warifu_values::digest::Digest;

/// An institution as it is counted: a number made of its prefecture, point table and code. All claim files
/// that name none are of one institution, the unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Institution(u64);

impl Institution {
    /// Of what [`institution`](crate::institution) says of a claim file.
    pub fn of(named: Option<&[u8]>) -> Institution {
        let digest = Digest::of(named.unwrap_or_default());
        let mut first = [0; 8];
        first.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
        Institution(u64::from_be_bytes(first))
    }
}

/// Up to `MOST` different institutions: the ones with the lowest numbers, so that it is the same in whatever
/// order they came, and one of two sets is the set of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Institutions<const MOST: usize> {
    lowest: [Institution; MOST],
    count: u16,
}

impl<const MOST: usize> Default for Institutions<MOST> {
    fn default() -> Self {
        Institutions { lowest: [Institution(0); MOST], count: 0 }
    }
}

impl<const MOST: usize> Institutions<MOST> {
    fn list(&self) -> &[Institution] {
        self.lowest.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Adds one.
    #[inline]
    pub(super) fn add(&mut self, institution: Institution) {
        let Err(at) = self.list().binary_search(&institution) else { return };
        if at >= MOST {
            return;
        }
        let count = usize::from(self.count);
        let end = count.min(MOST - 1);
        self.lowest.copy_within(at..end, at + 1);
        self.lowest[at] = institution;
        self.count = (count + 1).min(MOST) as u16;
    }

    /// Adds those of `other`.
    pub(super) fn merge(&mut self, other: &Self) {
        other.list().iter().for_each(|institution| self.add(*institution));
    }

    /// How many there are; `MOST` means as many or more.
    pub(super) fn count(&self) -> u64 {
        u64::from(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            failure_persistence: None, ..proptest::prelude::ProptestConfig::default()
        })]

        /// In whatever order and parts they come, the same set; exact up to its size.
        #[test]
        fn the_order_does_not_tell(numbers in proptest::collection::vec(0u64..12, 0..40), cut in 0usize..40) {
            let of = |numbers: &[u64]| {
                let mut set = Institutions::<8>::default();
                numbers.iter().for_each(|number| set.add(Institution(*number)));
                set
            };
            let (one, other) = numbers.split_at(cut.min(numbers.len()));
            let mut merged = of(other);
            merged.merge(&of(one));
            let different = numbers.iter().collect::<std::collections::BTreeSet<_>>();
            let whole = of(&numbers);
            proptest::prop_assert_eq!(merged.list(), whole.list());
            proptest::prop_assert_eq!(merged.count(), different.len().min(8) as u64);
        }
    }

    #[test]
    fn files_that_name_nobody_are_of_one_institution() {
        assert_eq!(Institution::of(None), Institution::of(None));
        assert_ne!(Institution::of(None), Institution::of(Some(b"13,1,1234567")));
    }
}
