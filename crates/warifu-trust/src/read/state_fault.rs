//! Why a saved state is not believed.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::refusal::Refusal;

/// Why a saved state is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateFault {
    /// It does not have the form it was written in.
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// It began with another root than the pinned one.
    OtherRoot,
    /// The pinned root or the recorded metadata is not believed.
    Refused(Refusal),
}

impl From<Refusal> for StateFault {
    fn from(refusal: Refusal) -> Self {
        StateFault::Refused(refusal)
    }
}

impl Speak for StateFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateFault::Damaged { what } => say!(
                lang,
                "what was accepted before is damaged ({what}), and without it an old release could be \
                 offered as new: restore it from a backup. Without one, compare number and digest of the \
                 published release (list the channel with --state and an empty folder) by voice with \
                 somebody who remembers them, and only then move the file away",
                "受け入れ済みの記録が壊れています（{what}）。失うと古いリリースを新しいものとして示されるおそれがあるため、\
                 バックアップから復元してください。無い場合は、公開中のリリースの番号とダイジェスト（--state に空フォルダーを\
                 指定して配信元を一覧表示）を、覚えている人と口頭で照合してから、このファイルを退避してください"
            ),
            StateFault::OtherRoot => say!(
                lang,
                "the trusted state began with another root than the one pinned; check which root is right",
                "信頼状態は設定された root と異なる root から始まっています。どちらが正しいか確認してください"
            ),
            StateFault::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(StateFault, |_| true, |_| None);
