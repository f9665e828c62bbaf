//! Which of two places lies in the other, through links and whatever else a path goes by.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Where `path` is: what is there of the way to it without links, then its names. Its own last name may be of
/// a link, and counts itself.
pub(super) fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut names: Vec<OsString> = Vec::new();
    for component in absolute.components() {
        match component {
            Component::Normal(name) => names.push(name.to_owned()),
            Component::ParentDir => drop(names.pop()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    let whole = |names: &[OsString]| Path::new("/").join(names.iter().collect::<PathBuf>());
    let there =
        (0..names.len()).rev().find_map(|most| Some((most, whole(&names[..most]).canonicalize().ok()?)));
    match there {
        Some((most, there)) => names[most..].iter().fold(there, |path, name| path.join(name)),
        None => whole(&names),
    }
}

/// Whether `inner` is `outer`, or below it.
pub(super) fn is_within(inner: &Path, outer: &Path) -> bool {
    inner.starts_with(outer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_whichever_way_leads_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().canonicalize().unwrap();
        std::fs::create_dir(at.join("a")).unwrap();
        std::os::unix::fs::symlink(at.join("a"), at.join("b")).unwrap();
        assert_eq!(real(&at.join("b/not/there")), at.join("a/not/there"));
        assert_eq!(real(&at.join("a/../a/./c")), at.join("a/c"));
        assert_eq!(real(&at.join("b")), at.join("b"), "the link itself");
        assert!(is_within(&real(&at.join("b/c")), &real(&at.join("a"))));
        assert!(!is_within(&real(&at.join("ab")), &real(&at.join("a"))));
        assert_eq!(real(Path::new("/")), Path::new("/"));
    }
}
