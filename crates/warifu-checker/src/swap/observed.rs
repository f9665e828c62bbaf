//! What judges saw that has to be done: they leave it here and go on, so that none of them waits for a disk.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

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

    /// Whether there are things to do, and nobody does them.
    pub(super) fn is_left(&self) -> bool {
        !self.is_being_done && !self.to_do.is_empty()
    }

    /// The next thing; when there is none, nobody does any.
    fn next(&mut self) -> Option<ToDo> {
        let next = self.to_do.pop_front();
        self.is_being_done = next.is_some();
        next
    }
}

/// Does each thing that is to be done. Where `work` panics, whoever comes next sees to the others.
pub(super) fn do_each(observed: &Mutex<Observed>, mut work: impl FnMut(ToDo)) {
    let locked = || observed.lock().unwrap_or_else(PoisonError::into_inner);
    let given_up = GivenUp(observed);
    loop {
        let next = locked().next();
        match next {
            Some(to_do) => work(to_do),
            None => break,
        }
    }
    std::mem::forget(given_up);
}

/// Nobody does what is to be done any more.
struct GivenUp<'a>(&'a Mutex<Observed>);

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_being_done = false;
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use warifu_claims::movement::{Enough, Movements};

    use super::*;

    fn fell_back(from: u64) -> ToDo {
        let report = Movements::default().report(&Enough { files: 1, institutions: 1, uses: 1 });
        ToDo::FellBack { moved: (from, 1), why: Said::new("a test", "試験"), report: Box::new(report) }
    }

    #[test]
    fn a_panic_on_the_way_leaves_the_rest_to_whoever_comes_next() {
        let observed = Mutex::new(Observed::default());
        let leave = |from| observed.lock().unwrap_or_else(PoisonError::into_inner).leave(fell_back(from));
        let is_left = || observed.lock().unwrap_or_else(PoisonError::into_inner).is_left();
        assert!(leave(3));
        assert!(!leave(5) && !is_left(), "whoever left the first sees to it");
        let done = catch_unwind(AssertUnwindSafe(|| do_each(&observed, |_| panic!("on the way"))));
        assert!(done.is_err() && is_left());
        assert!(leave(7), "nobody does any");
        let mut done = Vec::new();
        do_each(&observed, |to_do| match to_do {
            ToDo::FellBack { moved: (from, _), .. } => done.push(from),
            ToDo::Proven(_) => panic!("none was left"),
        });
        assert_eq!(done, [5, 7]);
        assert!(!is_left() && leave(9));
    }
}
