//! The points of a unit of materials (TO): those that the prices of its records give (材料料).
//!
//! The amount is the sum of price and quantity; how points are made of it, column 22 says. A percentage
//! (column 11 = 5: films of small children, oxygen by its pressure) goes by what stands before it. A sum is
//! told only where it is exact: not where rounding each record gives another number than rounding their sum,
//! nor of gas whose pressure is recorded beside it (column 11 = 9). Oxygen and what the institution paid go
//! by the price that the claim records.

use super::asked::OfUnit;
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use super::yen::Yen;
use crate::file::{Decimal, Quantity};
use crate::finding::ClaimCode;
use crate::lookup::{Material, MaterialKind, PriceKind};

pub(super) const CHECK: Check<OfUnit<MaterialSum>> = Check {
    about: About {
        codes: &[ClaimCode::MaterialPoints],
        fields: &["TO 5 使用量", "TO 6 点数", "TO 9 単価"],
        columns: &["price_kind", "price", "material_kind", "price_ceiling"],
        source: "マスターファイル仕様説明書: 特定器材マスター 11, 12, 22, 23; 別紙5-1",
        judges: Judges::Always,
    },
    ask: |of| Wrong::differs(ClaimCode::MaterialPoints, of.points, of.worth.points()),
};

/// What materials come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MaterialSum {
    /// An amount.
    Amount {
        sum: Yen,
        kind: MaterialKind,
        /// The points of its records, each rounded by itself.
        each: u64,
    },
    /// An amount and a percentage of it; nothing can follow.
    Percent { sum: Yen, kind: MaterialKind },
    /// What does not follow from the masters alone.
    Unknown,
}

impl MaterialSum {
    /// What one record comes to, of which the claim records that unit price.
    pub(super) fn of(facts: &Material, quantity: Quantity, own: Quantity) -> MaterialSum {
        let amount = match (facts.price_kind, own) {
            // What is left out is the master's.
            (PriceKind::Yen, Quantity::Blank) => Yen::of(facts.price, quantity),
            (PriceKind::Yen, _) if !facts.is_ceiling => Yen::of(facts.price, quantity),
            (PriceKind::Yen | PriceKind::Paid, own) => Yen::of_own(own, quantity),
            (PriceKind::Percent | PriceKind::Other, _) => None,
        };
        match amount {
            Some(sum) if !sum.is_nothing() => match made_of(sum, facts.material_kind) {
                Some(each) => MaterialSum::Amount { sum, kind: facts.material_kind, each },
                None => MaterialSum::Unknown,
            },
            _ => MaterialSum::Unknown,
        }
    }

    /// The same with one more record.
    pub(super) fn and(self, facts: &Material, quantity: Quantity, own: Quantity) -> MaterialSum {
        let MaterialSum::Amount { sum, kind, each } = self else { return MaterialSum::Unknown };
        let added = match (facts.price_kind, MaterialSum::of(facts, quantity, own)) {
            (PriceKind::Percent, _) => {
                sum.with_percent(facts.price).map(|sum| MaterialSum::Percent { sum, kind })
            }
            (_, MaterialSum::Amount { sum: more, kind: other, each: its }) if kind == other => {
                let each = each.saturating_add(its);
                sum.and(more).map(|sum| MaterialSum::Amount { sum, kind, each })
            }
            _ => None,
        };
        added.unwrap_or(MaterialSum::Unknown)
    }

    /// The points for one time.
    fn points(&self) -> Option<u64> {
        match *self {
            MaterialSum::Amount { sum, kind, each } => made_of(sum, kind).filter(|points| *points == each),
            MaterialSum::Percent { sum, kind } => made_of(sum, kind),
            MaterialSum::Unknown => None,
        }
    }
}

/// The points that the price gives to so many of a material that is alone in its unit; `None` where they do
/// not follow from it.
pub(crate) fn points(material: &Material, quantity: u32) -> Option<u64> {
    MaterialSum::of(material, Quantity::Amount(Decimal::from(quantity)), Quantity::Blank).points()
}

