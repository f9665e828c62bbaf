//! Writes the manual pages of a program into a folder as `man` looks through it: `man1/`, and `ja/man1/`.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use warifu_usage::Page;

/// Writes `pages` into the folder that the first argument names.
pub(crate) fn write(pages: &[Page]) -> io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| io::Error::other("which folder?"))?;
    let folder = PathBuf::from(folder);
    for Page { path, text } in pages {
        let file = folder.join(path);
        file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        File::create(file)?.write_all(text.as_bytes())?;
    }
    Ok(())
}
