//! Work that somebody at a terminal may wait for.

use warifu_usage::Progress;
use warifu_values::lang::{Lang, Speak as _};

use crate::said::Said;

/// How people are kept company.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) lang: Lang,
    /// Whether no progress is to be shown.
    pub(super) is_quiet: bool,
}

impl Waiting {
    /// Does `work`, which tells nothing meanwhile; what it does is shown on a line of its own after a second.
    pub(super) fn on<T>(self, what: &Said, work: impl FnOnce() -> T) -> T {
        let _shown = if self.is_quiet { Progress::none() } else { Progress::begin(what.say(self.lang)) };
        work()
    }

    /// Asks a running checker.
    pub(super) fn asking<T>(self, ask: impl FnOnce() -> T) -> T {
        self.on(&Said::new("waiting for the checker", "チェッカーの応答を待っています"), ask)
    }
}
