//! What the checks ask of a material (特定器材).

use super::age::AgeBound;
use super::amount::Amount;
use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// What the checks ask of a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Material {
    /// The price of one unit in yen, or a percentage (column 12).
    pub price: Amount,
    /// How that is meant (column 11).
    pub price_kind: PriceKind,
    /// How points are made of the amount (column 22).
    pub material_kind: MaterialKind,
    /// Whether the price is only the most that may be claimed, as for oxygen (上限価格, column 23).
    pub is_ceiling: bool,
    /// Whom it is for: this age and above (column 15).
    pub age_from: AgeBound,
    /// Whom it is for: below this age (column 16).
    pub age_below: AgeBound,
}

/// How the amount of a material is meant (金額種別; 別紙5-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceKind {
    /// 1: yen a unit.
    Yen,
    /// 2: what the institution paid, as the claim records it.
    Paid,
    /// 5: a percentage added to the amount of what stands before it.
    Percent,
    /// 9, a factor of pressure, and what else there may be.
    Other,
}

/// How points are made of the amount (特定器材種別).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaterialKind {
    /// 0: one point for each 10 yen.
    Plain,
    /// 2: the same of whole yen (oxygen, nitrogen).
    Gas,
    /// 3: one for each 50 yen (high dose rate iridium).
    Iridium,
    /// 4: one for each 1,000 yen (cobalt).
    Cobalt,
    /// What the specification does not list.
    Other,
}

const COLUMNS: [&str; 6] =
    ["price_kind", "price", "material_kind", "price_ceiling", "age_lower", "age_upper"];

impl Facts for Material {
    const KIND: &'static str = "material";
    const NAME: &'static str = "name";
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = [usize; COLUMNS.len()];

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        source.columns(COLUMNS)
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [price_kind, price, material_kind, ceiling, age_from, age_below] = *columns;
        Ok(Material {
            price: source.amount(row, price, "price")?,
            price_kind: match source.class(row, price_kind) {
                1 => PriceKind::Yen,
                2 => PriceKind::Paid,
                5 => PriceKind::Percent,
                _ => PriceKind::Other,
            },
            material_kind: match source.class(row, material_kind) {
                0 => MaterialKind::Plain,
                2 => MaterialKind::Gas,
                3 => MaterialKind::Iridium,
                4 => MaterialKind::Cobalt,
                _ => MaterialKind::Other,
            },
            is_ceiling: source.class(row, ceiling) == 1,
            age_from: AgeBound::parse(source.table.bytes(row, age_from)),
            age_below: AgeBound::parse(source.table.bytes(row, age_below)),
        })
    }
}
