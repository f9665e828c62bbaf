//! Who armed: a member that armed has promised to follow the commit, and proved that its instant lies further
//! ahead than any permission that was given before it. Each leaves a key in the store, which has no lease: a
//! member that dies has armed all the same.

use crate::member::Members;
use crate::release::{Epoch, Revision};

/// The keys of one epoch, as one read of the store saw them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmedView {
    /// For the commit of this epoch.
    pub epoch: Epoch,
    /// So many voters armed.
    pub count: usize,
    /// The revision of the store at which they were counted.
    pub as_of: Revision,
}

/// A majority armed: it stays so, whoever dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Majority(Epoch);

/// No majority had armed at this revision. It is a proof together with a write that fails where a key came
/// after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMajority {
    epoch: Epoch,
    as_of: Revision,
}

impl ArmedView {
    /// Whether a majority of `members` armed.
    ///
    /// # Errors
    ///
    /// When none did, as far as was seen.
    pub fn majority(&self, members: &Members) -> Result<Majority, NoMajority> {
        match self.count >= members.majority() {
            true => Ok(Majority(self.epoch)),
            false => Err(NoMajority { epoch: self.epoch, as_of: self.as_of }),
        }
    }
}

impl Majority {
    /// For which epoch.
    pub fn epoch(&self) -> Epoch {
        self.0
    }
}

impl NoMajority {
    /// For which epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// When it was so.
    pub fn as_of(&self) -> Revision {
        self.as_of
    }
}
