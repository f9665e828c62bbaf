//! The record on disk, kept twice: each copy tells by a digest whether it is whole and by a number which of
//! two is newer. One copy alone is enough to start with, and the next change makes two of it again. Each also
//! says how far the log of acts was when it was written: what that tells later is news to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use serde_json::Value;
use warifu_audit::{AuditHead, AuditLog};
use warifu_files::ReadError;
use warifu_values::digest::Digest;

use crate::cause::{Amiss, Cause};
use crate::said::Said;
use crate::state::disk::{Disk, set_aside};
use crate::state::record::Record;

/// A record is some kilobytes: what is held, and a brief report of a replay.
const RECORD_BYTES: u64 = 16 << 20;

/// Room that is given back to a disk that is full, so that the record can be written once more: it tells of a
/// fall back.
const RESERVE_BYTES: usize = 256 << 10;

/// The log of acts, beside them.
pub(super) const LOG: &str = "audit.jsonl";

/// The two copies, below one folder.
#[derive(Debug)]
pub(super) struct TwoCopies {
    folder: PathBuf,
    disk: Disk,
    /// What the newest that was read or written says of itself; held for as long as a disk is written.
    newest: Mutex<Newest>,
    /// Why the newest is not there twice, as of the last write that ended: nobody waits for one under way.
    trouble: ArcSwapOption<Amiss>,
    /// Why the room for the next one is not kept, as of the last try.
    no_reserve: ArcSwapOption<Amiss>,
}

/// Which record it is.
#[derive(Debug, Clone, Copy, Default)]
struct Newest {
    sequence: u64,
    /// How far the log of acts was.
    log: Option<AuditHead>,
}

/// The newer of the copies that are whole.
#[derive(Debug)]
pub(super) struct OnDisk {
    pub(super) record: Box<Record>,
    /// How far the log of acts was when it was written; not known of what earlier builds wrote.
    pub(super) log: Option<AuditHead>,
    /// The other copy is damaged or gone: there may have been a newer one.
    pub(super) is_alone: bool,
}

/// What the copies hold.
#[derive(Debug)]
pub(super) enum Found {
    /// A record.
    Record(OnDisk),
    /// Neither copy is there.
    Nothing,
    /// What is there cannot be believed.
    Damaged {
        /// The copy that was to tell.
        path: PathBuf,
    },
    /// What is there cannot be read now: nothing is known of it.
    Unreadable(ReadError),
}

/// One copy.
enum Copy {
    Whole { newest: Newest, record: Box<Record> },
    Missing,
    Damaged,
    Unreadable(ReadError),
}

impl TwoCopies {
    pub(super) fn below(folder: &Path, disk: Disk) -> TwoCopies {
        let (newest, trouble, no_reserve) = Default::default();
        TwoCopies { folder: folder.to_owned(), disk, newest, trouble, no_reserve }
    }

    fn paths(&self) -> [PathBuf; 2] {
        ["checker.json", "checker-copy.json"].map(|name| self.folder.join(name))
    }

    /// Reads both.
    pub(super) fn read(&self) -> Found {
        let paths = self.paths();
        let copies = paths.each_ref().map(|path| read_copy(path));
        let damaged = paths.iter().zip(&copies).find(|(_, copy)| !matches!(copy, Copy::Whole { .. }));
        let damaged = damaged.map(|(path, _)| path.clone());
        let is_first_missing = matches!(copies[0], Copy::Missing);
        let [first, second] = copies;
        let newest = match (first, second) {
            (Copy::Whole { newest: one, record }, Copy::Whole { newest: other, .. })
                if one.sequence >= other.sequence =>
            {
                Ok((one, record))
            }
            (_, Copy::Whole { newest, record }) | (Copy::Whole { newest, record }, _) => Ok((newest, record)),
            (Copy::Missing, Copy::Missing) => return Found::Nothing,
            (Copy::Unreadable(error), _) | (_, Copy::Unreadable(error)) => Err(Found::Unreadable(error)),
            _ => Err(Found::Damaged { path: paths[usize::from(is_first_missing)].clone() }),
        };
        match newest {
            Ok((newest, record)) => {
                *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = newest;
                let is_alone = damaged.is_some();
                self.trouble.store(damaged.map(|path| Arc::new(not_whole(&path))));
                self.look_for_reserve();
                Found::Record(OnDisk { record, log: newest.log, is_alone })
            }
            Err(found) => found,
        }
    }

