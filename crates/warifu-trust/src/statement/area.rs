//! What an area of a fleet runs, as its organisation says it to the other: comparing two fleets needs no
//! trust between them, and no way from one into the other.

use serde::{Deserialize, Serialize};
use warifu_values::text::plain;

use crate::keys::{KeyCard, Signer};
use crate::metadata::ReleaseRef;
use crate::statement::receiver::{Receivers, sign_of};
use crate::statement::signed::StatementError;
use crate::time::UnixSeconds;

/// What an area runs. It decides nothing: whoever reads it compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaRuns {
    /// The area, as its organisation calls it.
    #[serde(deserialize_with = "plain")]
    pub area: String,
    /// When this was so, by the clock of who said it.
    pub at: UnixSeconds,
    /// The newest epoch of the area, settled or not.
    pub epoch: u64,
    /// What judges.
    pub release: ReleaseRef,
    /// Claims received from then on are judged by it.
    pub since: UnixSeconds,
    /// Its members.
    pub members: AreaMembers,
    /// What is under way.
    pub comes: Option<AreaComes>,
    /// Members that cannot go along with it, at most [`AreaRuns::NACKS`]; all are counted.
    pub nacks: Vec<AreaNack>,
}

/// How many members are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaMembers {
    /// All of them.
    pub all: u64,
    /// Those that judge by what judges in the area.
    pub at_it: u64,
    /// Those that judge by something else, or by nothing.
    pub behind: u64,
    /// Those that announce nothing.
    pub missing: u64,
    /// Those that cannot go along with what comes.
    pub refuse: u64,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaComes {
    /// Which release.
    pub release: ReleaseRef,
    /// From when on it judges, once that is decided.
    pub at: Option<UnixSeconds>,
}

/// A member that cannot go along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AreaNack {
    /// Its name.
    #[serde(deserialize_with = "plain")]
    pub member: String,
    /// Why, by its code.
    #[serde(deserialize_with = "plain")]
    pub code: String,
}

const AREA: &str = "urn:warifu:area:1";

impl AreaRuns {
    /// So many members are told of one by one.
    pub const NACKS: usize = 16;

    /// Its file: a DSSE envelope around an in-toto statement.
    ///
    /// # Errors
    ///
    /// [`StatementError::Signer`].
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, StatementError> {
        sign_of(self.release, AREA, self, signer)
    }

    /// Reads a file that one of `speakers` signed, and which of them; none when nobody of them did.
    pub fn verify<'a>(bytes: &[u8], speakers: &'a Receivers) -> Option<(AreaRuns, &'a KeyCard)> {
        let (release, runs, card): (_, AreaRuns, _) = speakers.verify(bytes, AREA)?;
        (runs.release == release && runs.nacks.len() <= AreaRuns::NACKS).then_some((runs, card))
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;
    use crate::keys::SecretKey;
    use crate::statement::{Receipt, Received};

    fn runs() -> AreaRuns {
        let release = ReleaseRef { release: 3, manifest: Digest::of(b"m") };
        AreaRuns {
            area: "東日本".into(),
            at: UnixSeconds::new(1_780_000_000),
            epoch: 7,
            release,
            since: UnixSeconds::new(1_779_000_000),
            members: AreaMembers { all: 12, at_it: 11, behind: 0, missing: 1, refuse: 0 },
            comes: Some(AreaComes { release: ReleaseRef { release: 4, ..release }, at: None }),
            nacks: vec![AreaNack { member: "checker-07".into(), code: "shadow".into() }],
        }
    }

    #[test]
    fn what_an_area_runs_is_its_signers_word_and_nothing_else() {
        let key = SecretKey::from_seed(&[7; 32]);
        let card = |seed: u8| KeyCard {
            organisation: None,
            name: format!("fleet {seed}"),
            public: SecretKey::from_seed(&[seed; 32]).public(),
        };
        let speakers = Receivers::of(vec![card(7)]).unwrap();
        let signed = runs().sign(&key).unwrap();
        assert_eq!(AreaRuns::verify(&signed, &speakers), Some((runs(), &card(7))));
        assert_eq!(AreaRuns::verify(&signed, &Receivers::of(vec![card(8)]).unwrap()), None, "another's key");
        let more = AreaRuns { nacks: vec![runs().nacks[0].clone(); AreaRuns::NACKS + 1], ..runs() };
        assert_eq!(AreaRuns::verify(&more.sign(&key).unwrap(), &speakers), None, "too many");
        let blank = AreaRuns { area: " ".into(), ..runs() };
        assert_eq!(AreaRuns::verify(&blank.sign(&key).unwrap(), &speakers), None, "no name");

        // One kind of word is not taken for another.
        let received = Received::Verified;
        let AreaRuns { release, at, .. } = runs();
        let receipt = Receipt { receiver: "fleet 7".into(), release, at, received }.sign(&key).unwrap();
        assert_eq!(AreaRuns::verify(&receipt, &speakers), None);
        assert_eq!(Receipt::verify(&signed, &speakers), None);
    }
}
