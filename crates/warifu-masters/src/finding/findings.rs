//! Findings as they are collected: all are counted, the first ones are kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::code::Code;
use super::item::Finding;
use super::severity::Severity;
use warifu_values::judgement::{LetPass, PassedBy};

/// Findings as they are collected: everything is counted, and the first ones of each code are kept to be
/// weighed one by one. Those that refuse the data are kept apart from the others of their code
/// ([`Findings::REFUSING`] and [`Findings::EXAMPLES`]): what was let pass never hides what was not. The rest
/// is kept to be shown, up to [`Findings::FURTHER`], so that a list of all is one; what comes after that is
/// counted only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vec<Finding>,
    /// What came after the first ones, for whoever lists all: nothing is decided by it.
    further: Vec<Finding>,
    /// By code and, for the rules of a site, by the rule: one of them must not hide another.
    counts: BTreeMap<Name, Count>,
}

type Name = (Code, Option<String>);

/// How many findings of one name there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    refusing: u64,
    others: u64,
}

impl Count {
    fn all(self) -> u64 {
        self.refusing + self.others
    }
}

fn name_of(finding: &Finding) -> Name {
    let rule = finding.rule.as_ref().filter(|_| finding.code == Code::SiteRule);
    (finding.code, rule.map(|rule| rule.id.clone()))
}

fn refuses(finding: &Finding) -> bool {
    finding.severity == Severity::Deny
}

impl Findings {
    /// How many findings of one code are kept in full that do not refuse the data.
    pub const EXAMPLES: u64 = 100;
    /// How many are kept in full that do: each may have to be let pass by name.
    pub const REFUSING: u64 = 1000;
    /// How many are kept beyond these, of all codes together: with them a list stays within the 1,048,576
    /// rows that a spreadsheet has, and within some hundred megabytes.
    pub const FURTHER: usize = 900_000;

    /// None so far.
    pub fn new() -> Self {
        Findings::default()
    }

    /// Adds one of `code`'s own severity. `finding` is only made when it will be kept.
    pub fn push_with(&mut self, code: Code, finding: impl FnOnce() -> Finding) {
        let is_first = self.count_one((code, None), code.severity() == Severity::Deny);
        self.keep(is_first, finding);
    }

    fn keep(&mut self, is_first: bool, finding: impl FnOnce() -> Finding) {
        if is_first {
            self.list.push(finding());
        } else if self.further.len() < Self::FURTHER {
            self.further.push(finding());
        }
    }

    /// Counts one, and says whether it shall be kept.
    fn count_one(&mut self, name: Name, refusing: bool) -> bool {
        let count = self.counts.entry(name).or_default();
        let (number, limit) = match refusing {
            true => (&mut count.refusing, Self::REFUSING),
            false => (&mut count.others, Self::EXAMPLES),
        };
        *number += 1;
        *number <= limit
    }

    /// Adds one of `code`'s own severity that is no example of it: it is counted, and shown where all are.
    /// `finding` is only made when it will be kept.
    pub fn push_further(&mut self, code: Code, finding: impl FnOnce() -> Finding) {
        self.count_one((code, None), code.severity() == Severity::Deny);
        self.keep(false, finding);
    }

    /// Adds one.
    pub fn push(&mut self, finding: Finding) {
        let is_first = self.count_one(name_of(&finding), refuses(&finding));
        self.keep(is_first, || finding);
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Findings) {
        let mut kept: BTreeMap<Name, Count> = BTreeMap::new();
        for finding in other.list {
            let count = kept.entry(name_of(&finding)).or_default();
            *(if refuses(&finding) { &mut count.refusing } else { &mut count.others }) += 1;
            self.push(finding);
        }
        for (name, count) in other.counts {
            let kept = kept.get(&name).copied().unwrap_or_default();
            let mine = self.counts.entry(name).or_default();
            mine.refusing += count.refusing - kept.refusing;
            mine.others += count.others - kept.others;
        }
        let room = Self::FURTHER - self.further.len();
        self.further.extend(other.further.into_iter().take(room));
    }

    /// Puts the findings in the order of their lines: records are checked in key order, people read from top.
    pub fn sort_by_line(&mut self) {
        self.list.sort_by_key(|finding| (finding.line, finding.column));
        self.further.sort_by_key(|finding| (finding.line, finding.column));
    }

