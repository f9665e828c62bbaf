//! The drift report: what two releases judge differently, as the replay and the watch on probation saw it. A
//! part of the page, a page of its own, and a file beside the record.

use warifu_claims::movement::{CodeReport, CodeVerdict, Made, RecordBehind, Report, TurnReport, Words};
use warifu_values::digest::Digest;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::number::grouped;
use warifu_values::say;

use crate::state::Decision;
use crate::trial::Replayed;

/// What pages of a checker look like.
pub(super) const STYLE: &str = include_str!("page.css");

/// The report in a file of its own, in both languages: no script, nothing else to load. About the last
/// `replay`, the watch on probation and what operators decided, as far as they are there.
pub fn report_file(replay: Option<&Replayed>, watch: Option<&Report>, decisions: &[Decision]) -> String {
    let shown = |lang: Lang| {
        let decided: Vec<Html> =
            decisions.iter().map(|decision| html!("<li>{}</li>", decision.say(lang))).collect();
        let decided = (!decided.is_empty()).then(|| {
            let title = decisions_title(lang);
            html!("<h2>{}</h2><ul class=\"plain\">{}</ul>", title, decided)
        });
        html!(
            "<section class=\"card\" lang=\"{}\">{}{}</section>",
            say!(lang, "en", "ja"),
            report(replay, watch, lang),
            decided
        )
    };
    let shown = html!("{}{}", shown(Lang::Ja), shown(Lang::En));
    // Only the style with this word counts. Whoever puts one into a record cannot know it: it is the digest
    // of a text that holds the record.
    let nonce = Digest::of(shown.as_str().as_bytes()).to_string();
    let head = html!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'nonce-{}'; base-uri \
         'none'; form-action 'none'\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>warifu-checker</title>\
         <style nonce=\"{}\">",
        nonce,
        nonce
    );
    format!("{}{STYLE}</style></head><body><main>{}</main></body></html>\n", head.as_str(), shown.as_str())
}

/// The report in `lang`, with the codes that `replay` and `watch` have.
pub(super) fn report(replay: Option<&Replayed>, watch: Option<&Report>, lang: Lang) -> Html {
    let watch = watch.map(|report| section(&say!(lang, "On probation", "観察期間"), report, lang));
    let replay = replay.map(|replay| {
        let against = replay.against.map_or_else(|| "–".to_owned(), |against| against.to_string());
        let release = replay.release;
        let parts: Vec<Html> = replay
            .received
            .iter()
            .chain(&replay.synthetic)
            .map(|report| section(&made(report.made, lang), report, lang))
            .collect();
        html!(
            "<h3>{}</h3><p>{}</p>{}",
            say!(
                lang,
                "Replay before activation: release {release} against {against}",
                "切替前の再点検: リリース {release}（{against} と比較）"
            ),
            replay.why.say(lang),
            parts
        )
    });
    if watch.is_none() && replay.is_none() {
        let nothing = say!(lang, "Nothing was compared yet.", "まだ何も比較していません。");
        return html!("<p class=\"none\">{}</p>", nothing);
    }
    html!("{}{}", watch, replay)
}

/// What the report is called.
pub(super) fn report_title(lang: Lang) -> String {
    say!(lang, "What two releases judge differently", "リリース間の判定の差")
}

/// What operators decided is called so.
pub(super) fn decisions_title(lang: Lang) -> String {
    say!(lang, "Decisions of operators", "運用者の判断")
}

fn made(made: Made, lang: Lang) -> String {
    match made {
        Made::Received => say!(lang, "Claims received", "受け付けた請求"),
        Made::Synthetic => say!(lang, "Synthetic claims", "合成した請求"),
    }
}

fn in_lang(words: &Words, lang: Lang) -> &str {
    match lang {
        Lang::En => &words.en,
        Lang::Ja => &words.ja,
    }
}

