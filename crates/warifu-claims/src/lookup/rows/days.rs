//! The days on which a row holds.

use warifu_values::day::{ClaimMonth, TreatmentDay};

/// From the first day to the last; without a last one, until further notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) first: TreatmentDay,
    pub(crate) last: Option<TreatmentDay>,
}

impl Days {
    /// Those of `month`: bit `n - 1` for day `n`, as the days of an item.
    #[inline]
    pub(crate) fn of_month(self, month: ClaimMonth) -> u32 {
        let all = u32::MAX >> (32 - month.days());
        let day = |day: TreatmentDay| day.as_number() % 100;
        let after_first = match self.first {
            first if first <= month.first() => all,
            first if first > month.last() => 0,
            first => all & (u32::MAX << (day(first) - 1)),
        };
        match self.last {
            Some(last) if last < month.first() => 0,
            Some(last) if last < month.last() => after_first & (u32::MAX >> (32 - day(last))),
            _ => after_first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_a_month_are_those_that_both_have() {
        let month = ClaimMonth::parse(b"202406").unwrap();
        let day = |text: &str| TreatmentDay::parse(text).unwrap();
        for (first, last, days) in [
            ("20240601", None, 0x3FFF_FFFF),
            ("20240101", Some("20240603"), 0b111),
            ("20240629", None, 0b11 << 28),
            ("20240602", Some("20240603"), 0b110),
            ("20240701", None, 0),
            ("20240101", Some("20240531"), 0),
            ("20240101", Some("20240630"), 0x3FFF_FFFF),
        ] {
            let of = Days { first: day(first), last: last.map(day) };
            assert_eq!(of.of_month(month), days, "{first} {last:?}");
        }
        let of_31 = Days { first: day("20240101"), last: None };
        assert_eq!(of_31.of_month(ClaimMonth::parse(b"202407").unwrap()), 0x7FFF_FFFF);
    }
}
