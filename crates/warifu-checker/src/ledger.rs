//! The log of acts, and what waits for it. That it cannot be written is told, and stops nothing: service
//! comes first. What was not written waits, also over a kill ([`crate::unwritten`]), and is written with the
//! instant at which it was done.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwapOption;
use warifu_audit::{Act, AuditLog, LogError, account};
use warifu_trust::UnixSeconds;

use crate::cause::{Amiss, Cause, not_on_disk};
use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::StateDirectory;
use crate::unwritten::{Done, Left, NotHad, Unwritten};

/// So many acts wait for a disk that does not take them; the oldest go then, and how many is told.
pub(crate) const WAITING: usize = 256;

/// The longest pause before they are written once more.
const LONGEST_PAUSE_SECONDS: i64 = 60;

/// The log of acts.
pub(crate) struct Ledger {
    audit: AuditLog,
    unwritten: Unwritten,
    log: Log,
    /// Held by whoever writes, for as long as the disk takes.
    waiting: Mutex<Waiting>,
    /// Why some wait.
    amiss: ArcSwapOption<Amiss>,
}

/// Acts that are not in the log.
#[derive(Default)]
pub(crate) struct Waiting {
    left: Left,
    /// Whether they lie beside the log, as they are here.
    are_kept: bool,
    /// How often they were tried.
    times: u32,
    /// When they are tried again.
    until: Option<UnixSeconds>,
    /// What keeps them from the log.
    wrong: Option<Amiss>,
    /// Why what an earlier process left could not be read: it stays as it is, and is read once more with
    /// each try.
    unread: Option<Amiss>,
}

impl Waiting {
    /// Whether they are tried now: also where the clock was set back since, and it would be for years.
    fn is_due(&self, now: UnixSeconds) -> bool {
        let longest = now.seconds().saturating_add(LONGEST_PAUSE_SECONDS);
        self.until.is_none_or(|until| until <= now || until.seconds() > longest)
    }
}

impl Waiting {
    /// Whether there is anything to try again.
    fn has_work(&self) -> bool {
        !self.left.acts.is_empty() || self.unread.is_some()
    }

    /// It did not come to its end: when it is tried again.
    fn pause(&mut self, now: UnixSeconds) {
        self.times = self.times.saturating_add(1);
        let pause = 2i64.saturating_pow(self.times).min(LONGEST_PAUSE_SECONDS);
        self.until = Some(UnixSeconds::new(now.seconds().saturating_add(pause)));
    }
}

impl Ledger {
    /// Of the checker whose state lies in `folder`, with all that an earlier process could not write, as far
    /// as the disk takes it now.
    pub(crate) fn open(folder: &Path, now: UnixSeconds, log: Log) -> Ledger {
        let path = StateDirectory::look_at(folder).audit();
        let audit = AuditLog::at(&path, &account(), env!("WARIFU_VERSION"));
        let unwritten = Unwritten::below(folder);
        let (waiting, amiss) = (Mutex::default(), ArcSwapOption::empty());
        let ledger = Ledger { audit, unwritten, log, waiting, amiss };
        let mut waiting = ledger.hold();
        waiting.left.after = ledger.audit.head().ok().map(|head| head.entries);
        ledger.read_earlier(&mut waiting);
        if waiting.has_work() {
            ledger.write(&mut waiting, now);
        }
        drop(waiting);
        ledger
    }

    /// Puts what an earlier process left before all that waits, as far as this machine gives it.
    fn read_earlier(&self, waiting: &mut Waiting) {
        waiting.unread = match self.unwritten.read(&self.audit) {
            // They were in the log already.
            Ok(earlier) if earlier.acts.is_empty() => {
                self.unwritten.clear();
                None
            }
            Ok(earlier) => {
                waiting.are_kept = false;
                waiting.left.left_out += earlier.left_out;
                waiting.left.after = earlier.after;
                let since = std::mem::replace(&mut waiting.left.acts, earlier.acts);
                waiting.left.acts.extend(since);
                waiting.wrong.get_or_insert_with(|| Amiss::new(Cause::DiskFault, before_this_start()));
                None
            }
            Err(NotHad::Damaged(why)) => {
                self.log.event(Event::ActsNotWritten, &why);
                None
            }
            Err(NotHad::Here(why)) => {
                let amiss = Amiss::new(Cause::DiskFault, earlier_unread(&why));
                if waiting.unread.as_ref() != Some(&amiss) {
                    self.log.event(Event::ActsNotWritten, &amiss.why);
                }
                Some(amiss)
            }
        };
    }

    /// Why acts are not in the log, if some are not. Nobody who asks waits for a disk.
    pub(crate) fn not_written(&self) -> Option<Amiss> {
        self.amiss.load().as_deref().cloned()
    }

    /// Writes what waits once more: less and less often, at most a minute apart.
    pub(crate) fn write_again(&self, now: UnixSeconds) {
        let mut waiting = self.hold();
        if waiting.has_work() && waiting.is_due(now) {
            if waiting.unread.is_some() {
                self.read_earlier(&mut waiting);
            }
            self.write(&mut waiting, now);
        }
    }

