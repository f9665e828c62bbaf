//! Days as a claim records them: YYYYMMDD, or GYYMMDD with the digit of the era as written until 2020.

use std::fmt;

use warifu_values::amount::number;
use warifu_values::day::{ClaimMonth, TreatmentDay, dashed, is_date};

/// The day a patient was born on (生年月日), from 1868; days of birth are not days of treatment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDay(u32);

impl BirthDay {
    /// The day that `field` writes in either calendar.
    pub fn parse(field: &[u8]) -> Option<BirthDay> {
        calendar_day(field).filter(|day| *day >= 18_680_101).map(BirthDay)
    }

    /// The day as the number YYYYMMDD.
    pub fn as_number(self) -> u32 {
        self.0
    }

    /// How many whole years old the patient is on `day`; `None` before birth. Who was born on 29 February is
    /// a year older on 1 March.
    pub fn age_on(self, day: TreatmentDay) -> Option<u32> {
        day.as_number().checked_sub(self.0).map(|apart| apart / 10_000)
    }

    /// Whether it is after `month`.
    pub(super) fn is_after(self, month: ClaimMonth) -> bool {
        self.0 > month.last().as_number()
    }
}

impl fmt::Display for BirthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dashed(self.0))
    }
}

/// The day of treatment, or of admission, that `field` writes in either calendar.
pub(super) fn treatment_day(field: &[u8]) -> Option<TreatmentDay> {
    let day = calendar_day(field)?;
    TreatmentDay::of(day / 10_000, day / 100 % 100, day % 100)
}

/// Whether a day or a month of the calendar stands there with the year of an era.
pub(super) fn is_of_era(field: &[u8]) -> bool {
    match field.len() {
        5 => ClaimMonth::parse(field).is_some(),
        7 => calendar_day(field).is_some(),
        _ => false,
    }
}

/// The day of the calendar that `field` writes, as the number YYYYMMDD. Years count from the era's first one;
/// an era that had ended by then is taken as it is written.
pub(super) fn calendar_day(field: &[u8]) -> Option<u32> {
    let day = match field.len() {
        8 => number(field)?,
        7 => {
            let written = number(field)?;
            let before_era = match written / 1_000_000 {
                1 => 1867,
                2 => 1911,
                3 => 1925,
                4 => 1988,
                5 => 2018,
                _ => return None,
            };
            let year_of_era = written / 10_000 % 100;
            if year_of_era == 0 {
                return None;
            }
            (before_era + year_of_era) * 10_000 + written % 10_000
        }
        _ => return None,
    };
    let mut digits = [b'0'; 8];
    let mut rest = day;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    is_date(&digits).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_both_calendars() {
        let read = |text: &str| calendar_day(text.as_bytes());
        assert_eq!((read("20211001"), read("5031001")), (Some(20211001), Some(20211001)));
        assert_eq!(
            (read("1010908"), read("2010730"), read("3011225")),
            (Some(18680908), Some(19120730), Some(19261225))
        );
        assert_eq!(read("4310430"), Some(20190430));
        for not in ["20210931", "5030931", "5001001", "6010101", "0", "", "2021100a", "202110011"] {
            assert_eq!(read(not), None, "{not}");
        }
    }

    #[test]
    fn ages_are_whole_years() {
        let age = |born: &str, on| {
            BirthDay::parse(born.as_bytes()).unwrap().age_on(TreatmentDay::parse(on).unwrap())
        };
        assert_eq!((age("20180610", "20240609"), age("20180610", "20240610")), (Some(5), Some(6)));
        assert_eq!((age("20200229", "20240228"), age("20200229", "20230301")), (Some(3), Some(3)));
        assert_eq!((age("3140401", "20240401"), age("20240602", "20240601")), (Some(85), None));
        assert_eq!(BirthDay::parse(b"18671231"), None);
    }
}
