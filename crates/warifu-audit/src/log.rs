//! The file: entries are put at its end, one program at a time, and are on the disk before anything goes on.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use warifu_files::{ReadError, os_error};
use warifu_values::audit::AuditHead;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::act::Act;
use crate::chain::{of_nothing, whole_lines};
use crate::entry::{Entry, Phase};

/// No line is longer: only so much of the end is read to go on.
const LINE_BYTES: u64 = 64 * 1024;

/// No log is read beyond this; some hundred thousand entries.
const LOG_BYTES: u64 = 256 * 1024 * 1024;

/// What is kept of one value of a subject.
const VALUE_CHARS: usize = 2_000;

/// A log that entries are put into.
#[derive(Debug, Clone)]
pub struct AuditLog {
    path: PathBuf,
    actor: String,
    program: String,
}

/// An act that was written down as begun. It stays so until it is ended.
#[derive(Debug)]
#[must_use = "an act that is not ended stands in the log as cut off"]
pub struct Begun {
    number: u64,
    act: Act,
}

/// Why an entry was not written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum LogError {
    /// What is in the log's place is no file, or cannot be read.
    Unreadable(ReadError),
    /// The end of the log is no entry: it was changed by hand, and nothing is put after it.
    Broken {
        /// The log.
        path: PathBuf,
    },
    /// The operating system says no.
    Io {
        /// The log.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
}

impl Speak for LogError {
    fn say(&self, lang: Lang) -> String {
        match self {
            LogError::Unreadable(error) => error.say(lang),
            LogError::Broken { path } => {
                let path = path.display();
                say!(
                    lang,
                    "the end of the audit log {path} is no entry: it was changed by hand. Keep it aside for \
                     whoever audits, name another file with WARIFU_AUDIT, and begin there",
                    "監査ログ {path} の末尾が記録の形式ではありません（手作業による変更）。監査担当者のために保管し、\
                     WARIFU_AUDIT で別のファイルを指定して新しく始めてください"
                )
            }
            LogError::Io { path, error } => {
                let (path, why) = (path.display(), os_error(error, lang));
                say!(
                    lang,
                    "cannot write the audit log {path}: {why}",
                    "監査ログ {path} に書き込めません: {why}"
                )
            }
        }
    }
}

impl AuditLog {
    /// The log at `path`, made with its first entry; `actor` and `program` stand in each.
    pub fn at(path: &Path, actor: &str, program: &str) -> Self {
        AuditLog { path: path.to_owned(), actor: actor.to_owned(), program: program.to_owned() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes; none when nothing was ever written.
    ///
    /// # Errors
    /// [`LogError::Unreadable`].
    pub fn bytes(&self) -> Result<Vec<u8>, LogError> {
        match warifu_files::read(&self.path, LOG_BYTES) {
            Err(ReadError::Missing { .. }) => Ok(Vec::new()),
            read => read.map_err(LogError::Unreadable),
        }
    }

    /// How far it got.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn head(&self) -> Result<AuditHead, LogError> {
        match warifu_files::open(&self.path) {
            Ok(mut file) => self.end_of(&mut file).map(|(head, _)| head),
            Err(ReadError::Missing { .. }) => Ok(empty()),
            Err(error) => Err(LogError::Unreadable(error)),
        }
    }

    /// Writes that `act` begins, before anything is changed by it.
    ///
    /// # Errors
    /// [`LogError`]; the act is not to go on.
    pub fn begin(
        &self,
        at: Timestamp,
        act: Act,
        subject: BTreeMap<String, String>,
    ) -> Result<Begun, LogError> {
        let number = self.put(at, act, Phase::Begun, None, subject)?.entries;
        Ok(Begun { number, act })
    }

    /// Writes how what `begun` tells of ended.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn end(
        &self,
        at: Timestamp,
        begun: Begun,
        phase: Phase,
        subject: BTreeMap<String, String>,
    ) -> Result<AuditHead, LogError> {
        self.put(at, begun.act, phase, Some(begun.number), subject)
    }