/// The points made of an amount.
fn made_of(sum: Yen, kind: MaterialKind) -> Option<u64> {
    match kind {
        MaterialKind::Plain => Some(sum.points_of_each(10)),
        MaterialKind::Gas => Some(sum.whole().points_of_each(10)),
        MaterialKind::Iridium => Some(sum.points_of_each(50)),
        MaterialKind::Cobalt => Some(sum.points_of_each(1_000)),
        MaterialKind::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::{AgeBound, Amount};

    fn material(hundredths: u64, price_kind: PriceKind, material_kind: MaterialKind) -> Material {
        let price = Amount::of_hundredths(hundredths).unwrap();
        let anybody = AgeBound::default();
        Material {
            price,
            price_kind,
            material_kind,
            is_ceiling: false,
            age_from: anybody,
            age_below: anybody,
        }
    }

    fn unit(records: &[(Material, u32)]) -> Option<u64> {
        let [(first, quantity), others @ ..] = records else { return None };
        let used = |quantity: u32| Quantity::Amount(Decimal::from(quantity));
        let first = MaterialSum::of(first, used(*quantity), Quantity::Blank);
        let more = |sum: MaterialSum, (facts, quantity): &(Material, u32)| {
            sum.and(facts, used(*quantity), Quantity::Blank)
        };
        others.iter().fold(first, more).points()
    }

    #[test]
    fn ten_yen_are_a_point_rounded_half_up() {
        let plain = |hundredths| material(hundredths, PriceKind::Yen, MaterialKind::Plain);
        assert_eq!(
            [1_499, 1_500, 9_900].map(|price| unit(&[(plain(price), 1)])),
            [Some(1), Some(2), Some(10)]
        );
        assert_eq!(unit(&[(plain(9_900), 3), (plain(10_000), 1)]), Some(40));
        // 13 + 13 yen are 3 points as a sum and 2 record by record.
        assert_eq!(unit(&[(plain(1_300), 1), (plain(1_300), 1)]), None);
        assert_eq!(unit(&[(plain(1_300), 0)]), None);
    }

    #[test]
    fn column_22_says_how_points_are_made() {
        let one = |kind| unit(&[(material(1_455, PriceKind::Yen, kind), 100)]);
        assert_eq!((one(MaterialKind::Plain), one(MaterialKind::Gas)), (Some(146), Some(146)));
        assert_eq!((one(MaterialKind::Iridium), one(MaterialKind::Cobalt)), (Some(29), Some(1)));
        assert_eq!(one(MaterialKind::Other), None);
        // Nitrogen, 0.12 yen a litre: 124.56 yen are 125 before they are divided.
        let nitrogen = material(12, PriceKind::Yen, MaterialKind::Gas);
        assert_eq!(unit(&[(nitrogen, 1_038)]), Some(13));
        assert_eq!(unit(&[(material(12, PriceKind::Yen, MaterialKind::Plain), 1_038)]), Some(12));
    }

    #[test]
    fn a_percentage_goes_by_what_stands_before_it() {
        let film = material(11_500, PriceKind::Yen, MaterialKind::Plain);
        let small_child = material(1_000, PriceKind::Percent, MaterialKind::Plain);
        assert_eq!(unit(&[(film, 2), (small_child, 1)]), Some(25));
        assert_eq!(unit(&[(small_child, 1)]), None);
        assert_eq!(unit(&[(film, 2), (small_child, 1), (film, 1)]), None);
        let paid = material(0, PriceKind::Paid, MaterialKind::Plain);
        assert_eq!((unit(&[(paid, 1)]), unit(&[(film, 1), (paid, 1)])), (None, None));
    }

    #[test]
    fn oxygen_and_what_was_paid_go_by_the_price_that_the_claim_records() {
        let points = |facts: Material, used: &[u8], own: &[u8]| {
            MaterialSum::of(&facts, Quantity::parse(used), Quantity::parse(own)).points()
        };
        let oxygen = Material { is_ceiling: true, ..material(236, PriceKind::Yen, MaterialKind::Gas) };
        assert_eq!((points(oxygen, b"100", b"2.00"), points(oxygen, b"100", b"")), (Some(20), Some(24)));
        // With the correction of 1.3: 100 litres at 2 yen are 260 yen.
        let correction = material(3_000, PriceKind::Percent, MaterialKind::Gas);
        let corrected = MaterialSum::of(&oxygen, Quantity::parse(b"100"), Quantity::parse(b"2.00"));
        assert_eq!(corrected.and(&correction, Quantity::Blank, Quantity::Blank).points(), Some(26));
        let paid = material(0, PriceKind::Paid, MaterialKind::Plain);
        assert_eq!((points(paid, b"2", b"1234.50"), points(paid, b"2", b"")), (Some(247), None));
        let priced = material(10_000, PriceKind::Yen, MaterialKind::Plain);
        assert_eq!(points(priced, b"1.5", b"1.00"), Some(15), "the master's price is the price");
    }
}
