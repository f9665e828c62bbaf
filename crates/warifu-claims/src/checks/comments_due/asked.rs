//! What the checks of comments that are due are asked of.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::checks::told::Told;
use crate::checks::uses::{Use, Uses};
use crate::checks::wrong::{Shown, Wrong};
use crate::file::Claim;
use crate::finding::{ClaimCode, When};
use crate::item_code::ItemCode;
use crate::lookup::Snapshot;
use crate::lookup::relation::Relation;
use crate::lookup::rows::{ByCode, Standing};
use warifu_values::day::ClaimMonth;

/// Asked of each claim; the codes that a check asks about are filled in by it.
pub(in crate::checks) type OfCommentsDue = fn(&Wanting<'_>, &mut Uses, &mut dyn FnMut(Told<'_>));

/// A claim, and the table that says which comments it wants.
pub(in crate::checks) struct Wanting<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) month: ClaimMonth,
    pub(super) snapshot: &'a Snapshot,
    pub(super) relations: Standing<'a, ByCode<Relation>>,
    /// The comments of the claim, once somebody asked for one of very many.
    comments: OnceCell<HashSet<ItemCode>>,
}

/// So many items are walked for each comment that is asked for: more than nearly all claims have. Of claims
/// of more the comments are gathered once, which takes memory.
const WALKED: usize = 256;

impl<'a> Wanting<'a> {
    pub(super) fn new(
        claim: &'a Claim<'a>,
        month: ClaimMonth,
        snapshot: &'a Snapshot,
        relations: Standing<'a, ByCode<Relation>>,
    ) -> Self {
        Wanting { claim, month, snapshot, relations, comments: OnceCell::new() }
    }

    /// Whether the comment stands somewhere in the claim.
    pub(super) fn has(&self, comment: ItemCode) -> bool {
        let all = || self.claim.items.iter().flat_map(|item| self.claim.comments(item));
        if self.claim.items.len() <= WALKED {
            return all().any(|one| one.code == Some(comment));
        }
        self.comments.get_or_init(|| all().filter_map(|one| one.code).collect()).contains(&comment)
    }

    /// Whether the row holds on every day of `one`.
    pub(super) fn holds(&self, row: &Relation, one: &Use) -> bool {
        let days = row.days.of_month(self.month);
        one.is_within(days, u32::MAX >> (32 - self.month.days()))
    }

    /// That `one` lacks a comment: the first of `rows` that holds on every day of it, where one does.
    pub(super) fn lacks(&self, code: ClaimCode, rows: &[Relation], one: &Use) -> Option<Told<'a>> {
        let first = rows.iter().find(|row| self.holds(row, one))?;
        let wrong = Wrong { code, found: Shown::Code(one.code), expected: Shown::Code(first.comment) };
        Some(Told { wrong, of: *one, when: self.when(one), series: self.relations.series })
    }

    /// The first day of `one`, or the month where it tells none.
    fn when(&self, one: &Use) -> When {
        let day = (one.days != 0).then(|| self.month.day(one.days.trailing_zeros() + 1)).flatten();
        day.map_or(When::Month(self.month), When::Day)
    }
}
