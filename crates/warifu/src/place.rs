//! Where a command writes what it was asked for: known to be free, or to be written over, before the work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use warifu_values::text::shown_path;

use crate::error::{Exit, Failure};
use crate::files::{Over, Unfinished, folder_of, write_pieces};

/// A file that a command was told to write. Its folder is there, and nothing is under its name, or what is
/// there is to be replaced. Where something comes in between, that stays too, and nothing is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    path: PathBuf,
    over: Over,
}

impl Place {
    /// The file at `path`; a device or a pipe (`/dev/stdout`) is always free.
    ///
    /// # Errors
    /// When its folder is missing, it is a folder, or it is there already and is not written over.
    pub fn at(path: &Path, over: Over) -> Result<Place, Failure> {
        folder_of(path)?;
        let shown = shown_path(path);
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(Failure::new(
                Exit::CouldNotRun,
                format!("{shown} is a folder; name a file in it (nothing was written)"),
                format!(
                    "{shown} はフォルダーです。その中のファイル名を指定してください（何も書いていません）"
                ),
            )),
            Ok(there) if there.is_file() && over == Over::Never => Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "{shown} is there already and was not written over; name another file, or say --force"
                ),
                format!(
                    "{shown} は既にあるため上書きしませんでした。別のファイル名にするか、--force を付けてください"
                ),
            )),
            _ => Ok(Place { path: path.to_owned(), over }),
        }
    }

    /// Its name, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `bytes`, whole or not at all.
    ///
    /// # Errors
    /// When any step fails, with nothing left behind and the name as it was.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_pieces(|out| out.write_all(bytes))
    }

    /// As [`Place::write`], for what is too large to be held: `content` writes it piece by piece.
    ///
    /// # Errors
    /// When any step fails, with nothing left behind and the name as it was.
    pub fn write_pieces(
        &self,
        content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        write_pieces(&self.path, self.over, content)
    }

    /// Begins it, to be finished later; nothing where it is a device or a pipe.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&self) -> Result<Option<Unfinished>, Failure> {
        Unfinished::begin(&self.path, self.over)
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;

    #[test]
    fn what_is_there_stays_unless_it_is_to_be_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        Place::at(&path, Over::Never).unwrap().write(b"old").unwrap();
        let refused = Place::at(&path, Over::Never).unwrap_err();
        assert!(refused.say(Lang::En).contains("or say --force"), "{refused}");
        assert!(refused.say(Lang::Ja).contains("--force を付けてください"));
        Place::at(&path, Over::Yes).unwrap().write(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(Place::at(folder.path(), Over::Yes).is_err(), "a folder is no file");
        assert!(Place::at(&folder.path().join("missing/a.csv"), Over::Yes).is_err());
        assert!(Place::at(Path::new("/dev/null"), Over::Never).unwrap().write(b"x").is_ok());
    }

    /// Somebody else wrote it while the work ran.
    #[test]
    fn what_comes_in_between_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let place = Place::at(&path, Over::Never).unwrap();
        let begun = place.begin().unwrap().unwrap();
        crate::files::write(&path, b"theirs").unwrap();
        assert!(place.write(b"mine").is_err() && begun.finish().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing left behind");
    }
}
