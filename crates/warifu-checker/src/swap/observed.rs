//! What judges saw that has to be done: they leave it here and go on, so that none of them waits for a disk.

use std::collections::VecDeque;
use std::sync::Arc;

use warifu_claims::movement::Report;

use crate::said::Said;
use crate::swap::active::Active;

/// What is to be done, and whether somebody does it.
#[derive(Default)]
pub(super) struct Observed {
    to_do: VecDeque<ToDo>,
    is_being_done: bool,
}

/// One thing that was seen.
pub(super) enum ToDo {
    /// A release on probation was left for the one before it. That one judges already; the rest is to be
    /// written and told.
    FellBack { moved: (u64, u64), why: Said, report: Box<Report> },
    /// This release on probation has proven itself.
    Proven(Arc<Active>),
}

impl Observed {
    /// Leaves `what` to be done. Whether nobody does such things yet: then whoever left it sees to it.
    pub(super) fn leave(&mut self, what: ToDo) -> bool {
        // Every file from now on finds the same: one is enough, and one more where that fails.
        let is_known = |known: &ToDo| matches!((known, &what), (ToDo::Proven(_), ToDo::Proven(_)));
        if !self.to_do.iter().any(is_known) {
            self.to_do.push_back(what);
        }
        !std::mem::replace(&mut self.is_being_done, true)
    }

    /// The next thing; when there is none, nobody does any.
    pub(super) fn next(&mut self) -> Option<ToDo> {
        let next = self.to_do.pop_front();
        self.is_being_done = next.is_some();
        next
    }
}