    /// Replaces both copies. It is written when one of them is: a restart reads the newer one.
    ///
    /// # Errors
    /// Neither could be written: the path of the first, and why.
    pub(super) fn write(&self, record: &Record) -> Result<(), (PathBuf, io::Error)> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let paths = self.paths();
        // Also after a failure: a copy may have it although its disk said otherwise.
        newest.sequence += 1;
        // Where the log cannot be read now, what was known of it still holds.
        newest.log = AuditLog::at(&self.folder.join(LOG), "", "").head().ok().or(newest.log);
        let bytes = to_bytes(record, *newest).map_err(|error| (paths[0].clone(), error))?;
        // Both at once: each takes its place only when it is whole on disk, so one of before and one of now
        // is the worst that a power cut leaves.
        let [first, second] = &paths;
        let write = || self.disk.write_each(&[(first, &bytes), (second, &bytes)]);
        let mut done = write();
        let has_no_room = |done: &io::Result<()>| {
            done.as_ref().is_err_and(|error| Cause::of_disk(error) == Cause::DiskFull)
        };
        // A disk that is broken or can only be read has no use for room.
        if done.iter().all(has_no_room) && fs::remove_file(self.reserve()).is_ok() {
            done = write();
        }
        self.keep_reserve();
        let first_failed =
            paths.iter().zip(&done).find_map(|(path, done)| Some((path, done.as_ref().err()?)));
        self.trouble.store(first_failed.map(|(path, error)| Arc::new(not_written(path, error))));
        let is_written = done.iter().any(Result::is_ok);
        let [path, _] = paths;
        match done.into_iter().next() {
            Some(Err(error)) if !is_written => Err((path, error)),
            _ => Ok(()),
        }
    }

    /// Why the newest record is not there twice.
    pub(super) fn trouble(&self) -> Option<Amiss> {
        self.trouble.load().as_deref().cloned()
    }

    /// Why the room for the next record is not kept: on a full disk it may not be written then.
    pub(super) fn no_reserve(&self) -> Option<Amiss> {
        self.no_reserve.load().as_deref().cloned()
    }

    /// Keeps what is damaged for whoever looks into it.
    pub(super) fn set_aside(&self) -> io::Result<()> {
        let aside = self.folder.join("damaged");
        self.paths().iter().try_for_each(|path| set_aside(&aside, path))
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join("reserve")
    }

    fn has_reserve(&self) -> bool {
        fs::metadata(self.reserve()).is_ok_and(|there| there.len() == RESERVE_BYTES as u64)
    }

    /// Notes where an earlier process used it up; it is had again with the next try.
    fn look_for_reserve(&self) {
        let gone = || Arc::new(not_reserved(&self.reserve(), &io::ErrorKind::NotFound.into()));
        self.no_reserve.store((!self.has_reserve()).then(gone));
    }

    /// Sees that the room for the next record is kept. That there is none stops nothing; it is told.
    pub(super) fn keep_reserve(&self) {
        let reserve = self.reserve();
        // Not zeros, which some file systems keep without room.
        let write = || self.disk.write_whole(&reserve, &vec![0xa5; RESERVE_BYTES]);
        let kept = if self.has_reserve() { Ok(()) } else { write() };
        self.no_reserve.store(kept.err().map(|error| Arc::new(not_reserved(&reserve, &error))));
    }
}

fn not_whole(path: &Path) -> Amiss {
    let path = path.display();
    let why = Said::new(
        format!("{path} is damaged or gone; the other copy was taken, and it is written anew"),
        format!("{path} が壊れているか、ありません。もう一方の写しを使用し、書き直します"),
    );
    Amiss::new(Cause::DiskFault, why)
}

fn not_written(path: &Path, error: &io::Error) -> Amiss {
    let path = path.display();
    let why =
        Said::about(&format!("{path} could not be written"), &format!("{path} に書き込めません"), error);
    Amiss::new(Cause::of_disk(error), why)
}

fn not_reserved(path: &Path, error: &io::Error) -> Amiss {
    let path = path.display();
    let why = Said::about(
        &format!("the room that {path} keeps for the record is used up and cannot be had again"),
        &format!("記録用に確保していた領域 {path} を使い切り、確保し直せません"),
        error,
    );
    Amiss::new(Cause::of_disk(error), why)
}

fn read_copy(path: &Path) -> Copy {
    match warifu_files::read(path, RECORD_BYTES) {
        Ok(bytes) => match from_bytes(&bytes) {
            Some((newest, record)) => Copy::Whole { newest, record },
            None => Copy::Damaged,
        },
        Err(ReadError::Missing { .. }) => Copy::Missing,
        Err(ReadError::NotRegular { .. } | ReadError::TooLong { .. }) => Copy::Damaged,
        Err(error @ ReadError::Io { .. }) => Copy::Unreadable(error),
    }
}

