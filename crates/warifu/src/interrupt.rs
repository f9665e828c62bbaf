//! Ctrl-C while a command works: it ends at once where nothing is being written, and otherwise as soon as
//! what is being written stands whole or is gone again. A second Ctrl-C waits for nothing.
//!
//! Whoever writes holds a [`Whole`] while it does, and asks [`go_on`] where it could as well give up. An act
//! that is written down when it has ended holds an [`ActToTell`]: what it wrote does not stand without that
//! entry. What consists of several parts that each stand holds a [`Begun`], so that it is told. The program
//! ends by the signal, which a shell calls status 130, so that a script that runs it ends too.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

pub use warifu_files::Whole;
use warifu_usage::told;
use warifu_values::lang::Lang;
use warifu_values::say;

/// What is known about it, once for the program. Nobody begins or drops a [`Whole`] while holding this:
/// what ends the program holds all of those first.
struct Known {
    /// What was written whole.
    written: Vec<String>,
    /// What was begun, and lies there in part.
    begun: Vec<String>,
    /// Whether an act runs that is written down when it has ended.
    is_act: bool,
    /// Held from the first thing on that the act wrote.
    kept: Option<Whole>,
    /// What is done for the act when the program ends before it.
    instead: Option<Box<dyn FnOnce() + Send>>,
    /// Whether the terminal is another program's: nothing is said then.
    is_lent: bool,
    lang: Lang,
}

static KNOWN: Mutex<Known> = Mutex::new(Known {
    written: Vec::new(),
    begun: Vec::new(),
    is_act: false,
    kept: None,
    instead: None,
    is_lent: false,
    lang: Lang::En,
});

/// Whether the next Ctrl-C is for the system alone, which waits for nothing.
static IS_ENDING: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// How long a word is given to be read: standard error may be a pipe that nobody empties.
const TO_BE_READ: Duration = Duration::from_secs(1);

fn known() -> MutexGuard<'static, Known> {
    // Whoever panicked while it held this had changed one thing.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says that `what`, a file or a commit, was written whole. Whoever wrote it still holds its [`Whole`].
pub fn wrote(what: impl std::fmt::Display) {
    let whole = Whole::begin();
    let mut known = known();
    known.written.push(what.to_string());
    // One that is not needed goes after `known`.
    let _not_needed = match known.is_act && known.kept.is_none() {
        true => known.kept.replace(whole),
        false => Some(whole),
    };
    drop(known);
}

/// Held while something is written of which each part stands whole, and which is of use when all are there.
#[derive(Debug)]
#[must_use = "it is told as begun as long as this is held"]
pub struct Begun(String);

impl Begun {
    /// `what` is begun: a file, a folder, and what it is until it is whole.
    pub fn of(what: impl std::fmt::Display) -> Begun {
        let what = what.to_string();
        known().begun.push(what.clone());
        Begun(what)
    }

    /// It stays as it is.
    pub fn stays(self) {
        std::mem::forget(self);
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        known().begun.retain(|what| *what != self.0);
    }
}

/// Held while an act runs that is written down when it has ended. From the first thing on that it wrote, a
/// Ctrl-C waits until that is done.
#[derive(Debug)]
#[must_use = "it is to be dropped when the act was written down"]
pub struct ActToTell(());

impl ActToTell {
    /// Begins one; `instead` is done where the program ends before it has written anything.
    pub fn begin(instead: Option<Box<dyn FnOnce() + Send>>) -> ActToTell {
        let mut known = known();
        (known.is_act, known.instead) = (true, instead);
        ActToTell(())
    }
}

impl Drop for ActToTell {
    fn drop(&mut self) {
        let mut known = known();
        (known.is_act, known.instead) = (false, None);
        let kept = known.kept.take();
        drop(known);
        drop(kept);
    }
}

/// Whether somebody waits for the program to end: what is only begun is given up then. An act that wrote
/// something goes on to its end.
pub fn is_asked() -> bool {
    Whole::is_last() && known().kept.is_none()
}

/// As an error of whoever writes, which drops what was begun.
///
/// # Errors
/// When the program is to end.
pub fn go_on() -> io::Result<()> {
    if is_asked() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
}

/// Held while another program has the terminal, and reads Ctrl-C as it likes: this one says nothing, and ends
/// after it.
#[derive(Debug)]
#[must_use = "the terminal is another program's as long as this is held"]
pub struct Lent(Whole);

impl Lent {
    /// The terminal is another program's from now on.
    pub fn begin() -> Lent {
        let whole = Whole::begin();
        known().is_lent = true;
        Lent(whole)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Who asked there knows; it ends without a word.
        known().is_lent = Whole::is_last();
    }
}

