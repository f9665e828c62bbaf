//! What is wrong with a log.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// Why a log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum Fault {
    /// A line is no entry.
    NotAnEntry {
        /// The line, from 1.
        line: u64,
    },
    /// An entry was changed after it was written.
    Changed {
        /// Its number.
        number: u64,
    },
    /// Entries are missing.
    Removed {
        /// The first that is missing.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// An entry stands where another one was written.
    Moved {
        /// The entry.
        number: u64,
        /// Where it stands.
        line: u64,
    },
    /// The last line has no end: the program that wrote it was stopped. The next entry takes it away.
    Torn {
        /// The line, from 1.
        line: u64,
    },
}

impl Speak for Fault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Fault::NotAnEntry { line } => {
                say!(lang, "line {line} is no entry of the log", "{line} 行目は監査ログの記録ではありません")
            }
            Fault::Changed { number } => {
                say!(
                    lang,
                    "entry {number} was changed after it was written",
                    "記録 {number} は書き込み後に変更されています"
                )
            }
            Fault::Removed { first, last } if first == last => {
                say!(lang, "entry {first} was removed", "記録 {first} が削除されています")
            }
            Fault::Removed { first, last } => {
                say!(
                    lang,
                    "entries {first} to {last} were removed",
                    "記録 {first} から {last} までが削除されています"
                )
            }
            Fault::Moved { number, line } => {
                say!(
                    lang,
                    "entry {number} stands on line {line}: it was moved or is there twice",
                    "記録 {number} が {line} 行目にあります（移動または重複）"
                )
            }
            Fault::Torn { line } => {
                say!(
                    lang,
                    "line {line} breaks off: its program was stopped; what is before it is untouched",
                    "{line} 行目が途中で切れています（書き込み中に停止）。それより前の記録に影響はありません"
                )
            }
        }
    }
}

/// A log does not hold what somebody else wrote down of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum NotKept {
    /// The log ends before.
    CutOff {
        /// How many entries it has.
        entries: u64,
        /// How many it had.
        had: u64,
    },
    /// Up to that entry, the log was another one.
    Rewritten {
        /// The number of the entry.
        number: u64,
    },
}

impl Speak for NotKept {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotKept::CutOff { entries, had } => {
                say!(
                    lang,
                    "the log has {entries} entries and had {had}: the newest were removed",
                    "記録は {entries} 件ですが、{had} 件ありました。新しい記録が削除されています"
                )
            }
            NotKept::Rewritten { number } => {
                say!(
                    lang,
                    "up to entry {number} this is not the log that was there: it was written anew",
                    "記録 {number} までが当時の監査ログと一致しません（書き直し）"
                )
            }
        }
    }
}
