//! The folder that `channel fetch` writes into: the files of one release in one format, and nobody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use warifu_files::FolderLock;
use warifu_masters::file::{Declared, FILE_LIMIT_BYTES, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Role;
use warifu_trust::{Manifest, MasterEntry, OnHand, ReleaseRef};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::error::{Exit, Failure};
use crate::files::{self, Unnamed};
use crate::in_order::all_in_order;
use crate::interrupt::Whole;
use crate::library::known_format;
use crate::release::file::{SignedFile, trust_failure};
use crate::release::lies::{Lies, RELEASE_FILE, manifest};

/// The manifest of the release whose files are about to get their names, where another one's lie: a fetch
/// that is cut off leaves some of both.
const COMING_FILE: &str = "release.coming.json";

/// Where files go that the release before had and this one does not.
const SUPERSEDED: &str = "superseded";

/// Held as long as a fetch writes into the folder, so that the files of two are not mixed.
const LOCK_FILE: &str = ".warifu-lock";

/// For so long another fetch into the same folder is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder that fetch may write into: its own, an empty one, or one that is new. It is this one's alone as
/// long as this lives, and one that was made for nothing goes again.
#[derive(Debug)]
pub struct FetchedFolder {
    path: PathBuf,
    /// The manifest of what was fetched into it before, which anybody may have laid there.
    before: Option<Manifest>,
    /// That of a release whose fetch was cut off while its files got their names; no more to be believed.
    coming: Option<Manifest>,
    /// Dropped last.
    _held: Held,
}

/// The lock of a folder, and the folder where it was made for this.
#[derive(Debug)]
struct Held {
    lock: Option<FolderLock>,
    made: Option<PathBuf>,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.lock.take());
        if let Some(made) = &self.made {
            let _not_empty = fs::remove_dir(made);
        }
    }
}

/// The same of which the manifests that lie there are known for those of releases that both signed: what they
/// list is fetch's own, and may be set aside.
#[derive(Debug)]
pub struct KnownFolder(FetchedFolder);

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
    /// The folder at `path`, when it is one that fetch may write into; it is made where there is none. What a
    /// fetch that was killed left of unfinished files goes.
    ///
    /// # Errors
    /// When it is somebody else's, with what it seems to be; when another fetch is at work there; or when it
    /// cannot be looked at.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        Self::within(PATIENCE, path)
    }

    fn within(patience: Duration, path: &Path) -> Result<Self, Failure> {
        // Before anything is laid there.
        let lies = looked(path)?;
        if !matches!(lies, Lies::Nothing | Lies::Empty | Lies::Fetched(_)) {
            return Err(not_fetchs(path, &lies));
        }
        let is_new = lies == Lies::Nothing;
        if is_new {
            make(path)?;
        }
        let lock = FolderLock::take(path, LOCK_FILE, patience).map_err(|error| cannot_lock(path, &error))?;
        let held = Held { lock: Some(lock), made: is_new.then(|| path.to_owned()) };
        let folder = |before| FetchedFolder { path: path.to_owned(), before, coming: None, _held: held };
        // As whoever held it before leaves it.
        let folder = match looked(path)? {
            Lies::Nothing | Lies::Empty => folder(None),
            Lies::Fetched(before) => {
                FetchedFolder { coming: manifest(&path.join(COMING_FILE)), ..folder(Some(*before)) }
            }
            lies => return Err(not_fetchs(path, &lies)),
        };
        let aside = path.join(SUPERSEDED);
        if fs::symlink_metadata(&aside).is_ok_and(|there| !there.is_dir()) {
            return Err(in_the_way(&aside));
        }
        warifu_files::sweep(path, files::UNFINISHED);
        Ok(folder)
    }

    /// The same once it is asked `is_known` of each release whose manifest lies here whether both signed it.
    ///
    /// # Errors
    /// When one is not known; what `is_known` says.
    pub fn known(
        self,
        mut is_known: impl FnMut(ReleaseRef) -> Result<bool, Failure>,
    ) -> Result<KnownFolder, Failure> {
        for (manifest, file) in [(&self.before, RELEASE_FILE), (&self.coming, COMING_FILE)] {
            let Some(manifest) = manifest else { continue };
            let sha256 = manifest.digest().map_err(|error| trust_failure(&error))?;
            let release = ReleaseRef { release: manifest.release, manifest: sha256 };
            if !is_known(release)? {
                return Err(not_known(&self.path.join(file), release));
            }
        }
        Ok(KnownFolder(self))
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
            let mut reading = read(&schemas.of_kind(&entry.kind), bytes, &declared);
            reading.in_edition(&entry.edition);
            reading.master.map(|master| master.canonical())
        });
        OnHand::of_release(manifest, masters.into_iter().flatten())
    }
}

