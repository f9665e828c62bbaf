//! What a checker gives to those who send: in all, to each of them, and for how long.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_claims::FILE_LIMIT_BYTES;

/// The limits, as the status tells them. Whoever sends is a client certificate, or else an address
/// ([`crate::service::Sender`]); behind a proxy all are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Connections at once. Each takes a file handle and some 10 KiB; one of HTTP/2, which
    /// carries 32 requests at once, up to 1.25 MiB.
    pub connections: usize,
    /// Of these, from one sender.
    pub connections_of_sender: usize,
    /// Claim files that have arrived, whole or in part, and are not judged yet: eight of the largest.
    pub arrived_bytes: usize,
    /// Of these, from one sender.
    pub arrived_bytes_of_sender: usize,
    /// Answers that were not taken yet. No file is judged for whoever leaves more of them lying.
    pub unread_bytes: usize,
    /// Of these, left by one sender.
    pub unread_bytes_of_sender: usize,
    /// The head of a request, and what is read and written ahead for a connection. With HTTP/2 the
    /// head of each request has 16 KiB at most, what is written ahead of it 16 KiB, what is read ahead of
    /// all 256 KiB.
    pub head_bytes: usize,
    /// A file that came compressed grows at most so many times, once it is above a mebibyte.
    pub unpacked_ratio: usize,
    /// From the first byte of a request to the end of its head.
    pub head_ms: u64,
    /// For a claim file: 64 MiB over a line of 10 Mbit/s.
    pub body_ms: u64,
    /// For taking an answer.
    pub answer_ms: u64,
    /// Between two requests, and before the first.
    pub idle_ms: u64,
    /// The least that a sender sends, or takes of an answer…
    pub bytes_a_second: u64,
    /// …once it has taken so long.
    pub slow_after_ms: u64,
    /// Who is turned away is told so at once, so many times in a second, and after a moment beyond that.
    pub refusals_a_second: u64,
    /// At most such a moment.
    pub refusal_ms: u64,
    /// At the end, how long the checker says that it is not ready, and still takes claims.
    pub notice_ms: u64,
    /// After that, how long requests in flight may take.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 8192,
            connections_of_sender: 4096,
            arrived_bytes: 8 * FILE_LIMIT_BYTES,
            arrived_bytes_of_sender: 4 * FILE_LIMIT_BYTES,
            unread_bytes: 128 << 20,
            unread_bytes_of_sender: 64 << 20,
            head_bytes: 16 << 10,
            unpacked_ratio: 200,
            head_ms: 10_000,
            body_ms: 60_000,
            answer_ms: 120_000,
            idle_ms: 60_000,
            bytes_a_second: 16 << 10,
            slow_after_ms: 5_000,
            refusals_a_second: 200,
            refusal_ms: 2_000,
            notice_ms: 0,
            drain_ms: 30_000,
        }
    }
}

impl Limits {
    /// By when, counted from the beginning, something must have ended of which `bytes` have come or gone, and
    /// which may take `most_ms` in all.
    pub(super) fn time_for(&self, bytes: usize, most_ms: u64) -> Duration {
        Duration::from_millis(self.slow_after_ms.saturating_add(self.at_least_rate(bytes)).min(most_ms))
    }

    /// How many milliseconds `bytes` take at the least rate.
    pub(super) fn at_least_rate(&self, bytes: usize) -> u64 {
        (bytes as u64).saturating_mul(1000) / self.bytes_a_second.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_faster_has_longer_and_nobody_longer_than_all() {
        let limits = Limits { bytes_a_second: 1000, slow_after_ms: 5000, ..Limits::default() };
        let seconds = |bytes| limits.time_for(bytes, 60_000).as_secs();
        assert_eq!([0, 1000, 10_000, 1 << 30].map(seconds), [5, 6, 15, 60]);
    }
}