    /// Writes of an act that changed nothing, or that nothing may hold up.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn tell(
        &self,
        at: Timestamp,
        act: Act,
        phase: Phase,
        subject: BTreeMap<String, String>,
    ) -> Result<AuditHead, LogError> {
        self.put(at, act, phase, None, subject)
    }

    fn put(
        &self,
        at: Timestamp,
        act: Act,
        phase: Phase,
        of: Option<u64>,
        subject: BTreeMap<String, String>,
    ) -> Result<AuditHead, LogError> {
        let mut file = self.locked()?;
        let (head, end) = self.end_of(&mut file)?;
        let io = |source| self.io(source);
        let length = file.metadata().map_err(io)?.len();
        let mut subject: BTreeMap<String, String> = subject
            .into_iter()
            .map(|(name, value)| (name, value.chars().take(VALUE_CHARS).collect()))
            .collect();
        if end < length {
            // A line without an end was never an entry; that it was there is told.
            file.set_len(end).map_err(io)?;
            subject.insert("cut_off_bytes".into(), (length - end).to_string());
        }
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        let broken = || LogError::Broken { path: self.path.clone() };
        let entry = Entry {
            number: head.entries.checked_add(1).ok_or_else(broken)?,
            at,
            actor: self.actor.clone(),
            act,
            phase,
            of,
            subject,
            program: self.program.clone(),
            previous: head.digest,
        };
        let mut line = entry.line().ok_or_else(|| io(io::ErrorKind::InvalidData.into()))?.into_bytes();
        if line.len() as u64 >= LINE_BYTES {
            return Err(io(io::ErrorKind::FileTooLarge.into()));
        }
        let digest = Digest::of(&line);
        line.push(b'\n');
        file.seek(SeekFrom::Start(end)).map_err(io)?;
        let written = file.write_all(&line).and_then(|()| file.sync_all());
        if let Err(error) = written {
            let _ = file.set_len(end);
            return Err(io(error));
        }
        Ok(AuditHead {
            log: if entry.number == 1 { digest } else { head.log },
            entries: entry.number,
            digest,
        })
    }

    /// The file, held by this process alone until it is closed.
    fn locked(&self) -> Result<File, LogError> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|source| self.io(source))?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        match options.open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // What it is, is asked before it is opened to write.
                warifu_files::open(&self.path).map_err(LogError::Unreadable)?;
            }
            made => drop(made.map_err(|source| self.io(source))?),
        }
        let file = OpenOptions::new().read(true).write(true).open(&self.path);
        let file = file.map_err(|source| self.io(source))?;
        file.lock().map_err(|source| self.io(source))?;
        Ok(file)
    }

    /// The head as the last whole line tells it, and where that line ends.
    fn end_of(&self, file: &mut File) -> Result<(AuditHead, u64), LogError> {
        let io = |source| self.io(source);
        let length = file.metadata().map_err(io)?.len();
        let from = length.saturating_sub(2 * LINE_BYTES);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from)).map_err(io)?;
        file.take(2 * LINE_BYTES).read_to_end(&mut bytes).map_err(io)?;
        let (whole, _) = whole_lines(&bytes);
        let rest = &bytes[whole.len()..];
        let Some((_, lines)) = whole.split_last() else {
            let broken = || LogError::Broken { path: self.path.clone() };
            return if from == 0 && is_torn(rest) { Ok((empty(), 0)) } else { Err(broken()) };
        };
        let line = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let entry: Entry =
            serde_json::from_slice(line).map_err(|_| LogError::Broken { path: self.path.clone() })?;
        if !is_torn(rest) {
            return Err(LogError::Broken { path: self.path.clone() });
        }
        let end = from + whole.len() as u64;
        let head = AuditHead { log: self.first_line(file)?, entries: entry.number, digest: Digest::of(line) };
        Ok((head, end))
    }

    /// The digest of the first line: which log it is.
    fn first_line(&self, file: &mut File) -> Result<Digest, LogError> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(|source| self.io(source))?;
        file.take(LINE_BYTES).read_to_end(&mut bytes).map_err(|source| self.io(source))?;
        Ok(Digest::of(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default()))
    }

    fn io(&self, source: io::Error) -> LogError {
        LogError::Io { path: self.path.clone(), error: source }
    }
}

/// Whether `rest`, what stands at the end without a line end, is nothing or an entry that was cut off while
/// it was written. Anything else is somebody else's: a file that was named by mistake stays as it is.
fn is_torn(rest: &[u8]) -> bool {
    let alike = rest.iter().zip(b"{\"number\":").all(|(one, other)| one == other);
    // After a power cut the place may be there and hold nothing.
    alike || rest.iter().all(|byte| *byte == 0)
}

/// The head of a log that has no entry.
fn empty() -> AuditHead {
    AuditHead { log: of_nothing(), entries: 0, digest: of_nothing() }
}

/// Who runs this program: the account and the machine, for [`AuditLog::at`].
pub fn account() -> String {
    let named = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let account = named.filter(|name| !name.is_empty()).unwrap_or_else(|| "?".to_owned());
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{account}@{machine}")
}
