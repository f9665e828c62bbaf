//! The chain: what a log's bytes say, and whether they are those that were written.

use std::collections::BTreeSet;

use warifu_values::audit::AuditHead;
use warifu_values::digest::Digest;

use crate::entry::Entry;
use crate::fault::{Fault, NotKept};

/// A log whose lines follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    entries: Vec<Entry>,
    /// Of each line.
    digests: Vec<Digest>,
}

/// Reads a log.
///
/// # Errors
/// Every [`Fault`], the first first.
pub fn verify(bytes: &[u8]) -> Result<Verified, Vec<Fault>> {
    let (whole, torn) = whole_lines(bytes);
    let lines: Vec<&[u8]> = whole.split(|byte| *byte == b'\n').collect();
    let lines = &lines[..lines.len().saturating_sub(1)];
    let mut faults = Vec::new();
    let (mut entries, mut digests): (Vec<Entry>, Vec<Digest>) = (Vec::new(), Vec::new());
    for (at, line) in (1..).zip(lines) {
        match serde_json::from_slice::<Entry>(line) {
            Ok(entry) => {
                entries.push(entry);
                digests.push(Digest::of(line));
            }
            Err(_) => faults.push(Fault::NotAnEntry { line: at }),
        }
    }
    if faults.is_empty() {
        faults = out_of_line(&entries, &digests);
    }
    if torn {
        faults.push(Fault::Torn { line: lines.len() as u64 + 1 });
    }
    if faults.is_empty() { Ok(Verified { entries, digests }) } else { Err(faults) }
}

/// The lines that end, and whether something stands after them.
pub(crate) fn whole_lines(bytes: &[u8]) -> (&[u8], bool) {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (&bytes[..end], end < bytes.len())
}

/// The digest that the first entry names as that of the line before.
pub(crate) fn of_nothing() -> Digest {
    Digest::of(b"")
}

fn out_of_line(entries: &[Entry], digests: &[Digest]) -> Vec<Fault> {
    let present: BTreeSet<u64> = entries.iter().map(|entry| entry.number).collect();
    let mut faults = Vec::new();
    let mut expected = 1;
    for (at, entry) in entries.iter().enumerate() {
        if entry.number < expected || present.range(expected..entry.number.max(expected)).next().is_some() {
            faults.push(Fault::Moved { number: entry.number, line: at as u64 + 1 });
            expected = expected.max(entry.number.saturating_add(1));
            continue;
        }
        if entry.number > expected {
            faults.push(Fault::Removed { first: expected, last: entry.number - 1 });
        } else {
            let before = at.checked_sub(1).map_or_else(of_nothing, |at| digests[at]);
            // Of two that do not fit, the one before was changed: what stands in it is what is held.
            if entry.previous != before {
                faults.push(Fault::Changed { number: at.max(1) as u64 });
            }
        }
        expected = entry.number.saturating_add(1);
    }
    faults.dedup();
    faults
}

impl Verified {
    /// Its entries, the oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How far it got.
    pub fn head(&self) -> AuditHead {
        AuditHead {
            log: self.digests.first().copied().unwrap_or_else(of_nothing),
            entries: self.entries.len() as u64,
            digest: self.digests.last().copied().unwrap_or_else(of_nothing),
        }
    }

    /// Whether this is the log that `head` was written down of, with nothing taken away since.
    ///
    /// # Errors
    /// [`NotKept`].
    pub fn keeps(&self, head: AuditHead) -> Result<(), NotKept> {
        let entries = self.entries.len() as u64;
        if head.entries > entries {
            return Err(NotKept::CutOff { entries, had: head.entries });
        }
        let then = match usize::try_from(head.entries).ok().and_then(|count| count.checked_sub(1)) {
            Some(at) => self.digests[at],
            None => of_nothing(),
        };
        let is_kept = then == head.digest && (head.entries == 0 || self.head().log == head.log);
        if is_kept { Ok(()) } else { Err(NotKept::Rewritten { number: head.entries }) }
    }
}
