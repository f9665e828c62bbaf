//! The past is signed: what a release judges differently for days that have been, against what both
//! organisations declared and accepted by name.
//!
//! Exact on purpose: there is no share below which a change of the past goes unseen. Whoever drafts, reviews,
//! signs or runs a release computes the changes from what he holds himself, and asks here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use warifu_masters::past::{COVER_CLASSES, Change, Cover, Days, Heading, What, may_change};
use warifu_masters::schema::{Layout, MayChange, Schemas};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::{AcceptedPast, PastClass};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// How many changes there are under each heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All of their days have been.
    pub past: u64,
    /// Some have been.
    pub past_and_future: u64,
    /// None has been.
    pub future: u64,
}

/// The changes of a release, weighed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weighed {
    /// How many there are.
    pub counts: Counts,
    /// Those that concern days that have been, by the class in which they are accepted.
    pub classes: BTreeMap<PastClass, u64>,
    /// Those of the past that no reason makes up for.
    pub never: Vec<Change>,
}

/// Weighs `changes` of a release for which the days before `past_before` are past.
pub fn weigh(schemas: &Schemas, changes: &[Change], past_before: TreatmentDay) -> Weighed {
    let mut weighed = Weighed::default();
    for change in changes {
        let heading = change.days.heading(past_before);
        let count = match heading {
            Heading::Past => &mut weighed.counts.past,
            Heading::PastAndFuture => &mut weighed.counts.past_and_future,
            Heading::Future => &mut weighed.counts.future,
        };
        *count += 1;
        if heading == Heading::Future {
            continue;
        }
        match change.class(schemas) {
            Some(class) => *weighed.classes.entry(class).or_default() += 1,
            None => weighed.never.push(change.clone()),
        }
    }
    weighed
}

/// Why a class can be one of no change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAClass {
    /// No layout is of that kind of master.
    Kind {
        /// Those that there are.
        kinds: Vec<String>,
    },
    /// No layout of the kind has the field.
    Field {
        /// What can change.
        fields: Vec<String>,
    },
    /// The field says what a code means: no change of it is ever accepted.
    Never,
    /// Each code is asked for, and none is named.
    EachCode,
    /// One code is named, where all changes are accepted together.
    AllTogether,
}

/// Whether a change can be of this class.
///
/// # Errors
/// [`NotAClass`], with what there is instead.
pub fn is_class(schemas: &Schemas, class: &PastClass) -> Result<(), NotAClass> {
    let (kind, subject, code) = class.parts();
    let editions = schemas.editions(kind);
    if editions.is_empty() {
        return Err(NotAClass::Kind { kinds: schemas.kinds().into_iter().map(str::to_owned).collect() });
    }
    let of_cover = COVER_CLASSES.contains(&subject);
    if !of_cover && editions.iter().all(|layout| layout.position(subject).is_none()) {
        let ids = editions.iter().flat_map(|layout| layout.columns.iter().map(|column| column.id.clone()));
        let ids: BTreeSet<String> =
            ids.filter(|id| may_change(schemas, kind, id) != MayChange::Never).collect();
        let fields = COVER_CLASSES.map(str::to_owned).into_iter().chain(ids).collect();
        return Err(NotAClass::Field { fields });
    }
    let allowed = if of_cover { MayChange::Correctable } else { may_change(schemas, kind, subject) };
    match (allowed, code) {
        (MayChange::Never, _) => Err(NotAClass::Never),
        (MayChange::Forward, None) => Err(NotAClass::EachCode),
        (MayChange::Correctable, Some(_)) => Err(NotAClass::AllTogether),
        (MayChange::Forward, Some(_)) | (MayChange::Correctable, None) => Ok(()),
    }
}

impl Speak for NotAClass {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotAClass::Kind { kinds } => {
                let kinds = kinds.join(", ");
                say!(
                    lang,
                    "no such kind of master; there are: {kinds}",
                    "その種別のマスターはありません。ある種別: {kinds}"
                )
            }
            NotAClass::Field { fields } => {
                let fields = fields.join(", ");
                say!(lang, "no such field; there are: {fields}", "その項目はありません。ある項目: {fields}")
            }
            NotAClass::Never => say!(
                lang,
                "the field says what a code means, and no change of that is accepted",
                "コードの意味を表す項目です。変更は承認できません"
            ),
            NotAClass::EachCode => say!(
                lang,
                "each code is accepted by name here: add /CODE",
                "この項目はコードごとに承認します。末尾に /コード を付けてください"
            ),
            NotAClass::AllTogether => say!(
                lang,
                "all changes of it are accepted together: leave the code out",
                "この区分はまとめて承認します。コードを外してください"
            ),
        }
    }
}

