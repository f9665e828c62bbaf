//! Findings as they are collected: all are counted, the first ones are kept.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::code::{Code, Severity};
use super::item::Finding;

/// Findings as they are collected: everything is counted, and the first [`Findings::EXAMPLES`] of each code
/// are kept, so that a file with a million bad fields costs no more than one with a few.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    /// By code and, for the rules of a site, by the rule: one of them must not hide another.
    counts: BTreeMap<Name, u64>,
}

type Name = (Code, Option<String>);

fn name_of(finding: &Finding) -> Name {
    let rule = finding.rule.as_ref().filter(|_| finding.code == Code::SiteRule);
    (finding.code, rule.map(|rule| rule.id.clone()))
}

impl Findings {
    /// How many findings of one code are kept in full.
    pub const EXAMPLES: u64 = 100;

    /// None so far.
    pub fn new() -> Self {
        Findings::default()
    }

    /// Adds one. `finding` is only made when it will be kept.
    pub fn push_with(&mut self, code: Code, finding: impl FnOnce() -> Finding) {
        self.push_named((code, None), finding);
    }

    fn push_named(&mut self, name: Name, finding: impl FnOnce() -> Finding) {
        let count = self.counts.entry(name).or_insert(0);
        *count += 1;
        if *count <= Self::EXAMPLES {
            self.list.push(finding());
        }
    }

    /// Counts one that nobody needs to see as an example.
    pub fn count_only(&mut self, code: Code) {
        *self.counts.entry((code, None)).or_insert(0) += 1;
    }

    /// Adds one. Where a code is not refusing by itself, the first one that refuses is kept however many came before.
    pub fn push(&mut self, finding: Finding) {
        let name = name_of(&finding);
        let count = self.counts.entry(name.clone()).or_insert(0);
        *count += 1;
        let refuses = |finding: &Finding| {
            finding.severity == Severity::Deny && finding.code.severity() < Severity::Deny
        };
        let first_to_refuse =
            || refuses(&finding) && !self.list.iter().any(|kept| refuses(kept) && name_of(kept) == name);
        if *count <= Self::EXAMPLES || first_to_refuse() {
            self.list.push(finding);
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Findings) {
        let mut kept: BTreeMap<Name, u64> = BTreeMap::new();
        for finding in other.list {
            *kept.entry(name_of(&finding)).or_insert(0) += 1;
            self.push(finding);
        }
        for (name, count) in other.counts {
            let kept = kept.get(&name).copied().unwrap_or(0);
            *self.counts.entry(name).or_insert(0) += count - kept;
        }
    }

    /// Puts the findings in the order of their lines: records are checked in key order, people read from top.
    pub fn sort_by_line(&mut self) {
        self.list.sort_by_key(|finding| (finding.line, finding.column));
    }

    /// The findings that were kept.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many of `code` there were.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.iter().filter(|((known, _), _)| *known == code).map(|(_, count)| count).sum()
    }

    /// Every code that occurred, with its count.
    pub fn counts(&self) -> impl Iterator<Item = (Code, u64)> + '_ {
        let mut codes: Vec<Code> = self.counts.keys().map(|(code, _)| *code).collect();
        codes.dedup();
        codes.into_iter().map(|code| (code, self.count(code)))
    }

    /// Everything that occurred by the name that waivers give it, with its count: the rules of a site one by one.
    pub fn counts_by_name(&self) -> impl Iterator<Item = (Cow<'_, str>, u64)> {
        self.counts.iter().map(|((code, rule), count)| {
            let name = rule.as_deref().map_or(Cow::Borrowed(code.as_str()), Cow::Borrowed);
            (name, *count)
        })
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether any finding refuses the data.
    pub fn denies(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Deny)
    }

    /// Keeps only the findings that `is_kept` says so of. Those that were only counted go.
    pub fn retain(&mut self, is_kept: impl Fn(&Finding) -> bool) {
        for finding in std::mem::take(self).list.into_iter().filter(is_kept) {
            self.push(finding);
        }
    }

    /// The same findings without lines: of records that stand in no file.
    pub fn without_lines(mut self) -> Self {
        self.list.iter_mut().for_each(|finding| finding.line = None);
        self
    }

    /// Turns known exceptions into notes. A code that occurs more often than is kept in full is left as it is:
    /// among those that were only counted there may be one that is no known exception.
    pub fn waive(&mut self, is_known: impl Fn(&Finding) -> bool) {
        let counts = &self.counts;
        let all_kept =
            |finding: &Finding| counts.get(&name_of(finding)).is_some_and(|count| *count <= Self::EXAMPLES);
        for finding in self.list.iter_mut().filter(|finding| all_kept(finding)) {
            if is_known(finding) {
                finding.severity = Severity::Note;
            }
        }
    }

    /// Turns what is accepted by name from `Deny` into `Warn`; how many findings that concerned.
    pub fn accept(&mut self, accepted: &[Code]) -> u64 {
        for finding in &mut self.list {
            if accepted.contains(&finding.code) && finding.severity == Severity::Deny {
                finding.severity = Severity::Warn;
            }
        }
        accepted.iter().map(|code| self.count(*code)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_findings_are_counted_and_a_hundred_are_kept() {
        let mut findings = Findings::new();
        for line in 0..1_000_000 {
            findings.push_with(Code::FieldDate, || Finding::new(Code::FieldDate).line(line));
        }
        assert_eq!(findings.count(Code::FieldDate), 1_000_000);
        assert_eq!(findings.list().len(), 100);
    }

    #[test]
    fn the_first_that_refuses_is_kept_however_many_came_before() {
        let mut findings = Findings::new();
        for line in 0..200 {
            findings.push(Finding {
                severity: Severity::Warn,
                ..Finding::new(Code::SiteNotEvaluated).line(line)
            });
        }
        findings.push(Finding { severity: Severity::Deny, ..Finding::new(Code::SiteNotEvaluated).line(999) });
        assert!(findings.denies());
    }
}
