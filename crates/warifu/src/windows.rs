//! Files, some lines at a time: a window of whole lines is read, worked on, and given on to what goes on
//! behind, while they are in the processor's cache. Memory does not grow with the file.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use warifu_masters::file::{ByLines, Declared, FILE_LIMIT_BYTES, Reading};
use warifu_masters::schema::Schemas;
use warifu_values::digest::{Digest, Hasher};

/// So much is read first: enough to tell the format by.
pub const FIRST_BYTES: usize = ByLines::HEAD_BYTES + 64 * 1024;
/// So much is read at a time after that: little enough for the cache.
pub const WINDOW_BYTES: usize = 128 * 1024;
/// One is worked on while another is behind, and one waits.
const WINDOWS: usize = 3;

/// Some whole lines of a file, and what was made of them.
#[derive(Debug, Default)]
pub struct Window<T> {
    bytes: Vec<u8>,
    /// How much of `bytes` is whole lines; all of it at the end of the file.
    whole: usize,
    is_last: bool,
    /// What was made of the lines; of other lines, until that is done.
    pub made: T,
}

impl<T> Window<T> {
    /// The lines.
    pub fn lines(&self) -> &[u8] {
        &self.bytes[..self.whole]
    }
}

/// A regular file, or what else is read in windows.
#[derive(Debug)]
pub struct Windows<R = File> {
    file: R,
    /// How much was read.
    bytes: u64,
    /// What was read of a line that is not whole yet.
    carried: Vec<u8>,
}

impl Windows {
    /// The file at `path`; nothing where it is no regular one or cannot be opened.
    pub fn open(path: &Path) -> Option<Windows> {
        warifu_files::open(path).ok().map(Windows::of)
    }

    /// About how many bytes the file has.
    pub fn size(&self) -> usize {
        self.file.metadata().map_or(0, |metadata| metadata.len().min(FILE_LIMIT_BYTES) as usize)
    }
}

impl<R: Read + Send> Windows<R> {
    /// What `file` still gives.
    pub fn of(file: R) -> Windows<R> {
        Windows { file, bytes: 0, carried: Vec::new() }
    }

    /// The first window: the whole of a file, or enough to tell its format by; nothing as for the next ones.
    pub fn first<T: Default>(&mut self) -> Option<Window<T>> {
        let first = self.fill(Window::default(), FIRST_BYTES)?;
        (first.is_last || first.whole >= ByLines::HEAD_BYTES).then_some(first)
    }

    /// Has `work` done on `first` and on every window after it; whether it could go on to the end. It cannot
    /// where `work` says no, where the file cannot be read or is larger than any master, and where a line is
    /// longer than a window.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn each<T, E>(
        mut self,
        first: Window<T>,
        work: impl FnMut(&mut Window<T>) -> Result<bool, E>,
    ) -> Result<bool, E> {
        run(first, work, |window| self.fill(window, WINDOW_BYTES))
    }

    /// As [`Windows::each`], and `behind` sees every window after `work`. Where there is a second processor,
    /// it does that, and reads the lines to come.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn each_with<T: Default + Send, E>(
        mut self,
        first: Window<T>,
        work: impl FnMut(&mut Window<T>) -> Result<bool, E>,
        mut behind: impl FnMut(&Window<T>) + Send,
    ) -> Result<bool, E> {
        if !thread::available_parallelism().is_ok_and(|processors| processors.get() > 1) {
            return run(first, work, |window| {
                behind(&window);
                self.fill(window, WINDOW_BYTES)
            });
        }
        let (worked_on, to_see) = mpsc::channel::<Window<T>>();
        let (filled, to_work_on) = mpsc::channel();
        thread::scope(|scope| {
            // Nobody waits for a window any more when the work is done.
            scope.spawn(move || {
                for _ in 1..WINDOWS {
                    let _ = filled.send(self.fill(Window::default(), WINDOW_BYTES));
                }
                for window in to_see {
                    behind(&window);
                    let _ = filled.send(self.fill(window, WINDOW_BYTES));
                }
            });
            // What it holds goes when the work is done, and then the other one ends.
            run(first, work, move |window| {
                worked_on.send(window).ok()?;
                to_work_on.recv().ok()?
            })
        })
    }

    /// Fills `window` with the next lines, of `bytes` bytes at most.
    fn fill<T>(&mut self, mut window: Window<T>, bytes: usize) -> Option<Window<T>> {
        let into = &mut window.bytes;
        into.resize(bytes, 0);
        into[..self.carried.len()].copy_from_slice(&self.carried);
        let mut filled = self.carried.len();
        window.is_last = loop {
            match self.file.read(&mut into[filled..]) {
                Ok(0) => break filled < bytes,
                Ok(read) => {
                    filled += read;
                    self.bytes += read as u64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        };
        if self.bytes > FILE_LIMIT_BYTES {
            return None;
        }
        into.truncate(filled);
        window.whole = match window.is_last {
            true => filled,
            false => into.iter().rposition(|byte| *byte == b'\n')? + 1,
        };
        self.carried.clear();
        self.carried.extend_from_slice(&into[window.whole..]);
        Some(window)
    }
}

/// `work` on one window after the other; `exchange` takes each that was worked on, and gives the next one.
fn run<T, E>(
    first: Window<T>,
    mut work: impl FnMut(&mut Window<T>) -> Result<bool, E>,
    mut exchange: impl FnMut(Window<T>) -> Option<Window<T>>,
) -> Result<bool, E> {
    let mut window = first;
    loop {
        if !work(&mut window)? {
            return Ok(false);
        }
        let is_last = window.is_last;
        let next = exchange(window);
        if is_last {
            return Ok(true);
        }
        match next {
            Some(next) => window = next,
            None => return Ok(false),
        }
    }
}

/// Reads the file at `path`; nothing where only the whole of it can say what it is.
pub fn read(schemas: &Schemas, path: &Path, declared: &Declared<'_>) -> Option<Reading> {
    let (windows, first, mut reading) = begin(schemas, path, declared)?;
    let done = windows.each(first, |window: &mut Window<()>| taken(&mut reading, window));
    reading.finish().filter(|_| done == Ok(true))
}

/// As [`read`], with the digest of the file's bytes.
pub fn read_with_digest(
    schemas: &Schemas,
    path: &Path,
    declared: &Declared<'_>,
) -> Option<(Reading, Digest)> {
    let (windows, first, mut reading) = begin(schemas, path, declared)?;
    let mut digest = Hasher::default();
    let take = |window: &mut Window<()>| taken(&mut reading, window);
    let done = windows.each_with(first, take, |window| digest.update(window.lines()));
    let reading = reading.finish().filter(|_| done == Ok(true))?;
    Some((reading, digest.finish()))
}

type Begun<'a> = (Windows, Window<()>, ByLines<'a>);

