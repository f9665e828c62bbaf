//! The queue before the judges: bounded, and fair between senders, and between the institutions of each.
//!
//! So many claim files are judged at once; others wait in line by sender and institution. Senders are served
//! in turn, and so are the institutions of each. One that sends a thousand files delays its own, not
//! everybody's. When the queue is full, whoever has fewer waiting takes the last place of whoever has most;
//! otherwise it is told so at once. Who goes away frees his place at once, and his institution keeps its
//! turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::service::sender::Sender;

/// The queue is full, and nobody has more files in it than this sender or institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Whose a claim file is: who sent it, which is proven, and of which institution it says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Who sent it.
    pub sender: Sender,
    /// The institution that it names.
    pub institution: Box<[u8]>,
}

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
    /// Senders with somebody waiting, the next one first.
    turn: VecDeque<Sender>,
    by_sender: HashMap<Sender, Own>,
    next_ticket: u64,
}

/// The lines of one sender.
#[derive(Debug, Default)]
struct Own {
    waiting: usize,
    /// Institutions with somebody waiting, the next one first.
    turn: VecDeque<Box<[u8]>>,
    by_institution: HashMap<Box<[u8]>, VecDeque<Place>>,
}

/// A place in an institution's line.
#[derive(Debug)]
struct Place {
    ticket: u64,
    call: oneshot::Sender<Permit>,
}

/// Where there is room for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Free,
    /// In the place of the last one of this sender's longest line.
    LastOf(Sender),
}

/// Somebody in line. Dropping this leaves it, whether called already or not.
#[derive(Debug)]
struct InLine {
    queue: Arc<FairQueue>,
    whose: Whose,
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

    /// The institutions with most files waiting and how many those are, of all senders together; at most
    /// `most`, the longest line first.
    pub fn longest_lines(&self, most: usize) -> Vec<(Box<[u8]>, usize)> {
        let mut waiting: HashMap<Box<[u8]>, usize> = HashMap::new();
        {
            let lines = self.lines();
            for (institution, line) in lines.by_sender.values().flat_map(|own| &own.by_institution) {
                *waiting.entry(institution.clone()).or_default() += line.len();
            }
        }
        let mut all: Vec<(Box<[u8]>, usize)> = waiting.into_iter().filter(|(_, files)| *files > 0).collect();
        all.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
        all.truncate(most);
        all
    }

