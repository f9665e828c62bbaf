//! A proposal: a manifest and the blobs it names, before anybody has signed.

use std::collections::BTreeMap;
use std::io;

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::limits;
use crate::metadata::{ReleaseRef, TargetEntry, Use};
use crate::names::TargetName;
use crate::refusal::Refusal;
use crate::release::blob::{self, CompressionLevel};
use crate::release::changes::ChangesContent;
use crate::release::content::Content;
use crate::release::manifest::{Manifest, ReleaseHead};
use crate::release::manifest_error::ManifestError;
use crate::release::master::MasterContent;
use crate::release::part::ReleaseBytes;
use crate::release::patch::{self, Step};
use crate::release::verified::VerifiedRelease;

/// A manifest with its blobs, each of which unfolds to exactly what the manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    blobs: BTreeMap<TargetName, Vec<u8>>,
    /// From the release that it follows; none of them is needed.
    patches: BTreeMap<TargetName, Vec<u8>>,
}

impl Proposal {
    /// A proposal of these masters and of what changes since the release that it follows.
    ///
    /// # Errors
    ///
    /// [`ProposalError::Manifest`]; [`ProposalError::Compression`].
    pub fn new(
        head: ReleaseHead,
        masters: &[MasterContent],
        changes: Option<&ChangesContent>,
        level: CompressionLevel,
    ) -> Result<Self, ProposalError> {
        let manifest = Manifest::of(head, masters, changes).map_err(ProposalError::Manifest)?;
        let mut sorted: Vec<&MasterContent> = masters.iter().collect();
        sorted.sort_by(|a, b| (&a.series, &a.kind).cmp(&(&b.series, &b.kind)));
        let contents = sorted.into_iter().flat_map(|master| [&master.canonical, &master.timelines]);
        let lists = changes.into_iter().flat_map(|changes| {
            [&changes.list].into_iter().chain(changes.earlier.iter().map(|earlier| &earlier.list))
        });
        let contents: Vec<&[u8]> = contents.chain(lists).map(Vec::as_slice).collect();
        let blobs = blob::compress_all(&contents, level).map_err(ProposalError::Compression)?;
        let blobs = manifest.parts().map(|part| part.blob.clone()).zip(blobs).collect();
        let manifest_bytes = manifest.to_bytes().map_err(ProposalError::Manifest)?;
        Ok(Proposal { manifest, manifest_bytes, blobs, patches: BTreeMap::new() })
    }

    /// The same with patches from `before`, for receivers that hold it: of the manifest and of each part that
    /// was another one there, where a patch is worth it.
    ///
    /// # Errors
    ///
    /// [`ProposalError`].
    pub fn with_patches_from(mut self, before: &VerifiedRelease) -> Result<Self, ProposalError> {
        let content = self.content()?;
        let base_manifest = before.manifest().to_bytes().map_err(ProposalError::Manifest)?;
        let whole = self.manifest_bytes.len();
        let mut steps = vec![Step { base: &base_manifest, result: &self.manifest_bytes, whole_bytes: whole }];
        let held: Vec<_> = before.parts().collect();
        for (part, result) in self.manifest.parts().zip(content.in_order()) {
            // Held already, under whatever name.
            if held.iter().any(|(there, _)| there.content == part.content) {
                continue;
            }
            let whole_bytes = self.blobs.get(part.blob).map_or(0, Vec::len);
            let place = held.iter().find(|(there, _)| there.holds.is_place_of(&part.holds));
            steps.extend(place.map(|(_, base)| Step { base, result, whole_bytes }));
        }
        steps.truncate(limits::PATCHES);
        let made = patch::make_all(&steps).map_err(ProposalError::Compression)?;
        let name = |step: &Step<'_>| TargetName::patch(Digest::of(step.base), Digest::of(step.result));
        let named = steps.iter().map(name).zip(made);
        self.patches = named.filter_map(|(name, patch)| Some((name, patch?))).collect();
        Ok(self)
    }

