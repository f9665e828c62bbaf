//! Inputs and outputs: inputs are read up to a limit, outputs appear whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use warifu_files::ReadError;
use warifu_masters::file::FILE_LIMIT_BYTES;
use warifu_values::lang::counted;
use warifu_values::text::shown_path;

use crate::error::{Exit, Failure};
use crate::interrupt::{self, Begun, Whole};

/// The bytes of the file at `path`.
///
/// # Errors
/// When it is a directory, is larger than [`FILE_LIMIT_BYTES`], or cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |source: io::Error| {
        Failure::told(Exit::CouldNotRun, &ReadError::Io { path: path.to_owned(), source })
    };
    let metadata = fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("{} is a folder; name the files in it", shown_path(path)),
            format!("{} はフォルダーです。中のファイルを指定してください", shown_path(path)),
        ));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(cannot)?;
    if metadata.len() <= FILE_LIMIT_BYTES {
        bytes.reserve_exact(metadata.len() as usize + 1);
        file.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    }
    if metadata.len() > FILE_LIMIT_BYTES || bytes.len() as u64 > FILE_LIMIT_BYTES {
        let limit = FILE_LIMIT_BYTES / (1024 * 1024);
        return Err(Failure::new(
            Exit::Data,
            format!(
                "{} is larger than {limit} MiB: no master is; check that it is the right file",
                shown_path(path)
            ),
            format!(
                "{} は {limit} MiB を超えています。マスターではありません。ファイルを確認してください",
                shown_path(path)
            ),
        ));
    }
    Ok(bytes)
}

/// The folder that `path` is to be written in.
///
/// # Errors
/// When it is not there: told by its name, not by that of a temporary file in it.
pub fn folder_of(path: &Path) -> Result<&Path, Failure> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if folder.is_dir() {
        return Ok(folder);
    }
    let (file, folder) = (shown_path(path), shown_path(folder));
    Err(Failure::new(
        Exit::CouldNotRun,
        format!("cannot write {file}: there is no folder {folder}; make it first (nothing was written)"),
        format!(
            "{file} に書き込めません。フォルダー {folder} がありません。先に作成してください（何も書いていません）"
        ),
    ))
}

/// Writes `bytes` to `path` so that a reader sees the old content or all of the new one: a temporary file in
/// the same folder, made durable, then renamed. A device or a pipe (`/dev/stdout`) is written into.
///
/// # Errors
/// When any step fails, with nothing left behind and `path` as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    put(path, Readers::Usual, Over::Yes, |out| out.write_all(bytes))
}

/// As [`write()`], over what is there as `over` says, and for what is too large to be held: `content` writes
/// it piece by piece.
///
/// # Errors
/// When any step fails, with nothing left behind and `path` as it was.
pub fn write_pieces(
    path: &Path,
    over: Over,
    content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), Failure> {
    put(path, Readers::Usual, over, content)
}

/// Whether a file that is there already is written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// It stays, and nothing is written.
    Never,
    /// It is replaced.
    Yes,
}

/// A file that is written and durable, and does not have its name yet: what its name holds stays until then,
/// also when this is dropped instead.
#[derive(Debug)]
#[must_use = "a file without its name is gone when this is dropped"]
pub struct Unnamed(Unfinished);

/// Writes `bytes` to be named `path`, where nothing or a regular file is: a link is not followed, and a pipe
/// or device that somebody laid there is not written into.
///
/// # Errors
/// When any step fails, or what is there is something else.
pub fn write_unnamed(path: &Path, bytes: &[u8]) -> Result<Unnamed, Failure> {
    refuse_irregular(path)?;
    let Some(mut file) = Unfinished::begin(path, Over::Yes)? else { return Err(irregular(path)) };
    file.write(bytes)?;
    file.make_durable()?;
    Ok(Unnamed(file))
}

