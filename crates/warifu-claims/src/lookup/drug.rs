//! What the checks ask of a drug (医薬品).

use super::amount::Amount;
use super::facts::Facts;
use super::snapshot_error::SnapshotError;
use super::source::Source;

/// What the checks ask of a drug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drug {
    /// The price of one unit in yen (column 12), where it is one.
    pub price: Amount,
    /// How the price is meant (金額種別, column 11).
    pub price_kind: u8,
    /// Whether it is a long-listed product subject to 選定療養, billed as none (column 42: 1).
    pub is_elective: bool,
}

impl Drug {
    /// Whether the price is yen a unit: neither what is taken off, nor a dentist's average.
    #[inline]
    pub fn is_priced(&self) -> bool {
        self.price_kind == 1
    }
}

/// That column; masters before September 2024 lack it, and have no such drugs.
const ELECTIVE: &str = "elective_care_class";

const COLUMNS: [&str; 3] = ["price_kind", "price", ELECTIVE];

impl Facts for Drug {
    const KIND: &'static str = "drug";
    const NAME: &'static str = "name";
    const EARLIER_END: Option<&'static str> = Some("transition_or_use_limit_on");
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    type Columns = ([usize; 2], Option<usize>);

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        Ok((source.columns(["price_kind", "price"])?, source.table.layout().position(ELECTIVE)))
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let ([price_kind, price], elective) = *columns;
        Ok(Drug {
            price: source.amount(row, price, "price")?,
            price_kind: source.class(row, price_kind),
            is_elective: elective.is_some_and(|column| source.class(row, column) == 1),
        })
    }
}
