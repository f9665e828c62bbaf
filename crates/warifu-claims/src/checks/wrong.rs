//! What a check says: the code, and the evidence as values that cannot be a text of a patient.

use crate::file::{Decimal, ItemCode, Recorded};
use crate::finding::ClaimCode;
use crate::lookup::AgeBound;
use warifu_values::day::TreatmentDay;

/// Something is wrong with what a check was asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What; one of the codes that the check names.
    pub(super) code: ClaimCode,
    /// What was found.
    pub(super) found: Shown,
    /// What it is compared with.
    pub(super) expected: Shown,
}

impl Wrong {
    /// Without evidence.
    pub(super) fn plain(code: ClaimCode) -> Wrong {
        Wrong { code, found: Shown::Nothing, expected: Shown::Nothing }
    }

    /// About the item or comment `of` as a whole.
    pub(super) fn of(code: ClaimCode, of: ItemCode) -> Wrong {
        Wrong { code, found: Shown::Code(of), expected: Shown::Nothing }
    }

    /// What is wrong with points `claimed` where they come to `expected`; what is no number is another
    /// check's, and nothing follows where they are not known.
    pub(super) fn differs(code: ClaimCode, claimed: Recorded, expected: Option<u64>) -> Option<Wrong> {
        let (Recorded::Number(found), Some(expected)) = (claimed, expected) else { return None };
        let found = u64::from(found);
        (found != expected).then_some(Wrong {
            code,
            found: Shown::Number(found),
            expected: Shown::Number(expected),
        })
    }
}

/// A value in a finding: nothing else of a claim or a master is ever shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// There is nothing to show.
    Nothing,
    /// The code of an item or comment.
    Code(ItemCode),
    /// A day of a master.
    Day(TreatmentDay),
    /// Points, a quantity, a count.
    Number(u64),
    /// A price in yen.
    Yen(Decimal),
    /// A bound of age, as masters write it.
    Age(AgeBound),
    /// How many HO and how many KO.
    PayerRecords(u8, u8),
}

impl Shown {
    /// As a finding shows it.
    pub(super) fn text(self) -> String {
        match self {
            Shown::Nothing => String::new(),
            Shown::Code(code) => code.to_string(),
            Shown::Day(day) => day.to_string(),
            Shown::Number(number) => number.to_string(),
            Shown::Yen(yen) => yen.to_string(),
            Shown::Age(bound) => bound.to_string(),
            Shown::PayerRecords(insurance, public) => format!("HO {insurance}, KO {public}"),
        }
    }
}
