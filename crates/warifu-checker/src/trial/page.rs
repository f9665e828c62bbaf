//! One small page of what was seen of a release, in both languages: no script, no network, nothing else to
//! load.

use std::fmt::Write as _;

use warifu_claims::movement::{CodeVerdict, Made, RecordBehind, Report};
use warifu_values::lang::{Lang, Speak as _};

use crate::state::Decision;
use crate::trial::replay::Replayed;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;\
color-scheme:light dark}table{border-collapse:collapse;width:100%;font-size:13px}\
th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}\
.n{text-align:right;font-variant-numeric:tabular-nums}.fault{font-weight:700}\
.wide{overflow-x:auto}p{margin:.3rem 0}";

/// The page about the last `replay`, the watch on probation and what operators decided, as far as they are
/// there.
pub fn page(replay: Option<&Replayed>, watch: Option<&Report>, decisions: &[Decision]) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\"><meta http-equiv=\
         \"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>warifu-checker</title><style>",
    );
    html.push_str(STYLE);
    html.push_str("</style></head><body>");
    if let Some(report) = watch {
        section(&mut html, "観察期間 / On probation", report);
    }
    if let Some(replay) = replay {
        let against = replay.against.map_or_else(|| "-".to_owned(), |against| against.to_string());
        let _ = write!(
            html,
            "<h1>再点検 / Replay: {} ← {against}</h1><p>{}</p><p lang=\"en\">{}</p>",
            replay.release,
            escaped(&replay.why.ja),
            escaped(&replay.why.en)
        );
        for report in replay.received.iter().chain(&replay.synthetic) {
            section(&mut html, title(report.made), report);
        }
    }
    if !decisions.is_empty() {
        html.push_str("<h2>運用者の判断 / Decisions of operators</h2>");
    }
    for decision in decisions {
        for (lang, attribute) in [(Lang::Ja, ""), (Lang::En, " lang=\"en\"")] {
            let _ = write!(html, "<p{attribute}>{}</p>", escaped(&decision.say(lang)));
        }
    }
    if replay.is_none() && watch.is_none() && decisions.is_empty() {
        html.push_str("<p>まだ何も比較していません。</p><p lang=\"en\">Nothing was compared yet.</p>");
    }
    html.push_str("</body></html>\n");
    html
}

fn title(made: Made) -> &'static str {
    match made {
        Made::Received => "受け付けた請求 / Claims received",
        Made::Synthetic => "合成した請求 / Synthetic claims",
    }
}

fn section(html: &mut String, title: &str, report: &Report) {
    let _ = write!(
        html,
        "<h2>{title}</h2><p>{}</p><p lang=\"en\">{}</p>",
        escaped(&report.said.ja),
        escaped(&report.said.en)
    );
    for missing in &report.missing {
        let (ja, en) = (missing.say(Lang::Ja), missing.say(Lang::En));
        let _ = write!(html, "<p>不足: {} / <span lang=\"en\">{}</span></p>", escaped(&ja), escaped(&en));
    }
    let Report { files, claims, uses, institutions, left_out, .. } = report;
    let _ = write!(
        html,
        "<p>ファイル files {files} · レセプト claims {claims} · 項目 uses {uses} · 医療機関 institutions \
         {institutions} · 集計外 left out {left_out}</p>"
    );
    if report.codes.is_empty() {
        return;
    }
    html.push_str(
        "<div class=\"wide\"><table><thead><tr><th>判断<br>verdict<th>マスター<br>master<th>コード<br>code\
         <th>名称<br>name<th>変化<br>turn<th>規則<br>rule<th>変更一覧<br>declared<th>件数<br>uses\
         <th>機関<br>inst.<th>算定日<br>day<th>旧<br>old<th>新<br>new</thead><tbody>",
    );
    for code in &report.codes {
        for turn in &code.turns {
            let rule = [&turn.old_rule, &turn.new_rule].map(|rule| rule.as_deref().unwrap_or("–"));
            let class = if code.verdict == CodeVerdict::Fault { " class=\"fault\"" } else { "" };
            let _ = write!(
                html,
                "<tr{class}><td>{}<td>{}<td>{}<td>{}<td>{}<td>{} → {}<td>{}<td class=\"n\">{} / {}\
                 <td class=\"n\">{} / {}<td>{}<td>{}<td>{}",
                verdict(code.verdict),
                escaped(&code.kind),
                escaped(&code.code),
                escaped(code.name()),
                escaped(&turn.turn),
                escaped(rule[0]),
                escaped(rule[1]),
                escaped(&turn.explained),
                turn.uses,
                code.uses,
                turn.institutions,
                code.institutions,
                escaped(&turn.day),
                record(turn.old.as_ref()),
                record(turn.new.as_ref()),
            );
        }
    }
    html.push_str("</tbody></table></div>");
}

fn verdict(verdict: CodeVerdict) -> &'static str {
    match verdict {
        CodeVerdict::Fault => "マスターの誤り<br>fault",
        CodeVerdict::Unclear => "不明<br>unclear",
        CodeVerdict::OfAnInstitution => "医療機関<br>institution",
        CodeVerdict::Explained => "変更一覧どおり<br>declared",
    }
}

fn record(record: Option<&RecordBehind>) -> String {
    record.map_or_else(
        || "–".to_owned(),
        |RecordBehind { series, value, .. }| format!("{} {}", escaped(series), escaped(value)),
    )
}

/// Text as it stands in an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_master_becomes_markup() {
        assert_eq!(escaped("<script>\"&\""), "&lt;script&gt;&quot;&amp;&quot;");
        let page = page(None, None, &[]);
        assert!(page.contains("Nothing was compared yet") && !page.contains("<script"), "{page}");
    }
}
