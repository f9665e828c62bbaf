//! What is irregular about a claim file itself: kept with it, and told by each release that judges it.

use warifu_values::day::ClaimMonth;

use super::evidence::Evidence;
use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, FieldAt, When};

/// What is irregular about a file is kept so many times unless more is asked for; beyond, it is only counted.
/// No answer over HTTP or of the library is longer.
pub(super) const IRREGULARITIES_KEPT: usize = 20_000;

/// Something irregular about a claim file itself, whatever the masters say: a finding without its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// What was found.
    pub found: Evidence,
    /// What it is compared with.
    pub expected: Evidence,
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
            found: self.found.to_string(),
            expected: self.expected.to_string(),
        }
    }
}

/// What is irregular about one file, in the order of its lines.
#[derive(Debug)]
pub(super) struct Irregularities {
    list: Vec<Irregularity>,
    /// How many are kept.
    most: usize,
    /// Those beyond the ones kept, by code.
    only_counted: Vec<(ClaimCode, u64)>,
}

impl Default for Irregularities {
    fn default() -> Irregularities {
        Irregularities::keeping(IRREGULARITIES_KEPT)
    }
}

impl Irregularities {
    /// None so far, of which the first `most` will be kept.
    pub(super) fn keeping(most: usize) -> Irregularities {
        Irregularities { list: Vec::new(), most, only_counted: Vec::new() }
    }

    /// Those that are kept.
    pub(super) fn list(&self) -> &[Irregularity] {
        &self.list
    }

    /// `irregularity` is only made when it will be kept.
    #[cold]
    pub(super) fn push_with(&mut self, code: ClaimCode, irregularity: impl FnOnce() -> Irregularity) {
        if self.list.len() < self.most {
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
