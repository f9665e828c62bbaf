//! The releases that lie in a state directory, by the digests of their parts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use warifu_trust::{Content, Manifest, ReleaseRef, UnixSeconds, limits};
use warifu_values::digest::Digest;

use crate::release::{PartBytes, ReleaseContent};
use crate::state::directory_error::{StateDirectoryError, io_error};
use crate::state::disk::Disk;
use crate::state::installed::{Installed, Marks};
use crate::stored::{Compared, Stored};

/// The folder of masters, timelines and lists of changes.
pub(crate) const CONTENT: &str = "content";

/// The folder of manifests.
pub(crate) const MANIFESTS: &str = "manifests";

/// Releases as they were verified: manifests and their parts, each by its digest. What two releases share
/// lies here once.
#[derive(Clone, Debug)]
pub struct KeptReleases {
    content: PathBuf,
    manifests: PathBuf,
    disk: Disk,
    /// What of it was compared with its digest.
    compared: Compared,
}

impl KeptReleases {
    /// Those below this state directory.
    pub(crate) fn below(path: &Path, disk: Disk) -> Self {
        let (content, manifests) = (path.join(CONTENT), path.join(MANIFESTS));
        KeptReleases { content, manifests, disk, compared: Compared::default() }
    }

    pub(crate) fn content(&self, digest: Digest) -> PathBuf {
        self.content.join(digest.to_string())
    }

    pub(crate) fn manifest(&self, digest: Digest) -> PathBuf {
        self.manifests.join(digest.to_string())
    }