impl KnownFolder {
    /// Writes `file` into it, without its name yet.
    ///
    /// # Errors
    /// When it cannot be written, or something that is no file is in its place.
    pub fn write(&self, SignedFile { entry, name, bytes, sha256 }: SignedFile) -> Result<Fetched, Failure> {
        let path = self.0.path.join(&name);
        let file = files::write_unnamed(&path, &bytes)?;
        Ok(Fetched { written: Written { entry, path, sha256 }, file })
    }

    /// Gives the files of one release their names, with `manifest` beside them, and sets aside those of the
    /// release before that this one does not have, in whatever format: where those lie now.
    ///
    /// A folder that is known for fetch's own stays so wherever this is cut off: its manifest comes first in
    /// a new one, and last in one that had another. There it is told before which release comes, so that the
    /// next fetch knows the files that got their names.
    ///
    /// # Errors
    /// When a file cannot be written, named or set aside.
    pub fn name(
        self,
        fetched: Vec<Fetched>,
        manifest: &Manifest,
    ) -> Result<(Vec<Written>, Vec<PathBuf>), Failure> {
        let _all = Whole::begin();
        let bytes = manifest.to_bytes().map_err(|error| trust_failure(&error))?;
        let unnamed = |name: &str| files::write_unnamed(&self.0.path.join(name), &bytes);
        let release_file = unnamed(RELEASE_FILE)?;
        let (told, masters): (Vec<_>, Vec<_>) = fetched.into_iter().map(|it| (it.written, it.file)).unzip();
        if self.0.before.is_none() {
            files::name_each([release_file].into_iter().chain(masters))?;
            return Ok((told, Vec::new()));
        }
        let mut aside = Vec::new();
        // What a fetch of yet another release left, before the record of it goes.
        if self.0.coming.as_ref().is_some_and(|coming| coming != manifest) {
            aside.extend(self.set_others_aside(&told, manifest)?);
        }
        files::name_each([unnamed(COMING_FILE)?])?;
        files::name_each(masters)?;
        aside.extend(self.set_others_aside(&told, manifest)?);
        files::name_each([release_file])?;
        // It says what the manifest says now.
        let _says_the_same = fs::remove_file(self.0.path.join(COMING_FILE));
        Ok((told, aside))
    }

    /// Sets aside what lies here by the manifests of before, is not `written` now, and is not what `manifest`
    /// has under that name.
    fn set_others_aside(&self, written: &[Written], manifest: &Manifest) -> Result<Vec<PathBuf>, Failure> {
        let listed = |manifests: &[&Manifest]| {
            let mut listed: BTreeMap<String, BTreeSet<Digest>> = BTreeMap::new();
            let masters = manifests.iter().flat_map(|manifest| &manifest.masters);
            for signed in masters.flat_map(|entry| entry.formats.values()) {
                listed.entry(signed.file_name.clone()).or_default().insert(signed.sha256);
            }
            listed
        };
        let now = listed(&[manifest]);
        let before: Vec<&Manifest> = self.0.before.iter().chain(&self.0.coming).collect();
        let mut aside = Vec::new();
        for (name, either) in listed(&before) {
            // Of a kind that was not asked for this time, and still what the release has.
            let stays = now.get(&name).is_some_and(|now| either.is_subset(now));
            let is_written = written.iter().any(|it| it.path == self.0.path.join(&name));
            if !stays && !is_written {
                aside.extend(self.set_aside(&name)?);
            }
        }
        Ok(aside)
    }

    /// Moves the file `name` of the release before out of the way, over nothing that is there: nobody takes
    /// it for one of this release, and nothing is lost. Where it lies now; none when there is no such file.
    fn set_aside(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        let file = self.0.path.join(name);
        if !fs::symlink_metadata(&file).is_ok_and(|there| there.is_file()) {
            return Ok(None);
        }
        let folder = self.0.path.join(SUPERSEDED);
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

fn looked(path: &Path) -> Result<Lies, Failure> {
    Lies::at(path).map_err(|error| {
        let folder = path.display();
        Failure::system(
            format_args!("cannot look into {folder}"),
            format_args!("{folder} の中を確認できません"),
            &error,
        )
    })
}

fn make(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        let folder = path.display();
        Failure::system(
            format_args!("cannot make {folder}"),
            format_args!("{folder} を作成できません"),
            &error,
        )
    })
}