    /// The names of those of its patches that do not make of something in `before` what they are called
    /// after.
    pub(crate) fn false_patches(&self, before: Option<&VerifiedRelease>) -> Vec<TargetName> {
        let mut left: BTreeMap<_, _> = self.patches.iter().collect();
        let manifest = before.and_then(|before| before.manifest().to_bytes().ok());
        let bases = before.into_iter().flat_map(VerifiedRelease::parts).map(|(_, bytes)| bytes);
        let bases: Vec<_> = bases.chain(manifest.as_deref()).map(|base| (Digest::of(base), base)).collect();
        let results = self.manifest.parts().map(|part| part.content);
        for result in results.chain([Content::of(&self.manifest_bytes)]) {
            for (sha256, base) in &bases {
                let name = TargetName::patch(*sha256, result.sha256);
                let gives = |patch: &[u8]| patch::apply(name.as_str(), base, patch, result).is_ok();
                if left.get(&name).is_some_and(|patch| gives(patch)) {
                    left.remove(&name);
                }
            }
        }
        left.into_keys().cloned().collect()
    }

    /// How many patches it has, and how long they are together.
    pub fn patches(&self) -> (usize, u64) {
        (self.patches.len(), self.patches.values().map(|patch| patch.len() as u64).sum())
    }

    /// A proposal from its files, as another person made it. Every blob is unfolded and compared.
    ///
    /// # Errors
    ///
    /// [`ProposalError::Manifest`]; [`ProposalError::Blob`] when a blob is missing or not what is declared;
    /// [`ProposalError::Extra`] when there is one that the manifest does not name. What patches are worth is
    /// seen by who holds their base: [`Proposal::review_following`].
    pub fn from_files(manifest: &[u8], files: BTreeMap<TargetName, Vec<u8>>) -> Result<Self, ProposalError> {
        let manifest_bytes = manifest.to_vec();
        let (patches, blobs): (BTreeMap<_, _>, BTreeMap<_, _>) =
            files.into_iter().partition(|(name, _)| name.is_patch());
        if let Some(more) = patches.keys().nth(limits::PATCHES) {
            return Err(ProposalError::Extra(more.clone()));
        }
        let manifest = Manifest::from_bytes(manifest).map_err(ProposalError::Manifest)?;
        for part in manifest.parts() {
            let name = part.blob.as_str();
            let refused = |refusal| ProposalError::Blob(refusal);
            let blob =
                blobs.get(part.blob).ok_or_else(|| refused(Refusal::Mismatch { file: name.into() }))?;
            if blob.len() as u64 > limits::BLOB_BYTES {
                let limit_bytes = limits::BLOB_BYTES;
                return Err(refused(Refusal::TooLong { file: name.into(), limit_bytes }));
            }
            blob::decompress(name, blob, part.content).map_err(refused)?;
        }
        if let Some(extra) = blobs.keys().find(|name| manifest.parts().all(|part| part.blob != *name)) {
            return Err(ProposalError::Extra(extra.clone()));
        }
        Ok(Proposal { manifest, manifest_bytes, blobs, patches })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The manifest's bytes, as they were read or made.
    pub(crate) fn manifest_bytes(&self) -> &[u8] {
        &self.manifest_bytes
    }

    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        ReleaseRef { release: self.manifest.release, manifest: Digest::of(&self.manifest_bytes) }
    }

    /// Every file with its target name: the blobs and patches, then the manifest.
    pub fn files(&self) -> impl Iterator<Item = (TargetName, &[u8])> {
        let manifest = (TargetName::manifest(self.manifest.release), self.manifest_bytes.as_slice());
        self.blobs
            .iter()
            .chain(&self.patches)
            .map(|(name, blob)| (name.clone(), blob.as_slice()))
            .chain([manifest])
    }

    /// The bytes of its parts, unfolded: each as the manifest declares it. Nobody has signed them.
    ///
    /// # Errors
    ///
    /// [`ProposalError::Blob`].
    pub fn content(&self) -> Result<ReleaseBytes, ProposalError> {
        ReleaseBytes::gather(&self.manifest, |part| {
            let name = part.blob.as_str();
            let missing = || Refusal::Mismatch { file: name.into() };
            let blob = self.blobs.get(part.blob).ok_or_else(missing);
            blob.and_then(|blob| blob::decompress(name, blob, part.content)).map_err(ProposalError::Blob)
        })
    }

