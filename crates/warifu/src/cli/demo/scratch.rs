//! The folder that the story happens in.

use std::fs;
use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};

use super::stage::cannot;

/// The folder of the story; removed at the end, whatever the end is.
pub(super) struct Scratch {
    pub(super) path: PathBuf,
    keep: bool,
}

impl Scratch {
    pub(super) fn new(wanted: Option<&Path>, keep: bool) -> Result<Self, Failure> {
        let Some(wanted) = wanted else {
            let made = tempfile::Builder::new().prefix("warifu-demo-").tempdir();
            let made = made.map_err(|error| cannot(&std::env::temp_dir(), &error))?;
            return Ok(Scratch { path: made.keep(), keep });
        };
        fs::create_dir_all(wanted).map_err(|error| cannot(wanted, &error))?;
        let mut entries = fs::read_dir(wanted).map_err(|error| cannot(wanted, &error))?;
        if entries.next().is_some() {
            let folder = wanted.display();
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{folder} is not empty; the demonstration wants a folder of its own"),
                format!("{folder} は空ではありません。デモ専用のフォルダーを指定してください"),
            ));
        }
        let path = fs::canonicalize(wanted).map_err(|error| cannot(wanted, &error))?;
        Ok(Scratch { path, keep })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is in the temporary folder, where the system cleans up.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
