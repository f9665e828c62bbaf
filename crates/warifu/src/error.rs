//! What stops an operation, by what the caller does next: one exit status each.

use warifu_files::os_error;
use warifu_masters::finding::Findings;
use warifu_values::lang::{Lang, Speak};

use crate::advice::Advised;

/// The exit status of a program of this project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: refused because of the data.
    Data,
    /// 2: could not run: usage, input or output.
    CouldNotRun,
    /// 3: refused because of trust.
    Trust,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Data => 1,
            Exit::CouldNotRun => 2,
            Exit::Trust => 3,
        }
    }
}

/// An operation that could not be done, in both languages: what was tried on what, why, and what to do next.
#[derive(Debug)]
pub struct Failure {
    /// The status the program ends with.
    pub exit: Exit,
    english: Box<str>,
    japanese: Box<str>,
    /// What was found in the data, when that is the reason.
    pub findings: Box<Findings>,
    /// What it was found in.
    pub found_in: Option<Box<str>>,
    /// The commands that are advised, in their order.
    pub advised: Vec<Advised>,
}

impl Failure {
    /// A failure with its text in both languages.
    pub fn new(exit: Exit, english: impl Into<String>, japanese: impl Into<String>) -> Self {
        let (english, japanese) = (english.into().into(), japanese.into().into());
        let (findings, found_in, advised) = (Box::default(), None, Vec::new());
        Failure { exit, english, japanese, findings, found_in, advised }
    }

    /// Refused because of what was found.
    pub fn refused(english: impl Into<String>, japanese: impl Into<String>, findings: Findings) -> Self {
        Failure { findings: Box::new(findings), ..Failure::new(Exit::Data, english, japanese) }
    }

    /// The same failure, whose findings are about `what`.
    #[must_use]
    pub fn found_in(self, what: impl Into<Box<str>>) -> Self {
        Failure { found_in: Some(what.into()), ..self }
    }

    /// The same failure, with a command that its reader may run next.
    #[must_use]
    pub fn advising(mut self, advised: Advised) -> Self {
        self.advised.push(advised);
        self
    }

    /// The same failure with its text, in each language, as `tell` has it: what is found and advised stays.
    #[must_use]
    pub fn retold(self, tell: impl Fn(Lang, &str) -> String) -> Self {
        let (english, japanese) = (tell(Lang::En, &self.english), tell(Lang::Ja, &self.japanese));
        Failure { english: english.into(), japanese: japanese.into(), ..self }
    }

    /// The same failure, and what else could not be done after it.
    #[must_use]
    pub fn and(self, then: &Failure) -> Self {
        let (english, japanese) = (&self.english, &self.japanese);
        let english = format!("{english}\n  {}", then.english).into();
        let japanese = format!("{japanese}\n  {}", then.japanese).into();
        let advised = [self.advised, then.advised.clone()].concat();
        Failure { english, japanese, advised, ..self }
    }

    /// A failure that something speaking both languages explains.
    pub fn because(exit: Exit, cause: &impl Speak) -> Self {
        Failure::new(exit, cause.say(Lang::En), cause.say(Lang::Ja))
    }

    /// A failure that something speaking both languages explains, with its causes after it; but for the
    /// operating system they only speak English.
    pub fn told<E: Speak + std::error::Error>(exit: Exit, error: &E) -> Self {
        let say = |lang| format!("{}{}", error.say(lang), causes(error.source(), lang));
        Failure::new(exit, say(Lang::En), say(Lang::Ja))
    }

    /// A failure whose cause speaks for itself: the operating system, or one that is only told in English,
    /// such as git's.
    pub fn system(
        english: impl std::fmt::Display,
        japanese: impl std::fmt::Display,
        cause: &(dyn std::error::Error + 'static),
    ) -> Self {
        let english = format!("{english}{}", causes(Some(cause), Lang::En));
        Failure::new(Exit::CouldNotRun, english, format!("{japanese}{}", causes(Some(cause), Lang::Ja)))
    }
}

/// The causes of something, each after a colon; what the operating system says in `lang`.
pub fn causes(mut next: Option<&(dyn std::error::Error + 'static)>, lang: Lang) -> String {
    let mut told = String::new();
    while let Some(cause) = next {
        let words = cause.downcast_ref().map_or_else(|| cause.to_string(), |error| os_error(error, lang));
        told.push_str(&format!(": {words}"));
        next = cause.source();
    }
    told
}

impl Speak for Failure {
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english.to_string(),
            Lang::Ja => self.japanese.to_string(),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_outlasts_another_text() {
        let advised = |word: &str| {
            Failure::new(Exit::Trust, word, word).advising(Advised::command(&["log"]).word(word))
        };
        let both = advised("one").and(&advised("two")).retold(|_, text| format!("at last: {text}"));
        assert_eq!((both.advised.len(), both.say(Lang::En).as_str()), (2, "at last: one\n  two"));
    }
}
