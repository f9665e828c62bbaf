//! Reading ahead: files that will be wanted are fetched by others while one is looked at.
//!
//! What is fetched ahead is believed no more than anything else: it is fed to the walk when the walk asks for
//! it, in the walk's order, and what it never asks for is dropped.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

use warifu_trust::{ChannelPath, Need};

use crate::channel::Channel;
use crate::channel_error::ChannelError;
use crate::look::Look;

/// What a channel says of one file.
pub(crate) type Found = Result<Option<Vec<u8>>, ChannelError>;

/// Who fetches ahead, beside who asks: a server sees four connections of one reader at most.
pub(crate) const OTHERS: usize = 3;

/// How many bytes may be fetched, or on their way, that are not asked for yet. A file beyond it is fetched
/// when it is asked for.
const AHEAD_BYTES: u64 = 16 << 20;

/// Files on their way.
#[derive(Default)]
pub(crate) struct Ahead {
    desk: Mutex<Desk>,
    changed: Condvar,
    /// What all of them are fetched for.
    look: Look,
}

#[derive(Default)]
struct Desk {
    /// To be fetched, in order.
    wanted: VecDeque<Need>,
    on_the_way: BTreeSet<ChannelPath>,
    /// With how much of the room each takes.
    found: BTreeMap<ChannelPath, (u64, Found)>,
    /// Everything that was ever wanted: nothing is fetched twice.
    known: Vec<ChannelPath>,
    room_taken: u64,
    fetchers: usize,
    over: bool,
}

/// Ends the fetching when the reader is done, also when it ended early.
pub(crate) struct Reader<'a>(&'a Ahead);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.0.desk().over = true;
        self.0.changed.notify_all();
        // Who still fetches, does so for nobody.
        self.0.look.end();
    }
}

impl Ahead {
    /// Whoever reads holds this as long as it does.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader(self)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Reader<'a> {
    /// Has `needs` fetched by others from `channel`, in their order; those that are on their way stay so.
    pub(crate) fn fetch<'scope>(
        &self,
        channel: &'scope dyn Channel,
        scope: &'scope Scope<'scope, '_>,
        needs: Vec<Need>,
    ) where
        'a: 'scope,
    {
        let ahead = self.0;
        let mut desk = ahead.desk();
        for need in needs {
            if !desk.known.contains(&need.path) {
                desk.known.push(need.path.clone());
                desk.wanted.push_back(need);
            }
        }
        for _ in desk.fetchers..OTHERS.min(desk.wanted.len()) {
            desk.fetchers += 1;
            scope.spawn(move || ahead.work(channel));
        }
        drop(desk);
        ahead.changed.notify_all();
    }

    /// What `channel` says of the file that is asked for: as it was fetched ahead, or fetched now.
    pub(crate) fn answer(&self, channel: &dyn Channel, need: &Need) -> Found {
        let mut desk = self.0.desk();
        loop {
            if let Some((room, found)) = desk.found.remove(&need.path) {
                desk.room_taken -= room;
                drop(desk);
                self.0.changed.notify_all();
                return found;
            }
            if !desk.on_the_way.contains(&need.path) {
                // Nobody has begun with it: this thread would only wait.
                desk.wanted.retain(|wanted| wanted.path != need.path);
                drop(desk);
                self.0.changed.notify_all();
                return channel.read_in(&need.path, need.limit_bytes, &self.0.look);
            }
            desk = self.0.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A file on its way. However that ends, nobody waits for it after that.
struct Begun<'a> {
    ahead: &'a Ahead,
    path: &'a ChannelPath,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.ahead.desk().on_the_way.remove(self.path);
        self.ahead.changed.notify_all();
    }
}

