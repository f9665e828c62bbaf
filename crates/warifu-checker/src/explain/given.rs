//! An answer as it was given: JSON lines, a finding each, and a summary.

use serde::{Deserialize, Serialize};

use crate::receipt::Receipt;
use crate::said::Said;

/// A finding of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenFinding {
    /// What: `claim/points`.
    pub code: String,
    /// `error`, `unjudged` or `notice`.
    pub severity: String,
    /// The release that judged.
    pub release: u64,
    /// The claim's number in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<u64>,
    /// The line of the file.
    pub line: u64,
    /// The field's position in its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<u64>,
    /// The item's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Its name in the master.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The day that was judged for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// Or the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// The series of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// What was found.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// The message.
    pub en: String,
    /// 同じ内容の日本語.
    pub ja: String,
}

impl GivenFinding {
    /// Where it stands and what it is.
    pub(super) fn key(&self) -> (u64, Option<u64>, &Option<String>, &str) {
        (self.line, self.field, &self.item, &self.code)
    }

    /// What it says besides: all but the release, names and sentences.
    pub(super) fn evidence(&self) -> [Option<&str>; 6] {
        let GivenFinding { severity, day, month, series, found, expected, .. } = self;
        [
            Some(severity.as_str()),
            day.as_deref(),
            month.as_deref(),
            series.as_deref(),
            Some(found.as_str()),
            Some(expected.as_str()),
        ]
    }
}

/// The last line of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GivenSummary {
    /// Claims in the file.
    pub claims: u64,
    /// Items and comments looked up.
    pub items: u64,
    /// Findings altogether.
    pub findings: u64,
    /// Findings that were only counted.
    pub left_out: u64,
    /// By what it was judged.
    #[serde(flatten)]
    pub receipt: Receipt,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What it says of the file.
    pub findings: Vec<GivenFinding>,
    /// Its last line.
    pub summary: GivenSummary,
}

impl Given {
    /// Reads the lines of an answer called `name`.
    ///
    /// # Errors
    /// What is wrong with it: it is no answer, has no receipt, is not whole, or names two releases.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Given, Said> {
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
        let wrong = |number: usize, error: &serde_json::Error| {
            Said::about(
                &format!(
                    "{name}:{number}: not a line of an answer with a receipt, as `check --json` gives it"
                ),
                &format!("{name}:{number}: check --json の点検結果（判定根拠付き）の行ではありません"),
                error,
            )
        };
        let count = lines.len();
        let (last, findings) = lines.split_last().map_or((&b""[..], &[][..]), |(last, rest)| (*last, rest));
        let summary: GivenSummary = serde_json::from_slice(last).map_err(|error| wrong(count, &error))?;
        let finding = |(at, line): (usize, &&[u8])| {
            serde_json::from_slice::<GivenFinding>(line).map_err(|error| wrong(at + 1, &error))
        };
        let findings: Vec<_> = findings.iter().enumerate().map(finding).collect::<Result<_, _>>()?;
        let is_whole = findings.len() as u64 + summary.left_out == summary.findings;
        if !is_whole || findings.iter().any(|finding| finding.release != summary.receipt.release) {
            return Err(Said::new(
                format!("{name}: its lines are not those that its summary counts"),
                format!("{name}: 明細行が末尾の集計と一致しません"),
            ));
        }
        Ok(Given { findings, summary })
    }
}
