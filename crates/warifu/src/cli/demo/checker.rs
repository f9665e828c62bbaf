//! The running checker of the story: a real process, its claims over loopback, and its end.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use warifu::error::Failure;

use super::stage::{Stage, cannot, cannot_run, unexpected};

/// How long the story waits for anything that has to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `warifu-checker serve`. It ends with this value, however the story ends.
pub(super) struct Checker {
    child: Child,
    /// Where it answers.
    pub(super) url: String,
}

impl Checker {
    /// Starts it by the command line `words` and waits until it listens.
    ///
    /// # Errors
    /// When it ends or says nothing in time.
    pub(super) fn start(stage: &Stage, words: &str, log: &str) -> Result<Self, Failure> {
        stage.typed(&format!("warifu-checker {words} &"));
        let log = stage.at(log);
        let log_file = File::create(&log).map_err(|error| cannot(&log, &error))?;
        let mut command = stage.command(&stage.checker);
        command.args(words.split_whitespace()).stdout(Stdio::piped()).stderr(log_file);
        let mut child = command.spawn().map_err(|error| cannot_run(&stage.checker, &error))?;
        let output = child.stdout.take();
        let mut checker = Checker { child, url: String::new() };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            if let Some(output) = output {
                let _ = BufReader::new(output).read_line(&mut line);
            }
            let _ = sender.send(line);
        });
        let line = receiver.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let said = fs::read_to_string(&log).unwrap_or_default();
            return Err(unexpected(
                format_args!("the checker does not listen: {said}"),
                format_args!("チェッカーが待ち受けを始めません: {said}"),
            ));
        };
        checker.url = format!("http://{address}");
        stage.heard(&line);
        Ok(checker)
    }

    /// The number of its process.
    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Errors
    /// When it had ended by itself before.
    pub(super) fn kill(mut self) -> Result<(), Failure> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(unexpected(
                format_args!("the checker had ended by itself: {status}"),
                format_args!("チェッカーが先に終了していました: {status}"),
            ));
        }
        self.end();
        Ok(())
    }

    fn end(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.end();
    }
}

/// What one claim file came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    /// The release that judged.
    pub(super) release: u64,
    /// Claims in it.
    pub(super) claims: u64,
    /// Errors found.
    pub(super) errors: u64,
    /// Items that could not be judged.
    pub(super) unjudged: u64,
}

/// Sends a claim file; `None` when it was not answered in full.
pub(super) fn post(url: &str, claims: &[u8]) -> Option<Answer> {
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build();
    let agent: ureq::Agent = config.into();
    let mut response = agent.post(format!("{url}/check")).send(claims).ok()?;
    let release: u64 = response.headers().get("warifu-release")?.to_str().ok()?.parse().ok()?;
    let text = response.body_mut().read_to_string().ok()?;
    let summary: serde_json::Value = serde_json::from_str(text.lines().last()?).ok()?;
    let number = |name: &str| summary.get(name).and_then(serde_json::Value::as_u64);
    // The header and the last line must name the same release: an answer is of exactly one.
    (number("release")? == release).then_some(())?;
    Some(Answer {
        release,
        claims: number("claims")?,
        errors: number("errors")?,
        unjudged: number("unjudged")?,
    })
}

/// What a load came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Files answered, by the release that judged them.
    pub(super) by_release: BTreeMap<u64, u64>,
    /// Claims in them.
    pub(super) claims: u64,
    /// Errors and items not judged.
    pub(super) findings: u64,
    /// Files that were not answered.
    pub(super) failed: u64,
    /// The longest wait for an answer.
    pub(super) slowest: Duration,
}

impl Tally {
    /// Takes in one answer.
    pub(super) fn count(&mut self, answer: Option<Answer>, took: Duration) {
        self.slowest = self.slowest.max(took);
        match answer {
            Some(answer) => {
                *self.by_release.entry(answer.release).or_insert(0) += 1;
                self.claims += answer.claims;
                self.findings += answer.errors + answer.unjudged;
            }
            None => self.failed += 1,
        }
    }

    /// Takes in what another one counted.
    pub(super) fn add(&mut self, other: &Tally) {
        for (release, files) in &other.by_release {
            *self.by_release.entry(*release).or_insert(0) += files;
        }
        self.claims += other.claims;
        self.findings += other.findings;
        self.failed += other.failed;
        self.slowest = self.slowest.max(other.slowest);
    }

    /// Files answered.
    pub(super) fn files(&self) -> u64 {
        self.by_release.values().sum()
    }
}

/// Institutions that keep sending claim files until they are told to stop.
pub(super) struct Load {
    stop: Vec<mpsc::Sender<()>>,
    senders: Vec<JoinHandle<()>>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    tally: Mutex<Tally>,
    changed: Condvar,
}

impl Seen {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Load {
    /// The pause of an institution between two files.
    const PAUSE: Duration = Duration::from_millis(12);
    /// The most files that one institution sends: a story that got stuck does not send for ever.
    const MOST: usize = 2_000;

    /// Each of `files` is sent by an institution of its own, again and again.
    pub(super) fn start(url: &str, files: Vec<Vec<u8>>) -> Self {
        let seen = Arc::new(Seen::default());
        let mut load = Load { stop: Vec::new(), senders: Vec::new(), seen: Arc::clone(&seen) };
        for file in files {
            let (stop, stopped) = mpsc::channel();
            let (url, seen) = (url.to_owned(), Arc::clone(&seen));
            load.stop.push(stop);
            load.senders.push(std::thread::spawn(move || {
                for _ in 0..Load::MOST {
                    let began = Instant::now();
                    let answer = post(&url, &file);
                    seen.tally().count(answer, began.elapsed());
                    seen.changed.notify_all();
                    if stopped.recv_timeout(Load::PAUSE) != Err(RecvTimeoutError::Timeout) {
                        break;
                    }
                }
            }));
        }
        load
    }

    /// Waits until `files` were answered by `release`.
    ///
    /// # Errors
    /// When that takes too long.
    pub(super) fn wait_for(&self, files: u64, release: u64) -> Result<(), Failure> {
        let lacks = |tally: &mut Tally| tally.by_release.get(&release).is_none_or(|count| *count < files);
        let waited = self.seen.changed.wait_timeout_while(self.seen.tally(), PATIENCE, lacks);
        let (tally, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return Err(unexpected(
                format_args!("too few answers by release {release}: {:?}", tally.by_release),
                format_args!("リリース {release} の応答が足りません: {:?}", tally.by_release),
            ));
        }
        Ok(())
    }

    /// Lets everyone finish; what they saw.
    pub(super) fn finish(mut self) -> Tally {
        self.end();
        self.seen.tally().clone()
    }

    fn end(&mut self) {
        self.stop.clear();
        for sender in self.senders.drain(..) {
            // A sender that panicked has counted what it saw.
            let _ = sender.join();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}
