//! What a release changes, as people read it: by class, the gravest first, with the names of codes and
//! fields.

use std::collections::{BTreeMap, HashMap};

use warifu_masters::past::{Change, Heading, What};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::past::cover;
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::PastClass;
use warifu_values::lang::{Lang, counted};
use warifu_values::say;

/// Which changes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those that concern days that have been.
    Past,
    /// Those that concern days to come only.
    Future,
}

/// What codes are called.
#[derive(Debug, Clone, Default)]
pub struct Names(HashMap<String, HashMap<String, String>>);

impl Names {
    /// Of the codes in `list`, as the first of `masters` that has one calls it; each with its kind.
    pub(super) fn of(list: &[Change], masters: &[(&str, &Master)]) -> Names {
        let mut names: HashMap<String, HashMap<String, String>> = HashMap::new();
        for change in list {
            let of_kind = match names.get_mut(&change.kind) {
                Some(of_kind) => of_kind,
                None => names.entry(change.kind.clone()).or_default(),
            };
            if of_kind.contains_key(&change.key) {
                continue;
            }
            let alike = masters.iter().filter(|(kind, _)| *kind == change.kind);
            let called = alike.filter_map(|(_, of)| Some(of.label(of.find(&change.key)?))).next();
            of_kind.insert(change.key.clone(), called.unwrap_or_default().to_owned());
        }
        Names(names)
    }

    /// What the code is called; blank where nobody knows.
    pub fn of_code(&self, kind: &str, key: &str) -> &str {
        self.0.get(kind).and_then(|of_kind| of_kind.get(key)).map_or("", String::as_str)
    }
}

/// Changes of one kind and field, or of what is in force.
#[derive(Debug)]
pub struct Group<'a> {
    /// The class, without a code.
    pub class: PastClass,
    /// Whether each code is asked for by name.
    pub by_code: bool,
    /// The changes, in the order of the list.
    pub changes: Vec<&'a Change>,
}

/// The changes of one side, the gravest class first: those of what a code means, amounts, what is in force,
/// then the rest.
pub fn groups<'a>(schemas: &Schemas, list: &'a [Change], before: TreatmentDay, side: Side) -> Vec<Group<'a>> {
    let is_future = |change: &&Change| change.days.heading(before) == Heading::Future;
    let mut found: BTreeMap<(u8, PastClass), Group<'a>> = BTreeMap::new();
    for change in list.iter().filter(|change| is_future(change) == (side == Side::Future)) {
        let class = change.class(schemas);
        let by_code = class.as_ref().is_some_and(|class| class.parts().2.is_some());
        let rank = match (&class, &change.what) {
            (None, _) => 0,
            _ if by_code => 1,
            (_, What::Cover { .. }) => 2,
            _ => 3,
        };
        let class = match class {
            Some(class) => PastClass::of_all(class.parts().0, class.parts().1),
            None => PastClass::of_all(&change.kind, change.subject()),
        };
        let group = Group { class: class.clone(), by_code, changes: Vec::new() };
        found.entry((rank, class)).or_insert(group).changes.push(change);
    }
    found.into_values().collect()
}

/// The Japanese name of the field, as the newest layout of the kind that has it gives it.
fn field_name<'a>(schemas: &'a Schemas, kind: &str, id: &str) -> Option<&'a str> {
    let of = |layout: &&'a std::sync::Arc<warifu_masters::schema::Layout>| {
        layout.position(id).map(|column| layout.columns[column].name.as_str())
    };
    schemas.editions(kind).iter().rev().find_map(of)
}

/// What a class is called: `procedure/points（点数）`.
pub fn class_name(schemas: &Schemas, class: &PastClass, lang: Lang) -> String {
    let (kind, subject, _) = class.parts();
    let name = match (subject, lang) {
        ("series", _) => say!(lang, "days of a series", "系列の適用期間"),
        ("withdrawn", _) => say!(lang, "entries taken back", "抹消"),
        ("cover-lost", _) => say!(lang, "not in force any more", "適用がなくなる"),
        ("cover-gained", _) => say!(lang, "in force now", "適用されるようになる"),
        ("cover", _) => say!(lang, "why none is in force", "適用がない理由"),
        (id, _) => field_name(schemas, kind, id).unwrap_or(id).to_owned(),
    };
    say!(lang, "{class} ({name})", "{class}（{name}）")
}

