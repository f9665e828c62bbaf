//! The area of a fleet as this member sees it: what stands, how far what comes has come, and where each
//! member is. A few hundred members stay readable: each is a tile in its place, and those that somebody has
//! to look at have a row, the worst first.

use warifu_trust::UnixSeconds;
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::number::grouped;
use warifu_values::say;

use crate::area_seen::{Comes, MemberSeen, Picture, Place, Refusal, Stage, Step, place_word};
use crate::page::fleets::side_by_side;
use crate::page::sentence::ended;
use crate::page::when::{instant, when};
use crate::said::Said;
use crate::service::InFleet;

/// Of an area with no more members each has a row.
const FEW: usize = 24;

/// Rows of members in trouble; the others are counted.
const ROWS: usize = 40;

/// The area.
pub(super) fn fleet(fleet: &InFleet, now: UnixSeconds, lang: Lang) -> Html {
    let area = &fleet.area;
    let Some(picture) = &area.picture else {
        let nothing = say!(
            lang,
            "Nothing is known of the area {} yet.",
            "エリア {} の情報はまだありません。",
            area.area
        );
        return html!("<p class=\"none\">{}</p>", nothing);
    };
    let age = area.picture_age_seconds.filter(|_| area.store.is_silent());
    let old = age.map(|age| {
        let old = say!(
            lang,
            "The store is silent: this is how it was {age} s ago.",
            "保管先が応答していません。以下は {age} 秒前の状況です。"
        );
        html!("<p class=\"mark-line\">{}</p>", old)
    });
    html!(
        "{}{}{}{}{}{}{}{}",
        old,
        figures(fleet, picture, lang),
        area.other.as_ref().map(|other| side_by_side(picture, other, now, lang)),
        steps(picture, lang),
        bar(picture, lang),
        tiles(picture, lang),
        rows(&area.member, picture, lang),
        facts(fleet, picture, now, lang)
    )
}

/// What is read first.
fn figures(fleet: &InFleet, picture: &Picture, lang: Lang) -> Html {
    let (record, counts) = (&picture.record, picture.counts);
    let figure = |number: String, what: String| html!("<li><b>{}</b><span>{}</span></li>", number, what);
    let stands = record.stands.as_ref().map_or_else(|| "–".to_owned(), |stands| stands.release.to_string());
    let number = |number: usize| grouped(number as u64);
    let (at, members) = (number(counts.at_what_stands), number(counts.members));
    let age = match fleet.area.picture_age_seconds {
        Some(seconds) => say!(lang, "{seconds} s", "{seconds} 秒前"),
        None => "–".to_owned(),
    };
    let here = match &fleet.not_ready {
        None => say!(lang, "ready", "受付可"),
        Some(why) => why.code.clone().into_owned(),
    };
    html!(
        "<ul class=\"figures\">{}{}{}{}{}{}</ul>",
        figure(fleet.area.area.clone(), say!(lang, "area", "エリア")),
        figure(grouped(record.epoch), say!(lang, "epoch", "エポック")),
        figure(stands, say!(lang, "release that stands", "稼働リリース")),
        figure(format!("{at} / {members}"), say!(lang, "members judge by it", "稼働メンバー")),
        figure(here, say!(lang, "this member, {}", "このメンバー（{}）", fleet.area.member)),
        figure(age, say!(lang, "since all was read", "最終読取"))
    )
}

/// How far the epoch came.
fn steps(picture: &Picture, lang: Lang) -> Html {
    let Some(comes) = &picture.record.comes else {
        let settled =
            say!(lang, "Settled: nothing is under way.", "切替は完了しています。進行中のものはありません。");
        return html!("<p class=\"settled\">{}</p>", settled);
    };
    let majority = picture.record.majority;
    let have_it = picture.counts.at(Place::Abreast);
    let members = picture.counts.members;
    let prepared = say!(lang, "{have_it} of {members}", "{members} 台中 {have_it} 台");
    let armed = comes
        .armed
        .map(|armed| say!(lang, "{armed}, a majority is {majority}", "{armed} 台（過半数は {majority} 台）"));
    let at = comes.instant_ms.map(|at| instant(UnixSeconds::new(at.div_euclid(1_000)), lang));
    // What is fallen back to is in memory still.
    let first =
        (!comes.is_back).then(|| (Step::Preparing, say!(lang, "Prepared", "準備"), html!("{}", prepared)));
    let rest = [
        (Step::Committed, say!(lang, "Armed", "応諾"), html!("{}", armed)),
        (Step::Armed, say!(lang, "Judges", "点検開始"), html!("{}", at)),
    ];
    let steps: Vec<Html> = first
        .into_iter()
        .chain(rest)
        .map(|(step, word, count)| {
            let (class, mark) = match comes.step.cmp(&step) {
                std::cmp::Ordering::Greater => ("done", "✓"),
                std::cmp::Ordering::Equal => ("now", "▸"),
                std::cmp::Ordering::Less => ("later", "·"),
            };
            html!(
                "<li class=\"{}\"><span class=\"step-mark\" aria-hidden=\"true\">{}</span><b>{}</b> {}</li>",
                class,
                mark,
                word,
                count
            )
        })
        .collect();
    html!("<p class=\"comes\">{}</p><ol class=\"steps\">{}</ol>", came(comes, lang), steps)
}

