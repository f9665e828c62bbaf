//! Whether expired metadata may be believed.

use crate::time::UnixSeconds;

/// Whether expired metadata may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Nothing that has expired at this instant.
    RequiredAt(UnixSeconds),
    /// Expiry is not looked at: only to look back at what was accepted while it was fresh.
    IgnoreExpired,
}

/// Before every expiry.
pub(super) const ANY_TIME: jiff::Timestamp = jiff::Timestamp::MIN;

impl Freshness {
    pub(super) fn instant(self) -> jiff::Timestamp {
        match self {
            Freshness::RequiredAt(now) => now.to_jiff(),
            Freshness::IgnoreExpired => ANY_TIME,
        }
    }
}
