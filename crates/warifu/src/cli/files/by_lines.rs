//! Conversion of a regular file some lines at a time: read, converted with proof, written beside its name,
//! and both digests taken, while the lines are in the processor's cache. Where there is a second processor,
//! it takes the digests.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use warifu::error::Failure;
use warifu::files::Unfinished;
use warifu_masters::file::FILE_LIMIT_BYTES;
use warifu_masters::file::convert::Recoding;
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Format, Schemas};
use warifu_values::digest::Hasher;

use super::converted::Done;

/// So much is read at a time: enough to tell the format by, and little enough for the cache.
const WINDOW_BYTES: usize = Recoding::HEAD_BYTES + 64 * 1024;
/// One is filled while one is hashed, and one waits.
const WINDOWS: usize = 3;

/// Converts the file at `source`. Where it is no regular one, or anything would have to be said, nothing is
/// made and nothing appears under `output`: the way by the whole file then says it.
pub(super) fn convert(
    schemas: &Schemas,
    source: &Path,
    from: &Format,
    to: &Format,
    output: &Path,
) -> Result<Option<Done>, Failure> {
    let Ok(file) = warifu_files::open(source) else { return Ok(None) };
    let mut lines = Lines { file, bytes: 0, carried: Vec::new() };
    let Some(first) = lines.fill(Window::new()) else { return Ok(None) };
    let Some(recoding) = Recoding::begin(schemas, &first.source, from, to) else { return Ok(None) };
    let Ok(Some(file)) = Unfinished::begin(output) else { return Ok(None) };
    let mut work = Work { lines, recoding, file };
    let (done, digests) = match thread::available_parallelism() {
        Ok(processors) if processors.get() > 1 => hashed_beside(&mut work, first)?,
        _ => {
            let mut digests = Digests::default();
            let hash = |window: Window| {
                digests.take(&window);
                Some(window)
            };
            (work.run(first, hash)?, digests)
        }
    };
    let Some(recoded) = work.recoding.finish().filter(|_| done) else { return Ok(None) };
    work.file.finish()?;
    Ok(Some(Done {
        rows: recoded.rows,
        source: digests.source.finish(),
        output: digests.output.finish(),
        cuts: Vec::new(),
        findings: Findings::new(),
    }))
}

/// Runs `work` with the digests taken by another thread.
fn hashed_beside(work: &mut Work, first: Window) -> Result<(bool, Digests), Failure> {
    let (full, fulls) = mpsc::channel::<Window>();
    let (emptied, empties) = mpsc::channel();
    for _ in 1..WINDOWS {
        let _ = emptied.send(Window::new());
    }
    thread::scope(|scope| {
        let hashing = scope.spawn(move || {
            let mut digests = Digests::default();
            for window in fulls {
                digests.take(&window);
                // Nobody waits for it any more when the work is done.
                let _ = emptied.send(window);
            }
            digests
        });
        let done = work.run(first, |window| {
            full.send(window).ok()?;
            empties.recv().ok()
        });
        drop(full);
        let digests = hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((done?, digests))
    })
}

/// A conversion under way, from file to file.
struct Work {
    lines: Lines,
    recoding: Recoding,
    file: Unfinished,
}

impl Work {
    /// Converts `first` and all lines after it; whether all were regular and proven. `exchange` takes each
    /// window that was written, and gives one to fill.
    fn run(
        &mut self,
        first: Window,
        mut exchange: impl FnMut(Window) -> Option<Window>,
    ) -> Result<bool, Failure> {
        let mut window = first;
        loop {
            window.written.clear();
            if self.recoding.take(&window.source[..window.whole], &mut window.written).is_none() {
                return Ok(false);
            }
            self.file.write(&window.written)?;
            let is_last = window.is_last;
            let empty = exchange(window);
            if is_last {
                return Ok(true);
            }
            match empty.and_then(|empty| self.lines.fill(empty)) {
                Some(next) => window = next,
                None => return Ok(false),
            }
        }
    }
}

/// Some lines, and what they became.
struct Window {
    source: Vec<u8>,
    /// How much of `source` is whole lines; all of it at the end of the file.
    whole: usize,
    is_last: bool,
    written: Vec<u8>,
}

impl Window {
    fn new() -> Window {
        Window { source: Vec::new(), whole: 0, is_last: false, written: Vec::with_capacity(WINDOW_BYTES) }
    }
}

