//! What an operator can command now, what will come of it, and the form that asks before it is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::CHARS;

use crate::page::sentence::ended;
use crate::said::Said;
use crate::service::Status;
use crate::state::{HeldFor, Installed};

/// What an operator can command here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Look at the channel.
    Swap,
    /// Back to the release before.
    FallBack,
    /// What is on probation counts as confirmed.
    Confirm,
    /// A held release may be taken again.
    Unhold,
    /// Nothing is activated.
    Freeze,
    /// Releases are activated again.
    Thaw,
    /// Judge the kept claim files again.
    Replay,
    /// Delete the kept claim files.
    ForgetClaims,
    /// Mend what is damaged.
    Repair,
    /// Do not wait for a lost release.
    GiveUp,
}

impl Act {
    /// Its route at the operators' door.
    pub(super) fn route(self) -> &'static str {
        match self {
            Act::Swap => "/swap",
            Act::FallBack => "/fall-back",
            Act::Confirm => "/confirm",
            Act::Unhold => "/unhold",
            Act::Freeze => "/freeze",
            Act::Thaw => "/thaw",
            Act::Replay => "/replay",
            Act::ForgetClaims => "/forget-claims",
            Act::Repair => "/repair",
            Act::GiveUp => "/give-up",
        }
    }

    /// Whether it needs a reason.
    pub(super) fn needs_reason(self) -> bool {
        !matches!(self, Act::Swap | Act::FallBack | Act::Replay | Act::ForgetClaims)
    }

    /// Whether it takes something away that is not brought back by itself.
    fn is_grave(self) -> bool {
        matches!(self, Act::FallBack | Act::ForgetClaims | Act::GiveUp)
    }
}

/// A command that is possible now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub act: Act,
    /// Of which release, where it is about one.
    pub release: Option<u64>,
    /// What it is called.
    pub name: String,
    /// What will come of it.
    pub will: Vec<String>,
    /// What is read first, where it lets in what nobody has looked at.
    pub cautions: Vec<String>,
    /// What that stands on: somebody who saw another state does not command in this one.
    pub stands_on: String,
}