    /// Writes a release's content. Nothing names it yet.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; or a part that lay here does not any more.
    pub fn keep(&self, content: &ReleaseContent) -> Result<(), StateDirectoryError> {
        let manifest = content.id().manifest;
        let (path, bytes) = (self.manifest(manifest), content.manifest().to_bytes());
        let bytes =
            bytes.map_err(|error| io_error(&path)(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        let mut missing: BTreeMap<PathBuf, (Content, &[u8])> = BTreeMap::new();
        let of_manifest = Content { sha256: manifest, bytes: bytes.len() as u64 };
        let parts =
            content.parts().map(|(part, held)| (self.content(part.content.sha256), part.content, held));
        let in_memory = PartBytes::from(bytes);
        for (path, content, held) in parts.chain([(path, of_manifest, &in_memory)]) {
            // What is there whole already is not written again: two releases share most of their masters.
            if self.compared.stored(&path, content).is_some() {
                continue;
            }
            let there = self.compared.read(&path, content);
            let Some(bytes) = held.in_memory() else {
                there?;
                continue;
            };
            if there.is_ok() {
                continue;
            }
            // Nothing of ours makes a folder there, and no file takes the place of one.
            if fs::symlink_metadata(&path).is_ok_and(|there| there.is_dir()) {
                fs::remove_dir_all(&path).map_err(io_error(&path))?;
            }
            missing.insert(path, (content, bytes));
        }
        let files: Vec<_> = missing.iter().map(|(path, (_, bytes))| (&**path, *bytes)).collect();
        self.disk.write_each_whole(&files).map_err(|(path, error)| io_error(path)(error))?;
        missing.iter().for_each(|(path, (content, _))| self.compared.written(path, *content));
        Ok(())
    }

    /// A release's content: every byte of it was compared with its digest, now or before by this process in
    /// files that nobody touched since. Those lie where they are until they are wanted.
    ///
    /// # Errors
    /// [`StateDirectoryError`] names the file that is missing or damaged.
    pub fn load(&self, id: ReleaseRef) -> Result<ReleaseContent, StateDirectoryError> {
        let path = self.manifest(id.manifest);
        let damaged = |path: PathBuf| StateDirectoryError::Damaged { path };
        let bytes = warifu_files::read(&path, limits::MANIFEST_BYTES).map_err(StateDirectoryError::Read)?;
        let manifest = Manifest::from_bytes(&bytes).map_err(|_| damaged(path.clone()))?;
        if Digest::of(&bytes) != id.manifest || manifest.release != id.release {
            return Err(damaged(path));
        }
        let part = |content: Content| -> Result<PartBytes, StateDirectoryError> {
            let path = self.content(content.sha256);
            match self.compared.stored(&path, content) {
                Some(stored) => Ok(stored.into()),
                None => Ok(self.compared.read(&path, content)?.into()),
            }
        };
        let parts = manifest.parts().map(|it| part(it.content)).collect::<Result<_, _>>()?;
        Ok(ReleaseContent::compared(id, manifest, parts))
    }

    /// What of the release `id` lies here, by digest: its manifest and its parts, none where one is damaged.
    pub(crate) fn stored(&self, id: ReleaseRef) -> BTreeMap<Digest, Stored> {
        let mut stored = BTreeMap::new();
        let Ok(content) = self.load(id) else { return stored };
        let manifest = self.manifest(id.manifest);
        let bytes = fs::symlink_metadata(&manifest).map_or(0, |there| there.len());
        let of_manifest = Content { sha256: id.manifest, bytes };
        let parts = content.manifest().parts().map(|it| (self.content(it.content.sha256), it.content));
        for (path, content) in parts.chain([(manifest, of_manifest)]) {
            let known = self.compared.stored(&path, content);
            stored.extend(known.map(|known| (content.sha256, known)));
        }
        stored
    }

    /// The numbers of all releases whose manifests lie here, whole or not.
    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.manifests().map(|id| id.release).collect()
    }

    /// The releases whose manifests lie here.
    fn manifests(&self) -> impl Iterator<Item = ReleaseRef> {
        let entries = fs::read_dir(&self.manifests).into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let manifest: Digest = entry.file_name().to_str()?.parse().ok()?;
            let bytes = warifu_files::read(&entry.path(), limits::MANIFEST_BYTES).ok()?;
            let is_it = Digest::of(&bytes) == manifest;
            let release = Manifest::from_bytes(&bytes).ok().filter(|_| is_it)?.release;
            Some(ReleaseRef { release, manifest })
        })
    }

    /// Every release that lies here whole.
    pub(crate) fn whole(&self) -> Vec<Installed> {
        let whole = |id: ReleaseRef| {
            let content = self.load(id).ok()?;
            let manifest = content.manifest();
            let (title, marks) = (manifest.title.clone(), Marks::of(manifest));
            let (id, since, signed_by) = (content.id().into(), UnixSeconds::EPOCH, Default::default());
            Some(Installed { id, title, since, marks, signed_by })
        };
        self.manifests().filter_map(whole).collect()
    }

    /// How many of `more`, in their order, lie here whole within `bytes` together, besides what `kept` needs.
    pub fn fitting(&self, kept: &[ReleaseRef], more: &[ReleaseRef], bytes: u64) -> usize {
        let mut counted: BTreeSet<Digest> =
            kept.iter().flat_map(|id| self.parts(*id)).flatten().map(|it| it.0).collect();
        let mut left = bytes;
        let fits = |id: &&ReleaseRef| {
            let Some(parts) = self.parts(**id) else { return false };
            let new = parts.into_iter().filter(|(digest, _)| counted.insert(*digest));
            let taken = new.fold(0u64, |sum, (_, bytes)| sum.saturating_add(bytes));
            left.checked_sub(taken).map(|rest| left = rest).is_some()
        };
        more.iter().take_while(fits).count()
    }

    /// What a release is made of and how large each is, as far as its manifest can be read.
    fn parts(&self, id: ReleaseRef) -> Option<Vec<(Digest, u64)>> {
        let bytes = warifu_files::read(&self.manifest(id.manifest), limits::MANIFEST_BYTES).ok()?;
        let manifest = Manifest::from_bytes(&bytes).ok()?;
        let parts = manifest.parts().map(|part| (part.content.sha256, part.content.bytes));
        Some(parts.collect())
    }

    /// Removes content that none of `kept` needs. What cannot be removed stays and does no harm.
    pub fn prune(&self, kept: &[ReleaseRef]) {
        let mut names = BTreeSet::new();
        for id in kept {
            let manifest = warifu_files::read(&self.manifest(id.manifest), limits::MANIFEST_BYTES);
            let Ok(bytes) = manifest else { return };
            let Ok(manifest) = Manifest::from_bytes(&bytes) else { return };
            names.insert(id.manifest.to_string());
            names.extend(manifest.parts().map(|part| part.content.sha256.to_string()));
        }
        self.compared.retain(|digest| names.contains(&digest.to_string()));
        for directory in [&self.content, &self.manifests] {
            let Ok(entries) = fs::read_dir(directory) else { continue };
            for entry in entries.flatten() {
                if !names.contains(&*entry.file_name().to_string_lossy()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use warifu_trust::testing::{head, held, masters};

    use super::*;

    /// A release that carries changes, and one that follows none.
    pub(crate) fn releases() -> [ReleaseContent; 2] {
        [2, 1].map(|number| {
            let (manifest, bytes) = held(head(number, None), &masters(number));
            ReleaseContent::new(manifest, bytes).unwrap()
        })
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::Part;

    use super::testing::releases;
    use super::*;
    use crate::state::StateDirectory;

    #[test]
    fn every_part_of_a_release_is_kept_and_held_to_its_digest() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let [content, _] = releases();
        state.releases().keep(&content).unwrap();
        assert_eq!(content.parts().count(), 2 * 2 + 1);
        let loaded = state.releases().load(content.id()).unwrap();
        let same = |((one, held), (other, again)): ((Part<'_>, &PartBytes), (Part<'_>, &PartBytes))| {
            one == other && held.read().unwrap() == again.read().unwrap()
        };
        assert!(loaded.parts().zip(content.parts()).all(same));
        for (part, bytes) in content.parts() {
            let bytes = bytes.in_memory().unwrap();
            let file = state.releases().content(part.content.sha256);
            let told = |state: &StateDirectory| state.releases().load(content.id()).unwrap_err().to_string();
            fs::write(&file, [bytes, b"x"].concat()).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            fs::remove_file(&file).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            fs::create_dir_all(file.join("in/the/way")).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            state.releases().keep(&content).unwrap();
            state.releases().load(content.id()).unwrap();
            state.releases().keep(&content).unwrap();
            assert!(state.releases().load(content.id()).is_ok());
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_was_compared_here_and_nobody_touched_since_is_not_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let [content, _] = releases();
        let read = |state: &StateDirectory| {
            let loaded = state.releases().load(content.id()).unwrap();
            loaded.parts().filter(|(_, held)| held.in_memory().is_some()).count()
        };
        state.releases().keep(&content).unwrap();
        assert_eq!(read(&state), 0, "it was written here");
        assert_eq!(read(&state.from_beside()), 0);
        let other = StateDirectory::look_at(directory.path());
        assert_eq!((read(&other), read(&other)), (content.parts().count(), 0));
        assert_eq!(
            state.releases().stored(content.id()).len(),
            content.parts().count() + 1,
            "with the manifest"
        );

        let file = state.releases().content(content.parts().next().unwrap().0.content.sha256);
        let touched = directory.path().join("touched");
        fs::copy(&file, &touched).unwrap();
        fs::rename(&touched, &file).unwrap();
        assert_eq!((read(&state), read(&state)), (1, 0));
        fs::remove_file(&file).unwrap();
        assert!(state.releases().load(content.id()).is_err());
        assert!(state.releases().stored(content.id()).is_empty());
    }

    #[test]
    fn what_a_kept_release_carries_is_not_pruned() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let releases = releases();
        releases.iter().for_each(|content| state.releases().keep(content).unwrap());
        let [second, first] = releases.each_ref().map(ReleaseContent::id);
        state.releases().prune(&[second, first]);
        assert!(state.releases().load(second).is_ok() && state.releases().load(first).is_ok());
        state.releases().prune(&[second]);
        assert!(state.releases().load(second).is_ok() && state.releases().load(first).is_err());
        let left = fs::read_dir(directory.path().join("content")).unwrap().count();
        assert_eq!(left, releases[0].parts().count());
    }
}
