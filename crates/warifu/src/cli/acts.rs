//! What the commands write down of themselves in the log of acts.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use warifu::error::{Exit, Failure};
use warifu::interrupt::{ActToTell, Whole};
use warifu_audit::{Act, AuditHead, AuditLog, Begun, LogError, Phase, account};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::invocation::typed;
use super::{clock, memory};

/// The log's name in the folder of what is remembered.
const FILE: &str = "audit.jsonl";

/// The log of acts, and what is noted of the one that runs.
pub(crate) struct Acts {
    log: Option<AuditLog>,
    notes: RefCell<BTreeMap<String, String>>,
}

impl Acts {
    /// The log at `chosen`, otherwise beside what is remembered of channels.
    pub(crate) fn new(chosen: Option<PathBuf>) -> Self {
        let path = chosen.or_else(|| Some(memory::all()?.join(FILE)));
        let log = path.map(|path| AuditLog::at(&path, &account(), env!("WARIFU_VERSION")));
        Acts { log, notes: RefCell::default() }
    }

    /// The log.
    pub(crate) fn log(&self) -> Result<&AuditLog, Failure> {
        self.log.as_ref().ok_or_else(|| {
            Failure::new(
                Exit::CouldNotRun,
                "there is no home folder for the log of acts; name a file with WARIFU_AUDIT",
                "監査ログを置くホームフォルダーがありません。WARIFU_AUDIT でファイルを指定してください",
            )
        })
    }

    /// How far the log got, to be written where others keep it.
    pub(crate) fn head(&self) -> Result<AuditHead, Failure> {
        self.log()?.head().map_err(|error| failure(&error))
    }

    /// Notes something of the act that runs: a release, a digest, a commit.
    pub(crate) fn note(&self, name: &str, value: impl ToString) {
        self.notes.borrow_mut().insert(name.to_owned(), value.to_string());
    }

    /// Runs what is the act `act`, and writes down how it ended. What changes something that git does not
    /// keep is written down before it begins too, so that one cut off in the middle is seen. At Ctrl-C, what
    /// wrote something is written down as it ended, and what was only begun as interrupted.
    pub(crate) fn around(
        &self,
        act: Act,
        command: &[OsString],
        lang: Lang,
        run: impl FnOnce() -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        let log = self.log()?;
        let whole = Whole::begin();
        let subject = || BTreeMap::from([("command".to_owned(), typed(command).join(" "))]);
        let begun = match act {
            Act::Draft | Act::Sign | Act::Publish | Act::Withdraw | Act::Key | Act::Root => {
                let begun = log.begin(now(), act, subject()).map_err(|error| failure(&error))?;
                Some(Arc::new(Mutex::new(Some(begun))))
            }
            // That there is a place to write to is known before anything is done.
            _ => {
                log.head().map_err(|error| failure(&error))?;
                None
            }
        };
        let instead = begun.clone().map(|begun| -> Box<dyn FnOnce() + Send> {
            let log = log.clone();
            Box::new(move || interrupted(&log, &begun))
        });
        let act_to_tell = ActToTell::begin(instead);
        drop(whole);
        let ended = run();
        let _whole = Whole::begin();
        let mut notes = self.notes.take();
        let phase = match &ended {
            Ok(Exit::Done) => Phase::Done,
            Ok(_) => Phase::Refused,
            Err(failure) => {
                let why = failure.say(Lang::En);
                notes.insert("why".into(), why.lines().next().unwrap_or_default().to_owned());
                Phase::Refused
            }
        };
        let status = ended.as_ref().map_or_else(|failure| failure.exit, |exit| *exit);
        notes.insert("status".into(), status.code().to_string());
        let written = match begun.and_then(|begun| taken(&begun)) {
            Some(begun) => log.end(now(), begun, phase, notes),
            None => {
                notes.extend(subject());
                log.tell(now(), act, phase, notes)
            }
        };
        if let Err(error) = written {
            tell_unwritten(&error, lang);
        }
        drop(act_to_tell);
        ended
    }
}

fn taken(begun: &Mutex<Option<Begun>>) -> Option<Begun> {
    begun.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Writes down that somebody ended what `begun` tells of, before it wrote anything.
fn interrupted(log: &AuditLog, begun: &Mutex<Option<Begun>>) {
    let Some(begun) = taken(begun) else { return };
    let subject = [("why", "interrupted"), ("status", "130")];
    let subject = subject.map(|(name, value)| (name.to_owned(), value.to_owned()));
    // Where that fails, the log says that it was begun; the program ends all the same.
    let _ = log.end(now(), begun, Phase::Refused, BTreeMap::from(subject));
}

/// The act is over, whatever becomes of its entry; the one that tells of its beginning stands alone then.
fn tell_unwritten(error: &LogError, lang: Lang) {
    let error = error.say(lang);
    let told = say!(
        lang,
        "warifu: how it ended could not be written down: {error}\n",
        "warifu: 結果を監査ログに記録できませんでした: {error}\n"
    );
    // Who closed standard error does not read it.
    let _ = io::stderr().write_all(told.as_bytes());
}

pub(super) fn failure(error: &LogError) -> Failure {
    Failure::told(Exit::CouldNotRun, error)
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(clock::now().seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