fn cannot_lock(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    if error.kind() == io::ErrorKind::TimedOut {
        return Failure::new(
            Exit::CouldNotRun,
            format!(
                "another `channel fetch` is writing into {path}: run this again when it is done, or name \
                 another folder with -o (nothing was written)"
            ),
            format!(
                "{path} には別の channel fetch が書き込み中です。終了後にもう一度実行するか、-o に別のフォルダーを\
                 指定してください（何も書いていません）"
            ),
        );
    }
    Failure::system(
        format_args!("cannot lock {path} (nothing was written)"),
        format_args!("{path} をロックできません（何も書いていません）"),
        error,
    )
}

fn in_the_way(aside: &Path) -> Failure {
    let aside = aside.display();
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "{aside} is no folder, and what the release before had is set aside there: move it away (nothing \
             was written)"
        ),
        format!(
            "{aside} がフォルダーではないため、前のリリースのファイルを退避できません。移動してください（何も書いていません）"
        ),
    )
}

/// Whoever laid it there may have named any file in it.
fn not_known(file: &Path, ReleaseRef { release, manifest }: ReleaseRef) -> Failure {
    let file = file.display();
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "{file} is of a release {release} that this channel is not known to have had (sha256 \
             {manifest}), so which files beside it are fetch's own is not known either. Nothing was \
             written; name an empty folder with -o"
        ),
        format!(
            "{file} のリリース {release} は、この配信元のものと確認できません（sha256 {manifest}）。一緒にあるファイルが \
             channel fetch のものかどうか判断できないため、何も書いていません。-o に空のフォルダーを指定してください"
        ),
    )
}

/// What fetch writes nothing into, what it is, and what to do.
fn not_fetchs(path: &Path, lies: &Lies) -> Failure {
    let path = path.display();
    let told = |lang| {
        let what = lies.say(lang);
        say!(
            lang,
            "{path} is not for `channel fetch` to write into: {what}. Nothing was written; name an empty \
             folder with -o, a new one, or one that was fetched into before",
            "{path} には channel fetch で書き込めません（{what}）。何も書いていません。-o には空のフォルダー、新しいフォルダー、\
             または以前 channel fetch で取得したフォルダーを指定してください"
        )
    };
    Failure::new(Exit::CouldNotRun, told(Lang::En), told(Lang::Ja))
}

