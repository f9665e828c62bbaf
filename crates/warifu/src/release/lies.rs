//! What a folder is that somebody named, known by what lies in it.

use std::fs;
use std::io;
use std::path::Path;

use warifu_trust::{Manifest, limits};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::files;

/// The manifest that `channel fetch` leaves beside the files that it writes: by it the folder is known for
/// one of its own.
pub const RELEASE_FILE: &str = "release.json";

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// Nothing.
    Nothing,
    /// Something, and no folder.
    NoFolder,
    /// A folder with nothing in it, but for what a fetch that was killed left.
    Empty,
    /// A place of releases, or one that begins to be.
    Channel,
    /// A repository of masters.
    Repository,
    /// A repository of git, of whatever else.
    Git,
    /// The draft of a release.
    Draft,
    /// What was fetched of a release with this manifest, which anybody may have written.
    Fetched(Box<Manifest>),
    /// A folder of somebody else.
    Others {
        /// One of the names in it.
        one: String,
    },
}

impl Lies {
    /// What lies at `path`.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn at(path: &Path) -> io::Result<Lies> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Lies::Nothing),
            Err(error) => return Err(error),
            Ok(there) if !there.is_dir() => return Ok(Lies::NoFolder),
            Ok(_) => {}
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !name.starts_with(files::UNFINISHED) {
                names.push(name);
            }
        }
        names.sort_unstable();
        let Some(one) = names.first().cloned() else { return Ok(Lies::Empty) };
        let has = |name: &str| names.iter().any(|other| other == name);
        let any = |of: &[&str]| of.iter().any(|name| has(name));
        Ok(match () {
            () if has("metadata") => Lies::Channel,
            () if any(&["warifu.toml", "masters"]) => Lies::Repository,
            () if has(".git") || has("HEAD") && has("objects") => Lies::Git,
            () if any(&["targets", "statements"]) => Lies::Channel,
            () if any(&["blobs", "signatures", "targets.json"]) => Lies::Draft,
            () => match manifest(&path.join(RELEASE_FILE)) {
                Some(manifest) => Lies::Fetched(Box::new(manifest)),
                None => Lies::Others { one },
            },
        })
    }
}

/// The manifest in this regular file, when it is one.
pub(super) fn manifest(file: &Path) -> Option<Manifest> {
    fs::symlink_metadata(file).ok().filter(fs::Metadata::is_file)?;
    Manifest::from_bytes(&warifu_files::read(file, limits::MANIFEST_BYTES).ok()?).ok()
}

impl Speak for Lies {
    fn say(&self, lang: Lang) -> String {
        match self {
            Lies::Nothing => say!(lang, "there is nothing there", "そこには何もありません"),
            Lies::NoFolder => say!(lang, "it is no folder", "フォルダーではありません"),
            Lies::Empty => say!(lang, "the folder is empty", "空のフォルダーです"),
            Lies::Channel => say!(lang, "it is a channel", "配信元です"),
            Lies::Repository => say!(lang, "it is a repository of masters", "マスターのリポジトリです"),
            Lies::Git => say!(lang, "it is a repository of git", "git のリポジトリです"),
            Lies::Draft => say!(lang, "it is the draft of a release", "リリースの草案です"),
            Lies::Fetched(manifest) => say!(
                lang,
                "release {} was fetched into it",
                "リリース {} を取得したフォルダーです",
                manifest.release
            ),
            Lies::Others { one } => {
                say!(lang, "it holds other files ({one})", "別のファイルが入っています（{one}）")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, within: &[&str]| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).unwrap();
            for inner in within {
                fs::create_dir(path.join(inner)).unwrap();
            }
            Lies::at(&path).unwrap()
        };
        assert_eq!(at("channel", &["metadata", ".git"]), Lies::Channel);
        // Content goes there before the metadata does.
        assert_eq!(at("begun", &["targets"]), Lies::Channel);
        assert_eq!(at("repository", &[".git", "masters"]), Lies::Repository);
        assert_eq!(at("git", &[".git"]), Lies::Git);
        assert_eq!(at("bare", &["HEAD", "objects"]), Lies::Git);
        assert_eq!(at("draft", &["blobs"]), Lies::Draft);
        assert_eq!(at("others", &["in"]), Lies::Others { one: "in".into() });
        assert_eq!(at("empty", &[]), Lies::Empty);
        assert_eq!(at("killed", &[".warifu-abc"]), Lies::Empty);
        assert_eq!(Lies::at(&folder.path().join("none")).unwrap(), Lies::Nothing);
        let file = folder.path().join("file");
        files::write(&file, b"x").unwrap();
        assert_eq!(Lies::at(&file).unwrap(), Lies::NoFolder);

        let path = folder.path().join("others").join(RELEASE_FILE);
        files::write(&path, b"{}").unwrap();
        assert_eq!(at("others", &[]), Lies::Others { one: "in".into() });
        let (manifest, _) = warifu_trust::testing::held(
            warifu_trust::testing::head(1, None),
            &warifu_trust::testing::masters(1),
        );
        files::write(&path, &manifest.to_bytes().unwrap()).unwrap();
        assert_eq!(at("others", &[]), Lies::Fetched(Box::new(manifest)));
    }
}
