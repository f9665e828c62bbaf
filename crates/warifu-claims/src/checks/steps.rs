//! Points that go by quantity (きざみ値; マスターファイル仕様説明書, procedure columns 31 to 35 and 別紙7-5).

use crate::lookup::{Limits, Step};

/// Points in hundredths: `plain`, and those of each step begun beyond the lower limit. `None` where nothing
/// can be claimed, or the master does not say what.
pub(super) fn stepped(plain: u64, step: Step, quantity: Option<u32>) -> Option<u64> {
    let quantity = quantity?;
    if is_below(step, quantity) {
        return matches!(step.limits, Limits::PlainAndOn | Limits::PlainAndStop).then_some(plain);
    }
    let is_beyond = step.upper != 0 && quantity > step.upper;
    let counted = match step.limits {
        Limits::PlainAndStop | Limits::NothingAndStop if is_beyond => step.upper,
        Limits::Unlisted if is_beyond => return None,
        _ => quantity,
    };
    let begun = counted.saturating_sub(step.lower);
    if begun == 0 {
        return Some(plain);
    }
    let steps = u64::from(begun.checked_next_multiple_of(step.step)? / step.step);
    plain.checked_add(steps.checked_mul(step.points.in_hundredths())?)
}

/// Whether a quantity is so far below the lower limit that column 35 decides.
pub(super) fn is_below(step: Step, quantity: u32) -> bool {
    u64::from(quantity) + u64::from(step.step) <= u64::from(step.lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::Amount;

    fn steps((lower, upper, step): (u32, u32, u32), points: u64, limits: Limits) -> Step {
        Step { lower, upper, step, points: Amount::of_hundredths(points * 100).unwrap(), limits }
    }

    /// Whole points, of so many plain ones.
    fn points(plain: u64, step: Step, quantity: u32) -> Option<u64> {
        stepped(plain * 100, step, Some(quantity)).map(|hundredths| hundredths / 100)
    }

    #[test]
    fn stepped_points_are_those_of_the_published_examples() {
        // uke sample: 160177770 quantity 5 -> 50, 170000410 quantity 3 -> 171 and 1 -> 85.
        let small = |points| steps((1, 5, 1), points, Limits::PlainAndStop);
        assert_eq!(points(10, small(10), 5), Some(50));
        assert_eq!((points(85, small(43), 1), points(85, small(43), 3)), (Some(85), Some(171)));
        assert_eq!(stepped(8_500, small(43), None), None);
    }

    /// 別紙7-5; 114000970 is of 60 minutes and each 30 more.
    #[test]
    fn outside_the_limits_column_35_decides() {
        let of = |limits| {
            let step = steps((90, 180, 30), 100, limits);
            [0, 60, 61, 90, 91, 120, 180, 181].map(|quantity| points(100, step, quantity))
        };
        let (one, two, four, five) = (Some(100), Some(200), Some(400), Some(500));
        assert_eq!(of(Limits::PlainAndOn), [one, one, one, one, two, two, four, five]);
        assert_eq!(of(Limits::PlainAndStop), [one, one, one, one, two, two, four, four]);
        assert_eq!(of(Limits::NothingAndOn), [None, None, one, one, two, two, four, five]);
        assert_eq!(of(Limits::NothingAndStop), [None, None, one, one, two, two, four, four]);
        assert_eq!(of(Limits::Unlisted), [None, None, one, one, two, two, four, None]);
        // 160098210 has no upper limit.
        let open = steps((1, 99_999_999, 1), 310, Limits::PlainAndOn);
        assert_eq!(points(310, open, 3), Some(930));
        // A master that says no step gives no points beyond its limit, and no panic.
        let no_step = steps((1, 9, 0), 100, Limits::PlainAndOn);
        assert_eq!((points(100, no_step, 1), points(100, no_step, 2)), (Some(100), None));
        let extreme = steps((0, 0, u32::MAX), 100, Limits::PlainAndOn);
        assert_eq!(points(100, extreme, u32::MAX), Some(200));
    }
}