/// Gives `files`, all of one folder, their names, in this order.
///
/// # Errors
/// When one cannot be named. What was not named yet is as it was.
pub fn name_each(files: impl IntoIterator<Item = Unnamed>) -> Result<(), Failure> {
    let mut folder = None;
    let _all = Whole::begin();
    for Unnamed(file) in files {
        // It may have been exchanged since.
        refuse_irregular(&file.path)?;
        let path = file.path.clone();
        folder = Some((path, file.name()?));
    }
    match folder {
        Some((path, folder)) => folder.sync_all().map_err(|error| cannot_write(&path, &error)),
        None => Ok(()),
    }
}

fn refuse_irregular(path: &Path) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => Err(irregular(path)),
        _ => Ok(()),
    }
}

fn irregular(path: &Path) -> Failure {
    let path = shown_path(path);
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "{path} is no regular file (a link, folder, pipe or device) and was not written over; take it \
             away, or name another folder"
        ),
        format!(
            "{path} は通常のファイルではない（リンク、フォルダー、パイプ、デバイスなど）ため上書きしませんでした。\
             取り除くか、別のフォルダーを指定してください"
        ),
    )
}

/// Writes a secret: as `write`, readable by its owner only, and never over anything that is there.
///
/// # Errors
/// When any step fails, or `path` is there already.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    put(path, Readers::OwnerOnly, Over::Never, |out| out.write_all(bytes))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    Usual,
    OwnerOnly,
}

fn put(
    path: &Path,
    readers: Readers,
    over: Over,
    content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(mut unfinished) = Unfinished::begun(path, readers, over)? else {
        // Renaming would put a file in the device's place.
        let begun = Begun::of(shown_path(path));
        let device = fs::OpenOptions::new().write(true).open(path);
        let mut device = Counted { file: device.map_err(|error| cannot_write(path, &error))?, bytes: 0 };
        let written = content(&mut device);
        drop(begun);
        return written.map_err(|error| match device.bytes {
            0 => cannot_write(path, &error),
            bytes => cannot_write_all(path, bytes, &error),
        });
    };
    content(&mut unfinished.file).map_err(|error| cannot_write(path, &error))?;
    unfinished.finish()
}

/// A device or a pipe, and how much went into it.
struct Counted {
    file: File,
    bytes: u64,
}

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is being written. It appears under its name when it is finished, whole and durable; until
/// then, and when it is dropped instead, its name holds what it held before.
#[derive(Debug)]
#[must_use = "a file that is not finished does not appear"]
pub struct Unfinished {
    /// As it was named.
    path: PathBuf,
    /// What is replaced: where the name is a link, what it leads to.
    target: PathBuf,
    /// Opened before anything is made: where that fails, nothing was written.
    folder: File,
    file: tempfile::NamedTempFile,
    /// How much was written.
    written: u64,
    /// How much of it the disk was told of.
    told: u64,
    readers: Readers,
    over: Over,
    /// The last to go: what was begun is gone or has its name then.
    whole: Whole,
}

/// What the name of a file begins with that has not got its own yet.
pub const UNFINISHED: &str = ".warifu-";

/// The disk is told of so much at a time.
const TOLD_BYTES: u64 = 1024 * 1024;

impl Unfinished {
    /// Begins the file that is to be `path`; nothing where that is a device or a pipe, which has no other
    /// name to be written under.
    ///
    /// # Errors
    /// When its folder is missing or cannot be written in, or `path` is a directory.
    pub fn begin(path: &Path, over: Over) -> Result<Option<Self>, Failure> {
        Self::begun(path, Readers::Usual, over)
    }

