//! The thread that keeps claim files for replay on disk, and the history of what was found: nothing of a
//! claim waits for it. What a slow disk does not take in time is dropped, the oldest first, and counted.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::Unwritten;

/// So many files wait for the disk.
const MOST_WAITING: usize = 32;

/// How often it also does what is not asked for.
const BETWEEN_BEATS: Duration = Duration::from_secs(60);

/// How long the end waits for what is being written.
const AT_THE_END: Duration = Duration::from_secs(2);

/// Hands files to the thread.
#[derive(Debug)]
pub(super) struct Keeper {
    desk: Arc<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    files: Mutex<Files>,
    changed: Condvar,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Files {
    waiting: VecDeque<Unwritten>,
    is_writing: bool,
    has_ended: bool,
    /// The thread has done everything.
    has_rested: bool,
}

impl Desk {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be done next, where the next beat is due at `beat`.
    fn next(&self, beat: Instant) -> Next {
        let mut files = self.files();
        files.is_writing = false;
        self.changed.notify_all();
        loop {
            let left = beat.saturating_duration_since(Instant::now());
            if files.has_ended && files.waiting.is_empty() {
                return Next::End;
            }
            if left.is_zero() {
                return Next::Beat;
            }
            if let Some(next) = files.waiting.pop_front() {
                files.is_writing = true;
                return Next::Write(next);
            }
            (files, _) = self.changed.wait_timeout(files, left).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// All is done.
    fn rest(&self) {
        self.files().has_rested = true;
        self.changed.notify_all();
    }
}

/// What the thread does.
enum Next {
    Write(Unwritten),
    Beat,
    /// The last beat, after all that was to be written.
    End,
}

impl Keeper {
    /// A thread that lets `write` write, and calls `beat` once a minute and at the end.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub(super) fn start(
        mut write: impl FnMut(Unwritten) -> io::Result<()> + Send + 'static,
        mut beat: impl FnMut() + Send + 'static,
        log: Log,
    ) -> io::Result<Self> {
        let desk = Arc::new(Desk::default());
        let thread = Arc::clone(&desk);
        std::thread::Builder::new().name("keeper".to_owned()).spawn(move || {
            let mut due = Instant::now() + BETWEEN_BEATS;
            loop {
                match thread.next(due) {
                    Next::Write(file) => {
                        if let Err(error) = write(file) {
                            log.event(
                                Event::ClaimsNotKept,
                                &Said::about(
                                    "a claim file could not be kept for replay",
                                    "再点検用のファイルを保存できません",
                                    &error,
                                ),
                            );
                        }
                    }
                    Next::Beat => {
                        due = Instant::now() + BETWEEN_BEATS;
                        beat();
                    }
                    Next::End => break,
                }
            }
            beat();
            // What they hold is let go before anybody goes on.
            drop((write, beat));
            thread.rest();
        })?;
        Ok(Keeper { desk })
    }

    /// Lets `file` be written when it is its turn.
    pub(super) fn keep(&self, file: Unwritten) {
        let mut files = self.desk.files();
        files.waiting.push_back(file);
        if files.waiting.len() > MOST_WAITING
            && let Some(oldest) = files.waiting.pop_front()
            && let Some(next) = files.waiting.front_mut()
        {
            next.take_over(&oldest);
            self.desk.dropped.fetch_add(1, Ordering::Relaxed);
        }
        self.desk.changed.notify_all();
    }

    /// How many were dropped because the disk was too slow.
    pub(super) fn dropped(&self) -> u64 {
        self.desk.dropped.load(Ordering::Relaxed)
    }
}

impl Keeper {
    /// What waits is written, and the last beat is done, unless the disk takes too long.
    pub(super) fn end(&self) {
        let mut files = self.desk.files();
        files.has_ended = true;
        self.desk.changed.notify_all();
        // It says that it rests once the last beat is over.
        let is_busy = |files: &mut Files| !files.has_rested;
        drop(self.desk.changed.wait_timeout_while(files, AT_THE_END, is_busy));
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::state::Recent;

    /// A disk that takes one file and then nothing until it is told to.
    #[test]
    fn nobody_waits_for_a_slow_disk_and_what_it_does_not_take_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let recent = Arc::new(Recent::open(folder.path().join("recent"), 1000).unwrap());
        let (go, gate) = mpsc::channel::<()>();
        let (began, begun) = mpsc::channel();
        let writes = Arc::clone(&recent);
        let slow = move |file: Unwritten| {
            let _ = began.send(());
            let _ = gate.recv();
            writes.write(&file)
        };
        let keeper = Keeper::start(slow, || (), Log::default()).unwrap();
        for at in 0..100 {
            let bytes = format!("{at}").into_bytes();
            keeper.keep(recent.take(bytes.into()).unwrap());
            if at == 0 {
                begun.recv().unwrap();
            }
        }
        // One is being written, as many wait as may; replay has all of them meanwhile.
        assert_eq!(keeper.dropped(), 99 - MOST_WAITING as u64);
        assert_eq!(recent.files().len(), 100);
        drop(go);
        let started = std::time::Instant::now();
        while keeper.desk.files().is_writing || !keeper.desk.files().waiting.is_empty() {
            assert!(started.elapsed() < Duration::from_secs(60), "it is never written");
            std::thread::yield_now();
        }
        drop(keeper);
        let kept = Recent::look_at(&folder.path().join("recent"), 1000).unwrap();
        assert_eq!(kept.len(), 1 + MOST_WAITING);
        assert_eq!(&*kept[0], b"0");
        assert_eq!(&*kept[MOST_WAITING], b"99");
    }
}
