//! What is configured of the gates that a release comes through.

use warifu_claims::movement::Enough;

/// The gates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates {
    /// What must be seen of a release on probation before it is confirmed, when nothing speaks against it.
    pub probation: Enough,
}

impl Default for Gates {
    fn default() -> Self {
        Gates { probation: Enough { files: 50, institutions: 2, uses: 300 } }
    }
}

impl Gates {
    /// What the replay must see to say more than that it saw too little; fewer files may hold as much.
    pub fn replay(&self) -> Enough {
        Enough { files: 1, ..self.probation }
    }
}
