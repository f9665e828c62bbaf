//! Amounts of yen, exact: prices and quantities of five places each.

use crate::file::Quantity;
use crate::lookup::Amount;

/// An amount of yen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Yen {
    /// In parts of a yen, [`YEN`] of which are one.
    parts: u128,
}

/// Parts of a yen: those of a price times those of a quantity.
const YEN: u128 = 10_000_000_000;

impl Yen {
    /// What a quantity costs at a price; none where no quantity is recorded.
    pub(super) fn of(price: Amount, quantity: Quantity) -> Option<Yen> {
        Yen::at(price.in_hundredths() * 1_000, quantity)
    }

    /// The same at the price that a claim records.
    pub(super) fn of_own(price: Quantity, quantity: Quantity) -> Option<Yen> {
        Yen::at(price.amount()?.hundred_thousandths(), quantity)
    }

    fn at(hundred_thousandths: u64, quantity: Quantity) -> Option<Yen> {
        let quantity = quantity.amount()?.hundred_thousandths();
        Some(Yen { parts: u128::from(hundred_thousandths) * u128::from(quantity) })
    }

    /// Both.
    pub(super) fn and(self, other: Yen) -> Option<Yen> {
        self.parts.checked_add(other.parts).map(|parts| Yen { parts })
    }

    /// The same with a percentage of it.
    pub(super) fn with_percent(self, percent: Amount) -> Option<Yen> {
        let whole = 10_000 + u128::from(percent.in_hundredths());
        Some(Yen { parts: self.parts.checked_mul(whole)? / 10_000 })
    }

    /// Whether it is no yen at all.
    pub(super) fn is_nothing(self) -> bool {
        self.parts == 0
    }

    /// The same without parts of a yen, rounded half up.
    pub(super) fn whole(self) -> Yen {
        Yen { parts: (self.parts + YEN / 2) / YEN * YEN }
    }

    /// One for each so many yen, rounded half up (四捨五入).
    pub(super) fn points_of_each(self, yen: u32) -> u64 {
        let each = YEN * u128::from(yen.max(1));
        u64::try_from((self.parts + each / 2) / each).unwrap_or(u64::MAX)
    }

    /// One up to 15 yen, and one more for each ten begun beyond (五捨五超入).
    pub(super) fn points_of_drugs(self) -> u64 {
        let beyond = self.parts.saturating_sub(15 * YEN);
        u64::try_from(1 + beyond.div_ceil(10 * YEN)).unwrap_or(u64::MAX)
    }
}
