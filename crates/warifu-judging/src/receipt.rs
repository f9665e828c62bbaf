//! The receipt of a check: by what a claim file was judged, so that two answers can be compared.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use warifu_claims::{CHECKS_VERSION, lookup};
use warifu_trust::{Manifest, ReleaseRef};
use warifu_values::digest::Digest;

/// By what a claim file was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Receipt {
    /// The number of the release.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: Digest,
    /// The digest of the masters and timelines that judge: see [`Receipt::of`].
    pub masters: Digest,
    /// The version of the checks: [`CHECKS_VERSION`].
    pub checks: String,
    /// The version of the program.
    pub program: String,
}

impl Receipt {
    /// The receipt of this program judging by the release `id`, whose manifest is `manifest`.
    ///
    /// `masters` is SHA-256 of a text: for each master of a kind that checks ask, in the manifest's order, a
    /// line `<series>/<kind> <SHA-256 of its canonical bytes> <SHA-256 of its timelines>`, in hexadecimal and
    /// each ended by LF. Releases that judge by the same masters have the same.
    pub fn of(id: ReleaseRef, manifest: &Manifest) -> Receipt {
        let mut text = String::new();
        for master in manifest.masters.iter().filter(|master| lookup::KINDS.contains(&master.kind.as_str())) {
            let (canonical, timelines) = (master.canonical.sha256, master.timelines.sha256);
            let _ = writeln!(text, "{}/{} {canonical} {timelines}", master.series, master.kind);
        }
        Receipt {
            release: id.release,
            manifest: id.manifest,
            masters: Digest::of(text.as_bytes()),
            checks: CHECKS_VERSION.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}
