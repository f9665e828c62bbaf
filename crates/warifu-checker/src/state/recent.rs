//! The recent claim files, kept to be replayed against a candidate: in memory, and in the state directory so
//! that a restart does not leave the next candidate unwatched.
//!
//! They hold patients' data. None is kept unless that is configured; the directory is readable by its own
//! user only, number, size and age are bounded, nothing of them goes anywhere else, and [`Recent::forget`]
//! deletes them all.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::log::now;
use crate::said::Said;
use crate::state::disk::{flush_folder, private_directory, write_whole};

/// All kept files together. A few large hospitals' months; a candidate is replayed in seconds.
const TOTAL_BYTES: usize = 64 << 20;

/// No file above this is kept.
const FILE_BYTES: usize = TOTAL_BYTES / 2;

/// What is kept: whatever is more, larger or older is let go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Files.
    pub files: usize,
    /// Bytes of all together.
    pub bytes: usize,
    /// Days.
    pub days: u32,
}

impl From<usize> for Keeping {
    /// So many files, of the size that a candidate is replayed with in seconds, and of this month and the
    /// last one.
    fn from(files: usize) -> Keeping {
        Keeping { files, bytes: TOTAL_BYTES, days: 62 }
    }
}

/// What is kept now, as it is told: numbers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct KeptNow {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Files that are kept at most; 0 where none is.
    pub most: usize,
    /// Bytes that are kept at most.
    pub most_bytes: usize,
    /// Days that they are kept at most.
    pub most_days: u32,
}

impl Speak for KeptNow {
    fn say(&self, lang: Lang) -> String {
        let KeptNow { files, bytes, most, most_bytes, most_days } = self;
        let (mib, most_mib) = (bytes.div_ceil(1 << 20), most_bytes >> 20);
        if *most == 0 {
            return say!(lang, "no claim file is kept", "請求ファイルは保存していません");
        }
        say!(
            lang,
            "{files} of {most} claim files kept to replay ({mib} of {most_mib} MiB, {most_days} days at \
             most); to delete them: warifu-checker forget-claims",
            "再点検用に保存中の請求ファイル: {files}/{most} 件（{mib}/{most_mib} MiB、最長 {most_days} 日）。\
             削除は warifu-checker forget-claims"
        )
    }
}

/// Claim files that were deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Forgotten {
    /// How many.
    pub files: u64,
    /// Their bytes, each overwritten before it went.
    pub bytes: u64,
}

impl Speak for Forgotten {
    fn say(&self, lang: Lang) -> String {
        let Forgotten { files, bytes } = self;
        let counted_files = counted(*files, "claim file");
        say!(
            lang,
            "{counted_files} ({bytes} bytes) overwritten and deleted; none is kept now",
            "請求ファイル {files} 件（{bytes} バイト）を上書きして削除しました。保存中のファイルはありません"
        )
    }
}

/// Once the ring is full, by number or by bytes, a file replaces the oldest at most this often: a busy hour
/// must not become a busy disk, and files of different minutes say more than those of one.
const BETWEEN: Duration = Duration::from_secs(1);

/// The ring.
#[derive(Debug)]
pub struct Recent {
    keeping: Mutex<Keeping>,
    directory: PathBuf,
    /// Held while a file is written or deleted: what is forgotten is not written after that.
    on_disk: Mutex<()>,
    kept: Mutex<Kept>,
}

/// A file that the ring has in memory and not on disk yet: which one, and none of its bytes, so that a ring
/// that forgets leaves nothing waiting.
#[derive(Debug)]
pub struct Unwritten {
    number: u64,
    /// Files on disk that the ring has no more.
    left: Vec<u64>,
}

impl Unwritten {
    /// `earlier` is not written any more; what it would have removed, this one removes.
    pub fn take_over(&mut self, earlier: &Unwritten) {
        self.left.extend(&earlier.left);
    }
}

#[derive(Debug, Default)]
struct Kept {
    files: VecDeque<(u64, Arc<[u8]>)>,
    /// When each of them came, in the same order.
    came: VecDeque<UnixSeconds>,
    bytes: usize,
    next: u64,
    last: Option<Instant>,
}