/// What is possible while `status` holds.
pub fn offered(status: &Status, lang: Lang) -> Vec<Offered> {
    let running = status.running.as_ref().map(|running| running.id.release);
    let number = running.unwrap_or(0);
    // Where a program is attached no claims come.
    let of_claims = status.attached.is_none();
    let stands_on = |more: &str| format!("{number} {} {more}", status.state);
    let mut all = vec![look(status, stands_on(""), lang)];
    let mut add = |act, release, name: String, will: Vec<String>, stands_on: String| {
        all.push(Offered { act, release, name, will, cautions: cautions(act, status, lang), stands_on });
    };
    let is_held = |it: &&Installed| status.held.iter().any(|held| held.id == it.id);
    // A member of a fleet does not go back alone.
    let before = status.previous.iter().chain(&status.earlier).filter(|_| status.fleet.is_none());
    let before: Vec<&Installed> = before.filter(|it| !is_held(it)).collect();
    for (at, comes) in before.iter().enumerate() {
        let Some(running) = running else { continue };
        let (is_previous, title) = (status.previous.as_ref() == Some(*comes), &comes.title);
        let passed_over = before[..at].iter().rev().map(|it| it.id.release).chain([running]);
        let held: Vec<String> = passed_over.map(|release| release.to_string()).collect();
        let held = held.join(&say!(lang, ", ", "、"));
        let before = comes.id.release;
        add(
            Act::FallBack,
            (!is_previous).then_some(before),
            say!(lang, "Fall back to release {before}", "リリース {before} へ切り戻す"),
            vec![
                if of_claims {
                    say!(
                        lang,
                        "Release {running} goes, release {before} ({title}) judges again at once; no \
                         claim is lost.",
                        "リリース {running} の使用を止め、直ちにリリース {before}（{title}）で点検します。\
                         請求は失われません。"
                    )
                } else {
                    say!(
                        lang,
                        "Release {running} goes, and the attached program is given release {before} \
                         ({title}) again: it takes as long as a reload.",
                        "リリース {running} の使用を止め、接続先プログラムをリリース {before}（{title}）に戻します。\
                         再読込と同じ時間がかかります。"
                    )
                },
                say!(
                    lang,
                    "Held until a newer one is confirmed, or until the hold is lifted: release {held}.",
                    "より新しいリリースが確定するか保留を解除するまで保留するもの: リリース {held}。"
                ),
            ],
            stands_on(&before.to_string()),
        );
    }
    if let Some(watch) = &status.watch {
        let missing: Vec<String> = watch.seen.missing.iter().map(|missing| missing.say(lang)).collect();
        let against = watch.against;
        let missing = missing.join(&say!(lang, "; ", "、"));
        let mut will = vec![if of_claims {
            say!(
                lang,
                "Release {number} counts as confirmed; files are no longer judged by release {against} too.",
                "リリース {number} を確定済みとし、リリース {against} との比較を終えます。"
            )
        } else {
            say!(
                lang,
                "Release {number} counts as confirmed; whether the program works is no longer asked each \
                 second.",
                "リリース {number} を確定済みとし、接続先プログラムの毎秒の動作確認を終えます。"
            )
        }];
        if of_claims && !missing.is_empty() {
            will.push(say!(lang, "Not seen yet: {missing}.", "まだ確認できていないもの: {missing}。"));
        }
        add(
            Act::Confirm,
            Some(number),
            say!(lang, "Confirm release {number}", "リリース {number} を確定する"),
            will,
            stands_on(""),
        );
    }
    // Nobody here lifts what an organisation withdrew.
    for held in status.held.iter().rev().filter(|held| held.held_for == HeldFor::Here) {
        let (release, why) = (held.id.release, held.why.say(lang));
        add(
            Act::Unhold,
            Some(release),
            say!(lang, "Lift the hold of release {release}", "リリース {release} の保留を解除する"),
            vec![
                say!(
                    lang,
                    "Release {release} may be taken again at the next look at the channel, through \
                     every gate.",
                    "次に配信元を確認したとき、リリース {release} を改めて検査し、受け入れることがあります。"
                ),
                say!(lang, "It is held because: {why}", "保留の理由: {why}"),
            ],
            stands_on(&held.at.rfc3339()),
        );
    }
    match &status.frozen {
        None => add(
            Act::Freeze,
            None,
            say!(lang, "Freeze activation", "切替を凍結する"),
            vec![say!(
                lang,
                "No release is activated until somebody thaws it, not even an emergency; falling back works.",
                "凍結を解除するまで、緊急リリースも含めて切り替えません。切戻しは可能です。"
            )],
            stands_on("open"),
        ),
        Some(frozen) => add(
            Act::Thaw,
            None,
            say!(lang, "Thaw activation", "凍結を解除する"),
            vec![
                thawed(status, lang),
                say!(lang, "It is frozen {}.", "凍結の理由: {}。", frozen.why().say(lang)),
            ],
            // Who else froze it, and what was repaired, since somebody looked.
            stands_on(&format!(
                "{} {} {}",
                frozen.at.rfc3339(),
                frozen.also.len(),
                cautions(Act::Thaw, status, Lang::En).len()
            )),
        ),
    }
    let kept = status.of_claims.as_ref().filter(|_| of_claims).map(|it| it.kept_claims);
    if let Some(kept) = kept.filter(|kept| kept.files > 0) {
        let (shown, mib) = (grouped(kept.files as u64), kept.bytes.div_ceil(1 << 20));
        if running.is_some() {
            add(
                Act::Replay,
                None,
                say!(lang, "Replay the kept claims", "保存ファイルで再点検する"),
                vec![say!(
                    lang,
                    "{shown} kept claim files are judged again and compared; nothing changes. It takes \
                     processor time.",
                    "保存中の請求ファイル {shown} 件を再点検して比較します。状態は変わりませんが、CPU を使います。"
                )],
                stands_on("replay"),
            );
        }
        add(
            Act::ForgetClaims,
            None,
            say!(lang, "Delete the kept claims", "保存ファイルを削除する"),
            vec![say!(
                lang,
                "{shown} claim files ({mib} MiB) are overwritten and deleted; this cannot be undone. Until \
                 new ones have come, a release cannot be replayed before it is activated.",
                "請求ファイル {shown} 件（{mib} MiB）を上書きして削除します。元に戻せません。新しいファイルが\
                 集まるまで、切替前の再点検はできません。"
            )],
            stands_on("forget"),
        );
    }
    if !status.damaged.is_empty() {
        let will = status.damaged.iter().map(|damage| ended(&damage.mending, lang)).collect();
        let damaged = if status.frozen.is_some() { "damaged frozen" } else { "damaged open" };
        add(Act::Repair, None, say!(lang, "Repair", "修復する"), will, stands_on(damaged));
    }
    if let Some(lost) = &status.lost {
        let release = lost.installed.id.release;
        add(
            Act::GiveUp,
            Some(release),
            say!(lang, "Give up release {release}", "リリース {release} を断念する"),
            vec![ended(&lost.given_up(running), lang)],
            stands_on("lost"),
        );
    }
    all
}

