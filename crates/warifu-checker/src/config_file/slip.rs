//! The name that was probably meant.

use warifu_values::closest::distance;

/// A name that is no farther from a known one is taken for a slip of it.
const SLIPS: usize = 3;

/// A longer name is a slip of none.
const LONGEST: usize = 64;

/// The known name that `name` is a slip of.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let far = |it: &&str| distance(name, it);
    let near = known.iter().copied().min_by_key(|it| far(it))?;
    (far(&near) <= SLIPS.min(name.chars().count() / 2)).then_some(near)
}
