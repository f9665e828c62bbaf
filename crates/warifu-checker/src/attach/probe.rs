//! Asking whether a program works: by a page of it, or by a command.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use warifu_values::text::without_secrets;

use crate::attach::command::run;
use crate::attach::config::{Probe, ProbeBy};
use crate::attach::page::Page;
use crate::said::Said;

/// Asks as `probe` says, as often as it says, until the answer is yes.
pub(super) fn ask(probe: &Probe, environment: &[(&str, String)]) -> Result<(), Said> {
    let mut answer = ask_once(probe, environment);
    for _ in 1..probe.tries {
        if answer.is_ok() {
            break;
        }
        pause(Duration::from_millis(probe.pause_ms));
        answer = ask_once(probe, environment);
    }
    answer
}

fn ask_once(probe: &Probe, environment: &[(&str, String)]) -> Result<(), Said> {
    let limit = Duration::from_secs(probe.limit_seconds);
    let (url, wanted, contains) = match &probe.by {
        ProbeBy::Command(command) => return run(&command.value, environment, limit),
        ProbeBy::Page { http, status, contains } => (http, *status, contains),
    };
    let Some(page) = Page::of(url) else { return Ok(()) };
    let url = without_secrets(url);
    let (status, body) = page.read(limit).map_err(|error| {
        Said::about(&format!("{url} does not answer"), &format!("{url} から応答がありません"), &error)
    })?;
    if status != wanted {
        return Err(Said::new(
            format!("{url} answers {status}, not {wanted}"),
            format!("{url} の応答が {status} です（期待値 {wanted}）"),
        ));
    }
    let Some(text) = contains else { return Ok(()) };
    let value = |of: &str| environment.iter().find(|(name, _)| *name == of).map_or("", |(_, value)| value);
    let text =
        text.replace("{release}", value("WARIFU_RELEASE")).replace("{manifest}", value("WARIFU_MANIFEST"));
    if body.windows(text.len().max(1)).any(|window| window == text.as_bytes()) {
        return Ok(());
    }
    Err(Said::new(format!("{url} does not hold \"{text}\""), format!("{url} に「{text}」がありません")))
}

/// Between two tries. Nothing tells when a program of others is ready but asking it.
fn pause(time: Duration) {
    let nobody = Mutex::new(());
    let held = nobody.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = Condvar::new().wait_timeout_while(held, time, |()| true);
}
