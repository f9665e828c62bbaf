//! [`open`] asks a channel "may I move to this?"; [`reopen`] asks the own record "is it still intact?".

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::chain::{self, RecordedChannel, Verified};
use crate::channel::{Channel, ChannelError, ChannelPath};
use crate::envelope::Tally;
use crate::error::spoken_error;
use crate::organisation::PerOrganisation;
use crate::refusal::Refusal;
use crate::state::TrustedState;
use crate::targets::{ReleaseRef, TargetEntry};
use crate::time::UnixSeconds;

/// Whether expired metadata may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing that has expired at this instant.
    RequiredAt(UnixSeconds),
    /// Expiry is not looked at: only to look back at what was accepted while it was fresh.
    IgnoreExpired,
}

/// How an opened release stands to what was recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was recorded, or an older release.
    Newer,
    /// The very release that was recorded, also when its metadata was renewed.
    SameAsRecorded,
}

/// A release that both organisations signed, in the right order, fresh when [`open`] made it. Its content has
/// not been read yet: [`OpenedRelease::fetch`].
#[derive(Debug, Clone)]
pub struct OpenedRelease {
    verified: Verified,
    standing: Standing,
    root_version: u64,
}

impl OpenedRelease {
    /// The release's number and its manifest's digest.
    pub fn release(&self) -> ReleaseRef {
        self.verified.listing.current
    }

    /// The release before, which may be fallen back to.
    pub fn fallback(&self) -> Option<ReleaseRef> {
        self.verified.listing.fallback
    }

    /// How it stands to what was recorded when it was opened.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// When the first of its four metadata files expires: from then on [`open`] says [`OpenError::Stale`].
    pub fn expires(&self) -> UnixSeconds {
        self.verified.expires
    }

    /// Whose signatures hold, by name.
    pub fn signers(&self) -> &PerOrganisation<Vec<String>> {
        &self.verified.signers
    }

    /// How many signed of how many needed.
    pub fn halves(&self) -> PerOrganisation<Tally> {
        self.verified.halves
    }

    /// The versions of root, timestamp, snapshot and targets, for a status display.
    pub fn versions(&self) -> [u64; 4] {
        let verified = &self.verified;
        [self.root_version, verified.timestamp_version, verified.snapshot_version, verified.listing.version]
    }

    /// Every file that the release lists, also those to fall back to: what a mirror or bundle must hold.
    pub fn files(&self) -> impl Iterator<Item = &TargetEntry> {
        self.verified.listing.entries.values()
    }

    pub(crate) fn listing(&self) -> &crate::targets::Listing {
        &self.verified.listing
    }
}

/// Opens what `channel` offers: "may I move to this?"
///
/// `now` is the caller's clock; it is not believed when it lies before what was known already. On success
/// `state` records the release. **Save `state` also after an error**: a new root, and with it a revocation, that
/// was learnt on the way must not be forgotten.
///
/// # Errors
///
/// [`OpenError`], split by what to do next. Whatever it is: what is running stays.
pub fn open(
    channel: &dyn Channel,
    state: &mut TrustedState,
    now: UnixSeconds,
) -> Result<OpenedRelease, OpenError> {
    let now = now.max(state.known_time);
    chain::walk_roots(channel, &mut state.roots, &state.policy)?;
    let recorded = state.recorded.as_ref();
    let floor = recorded.map(|recorded| &recorded.files);
    let verified =
        chain::verify(&state.roots, floor, channel, Freshness::RequiredAt(now)).map_err(|error| {
            // Nobody has published yet: told apart from a file that a lagging mirror lacks.
            match error {
                OpenError::Missing { path } if path == ChannelPath::timestamp() && recorded.is_none() => {
                    OpenError::NothingPublished
                }
                error => error,
            }
        })?;
    // This floor holds also when a rotated key made the metadata's versions start anew.
    let current = verified.listing.current;
    let standing = match recorded.map(|recorded| recorded.current) {
        Some(before) if current.release < before.release => {
            let (recorded, offered) = (before.release, current.release);
            return Err(Refusal::Rollback { what: "release", recorded, offered }.into());
        }
        Some(before) if current.release == before.release && current.manifest != before.manifest => {
            return Err(Refusal::OtherContent { release: current.release }.into());
        }
        Some(before) if current == before => Standing::SameAsRecorded,
        _ => Standing::Newer,
    };
    state.record(&verified, now);
    Ok(OpenedRelease { verified, standing, root_version: state.root().version() })
}

/// Opens what `state` recorded: "is it still intact?" Expiry is not looked at, because a restart is no rollback
/// and expired metadata never stops a checker.
///
/// # Errors
///
/// [`OpenError::NothingPublished`] when nothing was recorded; [`OpenError::Refused`] when the record does not
/// verify.
pub fn reopen(state: &TrustedState) -> Result<OpenedRelease, OpenError> {
    let recorded = state.recorded.as_ref().ok_or(OpenError::NothingPublished)?;
    let source = RecordedChannel(&recorded.files);
    let verified = chain::verify_under_any(&state.roots, &source, Freshness::IgnoreExpired)?;
    Ok(OpenedRelease { verified, standing: Standing::SameAsRecorded, root_version: state.root().version() })
}

/// Why a release was not opened, split by what the caller does next. What is running stays in every case.
#[derive(Debug)]
pub enum OpenError {
    /// The channel does not answer: try again.
    Unreachable(ChannelError),
    /// The channel lacks a file that a signed list names: a mirror that lags behind; try again.
    Missing {
        /// The file.
        path: ChannelPath,
    },
    /// The channel holds no release yet: wait.
    NothingPublished,
    /// The channel's metadata has expired: keep serving, take nothing new, raise an alarm.
    Stale {
        /// The file that expired.
        file: String,
        /// When.
        expired: UnixSeconds,
    },
    /// Trust is refused: keep serving, tell people.
    Refused(Refusal),
}

impl From<Refusal> for OpenError {
    fn from(refusal: Refusal) -> Self {
        OpenError::Refused(refusal)
    }
}

impl OpenError {
    /// Whether trying again later, with nothing changed here, may help.
    pub fn may_pass_by_itself(&self) -> bool {
        matches!(self, OpenError::Unreachable(_) | OpenError::Missing { .. } | OpenError::NothingPublished)
    }
}

impl Speak for OpenError {
    fn say(&self, lang: Lang) -> String {
        match self {
            OpenError::Unreachable(error) => error.say(lang),
            OpenError::Missing { path } => say!(
                lang,
                "the channel does not have {path}, which its list names; it may lag behind, try again",
                "配信元に一覧記載の {path} がありません。反映待ちの可能性があるため再試行してください"
            ),
            OpenError::NothingPublished => {
                say!(lang, "no release has been published here yet", "まだリリースが公開されていません")
            }
            OpenError::Stale { file, expired } => say!(
                lang,
                "{file} expired at {expired}: what is running goes on, nothing new is taken; ask the release manager to renew it, and check this machine's clock",
                "{file} は {expired} に期限切れです。現行のまま運用を続け、新しいものは受け入れません。リリース管理者に更新を依頼し、この装置の時計を確認してください"
            ),
            OpenError::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(
    OpenError,
    |error| match error {
        OpenError::Refused(_) | OpenError::Stale { .. } => true,
        OpenError::Unreachable(error) => error.is_trust_refusal(),
        OpenError::Missing { .. } | OpenError::NothingPublished => false,
    },
    |error| match error {
        OpenError::Unreachable(ChannelError::Unreachable { source, .. }) => Some(source.as_ref()),
        _ => None,
    }
);
