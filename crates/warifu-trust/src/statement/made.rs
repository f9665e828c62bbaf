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
    /// Why.
    pub reason: String,
    /// The person who signed for the organisation.
    pub by: String,
    /// That person's key.
    pub key: KeyId,
}

impl Speak for Made {
    fn say(&self, lang: Lang) -> String {
        let Made { organisation, says, at, reason, by, .. } = self;
        let (organisation, says) = (organisation.say(lang), says.say(lang));
        say!(
            lang,
            "{organisation} ({by}, {at}) says: {says}. Reason: {reason}",
            "{organisation}（{by}、{at}）: {says}。理由: {reason}"
        )
    }
}
