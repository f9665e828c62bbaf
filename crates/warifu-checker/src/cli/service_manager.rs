//! What systemd is told: that claims are taken, what judges, that the configuration is read again, that it
//! ends. Where nobody listens, nothing is told.

use sd_notify::{NotifyState, notify};

use crate::log::{Event, Log};
use crate::said::Said;

/// The service manager, when there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceManager {
    log: Log,
}

impl ServiceManager {
    /// That of the environment.
    pub(super) fn of_environment(log: Log) -> ServiceManager {
        ServiceManager { log }
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
        self.tell(&[NotifyState::Stopping]);
    }

    /// It makes progress.
    pub(super) fn alive(self) {
        self.tell(&[NotifyState::Watchdog]);
    }

    fn tell(self, states: &[NotifyState<'_>]) {
        if let Err(error) = notify(states) {
            self.log.event(Event::ManagerNotTold, &not_told(&error));
        }
    }
}

fn not_told(error: &std::io::Error) -> Said {
    Said::about("the service manager could not be told", "サービスマネージャーに通知できません", error)
}
