//! What changed between two states of a master: records added, changed and removed, field by field.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::schema::{CHANGED_ON, Layout, is_marked};
use crate::table::{Master, RowParts, Table, TableBuilder};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// One record that differs. Rows are numbers in the old and the new master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Only in the new one.
    Added {
        /// Row in the new master.
        new: usize,
    },
    /// In both, with other fields.
    Changed {
        /// Row in the old master.
        old: usize,
        /// Row in the new master.
        new: usize,
    },
    /// Only in the old one.
    Removed {
        /// Row in the old master.
        old: usize,
    },
}

impl Change {
    /// The row in the new master, if the record is still there.
    pub fn new_row(&self) -> Option<usize> {
        match *self {
            Change::Added { new } | Change::Changed { new, .. } => Some(new),
            Change::Removed { .. } => None,
        }
    }
}

/// The difference between two masters of one kind.
#[derive(Debug)]
pub struct Diff<'a> {
    /// The older state.
    pub old: &'a Master,
    /// The newer state.
    pub new: &'a Master,
    /// The records that differ, in key order.
    pub changes: Vec<Change>,
}

/// The two masters are of different kinds.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct OtherKind {
    /// The older one's kind.
    pub old: String,
    /// The newer one's kind.
    pub new: String,
}

impl Speak for OtherKind {
    fn say(&self, lang: Lang) -> String {
        let OtherKind { old, new } = self;
        say!(
            lang,
            "{old} and {new} are different masters; there is nothing to compare",
            "{old} と {new} は別のマスターのため比較できません"
        )
    }
}

/// Compares two states. Columns that only the wider edition has count as blank in the narrower one.
///
/// # Errors
/// [`OtherKind`] when they are not of the same kind.
pub fn diff<'a>(old: &'a Master, new: &'a Master) -> Result<Diff<'a>, OtherKind> {
    if old.layout().kind != new.layout().kind {
        return Err(OtherKind { old: old.layout().kind.clone(), new: new.layout().kind.clone() });
    }
    let same_layout = old.layout().width() == new.layout().width();
    let mut changes = Vec::new();
    let (mut at, mut to) = (0, 0);
    while at < old.rows() || to < new.rows() {
        let order = match (at < old.rows(), to < new.rows()) {
            (true, true) => old.key(at).cmp(&new.key(to)),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => changes.push(Change::Removed { old: at }),
            Ordering::Greater => changes.push(Change::Added { new: to }),
            Ordering::Equal => {
                let same = if same_layout {
                    old.same_row(at, new, to)
                } else {
                    fields_that_differ(old, at, new, to).next().is_none()
                };
                if !same {
                    changes.push(Change::Changed { old: at, new: to });
                }
            }
        }
        at += usize::from(order != Ordering::Greater);
        to += usize::from(order != Ordering::Less);
    }
    Ok(Diff { old, new, changes })
}

/// The columns (from 0) in which two rows differ; a column that one of them lacks is blank there.
pub fn fields_that_differ<'a>(
    old: &'a Table,
    old_row: usize,
    new: &'a Table,
    new_row: usize,
) -> impl Iterator<Item = usize> + 'a {
    Differing { old: old.row_parts(old_row), new: new.row_parts(new_row), column: 0, same: None }
}

/// Goes over the fields of two rows at once. Where their texts are the same for a stretch, the fields in it
/// are not looked at: few of the fields of a record change.
struct Differing<'a> {
    old: RowParts<'a>,
    new: RowParts<'a>,
    column: usize,
    /// How many bytes are the same from the next field on, once that was asked.
    same: Option<usize>,
}

impl Iterator for Differing<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let fields = self.old.ends.len().min(self.new.ends.len());
            if self.same.is_none() && self.column < fields {
                self.pass_stretch();
            }
            let column = self.column;
            self.column += 1;
            match (self.old.ends.get(column), self.new.ends.get(column)) {
                (Some(old_end), Some(new_end)) => {
                    let same = self.same.unwrap_or_else(|| same_bytes(self.old.rest(), self.new.rest()));
                    let (old, new) = (self.old.pass(*old_end), self.new.pass(*new_end));
                    // What is left of the stretch after the field and the comma behind it.
                    self.same = same.checked_sub(old + 1);
                    if old != new || same < old {
                        self.same = None;
                        return Some(column);
                    }
                }
                (Some(end), None) if self.old.pass(*end) > 0 => return Some(column),
                (None, Some(end)) if self.new.pass(*end) > 0 => return Some(column),
                (None, None) => return None,
                _ => {}
            }
        }
    }
}

impl Differing<'_> {
    /// Asks how far the texts are the same, and passes the fields that end before that, with their comma.
    fn pass_stretch(&mut self) {
        let same = same_bytes(self.old.rest(), self.new.rest());
        let lengths = self.old.lengths(self.column).zip(self.new.lengths(self.column));
        let alike = lengths.take_while(|(old, new)| old == new && *old < same).count();
        let passed = self.old.pass_fields(self.column, alike);
        self.new.pass_fields(self.column, alike);
        self.column += alike;
        self.same = Some(same - passed);
    }
}

