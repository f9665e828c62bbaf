//! How busy the checker is: the last minutes, who was turned away and why, who waits, how long answers take.

use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;
use warifu_values::say;

use crate::page::numbers::short;
use crate::page::seen::{InLine, Quantile, Seen, Slice};
use crate::service::OfClaims;

/// What is plotted is this high.
const HEIGHT: f64 = 64.0;

/// `13-1-1234567`, and some more.
const CODE_CHARS: usize = 16;

/// Institutions that are shown.
const LINES: usize = 20;

/// Requests in a second.
fn rate(files: u64, seconds: u64) -> f64 {
    files as f64 / seconds.max(1) as f64
}

/// The last minutes, and how long answers took.
pub(super) fn load(seen: &Seen, lang: Lang) -> Html {
    let (status, load) = (&seen.status, &seen.load);
    // Where none come, this part is not there.
    let Some(OfClaims { queue, requests, .. }) = &status.of_claims else { return Html::default() };
    let door = status.doors.of_claims.unwrap_or_default();
    // The last slice is not over, so it says less than there was.
    let over = load.slices.split_last().map_or(&[][..], |(_, over)| over);
    let minute = over.len().saturating_sub(60 / load.slice_seconds.max(1) as usize);
    let of_minute = &over[minute..];
    let seconds = of_minute.len() as u64 * load.slice_seconds;
    let now = rate(of_minute.iter().map(|slice| slice.answered).sum(), seconds);
    let away = rate(of_minute.iter().map(|slice| slice.turned_away).sum(), seconds);
    let figures = [
        (say!(lang, "answered a second", "応答（毎秒）"), short(now)),
        (say!(lang, "turned away a second", "受付不可（毎秒）"), short(away)),
        (say!(lang, "being judged", "点検中"), queue.judging.to_string()),
        (
            say!(lang, "waiting", "待ち"),
            format!("{} / {}", grouped(queue.waiting as u64), grouped(queue.capacity as u64)),
        ),
    ];
    let figures: Vec<Html> =
        figures.iter().map(|(name, value)| html!("<li><b>{}</b><span>{}</span></li>", value, name)).collect();
    html!(
        "<ul class=\"figures\">{}</ul>{}{}<dl>{}{}</dl>",
        figures,
        minutes(plotted(over, &load.slices), load.slice_seconds, lang),
        latency(&load.latency, lang),
        html!(
            "<dt>{}</dt><dd>{}</dd>",
            say!(lang, "Since the start", "起動後の累計"),
            say!(
                lang,
                "{} files ({} claims) answered, {} turned away; {} connections, {} cut",
                "応答 {} ファイル（レセプト {} 件）、受付不可 {}、接続 {}、切断 {}",
                grouped(requests.checked),
                grouped(requests.claims),
                grouped(requests.turned_away),
                grouped(door.connections as u64),
                grouped(door.connections_cut)
            )
        ),
        turned_away(seen, lang)
    )
}

fn turned_away(seen: &Seen, lang: Lang) -> Option<Html> {
    use warifu_values::lang::Speak as _;
    let reasons = &seen.load.turned_away;
    let lines: Vec<Html> = reasons
        .iter()
        .filter(|one| one.files > 0)
        .map(|one| html!("<li>{}: <b>{}</b></li>", one.why.say(lang), grouped(one.files)))
        .collect();
    if lines.is_empty() {
        return None;
    }
    Some(html!(
        "<dt>{}</dt><dd><ul class=\"plain\">{}</ul></dd>",
        say!(lang, "Turned away because", "受付不可の理由"),
        lines
    ))
}

/// What is plotted: slices that are over, and the last one too where nothing came before it.
fn plotted<'a>(over: &'a [Slice], all: &'a [Slice]) -> &'a [Slice] {
    if over.iter().all(|slice| *slice == Slice::default()) { all } else { over }
}

/// The plot of the last minutes: what was answered stands on the line, what was turned away hangs below it.
fn minutes(slices: &[Slice], slice_seconds: u64, lang: Lang) -> Html {
    let most = slices.iter().map(|slice| slice.answered).max().unwrap_or(0);
    let most_away = slices.iter().map(|slice| slice.turned_away).max().unwrap_or(0);
    if most + most_away == 0 {
        let none = say!(lang, "No claim file in the last minutes.", "この数分間、請求ファイルはありません。");
        return html!("<p class=\"none\">{}</p>", none);
    }
    let all = (most + most_away) as f64;
    let line = HEIGHT * most as f64 / all;
    let wide = 100.0 / slices.len() as f64;
    let bars: Vec<Html> = slices
        .iter()
        .enumerate()
        .map(|(at, slice)| {
            let x = format!("{:.2}%", at as f64 * wide);
            let bar = format!("{:.2}%", wide * 0.8);
            let up = HEIGHT * slice.answered as f64 / all;
            let down = HEIGHT * slice.turned_away as f64 / all;
            html!(
                "<rect class=\"after\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\
                 <rect class=\"away\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                x,
                format!("{:.1}", line - up),
                bar,
                format!("{up:.1}"),
                x,
                format!("{line:.1}"),
                bar,
                format!("{down:.1}")
            )
        })
        .collect();
    let peak = short(rate(most, slice_seconds));
    let peak_away = short(rate(most_away, slice_seconds));
    let long = (slices.len() as u64 * slice_seconds).div_ceil(60);
    let text = say!(
        lang,
        "Last {long} minutes: at most {peak} answered a second (up), {peak_away} turned away (down).",
        "直近 {long} 分: 毎秒の応答は最大 {peak}（上）、受付不可は最大 {peak_away}（下）。"
    );
    html!(
        "<figure><svg class=\"plot\" width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">{}\
         <line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{}\" y2=\"{}\"/></svg>\
         <figcaption>{}</figcaption></figure>",
        HEIGHT + 1.0,
        text,
        bars,
        format!("{line:.1}"),
        format!("{line:.1}"),
        text
    )
}

