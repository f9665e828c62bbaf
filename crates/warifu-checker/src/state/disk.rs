//! Writing to disk: whole or not at all, and for nobody else's eyes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use tempfile::NamedTempFile;

/// Makes a directory that only its owner can enter.
pub(super) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// What a folder lists lasts from now on.
pub(super) fn flush_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Keeps what is damaged at `path` in the folder `aside`, for whoever looks into it. A file stays in its
/// place too until it is replaced: nobody may take it for never written.
pub(super) fn set_aside(aside: &Path, path: &Path) -> io::Result<()> {
    private_directory(aside)?;
    let Some(name) = path.file_name() else { return Ok(()) };
    // What was set aside before stays: it is nearer to the cause.
    let mut numbered = (1..=1000).map(|number: u32| aside.join(format!("{number}-{}", name.display())));
    let Some(free) = numbered.find(|place| fs::symlink_metadata(place).is_err()) else { return Ok(()) };
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_file() => fs::copy(path, free).map(drop),
        Ok(_) => fs::rename(path, free),
        Err(_) => Ok(()),
    }
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

/// The disk below a state directory.
#[derive(Clone, Default)]
pub struct Disk {
    fails: Option<Arc<Fails>>,
}

impl Disk {
    /// One that fails where `fails` gives an error: for a test of what a full or broken disk does.
    pub fn failing(fails: impl Fn(WriteStep, &Path) -> Option<io::Error> + Send + Sync + 'static) -> Disk {
        Disk { fails: Some(Arc::new(fails)) }
    }

    fn may(&self, step: WriteStep, path: &Path) -> io::Result<()> {
        self.fails.as_ref().and_then(|fails| fails(step, path)).map_or(Ok(()), Err)
    }

    /// Writes a file that appears whole or not at all, also after a power cut. Readable by its owner only.
    pub(super) fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.write_each_whole(&[(path, bytes)]).map_err(|(_, error)| error)
    }

    /// The same of several files, each of which appears whole or not at all; which appear first is open. None
    /// appears before all are filled. They are flushed beside one another, and each folder is flushed once: a
    /// disk is waited for less.
    ///
    /// # Errors
    /// Where the disk failed, and how.
    pub(super) fn write_each_whole<'a>(
        &self,
        files: &[(&'a Path, &[u8])],
    ) -> Result<(), (&'a Path, io::Error)> {
        let filled: Vec<_> = files
            .iter()
            .map(|(path, bytes)| Ok((*path, self.fill(path, bytes).map_err(|error| (*path, error))?)))
            .collect::<Result<_, _>>()?;
        let done = self.place(filled);
        files.iter().zip(done).try_for_each(|((path, _), done)| done.map_err(|error| (*path, error)))
    }

    /// The same of files of which one may fail and the others appear all the same: what came of each.
    pub(super) fn write_each(&self, files: &[(&Path, &[u8])]) -> Vec<io::Result<()>> {
        let mut filled = Vec::new();
        let mut done: Vec<Option<io::Result<()>>> = Vec::new();
        for (path, bytes) in files {
            done.push(match self.fill(path, bytes) {
                Ok(file) => {
                    filled.push((*path, file));
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let mut placed = self.place(filled).into_iter();
        done.into_iter().map(|done| done.or_else(|| placed.next()).unwrap_or(Ok(()))).collect()
    }

    /// A file with these bytes beside its place.
    fn fill(&self, path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
        self.may(WriteStep::Make, path)?;
        let mut file = NamedTempFile::new_in(folder_of(path))?;
        self.may(WriteStep::Fill, path)?;
        file.write_all(bytes)?;
        Ok(file)
    }

    /// Each file takes its place, flushed before and its name after: what came of each.
    fn place(&self, filled: Vec<(&Path, NamedTempFile)>) -> Vec<io::Result<()>> {
        let files: Vec<&File> = filled.iter().map(|(_, file)| file.as_file()).collect();
        let flushed = flush_each(&files);
        let mut folders: BTreeMap<&Path, Option<io::ErrorKind>> = BTreeMap::new();
        let mut done = Vec::new();
        let mut paths = Vec::new();
        for ((path, file), flushed) in filled.into_iter().zip(flushed) {
            let named = self.may(WriteStep::Flush, path).and(flushed);
            let named = named.and_then(|()| self.may(WriteStep::Name, path));
            let named = named.and_then(|()| file.persist(path).map(drop).map_err(|error| error.error));
            if named.is_ok() {
                folders.insert(folder_of(path), None);
            }
            paths.push(path);
            done.push(named);
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
        paths.into_iter().zip(done).map(lasts).collect()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// So many files are flushed beside one another.
const AT_ONCE: usize = 8;

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
    files.chunks(AT_ONCE).flat_map(together).collect()
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
