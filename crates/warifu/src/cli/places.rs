//! The files that one command writes: each is its own, and none is one that the command reads.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::files::{Over, folder_of};
use warifu::place::Place;

/// Variables that name files which commands read.
const READ: [&str; 3] = ["WARIFU_ROOT", "WARIFU_PASSPHRASE_FILE", "WARIFU_PIN_FILE"];

/// What a draft consists of, beside its folder `blobs`.
const OF_A_DRAFT: [&str; 3] = ["release.json", "targets.json", "snapshot.json"];

/// Where a command may write.
pub(crate) struct Places {
    over: Over,
    /// The files that the command line names, again where it names one again.
    named: Vec<PathBuf>,
    /// Those that variables name.
    read: Vec<PathBuf>,
    /// What was given out.
    taken: RefCell<Vec<PathBuf>>,
}

impl Places {
    /// Of the command line `args`.
    pub(crate) fn of(args: &[OsString], over: Over) -> Places {
        let value = |word: &OsString| {
            let after = word.to_str().and_then(|word| word.strip_prefix("--")?.split_once('='));
            after.map_or_else(|| PathBuf::from(word), |(_, value)| PathBuf::from(value))
        };
        let existing = |path: PathBuf| fs::canonicalize(path).ok().filter(|path| path.is_file());
        Places {
            over,
            named: args.iter().map(value).filter_map(existing).collect(),
            read: READ.iter().filter_map(std::env::var_os).map(PathBuf::from).filter_map(existing).collect(),
            taken: RefCell::default(),
        }
    }

    /// Whether what is there already is written over.
    pub(crate) fn over(&self) -> Over {
        self.over
    }

    /// The file at `path`, where it may be written: said before the work that fills it.
    ///
    /// # Errors
    /// When it is there already and is not written over, or its folder is missing; when this command writes
    /// it already, reads it, or it belongs to what only Warifu itself writes.
    pub(crate) fn at(&self, path: &Path) -> Result<Place, Failure> {
        let place = Place::at(path, self.over)?;
        if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            // A device or a pipe holds nothing that could be lost.
            return Ok(place);
        }
        let whole = whole(path)?;
        let shown = path.display();
        let could_not = |en, ja| Err(Failure::new(Exit::CouldNotRun, en, ja));
        if self.taken.borrow().contains(&whole) {
            return could_not(
                format!("{shown} is named for two outputs of this command; name a file for each"),
                format!(
                    "{shown} がこのコマンドの 2 つの出力先になっています。それぞれ別のファイルを指定してください"
                ),
            );
        }
        let times = self.named.iter().filter(|named| **named == whole).count();
        if times > 1 || self.read.contains(&whole) {
            return could_not(
                format!("{shown} is read by this command and was not written over; name another file"),
                format!(
                    "{shown} はこのコマンドが読むファイルのため上書きしません。別のファイル名にしてください"
                ),
            );
        }
        if let Some(keeper) = kept_in(&whole) {
            let keeper = keeper.display();
            return could_not(
                format!("{shown} belongs to {keeper} and was not written over; name a file elsewhere"),
                format!("{shown} は {keeper} の一部のため上書きしません。別の場所のファイル名にしてください"),
            );
        }
        self.taken.borrow_mut().push(whole);
        Ok(place)
    }

    /// The same of what need not be written.
    ///
    /// # Errors
    /// As [`Places::at`].
    pub(crate) fn of_option(&self, path: Option<&PathBuf>) -> Result<Option<Place>, Failure> {
        path.map(|path| self.at(path)).transpose()
    }
}

/// By what `path` is told from others, whatever it is called and whether it is there.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    let there = fs::canonicalize(path).ok();
    let new = || {
        let folder = fs::canonicalize(folder_of(path)?).ok();
        Ok(folder.and_then(|folder| Some(folder.join(path.file_name()?))).unwrap_or_else(|| path.to_owned()))
    };
    there.map_or_else(new, Ok)
}

/// What the file at `whole` is a part of, where that is a repository's own folder, a channel or a draft.
fn kept_in(whole: &Path) -> Option<&Path> {
    let git = whole.ancestors().skip(1).find(|folder| folder.file_name() == Some(OsStr::new(".git")));
    let folder = whole.parent()?;
    let channel = || {
        folder.parent().filter(|channel| {
            folder.ends_with("metadata")
                && channel.join("targets").is_dir()
                && folder.join("1.root.json").is_file()
        })
    };
    let draft = || {
        let is_of_it = OF_A_DRAFT.iter().any(|name| whole.ends_with(name)) && whole.is_file();
        (is_of_it && folder.join("blobs").is_dir()).then_some(folder)
    };
    git.or_else(channel).or_else(draft)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_reads_or_writes_already_is_no_place_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.csv", "b.csv", "my.key"] {
            warifu::files::write(&at(name), name.as_bytes()).unwrap();
        }
        std::os::unix::fs::symlink(at("a.csv"), at("link.csv")).unwrap();
        let named = |words: &[&str]| -> Vec<OsString> { words.iter().map(|name| at(name).into()).collect() };
        let mut line = named(&["a.csv", "b.csv", "link.csv"]);
        line.push(format!("--key={}", at("my.key").display()).into());
        line.extend(named(&["my.key"]));
        let places = Places::of(&line, Over::Yes);
        for (name, says) in [("a.csv", "is read"), ("link.csv", "is read"), ("my.key", "is read")] {
            let refused = places.at(&at(name)).unwrap_err();
            assert!(refused.to_string().contains(says), "{name}: {refused}");
        }
        // Named once: it is what is written.
        assert!(places.at(&at("b.csv")).is_ok());
        let twice = places.at(&folder.path().join("./b.csv")).unwrap_err();
        assert!(twice.to_string().contains("two outputs"), "{twice}");
        assert!(places.at(&at("new")).is_ok() && places.at(&at("new")).is_err());
        assert!(places.at(Path::new("/dev/null")).is_ok() && places.at(Path::new("/dev/null")).is_ok());
    }

    #[test]
    fn what_only_warifu_writes_is_no_place_either() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [".git", "metadata", "targets", "draft/blobs", "other"] {
            fs::create_dir_all(at(name)).unwrap();
        }
        let kept = [".git/HEAD", "metadata/1.root.json", "metadata/timestamp.json", "draft/release.json"];
        for name in kept.iter().chain(&["other/release.json"]) {
            warifu::files::write(&at(name), name.as_bytes()).unwrap();
        }
        let places = Places::of(&[], Over::Yes);
        for name in kept {
            let refused = places.at(&at(name)).unwrap_err();
            assert!(refused.to_string().contains("belongs to"), "{name}: {refused}");
        }
        assert!(places.at(&at("other/release.json")).is_ok() && places.at(&at("draft/page.html")).is_ok());
    }
}
