//! How far a command got, for whoever waits at a terminal: one line on standard error that comes after a
//! second and goes away.

use std::io::{IsTerminal as _, stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is done within this, nobody waits for.
const UNSHOWN: Duration = Duration::from_secs(1);

/// How often the line is drawn again, so that it is seen to live.
const TICK: Duration = Duration::from_millis(200);

/// What is done, and for how long already. It never takes more than one line, however narrow the terminal.
const WORK: &str = "{spinner} {wide_msg} {elapsed_precise}";

/// The same with how many steps of how many are done.
const STEPS: &str = "{spinner} {wide_msg} {pos}/{len} {elapsed_precise}";

/// The line of one command. It is drawn only on a terminal, only after a second, and is gone when this is.
pub struct Progress {
    bar: ProgressBar,
    /// Who shows the line when its time has come; none where it is never shown.
    showing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// A line that is never shown.
    pub fn none() -> Progress {
        Progress { bar: ProgressBar::hidden(), showing: None }
    }

    /// The line of a command that does `what`, where a terminal is there to show it.
    pub fn begin(what: String) -> Progress {
        if stderr().is_terminal() {
            Progress::shown(what, ProgressDrawTarget::stderr)
        } else {
            Progress::none()
        }
    }

    fn shown(what: String, target: impl FnOnce() -> ProgressDrawTarget + Send + 'static) -> Progress {
        let bar = ProgressBar::hidden().with_style(style(WORK)).with_message(what);
        let (end, ended) = channel();
        let line = bar.clone();
        let shows = std::thread::spawn(move || {
            if ended.recv_timeout(UNSHOWN) == Err(RecvTimeoutError::Timeout) {
                line.set_draw_target(target());
                line.enable_steady_tick(TICK);
            }
        });
        Progress { bar, showing: Some((end, shows)) }
    }

    /// Says what is done now.
    pub fn say(&self, what: String) {
        self.bar.set_message(what);
    }

    /// The same for work of `count` steps.
    pub fn steps(&self, count: usize) -> Steps {
        self.bar.set_length(count as u64);
        self.bar.set_position(0);
        self.bar.set_style(style(if count > 1 { STEPS } else { WORK }));
        Steps(self.bar.clone())
    }

    /// Writes something else to the terminal, above the line.
    pub fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Ends the line.
    fn end(&mut self) {
        if let Some((end, shows)) = self.showing.take() {
            drop(end);
            // It draws or it waits; neither panics.
            let _ = shows.join();
        }
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// Work in steps; when this is gone, it is over.
pub struct Steps(ProgressBar);

impl Steps {
    /// Says what the step that is done now works on.
    pub fn say(&self, what: String) {
        self.0.set_message(what);
    }

    /// One more is done.
    pub fn done_one(&self) {
        self.0.inc(1);
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.0.set_style(style(WORK));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_understood() {
        for template in [WORK, STEPS] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn what_is_quickly_done_shows_nothing_and_is_not_waited_for() {
        let begun = std::time::Instant::now();
        let progress = Progress::shown("reading".to_owned(), || unreachable!("it is over"));
        progress.steps(3).done_one();
        assert_eq!(progress.above(|| 7), 7);
        drop(progress);
        assert!(begun.elapsed() < UNSHOWN);
    }

    #[test]
    fn what_takes_long_is_shown() {
        let (shown, is_shown) = channel();
        let progress = Progress::shown("reading".to_owned(), move || {
            shown.send(()).unwrap();
            ProgressDrawTarget::hidden()
        });
        assert!(is_shown.recv_timeout(UNSHOWN * 20).is_ok());
        drop(progress);
    }
}
