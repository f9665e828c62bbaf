//! Findings as one page in both languages: the counts by code first, then under each code its findings,
//! folded where there are many.

use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;

use crate::found::{Group, Row, Suite};
use crate::still_page::{CLOSING, opening};

/// Findings of one code that are on the page; a browser takes no million of them.
const ROWS_SHOWN: usize = 10_000;
/// Findings of one code that are shown unfolded.
const UNFOLDED: u64 = 50;

/// The page of all files.
pub fn html(found: Vec<Suite<'_>>) -> String {
    let title = "指摘 / Findings";
    let mut page = opening(title, title).into_string();
    for Suite { file, groups } in found {
        page.push_str(html!("<h2>{}</h2>", file).as_str());
        if groups.is_empty() {
            page.push_str("<p>指摘なし <span lang=\"en\">no findings</span></p>");
            continue;
        }
        // Who advises nothing has no column for it.
        let advises = groups.iter().any(|group| !group.advice.ja.is_empty());
        let counted: Html = groups.iter().map(|group| counts(group, advises)).collect();
        let advice = if advises { html!("<th>対応<br>what to do") } else { Html::default() };
        page.push_str(
            html!(
                "<div class=\"wide\"><table><thead><tr><th class=\"n\">件数<br>count<th>区分<br>severity\
                 <th>コード<br>code{}</thead><tbody>{}</tbody></table></div>",
                advice,
                counted
            )
            .as_str(),
        );
        for group in groups {
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

fn counts(group: &Group<'_>, advises: bool) -> Html {
    let advice = both(|lang| group.advice.say(lang).clone());
    html!(
        "<tr><td class=\"n\">{}<td>{}<td>{}{}",
        grouped(group.count),
        both(|lang| (*group.severity.say(lang)).to_owned()),
        group.name.as_ref(),
        if advises { html!("<td>{}", advice) } else { Html::default() }
    )
}

fn listed(group: Group<'_>) -> Html {
    let mut shown = 0;
    let rows: Html = group.rows.take(ROWS_SHOWN).inspect(|_| shown += 1).map(|it| row(&it)).collect();
    let more = match group.count.saturating_sub(shown) {
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

fn row(row: &Row<'_>) -> Html {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().map(ToOwned::to_owned);
    let reason = row.let_pass.map(|reason| html!("<br>{}", reason));
    html!(
        "<tr><td class=\"n\">{}<td class=\"n\">{}<td>{}<td>{}<td>{}<td>{}{}",
        number(row.line),
        number(row.column),
        text(&row.field),
        text(&row.key),
        both(|lang| (*row.severity.say(lang)).to_owned()),
        both(|lang| row.text.say(lang).clone()),
        reason
    )
}
