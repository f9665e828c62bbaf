//! Records that came, went or became something else.

use std::collections::BTreeMap;

use warifu_masters::change::diff::{Change, Diff, field_or_blank, leaves};
use warifu_masters::schema::CHANGED_ON;

use super::columns::{is_end_date, is_neutral};
use super::kind::RiskKind;
use super::risk::{Risk, SAME_NAME, Scope};

/// The risks of single records.
pub(super) fn risks(diff: &Diff<'_>, scope: Scope<'_>) -> Vec<Risk> {
    let layout = diff.layout();
    let dates: Vec<usize> = (0..layout.width())
        .filter(|column| is_end_date(&layout.columns[*column]) || layout.columns[*column].id == CHANGED_ON)
        .collect();
    let (mut unannounced, mut revived, mut abolished) = (Vec::new(), Vec::new(), Vec::new());
    let mut earlier: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut names: Vec<(usize, f64)> = Vec::new();
    for (at, change) in diff.changes.iter().enumerate() {
        let (old, new) = match *change {
            Change::Added { .. } => continue,
            Change::Removed { old } => {
                if !leaves(diff.old, old) {
                    unannounced.push(at);
                }
                continue;
            }
            Change::Changed { old, new } => (old, new),
        };
        let leaves_now = leaves(diff.new, new);
        match (leaves(diff.old, old), leaves_now) {
            (false, true) => abolished.push(at),
            (true, false) => revived.push(at),
            _ => {}
        }
        for column in &dates {
            let (was, is) = (field_or_blank(diff.old, old, *column), field_or_blank(diff.new, new, *column));
            // An abolished record ends: that it does is told by its class.
            let day = is.len() == 8 && was.len() == 8 && !is_neutral(was) && !is_neutral(is);
            if day && is < was && !leaves_now {
                earlier.entry(*column).or_default().push(at);
            }
        }
        let (was, is) = (diff.old.label(old), diff.new.label(new));
        if was != is && !was.is_empty() && !is.is_empty() {
            names.push((at, likeness(was, is)));
        }
    }
    names.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let (replaced, renamed): (Vec<_>, Vec<_>) = names.into_iter().partition(|(_, like)| *like < SAME_NAME);
    let only = |names: Vec<(usize, f64)>| names.into_iter().map(|(at, _)| at).collect();
    let label = layout.label;
    let mut risks: Vec<Risk> = [
        Risk::of(RiskKind::NameReplaced, label, only(replaced)),
        Risk::of(RiskKind::NameChanged, label, only(renamed)),
        Risk::of(RiskKind::Revived, None, revived),
        Risk::of(RiskKind::Abolished, None, abolished),
    ]
    .into_iter()
    .chain(
        earlier.into_iter().map(|(column, changes)| Risk::of(RiskKind::DateEarlier, Some(column), changes)),
    )
    .flatten()
    .collect();
    if matches!(scope, Scope::States { .. }) {
        risks.extend(Risk::of(RiskKind::Unannounced, None, unannounced));
    }
    risks
}

/// How alike two names are, 0 to 1: the share of pairs of neighbouring characters that both have (Dice).
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |name: &str| -> BTreeMap<(char, char), usize> {
        let mut pairs = BTreeMap::new();
        let chars: Vec<char> = name.chars().collect();
        for pair in chars.windows(2) {
            *pairs.entry((pair[0], pair[1])).or_insert(0) += 1;
        }
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let all: usize = a.values().chain(b.values()).sum();
    let shared: usize = a.iter().map(|(pair, count)| *count.min(b.get(pair).unwrap_or(&0))).sum();
    if all == 0 { 0.0 } else { 2.0 * shared as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrected_name_is_alike_and_another_one_is_not() {
        assert!(likeness("初診料（情報通信機器）", "初診料（情報通信機器を用いた場合）") > 0.6);
        assert!(likeness("再診料", "入院時食事療養費") < 0.1);
        assert!(likeness("同", "別") < SAME_NAME);
    }
}
