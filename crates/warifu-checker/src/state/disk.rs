//! Writing to disk: whole or not at all, and for nobody else's eyes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Makes a directory that only its owner can enter.
pub(super) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Writes a file that appears whole or not at all, also after a power cut. Readable by its owner only.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // The name must last too.
    File::open(directory)?.sync_all()
}
