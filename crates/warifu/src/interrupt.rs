//! Ctrl-C while a command works: it ends at once where nothing is being written, and otherwise as soon as
//! what is being written stands whole or is gone again. A second Ctrl-C waits for nothing.
//!
//! Whoever writes holds a [`Whole`] while it does, and asks [`is_asked`] where it could as well give up. The
//! program ends by the signal, which a shell calls status 130, so that a script that runs it ends too.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, MutexGuard, PoisonError};

use warifu_usage::told;
use warifu_values::lang::Lang;
use warifu_values::say;

/// What is known about it, once for the program.
#[derive(Debug)]
struct Known {
    /// How many write.
    writing: usize,
    is_asked: bool,
    /// What was written whole.
    written: Vec<String>,
    /// Whether the terminal is another program's: nothing is said then.
    is_silent: bool,
    lang: Lang,
}

static KNOWN: Mutex<Known> =
    Mutex::new(Known { writing: 0, is_asked: false, written: Vec::new(), is_silent: false, lang: Lang::En });

fn known() -> MutexGuard<'static, Known> {
    // Whoever panicked while it held this had counted to the end.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Held while something is written that must stand whole or not at all.
#[derive(Debug)]
#[must_use = "what is written is whole as long as this is held"]
pub struct Whole(());

impl Whole {
    /// From now on a Ctrl-C waits.
    pub fn begin() -> Whole {
        known().writing += 1;
        Whole(())
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        let mut known = known();
        known.writing = known.writing.saturating_sub(1);
        if known.is_asked && known.writing == 0 {
            known.end();
        }
    }
}

/// Says that `what`, a file or a commit, was written whole.
pub fn wrote(what: impl std::fmt::Display) {
    known().written.push(what.to_string());
}

/// Whether somebody waits for the program to end: what is only begun is given up then.
pub fn is_asked() -> bool {
    known().is_asked
}

/// As an error of whoever writes, which drops what was begun.
///
/// # Errors
/// When the program is to end.
pub fn go_on() -> io::Result<()> {
    if is_asked() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
}

/// Says nothing from now on: another program has the terminal.
pub fn say_nothing() {
    known().is_silent = true;
}

/// Watches for Ctrl-C from now on, and says in `lang` what becomes of it. Where that cannot be watched for,
/// it ends the program as it always did.
#[cfg(unix)]
pub fn watch(lang: Lang) {
    known().lang = lang;
    let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT]) else { return };
    let watches = move || {
        for _ in signals.forever() {
            let mut known = known();
            if known.writing == 0 || known.is_asked {
                known.end();
            }
            known.is_asked = true;
            known.tell(&say!(
                lang,
                "ending as soon as what is being written is whole (Ctrl-C once more: at once)",
                "書き込み中のものを整えてから終了します（もう一度 Ctrl-C を押すと直ちに終了）"
            ));
        }
    };
    // It ends with the program.
    drop(std::thread::Builder::new().name("interrupt".to_owned()).spawn(watches));
}

/// Elsewhere the system does what it does.
#[cfg(not(unix))]
pub fn watch(_: Lang) {}

impl Known {
    /// Ends the program, which nobody keeps from it any more: nobody begins to write while this is held.
    fn end(&mut self) {
        let said = self.said();
        self.tell(&said);
        #[cfg(unix)]
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
        std::process::exit(130);
    }

    /// What is left behind.
    fn said(&self) -> String {
        let lang = self.lang;
        let written = match &self.written[..] {
            [] => String::new(),
            written => {
                let written = written.join(&say!(lang, ", ", "、"));
                say!(lang, "; written whole: {written}", "。書き込み済み: {written}")
            }
        };
        match self.writing {
            0 => say!(
                lang,
                "interrupted; nothing half-written is left{written}",
                "中断しました。書きかけのものは残っていません{written}"
            ),
            _ => say!(
                lang,
                "interrupted at once; a temporary file (.warifu-…, tmp_obj_…) may be left, which nothing \
                 reads{written}",
                "直ちに中断しました。一時ファイル（.warifu-…、tmp_obj_…）が残ることがありますが、読まれることは\
                 ありません{written}"
            ),
        }
    }

    #[expect(clippy::print_stderr, reason = "the program ends, whatever else has the terminal")]
    fn tell(&self, text: &str) {
        if !self.is_silent {
            // ^C stands on the line, or how far the work got.
            let line = if io::stderr().is_terminal() { "\r\u{1B}[K" } else { "" };
            eprintln!("{line}{}", told(&format!("warifu: {text}"), |_| false));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_behind_is_said() {
        let mut known = Known {
            writing: 0,
            is_asked: true,
            written: vec!["a.csv".to_owned(), "b.csv".to_owned()],
            is_silent: false,
            lang: Lang::Ja,
        };
        assert_eq!(known.said(), "中断しました。書きかけのものは残っていません。書き込み済み: a.csv、b.csv");
        known.writing = 1;
        assert!(known.said().starts_with("直ちに中断しました。一時ファイル"), "{}", known.said());
        known.written.clear();
        (known.writing, known.lang) = (0, Lang::En);
        assert_eq!(known.said(), "interrupted; nothing half-written is left");
    }
}
