//! Findings by code before and after the last swap, by what came of a thousand claims: side by side as bars,
//! and in numbers beside them.

use std::collections::BTreeMap;

use warifu_trust::UnixSeconds;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;
use warifu_values::say;

use crate::history::{Did, History, HistoryAct, Judged, Span};
use crate::page::numbers::short;
use crate::page::seen::Seen;
use crate::page::when::instant;

/// Codes that are shown at once; the others stand below in a fold.
const CODES: usize = 12;

/// What one side of the swap judged.
#[derive(Debug, Default, PartialEq)]
struct Side {
    claims: u64,
    findings: BTreeMap<String, u64>,
}

impl Side {
    fn add(&mut self, judged: &Judged) {
        self.claims += judged.claims;
        for (code, count) in &judged.findings {
            *self.findings.entry(code.clone()).or_default() += count;
        }
    }

    /// Findings of `code` in a thousand claims.
    fn rate(&self, code: &str) -> f64 {
        let count = self.findings.get(code).copied().unwrap_or(0);
        count as f64 * 1000.0 / self.claims.max(1) as f64
    }
}

/// The last change of the release that judges.
fn last_swap(history: &History) -> Option<&HistoryAct> {
    history.acts.iter().rev().find(|act| matches!(act.act, Did::Activated | Did::FellBack | Did::Regained))
}

/// What was judged by whatever judged before `swap`, and by the release that judges since. Of the hours
/// that both have a share in, each has its own.
fn sides(history: &History, swap: &HistoryAct) -> (Side, Side) {
    let (mut before, mut after) = (Side::default(), Side::default());
    let is_hour_before = |hour: &Span| hour.begins <= swap.at;
    for hour in &history.hours {
        let starts_after = hour.begins > UnixSeconds::new(swap.at.seconds() - HOUR_SECONDS);
        for judged in &hour.releases {
            if judged.release == swap.release && starts_after {
                after.add(judged);
            } else if judged.release != swap.release && is_hour_before(hour) {
                before.add(judged);
            }
        }
    }
    (before, after)
}

const HOUR_SECONDS: i64 = 3600;

/// The plot and its table.
pub(super) fn findings(seen: &Seen, lang: Lang) -> Html {
    let none = |why: String| html!("<p class=\"none\">{}</p>", why);
    let Some(swap) = last_swap(&seen.history) else {
        return none(say!(
            lang,
            "No release was changed since this history began.",
            "履歴の開始後、リリースの切替はありません。"
        ));
    };
    let (before, after) = sides(&seen.history, swap);
    if before.claims == 0 || after.claims == 0 {
        let at = swap.at;
        return none(say!(
            lang,
            "Too little was judged to compare what came before and after the swap at {at}.",
            "{at} の切替の前後を比較できるほどの請求がまだありません。"
        ));
    }
    let mut codes: Vec<&str> =
        before.findings.keys().chain(after.findings.keys()).map(String::as_str).collect();
    codes.sort_unstable();
    codes.dedup();
    let turn = |code: &str| (after.rate(code) - before.rate(code)).abs();
    codes.sort_by(|one, other| turn(other).total_cmp(&turn(one)).then(one.cmp(other)));
    let most = codes.iter().map(|code| before.rate(code).max(after.rate(code))).fold(0.0, f64::max);
    let rows: Vec<Html> = codes.iter().map(|code| row(code, &before, &after, most)).collect();
    let (first, rest) = rows.split_at(rows.len().min(CODES));
    let fold = if rest.is_empty() {
        None
    } else {
        Some(html!(
            "<details id=\"more-codes\"><summary>{}</summary>{}</details>",
            say!(lang, "{} more codes", "ほか {} コード", rest.len()),
            table(rest, lang)
        ))
    };
    html!(
        "<p class=\"soft small\">{} {}</p>{}{}",
        say!(
            lang,
            "Findings in 1,000 claims; {} claims before (hollow bar), {} after (full bar). The swap:",
            "レセプト 1,000 件あたりの指摘件数。切替前 {} 件（枠のみの棒）、切替後 {} 件（塗りの棒）。切替:",
            grouped(before.claims),
            grouped(after.claims)
        ),
        instant(swap.at, lang),
        table(first, lang),
        fold
    )
}

fn table(rows: &[Html], lang: Lang) -> Html {
    let rows: Html = rows.iter().cloned().collect();
    html!(
        "<table class=\"turns\"><thead><tr><th>{}</th><th></th><th class=\"n\">{}</th>\
         <th class=\"n\">{}</th><th class=\"n\">{}</th></tr></thead><tbody>{}</tbody></table>",
        say!(lang, "Code", "コード"),
        say!(lang, "before", "前"),
        say!(lang, "after", "後"),
        say!(lang, "change", "増減"),
        rows
    )
}

fn row(code: &str, before: &Side, after: &Side, most: f64) -> Html {
    let (was, is) = (before.rate(code), after.rate(code));
    let wide = |rate: f64| format!("{:.2}%", 99.0 * rate / most.max(f64::MIN_POSITIVE));
    let change = is - was;
    let sign = if change > 0.0 {
        "+"
    } else if change < 0.0 {
        "−"
    } else {
        "±"
    };
    html!(
        "<tr><td class=\"code\">{}</td><td class=\"bar\"><svg width=\"100%\" height=\"19\" \
         aria-hidden=\"true\"><rect class=\"before\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"7\"/>\
         <rect class=\"after\" x=\"0\" y=\"10\" width=\"{}\" height=\"8\"/></svg></td>\
         <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}{}</td></tr>",
        code,
        wide(was),
        wide(is),
        short(was),
        short(is),
        sign,
        short(change.abs())
    )
}
