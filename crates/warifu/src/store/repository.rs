//! The repository itself: made, opened, and what every operation asks of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};
use jiff::Timestamp;
use warifu_masters::schema::Schemas;
use warifu_site_rules::SiteRules;

use crate::library::Library;

use super::author::{Author, signature};
use super::beside::beside;
use super::config::{Config, Series};
use super::error::{CommitError, ConfigError, Doing, InitError, OpenError, StoreError};
use super::lock::Lock;
use super::making::Making;
use super::objects::{Objects, Trees};
use super::transaction::{Change, Message, Steps, Transaction};
use super::worktree::changed_files;
use warifu_values::closest::closest_first;

/// Git attributes of a new repository: no tool may change line ends in what is stored by digest.
const ATTRIBUTES: &str = "masters/** -text\nsources/** -text\nsources/**/original binary\n";

/// A repository of masters.
pub struct Store {
    pub(super) repository: Repository,
    trees: Trees,
    library: Library,
    steps: Steps,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.repository.path()).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a repository in `path`, which must be new or empty, on the branch `main`, with `series`
    /// declared. `now` is the time of its first commit; without an `author`, git's configuration names one.
    ///
    /// # Errors
    /// [`InitError::NotEmpty`], or why its first commit could not be made.
    pub fn init(
        path: &Path,
        library: impl Into<Library>,
        series: &BTreeMap<String, Series>,
        author: Option<&Author>,
        now: Timestamp,
    ) -> Result<Store, InitError> {
        let text = Config::text(series);
        Config::parse(&text)?;
        let not_empty = || InitError::NotEmpty { path: path.to_owned() };
        let making = Making::begin(path)?.ok_or_else(not_empty)?;
        let library = library.into();
        let store = Store::over(making.repository()?, library.clone());
        let author = signature(&store.repository, author, now)?;
        let lock = store.lock()?;
        let names: Vec<_> = series.keys().map(String::as_str).collect();
        let message = format!(
            "Declare series {names}\n\n系列 {names} を宣言\n",
            names = if names.is_empty() { "(none)".to_owned() } else { names.join(", ") }
        );
        let changes = vec![
            Change::put(".gitattributes".to_owned(), ATTRIBUTES.into()),
            Change::put(Config::FILE.to_owned(), text.into_bytes()),
        ];
        let message = Message { author: &author, text: &message };
        let transaction = store.transaction(&lock);
        let mut pending = transaction.begin(None)?;
        transaction.commit(&mut pending, changes, &message)?;
        transaction.finish(pending)?;
        drop(lock);
        drop(author);
        drop(store);
        Ok(Store::over(making.finish()?, library))
    }

    /// Opens the repository that `path` lies in.
    ///
    /// # Errors
    /// [`OpenError::NoFolder`] when it is not there; [`OpenError::NoRepository`] when neither it nor a
    /// folder above it is one with a `warifu.toml`.
    pub fn open(path: &Path, library: impl Into<Library>) -> Result<Store, OpenError> {
        let missing = || match (path.exists(), path.to_owned()) {
            (true, path) => OpenError::NoRepository { path },
            (false, path) => OpenError::NoFolder { path },
        };
        let repository = match Repository::discover(path) {
            Ok(repository) => repository,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Err(missing()),
            Err(error) => return Err(StoreError::git(Doing::Open)(error).into()),
        };
        let store = Store::over(repository, library.into());
        let objects = store.objects()?;
        let declared = match store.head()? {
            Some(head) => objects.at(objects.commit(head)?.0, &[Config::FILE])?.is_some(),
            None => false,
        };
        drop(objects);
        if declared { Ok(store) } else { Err(missing()) }
    }

    /// Over a repository that may hold nothing yet.
    pub(super) fn over(repository: Repository, library: Library) -> Store {
        Store { repository, trees: Trees::default(), library, steps: Steps::default() }
    }

    /// The root of its work tree.
    pub fn path(&self) -> PathBuf {
        self.repository.workdir().unwrap_or(self.repository.path()).to_owned()
    }

    /// What it reads files by.
    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    /// The schemas it reads files by.
    pub fn schemas(&self) -> &Schemas {
        &self.library.schemas
    }

    /// Makes the step `step` (from 0) that writes fail, once; for tests of what a failure leaves behind.
    #[doc(hidden)]
    pub fn fail_at_step(&self, step: Option<usize>) {
        self.steps.fail_at(step);
    }

    pub(super) fn objects(&self) -> Result<Objects<'_>, StoreError> {
        Objects::of(&self.repository, &self.trees)
    }

    pub(super) fn transaction<'a>(&'a self, lock: &'a Lock) -> Transaction<'a> {
        Transaction { repository: &self.repository, trees: &self.trees, lock, steps: &self.steps }
    }

    /// Takes the lock and finishes what an import that died has left.
    pub(super) fn lock(&self) -> Result<Lock, CommitError> {
        let lock = Lock::take(self.repository.path())?;
        self.transaction(&lock).recover(self.head()?)?;
        Ok(lock)
    }

    /// The commit that HEAD names, if there is one yet.
    pub(super) fn head(&self) -> Result<Option<Oid>, StoreError> {
        match self.repository.head() {
            Ok(head) => Ok(head.target()),
            Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch) => Ok(None),
            Err(error) => Err(StoreError::git(Doing::ReadHead)(error)),
        }
    }

    /// Refuses a series that `warifu.toml` of HEAD does not declare.
    ///
    /// # Errors
    /// [`StoreError::NoSeries`], with what was meant first.
    pub fn refuse_unknown_series(&self, series: &str) -> Result<(), StoreError> {
        let config = self.config("HEAD")?;
        if config.series.contains_key(series) {
            return Ok(());
        }
        let known = closest_first(series, config.series.keys().map(String::as_str).collect());
        let choices = known.into_iter().map(str::to_owned).collect();
        Err(StoreError::NoSeries { text: series.to_owned(), choices })
    }

    /// What `warifu.toml` says at `rev`.
    ///
    /// # Errors
    /// [`StoreError::Config`] when it is not right.
    pub fn config(&self, rev: &str) -> Result<Config, StoreError> {
        let (_, tree) = self.resolve(rev)?;
        self.config_in(tree)
    }

    pub(super) fn config_in(&self, tree: Oid) -> Result<Config, StoreError> {
        let objects = self.objects()?;
        match objects.at(tree, &[Config::FILE])? {
            Some(oid) => Ok(Config::parse(&String::from_utf8_lossy(&objects.blob(oid)?))?),
            None => Err(ConfigError::Missing.into()),
        }
    }

    /// The site's rules: those under `rules/` of `tree`, and those of the schemas the repository was opened
    /// with.
    pub(super) fn site_rules(&self, tree: Oid) -> Result<SiteRules, StoreError> {
        let objects = self.objects()?;
        let mut files = Vec::new();
        for entry in objects.list(tree, &["rules"])? {
            if entry.name.ends_with(".toml") {
                let text = String::from_utf8_lossy(&objects.blob(entry.oid)?).into_owned();
                files.push((format!("rules/{}", entry.name), text));
            }
        }
        if files.is_empty() {
            return Ok(self.library.site.clone());
        }
        let library = self.library.clone().with_rules(&files);
        Ok(library.map_err(|error| StoreError::Rules { what: error.to_string() })?.site)
    }

    /// The files where imports write, or go by, that are not as the last commit has them. Nothing is written,
    /// not even the index.
    ///
    /// # Errors
    /// When git cannot say.
    pub fn changed_files(&self) -> Result<Vec<String>, StoreError> {
        changed_files(&self.repository)
    }

    /// An import writes below some paths, or goes by them; what a person has changed there must be seen
    /// first.
    pub(super) fn refuse_unclean(&self) -> Result<(), CommitError> {
        refuse_unclean(&self.repository)
    }

    /// The same on another processor, while `work` goes on, which must not let anybody see what it does; what
    /// this says comes before what that does.
    pub(super) fn refuse_unclean_beside<T, E: From<CommitError>>(
        &self,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let git = self.repository.path();
        let look = || {
            let repository = Repository::open(git).map_err(StoreError::git(Doing::Open))?;
            refuse_unclean(&repository)
        };
        let (done, looked) = beside(look, work);
        looked.unwrap_or_else(|| self.refuse_unclean())?;
        done
    }

    /// The commit and the tree that `rev` names; blank means HEAD.
    pub(super) fn resolve(&self, rev: &str) -> Result<(Oid, Oid), StoreError> {
        let missing = || StoreError::NoRevision { text: rev.to_owned() };
        let name = if rev.is_empty() { "HEAD" } else { rev };
        let object = self.repository.revparse_single(name).map_err(|_| missing())?;
        let commit = object.peel_to_commit().map_err(|_| missing())?;
        Ok((commit.id(), commit.tree_id()))
    }
}

/// Refuses while a person's changes lie where imports write, or go by.
fn refuse_unclean(repository: &Repository) -> Result<(), CommitError> {
    let mut paths = changed_files(repository)?;
    paths.truncate(5);
    if paths.is_empty() { Ok(()) } else { Err(CommitError::Unclean { paths }) }
}
