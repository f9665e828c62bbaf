//! What systemd is told: that claims are taken, what judges, that the configuration is read again, that it
//! ends. Where nobody listens, nothing is told.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use sd_notify::{NotifyState, notify};

use crate::log::{Event, Log};
use crate::said::Said;

/// So much waits for a manager that does not read. What is more is not told: it is told again soon.
const WAITING: usize = 16;

/// So long the end waits until that is told.
const AT_THE_END: Duration = Duration::from_millis(500);

/// So much more time is asked for at once, and asked for so often: one that is missed ends nothing.
const MORE_USEC: u32 = 60_000_000;
const ASKED_EACH: Duration = Duration::from_secs(10);

/// What is told, and whoever waits until it was.
struct Told {
    lines: String,
    done: Option<SyncSender<()>>,
}

/// The service manager, when there is one. A thread of its own tells it, so nothing waits for one that does
/// not read.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceManager {
    desk: Option<&'static SyncSender<Told>>,
    log: Log,
}

impl ServiceManager {
    /// That of the environment, until the process ends.
    pub(super) fn of_environment(log: Log) -> ServiceManager {
        let desk = std::env::var_os("NOTIFY_SOCKET").and_then(|_| {
            let (desk, waiting) = sync_channel(WAITING);
            let thread = std::thread::Builder::new().name("manager".to_owned());
            match thread.spawn(move || tell_each(&waiting, log)) {
                Ok(_) => Some(&*Box::leak(Box::new(desk))),
                Err(error) => {
                    log.event(Event::ManagerNotTold, &not_told(&error));
                    None
                }
            }
        });
        ServiceManager { desk, log }
    }

    /// It starts, which may take longer than a start is given: for as long as `is_alive` and what is given
    /// back is kept, it is asked for more time.
    pub(super) fn starting(self, is_alive: impl Fn() -> bool + Send + 'static) -> Starting {
        let (starting, ended) = sync_channel::<()>(0);
        if self.desk.is_some() {
            let more = move || self.tell(&[NotifyState::ExtendTimeoutUsec(MORE_USEC)]);
            let asks = move || while_it_starts(&ended, ASKED_EACH, is_alive, more);
            // Without it there is the time that a start is given.
            let _ = std::thread::Builder::new().name("starting".to_owned()).spawn(asks);
        }
        Starting { _ends: starting }
    }

    /// Claims are taken, or taken again after a reload; `status` is one line.
    pub(super) fn ready(self, status: &str) {
        self.tell(&[NotifyState::Ready, NotifyState::Status(status)]);
    }

    /// What judges now.
    pub(super) fn status(self, status: &str) {
        self.tell(&[NotifyState::Status(status)]);
    }

    /// The configuration is read again; [`ServiceManager::ready`] ends that.
    pub(super) fn reloading(self) {
        match NotifyState::monotonic_usec_now() {
            Ok(at) => self.tell(&[NotifyState::Reloading, at]),
            Err(error) => self.log.event(Event::ManagerNotTold, &not_told(&error)),
        }
    }

    /// It ends.
    pub(super) fn stopping(self) {
        let (done, is_done) = sync_channel(1);
        self.put(&[NotifyState::Stopping], Some(done));
        let _ = is_done.recv_timeout(AT_THE_END);
    }

    /// It makes progress.
    pub(super) fn alive(self) {
        self.tell(&[NotifyState::Watchdog]);
    }

    fn tell(self, states: &[NotifyState<'_>]) {
        self.put(states, None);
    }

    fn put(self, states: &[NotifyState<'_>], done: Option<SyncSender<()>>) {
        let lines: Vec<String> = states.iter().map(ToString::to_string).collect();
        if let Some(desk) = self.desk {
            let _ = desk.try_send(Told { lines: lines.join("\n"), done });
        }
    }
}

/// It ends with this, whichever way.
pub(super) struct Starting {
    _ends: SyncSender<()>,
}

fn while_it_starts(ended: &Receiver<()>, each: Duration, is_alive: impl Fn() -> bool, asks: impl Fn()) {
    while is_alive() {
        asks();
        if ended.recv_timeout(each) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn tell_each(waiting: &Receiver<Told>, log: Log) {
    for Told { lines, done } in waiting {
        if let Err(error) = notify(&[NotifyState::Custom(&lines)]) {
            log.event(Event::ManagerNotTold, &not_told(&error));
        }
        drop(done);
    }
}

fn not_told(error: &std::io::Error) -> Said {
    Said::about("the service manager could not be told", "サービスマネージャーに通知できません", error)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn more_time_is_asked_for_while_it_starts_and_makes_progress() {
        let (starting, ended) = sync_channel::<()>(0);
        let asked = Cell::new(0);
        let asks = || asked.set(asked.get() + 1);
        while_it_starts(&ended, Duration::ZERO, || asked.get() < 3, asks);
        assert_eq!(asked.get(), 3, "then there was no progress any more");
        drop(starting);
        while_it_starts(&ended, Duration::MAX, || true, asks);
        assert_eq!(asked.get(), 4, "it has started");
    }
}