/// Why a release may not judge the past as it would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// Changes of this class concern the past, and nobody accepted them by name.
    NotAccepted {
        /// The class.
        class: PastClass,
        /// How many there are.
        entries: u64,
    },
    /// A class was accepted with another number of changes than there are.
    OtherCount {
        /// The class.
        class: PastClass,
        /// As accepted.
        accepted: u64,
        /// As they are.
        entries: u64,
    },
    /// A change of the past that no reason makes up for.
    Never(Box<Change>),
    /// It is judged differently, and the signed list does not have it.
    Undeclared(Box<Change>),
    /// The signed list has it, and nothing is judged so.
    NotThere(Box<Change>),
}

impl Objection {
    /// What programs call it that no reason makes up for a change.
    pub const NEVER: &'static str = "never-accepted";
}

impl Weighed {
    /// What stands against it when these classes are accepted: each class of the past must be, with its very
    /// number of changes, and no other.
    pub fn objections(&self, accepted: &[AcceptedPast]) -> Vec<Objection> {
        let never = self.never.iter().map(|change| Objection::Never(Box::new(change.clone())));
        let mut objections: Vec<Objection> = never.collect();
        let mut open = self.classes.clone();
        for AcceptedPast { class, entries: accepted, .. } in accepted {
            let entries = open.remove(class).unwrap_or_default();
            if entries != *accepted {
                let (class, accepted) = (class.clone(), *accepted);
                objections.push(Objection::OtherCount { class, accepted, entries });
            }
        }
        objections.extend(open.into_iter().map(|(class, entries)| Objection::NotAccepted { class, entries }));
        objections
    }
}

/// Declared and computed must be equal both ways; both in the order of their one form.
pub fn same(declared: &[Change], computed: &[Change]) -> Vec<Objection> {
    let (mut objections, mut said, mut found) =
        (Vec::new(), declared.iter().peekable(), computed.iter().peekable());
    let place =
        |change: &Change| (change.kind.clone(), change.key.clone(), change.subject().to_owned(), change.days);
    loop {
        let order = match (said.peek(), found.peek()) {
            (None, None) => return objections,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(one), Some(other)) if one == other => std::cmp::Ordering::Equal,
            // One that differs in its values is neither declared nor there.
            (Some(one), Some(other)) => place(one).cmp(&place(other)).then(std::cmp::Ordering::Less),
        };
        let (one, other) = match order {
            std::cmp::Ordering::Equal => (said.next(), found.next()),
            std::cmp::Ordering::Less => (said.next(), None),
            std::cmp::Ordering::Greater => (None, found.next()),
        };
        match (one, other) {
            (Some(one), None) => objections.push(Objection::NotThere(Box::new(one.clone()))),
            (None, Some(other)) => objections.push(Objection::Undeclared(Box::new(other.clone()))),
            _ => {}
        }
    }
}

/// What was `computed` between two releases that do not follow each other, and the `steps` between them, the
/// newest first, did not declare: on each of its days they must lead from its old value to its new one.
pub fn undeclared(steps: &[Vec<Change>], computed: &[Change]) -> Vec<Objection> {
    let by_code = |list: &'_ Vec<Change>| {
        let mut of: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (at, change) in list.iter().enumerate() {
            of.entry((change.kind.clone(), change.key.clone())).or_default().push(at);
        }
        of
    };
    let steps: Vec<_> = steps.iter().rev().map(|list| Step { list, by_code: by_code(list) }).collect();
    let left = computed.iter().filter(|change| !leads_to(&steps, change));
    left.map(|change| Objection::Undeclared(Box::new(change.clone()))).collect()
}

/// What one release declared.
struct Step<'a> {
    list: &'a [Change],
    by_code: BTreeMap<(String, String), Vec<usize>>,
}

