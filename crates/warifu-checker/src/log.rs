//! The log: one line on stderr for each event, in one language. Never a text of a claim.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak};

/// Writes events in a language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log {
    lang: Lang,
}

impl Log {
    /// In `lang`.
    pub fn new(lang: Lang) -> Self {
        Log { lang }
    }

    /// One event, with the time before it as programs read it. A closed stderr is no reason to stop checking
    /// claims.
    pub fn event(&self, said: &impl Speak) {
        let line = format!("{} {}\n", now().rfc3339(), said.say(self.lang).replace('\n', " "));
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

/// The machine's clock: the only place here that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}
