//! The answer to a claim file: one JSON line for each finding, and a last line that sums up.

use std::cmp::Reverse;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use warifu_claims::{
    ClaimCode, ClaimFile, ClaimFindings, ClaimSeverity, FILE_LIMIT_BYTES, Level, Snapshot, Tally, judge,
};
use warifu_values::lang::Lang;
use warifu_values::template::Filled;

use crate::receipt::Receipt;
use crate::said::Said;

/// The form of an answer: another number where a program that reads the lines must look again. Fields that
/// are added change nothing for it.
pub const ANSWER_SCHEMA: u32 = 1;

/// Findings written out for one file. The ASP stops a file at 1,000 claims refused (L1920); beyond this many
/// they are only counted, so that one damaged file cannot fill the memory.
pub const FINDINGS_LIMIT: usize = 10_000;

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Summary {
    /// The form of this answer; none in answers of before there was one.
    pub schema: u32,
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
    /// What was found under each code, errors first.
    pub codes: Vec<CodeCount>,
    /// By what it was judged.
    #[serde(flatten)]
    pub receipt: Receipt,
}

impl Summary {
    /// Of a file of which so much was judged, with these findings.
    pub fn of(tally: Tally, findings: &ClaimFindings, receipt: &Receipt) -> Summary {
        Summary {
            schema: ANSWER_SCHEMA,
            claims: tally.claims,
            items: tally.items,
            findings: findings.counts().map(|(_, count)| count).sum(),
            errors: findings.count_of(ClaimSeverity::Error),
            unjudged: findings.count_of(ClaimSeverity::Unjudged),
            notices: findings.count_of(ClaimSeverity::Notice),
            left_out: findings.left_out(),
            codes: CodeCount::all_of(findings),
            receipt: receipt.clone(),
        }
    }
}

/// What was found under one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CodeCount {
    /// What (docs/claims.md).
    #[serde(serialize_with = "code_as_written")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub code: ClaimCode,
    /// The error code of the ASP, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asp: Option<&'static str>,
    /// Its level in the list of the ASP: what becomes of a claim for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'static str>,
    /// `error`, `notice` or `unjudged`.
    pub severity: &'static str,
    /// Findings, also those that were only counted.
    pub findings: u64,
    /// Different claims in those that are written out; none for what is of the file.
    pub claims: u64,
    /// What the code says, without the evidence.
    pub en: String,
    /// 証拠を除いた内容
    pub ja: String,
}

fn code_as_written<S: Serializer>(code: &ClaimCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

/// What stands in the place of the evidence.
const EVIDENCE: &str = "…";

impl CodeCount {
    /// Each code that occurred in `findings`, errors first.
    fn all_of(findings: &ClaimFindings) -> Vec<CodeCount> {
        let mut counts: Vec<CodeCount> =
            findings.counts().map(|(code, count)| CodeCount::of(code, count)).collect();
        // A claim's findings follow one another in the file: another number is another claim.
        let mut seen: Vec<Option<u32>> = vec![None; counts.len()];
        for finding in findings.list() {
            let Some(at) = counts.iter().position(|count| count.code == finding.code) else { continue };
            if finding.claim.is_some() && seen[at] != finding.claim {
                seen[at] = finding.claim;
                counts[at].claims += 1;
            }
        }
        counts.sort_by_key(|count| Reverse(count.code.severity()));
        counts
    }

    fn of(code: ClaimCode, findings: u64) -> CodeCount {
        let text = |lang| {
            let values = ["{found}", "{expected}", "{field}"].map(|place| (place, EVIDENCE));
            Filled { template: code.text(lang), values: &values }.to_string()
        };
        CodeCount {
            code,
            asp: code.asp(),
            level: code.level().map(Level::as_str),
            severity: code.severity().as_str(),
            findings,
            claims: 0,
            en: text(Lang::En),
            ja: text(Lang::Ja),
        }
    }
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
    let Judged { findings, tally, summary } = judged(file, snapshot, receipt, FINDINGS_LIMIT);
    let mut lines = Vec::with_capacity(findings.list().len() * 420 + 256);
    // Writing plain values into memory cannot fail; were it to, a line is missing and the summary's number
    // tells.
    let _ = write_lines(&mut lines, &findings, &summary);
    Answer { lines, findings, tally, summary }
}

/// What a claim file came to, before it is written.
#[derive(Debug)]
pub struct Judged {
    /// The findings, as far as they were kept.
    pub findings: ClaimFindings,
    /// How much was judged.
    pub tally: Tally,
    /// The last line.
    pub summary: Summary,
}

/// The same, with so many findings at most, and not written yet.
pub fn judged(file: &ClaimFile, snapshot: &Snapshot, receipt: &Receipt, limit: usize) -> Judged {
    let mut findings = ClaimFindings::new(limit);
    let tally = judge(file, snapshot, receipt.release, &mut findings);
    let summary = Summary::of(tally, &findings, receipt);
    Judged { findings, tally, summary }
}

/// Writes a line for each finding, and the summary as the last one.
///
/// # Errors
/// Those of `out`.
pub fn write_lines(out: &mut impl Write, findings: &ClaimFindings, summary: &Summary) -> io::Result<()> {
    for finding in findings.list() {
        write_line(out, finding)?;
    }
    write_line(out, summary)
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// That a claim file is larger than what is read.
pub fn too_large() -> Said {
    Said::new(
        format!(
            "the claim file has more than {FILE_LIMIT_BYTES} bytes, the most that is read: \
             send one file of claims"
        ),
        format!(
            "請求ファイルが上限の {FILE_LIMIT_BYTES} バイトを超えています。請求ファイル 1 つだけを送ってください"
        ),
    )
}
