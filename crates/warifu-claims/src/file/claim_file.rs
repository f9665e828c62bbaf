//! A claim file as a value: what the checks ask of it, read once and judged by as many snapshots as wanted.
//!
//! It holds codes, days, points and quantities, already read, and what is irregular about the file itself. It
//! holds nothing else of the bytes it came from: no name and no text of a patient.

use std::ops::Range;

use warifu_values::day::ClaimMonth;

use super::irregular::{Irregularities, Irregularity};
use super::item::{Comment, CommentsAt, Item};
use crate::finding::{ClaimCode, ClaimFindings};

/// One claim: an RE and the items after it.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'f> {
    /// Its number in the file (RE field 2).
    pub number: Option<u32>,
    /// The line of its RE.
    pub line: u32,
    /// The treatment month; `None` when it cannot be read, which is a finding.
    pub month: Option<ClaimMonth>,
    /// Its items in order.
    pub items: &'f [Item],
    comments: &'f [Comment],
}

impl<'f> Claim<'f> {
    /// The comments of one of its items, in order; a CO record is itself one.
    #[inline]
    pub fn comments(&self, item: &Item) -> &'f [Comment] {
        let first = item.comments.first as usize;
        self.comments.get(first..first + usize::from(item.comments.count)).unwrap_or_default()
    }
}

/// One GO (診療報酬請求書): what it says of the claims before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Its line, from 1.
    pub line: u32,
    /// How many claims it says there are (総件数).
    pub recorded: u32,
    /// How many stand before it in the file.
    pub read: u32,
}

/// A claim's facts, and where its part of the three lists ends.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    number: Option<u32>,
    line: u32,
    month: Option<ClaimMonth>,
    items: usize,
    irregularities: usize,
}

/// A claim file, read: [`ClaimFile::read`] makes it.
#[derive(Debug, Default)]
pub struct ClaimFile {
    claims: Vec<Bounds>,
    items: Vec<Item>,
    comments: Vec<Comment>,
    totals: Vec<Total>,
    irregularities: Irregularities,
}

impl ClaimFile {
    /// How many claims it holds.
    pub fn claim_count(&self) -> usize {
        self.claims.len()
    }

    /// The claims in order.
    pub fn claims(&self) -> impl Iterator<Item = Claim<'_>> {
        self.parts().map(|(claim, _)| claim)
    }

    /// What each GO says, in order; one that says no number says nothing.
    pub fn totals(&self) -> &[Total] {
        &self.totals
    }

    /// What is irregular about the form of the file, in its order; up to a limit.
    pub fn irregularities(&self) -> &[Irregularity] {
        self.irregularities.list()
    }

    /// Each claim with what was irregular up to its end and after the end of the one before.
    fn parts(&self) -> impl Iterator<Item = (Claim<'_>, Range<usize>)> {
        let (mut items, mut irregularities) = (0, 0);
        self.claims.iter().map(move |bounds| {
            let Bounds { number, line, month, .. } = *bounds;
            let of_claim = self.items.get(items..bounds.items).unwrap_or_default();
            let claim = Claim { number, line, month, items: of_claim, comments: &self.comments };
            let odd = irregularities..bounds.irregularities;
            (items, irregularities) = (bounds.items, bounds.irregularities);
            (claim, odd)
        })
    }

    /// Goes through the file in its order: what is irregular goes to `findings` as told by `release`, and
    /// `judge` gets each claim between.
    pub(crate) fn go_through(
        &self,
        release: u64,
        findings: &mut ClaimFindings,
        mut judge: impl FnMut(&Claim<'_>, &mut ClaimFindings),
    ) {
        let mut told = 0;
        for (claim, odd) in self.parts() {
            self.irregularities.tell(odd.start, odd.end, release, findings);
            told = odd.end;
            judge(&claim, findings);
        }
        self.irregularities.tell(told, self.irregularities.list().len(), release, findings);
        self.irregularities.count(findings);
    }

    /// Makes room for what a file of so many bytes usually holds.
    pub(super) fn for_bytes(bytes: usize) -> ClaimFile {
        // A record of an item has at least 43 commas.
        ClaimFile { items: Vec::with_capacity(bytes / 64), ..ClaimFile::default() }
    }

    pub(super) fn push_item(&mut self, mut item: Item, comments: impl Iterator<Item = Comment>) {
        let before = self.comments.len();
        self.comments.extend(comments);
        item.comments = CommentsAt {
            first: u32::try_from(before).unwrap_or(u32::MAX),
            count: u8::try_from(self.comments.len() - before).unwrap_or(u8::MAX),
        };
        self.items.push(item);
    }

    /// Ends the claim that the items since the last one belong to.
    pub(super) fn end_claim(&mut self, number: Option<u32>, line: u32, month: Option<ClaimMonth>) {
        let (items, irregularities) = (self.items.len(), self.irregularities.list().len());
        self.claims.push(Bounds { number, line, month, items, irregularities });
    }

    /// Takes in what a GO says.
    pub(super) fn push_total(&mut self, total: Total) {
        self.totals.push(total);
    }

    #[cold]
    pub(super) fn push_irregular(&mut self, code: ClaimCode, irregularity: impl FnOnce() -> Irregularity) {
        self.irregularities.push_with(code, irregularity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::irregular::IRREGULARITIES_KEPT;

    /// Three claims: what is irregular stands before, in and after them, as it came.
    const FILE: &[u8] =
        b"IR,1,13,1,1234567,,,202406,00,\n?\nRE,1,,202406\nCO,,,8,\nRE,2,,202406\nRE,3,,202406\nGO,3,\n";

    #[test]
    fn what_is_irregular_is_told_in_the_order_of_the_file_each_time() {
        let file = ClaimFile::read(FILE);
        let told = |release, limit| {
            let (mut findings, mut claims) = (ClaimFindings::new(limit), Vec::new());
            file.go_through(release, &mut findings, |claim, findings| {
                claims.push((claim.number, findings.list().len()));
            });
            let lines = findings.list().iter().map(|finding| (finding.line, finding.release));
            (claims, lines.collect::<Vec<_>>(), findings.counts().collect::<Vec<_>>())
        };
        let (claims, lines, counts) = told(7, 100);
        // The record without an id; the widths of RE 1 and the CO belong to the first claim; RE 2; RE 3
        // and GO, which end the last claim.
        assert_eq!(claims, [(Some(1), 2), (Some(2), 3), (Some(3), 5)]);
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 5, 6, 7]);
        assert!(lines.iter().all(|(_, release)| *release == 7));
        assert_eq!(told(8, 0), (vec![(Some(1), 0), (Some(2), 0), (Some(3), 0)], vec![], counts));
    }

    #[test]
    fn beyond_the_limit_irregularities_are_only_counted() {
        let bytes = b"?\n".repeat(IRREGULARITIES_KEPT + 5);
        let file = ClaimFile::read(&bytes);
        assert_eq!(file.irregularities().len(), IRREGULARITIES_KEPT);
        let mut findings = ClaimFindings::new(3);
        file.go_through(1, &mut findings, |_, _| ());
        // The first is that no institution is named.
        assert_eq!(findings.count(ClaimCode::UkeRecord) as usize, IRREGULARITIES_KEPT + 5);
        assert_eq!((findings.list().len(), findings.count(ClaimCode::UkeNoInstitution)), (3, 1));
    }
}
