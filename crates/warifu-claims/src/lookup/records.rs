//! What is kept of records while a shelf is built, each once.

use super::facts::Facts;

/// The records of all codes so far.
pub(super) struct Records<F> {
    pub(super) facts: Vec<F>,
    /// Where the name of each begins and ends.
    pub(super) named: Vec<(u32, u32)>,
    pub(super) names: String,
    /// The first one of the code at hand.
    begin: usize,
}

impl<F> Default for Records<F> {
    fn default() -> Self {
        Records { facts: Vec::new(), named: Vec::new(), names: String::new(), begin: 0 }
    }
}

impl<F: Facts> Records<F> {
    /// The records of another code follow.
    pub(super) fn begin_code(&mut self) {
        self.begin = self.facts.len();
    }

    /// The number of the record; one of the code at hand that differs in nothing is the same record.
    pub(super) fn place(&mut self, facts: F, name: &str) -> u32 {
        let named = self.named[self.begin..].iter().copied();
        let named = named.clone().find(|(from, to)| &self.names[*from as usize..*to as usize] == name);
        let of_code = self.begin..self.facts.len();
        let same = |at: &usize| Some(self.named[*at]) == named && self.facts[*at] == facts;
        if let Some(at) = of_code.clone().find(same) {
            return at as u32;
        }
        let named = named.unwrap_or_else(|| {
            let from = self.names.len() as u32;
            self.names.push_str(name);
            (from, self.names.len() as u32)
        });
        self.facts.push(facts);
        self.named.push(named);
        (self.facts.len() - 1) as u32
    }
}
