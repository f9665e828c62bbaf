//! Who tells an event: in a language, of a release or of all.

use warifu_values::lang::{Lang, Speak};

use crate::log::event::{Event, Level};

/// What is ours among all that libraries tell.
pub(super) const TARGET: &str = "warifu_checker";

/// Tells events in a language. Where they are written is decided once for the process
/// ([`start`](crate::log::start)); before that, and in tests, nowhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log {
    lang: Lang,
}

impl Log {
    /// In `lang`.
    pub fn new(lang: Lang) -> Self {
        Log { lang }
    }

    /// One event.
    pub fn event(&self, event: Event, said: &impl Speak) {
        tell(event, None, &said.say(self.lang));
    }

    /// One event, of `release`.
    pub fn of_release(&self, event: Event, release: u64, said: &impl Speak) {
        tell(event, Some(release), &said.say(self.lang));
    }
}

fn tell(event: Event, release: Option<u64>, message: &str) {
    let name = event.name();
    match event.level() {
        Level::Error => tracing::error!(target: TARGET, event = name, release, message),
        Level::Warn => tracing::warn!(target: TARGET, event = name, release, message),
        Level::Info => tracing::info!(target: TARGET, event = name, release, message),
    }
}
