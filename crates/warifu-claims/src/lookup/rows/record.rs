//! Records of a table while they are taken in: each period of a record becomes a row.

use super::super::snapshot_error::SnapshotError;
use super::super::source::Source;
use super::days::Days;
use warifu_masters::past::{MasterOf, RecordAt, Standing};
use warifu_masters::table::Table;
use warifu_values::amount::number;

/// A record in force, and the days on which it is.
pub(in crate::lookup) struct Record<'a> {
    pub(in crate::lookup) source: Source<'a>,
    pub(in crate::lookup) row: usize,
    pub(in crate::lookup) days: Days,
}

impl Record<'_> {
    fn wrong(&self, field: &'static str) -> SnapshotError {
        SnapshotError::Value {
            series: self.source.of.series.to_owned(),
            kind: self.source.of.kind.to_owned(),
            key: self.source.table.key(self.row).into_owned(),
            field,
        }
    }

    pub(in crate::lookup) fn bytes(&self, field: &'static str) -> Result<&[u8], SnapshotError> {
        Ok(self.source.table.bytes(self.row, self.source.column(field)?))
    }

    /// The procedure in a field: nine digits, and not all of them 0.
    pub(in crate::lookup) fn code(&self, field: &'static str) -> Result<u32, SnapshotError> {
        let bytes = self.bytes(field)?;
        number(bytes).filter(|code| bytes.len() == 9 && *code != 0).ok_or_else(|| self.wrong(field))
    }

    /// The group in a field, as the number of its characters; none where it is 0 or blank.
    pub(in crate::lookup) fn group(&self, field: &'static str) -> Result<Option<u64>, SnapshotError> {
        let bytes = self.bytes(field)?;
        if bytes.len() > 7 || !bytes.iter().all(u8::is_ascii_alphanumeric) {
            return Err(self.wrong(field));
        }
        let is_none = bytes.iter().all(|byte| *byte == b'0');
        Ok((!is_none).then(|| bytes.iter().fold(0, |group, byte| group << 8 | u64::from(*byte))))
    }

    /// A whole number; blank is 0.
    pub(in crate::lookup) fn whole(&self, field: &'static str) -> Result<u32, SnapshotError> {
        self.source.whole(self.row, self.source.column(field)?, field)
    }

    /// Whether there is a special condition (特例条件).
    pub(in crate::lookup) fn special(&self) -> Result<bool, SnapshotError> {
        Ok(self.bytes("special_condition")? != b"0")
    }
}

/// Makes rows of each record of `of` for the days on which it is in force, in the order of the keys.
pub(in crate::lookup) fn rows<R>(
    of: &MasterOf<'_>,
    make: impl Fn(&Record<'_>, &mut Vec<R>) -> Result<(), SnapshotError>,
) -> Result<Vec<R>, SnapshotError> {
    let (mut rows, mut at) = (Vec::with_capacity(of.master.rows()), 0);
    let governs = of.timelines.governs();
    for (key, periods) in of.timelines.iter() {
        let newest = (at < of.master.rows() && of.master.key(at) == key).then_some(at);
        at += usize::from(newest.is_some());
        for (period, next) in periods.iter().zip(periods.iter().skip(1).map(Some).chain([None])) {
            let Standing::InForce(record) = period.standing else { continue };
            let found: Option<(&Table, usize)> = match record {
                RecordAt::State => newest.map(|row| (&**of.master, row)),
                RecordAt::Superseded(number) => of.timelines.superseded_at(number),
            };
            let (table, row) = found.ok_or_else(|| strangers(of, key))?;
            let last = next.map_or(governs.last, |next| Some(next.first.before()));
            let days = Days { first: period.first, last };
            make(&Record { source: Source { of, table }, row, days }, &mut rows)?;
        }
    }
    match at < of.master.rows() {
        true => Err(strangers(of, &of.master.key(at))),
        false => Ok(rows),
    }
}

fn strangers(of: &MasterOf<'_>, key: &str) -> SnapshotError {
    let (series, kind) = (of.series.to_owned(), of.kind.to_owned());
    SnapshotError::Strangers { series, kind, key: key.to_owned() }
}
