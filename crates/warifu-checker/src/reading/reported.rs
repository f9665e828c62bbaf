//! Findings on claims in the forms that others read, as [`warifu_reports`] takes them.
//!
//! An error is one by which a build fails; what was not judged is no fault of the claim, and is a warning.

use std::borrow::Cow;

use serde_json::Value;
use warifu_claims::{ClaimFinding, ClaimFindings, ClaimSeverity};
use warifu_judging::{CodeCount, Summary};
use warifu_reports::{Both, Ended, Group, Level, Row, Suite, Tool};
use warifu_values::lang::Lang;

use crate::reading::report::severity_word;

/// This program.
const TOOL: Tool = Tool {
    name: "warifu-checker",
    version: env!("WARIFU_VERSION"),
    semantic_version: env!("CARGO_PKG_VERSION"),
};

/// A claim file that was judged.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// As it was named.
    pub file: &'a str,
    /// What it came to.
    pub summary: &'a Summary,
    /// What was found.
    pub findings: &'a ClaimFindings,
}

impl<'a> Reported<'a> {
    /// Annotations of GitHub Actions: a line for each finding, errors first.
    pub fn github(found: Option<Self>, ended: Ended<'_>, lang: Lang) -> String {
        warifu_reports::github(TOOL, suites(found), ended, lang)
    }

    /// One page in both languages.
    pub fn html(found: Option<Self>) -> String {
        warifu_reports::html(suites(found))
    }

    /// JUnit's XML: a test for each code, which fails where it is an error.
    pub fn junit(found: Option<Self>, ended: Ended<'_>, lang: Lang) -> String {
        warifu_reports::junit(TOOL, suites(found), ended, lang)
    }

    /// SARIF 2.1.0.
    pub fn sarif(found: Option<Self>, ended: Ended<'_>, lang: Lang) -> Value {
        warifu_reports::sarif(TOOL, suites(found), ended, lang)
    }

    fn suite(self) -> Suite<'a> {
        let Reported { file, summary, findings } = self;
        Suite { file, groups: summary.codes.iter().map(|count| group(count, findings)).collect() }
    }
}

fn suites(found: Option<Reported<'_>>) -> Vec<Suite<'_>> {
    found.into_iter().map(Reported::suite).collect()
}

fn group<'a>(count: &'a CodeCount, findings: &'a ClaimFindings) -> Group<'a> {
    let severity = count.code.severity();
    Group {
        name: Cow::Owned(count.code.to_string()),
        level: level(severity),
        severity: Both::of(|lang| severity_word(severity, lang)),
        count: count.findings,
        // What a code says, each finding of it says with its evidence.
        advice: Both::default(),
        rows: Box::new(findings.list().iter().filter(|finding| finding.code == count.code).map(row)),
    }
}

fn row(finding: &ClaimFinding) -> Row<'_> {
    let severity = finding.severity();
    let record = finding.record.map(|record| String::from_utf8_lossy(&record).into_owned());
    let field = finding.field.map(|field| format!("{} {}", field.position, field.name));
    let field = [record, field].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let claim = finding.claim.map(|claim| format!("#{claim}"));
    let item = finding.item.map(|item| item.to_string());
    let key = [claim, item].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Row {
        level: level(severity),
        severity: Both::of(|lang| severity_word(severity, lang)),
        line: Some(finding.line),
        column: finding.field.map(|field| u32::from(field.position)),
        place: [finding.line.to_string(), field.clone()].join(":"),
        field: (!field.is_empty()).then(|| field.into()),
        key: (!key.is_empty()).then(|| key.into()),
        text: Both::of(|lang| match &finding.name {
            Some(name) => format!("{name}: {}", finding.message(lang)),
            None => finding.message(lang),
        }),
        let_pass: None,
    }
}

fn level(severity: ClaimSeverity) -> Level {
    match severity {
        ClaimSeverity::Error => Level::Error,
        ClaimSeverity::Unjudged => Level::Warning,
        ClaimSeverity::Notice => Level::Note,
    }
}
