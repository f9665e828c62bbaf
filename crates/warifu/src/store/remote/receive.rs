//! Receiving: the objects of one branch of another copy, looked through, under a name of their own.

use git2::{
    AutotagOption, Direction, FetchOptions, Oid, Reference, RemoteCallbacks, RemoteRedirect, Repository,
};
use jiff::civil::Date;

use super::super::check::Checked;
use super::super::config::Config;
use super::super::error::{CommitError, CommitTold, Doing, ExchangeError, StoreError};
use super::super::line::{only_in, told};
use super::super::lock::Receiving;
use super::super::repository::Store;
use super::place::Place;
use super::sound::Looking;
use crate::interrupt::{self, Whole};

/// How much one exchange brings at most: all masters of all series with twenty years of history are a tenth.
const MOST_BYTES: u64 = 8 << 30;
const MOST_OBJECTS: usize = 20_000_000;

/// The name that git gives to the copy one cloned from.
const ORIGIN: &str = "origin";

/// Where what was sent stands until it was looked through.
const INCOMING: &str = "refs/warifu/incoming";

/// How many branches of another copy a message names.
const NAMED: usize = 5;

/// How far an exchange got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// So many objects of so many, and bytes.
    Objects {
        /// That are here.
        here: usize,
        /// That are coming.
        of: usize,
        /// What came so far.
        bytes: usize,
    },
    /// Commits are looked through.
    Looking {
        /// That were looked through.
        here: usize,
        /// All that came.
        of: usize,
    },
    /// The newest is checked.
    Checking,
}

/// The copy that this one exchanges with, as its configuration remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it lies.
    pub url: String,
    /// What was last seen of its branch; none before anything was.
    pub seen: Option<String>,
}

/// What came from another copy, sound; the branch is where it was.
#[derive(Debug)]
#[must_use = "the branch does not move by itself"]
pub struct Received {
    pub(super) branch: String,
    pub(super) theirs: Oid,
    /// What only the other copy has, newest first.
    pub news: Vec<CommitTold>,
    /// What only this one has, newest first.
    pub ours: Vec<CommitTold>,
}

/// The newest of it, with what `check` says.
#[derive(Debug)]
#[must_use = "the branch does not move by itself"]
pub struct Examined {
    /// What came.
    pub received: Received,
    /// What the check said.
    pub checked: Checked,
}

/// What came, and may stand: `check` refuses nothing of it, or somebody has read what it refuses.
#[derive(Debug)]
#[must_use = "the branch does not move by itself"]
pub struct Cleared(pub(super) Received);

impl Examined {
    /// What may stand of it ([`Checked::is_fit`]).
    ///
    /// # Errors
    /// What the check said, when it stands in the way.
    pub fn clear(self, with_findings: bool) -> Result<Cleared, Checked> {
        let Examined { received, checked } = self;
        if checked.is_fit(with_findings) { Ok(Cleared(received)) } else { Err(checked) }
    }
}

