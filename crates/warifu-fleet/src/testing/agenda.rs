//! What is to happen, by its time; what has one time, in the order in which it was put there.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Events to come.
pub(super) struct Agenda<E> {
    events: BinaryHeap<Reverse<At<E>>>,
    put: u64,
}

struct At<E> {
    time: u64,
    number: u64,
    event: E,
}

impl<E> Agenda<E> {
    pub(super) fn new() -> Self {
        Agenda { events: BinaryHeap::new(), put: 0 }
    }

    pub(super) fn put(&mut self, time: u64, event: E) {
        self.put += 1;
        self.events.push(Reverse(At { time, number: self.put, event }));
    }

    /// The next one, and when it is.
    pub(super) fn next(&mut self) -> Option<(u64, E)> {
        self.events.pop().map(|Reverse(At { time, event, .. })| (time, event))
    }

    /// The next one whose time has come by `now`.
    pub(super) fn due(&mut self, now: u64) -> Option<E> {
        let is_due = self.events.peek().is_some_and(|Reverse(at)| at.time <= now);
        if is_due { self.next().map(|(_, event)| event) } else { None }
    }
}

impl<E> PartialEq for At<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<E> Eq for At<E> {}

impl<E> PartialOrd for At<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for At<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.time, self.number).cmp(&(other.time, other.number))
    }
}
