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
        what: StateDamage,
    },
    /// It began with another root than the pinned one.
    OtherRoot,
    /// The pinned root or the recorded metadata is not believed.
    Refused(Refusal),
}

/// What is wrong with the form of a saved state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateDamage {
    /// It has more bytes than any.
    TooLong,
    /// It is no JSON of its form: cut off, or something else.
    NoJson,
    /// A newer program wrote it.
    Newer,
    /// It has a statement of somebody who can make none.
    StatementOfNobody,
    /// A part of its metadata is not there.
    Incomplete,
}

impl Speak for StateDamage {
    fn say(&self, lang: Lang) -> String {
        match self {
            StateDamage::TooLong => say!(lang, "longer than it can be", "長すぎます"),
            StateDamage::NoJson => {
                say!(lang, "not the JSON it must be", "途中で切れているか、別の内容です")
            }
            StateDamage::Newer => {
                say!(lang, "written by a newer version", "新しい版のプログラムが書いたものです")
            }
            StateDamage::StatementOfNobody => {
                say!(lang, "a statement of nobody", "作成者の分からない表明があります")
            }
            StateDamage::Incomplete => say!(lang, "incomplete", "一部が欠けています"),
        }
    }
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
                 指定して配信元を一覧表示）を、覚えている人と口頭で照合してから、このファイルを退避してください",
                what = what.say(lang)
            ),
            StateFault::OtherRoot => say!(
                lang,
                "the trusted state began with another root than the one pinned; check which root is right",
                "信頼状態は設定されたルートと異なるルートから始まっています。どちらが正しいか確認してください"
            ),
            StateFault::Refused(refusal) => refusal.say(lang),
        }
    }
}

spoken_error!(StateFault, |_| true, |_| None);

#[cfg(test)]
mod tests {
    use super::*;

    /// A night shift reads it.
    #[test]
    fn what_is_damaged_is_told_in_either_language_alone() {
        for what in [
            StateDamage::TooLong,
            StateDamage::NoJson,
            StateDamage::Newer,
            StateDamage::StatementOfNobody,
            StateDamage::Incomplete,
        ] {
            let (en, ja) = (what.say(Lang::En), what.say(Lang::Ja));
            assert!(en.is_ascii() && !ja.chars().any(|it| it.is_ascii_alphabetic()), "{en} {ja}");
            let fault = StateFault::Damaged { what };
            assert!(fault.say(Lang::Ja).contains(&ja) && fault.say(Lang::En).contains(&en));
        }
    }
}
