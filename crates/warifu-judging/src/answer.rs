//! The answer to a claim file: one JSON line for each finding, and a last line that sums up.

use std::io::Write as _;

use serde::Serialize;
use warifu_claims::{ClaimFile, ClaimFindings, ClaimSeverity, FILE_LIMIT_BYTES, Snapshot, Tally, judge};

use crate::receipt::Receipt;
use crate::said::Said;

/// Findings written out for one file. The ASP stops a file at 1,000 claims refused (L1920); beyond this many
/// they are only counted, so that one damaged file cannot fill the memory.
pub const FINDINGS_LIMIT: usize = 10_000;

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Claims in the file.
    pub claims: u64,
    /// Items and comments looked up.
    pub items: u64,
    /// Findings altogether.
    pub findings: u64,
    /// Of these, errors.
    pub errors: u64,
    /// Of these, items that could not be judged.
    pub unjudged: u64,
    /// Of these, notices: told, and processed as right.
    pub notices: u64,
    /// Findings that were only counted.
    pub left_out: u64,
    /// By what it was judged.
    #[serde(flatten)]
    pub receipt: Receipt,
}

/// What a claim file came to.
#[derive(Debug)]
pub struct Answer {
    /// Lines of JSON, the summary last.
    pub lines: Vec<u8>,
    /// The findings that the lines say.
    pub findings: ClaimFindings,
    /// How much was judged.
    pub tally: Tally,
    /// The last line.
    pub summary: Summary,
}

/// Judges `file` by the `snapshot` that `receipt` is of.
pub fn answer(file: &ClaimFile, snapshot: &Snapshot, receipt: &Receipt) -> Answer {
    let mut findings = ClaimFindings::new(FINDINGS_LIMIT);
    let tally = judge(file, snapshot, receipt.release, &mut findings);
    let errors = findings.count_of(ClaimSeverity::Error);
    let unjudged = findings.count_of(ClaimSeverity::Unjudged);
    let notices = findings.count_of(ClaimSeverity::Notice);
    let summary = Summary {
        claims: tally.claims,
        items: tally.items,
        findings: errors + unjudged + notices,
        errors,
        unjudged,
        notices,
        left_out: findings.left_out(),
        receipt: receipt.clone(),
    };
    let mut lines = Vec::with_capacity(findings.list().len() * 420 + 256);
    for finding in findings.list() {
        push_line(&mut lines, finding);
    }
    push_line(&mut lines, &summary);
    Answer { lines, findings, tally, summary }
}

fn push_line(lines: &mut Vec<u8>, value: &impl Serialize) {
    // Writing plain values into memory cannot fail; were it to, the line is missing and the summary's number
    // tells.
    if serde_json::to_writer(&mut *lines, value).is_ok() {
        let _ = lines.write_all(b"\n");
    }
}

/// That a claim file is larger than what is read.
pub fn too_large() -> Said {
    Said::new(
        format!("a claim file may have {FILE_LIMIT_BYTES} bytes"),
        format!("請求ファイルの上限は {FILE_LIMIT_BYTES} バイトです"),
    )
}
