//! Undo: the last imports of a master are taken back, by a commit of its own.
//!
//! The master and what is recorded of it become again, byte for byte, what the import before left. That is
//! all it takes: what stands is told by content alone (see [`standing`](super::standing)), so an undo and a
//! `git revert` are the same to every question, and the imports stay in the history.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;

use git2::Oid;
use jiff::Timestamp;

use super::author::{Author, signature};
use super::error::{CommitError, StoreError, UndoError};
use super::objects::Objects;
use super::record::ImportRecord;
use super::repository::Store;
use super::standing::standing;
use super::transaction::{Change, Message};

/// How many imports a message names.
const NAMED: usize = 5;

/// Which imports are to be taken back.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// The newest that stand, of whichever master.
    Last(NonZeroUsize),
    /// Those of these files, or made by these commits (twelve digits or more).
    Named(&'a [String]),
}

/// What is to be taken back.
#[derive(Debug, Clone)]
pub struct UndoRequest<'a> {
    /// Which imports.
    pub which: Which<'a>,
    /// Of this series only.
    pub series: Option<&'a str>,
    /// Only say what would be done.
    pub dry_run: bool,
    /// Who does it; otherwise git's configuration names somebody.
    pub author: Option<&'a Author>,
    /// When.
    pub now: Timestamp,
}

/// Imports that were taken back.
#[derive(Debug)]
pub struct Undone {
    /// The commit that did it; none when it was only tried.
    pub commit: Option<String>,
    /// The imports, in the order in which they came in.
    pub taken_back: Vec<TakenBack>,
    /// The masters that they were imports of.
    pub left: Vec<Left>,
}

/// An import that was taken back.
#[derive(Debug, Clone)]
pub struct TakenBack {
    /// The commit that had made it: the file can still be had from it.
    pub commit: String,
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// What had come in.
    pub record: ImportRecord,
}

/// A master after an undo.
#[derive(Debug, Clone)]
pub struct Left {
    /// The series.
    pub series: String,
    /// The kind of master.
    pub kind: String,
    /// The import whose state it has again; none when nothing is left of it.
    pub record: Option<ImportRecord>,
}

/// What stands of one master, newest first: commit and `import.toml`.
struct Line {
    standing: Vec<(Oid, ImportRecord)>,
    /// How many of them, from the newest on, are to go.
    chosen: BTreeSet<usize>,
}

type Lines = BTreeMap<(String, String), Line>;

/// An undo that nothing speaks against, and that no commit makes yet.
pub(super) struct Planned {
    pub(super) changes: Vec<Change>,
    taken_back: Vec<TakenBack>,
    left: Vec<Left>,
}

impl Store {
    /// Takes imports back: their masters become what the imports before them left.
    ///
    /// # Errors
    /// [`UndoError`]; but for [`CommitError::Unfinished`] nothing was changed.
    pub fn undo(&self, request: &UndoRequest<'_>) -> Result<Undone, UndoError> {
        let lock = self.lock()?;
        self.refuse_unclean()?;
        let head = self.head()?.ok_or(CommitError::Detached)?;
        let Planned { changes, taken_back, left } = self.planned_undo(head, request)?;
        if request.dry_run {
            return Ok(Undone { commit: None, taken_back, left });
        }
        let author = signature(&self.repository, request.author, request.now)?;
        let text = message(&taken_back, &left);
        let transaction = self.transaction(&lock);
        let mut pending = transaction.begin(Some(head))?;
        let commit = transaction.commit(&mut pending, changes, &Message { author: &author, text: &text })?;
        transaction.finish(pending)?;
        Ok(Undone { commit: Some(commit.to_string()), taken_back, left })
    }

