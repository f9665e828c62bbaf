//! Findings as one page in both languages: the counts by code first, then under each code its findings,
//! folded where there are many.

use warifu_masters::finding::Finding;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;

use super::found::{Found, Group, groups};
use crate::still_page::{CLOSING, opening};

/// Findings of one code that are on the page; a browser takes no million of them.
const ROWS_SHOWN: usize = 10_000;
/// Findings of one code that are shown unfolded.
const UNFOLDED: u64 = 50;

/// The page of all files.
pub fn html(found: &[Found]) -> String {
    let title = "指摘 / Findings";
    let mut page = opening(title, title).into_string();
    for Found { file, findings } in found {
        let groups = groups(findings);
        page.push_str(html!("<h2>{}</h2>", file).as_str());
        if groups.is_empty() {
            page.push_str("<p>指摘なし <span lang=\"en\">no findings</span></p>");
            continue;
        }
        let counted: Html = groups.iter().map(counts).collect();
        page.push_str(
            html!(
                "<div class=\"wide\"><table><thead><tr><th class=\"n\">件数<br>count<th>区分<br>severity\
                 <th>コード<br>code<th>対応<br>what to do</thead><tbody>{}</tbody></table></div>",
                counted
            )
            .as_str(),
        );
        for group in &groups {
            page.push_str(listed(group).as_str());
        }
    }
    page.push_str(CLOSING);
    page
}

/// In both languages.
fn both(say: impl Fn(Lang) -> String) -> Html {
    html!("{}<br><span lang=\"en\">{}</span>", say(Lang::Ja), say(Lang::En))
}

fn counts(group: &Group<'_>) -> Html {
    html!(
        "<tr><td class=\"n\">{}<td>{}<td>{}<td>{}",
        grouped(group.count),
        both(|lang| group.severity.word(lang).to_owned()),
        group.name.as_ref(),
        both(|lang| group.advice(lang).to_owned())
    )
}

fn listed(group: &Group<'_>) -> Html {
    let rows: Html = group.findings.iter().take(ROWS_SHOWN).map(|finding| row(finding)).collect();
    let shown = group.findings.len().min(ROWS_SHOWN) as u64;
    let more = match group.count - shown {
        0 => Html::default(),
        more => html!(
            "<p>他に {} 件（--csv ですべて出力） <span lang=\"en\">{} more: --csv lists all</span></p>",
            grouped(more),
            grouped(more)
        ),
    };
    let open = if group.count <= UNFOLDED { html!(" open") } else { Html::default() };
    html!(
        "<details{}><summary>{} ({})</summary><div class=\"wide\"><table><thead><tr><th class=\"n\">行<br>line\
         <th class=\"n\">列<br>column<th>項目<br>field<th>レコード<br>record<th>区分<br>severity\
         <th>内容<br>what</thead><tbody>{}</tbody></table></div>{}</details>",
        open,
        group.name.as_ref(),
        grouped(group.count),
        rows,
        more
    )
}

fn row(finding: &Finding) -> Html {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let reason = finding.passed.as_ref().map(|passed| html!("<br>{}", passed.reason));
    html!(
        "<tr><td class=\"n\">{}<td class=\"n\">{}<td>{}<td>{}<td>{}<td>{}{}",
        number(finding.line),
        number(finding.column),
        finding.field,
        finding.key,
        both(|lang| finding.severity.word(lang).to_owned()),
        both(|lang| finding.text(lang)),
        reason
    )
}

#[cfg(test)]
mod tests {
    use warifu_masters::finding::Findings;

    use super::super::found::tests::found;
    use super::*;

    #[test]
    fn the_page_has_every_finding_in_both_languages_and_loads_nothing() {
        let clean = Found { file: "<clean>.csv".into(), findings: Findings::new() };
        let page = html(&[found(1_200), clean]);
        assert_eq!(
            page.matches("<tr><td class=\"n\">").count(),
            1_202 + 2,
            "a row for each, and for each code"
        );
        assert!(page.find("<td>field/date").unwrap() < page.find("<td>file/rendering").unwrap());
        assert!(page.contains("<h2>&lt;clean&gt;.csv</h2><p>指摘なし"));
        assert!(!page.contains("::error::<b>") && page.contains("::error::&lt;b&gt;"));
        for outside in ["<script", "http:", "https:", "src=", "href="] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }
}
