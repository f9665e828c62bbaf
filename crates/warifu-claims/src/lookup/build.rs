//! A shelf is built: every row of the masters of one kind becomes a version.

use super::code_table::CodeTable;
use super::facts::Facts;
use super::master_of::{MasterOf, SnapshotError};
use super::shelf::{Shelf, Since, Version};
use super::source::Source;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON};
use warifu_values::amount::number;
use warifu_values::day::EffectiveDate;

/// A date that never comes: 99999999 in the masters.
const OPEN_END: u32 = 99_999_999;

impl<F: Facts> Shelf<F> {
    /// From the masters of one kind, ascending by their first day.
    pub(super) fn build(masters: &[&MasterOf<'_>]) -> Result<Shelf<F>, SnapshotError> {
        // (version, master, row), so that only numbers are sorted.
        let mut rows: Vec<(Version, u32)> = Vec::new();
        let mut readers = Vec::with_capacity(masters.len());
        for (series, of) in masters.iter().enumerate() {
            let source = Source { of };
            let changed_on = source.column(CHANGED_ON)?;
            let abolished_on = source.column(ABOLISHED_ON)?;
            let earlier_end = F::EARLIER_END.map(|id| source.column(id)).transpose()?;
            rows.reserve(of.master.rows());
            for row in 0..of.master.rows() {
                let key = of.master.key(row);
                let code = match (key.len(), number(key.as_bytes())) {
                    (9, Some(code)) if code != 0 => code,
                    _ => return Err(source.wrong(row, "key")),
                };
                let end = |column: usize, id| match source.day(row, column, id)? {
                    0 => Ok(OPEN_END),
                    date => Ok(date),
                };
                let abolished_on = end(abolished_on, ABOLISHED_ON)?;
                let mut ends_on = abolished_on;
                if let (Some(column), Some(id)) = (earlier_end, F::EARLIER_END) {
                    ends_on = ends_on.min(end(column, id)?);
                }
                let changed_on = match source.day(row, changed_on, CHANGED_ON)? {
                    // The row announces the end: its change date is the day after the last one, and says
                    // nothing of the begin. Read as a begin, the code would never have been in force.
                    date if date > abolished_on => 0,
                    date => date,
                };
                rows.push((Version { code, changed_on, ends_on, series: series as u32 }, row as u32));
            }
            readers.push((F::columns(&source)?, source.column(F::NAME)?, source));
        }
        rows.sort_unstable_by_key(|(version, _)| (version.code, std::cmp::Reverse(version.series)));

        let mut facts = Vec::with_capacity(rows.len());
        let mut names = String::new();
        let mut name_ends = Vec::with_capacity(rows.len());
        for (version, row) in &rows {
            let (columns, name, source) = &readers[version.series as usize];
            facts.push(F::of_row(source, columns, *row as usize)?);
            names.push_str(source.of.master.field(*row as usize, *name));
            name_ends.push(names.len() as u32);
        }
        let versions: Box<[Version]> = rows.into_iter().map(|(version, _)| version).collect();
        Ok(Shelf {
            codes: CodeTable::of(versions.iter().map(|version| version.code)),
            versions,
            facts: facts.into(),
            names: names.into(),
            name_ends: name_ends.into(),
            series: masters.iter().map(|of| Since::of(of)).collect(),
        })
    }
}

impl Since {
    fn of(of: &MasterOf<'_>) -> Self {
        Since {
            series: of.series.into(),
            effective_from: of.effective_from.map_or(0, EffectiveDate::as_number),
        }
    }
}
