//! Findings as people read them: one line each with its place, then once for each code what to do.

use std::fmt::Write as _;

use serde::Serialize;
use warifu_masters::finding::{Code, Findings, Severity};
use warifu_masters::lang::Lang;
use warifu_masters::say;

/// How many findings of one code are shown; the rest are counted.
const SHOWN: u64 = 10;
/// How many notes of one code are shown: some rules are broken by hundreds of published records.
const SHOWN_NOTES: u64 = 3;

fn shown_of(severity: Severity) -> u64 {
    if severity == Severity::Note { SHOWN_NOTES } else { SHOWN }
}

/// The findings about `file` as text: `file:line:column:field: severity code: text`, and advice at the end.
pub fn findings_text(file: &str, findings: &Findings, lang: Lang) -> String {
    let mut text = String::new();
    // (code, found so far, shown so far)
    let mut shown: Vec<(Code, u64, u64)> = Vec::new();
    for finding in findings.list() {
        let at = shown.iter().position(|(code, ..)| *code == finding.code).unwrap_or_else(|| {
            shown.push((finding.code, 0, 0));
            shown.len() - 1
        });
        let (_, found, told) = &mut shown[at];
        *found += 1;
        if *found > shown_of(finding.severity) {
            continue;
        }
        *told += 1;
        let place = finding.place();
        let colon = if place.is_empty() { "" } else { ":" };
        let _ = write!(
            text,
            "{file}{colon}{place}: {} {}: {}",
            finding.severity.word(lang),
            finding.code,
            finding.text(lang)
        );
        if let Some(key) = &finding.key {
            let _ = write!(text, " [{key}]");
        }
        text.push('\n');
    }
    for (code, count) in findings.counts() {
        let told = shown.iter().find(|(known, ..)| *known == code).map_or(0, |(_, _, told)| *told);
        if count > told {
            let more = count - told;
            let _ = writeln!(
                text,
                "{file}: {}",
                say!(lang, "{more} more of {code}", "{code} が他に {more} 件あります")
            );
        }
    }
    for (code, ..) in shown {
        let worst =
            findings.list().iter().filter(|finding| finding.code == code).map(|one| one.severity).max();
        if worst > Some(Severity::Note) {
            let _ = writeln!(text, "  -> {code}: {}", code.advice(lang));
        }
    }
    text
}

/// The findings about a file for `--json`: the first hundred of each code, and how many there were.
#[derive(Debug, Serialize)]
pub struct FindingsJson<'a> {
    counts: std::collections::BTreeMap<&'static str, u64>,
    list: &'a [warifu_masters::finding::Finding],
}

impl<'a> FindingsJson<'a> {
    /// Of `findings`.
    pub fn new(findings: &'a Findings) -> Self {
        let counts = findings.counts().map(|(code, count)| (code.as_str(), count)).collect();
        FindingsJson { counts, list: findings.list() }
    }
}
