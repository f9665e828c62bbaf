//! The masters as a checker holds them: every series at once, asked by (kind, code, treatment day).
//!
//! What holds on a day the timelines of each master say (`warifu_masters::past`): the newest record or one
//! that was superseded, or why there is none. They are asked once, when the snapshot is built: what is kept
//! is a version for each run of days on which the same holds, for each record the few columns that checks
//! read, and one text with the names. What is kept of one master stands on a shelf of its own: the snapshot
//! of a release that carries the same master again takes it from there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::age_additions::AgeAdditions;
use super::answer::Lookup;
use super::comment::Comment;
use super::disease::{Disease, FormerDisease};
use super::disease_names::DiseaseNames;
use super::drug::Drug;
use super::facts::Facts;
use super::material::Material;
use super::modifier::Modifier;
use super::points::{self, PointsShelf, PointsTables, TablesOf};
use super::procedure::Procedure;
use super::relation::{self, Relation, RelationShelf, Relations};
use super::rows::{ByCode, Standing};
use super::shelf::Shelf;
use super::shelves::Shelves;
use super::snapshot_error::SnapshotError;
use crate::item_code::ItemKind;
use warifu_masters::past::MasterOf;
use warifu_values::day::{ClaimMonth, TreatmentDay};

/// The masters of one release as a checker holds them. Immutable.
#[derive(Debug, Default)]
pub struct Snapshot {
    procedures: Shelves<Procedure>,
    age_additions: AgeAdditions,
    drugs: Shelves<Drug>,
    materials: Shelves<Material>,
    comments: Shelves<Comment>,
    pub(super) diseases: Shelves<Disease>,
    pub(super) disease_names: DiseaseNames,
    pub(super) former_diseases: Shelves<FormerDisease>,
    modifiers: Shelves<Modifier>,
    points: PointsTables,
    relations: Relations,
}

/// What a snapshot keeps of one master. It shares that with the snapshot that it comes from.
#[derive(Debug, Clone)]
pub struct Shelved(OfKind);

#[derive(Debug, Clone)]
enum OfKind {
    Procedure(Arc<Shelf<Procedure>>),
    Drug(Arc<Shelf<Drug>>),
    Material(Arc<Shelf<Material>>),
    Comment(Arc<Shelf<Comment>>),
    Disease(Arc<Shelf<Disease>>),
    FormerDisease(Arc<Shelf<FormerDisease>>),
    Modifier(Arc<Shelf<Modifier>>),
    Points(Arc<PointsShelf>),
    Relation(Arc<RelationShelf>),
}

impl Shelved {
    /// What is kept of a master; nothing of a kind that checks do not ask.
    fn build(of: &MasterOf<'_>) -> Result<Option<Shelved>, SnapshotError> {
        let of_kind = match of.kind {
            Procedure::KIND => OfKind::Procedure(Arc::new(Shelf::build(of)?)),
            Drug::KIND => OfKind::Drug(Arc::new(Shelf::build(of)?)),
            Material::KIND => OfKind::Material(Arc::new(Shelf::build(of)?)),
            Comment::KIND => OfKind::Comment(Arc::new(Shelf::build(of)?)),
            Disease::KIND => OfKind::Disease(Arc::new(Shelf::build(of)?)),
            FormerDisease::KIND => OfKind::FormerDisease(Arc::new(Shelf::build(of)?)),
            Modifier::KIND => OfKind::Modifier(Arc::new(Shelf::build(of)?)),
            relation::KIND => OfKind::Relation(Arc::new(RelationShelf::build(of)?)),
            _ => match PointsShelf::build(of)? {
                Some(shelf) => OfKind::Points(Arc::new(shelf)),
                None => return Ok(None),
            },
        };
        Ok(Some(Shelved(of_kind)))
    }

    /// The series and the kind.
    fn of(&self) -> (&str, &'static str) {
        match &self.0 {
            OfKind::Procedure(shelf) => (&shelf.series, Procedure::KIND),
            OfKind::Drug(shelf) => (&shelf.series, Drug::KIND),
            OfKind::Material(shelf) => (&shelf.series, Material::KIND),
            OfKind::Comment(shelf) => (&shelf.series, Comment::KIND),
            OfKind::Disease(shelf) => (&shelf.series, Disease::KIND),
            OfKind::FormerDisease(shelf) => (&shelf.series, FormerDisease::KIND),
            OfKind::Modifier(shelf) => (&shelf.series, Modifier::KIND),
            OfKind::Points(shelf) => (&shelf.series, shelf.kind),
            OfKind::Relation(shelf) => (&shelf.series, relation::KIND),
        }
    }
}