impl Recent {
    /// The files kept in `directory`, as far as they are to be kept; newer ones first lose nothing.
    ///
    /// # Errors
    /// The directory cannot be made or read. A file that cannot be read is left out.
    pub fn open(directory: PathBuf, keeping: impl Into<Keeping>) -> io::Result<Self> {
        private_directory(&directory)?;
        let mut found: Vec<(u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            match number_of(&path) {
                Some(number) => found.push((number, path)),
                // What a kill left half written; what cannot be removed is not read either.
                _ => _ = fs::remove_file(&path),
            }
        }
        found.sort();
        let (on_disk, kept) = Default::default();
        let keeping = Mutex::new(keeping.into());
        let recent = Recent { keeping, directory, on_disk, kept };
        for (number, path) in found {
            let dropped = match warifu_files::read(&path, FILE_BYTES as u64) {
                Ok(bytes) => recent.take_in(number, bytes.into(), came(&path)),
                // Its number is not used again: there may be a folder that nothing takes the place of.
                Err(_) => recent.pass_over(number),
            };
            recent.remove(&dropped);
        }
        recent.expire(now());
        Ok(recent)
    }

    fn keeping(&self) -> Keeping {
        *self.keeping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps so much from now on: what is more than that goes at once.
    pub fn keep(&self, keeping: Keeping) {
        *self.keeping.lock().unwrap_or_else(PoisonError::into_inner) = keeping;
        let mut dropped = Vec::new();
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            while kept.files.len() > keeping.files || kept.bytes > keeping.bytes {
                dropped.extend(kept.let_go());
            }
        }
        let on_disk = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        self.remove(&dropped);
        drop(on_disk);
        self.expire(now());
    }

