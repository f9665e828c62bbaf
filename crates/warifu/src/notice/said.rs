//! What a notice says around its tables, and how it shows days and values: alike as text and as a page.

use warifu_trust::{PerOrganisation, UnixSeconds};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, Speak as _};

use super::{Accepted, Corrected, Ended, Notice, Row, Standing, TakenAway, Words};

/// The sentences of a notice.
pub(super) struct Said {
    pub(super) heading: String,
    /// That it is a draft, where it is.
    pub(super) draft: Option<String>,
    /// Which release, of whom, from when, why.
    pub(super) head: Vec<String>,
    /// That it was taken away, takes the place of one that was, or goes back to an older one; empty where it
    /// does not.
    pub(super) back: Vec<String>,
    /// The name of the sentence above the changes of days to come, and of that above those of the past.
    pub(super) headings: [&'static str; 2],
    /// Why the past changes.
    pub(super) accepted: Vec<String>,
    /// Below the heading of the past; none where it was taken away.
    pub(super) past_lead: Option<String>,
    pub(super) resubmit: Option<String>,
    /// How many changes are not told; none where all are.
    pub(super) left_out: Option<String>,
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
    ];
    let mut back = Vec::new();
    match (&notice.withdrawn, notice.applies_from) {
        (Some(of), _) => back.extend(taken_away(of, words, lang)),
        (None, Some(at)) => head.push(words.say("applies_from", &[("{instant}", &instant(at, lang))])),
        (None, None) => head.push(words.say("applies_at_once", &[])),
    }
    head.extend(notice.emergency.as_ref().map(|reason| words.say("emergency", &[("{reason}", reason)])));
    for Corrected { ja, en, codes, reason } in &notice.corrections {
        let codes = codes.join(&words.say("separator", &[]));
        let values = [("{master}", master(ja, en, lang)), ("{codes}", &*codes), ("{reason}", &**reason)];
        head.push(words.say("correction", &values));
    }
    if notice.withdrawn.is_none() {
        for of in &notice.follows_withdrawn {
            let values = places(of, lang);
            let values: Vec<(&str, &str)> = values.iter().map(|(at, value)| (*at, value.as_str())).collect();
            back.push(words.say("follows", &values));
        }
        if !notice.follows_withdrawn.is_empty() {
            back.push(match notice.compared_with {
                Some(with) => words.say("compared_with", &[("{release}", &with.to_string())]),
                None => words.say("compared_with_withdrawn", &[]),
            });
        }
    }
    if let Some(of) = &notice.reverted {
        back.push(words.say("reverted", &[("{to}", &of.to.to_string())]));
        for Ended { release, title, from, until } in &of.ended {
            let (from, until) = (instant(*from, lang), instant(*until, lang));
            let values = [
                ("{release}", &*release.to_string()),
                ("{title}", title),
                ("{from}", &from),
                ("{until}", &until),
            ];
            back.push(words.say("reverted_release", &values));
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
    let stands = notice.withdrawn.is_none();
    let heading = if stands { "heading" } else { "withdrawn_heading" };
    Said {
        heading: words.say(heading, &[]),
        draft,
        head,
        back,
        headings: if stands { ["future", "past"] } else { ["withdrawn_future", "withdrawn_past"] },
        // Why a change that is gone was right says nobody.
        accepted: accepted.filter(|_| stands).collect(),
        past_lead: stands.then(|| words.say("past_lead", &[("{day}", &day(notice.past_before, lang))])),
        resubmit: stands.then(|| words.say("resubmit", &[])),
        left_out: (notice.left_out > 0)
            .then(|| words.say("left_out", &[("{count}", &notice.left_out.to_string())])),
        still,
        verify: words.say(lead, &[("{digest}", &notice.manifest)]),
    }
}

/// What is said of a release that was taken away, and of what to do.
fn taken_away(of: &TakenAway, words: &Words, lang: Lang) -> Vec<String> {
    let values = places(of, lang);
    let values: Vec<(&str, &str)> = values.iter().map(|(place, value)| (*place, value.as_str())).collect();
    let instead = if of.instead.is_some() { "withdrawn_instead" } else { "withdrawn_nothing" };
    ["withdrawn", "withdrawn_used", instead, "withdrawn_resubmit"].map(|name| words.say(name, &values)).into()
}

/// What a sentence about it may name.
fn places(of: &TakenAway, lang: Lang) -> Vec<(&'static str, String)> {
    let TakenAway { release, title, from, until, by, reason, instead } = of;
    vec![
        ("{release}", release.to_string()),
        ("{title}", title.clone()),
        ("{from}", instant(*from, lang)),
        ("{until}", instant(*until, lang)),
        ("{organisation}", by.say(lang)),
        ("{reason}", reason.clone()),
        ("{instead}", instead.map(|one| one.to_string()).unwrap_or_default()),
    ]
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

/// Before and after of a row, as people read them, and what is said of both; none where it has no values.
pub(super) fn values(row: &Row, words: &Words, lang: Lang) -> Option<([String; 2], String)> {
    let (values, is_blanks) = row.told(lang)?;
    let blank = |value: String| if value.is_empty() { words.say("blank", &[]) } else { value };
    let beside = if is_blanks { words.say("only_blanks", &[]) } else { String::new() };
    Some((values.map(blank), beside))
}