/// What stands before the digest. The digest is that of every byte before this: nothing that is read out of
/// JSON and written again need come out the same.
const BEFORE_DIGEST: &str = ",\n  \"sha256\": \"";
/// What stands after it.
const AFTER_DIGEST: &str = "\"\n}\n";

fn to_bytes(record: &Record, newest: Newest) -> io::Result<Vec<u8>> {
    let mut document = serde_json::to_value(record)?;
    document["log"] = serde_json::to_value(newest.log)?;
    document["sequence"] = newest.sequence.into();
    let text = serde_json::to_string_pretty(&document)?;
    // Without the end of the whole; what stands last in it may end so too.
    let text = text.strip_suffix("\n}").unwrap_or(&text);
    let digest = Digest::of(text.as_bytes());
    Ok(format!("{text}{BEFORE_DIGEST}{digest}{AFTER_DIGEST}").into_bytes())
}

fn from_bytes(bytes: &[u8]) -> Option<(Newest, Box<Record>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let document: Value = serde_json::from_str(text).ok()?;
    match text.rsplit_once(BEFORE_DIGEST) {
        Some((before, after)) => {
            let said: Digest = after.strip_suffix(AFTER_DIGEST)?.parse().ok()?;
            (Digest::of(before.as_bytes()) == said).then_some(())?;
            let sequence = document.get("sequence")?.as_u64()?;
            let log = document.get("log").cloned().and_then(|head| serde_json::from_value(head).ok());
            Some((Newest { sequence, log }, Box::new(record(document)?)))
        }
        // As earlier builds wrote it: older than any that has a number.
        None if document.get("sequence").is_none() => Some((Newest::default(), Box::new(record(document)?))),
        None => None,
    }
}

