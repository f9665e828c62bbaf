//! What is out of the ordinary about a release, in the words that everybody sees who looks at it.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::release::correction::Correction;

/// What both organisations marked as out of the ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// It is an emergency, for this reason.
    Emergency(&'a str),
    /// It brings back the masters of the release of this number.
    Reverts(u64),
    /// A master, `series/kind`, has an emergency correction.
    Corrected(&'a str, &'a Correction),
}

impl Speak for Mark<'_> {
    fn say(&self, lang: Lang) -> String {
        match self {
            Mark::Emergency(why) => say!(lang, "EMERGENCY: {why}", "緊急リリース: {why}"),
            Mark::Reverts(to) => say!(
                lang,
                "REVERT: brings back the masters of release {to}",
                "内容の復元: リリース {to} のマスターに戻す"
            ),
            Mark::Corrected(master, Correction { file, dated, reason, keys, .. }) => {
                let keys = keys.join(", ");
                say!(
                    lang,
                    "EMERGENCY CORRECTION of {master}, {dated}, in no official file yet: {file} ({keys}): \
                     {reason}",
                    "緊急訂正 {master}、{dated}、公式ファイル未収載: {file}（{keys}）: {reason}"
                )
            }
        }
    }
}
