//! What is being written just now, counted once for the program: whoever is asked to end it waits until that
//! stands whole or is gone again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the program ends: it is told how many write, and does not come back.
pub type End = fn(writing: usize);

#[derive(Debug)]
struct Writing {
    count: usize,
    /// What ends the program, once somebody asked for it.
    end: Option<End>,
}

static WRITING: Mutex<Writing> = Mutex::new(Writing { count: 0, end: None });

fn writing() -> MutexGuard<'static, Writing> {
    // Whoever panicked while it held this had counted to the end.
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while something is written that must stand whole or not at all.
#[derive(Debug)]
#[must_use = "what is written is whole as long as this is held"]
pub struct Whole(());

impl Whole {
    /// From now on whoever ends the program waits. Where it ends already, this does not come back.
    pub fn begin() -> Whole {
        writing().count += 1;
        Whole(())
    }

    /// Has the program end by `end`: now where nobody writes, otherwise as soon as nobody does any more.
    /// Nobody begins to write while `end` runs, and it must not either.
    pub fn end_after(end: End) {
        let mut writing = writing();
        writing.end = Some(end);
        if writing.count == 0 {
            end(0);
        }
    }

    /// Has it end now, whoever writes.
    pub fn end_now(end: End) {
        let writing = writing();
        end(writing.count);
    }

    /// Whether it is to end.
    pub fn is_last() -> bool {
        writing().end.is_some()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        let mut writing = writing();
        writing.count = writing.count.saturating_sub(1);
        if writing.count == 0
            && let Some(end) = writing.end
        {
            end(0);
        }
    }
}
