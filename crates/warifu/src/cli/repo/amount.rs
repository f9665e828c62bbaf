//! Points and prices with their units, as people write them.

use warifu_masters::table::Master;
use warifu_values::lang::Lang;
use warifu_values::say;

/// The points or the price of a record, with its unit; blank where its master has neither.
pub(super) fn amount(master: &Master, row: usize, lang: Lang) -> String {
    let field = |id: &str| master.layout().position(id).map_or("", |column| master.field(row, column));
    let (value, kind) = match field("points") {
        "" => (field("price"), ("price", field("price_kind"))),
        points => (points, ("points", field("point_kind"))),
    };
    if value.is_empty() {
        return String::new();
    }
    let value = value.strip_suffix(".00").unwrap_or(value);
    let said = match kind {
        ("points", "1") | ("price", "1" | "2" | "3") => say!(lang, "{value} yen", "{value}円"),
        ("points", "5") | ("price", "5") => say!(lang, "{value} % more", "{value}％加算"),
        ("points", "6") => say!(lang, "{value} % less", "{value}％減算"),
        ("points", "7" | "8") | ("price", "7") => say!(lang, "-{value} points", "-{value}点"),
        ("price", "9") => say!(lang, "times {value}", "×{value}"),
        _ => say!(lang, "{value} points", "{value}点"),
    };
    // What a quantity of a procedure is counted in is no unit of its points.
    match field("unit_name") {
        unit if kind.0 == "price" && !unit.is_empty() => say!(lang, "{said} per {unit}", "{said}／{unit}"),
        _ => said,
    }
}
