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
//! acts-unwritten.json   what of that could not be written yet, as long as that is so
//! history.json          how much was found over time (crate::history)
//! lock                  held while a checker runs
//! ```
//! Content is written and made durable before the record names it, so a kill at any point leaves the record
//! of before or after, and everything that either names.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use warifu_files::ReadError;
use warifu_trust::UnixSeconds;

use crate::cause::Amiss;
use crate::said::Said;
use crate::state::catching_up::caught_up;
use crate::state::directory_error::{StateDirectoryError, io_error};
use crate::state::disk::{Disk, move_aside, private_directory, set_aside};
use crate::state::lock::{Lock, holder};
use crate::state::rebuild::rebuilt;
use crate::state::record::Record;
use crate::state::releases::{CONTENT, KeptReleases, MANIFESTS};
use crate::state::told::Told;
use crate::state::twice::{Found, LOG, OnDisk, TwoCopies};
use crate::state::witness::Witnesses;

/// Files that only a checker leaves after its first record.
const LEFT_FILES: [&str; 3] = [LOG, "history.json", "trusted-copy.json"];

/// Folders in which one leaves anything only after that.
const LEFT_FOLDERS: [&str; 4] = [CONTENT, MANIFESTS, "trusted", "damaged"];

/// All that may lie in a folder before a checker was ever in it, or while it begins.
const OWN: [&str; 9] =
    [CONTENT, MANIFESTS, "trusted", "damaged", "recent", "reports", "lock", "operator.sock", "lost+found"];

/// The log of acts that is read for what ran: some hundred bytes an act.
const LOG_BYTES: u64 = 256 << 20;

/// The directory, held by this process alone.
#[derive(Debug)]
pub struct StateDirectory {
    path: PathBuf,
    record: TwoCopies,
    disk: Disk,
    releases: KeptReleases,
    _lock: Option<Lock>,
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
        for directory in [path.clone(), path.join(CONTENT), path.join(MANIFESTS)] {
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
                releases: KeptReleases::below(&path, disk.clone()),
                path,
                disk,
                _lock: Some(Lock(file)),
            }),
            Err(TryLockError::WouldBlock) => Err(StateDirectoryError::InUse { path, process: holder(&file) }),
            Err(TryLockError::Error(source)) => Err(StateDirectoryError::Io { path: lock, source }),
        }
    }

    /// Looks at `path` without locking it: also beside a running checker.
    pub fn look_at(path: impl Into<PathBuf>) -> Self {
        let (path, disk) = (path.into(), Disk::default());
        let record = TwoCopies::below(&path, disk.clone());
        let releases = KeptReleases::below(&path, disk.clone());
        StateDirectory { path, record, disk, releases, _lock: None }
    }

    /// Waits until nobody has the directory at `path` open, for so long at most.
    pub fn wait_for(path: &Path, most: Duration) {
        let Ok(lock) = warifu_files::open(&path.join("lock")) else { return };
        let (is_free, free) = mpsc::channel();
        // It ends with the process, where whoever has it does not give it back.
        std::thread::spawn(move || {
            let _ = lock.lock_shared();
            drop(lock);
            let _ = is_free.send(());
        });
        let _ = free.recv_timeout(most);
    }

    /// The same directory, looked at from beside in the same process: what one of both compared with its
    /// digest, the other knows.
    #[must_use]
    pub fn from_beside(&self) -> Self {
        StateDirectory { releases: self.releases.clone(), ..StateDirectory::look_at(&self.path) }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The releases that lie in it.
    pub fn releases(&self) -> &KeptReleases {
        &self.releases
    }

    /// Where the channel's trusted metadata is kept.
    pub fn trusted(&self) -> PathBuf {
        self.path.join("trusted")
    }

    /// What the member of a fleet gave its word for.
    pub fn fleet(&self) -> PathBuf {
        self.path.join("fleet.json")
    }

    /// The log of what this checker did.
    pub fn audit(&self) -> PathBuf {
        self.path.join(LOG)
    }

    /// Where recent claim files are kept.
    pub fn recent(&self) -> PathBuf {
        self.path.join("recent")
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
            Found::Record(found) => return Ok(caught_up(found, &witnesses, || self.releases.whole(), now)),
            Found::Nothing if self.is_untouched() => return Ok(Record::default()),
            Found::Nothing | Found::Damaged { .. } => None,
            Found::Unreadable(error) => Some(StateDirectoryError::Read(error)),
        };
        let why = Said::new(
            format!("the record of {} and its copy are damaged or gone", self.path.display()),
            format!("{} の記録は控えも含めて壊れているか、ありません", self.path.display()),
        );
        let why = witnesses.damage().map_or(why.clone(), |damage| why.then(&damage));
        let whole = self.releases.whole();
        // It may be there, and be read again once somebody lets it: nothing takes its place for nothing.
        if let Some(error) = error.filter(|_| whole.is_empty()) {
            return Err(error);
        }
        let mut record = rebuilt(&Told::by(&witnesses), whole, &why, now);
        self.releases.numbers().into_iter().for_each(|release| record.forbid_before(release));
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
    pub fn is_untouched(&self) -> bool {
        let is_there = |name: &&str| fs::symlink_metadata(self.path.join(name)).is_ok();
        let has_any = |name: &&str| {
            let entries = fs::read_dir(self.path.join(name)).into_iter().flatten();
            // A mount point of its own has such a folder.
            entries.flatten().any(|entry| entry.file_name() != "lost+found")
        };
        !LEFT_FILES.iter().any(is_there) && !LEFT_FOLDERS.iter().any(has_any)
    }

    /// What lies here and is nothing of a checker's, by name: the folder may be meant for something else.
    pub fn strangers(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut strangers: Vec<String> = names.filter(|name| !OWN.contains(&name.as_str())).collect();
        strangers.sort_unstable();
        strangers
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

    /// Moves what is damaged at `path` to `damaged/`.
    ///
    /// # Errors
    /// The disk does not let it.
    pub fn move_aside(&self, path: &Path) -> std::io::Result<()> {
        move_aside(&self.path.join("damaged"), path)
    }

    /// How many bytes are free on its disk; none where the system does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        self.disk.free_bytes(&self.path)
    }

    /// Why the newest record is not on disk twice, if it is not.
    pub fn trouble(&self) -> Option<Amiss> {
        self.record.trouble()
    }

    /// Why the room for the next record is not kept, if it is not.
    pub fn no_reserve(&self) -> Option<Amiss> {
        self.record.no_reserve()
    }

    /// Tries once more to keep it.
    pub fn keep_reserve(&self) {
        self.record.keep_reserve();
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
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;
    use crate::state::lock::holder_in;
    use crate::state::releases::testing::releases;

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

    /// That it is there already would be no news to anybody.
    #[test]
    fn a_file_in_a_folders_place_is_told_as_no_folder() {
        for name in [CONTENT, MANIFESTS] {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(name);
            fs::write(&path, "a file").unwrap();
            let error = StateDirectory::open(directory.path()).unwrap_err();
            let StateDirectoryError::Io { path: told, source } = error else { panic!("{error}") };
            assert_eq!((told, source.kind()), (path, std::io::ErrorKind::NotADirectory));
        }
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
            state.releases().keep(&content).unwrap();
            for file in [state.releases().content(part), state.releases().manifest(content.id().manifest)] {
                let bytes = fs::read(&file).unwrap();
                fs::remove_file(&file).unwrap();
                put(&file);
                let told = state.releases().load(content.id()).unwrap_err();
                assert!(told.to_string().contains(&*file.to_string_lossy()), "{told}");
                state.releases().prune(&[content.id()]);
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
