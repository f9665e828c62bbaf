//! The end, as whoever gives a program something sees it: this was told to end, and some time later that is
//! over, whatever is still under way.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use crate::said::Said;

/// Whether this ends.
#[derive(Debug, Default)]
pub struct Ending {
    stage: Mutex<Stage>,
    changed: Condvar,
}

/// How far the end is; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Stage {
    #[default]
    NotTold,
    Told,
    Over,
}

/// Why something was not waited for any longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWaited {
    /// It took too long.
    TooLong,
    /// The end is over.
    Over,
}

impl Ending {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self, stage: Stage) {
        let mut now = self.stage();
        *now = stage.max(*now);
        self.changed.notify_all();
    }

    /// This was told to end: nothing more is begun.
    pub(super) fn tell(&self) {
        self.reach(Stage::Told);
    }

    /// What is still under way is broken off.
    pub(crate) fn break_off(&self) {
        self.reach(Stage::Over);
    }

    /// Whether this was told to end.
    pub fn is_told(&self) -> bool {
        *self.stage() >= Stage::Told
    }

    /// Whether what is still under way is to be broken off.
    pub fn is_over(&self) -> bool {
        *self.stage() == Stage::Over
    }

    /// Why nothing more is begun.
    pub fn why() -> Said {
        Said::new("this is ending: no more is begun", "終了処理中のため、新たな適用は行いません")
    }

    /// Waits so long, or until the end is over.
    pub fn pause(&self, time: Duration) {
        let stage = self.stage();
        let _ = self.changed.wait_timeout_while(stage, time, |stage| *stage < Stage::Over);
    }

    /// What `work` gives, on a thread of its own, within `limit`, and before the end is over.
    ///
    /// # Errors
    /// [`NotWaited`]: the thread goes on.
    pub fn wait_for<T: Send + 'static>(
        self: &Arc<Self>,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotWaited> {
        let given: Arc<Mutex<Option<T>>> = Arc::default();
        let take = |given: &Mutex<Option<T>>| given.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (ending, gives) = (Arc::clone(self), Arc::clone(&given));
        let spawned = Builder::new().name("waited-for".to_owned()).spawn(move || {
            let done = work();
            // Whoever waits looks at it while he holds this: he is not told in vain.
            let _held = ending.stage();
            *gives.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            ending.changed.notify_all();
        });
        if spawned.is_err() {
            return Err(NotWaited::TooLong);
        }
        let is_there = || given.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let goes_on = |stage: &mut Stage| *stage < Stage::Over && !is_there();
        let stage = self.stage();
        let waited = self.changed.wait_timeout_while(stage, limit, goes_on);
        drop(waited);
        match take(&given) {
            Some(done) => Ok(done),
            None if self.is_over() => Err(NotWaited::Over),
            None => Err(NotWaited::TooLong),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_is_under_way_is_waited_for_until_the_end_is_over() {
        let ending = Arc::new(Ending::default());
        let long = Duration::from_secs(600);
        assert_eq!(ending.wait_for(long, || 7), Ok(7));
        ending.tell();
        assert_eq!(ending.wait_for(long, || 8), Ok(8), "told, and not over");
        let (go_on, until) = channel::<()>();
        assert_eq!(ending.wait_for(Duration::ZERO, move || until.recv().is_err()), Err(NotWaited::TooLong));
        drop(go_on);
        let (began, begun) = channel();
        let ends = Arc::clone(&ending);
        let over = std::thread::spawn(move || {
            begun.recv().unwrap();
            ends.break_off();
        });
        let (go_on, until) = channel::<()>();
        let hangs = move || {
            began.send(()).unwrap();
            until.recv().is_err()
        };
        assert_eq!(ending.wait_for(long, hangs), Err(NotWaited::Over));
        ending.pause(long);
        ending.tell();
        assert!(ending.is_over(), "it does not go back");
        drop(go_on);
        over.join().unwrap();
    }
}
