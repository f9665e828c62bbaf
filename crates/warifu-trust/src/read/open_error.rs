//! Why a release was not opened.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::metadata::ChannelPath;
use crate::refusal::Refusal;
use crate::time::UnixSeconds;

/// Why a release was not opened, split by what the caller does next. What is running stays in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
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
        matches!(self, OpenError::Missing { .. } | OpenError::NothingPublished)
    }
}

/// What a list names and the channel does not have.
pub(super) fn say_missing(path: &ChannelPath, lang: Lang) -> String {
    // No list names where reading begins: what has none is no channel, or none yet.
    if *path == ChannelPath::timestamp() {
        return say!(
            lang,
            "the channel does not have {path}: see whether this is the channel's place (it has metadata/ and \
             targets/); where it is being published or copied just now, try again",
            "配信元に {path} がありません。指定した場所が配信元（metadata/ と targets/ があるフォルダー）か確認してください。\
             公開やコピーの途中なら、しばらくして再試行してください"
        );
    }
    say!(
        lang,
        "the channel does not have {path}, which its list names; it may lag behind, try again",
        "配信元に一覧記載の {path} がありません。反映待ちの可能性があるため再試行してください"
    )
}

impl Speak for OpenError {
    fn say(&self, lang: Lang) -> String {
        match self {
            OpenError::Missing { path } => say_missing(path, lang),
            OpenError::NothingPublished => {
                say!(lang, "no release has been published here yet", "まだリリースが公開されていません")
            }
            OpenError::Stale { file, expired } => say!(
                lang,
                "{file} expired at {expired}: what is running goes on, nothing new is taken; ask the release \
                 manager to renew it, and check this machine's clock",
                "{file} は {expired} に期限切れです。現行のまま運用を続け、新しいものは受け入れません。\
                 リリース管理者に更新を依頼し、この装置の時計を確認してください",
                expired = expired.said(lang)
            ),
            OpenError::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(
    OpenError,
    |error| match error {
        OpenError::Refused(_) | OpenError::Stale { .. } => true,
        OpenError::Missing { .. } | OpenError::NothingPublished => false,
    },
    |_| None
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever named another folder is not told to wait for a list to catch up.
    #[test]
    fn a_place_without_a_beginning_may_be_no_channel() {
        let said = |path| OpenError::Missing { path }.say(Lang::Ja);
        let none = said(ChannelPath::timestamp());
        assert!(none.contains("metadata/ と targets/ があるフォルダー") && !none.contains("一覧"), "{none}");
        assert!(said(ChannelPath::targets(2)).contains("反映待ち"));
    }
}
