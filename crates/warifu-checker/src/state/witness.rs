//! What the log of acts and the history tell of releases, in the order in which it came to be.
//!
//! Times only tell: a clock may be set back. The log numbers its entries, and the history has its acts in the
//! order in which they were told; what both have puts the one in its place among the other. The log tells by
//! its chain whether it is what was written; the history does not.

use serde::Deserialize;
use warifu_audit::{Act, AuditHead, Entry, Phase, Verified, verify};
use warifu_files::ReadError;
use warifu_trust::UnixSeconds;

use crate::cause::Cause;
use crate::said::Said;
use crate::state::reason::Reason;

/// What an act tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// It judges, and was confirmed: what a start finds on probation is left for what was confirmed before.
    Judges(u64),
    /// It judges from then on. The first release of a checker is confirmed at once.
    Activated(u64),
    /// One is gone back to, and another left.
    WentBack {
        /// What judges after it.
        to: u64,
        /// What was left, where that is told.
        from: Option<u64>,
    },
    /// It does not judge after all, and is tried again: a program was given it only just before an end.
    TakenBack(u64),
    /// It is not taken.
    Held(u64),
    /// It is taken again.
    Unheld(u64),
    /// It judged when the checker ended as it should.
    Ended(u64),
    /// Nothing is activated.
    Frozen,
    /// Releases are activated again.
    Thawed,
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) at: UnixSeconds,
    pub(super) tells: Tells,
    /// Its number in the log; none where the history alone has it.
    pub(super) number: Option<u64>,
    /// Of a freeze, the operator's words.
    pub(super) reason: Option<Reason>,
    /// It is not taken because it was withdrawn: that its organisation says, for as long as it does.
    pub(super) is_withdrawn: bool,
}

/// What the history has that is asked here.
#[derive(Default, Deserialize)]
struct Kept {
    #[serde(default)]
    acts: Vec<KeptAct>,
    #[serde(default)]
    days: Vec<KeptDay>,
}

#[derive(Deserialize)]
struct KeptAct {
    at: UnixSeconds,
    act: String,
    release: Option<u64>,
    from: Option<u64>,
    why: Option<Said>,
}

#[derive(Deserialize)]
struct KeptDay {
    releases: Vec<KeptRelease>,
}

#[derive(Deserialize)]
struct KeptRelease {
    release: Option<u64>,
}

impl Seen {
    /// By a line of the log of acts.
    fn of_entry(entry: &Entry) -> Option<Seen> {
        let subject = |name: &str| entry.subject.get(name);
        let number = |name: &str| subject(name).and_then(|release| release.parse::<u64>().ok());
        let release = number("release");
        let tells = match (entry.act, entry.phase) {
            (Act::Start | Act::Confirm | Act::Regain, Phase::Done) => Tells::Judges(release?),
            (Act::Swap, Phase::Done) => Tells::Activated(release?),
            (Act::FallBack, Phase::Done) => Tells::WentBack { to: release?, from: number("from") },
            (Act::TakeBack, Phase::Done) => Tells::TakenBack(release?),
            (Act::Hold, Phase::Done | Phase::Refused) => Tells::Held(release?),
            (Act::Unhold, Phase::Done) => Tells::Unheld(release?),
            (Act::Stop, Phase::Done) => Tells::Ended(release?),
            (Act::Freeze, Phase::Done) => Tells::Frozen,
            (Act::Thaw, Phase::Done) => Tells::Thawed,
            _ => return None,
        };
        Some(Seen {
            at: UnixSeconds::new(entry.at.as_second()),
            tells,
            number: Some(entry.number),
            reason: subject("why").and_then(|why| reason_in(why)),
            is_withdrawn: subject("cause").is_some_and(|cause| cause == Cause::Withdrawn.label()),
        })
    }

    /// By an act of the history.
    fn of_kept(kept: &KeptAct) -> Option<Seen> {
        let tells = match (&*kept.act, kept.release) {
            ("started" | "confirmed" | "regained", Some(release)) => Tells::Judges(release),
            ("activated", Some(release)) => Tells::Activated(release),
            ("fell-back", Some(to)) => Tells::WentBack { to, from: kept.from },
            ("taken-back", Some(release)) => Tells::TakenBack(release),
            ("held", Some(release)) => Tells::Held(release),
            ("unheld", Some(release)) => Tells::Unheld(release),
            ("ended", Some(release)) => Tells::Ended(release),
            ("frozen", _) => Tells::Frozen,
            ("thawed", _) => Tells::Thawed,
            _ => return None,
        };
        let reason = kept.why.as_ref().and_then(|why| reason_in(&why.en));
        Some(Seen { at: kept.at, tells, number: None, reason, is_withdrawn: false })
    }