    /// What the undo changes below `head`.
    pub(super) fn planned_undo(&self, head: Oid, request: &UndoRequest<'_>) -> Result<Planned, UndoError> {
        let objects = self.objects()?;
        let order = objects.places(head)?;
        let mut lines = self.lines(&objects, head, request.series)?;
        match request.which {
            Which::Last(count) => choose_last(&mut lines, &order, count)?,
            Which::Named(names) => choose_named(&mut lines, &order, names)?,
        }
        lines.retain(|_, line| !line.chosen.is_empty());
        refuse_unless_last(&lines)?;

        let (tree, _) = objects.commit(head)?;
        let (mut changes, mut taken_back, mut left) = (Vec::new(), Vec::new(), Vec::new());
        for ((series, kind), line) in &lines {
            let (newest, record) = &line.standing[0];
            let (as_imported, _) = objects.commit(*newest)?;
            let back_to = line.standing.get(line.chosen.len());
            let back_tree =
                back_to.map(|(commit, _)| objects.commit(*commit)).transpose()?.map(|(tree, _)| tree);
            for top in ["masters", "sources"] {
                let path = [top, series.as_str(), kind.as_str()];
                if objects.at(tree, &path)? != objects.at(as_imported, &path)? {
                    let (master, file) = (format!("{series}/{kind}"), record.name.clone());
                    return Err(UndoError::ByHand { master, file });
                }
                changes.extend(differences(&objects, tree, back_tree, &path)?);
            }
            let (series, kind) = (series.clone(), kind.clone());
            left.push(Left {
                series: series.clone(),
                kind: kind.clone(),
                record: back_to.map(|(_, record)| record.clone()),
            });
            taken_back.extend(line.chosen.iter().map(|at| {
                let (commit, record) = &line.standing[*at];
                let place = order.get(commit).copied().unwrap_or_default();
                let (series, kind, record) = (series.clone(), kind.clone(), record.clone());
                (place, TakenBack { commit: commit.to_string(), series, kind, record })
            }));
        }
        // The newest commit has the lowest place.
        taken_back.sort_by_key(|(place, _)| std::cmp::Reverse(*place));
        let taken_back = taken_back.into_iter().map(|(_, import)| import).collect();
        Ok(Planned { changes, taken_back, left })
    }

    /// What stands of every master that `head` holds.
    fn lines(&self, objects: &Objects<'_>, head: Oid, series: Option<&str>) -> Result<Lines, StoreError> {
        let (tree, _) = objects.commit(head)?;
        let mut lines = Lines::new();
        for (name, kind) in self.held(tree)? {
            if series.is_some_and(|series| *series != name) {
                continue;
            }
            let changes = objects.changes_at(head, &["sources", &name, &kind, "import.toml"])?;
            let mut past = Vec::new();
            for (commit, blob) in standing(&changes) {
                past.push((commit, ImportRecord::parse(&objects.blob(blob)?, "import.toml")?));
            }
            lines.insert((name, kind), Line { standing: past, chosen: BTreeSet::new() });
        }
        Ok(lines)
    }
}

/// An import that stands.
struct Standing<'a> {
    /// How many commits are newer.
    place: usize,
    master: &'a (String, String),
    /// How many imports of the master are newer.
    at: usize,
    record: &'a ImportRecord,
    commit: Oid,
}

/// Every import that stands, newest first.
fn newest_first<'a>(lines: &'a Lines, order: &HashMap<Oid, usize>) -> Vec<Standing<'a>> {
    let mut all = Vec::new();
    for (master, line) in lines {
        for (at, (commit, record)) in line.standing.iter().enumerate() {
            let place = order.get(commit).copied().unwrap_or(usize::MAX);
            all.push(Standing { place, master, at, record, commit: *commit });
        }
    }
    all.sort_by_key(|import| (import.place, import.master));
    all
}

fn choose_last(lines: &mut Lines, order: &HashMap<Oid, usize>, count: NonZeroUsize) -> Result<(), UndoError> {
    let all = newest_first(lines, order);
    let count = count.get();
    if all.len() < count {
        return Err(UndoError::TooMany { standing: all.len() });
    }
    let chosen = all.into_iter().take(count).map(|import| (import.master.clone(), import.at)).collect();
    choose(lines, chosen);
    Ok(())
}