/// What comes and what it waits for, as a sentence.
fn came(comes: &Comes, lang: Lang) -> Html {
    let waits = comes.waits_for.as_ref().map(|waits| {
        let waits = waits.say(lang);
        let waits = say!(lang, "It waits for {waits}.", "待ち: {waits}");
        html!(" <span class=\"soft\">{}</span>", waits)
    });
    let step = Said::new(comes.step_said(Lang::En), comes.step_said(Lang::Ja));
    html!("<b>{}</b>{}", ended(&step, lang), waits)
}

/// What stands for a place without colour.
fn mark(place: Place) -> &'static str {
    match place {
        Place::Refuses => "✕",
        Place::Missing => "?",
        Place::Behind => "!",
        Place::Unknown => "–",
        Place::Coming => "▸",
        Place::Abreast => "✓",
    }
}

/// How many are where, those that are well first: what is left of the bar is what is amiss.
fn bar(picture: &Picture, lang: Lang) -> Html {
    let all = picture.counts.members.max(1) as f64;
    let mut from = 0.0;
    let (mut parts, mut legend, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for place in Place::ALL.into_iter().rev() {
        let count = picture.counts.at(place);
        if count == 0 {
            continue;
        }
        let wide = 100.0 * count as f64 / all;
        parts.push(html!(
            "<rect class=\"is-{}\" x=\"{}\" width=\"{}\" y=\"1\" height=\"16\"/>",
            place.as_str(),
            format!("{from:.2}%"),
            format!("{wide:.2}%")
        ));
        from += wide;
        let word = place_word(place, lang);
        legend.push(html!(
            "<li><span class=\"tile is-{}\" aria-hidden=\"true\">{}</span>{} <b>{}</b></li>",
            place.as_str(),
            mark(place),
            word,
            grouped(count as u64)
        ));
        told.push(format!("{word} {count}"));
    }
    let label = told.join(&say!(lang, ", ", "、"));
    html!(
        "<figure class=\"places\"><svg class=\"plot\" width=\"100%\" height=\"18\" role=\"img\" \
         aria-label=\"{}\">{}</svg><ul class=\"legend\">{}</ul></figure>",
        label,
        parts,
        legend
    )
}

fn fact(name: String, value: Html) -> Html {
    html!("<dt>{}</dt><dd>{}</dd>", name, value)
}

fn facts(fleet: &InFleet, picture: &Picture, now: UnixSeconds, lang: Lang) -> Html {
    let record = &picture.record;
    let nobody = || say!(lang, "nobody known", "不明");
    let since = record.stands.as_ref().map(|stands| stands.since);
    let since = since.map(|since| fact(say!(lang, "Since", "稼働開始"), when(since, now, lang)));
    let before = match record.before {
        Some(before) => say!(lang, "release {before}", "リリース {before}"),
        None => say!(lang, "nothing to fall back to", "戻し先なし"),
    };
    let quarantine: Vec<Html> = record
        .quarantine
        .iter()
        .map(|held| {
            let release = say!(lang, "release {}", "リリース {}", held.release);
            html!("<b>{}</b> {}<br>", release, held.why.as_str())
        })
        .collect();
    let quarantine = (!quarantine.is_empty())
        .then(|| fact(say!(lang, "In quarantine", "隔離中"), quarantine.into_iter().collect()));
    let clock = fleet.area.clock.map_or_else(
        || say!(lang, "not known", "不明"),
        |clock| say!(lang, "± {} ms", "± {} ミリ秒", grouped(clock.error_ms)),
    );
    let keeper = record.timekeeper.clone().unwrap_or_else(nobody);
    let store = match fleet.area.store.answered_seconds_ago {
        Some(_) if !fleet.area.store.is_silent() => say!(lang, "answers", "応答あり"),
        Some(seconds) => say!(lang, "silent for {seconds} s", "{seconds} 秒間応答なし"),
        None => say!(lang, "has not answered yet", "まだ応答なし"),
    };
    html!(
        "<dl class=\"facts\">{}{}{}{}{}{}{}</dl>",
        since,
        fact(say!(lang, "Before it", "前リリース"), html!("{}", before)),
        fact(
            say!(lang, "Coordinator", "調整役"),
            html!("{}", record.coordinator.clone().unwrap_or_else(nobody))
        ),
        fact(
            say!(lang, "Fleet time", "時刻の基準"),
            html!("{} <span class=\"soft\">{}</span>", keeper, clock)
        ),
        fact(say!(lang, "Store", "保管先"), html!("{}", store)),
        quarantine,
        fact(say!(lang, "Last change", "直近の変更"), html!("{}", record.cause.say(lang)))
    )
}

fn stage_word(stage: Stage, lang: Lang) -> String {
    match stage {
        Stage::Idle => say!(lang, "at rest", "待機"),
        Stage::Fetched => say!(lang, "fetched", "取得済み"),
        Stage::Verified => say!(lang, "verified", "署名確認済み"),
        Stage::Cleared => say!(lang, "cleared", "検査済み"),
        Stage::Prepared => say!(lang, "prepared", "準備済み"),
        Stage::Armed => say!(lang, "armed", "応諾済み"),
        Stage::Active => say!(lang, "on probation", "観察期間中"),
        Stage::Confirmed => say!(lang, "confirmed", "確定済み"),
    }
}

/// Members one by one: all of a few, of many those that are not where their area is.
fn rows(own: &str, picture: &Picture, lang: Lang) -> Option<Html> {
    let is_small = picture.counts.members <= FEW;
    let shown: Vec<&MemberSeen> =
        picture.members.iter().filter(|seen| is_small || seen.place.is_trouble()).collect();
    if shown.is_empty() {
        return None;
    }
    let heads = [
        say!(lang, "Member", "メンバー"),
        say!(lang, "Where it is", "状態"),
        say!(lang, "Release", "リリース"),
        say!(lang, "Stage", "段階"),
        say!(lang, "Program", "プログラム"),
        say!(lang, "Clock", "時計のずれ"),
        say!(lang, "Address", "アドレス"),
    ];
    let head: Vec<Html> = heads.iter().map(|head| html!("<th>{}</th>", head)).collect();
    let body: Vec<Html> = shown.iter().take(ROWS).map(|seen| row(seen, own, &heads, lang)).collect();
    let more = shown.len().saturating_sub(ROWS);
    let more = (more > 0).then(|| {
        let more = say!(lang, "and {more} more", "ほか {more} 台");
        html!("<p class=\"soft small\">{}</p>", more)
    });
    Some(html!(
        "<table class=\"members\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}",
        head,
        body,
        more
    ))
}

fn row(seen: &MemberSeen, own: &str, heads: &[String; 7], lang: Lang) -> Html {
    let MemberSeen { member, place } = seen;
    let announced = member.announced.as_ref();
    let votes = (!member.votes).then(|| say!(lang, "no vote", "投票権なし"));
    let here = (member.name == own).then(|| say!(lang, "this one", "このメンバー"));
    let notes: Vec<String> = here.into_iter().chain(votes).collect();
    let notes = notes.join(&say!(lang, ", ", "、"));
    let name = html!("<b>{}</b> <span class=\"soft\">{}</span>", member.name.as_str(), notes);
    let word = place_word(*place, lang);
    let place_cell = html!(
        "<span class=\"tile is-{}\" aria-hidden=\"true\">{}</span>{}",
        place.as_str(),
        mark(*place),
        word
    );
    let clock = member.clock_ahead_ms.map(|ms| say!(lang, "{ms:+} ms", "{ms:+} ミリ秒"));
    let cells = [
        Some(name),
        Some(place_cell),
        announced.and_then(|it| it.runs).map(|runs| html!("{}", grouped(runs))),
        announced.map(|it| html!("{}", stage_word(it.stage, lang))),
        announced.map(|it| html!("{}", it.program.as_str())),
        clock.map(|clock| html!("{}", clock)),
        announced.map(|it| html!("{}", it.address.as_str())),
    ];
    let cells: Vec<Html> = heads
        .iter()
        .zip(cells)
        .map(|(head, cell)| match cell {
            Some(cell) => html!("<td data-head=\"{}\">{}</td>", head, cell),
            None => html!("<td class=\"empty\">–</td>"),
        })
        .collect();
    let refusal = announced.and_then(|it| it.refusal.as_ref()).filter(|_| *place == Place::Refuses);
    let refusal = refusal.map(|Refusal { code, detail, .. }| {
        html!("<tr class=\"why\"><td colspan=\"7\"><b>{}</b> {}</td></tr>", code.as_str(), detail.as_str())
    });
    html!("<tr>{}</tr>{}", cells, refusal)
}

/// Each of many members in a place of its own, and all of them by name where that is asked for.
fn tiles(picture: &Picture, lang: Lang) -> Option<Html> {
    if picture.counts.members <= FEW {
        return None;
    }
    let mut members: Vec<&MemberSeen> = picture.members.iter().collect();
    members.sort_by(|one, two| one.member.name.cmp(&two.member.name));
    let told = |seen: &MemberSeen| {
        let runs = seen.member.announced.as_ref().and_then(|it| it.runs);
        let runs = runs.map(|runs| say!(lang, ", release {runs}", "、リリース {runs}"));
        format!("{}: {}{}", seen.member.name, place_word(seen.place, lang), runs.unwrap_or_default())
    };
    let tile = |seen: &&MemberSeen| {
        html!(
            "<li class=\"tile is-{}\" title=\"{}\">{}</li>",
            seen.place.as_str(),
            told(seen),
            mark(seen.place)
        )
    };
    let named = |seen: &&MemberSeen| {
        html!(
            "<li><span class=\"tile is-{}\" aria-hidden=\"true\">{}</span>{}</li>",
            seen.place.as_str(),
            mark(seen.place),
            seen.member.name.as_str()
        )
    };
    let not_shown = picture.counts.members - members.len();
    let not_shown = (not_shown > 0).then(|| {
        let members =
            say!(lang, "{not_shown} more members are only counted", "ほか {not_shown} 台は件数のみ");
        html!("<p class=\"soft small\">{}</p>", members)
    });
    Some(html!(
        "<h3>{}</h3><ul class=\"tiles\" aria-hidden=\"true\">{}</ul>{}<details id=\"members-by-name\">\
         <summary>{}</summary><ul class=\"by-name\">{}</ul></details>",
        say!(lang, "All members, in the order of their names", "全メンバー（名前順）"),
        members.iter().map(tile).collect::<Vec<_>>(),
        not_shown,
        say!(lang, "By name", "名前を表示"),
        members.iter().map(named).collect::<Vec<_>>()
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An area of so many members, the first of which runs something else.
    fn area(members: usize) -> InFleet {
        let member = |at: usize| {
            let (place, runs) = if at == 0 { ("behind", 11) } else { ("abreast", 12) };
            json!({ "name": format!("c{at:03}"), "votes": true, "place": place, "announced": {
                "epoch": 7, "stage": "confirmed", "runs": runs, "address": "a:1", "program": "0.1.0" } })
        };
        serde_json::from_value(json!({
            "area": "east", "member": "c001", "store": { "answered_seconds_ago": 0 },
            "picture_age_seconds": 1,
            "picture": {
                "epoch": 7, "revision": 9, "majority": 2, "damaged": 0,
                "stands": { "epoch": 7, "release": 12, "manifest": "a".repeat(64),
                            "since": UnixSeconds::new(0) },
                "before": null, "comes": null, "timekeeper": null, "coordinator": null,
                "quarantine": [{ "release": 11, "manifest": "b".repeat(64), "why": "<wrong>" }],
                "cause": { "by": "coordinator", "why": { "en": "its instant has passed", "ja": "切替" } },
                "counts": { "members": members, "voters": members, "at_what_stands": members - 1,
                            "refuses": 0, "missing": 0, "behind": 1, "unknown": 0, "coming": 0,
                            "abreast": members - 1 },
                "members": (0..members).map(member).collect::<Vec<_>>(),
            },
        }))
        .unwrap()
    }

    fn shown(of: &InFleet, lang: Lang) -> String {
        fleet(of, UnixSeconds::new(0), lang).into_string()
    }

    #[test]
    fn a_few_members_have_a_row_each_and_of_many_those_in_trouble() {
        let few = shown(&area(3), Lang::En);
        assert_eq!((few.matches("<td data-head=\"Member\">").count(), few.contains("tiles")), (3, false));
        assert!(few.contains("2 / 3") && few.contains("this one") && few.contains("Settled"), "{few}");
        let many = shown(&area(200), Lang::Ja);
        assert_eq!(many.matches("<td data-head=\"メンバー\">").count(), 1);
        assert_eq!(many.matches("<li class=\"tile ").count(), 200);
        assert!(many.contains("c000: 遅れ、リリース 11") && many.contains("199 / 200"), "{many}");
    }

    #[test]
    fn what_others_wrote_is_no_markup() {
        let few = shown(&area(3), Lang::En);
        assert!(few.contains("&lt;wrong&gt;") && !few.contains("<wrong>"), "{few}");
    }

    #[test]
    fn nothing_is_said_of_an_area_that_is_not_known() {
        let mut unknown = area(3);
        unknown.area.picture = None;
        assert!(shown(&unknown, Lang::En).contains("Nothing is known of the area east yet."));
    }
}
