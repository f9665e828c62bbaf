//! Of a file from anywhere: is it part of what both organisations signed?

use warifu_values::digest::Digest;

use crate::release::manifest::MasterEntry;
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

/// The place of a file in a signed release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The release's number.
    pub release: u64,
    /// The master.
    pub master: &'a MasterEntry,
    /// The form.
    pub form: Form<'a>,
}

/// Where in `release` the file with this SHA-256 occurs; `None` means that nobody signed these bytes in it.
pub fn find_in_release(release: &VerifiedRelease, sha256: Digest) -> Option<Found<'_>> {
    let manifest = release.manifest();
    manifest.masters.iter().find_map(|master| {
        let form = if master.canonical.sha256 == sha256 {
            Some(Form::Canonical)
        } else {
            let found = master.formats.iter().find(|(_, file)| file.sha256 == sha256);
            found.map(|(name, file)| Form::Format { name, file_name: &file.file_name })
        };
        form.map(|form| Found { release: manifest.release, master, form })
    })
}
