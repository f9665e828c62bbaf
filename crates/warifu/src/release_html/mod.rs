//! A release as one page for people: what both organisations look at before they sign it.
//!
//! It is the page of `diff_html` for every master that changed, one at a time, and above it what concerns the
//! whole: what is judged differently for days that have been, by class, the gravest first; what was let pass;
//! where to look first in all masters; and what is compared, each digest with its phrase. The data is
//!
//! ```text
//! lang       in which it is first shown: ja or en
//! program    the program and its version
//! past_before the first treatment day that is not past for it
//! kinds      {kind: {ja, en, ...}}                      what each kind of master is called
//! release    the draft: number, title, marks [{ja, en, is_grave}], the digest of its manifest and its
//!            phrase; null before one is
//! published  the release that it follows: number, digest, phrase; null where there is none
//! warnings   [{ja, en}]
//! sides      [[group, ...], [group, ...]]               the past, then what is to come
//! group      {class, ja, en, kind, each, days, accepted: [[changes, reason, source], ...], rows: [row, ...]}
//!            days: whether old and new are days, as masters write them
//! row        [code, first day, last day, old, new, day of publication]
//! names      {kind: {code: name}}
//! words      {text: [ja, en]}                           what old and new are called where no field has it
//! waivers    [{master, finding, keys, count, by, reason, is_new}]
//! table      [{name, series, kind, old, new, changed}]  every master; old and new as states, or null
//! reviews    [...]                                      those that changed, each as `diff_html` has it
//! ```

mod sides;

use serde_json::{Value, json};
use warifu_masters::schema::Schemas;
use warifu_trust::{Manifest, Mark};
use warifu_values::day::TreatmentDay;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::phrase::Phrase;
use warifu_values::say;

use crate::caution::Caution;
use crate::diff_html::{PROGRAM, compared as data_of, named, state};
use crate::html_file::Page;
use crate::release::{Answers, Changed, Compared, Comparison, PublishedRelease, Waived, passed_by, waived};

const PAGE: Page = Page {
    template: include_str!("../diff_html/page.html"),
    style: include_str!("../diff_html/page.css"),
    script: concat!(include_str!("overview.js"), include_str!("../diff_html/page.js")),
};

/// What is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Every change, and every master.
    pub comparison: &'a Comparison<'a>,
    /// The treatment days before this one are past.
    pub past_before: TreatmentDay,
    /// The draft; none before there is one.
    pub manifest: Option<&'a Manifest>,
    /// The published release that it is compared with.
    pub published: Option<&'a PublishedRelease>,
    /// What must be known first.
    pub cautions: &'a [Caution],
}

/// The page, first shown in `lang`.
pub fn page(schemas: &Schemas, shown: &Shown<'_>, lang: Lang) -> Vec<u8> {
    let accepted = shown.manifest.and_then(|manifest| manifest.changes.as_ref());
    let accepted = accepted.map_or(&[][..], |changes| &changes.accepted);
    let Changed { list, names, .. } = &shown.comparison.changed;
    let (sides, words) = sides::of(schemas, list, shown.past_before, accepted);
    let mut kinds = json!({});
    let (mut table, mut reviews) = (Vec::new(), Vec::new());
    for one in shown.comparison.each() {
        // Of both, the one of the release names the kind.
        for answers in [one.before, one.after].into_iter().flatten() {
            kinds[&answers.kind] = named(answers.state.layout());
        }
        let states = states(&one);
        reviews.extend(review(shown, &one, &states));
        table.extend(row(&one, states));
    }
    let data = json!({
        "lang": lang.code(),
        "program": PROGRAM,
        "release": shown.manifest.map(release),
        "published": shown.published.map(published),
        "past_before": both(|lang| shown.past_before.said(lang)),
        "warnings": shown.cautions.iter().map(|caution| both(|lang| caution.say(lang))).collect::<Vec<_>>(),
        "sides": sides,
        "names": sides::names(list, names),
        "words": words,
        "waivers": waivers(shown),
        "kinds": kinds,
        "table": table,
        "reviews": reviews,
    });
    let title = match shown.manifest {
        Some(manifest) => say!(lang, "Changes of release {}", "リリース {} の変更点", manifest.release),
        None => say!(lang, "Changes of the next release", "次のリリースの変更点"),
    };
    PAGE.filled(&title, &data, lang)
}

