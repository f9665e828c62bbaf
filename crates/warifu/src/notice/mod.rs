//! The notice (お知らせ) to institutions: what a release changes from when, and what of claims that were made
//! before; of one that was taken away, that it was. All of it is what the release and its channel say.

mod page;
mod said;
mod text;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;
use warifu_masters::past::{Change, What};
use warifu_masters::schema::{Layout, Schemas};
use warifu_trust::{Made, Manifest, MasterEntry, Organisation, PerOrganisation, Tally, UnixSeconds};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;
use warifu_values::lang::{Lang, Speak as _};

use crate::field::{Beside, Field, Told, differ_by_blanks};
use crate::release::{Answers, Group, Names, Side, groups};

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
    /// That it was taken away, where it was: then this is the notice of that.
    pub withdrawn: Option<TakenAway>,
    /// The releases before it that were taken away and whose place it takes, the newest first.
    pub follows_withdrawn: Vec<TakenAway>,
    /// The release that the changes are told against, where that is not the one before it.
    pub compared_with: Option<u64>,
    /// Corrections in it that no official file contains yet.
    pub corrections: Vec<Corrected>,
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
    /// How many changes are not told: of columns that no claim is made or judged by.
    pub left_out: usize,
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

/// That a release was taken away.
#[derive(Debug, Serialize)]
pub struct TakenAway {
    /// Its number.
    pub release: u64,
    /// What it was.
    pub title: String,
    /// From when on checkers judged by it, at the earliest.
    pub from: UnixSeconds,
    /// When it was taken away.
    pub until: UnixSeconds,
    /// By which organisation.
    pub by: Organisation,
    /// Why.
    pub reason: String,
    /// The release that is used in its place; none where there is none.
    pub instead: Option<u64>,
}

/// An emergency correction of a master.
#[derive(Debug, Serialize)]
pub struct Corrected {
    /// The master's name in Japanese.
    pub ja: String,
    /// Its name in English.
    pub en: String,
    /// The codes.
    pub codes: Vec<String>,
    /// Why.
    pub reason: String,
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
    /// Before and after, of a field, as the master has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<(String, String)>,
    /// The same as people read them.
    #[serde(skip)]
    told: Option<[Told; 2]>,
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
    /// Who took it away, and what is used instead.
    pub withdrawn: Option<(&'a Made, Option<u64>)>,
    /// The releases right before it that were taken away, the newest first.
    pub follows: &'a [(Manifest, Made)],
    /// The release that `list` leads from, where that is not the one before it.
    pub compared_with: Option<u64>,
    /// Masters whose records say how a field is read.
    pub masters: &'a [Answers],
}

/// Reads the changes of a list for people.
struct Reader<'a> {
    schemas: &'a Schemas,
    names: &'a Names,
    masters: &'a [Answers],
}

