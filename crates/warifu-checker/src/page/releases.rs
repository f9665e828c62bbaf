//! Which release runs, since when and who signed it; what comes and when, and why not sooner; what was
//! refused or is held; what operators decided.

use warifu_values::digest::Digest;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::page::seen::Seen;
use crate::page::when::when;
use crate::state::Installed;

/// A digest as it is read over the telephone.
fn in_groups(digest: &Digest) -> Html {
    let text = digest.to_string();
    let (first, rest) = text.split_at(16);
    let groups = |text: &str| {
        let groups: Vec<&str> = (0..text.len()).step_by(4).map(|at| &text[at..at + 4]).collect();
        groups.join(" ")
    };
    html!("<span class=\"digest\"><b>{}</b> {}</span>", groups(first), groups(rest))
}

fn row(name: String, value: Html) -> Html {
    html!("<dt>{}</dt><dd>{}</dd>", name, value)
}

/// What runs.
pub(super) fn runs(seen: &Seen, lang: Lang) -> Html {
    let status = &seen.status;
    let Some(running) = &status.running else {
        return html!(
            "<p class=\"none\">{}</p>",
            say!(lang, "No release runs.", "稼働中のリリースはありません。")
        );
    };
    let Installed { id, title, since, marks, signed_by } = running;
    let marks: Vec<Html> =
        marks.lines(lang).iter().map(|line| html!("<p class=\"mark-line\">{}</p>", line)).collect();
    let unknown = say!(lang, "not recorded", "記録なし");
    let names = |names: &[String]| {
        if names.is_empty() { unknown.clone() } else { names.join(&say!(lang, ", ", "、")) }
    };
    let signed = html!(
        "{}: {}<br>{}: {}",
        say!(lang, "Kikin", "支払基金"),
        names(&signed_by.kikin),
        say!(lang, "Kokuho", "国保中央会"),
        names(&signed_by.kokuho)
    );
    let before = match &status.previous {
        Some(before) => html!(
            "{} <span class=\"soft\">{}</span>",
            say!(lang, "release {}", "リリース {}", before.id.release),
            before.title
        ),
        None => html!("{}", say!(lang, "none to fall back to", "なし（切戻し不可）")),
    };
    html!(
        "<p class=\"release\"><span class=\"number\">{}</span><span class=\"title\">{}</span></p>{}\
         <dl>{}{}{}{}</dl>",
        id.release,
        title,
        marks,
        row(say!(lang, "Since", "稼働開始"), when(*since, status.at, lang)),
        row(say!(lang, "Signed by", "署名者"), signed),
        row(say!(lang, "Manifest", "マニフェスト"), in_groups(&id.manifest)),
        row(say!(lang, "Before it", "前リリース"), before)
    )
}

/// What comes and when, what did not pass, and the last look at the channel.
pub(super) fn comes(seen: &Seen, lang: Lang) -> Html {
    let status = &seen.status;
    let next = match &status.next {
        Some(next) => {
            let why = match &next.why {
                Some(why) => say!(
                    lang,
                    "not sooner: {}; an emergency would not wait",
                    "それまで切り替えない理由: {}（緊急リリースは待ちません）",
                    why.say(lang)
                ),
                None => say!(lang, "the instant that both signed", "両団体が署名した切替日時"),
            };
            html!(
                "<b>{}</b> {}<br><span class=\"soft\">{}</span>",
                say!(lang, "release {}", "リリース {}", next.release),
                when(next.at, status.at, lang),
                why
            )
        }
        None => html!("{}", say!(lang, "nothing that is known", "予定なし")),
    };
    let frozen = status.frozen.as_ref().map(|frozen| {
        row(
            say!(lang, "Frozen", "凍結"),
            std::iter::once(frozen)
                .chain(&frozen.also)
                .map(|one| html!("{}<br>{}<br>", when(one.at, status.at, lang), one.reason.as_str()))
                .collect(),
        )
    });
    let refused = status.refused.as_ref().map(|refused| {
        let release = refused.id.map(|id| id.release);
        let release = release.map(|release| say!(lang, "release {release}", "リリース {release}"));
        row(
            refused.cause().word().say(lang),
            html!(
                "<b>{}</b> {}<br>{}",
                release.unwrap_or_default(),
                when(refused.at, status.at, lang),
                refused.why.say(lang)
            ),
        )
    });
    let held: Vec<Html> = status
        .held
        .iter()
        .rev()
        .map(|held| {
            row(
                held.held_for.cause().word().say(lang),
                html!(
                    "<b>{}</b> {}<br>{}",
                    say!(lang, "release {}", "リリース {}", held.id.release),
                    when(held.at, status.at, lang),
                    held.why.say(lang)
                ),
            )
        })
        .collect();
    let looked = match &status.last_poll {
        None => html!("{}", say!(lang, "not yet", "未確認")),
        Some(poll) => {
            let said = status.looked_line(lang).unwrap_or_default();
            // What is told above in full is not told again.
            let is_told = status.refused.is_some() && poll.result.exit_status() == 1
                || said.chars().count() > SHORT_CHARS;
            let said = if is_told { None } else { Some(said) };
            let troubles: Vec<Html> = poll.troubles.iter().map(|it| html!("<br>{}", it.say(lang))).collect();
            html!("{}<br>{}{}", when(poll.at, status.at, lang), said, troubles)
        }
    };
    html!(
        "<dl>{}{}{}{}{}</dl>",
        row(say!(lang, "Next", "次"), next),
        frozen,
        refused,
        held,
        row(say!(lang, "Channel", "配信元の確認"), looked)
    )
}

/// What a look at the channel came to stands in one or two lines.
const SHORT_CHARS: usize = 160;

/// What operators decided, the newest first.
pub(super) fn decisions(seen: &Seen, lang: Lang) -> Html {
    let decisions = &seen.status.decisions;
    if decisions.is_empty() {
        return html!("<p class=\"none\">{}</p>", say!(lang, "None yet.", "まだありません。"));
    }
    let lines: Vec<Html> =
        decisions.iter().rev().map(|decision| html!("<li>{}</li>", decision.say(lang))).collect();
    html!("<ul class=\"plain\">{}</ul>", lines)
}