impl<'a> Step<'a> {
    /// What it declared of `key`; blank: of every code that stands nowhere.
    fn of(&self, kind: &str, key: &str) -> impl Iterator<Item = &'a Change> {
        let at = self.by_code.get(&(kind.to_owned(), key.to_owned()));
        at.into_iter().flatten().map(|at| &self.list[*at])
    }
}

/// Whether `steps`, the oldest first, lead from the old value of `change` to its new one on every day of it.
fn leads_to(steps: &[Step<'_>], change: &Change) -> bool {
    let mut relevant: Vec<Vec<&Change>> = Vec::with_capacity(steps.len());
    for step in steps {
        let own = step.of(&change.kind, &change.key);
        let every = step.of(&change.kind, "").filter(|_| !change.key.is_empty());
        relevant.push(own.chain(every).collect());
    }
    // Nothing begins or ends between these days.
    let mut days = vec![change.days.first];
    for step in relevant.iter().flatten() {
        days.push(step.days.first);
        days.extend(step.days.last.map(TreatmentDay::after));
    }
    days.into_iter().filter(|day| change.days.hold(*day)).all(|day| leads_on(&relevant, change, day))
}

/// The same of one day.
fn leads_on(steps: &[Vec<&Change>], change: &Change, day: TreatmentDay) -> bool {
    match &change.what {
        What::Cover { old, new } => {
            let next = |now: Cover, step: &Vec<&Change>| {
                let on_day = || step.iter().filter(|entry| entry.days.hold(day));
                let of = |own: bool| {
                    on_day().find_map(|entry| match entry.what {
                        What::Cover { old, new } if (entry.key == change.key) == own => Some((old, new)),
                        _ => None,
                    })
                };
                // Of a code that does as every one that stands nowhere, a list says nothing.
                match of(true).or_else(|| of(false).filter(|(old, _)| *old == now)) {
                    Some((old, new)) if old == now => Some(new),
                    Some(_) => None,
                    None => Some(now),
                }
            };
            steps.iter().try_fold(*old, next) == Some(*new)
        }
        What::Field { id: field, old, new } => {
            // The value; none while a record that came in between may have brought any.
            let mut now = Some(old.as_str());
            for entry in steps.iter().flatten().filter(|entry| entry.days.hold(day)) {
                match &entry.what {
                    What::Cover { .. } if entry.key == change.key => now = None,
                    What::Field { id, old, new } if id == field => {
                        if now.is_some_and(|now| now != old.as_str()) {
                            return false;
                        }
                        now = Some(new);
                    }
                    _ => {}
                }
            }
            now.is_none_or(|now| now == new.as_str())
        }
    }
}

/// A change on one line, for people: `procedure 112007410 points 2024-06-01– 75.00 → 74.00`.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a>(pub &'a Change);

impl Speak for Told<'_> {
    fn say(&self, lang: Lang) -> String {
        told(self.0, Names::of(None, lang), lang)
    }
}

fn told(change: &Change, names: Names<'_>, lang: Lang) -> String {
    let Change { kind, key, days: Days { first, last }, what, .. } = change;
    let key = if key.is_empty() { "*" } else { key };
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let (subject, old, new) = match what {
        What::Cover { old, new } => (say!(lang, "in force", "適用"), cover(*old, lang), cover(*new, lang)),
        What::Field { id, old, new } => {
            let shown = |text: &str| if text.is_empty() { "\"\"".to_owned() } else { text.to_owned() };
            (names.column(kind, id), shown(old), shown(new))
        }
    };
    let master = names.master(kind);
    format!("{master} {key} {first}–{last} {subject}: {old} → {new}")
}

/// What masters and columns are called in Japanese, as layouts have it. Without layouts, and in English, it
/// is what the list has.
#[derive(Clone, Copy)]
struct Names<'a>(Option<&'a Schemas>);

impl<'a> Names<'a> {
    fn of(schemas: Option<&'a Schemas>, lang: Lang) -> Names<'a> {
        Names(schemas.filter(|_| lang == Lang::Ja))
    }

    fn editions(self, kind: &str) -> Vec<&'a Arc<Layout>> {
        self.0.map(|schemas| schemas.editions(kind)).unwrap_or_default()
    }

