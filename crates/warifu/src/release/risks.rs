//! Where a reviewer of a release should look first, master by master.

use warifu_masters::change::diff::diff;
use warifu_masters::table::Master;
use warifu_rules::review::{RiskKind, Scope, review};

use super::past::Answers;

/// How many records are named of each risk.
const NAMED: usize = 5;

/// One way in which changes of a master can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRisk {
    /// The master, `series/kind`.
    pub master: String,
    /// Which way.
    pub kind: RiskKind,
    /// How many records it concerns.
    pub records: usize,
    /// The keys of the riskiest.
    pub keys: Vec<String>,
}

/// The risks of what changes from `old` to `new`, riskiest first.
pub(super) fn risks(old: &[Answers], new: &[Answers]) -> Vec<ReleaseRisk> {
    let mut found = Vec::new();
    for answers in new {
        let same = |other: &&Answers| other.series == answers.series && other.kind == answers.kind;
        let Some(before) = old.iter().find(same) else { continue };
        let Ok(diff) = diff(&before.state, &answers.state) else { continue };
        if diff.changes.is_empty() {
            continue;
        }
        let others: Vec<Master> = new
            .iter()
            .filter(|other| other.series == answers.series && other.kind != answers.kind)
            .map(|other| other.state.clone())
            .collect();
        let master = format!("{}/{}", answers.series, answers.kind);
        found.extend(review(&diff, Scope::States { others: &others }).into_iter().map(|risk| {
            let first = risk.changes.iter().filter_map(|at| diff.changes.get(*at)).take(NAMED);
            let keys = first.map(|change| diff.key(*change).into_owned()).collect();
            ReleaseRisk { master: master.clone(), kind: risk.kind, records: risk.records(), keys }
        }));
    }
    found.sort_by(|a, b| a.kind.cmp(&b.kind).then(b.records.cmp(&a.records)));
    found
}
