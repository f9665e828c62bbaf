//! A shelf is built: the periods of each code in one master become its versions.

use super::code_table::CodeTable;
use super::facts::Facts;
use super::records::Records;
use super::shelf::Shelf;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use super::version::{Standing, Version};
use warifu_masters::past::{self, MasterOf, Period, RecordAt};
use warifu_masters::schema::LISTED_ON;
use warifu_masters::table::Table;
use warifu_values::amount::number;
use warifu_values::day::TreatmentDay;

impl<F: Facts> Shelf<F> {
    /// From one master.
    pub(super) fn build(of: &MasterOf<'_>) -> Result<Shelf<F>, SnapshotError> {
        let mut taking = Taking::<F>::of(of)?;
        let mut versions: Vec<Version> = Vec::with_capacity(of.timelines.periods());
        let (mut codes, mut records, mut of_code) = (0, Records::default(), Vec::new());
        for (key, periods) in of.timelines.iter() {
            codes += 1;
            of_code.clear();
            records.begin_code();
            taking.take(key, periods, &mut of_code, &mut records)?;
            versions.extend(of_code.iter().rev());
        }
        taking.finish()?;
        Ok(Shelf {
            series: of.series.into(),
            governs: of.timelines.governs(),
            known_from: of.timelines.known_from(),
            codes: CodeTable::of(versions.iter().map(|version| version.code), codes),
            versions: versions.into(),
            facts: records.facts.into(),
            names: records.names.complete(),
        })
    }
}

/// What is kept of a record, and the last day that a column of its own gives it.
#[derive(Clone, Copy)]
struct Read<'a, F> {
    facts: F,
    name: &'a str,
    last: Option<TreatmentDay>,
    /// The day from which on it is there, where that is told by when it was listed.
    there_from: Option<TreatmentDay>,
}

/// Records of one edition, and where their fields stand.
struct Reader<'a, F: Facts> {
    source: Source<'a>,
    columns: F::Columns,
    name: usize,
    earlier_end: Option<(usize, &'static str)>,
    listed: Option<usize>,
}

impl<'a, F: Facts> Reader<'a, F> {
    fn of(of: &'a MasterOf<'a>, table: &'a Table) -> Result<Self, SnapshotError> {
        let source = Source { of, table };
        let earlier_end = F::EARLIER_END.map(|id| Ok((source.column(id)?, id))).transpose()?;
        let listed = F::IS_THERE_SINCE_LISTED.then(|| source.column(LISTED_ON)).transpose()?;
        let name = source.column(F::NAME)?;
        Ok(Reader { columns: F::columns(&source)?, name, earlier_end, listed, source })
    }

    fn read(&self, row: usize) -> Result<Read<'a, F>, SnapshotError> {
        let last = match self.earlier_end {
            Some((column, id)) => self.source.day(row, column, id)?,
            None => None,
        };
        let there_from = match self.listed {
            Some(column) => {
                let listed = self.source.day(row, column, LISTED_ON)?;
                Some(listed.unwrap_or(self.source.of.timelines.governs().first))
            }
            None => None,
        };
        let facts = F::of_row(&self.source, &self.columns, row)?;
        Ok(Read { facts, name: self.source.table.field(row, self.name), last, there_from })
    }
}

/// One master, and how far its codes were taken.
struct Taking<'a, F: Facts> {
    of: &'a MasterOf<'a>,
    newest: Reader<'a, F>,
    /// The next row of the newest state.
    row: usize,
    superseded: Vec<Reader<'a, F>>,
}

impl<'a, F: Facts> Taking<'a, F> {
    fn of(of: &'a MasterOf<'a>) -> Result<Self, SnapshotError> {
        let superseded = of.timelines.superseded_tables().iter().map(|table| Reader::of(of, table));
        let superseded = superseded.collect::<Result<_, _>>()?;
        Ok(Taking { of, newest: Reader::of(of, of.master)?, row: 0, superseded })
    }

