//! A day of the calendar as the masters write it.

use crate::validate::is_date;

/// A day as YYYYMMDD. Days compare as their texts do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day([u8; 8]);

impl Day {
    /// Reads `20240531` or `2024-05-31`; `None` when that is no day.
    pub fn parse(text: &str) -> Option<Day> {
        let digits: Vec<u8> = match text.as_bytes() {
            [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
                y.iter().chain([m1, m2, d1, d2]).copied().collect()
            }
            plain => plain.to_vec(),
        };
        let digits: [u8; 8] = digits.try_into().ok()?;
        is_date(&digits).then_some(Day(digits))
    }

    /// YYYYMMDD.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_day_are_read() {
        assert_eq!(Day::parse("2024-05-31"), Day::parse("20240531"));
        assert_eq!(Day::parse("20240531").unwrap().to_string(), "20240531");
        for not in ["", "2024-5-31", "20240532", "99999999", "2024/05/31", "2024-05-3１"] {
            assert_eq!(Day::parse(not), None, "{not}");
        }
    }
}
