//! Whether one commit follows another.

use std::collections::BTreeSet;

use git2::Oid;

use super::error::{CommitTold, Doing, StoreError};
use super::history::LogEntry;
use super::line::{only_in, told};
use super::repository::Store;

/// How a commit stands to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ancestry {
    /// It is that very commit, or one of those that came after it.
    Follows,
    /// That one came after it.
    Before,
    /// Neither came after the other.
    Apart,
    /// The other one is not in this repository.
    Unknown,
}

impl Store {
    /// The commit that HEAD names, in full.
    ///
    /// # Errors
    /// When HEAD cannot be read.
    pub fn head_commit(&self) -> Result<Option<String>, StoreError> {
        Ok(self.head()?.map(|head| head.to_string()))
    }

    /// The commits that led to HEAD and not to `commit`, newest first.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; when the history cannot be read.
    pub fn commits_since(&self, commit: &str) -> Result<Vec<CommitTold>, StoreError> {
        let (since, _) = self.resolve(commit)?;
        let Some(head) = self.head()? else { return Ok(Vec::new()) };
        told(&self.repository, &only_in(&self.repository, head, Some(since))?)
    }

    /// Of those, the imports that stand, newest first.
    ///
    /// # Errors
    /// As [`Store::commits_since`] and [`Store::log`].
    pub fn imports_since(&self, commit: &str) -> Result<Vec<LogEntry>, StoreError> {
        let since = self.commits_since(commit)?;
        if since.is_empty() {
            return Ok(Vec::new());
        }
        let since: BTreeSet<&str> = since.iter().map(|one| one.commit.as_str()).collect();
        let mut imports = self.log()?;
        imports.retain(|entry| entry.taken_back.is_none() && since.contains(entry.commit.as_str()));
        Ok(imports)
    }

    /// How `commit`, which is here, stands to `other`, both named in full.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; [`StoreError::Git`] when the lines between cannot be read.
    pub fn ancestry(&self, commit: &str, other: &str) -> Result<Ancestry, StoreError> {
        let (commit, _) = self.resolve(commit)?;
        let Some(other) = Oid::from_str(other).ok().filter(|oid| self.repository.find_commit(*oid).is_ok())
        else {
            return Ok(Ancestry::Unknown);
        };
        let descends = |from: Oid, of: Oid| {
            let compared = self.repository.graph_descendant_of(from, of);
            compared.map_err(StoreError::git(Doing::CompareNamed(from.to_string(), of.to_string())))
        };
        Ok(if commit == other || descends(commit, other)? {
            Ancestry::Follows
        } else if descends(other, commit)? {
            Ancestry::Before
        } else {
            Ancestry::Apart
        })
    }
}
