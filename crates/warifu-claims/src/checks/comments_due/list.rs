//! The checks of comments that are due, in the order of their findings.

use super::asked::OfCommentsDue;
use super::{due, elective};
use crate::checks::check::Check;

/// Asked of each claim, where there is a コメント関連テーブル.
pub(in crate::checks) const COMMENTS_DUE: &[Check<OfCommentsDue>] = &[due::CHECK, elective::CHECK];
