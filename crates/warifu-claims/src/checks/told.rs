//! What a check says of a code of a claim, and where that lies.

use std::sync::Arc;

use super::check::About;
use super::report::{Place, Report};
use super::uses::Use;
use super::wrong::Wrong;
use crate::file::Claim;
use crate::finding::When;
use crate::item_code::ItemKind;
use crate::lookup::{By, Lookup, Snapshot};

/// What is wrong with a code beside the others of its claim.
pub(super) struct Told<'a> {
    pub(super) wrong: Wrong,
    /// The one that it is told of.
    pub(super) of: Use,
    pub(super) when: When,
    /// The series of the table that says so.
    pub(super) series: &'a Arc<str>,
}

impl Told<'_> {
    /// Reports it of its item in `claim`, by the name that the code has in `snapshot`.
    #[cold]
    pub(super) fn report(
        self,
        about: &About,
        claim: &Claim<'_>,
        snapshot: &Snapshot,
        report: &mut Report<'_>,
    ) {
        let Told { wrong, of, when, series } = self;
        let Some(item) = claim.items.get(of.item as usize) else { return };
        let on = match when {
            When::Day(day) => day,
            When::Month(month) => month.first(),
        };
        let name = match item.kind {
            ItemKind::Drug => name(snapshot.drug(of.number(), on)),
            _ => name(snapshot.procedure(of.number(), on)),
        };
        let place = Place {
            claim: claim.number,
            line: item.line,
            record: item.kind.record(),
            item: Some(of.code),
            when: Some(when),
            by: Some(By { series, name }),
        };
        report.take(about, wrong, place);
    }
}

fn name<F>(lookup: Lookup<'_, F>) -> Option<&str> {
    match lookup {
        Lookup::InForce(held) => Some(held.name()),
        Lookup::Absent(_, by) => by.and_then(|by| by.name),
    }
}
