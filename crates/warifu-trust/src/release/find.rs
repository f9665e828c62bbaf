//! Of a file from anywhere: is it part of what both organisations signed?

use warifu_values::digest::Digest;

use crate::release::manifest::Manifest;
use crate::release::master::MasterEntry;
use crate::release::part::Holds;
use crate::release::verified::VerifiedRelease;

/// In which form a file holds a master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form<'a> {
    /// As canonical bytes.
    Canonical,
    /// As one organisation's OS gets it.
    Format {
        /// The format: `kikin`, `kokuho`.
        name: &'a str,
        /// The file's name there.
        file_name: &'a str,
    },
}

/// What a file is in a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A master.
    Master {
        /// Which one.
        entry: &'a MasterEntry,
        /// In which form.
        form: Form<'a>,
    },
    /// The timelines of a master.
    Timelines(&'a MasterEntry),
    /// The list of what a release changed: this one's or an earlier one's.
    Changes {
        /// The number of the release that changed it.
        of: u64,
    },
}

/// The place of a file in a signed release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The release's number.
    pub release: u64,
    /// What it is there.
    pub place: Place<'a>,
}

/// Where in `release` the file with this SHA-256 occurs; `None` means that nobody signed these bytes in it.
/// An empty file is none of it: that a master has no timelines says nothing of a file.
pub fn find_in_release(release: &VerifiedRelease, sha256: Digest) -> Option<Found<'_>> {
    find_in_manifest(release.manifest(), sha256)
}

/// The same in a manifest, of which whoever asks knows whether it was signed.
pub fn find_in_manifest(manifest: &Manifest, sha256: Digest) -> Option<Found<'_>> {
    let in_format = manifest.masters.iter().find_map(|entry| {
        let (name, file) = entry.formats.iter().find(|(_, file)| file.sha256 == sha256)?;
        Some(Place::Master { entry, form: Form::Format { name, file_name: &file.file_name } })
    });
    let place = in_format.or_else(|| {
        let part = manifest.parts().find(|part| part.content.bytes > 0 && part.content.sha256 == sha256)?;
        Some(match part.holds {
            Holds::Master(entry) => Place::Master { entry, form: Form::Canonical },
            Holds::Timelines(entry) => Place::Timelines(entry),
            Holds::Changes => Place::Changes { of: manifest.release },
            Holds::Earlier(earlier) => Place::Changes { of: earlier.release.release },
        })
    })?;
    Some(Found { release: manifest.release, place })
}
