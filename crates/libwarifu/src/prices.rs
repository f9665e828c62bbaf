//! Prices of drugs and materials by day. A checker judges none of them and holds none; here they are told.

use warifu_claims::ItemKind;
use warifu_judging::ReadMaster;
use warifu_masters::past::Standing;
use warifu_masters::table::Table;
use warifu_values::amount::{hundredths, number};
use warifu_values::day::TreatmentDay;

/// How an amount is meant (点数識別, 金額種別), and hundredths of it.
pub(crate) type Amount = (u8, u64);

/// The prices of a release.
pub(crate) struct Prices(Vec<OfMaster>);

/// Those of one master.
struct OfMaster {
    kind: ItemKind,
    series: String,
    /// Ascending by code, and of one code by day.
    prices: Vec<Price>,
}

/// The price of a code from a day on.
struct Price {
    code: u32,
    first: TreatmentDay,
    /// None where the record does not tell one.
    amount: Option<Amount>,
}

impl Prices {
    /// Those of `masters`.
    pub(crate) fn of(masters: &[ReadMaster]) -> Prices {
        Prices(masters.iter().filter_map(OfMaster::of).collect())
    }

    /// The price of the record in force of `code` on `day`, which `series` has.
    pub(crate) fn on(&self, kind: ItemKind, series: &str, code: u32, day: TreatmentDay) -> Option<Amount> {
        let of = self.0.iter().find(|of| of.kind == kind && of.series == series)?;
        let after = of.prices.partition_point(|price| (price.code, price.first) <= (code, day));
        let price = of.prices.get(after.checked_sub(1)?)?;
        price.amount.filter(|_| price.code == code)
    }
}

impl OfMaster {
    fn of(master: &ReadMaster) -> Option<OfMaster> {
        let ReadMaster { entry, state, timelines } = master;
        let kind = match &*entry.kind {
            "drug" => ItemKind::Drug,
            "material" => ItemKind::Material,
            _ => return None,
        };
        let mut prices = Vec::with_capacity(timelines.periods());
        for (key, periods) in timelines.iter() {
            // The snapshot has no code of another form.
            let Some(code) = number(key.as_bytes()) else { continue };
            for period in periods {
                let amount = match period.standing {
                    Standing::InForce(at) => {
                        timelines.record(state, key, at).and_then(|(table, row)| told(table, row))
                    }
                    _ => None,
                };
                prices.push(Price { code, first: period.first, amount });
            }
        }
        prices.sort_unstable_by_key(|price| (price.code, price.first));
        Some(OfMaster { kind, series: entry.series.clone(), prices })
    }
}

/// What a record says, where it does.
fn told(table: &Table, row: usize) -> Option<Amount> {
    let field = |id| table.layout().column(id).ok().map(|column| table.bytes(row, column));
    let kind = u8::try_from(number(field("price_kind")?)?).ok()?;
    let price = field("price").filter(|price| !price.is_empty())?;
    Some((kind, hundredths(price)?))
}
