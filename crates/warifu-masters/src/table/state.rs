//! A state: what a master is after a full and its differentials.

use std::ops::Deref;

use super::Master;
use warifu_values::judgement::Basis;

/// A master as a repository, a release and a checker hold it, with what it was made of.
///
/// A state made of differentials is neither a full nor a differential: it has every record, and may have
/// blanks that no full has (see [`fields::check_state`](super::fields::check_state)).
#[derive(Debug, Clone)]
pub struct State {
    master: Master,
    basis: Basis,
}

impl State {
    /// A state of these records, made of what `basis` says.
    pub fn new(master: Master, basis: Basis) -> State {
        State { master, basis }
    }

    /// The state of these records that a differential makes of this one.
    pub fn followed_by(&self, master: Master) -> State {
        let full_columns = match self.basis {
            Basis::Full => self.layout().width() as u32,
            Basis::Differentials { full_columns } => full_columns,
        };
        State { master, basis: Basis::Differentials { full_columns } }
    }

    /// What it was made of.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// The records.
    pub fn master(&self) -> &Master {
        &self.master
    }
}

impl Deref for State {
    type Target = Master;

    fn deref(&self) -> &Master {
        &self.master
    }
}
