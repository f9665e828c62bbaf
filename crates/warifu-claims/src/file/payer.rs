//! Who pays a claim (HO 保険者, KO 公費): days, points and amounts of each.
//!
//! Numbers of insurers and of those insured are read past.

use super::burden::PayerKind;
use super::codes::digit;
use super::fields::Fields;
use super::item::Recorded;

/// One HO or KO.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payer {
    /// Which.
    pub kind: PayerKind,
    /// Its line, from 1.
    pub line: u32,
    /// 診療実日数.
    pub days: Recorded,
    /// 合計点数.
    pub points: Recorded,
    /// 食事療養・生活療養 回数.
    pub meals: Recorded,
    /// 食事療養・生活療養 合計金額.
    pub meals_yen: Recorded,
    /// 負担金額.
    pub copay_yen: Recorded,
    /// What only one kind of payer has.
    pub terms: Terms,
}

/// What only an HO, or only a KO, records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// Of an HO.
    Insurance {
        /// 職務上の事由.
        occupational: Option<u8>,
        /// 減免区分.
        relief: Option<u8>,
        /// 減額割合.
        relief_percent: Recorded,
        /// 減額金額.
        relief_yen: Recorded,
    },
    /// Of a KO.
    Public {
        /// 任意給付区分.
        optional_benefit: Option<u8>,
        /// 公費給付対象外来一部負担金.
        outpatient_copay_yen: Recorded,
        /// 公費給付対象入院一部負担金.
        inpatient_copay_yen: Recorded,
    },
}

impl Payer {
    /// The HO of these `fields`.
    pub(super) fn insurance(fields: &Fields<'_>, line: u32) -> Payer {
        Payer {
            kind: PayerKind::Insurance,
            line,
            days: Recorded::parse(fields.at(5)),
            points: Recorded::parse(fields.at(6)),
            meals: Recorded::parse(fields.at(8)),
            meals_yen: Recorded::parse(fields.at(9)),
            copay_yen: Recorded::parse(fields.at(12)),
            terms: Terms::Insurance {
                occupational: digit(fields.at(10)),
                relief: digit(fields.at(13)),
                relief_percent: Recorded::parse(fields.at(14)),
                relief_yen: Recorded::parse(fields.at(15)),
            },
        }
    }

    /// The `at`-th KO of a claim, of these `fields`.
    pub(super) fn public(at: u8, fields: &Fields<'_>, line: u32) -> Payer {
        Payer {
            kind: PayerKind::Public(at),
            line,
            days: Recorded::parse(fields.at(5)),
            points: Recorded::parse(fields.at(6)),
            meals: Recorded::parse(fields.at(11)),
            meals_yen: Recorded::parse(fields.at(12)),
            copay_yen: Recorded::parse(fields.at(7)),
            terms: Terms::Public {
                optional_benefit: digit(fields.at(4)),
                outpatient_copay_yen: Recorded::parse(fields.at(8)),
                inpatient_copay_yen: Recorded::parse(fields.at(9)),
            },
        }
    }
}
