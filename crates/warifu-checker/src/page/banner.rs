//! The state in one glance: what is amiss, why, and what to do next, the worst first.

use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::area_seen::Trouble;
use crate::cause::{Amiss, Cause};
use crate::page::seen::Seen;
use crate::page::sentence::ended;
use crate::said::Said;
use crate::service::Status;
use crate::state::{Damage, Decided, HeldFor};

/// How grave it is, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Claims are judged wrongly or not at all, or a restart would not find what runs.
    Alarm,
    /// Nothing new is taken, or not this.
    Warning,
    /// All goes as it should, and somebody may have to do something.
    Notice,
    /// All goes as it should.
    Good,
}

impl Grade {
    fn class(self) -> &'static str {
        match self {
            Grade::Alarm => "alarm",
            Grade::Warning => "warning",
            Grade::Notice => "notice",
            Grade::Good => "good",
        }
    }

    /// What is read without colour.
    fn mark(self) -> &'static str {
        match self {
            Grade::Alarm => "✕",
            Grade::Warning => "!",
            Grade::Notice => "i",
            Grade::Good => "✓",
        }
    }
}

/// One thing about the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// How grave it is.
    pub grade: Grade,
    /// In a word.
    pub word: String,
    /// What it is.
    pub what: String,
    /// Why, where that is known.
    pub why: Option<String>,
    /// What to do next.
    pub next: String,
}

/// Everything about the state in `lang`, the worst first; there is always something.
pub fn alarms(status: &Status, lang: Lang) -> Vec<Alarm> {
    let mut all = told(status, lang);
    // What may be a forgery is read before what only does not answer.
    let is_trust = |alarm: &Alarm| alarm.word == Cause::Trust.word().say(lang);
    all.sort_by_key(|alarm| (alarm.grade, !is_trust(alarm)));
    all
}

/// The banner, and below it whatever else there is.
pub(super) fn banner(seen: &Seen, lang: Lang) -> Html {
    let all = alarms(&seen.status, lang);
    let more: Vec<Html> = all[1..].iter().map(|alarm| line(alarm, lang)).collect();
    let more = if more.is_empty() { None } else { Some(html!("<ul class=\"also\">{}</ul>", more)) };
    html!("{}{}", all.first().map(|worst| first(worst, lang)), more)
}

/// The state in a word, for the title of the window.
pub(super) fn in_a_word(status: &Status, lang: Lang) -> String {
    let worst = alarms(status, lang).swap_remove(0);
    let release = status.running.as_ref().map_or_else(|| "–".to_owned(), |it| it.id.release.to_string());
    format!("{} {} {release}", worst.grade.mark(), worst.word)
}

fn first(Alarm { grade, word, what, why, next }: &Alarm, lang: Lang) -> Html {
    let (class, mark) = (grade.class(), grade.mark());
    let why = why.as_ref().map(|why| html!("<dt>{}</dt><dd>{}</dd>", say!(lang, "Why", "理由"), why));
    html!(
        "<div class=\"banner {}\" role=\"status\"><p class=\"word\"><span class=\"mark\" \
         aria-hidden=\"true\">{}</span>{}</p><div class=\"told\"><p class=\"what\">{}</p>\
         <dl>{}<dt>{}</dt><dd>{}</dd></dl></div></div>",
        class,
        mark,
        word,
        what,
        why,
        say!(lang, "Do next", "次の対応"),
        next
    )
}

fn line(Alarm { grade, word, what, why, next }: &Alarm, lang: Lang) -> Html {
    let why = why.as_ref().map(|why| html!("<p>{} {}</p>", say!(lang, "Why:", "理由:"), why));
    html!(
        "<li class=\"{}\"><span class=\"mark\" aria-hidden=\"true\">{}</span><details id=\"also-{}\">\
         <summary><b>{}</b> {}</summary>{}<p>{} {}</p></details></li>",
        grade.class(),
        grade.mark(),
        word,
        word,
        what,
        why,
        say!(lang, "Do next:", "次の対応:"),
        next
    )
}

