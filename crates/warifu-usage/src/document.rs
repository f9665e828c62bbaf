//! The one JSON document that a command prints: it says first by which schema it is read, and where the
//! command could not do its work, why.

use std::ffi::OsString;

use serde_json::{Map, Value, json};
use warifu_values::lang::{Lang, Speak};

/// The version of most documents. What is added to one changes nothing; what is taken away or becomes
/// something else makes its next version, with a schema of its own in `schemas/json/`.
const VERSION: u32 = 1;

/// The member that says what a document is.
const SCHEMA: &str = "schema";

/// The documents of one program.
#[derive(Debug, Clone, Copy)]
pub struct Documents {
    program: &'static str,
    /// Those of another version than the first, by the command.
    later: &'static [(&'static str, u32)],
}

impl Documents {
    /// Of the program called `program`.
    pub const fn of(program: &'static str) -> Self {
        Documents { program, later: &[] }
    }

    /// The same, of which some are of a later version.
    pub const fn with_later(self, later: &'static [(&'static str, u32)]) -> Self {
        Documents { later, ..self }
    }

    fn schema(self, name: &str) -> Value {
        let later = self.later.iter().find(|(command, _)| *command == name);
        let version = later.map_or(VERSION, |(_, version)| *version);
        format!("{}/{}/{version}", self.program, name.replace(' ', "-")).into()
    }

    /// The document of the command `name`, which says what it is first.
    pub fn titled(self, name: &str, value: Value) -> Value {
        let Value::Object(members) = value else { return value };
        let mut titled = Map::new();
        titled.insert(SCHEMA.to_owned(), self.schema(name));
        titled.extend(members);
        titled.into()
    }

    /// `document`, or one of its own where there is none, with the status that the command ended with and
    /// why, by [`error`].
    pub fn ended(self, document: Option<Value>, status: u8, error: Value) -> Value {
        let mut document = document.unwrap_or_else(|| json!({ SCHEMA: self.schema("error") }));
        document["exit"] = status.into();
        document["error"] = error;
        document
    }

    /// What a line came to that is no command of this program; `help` is what tells of the commands.
    pub fn of_usage(self, usage: &impl Speak, help: &str) -> Value {
        self.ended(None, 2, error("usage", usage, &[help.to_owned()]))
    }
}

/// Why a command could not do its work: a code by what the caller does next, both messages, and the commands
/// that are advised.
pub fn error(code: &str, said: &impl Speak, advised: &[String]) -> Value {
    let message = json!({ "en": said.say(Lang::En), "ja": said.say(Lang::Ja) });
    json!({ "code": code, "message": message, "next": advised })
}

/// A sentence in both languages under a stable name.
pub fn coded(code: &str, said: &impl Speak) -> Value {
    json!({ "code": code, "en": said.say(Lang::En), "ja": said.say(Lang::Ja) })
}

/// What programs call it that a command ended with `status`: by what the caller does next.
pub fn code_of(status: u8) -> &'static str {
    match status {
        0 => "done",
        1 => "refused",
        3 => "not-trusted",
        _ => "could-not-run",
    }
}

/// Whether `line` asks for JSON, also where the rest of it cannot be taken.
pub fn asks_for_json(line: &[OsString]) -> bool {
    line.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--json")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Said;

    impl Speak for Said {
        fn say(&self, lang: Lang) -> String {
            if lang == Lang::En { "no".to_owned() } else { "いいえ".to_owned() }
        }
    }

    #[test]
    fn a_document_says_what_it_is_first_and_why_it_is_all_there_is_last() {
        let documents = Documents::of("warifu");
        let titled = documents.titled("release draft", json!({ "a": 1 }));
        assert_eq!(titled.to_string(), r#"{"schema":"warifu/release-draft/1","a":1}"#);
        let later = documents.with_later(&[("release draft", 2)]);
        assert_eq!(later.titled("release draft", json!({}))["schema"], "warifu/release-draft/2");
        assert_eq!(later.titled("release", json!({}))["schema"], "warifu/release/1");
        let ended = documents.ended(Some(titled), 3, error(code_of(3), &Said, &[]));
        assert_eq!((&ended["a"], &ended["exit"]), (&1.into(), &3.into()));
        assert_eq!(ended["error"]["code"], "not-trusted");
        assert_eq!(ended["error"]["message"], json!({ "en": "no", "ja": "いいえ" }));
        let usage = documents.of_usage(&Said, "warifu --help");
        assert_eq!((&usage["schema"], &usage["exit"]), (&"warifu/error/1".into(), &2.into()));
        assert_eq!(usage["error"]["next"], json!(["warifu --help"]));
    }

    #[test]
    fn what_stands_behind_two_dashes_asks_for_nothing() {
        let asks = |line: &str| asks_for_json(&line.split(' ').map(Into::into).collect::<Vec<OsString>>());
        assert!(asks("warifu check --json") && asks("warifu --json x"));
        assert!(!asks("warifu show -- --json") && !asks("--json show"));
    }
}
