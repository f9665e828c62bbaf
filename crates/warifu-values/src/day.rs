//! The kinds of date that masters and claims are judged by. They never mix: each is its own type.

use std::fmt;

use crate::amount::number;
use crate::lang::Lang;

/// The month a claim is for (診療年月), from 1926 to 2999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimMonth(u32);

/// A day on which something was done to the patient (算定日).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreatmentDay(u32);

/// The first day a series, or a row of it, is in force (適用日).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectiveDate(u32);

/// The day that a file was published on (公表日). It says when something was told, never when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationDay(u32);

impl ClaimMonth {
    /// Reads RE field 4: `YYYYMM`, or `GYYMM` as written until 2020 (G: 3 Showa, 4 Heisei, 5 Reiwa).
    ///
    /// Years count from the era's first one; an era that had ended by then is taken as it is written.
    pub fn parse(field: &[u8]) -> Option<ClaimMonth> {
        let value = number(field)?;
        let (year, month) = match field.len() {
            6 => (value / 100, value % 100),
            5 => {
                let before_era = match value / 10_000 {
                    3 => 1925,
                    4 => 1988,
                    5 => 2018,
                    _ => return None,
                };
                let year_of_era = value / 100 % 100;
                if year_of_era == 0 {
                    return None;
                }
                (before_era + year_of_era, value % 100)
            }
            _ => return None,
        };
        let fits = (1926..=2999).contains(&year) && (1..=12).contains(&month);
        fits.then_some(ClaimMonth(year * 100 + month))
    }

    /// The `day`-th of the month, from 1; `None` when the month is shorter.
    #[inline]
    pub fn day(self, day: u32) -> Option<TreatmentDay> {
        (1..=self.days()).contains(&day).then_some(TreatmentDay(self.0 * 100 + day))
    }

    /// The first day of the month.
    pub fn first(self) -> TreatmentDay {
        TreatmentDay(self.0 * 100 + 1)
    }

    /// The last day of the month.
    pub fn last(self) -> TreatmentDay {
        TreatmentDay(self.0 * 100 + self.days())
    }

    /// How many days the month has.
    #[inline]
    pub const fn days(self) -> u32 {
        let (year, month) = (self.0 / 100, self.0 % 100);
        let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl TreatmentDay {
    /// The first day that a claim can be for.
    pub const EARLIEST: TreatmentDay = TreatmentDay(19260101);

    /// That day of the calendar, from 1926 to 2999, where there is such a one.
    pub const fn of(year: u32, month: u32, day: u32) -> Option<Self> {
        let is_month = 1926 <= year && year <= 2999 && 1 <= month && month <= 12;
        if is_month && 1 <= day && day <= ClaimMonth(year * 100 + month).days() {
            Some(TreatmentDay((year * 100 + month) * 100 + day))
        } else {
            None
        }
    }

    /// The day as the number YYYYMMDD, which masters write too.
    #[inline]
    pub fn as_number(self) -> u32 {
        self.0
    }

    /// The day written `YYYYMMDD` or `YYYY-MM-DD`; `None` when it is no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        parse_day(text).map(TreatmentDay)
    }

    /// As people write it in that language: 2024-06-01, 令和6年6月1日.
    pub fn said(self, lang: Lang) -> String {
        match lang {
            Lang::En => self.to_string(),
            Lang::Ja => in_era(self.0),
        }
    }

    /// Its month.
    pub fn month(self) -> ClaimMonth {
        ClaimMonth(self.0 / 100)
    }

    /// The day before.
    pub fn before(self) -> Self {
        TreatmentDay(day_before(self.0))
    }

    /// The day after.
    pub fn after(self) -> Self {
        TreatmentDay(day_after(self.0))
    }
}

impl EffectiveDate {
    /// The day written `YYYYMMDD` or `YYYY-MM-DD`; `None` when it is no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        parse_day(text).map(EffectiveDate)
    }

    /// The day as the number YYYYMMDD.
    #[inline]
    pub fn as_number(self) -> u32 {
        self.0
    }

    /// In force from the treatment day `first` on.
    pub fn from_first(first: TreatmentDay) -> Self {
        EffectiveDate(first.0)
    }

