//! Findings as they are collected: all counted, the first ones kept.

use super::claim_finding::ClaimFinding;
use super::code::{ClaimCode, ClaimSeverity};

/// Findings as they are collected: all are counted, and the first ones up to a limit are kept.
#[derive(Debug, Clone)]
pub struct ClaimFindings {
    list: Vec<ClaimFinding>,
    counts: [u64; ClaimCode::ALL.len()],
    limit: usize,
}

impl ClaimFindings {
    /// None so far; the first `limit` will be kept in full. Allocates nothing.
    pub fn new(limit: usize) -> Self {
        ClaimFindings { list: Vec::new(), counts: [0; ClaimCode::ALL.len()], limit }
    }

    /// Adds one. `finding` is only made when it will be kept.
    #[cold]
    pub fn push_with(&mut self, code: ClaimCode, finding: impl FnOnce() -> ClaimFinding) {
        self.counts[code as usize] += 1;
        if self.list.len() < self.limit {
            self.list.push(finding());
        }
    }

    /// Counts `more` of `code` that nobody kept.
    pub(crate) fn count_only(&mut self, code: ClaimCode, more: u64) {
        self.counts[code as usize] += more;
    }

    /// The findings that were kept, claim by claim in the order of the file: of each claim first what reading
    /// says, then what judging does.
    pub fn list(&self) -> &[ClaimFinding] {
        &self.list
    }

    /// The same, given away.
    pub(crate) fn into_list(self) -> Vec<ClaimFinding> {
        self.list
    }

    /// How many of `code` there were.
    pub fn count(&self, code: ClaimCode) -> u64 {
        self.counts[code as usize]
    }

    /// How many of `severity` there were.
    pub fn count_of(&self, severity: ClaimSeverity) -> u64 {
        let of_severity = ClaimCode::ALL.iter().filter(|code| code.severity() == severity);
        of_severity.map(|code| self.count(*code)).sum()
    }

    /// Every code that occurred, with its count.
    pub fn counts(&self) -> impl Iterator<Item = (ClaimCode, u64)> + '_ {
        ClaimCode::ALL.iter().map(|code| (*code, self.count(*code))).filter(|(_, count)| *count > 0)
    }

    /// How many were only counted.
    pub fn left_out(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.list.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::Lang;

    use super::*;

    #[test]
    fn beyond_the_limit_findings_are_only_counted() {
        let finding = |line| ClaimFinding {
            code: ClaimCode::Points,
            release: 1,
            claim: None,
            line,
            record: None,
            field: None,
            item: None,
            name: None,
            when: None,
            series: None,
            found: "1".into(),
            expected: "2".into(),
        };
        let mut findings = ClaimFindings::new(2);
        (0..5).for_each(|line| findings.push_with(ClaimCode::Points, || finding(line)));
        assert_eq!((findings.list().len(), findings.left_out()), (2, 3));
        assert_eq!(findings.count_of(ClaimSeverity::Error), 5);
        assert_eq!(
            findings.list()[0].message(Lang::En),
            "1 points are claimed; the master gives 2: check the points and the code"
        );
    }
}
