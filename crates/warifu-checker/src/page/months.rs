//! Twelve months: what became of releases as a time line, and findings by code over time below it, on one
//! scale of time.

use std::collections::BTreeMap;

use warifu_trust::UnixSeconds;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::history::{Did, History, HistoryAct, Span};
use crate::page::numbers::short;
use crate::page::seen::Seen;
use crate::page::when::{day, instant};
use warifu_values::number::grouped;

const DAY_SECONDS: i64 = 86_400;
const WEEK_SECONDS: i64 = 7 * DAY_SECONDS;

/// Bars of a year.
const WEEKS: usize = 53;

/// Codes that have a line of their own.
const CODES: usize = 6;

/// Acts that are listed at once, and in the fold.
const ACTS: usize = 8;
const ACTS_IN_FOLD: usize = 200;

/// The year that ends now.
struct Year {
    from: i64,
    until: i64,
}

impl Year {
    fn until(now: UnixSeconds) -> Year {
        // Weeks end with today, which is not over.
        let until = (now.seconds() + 9 * 3600).div_euclid(DAY_SECONDS) * DAY_SECONDS + DAY_SECONDS - 9 * 3600;
        Year { from: until - WEEKS as i64 * WEEK_SECONDS, until }
    }

    /// Where `at` lies, in percent of the width.
    fn x(&self, at: UnixSeconds) -> Option<f64> {
        let within = (self.from..self.until).contains(&at.seconds());
        within.then(|| 100.0 * (at.seconds() - self.from) as f64 / (self.until - self.from) as f64)
    }

    fn week(&self, at: UnixSeconds) -> Option<usize> {
        self.x(at).map(|_| ((at.seconds() - self.from) / WEEK_SECONDS) as usize)
    }

    /// The first instant of each month in it.
    fn months(&self) -> Vec<(UnixSeconds, usize)> {
        let days = (0..).map(|at| UnixSeconds::new(self.from + at * DAY_SECONDS));
        let within = days.take_while(|at| at.seconds() < self.until);
        within.filter(|at| day(*at).ends_with("-01")).zip(0..).collect()
    }
}

/// One kind of act on the time line.
struct Lane {
    acts: &'static [(Did, &'static str)],
}

const LANES: [Lane; 4] = [
    Lane { acts: &[(Did::Activated, "▲"), (Did::Regained, "△")] },
    Lane { acts: &[(Did::FellBack, "▼"), (Did::TakenBack, "▽")] },
    Lane { acts: &[(Did::Held, "■"), (Did::Refused, "✕"), (Did::Unheld, "□")] },
    Lane { acts: &[(Did::Frozen, "◆"), (Did::Thawed, "◇")] },
];

/// What an act is called.
fn called(did: Did, lang: Lang) -> String {
    match did {
        Did::Started => say!(lang, "checker started", "起動"),
        Did::Ended => say!(lang, "checker ended", "終了"),
        Did::Activated => say!(lang, "activated", "切替"),
        Did::Confirmed => say!(lang, "confirmed", "確定"),
        Did::FellBack => say!(lang, "fell back", "切戻し"),
        Did::TakenBack => say!(lang, "taken back", "適用の取消"),
        Did::Held => say!(lang, "held", "保留"),
        Did::Refused => say!(lang, "refused", "拒否"),
        Did::Unheld => say!(lang, "hold lifted", "保留解除"),
        Did::Frozen => say!(lang, "frozen", "凍結"),
        Did::Thawed => say!(lang, "thawed", "凍結解除"),
        Did::GivenUp => say!(lang, "given up", "断念"),
        Did::Regained => say!(lang, "regained", "再取得"),
        Did::Repaired => say!(lang, "repaired", "修復"),
        Did::ClaimsForgotten => say!(lang, "kept claims deleted", "保存ファイル削除"),
    }
}

fn mark(did: Did) -> &'static str {
    let marks = LANES.iter().flat_map(|lane| lane.acts);
    marks.into_iter().find(|(of, _)| *of == did).map_or("·", |(_, mark)| mark)
}

/// The time line, the plots, and the same in words and numbers.
pub(super) fn months(seen: &Seen, lang: Lang) -> Html {
    let (history, now) = (&seen.history, seen.status.at);
    let year = Year::until(now);
    let lanes: Vec<Html> = LANES.iter().map(|lane| shown_lane(lane, history, &year, lang)).collect();
    let weeks = Weeks::of(history, &year);
    let codes = weeks.commonest();
    let swaps: Vec<f64> = history
        .acts
        .iter()
        .filter(|act| matches!(act.act, Did::Activated | Did::FellBack))
        .filter_map(|act| year.x(act.at))
        .collect();
    // Where a program is attached nothing is found.
    let found = seen.status.attached.is_none().then(|| {
        let mut lines = vec![weeks.line(&say!(lang, "all findings", "指摘すべて"), None, &swaps, lang)];
        lines.extend(codes.iter().map(|code| weeks.line(code, Some(code), &swaps, lang)));
        html!(
            "<div class=\"label soft\">{}</div><div></div>{}{}",
            say!(lang, "findings in 1,000 claims, by week", "レセプト 1,000 件あたりの指摘件数（週ごと）"),
            lines,
            scale(&year, lang)
        )
    });
    let numbers = seen.status.attached.is_none().then(|| numbers(history, &codes, lang));
    let since = history.since;
    html!(
        "<p class=\"soft small\">{} {}</p><div class=\"months\">{}{}{}</div>{}{}",
        say!(lang, "Known since", "記録の開始:"),
        instant(since, lang),
        scale(&year, lang),
        lanes,
        found,
        acts(history, lang),
        numbers
    )
}

