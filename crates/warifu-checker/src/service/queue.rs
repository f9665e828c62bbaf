//! The queue before the judges: bounded, and fair between institutions.
//!
//! So many claim files are judged at once; others wait in line by institution, and the lines are served in
//! turn. One institution that sends a thousand files delays its own, not everybody's, and may fill half of
//! the queue at most. When the queue is full, the sender is told so at once. Who goes away frees his place at
//! once, and his institution keeps its turn.

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
    by_institution: HashMap<Box<[u8]>, VecDeque<Place>>,
    next_ticket: u64,
}

/// A place in an institution's line.
#[derive(Debug)]
struct Place {
    ticket: u64,
    call: oneshot::Sender<Permit>,
}

/// Somebody in line. Dropping this leaves it, whether called already or not.
#[derive(Debug)]
struct InLine {
    queue: Arc<FairQueue>,
    institution: Box<[u8]>,
    ticket: u64,
    called: oneshot::Receiver<Permit>,
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

    /// Waits for this institution's turn. Dropping the future leaves the line and costs nobody a turn.
    ///
    /// # Errors
    /// [`Full`], at once.
    pub async fn enter(self: &Arc<Self>, institution: &[u8]) -> Result<Permit, Full> {
        let mut waiter = {
            let mut lines = self.lines();
            if lines.judging < self.judges && lines.waiting == 0 {
                lines.judging += 1;
                return Ok(Permit { queue: Some(Arc::clone(self)) });
            }
            let own = lines.by_institution.get(institution).map_or(0, VecDeque::len);
            if lines.waiting >= self.capacity || own >= self.capacity.div_ceil(2) {
                return Err(Full);
            }
            let (call, called) = oneshot::channel();
            let ticket = lines.join(institution, call);
            InLine { queue: Arc::clone(self), institution: institution.into(), ticket, called }
        };
        // A call is never dropped unsent while somebody is in line.
        (&mut waiter.called).await.map_err(|_| Full)
    }

    /// Hands the leave that a permit had to the next in line.
    fn pass_on(self: &Arc<Self>) {
        let mut lines = self.lines();
        // Calling happens under the lock: so somebody who leaves is either still in line or has been called.
        while let Some(call) = lines.next() {
            match call.send(Permit { queue: Some(Arc::clone(self)) }) {
                Ok(()) => return,
                Err(mut permit) => permit.queue = None,
            }
        }
        lines.judging -= 1;
    }
}

impl Lines {
    /// Adds a place at the end of an institution's line; its ticket.
    fn join(&mut self, institution: &[u8], call: oneshot::Sender<Permit>) -> u64 {
        self.next_ticket += 1;
        let ticket = self.next_ticket;
        let line = self.by_institution.entry(institution.into()).or_default();
        if line.is_empty() {
            self.turn.push_back(institution.into());
        }
        line.push_back(Place { ticket, call });
        self.waiting += 1;
        ticket
    }

    /// Takes a place out of its line; whether it was still there.
    fn leave(&mut self, institution: &[u8], ticket: u64) -> bool {
        let Some(line) = self.by_institution.get_mut(institution) else { return false };
        let Some(at) = line.iter().position(|place| place.ticket == ticket) else { return false };
        line.remove(at);
        self.waiting -= 1;
        if line.is_empty() {
            self.by_institution.remove(institution);
            self.turn.retain(|waiting| **waiting != *institution);
        }
        true
    }

    /// Whoever is to be called next.
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        let institution = self.turn.pop_front()?;
        let line = self.by_institution.get_mut(&institution)?;
        let place = line.pop_front();
        if line.is_empty() {
            self.by_institution.remove(&institution);
        } else {
            self.turn.push_back(institution);
        }
        self.waiting -= usize::from(place.is_some());
        place.map(|place| place.call)
    }

    /// An institution's turn was not used: it is the next again.
    fn give_turn_back(&mut self, institution: &[u8]) {
        if let Some(at) = self.turn.iter().position(|waiting| **waiting == *institution)
            && let Some(institution) = self.turn.remove(at)
        {
            self.turn.push_front(institution);
        }
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        let mut lines = self.queue.lines();
        if lines.leave(&self.institution, self.ticket) {
            return;
        }
        // Called, and left before hearing it.
        if let Ok(permit) = self.called.try_recv() {
            lines.give_turn_back(&self.institution);
            drop(lines);
            drop(permit);
        }
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
        // Who goes away frees his place at once.
        waiting.remove(0).abort();
        until(|| queue.load().1 == 3).await;
        waiting.push(wait("d"));
        until(|| queue.load().1 == 4).await;
        drop(permit);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert_eq!(queue.load(), (0, 0));
    }

    /// Two of `a` and one of `b` wait behind a permit; the first of `a` goes away, before or after it is
    /// called.
    #[tokio::test]
    async fn who_goes_away_costs_his_institution_no_turn() {
        for is_called in [false, true] {
            let queue = FairQueue::new(1, 8);
            let permit = queue.enter(b"x").await.unwrap();
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut tasks = VecDeque::new();
            for (at, (line, name)) in [("a", "a1"), ("a", "a2"), ("b", "b1")].into_iter().enumerate() {
                let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
                tasks.push_back(tokio::spawn(async move {
                    let permit = waiting.enter(line.as_bytes()).await.unwrap();
                    order.lock().unwrap().push(name);
                    drop(permit);
                }));
                until(|| queue.load().1 == at + 1).await;
            }
            let first = tasks.pop_front().unwrap();
            let mut permit = Some(permit);
            if is_called {
                // The only thread is this one: the call is sent and nobody has heard it yet.
                permit = None;
                assert_eq!(queue.load(), (1, 2));
            }
            first.abort();
            assert!(first.await.unwrap_err().is_cancelled());
            drop(permit);
            for task in tasks {
                task.await.unwrap();
            }
            assert_eq!(*order.lock().unwrap(), ["a2", "b1"], "called: {is_called}");
            assert_eq!(queue.load(), (0, 0));
        }
    }
}
