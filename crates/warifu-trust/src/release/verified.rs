//! A release with its content, every byte with the digest that both organisations signed.

use crate::limits;
use crate::metadata::ReleaseRef;
use crate::release::changes::{Changes, EarlierChanges, EarlierContent};
use crate::release::manifest::Manifest;
use crate::release::master::MasterEntry;
use crate::release::part::{ChangesBytes, MasterBytes, Part, ReleaseBytes};
use crate::release::transfer::Transfer;

/// A release with its content in memory.
#[derive(Debug, Clone)]
pub struct VerifiedRelease {
    manifest: Manifest,
    release: ReleaseRef,
    bytes: ReleaseBytes,
    transfer: Transfer,
}

/// A verified master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedMaster<'a> {
    /// What the manifest says of it.
    pub entry: &'a MasterEntry,
    /// Its canonical bytes.
    pub canonical: &'a [u8],
    /// The canonical bytes of its timelines.
    pub timelines: &'a [u8],
}

/// What a verified release changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedChanges<'a> {
    /// What the manifest says of it.
    pub told: &'a Changes,
    /// The list's canonical bytes.
    pub list: &'a [u8],
    earlier: &'a [Vec<u8>],
}

impl<'a> VerifiedChanges<'a> {
    /// The lists of the releases before, the newest first, each with its canonical bytes.
    pub fn earlier(&self) -> impl Iterator<Item = (&'a EarlierChanges, &'a [u8])> {
        self.told.earlier.iter().zip(self.earlier.iter().map(Vec::as_slice))
    }
}

impl VerifiedRelease {
    /// `bytes` were compared with the manifest, and the manifest with the digest in `release`.
    pub(crate) fn of(
        manifest: Manifest,
        release: ReleaseRef,
        bytes: ReleaseBytes,
        transfer: Transfer,
    ) -> Self {
        VerifiedRelease { manifest, release, bytes, transfer }
    }

    /// Every part with its bytes, in the manifest's order.
    pub fn parts(&self) -> impl Iterator<Item = (Part<'_>, &[u8])> {
        self.manifest.parts().zip(self.bytes.in_order())
    }

    /// How it came.
    pub fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// The manifest that both signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        self.release
    }

    /// The canonical bytes of one master.
    pub fn master(&self, series: &str, kind: &str) -> Option<&[u8]> {
        let found = |one: &VerifiedMaster| one.entry.series == series && one.entry.kind == kind;
        self.masters().find(found).map(|one| one.canonical)
    }

    /// Every master with its bytes, in the manifest's order.
    pub fn masters(&self) -> impl Iterator<Item = VerifiedMaster<'_>> {
        self.manifest.masters.iter().zip(&self.bytes.masters).map(|(entry, bytes)| {
            let MasterBytes { canonical, timelines } = bytes;
            VerifiedMaster { entry, canonical, timelines }
        })
    }

    /// What it changes; none when it follows no release.
    pub fn changes(&self) -> Option<VerifiedChanges<'_>> {
        let (told, ChangesBytes { list, earlier }) =
            self.manifest.changes.as_ref().zip(self.bytes.changes.as_ref())?;
        Some(VerifiedChanges { told, list, earlier })
    }

    /// The lists that a release after this one carries beside its own of `own_bytes`: this release's and
    /// those before it, the newest first, as many as the limits leave room for.
    pub fn lists_to_carry(&self, own_bytes: u64) -> Vec<EarlierContent> {
        let (Some(changes), Some(follows)) = (self.changes(), self.manifest.previous) else {
            return Vec::new();
        };
        let own = (self.release, follows, changes.list);
        let before = changes.earlier().map(|(told, list)| (told.release, told.follows, list));
        let mut left = limits::CHANGES_BYTES.saturating_sub(own_bytes);
        let fits = |(_, _, list): &(ReleaseRef, ReleaseRef, &[u8])| {
            let rest = left.checked_sub(list.len() as u64);
            left = rest.unwrap_or_default();
            rest.is_some()
        };
        let carried = [own].into_iter().chain(before).take(limits::EARLIER).take_while(fits);
        let content = |(release, follows, list): (ReleaseRef, ReleaseRef, &[u8])| EarlierContent {
            release,
            follows,
            list: list.to_vec(),
        };
        carried.map(content).collect()
    }

    /// The manifest, the release and the bytes, given away.
    pub fn into_parts(self) -> (Manifest, ReleaseRef, ReleaseBytes) {
        (self.manifest, self.release, self.bytes)
    }
}

/// A release of which its reader holds some parts, and what is new of it.
#[derive(Debug, Clone)]
pub struct VerifiedNew {
    manifest: Manifest,
    release: ReleaseRef,
    parts: Vec<Option<Vec<u8>>>,
    transfer: Transfer,
}

impl VerifiedNew {
    /// `parts` were compared with the manifest, and the manifest with the digest in `release`.
    pub(crate) fn of(
        manifest: Manifest,
        release: ReleaseRef,
        parts: Vec<Option<Vec<u8>>>,
        transfer: Transfer,
    ) -> Self {
        VerifiedNew { manifest, release, parts, transfer }
    }

    /// How it came.
    pub fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// The manifest that both signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest, the release, and one for each of its parts in the manifest's order, given away: none of
    /// those that the reader said he holds.
    pub fn into_parts(self) -> (Manifest, ReleaseRef, Vec<Option<Vec<u8>>>) {
        (self.manifest, self.release, self.parts)
    }
}

/// The masters of a release and nothing else of it, for whoever wants to write them as files.
#[derive(Debug, Clone)]
pub struct VerifiedMasters {
    manifest: Manifest,
    release: ReleaseRef,
    masters: Vec<Vec<u8>>,
    transfer: Transfer,
}

impl VerifiedMasters {
    /// `masters` were compared with the manifest, and the manifest with the digest in `release`.
    pub(crate) fn of(
        manifest: Manifest,
        release: ReleaseRef,
        masters: Vec<Vec<u8>>,
        transfer: Transfer,
    ) -> Self {
        VerifiedMasters { manifest, release, masters, transfer }
    }

    /// How they came.
    pub fn transfer(&self) -> &Transfer {
        &self.transfer
    }

    /// The manifest that both signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        self.release
    }

    /// Every master with its canonical bytes, in the manifest's order.
    pub fn masters(&self) -> impl Iterator<Item = (&MasterEntry, &[u8])> {
        self.manifest.masters.iter().zip(self.masters.iter().map(Vec::as_slice))
    }

    /// The same, given away.
    pub fn into_masters(self) -> impl Iterator<Item = (MasterEntry, Vec<u8>)> {
        self.manifest.masters.into_iter().zip(self.masters)
    }
}