fn told(status: &Status, lang: Lang) -> Vec<Alarm> {
    let mut all = Vec::new();
    let mut add = |grade, word: String, what: String, why: Option<&Said>, next: String| {
        all.push(Alarm { grade, word, what, why: why.map(|why| why.say(lang)), next });
    };
    let running = status.running.as_ref();
    if running.is_none() {
        add(
            Grade::Alarm,
            say!(lang, "Nothing runs", "稼働なし"),
            if status.attached.is_some() {
                say!(
                    lang,
                    "The attached program was given no release yet.",
                    "接続先プログラムにはまだリリースを渡していません。"
                )
            } else {
                say!(
                    lang,
                    "No release judges claims: every claim file is turned away.",
                    "点検に使えるリリースがありません。請求ファイルはすべて受付不可になります。"
                )
            },
            None,
            say!(
                lang,
                "Look at the channel now. If it has nothing, ask the release manager for a release that \
                 both organisations signed.",
                "配信元を今すぐ確認してください。何もない場合は、両団体が署名したリリースの公開を\
                 リリース管理者に依頼してください。"
            ),
        );
    }
    if let Some(lost) = &status.lost {
        let release = Some(lost.installed.id.release);
        add_cause(&mut add, Grade::Alarm, Cause::Lost, release, Some(&lost.why), lang);
    }
    if let Some(why) = &status.withdrawn {
        add_advised(&mut add, Grade::Alarm, Cause::Withdrawn, Some(why), &status.withdrawn_next_step(), lang);
    }
    for Damage { why, mending, .. } in &status.damaged {
        let why = Said::new(
            format!("{}; repair {}", why.en, mending.en),
            format!("{}。修復内容: {}", why.ja, mending.ja),
        );
        add_cause(&mut add, Grade::Alarm, Cause::Damaged, None, Some(&why), lang);
    }
    if let Some(Amiss { cause, why }) = &status.not_written {
        add(
            Grade::Alarm,
            say!(lang, "Not written", "未記録"),
            say!(
                lang,
                "The disk does not take the record: a restart may find what was before.",
                "状態をディスクに記録できません。再起動すると以前の状態に戻る場合があります。"
            ),
            Some(why),
            ended(&cause.next_step(None), lang),
        );
    }
    if let Some(Amiss { cause, why }) = &status.no_reserve {
        add(
            Grade::Alarm,
            say!(lang, "No reserve", "予備領域なし"),
            say!(
                lang,
                "The disk has no room for the next record: a restart may forget what is decided next.",
                "次の記録のための領域がディスクにありません。次の操作は、再起動すると失われる場合があります。"
            ),
            Some(why),
            ended(&cause.next_step(None), lang),
        );
    }
    if let Some(why) = status.attached.as_ref().and_then(|attached| attached.trouble.as_ref()) {
        add_cause(&mut add, Grade::Alarm, Cause::Program, None, Some(why), lang);
    }
    for (grade, cause) in [(Grade::Alarm, Cause::Certificate), (Grade::Warning, Cause::CertificateDue)] {
        let whys = status.certificates.iter().filter(|amiss| amiss.cause == cause).map(|amiss| &amiss.why);
        if let Some(why) = whys.cloned().reduce(|all, one| all.then(&one)) {
            add_cause(&mut add, grade, cause, None, Some(&why), lang);
        }
    }
    if let Some(Amiss { cause, why }) = status.not_taken() {
        let grade = match cause {
            Cause::Clock | Cause::DiskFull | Cause::DiskFault => Grade::Alarm,
            _ => Grade::Warning,
        };
        add_cause(&mut add, grade, cause, None, Some(&why), lang);
    }
    of_fleet(status, lang, &mut add);
    warnings(status, lang, &mut add);
    notices(status, lang, &mut add);
    all
}

/// What is amiss because of `cause`, in its own words.
fn add_cause(
    add: &mut Add<'_>,
    grade: Grade,
    cause: Cause,
    release: Option<u64>,
    why: Option<&Said>,
    lang: Lang,
) {
    add_advised(add, grade, cause, why, &cause.next_step(release), lang);
}

