//! Points and prices with their units, as people write them.

use warifu_masters::table::Master;
use warifu_values::lang::Lang;
use warifu_values::say;

/// What an amount is of: the columns that hold it and say how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountOf {
    /// `points`, read by `point_kind`.
    Points,
    /// `price`, read by `price_kind`.
    Price,
}

impl AmountOf {
    /// The one whose value the column called `id` holds, and the column that says how it is read.
    pub fn column(id: &str) -> Option<(AmountOf, &'static str)> {
        match id {
            "points" => Some((AmountOf::Points, "point_kind")),
            "price" => Some((AmountOf::Price, "price_kind")),
            _ => None,
        }
    }

    /// `value` with its unit, by the `kind` beside it.
    pub fn said(self, value: &str, kind: &str, lang: Lang) -> String {
        let value = bare(value);
        match (self, kind) {
            (AmountOf::Points, "1") | (AmountOf::Price, "1" | "2" | "3") => {
                say!(lang, "{value} yen", "{value}円")
            }
            (_, "5") => say!(lang, "{value} % more", "{value}％加算"),
            (AmountOf::Points, "6") => say!(lang, "{value} % less", "{value}％減算"),
            (AmountOf::Points, "7" | "8") | (AmountOf::Price, "7") => {
                say!(lang, "-{value} points", "-{value}点")
            }
            (AmountOf::Price, "9") => say!(lang, "times {value}", "×{value}"),
            _ => say!(lang, "{value} points", "{value}点"),
        }
    }
}

/// An amount without zeros after the point.
pub fn bare(value: &str) -> &str {
    if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { value }
}

/// The points or the price of a record, with its unit; blank where its master has neither.
pub fn amount(master: &Master, row: usize, lang: Lang) -> String {
    let field = |id: &str| master.layout().position(id).map_or("", |column| master.field(row, column));
    let (value, of, kind) = match field("points") {
        "" => (field("price"), AmountOf::Price, field("price_kind")),
        points => (points, AmountOf::Points, field("point_kind")),
    };
    if value.is_empty() {
        return String::new();
    }
    let said = of.said(value, kind, lang);
    // What a quantity of a procedure is counted in is no unit of its points.
    match field("unit_name") {
        unit if of == AmountOf::Price && !unit.is_empty() => {
            say!(lang, "{said} per {unit}", "{said}／{unit}")
        }
        _ => said,
    }
}
