//! What is irregular about a claim file itself: kept with it, and told by each release that judges it.

use warifu_values::day::ClaimMonth;

use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, FieldAt, When};

/// What is irregular about a file is told so many times; beyond, it is only counted. No answer is longer.
pub(super) const IRREGULARITIES_KEPT: usize = 20_000;

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
    /// The field, where one is meant.
    pub field: Option<FieldAt>,
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
            field: self.field,
            item: None,
            name: None,
            when: self.month.map(When::Month),
            series: None,
            found: self.found.clone(),
            expected: self.expected.clone(),
        }
    }
}

/// What is irregular about one file, in its order.
#[derive(Debug, Default)]
pub(super) struct Irregularities {
    list: Vec<Irregularity>,
    /// Those beyond the ones kept, by code.
    only_counted: Vec<(ClaimCode, u64)>,
}

impl Irregularities {
    /// Those that are kept.
    pub(super) fn list(&self) -> &[Irregularity] {
        &self.list
    }

    /// `irregularity` is only made when it will be kept.
    #[cold]
    pub(super) fn push_with(&mut self, code: ClaimCode, irregularity: impl FnOnce() -> Irregularity) {
        if self.list.len() < IRREGULARITIES_KEPT {
            self.list.push(irregularity());
            return;
        }
        match self.only_counted.iter_mut().find(|(counted, _)| *counted == code) {
            Some((_, count)) => *count += 1,
            None => self.only_counted.push((code, 1)),
        }
    }

    /// Tells those from number `from` up to `to` to `findings`, as an answer by `release`.
    pub(super) fn tell(&self, from: usize, to: usize, release: u64, findings: &mut ClaimFindings) {
        for irregularity in self.list.get(from..to).unwrap_or_default() {
            findings.push_with(irregularity.code, || irregularity.told_by(release));
        }
    }

    /// Counts those that were not kept.
    pub(super) fn count(&self, findings: &mut ClaimFindings) {
        for (code, count) in &self.only_counted {
            findings.count_only(*code, *count);
        }
    }
}
