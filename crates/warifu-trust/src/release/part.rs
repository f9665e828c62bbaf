//! The parts of a release whose bytes it carries, in the one order in which everybody goes through them.

use crate::names::TargetName;
use crate::release::changes::{Changes, EarlierChanges};
use crate::release::content::Content;
use crate::release::manifest::Manifest;
use crate::release::master::MasterEntry;

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds<'a> {
    /// The canonical bytes of a master.
    Master(&'a MasterEntry),
    /// The timelines of a master.
    Timelines(&'a MasterEntry),
    /// What the release changes.
    Changes,
    /// What an earlier release changed.
    Earlier(&'a EarlierChanges),
}

impl Holds<'_> {
    /// Whether both stand in the same place of two releases: the same master, what each changes.
    pub(super) fn is_place_of(&self, other: &Holds<'_>) -> bool {
        let same =
            |one: &MasterEntry, two: &MasterEntry| (&one.series, &one.kind) == (&two.series, &two.kind);
        match (self, other) {
            (Holds::Master(one), Holds::Master(two)) | (Holds::Timelines(one), Holds::Timelines(two)) => {
                same(one, two)
            }
            (Holds::Changes, Holds::Changes) => true,
            _ => false,
        }
    }
}

/// One part of a release: bytes by digest, and the target that holds them, compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// What it holds.
    pub holds: Holds<'a>,
    /// Its bytes, by digest.
    pub content: Content,
    /// The target.
    pub blob: &'a TargetName,
}

impl<'a> Part<'a> {
    fn master(entry: &'a MasterEntry) -> Self {
        Part { holds: Holds::Master(entry), content: entry.canonical, blob: &entry.blob }
    }

    fn timelines(entry: &'a MasterEntry) -> Self {
        Part { holds: Holds::Timelines(entry), content: entry.timelines, blob: &entry.timelines_blob }
    }

    fn changes(changes: &'a Changes) -> Self {
        Part { holds: Holds::Changes, content: changes.content, blob: &changes.blob }
    }

    fn earlier(earlier: &'a EarlierChanges) -> Self {
        Part { holds: Holds::Earlier(earlier), content: earlier.content, blob: &earlier.blob }
    }

    /// Whether `bytes` are the ones that were signed.
    pub fn is(&self, bytes: &[u8]) -> bool {
        Content::of(bytes) == self.content
    }
}

impl Manifest {
    /// Every part that the release carries: each master and its timelines, what changes, and what the
    /// releases before changed.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let masters = self.masters.iter().flat_map(|entry| [Part::master(entry), Part::timelines(entry)]);
        let changes = self.changes.iter().flat_map(|changes| {
            [Part::changes(changes)].into_iter().chain(changes.earlier.iter().map(Part::earlier))
        });
        masters.chain(changes)
    }
}

/// The bytes of a release's parts, in the manifest's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseBytes {
    /// Of each master.
    pub masters: Vec<MasterBytes>,
    /// Of what changes; there exactly when the manifest has it.
    pub changes: Option<ChangesBytes>,
}

/// The bytes of one master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterBytes {
    /// The newest state.
    pub canonical: Vec<u8>,
    /// Every record with its days.
    pub timelines: Vec<u8>,
}

/// The lists of what changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesBytes {
    /// Since the release before.
    pub list: Vec<u8>,
    /// Those of the releases before, the newest first.
    pub earlier: Vec<Vec<u8>>,
}

impl ReleaseBytes {
    /// The bytes of each of the manifest's parts, as `bytes_of` gives them, asked in the order of
    /// [`Manifest::parts`].
    ///
    /// # Errors
    ///
    /// Those of `bytes_of`.
    pub fn gather<E>(
        manifest: &Manifest,
        mut bytes_of: impl FnMut(Part<'_>) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let mut masters = Vec::new();
        for entry in &manifest.masters {
            let canonical = bytes_of(Part::master(entry))?;
            masters.push(MasterBytes { canonical, timelines: bytes_of(Part::timelines(entry))? });
        }
        let mut changes = None;
        if let Some(told) = &manifest.changes {
            let list = bytes_of(Part::changes(told))?;
            let earlier = told.earlier.iter().map(|earlier| bytes_of(Part::earlier(earlier)));
            changes = Some(ChangesBytes { list, earlier: earlier.collect::<Result<_, E>>()? });
        }
        Ok(ReleaseBytes { masters, changes })
    }

    /// The bytes in the order of [`Manifest::parts`].
    pub fn in_order(&self) -> impl Iterator<Item = &[u8]> {
        let masters = self.masters.iter().flat_map(|master| [&master.canonical, &master.timelines]);
        let changes =
            self.changes.iter().flat_map(|changes| [&changes.list].into_iter().chain(&changes.earlier));
        masters.chain(changes).map(Vec::as_slice)
    }
}
