//! The imports of one master as a commit knows them, kept beside the repository: walking a hundred commits
//! for them takes as long as everything else that an import does.
//!
//! ```text
//! .git/warifu/imports/<series>/<kind>   the commit it speaks of; each import.toml that stood there; a digest
//! ```
//!
//! What a commit knows of the past never changes, so the file is right whenever its commit is among those
//! that lead to HEAD; only what came after it is walked. Where it is missing, torn or of another history,
//! everything is walked. It may be deleted at any time.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use git2::Oid;
use warifu_values::digest::Digest;

use super::error::StoreError;
use super::objects::Objects;
use super::record::Glance;
use super::standing::standing;
use crate::interrupt::Whole;

/// What stood at one `import.toml`, oldest first: the commit that brought it, and it; none where it was taken
/// away.
pub(super) struct KnownImports {
    changes: Vec<(Oid, Option<(Oid, Glance)>)>,
}

impl KnownImports {
    /// Of the master of `series` and `kind`, as `head` knows it; `git` is the `.git` folder.
    pub(super) fn at(
        objects: &Objects<'_>,
        git: &Path,
        head: Oid,
        series: &str,
        kind: &str,
    ) -> Result<KnownImports, StoreError> {
        let kept = load(&place(git, series, kind));
        let until = kept.as_ref().map(|(head, _)| *head);
        let path = ["sources", series, kind, "import.toml"];
        let (walked, met) = objects.changes_since(head, &path, until)?;
        let mut changes = kept.filter(|_| met).map(|(_, changes)| changes).unwrap_or_default();
        for (commit, blob) in walked.into_iter().rev() {
            let read = |blob| Ok::<_, StoreError>((blob, Glance::at(&objects.blob(blob)?)));
            changes.push((commit, blob.map(read).transpose()?));
        }
        Ok(KnownImports { changes })
    }

    /// Those that stand, newest first, each with its commit.
    pub(super) fn standing(&self) -> Vec<(Oid, Glance)> {
        let line =
            |(commit, blob): &(Oid, Option<(Oid, Glance)>)| (*commit, blob.as_ref().map(|(blob, _)| *blob));
        let newest_first: Vec<_> = self.changes.iter().rev().map(line).collect();
        let glance = |blob: Oid| {
            let mut all = self.changes.iter().rev().filter_map(|(_, content)| content.as_ref());
            all.find(|(known, _)| *known == blob).map(|(_, glance)| glance.clone())
        };
        standing(&newest_first)
            .into_iter()
            .filter_map(|(commit, blob)| Some((commit, glance(blob)?)))
            .collect()
    }

    /// One more import on top: `commit` brought `text`, the blob `blob`.
    pub(super) fn push(&mut self, commit: Oid, blob: Oid, text: &[u8]) {
        self.changes.push((commit, Some((blob, Glance::at(text)))));
    }

    /// Keeps it as what `head` knows. A failure only makes the next import slower.
    pub(super) fn keep(&self, git: &Path, head: Oid, series: &str, kind: &str) {
        let mut text = format!("{head}\n");
        for (commit, content) in &self.changes {
            let _ = match content {
                Some((blob, glance)) => writeln!(text, "{commit} {blob} {}", glance.line()),
                None => writeln!(text, "{commit} -"),
            };
        }
        let _ = write!(text, "{}", Digest::of(text.as_bytes()));
        let path = place(git, series, kind);
        let _whole = Whole::begin();
        let _ = path.parent().map(fs::create_dir_all);
        let write: fn(&Path, &str) -> std::io::Result<()> = |path, text| {
            use std::io::Write as _;
            fs::File::create(path)?.write_all(text.as_bytes())
        };
        let _ = write(&path, &text);
    }
}

fn place(git: &Path, series: &str, kind: &str) -> PathBuf {
    git.join("warifu").join("imports").join(series).join(kind)
}

type Kept = (Oid, Vec<(Oid, Option<(Oid, Glance)>)>);

/// What is kept, when it is whole.
fn load(path: &Path) -> Option<Kept> {
    let text = fs::read_to_string(path).ok()?;
    let (body, digest) = text.split_at(text.rfind('\n')? + 1);
    if Digest::of(body.as_bytes()).to_string() != digest {
        return None;
    }
    let (head, lines) = body.split_once('\n')?;
    let change = |line: &str| {
        let mut parts = line.splitn(3, ' ');
        let commit = Oid::from_str(parts.next()?).ok()?;
        let blob = parts.next()?;
        if blob == "-" {
            return Some((commit, None));
        }
        Some((commit, Some((Oid::from_str(blob).ok()?, Glance::of_line(parts.next()?)?))))
    };
    Some((Oid::from_str(head).ok()?, lines.lines().map(change).collect::<Option<_>>()?))
}
