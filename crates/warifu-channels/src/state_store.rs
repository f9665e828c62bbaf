//! Keeps a [`TrustedState`] in a folder, in one file that changes as a whole.

use std::io;
use std::path::{Path, PathBuf};

use warifu_files::ReadError;
use warifu_trust::{Policy, StateFault, TrustedState, limits};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::whole::{Overwrite, write_whole};

/// A folder with the file `trusted-state.json`.
#[derive(Debug, Clone)]
pub struct StateStore {
    file: PathBuf,
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
    /// [`StateError`]: the file cannot be read, or is not believed.
    pub fn load(&self, pinned: &[u8], policy: Policy) -> Result<TrustedState, StateError> {
        let state = match warifu_files::read(&self.file, limits::STATE_BYTES) {
            Ok(bytes) => TrustedState::from_bytes(&bytes, pinned, policy),
            Err(ReadError::Missing { .. }) => TrustedState::pin(pinned, policy).map_err(StateFault::Refused),
            Err(error) => return Err(StateError::Read(error)),
        };
        state.map_err(|fault| StateError::NotBelieved { file: self.file.clone(), fault })
    }

    /// Saves `state`: after a crash at any point, the file holds this state or the one before.
    ///
    /// # Errors
    ///
    /// [`StateError::Write`].
    pub fn save(&self, state: &TrustedState) -> Result<(), StateError> {
        write_whole(&self.file, &state.to_bytes(), Overwrite::Yes)
            .map_err(|source| StateError::Write { file: self.file.clone(), source })
    }
}

/// Why a state was not loaded or saved.
#[derive(Debug)]
pub enum StateError {
    /// The file cannot be read.
    Read(ReadError),
    /// The file cannot be written.
    Write {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// What it holds is not believed.
    NotBelieved {
        /// The file.
        file: PathBuf,
        /// Why.
        fault: StateFault,
    },
}

impl Speak for StateError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateError::Read(error) => error.say(lang),
            StateError::Write { file, .. } => {
                let file = file.display();
                say!(lang, "{file} could not be written", "{file} を書き込めませんでした")
            }
            // The pinned root is a file of its own, which its refusal names.
            StateError::NotBelieved { fault: fault @ StateFault::Refused(_), .. } => fault.say(lang),
            StateError::NotBelieved { file, fault } => {
                let (file, fault) = (file.display(), fault.say(lang));
                say!(lang, "{file}: {fault}", "{file}: {fault}")
            }
        }
    }
}

warifu_trust::spoken_error!(
    StateError,
    |error| match error {
        // A state in whose place something else lies is damaged, not out of reach.
        StateError::Read(error) => !matches!(error, ReadError::Io { .. }),
        StateError::Write { .. } => false,
        StateError::NotBelieved { fault, .. } => fault.is_trust_refusal(),
    },
    |error| match error {
        StateError::Read(error) => std::error::Error::source(error),
        StateError::Write { source, .. } => Some(source),
        StateError::NotBelieved { .. } => None,
    }
);
