//! The masters as a checker holds them: every series at once, asked by (kind, code, treatment day).
//!
//! A full file keeps only the newest version of each row (適用日), and a new series does not carry the rows it
//! abolished. So one full alone cannot say what held before its newest dates, and says so: a code whose only
//! known version begins after the treatment day is [`Lookup::NotYetInForce`], which is no fault of the claim.
//! Holding the series before beside the new one fills the gap.
//!
//! Rows are asked for the columns that the checks need once, when the snapshot is built; what is kept is a
//! few dozen bytes a row and one text with the names.

use super::answer::Lookup;
use super::comment::Comment;
use super::drug::Drug;
use super::facts::Facts;
use super::master_of::{MasterOf, SnapshotError};
use super::material::Material;
use super::procedure::Procedure;
use super::shelf::Shelf;
use crate::file::ItemKind;
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
    /// Takes from `masters` what the checks need.
    ///
    /// # Errors
    /// [`SnapshotError`] names the master and the column or record that cannot be used.
    pub fn build(masters: &[MasterOf<'_>]) -> Result<Snapshot, SnapshotError> {
        let of = |kind: &str| -> Result<Vec<&MasterOf<'_>>, SnapshotError> {
            let mut chosen: Vec<_> = masters.iter().filter(|master| master.kind == kind).collect();
            chosen.sort_by_key(|master| (master.effective_from, master.series));
            match chosen.windows(2).find(|pair| pair[0].series == pair[1].series) {
                None => Ok(chosen),
                Some(pair) => {
                    Err(SnapshotError::Twice { series: pair[0].series.to_owned(), kind: kind.to_owned() })
                }
            }
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

    /// How many versions of records are held.
    pub fn records(&self, kind: ItemKind) -> usize {
        match kind {
            ItemKind::Procedure => self.procedures.versions.len(),
            ItemKind::Drug => self.drugs.versions.len(),
            ItemKind::Material => self.materials.versions.len(),
            ItemKind::Comment => self.comments.versions.len(),
        }
    }

    /// How many bytes of memory it takes, without the allocator's own.
    pub fn bytes(&self) -> usize {
        self.procedures.bytes() + self.drugs.bytes() + self.materials.bytes() + self.comments.bytes()
    }
}
