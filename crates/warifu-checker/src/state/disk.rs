//! Writing to disk: whole or not at all, and for nobody else's eyes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::{NamedTempFile, TempPath};

/// Makes a directory that only its owner can enter.
pub(super) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| match error.kind() {
        // What is there already is no folder: that it is there is not what is amiss.
        io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })
}

/// What a folder lists lasts from now on.
pub(super) fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Keeps what is damaged at `path` in the folder `aside`, for whoever looks into it. A file stays in its
/// place too until it is replaced: nobody may take it for never written.
pub(super) fn set_aside(aside: &Path, path: &Path) -> io::Result<()> {
    let Some(free) = free_place(aside, path)? else { return Ok(()) };
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_file() => fs::copy(path, free).map(drop),
        Ok(_) => fs::rename(path, free),
        Err(_) => Ok(()),
    }
}

/// The same, and nothing stays in its place.
pub(super) fn move_aside(aside: &Path, path: &Path) -> io::Result<()> {
    let Some(free) = free_place(aside, path)? else { return Err(io::ErrorKind::AlreadyExists.into()) };
    fs::rename(path, free)?;
    flush_folder(folder_of(path))
}

/// A place in `aside` for what is at `path`. What was set aside before stays: it is nearer to the cause.
fn free_place(aside: &Path, path: &Path) -> io::Result<Option<PathBuf>> {
    private_directory(aside)?;
    let Some(name) = path.file_name() else { return Ok(None) };
    let mut numbered = (1..=1000).map(|number: u32| aside.join(format!("{number}-{}", name.display())));
    Ok(numbered.find(|place| fs::symlink_metadata(place).is_err()))
}

/// A step of writing a file, in this order: a disk may fail at each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteStep {
    /// A file is made beside its place.
    Make,
    /// It is filled.
    Fill,
    /// What is in it is flushed.
    Flush,
    /// It takes its place.
    Name,
    /// Its name is flushed.
    FlushName,
}

type Fails = dyn Fn(WriteStep, &Path) -> Option<io::Error> + Send + Sync;
type Free = dyn Fn() -> u64 + Send + Sync;

/// The disk below a state directory.
#[derive(Clone, Default)]
pub struct Disk {
    fails: Option<Arc<Fails>>,
    free: Option<Arc<Free>>,
}

impl Disk {
    /// One that fails where `fails` gives an error: for a test of what a full or broken disk does.
    pub fn failing(fails: impl Fn(WriteStep, &Path) -> Option<io::Error> + Send + Sync + 'static) -> Disk {
        Disk { fails: Some(Arc::new(fails)), free: None }
    }

    /// The same, with so many bytes free as `free` says: for a test of what more room does.
    #[must_use]
    pub fn with_free(self, free: impl Fn() -> u64 + Send + Sync + 'static) -> Disk {
        Disk { free: Some(Arc::new(free)), ..self }
    }

    /// How many bytes are free for us where `folder` lies; none where the system does not say.
    pub(super) fn free_bytes(&self, folder: &Path) -> Option<u64> {
        match &self.free {
            Some(free) => Some(free()),
            None => rustix::fs::statvfs(folder).ok().map(|of| of.f_bavail.saturating_mul(of.f_frsize)),
        }
    }

    fn may(&self, step: WriteStep, path: &Path) -> io::Result<()> {
        self.fails.as_ref().and_then(|fails| fails(step, path)).map_or(Ok(()), Err)
    }

