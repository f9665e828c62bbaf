//! One look at one place: what has come of it so far, and whether anybody still waits for more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One look at one place, by several threads at once. Whoever fetches for it stops when nobody waits for the
/// answer any more, and notes what comes: a place may take the longer, the more it brings.
#[derive(Debug)]
pub struct Look {
    began: Instant,
    came_bytes: AtomicU64,
    /// With the looks that it is a part of.
    over: Arc<Over>,
}

#[derive(Debug, Default)]
struct Over {
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl Default for Look {
    fn default() -> Self {
        Look { began: Instant::now(), came_bytes: AtomicU64::new(0), over: Arc::default() }
    }
}

impl Look {
    fn over(&self) -> MutexGuard<'_, bool> {
        self.over.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A look that begins now at another place, and is over when this one is.
    pub(crate) fn part(&self) -> Look {
        Look { over: Arc::clone(&self.over), ..Look::default() }
    }

    /// Nobody waits for anything of it any more.
    pub fn end(&self) {
        *self.over() = true;
        self.over.changed.notify_all();
    }

    /// Whether nobody does.
    pub fn is_over(&self) -> bool {
        *self.over()
    }

    /// So many bytes came.
    pub fn came(&self, bytes: usize) {
        self.came_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Whether it takes longer than `longest` and what its bytes take at the lowest rate there may be.
    pub(crate) fn is_late(&self, longest: Duration, lowest_bytes_per_second: u64) -> bool {
        let came = self.came_bytes.load(Ordering::Relaxed) as f64;
        self.began.elapsed().as_secs_f64()
            > longest.as_secs_f64() + came / lowest_bytes_per_second.max(1) as f64
    }

    /// Waits for so long, or until nobody waits for the answer: whether somebody still does.
    pub(crate) fn pause(&self, pause: Duration) -> bool {
        let waited = self.over.changed.wait_timeout_while(self.over(), pause, |over| !*over);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_when_nobody_waits_any_more() {
        let look = Look::default();
        assert!(look.pause(Duration::ZERO));
        std::thread::scope(|scope| {
            let paused = scope.spawn(|| look.pause(Duration::MAX));
            look.end();
            assert!(!paused.join().unwrap());
        });
        assert!(look.part().is_over() && look.is_over() && !look.pause(Duration::MAX));
    }

    #[test]
    fn what_comes_gives_it_more_time() {
        let look = Look::default();
        assert!(!look.is_late(Duration::MAX / 2, 1));
        assert!(look.is_late(Duration::ZERO, 1));
        look.came(1 << 30);
        assert!(look.part().is_late(Duration::ZERO, 1), "another place brought it");
        assert!(!look.is_late(Duration::ZERO, 1));
        assert!(look.is_late(Duration::ZERO, u64::MAX));
    }
}
