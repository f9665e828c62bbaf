//! The forms that others read: what was found in masters, as [`warifu_reports`] takes it.

use std::borrow::Cow;

use serde_json::Value;
use warifu_masters::finding::{Finding, Severity};
use warifu_reports::{Both, Ended, Level, Row, Suite, Tool};
use warifu_values::lang::Lang;

use super::found::{Found, Group, groups};

/// This program.
const TOOL: Tool =
    Tool { name: "warifu", version: env!("WARIFU_VERSION"), semantic_version: env!("CARGO_PKG_VERSION") };

/// Annotations of GitHub Actions: a line for each finding, what refuses first.
pub fn github(found: &[Found], ended: Ended<'_>, lang: Lang) -> String {
    warifu_reports::github(TOOL, suites(found), ended, lang)
}

/// One page in both languages.
pub fn html(found: &[Found]) -> String {
    warifu_reports::html(suites(found))
}

/// JUnit's XML: what refuses a file is a failure.
pub fn junit(found: &[Found], ended: Ended<'_>, lang: Lang) -> String {
    warifu_reports::junit(TOOL, suites(found), ended, lang)
}

/// SARIF 2.1.0.
pub fn sarif(found: &[Found], ended: Ended<'_>, lang: Lang) -> Value {
    warifu_reports::sarif(TOOL, suites(found), ended, lang)
}

fn suites(found: &[Found]) -> Vec<Suite<'_>> {
    found.iter().map(of_file).collect()
}

fn of_file(Found { file, findings }: &Found) -> Suite<'_> {
    Suite { file, groups: groups(findings).into_iter().map(of_code).collect() }
}

fn of_code(group: Group<'_>) -> warifu_reports::Group<'_> {
    warifu_reports::Group {
        level: level(group.severity),
        severity: Both::of(|lang| group.severity.word(lang)),
        count: group.count,
        advice: Both::of(|lang| group.advice(lang).to_owned()),
        name: group.name,
        rows: Box::new(group.findings.into_iter().map(row)),
    }
}

fn row(finding: &Finding) -> Row<'_> {
    Row {
        level: level(finding.severity),
        severity: Both::of(|lang| finding.severity.word(lang)),
        line: finding.line,
        column: finding.column,
        field: finding.field.as_deref().map(Cow::Borrowed),
        key: finding.key.as_deref().map(Cow::Borrowed),
        place: finding.place(),
        text: Both::of(|lang| finding.text(lang)),
        let_pass: finding.passed.as_ref().map(|passed| passed.reason.as_ref()),
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Deny => Level::Error,
        Severity::Warn => Level::Warning,
        Severity::Note => Level::Note,
    }
}

#[cfg(test)]
mod tests {
    use warifu_masters::finding::Findings;

    use super::super::found::tests::found;
    use super::*;
    use crate::error::{Exit, Failure};

    fn failed(failure: &Failure) -> Ended<'_> {
        Ended::Failed { status: failure.exit.code(), said: failure }
    }

    #[test]
    fn a_line_for_each_and_none_that_the_file_wrote() {
        let told = github(&[found(2)], Ended::AsFound, Lang::En);
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        let begins = "::error file=a%3Ab%2Cc/y_20240601.csv,line=1,col=21,title=field/date changed_on::";
        assert!(lines[0].starts_with(begins), "{told}");
        assert!(lines[0].contains("=1+1,%0A::error::<b>"), "{told}");
        assert!(lines.iter().all(|line| line.contains("file=a%3Ab%2Cc/")), "{told}");
        let failure = Failure::new(Exit::CouldNotRun, "no\nfile", "なし");
        let told = github(&[], failed(&failure), Lang::En);
        assert_eq!(told, "::error title=warifu::no%0Afile\n");
    }

    #[test]
    fn a_file_is_a_suite_a_code_a_test_and_what_refuses_a_failure() {
        let clean = Found { file: "clean.csv".into(), findings: Findings::new() };
        let told = junit(&[found(2), clean], Ended::AsFound, Lang::En);
        assert!(
            told.contains("<testsuites name=\"warifu\" tests=\"3\" failures=\"1\" errors=\"0\">"),
            "{told}"
        );
        assert_eq!(told.matches("<testsuite ").count(), 2);
        assert_eq!(told.matches("<failure ").count(), 1);
        assert!(told.contains("classname=\"clean.csv\" name=\"no findings\"></testcase>"), "{told}");
        assert!(!told.contains("<b>") && told.contains("&lt;b&gt;"), "{told}");
    }

    #[test]
    fn what_could_not_run_is_never_green() {
        let failure = Failure::new(Exit::CouldNotRun, "no \u{7}<file>\u{ffff}", "なし");
        let told = junit(&[], failed(&failure), Lang::En);
        assert!(told.contains("errors=\"1\""), "{told}");
        assert!(told.contains("<error message=\"no [U+0007]&lt;file&gt;\u{fffd}\"/>"), "{told}");
    }

    #[test]
    fn each_finding_is_a_result_of_its_rule_at_its_line() {
        let other = Found { file: "/srv/薬.csv".into(), ..found(1) };
        let document = sarif(&[found(2), other], Ended::AsFound, Lang::En);
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 4 + 3);
        let first = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(first["artifactLocation"]["uri"], "a%3Ab%2Cc/y_20240601.csv");
        assert_eq!((&first["region"]["startLine"], &results[0]["level"]), (&1.into(), &"error".into()));
        // Line 0 is none, and what was let pass is suppressed.
        assert!(results[2]["locations"][0]["physicalLocation"]["region"].is_null());
        assert_eq!(results[2]["suppressions"][0]["justification"], "告示のとおり");
        let last = &results[6]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(last, "file:///srv/%E8%96%AC.csv");
        for result in results {
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
        }
    }

    #[test]
    fn what_could_not_run_is_not_called_successful() {
        let failure = Failure::new(Exit::CouldNotRun, "no file", "なし");
        let document = sarif(&[], failed(&failure), Lang::En);
        let invocation = &document["runs"][0]["invocations"][0];
        assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&false.into(), &2.into()));
    }

    #[test]
    fn the_page_has_every_finding_in_both_languages_and_loads_nothing() {
        let clean = Found { file: "<clean>.csv".into(), findings: Findings::new() };
        let page = html(&[found(1_200), clean]);
        assert_eq!(
            page.matches("<tr><td class=\"n\">").count(),
            1_202 + 2,
            "a row for each, and for each code"
        );
        assert!(page.find("<td>field/date").unwrap() < page.find("<td>file/rendering").unwrap());
        assert!(page.contains("<h2>&lt;clean&gt;.csv</h2><p>指摘なし"));
        assert!(!page.contains("::error::<b>") && page.contains("::error::&lt;b&gt;"));
        for outside in ["<script", "http:", "https:", "src=", "href="] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }
}