/// A change on one line: code, name, days, old and new.
fn line(names: &Names, change: &Change, lang: Lang) -> String {
    let Change { kind, key, days, what, .. } = change;
    let name = names.of_code(kind, key);
    let (key, gap) = match key.as_str() {
        "" => (say!(lang, "every code that is in no file", "どのファイルにもないコードすべて"), ""),
        key => (key.to_owned(), if name.is_empty() { "" } else { " " }),
    };
    let (first, last) = (days.first.said(lang), days.last.map(|last| last.said(lang)).unwrap_or_default());
    let (old, new) = match what {
        What::Cover { old, new } => (cover(*old, lang), cover(*new, lang)),
        What::Field { old, new, .. } => {
            let shown = |text: &String| match text.as_str() {
                "" => say!(lang, "(blank)", "（空欄）"),
                text => text.to_owned(),
            };
            (shown(old), shown(new))
        }
    };
    say!(
        lang,
        "{key}{gap}{name}: {first}–{last}: {old} → {new}",
        "{key}{gap}{name}（{first}～{last}）: {old} → {new}"
    )
}

/// How many changes of a class are shown.
const SHOWN: usize = 3;

/// The groups as lines, at most `most` of them where that is given: each with how many changes it has, and
/// the first of them as far as there is room.
pub fn lines(
    schemas: &Schemas,
    names: &Names,
    groups: &[Group<'_>],
    most: Option<usize>,
    lang: Lang,
) -> String {
    let (mut text, mut used) = (String::new(), 0);
    for (at, Group { class, by_code, changes }) in groups.iter().enumerate() {
        let room = most.map_or(usize::MAX, |most| most.saturating_sub(used + 1));
        let after = groups.len() - at - 1;
        if room == 0 && after > 0 {
            let left: usize = groups[at..].iter().map(|group| group.changes.len()).sum();
            text.push_str(&say!(
                lang,
                "  {} classes more with {left} changes (--verbose tells all)\n",
                "  ほか {} 区分 {left} 件（--verbose で全件を表示）\n",
                after + 1
            ));
            break;
        }
        let class = class_name(schemas, class, lang);
        let each = if *by_code {
            say!(lang, ", each code by name", "、コードごとに承認")
        } else {
            String::new()
        };
        text.push_str(&say!(
            lang,
            "  {class}: {}{each}\n",
            "  {class}: {} 件{each}\n",
            match lang {
                Lang::En => counted(changes.len() as u64, "change"),
                Lang::Ja => changes.len().to_string(),
            }
        ));
        let shown = if most.is_some() { SHOWN.min(room.saturating_sub(after)) } else { usize::MAX };
        for change in changes.iter().take(shown) {
            text.push_str(&format!("    {}\n", line(names, change, lang)));
        }
        used += 1 + shown.min(changes.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use warifu_masters::past::{Cover, Days};

    use super::*;

    fn changes(fields: &[(&str, usize)]) -> Vec<Change> {
        let day = |text| TreatmentDay::parse(text).unwrap();
        let days = Days { first: day("20240601"), last: Some(day("20240630")) };
        let of = |(id, count): &(&str, usize)| {
            let what = match *id {
                "" => What::Cover { old: Cover::InForce, new: Cover::Gone },
                id => What::Field { id: id.to_owned(), old: String::new(), new: "2".to_owned() },
            };
            let one = move |at: usize| {
                let (kind, key, what) = ("procedure".to_owned(), format!("{at:09}"), what.clone());
                Change { kind, key, what, days, published: None }
            };
            (0..*count).map(one).collect::<Vec<_>>()
        };
        fields.iter().flat_map(of).collect()
    }

    #[test]
    fn a_list_of_changes_is_short_and_says_what_it_leaves_out() {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.editions("procedure")[0];
        let of_all = layout
            .columns
            .iter()
            .filter(|column| column.may_change == warifu_masters::schema::MayChange::Correctable);
        let mut fields: Vec<(&str, usize)> = of_all.take(40).map(|column| (column.id.as_str(), 2)).collect();
        fields.extend([("", 5), ("points", 2000)]);
        let list = changes(&fields);
        let before = TreatmentDay::parse("20240701").unwrap();
        let past = groups(&schemas, &list, before, Side::Past);
        assert!(groups(&schemas, &list, before, Side::Future).is_empty());
        let told = |most| lines(&schemas, &Names::default(), &past, most, Lang::Ja);
        let short = told(Some(24));
        let first: Vec<&str> = short.lines().take(4).collect();
        assert_eq!(first[0], "  procedure/points（新又は現点数/新又は現点数）: 2000 件、コードごとに承認");
        assert_eq!(short.lines().count(), 24, "{short}");
        assert_eq!(short.lines().last(), Some("  ほか 19 区分 38 件（--verbose で全件を表示）"), "{short}");
        let all = told(None);
        assert_eq!(all.lines().count(), past.len() + list.len());
        assert!(all.contains("（令和6年6月1日～令和6年6月30日）: （空欄） → 2"), "{all}");
    }
}
