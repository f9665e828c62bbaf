//! Changes that many records share, and values that no record had before.

use std::collections::{BTreeMap, HashMap};

use warifu_masters::change::diff::{Change, Diff, field_or_blank, fields_that_differ};
use warifu_masters::table::Table;

use super::columns::is_bookkeeping;
use super::kind::RiskKind;
use super::risk::{Evidence, MANY_CHANGES_SHARE, Risk, SAME_CHANGE_RECORDS, Scope};

/// How one column changed: which changes went from one value to another.
type Transitions<'a> = HashMap<(&'a str, &'a str), Vec<usize>>;

/// The risks of whole columns.
pub(super) fn risks(diff: &Diff<'_>, scope: Scope<'_>) -> Vec<Risk> {
    let width = diff.layout().width();
    let mut transitions: Vec<Transitions<'_>> = vec![HashMap::new(); width];
    let mut in_both = diff.new.rows();
    for (at, change) in diff.changes.iter().enumerate() {
        match *change {
            Change::Added { .. } => in_both -= 1,
            Change::Removed { .. } => {}
            Change::Changed { old, new } => {
                for column in fields_that_differ(diff.old, old, diff.new, new) {
                    let pair = (field_or_blank(diff.old, old, column), field_or_blank(diff.new, new, column));
                    transitions[column].entry(pair).or_default().push(at);
                }
            }
        }
    }
    let used = [diff.old, diff.new].map(|state| columns_in_use(state, width));
    let mut values = unmet_values(diff);
    let mut risks = Vec::new();
    for (column, transitions) in transitions.into_iter().enumerate() {
        let used = used.each_ref().map(|columns| columns[column]);
        risks.extend(mass(diff, scope, column, transitions, (used, in_both)));
        risks.extend(new_values(diff, scope, column, (used[0], std::mem::take(&mut values[column]))));
    }
    risks
}

/// For each of `width` columns whether some record has a value there. Record by record, as they lie in
/// memory.
fn columns_in_use(state: &Table, width: usize) -> Vec<bool> {
    let mut used = vec![false; width];
    let mut unused: Vec<usize> = (0..width.min(state.layout().width())).collect();
    for row in 0..state.rows() {
        unused.retain(|column| {
            let is_blank = state.bytes(row, *column).is_empty();
            used[*column] |= !is_blank;
            is_blank
        });
        if unused.is_empty() {
            break;
        }
    }
    used
}

/// A column that changed in many records, for the riskiest reason that applies. What was only written with
/// other zeros is told apart, so that it does not hide the rest.
fn mass(
    diff: &Diff<'_>,
    scope: Scope<'_>,
    column: usize,
    mut transitions: Transitions<'_>,
    ([in_old, in_new], in_both): ([bool; 2], usize),
) -> Vec<Risk> {
    let about = &diff.layout().columns[column];
    if is_bookkeeping(about) {
        let concerns = is_same_change(&transitions) || is_large_share(&transitions, in_both);
        return concerns
            .then(|| shared(RiskKind::Bookkeeping, column, &transitions))
            .flatten()
            .into_iter()
            .collect();
    }
    if matches!(scope, Scope::States { .. }) {
        if !in_old {
            return first_used(diff, column, &transitions).into_iter().collect();
        }
        if !in_new {
            return shared(RiskKind::ColumnEmptied, column, &transitions).into_iter().collect();
        }
    }
    let rewritten: Transitions<'_> = transitions.extract_if(|(old, new), _| same_number(old, new)).collect();
    let rewritten =
        is_same_change(&rewritten).then(|| shared(RiskKind::Rewritten, column, &rewritten)).flatten();
    let other = if is_large_share(&transitions, in_both) {
        shared(RiskKind::ManyChanges, column, &transitions)
    } else {
        transitions.retain(|_, changes| changes.len() >= SAME_CHANGE_RECORDS);
        shared(RiskKind::SameChange, column, &transitions)
    };
    rewritten.into_iter().chain(other).collect()
}

/// A column that no record of the old state has: every record that has it now, those that are new among them.
fn first_used(diff: &Diff<'_>, column: usize, transitions: &Transitions<'_>) -> Option<Risk> {
    let uses = |change: &Change| match *change {
        Change::Added { new } | Change::Changed { new, .. } => {
            !field_or_blank(diff.new, new, column).is_empty()
        }
        Change::Removed { .. } => false,
    };
    let changes = (0..diff.changes.len()).filter(|at| uses(&diff.changes[*at])).collect();
    let risk = Risk::of(RiskKind::ColumnFirstUsed, Some(column), changes)?;
    let evidence = shared(risk.kind, column, transitions).map_or(Evidence::Changes, |told| told.evidence);
    Some(Risk { evidence, ..risk })
}

