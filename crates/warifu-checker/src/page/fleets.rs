//! The fleets of both organisations side by side: whether they judge by the same bytes, and how each is.

use warifu_trust::UnixSeconds;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::shown;

use crate::area_seen::{Other, Picture, Place};
use crate::page::when::when;

/// A fleet in a row.
struct Row {
    whose: String,
    release: String,
    since: Option<UnixSeconds>,
    epoch: u64,
    /// How many judge by it, of how many.
    at_it: (u64, u64),
    /// Refusing, missing and behind.
    amiss: [u64; 3],
    /// The release that comes.
    comes: Option<u64>,
}

/// Both.
pub(super) fn side_by_side(picture: &Picture, other: &Other, now: UnixSeconds, lang: Lang) -> Html {
    let (record, counts) = (&picture.record, picture.counts);
    let at = |place| counts.at(place) as u64;
    let here = Row {
        whose: say!(lang, "this fleet", "こちら"),
        release: record.stands.as_ref().map_or_else(|| "–".to_owned(), |stands| stands.release.to_string()),
        since: record.stands.as_ref().map(|stands| stands.since),
        epoch: record.epoch,
        at_it: (counts.at_what_stands as u64, counts.members as u64),
        amiss: [at(Place::Refuses), at(Place::Missing), at(Place::Behind)],
        comes: record.comes.as_ref().map(|comes| comes.release),
    };
    let there = other.said.as_ref().map(|said| Row {
        whose: shown(&other.name),
        release: said.release.release.to_string(),
        since: Some(said.since),
        epoch: said.epoch,
        at_it: (said.members.at_it, said.members.all),
        amiss: [said.members.refuse, said.members.missing, said.members.behind],
        comes: said.comes.map(|comes| comes.release.release),
    });
    let heads = [
        say!(lang, "Fleet", "フリート"),
        say!(lang, "Release", "リリース"),
        say!(lang, "Since", "稼働開始"),
        say!(lang, "Epoch", "エポック"),
        say!(lang, "Judge by it", "稼働"),
        say!(lang, "Amiss", "異常"),
        say!(lang, "Comes", "準備中"),
    ];
    let head: Vec<Html> = heads.iter().map(|head| html!("<th>{}</th>", head)).collect();
    let both = [Some(here), there].into_iter().flatten();
    let rows: Vec<Html> = both.map(|it| row(&it, &heads, now, lang)).collect();
    html!(
        "<h3>{}</h3>{}<table class=\"members fleets\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        say!(lang, "Both organisations", "両団体"),
        verdict(other, now, lang),
        head,
        rows
    )
}

/// Whether they judge by the same bytes.
fn verdict(other: &Other, now: UnixSeconds, lang: Lang) -> Html {
    let name = shown(&other.name);
    let line = |class: &str, mark: &str, text: String| {
        html!(
            "<p class=\"{}\"><b aria-hidden=\"true\">{}</b> {}</p>",
            class.to_owned(),
            mark.to_owned(),
            text
        )
    };
    if other.said.is_none() {
        return line("mark-line", "?", say!(lang, "{name} was not heard yet.", "{name}の状況は未取得です。"));
    }
    let said_at = other.said.as_ref().map(|said| {
        let at = when(said.at, now, lang);
        html!(" <span class=\"soft\">{} {}</span>", say!(lang, "It said so:", "取得内容の時刻:"), at)
    });
    let verdict = match other.apart {
        _ if other.is_silent => line(
            "mark-line",
            "?",
            say!(
                lang,
                "{name} has said nothing new for long: what it runs now is not known.",
                "{name}の状況が更新されていません。現在の稼働リリースは不明です。"
            ),
        ),
        Some(apart) => {
            let mark = if apart.is_too_long() { "mark-line alarm-line" } else { "mark-line" };
            line(mark, "≠", say!(lang, "{}.", "{}。", sentence(&other.apart_said(apart, lang), lang)))
        }
        None if !other.is_same => line(
            "mark-line",
            "–",
            say!(lang, "Nothing judges here yet.", "こちらに稼働リリースがありません。"),
        ),
        None => line(
            "settled",
            "=",
            say!(
                lang,
                "Both judge by the same release, byte for byte.",
                "両フリートとも同一のリリースで点検しています（バイト単位で一致）。"
            ),
        ),
    };
    html!("{}{}", verdict, said_at)
}

