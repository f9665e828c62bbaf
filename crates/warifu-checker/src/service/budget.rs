//! So much of something, shared: connections, or bytes in memory. Counted as it is taken, not as promised.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::service::sender::Sender;

/// There is no room for more, in all or for this sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoRoom;

/// What there is in all, and for each sender.
#[derive(Debug)]
pub(super) struct Budget {
    most: AtomicUsize,
    of_sender: AtomicUsize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_sender: HashMap<Sender, usize>,
}

/// What one request or connection took; given back when dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    sender: Sender,
    amount: usize,
}

impl Budget {
    pub(super) fn new(most: usize, of_sender: usize) -> Arc<Self> {
        let (most, of_sender) = (AtomicUsize::new(most), AtomicUsize::new(of_sender));
        Arc::new(Budget { most, of_sender, taken: Mutex::default() })
    }

    /// So much there is from now on. Who has more keeps it, and gets nothing more.
    pub(super) fn resize(&self, most: usize, of_sender: usize) {
        self.most.store(most, Ordering::Relaxed);
        self.of_sender.store(of_sender, Ordering::Relaxed);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    fn of_sender(&self) -> usize {
        self.of_sender.load(Ordering::Relaxed)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nothing is left, for whomever.
    pub(super) fn is_full(&self) -> bool {
        self.used() >= self.most()
    }

    /// How much is taken.
    pub(super) fn used(&self) -> usize {
        self.taken().all
    }

    /// Whether anything is left, for `sender`.
    pub(super) fn has_room(&self, sender: Sender) -> bool {
        let taken = self.taken();
        taken.all < self.most()
            && taken.by_sender.get(&sender).copied().unwrap_or_default() < self.of_sender()
    }

    /// A share of nothing yet.
    pub(super) fn share(self: &Arc<Self>, sender: Sender) -> Share {
        Share { budget: Arc::clone(self), sender, amount: 0 }
    }
}

impl Taken {
    fn add(&mut self, sender: Sender, by: usize) {
        self.all += by;
        *self.by_sender.entry(sender).or_default() += by;
    }
}

impl Share {
    /// Takes `by` more.
    ///
    /// # Errors
    /// [`NoRoom`]; what was taken before stays taken.
    pub(super) fn grow(&mut self, by: usize) -> Result<(), NoRoom> {
        let mut taken = self.budget.taken();
        let own = taken.by_sender.get(&self.sender).copied().unwrap_or_default();
        let is_within = |used: usize, most| used.checked_add(by).is_some_and(|sum| sum <= most);
        if !is_within(taken.all, self.budget.most()) || !is_within(own, self.budget.of_sender()) {
            return Err(NoRoom);
        }
        taken.add(self.sender, by);
        self.amount += by;
        Ok(())
    }

    /// Takes `by` more, whether there is room or not: what is there already is counted.
    pub(super) fn take(&mut self, by: usize) {
        self.budget.taken().add(self.sender, by);
        self.amount += by;
    }
}

impl Share {
    /// Gives back what was taken so far.
    pub(super) fn give_back(&mut self) {
        if self.amount == 0 {
            return;
        }
        let mut taken = self.budget.taken();
        taken.all -= self.amount;
        if let Some(own) = taken.by_sender.get_mut(&self.sender) {
            *own -= self.amount;
            if *own == 0 {
                taken.by_sender.remove(&self.sender);
            }
        }
        drop(taken);
        self.amount = 0;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sender_leaves_room_for_others_and_all_is_given_back() {
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|at| Sender::at(at.parse().unwrap()));
        let budget = Budget::new(10, 6);
        let mut first = budget.share(one);
        first.grow(4).unwrap();
        let mut second = budget.share(one);
        assert_eq!(second.grow(3), Err(NoRoom), "four and three are more than six");
        second.grow(2).unwrap();
        assert!(!budget.has_room(one) && budget.has_room(other));
        let mut third = budget.share(other);
        third.grow(4).unwrap();
        assert!(!budget.has_room(other), "ten are taken");
        drop(first);
        third.grow(2).unwrap();
        third.take(100);
        assert_eq!(budget.used(), 108);
        drop((second, third));
        assert_eq!(budget.used(), 0);
        assert!(budget.taken().by_sender.is_empty(), "nobody is remembered");
    }
}
