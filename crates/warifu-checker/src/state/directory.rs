//! The state directory: content by digest, and one record that names what runs.
//!
//! ```text
//! content/<sha256>      bytes of a release: its masters, their timelines, its lists of changes
//! manifests/<sha256>    manifests
//! trusted/              what was accepted of the channel (warifu_channels::StateStore)
//! recent/               claim files to replay
//! reports/              what the gates said of each release
//! checker.json          the record
//! checker-copy.json     the record again
//! reserve               room for the record on a full disk
//! root-copy.json        the root file that the last start was pinned to
//! trusted-copy.json     what was accepted of the channel at the last look
//! damaged/              what could not be believed, for whoever looks into it
//! audit.jsonl           what this checker did (warifu_audit)
//! history.json          how much was found over time (crate::history)
//! lock                  held while a checker runs
//! ```
//! Content is written and made durable before the record names it, so a kill at any point leaves the record
//! of before or after, and everything that either names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use warifu_files::ReadError;
use warifu_trust::{Content, Manifest, ReleaseRef, UnixSeconds, limits};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::cause::{Amiss, Cause};
use crate::release::{PartBytes, ReleaseContent};
use crate::said::Said;
use crate::state::catching_up::caught_up;
use crate::state::disk::{Disk, move_aside, private_directory, set_aside};
use crate::state::installed::{Installed, Marks};
use crate::state::rebuild::rebuilt;
use crate::state::record::Record;
use crate::state::told::Told;
use crate::state::twice::{Found, LOG, OnDisk, TwoCopies};
use crate::state::witness::Witnesses;
use crate::stored::{Compared, NotHad, Stored};

/// Files that only a checker leaves after its first record.
const LEFT_FILES: [&str; 3] = [LOG, "history.json", "trusted-copy.json"];

/// Folders in which one leaves anything only after that.
const LEFT_FOLDERS: [&str; 4] = ["content", "manifests", "trusted", "damaged"];

/// The log of acts that is read for what ran: some hundred bytes an act.
const LOG_BYTES: u64 = 256 << 20;

/// The directory, held by this process alone.
#[derive(Debug)]
pub struct StateDirectory {
    path: PathBuf,
    record: TwoCopies,
    disk: Disk,
    /// What of its content was compared.
    compared: Compared,
    _lock: Option<Lock>,
}

/// The process that holds the lock of `file`, as far as the system tells it.
fn holder(file: &File) -> Option<u32> {
    let inode = file.metadata().ok()?.ino();
    let listed = fs::read_to_string("/proc/locks").ok()?;
    holder_in(&listed, inode)
}

/// The same, by the lines of `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF`.
fn holder_in(listed: &str, inode: u64) -> Option<u32> {
    listed.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // Who waits for a lock stands behind an arrow.
        let [_, "FLOCK", _, "WRITE", process, file, ..] = words[..] else { return None };
        let is_it = file.rsplit(':').next()?.parse() == Ok(inode);
        is_it.then(|| process.parse().ok()).flatten()
    })
}

/// The lock of the directory. It is given back by name and not by closing the file alone, which a program
/// just being started may hold open for a moment more.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be given back now falls with the file.
        let _ = self.0.unlock();
    }
}