/// How many bytes at the beginning of both are the same.
#[inline]
fn same_bytes(one: &[u8], other: &[u8]) -> usize {
    let words = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
    let mut same = 0;
    for (one, other) in words {
        let differ = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if differ != 0 {
            return same + differ.trailing_zeros() as usize / 8;
        }
        same += 8;
    }
    same + one[same..].iter().zip(&other[same..]).take_while(|(one, other)| one == other).count()
}

/// The field, or blank where the edition does not have the column yet.
pub fn field_or_blank(table: &Table, row: usize, column: usize) -> &str {
    if column < table.layout().width() { table.field(row, column) } else { "" }
}

/// Whether the record in `row` is marked to leave with the next publication.
pub fn leaves(table: &Table, row: usize) -> bool {
    table.layout().change_class.is_some_and(|class| is_marked(table.bytes(row, class)))
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Only in the new state.
    Added,
    /// More than bookkeeping differs.
    Changed,
    /// Now carries class 9 or 1, and did not before.
    Abolished,
    /// Only in the old state.
    Removed,
    /// Only the change class differs.
    ClassOnly,
}

/// How many records a diff adds, changes, abolishes and removes, and in which fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Records only in the new state.
    pub added: usize,
    /// Records with other fields, where more than bookkeeping differs.
    pub changed: usize,
    /// Of the changed ones, those that now carry class 9 or 1.
    pub abolished: usize,
    /// Records only in the old state.
    pub removed: usize,
    /// Records in which only the change class differs: bookkeeping from one publication to the next.
    pub class_only: usize,
    /// Columns by how many changed records they changed in, most first; without bookkeeping.
    pub fields: Vec<(String, usize)>,
}

