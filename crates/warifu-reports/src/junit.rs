//! Findings as JUnit's XML, which every program that judges a build shows: a suite for each file, a test for
//! each code, which fails when the file fails by it.

use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::found::{Ended, Group, Level, Row, Suite, Tool};

/// The document of all files.
pub fn junit(tool: Tool, found: Vec<Suite<'_>>, ended: Ended<'_>, lang: Lang) -> String {
    let mut suites: Vec<Cases> = found.into_iter().map(|suite| Cases::of(suite, lang)).collect();
    if let Ended::Failed { said, .. } = ended {
        let said = shown(&said.say(lang));
        let error = html!("<error message=\"{}\"/>", said);
        suites.push(Cases {
            name: tool.name.to_owned(),
            cases: vec![case(tool.name, tool.name, &error)],
            failures: 0,
            errors: 1,
        });
    }
    let tests: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let failures: usize = suites.iter().map(|suite| suite.failures).sum();
    let errors: usize = suites.iter().map(|suite| suite.errors).sum();
    let suites: Vec<Html> = suites.into_iter().map(Cases::xml).collect();
    let document = html!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" \
         failures=\"{}\" errors=\"{}\">\n{}</testsuites>\n",
        tool.name,
        tests,
        failures,
        errors,
        suites
    );
    document.into_string()
}

/// The tests of one file.
struct Cases {
    name: String,
    cases: Vec<Html>,
    failures: usize,
    errors: usize,
}

impl Cases {
    fn of(suite: Suite<'_>, lang: Lang) -> Self {
        let Suite { file, groups } = suite;
        let failures = groups.iter().filter(|group| group.level == Level::Error).count();
        let one = |group: Group<'_>| {
            let name = group.name.to_string();
            case(file, &name, &told(group, lang))
        };
        let mut cases: Vec<Html> = groups.into_iter().map(one).collect();
        if cases.is_empty() {
            cases.push(case(file, &say!(lang, "no findings", "指摘なし"), &Html::default()));
        }
        Cases { name: file.to_owned(), cases, failures, errors: 0 }
    }

    fn xml(self) -> Html {
        let Cases { name, cases, failures, errors } = self;
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

/// What the file fails by is a failure; the rest is told, and passes.
fn told(group: Group<'_>, lang: Lang) -> Html {
    let mut rows = group.rows.peekable();
    let first = rows.peek().map(|row| row.text.say(lang).clone()).unwrap_or_default();
    let lines: String = rows.map(|row| line(&row, lang)).collect();
    let lines = shown(&lines);
    if group.level < Level::Error {
        return html!("<system-out>{}</system-out>", lines);
    }
    let advice = match group.advice.say(lang).as_str() {
        "" => String::new(),
        advice => format!(" -> {advice}"),
    };
    let message = format!("{} × {}: {first}{advice}", group.count, group.name);
    html!("<failure type=\"{}\" message=\"{}\">{}</failure>", group.name.as_ref(), shown(&message), lines)
}

fn line(row: &Row<'_>, lang: Lang) -> String {
    let key = row.key.as_ref().map(|key| format!(" [{key}]")).unwrap_or_default();
    let text = row.text.say(lang).replace('\n', " ");
    format!("{} {}: {text}{key}\n", row.place, row.severity.say(lang))
}

/// Without the two characters that XML has not and that `html!` lets through.
fn shown(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
