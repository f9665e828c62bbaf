//! Which imports of a master stand: what `git revert` and `warifu undo` took back is told by content alone.
//!
//! A commit that takes imports back brings an older `import.toml` back, byte for byte, or takes it away. So
//! the line of the contents that stood there says it all, and no commit message has to be believed.

use std::collections::HashMap;

use git2::Oid;

/// One content that stood at a path.
#[derive(Debug)]
struct Content {
    /// The commit that brought it first.
    commit: Oid,
    blob: Oid,
    /// What stood there before, and stands beneath it.
    below: Option<usize>,
    /// The commit that took it back, while it does not stand.
    taken_back: Option<Oid>,
}

/// A content that stood at a path, and whether it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) commit: Oid,
    pub(super) blob: Oid,
    /// The commit that took it back; none when it stands.
    pub(super) taken_back: Option<Oid>,
}

/// Every content that ever stood at one path.
#[derive(Debug)]
pub(super) struct Lineage {
    contents: Vec<Content>,
    top: Option<usize>,
}

impl Lineage {
    /// Of what stood at a path, newest first, each with the commit that brought it.
    pub(super) fn of(changes: &[(Oid, Option<Oid>)]) -> Lineage {
        let (mut contents, mut top): (Vec<Content>, Option<usize>) = (Vec::new(), None);
        let mut known: HashMap<Oid, usize> = HashMap::new();
        for (commit, blob) in changes.iter().rev() {
            if let Some(blob) = *blob
                && !known.contains_key(&blob)
            {
                known.insert(blob, contents.len());
                contents.push(Content { commit: *commit, blob, below: top, taken_back: None });
                top = Some(contents.len() - 1);
                continue;
            }
            let next = blob.and_then(|blob| known.get(&blob).copied());
            for at in chain(&contents, top) {
                contents[at].taken_back = Some(*commit);
            }
            for at in chain(&contents, next) {
                contents[at].taken_back = None;
            }
            top = next;
        }
        Lineage { contents, top }
    }

    /// Those that stand, newest first: commit and content.
    pub(super) fn standing(&self) -> Vec<(Oid, Oid)> {
        chain(&self.contents, self.top)
            .into_iter()
            .map(|at| (self.contents[at].commit, self.contents[at].blob))
            .collect()
    }

    /// Whether the content `first` stood before `then` ever did.
    pub(super) fn came_before(&self, first: Oid, then: Oid) -> bool {
        let at = |blob: Oid| self.contents.iter().position(|content| content.blob == blob);
        at(first) < at(then)
    }

    /// Every one, newest first.
    pub(super) fn all(&self) -> impl Iterator<Item = Past> + '_ {
        self.contents.iter().rev().map(|content| Past {
            commit: content.commit,
            blob: content.blob,
            taken_back: content.taken_back,
        })
    }
}

fn chain(contents: &[Content], top: Option<usize>) -> Vec<usize> {
    std::iter::successors(top, |at| contents[*at].below).collect()
}

/// Of the versions of one file, newest first, those that are not taken back: commit and content.
pub(super) fn standing(changes: &[(Oid, Option<Oid>)]) -> Vec<(Oid, Oid)> {
    Lineage::of(changes).standing()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(number: u8) -> Oid {
        Oid::from_bytes(&[number; 20]).unwrap()
    }

    /// Contents by letter, oldest first, `-` for none; commits are numbered from 1. What stands, and what
    /// took the others back.
    fn told(contents: &str) -> (String, String) {
        let line = contents.bytes().enumerate();
        let mut changes: Vec<_> =
            line.map(|(at, byte)| (oid(at as u8 + 1), (byte != b'-').then(|| oid(byte)))).collect();
        changes.reverse();
        let lineage = Lineage::of(&changes);
        let letter = |blob: Oid| blob.as_bytes()[0] as char;
        let gone = lineage
            .all()
            .filter_map(|past| Some(format!("{}@{}", letter(past.blob), past.taken_back?.as_bytes()[0])));
        let gone: Vec<String> = gone.collect();
        (lineage.standing().into_iter().map(|(_, blob)| letter(blob)).collect(), gone.join(" "))
    }

    #[test]
    fn what_was_taken_back_does_not_stand() {
        for (contents, standing, gone) in [
            ("", "", ""),
            ("abc", "cba", ""),
            ("aba", "a", "b@3"),
            ("abcad", "da", "c@4 b@4"),
            // A taking back that is taken back itself.
            ("abab", "ba", ""),
            ("ababa", "a", "b@5"),
            ("ab-", "", "b@3 a@3"),
            ("ab-c", "c", "b@3 a@3"),
            ("ab-b", "ba", ""),
            ("abaca", "a", "c@5 b@3"),
        ] {
            assert_eq!(told(contents), (standing.to_owned(), gone.to_owned()), "{contents}");
        }
    }
}
