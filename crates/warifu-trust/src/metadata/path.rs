//! Where each file of a release lies on a channel.
//!
//! The plain layout of TUF with consistent snapshots: `metadata/<n>.root.json`, `metadata/<n>.targets.json`,
//! `metadata/<n>.snapshot.json` and `targets/<sha256>.<name>` never change once written;
//! `metadata/timestamp.json` is the one small file that does. Beside it, `metadata/<n>.targets.from-<m>.zst`
//! is a patch for who has the half before, and `statements/<organisation>.<n>.json` is what one organisation
//! said alone (`statements/<key id>.<n>.json` when those are used up).

use std::fmt;

use warifu_values::digest::Digest;

use crate::metadata::speaker::Speaker;
use crate::names::TargetName;

/// Where one file lies on a channel. Only the constructors make one, so it cannot lead out of the channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelPath(String);

impl ChannelPath {
    /// The root of this version.
    pub fn root(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.root.json"))
    }

    /// Kikin's half of this version.
    pub fn targets(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.targets.json"))
    }

    /// The patch from Kikin's half of version `from` to that of `version`. Nobody signs it: what it gives is
    /// held to what Kokuho sealed.
    pub fn targets_step(version: u64, from: u64) -> Self {
        ChannelPath(format!("metadata/{version}.targets.from-{from}.zst"))
    }

    /// Kokuho's half of this version.
    pub fn snapshot(version: u64) -> Self {
        ChannelPath(format!("metadata/{version}.snapshot.json"))
    }

    /// The one file that changes.
    pub fn timestamp() -> Self {
        ChannelPath("metadata/timestamp.json".into())
    }

    /// What one organisation said alone, by number from 1: `statements/kikin.1.json`, or
    /// `statements/<key id>.1.json`.
    pub fn statement(speaker: impl Into<Speaker>, number: u64) -> Self {
        ChannelPath(format!("statements/{}.{number}.json", speaker.into()))
    }

    /// What an area of a fleet runs, as its organisation signed it last. It lies apart from releases, in a
    /// place of its own for each area, and is replaced.
    pub fn area() -> Self {
        ChannelPath("area.json".into())
    }

    /// Content, by its digest and name.
    pub fn content(sha256: Digest, name: &TargetName) -> Self {
        ChannelPath(format!("targets/{sha256}.{name}"))
    }

    /// Whether it is such a patch, which nobody needs: one that is there may have been made by another zstd.
    pub fn is_targets_step(&self) -> bool {
        self.0.starts_with("metadata/") && self.0.ends_with(".zst")
    }

    /// Whether whoever reads can do without it: a patch, in whose place the whole is asked for.
    pub fn is_spare(&self) -> bool {
        let name = self.0.strip_prefix("targets/").and_then(|file| file.split_once('.'));
        self.is_targets_step() || name.is_some_and(|(_, name)| name.starts_with("patch."))
    }

    /// The digest of the content, which stands in its name; none of what is called otherwise.
    pub fn content_digest(&self) -> Option<Digest> {
        self.0.strip_prefix("targets/")?.split_once('.')?.0.parse().ok()
    }

    /// Whether it is content's: a manifest, a blob or a patch.
    pub fn is_content(&self) -> bool {
        self.0.starts_with("targets/")
    }

    /// The path with `/` between directory and file, relative to the channel.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
