//! The points of a unit (点数・回数算定単位) of procedures: those that the masters give to its records together.
//!
//! A sum is told only where it is exact. It is not where tests may be bundled (column 16), where points are
//! the institution's own (point kinds 4 and 7), where a percentage stands beside anything but one item that
//! it goes by, where points are taken off first, and where rounding each record gives another number than
//! rounding their sum.

use super::asked::OfUnit;
use super::check::{About, Check, Judges};
use super::quantity::Wanting;
use super::steps::stepped;
use super::wrong::Wrong;
use crate::finding::ClaimCode;
use crate::lookup::{PointKind, Procedure};

pub(super) const CHECK: Check<OfUnit<ProcedureSum>> = Check {
    about: About {
        codes: &[ClaimCode::Points],
        fields: &["SI 5 数量データ", "SI 6 点数"],
        columns: &[
            "point_kind",
            "points",
            "bundled_test",
            "general_addition_base_class",
            "notice_class_1",
            "step_method",
            "step_lower_limit",
            "step_upper_limit",
            "step_value",
            "step_points",
            "step_limit_error",
        ],
        source: "マスターファイル仕様説明書 別紙7-1, 7-5: 医科診療行為マスター 11, 12, 30–35; 包括 (16) は対象外",
        judges: Judges::Always,
    },
    ask: |of| Wrong::differs(ClaimCode::Points, of.points, of.worth.points()),
};

/// What procedures come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProcedureSum {
    /// Points.
    Points {
        hundredths: u64,
        /// How many of the records have a part of a point.
        with_part: u32,
        /// Whether it is one record alone, by which a percentage goes.
        is_base: bool,
    },
    /// Points of one record, and a percentage of them; nothing can follow.
    Percent {
        /// In hundredths of points.
        base: u64,
        /// What is left of it or comes to be, in hundredths of percents.
        whole: u64,
        is_less: bool,
    },
    /// Yen.
    Yen { hundredths: u64 },
    /// What does not follow from the masters alone.
    Unknown,
}

/// All of something, in hundredths of percents.
const WHOLE: u64 = 10_000;

impl ProcedureSum {
    /// What one record comes to, claimed with that quantity.
    pub(super) fn of(facts: &Procedure, quantity: Result<Option<u32>, Wanting>) -> ProcedureSum {
        let Ok(quantity) = quantity else { return ProcedureSum::Unknown };
        if facts.bundled {
            return ProcedureSum::Unknown;
        }
        let plain = facts.points.in_hundredths();
        match facts.point_kind {
            PointKind::Plus => match facts.step.map_or(Some(plain), |step| stepped(plain, step, quantity)) {
                Some(hundredths) => ProcedureSum::Points {
                    hundredths,
                    with_part: u32::from(!hundredths.is_multiple_of(100)),
                    is_base: facts.is_base,
                },
                None => ProcedureSum::Unknown,
            },
            PointKind::Yen => ProcedureSum::Yen { hundredths: plain },
            PointKind::Minus | PointKind::PercentPlus | PointKind::PercentMinus | PointKind::Recorded => {
                ProcedureSum::Unknown
            }
        }
    }

    /// The same with one more record.
    pub(super) fn and(self, facts: &Procedure, quantity: Result<Option<u32>, Wanting>) -> ProcedureSum {
        let more = facts.points.in_hundredths();
        match (self, facts.point_kind, ProcedureSum::of(facts, quantity)) {
            (
                ProcedureSum::Points { hundredths, with_part, .. },
                _,
                ProcedureSum::Points { hundredths: more, with_part: other, .. },
            ) => ProcedureSum::Points {
                hundredths: hundredths.saturating_add(more),
                with_part: with_part + other,
                is_base: false,
            },
            (ProcedureSum::Yen { hundredths }, _, ProcedureSum::Yen { hundredths: more }) => {
                ProcedureSum::Yen { hundredths: hundredths.saturating_add(more) }
            }
            (ProcedureSum::Points { hundredths, with_part, .. }, PointKind::Minus, _)
                if more <= hundredths && more.is_multiple_of(100) && facts.step.is_none() =>
            {
                ProcedureSum::Points { hundredths: hundredths - more, with_part, is_base: false }
            }
            (
                ProcedureSum::Points { hundredths: base, with_part: 0, is_base: true },
                PointKind::PercentPlus,
                _,
            ) => ProcedureSum::Percent { base, whole: WHOLE + more, is_less: false },
            (
                ProcedureSum::Points { hundredths: base, with_part: 0, is_base: true },
                PointKind::PercentMinus,
                _,
            ) if more <= WHOLE => ProcedureSum::Percent { base, whole: WHOLE - more, is_less: true },
            _ => ProcedureSum::Unknown,
        }
    }

