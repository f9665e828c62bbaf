//! The points tables of all series, and those that judge a month.

use std::sync::Arc;

use super::super::rows::{ByCode, Standing};
use super::by_group::ByGroup;
use super::row::{CountLimit, Exclusion, Tie};
use super::shelf::{Held, PointsShelf};
use warifu_values::day::ClaimMonth;

/// Every points table of every series, ascending by the days that they govern.
#[derive(Debug, Default)]
pub(crate) struct PointsTables(Vec<Arc<PointsShelf>>);

/// The tables that judge a month.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct TablesOf<'a> {
    pub(crate) exclusions: [Option<Standing<'a, ByCode<Exclusion>>>; 4],
    pub(crate) counts: Option<Standing<'a, ByCode<CountLimit>>>,
    pub(crate) ties: Option<Standing<'a, ByCode<Tie>>>,
    pub(crate) inclusion: Option<Standing<'a, ByGroup>>,
    pub(crate) inpatient: Option<Standing<'a, ByGroup>>,
}

impl PointsTables {
    /// These, in whatever order they come.
    pub(crate) fn of(mut shelves: Vec<Arc<PointsShelf>>) -> PointsTables {
        shelves.sort_by(|one, other| (one.governs, &one.series).cmp(&(other.governs, &other.series)));
        PointsTables(shelves)
    }

    pub(crate) fn of_series(&self, series: &str, kind: &str) -> Option<&Arc<PointsShelf>> {
        self.0.iter().find(|shelf| &*shelf.series == series && shelf.kind == kind)
    }

    /// Those that judge `month`: of each kind that of the series that begins last, of those that govern a day
    /// of it. None where there is no table at all.
    #[inline]
    pub(crate) fn of_month(&self, month: ClaimMonth) -> Option<TablesOf<'_>> {
        if self.0.is_empty() {
            return None;
        }
        let mut tables = TablesOf::default();
        let (first, last) = (month.first(), month.last());
        for shelf in &self.0 {
            let governs = shelf.governs;
            if governs.first > last || governs.last.is_some_and(|until| until < first) {
                continue;
            }
            let series = &shelf.series;
            match &shelf.held {
                Held::Exclusion(within, table) => {
                    tables.exclusions[*within as usize] = Some(Standing { series, table });
                }
                Held::Counts(table) => tables.counts = Some(Standing { series, table }),
                Held::Ties(table) => tables.ties = Some(Standing { series, table }),
                Held::Inclusion(table) => tables.inclusion = Some(Standing { series, table }),
                Held::Inpatient(table) => tables.inpatient = Some(Standing { series, table }),
            }
        }
        Some(tables)
    }

    /// How many rows stand there.
    pub(crate) fn rows(&self) -> usize {
        self.0.iter().map(|shelf| shelf.rows()).sum()
    }

    /// Each by where it lies, and how many bytes of memory it takes.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = (*const (), usize)> {
        self.0.iter().map(|shelf| (Arc::as_ptr(shelf).cast(), shelf.bytes()))
    }
}