fn section(title: &str, report: &Report, lang: Lang) -> Html {
    let Report { files, claims, uses, institutions, left_out, .. } = report;
    let missing: Vec<String> = report.missing.iter().map(|missing| missing.say(lang)).collect();
    let missing = (!missing.is_empty()).then(|| {
        html!("<p>{} {}</p>", say!(lang, "Missing:", "不足:"), missing.join(say!(lang, "; ", "、").as_str()))
    });
    let counts = say!(
        lang,
        "{} files, {} claims, {} uses of codes, {} institutions, {} left out",
        "ファイル {}、レセプト {}、項目 {}、医療機関 {}、集計外 {}",
        grouped(*files),
        grouped(*claims),
        grouped(*uses),
        grouped(*institutions),
        grouped(*left_out)
    );
    let heads = heads(lang);
    let rows: Vec<Html> = report
        .codes
        .iter()
        .flat_map(|code| code.turns.iter().map(|turn| row(code, turn, &heads, lang)))
        .collect();
    let table = (!rows.is_empty()).then(|| {
        let heads: Vec<Html> = heads.iter().map(|head| html!("<th>{}</th>", head)).collect();
        html!(
            "<div class=\"wide\" tabindex=\"0\"><table class=\"drift\"><thead><tr>{}</tr></thead><tbody>{}\
             </tbody></table></div>",
            heads,
            rows
        )
    });
    html!(
        "<h3>{}</h3><p>{}</p>{}<p class=\"soft small\">{}</p>{}",
        title,
        in_lang(&report.said, lang),
        missing,
        counts,
        table
    )
}

/// What stands in a row of the table; where the window is narrow, before each value.
fn heads(lang: Lang) -> [String; 12] {
    [
        say!(lang, "Verdict", "判断"),
        say!(lang, "Master", "マスター"),
        say!(lang, "Code", "コード"),
        say!(lang, "Name", "名称"),
        say!(lang, "Turn", "変化"),
        say!(lang, "Rule", "規則"),
        say!(lang, "Declared", "変更一覧"),
        say!(lang, "Uses", "件数"),
        say!(lang, "Institutions", "医療機関"),
        say!(lang, "Day", "算定日"),
        say!(lang, "Old", "旧"),
        say!(lang, "New", "新"),
    ]
}

fn row(code: &CodeReport, turn: &TurnReport, heads: &[String; 12], lang: Lang) -> Html {
    let rule = [&turn.old_rule, &turn.new_rule].map(|rule| rule.as_deref().unwrap_or("–"));
    let class = if code.verdict == CodeVerdict::Fault { "fault" } else { "" };
    let verdict = match code.verdict {
        CodeVerdict::Fault => say!(lang, "fault of a master", "マスターの誤り"),
        CodeVerdict::Unclear => say!(lang, "unclear", "不明"),
        CodeVerdict::OfAnInstitution => say!(lang, "institution", "医療機関"),
        CodeVerdict::Explained => say!(lang, "declared", "変更一覧どおり"),
    };
    let of = |some: u64, all: u64| {
        let (some, all) = (grouped(some), grouped(all));
        say!(lang, "{some} of {all}", "{all} のうち {some}")
    };
    let cells = [
        ("", verdict),
        ("", code.kind(lang)),
        ("code", code.code.clone()),
        ("", code.name().to_owned()),
        ("", turn.said(lang)),
        ("", format!("{} → {}", rule[0], rule[1])),
        ("", declared(&turn.explained, lang)),
        ("n", of(turn.uses, code.uses)),
        ("n", of(turn.institutions, code.institutions)),
        ("code", turn.day.clone()),
        ("", record(turn.old.as_ref())),
        ("", record(turn.new.as_ref())),
    ];
    let cells: Vec<Html> = heads
        .iter()
        .zip(&cells)
        .map(|(head, (class, text))| html!("<td class=\"{}\" data-head=\"{}\">{}</td>", class, head, text))
        .collect();
    html!("<tr class=\"{}\">{}</tr>", class, cells)
}

/// What a release declares of a turn.
fn declared(explained: &str, lang: Lang) -> String {
    match explained {
        "announced" => say!(lang, "announced", "予告あり"),
        "accepted" => say!(lang, "accepted", "承認済み"),
        _ => say!(lang, "no", "なし"),
    }
}

fn record(record: Option<&RecordBehind>) -> String {
    record.map_or_else(|| "–".to_owned(), |RecordBehind { series, value, .. }| format!("{series} {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_whole_without_anything_else() {
        let page = report_file(None, None, &[]);
        assert!(page.contains("Nothing was compared yet") && page.contains("まだ何も比較"), "{page}");
        assert!(!page.contains("<script") && !page.contains("http:"), "{page}");
    }
}
