//! The answer to a claim file: the lines that `warifu-checker check --json` prints, and their sums.

use warifu_claims::ClaimFile;
use warifu_judging::{Summary, answer};

use crate::fault::Fault;
use crate::opened::OpenRelease;

/// What a claim file came to.
pub(crate) struct Judged {
    /// One JSON object a line, each line ended by LF.
    pub(crate) lines: String,
    /// Where each line ends.
    ends: Vec<usize>,
    pub(crate) summary: Summary,
}

impl Judged {
    /// Judges the claim file `bytes`.
    pub(crate) fn of(release: &OpenRelease, bytes: &[u8]) -> Result<Judged, Fault> {
        let answer = answer(&ClaimFile::read(bytes), &release.snapshot, &release.receipt);
        // JSON is UTF-8, and has no line feed inside.
        let lines = String::from_utf8(answer.lines).map_err(|_| Fault::broken())?;
        let ends = lines.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Ok(Judged { lines, ends, summary: answer.summary })
    }

    /// How many lines there are: findings, and the summary at last.
    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Line `index`, from 0, without its end.
    pub(crate) fn line(&self, index: usize) -> Result<&str, Fault> {
        let no_line = || Fault::no_line(index, self.count());
        let end = *self.ends.get(index).ok_or_else(no_line)?;
        let begin = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| end + 1);
        self.lines.get(begin..end).ok_or_else(no_line)
    }
}