    pub(crate) fn entries(&self) -> Vec<TargetEntry> {
        let entry = |(name, bytes): (TargetName, &[u8])| TargetEntry {
            name,
            sha256: Digest::of(bytes),
            bytes: bytes.len() as u64,
            used_for: Use::Current,
        };
        self.files().map(entry).collect()
    }
}

/// Why no proposal was made or read.
#[derive(Debug)]
pub enum ProposalError {
    /// The manifest is not acceptable.
    Manifest(ManifestError),
    /// A blob is not what the manifest declares.
    Blob(Refusal),
    /// A blob that the manifest does not name.
    Extra(TargetName),
    /// zstd failed.
    Compression(io::Error),
}

impl Speak for ProposalError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ProposalError::Manifest(error) => error.say(lang),
            ProposalError::Blob(refusal) => refusal.say(lang),
            ProposalError::Extra(name) => say!(
                lang,
                "the draft holds {name}, which its manifest does not name; make the draft anew",
                "草案にマニフェストに記載のない {name} があります。草案を作り直してください"
            ),
            ProposalError::Compression(_) => say!(lang, "compression failed", "圧縮に失敗しました"),
        }
    }
}

spoken_error!(ProposalError, |error| matches!(error, ProposalError::Blob(_)), |error| match error {
    ProposalError::Compression(source) => Some(source),
    _ => None,
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::part::Holds;
    use crate::testing::{changes, earlier, head, masters};

    /// A proposal with a list of its own and two earlier ones, its files as a draft has them.
    fn proposed() -> (Proposal, BTreeMap<TargetName, Vec<u8>>) {
        let earlier = earlier(9, 2);
        let head = head(9, Some(earlier[0].release));
        let changes = ChangesContent { earlier, ..changes(&head).unwrap() };
        let proposal = Proposal::new(head, &masters(1), Some(&changes), CompressionLevel::FAST).unwrap();
        let blobs = proposal.blobs.clone();
        (proposal, blobs)
    }

    #[test]
    fn a_proposal_reads_back_with_every_part() {
        let (proposal, blobs) = proposed();
        // Two masters with their timelines, a list and two before it.
        assert_eq!(blobs.len(), 2 * 2 + 1 + 2);
        assert_eq!(Proposal::from_files(proposal.manifest_bytes(), blobs).unwrap(), proposal);
        let content = proposal.content().unwrap();
        assert!(proposal.manifest().parts().zip(content.in_order()).all(|(part, bytes)| part.is(bytes)));
        assert_eq!(content.in_order().count(), proposal.manifest().parts().count());
    }

    #[test]
    fn no_part_of_a_proposal_may_be_missing_another_one_or_one_too_many() {
        let (proposal, blobs) = proposed();
        let read = |blobs: BTreeMap<TargetName, Vec<u8>>| {
            Proposal::from_files(proposal.manifest_bytes(), blobs).unwrap_err()
        };
        for part in proposal.manifest().parts() {
            let is_refused = |error: &ProposalError| match error {
                ProposalError::Blob(Refusal::Mismatch { file }) => file == part.blob.as_str(),
                _ => false,
            };
            let mut without = blobs.clone();
            without.remove(part.blob);
            let told = read(without);
            assert!(is_refused(&told), "{:?}: {told}", part.holds);
            let mut other = blobs.clone();
            let empty = blob::compress(b"", CompressionLevel::FAST).unwrap();
            other.insert(part.blob.clone(), empty);
            let told = read(other);
            assert!(is_refused(&told), "{:?}: {told}", part.holds);
        }
        let timelines = proposal.manifest().parts().find(|part| matches!(part.holds, Holds::Timelines(_)));
        let mut more = blobs.clone();
        let name = TargetName::timelines("r04", "drug", Digest::of(b"x"));
        more.insert(name.clone(), blobs[timelines.unwrap().blob].clone());
        assert!(matches!(read(more), ProposalError::Extra(extra) if extra == name));
    }
}