/// With a capital where the language has them.
fn sentence(text: &str, lang: Lang) -> String {
    if lang == Lang::Ja {
        return text.to_owned();
    }
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn row(row: &Row, heads: &[String; 7], now: UnixSeconds, lang: Lang) -> Html {
    let Row { whose, release, since, epoch, at_it: (at_it, all), amiss, comes } = row;
    let [refuse, missing, behind] = *amiss;
    let amiss = if *amiss == [0; 3] {
        say!(lang, "none", "なし")
    } else {
        say!(
            lang,
            "{refuse} cannot go along, {missing} not there, {behind} behind",
            "同行不可 {refuse}、応答なし {missing}、遅れ {behind}"
        )
    };
    let cells = [
        html!("<b>{}</b>", whose.as_str()),
        html!("<b>{}</b>", release.as_str()),
        html!("{}", since.map(|since| when(since, now, lang))),
        html!("{}", grouped(*epoch)),
        html!("{}", format!("{} / {}", grouped(*at_it), grouped(*all))),
        html!("{}", amiss),
        html!("{}", comes.map_or_else(|| "–".to_owned(), |comes| comes.to_string())),
    ];
    let cell = |(head, cell): (&String, Html)| html!("<td data-head=\"{}\">{}</td>", head, cell);
    let cells: Vec<Html> = heads.iter().zip(cells).map(cell).collect();
    html!("<tr>{}</tr>", cells)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn picture(release: u64) -> Picture {
        serde_json::from_value(json!({
            "epoch": 7, "revision": 9, "majority": 2, "damaged": 0,
            "stands": { "epoch": 7, "release": release, "manifest": "a".repeat(64),
                        "since": UnixSeconds::new(1_780_000_000) },
            "before": null, "comes": null, "timekeeper": null, "coordinator": null, "quarantine": [],
            "cause": { "by": "coordinator", "why": { "en": "its instant has passed", "ja": "切替" } },
            "counts": { "members": 3, "voters": 3, "at_what_stands": 3, "refuses": 0, "missing": 0,
                        "behind": 0, "unknown": 0, "coming": 0, "abreast": 3 },
            "members": [],
        }))
        .unwrap()
    }

    fn other(apart: Option<u64>) -> Other {
        let apart = apart.map(|seconds| {
            let since = UnixSeconds::new(1_780_000_000);
            json!({ "since": since, "seconds": seconds, "allowed_seconds": 1_800 })
        });
        serde_json::from_value(json!({
            "name": "<b>中央会</b>", "silent_seconds": 9, "is_silent": false, "is_same": apart.is_none(),
            "apart": apart,
            "said": {
                "area": "east", "at": UnixSeconds::new(1_780_000_100), "epoch": 5,
                "since": UnixSeconds::new(1_779_000_000),
                "release": { "release": 11, "manifest": "b".repeat(64) },
                "members": { "all": 4, "at_it": 3, "behind": 0, "missing": 1, "refuse": 0 },
                "comes": null, "nacks": [],
            },
        }))
        .unwrap()
    }

    fn page(other: &Other, lang: Lang) -> String {
        side_by_side(&picture(12), other, UnixSeconds::new(1_780_000_200), lang).into_string()
    }

    #[test]
    fn both_stand_in_one_table_and_whether_they_are_one_is_said_first() {
        let together = page(&other(None), Lang::En);
        assert!(together.contains("Both judge by the same release"), "{together}");
        assert!(together.contains("3 / 4") && together.contains("1 not there"), "{together}");
        assert!(together.contains("&lt;b&gt;中央会") && !together.contains("<b>中央会"), "{together}");
        let short = page(&other(Some(60)), Lang::Ja);
        assert!(short.contains("一致していません") && !short.contains("alarm-line"), "{short}");
        assert!(page(&other(Some(1_801)), Lang::Ja).contains("alarm-line"));
        let silent = Other { is_silent: true, ..other(None) };
        assert!(page(&silent, Lang::En).contains("what it runs now is not known"));
        let never = Other { said: None, ..other(None) };
        assert!(page(&never, Lang::En).contains("not heard yet"));
    }
}
