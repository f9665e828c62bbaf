//! The folder that `channel fetch` writes into: the files of one release in one format, and nobody else's.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use warifu_masters::file::{Declared, FILE_LIMIT_BYTES, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Role;
use warifu_trust::{Manifest, MasterEntry, OnHand, limits};
use warifu_values::digest::Digest;

use crate::error::{Exit, Failure};
use crate::files::{self, Unnamed};
use crate::in_order::all_in_order;
use crate::library::known_format;
use crate::release::file::{SignedFile, trust_failure};

/// The manifest that `channel fetch` leaves beside the files that it writes: by it the folder is known for
/// one of its own.
pub const RELEASE_FILE: &str = "release.json";

/// Where files go that the release before had and this one does not.
const SUPERSEDED: &str = "superseded";

/// A folder that fetch may write into: its own, an empty one, or one that is not there yet.
#[derive(Debug)]
pub struct FetchedFolder {
    path: PathBuf,
    /// It was not there.
    is_new: bool,
    /// The manifest of what was fetched into it before.
    before: Option<Manifest>,
}

/// A master of a release as a file in the folder.
#[derive(Debug)]
pub struct Written {
    /// What the manifest says of the master.
    pub entry: MasterEntry,
    /// Where it lies.
    pub path: PathBuf,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// The same on its way there.
#[derive(Debug)]
#[must_use = "a file without its name is gone when this is dropped"]
pub struct Fetched {
    written: Written,
    file: Unnamed,
}

impl FetchedFolder {
    /// The folder at `path`, when it is one that fetch may write into. Nothing is changed.
    ///
    /// # Errors
    /// When it is somebody else's, with what it seems to be; or cannot be looked at.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| {
            let folder = path.display();
            Failure::system(
                format_args!("cannot look into {folder}"),
                format_args!("{folder} の中を確認できません"),
                &error,
            )
        };
        let folder = |before| FetchedFolder { path: path.to_owned(), is_new: false, before };
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(FetchedFolder { is_new: true, ..folder(None) });
            }
            Err(error) => return Err(unreadable(error)),
            Ok(there) if !there.is_dir() => {
                return Err(not_fetchs(path, "is no folder", "はフォルダーではありません"));
            }
            Ok(_) => {}
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
            // What a fetch that was killed left is in nobody's way.
            if !name.starts_with(files::UNFINISHED) {
                names.push(name);
            }
        }
        names.sort_unstable();
        let has = |any: &[&str]| any.iter().any(|one| names.iter().any(|name| name == one));
        match () {
            () if names.is_empty() => return Ok(folder(None)),
            () if has(&[".git", "warifu.toml"]) => {
                return Err(not_fetchs(path, "is a repository", "はリポジトリです"));
            }
            () if has(&["metadata", "targets", "statements"]) => {
                return Err(not_fetchs(path, "is a channel", "は配信元です"));
            }
            () if has(&["blobs", "signatures", "targets.json"]) => {
                return Err(not_fetchs(path, "is a draft of a release", "はリリース案です"));
            }
            () => {}
        }
        let own = path.join(RELEASE_FILE);
        let is_file = fs::symlink_metadata(&own).is_ok_and(|there| there.is_file());
        let bytes = warifu_files::read(&own, limits::MANIFEST_BYTES).ok().filter(|_| is_file);
        match bytes.and_then(|bytes| Manifest::from_bytes(&bytes).ok()) {
            Some(before) => Ok(folder(Some(before))),
            None => {
                let first = &names[0];
                Err(not_fetchs(
                    path,
                    &format!("holds files that `channel fetch` did not write ({first})"),
                    &format!("に channel fetch 以外のファイルがあります（{first}）"),
                ))
            }
        }
    }

    /// What the files hold that were fetched in the format called `format` before: the manifest, and the
    /// canonical bytes of its masters as far as they can be read. It is asked for by digest, so what somebody
    /// changed meanwhile is taken for nothing that it is not.
    pub fn on_hand(&self, schemas: &Schemas, format: &str) -> OnHand {
        let Some(manifest) = &self.before else { return OnHand::default() };
        let Ok(format) = known_format(schemas, format) else { return OnHand::default() };
        let masters = all_in_order(&manifest.masters, |entry| {
            let signed = entry.formats.get(&format.name)?;
            // How long it is says a file that anybody may have written.
            let limit_bytes = signed.bytes.min(FILE_LIMIT_BYTES);
            let bytes = warifu_files::read(&self.path.join(&signed.file_name), limit_bytes).ok()?;
            let declared = Declared { format: Some(format), role: Some(Role::Full) };
            read(schemas, bytes, &declared).master.map(|master| master.canonical())
        });
        OnHand::of_release(manifest, masters.into_iter().flatten())
    }

    /// Makes the folder where there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(&self) -> Result<(), Failure> {
        fs::create_dir_all(&self.path).map_err(|error| {
            let folder = self.path.display();
            Failure::system(
                format_args!("cannot make {folder}"),
                format_args!("{folder} を作成できません"),
                &error,
            )
        })
    }

    /// Takes it away again where it was made for nothing: one with anything in it stays.
    pub fn unmake(&self) {
        if self.is_new {
            let _not_empty = fs::remove_dir(&self.path);
        }
    }

    /// Writes `file` into it, without its name yet.
    ///
    /// # Errors
    /// When it cannot be written, or something that is no file is in its place.
    pub fn write(&self, SignedFile { entry, name, bytes, sha256 }: SignedFile) -> Result<Fetched, Failure> {
        let path = self.path.join(&name);
        let file = files::write_unnamed(&path, &bytes)?;
        Ok(Fetched { written: Written { entry, path, sha256 }, file })
    }

    /// Gives the files of one release, in the format called `format`, their names, with `manifest` beside
    /// them, and sets aside those of the release before that this one does not have: where those lie now.
    ///
    /// A folder that is known for fetch's own stays so wherever this is cut off: its manifest comes first in
    /// a new one, and last in one that had another.
    ///
    /// # Errors
    /// When a file cannot be written, named or set aside.
    pub fn name(
        self,
        fetched: Vec<Fetched>,
        manifest: &Manifest,
        format: &str,
    ) -> Result<(Vec<Written>, Vec<PathBuf>), Failure> {
        let bytes = manifest.to_bytes().map_err(|error| trust_failure(&error))?;
        let release_file = files::write_unnamed(&self.path.join(RELEASE_FILE), &bytes)?;
        let (told, masters): (Vec<_>, Vec<_>) = fetched.into_iter().map(|it| (it.written, it.file)).unzip();
        let Some(before) = &self.before else {
            files::name_each([release_file].into_iter().chain(masters))?;
            return Ok((told, Vec::new()));
        };
        files::name_each(masters)?;
        let listed = |manifest: &Manifest| -> BTreeMap<String, Digest> {
            let of = manifest.masters.iter().filter_map(|entry| entry.formats.get(format));
            of.map(|signed| (signed.file_name.clone(), signed.sha256)).collect()
        };
        let now = listed(manifest);
        let mut aside = Vec::new();
        for (name, sha256) in listed(before) {
            // Of a kind that was not asked for this time, and still what the release has.
            let written = told.iter().any(|it| it.path == self.path.join(&name));
            if !written && now.get(&name) != Some(&sha256) {
                aside.extend(self.set_aside(&name)?);
            }
        }
        files::name_each([release_file])?;
        Ok((told, aside))
    }

    /// Moves the file `name` of the release before out of the way, over nothing that is there: nobody takes
    /// it for one of this release, and nothing is lost. Where it lies now; none when there is no such file.
    fn set_aside(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        let file = self.path.join(name);
        if !fs::symlink_metadata(&file).is_ok_and(|there| there.is_file()) {
            return Ok(None);
        }
        let folder = self.path.join(SUPERSEDED);
        let cannot = |error: io::Error| {
            let file = file.display();
            Failure::system(
                format_args!("{file} is of the release before and cannot be set aside; move it away"),
                format_args!("{file} は前のリリースのもので、退避できません。移動してください"),
                &error,
            )
        };
        match fs::symlink_metadata(&folder) {
            Ok(there) if there.is_dir() => {}
            Ok(_) => return Err(cannot(io::ErrorKind::NotADirectory.into())),
            Err(_) => fs::create_dir(&folder).map_err(cannot)?,
        }
        let places = std::iter::once(folder.join(name))
            .chain((2..).map(|count: u64| folder.join(format!("{name}.{count}"))));
        for place in places {
            // A second name, which is never given over what is there, and then the first one taken away.
            match fs::hard_link(&file, &place) {
                Ok(()) => {
                    fs::remove_file(&file).map_err(cannot)?;
                    return Ok(Some(place));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot(error)),
            }
        }
        Ok(None)
    }
}

