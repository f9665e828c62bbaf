//! What a release declares of itself: which turns of which code on which days its own changes explain.

use std::collections::BTreeMap;

use warifu_masters::past::{Change, Cover, Days, What};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::Lang;

use crate::file::{ItemCode, ItemKind};

/// How far what the release declares explains that a code is judged differently on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Explained {
    /// It declares nothing.
    Not,
    /// A change of days to come, which nobody had to accept by name. It explains that errors end; that nearly
    /// all uses of a code become errors is no less a fault for being announced.
    Announced,
    /// The end of a code, by a last day or because it is not listed any more, after which days to come
    /// follow. It explains besides that claims of these are wrong about that, and only that.
    EndAnnounced,
    /// A change that reaches into the past, and that both organisations accepted by name.
    Accepted,
}

/// Whoever knows what a release declares.
pub trait Explains {
    /// Of a code on a day.
    fn explains(&self, kind: ItemKind, code: ItemCode, day: TreatmentDay) -> Explained;
}

impl<F: Fn(ItemKind, ItemCode, TreatmentDay) -> Explained> Explains for F {
    fn explains(&self, kind: ItemKind, code: ItemCode, day: TreatmentDay) -> Explained {
        self(kind, code, day)
    }
}

/// Nothing is declared, so nothing is explained.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingDeclared;

impl Explains for NothingDeclared {
    fn explains(&self, _: ItemKind, _: ItemCode, _: TreatmentDay) -> Explained {
        Explained::Not
    }
}

/// The changes that a release declares, asked by code and day.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    codes: BTreeMap<(ItemKind, ItemCode), Vec<(Days, Explained)>>,
    /// Of every code of a kind that stands in no file; of one in a file where its own do not hold the day.
    others: Vec<(ItemKind, Days, Explained)>,
}

/// The master that judges each kind of item.
const MASTERS: [(ItemKind, &str); 4] = [
    (ItemKind::Procedure, "procedure"),
    (ItemKind::Drug, "drug"),
    (ItemKind::Material, "material"),
    (ItemKind::Comment, "comment"),
];

/// What all kinds of points tables (電子点数表) begin with: they judge procedures, several together.
const POINTS: &str = "points-";

/// The comment-relation table (コメント関連テーブル): it judges procedures and drugs by the comments beside them.
const RELATION: &str = "comment-relation";

/// The codes that a record concerns which has the key `key`, a code or several of which some may be codes.
fn codes_of(kind: ItemKind, key: &str) -> impl Iterator<Item = ItemCode> {
    key.split('-').filter_map(move |part| ItemCode::parse(kind, part.as_bytes()))
}

/// The master that judges items of `kind`.
pub(super) fn master_of(kind: ItemKind) -> &'static str {
    MASTERS.iter().find(|(of, _)| *of == kind).map_or("", |(_, master)| master)
}

/// What people call the master `master`.
pub fn master_said(master: &str, lang: Lang) -> String {
    let ja = match MASTERS.iter().find(|(_, of)| *of == master) {
        Some((ItemKind::Procedure, _)) => "診療行為",
        Some((ItemKind::Drug, _)) => "医薬品",
        Some((ItemKind::Material, _)) => "特定器材",
        Some((ItemKind::Comment, _)) => "コメント",
        None => master,
    };
    if lang == Lang::Ja { ja.to_owned() } else { master.to_owned() }
}

impl Declared {
    /// Of the changes of a release for which the days before `past_before` are past. Kinds that no claim
    /// names are passed over.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>, past_before: TreatmentDay) -> Declared {
        let mut declared = Declared::default();
        for change in changes {
            declared.add(change, past_before);
        }
        declared
    }

    /// Takes in what another release declares besides.
    pub fn extend(&mut self, other: &Declared) {
        for (key, days) in &other.codes {
            self.codes.entry(*key).or_default().extend(days);
        }
        self.others.extend(&other.others);
    }

    /// Takes in one change more.
    pub fn add(&mut self, change: &Change, past_before: TreatmentDay) {
        let kinds = match MASTERS.iter().find(|(_, master)| *master == change.kind) {
            Some((kind, _)) => &[*kind][..],
            None if change.kind.starts_with(POINTS) => &[ItemKind::Procedure],
            None if change.kind == RELATION => &[ItemKind::Procedure, ItemKind::Drug],
            None => return,
        };
        let explained = match change.what {
            _ if change.days.first < past_before => Explained::Accepted,
            What::Cover {
                old: Cover::InForce,
                new: Cover::Abolished(_) | Cover::NotListed | Cover::Withdrawn | Cover::Gone,
            } => Explained::EndAnnounced,
            _ => Explained::Announced,
        };
        let mut names_none = true;
        for kind in kinds.iter().copied() {
            for code in codes_of(kind, &change.key) {
                names_none = false;
                let days = self.codes.entry((kind, code)).or_default();
                if !days.contains(&(change.days, explained)) {
                    days.push((change.days, explained));
                }
            }
        }
        // What the relation table says of dentists and others is of no code that is judged here.
        if names_none && (change.kind != RELATION || change.key.is_empty()) {
            self.others.extend(kinds.iter().map(|kind| (*kind, change.days, explained)));
        }
    }

    /// The codes that it names, with the days on which each is judged differently.
    pub fn codes(&self) -> impl Iterator<Item = (ItemKind, ItemCode, Vec<Days>)> {
        let days = |days: &Vec<(Days, Explained)>| days.iter().map(|(days, _)| *days).collect();
        self.codes.iter().map(move |((kind, code), of)| (*kind, *code, days(of)))
    }
}

impl Explains for Declared {
    fn explains(&self, kind: ItemKind, code: ItemCode, day: TreatmentDay) -> Explained {
        let own = self.codes.get(&(kind, code)).into_iter().flatten();
        let own = own.filter(|(days, _)| days.hold(day)).map(|(_, explained)| *explained).max();
        // What is so of every code that stands in no file is not said again of one that does.
        let of_others = || {
            let others = self.others.iter().filter(|(of, days, _)| *of == kind && days.hold(day));
            others.map(|(.., explained)| *explained).max()
        };
        own.or_else(of_others).unwrap_or(Explained::Not)
    }
}
