//! The worklist as one page in both languages: no script, no network, nothing else to load.

use std::fmt::Write as _;

use warifu_claims::movement::{Impact, Turn, TurnedUse};
use warifu_values::html;
use warifu_values::lang::{Lang, Speak as _};

use super::found::Unread;
use super::judged::Judged;
use super::told::{Compared, codes, head, notes, turned};
use super::words;
use warifu_reports::{CLOSING, opening};

/// Lines of the worklist on the page; a browser takes no million of them.
pub(super) const LINES_SHOWN: u64 = 10_000;

/// Codes on the page, and files that were not judged.
const CODES_SHOWN: usize = 2_000;

/// The page; `rows` are those that [`row`] made.
pub(super) fn page(compared: Compared, impact: &Impact, unread: &[Unread], rows: &str) -> String {
    let Compared { published, draft } = compared;
    let mut html = opening(
        &format!("再確認 / impact: {published} → {draft}"),
        &format!("草案の影響 / Impact of the draft: {published} → {draft}"),
    )
    .into_string();
    both(&mut html, |lang| head(compared, impact, lang));
    for turn in Turn::ALL.into_iter().filter(|turn| impact.of(*turn).uses > 0) {
        both(&mut html, |lang| turned(turn, impact, lang));
    }
    let (ja, en) = (notes(impact, unread, Lang::Ja), notes(impact, unread, Lang::En));
    for (ja, en) in ja.iter().zip(&en) {
        both(&mut html, |lang| if lang == Lang::Ja { ja.clone() } else { en.clone() });
    }
    of_codes(&mut html, impact);
    let all: u64 = impact.turns.values().map(|sum| sum.uses).sum();
    if all > 0 {
        let shown = rows.matches("<tr>").count();
        let _ = write!(
            html,
            "<h2>再確認一覧 / Worklist ({shown} / {all})</h2><div class=\"wide\"><table><thead><tr>\
             <th>医療機関<br>institution<th>ファイル<br>file<th>レセプト<br>claim<th>行<br>line\
             <th>コード<br>code<th>名称<br>name<th>算定日<br>day<th>変化<br>turn<th>前<br>before<th>後<br>after\
             <th>旧<br>old<th>新<br>new<th>点数×回数<br>points × times</thead><tbody>{rows}</tbody></table></div>"
        );
    }
    if !unread.is_empty() {
        html.push_str("<h2>点検できなかったファイル / Not judged</h2><ul>");
        for Unread { why, .. } in unread.iter().take(CODES_SHOWN) {
            let (ja, en) = (escaped(&why.say(Lang::Ja)), escaped(&why.say(Lang::En)));
            let _ = write!(html, "<li>{ja} <span lang=\"en\">{en}</span>");
        }
        html.push_str("</ul>");
    }
    html.push_str(CLOSING);
    html
}

/// One line of the worklist.
pub(super) fn row(judged: &Judged<'_>, one: &TurnedUse) -> String {
    let claim = one.claim.map(|claim| claim.to_string()).unwrap_or_default();
    let points = one.unit.map(|unit| format!("{} × {}", unit.points, unit.times)).unwrap_or_default();
    format!(
        "<tr><td>{}<td>{}<td class=\"n\">{claim}<td class=\"n\">{}<td>{}<td>{}<td>{}<td>{}<br>\
         <span lang=\"en\">{}\
         </span><td>{}<td>{}<td>{}<td>{}<td class=\"n\">{points}",
        escaped(&judged.institution),
        escaped(&judged.file.shown),
        one.line,
        one.code,
        escaped(&one.name),
        one.day,
        words::turn(one.turn, Lang::Ja),
        words::turn(one.turn, Lang::En),
        escaped(&words::judgement(&one.before)),
        escaped(&words::judgement(&one.after)),
        escaped(&words::record(one.record_before.as_ref())),
        escaped(&words::record(one.record_after.as_ref())),
    )
}

fn of_codes(html: &mut String, impact: &Impact) {
    let codes = codes(impact);
    if codes.is_empty() {
        return;
    }
    let (all, shown) = (codes.len(), codes.len().min(CODES_SHOWN));
    let _ = write!(
        html,
        "<h2>コード別 / By code ({shown} / {all})</h2><div class=\"wide\"><table><thead><tr><th>マスター<br>master\
         <th>コード<br>code<th>名称<br>name<th>算定日<br>day<th>旧<br>old<th>新<br>new<th>変化<br>turns\
         <th>件数<br>claims<th>機関<br>inst.<th>点数<br>points</thead><tbody>"
    );
    for ((kind, code), of) in codes.into_iter().take(CODES_SHOWN) {
        let turns: Vec<String> = of
            .turns
            .iter()
            .map(|(turn, uses)| {
                let (ja, en) = (words::turn(*turn, Lang::Ja), words::turn(*turn, Lang::En));
                format!("{ja} <span lang=\"en\">{en}</span> {uses}")
            })
            .collect();
        let _ = write!(
            html,
            "<tr><td>{}<td>{code}<td>{}<td>{}<td>{}<td>{}<td>{}<td class=\"n\">{}<td class=\"n\">{}<td \
             class=\"n\">{}",
            kind.master(),
            escaped(&of.name),
            of.day,
            escaped(&words::record(of.before.as_ref())),
            escaped(&words::record(of.after.as_ref())),
            turns.join("<br>"),
            of.claims,
            of.institutions(),
            of.points,
        );
    }
    html.push_str("</tbody></table></div>");
}

fn both(html: &mut String, say: impl Fn(Lang) -> String) {
    let text = |lang| escaped(say(lang).trim_end()).replace('\n', "<br>");
    let _ = write!(html, "<p>{}</p><p lang=\"en\">{}</p>", text(Lang::Ja), text(Lang::En));
}

/// Text as it stands in an element.
fn escaped(text: &str) -> String {
    html!("{}", text).into_string()
}
