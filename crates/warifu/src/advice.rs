//! Commands that messages advise, as values: what is to be run, and by whom. How this program was called, and
//! what it was given, is known to whoever shows the message, who writes the command out so that it runs as it
//! stands.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// A command of this program that a message advises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advised {
    names: Option<&'static [&'static str]>,
    words: Vec<Word>,
    /// Of the command that runs, the options that are left out.
    without: &'static [&'static str],
    by: By,
}

/// Who is to run it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Whoever ran the command that advises it: what they gave holds again.
    Reader,
    /// Somebody else, with a repository, a memory and a key of their own.
    Another,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Given(String),
    Blank(Blank),
}

/// What only whoever runs the command can fill in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// A key file.
    Key,
    /// Their own repository.
    Repository,
    /// A folder.
    Folder,
    /// A draft's folder.
    Draft,
    /// A day, as a command takes it.
    Day,
    /// A file.
    File,
    /// Several files.
    Files,
    /// A series of masters.
    Series,
    /// What was found of an emergency afterwards.
    Finding,
    /// Why.
    Reason,
    /// What a release is, for people.
    Title,
    /// The notice that something rests on.
    Notice,
}

impl Advised {
    /// The command `names` (`["release", "withdraw"]`), with all options of the one that runs that it takes.
    pub fn command(names: &'static [&'static str]) -> Self {
        Advised { names: Some(names), words: Vec::new(), without: &[], by: By::Reader }
    }

    /// The command that runs, as it was typed.
    pub fn again() -> Self {
        Advised { names: None, words: Vec::new(), without: &[], by: By::Reader }
    }

    /// The command that runs, without these options (`--reason`), each with its value.
    pub fn again_without(options: &'static [&'static str]) -> Self {
        Advised { without: options, ..Advised::again() }
    }

    /// To be run by somebody else.
    #[must_use]
    pub fn by_another(self) -> Self {
        Advised { by: By::Another, ..self }
    }

    /// With this word after what it has: an option's name, or a value.
    #[must_use]
    pub fn word(mut self, word: impl ToString) -> Self {
        self.words.push(Word::Given(word.to_string()));
        self
    }

    /// With something after what it has that its reader fills in.
    #[must_use]
    pub fn blank(mut self, blank: Blank) -> Self {
        self.words.push(Word::Blank(blank));
        self
    }

    /// What it is called; `None` when it is the command that runs.
    pub fn names(&self) -> Option<&'static [&'static str]> {
        self.names
    }

    /// The options of the command that runs that it leaves out.
    pub fn without(&self) -> &'static [&'static str] {
        self.without
    }

    /// Whether one of its own words is this option.
    pub fn has(&self, option: &str) -> bool {
        self.words.iter().any(|word| matches!(word, Word::Given(word) if word == option))
    }

    /// Who runs it.
    pub fn by(&self) -> By {
        self.by
    }

    /// Its own words, each as a shell takes it.
    pub fn words(&self, lang: Lang) -> impl Iterator<Item = String> {
        self.words.iter().map(move |word| match word {
            Word::Given(word) => in_shell(word),
            Word::Blank(blank) => blank.say(lang),
        })
    }
}

impl Blank {
    /// All that there are.
    pub const ALL: [Blank; 12] = [
        Blank::Key,
        Blank::Repository,
        Blank::Folder,
        Blank::Draft,
        Blank::Day,
        Blank::File,
        Blank::Files,
        Blank::Series,
        Blank::Finding,
        Blank::Reason,
        Blank::Title,
        Blank::Notice,
    ];
}

impl Speak for Blank {
    fn say(&self, lang: Lang) -> String {
        match self {
            Blank::Key => say!(lang, "KEY", "鍵ファイル"),
            Blank::Repository => say!(lang, "REPOSITORY", "リポジトリ"),
            Blank::Folder => say!(lang, "DIR", "フォルダー"),
            Blank::Draft => say!(lang, "DRAFT", "草案フォルダー"),
            Blank::Day => say!(lang, "DATE", "公表日"),
            Blank::File => say!(lang, "FILE", "ファイル"),
            Blank::Files => say!(lang, "FILE...", "ファイル..."),
            Blank::Series => say!(lang, "SERIES", "系列"),
            Blank::Finding => say!(lang, "FINDING", "確認結果"),
            Blank::Reason => say!(lang, "REASON", "理由"),
            Blank::Title => say!(lang, "TITLE", "件名"),
            Blank::Notice => say!(lang, "NOTICE", "通知番号"),
        }
    }
}

/// Whether `text` says nothing: blank, dots, or what an advised command (or `--help`) has in its place.
pub fn says_nothing(text: &str) -> bool {
    let bare =
        text.trim_matches(|c: char| c.is_whitespace() || "…．.。-<>[]()（）「」『』〈〉\"'".contains(c));
    let is_blank = |blank: &Blank| {
        [Lang::En, Lang::Ja].iter().any(|lang| {
            let blank = blank.say(*lang);
            bare.eq_ignore_ascii_case(blank.trim_end_matches('.'))
        })
    };
    bare.is_empty() || bare.eq_ignore_ascii_case("text") || Blank::ALL.iter().any(is_blank)
}

/// `text` as one word of a shell.
pub fn in_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:@+=,%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_a_shell_would_split_is_quoted() {
        assert_eq!(in_shell("../配信/root.json"), "../配信/root.json");
        assert_eq!(in_shell("a b"), "'a b'");
        assert_eq!(in_shell("~/a"), "'~/a'");
        assert_eq!(in_shell("it's"), r"'it'\''s'");
        assert_eq!(in_shell(""), "''");
    }

    #[test]
    fn what_is_advised_in_the_place_of_words_says_nothing() {
        for blank in Blank::ALL {
            assert!(says_nothing(&blank.say(Lang::En)) && says_nothing(&blank.say(Lang::Ja)), "{blank:?}");
        }
        for text in ["", " ", "…", "...", "（理由）", "（通知番号）", "<reason>", "TEXT", "「確認結果」"]
        {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["薬価の誤り", "price wrong", "理由書第3号", "問題なし"] {
            assert!(!says_nothing(text), "{text}");
        }
    }
}