    /// Lets go of what is too old at `now`.
    pub fn expire(&self, now: UnixSeconds) {
        let Keeping { days, .. } = self.keeping();
        let mut too_old = Vec::new();
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            while kept.came.front().is_some_and(|came| came.plus_days(days) < now) {
                too_old.extend(kept.let_go());
            }
        }
        if too_old.is_empty() {
            return;
        }
        // What is just being written is not left behind.
        let _on_disk = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        self.remove(&too_old);
    }

    /// What is kept now, and what may be.
    pub fn now(&self) -> KeptNow {
        let Keeping { files: most, bytes: most_bytes, days: most_days } = self.keeping();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        KeptNow { files: kept.files.len(), bytes: kept.bytes, most, most_bytes, most_days }
    }

    /// The folder `directory` of a checker that does not run, for whoever deletes what is kept there; none of
    /// it is read.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn at_rest(directory: PathBuf) -> Result<Self, Said> {
        private_directory(&directory).map_err(|error| not_forgotten(&error))?;
        let keeping = Mutex::new(Keeping::from(0));
        let (on_disk, kept) = Default::default();
        Ok(Recent { keeping, directory, on_disk, kept })
    }

    /// Deletes every kept file, in memory and on disk: each is overwritten and flushed first, as far as the
    /// file system writes in place, and lastly the folder is flushed. Also files that an earlier run left.
    ///
    /// # Errors
    /// A file could not be overwritten or deleted; the others are gone all the same.
    pub fn forget(&self) -> Result<Forgotten, Said> {
        self.delete_all().map_err(|error| not_forgotten(&error))
    }

    fn delete_all(&self) -> io::Result<Forgotten> {
        let _on_disk = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            (kept.files, kept.came, kept.bytes) = Default::default();
        }
        let (mut forgotten, mut failed) = (Forgotten::default(), None);
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            // Whatever lies there as a file: also what a kill left half written.
            if !fs::symlink_metadata(&path).is_ok_and(|there| there.is_file()) {
                continue;
            }
            match overwrite_and_delete(&path) {
                Ok(bytes) => {
                    forgotten.files += 1;
                    forgotten.bytes += bytes;
                }
                Err(error) => failed = Some(error),
            }
        }
        flush_folder(&self.directory)?;
        failed.map_or(Ok(forgotten), Err)
    }

    fn pass_over(&self, number: u64) -> Vec<u64> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.next = kept.next.max(number);
        vec![number]
    }

    /// The files kept in `directory`, at most `most`, oldest first, read without changing anything: also
    /// beside the checker that keeps them.
    ///
    /// # Errors
    /// The directory is there and cannot be read. A file that cannot be is left out.
    pub fn look_at(directory: &Path, most: usize) -> io::Result<Vec<Arc<[u8]>>> {
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let paths = entries.flatten().map(|entry| entry.path());
        let mut found: Vec<(u64, PathBuf)> =
            paths.filter_map(|path| Some((number_of(&path)?, path))).collect();
        found.sort();
        let newest = found.split_off(found.len().saturating_sub(most));
        let read = |(_, path): &(u64, PathBuf)| warifu_files::read(path, FILE_BYTES as u64).ok();
        Ok(newest.iter().filter_map(read).map(Into::into).collect())
    }

    /// The files, oldest first.
    pub fn files(&self) -> Vec<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.files.iter().map(|(_, bytes)| Arc::clone(bytes)).collect()
    }

    /// Keeps `bytes` in memory and lets go of what is too old or too much; what is to be written, unless this
    /// one is not kept.
    pub fn take(&self, bytes: Arc<[u8]>) -> Option<Unwritten> {
        let number = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.would_take(&kept, bytes.len()) {
                return None;
            }
            kept.last = Some(Instant::now());
            kept.next += 1;
            kept.next
        };
        let left = self.take_in(number, bytes, now());
        Some(Unwritten { number, left })
    }

    /// Whether a file of so many bytes is kept that comes now.
    pub fn takes(&self, bytes: usize) -> bool {
        self.would_take(&self.kept.lock().unwrap_or_else(PoisonError::into_inner), bytes)
    }

    fn would_take(&self, kept: &Kept, bytes: usize) -> bool {
        let is_soon = kept.last.is_some_and(|last| last.elapsed() < BETWEEN);
        let keeping = self.keeping();
        let fits = bytes <= FILE_BYTES.min(keeping.bytes);
        let replaces = kept.files.len() >= keeping.files || kept.bytes + bytes > keeping.bytes;
        keeping.files > 0 && fits && !(is_soon && replaces)
    }

    /// Writes `file`, unless the ring has let go of it meanwhile, and removes what the ring has no more.
    ///
    /// # Errors
    /// The file could not be written; it is kept in memory all the same.
    pub fn write(&self, file: &Unwritten) -> io::Result<()> {
        let _on_disk = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = kept.files.iter().find(|(number, _)| *number == file.number);
            kept.map(|(_, bytes)| Arc::clone(bytes))
        };
        let written = bytes.map_or(Ok(()), |bytes| write_whole(&self.path(file.number), &bytes));
        self.remove(&file.left);
        written
    }

    fn take_in(&self, number: u64, bytes: Arc<[u8]>, came: UnixSeconds) -> Vec<u64> {
        let keeping = self.keeping();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.next = kept.next.max(number);
        kept.bytes += bytes.len();
        kept.files.push_back((number, bytes));
        kept.came.push_back(came);
        let mut dropped = Vec::new();
        while kept.files.len() > keeping.files || kept.bytes > keeping.bytes {
            dropped.extend(kept.let_go());
        }
        dropped
    }

    fn remove(&self, numbers: &[u64]) {
        for number in numbers {
            // A file that stays is removed at the next start.
            let _ = fs::remove_file(self.path(*number));
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.directory.join(format!("{number}.uke"))
    }
}

impl Kept {
    /// Lets go of the oldest; its number.
    fn let_go(&mut self) -> Option<u64> {
        self.came.pop_front();
        let (number, bytes) = self.files.pop_front()?;
        self.bytes -= bytes.len();
        Some(number)
    }
}

fn not_forgotten(error: &io::Error) -> Said {
    Said::about("not every claim file could be deleted", "削除できない請求ファイルがあります", error)
}

/// When the file at `path` was written; the beginning of time when nobody knows.
fn came(path: &Path) -> UnixSeconds {
    let written = fs::metadata(path).and_then(|there| there.modified()).ok();
    let since = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    UnixSeconds::new(since.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0))
}

/// How many bytes were overwritten.
fn overwrite_and_delete(path: &Path) -> io::Result<u64> {
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    let bytes = file.metadata()?.len();
    let overwritten = io::copy(&mut io::repeat(0).take(bytes), &mut file).and_then(|_| file.sync_all());
    // Deleted in any case.
    fs::remove_file(path)?;
    overwritten.map(|()| bytes)
}

