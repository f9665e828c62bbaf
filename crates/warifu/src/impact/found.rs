//! Claim files in folders: `*.UKE`, at any depth. What cannot be read is told, not passed over.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Failure;

/// A claim file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClaimPath {
    /// As it is told: from the folder that was named.
    pub shown: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// A file or folder that was not read.
#[derive(Debug)]
pub struct Unread {
    /// As it is told.
    pub file: String,
    /// Why.
    pub why: Box<Failure>,
}

/// What lies in folders.
#[derive(Debug, Default)]
pub struct Found {
    /// The claim files, in order.
    pub files: Vec<ClaimPath>,
    /// What could not be looked into.
    pub unread: Vec<Unread>,
}

/// The claim files in `folders` and below, each once; one that is named itself is taken whatever its name.
pub fn claim_files(folders: &[PathBuf]) -> Found {
    let mut walk = Walk::default();
    for folder in folders {
        walk.enter(folder, IsNamed::Yes);
    }
    let Walk { mut found, .. } = walk;
    found.files.sort();
    found
}

/// Whether somebody named it, rather than its folder.
#[derive(Clone, Copy, PartialEq)]
enum IsNamed {
    Yes,
    No,
}

#[derive(Default)]
struct Walk {
    found: Found,
    /// What was seen already, by its one true path: folders named may lie in each other.
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    fn enter(&mut self, path: &Path, named: IsNamed) {
        if let Err(error) = self.look(path, named) {
            let file = path.display().to_string();
            let why = Failure::system(
                format_args!("cannot look into {file}"),
                format_args!("{file} を参照できません"),
                &error,
            );
            self.found.unread.push(Unread { file, why: Box::new(why) });
        }
    }

    fn look(&mut self, path: &Path, named: IsNamed) -> io::Result<()> {
        let is_claims = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("uke"));
        // Links are followed; what was seen is not entered again, so they lead into no circle.
        let is_folder = match fs::metadata(path) {
            Ok(there) => there.is_dir(),
            Err(error) if named == IsNamed::Yes || is_claims => return Err(error),
            // A link that leads nowhere, and has no claim file's name.
            Err(_) => return Ok(()),
        };
        if !is_folder && named == IsNamed::No && !is_claims {
            return Ok(());
        }
        if !self.seen.insert(fs::canonicalize(path)?) {
            return Ok(());
        }
        if is_folder {
            for entry in fs::read_dir(path)? {
                self.enter(&entry?.path(), IsNamed::No);
            }
        } else {
            self.found.files.push(ClaimPath { shown: path.display().to_string(), path: path.to_owned() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;

    #[test]
    fn claim_files_are_found_once_at_any_depth_and_what_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("a/b")).unwrap();
        for name in ["a/2.UKE", "a/b/1.uke", "a/notes.txt", "claims"] {
            crate::files::write(&at(name), b"IR").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("a"), at("a/b/circle")).unwrap();
            std::os::unix::fs::symlink(at("nowhere"), at("a/3.UKE")).unwrap();
        }
        let found = claim_files(&[at("a"), at("a/b"), at("claims"), at("missing")]);
        let names: Vec<_> = found.files.iter().map(|file| file.path.clone()).collect();
        assert_eq!(names, [at("a/2.UKE"), at("a/b/1.uke"), at("claims")]);
        let unread: Vec<_> = found.unread.iter().map(|unread| unread.why.say(Lang::En)).collect();
        assert!(unread.iter().any(|why| why.contains("missing")), "{unread:?}");
        assert_eq!(unread.len(), if cfg!(unix) { 2 } else { 1 }, "{unread:?}");
    }
}
