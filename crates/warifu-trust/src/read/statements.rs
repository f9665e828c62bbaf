//! The walk along what each organisation said alone: numbered files, until one is not there.

use crate::limits;
use crate::metadata::ChannelPath;
use crate::organisation::Organisation;
use crate::read::walk::{Answer, Need};
use crate::root::SignedRoot;
use crate::statement::{StatementFile, Statements};

/// The question for the next statement.
pub(crate) struct NextStatement {
    pub(crate) need: Need,
    organisation: Organisation,
    number: u64,
}

impl NextStatement {
    /// Asks for the first that `known` has not seen.
    pub(crate) fn after(known: &Statements) -> Self {
        NextStatement::at(Organisation::Kikin, known.next(Organisation::Kikin))
    }

    fn at(organisation: Organisation, number: u64) -> Self {
        let need = Need::new(ChannelPath::statement(organisation, number), limits::STATEMENT_BYTES);
        NextStatement { need, organisation, number }
    }

    /// Takes the answer in; the question after it, unless there is none.
    ///
    /// What is no statement of anybody whom `root` lists is passed over: it could as well not be there, and
    /// must not hide those after it.
    pub(crate) fn take(self, answer: Answer, known: &mut Statements, root: &SignedRoot) -> Option<Self> {
        let NextStatement { need, organisation, number } = self;
        let file = match answer {
            Answer::Absent => None,
            Answer::TooLong => Some(Vec::new()),
            Answer::File(bytes) => Some(need.taken(Answer::File(bytes)).ok().flatten().unwrap_or_default()),
        };
        if let Some(bytes) = file {
            *known.seen.of_mut(organisation) = number;
            known.held.extend(StatementFile::verify(&bytes, organisation, root));
            if number < limits::STATEMENTS {
                return Some(NextStatement::at(organisation, number + 1));
            }
        }
        match organisation {
            Organisation::Kikin => {
                Some(NextStatement::at(Organisation::Kokuho, known.next(Organisation::Kokuho)))
            }
            Organisation::Kokuho => None,
        }
    }
}
