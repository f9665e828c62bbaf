//! Why no release can follow what lies on a channel.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::{NextStep, spoken_error};

/// Why no release can follow what lies on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFollowed {
    /// The published release was signed with keys that were revoked since; it is signed anew first.
    RenewFirst {
        /// Which.
        release: u64,
    },
    /// The halves of a release lie on the channel, but no `timestamp.json` that points to them.
    TimestampLost {
        /// Which.
        release: u64,
    },
}

impl Speak for NotFollowed {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotFollowed::RenewFirst { release } => say!(
                lang,
                "release {release} was signed with keys that have been revoked since; sign it anew first",
                "リリース {release} は、その後失効した鍵で署名されています。先に署名し直してください"
            ),
            NotFollowed::TimestampLost { release } => say!(
                lang,
                "both halves of release {release} lie on this channel, but timestamp.json does not: publish \
                 the same draft again, or make the timestamp again",
                "リリース {release} の両署名は配信元にありますが timestamp.json がありません。同じ草案を公開し直すか、\
                 タイムスタンプを作り直してください"
            ),
        }
    }
}

spoken_error!(NotFollowed, |_| true, |_| None, |error| Some(match error {
    NotFollowed::RenewFirst { .. } => NextStep::Renew,
    NotFollowed::TimestampLost { .. } => NextStep::RebuildTimestamp,
}));
