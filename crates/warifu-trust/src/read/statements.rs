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
    /// Asks for the first that `known` does not hold.
    pub(crate) fn after(known: &Statements) -> Option<Self> {
        NextStatement::of(Organisation::Kikin, known)
            .or_else(|| NextStatement::of(Organisation::Kokuho, known))
    }

    /// The questions that are put first, whatever is answered to them.
    pub(crate) fn first_of_each(known: &Statements) -> Vec<Need> {
        let first = Organisation::BOTH.into_iter().filter_map(|one| NextStatement::of(one, known));
        first.map(|next| next.need).collect()
    }

    fn of(organisation: Organisation, known: &Statements) -> Option<Self> {
        known.missing_after(organisation, 0).map(|number| NextStatement::at(organisation, number))
    }

    fn at(organisation: Organisation, number: u64) -> Self {
        let need = Need::new(ChannelPath::statement(organisation, number), limits::STATEMENT_BYTES);
        NextStatement { need, organisation, number }
    }

    /// Takes the answer in; the question after it, unless there is none.
    ///
    /// What is no statement of anybody whom `root` lists is passed over: it could as well not be there, and
    /// must not hide those after it. It is asked for again next time.
    pub(crate) fn take(self, answer: Answer, known: &mut Statements, root: &SignedRoot) -> Option<Self> {
        let NextStatement { need, organisation, number } = self;
        let goes_on = match need.taken(answer) {
            Ok(None) => false,
            Ok(Some(bytes)) => {
                if let Some(statement) = StatementFile::verify(&bytes, organisation, root) {
                    known.hear(organisation, number, statement);
                }
                true
            }
            Err(_) => true,
        };
        let next = goes_on.then(|| known.missing_after(organisation, number)).flatten();
        match (next, organisation) {
            (Some(number), _) => Some(NextStatement::at(organisation, number)),
            (None, Organisation::Kikin) => NextStatement::of(Organisation::Kokuho, known),
            (None, Organisation::Kokuho) => None,
        }
    }
}