#[cfg(test)]
mod tests {
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
            ("blobs", "is the draft of a release"),
            ("targets", "is a channel"),
            (".git", "is a repository of git"),
            ("letters", "holds other files (letters)"),
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
            assert!(told.contains(is) && told.contains("Nothing was written"), "{told}");
        }
        let file = folder.path().join("file");
        lay(&file, b"x");
        assert!(refused(&file).contains("is no folder"));
        let damaged = folder.path().join("damaged");
        fs::create_dir(&damaged).unwrap();
        lay(damaged.join(RELEASE_FILE), b"{}");
        assert!(refused(&damaged).contains("holds other files (release.json)"));
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

    /// A release whose files have these texts, in two formats each.
    fn release(number: u64, texts: &[(&str, &str)]) -> Manifest {
        let head = warifu_trust::testing::head(number, None);
        let (mut manifest, _) = warifu_trust::testing::held(head, &warifu_trust::testing::masters(1));
        manifest.masters.truncate(1);
        let formats = &mut manifest.masters[0].formats;
        let mut form = formats["kikin"].clone();
        formats.clear();
        for (name, text) in texts {
            form.file_name = (*name).to_owned();
            (form.sha256, form.bytes) = (Digest::of(text.as_bytes()), text.len() as u64);
            formats.insert(name.trim_end_matches(".csv").to_owned(), form.clone());
        }
        manifest
    }

    /// The folder of which whatever lies there is known.
    fn own(path: &Path) -> KnownFolder {
        FetchedFolder::at(path).unwrap().known(|_| Ok(true)).unwrap()
    }

    /// Fetches the file `name` of `manifest`: what was set aside.
    fn fetched(path: &Path, manifest: &Manifest, (name, text): (&str, &str)) -> Vec<PathBuf> {
        let folder = own(path);
        let entry = manifest.masters[0].clone();
        let (name, bytes, sha256) = (name.to_owned(), text.into(), Digest::of(text.as_bytes()));
        let file = folder.write(SignedFile { entry, name, bytes, sha256 }).unwrap();
        folder.name(vec![file], manifest).unwrap().1
    }

    #[test]
    fn no_file_of_another_release_stays_in_whatever_format_it_was_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let first = release(1, &[("kikin.csv", "1"), ("kokuho.csv", "one"), ("same.csv", "same")]);
        let second = release(2, &[("kikin.csv", "2"), ("kokuho.csv", "two"), ("same.csv", "same")]);
        for file in [("kikin.csv", "1"), ("same.csv", "same")] {
            assert!(fetched(folder.path(), &first, file).is_empty());
        }
        // In another format: the files of the first go, what both releases have stays.
        let aside = fetched(folder.path(), &second, ("kokuho.csv", "two"));
        assert_eq!(aside, [at("superseded/kikin.csv")]);
        assert!(!at("kikin.csv").exists() && at("same.csv").exists() && at("kokuho.csv").exists());
        assert!(!at(COMING_FILE).exists());
    }

    #[test]
    fn what_got_its_name_before_a_fetch_was_cut_off_is_known_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let [first, second, third] =
            [(1, "a.csv"), (2, "b.csv"), (3, "c.csv")].map(|(number, name)| release(number, &[(name, name)]));
        fetched(folder.path(), &first, ("a.csv", "a.csv"));
        let cut = own(folder.path());
        // A file in the way of what is set aside last: the second release's fetch ends there.
        lay(at(SUPERSEDED), b"in the way");
        let file = SignedFile {
            entry: second.masters[0].clone(),
            name: "b.csv".into(),
            bytes: b"b.csv".to_vec(),
            sha256: Digest::of(b"b.csv"),
        };
        let file = cut.write(file).unwrap();
        assert!(cut.name(vec![file], &second).is_err());
        assert!(at("b.csv").exists() && at(COMING_FILE).exists());
        fs::remove_file(at(SUPERSEDED)).unwrap();

        let aside = fetched(folder.path(), &third, ("c.csv", "c.csv"));
        assert_eq!(aside, [at("superseded/a.csv"), at("superseded/b.csv")]);
        assert!(at("c.csv").exists() && !at("b.csv").exists() && !at(COMING_FILE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_set_aside_goes_over_nothing_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let fetched = own(folder.path());
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
    #[test]
    fn of_two_fetches_at_once_one_waits_and_finds_what_the_other_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let first = own(&path);
        let busy = FetchedFolder::within(Duration::ZERO, &path).unwrap_err();
        assert!(busy.say(Lang::En).contains("another `channel fetch` is writing"), "{busy}");
        assert!(busy.say(Lang::Ja).contains("別の channel fetch が書き込み中"), "{busy}");
        let manifest = release(1, &[("a.csv", "1")]);
        let found = std::thread::scope(|scope| {
            let second = scope.spawn(|| FetchedFolder::at(&path).unwrap().before.clone());
            assert!(first.name(Vec::new(), &manifest).unwrap().1.is_empty());
            second.join().unwrap()
        });
        assert_eq!(found, Some(manifest));
        let names: Vec<_> = fs::read_dir(&path).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(names, [RELEASE_FILE], "and no lock");
        // Made for nothing, it goes again.
        let nothing = folder.path().join("nothing");
        drop(own(&nothing));
        assert!(!nothing.exists());
    }

    #[test]
    fn what_would_be_in_the_way_is_told_before_anything_is_fetched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fetched(folder.path(), &release(1, &[("a.csv", "1")]), ("a.csv", "1"));
        lay(at(SUPERSEDED), "in the way");
        assert!(refused(folder.path()).contains("superseded is no folder"));
    }

    #[test]
    fn a_manifest_that_anybody_laid_there_moves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (signed, forged) = (release(1, &[("a.csv", "1")]), release(1, &[("letter.csv", "dear")]));
        let manifest = signed.digest().unwrap();
        let known = |asked: ReleaseRef| Ok(asked == ReleaseRef { release: 1, manifest });
        lay(at("letter.csv"), "dear");
        lay(at(RELEASE_FILE), forged.to_bytes().unwrap());
        let told = FetchedFolder::at(folder.path()).unwrap().known(known).unwrap_err().say(Lang::En);
        assert!(told.contains("is not known to have had") && told.contains("Nothing was written"), "{told}");
        // No more does the record of a fetch that was cut off.
        lay(at(RELEASE_FILE), signed.to_bytes().unwrap());
        assert!(FetchedFolder::at(folder.path()).unwrap().known(known).is_ok());
        lay(at(COMING_FILE), forged.to_bytes().unwrap());
        assert!(FetchedFolder::at(folder.path()).unwrap().known(known).is_err());
        assert!(at("letter.csv").exists() && !at(SUPERSEDED).exists());
    }

    #[test]
    fn what_a_fetch_that_was_killed_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // A file that was not named yet, when its process died, and the lock.
        let left = files::write_unnamed(&at("a.csv"), b"1").unwrap();
        let name = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        fs::copy(&name, at(".warifu-left")).unwrap();
        lay(at(LOCK_FILE), "");
        drop(FetchedFolder::at(folder.path()).unwrap());
        assert!(name.exists() && !at(".warifu-left").exists() && !at(LOCK_FILE).exists());
        drop(left);
    }
}
