//! Why a value is none.

use std::error::Error;
use std::fmt;
use std::net::AddrParseError;
use std::num::{IntErrorKind, ParseIntError};
use std::ops::{Bound, RangeBounds};

use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::typed::{self, half_width};

/// Why a value is none, as a parser of values says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    en: String,
    ja: String,
}

impl Refusal {
    /// In both languages, as what is missing or asked for.
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Refusal {
        Refusal { en: en.into(), ja: ja.into() }
    }

    /// Of what says it in both languages.
    pub fn of(speaker: &impl Speak) -> Refusal {
        Refusal::new(speaker.say(Lang::En), speaker.say(Lang::Ja))
    }
}

impl Speak for Refusal {
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.en.clone(),
            Lang::Ja => self.ja.clone(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

impl Error for Refusal {}

/// The parser of days, as people write them.
///
/// # Errors
/// When it is no day of the calendar.
pub fn day(text: &str) -> Result<TreatmentDay, Refusal> {
    typed::day(text).ok_or_else(|| {
        Refusal::new(
            "a day of the calendar, as 2024-05-31 or 20240531",
            "暦にある日を 2024-05-31、20240531、令和6年5月31日 のいずれかの形で指定してください",
        )
    })
}

/// The parser of whole numbers within `range`, which says why in both languages; clap's own says where a
/// number may lie in English alone.
pub fn number<T: TryFrom<u64>>(
    range: impl RangeBounds<u64> + Clone,
) -> impl Fn(&str) -> Result<T, Refusal> + Clone {
    move |text| {
        let number: u64 =
            half_width(text).parse().map_err(|error: ParseIntError| Refusal::of(&NoNumber(error.kind())))?;
        if !range.contains(&number) {
            return Err(outside(number, &range));
        }
        T::try_from(number).map_err(|_| Refusal::of(&NoNumber(&IntErrorKind::PosOverflow)))
    }
}

/// That `number` does not lie in `range`.
fn outside(number: u64, range: &impl RangeBounds<u64>) -> Refusal {
    let least = match range.start_bound() {
        Bound::Included(least) => *least,
        Bound::Excluded(below) => below.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let most = match range.end_bound() {
        Bound::Included(most) => Some(*most),
        Bound::Excluded(above) => Some(above.saturating_sub(1)),
        Bound::Unbounded => None,
    };
    match (least, most) {
        (least, None) => Refusal::new(
            format!("{number} is too small: give a whole number from {least} on"),
            format!("{least} 以上の整数を指定してください"),
        ),
        (0, Some(most)) => Refusal::new(
            format!("{number} is too large: give a whole number up to {most}"),
            format!("{most} 以下の整数を指定してください"),
        ),
        (least, Some(most)) => Refusal::new(
            format!("{number} is not allowed: give a whole number from {least} to {most}"),
            format!("{least}～{most} の整数を指定してください"),
        ),
    }
}

/// Why a text is no number.
struct NoNumber<'a>(&'a IntErrorKind);

impl Speak for NoNumber<'_> {
    fn say(&self, lang: Lang) -> String {
        match self.0 {
            IntErrorKind::Empty => say!(lang, "a number is missing", "数がありません"),
            IntErrorKind::PosOverflow => say!(lang, "the number is too large", "数が大きすぎます"),
            IntErrorKind::NegOverflow => say!(lang, "the number is too small", "数が小さすぎます"),
            _ => say!(lang, "that is no whole number", "整数ではありません"),
        }
    }
}

/// Why a parser took no value, in `lang`. What neither we nor the standard library say stays in English, in
/// Japanese between brackets.
pub fn why(error: &(dyn Error + 'static), lang: Lang) -> String {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return refusal.say(lang);
    }
    if let Some(no_number) = error.downcast_ref::<ParseIntError>() {
        return NoNumber(no_number.kind()).say(lang);
    }
    if error.is::<AddrParseError>() {
        return say!(
            lang,
            "an address and a port are needed, as in 127.0.0.1:8642",
            "アドレスとポートが必要です（例: 127.0.0.1:8642）"
        );
    }
    say!(lang, "{error}", "この形では使えません（{error}）")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_number_may_be_is_told_in_both_languages() {
        let ja = |told: Result<u64, Refusal>| told.unwrap_err().say(Lang::Ja);
        assert_eq!(ja(number(1..)("0")), "1 以上の整数を指定してください");
        assert_eq!(ja(number(..=60)("61")), "60 以下の整数を指定してください");
        assert_eq!(ja(number(1..=16)("17")), "1～16 の整数を指定してください");
        assert_eq!(ja(number(1..)("never")), "整数ではありません");
        assert_eq!(ja(number(1..)("")), "数がありません");
        assert_eq!(ja(number(1..)("99999999999999999999")), "数が大きすぎます");
        assert_eq!(
            number::<u64>(1..=86_400)("0").unwrap_err().to_string(),
            "0 is not allowed: give a whole number from 1 to 86400"
        );
        assert_eq!(number::<u8>(1..=16)("16"), Ok(16));
        assert_eq!(number::<u8>(1..)("256").unwrap_err().say(Lang::Ja), "数が大きすぎます");
    }

    #[test]
    fn what_others_say_is_put_into_japanese() {
        let no_address = "127.0.0.1".parse::<std::net::SocketAddr>().unwrap_err();
        assert!(why(&no_address, Lang::Ja).starts_with("アドレスとポートが必要です"));
        let other = std::io::Error::other("odd");
        assert_eq!(why(&other, Lang::Ja), "この形では使えません（odd）");
    }
}
