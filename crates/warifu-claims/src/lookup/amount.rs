//! An amount of a master, as small as its widest column allows: records are held by the tens of thousands.

use std::fmt;

use warifu_values::amount::AMOUNT_END_HUNDREDTHS;

use crate::file::Decimal;

/// Points, yen or a percentage, exact to the hundredth, in five bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount([u8; 5]);

const _: () = assert!(AMOUNT_END_HUNDREDTHS <= 1 << 40);

impl Amount {
    /// So many hundredths; `None` from [`AMOUNT_END_HUNDREDTHS`] on.
    pub fn of_hundredths(hundredths: u64) -> Option<Amount> {
        let [a, b, c, d, e, ..] = hundredths.to_le_bytes();
        (hundredths < AMOUNT_END_HUNDREDTHS).then_some(Amount([a, b, c, d, e]))
    }

    /// In hundredths.
    #[inline]
    pub fn in_hundredths(self) -> u64 {
        let [a, b, c, d, e] = self.0;
        u64::from_le_bytes([a, b, c, d, e, 0, 0, 0])
    }
}

impl From<Amount> for Decimal {
    fn from(amount: Amount) -> Decimal {
        Decimal::of_hundredths(amount.in_hundredths())
    }
}

/// Without an end of zeros.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_amount_that_a_column_can_write_comes_back() {
        for hundredths in [0, 1, 28_800, 16_707_722_200, AMOUNT_END_HUNDREDTHS - 1] {
            assert_eq!(Amount::of_hundredths(hundredths).unwrap().in_hundredths(), hundredths);
        }
        assert_eq!(Amount::of_hundredths(AMOUNT_END_HUNDREDTHS), None);
        assert_eq!(size_of::<Amount>(), 5);
    }

    #[test]
    fn an_amount_is_shown_without_an_end_of_zeros() {
        let shown = |hundredths| Amount::of_hundredths(hundredths).unwrap().to_string();
        assert_eq!([0, 100, 28_850, 28_801].map(shown), ["0", "1", "288.5", "288.01"]);
    }
}