fn choose_named(lines: &mut Lines, order: &HashMap<Oid, usize>, names: &[String]) -> Result<(), UndoError> {
    let all = newest_first(lines, order);
    let mut chosen = Vec::new();
    for text in names {
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let is_commit = |commit: Oid| text.len() >= 12 && commit.to_string().starts_with(text.as_str());
        let is_it = |import: &&Standing<'_>| import.record.name == name || is_commit(import.commit);
        let found: Vec<_> = all.iter().filter(is_it).collect();
        match found.as_slice() {
            [import] => chosen.push((import.master.clone(), import.at)),
            [] => {
                let newest = all.iter().take(NAMED).map(|import| import.record.name.clone()).collect();
                return Err(UndoError::NoImport { text: text.clone(), newest });
            }
            several => {
                let choice = |import: &&Standing<'_>| {
                    let (series, kind) = import.master;
                    format!("{series}/{kind} {}", &import.commit.to_string()[..12])
                };
                let choices = several.iter().map(choice).collect();
                return Err(UndoError::Ambiguous { text: text.clone(), choices });
            }
        }
    }
    choose(lines, chosen);
    Ok(())
}

fn choose(lines: &mut Lines, chosen: Vec<((String, String), usize)>) {
    for (master, at) in chosen {
        if let Some(line) = lines.get_mut(&master) {
            line.chosen.insert(at);
        }
    }
}

/// An import that another one rests on stays.
fn refuse_unless_last(lines: &Lines) -> Result<(), UndoError> {
    for ((series, kind), line) in lines {
        let oldest = line.chosen.last().copied().unwrap_or_default();
        let name = |at: usize| line.standing[at].1.name.clone();
        let words = |at: usize| {
            let alike = line.standing.iter().filter(|(_, record)| record.name == name(at)).count();
            if alike > 1 { line.standing[at].0.to_string()[..12].to_owned() } else { name(at) }
        };
        let later: Vec<String> = (0..oldest).rev().filter(|at| !line.chosen.contains(at)).map(name).collect();
        if !later.is_empty() {
            let together = (0..=oldest).rev().map(words).collect();
            let (file, master) = (name(oldest), format!("{series}/{kind}"));
            return Err(UndoError::RestsOnIt { file, master, later, together });
        }
    }
    Ok(())
}

/// What turns the files at `path` below `from` into those below `to`; none are left where there is no `to`.
pub(super) fn differences(
    objects: &Objects<'_>,
    from: Oid,
    to: Option<Oid>,
    path: &[&str],
) -> Result<Vec<Change>, StoreError> {
    let list = |tree: Oid| -> Result<BTreeMap<String, Oid>, StoreError> {
        Ok(objects.list(tree, path)?.into_iter().map(|entry| (entry.name, entry.oid)).collect())
    };
    let (mut old, new) = (list(from)?, to.map(list).transpose()?.unwrap_or_default());
    let file = |name: &str| format!("{}/{name}", path.join("/"));
    let mut changes = Vec::new();
    for (name, oid) in new {
        if old.remove(&name) != Some(oid) {
            changes.push(Change::put(file(&name), objects.blob(oid)?));
        }
    }
    changes.extend(old.into_keys().map(|name| Change::remove(file(&name))));
    Ok(changes)
}

fn message(taken_back: &[TakenBack], left: &[Left]) -> String {
    let names: Vec<&str> = taken_back.iter().take(NAMED).map(|import| import.record.name.as_str()).collect();
    let (names, more) = (names.join(", "), taken_back.len().saturating_sub(NAMED));
    let (more, more_ja) = match more {
        0 => (String::new(), String::new()),
        _ => (format!(" and {more} more"), format!(" 他 {more} 件")),
    };
    let mut text = format!("Undo {names}{more}\n\n取込の取消 {names}{more_ja}\n\nTaken back 取消\n");
    for import in taken_back {
        let TakenBack { commit, series, kind, record } = import;
        let (name, dated) = (&record.name, record.dated);
        text.push_str(&format!("  {series}/{kind} {name} ({dated}) {commit}\n"));
    }
    text.push_str("\nAs before 現在の状態\n");
    for Left { series, kind, record } in left {
        let state = match record {
            Some(record) => format!("{}, {} records 件, {}", record.name, record.records, record.state),
            None => "none なし".to_owned(),
        };
        text.push_str(&format!("  {series}/{kind} {state}\n"));
    }
    text
}
