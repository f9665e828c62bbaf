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
use crate::release::manifest::{Manifest, ReleaseHead};
use crate::release::manifest_error::ManifestError;
use crate::release::master::MasterContent;
use crate::release::part::ReleaseBytes;

/// A manifest with its blobs, each of which unfolds to exactly what the manifest declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    manifest: Manifest,
    manifest_bytes: Vec<u8>,
    blobs: BTreeMap<TargetName, Vec<u8>>,
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
        Ok(Proposal { manifest, manifest_bytes, blobs })
    }

    /// A proposal from its files, as another person made it. Every blob is unfolded and compared.
    ///
    /// # Errors
    ///
    /// [`ProposalError::Manifest`]; [`ProposalError::Blob`] when a blob is missing or not what is declared;
    /// [`ProposalError::Extra`] when there is one that the manifest does not name.
    pub fn from_files(manifest: &[u8], blobs: BTreeMap<TargetName, Vec<u8>>) -> Result<Self, ProposalError> {
        let manifest_bytes = manifest.to_vec();
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
        Ok(Proposal { manifest, manifest_bytes, blobs })
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

    /// Every file with its target name: the blobs, then the manifest.
    pub fn files(&self) -> impl Iterator<Item = (TargetName, &[u8])> {
        let manifest = (TargetName::manifest(self.manifest.release), self.manifest_bytes.as_slice());
        self.blobs.iter().map(|(name, blob)| (name.clone(), blob.as_slice())).chain([manifest])
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
