//! Git objects as this store reads them: entries of trees by name, and lines of history.
//!
//! Trees and commits are read raw. A walk over a hundred versions looks at one entry in each of four trees;
//! building whole tree objects for that would cost ten times as much.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use git2::{ObjectType, Odb, Oid};

use super::error::{Doing, StoreError};
use super::loose;

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) oid: Oid,
}

/// Entries of a tree that differ from another one's, by name; none where one is gone.
pub(super) type Differing = Vec<(String, Option<Oid>)>;

/// Commits, newest first, each with what stands at a path since.
pub(super) type Changes = Vec<(Oid, Option<Oid>)>;

/// Trees that were read: one of six hundred shards is asked for again and again, and libgit2 keeps small ones
/// only.
#[derive(Default)]
pub(super) struct Trees(RefCell<HashMap<Oid, Arc<[u8]>>>);

impl Trees {
    /// How many are held at most.
    const MOST: usize = 64;
}

/// Reads objects of one repository.
pub(super) struct Objects<'r> {
    repository: &'r git2::Repository,
    odb: Odb<'r>,
    /// Where loose objects lie.
    folder: PathBuf,
    trees: &'r Trees,
}

impl<'r> Objects<'r> {
    pub(super) fn of(repository: &'r git2::Repository, trees: &'r Trees) -> Result<Self, StoreError> {
        // As stock git, trust the names of objects when reading: `git fsck` and `warifu check`, which has the
        // SHA-256 of every state, are for that. Hashing each object anew would take half of the time.
        git2::opts::strict_hash_verification(false);
        let odb = repository.odb().map_err(StoreError::git(Doing::OpenObjects))?;
        Ok(Objects { repository, odb, folder: repository.commondir().join("objects"), trees })
    }

    /// The tree `oid`, raw.
    fn tree(&self, oid: Oid) -> Result<Arc<[u8]>, StoreError> {
        if let Some(tree) = self.trees.0.borrow().get(&oid) {
            return Ok(Arc::clone(tree));
        }
        let tree: Arc<[u8]> = self.read(oid, ObjectType::Tree)?.data().into();
        let mut trees = self.trees.0.borrow_mut();
        if trees.len() >= Trees::MOST {
            trees.clear();
        }
        trees.insert(oid, Arc::clone(&tree));
        Ok(tree)
    }

