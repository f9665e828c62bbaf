//! What a change brings: the rules between the records of one master, asked again only where what they look
//! at has changed.
//!
//! What a rule finds is made of the records' keys and of the columns that it looks at, and of nothing else.
//! So a rule on single records finds nothing new in a record that is the same in both states; and one that
//! looks from record to record finds nothing new at all where no record came or went and none of its columns
//! changed.

use std::collections::BTreeSet;
use std::ops::Range;

use super::catalogue::CATALOGUE;
use super::report::Report;
use super::rule::Rule;
use warifu_masters::change::diff::{Change, Diff, fields_that_differ};
use warifu_masters::finding::{Finding, Findings, Severity};
use warifu_values::day::PublicationDay;

/// How much of the two states a [`Diff`] shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// All of both.
    Whole,
    /// Every record that differs, and some of the others.
    Part,
}

/// What the rules between records find in the newer state and did not find in the older one, notes left out:
/// what a state had before was said when it came in. Without lines, since a state stands in no file.
///
/// `None` where a part was shown and a rule has to see the whole.
pub fn check_new(diff: &Diff<'_>, published: Option<PublicationDay>, shown: Shown) -> Option<Findings> {
    new_in(diff, published, shown, |one, other| one == other)
}

/// The rules between records that the newer state breaks where the older one did not: another value in a
/// field that broke the same rule is not told again. Of two whole states, whenever they were published.
pub fn newly_broken(diff: &Diff<'_>) -> Findings {
    let same_place = |one: &Finding, other: &Finding| {
        one.code == other.code && one.key == other.key && one.field == other.field
    };
    new_in(diff, None, Shown::Whole, same_place).unwrap_or_default()
}

/// What is found in the newer state and, as `is_same` tells it, was not in the older one.
fn new_in(
    diff: &Diff<'_>,
    published: Option<PublicationDay>,
    shown: Shown,
    is_same: fn(&Finding, &Finding) -> bool,
) -> Option<Findings> {
    let touched = Touched::by(diff);
    let mut findings = Findings::new();
    for rule in CATALOGUE.iter().filter(|rule| rule.code.severity() > Severity::Note) {
        let Some(new) = rule.begin(diff.new, published) else { continue };
        let old = rule.begin(diff.old, published);
        let found = match (rule.is_of_single_records(), &touched) {
            (true, Touched::Columns { .. }) => {
                let of = |rows: fn(&Change) -> Option<usize>| diff.changes.iter().filter_map(rows);
                let found = ask(rule, Some(new), of(Change::new_row).map(single));
                not_in(found, || ask(rule, old, of(old_row).map(single)), is_same)
            }
            (false, touched) if !touched.concerns(rule) => continue,
            _ if shown == Shown::Part => return None,
            _ => {
                let found = ask(rule, Some(new), std::iter::once(0..diff.new.rows()));
                not_in(found, || ask(rule, old, std::iter::once(0..diff.old.rows())), is_same)
            }
        };
        findings.extend(found);
    }
    Some(findings)
}

/// What of the records differs.
enum Touched<'a> {
    /// The states are in two editions: nothing can be said of any column.
    Edition,
    Columns {
        ids: BTreeSet<&'a str>,
        came_or_went: bool,
    },
}

impl<'a> Touched<'a> {
    fn by(diff: &Diff<'a>) -> Touched<'a> {
        let (old, new) = (diff.old.layout(), diff.new.layout());
        if old.name() != new.name() {
            return Touched::Edition;
        }
        let (mut columns, mut came_or_went) = (BTreeSet::new(), false);
        for change in &diff.changes {
            match *change {
                Change::Changed { old, new } => {
                    columns.extend(fields_that_differ(diff.old, old, diff.new, new));
                }
                Change::Added { .. } | Change::Removed { .. } => came_or_went = true,
            }
        }
        let ids = columns.into_iter().map(|column| new.columns[column].id.as_str()).collect();
        Touched::Columns { ids, came_or_went }
    }

    /// Whether a rule that looks from record to record can find something else now.
    fn concerns(&self, rule: &Rule) -> bool {
        match self {
            Touched::Edition => true,
            Touched::Columns { ids, came_or_went } => *came_or_went || ids.iter().any(|id| rule.looks_at(id)),
        }
    }
}

fn old_row(change: &Change) -> Option<usize> {
    match *change {
        Change::Changed { old, .. } | Change::Removed { old } => Some(old),
        Change::Added { .. } => None,
    }
}

fn single(row: usize) -> Range<usize> {
    row..row + 1
}

/// Asks `rule` of `rows`; an edition that lacks one of its columns finds nothing.
fn ask(rule: &Rule, report: Option<Report<'_>>, rows: impl Iterator<Item = Range<usize>>) -> Findings {
    let Some(mut report) = report else { return Findings::new() };
    report.has_lines = false;
    rows.for_each(|rows| rule.go_on(&mut report, rows));
    report.findings
}

/// What of `found`, all of one rule, was not `known`, which is only asked for where something was found.
fn not_in(
    mut found: Findings,
    known: impl FnOnce() -> Findings,
    is_same: fn(&Finding, &Finding) -> bool,
) -> Findings {
    // Of more findings than are kept, nobody can tell the new ones: where it refuses, it goes on to.
    let all_kept = found.counts().all(|(code, count)| {
        found.list().iter().filter(|finding| finding.code == code).count() as u64 == count
    });
    found.retain(|finding| finding.severity > Severity::Note);
    if !found.is_empty() {
        let known = known();
        found.retain(|finding| {
            let told_apart = all_kept || finding.severity < Severity::Deny;
            !(told_apart && known.list().iter().any(|known| is_same(known, finding)))
        });
    }
    found
}
