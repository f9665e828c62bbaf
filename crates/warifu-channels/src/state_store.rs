//! Keeps a [`TrustedState`] in a folder, in one file that changes as a whole and never goes back behind what
//! another run saved.

use std::path::{Path, PathBuf};
use std::{fs, io};

use warifu_files::ReadError;
use warifu_trust::{Policy, StateFault, TrustedState, limits};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::whole::{Overwrite, locked, sweep, write_whole};

/// The file in a state's folder.
const FILE: &str = "trusted-state.json";

/// A folder with the file `trusted-state.json`.
#[derive(Debug, Clone)]
pub struct StateStore {
    file: PathBuf,
}

impl StateStore {
    /// The store in `directory`, which is made when something is saved.
    pub fn new(directory: impl AsRef<Path>) -> Self {
        StateStore { file: directory.as_ref().join(FILE) }
    }

    /// Whether anything lies where states are saved.
    pub fn has_saved(&self) -> bool {
        self.file.exists()
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

    /// Saves `state`, with all that another run saved since it was loaded: of two at once, the one that ends
    /// last does not take back what the other learnt. After a crash at any point, the file holds this state
    /// or the one before.
    ///
    /// # Errors
    ///
    /// [`StateError::Write`]; [`StateError::NotBelieved`] when the other run saw other content under the same
    /// number, or left a file that is not believed.
    pub fn save(&self, state: &TrustedState) -> Result<(), StateError> {
        let write = |source| StateError::Write { file: self.file.clone(), source };
        let _lock = locked(&self.file.with_extension("lock")).map_err(write)?;
        let mut state = state.clone();
        let mut forked = Ok(());
        match warifu_files::read(&self.file, limits::STATE_BYTES) {
            Ok(bytes) => {
                let saved = TrustedState::from_bytes(&bytes, state.pinned().bytes(), state.policy());
                let not_believed = |fault| StateError::NotBelieved { file: self.file.clone(), fault };
                let absorbed = state.absorb(saved.map_err(not_believed)?);
                forked = absorbed.map_err(|refusal| not_believed(refusal.into()));
                if state.to_bytes() == bytes {
                    return forked;
                }
            }
            Err(ReadError::Missing { .. }) => {}
            Err(error) => return Err(StateError::Read(error)),
        }
        write_whole(&self.file, &state.to_bytes(), Overwrite::Yes).map_err(write)?;
        self.file.parent().into_iter().for_each(sweep);
        forked
    }
}

/// How many folders of states are looked through: one is made for each line of roots.
const LINES: usize = 1000;

/// The folder below `states` that is kept for the line of roots of `pinned`: the one that remembers it, or
/// else one named after it. So who pins a newer root goes on with what was remembered under the older one.
///
/// # Errors
///
/// When `states` is there and cannot be listed.
pub fn state_folder(states: &Path, pinned: &[u8]) -> io::Result<PathBuf> {
    state_folder_around(states, Path::new(""), pinned)
}

/// The same where the state lies in the folder `within` each of them, beside what else is kept for that line.
///
/// # Errors
///
/// As [`state_folder`].
pub fn state_folder_around(states: &Path, within: &Path, pinned: &[u8]) -> io::Result<PathBuf> {
    let own = states.join(&Digest::of(pinned).to_string()[..16]);
    let entries = match fs::read_dir(states) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(own),
        Err(error) => return Err(error),
    };
    let mut folders: Vec<_> = entries.take(LINES).filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort();
    let remembers = |folder: &PathBuf| {
        warifu_files::read(&folder.join(within).join(FILE), limits::STATE_BYTES)
            .is_ok_and(|bytes| TrustedState::is_of(&bytes, pinned))
    };
    // What lies under its own name is looked at first, damaged or not: damage is told, not stepped around.
    if own.join(within).join(FILE).exists() {
        return Ok(own);
    }
    Ok(folders.into_iter().find(remembers).unwrap_or(own))
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
