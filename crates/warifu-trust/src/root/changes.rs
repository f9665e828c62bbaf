//! What a root changes against the one before, for the officers who are to sign it.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::root::summary::{RootKey, RootPower, RootSummary};
use crate::time::UnixSeconds;

/// One thing that a root changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootChange {
    /// A key may no longer do this.
    Removed {
        /// What.
        power: RootPower,
        /// Whose.
        name: String,
        /// Which, to be read out.
        fingerprint: String,
    },
    /// Fewer have to sign.
    Lowered {
        /// What.
        power: RootPower,
        /// How many had to.
        from: u32,
        /// How many have to.
        to: u32,
    },
    /// A key may do this from now on.
    Added {
        /// What.
        power: RootPower,
        /// Whose.
        name: String,
        /// Which, to be read out.
        fingerprint: String,
    },
    /// The holder of a key is called otherwise.
    Renamed {
        /// Which key, to be read out.
        fingerprint: String,
        /// As it was.
        from: String,
        /// As it is.
        to: String,
    },
    /// More have to sign.
    Raised {
        /// What.
        power: RootPower,
        /// How many had to.
        from: u32,
        /// How many have to.
        to: u32,
    },
    /// It holds until another instant.
    Expires {
        /// As it was.
        from: UnixSeconds,
        /// As it is.
        to: UnixSeconds,
    },
}

impl RootChange {
    /// What is taken away or made easier comes first.
    fn rank(&self) -> u8 {
        match self {
            RootChange::Removed { .. } => 0,
            RootChange::Lowered { .. } => 1,
            RootChange::Added { .. } => 2,
            RootChange::Renamed { .. } => 3,
            RootChange::Raised { .. } => 4,
            RootChange::Expires { .. } => 5,
        }
    }
}

impl RootSummary {
    /// What it changes against the root `before`: removals and lowered thresholds first.
    pub fn changes_from(&self, before: &RootSummary) -> Vec<RootChange> {
        let mut found = Vec::new();
        let key = |of: &RootSummary, one: &RootKey| {
            of.keys.iter().find(|other| other.fingerprint == one.fingerprint).cloned()
        };
        let may = |key: &Option<RootKey>, power| key.as_ref().is_some_and(|key| key.may.contains(&power));
        for power in RootPower::ALL {
            for old in before.keys.iter().filter(|old| old.may.contains(&power)) {
                if !may(&key(self, old), power) {
                    let (name, fingerprint) = (old.name.clone(), old.fingerprint.clone());
                    found.push(RootChange::Removed { power, name, fingerprint });
                }
            }
            for new in self.keys.iter().filter(|new| new.may.contains(&power)) {
                if !may(&key(before, new), power) {
                    let (name, fingerprint) = (new.name.clone(), new.fingerprint.clone());
                    found.push(RootChange::Added { power, name, fingerprint });
                }
            }
            let (from, to) = (before.threshold(power), self.threshold(power));
            match to.cmp(&from) {
                std::cmp::Ordering::Less => found.push(RootChange::Lowered { power, from, to }),
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => found.push(RootChange::Raised { power, from, to }),
            }
        }
        for new in &self.keys {
            if let Some(old) = key(before, new).filter(|old| old.name != new.name) {
                let (fingerprint, from, to) = (new.fingerprint.clone(), old.name, new.name.clone());
                found.push(RootChange::Renamed { fingerprint, from, to });
            }
        }
        if self.expires != before.expires {
            found.push(RootChange::Expires { from: before.expires, to: self.expires });
        }
        found.sort_by_key(RootChange::rank);
        found
    }
}

impl RootChange {
    /// A name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            RootChange::Removed { .. } => "removed",
            RootChange::Lowered { .. } => "lowered",
            RootChange::Added { .. } => "added",
            RootChange::Renamed { .. } => "renamed",
            RootChange::Raised { .. } => "raised",
            RootChange::Expires { .. } => "expires",
        }
    }
}

impl Speak for RootChange {
    fn say(&self, lang: Lang) -> String {
        match self {
            RootChange::Removed { power, name, fingerprint } => {
                let power = power.say(lang);
                say!(
                    lang,
                    "REMOVED from {power}: {name} ({fingerprint})",
                    "削除: {power}から {name}（{fingerprint}）"
                )
            }
            RootChange::Lowered { power, from, to } => {
                let power = power.say(lang);
                say!(
                    lang,
                    "LOWERED: {power} takes {to} signatures instead of {from}",
                    "引下げ: {power}の必要署名数 {from} → {to}"
                )
            }
            RootChange::Added { power, name, fingerprint } => {
                let power = power.say(lang);
                say!(
                    lang,
                    "added to {power}: {name} ({fingerprint})",
                    "追加: {power}に {name}（{fingerprint}）"
                )
            }
            RootChange::Renamed { fingerprint, from, to } => say!(
                lang,
                "the holder of {fingerprint} is called {to} instead of {from}",
                "鍵 {fingerprint} の保持者名: {from} → {to}"
            ),
            RootChange::Raised { power, from, to } => {
                let power = power.say(lang);
                say!(
                    lang,
                    "raised: {power} takes {to} signatures instead of {from}",
                    "引上げ: {power}の必要署名数 {from} → {to}"
                )
            }
            RootChange::Expires { from, to } => {
                let (from, to) = (from.said_exactly(lang), to.said_exactly(lang));
                say!(lang, "holds until {to} instead of {from}", "有効期限: {from} → {to}")
            }
        }
    }
}