    /// How many may wait.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether a file that is coming would be let in now.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn would_enter(&self, whose: &Whose) -> Result<(), Full> {
        let lines = self.lines();
        if lines.judging < self.judges { Ok(()) } else { lines.room(whose, self.capacity).map(|_| ()) }
    }

    /// Waits for its turn. Dropping the future leaves the line and costs nobody a turn.
    ///
    /// # Errors
    /// [`Full`]: at once, or when the place is taken by somebody who has fewer.
    pub async fn enter(self: &Arc<Self>, whose: Whose) -> Result<Permit, Full> {
        let mut waiter = {
            let mut lines = self.lines();
            if lines.judging < self.judges && lines.waiting == 0 {
                lines.judging += 1;
                return Ok(Permit { queue: Some(Arc::clone(self)) });
            }
            if let Room::LastOf(sender) = lines.room(&whose, self.capacity)? {
                lines.remove_last(sender);
            }
            let (call, called) = oneshot::channel();
            let ticket = lines.join(&whose, call);
            InLine { queue: Arc::clone(self), whose, ticket, called }
        };
        // A call that is dropped unsent: the place was taken.
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
    /// Where one more of `whose` finds room.
    fn room(&self, whose: &Whose, capacity: usize) -> Result<Room, Full> {
        if self.waiting < capacity {
            return Ok(Room::Free);
        }
        let own = self.by_sender.get(&whose.sender);
        let own_waiting = own.map_or(0, |own| own.waiting);
        let most = self.by_sender.iter().max_by_key(|(_, own)| own.waiting).ok_or(Full)?;
        if own_waiting + 1 < most.1.waiting {
            return Ok(Room::LastOf(*most.0));
        }
        let own = own.ok_or(Full)?;
        let line = own.by_institution.get(&whose.institution).map_or(0, VecDeque::len);
        let longest = own.by_institution.values().map(VecDeque::len).max().unwrap_or_default();
        if line + 1 < longest { Ok(Room::LastOf(whose.sender)) } else { Err(Full) }
    }

    /// Takes away the place at the end of the longest line of `sender`.
    fn remove_last(&mut self, sender: Sender) {
        let Some(own) = self.by_sender.get_mut(&sender) else { return };
        let longest = own.by_institution.iter().max_by_key(|(_, line)| line.len());
        let Some(institution) = longest.map(|(institution, _)| institution.clone()) else { return };
        let ticket =
            own.by_institution.get(&institution).and_then(|line| line.back()).map(|place| place.ticket);
        if let Some(ticket) = ticket {
            self.leave(&Whose { sender, institution }, ticket);
        }
    }

    /// Adds a place at the end of an institution's line; its ticket.
    fn join(&mut self, whose: &Whose, call: oneshot::Sender<Permit>) -> u64 {
        self.next_ticket += 1;
        let ticket = self.next_ticket;
        let own = self.by_sender.entry(whose.sender).or_default();
        if own.waiting == 0 {
            self.turn.push_back(whose.sender);
        }
        let line = own.by_institution.entry(whose.institution.clone()).or_default();
        if line.is_empty() {
            own.turn.push_back(whose.institution.clone());
        }
        line.push_back(Place { ticket, call });
        own.waiting += 1;
        self.waiting += 1;
        ticket
    }

    /// Takes a place out of its line; whether it was still there.
    fn leave(&mut self, whose: &Whose, ticket: u64) -> bool {
        let Some(own) = self.by_sender.get_mut(&whose.sender) else { return false };
        let Some(line) = own.by_institution.get_mut(&whose.institution) else { return false };
        let Some(at) = line.iter().position(|place| place.ticket == ticket) else { return false };
        line.remove(at);
        own.waiting -= 1;
        self.waiting -= 1;
        if line.is_empty() {
            own.by_institution.remove(&whose.institution);
            own.turn.retain(|waiting| *waiting != whose.institution);
        }
        if own.waiting == 0 {
            self.by_sender.remove(&whose.sender);
            self.turn.retain(|waiting| *waiting != whose.sender);
        }
        true
    }

    /// Whoever is to be called next.
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        let sender = self.turn.pop_front()?;
        let own = self.by_sender.get_mut(&sender)?;
        let place = own.next();
        if own.waiting == 0 {
            self.by_sender.remove(&sender);
        } else {
            self.turn.push_back(sender);
        }
        self.waiting -= usize::from(place.is_some());
        place.map(|place| place.call)
    }

    /// A turn was not used: its sender is the next again, and its institution the next of that.
    fn give_turn_back(&mut self, whose: &Whose) {
        to_the_front(&mut self.turn, &whose.sender);
        if let Some(own) = self.by_sender.get_mut(&whose.sender) {
            to_the_front(&mut own.turn, &whose.institution);
        }
    }
}

impl Own {
    fn next(&mut self) -> Option<Place> {
        let institution = self.turn.pop_front()?;
        let line = self.by_institution.get_mut(&institution)?;
        let place = line.pop_front();
        if line.is_empty() {
            self.by_institution.remove(&institution);
        } else {
            self.turn.push_back(institution);
        }
        self.waiting -= usize::from(place.is_some());
        place
    }
}

