//! Reading a channel that always answers: what is left is the core's verdict.

use warifu_channels::{Channel, ReadError};
use warifu_trust::{FetchError, OpenError, OpenedRelease, TrustedState, UnixSeconds, VerifiedRelease};

/// The core's verdict; the channel always answers here.
pub(crate) fn open(
    channel: &dyn Channel,
    state: &mut TrustedState,
    now: UnixSeconds,
) -> Result<OpenedRelease, OpenError> {
    verdict(warifu_channels::open(channel, state, now))
}

/// The same for content.
pub(crate) fn fetch(channel: &dyn Channel, opened: &OpenedRelease) -> Result<VerifiedRelease, FetchError> {
    verdict(warifu_channels::fetch(channel, opened))
}

fn verdict<T, E>(outcome: Result<T, ReadError<E>>) -> Result<T, E> {
    outcome.map_err(|error| match error {
        ReadError::Verdict(error) => error,
        ReadError::Unreachable(error) => panic!("{error}"),
    })
}
