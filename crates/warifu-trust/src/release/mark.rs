//! What is out of the ordinary about a release, in the words that everybody sees who looks at it: on a
//! screen, in a pipe, on a page, in a checker.

use std::borrow::Cow;

use warifu_values::day::said_day;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::release::Manifest;
use crate::release::correction::Correction;
use crate::time::UnixSeconds;

/// What both organisations marked as out of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark<'a> {
    /// It is an emergency, for this reason.
    Emergency(&'a str),
    /// It brings back the masters of the release of this number.
    Reverts(u64),
    /// Its commit does not follow that of the published release, for this reason.
    NotASuccessor(&'a str),
    /// Corrections of days that have been are not in it.
    FutureOnly,
    /// Checkers judge by it from this instant on, not at once.
    InForceFrom(UnixSeconds),
    /// A master, `series/kind`, has an emergency correction.
    Corrected(Cow<'a, str>, &'a Correction),
}

impl Mark<'_> {
    /// Whether it is a reason to look twice before signing.
    pub fn is_grave(&self) -> bool {
        !matches!(self, Mark::InForceFrom(_))
    }
}

impl Manifest {
    /// Everything that is out of the ordinary about the release, the gravest first.
    pub fn marks(&self) -> Vec<Mark<'_>> {
        let corrected = self.masters.iter().flat_map(|master| {
            let each = master.corrections.iter();
            each.map(|one| Mark::Corrected(Cow::Owned(master.name()), one))
        });
        [
            self.emergency.as_ref().map(|emergency| Mark::Emergency(&emergency.reason)),
            self.reverts_to.map(|to| Mark::Reverts(to.release)),
            self.not_a_successor.as_deref().map(Mark::NotASuccessor),
            self.future_only.then_some(Mark::FutureOnly),
            self.activate_at.map(Mark::InForceFrom),
        ]
        .into_iter()
        .flatten()
        .chain(corrected)
        .collect()
    }
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
            Mark::NotASuccessor(why) => say!(
                lang,
                "NOT A SUCCESSOR of the published release's commit: {why}",
                "公開中のリリースのコミットの後に続くものではない: {why}"
            ),
            Mark::FutureOnly => say!(
                lang,
                "corrections that reach back are left to a later release",
                "遡及する訂正は後のリリースに含める"
            ),
            Mark::InForceFrom(instant) => {
                let instant = instant.said_exactly(lang);
                say!(lang, "in force from {instant}", "適用開始 {instant}")
            }
            Mark::Corrected(master, Correction { file, dated, reason, keys, .. }) => {
                let (keys, dated) = (keys.join(", "), said_day(dated, lang));
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
