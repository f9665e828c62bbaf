//! What a release changes as one page for people: the past first, by class, the gravest first.
//!
//! The page is one file, in both languages, and asks nothing of the network. Rows are shown some at a time,
//! so that hundreds of thousands of them stay usable:
//!
//! ```text
//! sides    [[group, ...], [group, ...]]                 the past, then what is to come
//! group    {class, ja, en, each, accepted: [[changes, reason, source], ...], rows: [row, ...]}
//! row      [code, first day, last day, old, new, day of publication]
//! names    {kind: {code: name}}
//! words    {text: [ja, en]}                             what old and new are called where no field has it
//! ```

use std::collections::BTreeMap;

use serde_json::{Value, json};
use warifu_masters::past::{Change, What};
use warifu_masters::schema::Schemas;
use warifu_rules::past::cover;
use warifu_trust::Manifest;
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::html_file::Page;
use crate::release::{Group, Names, Side, class_name, groups};

const PAGE: Page = Page {
    template: include_str!("page.html"),
    style: include_str!("page.css"),
    script: include_str!("page.js"),
};

/// What is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Every change, in the order of the list.
    pub list: &'a [Change],
    /// What their codes are called.
    pub names: &'a Names,
    /// The treatment days before this one are past.
    pub past_before: TreatmentDay,
    /// The draft; none before there is one.
    pub manifest: Option<&'a Manifest>,
    /// The number of the published release that it is compared with.
    pub published: Option<u64>,
}

/// The page, first shown in `lang`.
pub fn page(schemas: &Schemas, shown: &Shown<'_>, lang: Lang) -> Vec<u8> {
    let mut data = json!({
        "lang": say!(lang, "en", "ja"),
        "past_before": shown.past_before.to_string(),
        "published": shown.published,
    });
    let accepted = match shown.manifest {
        Some(manifest) => {
            data["release"] = manifest.release.into();
            data["title"] = manifest.title.as_str().into();
            data["created"] = manifest.created.to_string().into();
            data["commit"] = manifest.commit.as_str().into();
            data["activate_at"] = manifest.activate_at.map(|instant| instant.to_string()).into();
            data["emergency"] = manifest.emergency.as_ref().map(|emergency| &*emergency.reason).into();
            let corrections = manifest.masters.iter().flat_map(|master| {
                let name = format!("{}/{}", master.series, master.kind);
                master
                    .corrections
                    .iter()
                    .map(move |one| json!([name, one.dated, one.file, one.keys.join(", "), one.reason]))
            });
            data["corrections"] = corrections.collect();
            data["reverts_to"] = manifest.reverts_to.map(|to| to.release).into();
            manifest.changes.as_ref().map_or(&[][..], |changes| &changes.accepted)
        }
        None => &[],
    };
    let mut words = BTreeMap::new();
    let sides = [Side::Past, Side::Future].map(|side| {
        let groups = groups(schemas, shown.list, shown.past_before, side);
        // What is accepted is of the past.
        let accepted = if side == Side::Past { accepted } else { &[] };
        groups.iter().map(|one| group(schemas, one, accepted, &mut words)).collect::<Vec<_>>()
    });
    data["sides"] = json!(sides);
    data["words"] = json!(words);
    let mut names: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for Change { kind, key, .. } in shown.list {
        let name = shown.names.of_code(kind, key);
        if !name.is_empty() {
            names.entry(kind).or_default().insert(key, name);
        }
    }
    data["names"] = json!(names);
    let title = match shown.manifest {
        Some(manifest) => say!(lang, "Changes of release {}", "リリース {} の変更点", manifest.release),
        None => say!(lang, "Changes of the next release", "次のリリースの変更点"),
    };
    PAGE.filled(&title, &data, lang)
}

fn group(
    schemas: &Schemas,
    Group { class, by_code, changes }: &Group<'_>,
    accepted: &[AcceptedPast],
    words: &mut BTreeMap<String, [String; 2]>,
) -> Value {
    let (kind, subject, _) = class.parts();
    let of_group = accepted.iter().filter(|accepted| {
        let (of_kind, of_subject, _) = accepted.class.parts();
        (of_kind, of_subject) == (kind, subject)
    });
    // Classes of codes that were accepted for one reason are told once.
    let mut reasons: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for AcceptedPast { entries, reason, source, .. } in of_group {
        *reasons.entry((reason, source)).or_default() += entries;
    }
    let reasons: Vec<_> =
        reasons.iter().map(|((reason, source), entries)| json!([entries, reason, source])).collect();
    let rows: Vec<Value> = changes.iter().map(|change| row(change, words)).collect();
    json!({
        "class": class.as_str(), "kind": kind, "each": by_code,
        "ja": class_name(schemas, class, Lang::Ja), "en": class_name(schemas, class, Lang::En),
        "accepted": reasons, "rows": rows,
    })
}

fn row(change: &Change, words: &mut BTreeMap<String, [String; 2]>) -> Value {
    let (old, new) = change.values();
    if let What::Cover { old: was, new: is } = change.what {
        for (text, of) in [(&old, was), (&new, is)] {
            if !words.contains_key(text.as_ref()) {
                words.insert(text.to_string(), [Lang::Ja, Lang::En].map(|lang| cover(of, lang)));
            }
        }
    }
    let days = change.days;
    let last = days.last.map(|last| last.to_string()).unwrap_or_default();
    let published = change.published.map(|day| day.to_string()).unwrap_or_default();
    json!([change.key, days.first.to_string(), last, old, new, published])
}
