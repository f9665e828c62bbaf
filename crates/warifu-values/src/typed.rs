//! What people type, as they write it: full-width digits and signs, days with slashes, days of an era.

use crate::day::{ERAS, TreatmentDay};

/// Signs that stand for a hyphen where it was typed with Japanese input on.
const HYPHENS: [char; 6] = ['－', 'ー', '−', '‐', '–', '―'];

/// `text` with half-width letters, digits, signs and spaces.
pub fn half_width(text: &str) -> String {
    let half = |c: char| match c {
        '\u{3000}' => ' ',
        _ if HYPHENS.contains(&c) => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(half).collect()
}

/// The day that `text` means: `2024-05-31`, `20240531`, `2024/5/31`, `令和6年5月31日`, `R6.5.31`, whichever width
/// its digits have. `None` when it is no day of the calendar.
pub fn day(text: &str) -> Option<TreatmentDay> {
    let text = half_width(text.trim());
    if let Some(day) = TreatmentDay::parse(&text) {
        return Some(day);
    }
    let (before_year, rest) = match era(&text) {
        Some((before, rest)) => (before, rest),
        None => (0, text.as_str()),
    };
    let rest = rest.replacen('元', "1", 1);
    let parts: Vec<&str> = if rest.contains('年') {
        let rest = rest.strip_suffix('日')?;
        let (year, rest) = rest.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        vec![year, month, day]
    } else {
        rest.split(['/', '.', '-']).collect()
    };
    let number = |part: &&str| part.trim().parse::<u32>().ok();
    let [year, month, day] = parts.iter().map(number).collect::<Option<Vec<_>>>()?.try_into().ok()?;
    // A year of two digits without its era could be of any.
    (before_year > 0 || year > 99).then(|| TreatmentDay::of(before_year.checked_add(year)?, month, day))?
}

/// The year before the first of the era that `text` begins with, and what stands after its name.
fn era(text: &str) -> Option<(u32, &str)> {
    ERAS.iter().find_map(|(name, letter, _, before)| {
        let rest = text.strip_prefix(name).or_else(|| text.strip_prefix(*letter))?;
        Some((*before, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_understood_as_people_write_it() {
        let expected = TreatmentDay::of(2024, 6, 28);
        for text in [
            "2024-06-28",
            "20240628",
            "2024/6/28",
            "2024年6月28日",
            "令和6年6月28日",
            "令和６年６月２８日",
            "R6.6.28",
            "２０２４－０６－２８",
            "２０２４ー０６ー２８",
            "２０２４０６２８",
            " 2024-06-28 ",
        ] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert_eq!(day("令和元年5月1日"), TreatmentDay::of(2019, 5, 1));
        assert_eq!(day("昭和64年1月7日"), TreatmentDay::of(1989, 1, 7));
        for text in
            ["", "6.6.28", "24/6/28", "令和6年6月", "令和6年13月1日", "2024-02-30", "明日", "2024-06-28x"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn signs_of_full_width_are_known() {
        assert_eq!(half_width("－－ｈｅｌｐ　１１０"), "--help 110");
        assert_eq!(half_width("初診料"), "初診料");
    }
}
