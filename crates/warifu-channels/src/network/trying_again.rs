//! What is told while a place does not answer and is asked again: who waits sees that, and for how long.

use std::time::Duration;

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::fault::Fault;

/// A place did not answer, and is asked again.
#[derive(Debug)]
pub struct TryingAgain<'a> {
    /// The place, without credentials.
    pub place: &'a str,
    /// What it did instead.
    pub fault: &'a Fault,
    /// It is given up after so long without an answer.
    pub within: Duration,
}

impl Speak for TryingAgain<'_> {
    fn say(&self, lang: Lang) -> String {
        let TryingAgain { place, fault, within } = self;
        let seconds = within.as_secs().max(1);
        let what = match fault {
            Fault::NoAnswer { why } => {
                let why = why.say(lang);
                say!(lang, "no answer yet ({why})", "まだ応答がありません（{why}）")
            }
            Fault::Status { status } => say!(lang, "status {status}", "ステータス {status}"),
            fault => fault.say(lang),
        };
        say!(
            lang,
            "{place}: {what}; trying again for {seconds} more seconds at most",
            "{place}: {what}。あと最大 {seconds} 秒、再試行します"
        )
    }
}
