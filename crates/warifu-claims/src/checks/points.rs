//! The points of a procedure that stands alone in its unit: those that the master gives.

use super::asked::OfItem;
use super::check::{About, Check, Judges};
use super::quantity::quantity;
use super::wrong::{Shown, Wrong};
use crate::file::Recorded;
use crate::finding::ClaimCode;
use crate::lookup::Procedure;

/// How points are meant (点数識別): points added.
const POINTS_ADDED: u8 = 3;

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::Points],
        fields: &["SI 5 数量データ", "SI 6 点数"],
        columns: &[
            "point_kind",
            "points",
            "bundled_test",
            "step_method",
            "step_lower_limit",
            "step_upper_limit",
            "step_value",
            "step_points",
        ],
        source: "医科診療行為マスター 11, 12, 30–34; 包括 (16) と上限の外 (35) は対象外",
        judges: Judges::Always,
    },
    ask: |of| {
        if !of.is_alone_in_unit || of.facts.bundled || of.facts.point_kind != POINTS_ADDED {
            return None;
        }
        // Yen may stand there too; what is no number is another check's, as is a quantity that is wanting.
        let Recorded::Number(found) = of.item.points else { return None };
        let expected = points(of.facts, quantity(of).ok()?)?;
        let wrong = || Wrong {
            code: ClaimCode::Points,
            found: Shown::Number(found.into()),
            expected: Shown::Number(expected),
        };
        (u64::from(found) != expected).then(wrong)
    },
};

/// The points that the master gives for one time, rounded half up; `None` where its rule is not judged here.
///
/// With a quantity: points + ceil((quantity - lower limit) / step) x step points (columns 12 and 31 to 34).
/// Beyond the limits column 35 decides, which is left to other checks.
pub(crate) fn points(procedure: &Procedure, quantity: Option<u32>) -> Option<u64> {
    let mut hundredths = procedure.points_hundredths;
    if let (Some(step), Some(quantity)) = (procedure.step, quantity) {
        let below = u64::from(quantity) + u64::from(step.step) < u64::from(step.lower);
        if step.step == 0 || below || step.upper != 0 && quantity > step.upper {
            return None;
        }
        let steps = u64::from(quantity.saturating_sub(step.lower).div_ceil(step.step));
        hundredths = hundredths.checked_add(steps.checked_mul(step.points_hundredths)?)?;
    }
    Some(hundredths.checked_add(50)? / 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Step;

    #[test]
    fn stepped_points_are_those_of_the_published_examples() {
        // uke sample: 160177770 quantity 5 -> 50, 170000410 quantity 3 -> 170 and 1 -> 85.
        let stepped = |points: u64, step_points: u64| Procedure {
            point_kind: 3,
            points_hundredths: points * 100,
            bundled: false,
            step: Some(Step { lower: 1, upper: 99, step: 1, points_hundredths: step_points * 100 }),
        };
        assert_eq!(points(&stepped(10, 10), Some(5)), Some(50));
        assert_eq!(points(&stepped(85, 43), Some(1)), Some(85));
        assert_eq!(points(&stepped(85, 43), Some(100)), None);
        let half = Procedure { point_kind: 3, points_hundredths: 5_450, bundled: false, step: None };
        assert_eq!(points(&half, None), Some(55));
        let beyond = Procedure { points_hundredths: u64::MAX - 49, ..half };
        assert_eq!(points(&beyond, None), None, "no rounding beyond what can be counted");
    }
}
