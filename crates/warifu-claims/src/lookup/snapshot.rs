//! The masters as a checker holds them: every series at once, asked by (kind, code, treatment day).
//!
//! What holds on a day the timelines of each master say (`warifu_masters::past`): the newest record or one
//! that was superseded, or why there is none. They are asked once, when the snapshot is built: what is kept
//! is a version for each run of days on which the same holds, for each record the few columns that checks
//! read, and one text with the names.

use super::answer::Lookup;
use super::comment::Comment;
use super::drug::Drug;
use super::facts::Facts;
use super::material::Material;
use super::procedure::Procedure;
use super::shelf::Shelf;
use super::snapshot_error::SnapshotError;
use crate::file::ItemKind;
use warifu_masters::past::MasterOf;
use warifu_values::day::TreatmentDay;

/// The masters of one release as a checker holds them. Immutable.
#[derive(Debug, Default)]
pub struct Snapshot {
    procedures: Shelf<Procedure>,
    drugs: Shelf<Drug>,
    materials: Shelf<Material>,
    comments: Shelf<Comment>,
}

/// The kinds that checks ask.
pub const KINDS: [&str; 4] = [Procedure::KIND, Drug::KIND, Material::KIND, Comment::KIND];

impl Snapshot {
    /// Takes from `masters` what the checks need. Of two that govern a day for one kind, the one that began
    /// later does.
    ///
    /// # Errors
    /// [`SnapshotError`] names the master and the column or record that cannot be used.
    pub fn build(masters: &[MasterOf<'_>]) -> Result<Snapshot, SnapshotError> {
        let of = |kind: &str| -> Result<Vec<&MasterOf<'_>>, SnapshotError> {
            let mut chosen: Vec<_> = masters.iter().filter(|master| master.kind == kind).collect();
            chosen.sort_by_key(|master| master.series);
            if let Some(pair) = chosen.windows(2).find(|pair| pair[0].series == pair[1].series) {
                let (series, kind) = (pair[0].series.to_owned(), kind.to_owned());
                return Err(SnapshotError::Twice { series, kind });
            }
            chosen.sort_by_key(|master| master.timelines.governs());
            Ok(chosen)
        };
        Ok(Snapshot {
            procedures: Shelf::build(&of(Procedure::KIND)?)?,
            drugs: Shelf::build(&of(Drug::KIND)?)?,
            materials: Shelf::build(&of(Material::KIND)?)?,
            comments: Shelf::build(&of(Comment::KIND)?)?,
        })
    }

    /// The procedure `code` on `day`.
    #[inline]
    pub fn procedure(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Procedure> {
        self.procedures.lookup(code, day)
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

    /// The columns of a master that decide what is answered, by field id; names are told only.
    pub fn columns(kind: ItemKind) -> Vec<&'static str> {
        match kind {
            ItemKind::Procedure => Procedure::all_columns(),
            ItemKind::Drug => Drug::all_columns(),
            ItemKind::Material => Material::all_columns(),
            ItemKind::Comment => Comment::all_columns(),
        }
    }

    /// How many records are held: of each code those that differ in what checks read or in their name.
    pub fn records(&self, kind: ItemKind) -> usize {
        match kind {
            ItemKind::Procedure => self.procedures.facts.len(),
            ItemKind::Drug => self.drugs.facts.len(),
            ItemKind::Material => self.materials.facts.len(),
            ItemKind::Comment => self.comments.facts.len(),
        }
    }

    /// How many bytes of memory it takes, without the allocator's own.
    pub fn bytes(&self) -> usize {
        self.procedures.bytes() + self.drugs.bytes() + self.materials.bytes() + self.comments.bytes()
    }
}
