//! What a program that was killed left in folders of somebody's own: taken away by the next one that writes
//! there, where it is ours by its name and owner, nobody holds it, and it is old.

use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::Duration;

use crate::regular::open;

/// How old it must be: no command of ours works so long at one file.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How many characters a temporary name has after what it begins with.
const DRAWN: usize = 6;

/// Takes away the old files of `directory` whose names are `prefix` and six characters, as of the one that
/// `ours` is: of its owner, and locked by nobody. What cannot be taken away stays; it is in nobody's way.
pub fn sweep_files_of(ours: &File, directory: &Path, prefix: &str) {
    let Ok(ours) = ours.metadata() else { return };
    each(directory, prefix, &ours, |path, about| {
        if about.is_file() && open(path).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_file(path);
        }
    });
}

/// The same of folders, beside the one called `ours`: nobody can hold a lock of a folder, so their age alone
/// tells.
pub fn sweep_folders(ours: &Path, directory: &Path, prefix: &str) {
    let Ok(ours) = fs::symlink_metadata(ours) else { return };
    each(directory, prefix, &ours, |path, about| {
        if about.is_dir() {
            let _ = fs::remove_dir_all(path);
        }
    });
}

/// Every old entry of `directory` that is called so and is of the owner of `ours`.
fn each(directory: &Path, prefix: &str, ours: &Metadata, act: impl Fn(&Path, &Metadata)) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let drawn = name.to_str().and_then(|name| name.strip_prefix(prefix));
        let is_drawn =
            |drawn: &str| drawn.len() == DRAWN && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !drawn.is_some_and(is_drawn) {
            continue;
        }
        let Ok(about) = fs::symlink_metadata(entry.path()) else { continue };
        let age = about.modified().ok().and_then(|then| then.elapsed().ok());
        if age.is_some_and(|age| age >= OLD) && is_of_one(&about, ours) {
            act(&entry.path(), &about);
        }
    }
}

/// Whether the two have one owner.
#[cfg(unix)]
fn is_of_one(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.uid() == other.uid()
}

/// Whoever may delete there is asked no more.
#[cfg(not(unix))]
fn is_of_one(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn what_is_old_and_ours_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let age = |name: &str, hours: u64| {
            let then = SystemTime::now() - Duration::from_secs(hours * 60 * 60);
            File::open(at(name)).unwrap().set_modified(then).unwrap();
        };
        for (name, hours) in
            [(".w-abc123", 25), (".w-held00", 25), (".w-young0", 1), (".w-lock", 99), ("abc123", 99)]
        {
            fs::write(at(name), b"x").unwrap();
            age(name, hours);
        }
        fs::create_dir(at(".w-folder")).unwrap();
        fs::write(at(".w-folder/file"), b"x").unwrap();
        age(".w-folder", 25);
        let held = open(&at(".w-held00")).unwrap();
        held.lock().unwrap();
        let ours = File::create(at(".w-ours00")).unwrap();

        sweep_files_of(&ours, folder.path(), ".w-");
        assert!(!at(".w-abc123").exists());
        for stays in [".w-held00", ".w-young0", ".w-lock", "abc123", ".w-folder", ".w-ours00"] {
            assert!(at(stays).exists(), "{stays}");
        }
        sweep_folders(&at(".w-ours00"), folder.path(), ".w-");
        assert!(!at(".w-folder").exists() && at(".w-held00").exists());
    }
}
