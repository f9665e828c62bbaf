//! Sending: the branch of this repository to another copy, forward only.

use std::io::Write as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use git2::{ErrorCode, Oid, PushOptions, RemoteCallbacks, Repository, RepositoryInitOptions};

use super::super::error::{CommitError, CommitTold, Doing, ExchangeError, StoreError, WithFile};
use super::super::line::{only_in, told};
use super::super::repository::Store;
use super::place::Place;
use super::receive::{Passing, is_repository};
use crate::interrupt::{self, Whole};

/// How often it is tried to move the branch there while another program moves it, and the pause between.
const TRIES: usize = 50;
const PAUSE: Duration = Duration::from_millis(20);

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
        place.refuse_what_has_no_end()?;
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
        let (sent, before) = match theirs {
            Some(received) => (received.ours, Some(received.theirs)),
            None => (told(&self.repository, &only_in(&self.repository, head, None)?)?, None),
        };
        self.remember_origin(&place)?;
        match place.on_this_machine() {
            _ if sent.is_empty() => {}
            Some(folder) => match self.lay_into(&folder, &branch, (before, head))? {
                Laid::Yes => {}
                // Somebody else was faster: what they sent is told, as if it had been there before.
                Laid::Moved => return Err(self.sent_meanwhile(&place, &branch, passing)),
            },
            None => {
                self.push(&place, &branch)?;
                interrupt::wrote(format_args!("{head:.12}"));
            }
        }
        self.note_seen(&place, &branch, head)?;
        Ok(Sent { url: place.url().to_owned(), commit: head.to_string(), sent, is_new })
    }

    /// Lays the commits after `before` up to `head` into the shared copy in `folder`: the objects first, then
    /// the branch, which moves only from `before`. libgit2's own sending to a folder compares with nothing at
    /// its end: of two at once, one would be lost.
    #[expect(
        clippy::disallowed_methods,
        reason = "git's lock of a branch tells nobody when it falls; the tries have an end"
    )]
    fn lay_into(
        &self,
        folder: &Path,
        branch: &str,
        (before, head): (Option<Oid>, Oid),
    ) -> Result<Laid, ExchangeError> {
        let git = || StoreError::git(Doing::Send);
        let there = Repository::open(folder).map_err(git())?;
        if !there.is_bare() {
            return Err(ExchangeError::WorkedIn { folder: folder.to_owned() });
        }
        let mut new = self.repository.revwalk().map_err(git())?;
        new.push(head).map_err(git())?;
        before.map_or(Ok(()), |before| new.hide(before)).map_err(git())?;
        let mut pack = self.repository.packbuilder().map_err(git())?;
        pack.insert_walk(&mut new).map_err(git())?;
        let _whole = Whole::begin();
        let odb = there.odb().map_err(git())?;
        let mut writer = odb.packwriter().map_err(git())?;
        let mut failed = None;
        let packed = pack.foreach(|bytes| {
            failed = writer.write_all(bytes).err();
            failed.is_none()
        });
        failed.map_or(Ok(()), |error| Err(StoreError::io(WithFile::Write, folder)(error)))?;
        packed.map_err(git())?;
        writer.commit().map_err(git())?;
        let name = format!("refs/heads/{branch}");
        // Zero stands for "there is none yet".
        let from = before.unwrap_or(Oid::ZERO_SHA1);
        let mut tries = 0..TRIES;
        loop {
            match there.reference_matching(&name, head, true, from, "warifu: sent") {
                Ok(_) => {
                    interrupt::wrote(folder.display());
                    return Ok(Laid::Yes);
                }
                Err(error) if error.code() == ErrorCode::Modified => return Ok(Laid::Moved),
                // Another one moves it this very moment.
                Err(error) if error.code() == ErrorCode::Locked => match tries.next() {
                    Some(_) => thread::sleep(PAUSE),
                    None => {
                        let lock = there.path().join(format!("{name}.lock"));
                        return Err(ExchangeError::Locked { lock });
                    }
                },
                Err(error) => return Err(git()(error).into()),
            }
        }
    }

    /// What others sent while this one was about to.
    fn sent_meanwhile(&self, place: &Place, branch: &str, passing: &mut dyn FnMut(Passing)) -> ExchangeError {
        match self.receive_branch(place, Some(branch), passing) {
            Ok(received) => ExchangeError::Stale { theirs: received.news },
            Err(error) => error,
        }
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

/// What became of the branch there.
enum Laid {
    Yes,
    /// It does not stand where it stood.
    Moved,
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
    let _whole = Whole::begin();
    Repository::init_opts(folder, &options).map_err(StoreError::git(Doing::MakeShared))?;
    Ok(true)
}
