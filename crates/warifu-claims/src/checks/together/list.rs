//! The checks of procedures together, in the order of their findings.

use super::asked::OfTogether;
use super::{additions, counts, exclusion, inclusion};
use crate::checks::check::Check;

/// Asked of the procedures of each claim together, where there are points tables.
pub(in crate::checks) const TOGETHER: &[Check<OfTogether>] =
    &[inclusion::CHECK, exclusion::CHECK, counts::CHECK, additions::CHECK];
