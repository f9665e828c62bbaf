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
