//! The page as a whole: its parts in their order, and the frame around them.

use warifu_claims::movement::Report;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::page::acts::buttons;
use crate::page::banner::{banner, in_a_word};
use crate::page::findings::findings;
use crate::page::fleet::fleet;
use crate::page::load::{load, queue};
use crate::page::months::months;
use crate::page::releases::{comes, decisions, runs};
use crate::page::report::{decisions_title, report, report_title};
use crate::page::seen::Seen;
use crate::trial::Replayed;

/// What is shown, and how.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// What.
    pub seen: &'a Seen,
    /// In which language.
    pub lang: Lang,
    /// Whether whoever looks may command.
    pub with_buttons: bool,
}

/// A part of the page that is renewed by itself.
pub(super) struct Part {
    pub(super) id: &'static str,
    /// What stands above it.
    title: Option<String>,
    pub(super) shown: Html,
}

/// Seconds between two looks without the script.
const RELOAD_SECONDS: u64 = 30;

/// Every part, in the order in which it is read.
pub(super) fn parts(Shown { seen, lang, with_buttons }: Shown<'_>) -> Vec<Part> {
    let part = |id, title: String, shown| Part { id, title: Some(title), shown };
    let mut parts = vec![
        Part { id: "banner", title: None, shown: banner(seen, lang) },
        part("runs", say!(lang, "What runs", "稼働中のリリース"), runs(seen, lang)),
    ];
    if with_buttons {
        let shown = buttons(&seen.status, lang);
        parts.push(part("acts", say!(lang, "Commands", "操作"), shown));
    }
    let (replay, watch) = (seen.on_trial.replay.clone(), seen.on_trial.watch.clone());
    let (replay, watch) = (replay.map(Replayed::brief), watch.map(Report::brief));
    let all = html!(
        "<p class=\"soft small\"><a href=\"report?lang={}\">{}</a></p>",
        say!(lang, "en", "ja"),
        say!(lang, "The report with all codes", "すべてのコードを含むレポート")
    );
    let trial = html!("{}{}", report(replay.as_ref(), watch.as_ref(), lang), all);
    // Where a program is attached no claims come.
    let of_claims = |parts: Vec<Part>| if seen.status.attached.is_none() { parts } else { Vec::new() };
    parts.push(part("comes", say!(lang, "What comes, what did not", "予定と拒否・保留"), comes(seen, lang)));
    if let Some(of) = &seen.status.fleet {
        let shown = fleet(of, seen.status.at, lang);
        parts.push(part(
            "fleet",
            say!(lang, "Fleet: the area as this member sees it", "フリート: このメンバーから見たエリア"),
            shown,
        ));
    }
    parts.extend(of_claims(vec![
        part("load", say!(lang, "Load", "負荷"), load(seen, lang)),
        part("queue", say!(lang, "Queue by institution", "医療機関別の待ち"), queue(seen, lang)),
        part(
            "findings",
            say!(lang, "Findings before and after the last swap", "直近の切替前後の指摘"),
            findings(seen, lang),
        ),
    ]));
    parts.push(part("months", say!(lang, "Twelve months", "12 か月の履歴"), months(seen, lang)));
    parts.extend(of_claims(vec![part("trial", report_title(lang), trial)]));
    parts.push(part("decisions", decisions_title(lang), decisions(seen, lang)));
    parts
}

/// The title of the window.
pub(super) fn title(Shown { seen, lang, .. }: Shown<'_>) -> String {
    format!("{} — warifu-checker", in_a_word(&seen.status, lang))
}

/// The page, in one answer.
pub fn document(shown: Shown<'_>) -> Html {
    let parts: Vec<Html> = parts(shown)
        .into_iter()
        .map(|Part { id, title, shown }| match title {
            None => html!("<div id=\"{}\" class=\"part\">{}</div>", id, shown),
            Some(title) => html!(
                "<section class=\"card {}-card\" aria-labelledby=\"of-{}\"><h2 id=\"of-{}\">{}</h2>\
                 <div id=\"{}\" class=\"part\">{}</div></section>",
                id,
                id,
                id,
                title,
                id,
                shown
            ),
        })
        .collect();
    let class = if shown.with_buttons { "" } else { "no-acts" };
    let main = html!("<main class=\"grid {}\">{}</main>", class, parts);
    framed(&title(shown), Some(shown), shown.lang, &main)
}

/// The page of the drift report with all its codes.
pub(super) fn report_document(shown: Shown<'_>) -> Html {
    let Shown { seen, lang, .. } = shown;
    let on_trial = &seen.on_trial;
    let title = report_title(lang);
    let inner = html!(
        "<main><p><a href=\"./?lang={}\">{}</a></p><section class=\"card\"><h2>{}</h2>{}</section>\
         <section class=\"card\"><h2>{}</h2>{}</section></main>",
        say!(lang, "en", "ja"),
        say!(lang, "Back to the page", "元のページへ"),
        title,
        report(on_trial.replay.as_ref(), on_trial.watch.as_ref(), lang),
        decisions_title(lang),
        decisions(seen, lang)
    );
    framed(&title, None, lang, &inner)
}

/// The frame; with the script where `renewed` is what it renews.
fn framed(title: &str, renewed: Option<Shown<'_>>, lang: Lang, inner: &Html) -> Html {
    let (of, other, word) = match lang {
        Lang::En => ("en", "ja", "日本語"),
        Lang::Ja => ("ja", "en", "English"),
    };
    let script = renewed.is_some().then(|| {
        html!(
            "<script src=\"page.js\" defer></script><noscript><meta http-equiv=\"refresh\" content=\"{}\">\
             </noscript>",
            RELOAD_SECONDS
        )
    });
    let fresh = renewed.map(|shown| {
        let at = shown.seen.status.at;
        html!(
            "<p id=\"fresh\" data-late=\"{}\" data-changed=\"{}\" data-gone=\"{}\"><span class=\"dot\" \
             aria-hidden=\"true\"></span><span id=\"as-of\">{}</span></p>",
            say!(
                lang,
                "No answer since {at}: what is shown here is old.",
                "{at} から応答がありません。表示は古い内容です。",
                at = "{at}"
            ),
            say!(
                lang,
                "The state has changed since you asked. Read again what will happen.",
                "状態が変わりました。実行される内容をもう一度確認してください。"
            ),
            say!(lang, "No answer: {why}", "応答がありません: {why}", why = "{why}"),
            at.said_exactly(lang)
        )
    });
    let looks_only = renewed
        .filter(|shown| !shown.with_buttons)
        .map(|_| html!("<span class=\"tag\">{}</span>", say!(lang, "to look at only", "閲覧専用")));
    html!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{}</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"page.css\">{}\
         </head><body><header class=\"top\"><p class=\"what\">warifu-checker {}</p>{}<p class=\"langs\">\
         <a href=\"?lang={}\" hreflang=\"{}\" lang=\"{}\">{}</a></p></header>{}</body></html>\n",
        of,
        title,
        script,
        looks_only,
        fresh,
        other,
        other,
        other,
        word,
        inner
    )
}
