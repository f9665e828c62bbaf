//! The notice (お知らせ) to institutions: what a release changes from when, and what of claims that were made
//! before. All of it is what the release itself says.

mod page;
mod said;
mod text;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use warifu_masters::past::{Change, What};
use warifu_masters::schema::{ColumnType, Layout, Schemas};
use warifu_trust::{Manifest, PerOrganisation, Tally, UnixSeconds};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;

use crate::release::{Group, Names, Side, groups};

pub use page::page;
pub use text::text;
pub use words::Words;

/// How far the release of a notice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Both organisations signed it, and it is published.
    Published,
    /// It is a draft: how many of each have signed it so far.
    Draft(PerOrganisation<Tally>),
}

impl Standing {
    /// Whether both organisations signed what is told.
    fn is_signed(self) -> bool {
        match self {
            Standing::Published => true,
            Standing::Draft(PerOrganisation { kikin, kokuho }) => kikin.holds() && kokuho.holds(),
        }
    }
}

/// A notice, before it is written in any language.
#[derive(Debug, Serialize)]
pub struct Notice {
    /// Whether it is published.
    #[serde(rename = "is_draft", serialize_with = "is_draft")]
    pub standing: Standing,
    /// The release.
    pub release: u64,
    /// What it is.
    pub title: String,
    /// The day on which it was made.
    #[serde(serialize_with = "shown")]
    pub made: TreatmentDay,
    /// From when on checkers judge by it; none when at once.
    pub applies_from: Option<UnixSeconds>,
    /// Why it is urgent, where it is.
    pub emergency: Option<String>,
    /// Where it goes back to an older release.
    pub reverted: Option<Reverted>,
    /// Whether there is a release before it to compare it with.
    pub has_previous: bool,
    /// What changes for days to come, by the day from which on.
    pub future: Vec<FromDay>,
    /// What changes for days that have been.
    pub past: Vec<OfMaster>,
    /// The treatment days before this one are past.
    #[serde(serialize_with = "shown")]
    pub past_before: TreatmentDay,
    /// Why the past changes: each with the master and what of it.
    pub accepted: Vec<Accepted>,
    /// The digest of its manifest.
    pub manifest: String,
}

fn is_draft<S: serde::Serializer>(standing: &Standing, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(*standing != Standing::Published)
}

fn shown<S: serde::Serializer>(day: &TreatmentDay, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// That a release goes back to an older one.
#[derive(Debug, Serialize)]
pub struct Reverted {
    /// To which.
    pub to: u64,
    /// Those that are not used any more, the oldest first.
    pub ended: Vec<Ended>,
}

/// A release that is not used any more.
#[derive(Debug, Serialize)]
pub struct Ended {
    /// Its number.
    pub release: u64,
    /// What it was.
    pub title: String,
    /// From when on checkers judged by it, at the earliest.
    pub from: UnixSeconds,
    /// From when on they judge by the next one.
    pub until: UnixSeconds,
}

/// What changes from one day on.
#[derive(Debug, Serialize)]
pub struct FromDay {
    /// The treatment day.
    #[serde(serialize_with = "shown")]
    pub day: TreatmentDay,
    /// Master by master.
    pub masters: Vec<OfMaster>,
}

/// What changes of one kind of master.
#[derive(Debug, Serialize)]
pub struct OfMaster {
    /// The kind.
    pub kind: String,
    /// Its name in Japanese.
    pub ja: String,
    /// Its name in English.
    pub en: String,
    /// By what changes, the gravest first.
    pub subjects: Vec<OfSubject>,
}

/// What changes of one kind: a field, or what may be used.
#[derive(Debug, Serialize)]
pub struct OfSubject {
    /// Which.
    pub subject: Subject,
    /// Code by code.
    pub rows: Vec<Row>,
}

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// What may be used now.
    Gained,
    /// What may not be used any more.
    Lost,
    /// Why something may not be used.
    Cover,
    /// The days that a series governs.
    Series,
    /// A field, by its name in the layout.
    Field(String),
}