    fn is_same(&self, other: &Seen) -> bool {
        (self.at, self.tells) == (other.at, other.tells)
    }
}

/// The operator's words in what was written down of a decision: they stand behind when it was taken.
fn reason_in(why: &str) -> Option<Reason> {
    why.split_once(": ")?.1.parse().ok()
}

/// What both tell, read once.
#[derive(Debug)]
pub(super) struct Witnesses {
    acts: Vec<Seen>,
    log: Result<Verified, Said>,
    /// What is wrong with the history.
    history: Option<Said>,
    /// The newest release of which the history counted anything.
    judged: Option<u64>,
}

impl Witnesses {
    /// By the bytes of the log of acts and of the history, as they could be read. What is no entry tells
    /// nothing: the rest still does, and that there is such is told.
    pub(super) fn read(log: Result<Vec<u8>, ReadError>, history: Result<Vec<u8>, ReadError>) -> Witnesses {
        let (entries, log) = read_log(log);
        let (kept, history) = match history {
            Ok(bytes) => match serde_json::from_slice::<Kept>(&bytes) {
                Ok(kept) => (kept, None),
                Err(_) => (Kept::default(), Some(history_damaged())),
            },
            Err(ReadError::Missing { .. }) => (Kept::default(), None),
            Err(error) => (Kept::default(), Some(Said::of(&error))),
        };
        let judged = kept.days.iter().flat_map(|day| &day.releases).filter_map(|it| it.release).max();
        let of_log = entries.iter().filter_map(Seen::of_entry).collect();
        let of_history = kept.acts.iter().filter_map(Seen::of_kept).collect();
        Witnesses { acts: in_order(of_log, of_history), log, history, judged }
    }

    /// Every act, the oldest first.
    pub(super) fn acts(&self) -> &[Seen] {
        &self.acts
    }

    /// The acts since the log was as far as `head`.
    ///
    /// # Errors
    /// Why that cannot be told: the log is damaged, gone or another one.
    pub(super) fn since(&self, head: AuditHead) -> Result<&[Seen], Said> {
        let log = self.log.as_ref().map_err(Clone::clone)?;
        log.keeps(head).map_err(|not| in_log(&Said::both(&not)))?;
        let is_older = |seen: &Seen| seen.number.is_some_and(|number| number <= head.entries);
        let first = match self.acts.iter().rposition(is_older) {
            Some(last_older) => last_older + 1,
            // What the history has from before this log began is older than it.
            None => self.acts.iter().position(|seen| seen.number.is_some()).unwrap_or(self.acts.len()),
        };
        Ok(&self.acts[first..])
    }

    /// The newest release of which the history counted anything.
    pub(super) fn judged(&self) -> Option<u64> {
        self.judged
    }

    /// Whether the log of acts is what was written.
    pub(super) fn log_is_whole(&self) -> bool {
        self.log.is_ok()
    }

    /// What is wrong with them.
    pub(super) fn damage(&self) -> Option<Said> {
        match (self.log.as_ref().err(), &self.history) {
            (Some(log), Some(history)) => Some(log.then(history)),
            (one, other) => one.or(other.as_ref()).cloned(),
        }
    }
}

/// The entries by their numbers, and whether they are what was written. A line without an end was never an
/// entry: whoever wrote it was stopped.
fn read_log(log: Result<Vec<u8>, ReadError>) -> (Vec<Entry>, Result<Verified, Said>) {
    let bytes = match log {
        Ok(bytes) => bytes,
        Err(ReadError::Missing { .. }) => Vec::new(),
        Err(error) => return (Vec::new(), Err(Said::of(&error))),
    };
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    match verify(&bytes[..end]) {
        Ok(verified) => (verified.entries().to_vec(), Ok(verified)),
        Err(faults) => {
            let lines = bytes.split(|byte| *byte == b'\n');
            let mut entries: Vec<Entry> = lines.filter_map(|it| serde_json::from_slice(it).ok()).collect();
            entries.sort_by_key(|entry| entry.number);
            let fault = faults.first().map_or_else(|| Said::new("", ""), Said::both);
            (entries, Err(in_log(&fault)))
        }
    }
}

fn in_log(what: &Said) -> Said {
    Said::new(
        format!("the log of acts (audit.jsonl) is damaged: {}", what.en),
        format!("操作記録（audit.jsonl）が壊れています: {}", what.ja),
    )
}

fn history_damaged() -> Said {
    Said::new("the history (history.json) is damaged", "履歴（history.json）が壊れています")
}

