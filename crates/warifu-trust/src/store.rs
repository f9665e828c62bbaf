//! Keeps a [`TrustedState`] in a directory, in one file that changes as a whole.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::chain::{self, MetadataFiles, RecordedChannel};
use crate::channel::{Overwrite, write_whole};
use crate::error::spoken_error;
use crate::open::{Freshness, OpenError};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::state::{Recorded, TrustedState};
use crate::time::UnixSeconds;
use crate::{canonical, limits};

/// A directory with the file `trusted-state.json`.
#[derive(Debug, Clone)]
pub struct StateStore {
    file: PathBuf,
}

/// The file: metadata as the texts they are, so their very bytes come back.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    schema: u32,
    known_time: UnixSeconds,
    roots: Vec<String>,
    recorded: Option<RecordedFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedFile {
    timestamp: String,
    snapshot: String,
    targets: String,
}

impl StateStore {
    /// The store in `directory`, which is made when something is saved.
    pub fn new(directory: impl AsRef<Path>) -> Self {
        StateStore { file: directory.as_ref().join("trusted-state.json") }
    }

    /// The state that was saved last, verified anew from the pinned root; a new one when nothing was saved.
    ///
    /// # Errors
    ///
    /// [`StateError`]: the file cannot be read, or does not verify, or belongs to another root.
    pub fn load(&self, pinned: &[u8], policy: Policy) -> Result<TrustedState, StateError> {
        let fresh = TrustedState::pin(pinned, policy)?;
        let mut bytes = Vec::new();
        match fs::File::open(&self.file) {
            Ok(file) => {
                let limit = limits::STATE_BYTES.saturating_add(1);
                file.take(limit).read_to_end(&mut bytes).map_err(|source| self.io(source))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(fresh),
            Err(error) => return Err(self.io(error)),
        }
        if bytes.len() as u64 > limits::STATE_BYTES {
            return Err(self.damaged("longer than it can be"));
        }
        let file: StateFile =
            canonical::from_slice(&bytes).map_err(|_| self.damaged("not the JSON it must be"))?;
        if file.schema != 1 {
            return Err(self.damaged("written by a newer version"));
        }
        self.verify(fresh, file)
    }

    /// Saves `state`: after a crash at any point, the file holds this state or the one before.
    ///
    /// # Errors
    ///
    /// [`StateError::Io`].
    pub fn save(&self, state: &TrustedState) -> Result<(), StateError> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let file = StateFile {
            schema: 1,
            known_time: state.known_time,
            roots: state.roots.iter().map(|root| text(root.bytes())).collect(),
            recorded: state.recorded.as_ref().map(|Recorded { files, .. }| RecordedFile {
                timestamp: text(&files.timestamp),
                snapshot: text(&files.snapshot),
                targets: text(&files.targets),
            }),
        };
        let bytes = serde_json::to_vec(&file).map_err(|error| self.io(error.into()))?;
        write_whole(&self.file, &bytes, Overwrite::Yes).map_err(|source| self.io(source))
    }

    fn verify(&self, mut state: TrustedState, file: StateFile) -> Result<TrustedState, StateError> {
        let pinned = state.root().clone();
        for text in &file.roots {
            let bytes = text.as_bytes();
            let version = SignedRoot::pinned(bytes)?.version();
            // The operator may have pinned a newer root than the one this state began with.
            if version == pinned.version() && pinned.same_content(&SignedRoot::pinned(bytes)?) {
                continue;
            }
            if version == pinned.version() {
                return Err(StateError::OtherRoot { file: self.file.clone() });
            }
            if version > pinned.version() {
                let next = state.root().followed_by(bytes)?;
                state.roots.push(next);
            }
        }
        state.root().table().check_policy(&state.policy).map_err(Refusal::UnsoundRoot)?;
        state.known_time = file.known_time;
        if let Some(recorded) = file.recorded {
            let files = MetadataFiles {
                timestamp: recorded.timestamp.into_bytes(),
                snapshot: recorded.snapshot.into_bytes(),
                targets: recorded.targets.into_bytes(),
            };
            let looked_back =
                chain::verify_under_any(&state.roots, &RecordedChannel(&files), Freshness::IgnoreExpired);
            let current = match looked_back {
                Ok(verified) => verified.listing.current,
                Err(OpenError::Refused(refusal)) => return Err(refusal.into()),
                Err(_) => return Err(self.damaged("incomplete")),
            };
            state.recorded = Some(Recorded { files, current });
        }
        Ok(state)
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io { file: self.file.clone(), source }
    }

    fn damaged(&self, what: &'static str) -> StateError {
        StateError::Damaged { file: self.file.clone(), what }
    }
}

/// Why a state was not loaded or saved.
#[derive(Debug)]
pub enum StateError {
    /// The file cannot be read or written.
    Io {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file does not have the form it was written in.
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The state began with another root than the pinned one.
    OtherRoot {
        /// The file.
        file: PathBuf,
    },
    /// The pinned root or the recorded metadata is not believed.
    Refused(Refusal),
}

impl From<Refusal> for StateError {
    fn from(refusal: Refusal) -> Self {
        StateError::Refused(refusal)
    }
}

impl Speak for StateError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateError::Io { file, .. } => {
                let file = file.display();
                say!(lang, "{file} could not be read or written", "{file} を読み書きできませんでした")
            }
            StateError::Damaged { file, what } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} is damaged ({what}); restore it from a backup, because without it an old release could be offered as new",
                    "{file} が壊れています({what})。失うと古いリリースを新しいものとして示されるおそれがあるため、バックアップから復元してください"
                )
            }
            StateError::OtherRoot { file } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} began with another root than the one pinned; check which root is right",
                    "{file} は設定された root と異なる root から始まっています。どちらが正しいか確認してください"
                )
            }
            StateError::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(StateError, |error| !matches!(error, StateError::Io { .. }), |error| match error {
    StateError::Io { source, .. } => Some(source),
    _ => None,
});
