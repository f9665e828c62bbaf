//! Why masters cannot be held as a snapshot.

use warifu_masters::schema::NoSuchColumn;

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
        /// The field id; the key itself when it has not the digits of its kind.
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