/// What comes of a thaw.
fn thawed(status: &Status, lang: Lang) -> String {
    match status.waits_for_thaw() {
        Some(release) => say!(
            lang,
            "Releases are activated again: release {release} waits for nothing else and is activated as soon \
             as the calendar lets it.",
            "再び切替を行います。リリース {release} が解除を待っており、切替可能な時間になり次第切り替えます。"
        ),
        None => say!(
            lang,
            "Releases are activated again; one that waits is activated as soon as the calendar lets it.",
            "再び切替を行います。待機中のリリースがあれば、切替可能な時間になり次第切り替えます。"
        ),
    }
}

/// What is read before `act`.
fn cautions(act: Act, status: &Status, lang: Lang) -> Vec<String> {
    let freeze_first = Said::new(
        "leave this, and freeze activation first",
        "ここでは「やめる」を選び、先に切替を凍結してください",
    );
    let repair_first =
        Said::new("leave this, and repair first", "ここでは「やめる」を選び、先に修復してください");
    let all = match act {
        Act::Repair => vec![status.repair_caution().map(|caution| caution.then(&freeze_first))],
        Act::Thaw => vec![
            status.thaw_damaged_caution().map(|caution| caution.then(&repair_first)),
            status.thaw_repaired_caution(),
            status.thaw_of_several_caution(),
        ],
        _ => Vec::new(),
    };
    all.iter().flatten().map(|caution| ended(caution, lang)).collect()
}

fn look(status: &Status, stands_on: String, lang: Lang) -> Offered {
    let mut will = vec![say!(
        lang,
        "The channel is looked at at once instead of at the next poll. A newer release that passes every \
         gate is activated as the calendar lets it, on probation.",
        "次の定期確認を待たずに配信元を確認します。新しいリリースがすべての検査に合格すれば、切替可能な時間に\
         切り替え、観察期間に入ります。"
    )];
    if status.frozen.is_some() {
        will.push(say!(
            lang,
            "Activation is frozen: it would be tried, and not be activated.",
            "凍結中のため、検査だけを行い、切り替えません。"
        ));
    }
    let name = say!(lang, "Look at the channel now", "配信元を今すぐ確認する");
    Offered { act: Act::Swap, release: None, name, will, cautions: Vec::new(), stands_on }
}

/// The buttons.
pub(super) fn buttons(status: &Status, lang: Lang) -> Html {
    let all: Vec<Html> = offered(status, lang).iter().map(|offered| button(offered, lang)).collect();
    html!(
        "<ul class=\"acts\">{}</ul><noscript><p class=\"soft small\">{}</p></noscript>",
        all,
        say!(
            lang,
            "Without JavaScript these buttons do nothing: use warifu-checker on the command line.",
            "JavaScript が無効のため、ボタンは使えません。コマンド warifu-checker を使ってください。"
        )
    )
}

fn button(Offered { act, release, name, will, cautions, stands_on }: &Offered, lang: Lang) -> Html {
    let word = act.route().trim_start_matches('/');
    let id = release.map_or_else(|| word.to_owned(), |release| format!("{word}-{release}"));
    let is_grave = act.is_grave() || !cautions.is_empty();
    let of_caution =
        |line| html!("<p class=\"caution\"><b>{}</b> {}</p>", say!(lang, "Caution:", "注意:"), line);
    let cautions: Vec<Html> = cautions.iter().map(of_caution).collect();
    let will: Vec<Html> = will.iter().map(|line| html!("<p>{}</p>", line)).collect();
    let reason = act.needs_reason().then(|| {
        html!(
            "<label>{}<textarea name=\"reason\" rows=\"2\" maxlength=\"{}\" required></textarea></label>",
            say!(lang, "Reason, for whoever comes next", "理由（次の担当者のために）"),
            CHARS
        )
    });
    html!(
        "<li id=\"act-{}\" data-act=\"{}\" data-release=\"{}\" data-stands-on=\"{}\"><button type=\"button\" \
         class=\"button\" aria-expanded=\"false\" aria-controls=\"ask-{}\">{}</button><form id=\"ask-{}\" \
         class=\"ask\" hidden>{}{}{}<div class=\"row\"><button type=\"submit\" class=\"button {}\">{}\
         </button>\
         <button type=\"button\" class=\"button quiet\" data-leave>{}</button></div></form>\
         <p class=\"answer\" role=\"status\"></p></li>",
        id,
        word,
        release,
        stands_on,
        id,
        name,
        id,
        cautions,
        will,
        reason,
        if is_grave { "grave" } else { "do" },
        say!(lang, "Do it", "実行する"),
        say!(lang, "Leave it", "やめる")
    )
}
