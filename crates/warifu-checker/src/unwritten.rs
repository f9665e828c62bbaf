//! Acts that the log of acts did not take, kept in a file beside it: whoever kills the checker then, or cuts
//! its power, takes no act away. The next start puts them into the log, each with its own instant.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use warifu_audit::{Act, AuditLog, Entry, Phase, verify};
use warifu_files::ReadError;

use crate::said::Said;
use crate::state::{StateDirectory, StateDirectoryError};

/// Its name in a state folder.
pub(crate) const NAME: &str = "acts-unwritten.json";

/// More than as many acts as wait have, each as long as the log takes it.
const FILE_BYTES: u64 = 32 << 20;

/// What this build writes and reads.
const SCHEMA: u32 = 1;

/// An act as the log of acts has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) at: Timestamp,
    pub(crate) act: Act,
    pub(crate) phase: Phase,
    #[serde(default)]
    pub(crate) subject: BTreeMap<String, String>,
}

/// What waits for the log, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    schema: u32,
    /// How many entries the log had before them, where that is known.
    #[serde(default)]
    pub(crate) after: Option<u64>,
    /// How many older ones there were.
    pub(crate) left_out: u64,
    pub(crate) acts: VecDeque<Done>,
}

impl Default for Left {
    fn default() -> Self {
        Left { schema: SCHEMA, after: None, left_out: 0, acts: VecDeque::new() }
    }
}

/// What an earlier process left was not read.
#[derive(Debug)]
pub(crate) enum NotHad {
    /// It is no such file, and lies in `damaged/`.
    Damaged(Said),
    /// It lies there, and this machine does not give it now.
    Here(Said),
}

/// The file.
#[derive(Debug)]
pub(crate) struct Unwritten {
    directory: StateDirectory,
    path: PathBuf,
}

impl Unwritten {
    /// Of the checker whose state lies in `folder`.
    pub(crate) fn below(folder: &Path) -> Unwritten {
        Unwritten { directory: StateDirectory::look_at(folder), path: folder.join(NAME) }
    }

    /// What an earlier process left, without what the `audit` log has by now: it was killed between the two.
    ///
    /// # Errors
    /// [`NotHad`].
    pub(crate) fn read(&self, audit: &AuditLog) -> Result<Left, NotHad> {
        let bytes = match warifu_files::read(&self.path, FILE_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Missing { .. }) => return Ok(Left::default()),
            Err(error @ ReadError::Io { .. }) => return Err(NotHad::Here(Said::of(&error))),
            Err(error) => return Err(self.damaged(&Said::of(&error))),
        };
        let read = serde_json::from_slice::<Left>(&bytes).ok().filter(|left| left.schema == SCHEMA);
        let Some(mut left) = read else {
            let path = self.path.display();
            return Err(self.damaged(&Said::new(
                format!("{path} is not as a checker writes it"),
                format!("{path} が壊れています"),
            )));
        };
        // A log that is damaged or cannot be read says nothing: told twice is better than not at all.
        if let Some(log) = audit.bytes().ok().and_then(|bytes| verify(&bytes).ok()) {
            left.leave_out_told(log.entries());
        }
        Ok(left)
    }

    /// Moves what is there to `damaged/`; what cannot be moved stays, and nothing is written over it.
    fn damaged(&self, why: &Said) -> NotHad {
        if let Err(error) = self.directory.move_aside(&self.path) {
            return NotHad::Here(why.then(&Said::about("damaged/", "damaged/", &error)));
        }
        NotHad::Damaged(why.then(&Said::new(
            "the log of acts may lack what was done before this start; it is kept in damaged/",
            "今回の起動より前の操作が操作記録に欠けている可能性があります。damaged/ に保管しました",
        )))
    }

    /// Keeps these, in the place of what was there.
    ///
    /// # Errors
    /// The disk does not take them.
    pub(crate) fn keep(&self, left: &Left) -> Result<(), StateDirectoryError> {
        let bytes = serde_json::to_vec(left).map_err(std::io::Error::from);
        let bytes = bytes.map_err(|source| StateDirectoryError::Io { path: self.path.clone(), source })?;
        self.directory.write_copy(&self.path, &bytes)
    }

    /// All of them are in the log.
    pub(crate) fn clear(&self) {
        // What cannot be removed is found in the log at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Left {
    /// Leaves out what the log has by now. Nothing comes between acts that wait: the log has the first of
    /// them behind what it had before or, where that is not known, at its end.
    fn leave_out_told(&mut self, log: &[Entry]) {
        let alike = |entries: &[Entry]| {
            let both = self.acts.iter().zip(entries);
            both.take_while(|(done, entry)| done.is_told_by(entry)).count()
        };
        let told = match self.after {
            Some(after) => alike(&log[log.partition_point(|entry| entry.number <= after)..]),
            None => {
                let mut counts = (1..=log.len().min(self.acts.len())).rev();
                counts.find(|count| alike(&log[log.len() - count..]) == *count).unwrap_or(0)
            }
        };
        if told > 0 {
            self.acts.drain(..told);
            // That is told with the first of them.
            self.left_out = 0;
        }
        self.after = Some(log.last().map_or(0, |entry| entry.number));
    }
}

impl Done {
    /// Whether `entry` is this act.
    fn is_told_by(&self, entry: &Entry) -> bool {
        // The log cuts what is very long, and tells more, of itself.
        let has = |(name, value): (&String, &String)| {
            entry.subject.get(name).is_some_and(|told| value.starts_with(told.as_str()))
        };
        let is_same = (self.at, self.act, self.phase) == (entry.at, entry.act, entry.phase);
        is_same && self.subject.iter().all(has)
    }
}