/// What fetch writes nothing into, what it is, and what to do.
fn not_fetchs(path: &Path, is: &str, is_japanese: &str) -> Failure {
    let path = path.display();
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "{path} {is}: nothing was written; name an empty folder with -o, a new one, or one that was \
             fetched into before"
        ),
        format!(
            "{path} {is_japanese}。何も書いていません。-o には空のフォルダー、新しいフォルダー、または以前 channel fetch \
             で取得したフォルダーを指定してください"
        ),
    )
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;

    fn lay(path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        files::write(path.as_ref(), bytes.as_ref()).unwrap();
    }

    fn refused(path: &Path) -> String {
        FetchedFolder::at(path).unwrap_err().say(Lang::En)
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (inside, is) in [
            ("blobs", "is a draft of a release"),
            ("targets", "is a channel"),
            (".git", "is a repository"),
            ("letters", "holds files that `channel fetch` did not write (letters)"),
        ] {
            let path = folder.path().join(inside.trim_start_matches('.'));
            fs::create_dir_all(path.join(inside)).unwrap();
            // The manifest of a draft has the same name.
            let (manifest, _) = warifu_trust::testing::held(
                warifu_trust::testing::head(1, None),
                &warifu_trust::testing::masters(1),
            );
            if inside != "letters" {
                lay(path.join(RELEASE_FILE), manifest.to_bytes().unwrap());
            }
            let told = refused(&path);
            assert!(told.contains(is) && told.contains("nothing was written"), "{told}");
        }
        let file = folder.path().join("file");
        lay(&file, b"x");
        assert!(refused(&file).contains("is no folder"));
        let damaged = folder.path().join("damaged");
        fs::create_dir(&damaged).unwrap();
        lay(damaged.join(RELEASE_FILE), b"{}");
        assert!(refused(&damaged).contains("did not write (release.json)"));
    }

    #[test]
    fn a_new_an_empty_and_its_own_folder_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert!(FetchedFolder::at(&folder.path().join("new")).unwrap().before.is_none());
        assert!(FetchedFolder::at(folder.path()).unwrap().before.is_none());
        // As a fetch that was killed leaves it.
        lay(folder.path().join(format!("{}abc", files::UNFINISHED)), b"x");
        assert!(FetchedFolder::at(folder.path()).unwrap().before.is_none());
        let (manifest, _) = warifu_trust::testing::held(
            warifu_trust::testing::head(1, None),
            &warifu_trust::testing::masters(1),
        );
        lay(folder.path().join(RELEASE_FILE), manifest.to_bytes().unwrap());
        lay(folder.path().join("notes.txt"), b"x");
        assert!(FetchedFolder::at(folder.path()).unwrap().before.is_some());
    }

    /// Whoever wrote the manifest may claim any length: nothing is taken from memory by it.
    #[test]
    fn a_length_that_is_no_files_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (mut manifest, _) = warifu_trust::testing::held(
            warifu_trust::testing::head(1, None),
            &warifu_trust::testing::masters(1),
        );
        let schemas = Schemas::built_in().unwrap();
        for entry in &mut manifest.masters {
            for signed in entry.formats.values_mut() {
                signed.bytes = u64::MAX >> 11;
                lay(folder.path().join(&signed.file_name), b"no master");
            }
        }
        lay(folder.path().join(RELEASE_FILE), manifest.to_bytes().unwrap());
        let fetched = FetchedFolder::at(folder.path()).unwrap();
        assert_eq!(fetched.before.as_ref(), Some(&manifest));
        drop(fetched.on_hand(&schemas, "kikin"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_set_aside_goes_over_nothing_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let fetched = FetchedFolder { path: folder.path().to_owned(), is_new: false, before: None };
        for content in ["one", "two"] {
            lay(at("s.csv"), content);
            assert!(fetched.set_aside("s.csv").unwrap().is_some());
            assert!(!at("s.csv").exists());
        }
        assert_eq!(fs::read(at("superseded/s.csv")).unwrap(), b"one");
        assert_eq!(fs::read(at("superseded/s.csv.2")).unwrap(), b"two");
        assert_eq!(fetched.set_aside("none.csv").unwrap(), None);
        // A link is left where it is, and one in the place of the folder is not followed.
        std::os::unix::fs::symlink(at("superseded/s.csv"), at("link.csv")).unwrap();
        assert_eq!(fetched.set_aside("link.csv").unwrap(), None);
        fs::remove_dir_all(at("superseded")).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), at("superseded")).unwrap();
        lay(at("s.csv"), "three");
        assert!(fetched.set_aside("s.csv").is_err());
        assert!(at("s.csv").exists() && fs::read_dir(elsewhere.path()).unwrap().next().is_none());
    }
}