/// A change of one code.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The code; blank when it is every code that stands in no file.
    pub code: String,
    /// Its name; blank where nobody knows.
    pub name: String,
    /// The first treatment day.
    #[serde(serialize_with = "shown")]
    pub first: TreatmentDay,
    /// The last; none when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Before and after, of a field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<(String, String)>,
    #[serde(skip)]
    days: (TreatmentDay, Option<TreatmentDay>),
}

/// Why something of the past changes, as both organisations accepted it.
#[derive(Debug, Serialize)]
pub struct Accepted {
    /// The master's kind.
    pub kind: String,
    /// Its name in Japanese.
    pub ja: String,
    /// Its name in English.
    pub en: String,
    /// What of it.
    pub subject: Subject,
    /// How many changes.
    pub count: u64,
    /// Why.
    pub reason: String,
    /// By what.
    pub source: String,
}

/// What a notice is made of.
#[derive(Debug)]
pub struct Release<'a> {
    /// How far it has come.
    pub standing: Standing,
    /// What both sign.
    pub manifest: &'a Manifest,
    /// The digest of its bytes.
    pub digest: String,
    /// Everything that it changes.
    pub list: &'a [Change],
    /// What the codes in it are called.
    pub names: &'a Names,
    /// The releases before it, the newest first: those that it takes the place of are told where it is a
    /// revert.
    pub before: &'a [Manifest],
}

impl Notice {
    /// The notice of that release.
    pub fn of(schemas: &Schemas, release: &Release<'_>) -> Notice {
        let Release { standing, manifest, digest, list, names, before } = release;
        let past_before = manifest.head().past_before();
        let future = groups(schemas, list, past_before, Side::Future);
        let mut days: BTreeMap<TreatmentDay, Vec<Group<'_>>> = BTreeMap::new();
        for Group { class, by_code, changes } in future {
            let mut by_day: BTreeMap<TreatmentDay, Vec<&Change>> = BTreeMap::new();
            changes.into_iter().for_each(|change| by_day.entry(change.days.first).or_default().push(change));
            for (day, changes) in by_day {
                days.entry(day).or_default().push(Group { class: class.clone(), by_code, changes });
            }
        }
        let of_day = |(day, groups): (TreatmentDay, Vec<Group<'_>>)| FromDay {
            day,
            masters: of_masters(schemas, names, &groups),
        };
        let accepted = manifest.changes.iter().flat_map(|changes| &changes.accepted);
        Notice {
            standing: *standing,
            release: manifest.release,
            title: manifest.title.clone(),
            made: manifest.created.day_in_japan(),
            applies_from: manifest.activate_at,
            emergency: manifest.emergency.as_ref().map(|emergency| emergency.reason.clone()),
            reverted: manifest.reverts_to.map(|to| reverted(to.release, manifest, before)),
            has_previous: manifest.previous.is_some(),
            future: days.into_iter().map(of_day).collect(),
            past: of_masters(schemas, names, &groups(schemas, list, past_before, Side::Past)),
            past_before,
            accepted: accepted.map(|one| Accepted::of(schemas, one)).collect(),
            manifest: digest.clone(),
        }
    }

    /// Whether nothing is judged differently.
    fn is_still(&self) -> bool {
        self.future.is_empty() && self.past.is_empty()
    }
}

/// From when on checkers judge by a release, at the earliest.
fn begins(manifest: &Manifest) -> UnixSeconds {
    manifest.activate_at.map_or(manifest.created, |instant| instant.max(manifest.created))
}

fn reverted(to: u64, manifest: &Manifest, before: &[Manifest]) -> Reverted {
    let mut ended: Vec<&Manifest> = before.iter().filter(|before| before.release > to).collect();
    ended.sort_by_key(|before| before.release);
    let next = ended.iter().skip(1).map(|next| begins(next)).chain([begins(manifest)]);
    let of = |(ended, until): (&&Manifest, UnixSeconds)| Ended {
        release: ended.release,
        title: ended.title.clone(),
        from: begins(ended),
        until,
    };
    Reverted { to, ended: ended.iter().zip(next).map(of).collect() }
}

/// The names of a kind of master, in Japanese and English.
fn names_of(schemas: &Schemas, kind: &str) -> (String, String) {
    let newest = schemas.editions(kind).last().copied();
    let of = |name: fn(&Layout) -> &String| newest.map_or_else(|| kind.to_owned(), |it| name(it).clone());
    (of(|layout| &layout.name_ja), of(|layout| &layout.name_en))
}