    fn master(self, kind: &str) -> String {
        self.editions(kind).first().map_or_else(|| kind.to_owned(), |layout| layout.name_ja.clone())
    }

    fn column(self, kind: &str, id: &str) -> String {
        let editions = self.editions(kind);
        let name = editions.iter().find_map(|layout| Some(&layout.columns[layout.position(id)?].name));
        match name.map(|name| (name, name.split_once('/'))) {
            None => id.to_owned(),
            Some((_, Some((group, column)))) if group == column => column.to_owned(),
            Some((name, _)) => name.replace('/', "・"),
        }
    }

    /// What it is of, and the class as the manifest has it.
    fn class(self, class: &PastClass) -> String {
        if self.0.is_none() {
            return class.to_string();
        }
        let (kind, subject, code) = class.parts();
        let of_cover = COVER_NAMES.iter().find(|(class, _)| *class == subject);
        let subject = of_cover.map_or_else(|| self.column(kind, subject), |(_, name)| (*name).to_owned());
        let code = code.map(|code| format!("{code} ")).unwrap_or_default();
        format!("{} {code}{subject}（{class}）", self.master(kind))
    }
}

/// [`COVER_CLASSES`] in Japanese.
const COVER_NAMES: [(&str, &str); COVER_CLASSES.len()] = [
    (COVER_CLASSES[0], "系列の期間"),
    (COVER_CLASSES[1], "抹消"),
    (COVER_CLASSES[2], "適用の終了"),
    (COVER_CLASSES[3], "適用の開始"),
    (COVER_CLASSES[4], "適用"),
];

/// What a cover is called.
pub fn cover(cover: Cover, lang: Lang) -> String {
    match cover {
        Cover::NoSeries => say!(lang, "no series", "系列なし"),
        Cover::NotKnown => say!(lang, "not known", "不明"),
        Cover::InForce => say!(lang, "yes", "適用中"),
        Cover::NotListed => say!(lang, "not listed", "収載なし"),
        Cover::Abolished(last) => say!(lang, "abolished {last}", "廃止 {last}"),
        Cover::Withdrawn => say!(lang, "withdrawn", "抹消"),
        Cover::Gone => say!(lang, "gone", "消滅"),
    }
}

impl Objection {
    /// The same, in Japanese with the names that `schemas` have for masters and columns.
    pub fn named(&self, schemas: &Schemas, lang: Lang) -> String {
        self.told(Names::of(Some(schemas), lang), lang)
    }

    fn told(&self, names: Names<'_>, lang: Lang) -> String {
        match self {
            Objection::NotAccepted { class, entries } => {
                let class = names.class(class);
                say!(
                    lang,
                    "{class}: {entries} of these concern days that have been, and nobody accepted them",
                    "{class}: 過去の日に遡る変更が {entries} 件あり、承認されていません"
                )
            }
            Objection::OtherCount { class, accepted, entries } => {
                let class = names.class(class);
                say!(
                    lang,
                    "{class}: accepted with {accepted}, and there are {entries}",
                    "{class}: {accepted} 件として承認されていますが、実際は {entries} 件です"
                )
            }
            Objection::Never(change) => {
                let change = told(change, names, lang);
                say!(
                    lang,
                    "{change}: the field says what the code means, and a code is not used again for \
                     something else",
                    "{change}: コードの意味を表す項目です。一度使ったコードを別の意味に変えることはできません"
                )
            }
            Objection::Undeclared(change) => {
                let change = told(change, names, lang);
                say!(
                    lang,
                    "{change}: judged differently, and the signed list does not have it",
                    "{change}: 判定が変わりますが、署名済みの一覧にありません"
                )
            }
            Objection::NotThere(change) => {
                let change = told(change, names, lang);
                say!(
                    lang,
                    "{change}: in the signed list, and nothing is judged so",
                    "{change}: 署名済みの一覧にありますが、実際の変更ではありません"
                )
            }
        }
    }
}