impl Notice {
    /// The notice of that release.
    pub fn of(schemas: &Schemas, release: &Release<'_>) -> Notice {
        let Release {
            standing,
            manifest,
            digest,
            list,
            names,
            before,
            withdrawn,
            follows,
            compared_with,
            masters,
        } = release;
        let past_before = manifest.head().past_before();
        let reader = Reader { schemas, names, masters };
        let is_told = |change: &&Change| match &change.what {
            What::Field { id, .. } => is_told(schemas, &change.kind, id),
            What::Cover { .. } => true,
        };
        let told: Vec<Change> = list.iter().filter(is_told).cloned().collect();
        let (left_out, list) = (list.len() - told.len(), &told);
        let future = groups(schemas, list, past_before, Side::Future);
        let mut days: BTreeMap<TreatmentDay, Vec<Group<'_>>> = BTreeMap::new();
        for Group { class, by_code, changes } in future {
            let mut by_day: BTreeMap<TreatmentDay, Vec<&Change>> = BTreeMap::new();
            changes.into_iter().for_each(|change| by_day.entry(change.days.first).or_default().push(change));
            for (day, changes) in by_day {
                days.entry(day).or_default().push(Group { class: class.clone(), by_code, changes });
            }
        }
        let of_day =
            |(day, groups): (TreatmentDay, Vec<Group<'_>>)| FromDay { day, masters: reader.masters(&groups) };
        let past = groups(schemas, list, past_before, Side::Past);
        // What is told against an older release rests on what was accepted since, as far as it is told.
        let since = follows.iter().map(|(manifest, _)| manifest).filter(|_| compared_with.is_some());
        let accepted = std::iter::once(*manifest).chain(since).flat_map(|manifest| &manifest.changes);
        let accepted: Vec<&AcceptedPast> = accepted.flat_map(|changes| &changes.accepted).collect();
        let counts = match compared_with {
            None => accepted.iter().map(|one| one.entries).collect(),
            Some(_) => counted_once(&accepted, &past),
        };
        let accepted = accepted.iter().zip(counts).filter(|(one, _)| is_told_class(schemas, one));
        let accepted = accepted.map(|(one, count)| Accepted { count, ..Accepted::of(schemas, one) });
        Notice {
            standing: *standing,
            release: manifest.release,
            title: manifest.title.clone(),
            made: manifest.created.day_in_japan(),
            applies_from: manifest.activate_at,
            emergency: manifest.emergency.as_ref().map(|emergency| emergency.reason.clone()),
            withdrawn: withdrawn.map(|(made, instead)| TakenAway::of(manifest, made, instead)),
            follows_withdrawn: follows
                .iter()
                .map(|(before, made)| TakenAway::of(before, made, Some(manifest.release)))
                .collect(),
            compared_with: *compared_with,
            corrections: corrections(schemas, manifest),
            reverted: manifest.reverts_to.map(|to| reverted(to.release, manifest, before)),
            has_previous: manifest.previous.is_some(),
            future: days.into_iter().map(of_day).collect(),
            past: reader.masters(&past),
            past_before,
            accepted: accepted.filter(|told| told.count > 0).collect(),
            left_out,
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

/// Whether a change of the field is told: of what no claim is made or judged by, only how many there are.
fn is_told(schemas: &Schemas, kind: &str, id: &str) -> bool {
    Field::of(schemas, kind, id).is_none_or(|field| field.is_for_claims())
}

fn is_told_class(schemas: &Schemas, accepted: &AcceptedPast) -> bool {
    let (kind, subject, _) = accepted.class.parts();
    is_told(schemas, kind, subject)
}

/// How many of the changes of the past are of that class.
fn counted(accepted: &AcceptedPast, past: &[Group<'_>]) -> u64 {
    let (kind, subject, code) = accepted.class.parts();
    let of_class = past.iter().filter(|group| {
        let (of_kind, of_subject, _) = group.class.parts();
        (of_kind, of_subject) == (kind, subject)
    });
    let changes = of_class.flat_map(|group| &group.changes);
    changes.filter(|change| code.is_none_or(|code| change.key == code)).count() as u64
}

/// Of each that was accepted, the newest first, how many of the changes of the past it is told for. One class
/// may have been accepted for several releases; each of its changes is counted once.
fn counted_once(accepted: &[&AcceptedPast], past: &[Group<'_>]) -> Vec<u64> {
    let mut left: BTreeMap<&str, u64> = BTreeMap::new();
    let mut counts = Vec::new();
    for one in accepted {
        let left = left.entry(one.class.as_str()).or_insert_with(|| counted(one, past));
        counts.push(one.entries.min(*left));
        *left = left.saturating_sub(one.entries);
    }
    // What is more than all of them accepted is the newest's.
    for (one, count) in accepted.iter().zip(&mut counts) {
        *count += left.remove(one.class.as_str()).unwrap_or_default();
    }
    counts
}

fn corrections(schemas: &Schemas, manifest: &Manifest) -> Vec<Corrected> {
    let of_master = |master: &MasterEntry| {
        let (ja, en) = names_of(schemas, &master.kind);
        let each = master.corrections.iter().map(move |one| Corrected {
            ja: ja.clone(),
            en: en.clone(),
            codes: one.keys.clone(),
            reason: one.reason.clone(),
        });
        each.collect::<Vec<_>>()
    };
    manifest.masters.iter().flat_map(of_master).collect()
}

impl TakenAway {
    fn of(manifest: &Manifest, made: &Made, instead: Option<u64>) -> TakenAway {
        TakenAway {
            release: manifest.release,
            title: manifest.title.clone(),
            from: begins(manifest),
            until: made.at,
            by: made.organisation,
            reason: made.reason.clone(),
            instead,
        }
    }
}

impl Reader<'_> {
    fn masters(&self, groups: &[Group<'_>]) -> Vec<OfMaster> {
        let mut masters: Vec<OfMaster> = Vec::new();
        for Group { class, changes, .. } in groups {
            let (kind, subject, _) = class.parts();
            let at = masters.iter().position(|master| master.kind == kind).unwrap_or_else(|| {
                let (ja, en) = names_of(self.schemas, kind);
                masters.push(OfMaster { kind: kind.to_owned(), ja, en, subjects: Vec::new() });
                masters.len() - 1
            });
            let rows = changes.iter().map(|change| self.row(change)).collect();
            masters[at].subjects.push(OfSubject { subject: Subject::of(self.schemas, kind, subject), rows });
        }
        masters
    }

    fn row(&self, change: &Change) -> Row {
        let (values, told) = match &change.what {
            What::Field { id, old, new } => {
                let beside = self.beside(change);
                let field = Field::of(self.schemas, &change.kind, id);
                let told = field.map(|field| [old, new].map(|value| field.told(value, beside)));
                (Some((old.clone(), new.clone())), told)
            }
            What::Cover { .. } => (None, None),
        };
        Row {
            code: change.key.clone(),
            name: self.names.of_code(&change.kind, &change.key).to_owned(),
            first: change.days.first,
            last: change.days.last.map(|last| last.to_string()),
            values,
            told,
            days: (change.days.first, change.days.last),
        }
    }

    /// The newest record of the code.
    fn beside(&self, change: &Change) -> Beside<'_> {
        let of_kind = self.masters.iter().rev().filter(|answers| answers.kind == change.kind);
        let record = of_kind.filter_map(|answers| Some((&answers.state, answers.state.find(&change.key)?)));
        Beside { record: { record }.next() }
    }
}

impl Subject {
    fn of(schemas: &Schemas, kind: &str, subject: &str) -> Subject {
        match subject {
            "cover-gained" => Subject::Gained,
            "cover-lost" | "withdrawn" => Subject::Lost,
            "cover" => Subject::Cover,
            "series" => Subject::Series,
            id => {
                let name = Field::of(schemas, kind, id).map(|field| field.name());
                Subject::Field(name.unwrap_or_else(|| id.to_owned()))
            }
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
    /// Before and after as people read them, and whether they differ in what nobody sees alone.
    fn told(&self, lang: Lang) -> Option<([String; 2], bool)> {
        let (old, new) = self.values.as_ref()?;
        let told = self.told.as_ref().map(|told| told.each_ref().map(|value| value.say(lang)));
        Some((told.unwrap_or_else(|| [old.clone(), new.clone()]), differ_by_blanks(old, new)))
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

#[cfg(test)]
mod tests {
    use warifu_masters::past::{Cover, Days};
    use warifu_values::judgement::PastClass;

    use super::*;

    #[test]
    fn what_several_releases_accepted_of_a_class_is_counted_once() {
        let class = PastClass::of_all("procedure", "cover-gained");
        let change = |at: u32| Change {
            kind: "procedure".to_owned(),
            key: format!("11100{at:04}"),
            what: What::Cover { old: Cover::NotListed, new: Cover::InForce },
            days: Days { first: TreatmentDay::EARLIEST, last: None },
            published: None,
        };
        let of = |entries: u64| AcceptedPast {
            class: class.clone(),
            entries,
            reason: "r".to_owned(),
            source: "s".to_owned(),
        };
        let changes: Vec<Change> = (0..7).map(change).collect();
        for (accepted, expected) in [
            (vec![4, 3], vec![4, 3]),
            (vec![4, 9], vec![4, 3]),
            (vec![9, 9], vec![7, 0]),
            (vec![2, 1], vec![6, 1]),
        ] {
            let past = Group { class: class.clone(), by_code: false, changes: changes.iter().collect() };
            let accepted: Vec<AcceptedPast> = accepted.into_iter().map(of).collect();
            assert_eq!(counted_once(&accepted.iter().collect::<Vec<_>>(), &[past]), expected);
        }
    }
}
