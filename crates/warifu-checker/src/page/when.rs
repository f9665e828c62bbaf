//! Instants as people read them: in Japan's time, and how long ago that was.

use warifu_trust::UnixSeconds;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::say;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `at`, and how far that is from `now`.
pub(super) fn when(at: UnixSeconds, now: UnixSeconds, lang: Lang) -> Html {
    let distance = distance(at, now, lang);
    html!(
        "<time datetime=\"{}\">{}</time> <span class=\"soft\">{}</span>",
        at.rfc3339(),
        at.said(lang),
        say!(lang, "({distance})", "（{distance}）")
    )
}

/// `at` alone.
pub(super) fn instant(at: UnixSeconds, lang: Lang) -> Html {
    html!("<time datetime=\"{}\">{}</time>", at.rfc3339(), at.said(lang))
}

/// The day of `at` in Japan: `2026-04-01`.
pub(super) fn day(at: UnixSeconds) -> String {
    at.to_string().chars().take(10).collect()
}

/// How far `at` is from `now`.
fn distance(at: UnixSeconds, now: UnixSeconds, lang: Lang) -> String {
    let seconds = now.seconds() - at.seconds();
    let long = match seconds.abs() {
        0..MINUTE if seconds < 0 => return say!(lang, "in less than a minute", "まもなく"),
        0..MINUTE => return say!(lang, "less than a minute ago", "たった今"),
        long @ MINUTE..HOUR => (long / MINUTE, "min", "分"),
        long @ HOUR..172_800 => (long / HOUR, "h", "時間"),
        long => (long / DAY, "days", "日"),
    };
    let (number, en, ja) = long;
    if seconds > 0 {
        say!(lang, "{number} {en} ago", "{number} {ja}前")
    } else {
        say!(lang, "in {number} {en}", "{number} {ja}後")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_told_in_one_number() {
        let now = UnixSeconds::new(10_000_000);
        for (seconds, en, ja) in [
            (0, "less than a minute ago", "たった今"),
            (59, "less than a minute ago", "たった今"),
            (-59, "in less than a minute", "まもなく"),
            (60, "1 min ago", "1 分前"),
            (3 * HOUR + 59, "3 h ago", "3 時間前"),
            (2 * DAY, "2 days ago", "2 日前"),
            (-2 * HOUR, "in 2 h", "2 時間後"),
        ] {
            let at = UnixSeconds::new(10_000_000 - seconds);
            assert_eq!((distance(at, now, Lang::En), distance(at, now, Lang::Ja)), (en.into(), ja.into()));
        }
    }
}