fn record(document: Value) -> Option<Record> {
    serde_json::from_value(document).ok().filter(|record: &Record| record.schema == Record::SCHEMA)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use proptest::prelude::*;
    use warifu_trust::{ReleaseRef, UnixSeconds};

    use super::*;
    use crate::state::disk::WriteStep;

    /// A record that tells of `release`.
    fn of(release: u64) -> Record {
        let mut record = Record::default();
        let id = ReleaseRef { release, manifest: Digest::of(b"") };
        record.hold(id, Said::new("a test", "試験"), UnixSeconds::EPOCH);
        record
    }

    fn read(folder: &Path) -> Option<Record> {
        match TwoCopies::below(folder, Disk::default()).read() {
            Found::Record(found) => Some(*found.record),
            _ => None,
        }
    }

    #[test]
    fn one_copy_is_enough_whichever_is_damaged_and_how() {
        let folder = tempfile::tempdir().unwrap();
        let copies = TwoCopies::below(folder.path(), Disk::default());
        assert!(matches!(copies.read(), Found::Nothing));
        let spoil: [&dyn Fn(&Path); 4] = [
            &|path| fs::write(path, b"{").unwrap(),
            &|path| fs::write(path, b"").unwrap(),
            &|path| fs::remove_file(path).unwrap(),
            &|path| {
                let mut bytes = fs::read(path).unwrap();
                let at = bytes.windows(9).position(|it| it == b"\"release\"").unwrap() + 11;
                bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
                fs::write(path, bytes).unwrap();
            },
        ];
        for (release, spoil) in (1..).zip(spoil) {
            for path in copies.paths() {
                copies.write(&of(release)).unwrap();
                assert_eq!(copies.trouble(), None);
                spoil(&path);
                let again = TwoCopies::below(folder.path(), Disk::default());
                let Found::Record(found) = again.read() else { panic!("not read") };
                assert_eq!((*found.record, found.is_alone), (of(release), true));
                assert!(again.trouble().is_some_and(|it| it.why.en.contains(&*path.to_string_lossy())));
            }
        }
        copies.write(&of(9)).unwrap();
        copies.paths().iter().for_each(|path| spoil[0](path));
        assert!(matches!(copies.read(), Found::Damaged { .. }));
        copies.set_aside().unwrap();
        assert!(matches!(copies.read(), Found::Damaged { .. }));
        assert_eq!(fs::read_dir(folder.path().join("damaged")).unwrap().count(), 2);
    }

    #[test]
    fn the_newer_copy_wins_and_what_an_earlier_build_wrote_is_older_than_any() {
        let folder = tempfile::tempdir().unwrap();
        let copies = TwoCopies::below(folder.path(), Disk::default());
        let [first, second] = copies.paths();
        fs::write(&first, serde_json::to_vec(&of(1)).unwrap()).unwrap();
        assert_eq!(read(folder.path()), Some(of(1)));
        copies.write(&of(2)).unwrap();
        let older = fs::read(&first).unwrap();
        copies.write(&of(3)).unwrap();
        for path in [&first, &second] {
            let newer = fs::read(path).unwrap();
            fs::write(path, &older).unwrap();
            assert_eq!(read(folder.path()), Some(of(3)));
            fs::write(path, newer).unwrap();
        }
    }

    /// A disk that fails from step `from` on, `times` times.
    fn failing(from: usize, times: usize) -> Disk {
        let step = Arc::new(AtomicUsize::new(0));
        Disk::failing(move |_, _| {
            let at = step.fetch_add(1, Ordering::Relaxed);
            (from..from + times).contains(&at).then(|| io::ErrorKind::StorageFull.into())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Wherever the disk fails: what was said to be written is read again, and otherwise the one before
        /// or it, whole.
        #[test]
        fn a_disk_that_fails_at_any_step_leaves_a_whole_record(from in 0usize..24, times in 1usize..24) {
            let folder = tempfile::tempdir().unwrap();
            TwoCopies::below(folder.path(), Disk::default()).write(&of(1)).unwrap();
            let copies = TwoCopies::below(folder.path(), failing(from, times));
            prop_assert!(matches!(copies.read(), Found::Record(_)));
            let written = copies.write(&of(2));
            let found = read(folder.path()).unwrap();
            if written.is_ok() {
                prop_assert_eq!(found, of(2));
            } else {
                prop_assert!(found == of(1) || found == of(2));
                prop_assert!(copies.trouble().is_some());
            }
            while copies.write(&of(3)).is_err() {}
            prop_assert_eq!(read(folder.path()), Some(of(3)));
        }
    }

    /// A full disk has room for the record once more: the reserve is given back for it.
    #[test]
    fn a_full_disk_has_room_for_the_record_once_more() {
        let folder = tempfile::tempdir().unwrap();
        TwoCopies::below(folder.path(), Disk::default()).write(&of(1)).unwrap();
        let reserve = folder.path().join("reserve");
        assert_eq!(fs::metadata(&reserve).unwrap().len(), RESERVE_BYTES as u64);
        let there = reserve.clone();
        let full = Disk::failing(move |step, _| {
            (step == WriteStep::Fill && there.exists()).then(|| io::ErrorKind::StorageFull.into())
        });
        let copies = TwoCopies::below(folder.path(), full);
        copies.read();
        copies.write(&of(2)).unwrap();
        assert_eq!(read(folder.path()), Some(of(2)));
    }

    /// Somebody else takes the room at once: the next record may have none, and a restart knows it too.
    #[test]
    fn a_reserve_that_is_used_up_is_told_until_it_is_kept_again() {
        let folder = tempfile::tempdir().unwrap();
        TwoCopies::below(folder.path(), Disk::default()).write(&of(1)).unwrap();
        let reserve = folder.path().join("reserve");
        let is_full = Arc::new(AtomicBool::new(true));
        let (there, asked) = (reserve.clone(), Arc::clone(&is_full));
        let disk = Disk::failing(move |step, path| {
            let has_no_room = step == WriteStep::Fill && (path == there || there.exists());
            (asked.load(Ordering::Relaxed) && has_no_room).then(|| io::ErrorKind::StorageFull.into())
        });
        let copies = TwoCopies::below(folder.path(), disk.clone());
        copies.read();
        assert_eq!(copies.no_reserve(), None);
        copies.write(&of(2)).unwrap();
        assert_eq!((copies.trouble(), copies.no_reserve().unwrap().cause), (None, Cause::DiskFull));
        let again = TwoCopies::below(folder.path(), disk);
        again.read();
        assert!(again.no_reserve().is_some(), "also before anything is written");
        again.keep_reserve();
        assert_eq!(again.no_reserve().unwrap().cause, Cause::DiskFull);
        is_full.store(false, Ordering::Relaxed);
        again.keep_reserve();
        assert_eq!(again.no_reserve(), None);
        assert_eq!(fs::metadata(&reserve).unwrap().len(), RESERVE_BYTES as u64);
    }

    #[test]
    fn the_reserve_is_given_back_for_room_and_for_no_other_fault() {
        let folder = tempfile::tempdir().unwrap();
        TwoCopies::below(folder.path(), Disk::default()).write(&of(1)).unwrap();
        let broken = Disk::failing(|_, _| Some(io::Error::from_raw_os_error(5)));
        let copies = TwoCopies::below(folder.path(), broken);
        copies.write(&of(2)).unwrap_err();
        assert!(folder.path().join("reserve").exists());
        assert_eq!(copies.no_reserve(), None);
    }
}
