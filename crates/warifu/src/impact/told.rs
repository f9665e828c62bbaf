//! The sums, for people in lines and for programs as JSON.

use serde_json::{Value, json};
use warifu_claims::movement::{CodeImpact, Impact, Turn};
use warifu_claims::{ItemCode, ItemKind};
use warifu_values::lang::{Lang, Speak as _, counted};
use warifu_values::say;

use super::found::Unread;
use super::words;

/// Which releases judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// The published release.
    pub published: u64,
    /// The draft's number.
    pub draft: u64,
}

/// Codes that are told in lines; all are in the worklist.
const CODES_TOLD: usize = 10;

/// Those with the most claims first.
pub(super) fn codes(impact: &Impact) -> Vec<(&(ItemKind, ItemCode), &CodeImpact)> {
    let mut codes: Vec<_> = impact.codes.iter().collect();
    codes.sort_by_key(|(code, of)| (std::cmp::Reverse(of.claims), **code));
    codes
}

/// What it comes to, in a few lines.
pub fn summary(compared: Compared, impact: &Impact, unread: &[Unread], lang: Lang) -> String {
    let mut text = head(compared, impact, lang);
    for turn in Turn::ALL {
        let sum = impact.of(turn);
        let is_told = matches!(turn, Turn::RightToError | Turn::ErrorToRight) || sum.uses > 0;
        if is_told {
            text.push_str(&format!("  {}\n", turned(turn, impact, lang)));
        }
    }
    let codes = codes(impact);
    for ((kind, code), of) in codes.iter().take(CODES_TOLD) {
        let (kind, name) = (kind.master(), &of.name);
        let (before, after) = (words::record(of.before.as_ref()), words::record(of.after.as_ref()));
        let (uses, claims, institutions) = (of.uses(), of.claims, of.institutions());
        let counts = [counted(uses, "use"), counted(claims, "claim"), counted(institutions, "institution")];
        let [uses_en, claims_en, institutions_en] = counts;
        text.push_str(&say!(
            lang,
            "  {kind} {code} {name} ({before} -> {after}): {uses_en} in {claims_en} of {institutions_en}\n",
            "  {kind} {code} {name}（{before} → {after}）: {uses} 項目、レセプト {claims} 件、\
             医療機関 {institutions} か所\n"
        ));
    }
    let more = codes.len().saturating_sub(CODES_TOLD) as u64;
    if more > 0 {
        let more_en = counted(more, "code");
        text.push_str(&say!(
            lang,
            "  and {more_en} more: all of them are in the worklist (-o FILE)\n",
            "  ほか {more} コード（全件は -o FILE で書き出せます）\n"
        ));
    }
    for note in notes(impact, unread, lang) {
        text.push_str(&format!("{note}\n"));
    }
    text
}

/// What was judged, and how much must be judged again.
pub(super) fn head(Compared { published, draft }: Compared, impact: &Impact, lang: Lang) -> String {
    let Impact { files, claims, turned_claims, .. } = impact;
    let (institutions, turned) = (impact.institutions(), impact.turned_institutions());
    let codes = impact.codes.len() as u64;
    let [files_en, claims_en] = [counted(*files, "file"), counted(*claims, "claim")];
    let [institutions_en, again_en] =
        [counted(institutions, "institution"), counted(*turned_claims, "claim")];
    let [turned_en, codes_en] = [counted(turned, "institution"), counted(codes, "code")];
    say!(
        lang,
        "{claims_en} in {files_en} of {institutions_en}, judged by release {published} and by draft {draft}\n\
         to be judged again: {again_en} of {turned_en}, {codes_en}\n",
        "医療機関 {institutions} か所の {files} ファイル、レセプト {claims} 件を、公開中のリリース {published} と草案 {draft} で\
         点検しました\n再確認が必要: レセプト {turned_claims} 件（医療機関 {turned} か所、{codes} コード）\n"
    )
}

/// What turned in one way.
pub(super) fn turned(turn: Turn, impact: &Impact, lang: Lang) -> String {
    let sum = impact.of(turn);
    let (uses, claims, points) = (sum.uses, sum.claims, sum.points);
    let word = words::turn(turn, lang);
    let [uses_en, claims_en, points_en] =
        [counted(uses, "use"), counted(claims, "claim"), counted(points, "point")];
    say!(
        lang,
        "{word}: {uses_en} in {claims_en}, {points_en} claimed",
        "{word}: {uses} 項目、レセプト {claims} 件、請求点数 {points} 点"
    )
}

/// What was not judged, if anything.
pub(super) fn notes(impact: &Impact, unread: &[Unread], lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    let (month, many, files) = (impact.without_month, impact.not_compared, unread.len() as u64);
    let [month_en, many_en, files_en] =
        [counted(month, "claim"), counted(many, "claim"), counted(files, "file")];
    if month > 0 {
        notes.push(say!(
            lang,
            "not judged: {month_en} whose treatment month cannot be read",
            "診療年月を読めず、点検していないレセプト: {month} 件"
        ));
    }
    if many > 0 {
        notes.push(say!(
            lang,
            "not compared: {many_en} with too many findings",
            "指摘が多すぎて比較していないレセプト: {many} 件"
        ));
    }
    if files > 0 {
        notes.push(say!(lang, "not judged: {files_en}", "点検できなかったファイル: {files} 件"));
    }
    notes
}

/// All of it for programs; every code, every file that was not judged.
pub fn as_json(Compared { published, draft }: Compared, impact: &Impact, unread: &[Unread]) -> Value {
    let turns = |turns: &std::collections::BTreeMap<Turn, u64>| -> Value {
        turns.iter().map(|(turn, uses)| (turn.as_str().to_owned(), json!(uses))).collect()
    };
    let code = |((kind, code), of): (&(ItemKind, ItemCode), &CodeImpact)| {
        json!({
            "kind": kind.master(), "code": code.to_string(), "name": of.name,
            "day": of.day.to_string(), "before": of.before, "after": of.after, "turns": turns(&of.turns),
            "claims": of.claims, "institutions": of.institutions(), "points": of.points,
        })
    };
    let sum = |turn: Turn| {
        let sum = impact.of(turn);
        let value = json!({ "uses": sum.uses, "claims": sum.claims, "points": sum.points });
        (turn.as_str().to_owned(), value)
    };
    let unread = unread.iter().map(
        |Unread { file, why }| json!({ "file": file, "en": why.say(Lang::En), "ja": why.say(Lang::Ja) }),
    );
    json!({
        "published": published, "draft": draft,
        "files": impact.files, "claims": impact.claims, "uses": impact.uses,
        "institutions": impact.institutions(),
        "without_month": impact.without_month, "not_compared": impact.not_compared,
        "not_read": unread.collect::<Vec<_>>(),
        "turned": {
            "claims": impact.turned_claims, "institutions": impact.turned_institutions(),
            "codes": impact.codes.len(),
        },
        "turns": Turn::ALL.into_iter().map(sum).collect::<Value>(),
        "codes": codes(impact).into_iter().map(code).collect::<Vec<_>>(),
    })
}
