//! What senders may take.

use clap::Args;
use warifu_usage::{Refusal, number};

use crate::service::Limits;

/// What senders may take, and how it ends. What is of one sender is half of all unless it is said.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(in crate::cli) struct LimitOptions {
    /// Connections at once
    #[arg(long, default_value_t = Limits::default().connections, value_parser = at_least_one())]
    connections: usize,
    /// Of these, from one sender (default: half)
    #[arg(long, value_parser = at_least_one())]
    connections_of_sender: Option<usize>,
    /// Mebibytes of claim files that have arrived and are not judged yet
    #[arg(long, default_value_t = Limits::default().arrived_bytes >> 20, value_parser = mebibytes())]
    arrived_mib: usize,
    /// Of these, from one sender (default: half)
    #[arg(long, value_parser = mebibytes())]
    arrived_mib_of_sender: Option<usize>,
    /// Mebibytes of answers that were not taken yet
    #[arg(long, default_value_t = Limits::default().unread_bytes >> 20, value_parser = mebibytes())]
    unread_mib: usize,
    /// Of these, left by one sender (default: half)
    #[arg(long, value_parser = mebibytes())]
    unread_mib_of_sender: Option<usize>,
    /// Kibibytes of the head of a request
    #[arg(
        long,
        default_value_t = (Limits::default().head_bytes >> 10) as u64,
        value_parser = number::<u64>(8..=1024)
    )]
    head_kib: u64,
    /// A file that came compressed grows at most so many times, once it is above a mebibyte
    #[arg(long, default_value_t = Limits::default().unpacked_ratio, value_parser = at_least_one())]
    unpacked_ratio: usize,
    /// Seconds for the head of a request
    #[arg(long, default_value_t = Limits::default().head_ms / 1000, value_parser = seconds())]
    head_seconds: u64,
    /// Seconds for a claim file
    #[arg(long, default_value_t = Limits::default().body_ms / 1000, value_parser = seconds())]
    body_seconds: u64,
    /// Seconds for taking an answer
    #[arg(long, default_value_t = Limits::default().answer_ms / 1000, value_parser = seconds())]
    answer_seconds: u64,
    /// Seconds between two requests on a connection, and before the first
    #[arg(long, default_value_t = Limits::default().idle_ms / 1000, value_parser = seconds())]
    idle_seconds: u64,
    /// The least bytes a second that a sender sends, or takes of an answer
    #[arg(
        long,
        default_value_t = Limits::default().bytes_a_second,
        value_parser = number::<u64>(1..)
    )]
    bytes_a_second: u64,
    /// That is asked of it after so many seconds
    #[arg(long, default_value_t = Limits::default().slow_after_ms / 1000, value_parser = seconds())]
    slow_after_seconds: u64,
    /// Refusals that are told at once in a second; others wait a moment
    #[arg(
        long,
        default_value_t = Limits::default().refusals_a_second,
        value_parser = number::<u64>(1..)
    )]
    refusals_a_second: u64,
    /// Seconds of such a moment, at most
    #[arg(
        long,
        default_value_t = Limits::default().refusal_ms / 1000,
        value_parser = number::<u64>(..=60)
    )]
    refusal_seconds: u64,
    /// At the end, seconds in which claims are still taken while /readyz says no
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = Limits::default().notice_ms / 1000,
        value_parser = number::<u64>(..=86_400)
    )]
    drain_notice: u64,
    /// After that, seconds that requests in flight may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = Limits::default().drain_ms / 1000,
        value_parser = number::<u64>(..=86_400)
    )]
    drain: u64,
}

/// A time that something may take: a day at most.
fn seconds() -> impl Fn(&str) -> Result<u64, Refusal> + Clone {
    number(1..=86_400)
}

fn at_least_one() -> impl Fn(&str) -> Result<usize, Refusal> + Clone {
    number(1..)
}

/// So many are also bytes in the memory that there may be.
fn mebibytes() -> impl Fn(&str) -> Result<usize, Refusal> + Clone {
    number(1..=1 << 20)
}

impl LimitOptions {
    /// As far as there are handles for connections.
    pub(in crate::cli) fn limits(&self, handles_for: impl FnOnce(usize) -> usize) -> Limits {
        let connections = handles_for(self.connections);
        let of_sender = |own: Option<usize>, all: usize| own.unwrap_or(all.div_ceil(2)).min(all);
        let (arrived, unread) = (self.arrived_mib, self.unread_mib);
        Limits {
            connections,
            connections_of_sender: of_sender(self.connections_of_sender, connections),
            arrived_bytes: arrived << 20,
            arrived_bytes_of_sender: of_sender(self.arrived_mib_of_sender, arrived) << 20,
            unread_bytes: unread << 20,
            unread_bytes_of_sender: of_sender(self.unread_mib_of_sender, unread) << 20,
            head_bytes: usize::try_from(self.head_kib << 10).unwrap_or(usize::MAX),
            unpacked_ratio: self.unpacked_ratio,
            head_ms: self.head_seconds * 1000,
            body_ms: self.body_seconds * 1000,
            answer_ms: self.answer_seconds * 1000,
            idle_ms: self.idle_seconds * 1000,
            bytes_a_second: self.bytes_a_second,
            slow_after_ms: self.slow_after_seconds * 1000,
            refusals_a_second: self.refusals_a_second,
            refusal_ms: self.refusal_seconds * 1000,
            notice_ms: self.drain_notice * 1000,
            drain_ms: self.drain * 1000,
        }
    }
}
