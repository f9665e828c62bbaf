//! The two organisations, and a value for each of them.

use std::fmt;

use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// One of the two organisations that must both sign a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Organisation {
    /// 社会保険診療報酬支払基金, the author's half (TUF role `targets`).
    Kikin,
    /// 国民健康保険中央会, the approver's half (TUF role `snapshot`).
    Kokuho,
}

impl Organisation {
    /// Both, in the order in which they sign.
    pub const BOTH: [Organisation; 2] = [Organisation::Kikin, Organisation::Kokuho];

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Organisation::Kikin => Organisation::Kokuho,
            Organisation::Kokuho => Organisation::Kikin,
        }
    }

    /// The word for it in files and on the command line: `kikin`, `kokuho`.
    pub fn word(self) -> &'static str {
        match self {
            Organisation::Kikin => "kikin",
            Organisation::Kokuho => "kokuho",
        }
    }

    /// The TUF role that this organisation's release signers hold.
    pub(crate) fn role(self) -> &'static str {
        match self {
            Organisation::Kikin => "targets",
            Organisation::Kokuho => "snapshot",
        }
    }
}

impl fmt::Display for Organisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl Speak for Organisation {
    fn say(&self, lang: Lang) -> String {
        match self {
            Organisation::Kikin => say!(lang, "Kikin", "支払基金"),
            Organisation::Kokuho => say!(lang, "Kokuho", "国保中央会"),
        }
    }
}

/// One value per organisation. There is no way to say "two of either".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerOrganisation<T> {
    /// Kikin's.
    pub kikin: T,
    /// Kokuho's.
    pub kokuho: T,
}

impl<T> PerOrganisation<T> {
    /// Asks `make` once for each organisation, Kikin first.
    pub fn from_fn(mut make: impl FnMut(Organisation) -> T) -> Self {
        PerOrganisation { kikin: make(Organisation::Kikin), kokuho: make(Organisation::Kokuho) }
    }

    /// The value of `organisation`.
    pub fn of(&self, organisation: Organisation) -> &T {
        match organisation {
            Organisation::Kikin => &self.kikin,
            Organisation::Kokuho => &self.kokuho,
        }
    }

    /// The value of `organisation`, to change.
    pub fn of_mut(&mut self, organisation: Organisation) -> &mut T {
        match organisation {
            Organisation::Kikin => &mut self.kikin,
            Organisation::Kokuho => &mut self.kokuho,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_under_its_organisation() {
        let words = PerOrganisation::from_fn(Organisation::word);
        assert_eq!(*words.of(Organisation::Kikin), "kikin");
        assert_eq!(*words.of(Organisation::Kikin.other()), "kokuho");
    }
}