/// The column, as the newest layout of the kind that has it gives it.
fn column<'a>(schemas: &'a Schemas, kind: &str, id: &str) -> Option<(&'a Layout, usize)> {
    let editions = schemas.editions(kind).into_iter().rev();
    editions.map(|layout| &**layout).find_map(|layout| Some((layout, layout.position(id)?)))
}

/// What the column is called: of a name in two parts (`新又は現点数/新又は現点数`) that say the same, one.
fn called((layout, column): (&Layout, usize)) -> String {
    let name = &layout.columns[column].name;
    match name.split_once('/') {
        Some((group, own)) if group == own => own.to_owned(),
        _ => name.clone(),
    }
}

/// A value as people read it: a code by its meaning, an amount without what is nothing of it.
fn read_by_people(column: Option<(&Layout, usize)>, value: &str) -> String {
    let Some((layout, column)) = column else { return value.to_owned() };
    // What the meaning depends on in other columns is not told here.
    if let Some(meaning) = layout.meaning(column, value, |_| String::new()) {
        return format!("{value} {meaning}");
    }
    match layout.columns[column].column_type {
        ColumnType::Decimal if value.contains('.') => {
            value.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => value.to_owned(),
    }
}

fn of_masters(schemas: &Schemas, names: &Names, groups: &[Group<'_>]) -> Vec<OfMaster> {
    let mut masters: Vec<OfMaster> = Vec::new();
    for Group { class, changes, .. } in groups {
        let (kind, subject, _) = class.parts();
        let at = masters.iter().position(|master| master.kind == kind).unwrap_or_else(|| {
            let (ja, en) = names_of(schemas, kind);
            masters.push(OfMaster { kind: kind.to_owned(), ja, en, subjects: Vec::new() });
            masters.len() - 1
        });
        let rows = changes.iter().map(|change| Row::of(schemas, names, change)).collect();
        masters[at].subjects.push(OfSubject { subject: Subject::of(schemas, kind, subject), rows });
    }
    masters
}

impl Subject {
    fn of(schemas: &Schemas, kind: &str, subject: &str) -> Subject {
        match subject {
            "cover-gained" => Subject::Gained,
            "cover-lost" | "withdrawn" => Subject::Lost,
            "cover" => Subject::Cover,
            "series" => Subject::Series,
            id => Subject::Field(column(schemas, kind, id).map_or_else(|| id.to_owned(), called)),
        }
    }

    /// As the notice says it.
    fn said(&self, words: &Words) -> String {
        match self {
            Subject::Gained => words.say("gained", &[]),
            Subject::Lost => words.say("lost", &[]),
            Subject::Cover => words.say("cover", &[]),
            Subject::Series => words.say("series", &[]),
            Subject::Field(name) => name.clone(),
        }
    }
}

impl Row {
    fn of(schemas: &Schemas, names: &Names, change: &Change) -> Row {
        let values = match &change.what {
            What::Field { id, old, new } => {
                let column = column(schemas, &change.kind, id);
                Some((read_by_people(column, old), read_by_people(column, new)))
            }
            What::Cover { .. } => None,
        };
        Row {
            code: change.key.clone(),
            name: names.of_code(&change.kind, &change.key).to_owned(),
            first: change.days.first,
            last: change.days.last.map(|last| last.to_string()),
            values,
            days: (change.days.first, change.days.last),
        }
    }
}

impl Accepted {
    fn of(schemas: &Schemas, accepted: &AcceptedPast) -> Accepted {
        let (kind, subject, code) = accepted.class.parts();
        let (ja, en) = names_of(schemas, kind);
        let subject = match (Subject::of(schemas, kind, subject), code) {
            (Subject::Field(name), Some(code)) => Subject::Field(format!("{name} {code}")),
            (subject, _) => subject,
        };
        Accepted {
            kind: kind.to_owned(),
            ja,
            en,
            subject,
            count: accepted.entries,
            reason: accepted.reason.clone(),
            source: accepted.source.clone(),
        }
    }
}
