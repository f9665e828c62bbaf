//! What a signer sees of a release: nothing that is signed is left out.

use warifu::release::ReleaseRisk;
use warifu_trust::{Manifest, Organisation, PerOrganisation, Signers, Terms};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

/// Risks that are shown; the rest is counted.
const RISKS: usize = 20;

/// Where to look first, riskiest first.
pub(super) fn risk_lines(risks: &[ReleaseRisk], lang: Lang) -> String {
    if risks.is_empty() {
        return String::new();
    }
    let mut text = say!(lang, "look first at:\n", "最初に確認する点:\n");
    for ReleaseRisk { master, kind, records, keys } in risks.iter().take(RISKS) {
        let (level, title, keys) = (kind.level().word(lang), kind.title(lang), keys.join(", "));
        text.push_str(&say!(
            lang,
            "  {level}: {master}, {title}: {records} ({keys})\n",
            "  {level}: {master}、{title}: {records} 件（{keys}）\n"
        ));
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
    if let Ok(digest) = manifest.digest() {
        text.push_str(&say!(lang, "manifest: {digest}\n", "マニフェスト: {digest}\n"));
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
        let (name, edition) = (format!("{}/{}", master.series, master.kind), &master.edition);
        let published = master.published.as_deref().unwrap_or("-");
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
                "{name}: 第{version}版、有効期限 {expires}\n"
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

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use warifu_trust::testing::{changes, earlier, head, masters};
    use warifu_trust::{ChangesContent, Emergency, ReleaseHead, UnixSeconds};
    use warifu_values::judgement::{Basis, LetPass, PassedBy};

    use super::*;
    use crate::cli::signing::release::manifest_lines;

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
        let manifest = Manifest::of(head, &masters, Some(&content)).unwrap();
        let seen = |manifest: &Manifest, lang| {
            let text = format!("{}{}", manifest_lines(manifest, lang), file_lines(manifest, lang));
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("manifest:") && !line.starts_with("マニフェスト:"));
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
}