impl Ahead {
    /// Fetches what is wanted until the reader is done.
    fn work(&self, channel: &dyn Channel) {
        let mut desk = self.desk();
        while !desk.over {
            let fits = |need: &Need| desk.room_taken + need.limit_bytes <= AHEAD_BYTES;
            let next = if desk.wanted.front().is_some_and(fits) { desk.wanted.pop_front() } else { None };
            let Some(Need { path, limit_bytes }) = next else {
                desk = self.changed.wait(desk).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            desk.room_taken += limit_bytes;
            desk.on_the_way.insert(path.clone());
            drop(desk);
            let begun = Begun { ahead: self, path: &path };
            let found = channel.read_in(&path, limit_bytes, &self.look);
            self.desk().found.insert(path.clone(), (limit_bytes, found));
            drop(begun);
            desk = self.desk();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn need(version: u64, limit_bytes: u64) -> Need {
        Need { path: ChannelPath::targets(version), limit_bytes }
    }

    /// Gives each file once as many have been asked for at once as may be.
    struct Together {
        all: Barrier,
        reads: AtomicUsize,
    }

    impl Channel for Together {
        fn read_in(&self, path: &ChannelPath, _: u64, _: &Look) -> Found {
            self.reads.fetch_add(1, Ordering::SeqCst);
            self.all.wait();
            Ok(Some(path.as_str().as_bytes().to_vec()))
        }
    }

    #[test]
    fn files_are_fetched_at_once_and_given_in_the_order_in_which_they_are_asked_for() {
        let channel = Together { all: Barrier::new(OTHERS + 1), reads: AtomicUsize::new(0) };
        let ahead = Ahead::default();
        std::thread::scope(|scope| {
            let reader = ahead.reader();
            // Without three others, the first would wait for ever.
            reader.fetch(&channel, scope, (2..=4).map(|version| need(version, 9)).collect());
            reader.fetch(&channel, scope, (2..=4).map(|version| need(version, 9)).collect());
            for version in 1..=4 {
                let found = reader.answer(&channel, &need(version, 9)).unwrap().unwrap();
                assert_eq!(found, ChannelPath::targets(version).as_str().as_bytes());
            }
        });
        assert_eq!(channel.reads.load(Ordering::SeqCst), OTHERS + 1, "each once");
    }

    /// Counts what is fetched, and how much that may be at most.
    #[derive(Default)]
    struct Counting(Mutex<Vec<u64>>);

    impl Channel for Counting {
        fn read_in(&self, _: &ChannelPath, limit_bytes: u64, _: &Look) -> Found {
            self.0.lock().unwrap().push(limit_bytes);
            Ok(None)
        }
    }

    #[test]
    fn no_more_is_fetched_ahead_than_there_is_room_for() {
        let (channel, ahead) = (Counting::default(), Ahead::default());
        let sizes = [AHEAD_BYTES / 2, AHEAD_BYTES / 2, 1, AHEAD_BYTES + 1, 1];
        let needs: Vec<_> = sizes.iter().zip(1..).map(|(bytes, version)| need(version, *bytes)).collect();
        std::thread::scope(|scope| {
            let reader = ahead.reader();
            reader.fetch(&channel, scope, needs.clone());
            let mut desk = ahead.desk();
            while desk.found.len() < 2 {
                desk = ahead.changed.wait(desk).unwrap();
            }
            // The third waits for room, and those behind it wait for the third.
            assert_eq!((desk.room_taken, desk.wanted.len()), (AHEAD_BYTES, 3));
            drop(desk);
            for need in &needs {
                assert!(reader.answer(&channel, need).unwrap().is_none());
            }
        });
        let mut fetched = channel.0.into_inner().unwrap();
        fetched.sort_unstable();
        assert_eq!(fetched, [1, 1, AHEAD_BYTES / 2, AHEAD_BYTES / 2, AHEAD_BYTES + 1]);
    }

    #[test]
    fn whoever_stops_early_leaves_nobody_waiting() {
        let (channel, ahead) = (Counting::default(), Ahead::default());
        std::thread::scope(|scope| {
            let reader = ahead.reader();
            reader.fetch(&channel, scope, vec![need(1, AHEAD_BYTES + 1), need(2, 1)]);
        });
        assert!(channel.0.into_inner().unwrap().is_empty());
    }
}
