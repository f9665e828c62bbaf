//! Findings as SARIF 2.1.0 (OASIS), which programs that show findings in code read: all files of one run.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use warifu_masters::finding::{Finding, Severity};
use warifu_values::lang::{Lang, Speak as _};

use super::found::{Ended, Found, Group, groups};

/// The document of all files. A column of SARIF counts characters, so that of a field is a property.
pub fn sarif(found: &[Found], ended: Ended<'_>, lang: Lang) -> Value {
    let mut rules = Rules::default();
    let mut results = Vec::new();
    for Found { file, findings } in found {
        for group in groups(findings) {
            let at = rules.of(&group, lang);
            results.extend(group.findings.iter().map(|finding| result(file, finding, at, lang)));
        }
    }
    let mut invocation = json!({ "executionSuccessful": true });
    if let Ended::Failed(failure) = ended {
        invocation = json!({
            "executionSuccessful": false,
            "exitCode": failure.exit.code(),
            "toolExecutionNotifications": [{ "level": "error", "message": { "text": failure.say(lang) } }],
        });
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "warifu",
                "version": env!("WARIFU_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.list,
            } },
            "language": if lang == Lang::Ja { "ja-JP" } else { "en-US" },
            "invocations": [invocation],
            "results": results,
        }],
    })
}

/// The codes that were found, each once.
#[derive(Default)]
struct Rules {
    list: Vec<Value>,
    known: BTreeMap<String, usize>,
}

impl Rules {
    /// The place of the group's code among them.
    fn of(&mut self, group: &Group<'_>, lang: Lang) -> usize {
        if let Some(at) = self.known.get(group.name.as_ref()) {
            return *at;
        }
        let at = self.list.len();
        let mut rule = Map::new();
        rule.insert("id".into(), group.name.as_ref().into());
        rule.insert("defaultConfiguration".into(), json!({ "level": level(group.severity) }));
        if !group.advice(lang).is_empty() {
            rule.insert("help".into(), json!({ "text": group.advice(lang) }));
        }
        self.list.push(Value::Object(rule));
        self.known.insert(group.name.to_string(), at);
        at
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "error",
        Severity::Warn => "warning",
        Severity::Note => "note",
    }
}

fn result(file: &str, finding: &Finding, rule: usize, lang: Lang) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    // SARIF counts from 1.
    if let Some(line) = finding.line.filter(|line| *line > 0) {
        physical["region"] = json!({ "startLine": line });
    }
    let mut result = json!({
        "ruleId": finding.name(),
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": finding.text(lang) },
        "locations": [{ "physicalLocation": physical }],
        "properties": { "column": finding.column, "field": finding.field, "key": finding.key },
    });
    if let Some(passed) = &finding.passed {
        result["suppressions"] = json!([{ "kind": "external", "justification": passed.reason }]);
    }
    result
}

/// A path as a reference: what is no letter, digit or `-._~/` by its bytes.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    if path.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::super::found::tests::found;
    use super::*;
    use crate::error::{Exit, Failure};

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
        let document = sarif(&[], Ended::Failed(&failure), Lang::En);
        let invocation = &document["runs"][0]["invocations"][0];
        assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&false.into(), &2.into()));
    }
}
