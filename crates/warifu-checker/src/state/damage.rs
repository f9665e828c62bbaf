//! What is damaged on this checker's disk and keeps it from taking anything new, though it judges on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::said::Said;

/// Which part of what a checker stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DamagedPart {
    /// The record, `checker.json` and its copy.
    Record,
    /// What was trusted of the channel, `trusted/`.
    Trusted,
    /// The pinned root file.
    Root,
}

/// Something damaged: nothing new is taken until it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Damage {
    /// Which part.
    pub part: DamagedPart,
    /// What is wrong with it, and what goes on meanwhile.
    pub why: Said,
    /// What `warifu-checker repair` does about it, and from which copy.
    pub mending: Said,
}

impl Speak for Damage {
    fn say(&self, lang: Lang) -> String {
        let (why, mending) = (self.why.say(lang), self.mending.say(lang));
        say!(lang, "DAMAGED: {why}\n  repair {mending}", "破損: {why}\n  修復内容: {mending}")
    }
}