    /// What holds for `key` on the days of this master, which are divided into `periods`.
    fn take(
        &mut self,
        key: &str,
        periods: &[Period],
        versions: &mut Vec<Version>,
        records: &mut Records<F>,
    ) -> Result<(), SnapshotError> {
        let governs = self.of.timelines.governs();
        let code = number(key.as_bytes()).filter(|code| key.len() == F::OF.digits() && *code != 0);
        let code = code.ok_or_else(|| self.wrong_key(key))?;
        let newest = self.newest_of(key)?;
        for (at, Period { first, standing, .. }) in periods.iter().enumerate() {
            let mut absent = |standing| push(versions, Version::of(code, *first, standing, None));
            let read = match *standing {
                past::Standing::InForce(at) => self.at(key, newest, at)?,
                past::Standing::Abolished(last) => {
                    absent(Standing::Abolished(last));
                    continue;
                }
                past::Standing::NotListed | past::Standing::Withdrawn | past::Standing::Gone => {
                    absent(Standing::Unknown);
                    continue;
                }
                past::Standing::NotKnown => {
                    absent(Standing::NotKnown);
                    let Some(next) = periods.get(at + 1) else { continue };
                    let past::Standing::InForce(then) = next.standing else { continue };
                    let read = self.at(key, newest, then)?;
                    if let Some(from) = read.there_from.filter(|from| *from < next.first) {
                        let record = records.place(read.facts, read.name);
                        // From the first day of the period on, nothing is left that is not known.
                        versions.retain(|version| version.first < from.max(*first));
                        push(versions, Version::in_force(code, from.max(*first), record));
                    }
                    continue;
                }
            };
            let record = records.place(read.facts, read.name);
            if read.last.is_none_or(|last| *first <= last) {
                push(versions, Version::in_force(code, *first, record));
            }
            let next = periods.get(at + 1).map(|next| next.first);
            let next = next.or(governs.last.map(TreatmentDay::after));
            if let Some(last) = read.last.filter(|last| next.is_none_or(|next| last.after() < next)) {
                let (first, abolished) = (last.after().max(*first), Standing::Abolished(last));
                push(versions, Version::of(code, first, abolished, Some(record)));
            }
        }
        name_absent(versions, || newest.map(|newest| records.place(newest.facts, newest.name)));
        Ok(())
    }

    /// The record of `key` in the newest state. Its codes are all among those of the timelines.
    fn newest_of(&mut self, key: &str) -> Result<Option<Read<'a, F>>, SnapshotError> {
        let row = self.row;
        if row == self.of.master.rows() {
            return Ok(None);
        }
        match self.of.master.key(row).as_ref().cmp(key) {
            std::cmp::Ordering::Less => Err(self.strangers(key)),
            std::cmp::Ordering::Equal => {
                self.row += 1;
                self.newest.read(row).map(Some)
            }
            std::cmp::Ordering::Greater => Ok(None),
        }
    }

    /// The record at `at`, where `newest` is that in the newest state.
    fn at(&self, key: &str, newest: Option<Read<'a, F>>, at: RecordAt) -> Result<Read<'a, F>, SnapshotError> {
        match at {
            RecordAt::State => newest.ok_or_else(|| self.strangers(key)),
            RecordAt::Superseded(number) => self.superseded(key, number),
        }
    }

    fn superseded(&self, key: &str, number: u32) -> Result<Read<'a, F>, SnapshotError> {
        let mut row = number as usize;
        for reader in &self.superseded {
            if row < reader.source.table.rows() {
                return reader.read(row);
            }
            row -= reader.source.table.rows();
        }
        Err(self.strangers(key))
    }

    fn finish(&self) -> Result<(), SnapshotError> {
        match self.row < self.of.master.rows() {
            true => Err(self.strangers(&self.of.master.key(self.row))),
            false => Ok(()),
        }
    }

    fn wrong_key(&self, key: &str) -> SnapshotError {
        let (series, kind) = (self.of.series.to_owned(), self.of.kind.to_owned());
        SnapshotError::Value { series, kind, key: key.to_owned(), field: "key" }
    }

    fn strangers(&self, key: &str) -> SnapshotError {
        let (series, kind) = (self.of.series.to_owned(), self.of.kind.to_owned());
        SnapshotError::Strangers { series, kind, key: key.to_owned() }
    }
}

/// The next version, unless the one before goes on.
fn push(versions: &mut Vec<Version>, next: Version) {
    let is_going_on = |last: &Version| (last.standing(), last.record()) == (next.standing(), next.record());
    if !versions.last().is_some_and(is_going_on) {
        versions.push(next);
    }
}

/// Days on which no record is in force get the name of the one before them, or after them, or else `other`.
fn name_absent(versions: &mut [Version], other: impl FnOnce() -> Option<u32>) {
    let mut known = versions.iter().find_map(Version::record).or_else(other);
    for version in versions {
        if version.record().is_none() {
            *version = Version::of(version.code, version.first, version.standing(), known);
        }
        known = version.record();
    }
}
