//! The queue before the judges: bounded, and fair between senders, and between the institutions of each.
//!
//! So many claim files are judged at once; others wait in line by sender and institution. Senders are served
//! in turn, and of each the institution that has waited longest, counted from when it first came, also when
//! it was turned away since; from its next file on it has waited since the one before. One that sends a
//! thousand files delays its own, not everybody's. A large file counts as come some seconds later than a
//! small one, so that small ones go first and none waits for ever.
//!
//! When the queue is full, whoever has fewer waiting takes the last place of whoever has most, and of two
//! with as many one that has waited far longer that of the other; otherwise it is told so at once. Who goes
//! away frees his place at once, and his institution keeps its turn.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// For each mebibyte a file counts as come so much later: about what the judges need for that much…
const LATER_FOR_A_MEBIBYTE: Duration = Duration::from_secs(1);

/// …and for all of it no later than this, so that small files pass a large one for so long only.
const LATER_AT_MOST: Duration = Duration::from_secs(10);

/// Who came so much earlier takes the place of another. Less would have files sent in vain, one for the
/// other, of institutions that came together.
const FAR_EARLIER: Duration = Duration::from_secs(5);

/// What a claim file goes before others by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    /// When its institution first came with it: also if it was turned away then.
    pub since: Instant,
    /// How large it is, as far as that is known.
    pub bytes: usize,
}

impl Came {
    /// From when on it counts as waiting.
    fn counts_from(self, since: Instant) -> Instant {
        let mebibytes = u32::try_from(self.bytes >> 10).unwrap_or(u32::MAX);
        let later = LATER_FOR_A_MEBIBYTE.saturating_mul(mebibytes) / 1024;
        since + later.min(LATER_AT_MOST)
    }
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
    /// When the last one came: who was served waits from then on for the next turn.
    latest: Option<Instant>,
}

/// The lines of one sender.
#[derive(Debug, Default)]
struct Own {
    waiting: usize,
    /// Institutions with somebody waiting.
    by_institution: HashMap<Box<[u8]>, Line>,
}

/// The line of one institution, never empty.
#[derive(Debug)]
struct Line {
    /// Since when it waits for its turn; of those who wait equally long the lower number is first.
    since: (Instant, u64),
    places: VecDeque<Place>,
}

/// A place in an institution's line.
#[derive(Debug)]
struct Place {
    ticket: u64,
    came: Came,
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
    came: Came,
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
                *waiting.entry(institution.clone()).or_default() += line.places.len();
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
    pub(super) fn would_enter(&self, whose: &Whose, came: Came) -> Result<(), Full> {
        let lines = self.lines();
        if lines.judging < self.judges { Ok(()) } else { lines.room(whose, came, self.capacity).map(|_| ()) }
    }

