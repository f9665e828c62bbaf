//! Writing: everything as new objects first, then the branch in one step, then the work tree.
//!
//! ```text
//! blobs, trees, commits  nothing points at them yet; a crash leaves garbage that `git gc` collects
//! journal                old and new commit
//! branch                 the one step that counts, for however many commits; refused when it moved meanwhile
//! work tree, index       follow the branch; a crash here is finished by the next import, from the journal,
//!                        which also says that locks of git's that stay were left by the crash
//! ```
//!
//! Only changed files are touched anywhere: trees are built from the old ones, never through the index.

#![expect(
    clippy::disallowed_methods,
    reason = "the journal makes writes into the work tree whole; a lock is waited for with a bound"
)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use git2::{IndexEntry, IndexTime, Oid, Repository, Signature};

use super::error::{CommitError, Doing, StoreError, WithFile};
use super::lock::Lock;
use super::objects::{Objects, Trees};
use crate::interrupt::{self, Whole};

/// How often a lock of git's is looked at before it is believed to be left by an import that was killed.
const LOOKS_AT_A_LOCK: usize = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// A file to be written or removed.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// Below the root of the work tree, with `/`.
    path: String,
    content: Option<Vec<u8>>,
}

impl Change {
    pub(super) fn put(path: String, content: Vec<u8>) -> Self {
        Change { path, content: Some(content) }
    }

    pub(super) fn remove(path: String) -> Self {
        Change { path, content: None }
    }
}

/// Counts the steps that write, and fails the one a test asks for.
#[derive(Debug, Default)]
pub(super) struct Steps {
    taken: Cell<usize>,
    fail_at: Cell<Option<usize>>,
}

impl Steps {
    pub(super) fn fail_at(&self, step: Option<usize>) {
        self.taken.set(0);
        self.fail_at.set(step);
    }

    fn next(&self, what: &'static str) -> Result<(), StoreError> {
        let taken = self.taken.get();
        self.taken.set(taken + 1);
        if self.fail_at.get() == Some(taken) {
            return Err(StoreError::io(WithFile::Write, format!("({what}: failed as asked)"))(
                std::io::ErrorKind::Other.into(),
            ));
        }
        Ok(())
    }
}

/// What a commit is made of besides its files.
pub(super) struct Message<'a> {
    pub(super) author: &'a Signature<'a>,
    pub(super) text: &'a str,
}

/// Writes to the branch that HEAD names: one or more commits, and the branch moves once.
pub(super) struct Transaction<'a> {
    pub(super) repository: &'a Repository,
    pub(super) trees: &'a Trees,
    pub(super) lock: &'a Lock,
    pub(super) steps: &'a Steps,
}

/// Paths below the root of the work tree, each with its new content; none where it goes.
type Files = BTreeMap<String, Option<(Oid, Vec<u8>)>>;

/// Commits that are made and that no branch names yet: dropped, they are as good as never made.
#[must_use]
pub(super) struct Pending {
    branch: String,
    from: Option<Oid>,
    tip: Option<Oid>,
    /// What the work tree lacks: the newest content of each path, none where it goes.
    files: Files,
    /// The first line of the last commit's message, and how many commits there are.
    title: String,
    commits: usize,
}

