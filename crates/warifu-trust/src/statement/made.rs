//! A statement as people read it: who says what, when and why.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::keys::KeyId;
use crate::organisation::Organisation;
use crate::statement::says::Says;
use crate::time::UnixSeconds;

/// A statement that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Who says it.
    pub organisation: Organisation,
    /// What.
    pub says: Says,
    /// When, by the clock of whoever signed.
    pub at: UnixSeconds,
    /// Why; of a review, what was found.
    pub reason: String,
    /// The person who signed for the organisation.
    pub by: String,
    /// That person's key.
    pub key: KeyId,
}

impl Speak for Made {
    fn say(&self, lang: Lang) -> String {
        let Made { organisation, says, at, reason, by, .. } = self;
        let (organisation, says, at) = (organisation.say(lang), says.say(lang), at.said_exactly(lang));
        let what = match self.says {
            Says::Reviewed { .. } => say!(lang, "Found", "確認結果"),
            Says::Withdrawn { .. } | Says::Revoked { .. } => say!(lang, "Reason", "理由"),
        };
        say!(
            lang,
            "{organisation} ({by}, {at}) says: {says}. {what}: {reason}",
            "{organisation}（{by}、{at}）: {says}。{what}: {reason}"
        )
    }
}