/// A text in both languages.
fn both(say: impl Fn(Lang) -> String) -> Value {
    json!({ "ja": say(Lang::Ja), "en": say(Lang::En) })
}

fn release(manifest: &Manifest) -> Value {
    let mark = |mark: &Mark<'_>| {
        let mut told = both(|lang| mark.say(lang));
        told["is_grave"] = mark.is_grave().into();
        told
    };
    let digest: Option<Digest> = manifest.digest().ok();
    json!({
        "number": manifest.release,
        "title": manifest.title,
        "created": both(|lang| manifest.created.said_exactly(lang)),
        "commit": manifest.commit,
        "marks": manifest.marks().iter().map(mark).collect::<Vec<_>>(),
        "manifest": digest.map(|digest| digest.to_string()),
        "phrase": digest.map(|digest| Phrase::of(&digest)),
    })
}

fn published(published: &PublishedRelease) -> Value {
    let release = published.release();
    json!({
        "number": release.release,
        "manifest": release.manifest.to_string(),
        "phrase": Phrase::of(&release.manifest),
    })
}

/// Keys that are named of one waiver; the rest is counted.
const KEYS: usize = 20;

fn waivers(shown: &Shown<'_>) -> Vec<Value> {
    let published = shown.published.map(PublishedRelease::manifest);
    let all = shown.manifest.map_or_else(Vec::new, |manifest| waived(manifest, published));
    let told = |Waived { master, pass, is_new }: Waived<'_>| {
        json!({
            "master": master, "finding": pass.finding, "count": pass.keys.len(),
            "keys": pass.keys.iter().take(KEYS).collect::<Vec<_>>(),
            "by": both(|lang| passed_by(&pass.by, lang)), "reason": pass.reason, "is_new": is_new,
        })
    };
    all.into_iter().map(told).collect()
}

/// Both sides of a master, null where a release does not have it. A phrase takes its time, so what is the
/// same on both is told once.
fn states(one: &Compared<'_>) -> [Value; 2] {
    let told = |side: Option<&Answers>| side.map_or(Value::Null, |side| state(&side.state));
    let new = told(one.after);
    let is_same = one.reviewed.is_none()
        && one
            .before
            .zip(one.after)
            .is_some_and(|(old, new)| old.state.layout().name() == new.state.layout().name());
    [if is_same { new.clone() } else { told(one.before) }, new]
}

/// A master of either release.
fn row(one: &Compared<'_>, [old, new]: [Value; 2]) -> Option<Value> {
    let of = one.after.or(one.before)?;
    Some(json!({
        "name": one.change.master, "series": of.series, "kind": of.kind,
        "old": old, "new": new, "changed": one.change.summary,
    }))
}

/// A master that changed, as the page shows it.
fn review(shown: &Shown<'_>, one: &Compared<'_>, [old, new]: &[Value; 2]) -> Option<Value> {
    let (before, after) = one.before.zip(one.after)?;
    let (diff, risks) = one.reviewed.as_ref()?;
    let answers = shown.comparison.answers();
    let of_series = answers.iter().filter(|other| other.series == after.series);
    let mut data = data_of(diff, risks, of_series.map(|other| &**other.state.layout()));
    data["name"] = one.change.master.as_str().into();
    data["series"] = after.series.as_str().into();
    // The day of the newest file, where the manifest knows it.
    let dated = |manifest: Option<&Manifest>, of: &Answers| {
        let masters = manifest.map_or(&[][..], |manifest| &manifest.masters);
        let entry = masters.iter().find(|entry| entry.series == of.series && entry.kind == of.kind);
        entry.and_then(|entry| entry.published.clone())
    };
    let published = shown.published.map(PublishedRelease::manifest);
    let sides = [("old", old, before, published), ("new", new, after, shown.manifest)];
    for (side, state, of, manifest) in sides {
        data[side] = state.clone();
        data[side]["dated"] = dated(manifest, of).into();
        data[side]["release"] = manifest.map_or(0, |manifest| manifest.release).into();
    }
    Some(data)
}
