//! The points of a unit of drugs (IY): those that the prices of its records give (薬剤料).
//!
//! The amount is the sum of price and quantity; up to 15 yen it is one point, and each ten yen begun beyond
//! 15 one more (五捨五超入). That nothing can be claimed up to 15 yen outside prescriptions and injections is not
//! told.

use super::asked::OfUnit;
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use super::yen::Yen;
use crate::file::{Decimal, Quantity};
use crate::finding::ClaimCode;
use crate::lookup::Drug;

pub(super) const CHECK: Check<OfUnit<DrugSum>> = Check {
    about: About {
        codes: &[ClaimCode::DrugPoints],
        fields: &["IY 5 使用量", "IY 6 点数"],
        columns: &["price_kind", "price"],
        source: "医科点数表 F200, G100 ほか 薬剤料; 医薬品マスター 11, 12; 減点 (11 = 7) は対象外",
        judges: Judges::Always,
    },
    ask: |of| Wrong::differs(ClaimCode::DrugPoints, of.points, of.worth.points()),
};

/// What drugs come to; none where that does not follow from their prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DrugSum(Option<Yen>);

impl DrugSum {
    /// What one record comes to.
    pub(super) fn of(facts: &Drug, quantity: Quantity) -> DrugSum {
        DrugSum(if facts.is_priced() { Yen::of(facts.price, quantity) } else { None })
    }

    /// The same with one more record.
    pub(super) fn and(self, facts: &Drug, quantity: Quantity) -> DrugSum {
        let DrugSum(more) = DrugSum::of(facts, quantity);
        DrugSum(self.0.zip(more).and_then(|(sum, more)| sum.and(more)))
    }

    /// The points for one time.
    fn points(&self) -> Option<u64> {
        let DrugSum(sum) = *self;
        sum.filter(|sum| !sum.is_nothing()).map(Yen::points_of_drugs)
    }
}

/// The points that the price gives to so many of a drug that is alone in its unit; `None` where they do not
/// follow from it.
pub(crate) fn points(drug: &Drug, quantity: u32) -> Option<u64> {
    DrugSum::of(drug, Quantity::Amount(Decimal::from(quantity))).points()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Amount;

    #[test]
    fn up_to_fifteen_yen_are_one_point_and_each_ten_begun_beyond_one_more() {
        let points = |records: &[(u64, u32)]| {
            let drug = |hundredths| Drug {
                price: Amount::of_hundredths(hundredths).unwrap(),
                price_kind: 1,
                is_elective: false,
            };
            let [(price, quantity), others @ ..] = records else { return None };
            let first = DrugSum::of(&drug(*price), Quantity::Amount(Decimal::from(*quantity)));
            let more = |sum: DrugSum, (price, quantity): &(u64, u32)| {
                sum.and(&drug(*price), Quantity::Amount(Decimal::from(*quantity)))
            };
            others.iter().fold(first, more).points()
        };
        assert_eq!([1, 500, 1_500].map(|price| points(&[(price, 1)])), [Some(1); 3]);
        assert_eq!([1_501, 2_500].map(|price| points(&[(price, 1)])), [Some(2); 2]);
        assert_eq!([2_501, 3_500, 3_501].map(|price| points(&[(price, 1)])), [Some(3), Some(3), Some(4)]);
        assert_eq!(points(&[(510, 3), (970, 1)]), Some(2));
        let half = Drug { price: Amount::of_hundredths(1_000).unwrap(), price_kind: 1, is_elective: false };
        let of_parts = |used: &[u8]| DrugSum::of(&half, Quantity::parse(used)).points();
        assert_eq!((of_parts(b"1.5"), of_parts(b"1.50001"), of_parts(b"x")), (Some(1), Some(2), None));
        assert_eq!(points(&[(16_707_722_200, 1)]), Some(16_707_722));
        assert_eq!((points(&[(1_000, 0)]), points(&[])), (None, None));
        let taken_off = Drug { price: Amount::default(), price_kind: 7, is_elective: false };
        assert_eq!(DrugSum::of(&taken_off, Quantity::Amount(Decimal::from(1))).points(), None);
        assert_eq!(DrugSum::of(&taken_off, Quantity::Blank), DrugSum(None));
    }
}
