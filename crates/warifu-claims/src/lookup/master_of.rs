//! What a snapshot is made of: masters, and why one cannot be held.

use warifu_masters::past::Timelines;
use warifu_masters::schema::NoSuchColumn;
use warifu_masters::table::Master;

/// One master for [`Snapshot::build`](crate::Snapshot::build).
#[derive(Debug, Clone, Copy)]
pub struct MasterOf<'a> {
    /// The series (`r06`).
    pub series: &'a str,
    /// The kind (`procedure`); kinds that no check asks are passed over.
    pub kind: &'a str,
    /// Its newest state.
    pub master: &'a Master,
    /// Every day of every code, and the records that the newest state superseded.
    pub timelines: &'a Timelines,
}

/// The masters given cannot be held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// A layout lacks a column that a check needs.
    #[error("series {series}: a check needs a column that is not there")]
    Column {
        /// The series.
        series: String,
        /// Which column of which layout.
        #[source]
        source: NoSuchColumn,
    },
    /// A field that a check needs holds something else.
    #[error("series {series}, {kind} {key}: {field} is not what the checks can read")]
    Value {
        /// The series.
        series: String,
        /// The kind.
        kind: String,
        /// The record's key.
        key: String,
        /// The field id; the key itself when it is not nine digits.
        field: &'static str,
    },
    /// The timelines are not those of the newest state.
    #[error("series {series}, {kind} {key}: the record and the days do not belong together")]
    Strangers {
        /// The series.
        series: String,
        /// The kind.
        kind: String,
        /// The record's key.
        key: String,
    },
    /// One series came twice for one kind.
    #[error("series {series} holds {kind} twice")]
    Twice {
        /// The series.
        series: String,
        /// The kind.
        kind: String,
    },
}