    fn begun(path: &Path, readers: Readers, over: Over) -> Result<Option<Self>, Failure> {
        let folder = folder_of(path)?;
        let whole = Whole::begin();
        let begun = (|| {
            if let (Ok(there), Readers::Usual) = (fs::metadata(path), readers) {
                if there.is_dir() {
                    return Err(io::Error::from(io::ErrorKind::IsADirectory));
                }
                if !there.is_file() {
                    return Ok(None);
                }
            }
            // A link is followed: renaming would put a file in the link's place, be it that of /dev/stdout.
            let target = match fs::symlink_metadata(path) {
                Ok(there) if there.is_symlink() && readers == Readers::Usual => fs::canonicalize(path).ok(),
                _ => None,
            };
            let folder = target.as_deref().and_then(Path::parent).unwrap_or(folder);
            let opened = File::open(folder)?;
            // Temporary files are made with mode 600.
            let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
            // By its lock whoever sweeps sees that it is being written; a file system without locks has none.
            let _unlocked = file.as_file().try_lock();
            warifu_files::sweep_files_of(file.as_file(), folder, UNFINISHED);
            let (path, target) = (path.to_owned(), target.unwrap_or_else(|| path.to_owned()));
            let (folder, written, told) = (opened, 0, 0);
            Ok(Some(Unfinished { path, target, folder, file, written, told, readers, over, whole }))
        })();
        begun.map_err(|error| cannot_write(path, &error))
    }

    /// Writes what comes next.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = interrupt::go_on().and_then(|()| self.file.write_all(bytes));
        written.map_err(|error| cannot_write(&self.path, &error))?;
        self.written += bytes.len() as u64;
        if self.written - self.told >= TOLD_BYTES {
            begin_writing_back(self.file.as_file(), self.told, self.written - self.told);
            self.told = self.written;
        }
        Ok(())
    }

    /// Makes it durable and gives it its name.
    ///
    /// # Errors
    /// When any step fails, with nothing left behind and the name as it was.
    pub fn finish(self) -> Result<(), Failure> {
        self.make_durable()?;
        let path = self.path.clone();
        let folder = self.name()?;
        folder.sync_all().map_err(|error| cannot_write(&path, &error))
    }

    /// Makes what was written durable.
    fn make_durable(&self) -> Result<(), Failure> {
        let done = (|| {
            if self.readers == Readers::Usual {
                set_usual_permissions(self.file.as_file(), &self.target)?;
            }
            self.file.as_file().sync_all()
        })();
        done.map_err(|error| cannot_write(&self.path, &error))
    }

    /// Gives it its name, which is durable once the folder is that comes back.
    fn name(self) -> Result<File, Failure> {
        let Unfinished { path, target, folder, file, over, whole, .. } = self;
        let done = (|| {
            match over {
                Over::Yes => file.persist(&target),
                Over::Never => file.persist_noclobber(&target),
            }
            .map_err(|error| error.error)?;
            Ok(folder)
        })();
        if done.is_ok() {
            interrupt::wrote(shown_path(&path));
        }
        drop(whole);
        done.map_err(|error: io::Error| cannot_write(&path, &error))
    }
}

