//! What the checks ask of a procedure (診療行為).

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// How points grow with quantity (きざみ値計算, columns 31 to 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Quantities up to this one give the plain points (きざみ下限値).
    pub lower: u32,
    /// Beyond this quantity the rule of column 35 applies, which is not judged here (きざみ上限値).
    pub upper: u32,
    /// One step (きざみ値).
    pub step: u32,
    /// Points for each step begun, in hundredths (きざみ点数).
    pub points_hundredths: u64,
}

/// What the checks ask of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Procedure {
    /// How the points are meant (点数識別, column 11); 3 = points added.
    pub point_kind: u8,
    /// The points in hundredths (column 12).
    pub points_hundredths: u64,
    /// Whether its points may be swallowed by a bundle of tests (包括逓減区分, column 16).
    pub bundled: bool,
    /// Present when points go by quantity (きざみ値計算識別 = 1).
    pub step: Option<Step>,
}

/// In the order in which a row is read.
const COLUMNS: [&str; 8] = [
    "point_kind",
    "points",
    "bundled_test",
    "step_method",
    "step_lower_limit",
    "step_upper_limit",
    "step_value",
    "step_points",
];

impl Facts for Procedure {
    const KIND: &'static str = "procedure";
    const NAME: &'static str = "short_name";
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = [usize; COLUMNS.len()];

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        let mut columns = [0; COLUMNS.len()];
        for (column, id) in columns.iter_mut().zip(COLUMNS) {
            *column = source.column(id)?;
        }
        Ok(columns)
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [point_kind, points, bundled, method, lower, upper, step, step_points] = *columns;
        let table = source.table;
        let step = if table.bytes(row, method) == b"1" {
            Some(Step {
                lower: source.whole(row, lower, "step_lower_limit")?,
                upper: source.whole(row, upper, "step_upper_limit")?,
                step: source.whole(row, step, "step_value")?,
                points_hundredths: source.hundredths(row, step_points, "step_points")?,
            })
        } else {
            None
        };
        Ok(Procedure {
            point_kind: source.whole(row, point_kind, "point_kind")?.min(255) as u8,
            points_hundredths: source.hundredths(row, points, "points")?,
            bundled: !matches!(table.bytes(row, bundled), b"" | b"0" | b"00"),
            step,
        })
    }
}
