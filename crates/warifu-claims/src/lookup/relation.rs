//! コメント関連テーブル (comment-relation table) as a checker holds it: which procedures and drugs want which
//! comments.
//!
//! Only what a claim decides is kept. Left out are comments whose condition is not in the table (条件区分 00),
//! those that a DPC hospital may leave out (10 to 13: no claim tells whether the institution is one), those
//! for what was *not* billed (非算定理由コメント), and what claims of dentists, pharmacies and nursing stations have.
//! Rows hold from the day on which it is known what the table lists: before it, another comment of the group
//! may have been allowed.

use std::sync::Arc;

use super::rows::{ByCode, Days, OfCode, Record, Standing, rows};
use super::snapshot_error::SnapshotError;
use crate::file::Setting;
use crate::item_code::{ItemCode, ItemKind};
use warifu_masters::past::{Governs, MasterOf};
use warifu_values::day::ClaimMonth;

/// The kind of master.
pub(super) const KIND: &str = "comment-relation";

/// The columns that checks read.
pub(crate) const COLUMNS: &[&str] = &[
    "notice_class",
    "item_no",
    "branch_no",
    "procedure_code",
    "comment_code",
    "condition_class",
    "not_billed_reason",
    "inout_class",
    "times",
];

/// What stands for each drug that is subject to 選定療養 (医科; ファイル仕様説明書, column 6).
pub(crate) const ELECTIVE_DRUGS: u32 = 819_999_999;

/// One comment that a procedure or a drug wants, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Relation {
    /// The procedure, the drug or [`ELECTIVE_DRUGS`].
    pub(crate) code: u32,
    /// Rows of one code and group are for one condition: one of their comments is due (項番 and 枝番).
    pub(crate) group: u32,
    /// The comment.
    pub(crate) comment: ItemCode,
    /// On which claims alone, if not on all (入外区分).
    pub(crate) setting: Option<Setting>,
    /// From so many times on (算定回数), at least 1.
    pub(crate) times: u32,
    pub(crate) days: Days,
}

impl OfCode for Relation {
    fn code(&self) -> u32 {
        self.code
    }
}

/// The table of one series. Immutable, so that the snapshots of two releases that carry it share it.
#[derive(Debug)]
pub(super) struct RelationShelf {
    pub(super) series: Arc<str>,
    governs: Governs,
    table: ByCode<Relation>,
}

impl RelationShelf {
    pub(super) fn build(of: &MasterOf<'_>) -> Result<RelationShelf, SnapshotError> {
        let mut all = rows(of, |record, rows| {
            rows.extend(relation(record)?);
            Ok(())
        })?;
        let known_from = of.timelines.known_from();
        all.retain(|row: &Relation| row.days.last.is_none_or(|last| known_from <= last));
        all.iter_mut().for_each(|row| row.days.first = row.days.first.max(known_from));
        all.sort_by_key(|row| (row.code, row.group, row.comment, row.days.first));
        let governs = of.timelines.governs();
        Ok(RelationShelf { series: of.series.into(), governs, table: ByCode::of(all) })
    }
}

/// What is kept of a record.
fn relation(record: &Record<'_>) -> Result<Option<Relation>, SnapshotError> {
    let number = |field| record.whole(field);
    let (notice, item_no, branch_no) = (number("notice_class")?, number("item_no")?, number("branch_no")?);
    let (code, comment) = (record.code("procedure_code")?, record.code("comment_code")?);
    let (condition, not_billed) = (number("condition_class")?, number("not_billed_reason")?);
    let (inout, times) = (number("inout_class")?, number("times")?);
    let of = |kind: ItemKind, code: u32| ItemCode::parse(kind, format!("{code:09}").as_bytes());
    let is_billed = of(ItemKind::Procedure, code).or_else(|| of(ItemKind::Drug, code)).is_some();
    let (Some(comment), true) = (of(ItemKind::Comment, comment), is_billed || code == ELECTIVE_DRUGS) else {
        return Ok(None);
    };
    let setting = match inout {
        1 => Some(Setting::Inpatient),
        2 => Some(Setting::Outpatient),
        _ => None,
    };
    let is_decidable = match condition {
        1 => is_billed,
        2 => is_billed && setting.is_some(),
        3 => is_billed && times > 1,
        20 => code == ELECTIVE_DRUGS,
        _ => false,
    };
    let group = (notice % 10 * 10_000 + item_no % 10_000) * 100 + branch_no % 100;
    let row = Relation { code, group, comment, setting, times: times.max(1), days: record.days };
    Ok((is_decidable && not_billed == 0).then_some(row))
}

/// The tables of all series, ascending by the days that they govern.
#[derive(Debug, Default)]
pub(super) struct Relations(Vec<Arc<RelationShelf>>);

impl Relations {
    /// These, in whatever order they come.
    pub(super) fn of(mut shelves: Vec<Arc<RelationShelf>>) -> Relations {
        shelves.sort_by(|one, other| (one.governs, &one.series).cmp(&(other.governs, &other.series)));
        Relations(shelves)
    }

    pub(super) fn of_series(&self, series: &str) -> Option<&Arc<RelationShelf>> {
        self.0.iter().find(|shelf| &*shelf.series == series)
    }

    /// The one that judges `month`: that of the series that begins last, of those that govern a day of it.
    #[inline]
    pub(super) fn of_month(&self, month: ClaimMonth) -> Option<Standing<'_, ByCode<Relation>>> {
        let (first, last) = (month.first(), month.last());
        let governs = |shelf: &&Arc<RelationShelf>| {
            shelf.governs.first <= last && shelf.governs.last.is_none_or(|until| first <= until)
        };
        let shelf = self.0.iter().rev().find(governs)?;
        Some(Standing { series: &shelf.series, table: &shelf.table })
    }

    /// How many rows stand there.
    pub(super) fn rows(&self) -> usize {
        self.0.iter().map(|shelf| shelf.table.len()).sum()
    }

    /// Each by where it lies, and how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> impl Iterator<Item = (*const (), usize)> {
        self.0.iter().map(|shelf| (Arc::as_ptr(shelf).cast(), shelf.table.bytes()))
    }
}
