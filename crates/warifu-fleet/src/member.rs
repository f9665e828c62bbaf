//! Who belongs to an area: recorded, and apart from who is alive.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warifu_values::text;

/// The name of a member, unique in its area: plain text of at most 400 characters. Cheap to copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberName(Arc<str>);

/// The text is blank, too long or shows as something else than it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAName;

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a member: blank, too long, or with letters that do not show")
    }
}

impl std::error::Error for NotAName {}

impl MemberName {
    /// The member that is called `name`.
    ///
    /// # Errors
    ///
    /// When `name` does not show as what it is.
    pub fn new(name: &str) -> Result<Self, NotAName> {
        if text::is_plain(name) { Ok(MemberName(name.into())) } else { Err(NotAName) }
    }
}

impl TryFrom<String> for MemberName {
    type Error = NotAName;

    fn try_from(name: String) -> Result<Self, NotAName> {
        MemberName::new(&name)
    }
}

impl From<MemberName> for String {
    fn from(name: MemberName) -> String {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One start of a member's machine: its ticks hold for this boot only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootId(pub u64);

/// Who belongs to an area. *Voters* arm for each other; *followers* go along, and nobody waits for them. In a
/// large area few are voters: what a majority costs grows with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Lists")]
pub struct Members {
    voters: BTreeSet<MemberName>,
    followers: BTreeSet<MemberName>,
}

/// As it is stored.
#[derive(Deserialize)]
struct Lists {
    voters: BTreeSet<MemberName>,
    followers: BTreeSet<MemberName>,
}

/// Why lists are no members of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoMembers {
    /// Nobody votes.
    NoVoter,
    /// This one is both voter and follower.
    Twice(MemberName),
}

impl fmt::Display for NoMembers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoMembers::NoVoter => f.write_str("an area needs a voter"),
            NoMembers::Twice(name) => write!(f, "{name} is both voter and follower"),
        }
    }
}

impl std::error::Error for NoMembers {}

impl Members {
    /// An area of these.
    ///
    /// # Errors
    ///
    /// When nobody votes, or one is in both lists.
    pub fn new(voters: BTreeSet<MemberName>, followers: BTreeSet<MemberName>) -> Result<Self, NoMembers> {
        if voters.is_empty() {
            return Err(NoMembers::NoVoter);
        }
        match voters.intersection(&followers).next() {
            Some(both) => Err(NoMembers::Twice(both.clone())),
            None => Ok(Members { voters, followers }),
        }
    }

    /// Those of whom a majority arms.
    pub fn voters(&self) -> &BTreeSet<MemberName> {
        &self.voters
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = &MemberName> {
        self.voters.iter().chain(&self.followers)
    }

    /// Whether `name` belongs to the area.
    pub fn has(&self, name: &MemberName) -> bool {
        self.voters.contains(name) || self.followers.contains(name)
    }

    /// How many voters are a majority: any two majorities have one in common.
    pub fn majority(&self) -> usize {
        self.voters.len() / 2 + 1
    }

    /// How many voters must be known not to do a thing, so that no majority does it.
    pub fn blocking(&self) -> usize {
        self.voters.len() - self.majority() + 1
    }

    /// How many votes differ from those of `other`.
    pub fn votes_apart(&self, other: &Members) -> usize {
        self.voters.symmetric_difference(&other.voters).count()
    }
}

impl TryFrom<Lists> for Members {
    type Error = NoMembers;

    fn try_from(Lists { voters, followers }: Lists) -> Result<Self, NoMembers> {
        Members::new(voters, followers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> BTreeSet<MemberName> {
        (0..count).map(|at| MemberName::new(&format!("n{at}")).unwrap()).collect()
    }

    #[test]
    fn two_majorities_meet_and_a_blocking_set_leaves_none() {
        for count in 1..40 {
            let members = Members::new(names(count), BTreeSet::new()).unwrap();
            assert!(2 * members.majority() > count);
            assert!(count - members.blocking() < members.majority());
            assert!(count - (members.blocking() - 1) >= members.majority());
            // After one vote more, majorities of both lists still meet.
            let more = Members::new(names(count + 1), BTreeSet::new()).unwrap();
            assert!(members.majority() + more.majority() > count + 1);
            assert_eq!(members.votes_apart(&more), 1);
        }
    }

    #[test]
    fn lists_that_are_no_area_are_refused() {
        assert_eq!(Members::new(BTreeSet::new(), names(2)), Err(NoMembers::NoVoter));
        assert!(matches!(Members::new(names(2), names(1)), Err(NoMembers::Twice(_))));
        assert!(serde_json::from_str::<Members>(r#"{"voters":[],"followers":[]}"#).is_err());
        assert!(MemberName::new("a\u{202e}b").is_err());
    }
}