/// The months.
fn scale(year: &Year, lang: Lang) -> Html {
    let ticks: Vec<Html> = year
        .months()
        .into_iter()
        .filter_map(|(at, number)| {
            let x = year.x(at)?;
            let month: usize = day(at)[5..7].parse().unwrap_or(1);
            let name = say!(
                lang,
                "{}",
                "{}月",
                if lang == Lang::En { ENGLISH[month - 1] } else { NUMBERS[month - 1] }
            );
            let class = if number % 2 == 0 { "tick" } else { "tick odd" };
            // A name at the edge would be cut.
            let text = (x < 95.0).then(|| {
                html!("<text class=\"{}\" x=\"{}\" y=\"13\">{}</text>", class, format!("{x:.2}%"), name)
            });
            let x = format!("{x:.2}%");
            Some(html!("<line class=\"axis\" x1=\"{}\" x2=\"{}\" y1=\"0\" y2=\"18\"/>{}", x, x, text))
        })
        .collect();
    html!(
        "<div class=\"label\"></div><svg class=\"plot\" width=\"100%\" height=\"18\" \
         aria-hidden=\"true\">{}</svg>",
        ticks
    )
}

const ENGLISH: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NUMBERS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

fn shown_lane(lane: &Lane, history: &History, year: &Year, lang: Lang) -> Html {
    let marks = history.acts.iter().filter_map(|act| {
        let (_, mark) = lane.acts.iter().find(|(did, _)| *did == act.act)?;
        let (x, what) = (year.x(act.at)?, told(act, lang));
        Some(html!(
            "<text class=\"act\" x=\"{}\" y=\"14\"><title>{}</title>{}</text>",
            format!("{x:.2}%"),
            what,
            *mark
        ))
    });
    let marks: Vec<Html> = marks.collect();
    let names: Vec<String> =
        lane.acts.iter().map(|(did, mark)| format!("{mark} {}", called(*did, lang))).collect();
    let count = marks.len();
    html!(
        "<div class=\"label\">{}</div><svg class=\"plot\" width=\"100%\" height=\"18\" role=\"img\" \
         aria-label=\"{}\"><line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"17.5\" y2=\"17.5\"/>{}</svg>",
        names.join("  "),
        format!("{}: {count}", names.join(", ")),
        marks
    )
}

/// An act in a line.
fn told(HistoryAct { at, act, release, from, .. }: &HistoryAct, lang: Lang) -> String {
    let what = called(*act, lang);
    match (release, from) {
        (Some(release), Some(from)) => format!("{at} {what} {from} → {release}"),
        (Some(release), None) => format!("{at} {what} {release}"),
        _ => format!("{at} {what}"),
    }
}

/// The acts in words, the newest first.
fn acts(history: &History, lang: Lang) -> Html {
    let rows: Vec<Html> = history
        .acts
        .iter()
        .rev()
        .take(ACTS_IN_FOLD)
        .map(|act| {
            let release = match (act.release, act.from) {
                (Some(release), Some(from)) => format!("{from} → {release}"),
                (Some(release), None) => release.to_string(),
                _ => String::new(),
            };
            html!(
                "<tr><td>{}</td><td><span aria-hidden=\"true\">{}</span> {}</td><td class=\"n\">{}</td>\
                 <td class=\"why\">{}</td></tr>",
                instant(act.at, lang),
                mark(act.act),
                called(act.act, lang),
                release,
                act.why.as_ref().map(|why| why.say(lang))
            )
        })
        .collect();
    if rows.is_empty() {
        return html!(
            "<p class=\"none\">{}</p>",
            say!(lang, "Nothing happened yet.", "まだ出来事はありません。")
        );
    }
    let head = html!(
        "<thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th><th>{}</th></tr></thead>",
        say!(lang, "When", "日時"),
        say!(lang, "What", "出来事"),
        say!(lang, "Release", "リリース"),
        say!(lang, "Why", "理由")
    );
    let (first, rest) = rows.split_at(rows.len().min(ACTS));
    let table = |rows: &[Html]| {
        html!(
            "<div class=\"wide\"><table class=\"acts\">{}<tbody>{}</tbody></table></div>",
            head,
            rows.to_vec()
        )
    };
    let rest = (!rest.is_empty()).then(|| {
        html!(
            "<details id=\"older-acts\"><summary>{}</summary>{}</details>",
            say!(lang, "{} older", "以前の {} 件", rest.len()),
            table(rest)
        )
    });
    html!("{}{}", table(first), rest)
}