impl Transaction<'_> {
    /// Begins on top of `from`, the commit that the branch names.
    pub(super) fn begin(&self, from: Option<Oid>) -> Result<Pending, CommitError> {
        let branch = branch(self.repository)?;
        // Git itself may be at work; better told now than after the branch has moved.
        let index_lock = self.repository.path().join("index.lock");
        if index_lock.exists() {
            return Err(StoreError::io(WithFile::Write, index_lock)(
                std::io::ErrorKind::AlreadyExists.into(),
            )
            .into());
        }
        let (files, title) = (BTreeMap::new(), String::new());
        Ok(Pending { branch, from, tip: from, files, title, commits: 0 })
    }

    /// Makes a commit of `changes` on top of those before it. Nothing names it yet.
    pub(super) fn commit(
        &self,
        pending: &mut Pending,
        changes: Vec<Change>,
        message: &Message<'_>,
    ) -> Result<Oid, StoreError> {
        let objects = Objects::of(self.repository, self.trees)?;
        let mut blobs = BTreeMap::new();
        for change in &changes {
            let oid = match &change.content {
                Some(bytes) => {
                    self.steps.next("write a blob to")?;
                    Some(objects.write_blob(bytes)?)
                }
                None => None,
            };
            blobs.insert(change.path.as_str(), oid);
        }
        let old_tree = pending.tip.map(|parent| objects.commit(parent)).transpose()?.map(|(tree, _)| tree);
        let Some(tree) = self.tree(old_tree, &blobs)? else {
            return Err(StoreError::damaged("a commit would be empty"));
        };
        let commit = self.write_commit(tree, pending.tip, message)?;
        let oids: Vec<Option<Oid>> =
            changes.iter().map(|change| blobs.get(change.path.as_str()).copied().flatten()).collect();
        pending.files.extend(
            changes.into_iter().zip(oids).map(|(change, oid)| (change.path, oid.zip(change.content))),
        );
        pending.tip = Some(commit);
        pending.title = message.text.lines().next().unwrap_or_default().to_owned();
        pending.commits += 1;
        Ok(commit)
    }

    /// Moves the branch over all of them in one step, and brings the work tree and the index up to it.
    pub(super) fn finish(&self, pending: Pending) -> Result<(), CommitError> {
        let Pending { branch, from, tip, files, title, commits } = pending;
        let Some(commit) = tip.filter(|_| commits > 0) else { return Ok(()) };
        // The work tree follows the branch.
        let _whole = Whole::begin();
        if let Some(from) = from {
            self.steps.next("write")?;
            let journal = self.lock.journal();
            fs::write(&journal, format!("{from} {commit}\n"))
                .map_err(StoreError::io(WithFile::Write, journal))?;
        }
        self.steps.next("move the branch of")?;
        let more = commits - 1;
        let title = if more == 0 { title } else { format!("{title} and {more} more before it") };
        self.move_branch(&branch, from, commit, &title)?;
        interrupt::wrote(format_args!("{commit:.12}"));
        let caught_up = self.check_out(&files).and_then(|()| self.forget_journal());
        caught_up.map_err(|source| CommitError::Unfinished { commit: commit.to_string(), source })
    }

    /// Moves the branch to `tip`, a commit that is here already, in one step, and brings the work tree and
    /// the index up to it. No file that somebody has there, and git does not, is written over.
    pub(super) fn advance(&self, from: Option<Oid>, tip: Oid, title: &str) -> Result<(), CommitError> {
        let mut pending = self.begin(from)?;
        pending.files = self.between(from, tip)?;
        self.refuse_to_overwrite(from, &pending.files)?;
        (pending.tip, pending.title, pending.commits) = (Some(tip), title.to_owned(), 1);
        self.finish(pending)
    }

    /// Refuses where a file that would be written over is not what git has there, or lies behind a link.
    fn refuse_to_overwrite(&self, from: Option<Oid>, files: &Files) -> Result<(), CommitError> {
        let Some(root) = self.repository.workdir() else { return Ok(()) };
        let tree = |oid| self.repository.find_commit(oid).and_then(|commit| commit.tree());
        let old = from.map(tree).transpose().map_err(StoreError::git(Doing::ReadCommit))?;
        let is_ours = |path: &&String| {
            let relative = Path::new(path.as_str());
            let mut up = relative.ancestors().filter(|up| *up != Path::new(""));
            if up.any(|up| fs::symlink_metadata(root.join(up)).is_ok_and(|about| about.is_symlink())) {
                return true;
            }
            if !root.join(relative).exists() {
                return false;
            }
            let known = old.as_ref().and_then(|old| old.get_path(relative).ok()).map(|entry| entry.id());
            let there = Oid::hash_file(git2::ObjectType::Blob, root.join(relative)).ok();
            known.is_none() || there != known
        };
        let paths: Vec<String> = files.keys().filter(is_ours).take(5).cloned().collect();
        if paths.is_empty() { Ok(()) } else { Err(CommitError::Unclean { paths }) }
    }

    /// The tree that `old` becomes with `changes` (paths below it); none when nothing is left.
    fn tree(
        &self,
        old: Option<Oid>,
        changes: &BTreeMap<&str, Option<Oid>>,
    ) -> Result<Option<Oid>, StoreError> {
        let git = || StoreError::git(Doing::WriteTree);
        let old = old.map(|oid| self.repository.find_tree(oid)).transpose().map_err(git())?;
        let mut builder = self.repository.treebuilder(old.as_ref()).map_err(git())?;
        let mut below: BTreeMap<&str, BTreeMap<&str, Option<Oid>>> = BTreeMap::new();
        for (path, oid) in changes {
            match (path.split_once('/'), oid) {
                (Some((folder, rest)), _) => {
                    below.entry(folder).or_default().insert(rest, *oid);
                }
                (None, Some(oid)) => {
                    builder.insert(path, *oid, 0o100_644).map_err(git())?;
                }
                (None, None) => {
                    if builder.get(path).map_err(git())?.is_some() {
                        builder.remove(path).map_err(git())?;
                    }
                }
            }
        }
        for (folder, changes) in below {
            let old = builder.get(folder).map_err(git())?.map(|entry| entry.id());
            match self.tree(old, &changes)? {
                Some(tree) => {
                    builder.insert(folder, tree, 0o040_000).map_err(git())?;
                }
                None if old.is_some() => builder.remove(folder).map_err(git())?,
                None => {}
            }
        }
        if builder.is_empty() {
            return Ok(None);
        }
        self.steps.next("write a tree to")?;
        let _whole = Whole::begin();
        builder.write().map(Some).map_err(git())
    }

    fn write_commit(&self, tree: Oid, parent: Option<Oid>, message: &Message<'_>) -> Result<Oid, StoreError> {
        self.steps.next("write a commit to")?;
        let _whole = Whole::begin();
        let git = || StoreError::git(Doing::WriteCommit);
        let tree = self.repository.find_tree(tree).map_err(git())?;
        let parent = parent.map(|oid| self.repository.find_commit(oid)).transpose().map_err(git())?;
        let parents: Vec<_> = parent.iter().collect();
        let author = message.author;
        self.repository.commit(None, author, author, message.text, &tree, &parents).map_err(git())
    }

    fn move_branch(&self, branch: &str, from: Option<Oid>, to: Oid, title: &str) -> Result<(), CommitError> {
        let log = format!("warifu: {title}");
        let moved = match from {
            Some(from) => self.repository.reference_matching(branch, to, true, from, &log),
            None => self.repository.reference(branch, to, false, &log),
        };
        match moved {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), git2::ErrorCode::Modified | git2::ErrorCode::Exists) => {
                self.forget_journal()?;
                Err(CommitError::Moved)
            }
            Err(error) => Err(StoreError::git(Doing::MoveBranch)(error).into()),
        }
    }

    /// Writes changed files to the work tree and notes them in the index with their file times, so that
    /// `git status` needs not read them.
    fn check_out(&self, files: &Files) -> Result<(), StoreError> {
        let git = || StoreError::git(Doing::WriteIndex);
        let Some(root) = self.repository.workdir() else {
            return Err(StoreError::damaged("a repository without a work tree"));
        };
        let mut index = self.repository.index().map_err(git())?;
        index.read(false).map_err(git())?;
        for (path, content) in files {
            self.steps.next("write")?;
            let file = root.join(path);
            match content {
                Some((oid, bytes)) => {
                    let folder = file.parent().unwrap_or(root);
                    let written = fs::write(&file, bytes).or_else(|_| {
                        fs::create_dir_all(folder)?;
                        fs::write(&file, bytes)
                    });
                    written.map_err(StoreError::io(WithFile::Write, &file))?;
                    let entry = index_entry(&file, path, *oid, bytes.len())
                        .map_err(StoreError::io(WithFile::Read, &file))?;
                    index.add(&entry).map_err(git())?;
                }
                None => {
                    match fs::remove_file(&file) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(StoreError::io(WithFile::Remove, file)(error));
                        }
                        _ => {}
                    }
                    // As git does: a folder with nothing in it goes too. One that has something stays.
                    let empty = Path::new(path).ancestors().skip(1).take_while(|up| *up != Path::new(""));
                    let _ = empty.map(|up| fs::remove_dir(root.join(up))).find(Result::is_err);
                    index.remove_path(Path::new(path)).map_err(git())?;
                }
            }
        }
        self.steps.next("write the index of")?;
        index.write().map_err(git())
    }

    fn forget_journal(&self) -> Result<(), StoreError> {
        self.steps.next("remove")?;
        let journal = self.lock.journal();
        match fs::remove_file(&journal) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StoreError::io(WithFile::Remove, journal)(error))
            }
            _ => Ok(()),
        }
    }

    /// Finishes what an import that died left behind: when the branch has moved, the work tree follows.
    pub(super) fn recover(&self, head: Option<Oid>) -> Result<(), StoreError> {
        let Ok(journal) = fs::read_to_string(self.lock.journal()) else { return Ok(()) };
        let _whole = Whole::begin();
        self.remove_locks_left()?;
        let mut oids = journal.split_whitespace().filter_map(|text| Oid::from_str(text).ok());
        if let (Some(old), Some(new)) = (oids.next(), oids.next())
            && Some(new) == head
        {
            self.check_out(&self.between(Some(old), new)?)?;
        }
        self.forget_journal()
    }

    /// Removes git's locks on the branch and the index that an import which was killed still held: nobody
    /// else would, and git takes nothing more while they are there. A git that is at work just now lets go of
    /// them by itself, and is given the time to.
    fn remove_locks_left(&self) -> Result<(), StoreError> {
        let branch = branch(self.repository).ok();
        let branch = branch.map(|name| self.repository.commondir().join(format!("{name}.lock")));
        for lock in branch.into_iter().chain([self.repository.path().join("index.lock")]) {
            let mut looks = 0;
            while lock.exists() && looks < LOOKS_AT_A_LOCK {
                std::thread::sleep(BETWEEN_LOOKS);
                looks += 1;
            }
            if looks < LOOKS_AT_A_LOCK {
                continue;
            }
            match fs::remove_file(&lock) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io(WithFile::Remove, lock)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What differs from `old` to `new`, as `new` has it; all of `new` where there is no `old`.
    fn between(&self, old: Option<Oid>, new: Oid) -> Result<Files, StoreError> {
        let git = || StoreError::git(Doing::Compare);
        let tree = |oid| self.repository.find_commit(oid).and_then(|commit| commit.tree()).map_err(git());
        let (old, new) = (old.map(tree).transpose()?, tree(new)?);
        let diff = self.repository.diff_tree_to_tree(old.as_ref(), Some(&new), None).map_err(git())?;
        let objects = Objects::of(self.repository, self.trees)?;
        let mut files = BTreeMap::new();
        for delta in diff.deltas() {
            let file = if delta.new_file().exists() { delta.new_file() } else { delta.old_file() };
            let Some(path) = file.path().and_then(Path::to_str) else { continue };
            let oid = delta.new_file().exists().then(|| delta.new_file().id());
            let content = oid.map(|oid| Ok::<_, StoreError>((oid, objects.blob(oid)?))).transpose()?;
            files.insert(path.to_owned(), content);
        }
        Ok(files)
    }
}

/// The full name of the branch that HEAD names, whether or not it has a commit yet.
fn branch(repository: &Repository) -> Result<String, CommitError> {
    let head = repository.find_reference("HEAD").map_err(StoreError::git(Doing::ReadHead))?;
    match head.symbolic_target() {
        Ok(Some(name)) => Ok(name.to_owned()),
        _ => Err(CommitError::Detached),
    }
}

fn index_entry(file: &Path, path: &str, oid: Oid, bytes: usize) -> std::io::Result<IndexEntry> {
    let mut entry = IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: bytes as u32,
        id: oid,
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    };
    let metadata = fs::metadata(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        entry.ctime = IndexTime::new(metadata.ctime() as i32, metadata.ctime_nsec() as u32);
        entry.mtime = IndexTime::new(metadata.mtime() as i32, metadata.mtime_nsec() as u32);
        (entry.dev, entry.ino) = (metadata.dev() as u32, metadata.ino() as u32);
        (entry.uid, entry.gid) = (metadata.uid(), metadata.gid());
    }
    entry.file_size = metadata.len() as u32;
    Ok(entry)
}
