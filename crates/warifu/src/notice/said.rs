//! What a notice says around its tables, and how it shows days and values: alike as text and as a page.

use warifu_trust::{PerOrganisation, UnixSeconds};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, Speak as _};

use super::{Accepted, Ended, Notice, Row, Standing, Words};

/// The sentences of a notice.
pub(super) struct Said {
    pub(super) heading: String,
    /// That it is a draft, where it is.
    pub(super) draft: Option<String>,
    /// Which release, of whom, from when, why.
    pub(super) head: Vec<String>,
    /// That it goes back to an older one; empty where it does not.
    pub(super) reverted: Vec<String>,
    /// Why the past changes.
    pub(super) accepted: Vec<String>,
    pub(super) past_lead: String,
    pub(super) resubmit: String,
    /// That nothing changes, where nothing does.
    pub(super) still: Option<String>,
    pub(super) verify: String,
}

pub(super) fn said(notice: &Notice, words: &Words, lang: Lang) -> Said {
    let draft = match notice.standing {
        Standing::Published => None,
        Standing::Draft(PerOrganisation { kikin, kokuho }) => {
            let [kikin, kokuho] = [kikin, kokuho].map(|tally| tally.say(lang));
            Some(words.say("draft", &[("{kikin}", &kikin), ("{kokuho}", &kokuho)]))
        }
    };
    let lead = if notice.standing.is_signed() { "verify_lead" } else { "verify_lead_draft" };
    let release = notice.release.to_string();
    let mut head = vec![
        words.say("release", &[("{release}", &release), ("{title}", &notice.title)]),
        words.say("issued_by", &[]),
        words.say("made", &[("{day}", &day(notice.made, lang))]),
        match notice.applies_from {
            Some(at) => words.say("applies_from", &[("{instant}", &instant(at, lang))]),
            None => words.say("applies_at_once", &[]),
        },
    ];
    head.extend(notice.emergency.as_ref().map(|reason| words.say("emergency", &[("{reason}", reason)])));
    let mut reverted = Vec::new();
    if let Some(of) = &notice.reverted {
        reverted.push(words.say("reverted", &[("{to}", &of.to.to_string())]));
        for Ended { release, title, from, until } in &of.ended {
            let (from, until) = (instant(*from, lang), instant(*until, lang));
            let values = [
                ("{release}", &*release.to_string()),
                ("{title}", title),
                ("{from}", &from),
                ("{until}", &until),
            ];
            reverted.push(words.say("reverted_release", &values));
        }
    }
    // What was accepted for one reason is told together.
    let mut accepted: Vec<(&Accepted, Vec<String>)> = Vec::new();
    for one in &notice.accepted {
        let values = [
            ("{master}", master(&one.ja, &one.en, lang)),
            ("{subject}", &*one.subject.said(words)),
            ("{count}", &*one.count.to_string()),
        ];
        let what = words.say("accepted_each", &values);
        let is_same = |of: &Accepted| (&of.reason, &of.source) == (&one.reason, &one.source);
        match accepted.iter_mut().find(|(of, _)| is_same(of)) {
            Some((_, all)) => all.push(what),
            None => accepted.push((one, vec![what])),
        }
    }
    let accepted = accepted.into_iter().map(|(one, all)| {
        let what = all.join(&words.say("separator", &[]));
        let values = [("{reason}", &*one.reason), ("{source}", &*one.source), ("{what}", &*what)];
        words.say("accepted", &values)
    });
    let still = match (notice.has_previous, notice.is_still()) {
        (false, _) => Some(words.say("first", &[])),
        (true, true) => Some(words.say("nothing", &[])),
        (true, false) => None,
    };
    Said {
        heading: words.say("heading", &[]),
        draft,
        head,
        reverted,
        accepted: accepted.collect(),
        past_lead: words.say("past_lead", &[("{day}", &day(notice.past_before, lang))]),
        resubmit: words.say("resubmit", &[]),
        still,
        verify: words.say(lead, &[("{digest}", &notice.manifest)]),
    }
}

pub(super) fn master<'a>(ja: &'a str, en: &'a str, lang: Lang) -> &'a str {
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

/// A day as people write it: 令和6年6月1日.
pub(super) fn day(day: TreatmentDay, lang: Lang) -> String {
    day.said(lang)
}

fn instant(at: UnixSeconds, lang: Lang) -> String {
    const JAPAN: i64 = 9 * 60 * 60;
    let minutes = (at.seconds() + JAPAN).div_euclid(60).rem_euclid(24 * 60);
    let (hour, minute) = (minutes / 60, minutes % 60);
    let day = day(at.day_in_japan(), lang);
    match lang {
        Lang::En => format!("{day} {hour:02}:{minute:02}"),
        Lang::Ja => format!("{day} {hour}時{minute:02}分"),
    }
}

pub(super) fn code(row: &Row, words: &Words) -> String {
    if row.code.is_empty() { words.say("every_code", &[]) } else { row.code.clone() }
}

/// The treatment days of a change.
pub(super) fn days(row: &Row, words: &Words, lang: Lang) -> String {
    let (first, last) = row.days;
    let first = day(first, lang);
    match last {
        Some(last) => words.say("from_to", &[("{first}", &first), ("{last}", &day(last, lang))]),
        None => words.say("from_on", &[("{first}", &first)]),
    }
}

pub(super) fn value(value: &str, words: &Words) -> String {
    if value.is_empty() { words.say("blank", &[]) } else { value.to_owned() }
}