    /// The first treatment day that it concerns: the same day.
    pub fn first_treatment(self) -> TreatmentDay {
        TreatmentDay(self.0)
    }
}

impl From<TreatmentDay> for EffectiveDate {
    /// What takes effect with the treatments of that day.
    fn from(first: TreatmentDay) -> Self {
        EffectiveDate(first.0)
    }
}

impl PublicationDay {
    /// The day written `YYYYMMDD` or `YYYY-MM-DD`; `None` when it is no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        parse_day(text).map(PublicationDay)
    }

    /// Published on the day of these treatments.
    pub fn of(treatments: TreatmentDay) -> Self {
        PublicationDay(treatments.0)
    }

    /// As people write it in that language: 2024-06-01, 令和6年6月1日.
    pub fn said(self, lang: Lang) -> String {
        self.treatment().said(lang)
    }

    /// The treatments of that same day.
    pub fn treatment(self) -> TreatmentDay {
        TreatmentDay(self.0)
    }

    /// The day as the number YYYYMMDD.
    #[inline]
    pub fn as_number(self) -> u32 {
        self.0
    }

    /// The day as masters write it, YYYYMMDD: eight digits, which compare as days do.
    #[inline]
    pub fn digits(self) -> [u8; 8] {
        let mut number = self.0;
        let mut digits = [b'0'; 8];
        for digit in digits.iter_mut().rev() {
            *digit += (number % 10) as u8;
            number /= 10;
        }
        digits
    }
}

/// The first day that a number of eight digits writes without a zero before it. No master, claim or notice is
/// older, and a day that is written with another number of digits than it is read with is no day here.
const FIRST: u32 = 10_000_101;

/// The day that `text` writes as `YYYYMMDD` or `YYYY-MM-DD`, as a number.
fn parse_day(text: &str) -> Option<u32> {
    let digits: Vec<u8> = match text.as_bytes() {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => [year, &[*m1, *m2, *d1, *d2]].concat(),
        plain => plain.to_vec(),
    };
    is_date(&digits).then(|| number(&digits))?.filter(|day| *day >= FIRST)
}

impl fmt::Display for ClaimMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

impl fmt::Display for TreatmentDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dashed(self.0))
    }
}

impl fmt::Display for EffectiveDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dashed(self.0))
    }
}

impl fmt::Display for PublicationDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dashed(self.0))
    }
}

/// Each era: its name, its letter, its first day, and the year before its first.
pub(crate) const ERAS: [(&str, &str, u32, u32); 3] =
    [("令和", "R", 20190501, 2018), ("平成", "H", 19890108, 1988), ("昭和", "S", 19261225, 1925)];

/// A date number as people in Japan write it: 令和6年6月1日.
fn in_era(date: u32) -> String {
    let (year, month, day_of_month) = (date / 10_000, date / 100 % 100, date % 100);
    match ERAS.iter().find(|(_, _, first, _)| *first <= date) {
        Some((era, _, _, before)) => {
            let year = if year - before == 1 { "元".to_owned() } else { (year - before).to_string() };
            format!("{era}{year}年{month}月{day_of_month}日")
        }
        None => format!("{year}年{month}月{day_of_month}日"),
    }
}

/// The day that `text` writes as `2024-06-01`, as people write it in that language; whatever else it is, as
/// it stands.
pub fn said_day(text: &str, lang: Lang) -> String {
    TreatmentDay::parse(text).map_or_else(|| text.to_owned(), |day| day.said(lang))
}

