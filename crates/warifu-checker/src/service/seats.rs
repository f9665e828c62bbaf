//! The places at a door where people come: whoever is silent there gives way to who comes, so that the
//! operator's own command always finds one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::{AbortHandle, JoinSet};

use crate::service::activity::Activity;
use crate::service::budget::{Budget, Share};
use crate::service::limits::Limits;
use crate::service::sender::Sender;

/// By when the first request must have begun: who comes there comes to ask something.
const FIRST_MS: u64 = 5_000;

/// Who is silent for so long has nothing on the way, though a machine may be slow to read it.
const SILENT: Duration = Duration::from_millis(500);

/// What a connection has of its door.
pub(super) struct Place {
    /// Given back with it.
    pub(super) share: Share,
    pub(super) activity: Arc<Activity>,
}

/// The places of a door, so many in all and for one sender.
pub(super) struct Seats {
    budget: Arc<Budget>,
    connections: JoinSet<()>,
    taken: Vec<Taken>,
}

/// One that is taken.
struct Taken {
    by: Sender,
    activity: Arc<Activity>,
    connection: AbortHandle,
}

impl Seats {
    pub(super) fn of(most: usize, of_sender: usize) -> Seats {
        Seats { budget: Budget::new(most, of_sender), connections: JoinSet::new(), taken: Vec::new() }
    }

    /// Whether a place is free, or somebody is silent.
    pub(super) fn has_room(&mut self) -> bool {
        !self.budget.is_full() || self.silent().is_some()
    }

    /// Waits until somebody has gone; for ever where nobody is there.
    pub(super) async fn one_gone(&mut self) {
        if self.connections.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn is_anybody_here(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Who has been silent for longest, of all.
    fn silent(&mut self) -> Option<AbortHandle> {
        let (since, connection) = self.longest_silent(|_| true)?;
        (since.elapsed() >= SILENT).then_some(connection)
    }

    /// Who of those has been silent for longest, and since when.
    fn longest_silent(&mut self, of: impl Fn(Sender) -> bool) -> Option<(Instant, AbortHandle)> {
        self.taken.retain(|taken| !taken.connection.is_finished());
        let those = self.taken.iter().filter(|taken| of(taken.by));
        let silent = those.filter_map(|taken| Some((taken.activity.silent_since()?, &taken.connection)));
        silent.min_by_key(|(since, _)| *since).map(|(since, connection)| (since, connection.clone()))
    }

    /// A place for who comes as `sender`, that of who has been silent for longest where there is no other: of
    /// all, or of the same sender, who may begin as much as he likes and keeps out himself alone. None where
    /// all are answered.
    pub(super) async fn place(&mut self, sender: Sender, limits: Limits) -> Option<Place> {
        let mut share = self.budget.share(sender);
        while share.grow(1).is_err() {
            let gives_way = if self.budget.is_full() {
                self.silent()?
            } else {
                self.longest_silent(|by| by == sender)?.1
            };
            gives_way.abort();
            while !gives_way.is_finished() && self.connections.join_next().await.is_some() {}
        }
        let first_ms = limits.idle_ms.min(FIRST_MS);
        Some(Place { share, activity: Activity::opened(limits, first_ms, Instant::now()) })
    }

    /// Lets `serve` have its place.
    pub(super) fn take<F>(&mut self, by: Sender, place: Place, serve: impl FnOnce(Place) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let activity = Arc::clone(&place.activity);
        let connection = self.connections.spawn(serve(place));
        self.taken.push(Taken { by, activity, connection });
    }
}
