//! The files of a checkout as text: the real one, or one that a test invents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Text files by their path from the root, with `/` between the parts.
#[derive(Debug, Default)]
pub(crate) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// This checkout: every file with one of the `endings`, but for what git leaves out and what tools make.
    pub(crate) fn checkout(endings: &[&str]) -> Self {
        let root = root();
        let mut tree = Self::default();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if path.is_dir() {
                    if name != "target" && name != ".git" {
                        folders.push(path);
                    }
                } else if endings.iter().any(|ending| name.ends_with(ending)) {
                    let below = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    tree.0.insert(below, text);
                }
            }
        }
        tree
    }

    /// A tree of these paths and texts.
    pub(crate) fn invented(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The text of the file at `path`.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Every path and text, in the order of the paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// The root of this checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
