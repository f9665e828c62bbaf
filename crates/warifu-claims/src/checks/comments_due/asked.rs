//! What the checks of comments that are due are asked of.

use crate::checks::told::Told;
use crate::checks::uses::Use;
use crate::file::{Claim, ItemCode};
use crate::finding::When;
use crate::lookup::Snapshot;
use crate::lookup::relation::Relation;
use crate::lookup::rows::{ByCode, Standing};
use warifu_values::day::ClaimMonth;

/// Asked of each claim.
pub(in crate::checks) type OfCommentsDue = fn(&Wanting<'_>, &mut dyn FnMut(Told<'_>));

/// A claim, and the table that says which comments it wants.
pub(in crate::checks) struct Wanting<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) month: ClaimMonth,
    pub(super) snapshot: &'a Snapshot,
    pub(super) relations: Standing<'a, ByCode<Relation>>,
}

impl Wanting<'_> {
    /// Whether the comment stands somewhere in the claim.
    pub(super) fn has(&self, comment: ItemCode) -> bool {
        let comments = self.claim.items.iter().flat_map(|item| self.claim.comments(item));
        comments.into_iter().any(|one| one.code == Some(comment))
    }

    /// Whether the row holds on every day of `one`.
    pub(super) fn holds(&self, row: &Relation, one: &Use) -> bool {
        let days = row.days.of_month(self.month);
        one.is_within(days, u32::MAX >> (32 - self.month.days()))
    }

    /// The first day of `one`, or the month where it tells none.
    pub(super) fn when(&self, one: &Use) -> When {
        let day = (one.days != 0).then(|| self.month.day(one.days.trailing_zeros() + 1)).flatten();
        day.map_or(When::Month(self.month), When::Day)
    }
}
