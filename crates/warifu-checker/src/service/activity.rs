//! What happens on a connection, and whether it takes too long: a head that does not end, an answer that
//! nobody takes, a connection that nobody uses.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use hyper::rt::{Read, ReadBufCursor, Write};

use crate::service::limits::Limits;

/// What flushes the last bytes of an answer when the checker ends.
const FLUSH: Duration = Duration::from_secs(1);

/// A connection's.
#[derive(Debug)]
pub(super) struct Activity {
    limits: Limits,
    /// By when the first request must have begun.
    first_ms: u64,
    doing: Mutex<Doing>,
}

#[derive(Debug)]
struct Doing {
    /// Since when no request was in flight.
    idle_since: Instant,
    /// Whether there ever was one.
    was_asked: bool,
    /// Since when a request is coming of which the head has not ended.
    head_since: Option<Instant>,
    /// Since when no further request is taken.
    ends_since: Option<Instant>,
    next: u64,
    in_flight: HashMap<u64, Request>,
}

/// A request in flight.
#[derive(Debug, Clone, Copy)]
enum Request {
    /// It is received and judged, or what still comes of it passes unread: who does that has limits of his
    /// own.
    Asked,
    /// Its answer is being taken.
    Answered { since: Instant, bytes: usize },
}

/// What took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nobody asked anything.
    Idle,
    /// The head of a request did not end.
    Head,
    /// An answer was not taken.
    Answer,
    /// The checker ends, and nothing is in flight.
    End,
}

/// A request, from its head to the end of its answer.
#[derive(Debug)]
pub(super) struct InFlight {
    activity: Arc<Activity>,
    number: u64,
}

impl Activity {
    /// Of a connection that is there from `now` on, and of which the first request begins within `first_ms`.
    pub(super) fn opened(limits: Limits, first_ms: u64, now: Instant) -> Arc<Self> {
        let doing = Doing {
            idle_since: now,
            was_asked: false,
            head_since: None,
            ends_since: None,
            next: 0,
            in_flight: HashMap::new(),
        };
        Arc::new(Activity { limits, first_ms, doing: Mutex::new(doing) })
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it goes by from its beginning to its end.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Since when no request is in flight, where none is.
    pub(super) fn silent_since(&self) -> Option<Instant> {
        let doing = self.doing();
        doing.in_flight.is_empty().then_some(doing.idle_since)
    }

    /// Bytes came.
    fn came(&self, now: Instant) {
        let mut doing = self.doing();
        if doing.in_flight.is_empty() && doing.head_since.is_none() {
            doing.head_since = Some(now);
        }
    }

    /// The head of a request is there. Its answer is in flight until it is taken; what is begun for its body,
    /// until that has come.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        let mut doing = self.doing();
        doing.next += 1;
        doing.head_since = None;
        doing.was_asked = true;
        let number = doing.next;
        doing.in_flight.insert(number, Request::Asked);
        InFlight { activity: Arc::clone(self), number }
    }

    /// No further request is taken.
    pub(super) fn ends(&self, now: Instant) {
        self.doing().ends_since.get_or_insert(now);
    }

    /// When to look again.
    ///
    /// # Errors
    /// What took too long, so that the connection is cut.
    pub(super) fn check(&self, now: Instant) -> Result<Instant, Overdue> {
        let doing = self.doing();
        let after = |since: Instant, ms: u64| since + Duration::from_millis(ms);
        let mut due: Vec<(Instant, Overdue)> = Vec::new();
        if doing.in_flight.is_empty() {
            due.push(match doing.head_since {
                Some(since) => (after(since, self.limits.head_ms), Overdue::Head),
                None if doing.was_asked => (after(doing.idle_since, self.limits.idle_ms), Overdue::Idle),
                None => (after(doing.idle_since, self.first_ms), Overdue::Idle),
            });
            due.extend(doing.ends_since.map(|since| (self.flushed(since, &doing), Overdue::End)));
        }
        for request in doing.in_flight.values() {
            if let Request::Answered { since, bytes } = request {
                let within = self.limits.time_for(*bytes, self.limits.answer_ms);
                due.push((*since + within, Overdue::Answer));
            }
        }
        let first = due.into_iter().min_by_key(|(at, _)| *at);
        match first {
            Some((at, overdue)) if at <= now => Err(overdue),
            // An answer can begin meanwhile.
            Some((at, _)) => Ok(at.min(after(now, self.limits.slow_after_ms.max(1)))),
            None => Ok(after(now, self.limits.slow_after_ms.max(1))),
        }
    }
}

impl Activity {
    /// By when the last answer has left, which ends `since` then. Of one that has just been handed over so
    /// much is still written ahead as may be, and whoever takes it may be as slow as ever.
    fn flushed(&self, since: Instant, doing: &Doing) -> Instant {
        let flushed = since + FLUSH;
        if !doing.was_asked {
            return flushed;
        }
        let ahead = Duration::from_millis(self.limits.at_least_rate(self.limits.head_bytes));
        flushed.max(doing.idle_since + FLUSH + ahead)
    }
}

