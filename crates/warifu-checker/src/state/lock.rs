//! The lock of a state directory: one checker at a time, and who it is.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;

/// The process that holds the lock of `file`, as far as the system tells it.
pub(crate) fn holder(file: &File) -> Option<u32> {
    let inode = file.metadata().ok()?.ino();
    let listed = fs::read_to_string("/proc/locks").ok()?;
    holder_in(&listed, inode)
}

/// The same, by the lines of `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF`.
pub(crate) fn holder_in(listed: &str, inode: u64) -> Option<u32> {
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
pub(crate) struct Lock(pub(crate) File);

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be given back now falls with the file.
        let _ = self.0.unlock();
    }
}