/// Both in one order: what the history alone has stands behind what it has before it and the log has too. The
/// log is written at once, so what only it has came after that.
fn in_order(log: Vec<Seen>, history: Vec<Seen>) -> Vec<Seen> {
    let (mut all, mut left) = (Vec::new(), &log[..]);
    for act in history {
        if let Some(at) = left.iter().position(|of_log| of_log.is_same(&act)) {
            all.extend_from_slice(&left[..=at]);
            left = &left[at + 1..];
        } else if !log.iter().any(|of_log| of_log.is_same(&act)) {
            all.push(act);
        }
    }
    all.extend_from_slice(left);
    all
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use warifu_audit::AuditLog;

    use super::*;

    /// The bytes of a log of these acts, each at its second.
    pub(in crate::state) fn log(acts: &[(i64, Act, Option<u64>)]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::at(&folder.path().join("log"), "somebody", "0");
        for (second, act, release) in acts {
            let subject = release.iter().map(|it| ("release".to_owned(), it.to_string()));
            let subject = subject.collect::<BTreeMap<_, _>>();
            log.tell(Timestamp::from_second(*second).unwrap(), *act, Phase::Done, subject).unwrap();
        }
        log.bytes().unwrap()
    }

    fn missing() -> Result<Vec<u8>, ReadError> {
        Err(ReadError::Missing { path: "here".into() })
    }

    fn tells(witnesses: &Witnesses) -> Vec<Tells> {
        witnesses.acts().iter().map(|seen| seen.tells).collect()
    }

    #[test]
    fn a_clock_that_was_set_back_changes_no_order() {
        let acts = [
            (900, Act::Swap, Some(1)),
            (910, Act::Swap, Some(2)),
            (920, Act::Confirm, Some(2)),
            (100, Act::FallBack, Some(1)),
        ];
        let told = Witnesses::read(Ok(log(&acts)), missing());
        assert_eq!(tells(&told).last(), Some(&Tells::WentBack { to: 1, from: None }));
        assert!(told.damage().is_none() && told.log_is_whole());
    }

    #[test]
    fn what_the_history_alone_has_finds_its_place_among_what_both_have() {
        let bytes = log(&[(5, Act::Swap, Some(1)), (6, Act::Confirm, Some(1)), (7, Act::Unhold, Some(9))]);
        let history = r#"{"acts": [
            {"at": "1970-01-01T00:00:09Z", "act": "held", "release": 8},
            {"at": "1970-01-01T00:00:05Z", "act": "activated", "release": 1},
            {"at": "1970-01-01T00:00:01Z", "act": "held", "release": 9},
            {"at": "1970-01-01T00:00:06Z", "act": "confirmed", "release": 1},
            {"at": "1970-01-01T00:00:06Z", "act": "frozen",
             "why": {"en": "an operator froze activation at once: 訂正", "ja": "…"}}],
            "days": [{"releases": [{"release": 7}, {"release": null}]}]}"#;
        let told = Witnesses::read(Ok(bytes), Ok(history.into()));
        let held = Tells::Held;
        let expected =
            [held(8), Tells::Activated(1), held(9), Tells::Judges(1), Tells::Frozen, Tells::Unheld(9)];
        assert_eq!((tells(&told), told.judged()), (expected.to_vec(), Some(7)));
        assert_eq!(told.acts()[4].reason, "訂正".parse().ok());
        // What it had before this log began is no news to whoever knew the log's first entries.
        let head = AuditHead { log: of_nothing(), entries: 0, digest: of_nothing() };
        assert_eq!(told.since(head).unwrap().len(), 5);
    }

    fn of_nothing() -> warifu_values::digest::Digest {
        warifu_values::digest::Digest::of(b"")
    }

    #[test]
    fn what_is_no_entry_or_breaks_the_chain_is_told_and_a_torn_line_is_not() {
        let whole = log(&[(1, Act::Swap, Some(1)), (2, Act::Swap, Some(2)), (3, Act::FallBack, Some(1))]);
        let head = {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log");
            std::fs::write(&path, &whole).unwrap();
            AuditLog::at(&path, "", "").head().unwrap()
        };
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let said = |bytes: Vec<u8>| {
            let told = Witnesses::read(Ok(bytes), missing());
            (told.damage().map(|said| said.en), told.since(head).is_ok())
        };
        assert_eq!(said(whole.clone()), (None, true));
        assert_eq!(said([&whole[..], b"{\"number\":4"].concat()), (None, true), "a torn line");
        for broken in [[lines[0], lines[2]].concat(), [lines[0], b"junk\n", lines[1], lines[2]].concat()] {
            let (why, is_told) = said(broken);
            assert!(why.is_some_and(|why| why.contains("audit.jsonl")) && !is_told);
        }
        // Cut off it is a log like any other, but not the one that was known.
        assert_eq!(said([lines[0], lines[1]].concat()), (None, false));
        let moved = Witnesses::read(Ok([lines[0], lines[2], lines[1]].concat()), missing());
        assert_eq!(tells(&moved).last(), Some(&Tells::WentBack { to: 1, from: None }), "by its number");
    }
}
