//! How many signed of how many needed.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// How many of the signatures that are needed hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Distinct keys of the role with a signature that holds.
    pub have: u32,
    /// The role's threshold.
    pub need: u32,
}

impl Tally {
    /// Whether there are enough.
    pub fn holds(self) -> bool {
        self.need > 0 && self.have >= self.need
    }
}

impl Speak for Tally {
    fn say(&self, lang: Lang) -> String {
        let Tally { have, need } = self;
        say!(lang, "{have} of {need}", "{have}/{need}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_english_stands_in_a_japanese_tally() {
        let tally = Tally { have: 1, need: 2 };
        assert_eq!((tally.say(Lang::En).as_str(), tally.say(Lang::Ja).as_str()), ("1 of 2", "1/2"));
    }
}
