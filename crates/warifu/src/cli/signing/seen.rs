//! What a signer sees of a release: nothing that is signed is left out.

use serde_json::{Value, json};
use warifu::release::{ReleaseRisk, passed_by, waived_keys};
use warifu_trust::{
    Changes, Governs, Made, Manifest, Mark, Organisation, PerOrganisation, ReleaseRef, Signers, Statements,
    Terms,
};
use warifu_values::day::said_day;
use warifu_values::judgement::{AcceptedPast, Basis};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::head::{phrase_lines, record_lines, risk_line};

/// Risks that are shown; the rest is counted.
const RISKS: usize = 20;

/// Where to look first, riskiest first.
pub(super) fn risk_lines(risks: &[ReleaseRisk], lang: Lang) -> String {
    if risks.is_empty() {
        return String::new();
    }
    let mut text = say!(lang, "look first at:\n", "最初に確認する点:\n");
    for risk in risks.iter().take(RISKS) {
        text.push_str(&format!("  {}\n", risk_line(risk, lang)));
        for line in record_lines(risk, lang) {
            text.push_str(&format!("{line}\n"));
        }
    }
    let more = risks.len().saturating_sub(RISKS);
    if more > 0 {
        text.push_str(&say!(lang, "  and {more} more\n", "  ほか {more} 件\n"));
    }
    text
}

/// Every file and digest that a manifest signs.
pub(super) fn file_lines(manifest: &Manifest, lang: Lang) -> String {
    let mut text = String::new();
    for line in phrase_lines(manifest, lang) {
        text.push_str(&line);
        text.push('\n');
    }
    let commit = &manifest.commit;
    text.push_str(&say!(lang, "  commit {commit}\n", "  コミット {commit}\n"));
    match &manifest.previous {
        Some(previous) => text.push_str(&say!(
            lang,
            "  follows release {}, manifest {}\n",
            "  リリース {}（マニフェスト {}）の次\n",
            previous.release,
            previous.manifest
        )),
        None => text.push_str(&say!(lang, "  follows no release\n", "  先行リリースなし\n")),
    }
    if let Some(audit) = &manifest.audit {
        text.push_str(&say!(
            lang,
            "  drafted with the log of acts {} at entry {}, {}\n",
            "  起案時の監査ログ {}、記録 {} 件、{}\n",
            audit.log,
            audit.entries,
            audit.digest
        ));
    }
    let mut blob = |name: &dyn std::fmt::Display, bytes: u64, sha256: &dyn std::fmt::Display| {
        text.push_str(&say!(
            lang,
            "  {name}: {bytes} bytes, {sha256}\n",
            "  {name}: {bytes} バイト、{sha256}\n"
        ));
    };
    if let Some(changes) = &manifest.changes {
        blob(&changes.blob, changes.content.bytes, &changes.content.sha256);
        for earlier in &changes.earlier {
            let of = format!(
                "{} ({} {}, {} {})",
                earlier.blob,
                earlier.release.release,
                earlier.release.manifest,
                earlier.follows.release,
                earlier.follows.manifest
            );
            blob(&of, earlier.content.bytes, &earlier.content.sha256);
        }
    }
    for master in &manifest.masters {
        blob(&master.blob, master.canonical.bytes, &master.canonical.sha256);
        blob(&master.timelines_blob, master.timelines.bytes, &master.timelines.sha256);
        for (format, file) in &master.formats {
            let name = format!("{}/{} {format}: {}", master.series, master.kind, file.file_name);
            blob(&name, file.bytes, &file.sha256);
        }
    }
    for master in &manifest.masters {
        let (name, edition) = (master.name(), &master.edition);
        let published = master.published.as_deref().map_or_else(|| "-".to_owned(), |day| said_day(day, lang));
        text.push_str(&say!(
            lang,
            "  {name}: edition {edition}, published {published}\n",
            "  {name}: 版 {edition}、公表日 {published}\n"
        ));
        for pass in master.let_pass.iter().filter(|pass| pass.keys.len() > 10) {
            let (finding, keys) = (&pass.finding, pass.keys.join(", "));
            text.push_str(&say!(
                lang,
                "  {name}: let pass, all of {finding}: {keys}\n",
                "  {name}: 承認済みの指摘 {finding} の全件: {keys}\n"
            ));
        }
    }
    text
}

