//! A path that leads to no channel: what lies there instead, and what a channel has.

use std::fs;
use std::path::Path;

use warifu::error::{Exit, Failure};
use warifu_values::lang::Lang;
use warifu_values::say;

/// What lies where a channel should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lies {
    Nothing,
    Empty,
    Repository,
    Draft,
    Others,
}

/// Refuses the folder at `path`, of which a command reads, when it is no channel. What is no folder is left
/// to its transport.
pub(super) fn refuse_to_read(path: &Path) -> Result<(), Failure> {
    lies(path).map_or(Ok(()), |lies| Err(failure(path, lies)))
}

/// The same of a folder to which a first release may go: one that is empty, or not there yet, may become a
/// channel.
pub(super) fn refuse_to_write(path: &Path) -> Result<(), Failure> {
    match lies(path) {
        None | Some(Lies::Nothing | Lies::Empty) => Ok(()),
        Some(lies) => Err(failure(path, lies)),
    }
}

/// None of a channel, of what is no folder, and of what cannot be looked at.
fn lies(path: &Path) -> Option<Lies> {
    let is_url = path.to_string_lossy().contains("://") || path.to_string_lossy().starts_with("bundle:");
    if is_url {
        return None;
    }
    if !path.exists() {
        return Some(Lies::Nothing);
    }
    let has = |name: &str| path.join(name).exists();
    if !path.is_dir() || has("metadata") {
        return None;
    }
    let first = fs::read_dir(path).ok()?.next();
    Some(match first {
        None => Lies::Empty,
        Some(_) if has("warifu.toml") || has("masters") => Lies::Repository,
        Some(_) if has("release.json") => Lies::Draft,
        Some(_) => Lies::Others,
    })
}

fn failure(path: &Path, lies: Lies) -> Failure {
    let path = path.display();
    let told = |lang: Lang| {
        let what = match lies {
            Lies::Nothing => say!(lang, "there is nothing there", "そこには何もありません"),
            Lies::Empty => say!(lang, "the folder is empty", "空のフォルダーです"),
            Lies::Repository => {
                say!(lang, "it is a repository of masters", "マスターのリポジトリです")
            }
            Lies::Draft => say!(lang, "it is the draft of a release", "リリースの草案です"),
            Lies::Others => say!(lang, "it holds other files", "別のファイルが入っています"),
        };
        say!(
            lang,
            "{path} is no channel: {what}. A channel holds metadata/ (1.root.json, timestamp.json) and \
             targets/; name the folder, bundle file or URL that releases are published on",
            "{path} は配信元ではありません（{what}）。配信元には metadata/（1.root.json、timestamp.json）と targets/ があります。\
             リリースを公開しているフォルダー、バンドルファイル、URL のいずれかを指定してください"
        )
    };
    Failure::new(Exit::CouldNotRun, told(Lang::En), told(Lang::Ja))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, within: Option<&str>| {
            let path = folder.path().join(name);
            fs::create_dir_all(within.map_or(path.clone(), |within| path.join(within))).unwrap();
            path
        };
        assert_eq!(lies(&at("channel", Some("metadata"))), None);
        assert_eq!(lies(&at("repository", Some("masters"))), Some(Lies::Repository));
        assert_eq!(lies(&at("draft", Some("release.json"))), Some(Lies::Draft));
        assert_eq!(lies(&at("others", Some("in"))), Some(Lies::Others));
        assert_eq!(lies(&at("empty", None)), Some(Lies::Empty));
        assert_eq!(lies(&folder.path().join("none")), Some(Lies::Nothing));
        for url in ["https://example.jp/x", "s3://bucket/x", "bundle:x"] {
            assert_eq!(lies(Path::new(url)), None, "{url}");
        }
        assert!(refuse_to_write(&at("empty", None)).is_ok() && refuse_to_read(&at("empty", None)).is_err());
        let draft = refuse_to_write(&at("draft", None)).unwrap_err().to_string();
        assert!(draft.contains("is the draft of a release"), "{draft}");
    }
}
