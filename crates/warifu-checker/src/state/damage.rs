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

impl DamagedPart {
    /// In a word.
    pub fn word(self) -> Said {
        match self {
            DamagedPart::Record => Said::new("the record", "記録"),
            DamagedPart::Trusted => Said::new("what was trusted (trusted/)", "信頼情報（trusted/）"),
            DamagedPart::Root => Said::new("the pinned root file", "ルートファイル"),
        }
    }
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

impl DamagedPart {
    /// Whether what was heard of withdrawals is out of reach while it is damaged.
    pub fn tells_of_withdrawals(self) -> bool {
        match self {
            DamagedPart::Trusted | DamagedPart::Root => true,
            DamagedPart::Record => false,
        }
    }
}

/// That nobody here knows whether what runs was withdrawn, and whom to ask.
pub(crate) fn withdrawn_or_not() -> Said {
    Said::new(
        "until what is damaged is mended it is not known here whether what runs was withdrawn: ask both \
         organisations",
        "破損を修復するまで、稼働中のリリースが取り下げられたかはここでは分かりません。両団体に確認してください",
    )
}

impl Damage {
    /// For people: that nothing new is taken, and by which steps that ends. Frozen first, so that nothing is
    /// taken the moment it is mended and before somebody has seen it.
    pub fn what_to_do() -> Said {
        Said::new(
            "nothing new is taken until it is mended, in this order: warifu-checker freeze --reason …, \
             warifu-checker repair --reason …, and warifu-checker thaw --reason … once what the channel \
             offers was compared by voice with both sides",
            "修復するまで新しいリリースは受け入れません。warifu-checker freeze --reason （理由）で凍結し、\
             warifu-checker repair --reason （理由）で修復し、配信元のリリースを両団体と口頭で照合してから \
             warifu-checker thaw --reason （理由）で凍結を解除してください",
        )
    }

    /// The same, where only root can mend it.
    pub fn what_root_does() -> Said {
        Said::new(
            "nothing new is taken until root has mended it, in this order: warifu-checker freeze --reason …, \
             then by hand as told under repair, and warifu-checker thaw --reason … once what the channel \
             offers was compared by voice with both sides",
            "修復するまで新しいリリースは受け入れません。warifu-checker freeze --reason （理由）で凍結し、修復内容の\
             とおりに root が手作業で直し、配信元のリリースを両団体と口頭で照合してから warifu-checker thaw --reason （理由）\
             で凍結を解除してください",
        )
    }
}

impl Speak for Damage {
    fn say(&self, lang: Lang) -> String {
        let (why, mending) = (self.why.say(lang), self.mending.say(lang));
        say!(lang, "DAMAGED: {why}\n  repair {mending}", "破損: {why}\n  修復内容: {mending}")
    }
}