fn latency(quantiles: &[Quantile], lang: Lang) -> Option<Html> {
    if quantiles.is_empty() {
        return None;
    }
    let cells: Vec<Html> = quantiles
        .iter()
        .map(|Quantile { of, seconds }| {
            html!("<li><b>{}</b><span>{}</span></li>", within(*seconds, lang), share(*of, lang))
        })
        .collect();
    Some(html!(
        "<p class=\"soft small\">{}</p><ul class=\"figures\">{}</ul>",
        say!(
            lang,
            "How long answers took since the start, rounded up to the next bound that is measured:",
            "起動後の応答時間（測定区分の上限に切り上げ）:"
        ),
        cells
    ))
}

/// The bound of a class, which no answer in it took longer than.
fn within(seconds: Option<f64>, lang: Lang) -> String {
    match seconds {
        None => say!(lang, "over 30 s", "30 秒超"),
        Some(seconds) if seconds < 1.0 => {
            let milliseconds = short(seconds * 1000.0);
            say!(lang, "within {milliseconds} ms", "{milliseconds} ミリ秒以内")
        }
        Some(seconds) => say!(lang, "within {seconds:.1} s", "{seconds:.1} 秒以内"),
    }
}

/// How many of the answers.
fn share(of: f64, lang: Lang) -> String {
    if of == 0.5 {
        return say!(lang, "half of the answers", "応答の半数");
    }
    let share = short_share(of);
    say!(lang, "{share} % of the answers", "応答の {share} %")
}

/// `90`, `99.9`: what a floating point makes of a share is not shown.
fn short_share(of: f64) -> String {
    let tenths = (of * 1000.0).round() / 10.0;
    format!("{tenths}")
}

/// An institution's code: prefecture, table of points, number. What is longer than any code is cut.
fn code(institution: &str) -> String {
    institution.chars().take(CODE_CHARS).map(|char| if char == ',' { '-' } else { char }).collect()
}

/// Who waits, the longest line first.
pub(super) fn queue(seen: &Seen, lang: Lang) -> Html {
    let lines = &seen.load.lines[..seen.load.lines.len().min(LINES)];
    if lines.is_empty() {
        return html!(
            "<p class=\"none\">{}</p>",
            say!(lang, "Nobody waits.", "待っている医療機関はありません。")
        );
    }
    let most = lines.iter().map(|line| line.waiting).max().unwrap_or(1).max(1);
    let rows: Vec<Html> = lines
        .iter()
        .map(|InLine { institution, waiting }| {
            let none = say!(lang, "none named", "記載なし");
            let wide = format!("{:.1}%", 100.0 * *waiting as f64 / most as f64);
            html!(
                "<tr><td class=\"code\">{}</td><td class=\"bar\"><svg width=\"100%\" height=\"10\" \
                 aria-hidden=\"true\"><rect class=\"after\" width=\"{}\" height=\"10\"/></svg></td>\
                 <td class=\"n\">{}</td></tr>",
                institution.as_deref().map_or(none, code),
                wide,
                grouped(*waiting as u64)
            )
        })
        .collect();
    html!(
        "<table class=\"queue\"><thead><tr><th>{}</th><th></th><th class=\"n\">{}</th></tr></thead>\
         <tbody>{}</tbody></table>",
        say!(lang, "Institution", "医療機関コード"),
        say!(lang, "files waiting", "待ちファイル"),
        rows
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_answers_took_is_told_in_words() {
        let told = |of, seconds| {
            [Lang::En, Lang::Ja].map(|lang| format!("{}: {}", within(seconds, lang), share(of, lang)))
        };
        let half = ["within 25 ms: half of the answers", "25 ミリ秒以内: 応答の半数"];
        assert_eq!(told(0.5, Some(0.025)), half);
        let most = ["within 2.5 s: 99.9 % of the answers", "2.5 秒以内: 応答の 99.9 %"];
        assert_eq!(told(0.999, Some(2.5)), most);
        assert_eq!(told(0.9, None), ["over 30 s: 90 % of the answers", "30 秒超: 応答の 90 %"]);
    }
}