impl Store {
    /// The copy that this one exchanges with.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn origin(&self) -> Result<Option<Origin>, StoreError> {
        let remote = match self.repository.find_remote(ORIGIN) {
            Ok(remote) => remote,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::git(Doing::FindShared)(error)),
        };
        let url = String::from_utf8_lossy(remote.url_bytes()).into_owned();
        let branch = self.repository.head().ok().and_then(|head| Some(head.shorthand().ok()?.to_owned()));
        let seen = branch.and_then(|branch| self.repository.refname_to_id(&tracking(&branch)).ok());
        Ok(Some(Origin { url, seen: seen.map(|oid| oid.to_string()) }))
    }

    /// What this copy and the other had apart when that was last seen: how many commits only this one has,
    /// and how many only that one. Nothing is asked of the other one.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn apart_when_seen(&self) -> Result<Option<(usize, usize)>, StoreError> {
        let Some(seen) = self.origin()?.and_then(|origin| Oid::from_str(&origin.seen?).ok()) else {
            return Ok(None);
        };
        let Some(head) = self.head()? else { return Ok(None) };
        let ours = only_in(&self.repository, head, Some(seen))?.len();
        Ok(Some((ours, only_in(&self.repository, seen, Some(head))?.len())))
    }

    /// Receives the branch of this repository from the copy at `from`, otherwise from the one it exchanges
    /// with.
    ///
    /// # Errors
    /// [`ExchangeError`]; nothing of what came stands anywhere then.
    pub fn receive(
        &self,
        from: Option<&str>,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<Received, ExchangeError> {
        let place = match (from, self.origin()?) {
            (Some(from), _) => Place::parse(from)?,
            (None, Some(origin)) => Place::parse(&origin.url)?,
            (None, None) => return Err(ExchangeError::NoPlace),
        };
        let branch = self.branch()?;
        self.receive_branch(&place, Some(&branch), passing)
    }

    /// The branch that HEAD names, without `refs/heads/`.
    pub(super) fn branch(&self) -> Result<String, CommitError> {
        let head = self.repository.find_reference("HEAD").map_err(StoreError::git(Doing::ReadHead))?;
        let target = head.symbolic_target().ok().flatten();
        let branch = target.and_then(|name| name.strip_prefix("refs/heads/"));
        branch.map(str::to_owned).ok_or(CommitError::Detached)
    }

    /// The same of this branch; otherwise of the one that the other copy shows to newcomers.
    pub(super) fn receive_branch(
        &self,
        place: &Place,
        branch: Option<&str>,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<Received, ExchangeError> {
        place.refuse_what_has_no_end()?;
        let _receiving = Receiving::take(self.repository.commondir(), INCOMING)?;
        let branch = self.branch_there(place, branch)?;
        let theirs = self.download(place, &branch, passing)?;
        let looked = self.look_through(theirs, passing);
        if let Ok(mut incoming) = self.repository.find_reference(INCOMING) {
            let _whole = Whole::begin();
            incoming.delete().map_err(StoreError::git(Doing::ForgetReceived))?;
        }
        looked?;
        let (tree, _) = self.objects()?.commit(theirs)?;
        if self.objects()?.at(tree, &[Config::FILE])?.is_none() {
            return Err(ExchangeError::NoMasters { place: place.url().to_owned() });
        }
        self.note_seen(place, &branch, theirs)?;
        let head = self.head()?;
        let news = told(&self.repository, &only_in(&self.repository, theirs, head)?)?;
        let ours = head.map(|head| only_in(&self.repository, head, Some(theirs))).transpose()?;
        let ours = told(&self.repository, &ours.unwrap_or_default())?;
        Ok(Received { branch, theirs, news, ours })
    }

    /// Checks the newest commit of what came, as `check` does.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn examine(
        &self,
        received: Received,
        today: Date,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<Examined, ExchangeError> {
        passing(Passing::Checking);
        let checked = self.check(&received.theirs.to_string(), today)?;
        Ok(Examined { received, checked })
    }

    /// The branch as the other copy has it.
    fn branch_there(&self, place: &Place, wanted: Option<&str>) -> Result<String, ExchangeError> {
        let nothing = || ExchangeError::Nothing { place: place.url().to_owned() };
        let mut remote = self.repository.remote_anonymous(place.url()).map_err(|_| nothing())?;
        let connection = remote.connect_auth(Direction::Fetch, None, None).map_err(|_| nothing())?;
        let heads = connection.list().map_err(|_| nothing())?;
        let names = heads.iter().filter_map(|head| head.name().strip_prefix("refs/heads/"));
        let there: Vec<&str> = names.filter(|name| is_plain(name)).collect();
        let shown = connection.default_branch().ok();
        let shown = shown.and_then(|buf| Some(buf.as_str().ok()?.strip_prefix("refs/heads/")?.to_owned()));
        let wanted = wanted.map(str::to_owned).or(shown).unwrap_or_else(|| "main".to_owned());
        if there.contains(&wanted.as_str()) {
            return Ok(wanted);
        }
        let there = there.into_iter().take(NAMED).map(str::to_owned).collect();
        Err(ExchangeError::NoBranch { branch: wanted, there })
    }

    /// Brings the objects of the branch here. Of all that the other copy has, one branch is asked for by its
    /// name, and stands under a name of ours: whatever else lies there is not looked at.
    fn download(
        &self,
        place: &Place,
        branch: &str,
        passing: &mut dyn FnMut(Passing),
    ) -> Result<Oid, ExchangeError> {
        let too_much = ExchangeError::TooMuch { most_bytes: MOST_BYTES, most_objects: MOST_OBJECTS };
        let mut is_too_much = false;
        let fetched = {
            let _whole = Whole::begin();
            let mut callbacks = RemoteCallbacks::new();
            callbacks.transfer_progress(|progress| {
                let (here, of) = (progress.received_objects(), progress.total_objects());
                let bytes = progress.received_bytes();
                is_too_much |= bytes as u64 > MOST_BYTES || of > MOST_OBJECTS;
                passing(Passing::Objects { here, of, bytes });
                !is_too_much && !interrupt::is_asked()
            });
            let mut options = FetchOptions::new();
            options.remote_callbacks(callbacks).download_tags(AutotagOption::None).update_fetchhead(false);
            options.follow_redirects(RemoteRedirect::None);
            let git = || StoreError::git(Doing::Receive);
            let mut remote = self.repository.remote_anonymous(place.url()).map_err(git())?;
            let refspec = format!("+refs/heads/{branch}:{INCOMING}");
            remote.fetch(&[&refspec], Some(&mut options), Some("warifu: received")).map_err(git())
        };
        match fetched {
            Err(_) if is_too_much => Err(too_much),
            Err(error) => Err(error.into()),
            Ok(()) => {
                let oid = self.repository.refname_to_id(INCOMING);
                Ok(oid.map_err(StoreError::git(Doing::ReadReceived))?)
            }
        }
    }

    /// Looks through every commit that this copy does not have yet.
    fn look_through(&self, theirs: Oid, passing: &mut dyn FnMut(Passing)) -> Result<(), ExchangeError> {
        let git = || StoreError::git(Doing::ReadReceived);
        let new = only_in(&self.repository, theirs, self.head()?)?;
        let mut looking = Looking::new(&self.repository).map_err(git())?;
        for (here, commit) in new.iter().enumerate() {
            passing(Passing::Looking { here, of: new.len() });
            looking.commit(*commit)?;
        }
        Ok(())
    }

    /// What the other copy has, as git's own tools look for it.
    pub(super) fn note_seen(&self, place: &Place, branch: &str, theirs: Oid) -> Result<(), StoreError> {
        let origin = self.origin()?;
        if origin.is_some_and(|origin| origin.url == place.url()) {
            let _whole = Whole::begin();
            let noted = self.repository.reference(&tracking(branch), theirs, true, "warifu: seen");
            noted.map_err(StoreError::git(Doing::NoteShared))?;
        }
        Ok(())
    }

    /// Remembers `place` as the copy to exchange with, where none is remembered.
    pub(super) fn remember_origin(&self, place: &Place) -> Result<(), StoreError> {
        if self.origin()?.is_none() {
            let _whole = Whole::begin();
            let made = self.repository.remote(ORIGIN, place.url());
            made.map_err(StoreError::git(Doing::RememberShared))?;
        }
        Ok(())
    }
}

fn tracking(branch: &str) -> String {
    format!("refs/remotes/{ORIGIN}/{branch}")
}

/// Whether a branch may be called so: nothing that a shell, a terminal or a file system reads otherwise.
fn is_plain(branch: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    branch.len() <= 100
        && branch.chars().all(plain)
        && !branch.starts_with('-')
        && Reference::is_valid_name(&format!("refs/heads/{branch}"))
}

/// Whether something libgit2 opens lies there.
pub(super) fn is_repository(place: &std::path::Path) -> bool {
    Repository::open(place).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_with_odd_names_are_none() {
        for name in
            ["-rf", "a b", "a\nb", "a..b", "a.lock", "a~1", "\u{1B}[31m", "", "a//b", &"a".repeat(101)]
        {
            assert!(!is_plain(name), "{name:?}");
        }
        assert!(is_plain("main") && is_plain("r06/月次"));
    }
}
