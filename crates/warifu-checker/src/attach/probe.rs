//! Asking whether a program works: by a page of it, or by a command.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use warifu_values::template::Filled;
use warifu_values::text::without_secrets;

use crate::attach::command::run;
use crate::attach::config::{Probe, ProbeBy};
use crate::attach::page::Page;
use crate::said::Said;
use crate::swap::Ending;

/// A page keeps to its limit itself: what it does to be done is not waited for much longer.
const AND_DONE: Duration = Duration::from_secs(1);

/// Asks as `probe` says, as often as it says, until the answer is yes, or the `ending` is over.
pub(super) fn ask(probe: &Probe, environment: &[(&str, String)], ending: &Arc<Ending>) -> Result<(), Said> {
    let mut answer = ask_once(probe, environment, ending);
    for _ in 1..probe.tries {
        if answer.is_ok() || ending.is_over() {
            break;
        }
        // Nothing tells when a program of others is ready but asking it.
        ending.pause(Duration::from_millis(probe.pause_ms));
        answer = ask_once(probe, environment, ending);
    }
    answer
}

fn ask_once(probe: &Probe, environment: &[(&str, String)], ending: &Arc<Ending>) -> Result<(), Said> {
    let limit = Duration::from_secs(probe.limit_seconds);
    let (url, wanted, contains) = match &probe.by {
        ProbeBy::Command(command) => return run(&command.value, environment, limit, ending),
        ProbeBy::Page { http, status, contains } => (http, *status, contains),
    };
    let Some(page) = Page::of(url) else { return Ok(()) };
    let url = without_secrets(url);
    let read = ending.wait_for(limit.saturating_add(AND_DONE), move || page.read(limit));
    let read = read.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut)));
    let (status, body) = read.map_err(|error| {
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
    let values = [("{release}", value("WARIFU_RELEASE")), ("{manifest}", value("WARIFU_MANIFEST"))];
    let text = Filled { template: text, values: &values }.to_string();
    if body.windows(text.len().max(1)).any(|window| window == text.as_bytes()) {
        return Ok(());
    }
    Err(Said::new(format!("{url} does not hold \"{text}\""), format!("{url} に「{text}」がありません")))
}