impl Speak for Objection {
    fn say(&self, lang: Lang) -> String {
        self.told(Names::of(None, lang), lang)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> TreatmentDay {
        TreatmentDay::parse(text).unwrap()
    }

    fn change(key: &str, id: &str, first: &str, last: &str) -> Change {
        let days = Days { first: day(first), last: TreatmentDay::parse(last) };
        let what = match id {
            "" => What::Cover { old: Cover::InForce, new: Cover::Gone },
            id => What::Field { id: id.to_owned(), old: "1".to_owned(), new: "2".to_owned() },
        };
        Change { kind: "procedure".to_owned(), key: key.to_owned(), what, days, published: None }
    }

    fn accepted(class: &str, entries: u64) -> AcceptedPast {
        AcceptedPast {
            class: PastClass::parse(class).unwrap(),
            entries,
            reason: "r".to_owned(),
            source: "s".to_owned(),
        }
    }

    #[test]
    fn each_class_of_the_past_is_accepted_with_its_very_number() {
        let schemas = Schemas::built_in().unwrap();
        let changes = [
            change("111000110", "full_name", "20240601", "20240630"),
            change("111000110", "points", "20240601", ""),
            change("112007410", "", "20240601", ""),
            change("112007410", "points", "20240701", ""),
        ];
        let weighed = weigh(&schemas, &changes, day("20240701"));
        assert_eq!(weighed.counts, Counts { past: 1, past_and_future: 2, future: 1 });
        let classes: Vec<_> =
            weighed.classes.iter().map(|(class, count)| format!("{class} {count}")).collect();
        assert_eq!(
            classes,
            ["procedure/cover-lost 1", "procedure/full_name 1", "procedure/points/111000110 1"]
        );
        let all = [
            accepted("procedure/cover-lost", 1),
            accepted("procedure/points/111000110", 1),
            accepted("procedure/full_name", 1),
        ];
        assert_eq!(weighed.objections(&all), []);
        assert!(matches!(weighed.objections(&all[1..])[..], [Objection::NotAccepted { entries: 1, .. }]));
        let more = [&all[..], &[accepted("procedure/full_name", 1)]].concat();
        assert!(matches!(weighed.objections(&more)[..], [Objection::OtherCount { entries: 0, .. }]));
        let mut other = all;
        other[0].entries = 2;
        assert!(matches!(
            weighed.objections(&other)[..],
            [Objection::OtherCount { accepted: 2, entries: 1, .. }]
        ));
    }

    #[test]
    fn in_japanese_masters_and_columns_are_called_as_in_their_layouts() {
        let schemas = Schemas::built_in().unwrap();
        let never = Objection::Never(Box::new(change("111000110", "points", "20240601", "")));
        assert!(never.named(&schemas, Lang::En).starts_with("procedure 111000110 2024-06-01– points: 1 → 2"));
        let said = never.named(&schemas, Lang::Ja);
        assert!(
            said.starts_with("医科診療行為マスター 111000110 2024-06-01– 新又は現点数: 1 → 2: "),
            "{said}"
        );
        let of = |class: &str| {
            let class = PastClass::parse(class).unwrap();
            Objection::NotAccepted { class, entries: 3 }.named(&schemas, Lang::Ja)
        };
        let said = of("procedure/points/112007410");
        let name = "医科診療行為マスター 112007410 新又は現点数（procedure/points/112007410）: ";
        assert!(said.starts_with(name), "{said}");
        assert!(of("drug/cover-lost").starts_with("医薬品マスター 適用の終了（drug/cover-lost）: "));
        // What nobody has a name for is called as the list has it.
        assert!(of("dental/points").starts_with("dental points（dental/points）: "));
    }

    #[test]
    fn a_class_is_one_that_a_change_can_have() {
        let schemas = Schemas::built_in().unwrap();
        let told = |text: &str| is_class(&schemas, &PastClass::parse(text).unwrap());
        for class in
            ["procedure/full_name", "procedure/points/112007410", "drug/cover-lost", "comment/series"]
        {
            assert_eq!(told(class), Ok(()), "{class}");
        }
        assert!(matches!(told("procedures/points"), Err(NotAClass::Kind { kinds }) if kinds.len() >= 5));
        let Err(NotAClass::Field { fields }) = told("procedure/point/112007410") else { panic!() };
        assert!(
            fields.contains(&"points".to_owned()) && fields.contains(&"cover-lost".to_owned()),
            "{fields:?}"
        );
        assert_eq!(told("procedure/points"), Err(NotAClass::EachCode));
        assert_eq!(told("procedure/full_name/112007410"), Err(NotAClass::AllTogether));
        assert_eq!(told("drug/series/620000001"), Err(NotAClass::AllTogether));
        // What no layout knows is asked for code by code; the days of a series are one matter.
        let unknown = change("112007410", "no_such_field", "20240601", "");
        assert_eq!(unknown.class(&schemas).unwrap().as_str(), "procedure/no_such_field/112007410");
        let what = What::Cover { old: Cover::InForce, new: Cover::NoSeries };
        let gone = Change { what, ..change("112007410", "", "20240601", "") };
        assert_eq!(gone.class(&schemas).unwrap().as_str(), "procedure/series");
    }

    #[test]
    fn declared_and_computed_are_equal_both_ways() {
        let one = change("111000110", "points", "20240601", "");
        let two = change("112007410", "points", "20240601", "");
        let (a, b) = (std::slice::from_ref(&one), [one.clone(), two.clone()]);
        assert_eq!(same(&b, &b), []);
        assert_eq!(same(a, &b), [Objection::Undeclared(Box::new(two.clone()))]);
        assert_eq!(same(&b, a), [Objection::NotThere(Box::new(two.clone()))]);
        let mut other = one.clone();
        other.what = What::Field { id: "points".to_owned(), old: "1".to_owned(), new: "3".to_owned() };
        let objections = same(a, &[other.clone()]);
        assert_eq!(objections, [Objection::NotThere(Box::new(one)), Objection::Undeclared(Box::new(other))]);
    }

    fn valued(key: &str, id: &str, (old, new): (&str, &str), first: &str, last: &str) -> Change {
        let what = What::Field { id: id.to_owned(), old: old.to_owned(), new: new.to_owned() };
        Change { what, ..change(key, id, first, last) }
    }

    fn covered(key: &str, old: Cover, new: Cover, first: &str) -> Change {
        Change { what: What::Cover { old, new }, ..change(key, "", first, "") }
    }

    #[test]
    fn what_several_steps_lead_to_is_declared() {
        // The newest first.
        let steps = [
            vec![valued("1", "points", ("75", "76"), "20240701", "20240731")],
            vec![
                valued("1", "points", ("74", "75"), "20240601", "20240630"),
                valued("1", "points", ("74", "75"), "20240701", ""),
                covered("2", Cover::InForce, Cover::Gone, "20240601"),
                covered("", Cover::NoSeries, Cover::NotListed, "20240601"),
            ],
        ];
        let is_declared = |computed: Change| undeclared(&steps, &[computed]).is_empty();
        let points = |values, first, last| valued("1", "points", values, first, last);
        assert!(is_declared(points(("74", "75"), "20240610", "20240630")));
        assert!(is_declared(points(("74", "76"), "20240701", "20240731")));
        assert!(is_declared(points(("74", "75"), "20240801", "")));
        // Another value, a step left out, days that no step has, another field.
        assert!(!is_declared(points(("74", "99"), "20240610", "20240630")));
        assert!(!is_declared(points(("74", "75"), "20240701", "20240731")));
        assert!(!is_declared(points(("74", "76"), "20240701", "20240801")));
        assert!(!is_declared(points(("74", "75"), "20240531", "20240610")));
        assert!(!is_declared(valued("1", "name", ("74", "75"), "20240610", "20240620")));
        assert!(is_declared(covered("2", Cover::InForce, Cover::Gone, "20240610")));
        assert!(!is_declared(covered("2", Cover::InForce, Cover::NotListed, "20240610")));
        assert!(!is_declared(covered("1", Cover::InForce, Cover::Gone, "20240610")));
        // What a list says of every code that stands nowhere is said of such a code, and of no other.
        assert!(is_declared(covered("3", Cover::NoSeries, Cover::NotListed, "20240610")));
        assert!(!is_declared(covered("3", Cover::InForce, Cover::NotListed, "20240610")));
        assert!(!is_declared(valued("3", "points", ("74", "75"), "20240610", "")));
        // One step explains itself, whatever it says.
        let odd = vec![valued("", "points", ("74", "75"), "20240601", "")];
        assert_eq!(undeclared(std::slice::from_ref(&odd), &odd), []);
    }
}
