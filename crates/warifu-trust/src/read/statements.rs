//! The walk along what each organisation said alone: numbered files, until one is not there.

use crate::limits;
use crate::metadata::{ChannelPath, Speaker};
use crate::organisation::Organisation;
use crate::read::walk::{Answer, Need};
use crate::root::SignedRoot;
use crate::statement::{StatementFile, Statements, speakers};

/// The question for the next statement.
pub(crate) struct NextStatement {
    pub(crate) need: Need,
    speaker: Speaker,
    number: u64,
    /// Under whose names it is looked afterwards.
    rest: Vec<Speaker>,
}

impl NextStatement {
    /// Asks for the first that `known` does not hold, of whom `root` lists.
    pub(crate) fn after(known: &Statements, root: &SignedRoot) -> Option<Self> {
        let rest = vec![Speaker::Of(Organisation::Kokuho)];
        NextStatement::under(Speaker::Of(Organisation::Kikin), 0, rest, known, root)
    }

    /// The questions that are put first, whatever is answered to them.
    pub(crate) fn first_of_each(known: &Statements) -> Vec<Need> {
        let first = |organisation| {
            let number = known.missing_after(Speaker::Of(organisation), 0)?;
            let path = ChannelPath::statement(Speaker::Of(organisation), number);
            Some(Need::new(path, limits::STATEMENT_BYTES))
        };
        Organisation::BOTH.into_iter().filter_map(first).collect()
    }

    /// Asks for the first after `number` under the name of `speaker`, or else of the `rest`.
    ///
    /// Only where an organisation's own numbers are used up is it looked under the names of its people: in
    /// ordinary life that costs nobody a question.
    fn under(
        speaker: Speaker,
        number: u64,
        mut rest: Vec<Speaker>,
        known: &Statements,
        root: &SignedRoot,
    ) -> Option<Self> {
        if let Some(number) = known.missing_after(speaker, number) {
            let need = Need::new(ChannelPath::statement(speaker, number), limits::STATEMENT_BYTES);
            return Some(NextStatement { need, speaker, number, rest });
        }
        if let Speaker::Of(organisation) = speaker {
            rest.extend(speakers(root, organisation));
        }
        NextStatement::of_the(rest, known, root)
    }

    fn of_the(mut rest: Vec<Speaker>, known: &Statements, root: &SignedRoot) -> Option<Self> {
        if rest.is_empty() {
            return None;
        }
        let speaker = rest.remove(0);
        NextStatement::under(speaker, 0, rest, known, root)
    }

    /// Takes the answer in; the question after it, unless there is none.
    ///
    /// What is no statement of anybody whom `root` lists is passed over: it could as well not be there, and
    /// must not hide those after it. It is asked for again next time.
    pub(crate) fn take(self, answer: Answer, known: &mut Statements, root: &SignedRoot) -> Option<Self> {
        let NextStatement { need, speaker, number, rest } = self;
        match need.taken(answer) {
            Ok(None) => return NextStatement::of_the(rest, known, root),
            Ok(Some(bytes)) => {
                if let Some(statement) = StatementFile::verify(&bytes, speaker, root) {
                    known.hear(speaker, number, statement);
                }
            }
            Err(_) => {}
        }
        NextStatement::under(speaker, number, rest, known, root)
    }
}
