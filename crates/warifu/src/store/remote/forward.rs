//! Going forward: the branch takes what came and was cleared, and the work tree follows.

use git2::Oid;

use super::super::error::{CommitError, CommitTold, Doing, ExchangeError, StoreError};
use super::super::repository::Store;
use super::by_hand::ByHand;
use super::receive::{Cleared, Received};
use crate::interrupt::Whole;

/// The branch after an exchange.
#[derive(Debug)]
pub struct CaughtUp {
    /// The commit that it names now.
    pub commit: String,
    /// What came, newest first.
    pub news: Vec<CommitTold>,
    /// The name that keeps what only this copy had; none where it had nothing of its own.
    pub aside: Option<String>,
    /// What that keeps, newest first.
    pub kept: Vec<CommitTold>,
    /// What is written by hand and is not as it was.
    pub by_hand: Vec<ByHand>,
}

impl Store {
    /// Moves the branch to what came. Where this copy has commits of its own, they are kept under the name
    /// `set-aside/<commit>` first, when that was asked for.
    ///
    /// # Errors
    /// [`ExchangeError::Apart`] where both have some and nobody asked to put ours aside; else as an import.
    pub fn catch_up(&self, cleared: Cleared, sets_aside: bool) -> Result<CaughtUp, ExchangeError> {
        let Received { theirs, news, ours, .. } = cleared.0;
        let lock = self.lock()?;
        let head = self.head()?;
        let is_behind = news.is_empty();
        let (commit, kept, by_hand) = (theirs.to_string(), Vec::new(), Vec::new());
        let mut caught_up = CaughtUp { commit, news, aside: None, kept, by_hand };
        if is_behind {
            caught_up.commit = head.unwrap_or(theirs).to_string();
            return Ok(caught_up);
        }
        if !ours.is_empty() && !sets_aside {
            return Err(ExchangeError::Apart { ours, theirs: caught_up.news });
        }
        self.refuse_unclean()?;
        if let (Some(head), false) = (head, ours.is_empty()) {
            // Somebody may have committed since it was received.
            if ours.first().is_none_or(|newest| newest.commit != head.to_string()) {
                return Err(CommitError::Moved.into());
            }
            caught_up.aside = Some(self.set_aside(head)?);
            caught_up.kept = ours;
        } else if let Some(head) = head {
            let follows = self.repository.graph_descendant_of(theirs, head);
            if !follows.map_err(StoreError::git(Doing::Compare))? {
                return Err(CommitError::Moved.into());
            }
        }
        caught_up.by_hand = self.by_hand(head, theirs)?;
        let title = "caught up with the shared copy";
        self.transaction(&lock).advance(head, theirs, title)?;
        Ok(caught_up)
    }

    /// Keeps `commit` under a name of its own.
    fn set_aside(&self, commit: Oid) -> Result<String, StoreError> {
        let name = format!("set-aside/{}", &commit.to_string()[..12]);
        let _whole = Whole::begin();
        let kept = self.repository.reference(
            &format!("refs/heads/{name}"),
            commit,
            true,
            "warifu: put aside before catching up",
        );
        kept.map_err(StoreError::git(Doing::PutAside))?;
        Ok(name)
    }
}