    /// The points for one time, rounded half up; yen where it is yen.
    pub(super) fn points(&self) -> Option<u64> {
        match *self {
            ProcedureSum::Points { hundredths, with_part: 0 | 1, .. } => {
                Some(hundredths.checked_add(50)? / 100)
            }
            ProcedureSum::Percent { base, whole, is_less } => {
                let (points, one) = (base.checked_mul(whole)?, 100 * WHOLE);
                // Whether what is taken off is rounded or what is left decides at the half.
                let is_disputed = is_less && points % one == one / 2;
                (!is_disputed).then_some(points.checked_add(one / 2)? / one)
            }
            ProcedureSum::Yen { hundredths } if hundredths.is_multiple_of(100) => Some(hundredths / 100),
            ProcedureSum::Points { .. } | ProcedureSum::Yen { .. } | ProcedureSum::Unknown => None,
        }
    }
}

/// The points that the master gives for one time of a procedure that is alone in its unit; `None` where they
/// do not follow from it.
pub(crate) fn points(procedure: &Procedure, quantity: Option<u32>) -> Option<u64> {
    ProcedureSum::of(procedure, Ok(quantity)).points()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::{AgeBound, Amount, Claimable, Counted, Insured, Roles};

    fn amount(hundredths: u64) -> Amount {
        Amount::of_hundredths(hundredths).unwrap()
    }

    fn procedure(point_kind: PointKind, hundredths: u64) -> Procedure {
        Procedure {
            point_kind,
            points: amount(hundredths),
            bundled: false,
            is_base: true,
            claimable: Claimable::Everywhere,
            insured: Insured::Everyone,
            is_dpc_only: false,
            counted: Counted::Freely,
            age_from: AgeBound::default(),
            age_below: AgeBound::default(),
            roles: Roles::default(),
            age_additions: [0; 4],
            step: None,
        }
    }

    fn plus(hundredths: u64) -> Procedure {
        procedure(PointKind::Plus, hundredths)
    }

    fn unit(records: &[Procedure]) -> Option<u64> {
        let [first, others @ ..] = records else { return None };
        let sum = ProcedureSum::of(first, Ok(None));
        others.iter().fold(sum, |sum, facts| sum.and(facts, Ok(None))).points()
    }

    #[test]
    fn a_unit_comes_to_the_sum_of_its_records() {
        assert_eq!(unit(&[plus(28_800), plus(7_500), plus(5_000)]), Some(413));
        assert_eq!(unit(&[plus(28_800), procedure(PointKind::Minus, 1_000)]), Some(278));
        assert_eq!(unit(&[procedure(PointKind::Minus, 1_000), plus(28_800)]), None);
        assert_eq!(unit(&[plus(500), procedure(PointKind::Minus, 1_000)]), None);
        let yen = procedure(PointKind::Yen, 67_000);
        assert_eq!(
            (unit(&[yen]), unit(&[yen, yen]), unit(&[yen, plus(100)])),
            (Some(670), Some(1_340), None)
        );
        assert_eq!(unit(&[plus(28_800), procedure(PointKind::Recorded, 0)]), None);
        assert_eq!(unit(&[plus(28_800), Procedure { bundled: true, ..plus(1_100) }]), None);
        assert_eq!(unit(&[plus(5_450)]), Some(55));
        // 54.5 + 54.5 is 109 as a sum and 110 record by record.
        assert_eq!((unit(&[plus(5_450), plus(100)]), unit(&[plus(5_450), plus(5_450)])), (Some(56), None));
    }

    #[test]
    fn a_percentage_goes_by_one_item() {
        let more = |percent: u64| procedure(PointKind::PercentPlus, percent * 100);
        let less = |percent: u64| procedure(PointKind::PercentMinus, percent * 100);
        // uke sample: 130 -> 221, 48 -> 82, 110 -> 330; 別紙7-1: 150 -> 135.
        assert_eq!(unit(&[plus(13_000), more(70)]), Some(221));
        assert_eq!(unit(&[plus(4_800), more(70)]), Some(82));
        assert_eq!(unit(&[plus(11_000), more(200)]), Some(330));
        assert_eq!(unit(&[plus(15_000), less(10)]), Some(135));
        // 139.5 is 140, or 155 less 16.
        assert_eq!((unit(&[plus(15_500), less(10)]), unit(&[plus(15_500), more(10)])), (None, Some(171)));
        let addition = Procedure { is_base: false, ..plus(1_000) };
        assert_eq!(unit(&[plus(13_000), addition, more(70)]), None);
        assert_eq!(unit(&[addition, more(70)]), None);
        assert_eq!(unit(&[plus(13_000), more(70), more(70)]), None);
        assert_eq!(unit(&[plus(13_000), more(70), addition]), None);
        assert_eq!((unit(&[more(70)]), unit(&[plus(13_000), less(101)])), (None, None));
    }
}
