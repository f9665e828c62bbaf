//! Drift: how the judgement of the same claim files differs between two releases.

use serde::{Deserialize, Serialize};
use warifu_claims::{ClaimFile, ClaimFinding, ClaimFindings, ClaimSeverity, Snapshot, Tally, judge};

/// How much may differ before a release is refused or left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// So many new error findings are always allowed: a few claims change with any release.
    pub least: u64,
    /// Beyond that, so many percent of the items judged.
    pub percent: f64,
    /// So many percent of the items may stop being judged at all, before checking means nothing.
    pub unjudged_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds { least: 5, percent: 2.0, unjudged_percent: 10.0 }
    }
}

impl Thresholds {
    fn of(&self, percent: f64, items: u64) -> u64 {
        // Items in one replay are far below 2^52; an f64 holds them exactly.
        let share = items as f64 * percent / 100.0;
        self.least.max(share as u64)
    }

    /// The most new errors allowed among `items`.
    pub fn errors_allowed(&self, items: u64) -> u64 {
        self.of(self.percent, items)
    }

    /// The most newly unjudged items allowed among `items`.
    pub fn unjudged_allowed(&self, items: u64) -> u64 {
        self.of(self.unjudged_percent, items)
    }
}

/// What differs, summed over claim files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Drift {
    /// Claim files judged by both.
    pub files: u64,
    /// Claims in them.
    pub claims: u64,
    /// Items and comments in them.
    pub items: u64,
    /// Errors that only the newer release finds.
    pub new_errors: u64,
    /// Errors that only the older release finds.
    pub gone_errors: u64,
    /// Items that only the newer release cannot judge.
    pub newly_unjudged: u64,
}

impl Drift {
    /// Adds what another file gave.
    pub fn add(&mut self, other: Drift) {
        self.files += other.files;
        self.claims += other.claims;
        self.items += other.items;
        self.new_errors += other.new_errors;
        self.gone_errors += other.gone_errors;
        self.newly_unjudged += other.newly_unjudged;
    }

    /// Whether it is more than `thresholds` allow.
    pub fn exceeds(&self, thresholds: &Thresholds) -> bool {
        self.new_errors > thresholds.errors_allowed(self.items)
            || self.newly_unjudged > thresholds.unjudged_allowed(self.items)
    }
}

/// Findings kept of one file by each side; what goes beyond is compared by number.
const KEPT: usize = 20_000;

/// What tells one finding of a file from another.
type Key = (ClaimSeverity, u32, Option<u32>, &'static str, String);

fn keys(findings: &ClaimFindings) -> Vec<(Key, usize)> {
    let of = |finding: &ClaimFinding| {
        (finding.severity(), finding.line, finding.item, finding.code.as_str(), finding.expected.clone())
    };
    let asked = findings.list().iter().enumerate().filter(|(_, finding)| finding.code.asks_masters());
    let mut keys: Vec<_> = asked.map(|(at, finding)| (of(finding), at)).collect();
    keys.sort_unstable();
    keys
}

/// Judges one file by `snapshot`, keeping enough to be compared.
pub fn judge_to_compare(file: &ClaimFile, snapshot: &Snapshot) -> (Tally, ClaimFindings) {
    let mut findings = ClaimFindings::new(KEPT);
    let tally = judge(file, snapshot, 0, &mut findings);
    (tally, findings)
}

/// Compares what two releases found in one file; `example` gets each finding that is new.
pub fn compare(
    tally: Tally,
    older: &ClaimFindings,
    newer: &ClaimFindings,
    mut example: impl FnMut(&ClaimFinding),
) -> Drift {
    let (old_keys, new_keys) = (keys(older), keys(newer));
    let mut drift = Drift { files: 1, claims: tally.claims, items: tally.items, ..Drift::default() };
    let (mut old, mut new) = (old_keys.iter().peekable(), new_keys.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        match order {
            std::cmp::Ordering::Equal => {
                old.next();
                new.next();
            }
            std::cmp::Ordering::Less => {
                if old.next().is_some_and(|((severity, ..), _)| *severity == ClaimSeverity::Error) {
                    drift.gone_errors += 1;
                }
            }
            std::cmp::Ordering::Greater => {
                if let Some(((severity, ..), at)) = new.next() {
                    match severity {
                        ClaimSeverity::Error => drift.new_errors += 1,
                        ClaimSeverity::Unjudged => drift.newly_unjudged += 1,
                    }
                    example(&newer.list()[*at]);
                }
            }
        }
    }
    if older.left_out() + newer.left_out() > 0 {
        // Lists that were cut cannot tell all: the difference of the numbers is the least it can be.
        let more = |severity| newer.count_of(severity).saturating_sub(older.count_of(severity));
        drift.new_errors = drift.new_errors.max(more(ClaimSeverity::Error));
        drift.newly_unjudged = drift.newly_unjudged.max(more(ClaimSeverity::Unjudged));
    }
    drift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_always_allowed_and_a_share_of_many() {
        let thresholds = Thresholds::default();
        assert_eq!(thresholds.errors_allowed(10), 5);
        assert_eq!(thresholds.errors_allowed(10_000), 200);
        let drift = Drift { items: 100, new_errors: 6, ..Drift::default() };
        assert!(drift.exceeds(&thresholds));
        assert!(!Drift { new_errors: 5, ..drift }.exceeds(&thresholds));
        let silent = Drift { items: 100, newly_unjudged: 100, ..Drift::default() };
        assert!(silent.exceeds(&thresholds));
    }
}
