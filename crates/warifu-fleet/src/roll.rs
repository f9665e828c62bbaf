//! Who belongs to an area changes one vote at a time, and when a majority of the voters has seen the list
//! before: then each majority of a list that somebody still goes by has a member in common with each majority
//! of the newest, and whoever asks it learns of the newer list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::desired::{Cause, Desired, NoStep, Seen};
use crate::member::{MemberName, Members};
use crate::report::Report;

/// Why the members of an area do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// So many voters more must have seen the present list.
    NotSeen(usize),
    /// The record cannot change so.
    Step(NoStep),
}

impl fmt::Display for NotChanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotChanged::NotSeen(missing) => {
                write!(f, "{missing} voters more must have seen who belongs to the area now")
            }
            NotChanged::Step(_) => f.write_str("the members of the area cannot change now"),
        }
    }
}

impl std::error::Error for NotChanged {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            NotChanged::NotSeen(_) => None,
            NotChanged::Step(step) => Some(step),
        }
    }
}

/// The record with other members, to be written at the revision of `seen`. `off` are voters of whom the
/// person who causes this knows that they are switched off: they go by no list.
///
/// # Errors
///
/// When no majority has seen the present list, by `reports` whose leases hold; when something is under way,
/// or several votes change.
pub fn change_members(
    seen: &Seen,
    members: Members,
    reports: &BTreeMap<MemberName, Report>,
    off: &BTreeSet<MemberName>,
    cause: Cause,
) -> Result<Desired, NotChanged> {
    let present = seen.record.members();
    let has_seen = |member: &&MemberName| {
        off.contains(*member) || reports.get(*member).is_some_and(|report| report.seen >= seen.revision)
    };
    let have_seen = present.voters().iter().filter(has_seen).count();
    match present.majority().saturating_sub(have_seen) {
        0 => seen.record.with_members(members, cause).map_err(NotChanged::Step),
        missing => Err(NotChanged::NotSeen(missing)),
    }
}
