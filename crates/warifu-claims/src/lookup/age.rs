//! Ages as masters bound them (上下限年齢): years, or one of the letters that the specification lists.

use std::fmt;

use warifu_values::day::TreatmentDay;

/// A bound of age, in one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AgeBound(u8);

/// What a bound is. Letters: マスターファイル仕様説明書, procedure columns 41 and 42.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// So many years (満年齢).
    Years(u32),
    /// So many days after birth (AA 28, AE 90).
    Days(u32),
    /// The first of the month after the one in which so many years are reached (B3, B6, BF, BK).
    MonthAfter(u32),
    /// The first of April on which school begins (MG).
    School,
}

const LETTERS: [(&[u8; 2], Age); 7] = [
    (b"AA", Age::Days(28)),
    (b"AE", Age::Days(90)),
    (b"B3", Age::MonthAfter(3)),
    (b"B6", Age::MonthAfter(6)),
    (b"BF", Age::MonthAfter(15)),
    (b"BK", Age::MonthAfter(20)),
    (b"MG", Age::School),
];

/// Letters stand from here on.
const LETTERS_FROM: u8 = 100;

impl AgeBound {
    /// What `field` writes. What the specification does not list bounds nothing, like 00.
    pub(super) fn parse(field: &[u8]) -> AgeBound {
        if let Some(at) = LETTERS.iter().position(|(letters, _)| &letters[..] == field) {
            return AgeBound(LETTERS_FROM + at as u8);
        }
        match field {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => AgeBound((tens - b'0') * 10 + (ones - b'0')),
            _ => AgeBound(0),
        }
    }

    /// What it is; none where there is no bound.
    #[inline]
    pub fn age(self) -> Option<Age> {
        match self.0 {
            0 => None,
            letters @ LETTERS_FROM.. => LETTERS.get(usize::from(letters - LETTERS_FROM)).map(|(_, age)| *age),
            years => Some(Age::Years(years.into())),
        }
    }
}

/// As masters write it.
impl fmt::Display for AgeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match LETTERS.get(usize::from(self.0.wrapping_sub(LETTERS_FROM))) {
            Some(([first, second], _)) => write!(f, "{}{}", char::from(*first), char::from(*second)),
            None => write!(f, "{:02}", self.0),
        }
    }
}

/// Whether an age is reached on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It depends on whether years are counted by the birthday or, as by law (年齢計算ニ関スル法律), by the
    /// day before it.
    Disputed,
}

impl Age {
    /// Whether who was born on `birth`, a day of the calendar as the number YYYYMMDD, has reached it on
    /// `day`.
    pub fn reached(self, birth: u32, day: TreatmentDay) -> Reached {
        // By either way of counting: from the earlier of the two on, and for certain from the later.
        let (earlier, later) = match self {
            Age::Years(years) => {
                let birthday = birthday(birth, years);
                (day_before(birthday), birthday)
            }
            Age::Days(days) => {
                // Who was born before the first day of treatments has reached any of these.
                let first = TreatmentDay::of(birth / 10_000, birth / 100 % 100, birth % 100);
                let all = std::iter::successors(first, |day| Some(day.after()));
                let on = |count: u32| all.clone().nth(count as usize).map_or(0, TreatmentDay::as_number);
                (on(days - 1), on(days))
            }
            Age::MonthAfter(years) => {
                let birthday = birthday(birth, years);
                (month_after(day_before(birthday)), month_after(birthday))
            }
            Age::School => {
                let birthday = birthday(birth, 6);
                (april_after(day_before(birthday)), april_after(day_before(birthday)))
            }
        };
        match day.as_number() {
            day if day >= later => Reached::Yes,
            day if day < earlier => Reached::No,
            _ => Reached::Disputed,
        }
    }
}

/// The day so many years after `birth`, as a number; of the 29th of February the 1st of March where the year
/// has none.
fn birthday(birth: u32, years: u32) -> u32 {
    let number = birth + years * 10_000;
    let year = number / 10_000;
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    if number % 10_000 == 229 && !is_leap { year * 10_000 + 301 } else { number }
}

fn day_before(date: u32) -> u32 {
    warifu_values::day::day_before(date)
}

/// The first day of the month after that of `date`.
fn month_after(date: u32) -> u32 {
    match (date / 10_000, date / 100 % 100) {
        (year, 12) => (year + 1) * 10_000 + 101,
        (year, month) => (year * 100 + month + 1) * 100 + 1,
    }
}

/// The first of April after the first 31st of March on or after `date`.
fn april_after(date: u32) -> u32 {
    let (year, of_year) = (date / 10_000, date % 10_000);
    if of_year <= 331 { year * 10_000 + 401 } else { (year + 1) * 10_000 + 401 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(bound: &[u8], birth: &str, day: &str) -> Reached {
        let day_of = |text| TreatmentDay::parse(text).unwrap();
        AgeBound::parse(bound).age().unwrap().reached(birth.parse().unwrap(), day_of(day))
    }

    #[test]
    fn bounds_are_those_that_the_specification_lists() {
        let read = |field: &[u8]| AgeBound::parse(field).age();
        assert_eq!((read(b"00"), read(b""), read(b"ZZ"), read(b"6")), (None, None, None, None));
        assert_eq!((read(b"03"), read(b"75")), (Some(Age::Years(3)), Some(Age::Years(75))));
        for (letters, age) in LETTERS {
            assert_eq!(read(letters), Some(age));
            assert_eq!(AgeBound::parse(letters).to_string().as_bytes(), letters);
        }
        assert_eq!(size_of::<AgeBound>(), 1);
    }

    #[test]
    fn ages_are_reached_on_their_day() {
        use Reached::{Disputed, No, Yes};
        for (bound, birth, day, expected) in [
            (b"06", "20180610", "20240608", No),
            (b"06", "20180610", "20240609", Disputed),
            (b"06", "20180610", "20240610", Yes),
            // Born on a day that the year does not have.
            (b"03", "20200229", "20230227", No),
            (b"03", "20200229", "20230228", Disputed),
            (b"03", "20200229", "20230301", Yes),
            (b"AA", "20240501", "20240527", No),
            (b"AA", "20240501", "20240529", Yes),
            (b"AE", "20240501", "20240728", No),
            (b"AE", "20240501", "20240730", Yes),
            (b"B6", "20180610", "20240630", No),
            (b"B6", "20180610", "20240701", Yes),
            // Reached on the last of May by law, on the first of June by the birthday.
            (b"B6", "20180601", "20240531", No),
            (b"B6", "20180601", "20240601", Disputed),
            (b"B6", "20180601", "20240701", Yes),
            (b"MG", "20180401", "20240331", No),
            (b"MG", "20180401", "20240401", Yes),
            (b"MG", "20180402", "20240401", No),
            (b"MG", "20180402", "20250401", Yes),
        ] {
            assert_eq!(reached(bound, birth, day), expected, "{bound:?} {birth} {day}");
        }
    }
}
