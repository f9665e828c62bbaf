//! The walk along what each organisation said alone: numbered files, until one is not there.

use crate::limits;
use crate::metadata::{ChannelPath, Speaker};
use crate::organisation::Organisation;
use crate::read::walk::{Answer, Need};
use crate::refusal::Refusal;
use crate::root::SignedRoot;
use crate::statement::{StatementFile, Statements, speakers};

/// The question for the next statement.
pub(crate) struct NextStatement {
    pub(crate) need: Need,
    speaker: Speaker,
    number: u64,
    /// Under whose names it is looked afterwards.
    rest: Vec<Speaker>,
    /// How many more files that are no statements are put up with.
    junk_left: usize,
}

/// Files in the place of statements that nobody of the line of roots made, in one walk. A few are there in
/// honest life: cut on the way, or by people who left before the root trusted first. Whoever lays more
/// there wants to hold readers up.
const JUNK: usize = 64;

impl NextStatement {
    /// Asks for the first that `known` does not hold, of whom `root` lists.
    pub(crate) fn after(known: &Statements, root: &SignedRoot) -> Option<Self> {
        let rest = vec![Speaker::Of(Organisation::Kokuho)];
        NextStatement::under(Speaker::Of(Organisation::Kikin), 0, (rest, JUNK), known, root)
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
        (mut rest, junk_left): (Vec<Speaker>, usize),
        known: &Statements,
        root: &SignedRoot,
    ) -> Option<Self> {
        if let Some(number) = known.missing_after(speaker, number) {
            let need = Need::new(ChannelPath::statement(speaker, number), limits::STATEMENT_BYTES);
            return Some(NextStatement { need, speaker, number, rest, junk_left });
        }
        if let Speaker::Of(organisation) = speaker {
            rest.extend(speakers(root, organisation));
        }
        NextStatement::of_the((rest, junk_left), known, root)
    }

    fn of_the(
        (mut rest, junk_left): (Vec<Speaker>, usize),
        known: &Statements,
        root: &SignedRoot,
    ) -> Option<Self> {
        if rest.is_empty() {
            return None;
        }
        let speaker = rest.remove(0);
        NextStatement::under(speaker, 0, (rest, junk_left), known, root)
    }

    /// Takes the answer in; the question after it, unless there is none. `roots` are those walked, the newest
    /// last.
    ///
    /// What is no statement of anybody whom the newest root lists is passed over: it could as well not be
    /// there, and must not hide those after it. It is asked for again next time. What somebody said whom one
    /// of the others lists is no junk: it stays where it lies for good, however many they are.
    ///
    /// # Errors
    ///
    /// [`Refusal::Junk`]: more of that lies there than is ever looked through. To hear no more then would let
    /// it hide what was said.
    pub(crate) fn take(
        self,
        answer: Answer,
        known: &mut Statements,
        roots: &[SignedRoot],
    ) -> Result<Option<Self>, Refusal> {
        let Some((root, older)) = roots.split_last() else { return Ok(None) };
        let NextStatement { need, speaker, number, rest, junk_left } = self;
        let file = need.path.to_string();
        let bytes = match need.taken(answer) {
            Ok(None) => return Ok(NextStatement::of_the((rest, junk_left), known, root)),
            Ok(Some(bytes)) => bytes,
            Err(_) => Vec::new(),
        };
        let under = |root: &SignedRoot| StatementFile::verify(&bytes, speaker, root);
        let junk_left = match under(root) {
            Some(statement) => {
                known.hear(speaker, number, statement);
                junk_left
            }
            None if older.iter().rev().any(|root| under(root).is_some()) => junk_left,
            None => junk_left.checked_sub(1).ok_or(Refusal::Junk { file, files: JUNK })?,
        };
        Ok(NextStatement::under(speaker, number, (rest, junk_left), known, root))
    }
}
