//! Rules between two states of one master, one after the other.
//!
//! They look at the records that differ only. A state holds what its own publication abolished, marked, until
//! the next one, so two neighbouring states say of each record that went whether it had been announced.

use super::report::{OPEN, Report};
use warifu_masters::change::diff::{Change, Diff, field_or_blank};
use warifu_masters::schema::is_marked;
use warifu_values::amount::hundredths;

/// One rule at work on two states.
pub(super) struct Versions<'a> {
    pub(super) diff: &'a Diff<'a>,
    /// On the newer state.
    pub(super) report: Report<'a>,
    /// On the older state: for records that are not in the newer one.
    pub(super) gone: Report<'a>,
}

impl<'a> Versions<'a> {
    /// The records that are in both states and differ: rows in the old and the new one.
    fn changed(&self) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let diff = self.diff;
        diff.changes.iter().filter_map(|change| match *change {
            Change::Changed { old, new } => Some((old, new)),
            _ => None,
        })
    }

    fn before(&self, row: usize, column: usize) -> &'a str {
        field_or_blank(self.diff.old, row, column)
    }

    fn after(&self, row: usize, column: usize) -> &'a str {
        self.report.field(row, column)
    }

    /// Counts a record of the newer state, and says so of `column` when the rule does not hold there.
    fn hold(&mut self, (old, new): (usize, usize), column: usize, holds: bool) {
        let before = self.before(old, column);
        self.report.hold(new, column, holds, || before.to_owned());
    }
}

/// A record that was marked as abolished comes back with another name.
pub(super) fn reused(versions: &mut Versions<'_>) {
    came_back(versions, |old, new| old == new);
}

/// A record that was marked as abolished comes back as it was.
pub(super) fn returned(versions: &mut Versions<'_>) {
    came_back(versions, |old, new| old != new);
}

/// Of the records that were marked and are no longer: whether `is_fine` holds of the old and the new name.
fn came_back(versions: &mut Versions<'_>, is_fine: impl Fn(&str, &str) -> bool) {
    let [class, name] = versions.report.columns();
    for rows in versions.changed() {
        let was_marked = is_marked(versions.before(rows.0, class).as_bytes());
        if was_marked {
            let is_back = !is_marked(versions.after(rows.1, class).as_bytes());
            let fine = is_fine(versions.before(rows.0, name), versions.after(rows.1, name));
            versions.hold(rows, name, !is_back || fine);
        }
    }
}

/// A record that keeps its code keeps a third of its name at least. One that comes back has its own rule.
pub(super) fn renamed(versions: &mut Versions<'_>) {
    let [class, name] = versions.report.columns();
    for rows in versions.changed() {
        let (before, after) = (versions.before(rows.0, name), versions.after(rows.1, name));
        if before != after && !is_marked(versions.before(rows.0, class).as_bytes()) {
            versions.hold(rows, name, shares_a_third(before, after));
        }
    }
}

/// Whether two names have a third of their characters in common, counted with their order left out: of the
/// published renamings that keep the meaning nearly all have half.
fn shares_a_third(one: &str, other: &str) -> bool {
    let sorted = |text: &str| {
        let mut characters: Vec<char> = text.chars().collect();
        characters.sort_unstable();
        characters
    };
    let (one, other) = (sorted(one), sorted(other));
    let (mut at, mut to, mut common) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(at), other.get(to)) {
        common += usize::from(a == b);
        at += usize::from(a <= b);
        to += usize::from(b <= a);
    }
    common * 2 * 3 >= one.len() + other.len()
}

/// Another price or other points come with a new 変更年月日.
pub(super) fn undated(versions: &mut Versions<'_>) {
    let [price, changed_on] = versions.report.columns();
    for rows in versions.changed() {
        let (before, after) = (versions.before(rows.0, price), versions.after(rows.1, price));
        if before != after && hundredths(before.as_bytes()) != hundredths(after.as_bytes()) {
            let dated = versions.before(rows.0, changed_on) != versions.after(rows.1, changed_on);
            versions.hold(rows, price, dated);
        }
    }
}

/// 変更年月日 does not go back.
pub(super) fn changed_on_back(versions: &mut Versions<'_>) {
    let [changed_on] = versions.report.columns();
    for rows in versions.changed() {
        let (before, after) = (versions.before(rows.0, changed_on), versions.after(rows.1, changed_on));
        if before != after {
            versions.hold(rows, changed_on, before <= after);
        }
    }
}

/// An end that was announced does not become an earlier one.
pub(super) fn end_earlier(versions: &mut Versions<'_>) {
    let [end] = versions.report.columns();
    for rows in versions.changed() {
        let (before, after) = (versions.before(rows.0, end), versions.after(rows.1, end));
        if before.as_bytes() != OPEN && before != after {
            versions.hold(rows, end, before <= after);
        }
    }
}

/// A record that gets an end gets one that has not passed.
pub(super) fn end_past(versions: &mut Versions<'_>) {
    let [end] = versions.report.columns();
    let Some(published) = versions.report.published else { return };
    for (old, new) in versions.changed() {
        let (before, after) = (versions.before(old, end), versions.after(new, end));
        if before != after && after.as_bytes() != OPEN {
            let holds = after.as_bytes() >= &published.digits()[..];
            versions.report.hold(new, end, holds, || published.to_string());
        }
    }
}

/// A record that goes had been marked as abolished.
pub(super) fn vanished(versions: &mut Versions<'_>) {
    let [class, name] = versions.report.columns();
    let diff = versions.diff;
    for change in &diff.changes {
        if let Change::Removed { old } = *change {
            let holds = is_marked(versions.before(old, class).as_bytes());
            versions.gone.hold(old, name, holds, String::new);
        }
    }
}

/// The kind and the unit of a price stay: with another one, the same number is another price.
pub(super) fn price_kind(versions: &mut Versions<'_>) {
    let columns: [usize; 2] = versions.report.columns();
    let class = versions.diff.new.layout().change_class;
    for rows in versions.changed() {
        let was_marked = class.is_some_and(|class| is_marked(versions.before(rows.0, class).as_bytes()));
        if was_marked {
            continue;
        }
        let other = columns
            .into_iter()
            .find(|column| versions.before(rows.0, *column) != versions.after(rows.1, *column));
        versions.hold(rows, other.unwrap_or(columns[0]), other.is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::shares_a_third;

    #[test]
    fn names_that_share_less_than_a_third_are_other_names() {
        assert!(shares_a_third("夜間看護加算", "夜間看護加算（療養病棟入院基本料）"));
        assert!(!shares_a_third("滲出液持続除去（術後縫合層）", "切開創局所陰圧閉鎖処置機器加算"));
        assert!(shares_a_third("", ""));
        assert!(!shares_a_third("あ", ""));
    }
}
