//! The gate before activation: the recent claim files are judged by the candidate and by what runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use warifu_claims::{ClaimFile, Snapshot};
use warifu_values::lang::counted;

use crate::drift::compare::{Drift, Thresholds, compare, judge_to_compare};
use crate::said::Said;

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Within the thresholds.
    Passed,
    /// Beyond them.
    Refused,
    /// There was nothing to replay, or nothing ran before. The watch on probation is then the only one.
    Inconclusive,
}

/// One finding that the candidate adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The finding's code.
    pub code: String,
    /// The item's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// What was found.
    pub found: String,
    /// What it was compared with.
    pub expected: String,
}

/// What the replay gave; kept with the state and shown by `status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftReport {
    /// The candidate.
    pub release: u64,
    /// What ran.
    pub against: Option<u64>,
    /// What it says.
    pub verdict: Verdict,
    /// What differs.
    pub drift: Drift,
    /// New errors allowed.
    pub errors_allowed: u64,
    /// New findings by code.
    pub new_by_code: BTreeMap<String, u64>,
    /// The first new findings.
    pub examples: Vec<Example>,
}

/// How many new findings are kept as examples.
const EXAMPLES: usize = 20;

/// Replays `files`: they are judged by the `candidate` and by what runs, each with the number of its release.
pub fn replay(
    (release, candidate): (u64, &Snapshot),
    running: Option<(u64, &Snapshot)>,
    files: &[Arc<[u8]>],
    thresholds: &Thresholds,
) -> DriftReport {
    let mut report = DriftReport {
        release,
        against: running.map(|(release, _)| release),
        verdict: Verdict::Inconclusive,
        drift: Drift::default(),
        errors_allowed: 0,
        new_by_code: BTreeMap::new(),
        examples: Vec::new(),
    };
    let Some((_, running)) = running else { return report };
    for bytes in files {
        let file = ClaimFile::read(bytes);
        let (_, older) = judge_to_compare(&file, running);
        let (tally, newer) = judge_to_compare(&file, candidate);
        let drift = compare(tally, &older, &newer, |finding| {
            *report.new_by_code.entry(finding.code.as_str().to_owned()).or_insert(0) += 1;
            if report.examples.len() < EXAMPLES {
                report.examples.push(Example {
                    code: finding.code.as_str().to_owned(),
                    item: finding.item.map(|code| format!("{code:09}")),
                    found: finding.found.clone(),
                    expected: finding.expected.clone(),
                });
            }
        });
        report.drift.add(drift);
    }
    report.errors_allowed = thresholds.errors_allowed(report.drift.items);
    report.verdict = match report.drift {
        Drift { items: 0, .. } => Verdict::Inconclusive,
        drift if drift.exceeds(thresholds) => Verdict::Refused,
        _ => Verdict::Passed,
    };
    report
}

impl DriftReport {
    /// Why the candidate is refused, when it is.
    pub fn refusal(&self) -> Option<Said> {
        let Drift { files, items, new_errors, newly_unjudged, .. } = self.drift;
        let allowed = self.errors_allowed;
        (self.verdict == Verdict::Refused).then(|| {
            Said::new(
                format!(
                    "replaying {} ({}) gives {} ({allowed} allowed) and {} newly unjudged",
                    counted(files, "recent claim file"),
                    counted(items, "item"),
                    counted(new_errors, "new error"),
                    counted(newly_unjudged, "item")
                ),
                format!(
                    "直近の請求ファイル {files} 件（{items} 項目）の再点検で\
                     新たなエラー {new_errors} 件（許容 {allowed} 件）、判定不能 {newly_unjudged} 件が生じます"
                ),
            )
        })
    }
}