    /// Writes a file that appears whole or not at all, also after a power cut. Readable by its owner only.
    pub(super) fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_each_whole(&[(path, bytes)]).map_err(|(_, error)| error)
    }

    /// The same of several files, each of which appears whole or not at all; which appear first is open. None
    /// appears before all are filled and flushed. They are flushed beside one another, and each folder is
    /// flushed once: a disk is waited for less.
    ///
    /// # Errors
    /// Where the disk failed, and how.
    pub(super) fn write_each_whole<'a>(
        &self,
        files: &[(&'a Path, &[u8])],
    ) -> Result<(), (&'a Path, io::Error)> {
        let mut beside = Vec::new();
        for some in files.chunks(OPEN_AT_ONCE) {
            for ((path, _), file) in some.iter().zip(self.beside(some)) {
                beside.push((*path, file.map_err(|error| (*path, error))?));
            }
        }
        let named = self.name(beside);
        files.iter().zip(named).try_for_each(|((path, _), named)| named.map_err(|error| (*path, error)))
    }

    /// The same of at most [`OPEN_AT_ONCE`] files of which one may fail and the others appear all the same:
    /// what came of each.
    pub(super) fn write_each(&self, files: &[(&Path, &[u8])]) -> Vec<io::Result<()>> {
        let mut beside = Vec::new();
        let mut done: Vec<Option<io::Result<()>>> = Vec::new();
        for ((path, _), file) in files.iter().zip(self.beside(files)) {
            done.push(match file {
                Ok(file) => {
                    beside.push((*path, file));
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let mut named = self.name(beside).into_iter();
        done.into_iter().map(|done| done.or_else(|| named.next()).unwrap_or(Ok(()))).collect()
    }

    /// Files with these bytes beside their places, all open until they are flushed: what came of each. What a
    /// disk could not write is told to those who have the file open, and may be told to nobody later.
    fn beside(&self, files: &[(&Path, &[u8])]) -> Vec<io::Result<TempPath>> {
        let filled: Vec<_> = files.iter().map(|(path, bytes)| self.fill(path, bytes)).collect();
        let open: Vec<&File> = filled.iter().flatten().map(NamedTempFile::as_file).collect();
        let mut flushed = flush_each(&open).into_iter();
        let lasts = |((path, _), filled): (&(&Path, &[u8]), io::Result<NamedTempFile>)| {
            let file = filled?;
            let flushed = flushed.next().unwrap_or(Ok(()));
            self.may(WriteStep::Flush, path).and(flushed)?;
            Ok(file.into_temp_path())
        };
        files.iter().zip(filled).map(lasts).collect()
    }

    /// A file with these bytes beside its place.
    fn fill(&self, path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        self.may(WriteStep::Make, path)?;
        let mut file = NamedTempFile::new_in(folder_of(path))?;
        self.may(WriteStep::Fill, path)?;
        file.write_all(bytes)?;
        Ok(file)
    }

    /// Each file takes its place, and its name is flushed: what came of each.
    fn name(&self, files: Vec<(&Path, TempPath)>) -> Vec<io::Result<()>> {
        let mut folders: BTreeMap<&Path, Option<io::ErrorKind>> = BTreeMap::new();
        let mut done = Vec::new();
        for (path, file) in files {
            let named = self.may(WriteStep::Name, path);
            let named = named.and_then(|()| file.persist(path).map_err(|error| error.error));
            if named.is_ok() {
                folders.insert(folder_of(path), None);
            }
            done.push((path, named));
        }
        // The names must last too.
        for (folder, failed) in &mut folders {
            *failed = flush_folder(folder).err().map(|error| error.kind());
        }
        let lasts = |(path, named): (&Path, io::Result<()>)| {
            named?;
            self.may(WriteStep::FlushName, path)?;
            folders.get(folder_of(path)).copied().flatten().map_or(Ok(()), |failed| Err(failed.into()))
        };
        done.into_iter().map(lasts).collect()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// So many files are open at once while several are written: a release has hundreds, and a process has no
/// more handles than it asked for.
pub(crate) const OPEN_AT_ONCE: usize = 32;

/// So many of them are flushed beside one another.
const FLUSHED_AT_ONCE: usize = 8;

/// Flushes what is in each of `files`: what came of each. A file system writes several down in one go where
/// they are asked for together.
fn flush_each(files: &[&File]) -> Vec<io::Result<()>> {
    let together = |files: &[&File]| -> Vec<io::Result<()>> {
        std::thread::scope(|scope| {
            let flush = |file: &File| file.sync_all();
            let Some((first, others)) = files.split_first() else { return Vec::new() };
            let begin = |file| std::thread::Builder::new().spawn_scoped(scope, move || flush(file));
            let others: Vec<_> = others.iter().map(|file| (*file, begin(*file))).collect();
            let mut done = vec![flush(first)];
            for (file, begun) in others {
                done.push(match begun {
                    Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                    Err(_) => flush(file),
                });
            }
            done
        })
    };
    files.chunks(FLUSHED_AT_ONCE).flat_map(together).collect()
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disk").field("fails", &self.fails.is_some()).finish()
    }
}

/// Writes a file on a disk that does what it should.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Disk::default().write_whole(path, bytes)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// How many files below `folder` this process has open.
    fn open_below(folder: &Path) -> usize {
        let handles = fs::read_dir("/proc/self/fd").unwrap().flatten();
        let lead_to = handles.filter_map(|handle| fs::read_link(handle.path()).ok());
        lead_to.filter(|path| path.starts_with(folder)).count()
    }

    #[test]
    fn a_release_of_many_files_opens_few_at_once_and_none_appears_before_all_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        let paths: Vec<PathBuf> =
            (0..3 * OPEN_AT_ONCE + 1).map(|number| at.join(number.to_string())).collect();
        let files: Vec<(&Path, &[u8])> = paths.iter().map(|path| (&**path, &b"some"[..])).collect();
        let (most, flushed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let disk = {
            let (most, flushed, at, paths) = (Arc::clone(&most), Arc::clone(&flushed), at, paths.clone());
            Disk::failing(move |step, _| {
                let open = open_below(&at);
                most.fetch_max(open, Ordering::Relaxed);
                match step {
                    WriteStep::Make | WriteStep::Fill => assert!(paths.iter().all(|path| !path.exists())),
                    WriteStep::Flush => drop(flushed.fetch_add(1, Ordering::Relaxed)),
                    WriteStep::Name | WriteStep::FlushName => {
                        assert_eq!((open, flushed.load(Ordering::Relaxed)), (0, paths.len()));
                    }
                }
                None
            })
        };
        disk.write_each_whole(&files).unwrap();
        assert_eq!(most.load(Ordering::Relaxed), OPEN_AT_ONCE);
        assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"some"));
    }
}