/// A date number for people.
pub fn dashed(date: u32) -> String {
    format!("{:04}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100)
}

/// The day before `date`, both as numbers YYYYMMDD. Before the first day of the calendar stands a number that
/// is no day and smaller than every one.
pub fn day_before(date: u32) -> u32 {
    if date <= 101 {
        return 100;
    }
    if !date.is_multiple_of(100) && date % 100 > 1 {
        return date - 1;
    }
    let (year, month) = (date / 10_000, date / 100 % 100);
    let month =
        if month <= 1 { ClaimMonth((year - 1) * 100 + 12) } else { ClaimMonth(year * 100 + month - 1) };
    month.last().0
}

/// The day after `date`, a day of the calendar, both as numbers YYYYMMDD.
fn day_after(date: u32) -> u32 {
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    if day < ClaimMonth(date / 100).days() {
        date + 1
    } else if month < 12 {
        (date / 100 + 1) * 100 + 1
    } else {
        (year + 1) * 10_000 + 101
    }
}

/// A day as a master's record writes it, as a number: 0 for none (blank, or nothing but zeros), 99999999 for
/// one that never comes; `None` when it is neither of these nor a day of the calendar.
pub fn day_or_none(field: &[u8]) -> Option<u32> {
    match field {
        b"" | b"0" | b"00000000" => Some(0),
        b"99999999" => Some(99_999_999),
        day => is_date(day).then(|| number(day))?,
    }
}

/// Whether `field` is a day of the calendar as YYYYMMDD.
pub fn is_date(field: &[u8]) -> bool {
    if field.len() != 8 || !field.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number =
        |digits: &[u8]| digits.iter().fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    let (year, month, day) = (number(&field[..4]), number(&field[4..6]), number(&field[6..]));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_in_eras() {
        let said = |day| TreatmentDay::parse(day).unwrap().said(Lang::Ja);
        assert_eq!((said("20240601"), said("20190501")), ("令和6年6月1日".into(), "令和元年5月1日".into()));
        assert_eq!((said("20190430"), said("19890107")), ("平成31年4月30日".into(), "昭和64年1月7日".into()));
        assert_eq!(said_day("2024-06-01", Lang::Ja), "令和6年6月1日");
        assert_eq!([said_day("2024-06-01", Lang::En), said_day("-", Lang::Ja)], ["2024-06-01", "-"]);
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert!(is_date(b"20240229") && is_date(b"20000229") && is_date(b"20240531"));
        for not in
            ["20230229", "19000229", "20241301", "20240431", "99999999", "2024531", "2024053a", "00000000"]
        {
            assert!(!is_date(not.as_bytes()), "{not}");
        }
        assert_eq!(PublicationDay::parse("02240730"), None);
        assert!(PublicationDay::parse("1000-01-01").is_some());
    }

    #[test]
    fn months_are_read_in_both_calendars() {
        let read = |text: &str| ClaimMonth::parse(text.as_bytes()).map(|month| month.to_string());
        assert_eq!(read("202110").as_deref(), Some("2021-10"));
        assert_eq!(read("50310").as_deref(), Some("2021-10"));
        assert_eq!(read("43104").as_deref(), Some("2019-04"));
        assert_eq!(read("36401").as_deref(), Some("1989-01"));
        for not in ["202113", "202100", "2021", "", "10310", "50010", "5031a", "00002021"] {
            assert_eq!(read(not), None, "{not}");
        }
    }

    #[test]
    fn days_stay_inside_their_month() {
        let month = ClaimMonth::parse(b"202402").unwrap();
        assert_eq!(month.last().as_number(), 20240229);
        assert_eq!(month.day(30), None);
        assert_eq!(month.day(0), None);
    }

    #[test]
    fn a_day_is_named_by_its_parts_or_is_none() {
        const DAY: TreatmentDay = TreatmentDay::of(2024, 2, 29).unwrap();
        assert_eq!(Some(DAY), TreatmentDay::parse("2024-02-29"));
        for (year, month, day) in [(2023, 2, 29), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (1925, 1, 1)] {
            assert_eq!(TreatmentDay::of(year, month, day), None);
        }
        assert_eq!(TreatmentDay::of(1926, 1, 1), Some(TreatmentDay::EARLIEST));
    }

    #[test]
    fn effective_dates_are_read_in_both_spellings() {
        assert_eq!(EffectiveDate::parse("2024-06-01"), EffectiveDate::parse("20240601"));
        assert_eq!(EffectiveDate::parse("2024-06-31"), None);
        assert_eq!(day_before(20240601), 20240531);
        assert_eq!(day_before(20240101), 20231231);
        assert_eq!(day_before(20240302), 20240301);
    }

    #[test]
    fn the_day_after_undoes_the_day_before() {
        for (day, next) in [(20240228, 20240229), (20240229, 20240301), (20231231, 20240101)] {
            assert_eq!((day_after(day), day_before(next)), (next, day));
        }
    }
}
