//! Where a channel and a draft stand, looked at and no more: nothing is remembered, nothing written.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use warifu::error::Failure;
use warifu::release::trust_failure;
use warifu_channels::{DraftDirectory, fetch_published_manifest, learn_roots, read_tip};
use warifu_trust::{Manifest, PerOrganisation, Signers, Tally, Tip};

use super::{Trusted, address, no_channel};
use crate::cli::settings::NamedBy;

/// A channel, as far as it is known beforehand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) root: PathBuf,
    pub(crate) state: Option<PathBuf>,
    pub(crate) policy: Option<PathBuf>,
}

/// Where a channel stands.
pub(crate) struct Standing {
    pub(crate) tip: Tip,
    /// What both signed of what is published; none when nothing is.
    pub(crate) manifest: Option<Manifest>,
}

/// A draft in its folder.
pub(crate) struct DraftSeen {
    pub(crate) folder: PathBuf,
    pub(crate) manifest: Manifest,
    /// Who has signed and who has not; none without a channel, which says who may.
    pub(crate) signed: Option<(PerOrganisation<Tally>, PerOrganisation<Signers>)>,
}

/// Looks at the channel.
pub(crate) fn look(channel: &OsStr, by: &NamedBy, known: &Known) -> Result<Standing, Failure> {
    no_channel::refuse_to_read(Path::new(channel))?;
    let Known { root, state, policy } = known.clone();
    let (mut state, _) = Trusted { root, state, policy }.load()?;
    let channel = address(channel, by)?.channel();
    learn_roots(channel.as_ref(), &mut state).map_err(|error| trust_failure(&error))?;
    let tip = read_tip(channel.as_ref(), &state).map_err(|error| trust_failure(&error))?;
    let manifest = fetch_published_manifest(channel.as_ref(), &tip).map_err(|error| trust_failure(&error))?;
    Ok(Standing { tip, manifest })
}

/// Looks at the draft in `folder`; none of a release that is not after the `published` one: it waits for
/// nobody.
pub(crate) fn draft(
    folder: &Path,
    tip: Option<&Tip>,
    published: Option<u64>,
) -> Result<Option<DraftSeen>, Failure> {
    let directory = DraftDirectory::new(folder);
    let proposal = directory.read().map_err(|error| trust_failure(&error))?;
    if published.is_some_and(|published| proposal.manifest().release <= published) {
        return Ok(None);
    }
    let begun = directory.read_halves().map_err(|error| trust_failure(&error))?;
    let signed = match tip {
        Some(tip) => {
            let (signatures, _) = directory.read_signatures(tip).map_err(|error| trust_failure(&error))?;
            let collected = begun.collect(&signatures, &proposal, tip);
            let halves = collected.map_err(|error| trust_failure(&error))?.halves;
            let tally = halves.tally(&proposal, tip).map_err(|error| trust_failure(&error))?;
            let signers = halves.signers(&proposal, tip).map_err(|error| trust_failure(&error))?;
            Some((tally, signers))
        }
        None => None,
    };
    Ok(Some(DraftSeen { folder: folder.to_owned(), manifest: proposal.manifest().clone(), signed }))
}
