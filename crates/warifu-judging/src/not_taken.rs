//! Why no release could be taken from the channels that were asked.

use warifu_channels::{Mirrors, Nobody, PassedOver, ReadError};
use warifu_trust::{OpenError, TrustError};

use crate::said::Said;

/// Why there is no release to take, split by what the caller does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// Try again later: the channel does not answer or holds nothing yet.
    Unavailable(Said),
    /// The channel's metadata has expired.
    Stale(Said),
    /// Trust is refused.
    Refused(Said),
}

impl NotTaken {
    /// Trust is refused, or it could not be asked.
    pub fn of(error: &impl TrustError) -> Self {
        let said = Said::of(error);
        if error.is_trust_refusal() { NotTaken::Refused(said) } else { NotTaken::Unavailable(said) }
    }

    /// The same of a channel that was opened, which may also be stale.
    pub fn of_opening(error: &ReadError<OpenError>) -> Self {
        match error {
            ReadError::Verdict(OpenError::Stale { .. }) => NotTaken::Stale(Said::of(error)),
            error => NotTaken::of(error),
        }
    }

    /// What the caller does next when none of `mirrors` gave anything: the gravest of what they did, and each
    /// is named when there are several.
    pub fn of_nobody<E: TrustError>(
        mirrors: &Mirrors,
        Nobody(asked): &Nobody<E>,
        of: impl Fn(&ReadError<E>) -> Self,
    ) -> Self {
        let errors: Vec<_> = asked.iter().map(|it| of(&it.error)).collect();
        let said = asked.iter().map(|it| named(mirrors, it)).reduce(|all, next| all.then(&next));
        let said =
            said.unwrap_or_else(|| Said::new("no place was asked", "どの配信元にも問い合わせていません"));
        match () {
            () if errors.iter().any(|error| matches!(error, NotTaken::Refused(_))) => NotTaken::Refused(said),
            () if errors.iter().any(|error| matches!(error, NotTaken::Stale(_))) => NotTaken::Stale(said),
            () => NotTaken::Unavailable(said),
        }
    }
}

/// Why a place was passed over; with its name where there are several.
pub fn named<E: TrustError>(mirrors: &Mirrors, passed_over: &PassedOver<E>) -> Said {
    let said = Said::of(&passed_over.error);
    match mirrors.places() {
        [_] => said,
        places => {
            let name = places[passed_over.place].name();
            Said::new(format!("mirror {name}: {}", said.en), format!("ミラー {name}: {}", said.ja))
        }
    }
}
