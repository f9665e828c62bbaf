//! The queue before the judges: bounded, and fair between institutions.
//!
//! So many claim files are judged at once; others wait in line by institution, and the lines are served in turn.
//! One institution that sends a thousand files delays its own, not everybody's, and may fill half of the queue at
//! most. When the queue is full, the sender is told so at once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The queue is full, or this institution's share of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// The queue.
#[derive(Debug)]
pub struct FairQueue {
    judges: usize,
    capacity: usize,
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    judging: usize,
    waiting: usize,
    /// Institutions with somebody waiting, the next one first.
    turn: VecDeque<Box<[u8]>>,
    by_institution: HashMap<Box<[u8]>, VecDeque<oneshot::Sender<Permit>>>,
}

/// Leave to judge one file; the next in line gets it when this is dropped.
#[derive(Debug)]
pub struct Permit {
    queue: Option<Arc<FairQueue>>,
}

impl FairQueue {
    /// `judges` files at once, `capacity` waiting.
    pub fn new(judges: usize, capacity: usize) -> Arc<Self> {
        Arc::new(FairQueue { judges: judges.max(1), capacity, lines: Mutex::default() })
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many files are being judged, and how many wait.
    pub fn load(&self) -> (usize, usize) {
        let lines = self.lines();
        (lines.judging, lines.waiting)
    }

    /// How many may wait.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Waits for this institution's turn. Leaving the line costs nobody a turn.
    ///
    /// # Errors
    /// [`Full`], at once.
    pub async fn enter(self: &Arc<Self>, institution: &[u8]) -> Result<Permit, Full> {
        let receiver = {
            let mut lines = self.lines();
            if lines.judging < self.judges && lines.waiting == 0 {
                lines.judging += 1;
                return Ok(Permit { queue: Some(Arc::clone(self)) });
            }
            let own = lines.by_institution.get(institution).map_or(0, VecDeque::len);
            if lines.waiting >= self.capacity || own >= self.capacity.div_ceil(2) {
                return Err(Full);
            }
            let (sender, receiver) = oneshot::channel();
            lines.waiting += 1;
            if own == 0 {
                lines.turn.push_back(institution.into());
            }
            lines.by_institution.entry(institution.into()).or_default().push_back(sender);
            receiver
        };
        // The sender is never dropped unsent while the queue lives.
        receiver.await.map_err(|_| Full)
    }

    /// Hands the leave that a permit had to the next in line.
    fn pass_on(self: &Arc<Self>) {
        loop {
            let sender = {
                let mut lines = self.lines();
                match lines.next() {
                    Some(sender) => sender,
                    None => {
                        lines.judging -= 1;
                        return;
                    }
                }
            };
            match sender.send(Permit { queue: Some(Arc::clone(self)) }) {
                Ok(()) => return,
                // Who waited has gone: the next one.
                Err(mut permit) => permit.queue = None,
            }
        }
    }
}

impl Lines {
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        let institution = self.turn.pop_front()?;
        let line = self.by_institution.get_mut(&institution)?;
        let sender = line.pop_front();
        if line.is_empty() {
            self.by_institution.remove(&institution);
        } else {
            self.turn.push_back(institution);
        }
        self.waiting -= usize::from(sender.is_some());
        sender
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets tasks that were just spawned come to where they wait.
    async fn until(condition: impl Fn() -> bool) {
        for _ in 0..10_000 {
            if condition() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("it never came to that");
    }

    #[tokio::test]
    async fn institutions_are_served_in_turn() {
        let queue = FairQueue::new(1, 8);
        let first = queue.enter(b"a").await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (at, name) in ["a", "a", "a", "b", "c"].into_iter().enumerate() {
            let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = waiting.enter(name.as_bytes()).await.unwrap();
                order.lock().unwrap().push(name);
                drop(permit);
            }));
            until(|| queue.load().1 == at + 1).await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["a", "b", "c", "a", "a"]);
        assert_eq!(queue.load(), (0, 0));
    }

    #[tokio::test]
    async fn a_full_queue_says_so_and_one_institution_fills_half() {
        let queue = FairQueue::new(1, 4);
        let permit = queue.enter(b"a").await.unwrap();
        let wait = |name: &'static str| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.enter(name.as_bytes()).await.map(drop) })
        };
        let mut waiting = vec![wait("a"), wait("a")];
        until(|| queue.load().1 == 2).await;
        assert_eq!(queue.enter(b"a").await.unwrap_err(), Full);
        waiting.extend([wait("b"), wait("c")]);
        until(|| queue.load().1 == 4).await;
        assert_eq!(queue.enter(b"d").await.unwrap_err(), Full);
        // Who goes away while waiting costs nobody a turn.
        waiting.remove(0).abort();
        drop(permit);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert_eq!(queue.load(), (0, 0));
    }
}
