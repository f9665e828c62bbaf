//! What names tell: the day of publication (`s_20240621.csv`, `y_ALL20240321.csv`).

use jiff::civil::Date;
use warifu_values::day::PublicationDay;

/// The date in `name`: eight digits after `_` or `ALL` that are a day of the calendar.
pub fn dated_in(name: &str) -> Option<Date> {
    let stem = name.rsplit(['/', '\\']).next()?;
    let bytes = stem.as_bytes();
    (0..bytes.len().saturating_sub(7)).find_map(|at| {
        let digits = stem.get(at..at + 8)?;
        let alone = !bytes.get(at + 8).is_some_and(u8::is_ascii_digit);
        let led = stem[..at].ends_with('_') || stem[..at].to_ascii_uppercase().ends_with("ALL");
        if alone && led { day(digits) } else { None }
    })
}

/// The day of publication as the rules take it.
pub(super) fn published(dated: Date) -> Option<PublicationDay> {
    PublicationDay::parse(&dated.to_string())
}

/// The day that `YYYYMMDD` writes.
pub(super) fn day(digits: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let digits_only = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (month, day) = (i8::try_from(number(4..6)?).ok()?, i8::try_from(number(6..8)?).ok()?);
    if digits_only { Date::new(number(0..4)?, month, day).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_published_files_tell_their_day() {
        for (name, expected) in [
            ("s_20240621.csv", Some("2024-06-21")),
            ("in/y_ALL20240321.csv", Some("2024-03-21")),
            ("c_all20240531.CSV", Some("2024-05-31")),
            ("s20240621.csv", None),
            ("s_202406210.csv", None),
            ("s_20241341.csv", None),
            ("医_20240621_訂正.csv", Some("2024-06-21")),
            ("", None),
        ] {
            assert_eq!(dated_in(name).map(|day| day.to_string()).as_deref(), expected, "{name}");
        }
    }
}
