//! What the checks ask of a procedure (診療行為).

use super::age::AgeBound;
use super::amount::Amount;
use super::facts::Facts;
use super::roles::Roles;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use warifu_values::amount::number;

/// How points grow with quantity (きざみ値計算, columns 31 to 35).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Quantities up to this one give the plain points (きざみ下限値).
    pub lower: u32,
    /// Beyond this quantity `limits` decides (きざみ上限値); 0 or 99999999 where there is no such.
    pub upper: u32,
    /// One step (きざみ値).
    pub step: u32,
    /// Points for each step begun (きざみ点数).
    pub points: Amount,
    /// What holds outside the limits.
    pub limits: Limits,
}

/// What holds for a quantity outside the limits (上下限エラー処理, column 35; 別紙7-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// 0: the plain points below, steps beyond as ever.
    PlainAndOn,
    /// 1: the plain points below, those of the upper limit beyond.
    PlainAndStop,
    /// 2: nothing can be claimed below, steps beyond as ever.
    NothingAndOn,
    /// 3: nothing can be claimed below, those of the upper limit beyond.
    NothingAndStop,
    /// What the specification does not list.
    Unlisted,
}

/// How the points of a procedure are meant (点数識別, column 11; 別紙7-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointKind {
    /// 1: yen.
    Yen,
    /// 3: points added.
    Plus,
    /// 5: a percentage added.
    PercentPlus,
    /// 6: a percentage taken off.
    PercentMinus,
    /// 8: points taken off.
    Minus,
    /// 4 and 7, whose points only the claim records, and what else there may be.
    Recorded,
}

/// On which claims a procedure may stand (入外適用区分, column 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimable {
    /// On all.
    Everywhere,
    /// 1: of inpatients alone.
    Inpatients,
    /// 2: of outpatients alone.
    Outpatients,
}

/// Whose claims a procedure may stand on (後期高齢者医療適用区分, column 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insured {
    /// On all.
    Everyone,
    /// 1: of 医療保険 alone.
    Insurance,
    /// 2: of 後期高齢者医療 alone.
    LateElderly,
}

/// What the times of a procedure are held against (実日数 and 日数・回数, columns 27 and 28; 別紙7-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Nothing.
    Freely,
    /// 1: its own times against the days of treatment.
    Alone,
    /// 2 with 1 or 2: those of all first and later visits together.
    Visit,
    /// 3 with 3: those of all basic and special inpatient fees together, DPC apart.
    Stay,
}

/// What the checks ask of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Procedure {
    /// How the points are meant.
    pub point_kind: PointKind,
    /// The points, the yen or the percentage (column 12).
    pub points: Amount,
    /// Whether its points may be swallowed by a bundle of tests (包括対象検査, column 16).
    pub bundled: bool,
    /// Whether a percentage goes by its points: it is no addition (告示等識別区分(1), column 68: 1, 3 or 5)
    /// and not exempt from general additions (通則加算所定点数対象区分, column 62).
    pub is_base: bool,
    /// On which claims it may stand.
    pub claimable: Claimable,
    /// Whose claims it may stand on.
    pub insured: Insured,
    /// Whether only claims of 包括評価 may have it (DPC適用区分, column 18: 2, 3 or 4).
    pub is_dpc_only: bool,
    /// What its times are held against.
    pub counted: Counted,
    /// Whom it is for: this age and above (column 41).
    pub age_from: AgeBound,
    /// Whom it is for: below this age (column 42).
    pub age_below: AgeBound,
    /// What it is to others of its claim.
    pub roles: Roles,
    /// The additions for some ages that it takes (年齢加算, columns 102, 105, 108, 111); 0 where there is none.
    pub age_additions: [u32; 4],
    /// Present when points go by quantity (きざみ値計算識別 = 1).
    pub step: Option<Step>,
}

/// In the order in which a row is read.
const COLUMNS: [&str; 25] = [
    "point_kind",
    "points",
    "bundled_test",
    "general_addition_base_class",
    "notice_class_1",
    "inout_class",
    "elderly_class",
    "dpc_class",
    "actual_days",
    "days_or_times",
    "age_lower",
    "age_upper",
    "outpatient_management_class",
    "long_anesthesia_addition",
    "outpatient_infection_addition",
    "age_addition_1_code",
    "age_addition_2_code",
    "age_addition_3_code",
    "age_addition_4_code",
    "step_method",
    "step_lower_limit",
    "step_upper_limit",
    "step_value",
    "step_points",
    "step_limit_error",
];

impl Facts for Procedure {
    const KIND: &'static str = "procedure";
    const NAME: &'static str = "short_name";
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = [usize; COLUMNS.len()];

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        source.columns(COLUMNS)
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [point_kind, points, bundled, exempt, notice, whose @ .., a, b, c, d, e, f] = *columns;
        let [
            inout,
            elderly,
            dpc,
            days,
            times,
            from,
            below,
            management,
            anesthesia,
            infection,
            additions @ ..,
        ] = whose;
        let is_dpc_only = matches!(source.class(row, dpc), 2..=4);
        let table = source.table;
        let (age_from, age_below) =
            (AgeBound::parse(table.bytes(row, from)), AgeBound::parse(table.bytes(row, below)));
        let is_for_ages = age_from.age().is_some() || age_below.age().is_some();
        Ok(Procedure {
            point_kind: match source.whole(row, point_kind, "point_kind")? {
                1 => PointKind::Yen,
                3 => PointKind::Plus,
                5 => PointKind::PercentPlus,
                6 => PointKind::PercentMinus,
                8 => PointKind::Minus,
                _ => PointKind::Recorded,
            },
            points: source.amount(row, points, "points")?,
            bundled: !matches!(table.bytes(row, bundled), b"" | b"0" | b"00"),
            is_base: matches!(source.class(row, notice), 1 | 3 | 5) && source.class(row, exempt) == 0,
            claimable: match source.class(row, inout) {
                1 => Claimable::Inpatients,
                2 => Claimable::Outpatients,
                _ => Claimable::Everywhere,
            },
            insured: match source.class(row, elderly) {
                1 => Insured::Insurance,
                2 => Insured::LateElderly,
                _ => Insured::Everyone,
            },
            is_dpc_only,
            counted: match (source.class(row, days), source.class(row, times)) {
                (1, _) => Counted::Alone,
                (2, 1 | 2) => Counted::Visit,
                (3, 3) if !is_dpc_only => Counted::Stay,
                _ => Counted::Freely,
            },
            age_from,
            age_below,
            roles: Roles::of(
                (matches!(source.class(row, notice), 7 | 9), is_for_ages),
                table.bytes(row, management),
                table.bytes(row, anesthesia),
                table.bytes(row, infection),
            ),
            age_additions: additions.map(|column| number(table.bytes(row, column)).unwrap_or(0)),
            step: step(source, [a, b, c, d, e, f], row)?,
        })
    }
}

fn step(
    source: &Source<'_>,
    [method, lower, upper, step, points, limits]: [usize; 6],
    row: usize,
) -> Result<Option<Step>, SnapshotError> {
    if source.table.bytes(row, method) != b"1" {
        return Ok(None);
    }
    Ok(Some(Step {
        lower: source.whole(row, lower, "step_lower_limit")?,
        upper: source.whole(row, upper, "step_upper_limit")?,
        step: source.whole(row, step, "step_value")?,
        points: source.amount(row, points, "step_points")?,
        limits: match source.class(row, limits) {
            0 => Limits::PlainAndOn,
            1 => Limits::PlainAndStop,
            2 => Limits::NothingAndOn,
            3 => Limits::NothingAndStop,
            _ => Limits::Unlisted,
        },
    }))
}
