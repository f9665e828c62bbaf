//! How a release's content came: what was read for it, and what was not.

use crate::metadata::ChannelPath;

/// How a release's content came to a reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Bytes of content that were read: manifest, blobs and patches, also those that were of no use.
    pub bytes: u64,
    /// Files that came whole.
    pub whole: usize,
    /// Files that were made of what was held, by a patch.
    pub patched: usize,
    /// Files that were held already.
    pub on_hand: usize,
    /// Patches that both signed and that gave not what was signed, or were not there; these files came whole.
    pub useless: Vec<ChannelPath>,
}