/// The number of a kept file, by its name.
fn number_of(path: &Path) -> Option<u64> {
    let is_kept = path.extension().is_some_and(|end| end == "uke");
    path.file_stem().filter(|_| is_kept)?.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(recent: &Recent, bytes: &[u8]) {
        if let Some(file) = recent.take(bytes.into()) {
            recent.write(&file).unwrap();
        }
    }

    #[test]
    fn the_newest_survive_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let open = |most| Recent::open(directory.path().join("recent"), most).unwrap();
        let recent = open(2);
        for text in ["a", "b", "c", "d"] {
            keep(&recent, text.as_bytes());
            // The third comes later; the fourth too soon after it.
            if text == "b" {
                recent.kept.lock().unwrap().last = None;
            }
        }
        let texts = |recent: &Recent| recent.files().iter().map(|b| b.to_vec()).collect::<Vec<_>>();
        assert_eq!(texts(&recent), [b"b", b"c"]);
        drop(recent);
        assert_eq!(texts(&open(2)), [b"b", b"c"]);
        assert_eq!(texts(&open(1)), [b"c"]);
        assert_eq!(texts(&open(2)), [b"c"]);
    }

    #[test]
    fn what_is_forgotten_is_nowhere_and_what_an_earlier_run_left_neither() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("recent");
        let recent = Recent::open(at.clone(), 4).unwrap();
        keep(&recent, b"claims");
        keep(&recent, b"more");
        let waits = recent.take(b"late"[..].into()).unwrap();
        fs::write(at.join(".half"), b"half").unwrap();
        fs::create_dir(at.join("lost+found")).unwrap();
        // Another name of the same file still shows that it was overwritten.
        let other_name = directory.path().join("other");
        fs::hard_link(at.join("1.uke"), &other_name).unwrap();
        assert_eq!((recent.now().files, recent.now().bytes), (3, 14));
        assert_eq!(recent.forget().unwrap(), Forgotten { files: 3, bytes: 14 });
        assert_eq!(fs::read(other_name).unwrap(), [0; 6]);
        assert_eq!((recent.files().len(), recent.now().bytes), (0, 0));
        assert_eq!(fs::read_dir(&at).unwrap().count(), 1);
        // What waited for the disk is not written after that.
        recent.write(&waits).unwrap();
        assert_eq!(fs::read_dir(&at).unwrap().count(), 1);
        assert_eq!(recent.forget().unwrap(), Forgotten::default());
        keep(&recent, b"next");
        assert_eq!(recent.files().len(), 1);
    }

    #[test]
    fn number_bytes_and_age_are_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("recent");
        let keeping = Keeping { files: 3, bytes: 10, days: 5 };
        let recent = Recent::open(at.clone(), keeping).unwrap();
        keep(&recent, b"12345");
        keep(&recent, b"1234");
        // Too soon after it to take a place, which is as scarce by bytes as by number.
        assert!(!recent.takes(3));
        keep(&recent, b"123");
        assert_eq!((recent.now().files, recent.now().bytes), (2, 9));
        recent.kept.lock().unwrap().last = None;
        keep(&recent, b"123");
        recent.kept.lock().unwrap().last = None;
        // This one alone would be too much: for it nothing is let go of.
        keep(&recent, b"more than 10");
        assert_eq!((recent.now().files, recent.now().bytes), (2, 7));
        recent.expire(now().plus_days(4));
        assert_eq!(recent.files().len(), 2);
        recent.expire(now().plus_days(6));
        assert!(recent.files().is_empty());
        assert_eq!(fs::read_dir(&at).unwrap().count(), 0);
        let none = Recent::open(at, 0).unwrap();
        keep(&none, b"1");
        assert!(none.files().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_left_out() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("recent");
        let open = || Recent::open(at.clone(), 4).unwrap();
        drop(open());
        assert!(std::process::Command::new("mkfifo").arg(at.join("1.uke")).status().unwrap().success());
        std::os::unix::fs::symlink("/dev/zero", at.join("2.uke")).unwrap();
        fs::create_dir(at.join("3.uke")).unwrap();
        fs::create_dir(at.join("else")).unwrap();
        assert!(open().files().is_empty());
        let recent = open();
        keep(&recent, b"a");
        assert_eq!(open().files().len(), 1);
    }
}
