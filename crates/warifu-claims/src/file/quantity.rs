//! Exact decimals: the amounts used and the prices that a claim records.

use std::fmt;

/// A decimal of at most nine digits before the point and five after it, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(u64);

/// How many of a [`Decimal`]'s parts make one.
const ONE: u64 = 100_000;

impl Decimal {
    /// The decimal that `field` writes: digits, and with a point one to five digits after it.
    #[inline]
    pub fn parse(field: &[u8]) -> Option<Decimal> {
        let (whole, fraction) = match field.iter().position(|byte| *byte == b'.') {
            Some(point) => (&field[..point], &field[point + 1..]),
            None => (field, &b"0"[..]),
        };
        if whole.is_empty() || whole.len() > 9 || fraction.is_empty() || fraction.len() > 5 {
            return None;
        }
        let digits = |text: &[u8]| {
            text.iter().try_fold(0u64, |number, digit| {
                digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'))
            })
        };
        let scale = 10u64.pow(5 - fraction.len() as u32);
        Some(Decimal(digits(whole)? * ONE + digits(fraction)? * scale))
    }

    /// So many hundredths.
    pub fn of_hundredths(hundredths: u64) -> Decimal {
        Decimal(hundredths * (ONE / 100))
    }

    /// It in hundred-thousandths.
    #[inline]
    pub fn hundred_thousandths(self) -> u64 {
        self.0
    }

    /// It as a whole number, when it is one.
    #[inline]
    pub fn whole(self) -> Option<u32> {
        if !self.0.is_multiple_of(ONE) {
            return None;
        }
        u32::try_from(self.0 / ONE).ok()
    }
}

impl From<u32> for Decimal {
    /// A whole number.
    fn from(whole: u32) -> Decimal {
        Decimal(u64::from(whole) * ONE)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 / ONE)?;
        let (mut rest, mut width) = (self.0 % ONE, 5);
        if rest == 0 {
            return Ok(());
        }
        while rest.is_multiple_of(10) {
            (rest, width) = (rest / 10, width - 1);
        }
        write!(f, ".{rest:0width$}")
    }
}

/// What a field for an amount holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Nothing.
    Blank,
    /// A decimal.
    Amount(Decimal),
    /// Something else.
    Other,
}

impl Quantity {
    /// What `field` holds.
    #[inline]
    pub fn parse(field: &[u8]) -> Quantity {
        match field {
            b"" => Quantity::Blank,
            text => Decimal::parse(text).map_or(Quantity::Other, Quantity::Amount),
        }
    }

    /// The decimal, when there is one.
    #[inline]
    pub fn amount(self) -> Option<Decimal> {
        match self {
            Quantity::Amount(amount) => Some(amount),
            Quantity::Blank | Quantity::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let read = |text: &str| Decimal::parse(text.as_bytes()).map(Decimal::hundred_thousandths);
        assert_eq!(
            (read("2.5"), read("0.00001"), read("00012.50")),
            (Some(250_000), Some(1), Some(1_250_000))
        );
        assert_eq!(read("99999.99999"), Some(9_999_999_999));
        for not in ["", ".", "1.", ".5", "1.234567", "-1", "1e3", "1234567890", "１"] {
            assert_eq!(read(not), None, "{not}");
        }
        let shown = |text: &str| Decimal::parse(text.as_bytes()).unwrap().to_string();
        assert_eq!(
            (shown("2.50"), shown("3"), shown("0.00010")),
            ("2.5".into(), "3".into(), "0.0001".into())
        );
        let whole = |text: &str| Decimal::parse(text.as_bytes()).unwrap().whole();
        assert_eq!((whole("5.0"), whole("5.1")), (Some(5), None));
    }
}
