//! Findings as SARIF 2.1.0 (OASIS), which programs that show findings in code read: all files of one run.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use warifu_values::lang::Lang;

use crate::found::{Ended, Group, Level, Row, Suite, Tool};

/// The document of all files. A column of SARIF counts characters, so that of a field is a property.
pub fn sarif(tool: Tool, found: Vec<Suite<'_>>, ended: Ended<'_>, lang: Lang) -> Value {
    let mut rules = Rules::default();
    let mut results = Vec::new();
    for Suite { file, groups } in found {
        for group in groups {
            let at = rules.of(&group, lang);
            let name = group.name.to_string();
            results.extend(group.rows.map(|row| result(file, &name, &row, at, lang)));
        }
    }
    let mut invocation = json!({ "executionSuccessful": true });
    if let Ended::Failed { status, said } = ended {
        invocation = json!({
            "executionSuccessful": false,
            "exitCode": status,
            "toolExecutionNotifications": [{ "level": "error", "message": { "text": said.say(lang) } }],
        });
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": tool.name,
                "version": tool.version,
                "semanticVersion": tool.semantic_version,
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
        let (at, advice) = (self.list.len(), group.advice.say(lang));
        let mut rule = Map::new();
        rule.insert("id".into(), group.name.as_ref().into());
        rule.insert("defaultConfiguration".into(), json!({ "level": level(group.level) }));
        if !advice.is_empty() {
            rule.insert("help".into(), json!({ "text": advice }));
        }
        self.list.push(Value::Object(rule));
        self.known.insert(group.name.to_string(), at);
        at
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn result(file: &str, code: &str, row: &Row<'_>, rule: usize, lang: Lang) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    // SARIF counts from 1.
    if let Some(line) = row.line.filter(|line| *line > 0) {
        physical["region"] = json!({ "startLine": line });
    }
    let mut result = json!({
        "ruleId": code,
        "ruleIndex": rule,
        "level": level(row.level),
        "message": { "text": row.text.say(lang) },
        "locations": [{ "physicalLocation": physical }],
        "properties": { "column": row.column, "field": row.field, "key": row.key },
    });
    if let Some(reason) = row.let_pass {
        result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
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
