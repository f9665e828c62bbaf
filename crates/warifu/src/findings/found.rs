//! What was found in one file, by code.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_values::lang::Lang;

/// What was found in one file, or in one master of a repository.
#[derive(Debug, Clone)]
pub struct Found {
    /// What it is called: a path as it was given, or `r06/drug`.
    pub file: String,
    /// All of it; none in a file that is as it should be.
    pub findings: Findings,
}

/// The findings of one code, or of one rule of a site.
#[derive(Debug)]
pub struct Group<'a> {
    /// What waivers call them.
    pub name: Cow<'a, str>,
    /// The gravest among them.
    pub severity: Severity,
    /// How many there are.
    pub count: u64,
    /// Those that can be shown, the gravest first, then by line.
    pub findings: Vec<&'a Finding>,
}

impl Group<'_> {
    /// What to do next.
    pub fn advice(&self, lang: Lang) -> &str {
        match self.findings.first() {
            Some(finding) => finding.advice(lang),
            None => Code::parse(&self.name).map_or("", |code| code.advice(lang)),
        }
    }

    /// The gravest finding in it that can be shown.
    pub fn first(&self) -> Option<&Finding> {
        self.findings.first().copied()
    }
}

/// `findings` by code: what refuses before warnings, warnings before notes, and the codes by name.
pub fn groups(findings: &Findings) -> Vec<Group<'_>> {
    let mut by_name: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings.all() {
        by_name.entry(finding.name()).or_default().push(finding);
    }
    let mut groups = Vec::new();
    for (name, count) in findings.counts_by_name() {
        let mut findings = by_name.remove(name.as_ref()).unwrap_or_default();
        findings.sort_by_key(|finding| (Reverse(finding.severity), finding.line, finding.column));
        // What is counted only refuses: nothing else is kept so.
        let severity = findings.first().map_or(Severity::Deny, |first| first.severity);
        groups.push(Group { name, severity, count, findings });
    }
    groups.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.name.cmp(&b.name)));
    groups
}

#[cfg(test)]
pub(super) mod tests {
    use warifu_masters::finding::Code;
    use warifu_values::judgement::PassedBy;

    use super::*;

    /// A file with `dates` wrong dates, one of which was let pass, and a note on its rendering.
    pub(in crate::findings) fn found(dates: u32) -> Found {
        let mut findings = Findings::new();
        findings.push(Finding::new(Code::FileRendering).found("x").expected("y"));
        for line in 1..=dates {
            let date = Finding::new(Code::FieldDate).line(line).field(21, "changed_on").key("610406079");
            findings.push(date.found("=1+1,\n::error::<b>"));
        }
        let mut passed = Finding::new(Code::FieldDate).line(0).found("20240631");
        passed.pass(PassedBy::Repository, "告示のとおり");
        findings.push(passed);
        Found { file: "a:b,c/y_20240601.csv".into(), findings }
    }

    #[test]
    fn what_refuses_comes_first_and_what_was_let_pass_last() {
        let found = found(3);
        let groups = groups(&found.findings);
        let told: Vec<_> = groups.iter().map(|it| (it.name.as_ref(), it.severity, it.count)).collect();
        assert_eq!(
            told,
            [("field/date", Severity::Deny, 4), ("file/rendering", Code::FileRendering.severity(), 1)]
        );
        let lines: Vec<_> = groups[0].findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [Some(1), Some(2), Some(3), Some(0)]);
    }
}