/// What the halves say beside the manifest, and who has signed them and who has not.
pub(super) fn signer_lines(terms: &Terms, signers: &PerOrganisation<Signers>, lang: Lang) -> String {
    let Terms { targets, snapshot, falls_back_to } = terms;
    let mut text = String::new();
    let mut half = |name: &str, half: &Option<(u64, warifu_trust::UnixSeconds)>| {
        if let Some((version, expires)) = half {
            text.push_str(&say!(
                lang,
                "{name}: version {version}, holds until {expires}\n",
                "{name}: 第{version}版、有効期限 {expires}\n",
                expires = expires.said_exactly(lang)
            ));
        }
    };
    half("targets.json", targets);
    half("snapshot.json", snapshot);
    text.push_str(&match falls_back_to {
        Some(release) => say!(
            lang,
            "checkers may fall back to release {}, manifest {}\n",
            "戻り先: リリース {}（マニフェスト {}）\n",
            release.release,
            release.manifest
        ),
        None => say!(lang, "checkers have nothing to fall back to\n", "戻り先: なし\n"),
    });
    let none = || say!(lang, "nobody", "なし");
    let names = |names: &[String]| if names.is_empty() { none() } else { names.join(", ") };
    for organisation in Organisation::BOTH {
        let (side, Signers { have, have_not }) = (organisation.say(lang), signers.of(organisation));
        let (have, have_not) = (names(have), names(have_not));
        text.push_str(&say!(
            lang,
            "{side}: signed by {have}; not signed by {have_not}\n",
            "{side}: 署名済み {have}、未署名 {have_not}\n"
        ));
    }
    text
}

/// How much a release changes.
fn count_line(changes: &Changes, lang: Lang) -> String {
    say!(
        lang,
        "  changes: {} of past days only, {} of past days and those to come, {} of days to come only\n",
        "  変更: 過去分のみ {} 件、過去分と将来分 {} 件、将来分のみ {} 件\n",
        changes.past,
        changes.past_and_future,
        changes.future
    )
}

/// What a release changes, as lines: how much, what was accepted of the past, and how far back lists reach.
fn change_lines(changes: &Changes, lang: Lang) -> String {
    let mut text = count_line(changes, lang);
    for AcceptedPast { class, entries, reason, source } in &changes.accepted {
        text.push_str(&say!(
            lang,
            "    accepted: {class} ({entries}): {reason} ({source})\n",
            "    承認済みの遡及変更: {class}（{entries} 件）、{reason}（{source}）\n"
        ));
    }
    if let Some(oldest) = changes.earlier.last() {
        text.push_str(&say!(
            lang,
            "    with the lists of earlier releases, back to release {}\n",
            "    リリース {} 以降の各リリースの変更の一覧を含む\n",
            oldest.release.release
        ));
    }
    text
}

/// What each organisation has said afterwards of the emergencies that `manifest` asks it of, and what it
/// owes.
pub(super) fn post_review_lines(
    statements: &Statements,
    release: ReleaseRef,
    manifest: &Manifest,
    lang: Lang,
) -> String {
    let mut text = String::new();
    for release in manifest.asks_to_review(release) {
        let (said, number) = (statements.post_reviews(release), release.release);
        for organisation in Organisation::BOTH {
            text.push_str(&match said.of(organisation) {
                Some(made) => format!("  {}\n", made.say(lang)),
                None => {
                    let by = organisation.say(lang);
                    say!(
                        lang,
                        "  POST-REVIEW OWED of the emergency release {number} by {by}: the next normal \
                         release waits for it\n",
                        "  緊急リリース {number} の事後確認が未了（{by}）: 次の通常リリースまでに必要\n"
                    )
                }
            });
        }
    }
    text
}

/// What is owed, as JSON.
pub(super) fn owed_document(statements: &Statements, release: ReleaseRef, manifest: &Manifest) -> Value {
    let owed = statements.owed_after(release, manifest);
    owed.iter().map(|owed| json!({ "release": owed.release.release, "by": owed.by })).collect()
}

/// Who took a release away, and why.
pub(super) fn withdrawal_lines<'a>(withdrawals: impl IntoIterator<Item = &'a Made>, lang: Lang) -> String {
    let line = |made: &Made| say!(lang, "  WITHDRAWN: {}\n", "  取下げ済み: {}\n", made.say(lang));
    withdrawals.into_iter().map(line).collect()
}

/// The same as JSON.
pub(super) fn withdrawals_document<'a>(withdrawals: impl IntoIterator<Item = &'a Made>) -> Value {
    let mut all = Vec::new();
    for Made { organisation, by, at, reason, .. } in withdrawals {
        all.push(json!({ "by": organisation, "name": by, "at": at, "reason": reason }));
    }
    Value::from(all)
}