/// What was judged and found in each week.
struct Weeks {
    claims: [u64; WEEKS],
    findings: BTreeMap<String, [u64; WEEKS]>,
}

impl Weeks {
    fn of(history: &History, year: &Year) -> Weeks {
        let mut weeks = Weeks { claims: [0; WEEKS], findings: BTreeMap::new() };
        for Span { begins, releases } in &history.days {
            let Some(week) = year.week(*begins) else { continue };
            for judged in releases {
                weeks.claims[week] += judged.claims;
                for (code, count) in &judged.findings {
                    weeks.findings.entry(code.clone()).or_insert([0; WEEKS])[week] += count;
                }
            }
        }
        weeks
    }

    /// The codes with most findings.
    fn commonest(&self) -> Vec<String> {
        let mut codes: Vec<(u64, &String)> =
            self.findings.iter().map(|(code, weeks)| (weeks.iter().sum(), code)).collect();
        codes.sort_by_key(|(count, code)| (std::cmp::Reverse(*count), *code));
        codes.into_iter().take(CODES).map(|(_, code)| code.clone()).collect()
    }

    /// One line of bars, of `code` or of all.
    fn line(&self, name: &str, code: Option<&str>, swaps: &[f64], lang: Lang) -> Html {
        let count = |week: usize| match code {
            Some(code) => self.findings.get(code).map_or(0, |weeks| weeks[week]),
            None => self.findings.values().map(|weeks| weeks[week]).sum(),
        };
        let rates: Vec<f64> =
            (0..WEEKS).map(|week| count(week) as f64 * 1000.0 / self.claims[week].max(1) as f64).collect();
        let most = rates.iter().copied().fold(0.0, f64::max);
        let wide = 100.0 / WEEKS as f64;
        let bars: Vec<Html> = rates
            .iter()
            .enumerate()
            .filter(|(week, _)| self.claims[*week] > 0)
            .map(|(week, rate)| {
                let high = (BARS * rate / most.max(f64::MIN_POSITIVE)).max(1.0);
                html!(
                    "<rect class=\"after\" x=\"{}\" width=\"{}\" y=\"{}\" height=\"{}\"/>",
                    format!("{:.2}%", week as f64 * wide),
                    format!("{:.2}%", wide * 0.75),
                    format!("{:.1}", BARS - high),
                    format!("{high:.1}")
                )
            })
            .collect();
        let swaps: Vec<Html> = swaps
            .iter()
            .map(|x| {
                let x = format!("{x:.2}%");
                html!("<line class=\"swap\" x1=\"{}\" x2=\"{}\" y1=\"0\" y2=\"{}\"/>", x, x, BARS)
            })
            .collect();
        let peak = short(most);
        let told = say!(lang, "{name}: at most {peak} in 1,000 claims", "{name}: 1,000 件あたり最大 {peak}");
        html!(
            "<div class=\"label\">{} <span class=\"soft\">{}</span></div><svg class=\"plot\" \
             width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">{}{}<line class=\"axis\" x1=\"0\" \
             x2=\"100%\" y1=\"{}\" y2=\"{}\"/></svg>",
            name,
            say!(lang, "max {peak}", "最大 {peak}"),
            BARS + 1.0,
            told,
            swaps,
            bars,
            BARS + 0.5,
            BARS + 0.5
        )
    }
}

/// Bars are this high.
const BARS: f64 = 30.0;

/// The same in numbers, by month.
fn numbers(history: &History, codes: &[String], lang: Lang) -> Html {
    let mut months: BTreeMap<String, (u64, BTreeMap<&str, u64>)> = BTreeMap::new();
    for Span { begins, releases } in &history.days {
        let (claims, findings) = months.entry(day(*begins)[..7].to_owned()).or_default();
        for judged in releases {
            *claims += judged.claims;
            for (code, count) in &judged.findings {
                *findings.entry(code).or_default() += count;
            }
        }
    }
    if months.is_empty() {
        return Html::default();
    }
    let heads: Vec<Html> = codes.iter().map(|code| html!("<th class=\"n\">{}</th>", code)).collect();
    let rows: Vec<Html> = months
        .iter()
        .rev()
        .map(|(month, (claims, findings))| {
            let cells: Vec<Html> = codes
                .iter()
                .map(|code| {
                    let count = findings.get(code.as_str()).copied().unwrap_or(0);
                    html!("<td class=\"n\">{}</td>", grouped(count))
                })
                .collect();
            html!("<tr><td>{}</td><td class=\"n\">{}</td>{}</tr>", month, grouped(*claims), cells)
        })
        .collect();
    html!(
        "<details id=\"in-numbers\"><summary>{}</summary><div class=\"wide\"><table><thead><tr><th>{}</th>\
         <th class=\"n\">{}</th>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        say!(lang, "The same in numbers, by month", "月ごとの件数"),
        say!(lang, "Month", "月"),
        say!(lang, "claims", "レセプト"),
        heads,
        rows
    )
}
