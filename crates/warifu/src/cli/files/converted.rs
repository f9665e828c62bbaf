//! What a conversion came to, whichever way it went.

use warifu_masters::file::write::Cut;
use warifu_masters::finding::Findings;
use warifu_values::digest::Digest;

/// A file that was converted and written.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) rows: usize,
    /// The digest of what was read.
    pub(super) source: Digest,
    /// The digest of what was written.
    pub(super) output: Digest,
    pub(super) cuts: Vec<Cut>,
    pub(super) findings: Findings,
}
