//! Findings as people read them: one line each with its place, then once for each code what to do.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use warifu_masters::finding::{Findings, Severity};
use warifu_values::lang::Lang;
use warifu_values::say;

/// How many findings of one code are shown; the rest are counted.
const SHOWN: u64 = 10;
/// How many notes of one code are shown: some rules are broken by hundreds of published records.
const SHOWN_NOTES: u64 = 3;

fn shown_of(severity: Severity) -> u64 {
    if severity == Severity::Note { SHOWN_NOTES } else { SHOWN }
}

/// The findings about `file` as text: `file:line:column:field: severity code: text`, or
/// `file column 21 (field): ...` of a whole column, and advice at the end.
pub fn findings_text(file: &str, findings: &Findings, lang: Lang) -> String {
    let mut text = String::new();
    // For each code, or rule of a site: how many were found so far, how many of them shown, and what to do.
    let mut told: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut advice: Vec<(&str, &str)> = Vec::new();
    for finding in findings.list() {
        let name = finding.name();
        if finding.severity > Severity::Note && !advice.iter().any(|(known, _)| *known == name) {
            advice.push((name, finding.advice(lang)));
        }
        let (found, shown) = told.entry(name).or_default();
        *found += 1;
        if *found > shown_of(finding.severity) {
            continue;
        }
        *shown += 1;
        let place = match (finding.line, finding.column, &finding.field) {
            // A number alone would be taken for a line.
            (None, Some(column), Some(field)) => {
                say!(lang, " column {column} ({field})", " {column} 列目（{field}）")
            }
            _ => finding.place(),
        };
        let colon = if place.is_empty() || place.starts_with(' ') { "" } else { ":" };
        let severity = finding.severity.word(lang);
        let _ = write!(text, "{file}{colon}{place}: {severity} {name}: {}", finding.text(lang));
        if let Some(key) = &finding.key {
            let _ = write!(text, " [{key}]");
        }
        text.push('\n');
    }
    for (name, count) in findings.counts_by_name() {
        let more = count - told.get(name.as_ref()).map_or(0, |(_, shown)| *shown);
        if more > 0 {
            let more = say!(lang, "{more} more of {name}", "{name} が他に {more} 件あります");
            let _ = writeln!(text, "{file}: {more}");
        }
    }
    for (name, advice) in advice {
        let _ = writeln!(text, "  -> {name}: {advice}");
    }
    text
}

/// The findings about a file for `--json`: the first hundred of each code, and how many there were.
#[derive(Debug, Serialize)]
pub struct FindingsJson<'a> {
    counts: BTreeMap<Cow<'a, str>, u64>,
    list: &'a [warifu_masters::finding::Finding],
}

impl<'a> FindingsJson<'a> {
    /// Of `findings`.
    pub fn new(findings: &'a Findings) -> Self {
        FindingsJson { counts: findings.counts_by_name().collect(), list: findings.list() }
    }
}