/// The kinds that checks ask.
pub const KINDS: [&str; 16] = {
    let mut kinds = [relation::KIND; 16];
    (kinds[0], kinds[1], kinds[2], kinds[3]) = (Procedure::KIND, Drug::KIND, Material::KIND, Comment::KIND);
    (kinds[4], kinds[5], kinds[6]) = (Disease::KIND, FormerDisease::KIND, Modifier::KIND);
    let mut at = 0;
    while at < points::KINDS.len() {
        kinds[7 + at] = points::KINDS[at].0;
        at += 1;
    }
    kinds
};

impl Snapshot {
    /// Takes from `masters` what the checks need. Of two that govern a day for one kind, the one that began
    /// later does.
    ///
    /// # Errors
    /// [`SnapshotError`] names the master and the column or record that cannot be used.
    pub fn build(masters: &[MasterOf<'_>]) -> Result<Snapshot, SnapshotError> {
        Snapshot::build_beside(masters, Vec::new())
    }

    /// The same of `masters`, and of others that stand in snapshots already.
    ///
    /// # Errors
    /// As [`Snapshot::build`].
    pub fn build_beside(masters: &[MasterOf<'_>], mut all: Vec<Shelved>) -> Result<Snapshot, SnapshotError> {
        for of in masters {
            all.extend(Shelved::build(of)?);
        }
        let mut known = BTreeSet::new();
        if let Some((series, kind)) = all.iter().map(Shelved::of).find(|of| !known.insert(*of)) {
            let (series, kind) = (series.to_owned(), kind.to_owned());
            return Err(SnapshotError::Twice { series, kind });
        }
        let (mut procedures, mut drugs) = (Vec::new(), Vec::new());
        let (mut materials, mut comments) = (Vec::new(), Vec::new());
        let (mut diseases, mut former_diseases, mut modifiers) = (Vec::new(), Vec::new(), Vec::new());
        let (mut points, mut relations) = (Vec::new(), Vec::new());
        for Shelved(shelved) in all {
            match shelved {
                OfKind::Procedure(shelf) => procedures.push(shelf),
                OfKind::Drug(shelf) => drugs.push(shelf),
                OfKind::Material(shelf) => materials.push(shelf),
                OfKind::Comment(shelf) => comments.push(shelf),
                OfKind::Disease(shelf) => diseases.push(shelf),
                OfKind::FormerDisease(shelf) => former_diseases.push(shelf),
                OfKind::Modifier(shelf) => modifiers.push(shelf),
                OfKind::Points(shelf) => points.push(shelf),
                OfKind::Relation(shelf) => relations.push(shelf),
            }
        }
        let (procedures, diseases) = (Shelves::of(procedures), Shelves::of(diseases));
        Ok(Snapshot {
            age_additions: AgeAdditions::of(&procedures),
            procedures,
            drugs: Shelves::of(drugs),
            materials: Shelves::of(materials),
            comments: Shelves::of(comments),
            disease_names: DiseaseNames::of(&diseases),
            diseases,
            former_diseases: Shelves::of(former_diseases),
            modifiers: Shelves::of(modifiers),
            points: PointsTables::of(points),
            relations: Relations::of(relations),
        })
    }

    /// What is kept of the master of `series` and `kind`, for a snapshot with the same master; none where
    /// this one was not built of such a master, or checks do not ask its kind.
    pub fn shelved(&self, series: &str, kind: &str) -> Option<Shelved> {
        let of_kind = match kind {
            Procedure::KIND => OfKind::Procedure(Arc::clone(self.procedures.of_series(series)?)),
            Drug::KIND => OfKind::Drug(Arc::clone(self.drugs.of_series(series)?)),
            Material::KIND => OfKind::Material(Arc::clone(self.materials.of_series(series)?)),
            Comment::KIND => OfKind::Comment(Arc::clone(self.comments.of_series(series)?)),
            Disease::KIND => OfKind::Disease(Arc::clone(self.diseases.of_series(series)?)),
            FormerDisease::KIND => OfKind::FormerDisease(Arc::clone(self.former_diseases.of_series(series)?)),
            Modifier::KIND => OfKind::Modifier(Arc::clone(self.modifiers.of_series(series)?)),
            relation::KIND => OfKind::Relation(Arc::clone(self.relations.of_series(series)?)),
            _ => OfKind::Points(Arc::clone(self.points.of_series(series, kind)?)),
        };
        Some(Shelved(of_kind))
    }

    /// The procedure `code` on `day`.
    #[inline]
    pub fn procedure(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Procedure> {
        self.procedures.lookup(code, day)
    }

    /// Whether some procedure takes `addition` as one for some ages on `day`.
    #[cold]
    pub(crate) fn is_age_addition(&self, addition: u32, day: TreatmentDay) -> bool {
        self.age_additions.takers(addition).any(|taker| match self.procedure(taker, day) {
            Lookup::InForce(held) => held.facts.age_additions.contains(&addition),
            Lookup::Absent(..) => false,
        })
    }

    /// The drug `code` on `day`.
    #[inline]
    pub fn drug(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Drug> {
        self.drugs.lookup(code, day)
    }

    /// The material `code` on `day`.
    #[inline]
    pub fn material(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Material> {
        self.materials.lookup(code, day)
    }

    /// The comment `code` on `day`.
    #[inline]
    pub fn comment(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Comment> {
        self.comments.lookup(code, day)
    }

    /// The modifier `code` on `day`.
    #[inline]
    pub fn modifier(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Modifier> {
        self.modifiers.lookup(code, day)
    }

    /// The points tables (電子点数表) that judge `month`; none where there is none at all.
    #[inline]
    pub(crate) fn points_tables(&self, month: ClaimMonth) -> Option<TablesOf<'_>> {
        self.points.of_month(month)
    }

    /// The コメント関連テーブル that judges `month`.
    #[inline]
    pub(crate) fn relations(&self, month: ClaimMonth) -> Option<Standing<'_, ByCode<Relation>>> {
        self.relations.of_month(month)
    }

    /// The columns of the tables whose records are about several codes that decide what is answered, by field
    /// id, besides those with days.
    pub fn table_columns() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        points::KINDS.into_iter().chain([(relation::KIND, relation::COLUMNS)])
    }

    /// How many comments that a claim decides the コメント関連テーブル makes due: one for each run of days on
    /// which a record holds.
    pub fn relation_rows(&self) -> usize {
        self.relations.rows()
    }

    /// How many rows of the points tables are held: one for each run of days on which a record holds.
    pub fn points_rows(&self) -> usize {
        self.points.rows()
    }

    /// The columns of a master that decide what is answered, by field id; names are told only. Of diseases,
    /// those of the ones in use and of the former ones.
    pub fn columns(kind: ItemKind) -> Vec<&'static str> {
        match kind {
            ItemKind::Procedure => Procedure::all_columns(),
            ItemKind::Drug => Drug::all_columns(),
            ItemKind::Material => Material::all_columns(),
            ItemKind::Comment => Comment::all_columns(),
            ItemKind::Disease => {
                let former = FormerDisease::all_columns().into_iter();
                former.chain(Disease::COLUMNS.iter().copied()).collect()
            }
            ItemKind::Modifier => Modifier::all_columns(),
        }
    }

    /// How many records are held: of each code in a series those that differ in what checks read or in their
    /// name.
    pub fn records(&self, kind: ItemKind) -> usize {
        match kind {
            ItemKind::Procedure => self.procedures.records(),
            ItemKind::Drug => self.drugs.records(),
            ItemKind::Material => self.materials.records(),
            ItemKind::Comment => self.comments.records(),
            ItemKind::Disease => self.diseases.records() + self.former_diseases.records(),
            ItemKind::Modifier => self.modifiers.records(),
        }
    }

    /// How many bytes of memory it takes, without the allocator's own, and with what it shares with others.
    pub fn bytes(&self) -> usize {
        Snapshot::bytes_of_all([self])
    }

    /// How many bytes `snapshots` take together: what they share counts once.
    pub fn bytes_of_all<'a>(snapshots: impl IntoIterator<Item = &'a Snapshot>) -> usize {
        let shelves: BTreeMap<*const (), usize> = snapshots.into_iter().flat_map(Snapshot::shelves).collect();
        shelves.values().sum()
    }

    /// Each shelf by where it lies, and how many bytes of memory it takes.
    fn shelves(&self) -> impl Iterator<Item = (*const (), usize)> {
        let items = self.procedures.bytes().chain(self.drugs.bytes()).chain(self.materials.bytes());
        let named = self.diseases.bytes().chain(self.former_diseases.bytes()).chain(self.modifiers.bytes());
        items
            .chain(self.comments.bytes())
            .chain(named)
            .chain(self.points.bytes())
            .chain(self.relations.bytes())
            .chain([self.age_additions.bytes(), self.disease_names.bytes()])
    }
}
