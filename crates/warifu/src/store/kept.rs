//! The state that the last import left, kept beside the repository: reading it from six hundred shards is
//! most of what an import costs.
//!
//! ```text
//! .git/warifu/state/<series>/<kind>    its canonical form, then a line with the tree that holds it
//! ```
//!
//! Nothing is believed of it: it is taken only when it names the very tree that HEAD has and its bytes have
//! the digest that the import recorded. Otherwise, or where it is missing, the shards are read. It may be
//! deleted at any time.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use git2::Oid;
use warifu_masters::table::Master;
use warifu_values::digest::Digest;

/// Where the state of one master is kept.
pub(super) struct Kept {
    path: PathBuf,
}

impl Kept {
    /// In the repository whose `.git` folder is `git`.
    pub(super) fn of(git: &Path, series: &str, kind: &str) -> Kept {
        Kept { path: git.join("warifu").join("state").join(series).join(kind) }
    }

    /// The canonical bytes of the state with `digest` that the tree `tree` holds, when they are kept.
    pub(super) fn load(&self, tree: Oid, digest: Digest) -> Option<Vec<u8>> {
        let mut bytes = fs::read(&self.path).ok()?;
        let held = bytes.len().checked_sub(tree.to_string().len())?;
        if bytes[held..] != *tree.to_string().as_bytes() {
            return None;
        }
        bytes.truncate(held);
        (Digest::of(&bytes) == digest).then_some(bytes)
    }

    /// Writes `state`; nobody takes it before [`Begun::finish`] says which tree holds it. A failure only
    /// makes the next import slower.
    pub(super) fn begin(&self, state: &Master) -> Begun {
        let write = || {
            fs::create_dir_all(self.path.parent()?).ok()?;
            let mut file = File::create(&self.path).ok()?;
            write_canonical(state, &mut file).ok()?;
            Some(file)
        };
        Begun(write())
    }
}

/// Writes the canonical form piece by piece: a second copy of the whole would cost more than the writing.
fn write_canonical(state: &Master, file: &mut File) -> std::io::Result<()> {
    let mut piece = state.layout().canonical_header().into_bytes();
    piece.push(b'\n');
    for from in (0..state.rows()).step_by(PIECE_ROWS) {
        state.push_canonical_rows(from..state.rows().min(from + PIECE_ROWS), &mut piece);
        file.write_all(&piece)?;
        piece.clear();
    }
    file.write_all(&piece)
}

/// How many rows are written at once.
const PIECE_ROWS: usize = 256;

/// A state that was written and lacks the name of its tree.
#[must_use]
pub(super) struct Begun(Option<File>);

impl Begun {
    /// Says that `tree` holds the state.
    pub(super) fn finish(self, tree: Oid) {
        // Where this fails the name is cut short, and nobody takes it.
        let _ = self.0.map(|mut file| file.write_all(tree.to_string().as_bytes()));
    }
}
