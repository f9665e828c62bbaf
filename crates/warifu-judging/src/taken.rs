//! The newest release of the channels that hold it, all of it verified.

use warifu_channels::{Floor, Mirrors};
use warifu_trust::{OnHand, OpenedRelease, TrustedState, UnixSeconds, VerifiedRelease};

use crate::not_taken::NotTaken;
use crate::said::Said;

/// A release that was taken: every byte of it verified, and taken by this side's floor.
#[derive(Debug)]
pub struct Taken {
    /// What the channel says of it: who signed, and until when it holds.
    pub opened: OpenedRelease,
    /// It, with the bytes of its masters.
    pub release: VerifiedRelease,
}

/// The newest release of `mirrors`, as far as `state` believes them and `floor` takes it. **Save `state` also
/// after an error**: a new root, and with it a revocation, must not be forgotten.
///
/// # Errors
/// [`NotTaken`].
pub fn newest(
    mirrors: &Mirrors,
    state: &mut TrustedState,
    floor: &Floor,
    now: UnixSeconds,
) -> Result<Taken, NotTaken> {
    let opened = mirrors.open(state, now);
    let opened = opened.map_err(|nobody| NotTaken::of_nobody(mirrors, &nobody, NotTaken::of_opening))?;
    if let Some(made) = opened.value.withdrawn() {
        return Err(NotTaken::Refused(Said::both(made)));
    }
    let fetched = mirrors.fetch(&opened.value, opened.by, &OnHand::default());
    let release = fetched.map_err(|nobody| NotTaken::of_nobody(mirrors, &nobody, NotTaken::of))?.value;
    floor.check(release.manifest()).map_err(|error| NotTaken::of(&error))?;
    Ok(Taken { opened: opened.value, release })
}
