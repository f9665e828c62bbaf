//! The recent claim files, kept to be replayed against a candidate: in memory, and in the state directory so
//! that a restart does not leave the next candidate unwatched.
//!
//! They hold patients' data. The directory is readable by its own user only, both number and size are
//! bounded, and nothing of them goes anywhere else.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};

use crate::state::disk::{private_directory, write_whole};

/// All kept files together. A few large hospitals' months; a candidate is replayed in seconds.
const TOTAL_BYTES: usize = 64 << 20;

/// No file above this is kept.
const FILE_BYTES: usize = TOTAL_BYTES / 2;

/// Once the ring is full, a file replaces the oldest at most this often: a busy hour must not become a busy
/// disk, and files of different minutes say more than those of one.
const BETWEEN: Duration = Duration::from_secs(1);

/// The ring.
#[derive(Debug)]
pub struct Recent {
    directory: PathBuf,
    most: usize,
    kept: Mutex<Kept>,
}

/// A file that the ring has in memory and not on disk yet.
#[derive(Debug)]
pub struct Unwritten {
    number: u64,
    bytes: Arc<[u8]>,
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
    bytes: usize,
    next: u64,
    last: Option<Instant>,
}

impl Recent {
    /// The files kept in `directory`, at most `most`; newer ones first lose nothing.
    ///
    /// # Errors
    /// The directory cannot be made or read. A file that cannot be read is left out.
    pub fn open(directory: PathBuf, most: usize) -> io::Result<Self> {
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
        let recent = Recent { directory, most, kept: Mutex::default() };
        for (number, path) in found {
            let dropped = match warifu_files::read(&path, FILE_BYTES as u64) {
                Ok(bytes) => recent.take_in(number, bytes.into()),
                // Its number is not used again: there may be a folder that nothing takes the place of.
                Err(_) => recent.pass_over(number),
            };
            recent.remove(&dropped);
        }
        Ok(recent)
    }

    fn pass_over(&self, number: u64) -> Vec<u64> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.next = kept.next.max(number);
        vec![number]
    }

    /// The files kept in `directory`, at most `most`, oldest first, read without changing anything: also
    /// beside the checker that keeps them.
    pub fn look_at(directory: &Path, most: usize) -> Vec<Arc<[u8]>> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut found: Vec<(u64, PathBuf)> =
            entries.filter_map(|path| Some((number_of(&path)?, path))).collect();
        found.sort();
        let newest = found.split_off(found.len().saturating_sub(most));
        let read = |(_, path): &(u64, PathBuf)| warifu_files::read(path, FILE_BYTES as u64).ok();
        newest.iter().filter_map(read).map(Into::into).collect()
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
        let left = self.take_in(number, Arc::clone(&bytes));
        Some(Unwritten { number, bytes, left })
    }

    /// Whether a file of so many bytes is kept that comes now.
    pub fn takes(&self, bytes: usize) -> bool {
        self.would_take(&self.kept.lock().unwrap_or_else(PoisonError::into_inner), bytes)
    }

    fn would_take(&self, kept: &Kept, bytes: usize) -> bool {
        let is_soon = kept.last.is_some_and(|last| last.elapsed() < BETWEEN);
        self.most > 0 && bytes <= FILE_BYTES && !(is_soon && kept.files.len() >= self.most)
    }

    /// Writes `file`, and removes what the ring has no more.
    ///
    /// # Errors
    /// The file could not be written; it is kept in memory all the same.
    pub fn write(&self, file: &Unwritten) -> io::Result<()> {
        let written = write_whole(&self.path(file.number), &file.bytes);
        self.remove(&file.left);
        written
    }

    fn take_in(&self, number: u64, bytes: Arc<[u8]>) -> Vec<u64> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.next = kept.next.max(number);
        kept.bytes += bytes.len();
        kept.files.push_back((number, bytes));
        let mut dropped = Vec::new();
        while kept.files.len() > self.most || kept.bytes > TOTAL_BYTES {
            let Some((number, bytes)) = kept.files.pop_front() else { break };
            kept.bytes -= bytes.len();
            dropped.push(number);
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
