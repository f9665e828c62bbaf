//! A state that an earlier import left, kept beside the repository: reading it from six hundred shards is
//! most of what an import costs.
//!
//! ```text
//! .git/warifu/state/<series>/<kind>    its canonical form, then a line with the tree that holds it
//! ```
//!
//! Nothing is believed of it: with the shards in which its tree and HEAD's differ put in their place, its
//! bytes must have the digest that the last import recorded. Otherwise, or where it is missing, every shard
//! is read. It may be deleted at any time.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Take, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::Oid;
use warifu_masters::file::Outline;
use warifu_masters::schema::{Layout, Schemas};
use warifu_masters::table::Master;

use crate::interrupt::Whole;

/// Where the state of one master is kept.
pub(super) struct Kept {
    path: PathBuf,
}

/// A state as it was kept: nobody has compared it with a digest.
pub(super) struct KeptText {
    pub(super) bytes: Vec<u8>,
    /// The tree that held it.
    pub(super) tree: Oid,
}

/// A state as it was kept, of which only the header was read.
pub(super) struct KeptFile {
    /// The tree that held it.
    pub(super) tree: Oid,
    /// Its header, without the line end.
    pub(super) header: Vec<u8>,
    pub(super) rows: BufReader<Take<File>>,
}

/// How much of it is read at once: memory that is used again and again costs least.
const PIECE_BYTES: usize = 1 << 17;

/// A state as it was kept, and where its shards lie.
pub(super) struct Outlined {
    pub(super) text: KeptText,
    pub(super) outline: Outline,
    pub(super) layout: Arc<Layout>,
}

impl Kept {
    /// In the repository whose `.git` folder is `git`.
    pub(super) fn of(git: &Path, series: &str, kind: &str) -> Kept {
        Kept { path: git.join("warifu").join("state").join(series).join(kind) }
    }

    /// What is kept, to be read piece by piece.
    pub(super) fn open(&self) -> Option<KeptFile> {
        let mut file = File::open(&self.path).ok()?;
        let bytes = file.seek(SeekFrom::End(-(TREE_DIGITS as i64))).ok()?;
        let mut tree = [0; TREE_DIGITS];
        file.read_exact(&mut tree).ok()?;
        let tree = Oid::from_str(std::str::from_utf8(&tree).ok()?).ok()?;
        file.rewind().ok()?;
        let mut rows = BufReader::with_capacity(PIECE_BYTES, file.take(bytes));
        let mut header = Vec::new();
        rows.read_until(b'\n', &mut header).ok()?;
        header.pop().filter(|byte| *byte == b'\n')?;
        Some(KeptFile { tree, header, rows })
    }

    /// What is kept.
    pub(super) fn text(&self) -> Option<KeptText> {
        let mut bytes = fs::read(&self.path).ok()?;
        let held = bytes.len().checked_sub(TREE_DIGITS)?;
        let tree = Oid::from_str(std::str::from_utf8(&bytes[held..]).ok()?).ok()?;
        bytes.truncate(held);
        Some(KeptText { bytes, tree })
    }

    /// Writes `state`; nobody takes it before [`Begun::finish`] says which tree holds it. A failure only
    /// makes the next import slower.
    pub(super) fn begin(&self, state: &ToKeep<'_>) -> Begun {
        let _whole = Whole::begin();
        let write = || {
            fs::create_dir_all(self.path.parent()?).ok()?;
            let mut file = File::create(&self.path).ok()?;
            match state {
                ToKeep::Master(state) => write_canonical(state, &mut file),
                ToKeep::Text(bytes) => file.write_all(bytes),
            }
            .ok()?;
            Some(file)
        };
        Begun(write())
    }
}

impl KeptText {
    /// With where its shards lie; none where that cannot be told.
    pub(super) fn outlined(self, schemas: &Schemas, kind: &str) -> Option<Outlined> {
        let (outline, layout) = Outline::of(schemas, kind, &self.bytes)?;
        Some(Outlined { text: self, outline, layout })
    }
}

/// How many digits name a tree.
const TREE_DIGITS: usize = 40;

/// A state to be kept.
pub(super) enum ToKeep<'a> {
    Master(&'a Master),
    /// Its canonical form.
    Text(&'a [u8]),
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
        let _whole = Whole::begin();
        // Where this fails the name is cut short, and nobody takes it.
        let _ = self.0.map(|mut file| file.write_all(tree.to_string().as_bytes()));
    }
}
