//! Keeping what a person wrote by hand, and bringing back what was not meant: `warifu.toml` and `rules/`
//! are written by people, masters and sources by imports alone.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;

use super::author::{Author, signature};
use super::config::Config;
use super::error::{CommitError, StoreError, WithFile};
use super::repository::Store;
use super::transaction::{Change, Message};
use crate::interrupt::Whole;

/// What was kept.
#[derive(Debug)]
pub struct Kept {
    /// The commit that keeps it.
    pub commit: String,
    /// The files.
    pub files: Vec<String>,
}

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    /// The files, as the last commit has them.
    pub files: Vec<String>,
    /// Files that no commit has: left where they are.
    pub left: Vec<String>,
    /// The folder that has what stood there before.
    pub before: PathBuf,
}

/// Whether people write it, and no import.
fn is_of_people(path: &str) -> bool {
    path == Config::FILE || path.starts_with("rules/")
}

impl Store {
    /// Commits what was changed in `warifu.toml` and under `rules/`, when it can be read. None where nothing
    /// was.
    ///
    /// # Errors
    /// [`CommitError::Unclean`] where masters or sources were changed; [`StoreError::Config`] and
    /// [`StoreError::Rules`] where what was written is not right.
    pub fn keep(
        &self,
        reason: &str,
        author: Option<&Author>,
        now: Timestamp,
    ) -> Result<Option<Kept>, CommitError> {
        let lock = self.lock()?;
        let (files, others): (Vec<String>, Vec<String>) =
            self.changed_files()?.into_iter().partition(|path| is_of_people(path));
        if !others.is_empty() {
            return Err(CommitError::Unclean { paths: others.into_iter().take(5).collect() });
        }
        if files.is_empty() {
            return Ok(None);
        }
        let mut changes = Vec::new();
        for path in &files {
            let file = self.path().join(path);
            changes.push(match fs::symlink_metadata(&file) {
                Ok(about) if about.is_file() => {
                    let bytes = fs::read(&file).map_err(StoreError::io(WithFile::Read, &file))?;
                    if path == Config::FILE {
                        Config::parse(&String::from_utf8_lossy(&bytes)).map_err(StoreError::from)?;
                    }
                    Change::put(path.clone(), bytes)
                }
                Ok(_) => return Err(CommitError::Unclean { paths: vec![path.clone()] }),
                Err(_) => Change::remove(path.clone()),
            });
        }
        let head = self.head()?.ok_or(CommitError::Detached)?;
        let author = signature(&self.repository, author, now)?;
        let text = format!("{reason}\n\n{}\n", files.join("\n"));
        let transaction = self.transaction(&lock);
        let mut pending = transaction.begin(Some(head))?;
        let commit = transaction.commit(&mut pending, changes, &Message { author: &author, text: &text })?;
        // Nothing names the commit yet: rules that cannot be read are none.
        let (tree, _) = self.objects()?.commit(commit)?;
        self.config_in(tree)?;
        self.site_rules(tree)?;
        transaction.finish(pending)?;
        Ok(Some(Kept { commit: commit.to_string(), files }))
    }

    /// Brings the changed files back as the last commit has them; what stood there is put into a folder of
    /// the repository's own first.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn restore(&self, now: Timestamp) -> Result<Restored, CommitError> {
        let _lock = self.lock()?;
        let head = self.head()?.ok_or(CommitError::Detached)?;
        let objects = self.objects()?;
        let (tree, _) = objects.commit(head)?;
        let before = self.repository.path().join("warifu/restored").join(now.as_second().to_string());
        let mut restored = Restored { files: Vec::new(), left: Vec::new(), before };
        for path in self.changed_files()? {
            let Some(blob) = objects.at(tree, &path.split('/').collect::<Vec<_>>())? else {
                restored.left.push(path);
                continue;
            };
            let _whole = Whole::begin();
            let (file, aside) = (self.path().join(&path), restored.before.join(&path));
            if fs::symlink_metadata(&file).is_ok() {
                let folder = aside.parent().unwrap_or(&restored.before);
                fs::create_dir_all(folder).map_err(StoreError::io(WithFile::Make, folder))?;
                fs::rename(&file, &aside).map_err(StoreError::io(WithFile::Move, &file))?;
            }
            let written = crate::files::write(&file, &objects.blob(blob)?);
            written.map_err(StoreError::damaged)?;
            restored.files.push(path);
        }
        Ok(restored)
    }
}