/// A file, read in windows that end with a line.
struct Lines {
    file: File,
    bytes: u64,
    /// What was read of a line that is not whole yet.
    carried: Vec<u8>,
}

impl Lines {
    /// Fills `window` with what comes next; nothing where the file cannot be read, is larger than any master,
    /// or has a line longer than a window.
    fn fill(&mut self, mut window: Window) -> Option<Window> {
        let source = &mut window.source;
        source.resize(WINDOW_BYTES, 0);
        source[..self.carried.len()].copy_from_slice(&self.carried);
        let mut filled = self.carried.len();
        window.is_last = loop {
            match self.file.read(&mut source[filled..]) {
                Ok(0) => break filled < WINDOW_BYTES,
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
        source.truncate(filled);
        window.whole = match window.is_last {
            true => filled,
            false => source.iter().rposition(|byte| *byte == b'\n')? + 1,
        };
        self.carried.clear();
        self.carried.extend_from_slice(&source[window.whole..]);
        Some(window)
    }
}

/// The digests of what was read and of what was written, so far.
#[derive(Default)]
struct Digests {
    source: Hasher,
    output: Hasher,
}

impl Digests {
    fn take(&mut self, window: &Window) {
        self.source.update(&window.source[..window.whole]);
        self.output.update(&window.written);
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;

    /// A file of comments of about `bytes` bytes: many windows, with lines over their ends.
    fn comments(schemas: &Schemas, bytes: usize) -> Vec<u8> {
        let kikin = schemas.format("kikin").unwrap();
        let mut text = String::new();
        for serial in 0.. {
            let mut fields = vec![String::new(); 30];
            let key = format!("{serial:06}");
            fields[..5].clone_from_slice(&["0", "C", "8", "10", &key].map(str::to_owned));
            fields[6] = "摘要～".repeat(serial % 40 + 1);
            fields[8] = "ｼｮｼﾝ".repeat(serial % 7);
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
            if text.len() > bytes {
                return kikin.charset.encode(&text).unwrap();
            }
        }
        unreachable!("the numbers do not end")
    }

    #[test]
    fn by_lines_a_file_becomes_what_it_becomes_as_a_whole() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (source, output) = (folder.path().join("in"), folder.path().join("out"));
        let kikin = schemas.format("kikin").unwrap();
        for bytes in [1, WINDOW_BYTES / 2, WINDOW_BYTES * 5] {
            let whole = comments(&schemas, bytes);
            warifu::files::write(&source, &whole).unwrap();
            for to in ["kokuho", "kokuho-utf8"] {
                let to = schemas.format(to).unwrap();
                let done = convert(&schemas, &source, kikin, to, &output).unwrap().unwrap();
                let expected =
                    warifu_masters::file::convert::convert(&schemas, &whole, kikin, to, &[]).unwrap();
                assert!(warifu::files::read(&output).unwrap() == expected.bytes, "{bytes} {}", to.name);
                assert_eq!((done.rows, done.source), (expected.rows, Digest::of(&whole)));
                assert_eq!(done.output, Digest::of(&expected.bytes));
            }
        }
    }

    /// Whatever is wrong, and wherever: nothing is written, and what was there stays.
    #[test]
    fn of_a_file_that_is_not_regular_nothing_is_written() {
        let schemas = Schemas::built_in().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (source, output) = (folder.path().join("in"), folder.path().join("out"));
        let (kikin, kokuho) = (schemas.format("kikin").unwrap(), schemas.format("kokuho").unwrap());
        let whole = comments(&schemas, WINDOW_BYTES * 3);
        warifu::files::write(&output, b"old").unwrap();
        let last_line = whole[..whole.len() - 2].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        let cases = [
            whole[..whole.len() - 2].to_vec(),
            whole[..whole.len() - 1].to_vec(),
            [&whole[..], b"\x1A"].concat(),
            [&whole[..], &whole[last_line..]].concat(),
            [&whole[..], b"\r\n"].concat(),
            [&whole[..whole.len() - 3], b"\x81\"\r\n"].concat(),
            Vec::new(),
        ];
        for bytes in cases {
            warifu::files::write(&source, &bytes).unwrap();
            assert!(convert(&schemas, &source, kikin, kokuho, &output).unwrap().is_none());
            assert_eq!(warifu::files::read(&output).unwrap(), b"old");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        }
    }
}
