//! What the checks ask of a disease (傷病名), in use or former (旧傷病名).

use warifu_masters::schema::CHANGED_ON;
use warifu_values::day::TreatmentDay;

use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;
use crate::item_code::{ItemCode, ItemKind};

/// What the checks ask of a disease in use besides that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disease {
    /// From when on the rest is known: the day of its last change (変更年月日, column 23).
    since: TreatmentDay,
    /// Whether it is never named without a modifier (単独使用禁止区分, column 19: 01).
    needs_modifier: bool,
    /// Whether it is none that insurance covers, so that it is never named alone (保険請求外区分, column 20: 1).
    needs_other: bool,
}

impl Disease {
    /// A former one: what else was said of it is left blank.
    pub(super) const FORMER: Disease =
        Disease { since: TreatmentDay::EARLIEST, needs_modifier: false, needs_other: false };

    /// Whether it was known on `day` that it is never named without a modifier.
    pub(crate) fn needs_modifier(&self, day: TreatmentDay) -> bool {
        self.needs_modifier && self.since <= day
    }

    /// Whether it was known on `day` that it is never named without another disease.
    pub(crate) fn needs_other(&self, day: TreatmentDay) -> bool {
        self.needs_other && self.since <= day
    }
}

/// A name decides what a claim that has none of the codes is told.
const COLUMNS: [&str; 3] = ["sole_use_class", "not_claimable_class", Disease::NAME];

impl Facts for Disease {
    const KIND: &'static str = "disease";
    const OF: ItemKind = ItemKind::Disease;
    const NAME: &'static str = "name";
    const IS_LISTED: bool = true;
    const IS_THERE_SINCE_LISTED: bool = true;
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = [usize; 3];

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        let [modifier, other, _] = source.columns(COLUMNS)?;
        Ok([modifier, other, source.column(CHANGED_ON)?])
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [modifier, other, changed] = *columns;
        Ok(Disease {
            since: source.day(row, changed, CHANGED_ON)?.unwrap_or(TreatmentDay::EARLIEST),
            needs_modifier: source.small(row, modifier) == Some(1),
            needs_other: source.small(row, other) == Some(1),
        })
    }
}

/// What the checks ask of a former disease. When it was listed is left blank nearly everywhere and says
/// nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerDisease {
    /// The code in its place (移行先コード, column 4), where there is one.
    pub successor: Option<ItemCode>,
}

impl Facts for FormerDisease {
    const KIND: &'static str = "former-disease";
    const OF: ItemKind = ItemKind::Disease;
    const NAME: &'static str = "name";
    const IS_LISTED: bool = true;
    const COLUMNS: &'static [&'static str] = &["successor_code"];
    type Columns = usize;

    fn columns(source: &Source<'_>) -> Result<usize, SnapshotError> {
        source.column("successor_code")
    }

    fn of_row(source: &Source<'_>, successor: &usize, row: usize) -> Result<Self, SnapshotError> {
        Ok(FormerDisease { successor: ItemCode::parse(Self::OF, source.table.bytes(row, *successor)) })
    }
}
