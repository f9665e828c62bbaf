//! Findings as JUnit's XML, which every program that judges a build shows: a suite for each file, a test for
//! each code, which fails when it refuses the file.

use warifu_masters::finding::{Finding, Severity};
use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::found::{Ended, Found, Group, groups};

/// The document of all files.
pub fn junit(found: &[Found], ended: Ended<'_>, lang: Lang) -> String {
    let mut suites: Vec<Suite> = found.iter().map(|found| Suite::of(found, lang)).collect();
    if let Ended::Failed(failure) = ended {
        let said = shown(&failure.say(lang));
        let error = html!("<error message=\"{}\"/>", said);
        suites.push(Suite {
            name: "warifu".into(),
            cases: vec![case("warifu", "warifu", &error)],
            failures: 0,
            errors: 1,
        });
    }
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let failures: usize = suites.iter().map(|suite| suite.failures).sum();
    let errors: usize = suites.iter().map(|suite| suite.errors).sum();
    let suites: Vec<Html> = suites.into_iter().map(Suite::xml).collect();
    let document = html!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"warifu\" tests=\"{}\" \
         failures=\"{}\" errors=\"{}\">\n{}</testsuites>\n",
        tests,
        failures,
        errors,
        suites
    );
    document.into_string()
}

struct Suite {
    name: String,
    cases: Vec<Html>,
    failures: usize,
    errors: usize,
}

impl Suite {
    fn of(found: &Found, lang: Lang) -> Self {
        let groups = groups(&found.findings);
        let failures = groups.iter().filter(|group| group.severity == Severity::Deny).count();
        let mut cases: Vec<Html> =
            groups.iter().map(|group| case(&found.file, &group.name, &told(group, lang))).collect();
        if cases.is_empty() {
            cases.push(case(&found.file, &say!(lang, "no findings", "指摘なし"), &Html::default()));
        }
        Suite { name: found.file.clone(), cases, failures, errors: 0 }
    }

    fn xml(self) -> Html {
        let Suite { name, cases, failures, errors } = self;
        html!(
            "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" \
             skipped=\"0\">\n{}</testsuite>\n",
            shown(&name),
            cases.len(),
            failures,
            errors,
            cases
        )
    }
}

fn case(file: &str, name: &str, told: &Html) -> Html {
    html!("<testcase classname=\"{}\" name=\"{}\">{}</testcase>\n", shown(file), shown(name), told)
}

/// What refuses is a failure; the rest is told, and passes.
fn told(group: &Group<'_>, lang: Lang) -> Html {
    let lines: String = group.findings.iter().map(|finding| line(finding, lang)).collect();
    let lines = shown(&lines);
    if group.severity < Severity::Deny {
        return html!("<system-out>{}</system-out>", lines);
    }
    let first = group.first().map(|finding| finding.text(lang)).unwrap_or_default();
    let message = format!("{} × {}: {first} -> {}", group.count, group.name, group.advice(lang));
    html!("<failure type=\"{}\" message=\"{}\">{}</failure>", group.name.as_ref(), shown(&message), lines)
}

fn line(finding: &Finding, lang: Lang) -> String {
    let key = finding.key.as_ref().map(|key| format!(" [{key}]")).unwrap_or_default();
    let text = finding.text(lang).replace('\n', " ");
    format!("{} {}: {text}{key}\n", finding.place(), finding.severity.word(lang))
}

/// Without the two characters that XML has not and that `html!` lets through.
fn shown(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use warifu_masters::finding::Findings;

    use super::super::found::tests::found;
    use super::*;
    use crate::error::{Exit, Failure};

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
        let told = junit(&[], Ended::Failed(&failure), Lang::En);
        assert!(told.contains("errors=\"1\""), "{told}");
        assert!(told.contains("<error message=\"no [U+0007]&lt;file&gt;\u{fffd}\"/>"), "{told}");
    }
}
