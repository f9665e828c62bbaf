//! What is kept of records while a shelf is built, each once.

use super::facts::Facts;
use super::names::Names;

/// The records of all codes so far.
pub(super) struct Records<F> {
    pub(super) facts: Vec<F>,
    pub(super) names: Names,
    /// The first one of the code at hand.
    begin: usize,
}

impl<F> Default for Records<F> {
    fn default() -> Self {
        Records { facts: Vec::new(), names: Names::default(), begin: 0 }
    }
}

impl<F: Facts> Records<F> {
    /// The records of another code follow.
    pub(super) fn begin_code(&mut self) {
        self.begin = self.facts.len();
    }

    /// The number of the record; one of the code at hand that differs in nothing is the same record.
    pub(super) fn place(&mut self, facts: F, name: &str) -> u32 {
        let known = self.names.place_of(name, self.begin);
        let mut of_code = self.begin..self.facts.len();
        let is_same = |at: &usize| Some(self.names.place(*at)) == known && self.facts[*at] == facts;
        if let Some(at) = of_code.find(is_same) {
            return at as u32;
        }
        let place = known.unwrap_or_else(|| self.names.write(name));
        self.facts.push(facts);
        self.names.push(place);
        (self.facts.len() - 1) as u32
    }
}