/// The state directory cannot be used.
#[derive(Debug)]
pub enum StateDirectoryError {
    /// A file of it cannot be read.
    Read(ReadError),
    /// It cannot be written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Another checker runs on it.
    InUse {
        /// The directory.
        path: PathBuf,
        /// Its process, where the system tells it.
        process: Option<u32>,
    },
    /// The record does not hold what it must.
    DamagedRecord {
        /// The file.
        path: PathBuf,
    },
    /// A file of a release is not what its digest says.
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl From<NotHad> for StateDirectoryError {
    fn from(error: NotHad) -> Self {
        match error {
            NotHad::Read(error) => StateDirectoryError::Read(error),
            NotHad::Damaged { path } => StateDirectoryError::Damaged { path },
        }
    }
}

impl Speak for StateDirectoryError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateDirectoryError::Read(error) => error.say(lang),
            StateDirectoryError::Io { path, .. } => {
                let path = path.display();
                say!(lang, "{path} cannot be written", "{path} への書き込みに失敗しました")
            }
            StateDirectoryError::InUse { path, process } => {
                let path = path.display();
                let process = process.map(|id| say!(lang, " (process {id})", "（プロセス {id}）"));
                let process = process.unwrap_or_default();
                say!(
                    lang,
                    "a checker runs on {path} already{process}: ask it with warifu-checker status --state \
                     {path}; to start anew, end that one first; a second one needs a --state of its own",
                    "{path} ではチェッカーがすでに稼働中です{process}。状態は warifu-checker status --state {path} で確認できます。\
                     起動し直す場合は先にそれを終了してください。別に 2 つ目を動かす場合は --state を分けてください"
                )
            }
            StateDirectoryError::DamagedRecord { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} is damaged, so it is not known what ran; restore it, or start with another \
                     --state, which takes the channel's release as a first one",
                    "{path} が壊れているため、稼働していたリリースが分かりません。復元するか、別の --state で起動して\
                     ください（配信元のリリースを初回として受け入れます）"
                )
            }
            StateDirectoryError::Damaged { path } => NotHad::Damaged { path: path.clone() }.say(lang),
        }
    }
}