    /// The bytes of the object `oid`, which must be of `kind`.
    fn read(&self, oid: Oid, kind: ObjectType) -> Result<git2::OdbObject<'_>, StoreError> {
        let object = self.odb.read(oid).map_err(StoreError::git(Doing::ReadObject(oid.to_string())))?;
        if object.kind() != kind {
            return Err(StoreError::damaged(format_args!("object {oid} is no {kind}")));
        }
        Ok(object)
    }

    pub(super) fn blob(&self, oid: Oid) -> Result<Vec<u8>, StoreError> {
        Ok(self.read(oid, ObjectType::Blob)?.data().to_vec())
    }

    /// Appends a blob to `text` without its beginning `header`; `false` when it begins otherwise.
    pub(super) fn append_blob(
        &self,
        oid: Oid,
        header: usize,
        text: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        let blob = self.read(oid, ObjectType::Blob)?;
        let rows = blob.data().strip_prefix(&text[..header]);
        rows.inspect(|rows| text.extend_from_slice(rows));
        Ok(rows.is_some())
    }

    /// Writes a blob and says its name.
    pub(super) fn write_blob(&self, bytes: &[u8]) -> Result<Oid, StoreError> {
        loose::write_blob(&self.odb, &self.folder, bytes)
    }

    /// The tree of a commit and its first parent.
    pub(super) fn commit(&self, oid: Oid) -> Result<(Oid, Option<Oid>), StoreError> {
        let (tree, parents) = self.commit_of(oid)?;
        Ok((tree, parents.first().copied()))
    }

    /// The tree of a commit and its parents.
    fn commit_of(&self, oid: Oid) -> Result<(Oid, Vec<Oid>), StoreError> {
        let object = self.read(oid, ObjectType::Commit)?;
        let damaged = || StoreError::damaged(format_args!("commit {oid} cannot be read"));
        let text = object.data().split(|byte| *byte == b'\n');
        let mut lines = text.map(|line| std::str::from_utf8(line).unwrap_or_default());
        let hex = |line: Option<&str>, key: &str| {
            let hex = line?.strip_prefix(key)?;
            Oid::from_str(hex).ok()
        };
        let tree = hex(lines.next(), "tree ").ok_or_else(damaged)?;
        Ok((tree, lines.map_while(|line| hex(Some(line), "parent ")).collect()))
    }

    /// The place of every commit that led to `head`, from the newest on: after all that it led to, and by the
    /// day of the commit where neither led to the other.
    pub(super) fn places(&self, head: Oid) -> Result<HashMap<Oid, usize>, StoreError> {
        let git = || StoreError::git(Doing::WalkHistory);
        let mut walk = self.repository.revwalk().map_err(git())?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).map_err(git())?;
        walk.push(head).map_err(git())?;
        walk.enumerate().map(|(place, oid)| Ok((oid.map_err(git())?, place))).collect()
    }

    /// The entry called `name` of the tree `tree`.
    fn entry(&self, tree: Oid, name: &str) -> Result<Option<Oid>, StoreError> {
        let tree = self.tree(tree)?;
        let found = raw_entries(&tree).find(|(entry, _)| *entry == name.as_bytes());
        Ok(found.map(|(_, oid)| oid))
    }

    /// What stands at `path` below `tree`.
    pub(super) fn at(&self, tree: Oid, path: &[&str]) -> Result<Option<Oid>, StoreError> {
        let mut oid = tree;
        for name in path {
            match self.entry(oid, name)? {
                Some(next) => oid = next,
                None => return Ok(None),
            }
        }
        Ok(Some(oid))
    }

    /// The entries of the tree at `path` below `tree`; none when there is no such tree.
    pub(super) fn list(&self, tree: Oid, path: &[&str]) -> Result<Vec<Entry>, StoreError> {
        let Some(oid) = self.at(tree, path)? else { return Ok(Vec::new()) };
        let tree = self.tree(oid)?;
        let entry =
            |(name, oid): (&[u8], Oid)| Entry { name: String::from_utf8_lossy(name).into_owned(), oid };
        Ok(raw_entries(&tree).map(entry).collect())
    }

    /// The entries in which two trees differ, as `new` has them; none where that lacks one. `None` where
    /// there are more than `most`.
    pub(super) fn differing(&self, old: Oid, new: Oid, most: usize) -> Result<Option<Differing>, StoreError> {
        let mut differing = Differing::new();
        if old == new {
            return Ok(Some(differing));
        }
        let (old, new) = (self.tree(old)?, self.tree(new)?);
        // Both are in one order, and most entries are the same in both.
        let (mut old, mut new) = (raw_entries(&old).peekable(), raw_entries(&new).peekable());
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some((old, _)), Some((new, _))) => old.cmp(new),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => return Ok(Some(differing)),
            };
            let before = old.next_if(|_| order.is_le());
            let after = new.next_if(|_| order.is_ge());
            if before != after
                && let Some((name, _)) = before.or(after)
            {
                differing.push((text(name), after.map(|(_, oid)| oid)));
            }
            if differing.len() > most {
                return Ok(None);
            }
        }
    }

    /// The commits that changed what stands at `path`, newest first, from `head` on: each with what stands
    /// there since. Where a merge has it from one of its parents, the line goes on there, as it does for
    /// `git log`; from several, at the first of them. A merge that has it from none changed it.
    pub(super) fn changes_at(&self, head: Oid, path: &[&str]) -> Result<Vec<(Oid, Option<Oid>)>, StoreError> {
        Ok(self.changes_since(head, path, None)?.0)
    }

    /// Like [`changes_at`](Self::changes_at), of the commits after `until` only; and whether that was met.
    /// Where it was not, these are all there are.
    pub(super) fn changes_since(
        &self,
        head: Oid,
        path: &[&str],
        until: Option<Oid>,
    ) -> Result<(Changes, bool), StoreError> {
        let mut changes = Vec::new();
        let (mut commit, mut newer): (Option<Oid>, Option<(Oid, Trail)>) = (Some(head), None);
        while let Some(oid) = commit {
            let (tree, parents) = self.commit_of(oid)?;
            let trail = self.trail(tree, path, newer.as_ref().map(|(_, trail)| trail))?;
            if let Some((by, since)) = newer
                && since.end() != trail.end()
            {
                changes.push((by, since.end()));
            }
            if Some(oid) == until {
                return Ok((changes, true));
            }
            commit = match parents[..] {
                [_, _, ..] => Some(self.parent_with(trail.end(), path, &parents)?),
                _ => parents.first().copied(),
            };
            newer = Some((oid, trail));
        }
        if let Some((by, since)) = newer
            && since.end().is_some()
        {
            changes.push((by, since.end()));
        }
        Ok((changes, false))
    }

    /// Of the parents of a merge the one that has `content` at `path`: the first, where several or none do.
    fn parent_with(&self, content: Option<Oid>, path: &[&str], parents: &[Oid]) -> Result<Oid, StoreError> {
        for parent in parents {
            let (tree, _) = self.commit_of(*parent)?;
            if self.at(tree, path)? == content {
                return Ok(*parent);
            }
        }
        Ok(parents[0])
    }

    /// The way to `path`; from the point on where it joins the way of the `newer` commit, that one is taken.
    fn trail(&self, tree: Oid, path: &[&str], newer: Option<&Trail>) -> Result<Trail, StoreError> {
        let mut trail = vec![Some(tree)];
        for (at, name) in path.iter().enumerate() {
            if let Some(newer) = newer
                && newer.0[at] == trail[at]
            {
                trail.extend_from_slice(&newer.0[at + 1..]);
                break;
            }
            let next = match trail[at] {
                Some(tree) => self.entry(tree, name)?,
                None => None,
            };
            trail.push(next);
        }
        Ok(Trail(trail))
    }
}

/// The tree of a commit, then what stands at each step of a path below it.
struct Trail(Vec<Option<Oid>>);

impl Trail {
    fn end(&self) -> Option<Oid> {
        self.0.last().copied().flatten()
    }
}

/// The entries of a raw tree: `mode SP name NUL` and twenty bytes of name. Ends at the first one that is not
/// so written.
fn raw_entries(tree: &[u8]) -> impl Iterator<Item = (&[u8], Oid)> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let end = rest.iter().position(|byte| *byte == 0)?;
        let name = rest[..end].splitn(2, |byte| *byte == b' ').nth(1)?;
        let oid = Oid::from_bytes(rest.get(end + 1..end + 21)?).ok()?;
        rest = &rest[end + 21..];
        Some((name, oid))
    })
}