    /// Waits for its turn. Dropping the future leaves the line and costs nobody a turn.
    ///
    /// # Errors
    /// [`Full`]: at once, or when the place is taken by somebody who has fewer or came far earlier.
    pub async fn enter(self: &Arc<Self>, whose: Whose, came: Came) -> Result<Permit, Full> {
        let mut waiter = {
            let mut lines = self.lines();
            if lines.judging < self.judges && lines.waiting == 0 {
                lines.judging += 1;
                return Ok(Permit { queue: Some(Arc::clone(self)) });
            }
            if let Room::LastOf(sender) = lines.room(&whose, came, self.capacity)? {
                lines.remove_last(sender);
            }
            let (call, called) = oneshot::channel();
            let ticket = lines.join(&whose, came, call);
            InLine { queue: Arc::clone(self), whose, came, ticket, called }
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
    fn room(&self, whose: &Whose, came: Came, capacity: usize) -> Result<Room, Full> {
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
        let line = own.by_institution.get(&whose.institution).map_or(0, |line| line.places.len());
        let (_, longest) = own.longest().ok_or(Full)?;
        let is_shorter = line + 1 < longest.places.len();
        let is_far_earlier = line < longest.places.len()
            && came.counts_from(came.since) + FAR_EARLIER < longest.last_counts_from();
        if is_shorter || is_far_earlier { Ok(Room::LastOf(whose.sender)) } else { Err(Full) }
    }

    /// Takes away the place at the end of the longest line of `sender`.
    fn remove_last(&mut self, sender: Sender) {
        let Some((institution, line)) = self.by_sender.get(&sender).and_then(Own::longest) else { return };
        let Some(ticket) = line.places.back().map(|place| place.ticket) else { return };
        let institution = institution.into();
        self.leave(&Whose { sender, institution }, ticket);
    }

    /// Adds a place at the end of an institution's line; its ticket.
    fn join(&mut self, whose: &Whose, came: Came, call: oneshot::Sender<Permit>) -> u64 {
        self.next_ticket += 1;
        let ticket = self.next_ticket;
        self.latest = self.latest.max(Some(came.since));
        let own = self.by_sender.entry(whose.sender).or_default();
        if own.waiting == 0 {
            self.turn.push_back(whose.sender);
        }
        let new = || Line { since: (came.since, ticket), places: VecDeque::new() };
        let line = own.by_institution.entry(whose.institution.clone()).or_insert_with(new);
        line.places.push_back(Place { ticket, came, call });
        own.waiting += 1;
        self.waiting += 1;
        ticket
    }

    /// Takes a place out of its line; whether it was still there.
    fn leave(&mut self, whose: &Whose, ticket: u64) -> bool {
        let Some(own) = self.by_sender.get_mut(&whose.sender) else { return false };
        let Some(line) = own.by_institution.get_mut(&whose.institution) else { return false };
        let Some(at) = line.places.iter().position(|place| place.ticket == ticket) else { return false };
        line.places.remove(at);
        own.waiting -= 1;
        self.waiting -= 1;
        if line.places.is_empty() {
            own.by_institution.remove(&whose.institution);
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
        self.next_ticket += 1;
        let place = own.next(self.latest, self.next_ticket);
        if own.waiting == 0 {
            self.by_sender.remove(&sender);
        } else {
            self.turn.push_back(sender);
        }
        self.waiting -= usize::from(place.is_some());
        place.map(|place| place.call)
    }

    /// A turn was not used: its sender is the next again, and its institution waits since it came.
    fn give_turn_back(&mut self, whose: &Whose, came: Came) {
        if let Some(at) = self.turn.iter().position(|waiting| *waiting == whose.sender)
            && let Some(sender) = self.turn.remove(at)
        {
            self.turn.push_front(sender);
        }
        let own = self.by_sender.get_mut(&whose.sender);
        if let Some(line) = own.and_then(|own| own.by_institution.get_mut(&whose.institution)) {
            line.since = (came.since, 0);
        }
    }
}

impl Own {
    /// The place that is next: of the institution that has waited longest. If more of it wait, they wait
    /// since `latest` from now on, after all who came until then.
    fn next(&mut self, latest: Option<Instant>, number: u64) -> Option<Place> {
        let (institution, _) = self.by_institution.iter().min_by_key(|(_, line)| line.counts_from())?;
        let institution = institution.clone();
        let line = self.by_institution.get_mut(&institution)?;
        let place = line.places.pop_front();
        if line.places.is_empty() {
            self.by_institution.remove(&institution);
        } else {
            line.since = (latest.unwrap_or(line.since.0), number);
        }
        self.waiting -= usize::from(place.is_some());
        place
    }

    /// The longest line, and of several the one whose last file came last.
    fn longest(&self) -> Option<(&[u8], &Line)> {
        let lines = self.by_institution.iter().map(|(institution, line)| (&**institution, line));
        lines.max_by_key(|(_, line)| (line.places.len(), line.last_counts_from()))
    }
}

impl Line {
    /// From when on its first file counts as waiting.
    fn counts_from(&self) -> (Instant, u64) {
        let (since, number) = self.since;
        (self.places.front().map_or(since, |place| place.came.counts_from(since)), number)
    }

    /// The same of its last one, which came by itself.
    fn last_counts_from(&self) -> Instant {
        self.places.back().map_or(self.since.0, |place| place.came.counts_from(place.came.since))
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
            lines.give_turn_back(&self.whose, self.came);
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

    /// A small file that comes now.
    fn now() -> Came {
        Came { since: Instant::now(), bytes: 1000 }
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

    /// The order in which files are let in that wait while one is judged: of each whose it is, and since when
    /// and how large.
    async fn let_in(first: (u8, &'static str), waiting: Vec<(u8, &'static str, Came)>) -> Vec<&'static str> {
        let queue = FairQueue::new(1, 8);
        let first = queue.enter(of(first.0, first.1), now()).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (at, (sender, name, came)) in waiting.into_iter().enumerate() {
            let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let permit = waiting.enter(of(sender, name), came).await.unwrap();
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

    /// The same of files that come now.
    async fn order(first: (u8, &'static str), waiting: &[(u8, &'static str)]) -> Vec<&'static str> {
        let_in(first, waiting.iter().map(|(sender, name)| (*sender, *name, now())).collect()).await
    }

    #[tokio::test]
    async fn institutions_are_served_in_turn() {
        let waiting = ["a", "a", "a", "b", "c"].map(|name| (1, name));
        assert_eq!(order((1, "a"), &waiting).await, ["a", "b", "c", "a", "a"]);
    }

    #[tokio::test]
    async fn the_longest_lines_are_told_of_all_senders_together() {
        let queue = FairQueue::new(1, 8);
        let first = queue.enter(of(1, "x"), now()).await.unwrap();
        for (at, (sender, name)) in [(1, "b"), (1, "a"), (2, "a"), (1, "c")].into_iter().enumerate() {
            let waiting = Arc::clone(&queue);
            drop(tokio::spawn(async move { waiting.enter(of(sender, name), now()).await.map(drop) }));
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
        let permit = queue.enter(of(1, "a"), now()).await.unwrap();
        let wait = |sender, name: &'static str| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.enter(of(sender, name), now()).await.map(drop) })
        };
        let mut flood = Vec::new();
        for (at, name) in ["a", "a", "a", "b"].into_iter().enumerate() {
            flood.push(wait(1, name));
            until(|| queue.load().1 == at + 1).await;
        }
        // One sender alone may fill it, and then its longest line is told so.
        assert_eq!(queue.enter(of(1, "a"), now()).await.unwrap_err(), Full);
        assert_eq!(queue.would_enter(&of(1, "a"), now()), Err(Full));
        assert_eq!(queue.would_enter(&of(1, "c"), now()), Ok(()));
        let newcomer = wait(1, "c");
        assert_eq!(flood.remove(2).await.unwrap(), Err(Full), "the last of the longest line");
        assert_eq!(queue.enter(of(1, "c"), now()).await.unwrap_err(), Full, "two of a, one of b, one of c");
        // Another sender takes its fair half, however many institutions the first one names.
        let others = [wait(2, "d"), wait(2, "d")];
        until(|| {
            flood.iter().filter(|task| task.is_finished()).count() + usize::from(newcomer.is_finished()) == 2
        })
        .await;
        assert_eq!(queue.load().1, 4);
        assert_eq!(queue.enter(of(1, "e"), now()).await.unwrap_err(), Full);
        assert_eq!(queue.enter(of(2, "d"), now()).await.unwrap_err(), Full);
        // Who goes away frees his place at once.
        let [stays, goes] = others;
        goes.abort();
        until(|| queue.load().1 == 3).await;
        assert_eq!(queue.would_enter(&of(1, "e"), now()), Ok(()));
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
            let permit = queue.enter(of(1, "x"), now()).await.unwrap();
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut tasks = VecDeque::new();
            for (at, (line, name)) in [("a", "a1"), ("a", "a2"), ("b", "b1")].into_iter().enumerate() {
                let (waiting, order) = (Arc::clone(&queue), Arc::clone(&order));
                tasks.push_back(tokio::spawn(async move {
                    let permit = waiting.enter(of(1, line), now()).await.unwrap();
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

    /// The same of files of one sender: of each its institution, how many seconds ago it first came, and its
    /// bytes.
    async fn order_by(waiting: &[(&'static str, u64, usize)]) -> Vec<&'static str> {
        let start = Instant::now() + Duration::from_secs(3600);
        let came = |ago: u64, bytes| Came { since: start - Duration::from_secs(ago), bytes };
        let waiting = waiting.iter().map(|(name, ago, bytes)| (1, *name, came(*ago, *bytes)));
        let_in((1, "x"), waiting.collect()).await
    }

    #[tokio::test]
    async fn who_was_turned_away_longest_ago_is_the_next() {
        let waiting = [("new", 0, 1), ("old", 60, 1), ("older", 90, 1), ("old", 60, 1)];
        assert_eq!(order_by(&waiting).await, ["older", "old", "new", "old"], "one turn, and then in line");
    }

    #[tokio::test]
    async fn a_small_file_goes_before_a_large_one_that_has_not_waited_long() {
        let large = 64 << 20;
        assert_eq!(order_by(&[("large", 5, large), ("small", 0, 1)]).await, ["small", "large"]);
        assert_eq!(order_by(&[("large", 11, large), ("small", 0, 1)]).await, ["large", "small"]);
        // By how much larger it is.
        assert_eq!(order_by(&[("some", 5, 4 << 20), ("small", 0, 1)]).await, ["some", "small"]);
    }

    #[tokio::test]
    async fn who_came_far_earlier_takes_the_place_of_who_came_last() {
        let queue = FairQueue::new(1, 3);
        let permit = queue.enter(of(1, "x"), now()).await.unwrap();
        let start = Instant::now() + Duration::from_secs(3600);
        let ago = |seconds| Came { since: start - Duration::from_secs(seconds), bytes: 1 };
        let mut waiting = Vec::new();
        for (at, (name, seconds)) in [("a", 9), ("b", 3), ("c", 6)].into_iter().enumerate() {
            let (entered, came) = (Arc::clone(&queue), ago(seconds));
            waiting.push(tokio::spawn(async move { entered.enter(of(1, name), came).await.map(drop) }));
            until(|| queue.load().1 == at + 1).await;
        }
        assert_eq!(queue.would_enter(&of(1, "d"), ago(7)), Err(Full), "not far earlier than the last");
        assert_eq!(queue.would_enter(&of(1, "a"), ago(60)), Err(Full), "it has a place like everybody");
        let entered = Arc::clone(&queue);
        let came = ago(9);
        let older = tokio::spawn(async move { entered.enter(of(1, "d"), came).await.map(drop) });
        assert_eq!(waiting.remove(1).await.unwrap(), Err(Full), "the one that came last");
        drop(permit);
        for task in waiting.into_iter().chain([older]) {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
        assert_eq!(queue.load(), (0, 0));
    }
}