    /// Whoever has this is the only one who tells.
    pub(crate) fn hold(&self) -> MutexGuard<'_, Waiting> {
        // A panic elsewhere leaves whole acts here.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes this too, behind all that waits.
    pub(crate) fn put(&self, mut waiting: MutexGuard<'_, Waiting>, done: Done, at: UnixSeconds) {
        // What is done last of all is not done again.
        let is_last = done.act == Act::Stop;
        waiting.left.acts.push_back(done);
        waiting.are_kept = false;
        if waiting.left.acts.len() > WAITING {
            waiting.left.acts.pop_front();
            waiting.left.left_out += 1;
        }
        if is_last || waiting.is_due(at) {
            self.write(&mut waiting, at);
        } else {
            self.keep(&mut waiting);
            self.show(&waiting);
        }
    }

    /// Writes all that waits, the oldest first, as far as the disk takes it.
    fn write(&self, waiting: &mut Waiting, now: UnixSeconds) {
        while let Some(Done { at, act, phase, subject }) = waiting.left.acts.front() {
            let mut subject = subject.clone();
            if waiting.left.left_out > 0 {
                subject.insert("left_out".to_owned(), waiting.left.left_out.to_string());
            }
            let told = self.audit.tell(*at, *act, *phase, subject);
            if let Err(error) = &told {
                waiting.pause(now);
                let wrong = not_taken(error);
                let is_news = waiting.wrong.as_ref() != Some(&wrong);
                waiting.wrong = Some(wrong);
                self.keep(waiting);
                self.show(waiting);
                if is_news && let Some(amiss) = self.not_written() {
                    self.log.event(Event::ActsNotWritten, &amiss.why);
                }
                return;
            }
            waiting.left.acts.pop_front();
            waiting.left.after = told.ok().map(|head| head.entries);
            (waiting.left.left_out, waiting.are_kept) = (0, false);
        }
        match waiting.unread {
            Some(_) => waiting.pause(now),
            None => (waiting.times, waiting.until) = (0, None),
        }
        if waiting.wrong.take().is_some() && waiting.unread.is_none() {
            self.unwritten.clear();
            self.log.event(
                Event::ActsWritten,
                &Said::new(
                    "the log of acts is complete again",
                    "未記録だった操作をすべて操作記録に書き込みました",
                ),
            );
        }
        self.show(waiting);
    }

    /// Keeps what waits beside the log, where it is not kept as it is: a kill takes none of it away.
    fn keep(&self, waiting: &mut Waiting) {
        // What could not be read is not written over.
        if !waiting.are_kept && waiting.unread.is_none() {
            waiting.are_kept = self.unwritten.keep(&waiting.left).is_ok();
        }
    }

    /// What is told of it to who asks.
    fn show(&self, waiting: &Waiting) {
        let acts = waiting.left.acts.len() as u64 + waiting.left.left_out;
        let said = |wrong: &Amiss| waits(acts, waiting.are_kept, &wrong.why);
        let amiss = waiting.wrong.as_ref().map(|wrong| Amiss::new(wrong.cause, said(wrong)));
        let amiss = amiss.or_else(|| waiting.unread.clone());
        self.amiss.store(amiss.map(Arc::new));
    }
}

/// How many acts wait, and for what.
fn waits(acts: u64, are_kept: bool, why: &Said) -> Said {
    let wait = Said::new(
        format!(
            "{acts} acts are not in the log of acts yet and are written as soon as they can be: {}",
            why.en
        ),
        format!(
            "操作記録に未記録の操作が {acts} 件あります（書き込めるようになり次第記録します）: {}",
            why.ja
        ),
    );
    wait.then(&match are_kept {
        true => Said::new(
            "they are kept in a file of their own meanwhile",
            "それまでは別のファイルに保存しています",
        ),
        false => not_on_disk(),
    })
}

/// What the earlier process left is there and cannot be read.
fn earlier_unread(why: &Said) -> Said {
    Said::new(
        format!("what was done before this start and is not in the log of acts cannot be read: {}", why.en),
        format!("今回の起動より前の未記録の操作を読み取れません: {}", why.ja),
    )
    .then(&Said::new("it stays there and is read again", "そのまま残し、再度読み取ります"))
}

/// What kept acts from the log that an earlier process left.
fn before_this_start() -> Said {
    Said::new("they could not be written before this start", "今回の起動より前に書き込めませんでした")
}

/// Why an act was not written. What to do with a log that was changed by hand is another thing here than
/// where the file can be named.
fn not_taken(error: &LogError) -> Amiss {
    match error {
        LogError::Io { error: source, .. } => Amiss::new(Cause::of_disk(source), Said::of(error)),
        LogError::Unreadable(_) => Amiss::new(Cause::DiskFault, Said::of(error)),
        LogError::Broken { path } => {
            let path = path.display();
            let why = Said::new(
                format!(
                    "the end of {path} is no entry: it was changed by hand; move it away for whoever audits, \
                     and a new one is begun"
                ),
                format!(
                    "{path} の末尾が記録の形式ではありません（手作業による変更）。監査担当者のために別の場所へ移してください。\
                     新しいファイルに記録します"
                ),
            );
            Amiss::new(Cause::DiskFault, why)
        }
    }
}
