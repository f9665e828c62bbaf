//! Findings as people read them: one line each with its place, then once for each code what to do.

use std::fmt::Write as _;

use serde::Serialize;
use warifu_masters::finding::{Code, Findings, Severity};
use warifu_masters::lang::Lang;
use warifu_masters::say;

/// How many findings of one code are shown; the rest are counted.
const SHOWN: usize = 10;

/// The findings about `file` as text: `file:line:column:field: severity code: text`, and advice at the end.
pub fn findings_text(file: &str, findings: &Findings, lang: Lang) -> String {
    let mut text = String::new();
    let mut shown: Vec<(Code, usize)> = Vec::new();
    for finding in findings.list() {
        let count = match shown.iter_mut().find(|(code, _)| *code == finding.code) {
            Some((_, count)) => count,
            None => {
                shown.push((finding.code, 0));
                &mut shown.last_mut().expect("just pushed").1
            }
        };
        *count += 1;
        if *count > SHOWN {
            continue;
        }
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
        if count > SHOWN as u64 {
            let more = count - SHOWN as u64;
            let _ = writeln!(
                text,
                "{file}: {}",
                say!(lang, "{more} more of {code}", "{code} が他に {more} 件あります")
            );
        }
    }
    for (code, _) in shown {
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
