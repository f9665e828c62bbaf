//! A release, opened from a folder: all of it verified from a pinned root, as a checker does.

use std::path::Path;

use serde::Serialize;
use warifu_channels::{Address, Floor, Mirror, Mirrors, StateStore};
use warifu_claims::Snapshot;
use warifu_judging::receipt::Receipt;
use warifu_judging::said::Said;
use warifu_judging::{SiteSchemas, Taken, masters_of, newest, snapshot};
use warifu_trust::{PerOrganisation, TrustError, TrustedState, UnixSeconds, limits};

use crate::fault::Fault;
use crate::status::WarifuStatus;

/// Where a release is opened from, and what is demanded of it.
pub(crate) struct Source<'a> {
    /// The folder of the channel.
    pub(crate) channel: &'a Path,
    /// The file of the pinned root.
    pub(crate) root: &'a Path,
    /// The folder that remembers what was accepted, where anything does.
    pub(crate) remembered: Option<&'a Path>,
    /// What this side demands, where it demands more than is built in.
    pub(crate) policy: Option<&'a Path>,
    /// The folder of the site's schemas, where it has any.
    pub(crate) schemas: Option<&'a Path>,
}

/// A release that judges here.
pub(crate) struct OpenRelease {
    pub(crate) snapshot: Snapshot,
    pub(crate) receipt: Receipt,
    /// What it is, as JSON.
    pub(crate) about: String,
}

/// What a release is.
#[derive(Serialize)]
struct About<'a> {
    #[serde(flatten)]
    receipt: &'a Receipt,
    title: &'a str,
    /// Until when what both organisations signed holds.
    expires: String,
    /// From when on it is meant to judge, when not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    activate_at: Option<String>,
    signed_by: &'a PerOrganisation<Vec<String>>,
}

impl OpenRelease {
    /// Verifies, reads and indexes; some tenths of a second for everything that is published.
    pub(crate) fn open(source: &Source<'_>, now: UnixSeconds) -> Result<OpenRelease, Fault> {
        let schemas = SiteSchemas::read(source.schemas).map_err(Fault::here)?.known;
        let floor = Floor::read(source.policy).map_err(|error| Fault::here(Said::of(&error)))?;
        let root = warifu_files::read(source.root, limits::ROOT_BYTES);
        let root = root.map_err(|error| Fault::here(Said::of(&error)))?;
        let name = source.channel.display().to_string();
        let mirrors = Mirrors::new(Mirror::new(name, Address::folder(source.channel).channel()), Vec::new());
        let Taken { opened, release } = take(source, &mirrors, &root, &floor, now)?;
        let manifest = release.manifest();
        let receipt = Receipt::of(opened.release(), manifest);
        let about = About {
            receipt: &receipt,
            title: &manifest.title,
            expires: opened.expires().rfc3339(),
            activate_at: manifest.activate_at.map(UnixSeconds::rfc3339),
            signed_by: opened.signers(),
        };
        // Plain texts can always be written into memory.
        let about = serde_json::to_string(&about).unwrap_or_default();
        let bad_data = |said| Fault::new(WarifuStatus::BadData, said);
        let masters = masters_of(&schemas, release).map_err(bad_data)?;
        let snapshot = snapshot(&masters, Vec::new()).map_err(bad_data)?;
        Ok(OpenRelease { snapshot, receipt, about })
    }
}

/// The newest release, by what is remembered; what is learnt is remembered, also where it is refused.
fn take(
    source: &Source<'_>,
    mirrors: &Mirrors,
    root: &[u8],
    floor: &Floor,
    now: UnixSeconds,
) -> Result<Taken, Fault> {
    let Some(folder) = source.remembered else {
        let mut state = TrustedState::pin(root, floor.policy()).map_err(|error| of_here(&error))?;
        return Ok(newest(mirrors, &mut state, floor, now)?);
    };
    let store = StateStore::new(folder);
    let mut state = store.load(root, floor.policy()).map_err(|error| of_here(&error))?;
    let taken = newest(mirrors, &mut state, floor, now);
    store.save(&state).map_err(|error| match error.is_trust_refusal() {
        // Another run was shown other content under the same number.
        true => Fault::new(WarifuStatus::Refused, Said::of(&error)),
        false => of_here(&error),
    })?;
    Ok(taken?)
}

/// The root or what is remembered is damaged: no channel is at fault.
fn of_here(error: &impl TrustError) -> Fault {
    Fault::here(Said::of(error))
}