/// Lets the disk begin with `length` bytes of `file`, so that it is not idle until all are there and then
/// waited for. Whether it does changes nothing: what counts is the wait at the end.
///
/// To say that the bytes will not be wanted soon is what Linux begins to write on; it lets go of none that is
/// not on the disk yet.
#[cfg(target_os = "linux")]
fn begin_writing_back(file: &File, from: u64, length: u64) {
    let length = std::num::NonZeroU64::new(length);
    let _ = rustix::fs::fadvise(file, from, length, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn begin_writing_back(_: &File, _: u64, _: u64) {}

fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::system(
        format_args!("cannot write {} (nothing was written)", shown_path(path)),
        format_args!("{} に書き込めません（何も書いていません）", shown_path(path)),
        error,
    )
}

/// What went into a pipe or a device cannot be taken back.
fn cannot_write_all(path: &Path, bytes: u64, error: &io::Error) -> Failure {
    let (path, bytes) = (shown_path(path), counted(bytes, "byte"));
    Failure::system(
        format_args!("cannot write all of {path}: {bytes} went into it"),
        format_args!("{path} に全ては書き込めませんでした（{bytes} まで書き込み済み）"),
        error,
    )
}

/// Temporary files are private; a result is readable as any file its user makes, or as the one it replaces.
#[cfg(unix)]
fn set_usual_permissions(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode(),
        Err(_) => 0o644,
    };
    file.set_permissions(fs::Permissions::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::{Lang, Speak as _};

    use super::*;

    #[test]
    fn a_folder_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("keys");
        for done in [write(&missing.join("a.csv"), b"x"), write_private(&missing.join("a.key"), b"x")] {
            let failure = done.unwrap_err();
            let name = shown_path(&missing);
            assert!(failure.say(Lang::En).contains(&format!("there is no folder {name};")), "{failure}");
            assert!(failure.say(Lang::Ja).contains(&format!("フォルダー {name} がありません")));
            assert!(!failure.say(Lang::En).contains(".warifu-"), "{failure}");
        }
    }

    #[test]
    fn of_several_files_none_appears_before_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        write(&one, b"0").unwrap();
        let unnamed = [(&one, b"1"), (&other, b"2")].map(|(path, bytes)| write_unnamed(path, bytes).unwrap());
        assert!(fs::read(&one).unwrap() == b"0" && !other.exists());
        name_each(unnamed).unwrap();
        assert_eq!((fs::read(&one).unwrap(), fs::read(&other).unwrap()), (b"1".to_vec(), b"2".to_vec()));
        drop(write_unnamed(&one, b"3").unwrap());
        assert_eq!(fs::read(&one).unwrap(), b"1");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing left behind");
    }

    /// Whoever may write in the folder lays there what would be waited on for ever, or leads elsewhere.
    #[cfg(unix)]
    #[test]
    fn what_is_laid_in_a_files_place_is_neither_waited_on_nor_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("real"), b"real").unwrap();
        std::os::unix::fs::symlink(at("real"), at("link")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("dangling")).unwrap();
        std::os::unix::fs::symlink("/dev/null", at("device")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        for name in ["link", "dangling", "device", "folder", "pipe"] {
            let failure = write_unnamed(&at(name), b"x").unwrap_err();
            assert!(failure.say(Lang::En).contains("no regular file"), "{name}: {failure}");
        }
        // Also where it was laid there in the meantime.
        let written = write_unnamed(&at("late"), b"x").unwrap();
        std::os::unix::fs::symlink(at("real"), at("late")).unwrap();
        assert!(name_each([written]).is_err());
        assert!(fs::read(at("real")).unwrap() == b"real" && !at("nothing").exists());
    }

    /// Pieces that were written are nowhere until the file is finished, and gone when it is not.
    #[test]
    fn an_unfinished_file_does_not_appear() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        write(&path, b"old").unwrap();
        let mut file = Unfinished::begin(&path, Over::Yes).unwrap().unwrap();
        file.write(b"ne").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut file = Unfinished::begin(&path, Over::Yes).unwrap().unwrap();
        file.write(b"ne").unwrap();
        file.write(b"w").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        file.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// The disk may begin with what was written, and what is written after it still comes behind it.
    #[test]
    fn many_pieces_are_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let bytes: Vec<u8> = (0..3 * TOLD_BYTES as u32 + 77).map(|at| (at ^ at >> 9) as u8).collect();
        let mut file = Unfinished::begin(&path, Over::Yes).unwrap().unwrap();
        for piece in bytes.chunks(300_001) {
            file.write(piece).unwrap();
        }
        file.finish().unwrap();
        assert!(fs::read(&path).unwrap() == bytes);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_what_it_names_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (link, real) = (folder.path().join("link"), folder.path().join("real"));
        write(&real, b"old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn what_went_into_a_pipe_is_not_denied() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Whoever reads, and never ends.
        let _reader = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        let fails = |before: &'static [u8]| {
            let done = write_pieces(&pipe, Over::Never, |out| {
                out.write_all(before)?;
                Err(io::ErrorKind::BrokenPipe.into())
            });
            done.unwrap_err().say(Lang::En)
        };
        assert!(fails(b"1234").contains(": 4 bytes went into it"), "{}", fails(b"1234"));
        assert!(fails(b"").contains("(nothing was written)"));
    }
}
