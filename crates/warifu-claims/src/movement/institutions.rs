//! How many institutions, and what was seen at some of them: a few numbers, however many there were.

use warifu_values::digest::Digest;

/// An institution as it is counted: a number made of its prefecture, point table and code. All claim files
/// that name none, or one that cannot be, are of one institution, the unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Institution(u64);

/// Set for an institution that was not known before: known ones come first in every order.
const STRANGER: u64 = 1 << 63;

impl Institution {
    /// Of what [`institution`](crate::institution) says of a claim file.
    pub fn of(named: Option<&[u8]>) -> Institution {
        let digest = Digest::of(named.filter(|named| can_be(named)).unwrap_or_default());
        let mut first = [0; 8];
        first.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
        Institution(u64::from_be_bytes(first) & !STRANGER)
    }

    /// The same, of which nothing was heard before a release was on trial. Where enough known institutions
    /// use a code, they alone tell of it: anybody can invent a number.
    #[must_use]
    pub fn stranger(self) -> Institution {
        Institution(self.0 | STRANGER)
    }
}

/// Whether an institution may be named so: prefecture 01 to 47, one digit for the point table, seven of its
/// own.
fn can_be(named: &[u8]) -> bool {
    let mut parts = named.split(|byte| *byte == b',');
    let (prefecture, table, code) = (parts.next(), parts.next(), parts.next());
    matches!(prefecture, Some([b'0', b'1'..=b'9'] | [b'1'..=b'3', b'0'..=b'9'] | [b'4', b'0'..=b'7']))
        && table.is_some_and(|table| table.len() == 1)
        && code.is_some_and(|code| code.len() == 7)
        && parts.next().is_none()
}

/// What was counted at up to `MOST` institutions, chosen as [`Institutions`] are: all of theirs, and nothing
/// of others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<C, const MOST: usize> {
    /// The upper half of each number, which keeps their order.
    of: [u32; MOST],
    counted: [C; MOST],
    count: u8,
}

impl<C: Copy + Default, const MOST: usize> Default for Sample<C, MOST> {
    fn default() -> Self {
        Sample { of: [0; MOST], counted: [C::default(); MOST], count: 0 }
    }
}

/// An institution of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sampled(u32);

impl Sampled {
    /// As it is told from others of a sample.
    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn is_known(self) -> bool {
        u64::from(self.0) << 32 & STRANGER == 0
    }
}

impl<C: Copy + Default, const MOST: usize> Sample<C, MOST> {
    fn list(&self) -> &[u32] {
        self.of.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Where the institution is counted, if it is one of the sample.
    #[inline]
    pub(super) fn at(&mut self, institution: Institution) -> Option<&mut C> {
        self.place((institution.0 >> 32) as u32)
    }

    fn place(&mut self, number: u32) -> Option<&mut C> {
        let at = match self.list().binary_search(&number) {
            Ok(at) => at,
            Err(at) if at >= MOST => return None,
            Err(at) => {
                let count = usize::from(self.count);
                let end = count.min(MOST - 1);
                self.of.copy_within(at..end, at + 1);
                self.counted.copy_within(at..end, at + 1);
                self.of[at] = number;
                self.counted[at] = C::default();
                self.count = (count + 1).min(MOST) as u8;
                at
            }
        };
        self.counted.get_mut(at)
    }

    /// Adds what `other` counted; `add` sums up for one institution.
    pub(super) fn merge(&mut self, other: &Self, add: impl Fn(&mut C, &C)) {
        for (number, more) in other.list().iter().zip(&other.counted) {
            if let Some(counted) = self.place(*number) {
                add(counted, more);
            }
        }
    }

    /// The institutions of the sample with what was counted at each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Sampled, &C)> {
        self.list().iter().map(|number| Sampled(*number)).zip(&self.counted)
    }

    /// What was counted at one.
    pub(super) fn counted(&self, institution: Sampled) -> Option<&C> {
        self.counted.get(self.list().binary_search(&institution.0).ok()?)
    }

    /// How many there are; `MOST` means as many or more.
    pub(super) fn count(&self) -> u64 {
        u64::from(self.count)
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
        // Nor those that name what cannot be one.
        for named in
            ["48,1,1234567", "00,1,1234567", "13,1,123456", "13,12,1234567", "13,1,1234567,", "13,1,"]
        {
            assert_eq!(Institution::of(Some(named.as_bytes())), Institution::of(None), "{named}");
        }
    }

    #[test]
    fn known_institutions_come_before_strangers() {
        let mut sample = Sample::<u32, 2>::default();
        let of = |named: &str| Institution::of(Some(named.as_bytes()));
        for at in 0..20 {
            sample.at(of(&format!("13,1,{at:07}")).stranger()).into_iter().for_each(|count| *count += 1);
        }
        let known = [of("13,1,7654321"), of("13,1,1234567")];
        for institution in [known[0], known[1], known[0]] {
            *sample.at(institution).unwrap() += 1;
        }
        assert!(sample.iter().all(|(institution, _)| institution.is_known()));
        assert_eq!(sample.iter().map(|(_, count)| count).sum::<u32>(), 3);
        assert_eq!(sample.at(of("13,1,0000001").stranger()), None);
    }
}
