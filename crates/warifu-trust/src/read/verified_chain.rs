//! A chain of metadata that holds, with the very bytes that were signed.

use crate::metadata::{ChannelPath, Listing};
use crate::organisation::PerOrganisation;
use crate::read::walk::{Answer, Need};
use crate::tally::Tally;
use crate::time::UnixSeconds;

/// The original bytes of the three files under the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetadataFiles {
    pub(crate) timestamp: Vec<u8>,
    pub(crate) snapshot: Vec<u8>,
    pub(crate) targets: Vec<u8>,
}

impl MetadataFiles {
    /// Answers as a channel would that holds these files, so that looking back takes the same road.
    pub(crate) fn answer(&self, need: &Need) -> Answer {
        let file = if need.path == ChannelPath::timestamp() {
            &self.timestamp
        } else if need.path.as_str().ends_with(".snapshot.json") {
            &self.snapshot
        } else {
            &self.targets
        };
        Answer::File(file.clone())
    }
}

/// A chain that holds.
#[derive(Debug, Clone)]
pub(crate) struct VerifiedChain {
    pub(crate) files: MetadataFiles,
    pub(crate) listing: Listing,
    pub(crate) timestamp_version: u64,
    pub(crate) timestamp_expires: UnixSeconds,
    pub(crate) snapshot_version: u64,
    pub(crate) snapshot_expires: UnixSeconds,
    /// The first of the four files to expire, and when.
    pub(crate) expires: UnixSeconds,
    /// By name, in order.
    pub(crate) signers: PerOrganisation<Vec<String>>,
    pub(crate) halves: PerOrganisation<Tally>,
}
