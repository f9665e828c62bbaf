//! Files that root can read and nobody else, not even who owns them: whoever tries a configuration as root
//! would not see it, and a checker does not run as root.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rustix::process::geteuid;

use crate::said::Said;

/// Which of `files` only root can read, where it is root who asks: others see it when they read them.
pub(crate) fn only_root_reads<'a>(files: impl IntoIterator<Item = &'a Path>) -> Vec<Said> {
    if !geteuid().is_root() {
        return Vec::new();
    }
    files.into_iter().filter_map(closed).collect()
}

/// That nobody may read the file at `path`, by its mode.
fn closed(path: &Path) -> Option<Said> {
    let there = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mode = there.permissions().mode() & 0o7777;
    let path = path.display();
    (mode & 0o444 == 0).then(|| {
        Said::new(
            format!("nobody but root can read {path} (mode {mode:04o}): chmod u+r {path}"),
            format!(
                "{path} は root 以外読み取れません（モード {mode:04o}）。chmod u+r {path} を実行してください"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_nobody_may_read_is_told_by_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        fs::write(&file, "").unwrap();
        for (mode, is_closed) in
            [(0o000, true), (0o200, true), (0o400, false), (0o640, false), (0o004, false)]
        {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(closed(&file).is_some(), is_closed, "{mode:o}");
        }
        assert_eq!(closed(folder.path()), None);
        assert_eq!(closed(&folder.path().join("none")), None);
    }
}
