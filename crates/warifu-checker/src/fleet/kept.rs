//! What a member finds again after a crash: `fleet.json` in its state directory. It is there before anybody
//! hears of what is new in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warifu_fleet::member::MemberName;
use warifu_fleet::node;

use crate::said::Said;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// In which area.
    pub(super) area: String,
    /// Of whom.
    pub(super) name: MemberName,
    /// What it gave its word for.
    pub(super) node: node::Kept,
    /// Where other members were last: with a dead store a member that starts asks there.
    #[serde(default)]
    pub(super) addresses: BTreeMap<MemberName, String>,
}

impl Kept {
    /// Nothing yet.
    pub(super) fn none(area: &str, name: &MemberName) -> Kept {
        Kept {
            area: area.to_owned(),
            name: name.clone(),
            node: node::Kept::default(),
            addresses: BTreeMap::new(),
        }
    }

    /// What `bytes` say, of this member alone: with another's word it would break both.
    ///
    /// # Errors
    /// It is of another member, or nothing that can be read. A member that forgot what it gave its word for
    /// could let two releases judge one instant, so nothing is guessed.
    pub(super) fn read(bytes: &[u8], area: &str, name: &MemberName) -> Result<Kept, Said> {
        let kept: Kept = serde_json::from_slice(bytes).map_err(|error| {
            Said::about(
                "fleet.json in the state directory is damaged; a member that lost it takes another name in \
                 its area (fleet members)",
                "状態フォルダーの fleet.json が破損しています。失ったメンバーは、エリア内で別の名前にしてください（fleet members）",
                &error,
            )
        })?;
        if kept.area == area && kept.name == *name {
            return Ok(kept);
        }
        Err(Said::new(
            format!(
                "fleet.json in the state directory is of {} in {}, not of {name} in {area}",
                kept.name, kept.area
            ),
            format!(
                "状態フォルダーの fleet.json はエリア {} の {} のもので、エリア {area} の {name} のものではありません",
                kept.area, kept.name
            ),
        ))
    }

    /// As it is written.
    ///
    /// # Errors
    /// It cannot be.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Said> {
        serde_json::to_vec(self).map_err(|error| Said::about("fleet.json", "fleet.json", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_another_is_not_taken_for_ones_own() {
        let name = |name: &str| MemberName::new(name).unwrap();
        let kept = Kept::none("east", &name("n1"));
        let bytes = kept.bytes().unwrap();
        assert_eq!(Kept::read(&bytes, "east", &name("n1")), Ok(kept));
        assert!(Kept::read(&bytes, "west", &name("n1")).unwrap_err().en.contains("n1 in east"));
        assert!(Kept::read(&bytes, "east", &name("n2")).is_err());
        assert!(Kept::read(&bytes[1..], "east", &name("n1")).unwrap_err().en.contains("damaged"));
    }
}