impl Diff<'_> {
    /// The layout that has every column: the wider one.
    pub fn layout(&self) -> &Arc<Layout> {
        let (old, new) = (self.old.layout(), self.new.layout());
        if old.width() > new.width() { old } else { new }
    }

    /// What became of the record that `change` is of; [`Summary`] counts the same.
    pub fn fate(&self, change: Change) -> Fate {
        match change {
            Change::Added { .. } => Fate::Added,
            Change::Removed { .. } => Fate::Removed,
            Change::Changed { old, new } => {
                let class = self.layout().change_class;
                let more =
                    fields_that_differ(self.old, old, self.new, new).any(|column| Some(column) != class);
                self.fate_of_changed(old, new, more)
            }
        }
    }

    fn fate_of_changed(&self, old: usize, new: usize, more_than_class: bool) -> Fate {
        if leaves(self.new, new) && !leaves(self.old, old) {
            Fate::Abolished
        } else if more_than_class {
            Fate::Changed
        } else {
            Fate::ClassOnly
        }
    }

    /// The key of the record that `change` is of.
    pub fn key(&self, change: Change) -> Cow<'_, str> {
        match change {
            Change::Added { new } | Change::Changed { new, .. } => self.new.key(new),
            Change::Removed { old } => self.old.key(old),
        }
    }

    /// The counts.
    pub fn summary(&self) -> Summary {
        let layout = self.layout();
        let class = layout.change_class;
        let mut summary = Summary::default();
        let mut fields = vec![0usize; layout.width()];
        for change in &self.changes {
            match *change {
                Change::Added { .. } => summary.added += 1,
                Change::Removed { .. } => summary.removed += 1,
                Change::Changed { old, new } => {
                    let mut more_than_class = false;
                    for column in fields_that_differ(self.old, old, self.new, new) {
                        if Some(column) != class {
                            fields[column] += 1;
                            more_than_class = true;
                        }
                    }
                    match self.fate_of_changed(old, new, more_than_class) {
                        Fate::Abolished => summary.abolished += 1,
                        Fate::ClassOnly => summary.class_only += 1,
                        _ => summary.changed += 1,
                    }
                }
            }
        }
        let mut fields: Vec<_> = fields
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .map(|(column, count)| (layout.columns[column].id.clone(), count))
            .collect();
        fields.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        summary.fields = fields;
        summary
    }

    /// The changes, and the records that are the same in both and marked 9 or 1: the next publication drops
    /// these, so a differential has to bring them back.
    fn changes_and_what_would_go(&self) -> Vec<Change> {
        let mut changes = self.changes.clone();
        let Some(class) = self.old.layout().change_class else { return changes };
        let changed: Vec<usize> = changes
            .iter()
            .filter_map(|change| match *change {
                Change::Changed { old, .. } | Change::Removed { old } => Some(old),
                Change::Added { .. } => None,
            })
            .collect();
        let marked = (0..self.old.rows()).filter(|row| is_marked(self.old.bytes(*row, class)));
        let same = marked.filter(|row| changed.binary_search(row).is_err());
        let staying: Vec<Change> = same
            .filter_map(|old| Some(Change::Changed { old, new: self.new.find(&self.old.key(old))? }))
            .collect();
        if !staying.is_empty() {
            changes.extend(staying);
            changes.sort_by_cached_key(|change| match *change {
                Change::Changed { old, .. } | Change::Removed { old } => self.old.key(old).into_owned(),
                Change::Added { new } => self.new.key(new).into_owned(),
            });
        }
        changes
    }

    /// Writes a row of class 3. That it is marked 9 or 1 in the new state is lost.
    fn push_whole(&self, row: usize, class: usize, out: &mut TableBuilder, lost: &mut Vec<(String, usize)>) {
        for column in 0..self.layout().width() {
            out.push(if column == class { "3" } else { field_or_blank(self.new, row, column) });
        }
        if is_marked(field_or_blank(self.new, row, class).as_bytes()) {
            lost.push((self.new.key(row).into_owned(), class));
        }
    }

    /// The official 変更分 that `apply` takes from the old state to the new one, and what it cannot express:
    /// (key, column) of fields that became blank, which needs the next full file.
    ///
    /// A record that is gone without having been announced cannot be expressed either, nor one that comes in
    /// marked 9 or 1; these are listed with the change class as their column.
    pub fn differential(&self) -> (Master, Vec<(String, usize)>) {
        let layout = self.layout();
        let class = layout.change_class.unwrap_or(0);
        let changed_on = layout.position(CHANGED_ON);
        let mut out = TableBuilder::new(Arc::clone(layout), 1 << 16, self.changes.len());
        out.mark_special(self.old.is_special() || self.new.is_special());
        let mut lost = Vec::new();
        let is_key = |column: usize| layout.key.iter().any(|(key, _)| *key == column);
        for change in self.changes_and_what_would_go() {
            match change {
                Change::Added { new } => self.push_whole(new, class, &mut out, &mut lost),
                Change::Removed { old } => {
                    // A row marked in the last publication goes by itself.
                    if !is_marked(self.old.bytes(old, class)) {
                        lost.push((self.old.key(old).into_owned(), class));
                    }
                }
                Change::Changed { old, new } => {
                    let mark = match self.new.field(new, class) {
                        mark if is_marked(mark.as_bytes()) => mark,
                        _ => "5",
                    };
                    if is_marked(self.old.bytes(old, class)) {
                        // It goes with the next publication, so it has to come back whole.
                        self.push_whole(new, class, &mut out, &mut lost);
                        continue;
                    }
                    let differing: Vec<usize> = fields_that_differ(self.old, old, self.new, new).collect();
                    if mark == "5" && differing == [class] {
                        continue;
                    }
                    for column in 0..layout.width() {
                        let field = field_or_blank(self.new, new, column);
                        let differs = differing.contains(&column);
                        if differs && field.is_empty() && column != class {
                            lost.push((self.new.key(new).into_owned(), column));
                        }
                        let fixed = is_key(column) || column == 1 && layout.master_type.is_some();
                        let told = fixed || differs || Some(column) == changed_on;
                        out.push(match column {
                            _ if column == class => mark,
                            _ if told => field,
                            _ => "",
                        });
                    }
                }
            }
        }
        (Master::from_ordered(out.finish()), lost)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schema::Schemas;

    /// A master of one row.
    fn row(schemas: &Schemas, layout: &str, fields: &[&str]) -> Master {
        let layout = schemas.layout(layout).unwrap();
        let mut builder = TableBuilder::new(Arc::clone(layout), 0, 1);
        builder.mark_special(true);
        fields[..layout.width()].iter().for_each(|field| builder.push(field));
        Master::from_ordered(builder.finish())
    }

    proptest! {
        /// The fields that differ are those that are not the same, whatever stands around them, in editions
        /// of one width and of another.
        #[test]
        fn stretches_that_are_the_same_hide_no_difference(
            fields in prop::collection::vec(prop::sample::select(vec!["", "1", "1,1", ",", "初診料"]), 42),
            others in prop::collection::vec(
                (0..42usize, prop::sample::select(vec!["", "1", "1,1", ",", "初診", "初診料,初診料,初診料"])),
                0..5,
            ),
            layouts in prop::sample::select(vec![
                ("drug-42", "drug-42"),
                ("drug-35", "drug-42"),
                ("drug-42", "drug-40"),
            ]),
        ) {
            let schemas = Schemas::built_in().unwrap();
            let mut changed = fields.clone();
            others.iter().for_each(|(at, field)| changed[*at] = field);
            let (old, new) = (row(&schemas, layouts.0, &fields), row(&schemas, layouts.1, &changed));
            let widest = old.layout().width().max(new.layout().width());
            let field = |master, column: &usize| field_or_blank(master, 0, *column).to_owned();
            let differs = |column: &usize| field(&old, column) != field(&new, column);
            let expected: Vec<usize> = (0..widest).filter(differs).collect();
            prop_assert_eq!(fields_that_differ(&old, 0, &new, 0).collect::<Vec<_>>(), expected);
        }
    }
}
