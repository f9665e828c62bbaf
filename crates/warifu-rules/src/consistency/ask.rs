//! Asking the rules of the catalogue.

use std::collections::BTreeMap;

use super::catalogue::CATALOGUE;
use super::rule::Rule;
use super::subject::Of;
use warifu_masters::change::diff::Diff;
use warifu_masters::finding::Findings;
use warifu_masters::table::Master;
use warifu_values::day::PublicationDay;

/// Every rule that applies to `master`, a full file or a state. `published` is the day it was published,
/// where that is known: waivers that have ended by then do not hold, and dates are held against it.
pub fn check(master: &Master, published: Option<PublicationDay>) -> Findings {
    let begin = |rule: &'static Rule| Some((rule, rule.begin(master, published)?));
    let mut asked: Vec<_> = CATALOGUE.iter().filter_map(begin).collect();
    for from in (0..master.rows()).step_by(BLOCK_ROWS) {
        let rows = from..master.rows().min(from + BLOCK_ROWS);
        for (rule, report) in &mut asked {
            rule.go_on(report, rows.clone());
        }
    }
    let mut findings = Findings::new();
    asked.into_iter().for_each(|(_, report)| findings.extend(report.findings));
    findings
}

/// How many rows every rule is asked of before the next ones come: few enough to stay in the processor's
/// cache meanwhile, since a row of procedures is 1.5 KB long and thirty rules look at it.
const BLOCK_ROWS: usize = 64;

/// Every rule between `masters`, which belong to one series, each of another kind: what was found, by the
/// kind of the master whose record breaks the rule.
pub fn check_across(masters: &[&Master], published: Option<PublicationDay>) -> BTreeMap<String, Findings> {
    found_of(Of::Masters(masters), published, CATALOGUE.iter())
}

/// Like [`check_across`], for a file of `kind` on its way in: of the rules that need another master, those
/// that only [`needed_by`] names.
pub fn check_across_for(
    kind: &str,
    masters: &[&Master],
    published: Option<PublicationDay>,
) -> BTreeMap<String, Findings> {
    found_of(Of::Masters(masters), published, CATALOGUE.iter().filter(|rule| rule.is_asked_at_import(kind)))
}

/// The other kinds of master that an import of `kind` is held against. Few: reading them takes longer than
/// everything else that is asked of a file.
pub fn needed_by(kind: &str) -> Vec<&'static str> {
    let rules = CATALOGUE.iter().filter(|rule| rule.is_asked_at_import(kind));
    let mut kinds: Vec<_> = rules.flat_map(|rule| rule.kinds).copied().filter(|one| *one != kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Every rule between two states of one master; `published` is the day of the newer one.
pub fn check_versions(diff: &Diff<'_>, published: Option<PublicationDay>) -> Findings {
    let mut found = found_of(Of::Versions(diff), published, CATALOGUE.iter());
    found.remove(&diff.new.layout().kind).unwrap_or_default()
}

fn found_of<'r>(
    of: Of<'_>,
    published: Option<PublicationDay>,
    rules: impl Iterator<Item = &'r Rule>,
) -> BTreeMap<String, Findings> {
    let mut all: BTreeMap<String, Findings> = BTreeMap::new();
    for tally in rules.filter_map(|rule| rule.ask(of, published)) {
        for (kind, findings) in tally.findings {
            all.entry(kind).or_default().extend(findings);
        }
    }
    all
}