impl InFlight {
    fn gave(&self, more: usize, now: Instant) {
        if let Some(request) = self.activity.doing().in_flight.get_mut(&self.number) {
            *request = match *request {
                Request::Asked => Request::Answered { since: now, bytes: more },
                Request::Answered { since, bytes } => Request::Answered { since, bytes: bytes + more },
            };
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut doing = self.activity.doing();
        doing.in_flight.remove(&self.number);
        if doing.in_flight.is_empty() {
            doing.idle_since = Instant::now();
        }
    }
}

/// An answer on its way: while it is not taken, its request is in flight.
#[derive(Debug)]
pub(super) struct Answering {
    body: Body,
    in_flight: InFlight,
}

impl Answering {
    pub(super) fn new(body: Body, in_flight: InFlight) -> Self {
        in_flight.gave(0, Instant::now());
        Answering { body, in_flight }
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            self.in_flight.gave(frame.data_ref().map_or(0, Bytes::len), Instant::now());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that tells when bytes come, where these can only be those of a request.
#[derive(Debug)]
pub(super) struct Watched<T> {
    connection: T,
    tells: Option<Arc<Activity>>,
}

impl<T> Watched<T> {
    /// Tells `activity`; nobody, where bytes also come between requests.
    pub(super) fn new(connection: T, tells: Option<Arc<Activity>>) -> Self {
        Watched { connection, tells }
    }
}

impl<T> Watched<T> {
    /// The connection itself.
    pub(super) fn into_inner(self) -> T {
        self.connection
    }
}

impl<T: Read + Unpin> Read for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        let read = ready!(Pin::new(&mut self.connection).poll_read(context, buffer));
        if let Some(activity) = &self.tells {
            activity.came(Instant::now());
        }
        Poll::Ready(read)
    }
}

impl<T: Write + Unpin> Write for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.connection).poll_write_vectored(context, buffers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits = || Limits {
        head_ms: 1_000,
        idle_ms: 10_000,
        answer_ms: 60_000,
        slow_after_ms: 2_000,
        bytes_a_second: 1_000,
        head_bytes: 4_000,
        ..Limits::default()
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_head_that_does_not_end_is_overdue_before_a_connection_that_nobody_uses() {
        let start = Instant::now();
        let activity = Activity::opened(LIMITS(), LIMITS().idle_ms, start);
        assert!(activity.check(start + ms(9_999)).is_ok());
        assert_eq!(activity.check(start + ms(10_000)), Err(Overdue::Idle));
        activity.came(start + ms(5_000));
        assert_eq!(activity.check(start + ms(5_000)), Ok(start + ms(6_000)));
        // More of it makes it no younger.
        activity.came(start + ms(5_900));
        assert_eq!(activity.check(start + ms(6_000)), Err(Overdue::Head));
        let in_flight = activity.begin();
        assert!(activity.check(start + ms(3_600_000)).is_ok(), "who judges has limits of his own");
        drop(in_flight);
        assert!(activity.check(Instant::now()).is_ok());
    }

    #[test]
    fn a_first_request_may_have_to_come_sooner_than_a_further_one() {
        let start = Instant::now();
        let activity = Activity::opened(LIMITS(), 3_000, start);
        assert!(activity.silent_since() == Some(start) && activity.check(start + ms(2_999)).is_ok());
        assert_eq!(activity.check(start + ms(3_000)), Err(Overdue::Idle));
        let in_flight = activity.begin();
        assert_eq!(activity.silent_since(), None);
        drop(in_flight);
        assert!(activity.check(Instant::now() + ms(9_000)).is_ok());
    }

    /// Who is answered before all has come goes on sending: that is no head of a next request.
    #[test]
    fn what_still_comes_of_a_request_that_is_answered_begins_no_other() {
        let start = Instant::now();
        let activity = Activity::opened(LIMITS(), LIMITS().idle_ms, start);
        let (answer, body) = (activity.begin(), activity.begin());
        answer.gave(100, start);
        drop(answer);
        activity.came(start + ms(10));
        assert!(activity.check(start + ms(3_600_000)).is_ok(), "who lets it pass has limits of his own");
        drop(body);
        let idle = Instant::now();
        assert!(activity.check(idle + ms(9_000)).is_ok());
        activity.came(idle);
        assert_eq!(activity.check(idle + ms(1_000)), Err(Overdue::Head), "and the next one begins after it");
    }

    #[test]
    fn an_answer_is_taken_at_a_least_pace() {
        let start = Instant::now();
        let activity = Activity::opened(LIMITS(), LIMITS().idle_ms, start);
        let in_flight = activity.begin();
        in_flight.gave(0, start);
        assert!(activity.check(start + ms(1_999)).is_ok());
        assert_eq!(activity.check(start + ms(2_000)), Err(Overdue::Answer));
        in_flight.gave(3_000, start + ms(1_000));
        assert!(activity.check(start + ms(4_999)).is_ok());
        assert_eq!(activity.check(start + ms(5_000)), Err(Overdue::Answer));
        in_flight.gave(1 << 30, start + ms(5_000));
        assert!(activity.check(start + ms(59_999)).is_ok());
        assert_eq!(activity.check(start + ms(60_000)), Err(Overdue::Answer), "nobody takes for ever");
    }

    #[test]
    fn at_the_end_only_what_is_in_flight_is_waited_for() {
        let start = Instant::now();
        let activity = Activity::opened(LIMITS(), LIMITS().idle_ms, start);
        activity.came(start);
        activity.ends(start);
        assert!(activity.check(start + ms(999)).is_ok());
        let half_open = activity.check(start + ms(1_000));
        assert!(matches!(half_open, Err(Overdue::End | Overdue::Head)), "{half_open:?}");
        let activity = Activity::opened(LIMITS(), LIMITS().idle_ms, start);
        let in_flight = activity.begin();
        let long_ago = start.checked_sub(ms(10_000)).unwrap();
        activity.ends(long_ago);
        assert!(activity.check(start + ms(3_600_000)).is_ok());
        // What was written ahead of it is still taken, at the least pace.
        drop(in_flight);
        assert!(activity.check(start + ms(4_900)).is_ok());
        assert_eq!(activity.check(Instant::now() + ms(5_000)), Err(Overdue::End));
    }
}