impl std::fmt::Display for StateDirectoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for StateDirectoryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StateDirectoryError::Read(error) => std::error::Error::source(error),
            StateDirectoryError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl StateDirectoryError {
    /// What is amiss by it: the disk, always.
    pub fn amiss(&self) -> Amiss {
        let cause = match self {
            StateDirectoryError::Io { source, .. } => Cause::of_disk(source),
            _ => Cause::DiskFault,
        };
        Amiss::new(cause, Said::of(self))
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StateDirectoryError {
    let path = path.to_owned();
    move |source| StateDirectoryError::Io { path, source }
}

impl StateDirectory {
    /// Opens `path` for a running checker, making it when it is not there.
    ///
    /// # Errors
    /// [`StateDirectoryError::InUse`] when another checker runs on it; otherwise it cannot be made or locked.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StateDirectoryError> {
        StateDirectory::open_on(Disk::default(), path)
    }

    /// The same on this disk.
    ///
    /// # Errors
    /// As [`StateDirectory::open`].
    pub fn open_on(disk: Disk, path: impl Into<PathBuf>) -> Result<Self, StateDirectoryError> {
        let path = path.into();
        for directory in [path.clone(), path.join("content"), path.join("manifests")] {
            private_directory(&directory).map_err(io_error(&directory))?;
        }
        let lock = path.join("lock");
        // Never opened for writing where it is there: that would wait for the reader of a pipe.
        let file = match warifu_files::open(&lock) {
            Err(ReadError::Missing { .. }) => {
                File::options().create_new(true).write(true).open(&lock).map_err(io_error(&lock))?
            }
            there => there.map_err(StateDirectoryError::Read)?,
        };
        match file.try_lock() {
            Ok(()) => Ok(StateDirectory {
                record: TwoCopies::below(&path, disk.clone()),
                path,
                disk,
                compared: Compared::default(),
                _lock: Some(Lock(file)),
            }),
            Err(TryLockError::WouldBlock) => Err(StateDirectoryError::InUse { path, process: holder(&file) }),
            Err(TryLockError::Error(source)) => Err(StateDirectoryError::Io { path: lock, source }),
        }
    }

    /// Looks at `path` without locking it: also beside a running checker.
    pub fn look_at(path: impl Into<PathBuf>) -> Self {
        let (path, disk, compared) = (path.into(), Disk::default(), Compared::default());
        StateDirectory { record: TwoCopies::below(&path, disk.clone()), path, disk, compared, _lock: None }
    }

    /// The same directory, looked at from beside in the same process: what one of both compared with its
    /// digest, the other knows.
    #[must_use]
    pub fn from_beside(&self) -> Self {
        StateDirectory { compared: self.compared.clone(), ..StateDirectory::look_at(&self.path) }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the channel's trusted metadata is kept.
    pub fn trusted(&self) -> PathBuf {
        self.path.join("trusted")
    }

    /// The log of what this checker did.
    pub fn audit(&self) -> PathBuf {
        self.path.join(LOG)
    }

    /// Where recent claim files are kept.
    pub fn recent(&self) -> PathBuf {
        self.path.join("recent")
    }

    fn content(&self, digest: Digest) -> PathBuf {
        self.path.join("content").join(digest.to_string())
    }

    fn manifest(&self, digest: Digest) -> PathBuf {
        self.path.join("manifests").join(digest.to_string())
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

    /// The record; an empty one when nothing was recorded.
    ///
    /// # Errors
    /// [`StateDirectoryError`]: neither copy can be read, or both are damaged or of another version.
    pub fn record(&self) -> Result<Record, StateDirectoryError> {
        match self.record.read() {
            Found::Record(found) => Ok(*found.record),
            Found::Nothing => Ok(Record::default()),
            Found::Damaged { path } => Err(StateDirectoryError::DamagedRecord { path }),
            Found::Unreadable(error) => Err(StateDirectoryError::Read(error)),
        }
    }

    /// The record for a start. Where both copies are damaged or gone, and this is no first start, it is one
    /// that is put together from what else tells of it, and says so; where it is older than what that tells,
    /// that counts too.
    ///
    /// # Errors
    /// [`StateDirectoryError::Read`]: neither copy can be read now, and nothing here could judge.
    pub fn record_or_rebuilt(&self, now: UnixSeconds) -> Result<Record, StateDirectoryError> {
        let found = self.record.read();
        let witnesses = self.witnesses();
        let error = match found {
            Found::Record(found) => return Ok(caught_up(found, &witnesses, || self.whole(), now)),
            Found::Nothing if self.is_untouched() => return Ok(Record::default()),
            Found::Nothing | Found::Damaged { .. } => None,
            Found::Unreadable(error) => Some(StateDirectoryError::Read(error)),
        };
        let why = Said::new(
            format!("the record of {} and its copy are damaged or gone", self.path.display()),
            format!("{} の記録は控えも含めて壊れているか、ありません", self.path.display()),
        );
        let why = witnesses.damage().map_or(why.clone(), |damage| why.then(&damage));
        let whole = self.whole();
        // It may be there, and be read again once somebody lets it: nothing takes its place for nothing.
        if let Some(error) = error.filter(|_| whole.is_empty()) {
            return Err(error);
        }
        let mut record = rebuilt(&Told::by(&witnesses), whole, &why, now);
        self.numbers().into_iter().for_each(|release| record.forbid_before(release));
        // What cannot be put aside is replaced all the same.
        let _ = self.record.set_aside();
        Ok(record)
    }

    /// Whether a release ever judged here, by whatever still tells.
    pub fn has_judged(&self) -> bool {
        let recorded = match self.record.read() {
            Found::Record(OnDisk { record, .. }) => {
                let runs = record.running().release().is_some();
                runs || record.floor().is_some() || record.rebuilt().is_some()
            }
            Found::Nothing => !self.is_untouched(),
            Found::Damaged { .. } | Found::Unreadable(_) => true,
        };
        recorded || Told::by(&self.witnesses()).of_any()
    }

    /// Whether no checker ever was here: the record is written before anything else is, so whatever else is
    /// here outlived one.
    fn is_untouched(&self) -> bool {
        let is_there = |name: &&str| fs::symlink_metadata(self.path.join(name)).is_ok();
        let has_any = |name: &&str| {
            let entries = fs::read_dir(self.path.join(name)).into_iter().flatten();
            // A mount point of its own has such a folder.
            entries.flatten().any(|entry| entry.file_name() != "lost+found")
        };
        !LEFT_FILES.iter().any(is_there) && !LEFT_FOLDERS.iter().any(has_any)
    }

    /// Writes the record of a folder that no checker ever was in, so that what comes to lie beside it is not
    /// taken for what outlived one. Any other folder stays as it is.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`].
    pub fn begin(&self) -> Result<(), StateDirectoryError> {
        match self.record.read() {
            Found::Nothing if self.is_untouched() => self.write_record(&Record::default()),
            _ => Ok(()),
        }
    }

    /// What tells of releases beside the record.
    fn witnesses(&self) -> Witnesses {
        let history = self.path.join("history.json");
        Witnesses::read(warifu_files::read(&self.audit(), LOG_BYTES), warifu_files::read(&history, LOG_BYTES))
    }

    /// Lets the log of acts begin anew where it is not what was written: what is there goes into `damaged/`.
    /// Gives whether it does.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]: it is where it was.
    pub fn mend_log(&self) -> Result<bool, StateDirectoryError> {
        if self.witnesses().log_is_whole() {
            return Ok(false);
        }
        let log = self.audit();
        move_aside(&self.path.join("damaged"), &log).map_err(io_error(&log)).map(|_| true)
    }

    /// The numbers of all releases whose manifests lie here, whole or not.
    fn numbers(&self) -> Vec<u64> {
        self.manifests().map(|id| id.release).collect()
    }

    /// The releases whose manifests lie here.
    fn manifests(&self) -> impl Iterator<Item = ReleaseRef> {
        let entries = fs::read_dir(self.path.join("manifests")).into_iter().flatten().flatten();
        entries.filter_map(|entry| {
            let manifest: Digest = entry.file_name().to_str()?.parse().ok()?;
            let bytes = warifu_files::read(&entry.path(), limits::MANIFEST_BYTES).ok()?;
            let is_it = Digest::of(&bytes) == manifest;
            let release = Manifest::from_bytes(&bytes).ok().filter(|_| is_it)?.release;
            Some(ReleaseRef { release, manifest })
        })
    }

    /// Every release that lies here whole.
    fn whole(&self) -> Vec<Installed> {
        let whole = |id: ReleaseRef| {
            let content = self.load(id).ok()?;
            let manifest = content.manifest();
            let (title, marks) = (manifest.title.clone(), Marks::of(manifest));
            let (id, since, signed_by) = (content.id().into(), UnixSeconds::EPOCH, Default::default());
            Some(Installed { id, title, since, marks, signed_by })
        };
        self.manifests().filter_map(whole).collect()
    }

    /// Replaces the record as a whole, in both copies: the instant that a restart sees. One copy is enough;
    /// [`StateDirectory::trouble`] tells of the other.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; the record is the one before then, or this one.
    pub fn write_record(&self, record: &Record) -> Result<(), StateDirectoryError> {
        self.record.write(record).map_err(|(path, source)| StateDirectoryError::Io { path, source })
    }

    /// Writes a file that is no part of a release, as a whole.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; what was there before is still there.
    pub fn write_copy(&self, path: &Path, bytes: &[u8]) -> Result<(), StateDirectoryError> {
        let folder = path.parent().unwrap_or(&self.path);
        private_directory(folder).map_err(io_error(folder))?;
        self.disk.write_whole(path, bytes).map_err(io_error(path))
    }

    /// Keeps what is damaged at `path` in `damaged/`, as far as the disk lets it.
    pub fn set_aside(&self, path: &Path) {
        let _ = set_aside(&self.path.join("damaged"), path);
    }

    /// How many bytes are free on its disk; none where the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.disk.free_bytes(&self.path)
    }

    /// Why the newest record is not on disk twice, if it is not.
    pub fn trouble(&self) -> Option<Amiss> {
        self.record.trouble()
    }

    /// Writes a report of this name as JSON and as a page, beside the record.
    ///
    /// # Errors
    /// [`StateDirectoryError::Io`]; the ones before stay.
    pub fn write_report(&self, name: &str, json: &[u8], page: &[u8]) -> Result<(), StateDirectoryError> {
        let reports = self.path.join("reports");
        private_directory(&reports).map_err(io_error(&reports))?;
        let path = |ending| reports.join(format!("{name}.{ending}"));
        let written = [(path("json"), json), (path("html"), page)];
        let written = written.each_ref().map(|(path, bytes)| (&**path, *bytes));
        self.disk.write_each_whole(&written).map_err(|(path, error)| io_error(path)(error))
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
        for directory in ["content", "manifests"] {
            let Ok(entries) = fs::read_dir(self.path.join(directory)) else { continue };
            for entry in entries.flatten() {
                if !names.contains(&*entry.file_name().to_string_lossy()) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::Part;
    use warifu_trust::testing::{head, held, masters};

    use super::*;

    /// As a program has it that is just being started.
    #[test]
    fn a_copy_of_the_handle_does_not_hold_a_directory_that_was_let_go() {
        let directory = tempfile::tempdir().unwrap();
        let first = StateDirectory::open(directory.path()).unwrap();
        let _copy = first._lock.as_ref().unwrap().0.try_clone().unwrap();
        assert!(matches!(StateDirectory::open(directory.path()), Err(StateDirectoryError::InUse { .. })));
        drop(first);
        StateDirectory::open(directory.path()).unwrap();
    }

    #[test]
    fn one_checker_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let first = StateDirectory::open(directory.path()).unwrap();
        let second = StateDirectory::open(directory.path()).unwrap_err();
        let own = std::process::id();
        assert!(
            matches!(&second, StateDirectoryError::InUse { process: Some(id), .. } if *id == own),
            "{second:?}"
        );
        assert!(second.say(Lang::Ja).contains(&format!("稼働中です（プロセス {own}）")), "{second:?}");
        assert!(second.say(Lang::Ja).contains("warifu-checker status --state "), "{second:?}");
        // Who waits, who reads and whose lock is another file's hold nothing.
        let listed =
            "1: FLOCK  ADVISORY  WRITE 12 fe:01:34 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 13 fe:01:34 0 EOF\n";
        assert_eq!((holder_in(listed, 34), holder_in(listed, 4)), (Some(12), None));
        drop(first);
        StateDirectory::open(directory.path()).unwrap();
    }

    /// A release that carries changes, and one that follows none.
    fn releases() -> [ReleaseContent; 2] {
        [2, 1].map(|number| {
            let (manifest, bytes) = held(head(number, None), &masters(number));
            ReleaseContent::new(manifest, bytes).unwrap()
        })
    }

    #[test]
    fn every_part_of_a_release_is_kept_and_held_to_its_digest() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let [content, _] = releases();
        state.keep(&content).unwrap();
        assert_eq!(content.parts().count(), 2 * 2 + 1);
        let loaded = state.load(content.id()).unwrap();
        let same = |((one, held), (other, again)): ((Part<'_>, &PartBytes), (Part<'_>, &PartBytes))| {
            one == other && held.read().unwrap() == again.read().unwrap()
        };
        assert!(loaded.parts().zip(content.parts()).all(same));
        for (part, bytes) in content.parts() {
            let bytes = bytes.in_memory().unwrap();
            let file = state.content(part.content.sha256);
            let told = |state: &StateDirectory| state.load(content.id()).unwrap_err().to_string();
            fs::write(&file, [bytes, b"x"].concat()).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            fs::remove_file(&file).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            fs::create_dir_all(file.join("in/the/way")).unwrap();
            assert!(told(&state).contains("content"), "{:?}", part.holds);
            state.keep(&content).unwrap();
            state.load(content.id()).unwrap();
            state.keep(&content).unwrap();
            assert!(state.load(content.id()).is_ok());
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_was_compared_here_and_nobody_touched_since_is_not_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let [content, _] = releases();
        let read = |state: &StateDirectory| {
            let loaded = state.load(content.id()).unwrap();
            loaded.parts().filter(|(_, held)| held.in_memory().is_some()).count()
        };
        state.keep(&content).unwrap();
        assert_eq!(read(&state), 0, "it was written here");
        assert_eq!(read(&state.from_beside()), 0);
        let other = StateDirectory::look_at(directory.path());
        assert_eq!((read(&other), read(&other)), (content.parts().count(), 0));
        assert_eq!(state.stored(content.id()).len(), content.parts().count() + 1, "with the manifest");

        let file = state.content(content.parts().next().unwrap().0.content.sha256);
        let touched = directory.path().join("touched");
        fs::copy(&file, &touched).unwrap();
        fs::rename(&touched, &file).unwrap();
        assert_eq!((read(&state), read(&state)), (1, 0));
        fs::remove_file(&file).unwrap();
        assert!(state.load(content.id()).is_err());
        assert!(state.stored(content.id()).is_empty());
    }

    #[test]
    fn what_a_kept_release_carries_is_not_pruned() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        let releases = releases();
        releases.iter().for_each(|content| state.keep(content).unwrap());
        let [second, first] = releases.each_ref().map(ReleaseContent::id);
        state.prune(&[second, first]);
        assert!(state.load(second).is_ok() && state.load(first).is_ok());
        state.prune(&[second]);
        assert!(state.load(second).is_ok() && state.load(first).is_err());
        let left = fs::read_dir(directory.path().join("content")).unwrap().count();
        assert_eq!(left, releases[0].parts().count());
    }

    #[test]
    fn a_damaged_record_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path()).unwrap();
        assert_eq!(state.record().unwrap(), Record::default());
        fs::write(directory.path().join("checker.json"), "{").unwrap();
        assert!(matches!(state.record(), Err(StateDirectoryError::DamagedRecord { .. })));
    }

    /// A pipe would wait for somebody to write, a device would never end.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_told_and_not_waited_for() {
        let pipe = |path: &Path| {
            let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        };
        let device = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
        let nowhere = |path: &Path| std::os::unix::fs::symlink("nowhere/at/all", path).unwrap();
        let folder = |path: &Path| fs::create_dir(path).unwrap();
        let [content, _] = releases();
        let part = content.parts().next().unwrap().0.content.sha256;
        for put in [&pipe as &dyn Fn(&Path), &device, &nowhere, &folder] {
            let directory = tempfile::tempdir().unwrap();
            let state = StateDirectory::open(directory.path()).unwrap();
            state.keep(&content).unwrap();
            for file in [state.content(part), state.manifest(content.id().manifest)] {
                let bytes = fs::read(&file).unwrap();
                fs::remove_file(&file).unwrap();
                put(&file);
                let told = state.load(content.id()).unwrap_err();
                assert!(told.to_string().contains(&*file.to_string_lossy()), "{told}");
                state.prune(&[content.id()]);
                if fs::remove_file(&file).is_err() {
                    fs::remove_dir(&file).unwrap();
                }
                fs::write(&file, bytes).unwrap();
            }
            for name in ["content", "manifests", "lock"] {
                let directory = tempfile::tempdir().unwrap();
                put(&directory.path().join(name));
                let opened = StateDirectory::open(directory.path());
                let is_folder = directory.path().join(name).is_dir();
                assert_eq!(opened.is_ok(), is_folder && name != "lock", "{name}");
            }
            let records = ["checker.json", "checker-copy.json"].map(|name| directory.path().join(name));
            records.iter().for_each(|record| put(record));
            // What leads nowhere is not there.
            let is_there = records[0].exists();
            assert_eq!(state.record().is_err(), is_there);
        }
    }
}
