//! Whether what was sent may be written to disk: every folder of every commit, before anything stands for it.

use std::collections::HashSet;

use git2::{ObjectType, Oid, Repository};
use warifu_values::text::shown;

use super::super::error::{ExchangeError, Unsound};

/// The largest file: the largest master is a hundredth of it, and an import reads no larger one.
const MOST_BYTES: usize = 1 << 30;

/// How deep folders lie in folders; ours lie four deep.
const MOST_DEEP: usize = 16;

/// Looks through the trees of commits; each tree once.
pub(super) struct Looking<'r> {
    repository: &'r Repository,
    odb: git2::Odb<'r>,
    seen: HashSet<Oid>,
}

impl<'r> Looking<'r> {
    pub(super) fn new(repository: &'r Repository) -> Result<Self, git2::Error> {
        Ok(Looking { repository, odb: repository.odb()?, seen: HashSet::new() })
    }

    /// Refuses the commit `oid` where something in it is never written.
    pub(super) fn commit(&mut self, oid: Oid) -> Result<(), ExchangeError> {
        let unsound = |path: String, what| ExchangeError::Unsound { commit: oid.to_string(), path, what };
        let tree = self.repository.find_commit(oid).map(|commit| commit.tree_id());
        let tree = tree.map_err(|_| unsound(".".to_owned(), Unsound::Missing))?;
        let mut open = vec![(String::new(), tree, 0)];
        while let Some((folder, tree, deep)) = open.pop() {
            if !self.seen.insert(tree) {
                continue;
            }
            if deep > MOST_DEEP {
                return Err(unsound(folder, Unsound::Deep));
            }
            let missing = || unsound(folder.clone(), Unsound::Missing);
            let tree = self.repository.find_tree(tree).map_err(|_| missing())?;
            for entry in &tree {
                let name = told(entry.name_bytes());
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if !is_plain(entry.name_bytes()) {
                    return Err(unsound(path, Unsound::Name));
                }
                match entry.filemode_raw() {
                    0o040_000 => open.push((path, entry.id(), deep + 1)),
                    0o100_644 | 0o100_755 | 0o100_664 if self.seen.insert(entry.id()) => {
                        match self.odb.read_header(entry.id()) {
                            Ok((bytes, ObjectType::Blob)) if bytes <= MOST_BYTES => {}
                            Ok((_, ObjectType::Blob)) => return Err(unsound(path, Unsound::Large)),
                            _ => return Err(unsound(path, Unsound::Missing)),
                        }
                    }
                    0o100_644 | 0o100_755 | 0o100_664 => {}
                    _ => return Err(unsound(path, Unsound::Mode)),
                }
            }
        }
        Ok(())
    }
}

/// Whether a file may be called so on every system, and git reads nothing of its own there.
fn is_plain(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let ranges = ['\u{200C}'..='\u{200F}', '\u{202A}'..='\u{202E}', '\u{206A}'..='\u{206F}'];
    let ignored = |c: &char| *c == '\u{FEFF}' || ranges.iter().any(|range| range.contains(c));
    // What HFS+ and NTFS take for the same: characters that count for nothing, capitals, dots and blanks at
    // the end, a stream's name.
    let folded: String = name.chars().filter(|c| !ignored(c)).collect::<String>().to_lowercase();
    let stem = folded.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    !name.is_empty()
        && name.len() <= 255
        && !matches!(stem, "" | ".git" | "git~1" | ".gitmodules")
        && !name.contains(['/', '\\', ':'])
        && !name.chars().any(|c| c.is_control() || ignored(&c))
}

/// The name, fit for a terminal.
fn told(name: &[u8]) -> String {
    shown(&String::from_utf8_lossy(name).chars().take(100).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_git_or_a_file_system_reads_otherwise_are_none() {
        for name in [
            "",
            ".",
            "..",
            ".git",
            ".GIT",
            ".git.",
            ".git ",
            "git~1",
            ".g\u{200C}it",
            ".git:x",
            "a\\b",
            "a\nb",
            ".gitmodules",
            "\u{202E}a",
        ] {
            assert!(!is_plain(name.as_bytes()), "{name:?}");
        }
        for name in ["warifu.toml", ".gitattributes", ".gitignore", "11100.csv", "規則.toml", "git", "..a"]
        {
            assert!(is_plain(name.as_bytes()), "{name:?}");
        }
        assert!(!is_plain(b"\xFF"));
    }
}
