//! Sending: the branch of this repository to another copy, forward only.

use git2::{PushOptions, RemoteCallbacks, Repository, RepositoryInitOptions};

use super::super::error::{CommitError, CommitTold, Doing, ExchangeError, StoreError};
use super::super::line::{only_in, told};
use super::super::repository::Store;
use super::place::Place;
use super::receive::{Passing, is_repository};

/// What was sent.
#[derive(Debug)]
pub struct Sent {
    /// Where to.
    pub url: String,
    /// The newest commit.
    pub commit: String,
    /// What the other copy did not have, newest first.
    pub sent: Vec<CommitTold>,
    /// Whether that copy was made for it.
    pub is_new: bool,
}

impl Store {
    /// Sends the branch to the copy at `to`, otherwise to the one this one exchanges with. A folder that is
    /// new or empty becomes a shared copy: one without files of its own, which only holds the history.
    ///
    /// # Errors
    /// [`ExchangeError::Stale`] where that copy has commits that are not here.
    pub fn send(&self, to: Option<&str>, passing: &mut dyn FnMut(Passing)) -> Result<Sent, ExchangeError> {
        let place = match (to, self.origin()?) {
            (Some(to), _) => Place::parse(to)?,
            (None, Some(origin)) => Place::parse(&origin.url)?,
            (None, None) => return Err(ExchangeError::NoPlace),
        };
        let (branch, head) = (self.branch()?, self.head()?.ok_or(CommitError::Detached)?);
        let is_new = to.is_some() && make_shared(&place, &branch)?;
        let theirs = match self.receive_branch(&place, Some(&branch), passing) {
            Ok(received) if !received.news.is_empty() => {
                return Err(ExchangeError::Stale { theirs: received.news });
            }
            Ok(received) => Some(received),
            Err(ExchangeError::NoBranch { there, .. }) if there.is_empty() => None,
            Err(error) => return Err(error),
        };
        let sent = match theirs {
            Some(received) => received.ours,
            None => told(&self.repository, &only_in(&self.repository, head, None)?)?,
        };
        self.remember_origin(&place)?;
        if !sent.is_empty() {
            self.push(&place, &branch)?;
        }
        self.note_seen(&place, &branch, head)?;
        Ok(Sent { url: place.url().to_owned(), commit: head.to_string(), sent, is_new })
    }

    /// libgit2 refuses what is no fast-forward by itself; so does a copy that moved meanwhile.
    fn push(&self, place: &Place, branch: &str) -> Result<(), ExchangeError> {
        let mut why = None;
        let pushed = {
            let mut callbacks = RemoteCallbacks::new();
            callbacks.push_update_reference(|_, status| {
                why = status.map(str::to_owned);
                Ok(())
            });
            let mut options = PushOptions::new();
            options.remote_callbacks(callbacks);
            let git = || StoreError::git(Doing::Send);
            let mut remote = self.repository.remote_anonymous(place.url()).map_err(git())?;
            remote.push(&[format!("refs/heads/{branch}:refs/heads/{branch}")], Some(&mut options))
        };
        match (pushed, why) {
            (Err(error), _) => Err(ExchangeError::Refused { why: error.message().to_owned() }),
            (Ok(()), Some(why)) => {
                let why = why.chars().take(200).filter(|c| !c.is_control()).collect();
                Err(ExchangeError::Refused { why })
            }
            (Ok(()), None) => Ok(()),
        }
    }
}

/// Makes a shared copy in the folder, where that is new or empty; whether it did.
fn make_shared(place: &Place, branch: &str) -> Result<bool, ExchangeError> {
    let Some(folder) = place.folder() else { return Ok(false) };
    if is_repository(folder) {
        return Ok(false);
    }
    if folder.is_file() || folder.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(ExchangeError::NotEmpty { path: folder.to_owned() });
    }
    let mut options = RepositoryInitOptions::new();
    options.bare(true).initial_head(branch).external_template(false);
    Repository::init_opts(folder, &options).map_err(StoreError::git(Doing::MakeShared))?;
    Ok(true)
}
