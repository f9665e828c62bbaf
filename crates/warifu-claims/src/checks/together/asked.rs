//! What the checks of procedures together are asked of, and how they tell.

use crate::checks::told::Told;
use crate::checks::uses::Uses;
use crate::file::Claim;
use crate::finding::When;
use crate::lookup::points::TablesOf;
use warifu_values::day::ClaimMonth;

/// Asked of the procedures of each claim together.
pub(in crate::checks) type OfTogether = fn(&Together<'_>, &mut dyn FnMut(Told<'_>));

/// The procedures of a claim, and the tables that judge its month.
pub(in crate::checks) struct Together<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) month: ClaimMonth,
    pub(super) uses: &'a Uses,
    pub(super) tables: TablesOf<'a>,
}

impl Together<'_> {
    /// The first of `days`, or the month where there is none.
    pub(super) fn when(&self, days: u32) -> When {
        let day = (days != 0).then(|| self.month.day(days.trailing_zeros() + 1)).flatten();
        day.map_or(When::Month(self.month), When::Day)
    }
}