/// Watches for Ctrl-C from now on, and says in `lang` what becomes of it. Where that cannot be watched for,
/// it ends the program as it always did; where whoever started the program has it ignored, it stays so.
#[cfg(unix)]
pub fn watch(lang: Lang) {
    use signal_hook::consts::SIGINT;

    known().lang = lang;
    if is_ignored(SIGINT) {
        return;
    }
    let _ = signal_hook::flag::register_conditional_default(SIGINT, Arc::clone(&IS_ENDING));
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT]) else { return };
    let watches = move || {
        for _ in signals.forever() {
            let is_second = Whole::is_last();
            match is_second {
                true if known().is_lent => {}
                true => Whole::end_now(end),
                false => {
                    Whole::end_after(end);
                    known().tell(&say!(
                        lang,
                        "ending as soon as what is being written is whole (Ctrl-C once more: at once)",
                        "書き込み中のものを整えてから終了します（もう一度 Ctrl-C を押すと直ちに終了）"
                    ));
                }
            }
        }
    };
    // It ends with the program.
    drop(thread::Builder::new().name("interrupt".to_owned()).spawn(watches));
}

/// Elsewhere the system does what it does.
#[cfg(not(unix))]
pub fn watch(_: Lang) {}

/// Whether this program was started with `signal` ignored, as a shell starts what it has in the background.
/// Where the system does not say so, it was not.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| {
        // The first signal is the lowest bit.
        mask >> (signal - 1) & 1 == 1
    })
}

/// Ends the program, which nobody keeps from it any more. From now on one more Ctrl-C is the system's.
fn end(writing: usize) {
    IS_ENDING.store(true, Ordering::SeqCst);
    let instead = known().instead.take();
    if let Some(instead) = instead.filter(|_| writing == 0) {
        instead();
    }
    let known = known();
    known.tell(&known.said(writing));
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
    std::process::exit(130);
}

impl Known {
    /// What is left behind while so many still write.
    fn said(&self, writing: usize) -> String {
        let lang = self.lang;
        let all = |what: &[String]| what.join(&say!(lang, ", ", "、"));
        let listed = |what: &[String], said: fn(Lang, String) -> String| match what {
            [] => String::new(),
            what => said(lang, all(what)),
        };
        let written = listed(&self.written, |lang, written| {
            say!(lang, "; written whole: {written}", "。書き込み済み: {written}")
        });
        let begun =
            listed(&self.begun, |lang, begun| say!(lang, "; not whole: {begun}", "。未完了: {begun}"));
        match writing {
            0 if !begun.is_empty() => {
                say!(lang, "interrupted{begun}{written}", "中断しました{begun}{written}")
            }
            0 => say!(
                lang,
                "interrupted; nothing half-written is left{written}",
                "中断しました。書きかけのものは残っていません{written}"
            ),
            _ => say!(
                lang,
                "interrupted at once; a temporary file (.warifu-…, .writing-…, tmp_obj_…) may be left, which \
                 nothing reads{begun}{written}",
                "直ちに中断しました。一時ファイル（.warifu-…、.writing-…、tmp_obj_…）が残ることがありますが、読まれる\
                 ことはありません{begun}{written}"
            ),
        }
    }

    /// Says it, whatever else has the terminal. Where nobody listens, the program ends all the same.
    fn tell(&self, text: &str) {
        if self.is_lent {
            return;
        }
        // ^C stands on the line, or how far the work got.
        let line = if io::stderr().is_terminal() { "\r\u{1B}[K" } else { "" };
        let text = format!("{line}{}\n", told(&format!("warifu: {text}"), |_| false));
        let (said, is_said) = mpsc::channel();
        let says = move || {
            let _ = io::stderr().write_all(text.as_bytes());
            let _ = said.send(());
        };
        if thread::Builder::new().spawn(says).is_ok() {
            let _ = is_said.recv_timeout(TO_BE_READ);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_is_said() {
        let mut known = Known {
            written: vec!["a.csv".to_owned(), "b.csv".to_owned()],
            begun: Vec::new(),
            is_act: false,
            kept: None,
            instead: None,
            is_lent: false,
            lang: Lang::Ja,
        };
        assert_eq!(known.said(0), "中断しました。書きかけのものは残っていません。書き込み済み: a.csv、b.csv");
        assert!(known.said(1).starts_with("直ちに中断しました。一時ファイル"), "{}", known.said(1));
        known.begun = vec!["mirror".to_owned()];
        assert_eq!(known.said(0), "中断しました。未完了: mirror。書き込み済み: a.csv、b.csv");
        known.lang = Lang::En;
        assert_eq!(known.said(0), "interrupted; not whole: mirror; written whole: a.csv, b.csv");
        assert!(known.said(2).ends_with("; not whole: mirror; written whole: a.csv, b.csv"));
        (known.written, known.begun) = (Vec::new(), Vec::new());
        assert_eq!(known.said(0), "interrupted; nothing half-written is left");
    }
}
