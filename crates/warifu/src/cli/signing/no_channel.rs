//! A path that leads to no channel: what lies there instead, and what a channel has.

use std::path::Path;

use warifu::error::{Exit, Failure};
use warifu::release::Lies;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

/// Refuses the folder at `path`, of which a command reads, when it is no channel. What is no folder is left
/// to its transport.
pub(super) fn refuse_to_read(path: &Path) -> Result<(), Failure> {
    match lies(path) {
        None | Some(Lies::NoFolder | Lies::Channel) => Ok(()),
        Some(lies) => Err(failure(path, &lies)),
    }
}

/// The same of a folder to which a first release may go: whatever else lies in it (`lost+found`,
/// `index.html`), it may become a channel, unless it is something else of ours.
pub(super) fn refuse_to_write(path: &Path) -> Result<(), Failure> {
    match lies(path) {
        Some(lies @ (Lies::Repository | Lies::Draft | Lies::Fetched(_))) => Err(failure(path, &lies)),
        _ => Ok(()),
    }
}

/// None of a URL, and of what cannot be looked at.
fn lies(path: &Path) -> Option<Lies> {
    let is_url = path.to_string_lossy().contains("://") || path.to_string_lossy().starts_with("bundle:");
    if is_url { None } else { Lies::at(path).ok() }
}

fn failure(path: &Path, lies: &Lies) -> Failure {
    let path = path.display();
    let told = |lang: Lang| {
        let what = lies.say(lang);
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
    use std::fs;

    use super::*;

    #[test]
    fn a_first_release_goes_wherever_nothing_else_of_ours_lies() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, within: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.join(within)).unwrap();
            path
        };
        for (name, within) in [("site", "lost+found"), ("pages", ".git"), ("empty", "")] {
            let path = at(name, within);
            assert!(refuse_to_write(&path).is_ok() && refuse_to_read(&path).is_err(), "{name}");
        }
        let channel = at("channel", "metadata");
        assert!(refuse_to_write(&channel).is_ok() && refuse_to_read(&channel).is_ok());
        let fetched = at("fetched", "");
        let (manifest, _) = warifu_trust::testing::held(
            warifu_trust::testing::head(1, None),
            &warifu_trust::testing::masters(1),
        );
        warifu::files::write(&fetched.join("release.json"), &manifest.to_bytes().unwrap()).unwrap();
        for (path, is) in [
            (at("draft", "blobs"), "it is the draft of a release"),
            (at("repository", "masters"), "it is a repository of masters"),
            (fetched, "release 1 was fetched into it"),
        ] {
            let [write, read] = [refuse_to_write(&path), refuse_to_read(&path)];
            let told = write.unwrap_err().to_string();
            assert!(told.contains(is) && read.is_err(), "{told}");
        }
        for url in ["https://example.jp/x", "s3://bucket/x", "bundle:x"] {
            assert!(refuse_to_read(Path::new(url)).is_ok(), "{url}");
        }
    }
}