/// The same, where what to do hangs on more than the cause.
fn add_advised(add: &mut Add<'_>, grade: Grade, cause: Cause, why: Option<&Said>, next: &Said, lang: Lang) {
    add(grade, cause.word().say(lang), ended(&cause.what(), lang), why, ended(next, lang));
}

/// What asks for somebody in the area, and what is under way there.
fn of_fleet(status: &Status, lang: Lang, add: &mut Add<'_>) {
    let Some(fleet) = &status.fleet else { return };
    for trouble in fleet.out_of_service().into_iter().chain(fleet.area.troubles()) {
        let grade = if trouble.is_alarm { Grade::Alarm } else { Grade::Warning };
        let Trouble { word, what, why, next, .. } = trouble;
        add(grade, word.say(lang), ended(&what, lang), why.as_ref(), ended(&next, lang));
    }
    if let (Some(en), Some(ja)) = (fleet.area.under_way(Lang::En), fleet.area.under_way(Lang::Ja)) {
        let area = &fleet.area.area;
        add(
            Grade::Notice,
            say!(lang, "The area moves", "エリア切替中"),
            ended(&Said::new(en, ja), lang),
            None,
            say!(
                lang,
                "Nothing: the members of {area} move together. See below how far they are.",
                "対応は不要です。エリア {area} のメンバーが同時に切り替わります。進み具合は下記を確認してください。"
            ),
        );
    }
}

type Add<'a> = dyn FnMut(Grade, String, String, Option<&Said>, String) + 'a;

fn warnings(status: &Status, lang: Lang, add: &mut Add<'_>) {
    if status.doors.is_draining {
        add(
            Grade::Warning,
            say!(lang, "Ending", "終了処理中"),
            if status.attached.is_some() {
                say!(
                    lang,
                    "This ends: what the attached program was only just given is given back.",
                    "終了しています。接続先プログラムに適用中のリリースは前のものへ戻します。"
                )
            } else {
                say!(
                    lang,
                    "The checker ends: what is in flight is answered, nothing new is taken.",
                    "チェッカーを終了しています。受付済みの分だけを処理します。"
                )
            },
            None,
            say!(
                lang,
                "Wait; if nobody meant to end it, start it again.",
                "終了を待ってください。意図しない終了なら、再び起動してください。"
            ),
        );
    }
    let queue = status.of_claims.as_ref().map(|it| it.queue);
    if let Some(queue) = queue.filter(|queue| queue.capacity > 0 && queue.waiting >= queue.capacity) {
        let waiting = queue.waiting;
        add(
            Grade::Warning,
            say!(lang, "Overloaded", "混雑"),
            say!(
                lang,
                "The queue is full ({waiting} files): senders are told to come again.",
                "待ち行列が一杯です（{waiting} ファイル）。送信元には再送を案内しています。"
            ),
            None,
            say!(
                lang,
                "See below who sends most. Do not restart: that only makes everybody send again.",
                "下の待ち行列で多く送っている医療機関を確認してください。再起動は再送を増やすだけです。"
            ),
        );
    }
    if let Some(frozen) = &status.frozen {
        add_cause(add, Grade::Warning, Cause::Frozen, None, Some(&frozen.why()), lang);
    }
    if status.stale {
        add_cause(add, Grade::Warning, Cause::Expired, None, None, lang);
    }
    if let Some(why) = &status.configuration {
        let next = status.configuration_next_step();
        add_advised(add, Grade::Warning, Cause::Configuration, Some(why), &next, lang);
    }
    if let Some(refused) = &status.refused {
        let refused_en = refused.id.map(|id| format!("Release {} did not pass", id.release));
        let refused_en = refused_en.unwrap_or_else(|| "What the channel offers did not pass".to_owned());
        let refused_ja = refused.id.map(|id| format!("リリース {} を", id.release));
        let refused_ja = refused_ja.unwrap_or_else(|| "配信元のリリースを".to_owned());
        let goes_on = status
            .running
            .as_ref()
            .map(|_| say!(lang, "; what runs goes on", "。稼働中のリリースを引き続き使用します"));
        let goes_on = goes_on.unwrap_or_default();
        add(
            Grade::Warning,
            refused.cause().word().say(lang),
            say!(lang, "{refused_en}{goes_on}.", "{refused_ja}拒否しました{goes_on}。"),
            Some(&refused.why),
            ended(&refused.next_step(), lang),
        );
    }
    for held in &status.held {
        let release = held.id.release;
        let is_replaced = held.held_for == HeldFor::Withdrawn
            && status.running.as_ref().is_some_and(|running| running.id.release > release);
        add(
            if is_replaced { Grade::Notice } else { Grade::Warning },
            held.held_for.cause().word().say(lang),
            say!(lang, "Release {release} is not taken again.", "リリース {release} は再び受け入れません。"),
            Some(&held.why),
            ended(&status.held_next_step(held), lang),
        );
    }
}