    /// The first findings of each code.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// All findings that can be shown, those of [`Findings::list`] first.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.list.iter().chain(&self.further)
    }

    /// How many were counted only, and cannot be shown.
    pub fn only_counted(&self) -> u64 {
        let counted: u64 = self.counts.values().map(|count| count.all()).sum();
        counted.saturating_sub((self.list.len() + self.further.len()) as u64)
    }

    /// How many of `code` there were.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.iter().filter(|((known, _), _)| *known == code).map(|(_, count)| count.all()).sum()
    }

    /// Every code that occurred, with its count.
    pub fn counts(&self) -> impl Iterator<Item = (Code, u64)> + '_ {
        let mut codes: Vec<Code> = self.counts.keys().map(|(code, _)| *code).collect();
        codes.dedup();
        codes.into_iter().map(|code| (code, self.count(code)))
    }

    /// Everything that occurred by the name that waivers give it, with its count: the rules of a site one by
    /// one.
    pub fn counts_by_name(&self) -> impl Iterator<Item = (Cow<'_, str>, u64)> {
        self.counts.iter().map(|((code, rule), count)| {
            let name = rule.as_deref().map_or(Cow::Borrowed(code.as_str()), Cow::Borrowed);
            (name, count.all())
        })
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether any finding refuses the data.
    pub fn denies(&self) -> bool {
        self.refusing() > 0
    }

    /// How many findings refuse the data, those that were let pass left out.
    pub fn refusing(&self) -> u64 {
        self.counts.values().map(|count| count.refusing).sum()
    }

    /// Keeps only the findings that `is_kept` says so of. Those that were only counted go, but for those that
    /// refuse.
    pub fn retain(&mut self, is_kept: impl Fn(&Finding) -> bool) {
        let before = std::mem::take(self);
        let mut kept: BTreeMap<Name, u64> = BTreeMap::new();
        for finding in before.list {
            if refuses(&finding) {
                *kept.entry(name_of(&finding)).or_default() += 1;
            }
            if is_kept(&finding) {
                self.push(finding);
            }
        }
        for (name, count) in before.counts {
            let only_counted = count.refusing - kept.get(&name).copied().unwrap_or_default();
            if only_counted > 0 {
                self.counts.entry(name).or_default().refusing += only_counted;
            }
        }
        self.further = before.further.into_iter().filter(refuses).collect();
    }

    /// The same findings without lines: of records that stand in no file.
    pub fn without_lines(mut self) -> Self {
        self.list.iter_mut().chain(&mut self.further).for_each(|finding| finding.line = None);
        self
    }

    /// Lets pass what `known` gives a reason for: one by one. What was only counted goes on refusing.
    pub fn pass(&mut self, known: impl Fn(&Finding) -> Option<(PassedBy, String)>) {
        for finding in &mut self.list {
            if finding.passed.is_some() || finding.code.is_absolute() {
                continue;
            }
            let Some((by, reason)) = known(finding) else { continue };
            if refuses(finding) {
                let count = self.counts.entry(name_of(finding)).or_default();
                count.refusing -= 1;
                count.others += 1;
            }
            finding.pass(by, &reason);
        }
    }

    /// Lets pass everything that waivers call `name`, also what was only counted.
    pub fn pass_all(&mut self, name: &str, by: &PassedBy, reason: &str) {
        let kept = self.list.iter_mut().chain(&mut self.further);
        for finding in kept.filter(|finding| finding.name() == name && refuses(finding)) {
            if finding.code.is_absolute() {
                continue;
            }
            finding.pass(by.clone(), reason);
        }
        for ((code, rule), count) in self.counts.iter_mut().filter(|((code, _), _)| !code.is_absolute()) {
            if rule.as_deref().unwrap_or(code.as_str()) == name {
                *count = Count { refusing: 0, others: count.all() };
            }
        }
    }

    /// Lets pass everything with `code`, also what was only counted; with the code of site rules all of
    /// these.
    pub fn pass_code(&mut self, code: Code, by: &PassedBy, reason: &str) {
        if code.is_absolute() {
            return;
        }
        let kept = self.list.iter_mut().chain(&mut self.further);
        for finding in kept.filter(|finding| finding.code == code && refuses(finding)) {
            finding.pass(by.clone(), reason);
        }
        for (_, count) in self.counts.iter_mut().filter(|((known, _), _)| *known == code) {
            *count = Count { refusing: 0, others: count.all() };
        }
    }

    /// Turns what refuses of these codes into warnings, where the operation is not refused by it.
    pub fn only_warn(&mut self, codes: &[Code]) {
        let kept = self.list.iter_mut().chain(&mut self.further);
        for finding in kept.filter(|one| codes.contains(&one.code) && refuses(one)) {
            finding.severity = Severity::Warn;
        }
        for ((code, _), count) in &mut self.counts {
            if codes.contains(code) {
                *count = Count { refusing: 0, others: count.all() };
            }
        }
    }

    /// The keys of the records that `code` is about, sorted; none where not all of them are known.
    pub fn keys_of(&self, code: Code) -> Vec<String> {
        let of_code = || self.list.iter().filter(|finding| finding.code == code);
        let keys: Option<BTreeSet<&String>> = of_code().map(|finding| finding.key.as_ref()).collect();
        let all_kept = of_code().count() as u64 == self.count(code);
        keys.filter(|_| all_kept).unwrap_or_default().into_iter().cloned().collect()
    }

    /// What refused the data and was let pass, as a release's manifest says it: sorted, each finding with the
    /// records that it concerned, or with none where not all of them are known.
    pub fn passed(&self) -> Vec<LetPass> {
        let mut passed: BTreeMap<(String, PassedBy, String), Vec<Option<&String>>> = BTreeMap::new();
        for finding in &self.list {
            if let Some(pass) = finding.passed.as_ref().filter(|pass| pass.was == Severity::Deny) {
                let place = (finding.name().to_owned(), pass.by.clone(), pass.reason.clone());
                passed.entry(place).or_default().push(finding.key.as_ref());
            }
        }
        let told = passed.into_iter().map(|((finding, by, reason), keys)| {
            let all: Option<BTreeSet<&String>> = keys.iter().copied().collect();
            // Of what was let pass by the hundred, not every record is known.
            let whole = self
                .counts
                .iter()
                .filter(|((code, rule), _)| rule.as_deref().unwrap_or(code.as_str()) == finding);
            let whole = whole.map(|(_, count)| count.all()).sum::<u64>();
            let kept = self.list.iter().filter(|one| one.name() == finding).count() as u64;
            let keys = all.filter(|_| whole == kept).unwrap_or_default().into_iter().cloned().collect();
            LetPass { finding, keys, by, reason }
        });
        let mut told: Vec<LetPass> = told.collect();
        told.sort();
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_million_findings_few_are_weighed_and_as_many_as_a_list_takes_are_shown() {
        let mut findings = Findings::new();
        for line in 0..1_000_000 {
            findings.push_with(Code::FieldDate, || Finding::new(Code::FieldDate).line(line));
        }
        assert_eq!(findings.count(Code::FieldDate), 1_000_000);
        assert_eq!(findings.list().len() as u64, Findings::REFUSING);
        for line in 0..1_000_000 {
            findings.push_with(Code::FieldValue, || Finding::new(Code::FieldValue).line(line));
        }
        assert_eq!(findings.list().len() as u64, Findings::REFUSING + Findings::EXAMPLES);
        let shown = findings.all().count() as u64;
        assert_eq!(shown, Findings::REFUSING + Findings::EXAMPLES + Findings::FURTHER as u64);
        assert_eq!(findings.only_counted(), 2_000_000 - shown);
    }

    #[test]
    fn what_is_shown_and_what_was_only_counted_are_all_whatever_becomes_of_them() {
        let many = |code, lines: std::ops::Range<u32>| {
            let mut findings = Findings::new();
            lines.for_each(|line| findings.push(Finding::new(code).line(line).key("1")));
            findings
        };
        let all = |findings: &Findings| findings.all().count() as u64 + findings.only_counted();
        let mut findings = many(Code::FieldDate, 0..3_000);
        findings.extend(many(Code::FieldDate, 3_000..5_000));
        findings.extend(many(Code::ChainUnexplained, 0..500));
        assert_eq!((findings.all().count(), findings.only_counted()), (5_500, 0));
        findings.push_further(Code::FieldDate, || Finding::new(Code::FieldDate).line(1));
        assert_eq!(findings.all().last().unwrap().line, Some(1));
        let mut passed = findings.clone();
        passed.pass_code(Code::FieldDate, &PassedBy::Repository, "known");
        let denied = passed.all().filter(|one| one.code == Code::FieldDate && refuses(one)).count();
        assert_eq!((denied, all(&passed)), (0, 5_501));
        findings.retain(|finding| finding.line < Some(10));
        assert_eq!(all(&findings), findings.counts().map(|(_, count)| count).sum::<u64>());
        assert!(findings.without_lines().all().all(|finding| finding.line.is_none()));
    }

    #[test]
    fn what_was_let_pass_never_hides_what_was_not() {
        let mut findings = Findings::new();
        for line in 0..5_000 {
            let mut known = Finding::new(Code::SetStep).line(line).key("1");
            known.pass(PassedBy::Layout, "known");
            findings.push(known);
        }
        assert!(!findings.denies());
        findings.push(Finding::new(Code::SetStep).line(5_000).key("2"));
        assert_eq!((findings.refusing(), findings.list().last().unwrap().line), (1, Some(5_000)));
        let pass = |keys: &'static [&str]| {
            move |finding: &Finding| {
                let known = keys.contains(&finding.key.as_deref()?);
                known.then(|| (PassedBy::Repository, "known".to_owned()))
            }
        };
        findings.pass(pass(&["3"]));
        assert!(findings.denies());
        findings.pass(pass(&["2"]));
        assert!(!findings.denies());
        // What is only counted cannot be told by its key, and goes on refusing.
        (0..2_000).for_each(|line| findings.push(Finding::new(Code::FieldDate).line(line).key("2")));
        findings.pass(pass(&["2"]));
        assert_eq!(findings.refusing(), 2_000 - Findings::REFUSING);
        findings.pass_code(Code::FieldDate, &PassedBy::Repository, "all");
        assert!(!findings.denies());
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