fn begin<'a>(schemas: &'a Schemas, path: &Path, declared: &Declared<'a>) -> Option<Begun<'a>> {
    let mut windows = Windows::open(path)?;
    let first = windows.first()?;
    let reading = ByLines::begin(schemas, first.lines(), windows.size(), declared.clone())?;
    Some((windows, first, reading))
}

/// Whether `reading` could take the lines of `window`, and go on.
fn taken(reading: &mut ByLines<'_>, window: &Window<()>) -> Result<bool, std::convert::Infallible> {
    Ok(reading.take(window.lines()).is_some())
}

#[cfg(test)]
mod tests {
    use warifu_masters::file::read_bytes;

    use super::*;

    fn written(folder: &Path, bytes: &[u8]) -> std::path::PathBuf {
        let path = folder.join("file");
        crate::files::write(&path, bytes).unwrap();
        path
    }

    /// All lines come, in their order, to the work and to what is behind it, whatever the file ends with.
    #[test]
    fn windows_are_all_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let lines: String = (0..200_000u32).map(|number| format!("{number}\n")).collect();
        for bytes in [0, 1, 100, FIRST_BYTES, FIRST_BYTES + 1, FIRST_BYTES + WINDOW_BYTES, lines.len()] {
            let all = &lines.as_bytes()[..bytes];
            let path = written(folder.path(), all);
            let (mut seen, mut behind) = (Vec::new(), Vec::new());
            let mut windows = Windows::open(&path).unwrap();
            assert_eq!(windows.size(), bytes);
            let first = windows.first::<usize>().unwrap();
            let work = |window: &mut Window<usize>| {
                assert!(window.is_last || window.lines().ends_with(b"\n"));
                seen.extend_from_slice(window.lines());
                window.made = window.lines().len();
                Ok::<_, ()>(true)
            };
            let done = windows.each_with(first, work, |window| {
                assert_eq!(window.made, window.lines().len());
                behind.extend_from_slice(window.lines());
            });
            assert!(done == Ok(true) && seen == all && behind == all, "{bytes}");
            let mut windows = Windows::open(&path).unwrap();
            let (first, mut seen) = (windows.first::<()>().unwrap(), Vec::new());
            let done = windows.each(first, |window| {
                seen.extend_from_slice(window.lines());
                Ok::<_, ()>(true)
            });
            assert!(done == Ok(true) && seen == all, "{bytes}");
        }
    }

    #[test]
    fn a_line_longer_than_a_window_and_work_that_says_no_end_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = b"line\n".repeat(FIRST_BYTES / 5 + 1);
        bytes.extend(std::iter::repeat_n(b'x', WINDOW_BYTES + 5));
        bytes.extend(b"\nline\n");
        let path = written(folder.path(), &bytes);
        for lasts in [true, false] {
            let mut windows = Windows::open(&path).unwrap();
            let first = windows.first::<()>().unwrap();
            assert_eq!(windows.each_with(first, |_| Ok::<_, ()>(lasts), |_| ()), Ok(false));
        }
        assert!(Windows::open(folder.path()).is_none());
    }

    #[test]
    fn by_windows_a_file_reads_as_it_reads_as_a_whole() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut text = String::new();
        for serial in 0..4000 {
            let mut fields = vec![String::new(); 30];
            let key = format!("{serial:06}");
            fields[..5].clone_from_slice(&["0", "C", "8", "10", &key].map(str::to_owned));
            fields[6] = "摘要～".repeat(serial % 40 + 1);
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
        }
        let kikin = schemas.format("kikin").unwrap();
        let whole = kikin.charset.encode(&text).unwrap();
        assert!(whole.len() > FIRST_BYTES + WINDOW_BYTES);
        for bytes in [&whole[..], &whole[..whole.len() - 2], &whole[..700]] {
            let path = written(folder.path(), bytes);
            let expected = read_bytes(&schemas, bytes, &Declared::default());
            let (reading, digest) = read_with_digest(&schemas, &path, &Declared::default()).unwrap();
            assert_eq!(digest, Digest::of(bytes));
            assert!(format!("{reading:?}") == format!("{expected:?}"));
            let reading = read(&schemas, &path, &Declared::default()).unwrap();
            assert!(format!("{reading:?}") == format!("{expected:?}"));
        }
        // Half a character, far behind what the charset was told by.
        let path = written(folder.path(), &[&whole[..], b"\"\x81\"\r\n"].concat());
        assert!(read(&schemas, &path, &Declared::default()).is_none());
        assert!(read_with_digest(&schemas, &path, &Declared::default()).is_none());
    }
}