fn to_the_front<T: PartialEq>(turn: &mut VecDeque<T>, one: &T) {
    if let Some(at) = turn.iter().position(|waiting| waiting == one)
        && let Some(one) = turn.remove(at)
    {
        turn.push_front(one);
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        let mut lines = self.queue.lines();
        if lines.leave(&self.whose, self.ticket) {
            return;
        }
        // Called, and left before hearing it; or the place was taken.
        if let Ok(permit) = self.called.try_recv() {
            lines.give_turn_back(&self.whose);
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

    /// A file of an institution, sent from an address with this last part.
    fn of(sender: u8, institution: &str) -> Whose {
        Whose { sender: Sender::at([192, 0, 2, sender].into()), institution: institution.as_bytes().into() }
    }

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

    /// The order in which files are let in that come while one is judged: of each its sender and the
    /// institution that it names.
    async fn order(first: (u8, &'static str), waiting: &[(u8, &'static str)]) -> Vec<&'static str> {
        let queue = FairQueue::new(1, 8);
        let first = queue.enter(of(first.0, first.1)).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (at, (sender, name)) in waiting.iter().copied().enumerate() {
            let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = waiting.enter(of(sender, name)).await.unwrap();
                order.lock().unwrap().push(name);
                drop(permit);
            }));
            until(|| queue.load().1 == at + 1).await;
        }
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(queue.load(), (0, 0));
        order.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn institutions_are_served_in_turn() {
        let waiting = ["a", "a", "a", "b", "c"].map(|name| (1, name));
        assert_eq!(order((1, "a"), &waiting).await, ["a", "b", "c", "a", "a"]);
    }

    #[tokio::test]
    async fn the_longest_lines_are_told_of_all_senders_together() {
        let queue = FairQueue::new(1, 8);
        let first = queue.enter(of(1, "x")).await.unwrap();
        for (at, (sender, name)) in [(1, "b"), (1, "a"), (2, "a"), (1, "c")].into_iter().enumerate() {
            let waiting = Arc::clone(&queue);
            drop(tokio::spawn(async move { waiting.enter(of(sender, name)).await.map(drop) }));
            until(|| queue.load().1 == at + 1).await;
        }
        let told = |most| {
            let lines = queue.longest_lines(most).into_iter();
            lines.map(|(name, files)| (String::from_utf8(name.into()).unwrap(), files)).collect::<Vec<_>>()
        };
        let line = |name: &str, files| (name.to_owned(), files);
        assert_eq!(told(8), [line("a", 2), line("b", 1), line("c", 1)]);
        assert_eq!(told(1), [line("a", 2)]);
        drop(first);
        until(|| queue.load().1 == 0).await;
        assert_eq!(told(8), []);
    }

    #[tokio::test]
    async fn senders_are_served_in_turn_however_many_institutions_they_name() {
        let flood = [(1, "a"), (1, "b"), (1, "c"), (1, "d"), (2, "e"), (2, "e")];
        assert_eq!(order((1, "x"), &flood).await, ["a", "e", "b", "e", "c", "d"]);
    }

    #[tokio::test]
    async fn who_has_fewer_takes_the_last_place_of_who_has_most() {
        let queue = FairQueue::new(1, 4);
        let permit = queue.enter(of(1, "a")).await.unwrap();
        let wait = |sender, name: &'static str| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.enter(of(sender, name)).await.map(drop) })
        };
        let mut flood = Vec::new();
        for (at, name) in ["a", "a", "a", "b"].into_iter().enumerate() {
            flood.push(wait(1, name));
            until(|| queue.load().1 == at + 1).await;
        }
        // One sender alone may fill it, and then its longest line is told so.
        assert_eq!(queue.enter(of(1, "a")).await.unwrap_err(), Full);
        assert_eq!(queue.would_enter(&of(1, "a")), Err(Full));
        assert_eq!(queue.would_enter(&of(1, "c")), Ok(()));
        let newcomer = wait(1, "c");
        assert_eq!(flood.remove(2).await.unwrap(), Err(Full), "the last of the longest line");
        assert_eq!(queue.enter(of(1, "c")).await.unwrap_err(), Full, "two of a, one of b, one of c");
        // Another sender takes its fair half, however many institutions the first one names.
        let others = [wait(2, "d"), wait(2, "d")];
        until(|| {
            flood.iter().filter(|task| task.is_finished()).count() + usize::from(newcomer.is_finished()) == 2
        })
        .await;
        assert_eq!(queue.load().1, 4);
        assert_eq!(queue.enter(of(1, "e")).await.unwrap_err(), Full);
        assert_eq!(queue.enter(of(2, "d")).await.unwrap_err(), Full);
        // Who goes away frees his place at once.
        let [stays, goes] = others;
        goes.abort();
        until(|| queue.load().1 == 3).await;
        assert_eq!(queue.would_enter(&of(1, "e")), Ok(()));
        drop(permit);
        assert_eq!(stays.await.unwrap(), Ok(()));
        until(|| queue.load() == (0, 0)).await;
    }

    /// Two of `a` and one of `b` wait behind a permit; the first of `a` goes away, before or after it is
    /// called.
    #[tokio::test]
    async fn who_goes_away_costs_his_institution_no_turn() {
        for is_called in [false, true] {
            let queue = FairQueue::new(1, 8);
            let permit = queue.enter(of(1, "x")).await.unwrap();
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut tasks = VecDeque::new();
            for (at, (line, name)) in [("a", "a1"), ("a", "a2"), ("b", "b1")].into_iter().enumerate() {
                let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
                tasks.push_back(tokio::spawn(async move {
                    let permit = waiting.enter(of(1, line)).await.unwrap();
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
