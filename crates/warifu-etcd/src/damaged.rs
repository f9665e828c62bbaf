//! A value in the store that cannot be what it should be.

use std::fmt;

use warifu_values::lang::{Lang, Speak, too_long};
use warifu_values::say;
use warifu_values::text::shown;

/// Which key, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The key, made fit to be shown.
    pub key: String,
    /// What is wrong.
    pub damage: Damage,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// It is longer than such a value can be.
    TooLong {
        /// In bytes.
        limit: usize,
    },
    /// It does not parse, or makes no sense: in words of the parser.
    NotParsed(String),
    /// The key names no member.
    NoMember,
    /// It would stay when its owner is gone: it has no lease.
    NoLease,
    /// There are more of them than are read.
    TooMany {
        /// So many are.
        limit: usize,
    },
    /// The answer is not one to the question.
    NotAnAnswer,
}

impl Damaged {
    pub(crate) fn new(key: &[u8], damage: Damage) -> Damaged {
        Damaged { key: shown(&String::from_utf8_lossy(key)), damage }
    }

    pub(crate) fn not_parsed(key: &[u8], error: &serde_json::Error) -> Damaged {
        Damaged::new(key, Damage::NotParsed(shown(&error.to_string())))
    }

    /// Its stable code.
    pub fn code(&self) -> &'static str {
        "fleet/store-damaged"
    }
}

impl Speak for Damaged {
    fn say(&self, lang: Lang) -> String {
        let key = &self.key;
        match &self.damage {
            Damage::TooLong { limit } => too_long(lang, key, *limit as u64),
            Damage::NotParsed(error) => say!(
                lang,
                "{key} in the fleet's store cannot be read ({error}); see who wrote it, and write it anew",
                "フリートの保管先の {key} を読み取れません。書き込んだ人を確認し、書き直してください（詳細: {error}）"
            ),
            Damage::NoMember => say!(
                lang,
                "{key} in the fleet's store names no member; see who wrote it, and delete it",
                "フリートの保管先の {key} はメンバー名になっていません。書き込んだ人を確認し、削除してください"
            ),
            Damage::NoLease => say!(
                lang,
                "{key} in the fleet's store has no lease, so no member announced it; see who wrote it, and \
                 delete it",
                "フリートの保管先の {key} にはリースがなく、メンバーの告知ではありません。書き込んだ人を確認し、削除してください"
            ),
            Damage::TooMany { limit } => say!(
                lang,
                "there are more than {limit} keys under {key} in the fleet's store; the others are not read: \
                 delete what is not needed any more",
                "フリートの保管先の {key} 以下のキーが {limit} 個を超えています。超えた分は読みません。不要なものを削除してください"
            ),
            Damage::NotAnAnswer => say!(
                lang,
                "the fleet's store answered something else than was asked of {key}; see what answers there",
                "フリートの保管先の応答が {key} への問い合わせと合いません。応答している相手を確認してください"
            ),
        }
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for Damaged {}