fn notices(status: &Status, lang: Lang, add: &mut Add<'_>) {
    let release = status.running.as_ref().map_or(0, |running| running.id.release);
    let watched_until = status.attached.as_ref().and_then(|attached| attached.watched_until);
    if let Some(until) = watched_until {
        add(
            Grade::Notice,
            say!(lang, "On probation", "観察期間中"),
            say!(
                lang,
                "The attached program is asked each second whether it works with release {release}.",
                "接続先プログラムがリリース {release} で動作することを毎秒確認しています。"
            ),
            None,
            say!(
                lang,
                "Wait: it is confirmed by itself at {until}.",
                "動作が続けば {until} に自動で確定します。"
            ),
        );
    } else if status.attached.is_some() && status.watch.is_some() {
        add(
            Grade::Notice,
            say!(lang, "On probation", "観察期間中"),
            say!(
                lang,
                "Release {release} is on probation; the attached program is just told or asked.",
                "リリース {release} は観察期間中です。接続先プログラムの切替または確認を行っています。"
            ),
            None,
            say!(lang, "Wait a moment.", "しばらくお待ちください。"),
        );
    } else if let Some(watch) = &status.watch {
        let against = watch.against;
        let said = Said::new(watch.seen.said.en.clone(), watch.seen.said.ja.clone());
        add(
            Grade::Notice,
            say!(lang, "On probation", "観察期間中"),
            say!(
                lang,
                "Release {release} judges, and every file is judged by release {against} too.",
                "リリース {release} で点検し、すべてのファイルをリリース {against} でも点検しています。"
            ),
            Some(&said),
            say!(
                lang,
                "Wait: it is confirmed by itself when nothing is missing. Where that cannot come to be, \
                 confirm it or fall back.",
                "不足がなくなれば自動で確定します。見込みがない場合は、確定するか切り戻してください。"
            ),
        );
    }
    if let Some(next) = &status.next {
        let (coming, at) = (next.release, next.at);
        add(
            Grade::Notice,
            say!(lang, "Waiting", "切替待ち"),
            say!(
                lang,
                "Release {coming} is cleared and used from {at}.",
                "リリース {coming} は検査済みで、{at} から使用します。"
            ),
            next.why.as_ref(),
            say!(lang, "Nothing: it comes by itself.", "対応は不要です。自動で切り替わります。"),
        );
    }
    let may_judge = status.fleet.as_ref().is_none_or(|fleet| fleet.not_ready.is_none());
    if status.state == "confirmed" && may_judge {
        // It may not have proven itself.
        let by_hand = status
            .decisions
            .iter()
            .rev()
            .find(|decision| decision.decided == Decided::Confirmed && decision.release == Some(release));
        let by_hand = by_hand.map(Said::both);
        add(
            Grade::Good,
            say!(lang, "Confirmed", "確定済み"),
            if status.attached.is_some() {
                say!(
                    lang,
                    "Release {release} is given to the attached program and is confirmed.",
                    "リリース {release} を接続先プログラムに渡しています。確定済みです。"
                )
            } else {
                say!(
                    lang,
                    "Release {release} judges claims and is confirmed.",
                    "リリース {release} で点検しています。確定済みです。"
                )
            },
            by_hand.as_ref(),
            say!(lang, "Nothing.", "対応は不要です。"),
        );
    }
}
