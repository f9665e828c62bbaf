//! How this crate reads: it asks for one file after the other, by name and with a limit, and is given bytes.
//!
//! A [`Walk`] is a piece of work that is in the middle of its questions. Whoever drives it fetches what
//! [`Walk::need`] names, from wherever, and feeds it; what is believed is decided here, so no transport can
//! touch it. A walk is consumed by each answer: none can be skipped, repeated or given after the end.

use crate::metadata::ChannelPath;
use crate::refusal::Refusal;

/// The file wanted next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Where it lies.
    pub path: ChannelPath,
    /// How many bytes of it are taken at most; a transport need not read further.
    pub limit_bytes: u64,
}

/// What was found where a [`Need`] pointed. Whatever it claims is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file's bytes.
    File(Vec<u8>),
    /// There is no such file.
    Absent,
    /// The file goes on after the limit.
    TooLong,
}

/// Work that reads files, stopped where it needs the next one.
pub trait Walk: Sized {
    /// What comes out at the end.
    type Done;
    /// Why nothing does.
    type Error;

    /// The file wanted next.
    fn need(&self) -> &Need;

    /// The files that will be wanted after it, as far as that does not hang on the answer, in their order:
    /// whoever drives the walk may fetch them meanwhile. It is no promise, and nothing is believed of it: an
    /// answer counts when its question is put.
    fn ahead(&self) -> Vec<Need> {
        Vec::new()
    }

    /// Takes what was found there and goes on to the next question or the end.
    ///
    /// # Errors
    ///
    /// The verdict, when it is against what was found.
    fn feed(self, answer: Answer) -> Result<Step<Self>, Self::Error>;
}

/// Where a walk stands after an answer.
#[derive(Debug)]
#[must_use = "a walk that is dropped has verified nothing"]
pub enum Step<W: Walk> {
    /// It needs another file.
    Next(W),
    /// It is at its end.
    Done(W::Done),
}

impl<W: Walk> Step<W> {
    /// The same of the walk that `whole` makes of this one.
    pub(crate) fn map<V: Walk<Done = W::Done>>(self, whole: impl FnOnce(W) -> V) -> Step<V> {
        match self {
            Step::Next(walk) => Step::Next(whole(walk)),
            Step::Done(done) => Step::Done(done),
        }
    }
}

impl Need {
    pub(crate) fn new(path: ChannelPath, limit_bytes: u64) -> Self {
        Need { path, limit_bytes }
    }

    /// The bytes of `answer`, none when the file is absent. The limit holds whether the transport kept it or
    /// not.
    pub(crate) fn taken(&self, answer: Answer) -> Result<Option<Vec<u8>>, Refusal> {
        match answer {
            Answer::Absent => Ok(None),
            Answer::File(bytes) if bytes.len() as u64 <= self.limit_bytes => Ok(Some(bytes)),
            Answer::File(_) | Answer::TooLong => {
                Err(Refusal::TooLong { file: self.path.to_string(), limit_bytes: self.limit_bytes })
            }
        }
    }
}
