//! Writing to disk: whole or not at all, and for nobody else's eyes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

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

    /// The same of several files, each of which appears whole or not at all; which appear first is open. They
    /// are filled before the first is flushed, and each folder is flushed once: a disk is waited for less.
    ///
    /// # Errors
    /// Where the disk failed, and how.
    pub(super) fn write_each_whole<'a>(
        &self,
        files: &[(&'a Path, &[u8])],
    ) -> Result<(), (&'a Path, io::Error)> {
        let folder = |path: &'a Path| path.parent().unwrap_or(Path::new("."));
        let fill = |path: &'a Path, bytes: &[u8]| {
            self.may(WriteStep::Make, path)?;
            let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
            self.may(WriteStep::Fill, path)?;
            file.write_all(bytes)?;
            Ok(file)
        };
        let filled: Vec<_> = files
            .iter()
            .map(|(path, bytes)| Ok((*path, fill(path, bytes).map_err(|error| (*path, error))?)))
            .collect::<Result<_, _>>()?;
        for (path, file) in &filled {
            let flushed = self.may(WriteStep::Flush, path).and_then(|()| file.as_file().sync_all());
            flushed.map_err(|error| (*path, error))?;
        }
        let mut folders = BTreeMap::new();
        for (path, file) in filled {
            let named = self.may(WriteStep::Name, path);
            let named = named.and_then(|()| file.persist(path).map(drop).map_err(|error| error.error));
            named.map_err(|error| (path, error))?;
            folders.insert(folder(path), path);
        }
        // The names must last too.
        for (folder, path) in folders {
            let flushed = self.may(WriteStep::FlushName, path).and_then(|()| flush_folder(folder));
            flushed.map_err(|error| (path, error))?;
        }
        Ok(())
    }
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