/// A manifest as lines: head, then a line for each master.
pub(super) fn manifest_lines(manifest: &Manifest, lang: Lang) -> String {
    let commit = manifest.commit.get(..12).unwrap_or_default();
    let mut text = say!(
        lang,
        "release {}: {} (commit {commit}, {})\n",
        "リリース {}: {}（コミット {commit}、{}）\n",
        manifest.release,
        manifest.title,
        manifest.created.said_exactly(lang)
    );
    for mark in manifest.marks() {
        let said = mark.say(lang);
        match (&mark, &manifest.reverts_to) {
            // Each below its master.
            (Mark::Corrected(..), _) => {}
            (Mark::Reverts(_), Some(ReleaseRef { manifest: digest, .. })) => {
                text.push_str(&say!(
                    lang,
                    "  {said} (manifest {digest})\n",
                    "  {said}（マニフェスト {digest}）\n"
                ));
            }
            _ => text.push_str(&format!("  {said}\n")),
        }
    }
    text.push_str(&say!(
        lang,
        "  treatment days before {} are past for it\n",
        "  {} より前の診療日を過去分として扱う\n",
        said_day(&manifest.past_before, lang)
    ));
    for owed in &manifest.owes_review {
        let (release, digest) = (owed.release, owed.manifest);
        text.push_str(&say!(
            lang,
            "  drafted while the post-review of the emergency release {release} (manifest {digest}) was \
             owed\n",
            "  起案時点で緊急リリース {release}（マニフェスト {digest}）の事後確認が未了\n"
        ));
    }
    if let Some(changes) = &manifest.changes {
        text.push_str(&change_lines(changes, lang));
    }
    for master in &manifest.masters {
        let name = master.name();
        let formats: Vec<_> = master.formats.keys().map(String::as_str).collect();
        text.push_str(&say!(
            lang,
            "  {name:<20} {:>7} rows  sha256 {}  as {}\n",
            "  {name:<20} {:>7} 行  sha256 {}  形式 {}\n",
            master.rows,
            master.canonical.sha256.short(),
            formats.join(", ")
        ));
        let Governs { from, until } = &master.governs;
        let from = said_day(from, lang);
        text.push_str(&match until.as_ref().map(|until| said_day(until, lang)) {
            Some(until) => {
                say!(lang, "    governs {from} to {until}\n", "    適用期間 {from} から {until} まで\n")
            }
            None => say!(lang, "    governs {from} on\n", "    適用期間 {from} から\n"),
        });
        if let Basis::Differentials { full_columns } = master.made_of {
            text.push_str(&say!(
                lang,
                "    made of a full of {full_columns} columns and differentials\n",
                "    {full_columns} 列の全件ファイルと変更分から作成\n"
            ));
        }
        for correction in &master.corrections {
            let (mark, sha256) = (Mark::Corrected((&name).into(), correction).say(lang), correction.sha256);
            text.push_str(&format!("    {mark}; sha256 {sha256}\n"));
        }
        for pass in &master.let_pass {
            let keys = waived_keys(&pass.keys, 10, lang);
            let by = passed_by(&pass.by, lang);
            text.push_str(&say!(
                lang,
                "    let pass: {} ({keys}); {by}: {}\n",
                "    承認済みの指摘: {}（{keys}）、{by}: {}\n",
                pass.finding,
                pass.reason
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use warifu_trust::testing::{changes, earlier, head, masters};
    use warifu_trust::{ChangesContent, Emergency, ReleaseHead, UnixSeconds};
    use warifu_values::judgement::{Basis, LetPass, PassedBy};

    use super::*;

    /// Every place of a value that holds no other.
    fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    leaves(value, &format!("{at}/{name}"), found);
                }
            }
            Value::Array(values) => {
                values.iter().enumerate().for_each(|(i, value)| leaves(value, &format!("{at}/{i}"), found));
            }
            _ => found.push(at.to_owned()),
        }
    }

    /// Other values of the same kind.
    fn others(value: &Value) -> Vec<Value> {
        match value {
            Value::String(text) => {
                let last = text.len().saturating_sub(1);
                let digit = text.chars().next_back().map_or('1', |c| if c == '1' { '2' } else { '1' });
                let ends = text.is_char_boundary(last).then(|| format!("{}{digit}", &text[..last]));
                let other_date = text.replace("2026", "2027");
                [Some(format!("{text}x")), ends, Some(other_date)]
                    .into_iter()
                    .flatten()
                    .filter(|other| other != text)
                    .map(Value::from)
                    .collect()
            }
            Value::Number(number) => vec![(number.as_u64().unwrap_or_default() + 1).into()],
            Value::Bool(yes) => vec![(!yes).into()],
            _ => Vec::new(),
        }
    }

    /// Whatever is signed and still a manifest, shows; without the digest, which covers all of it anyhow.
    #[test]
    fn nothing_that_is_signed_is_hidden_from_the_signer() {
        let earlier = earlier(9, 3);
        let head = ReleaseHead {
            future_only: true,
            emergency: Some(Emergency { reason: "薬価の誤り".into() }),
            activate_at: Some(UnixSeconds::new(1_780_300_000)),
            not_a_successor: Some("誤りの取消し".into()),
            reverts_to: Some(earlier[1].release),
            owes_review: vec![earlier[0].release],
            ..head(9, Some(earlier[0].release))
        };
        let content = ChangesContent { future: 7, earlier, ..changes(&head).unwrap() };
        let mut masters = masters(1);
        masters[0].made_of = Basis::Differentials { full_columns: 35 };
        masters[0].governs.until = Some("2028-05-31".into());
        masters[0].published = Some("2026-05-20".into());
        let keys = (100..120).map(|key| key.to_string()).collect();
        let (finding, reason) = ("field/required".into(), "告示のとおり".into());
        masters[0].let_pass = vec![LetPass { finding, keys, by: PassedBy::Import("s.csv".into()), reason }];
        masters[1].corrections = vec![warifu_trust::Correction {
            file: "y_20260608.csv".into(),
            sha256: warifu_values::digest::Digest::of(b"y"),
            dated: "2026-06-08".into(),
            reason: "薬価の誤り".into(),
            keys: vec!["610406079".into()],
        }];
        let manifest = Manifest::of(head, &masters, Some(&content)).unwrap();
        let seen = |manifest: &Manifest, lang| {
            let text = format!("{}{}", manifest_lines(manifest, lang), file_lines(manifest, lang));
            // Nor its words.
            let all = phrase_lines(manifest, lang);
            let lines = text.lines().filter(|line| !all.iter().any(|of_all| of_all == line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let value = serde_json::to_value(&manifest).unwrap();
        let mut places = Vec::new();
        leaves(&value, "", &mut places);
        let mut tried = 0;
        for place in &places {
            for other in others(value.pointer(place).unwrap()) {
                let mut changed = value.clone();
                *changed.pointer_mut(place).unwrap() = other.clone();
                // What no program takes for a manifest is shown to nobody.
                let Ok(changed) = serde_json::from_value::<Manifest>(changed) else { continue };
                if Manifest::from_bytes(&changed.to_bytes().unwrap_or_default()).is_err() {
                    continue;
                }
                tried += 1;
                for lang in [Lang::En, Lang::Ja] {
                    assert_ne!(seen(&changed, lang), seen(&manifest, lang), "{place}: {other}");
                }
            }
        }
        assert!(tried > places.len() / 2, "{tried} of {}", places.len());
    }

    #[test]
    fn what_a_release_changes_and_which_days_it_governs_is_shown_in_both_languages() {
        let earlier = earlier(9, 3);
        let head = ReleaseHead { future_only: true, ..head(9, Some(earlier[0].release)) };
        let changes = ChangesContent { future: 7, earlier, ..changes(&head).unwrap() };
        let mut contents = masters(1);
        contents[0].governs.until = Some("2028-05-31".into());
        let manifest = Manifest::of(head, &contents, Some(&changes)).unwrap();
        for (lang, lines) in [
            (
                Lang::En,
                [
                    "  treatment days before 2026-05-29 are past for it\n",
                    "  corrections that reach back are left to a later release\n",
                    "  changes: 1 of past days only, 1 of past days and those to come, 7 of days to \
                     come only\n",
                    "    accepted: drug/price (2): 告示の訂正 (令和8年厚生労働省告示第1号)\n",
                    "    with the lists of earlier releases, back to release 6\n",
                    "    governs 2026-06-01 to 2028-05-31\n",
                    "    governs 2026-06-01 on\n",
                ],
            ),
            (
                Lang::Ja,
                [
                    "  令和8年5月29日 より前の診療日を過去分として扱う\n",
                    "  遡及する訂正は後のリリースに含める\n",
                    "  変更: 過去分のみ 1 件、過去分と将来分 1 件、将来分のみ 7 件\n",
                    "    承認済みの遡及変更: drug/price（2 件）、告示の訂正（令和8年厚生労働省告示第1号）\n",
                    "    リリース 6 以降の各リリースの変更の一覧を含む\n",
                    "    適用期間 令和8年6月1日 から 令和10年5月31日 まで\n",
                    "    適用期間 令和8年6月1日 から\n",
                ],
            ),
        ] {
            let text = manifest_lines(&manifest, lang);
            for line in lines {
                assert!(text.contains(line), "{line}{text}");
            }
        }
    }
}