/// Whether many records changed in the same way.
fn is_same_change(transitions: &Transitions<'_>) -> bool {
    transitions.values().any(|changes| changes.len() >= SAME_CHANGE_RECORDS)
}

/// Whether a large part of the records changed, however they did.
fn is_large_share(transitions: &Transitions<'_>, in_both: usize) -> bool {
    let total: usize = transitions.values().map(Vec::len).sum();
    total >= SAME_CHANGE_RECORDS && total as f64 >= MANY_CHANGES_SHARE * in_both as f64
}

/// The risk of everything in `transitions`, with the commonest as evidence; `None` when there is nothing.
fn shared(kind: RiskKind, column: usize, transitions: &Transitions<'_>) -> Option<Risk> {
    let ((old, new), commonest) =
        transitions.iter().max_by_key(|(pair, changes)| (changes.len(), std::cmp::Reverse(**pair)))?;
    let mut changes: Vec<usize> = transitions.values().flatten().copied().collect();
    changes.sort_unstable();
    let evidence =
        Evidence::Commonest { old: (*old).to_owned(), new: (*new).to_owned(), records: commonest.len() };
    Some(Risk { evidence, ..Risk::of(kind, Some(column), changes)? })
}

/// The values that came into a column, and in which changes.
type CameIn<'a> = BTreeMap<&'a str, Vec<usize>>;

/// For each column with a code list the values that came into it and that no record of the old state has.
fn unmet_values<'a>(diff: &Diff<'a>) -> Vec<CameIn<'a>> {
    let layout = diff.layout();
    let has_list =
        |column: &usize| layout.values(*column).is_some() && !is_bookkeeping(&layout.columns[*column]);
    let mut listed: Vec<usize> = (0..layout.width()).filter(has_list).collect();
    let mut values: Vec<CameIn<'a>> = vec![BTreeMap::new(); layout.width()];
    for (at, change) in diff.changes.iter().enumerate() {
        let Some(new) = change.new_row() else { continue };
        for column in &listed {
            let value = field_or_blank(diff.new, new, *column);
            if !value.is_empty() {
                values[*column].entry(value).or_default().push(at);
            }
        }
    }
    // Most of them stand in some record of the old state, and are found before it ends.
    for row in 0..diff.old.rows() {
        listed.retain(|column| {
            values[*column].remove(field_or_blank(diff.old, row, *column));
            !values[*column].is_empty()
        });
        if listed.is_empty() {
            break;
        }
    }
    values
}

/// Values of a column with a code list that the old state does not have, and those that the list lacks. In a
/// column taken into use every value is new; that is told once, for the column.
fn new_values(
    diff: &Diff<'_>,
    scope: Scope<'_>,
    column: usize,
    (in_old, found): (bool, CameIn<'_>),
) -> Vec<Risk> {
    let Some(list) = diff.layout().values(column) else { return Vec::new() };
    let risk = |kind, unknown: bool| {
        let these = || found.iter().filter(|(value, _)| list.contains(value) != unknown);
        let values = these().map(|(value, changes)| ((*value).to_owned(), changes.len())).collect();
        let changes = these().flat_map(|(_, changes)| changes).copied().collect();
        Some(Risk { evidence: Evidence::Values(values), ..Risk::of(kind, Some(column), changes)? })
    };
    let new = matches!(scope, Scope::States { .. }) && in_old;
    let new = new.then(|| risk(RiskKind::ValueNew, false)).flatten();
    risk(RiskKind::ValueUnknown, true).into_iter().chain(new).collect()
}

/// `00` and `000`, `1.0` and `1.00`.
fn same_number(old: &str, new: &str) -> bool {
    let bare = |field: &str| -> Option<String> {
        let plain = field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let (whole, part) = field.split_once('.').unwrap_or((field, ""));
        plain.then(|| format!("{}.{}", whole.trim_start_matches('0'), part.trim_end_matches('0')))
    };
    !old.is_empty() && !new.is_empty() && bare(old).is_some() && bare(old) == bare(new)
}
