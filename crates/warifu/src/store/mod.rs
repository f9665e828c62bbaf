//! The versioned repository of masters: a plain git repository that stock git reads.
//!
//! ```text
//! warifu.toml                                declares the series
//! rules/*.toml                               the site's own rules, written by people; an import never does
//! masters/<series>/<kind>/<prefix>.csv       the state: canonical CSV, one shard for each five first characters
//! sources/<series>/<kind>/import.toml        what came in last, and how to give its bytes back
//! sources/<series>/<kind>/differential.csv   its canonical form, when it was a differential
//! sources/<series>/<kind>/original           its bytes, when they follow no rule
//! ```
//!
//! One import is one commit, so the bytes of every file that ever came in can be given back from its commit.
//! A *state* is the whole master after an import; a *version* is the commit that made it. The store judges
//! files ([`Store::import`]) and answers questions about the past ([`Store::lives`], [`Store::blame`]).
//! It does not sign, and it never pushes or fetches: git does that. Only this module uses git2.

mod check;
mod config;
mod error;
mod history;
mod import;
mod judged;
mod kept;
mod life;
mod lock;
mod message;
mod naming;
mod objects;
mod record;
mod revision;
mod rules;
mod shards;
mod transaction;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::library::Library;
use git2::{Oid, Repository, RepositoryInitOptions, Status, StatusOptions};
use jiff::Timestamp;
use warifu_masters::schema::Schemas;
use warifu_site_rules::SiteRules;

pub use check::{Checked, Held, StateChecked};
pub use config::{Config, Series, Waiver};
pub use error::StoreError;
pub use history::{Blamed, LogEntry};
pub use import::{ImportRequest, Imported};
pub use judged::today;
pub use life::{Life, Version};
pub use naming::dated_in;
pub use record::{Accepted, Base, Counts, ImportRecord};
pub use revision::{At, Pair, Record};

use lock::Lock;
use message::signature;
use objects::Objects;
use transaction::{Change, Message, Steps, Transaction};

/// Who a commit is by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The mail address.
    pub mail: String,
}

impl Author {
    /// Reads `Name <mail>`.
    pub fn parse(text: &str) -> Option<Author> {
        let (name, rest) = text.split_once('<')?;
        let (name, mail) = (name.trim(), rest.trim().strip_suffix('>')?.trim());
        let plain = |text: &str| !text.is_empty() && !text.contains(['<', '>', '\n', '\0']);
        (plain(name) && plain(mail)).then(|| Author { name: name.to_owned(), mail: mail.to_owned() })
    }
}

/// Git attributes of a new repository: no tool may change line ends in what is stored by digest.
const ATTRIBUTES: &str = "masters/** -text\nsources/** -text\nsources/**/original binary\n";

/// A repository of masters.
pub struct Store {
    repository: Repository,
    library: Library,
    steps: Steps,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.repository.path()).finish_non_exhaustive()
    }
}

impl Store {
    /// Makes a repository in `path`, which must be new or empty, on the branch `main`, with `series` declared.
    /// `now` is the time of its first commit; without an `author`, git's configuration names one.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::NoIdentity`], or what git or the system says.
    pub fn init(
        path: &Path,
        library: impl Into<Library>,
        series: &BTreeMap<String, Series>,
        author: Option<&Author>,
        now: Timestamp,
    ) -> Result<Store, StoreError> {
        if path.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
        let text = Config::text(series);
        Config::parse(&text)?;
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository =
            Repository::init_opts(path, &options).map_err(StoreError::git("make a repository"))?;
        let store = Store { repository, library: library.into(), steps: Steps::default() };
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
        store.transaction(&lock).commit(None, changes, &message)?;
        drop(lock);
        Ok(store)
    }

    /// Opens the repository that `path` lies in.
    ///
    /// # Errors
    /// [`StoreError::NoRepository`] when neither it nor a folder above it is one with a `warifu.toml`.
    pub fn open(path: &Path, library: impl Into<Library>) -> Result<Store, StoreError> {
        let missing = || StoreError::NoRepository { path: path.to_owned() };
        let repository = match Repository::discover(path) {
            Ok(repository) => repository,
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Err(missing()),
            Err(error) => return Err(StoreError::git("open the repository")(error)),
        };
        let store = Store { repository, library: library.into(), steps: Steps::default() };
        let objects = store.objects()?;
        let declared = match store.head()? {
            Some(head) => objects.at(objects.commit(head)?.0, &[Config::FILE])?.is_some(),
            None => false,
        };
        drop(objects);
        if declared { Ok(store) } else { Err(missing()) }
    }

    /// The root of its work tree.
    pub fn path(&self) -> PathBuf {
        self.repository.workdir().unwrap_or(self.repository.path()).to_owned()
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

    fn objects(&self) -> Result<Objects<'_>, StoreError> {
        Objects::of(&self.repository)
    }

    fn transaction<'a>(&'a self, lock: &'a Lock) -> Transaction<'a> {
        Transaction { repository: &self.repository, lock, steps: &self.steps }
    }

    /// Takes the lock and finishes what an import that died has left.
    fn lock(&self) -> Result<Lock, StoreError> {
        let lock = Lock::take(self.repository.path())?;
        self.transaction(&lock).recover(self.head()?)?;
        Ok(lock)
    }

    /// The commit that HEAD names, if there is one yet.
    fn head(&self) -> Result<Option<Oid>, StoreError> {
        match self.repository.head() {
            Ok(head) => Ok(head.target()),
            Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch) => Ok(None),
            Err(error) => Err(StoreError::git("read HEAD")(error)),
        }
    }

    /// What `warifu.toml` says at `rev`.
    ///
    /// # Errors
    /// [`StoreError::Config`] when it is not right.
    pub fn config(&self, rev: &str) -> Result<Config, StoreError> {
        let (_, tree) = self.resolve(rev)?;
        self.config_in(tree)
    }

    fn config_in(&self, tree: Oid) -> Result<Config, StoreError> {
        let objects = self.objects()?;
        match objects.at(tree, &[Config::FILE])? {
            Some(oid) => Config::parse(&String::from_utf8_lossy(&objects.blob(oid)?)),
            None => Err(StoreError::Config { what: "missing".to_owned() }),
        }
    }

    /// The site's rules: those under `rules/` of `tree`, and those of the schemas the repository was opened with.
    fn site_rules(&self, tree: Oid) -> Result<SiteRules, StoreError> {
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

    /// An import writes below these, or goes by them; what a person has changed there must be seen first.
    fn refuse_unclean(&self) -> Result<(), StoreError> {
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
        options.disable_pathspec_match(true).update_index(false);
        options.pathspec("masters").pathspec("sources").pathspec("rules").pathspec(Config::FILE);
        let statuses = self
            .repository
            .statuses(Some(&mut options))
            .map_err(StoreError::git("read the work tree's status"))?;
        let changed: Vec<String> = statuses
            .iter()
            .filter(|entry| entry.status() != Status::CURRENT)
            .map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned())
            .take(5)
            .collect();
        if changed.is_empty() { Ok(()) } else { Err(StoreError::Unclean { paths: changed }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_name_and_a_mail_address() {
        let author = Author::parse("支払 基金 <masters@example.jp>").unwrap();
        assert_eq!((author.name.as_str(), author.mail.as_str()), ("支払 基金", "masters@example.jp"));
        for wrong in ["", "name", "<mail>", "name <>", "a <b> <c>"] {
            assert_eq!(Author::parse(wrong), None, "{wrong}");
        }
    }
}
