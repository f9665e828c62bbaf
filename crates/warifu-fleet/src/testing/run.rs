//! One run of an area from its plan to its end: what must hold is looked at in each millisecond.

use super::area::{Area, Ran};
use super::breach::Breach;
use super::plan::Plan;

/// After the last trouble an area has so long to be whole again: a lease, a commit that is taken back, and a
/// release that is prepared and committed, or two.
const MENDED: u64 = 15_000;

/// Runs `plan` to its end.
///
/// # Errors
///
/// What was breached first.
pub fn run(plan: &Plan) -> Result<Ran, Breach> {
    let mut area = Area::new(plan);
    let end = plan.until + MENDED;
    while area.now < end {
        area.step();
        area.look()?;
        area.now += 1;
        if area.now > plan.until + 1_000 && area.now.is_multiple_of(500) && area.whole().is_ok() {
            break;
        }
    }
    area.whole()?;
    area.ran.writes = area.store.writes;
    Ok(area.ran)
}
