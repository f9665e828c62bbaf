//! A claim file as a value: what the checks ask of it, read once and judged by as many snapshots as wanted.
//!
//! It holds codes, days, points and quantities, already read, and what is irregular about the file itself. It
//! holds nothing else of the bytes it came from: no name and no text of a patient.

use std::num::NonZeroU32;
use std::ops::Range;

use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, When};

/// What is irregular about a file is told so many times; beyond, it is only counted. No answer is longer.
const IRREGULARITIES_KEPT: usize = 20_000;

/// What a record of an item names: which master knows its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// SI 診療行為.
    Procedure,
    /// IY 医薬品.
    Drug,
    /// TO 特定器材.
    Material,
    /// CO コメント.
    Comment,
}

impl ItemKind {
    /// The record id.
    pub fn record(self) -> [u8; 2] {
        match self {
            ItemKind::Procedure => *b"SI",
            ItemKind::Drug => *b"IY",
            ItemKind::Material => *b"TO",
            ItemKind::Comment => *b"CO",
        }
    }

    /// The first digit of its codes.
    pub fn first_digit(self) -> u32 {
        match self {
            ItemKind::Procedure => 1,
            ItemKind::Drug => 6,
            ItemKind::Material => 7,
            ItemKind::Comment => 8,
        }
    }
}

/// A nine-digit code of one kind of master: its first digit is that kind's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode(NonZeroU32);

impl ItemCode {
    /// The code that `field` writes, when it is one of `kind`.
    #[inline]
    pub fn parse(kind: ItemKind, field: &[u8]) -> Option<ItemCode> {
        let code =
            number(field).filter(|code| field.len() == 9 && code / 100_000_000 == kind.first_digit())?;
        NonZeroU32::new(code).map(ItemCode)
    }

    /// The code as a number.
    #[inline]
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

/// What a field for a whole number holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing.
    Blank,
    /// One to nine digits.
    Number(u32),
    /// Something else.
    Other,
}

impl Recorded {
    /// What `field` holds.
    #[inline]
    pub fn parse(field: &[u8]) -> Recorded {
        match field {
            b"" => Recorded::Blank,
            digits => number(digits).map_or(Recorded::Other, Recorded::Number),
        }
    }
}

/// A comment of an item, or one that stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its code; `None` when what stands there is none.
    pub code: Option<ItemCode>,
    /// Whether text (文字データ) follows it.
    pub has_text: bool,
}

/// One SI, IY, TO or CO record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Which record.
    pub kind: ItemKind,
    /// Its line, from 1.
    pub line: u32,
    /// Bit `n - 1` is set when something is recorded for day `n` (算定日情報).
    pub days: u32,
    /// Its code; `None` when what stands there is none. A CO has it as its comment.
    pub code: Option<ItemCode>,
    /// SI: the quantity (数量データ); IY and TO: the amount used. Blank in a CO.
    pub quantity: Recorded,
    /// The points: on the last record of a unit (点数・回数算定単位) only. Blank in a CO.
    pub points: Recorded,
    first_comment: u32,
    comments: u8,
}

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
        let first = item.first_comment as usize;
        self.comments.get(first..first + usize::from(item.comments)).unwrap_or_default()
    }
}

/// Something irregular about a claim file itself, whatever the masters say: a finding without its release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Irregularity {
    /// What.
    pub code: ClaimCode,
    /// The claim's number in the file, when it is inside a claim and a number.
    pub claim: Option<u32>,
    /// The line of the file, from 1.
    pub line: u32,
    /// The record's id (`SI`); two ASCII characters.
    pub record: Option<[u8; 2]>,
    /// The month of the claim, where it matters.
    pub month: Option<ClaimMonth>,
    /// What was found: a number, a count, bytes in hexadecimal.
    pub found: String,
    /// What it is compared with.
    pub expected: String,
}

impl Irregularity {
    /// The finding that an answer by `release` tells.
    fn told_by(&self, release: u64) -> ClaimFinding {
        ClaimFinding {
            code: self.code,
            release,
            claim: self.claim,
            line: self.line,
            record: self.record,
            item: None,
            name: None,
            when: self.month.map(When::Month),
            series: None,
            found: self.found.clone(),
            expected: self.expected.clone(),
        }
    }
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
    irregularities: Vec<Irregularity>,
    /// Those beyond the ones kept, by code.
    only_counted: Vec<(ClaimCode, u64)>,
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

    /// What is irregular about the file, in its order; up to a limit.
    pub fn irregularities(&self) -> &[Irregularity] {
        &self.irregularities
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
        let tell = |odd: &[Irregularity], findings: &mut ClaimFindings| {
            for irregularity in odd {
                findings.push_with(irregularity.code, || irregularity.told_by(release));
            }
        };
        let mut told = 0;
        for (claim, odd) in self.parts() {
            told = odd.end;
            tell(self.irregularities.get(odd).unwrap_or_default(), findings);
            judge(&claim, findings);
        }
        tell(self.irregularities.get(told..).unwrap_or_default(), findings);
        for (code, count) in &self.only_counted {
            findings.count_only(*code, *count);
        }
    }

    /// Makes room for what a file of so many bytes usually holds.
    pub(super) fn for_bytes(bytes: usize) -> ClaimFile {
        // A record of an item has at least 43 commas.
        ClaimFile { items: Vec::with_capacity(bytes / 64), ..ClaimFile::default() }
    }

    pub(super) fn push_item(&mut self, mut item: Item, comments: impl Iterator<Item = Comment>) {
        let before = self.comments.len();
        self.comments.extend(comments);
        item.first_comment = u32::try_from(before).unwrap_or(u32::MAX);
        item.comments = u8::try_from(self.comments.len() - before).unwrap_or(u8::MAX);
        self.items.push(item);
    }

    /// Ends the claim that the items since the last one belong to.
    pub(super) fn end_claim(&mut self, number: Option<u32>, line: u32, month: Option<ClaimMonth>) {
        let (items, irregularities) = (self.items.len(), self.irregularities.len());
        self.claims.push(Bounds { number, line, month, items, irregularities });
    }

    /// `irregularity` is only made when it will be kept.
    #[cold]
    pub(super) fn push_irregular(&mut self, code: ClaimCode, irregularity: impl FnOnce() -> Irregularity) {
        if self.irregularities.len() < IRREGULARITIES_KEPT {
            self.irregularities.push(irregularity());
            return;
        }
        match self.only_counted.iter_mut().find(|(counted, _)| *counted == code) {
            Some((_, count)) => *count += 1,
            None => self.only_counted.push((code, 1)),
        }
    }
}

impl Item {
    /// An item without comments.
    pub(super) fn new(kind: ItemKind, line: u32) -> Item {
        Item {
            kind,
            line,
            days: 0,
            code: None,
            quantity: Recorded::Blank,
            points: Recorded::Blank,
            first_comment: 0,
            comments: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three claims: what is irregular stands before, in and after them, as it came.
    const FILE: &[u8] =
        b"IR,1,13,1,1234567,,,202406,00,\n?\nRE,1,,202406\nCO,,,8,\nRE,2,,202406\nRE,3,,2024\nGO,4,,\n";

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
        // The record without an id; the widths of RE 1 and the CO belong to the first claim; RE 2; RE 3 twice
        // and GO.
        assert_eq!(claims, [(Some(1), 2), (Some(2), 3), (Some(3), 6)]);
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 5, 6, 6, 7]);
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
