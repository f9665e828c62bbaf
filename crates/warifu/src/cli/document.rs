//! The JSON documents that commands print: each says by which schema it is read.

use std::ffi::OsString;

use serde_json::{Map, Value, json};
use warifu::error::{Exit, Failure};
use warifu::findings::FindingsJson;
use warifu_values::lang::{Lang, Speak};

/// The version of the documents. What is added to one changes nothing; what is taken away or becomes
/// something else makes the next version, with a schema of its own in `schemas/json/`.
const VERSION: u32 = 1;

/// The member that says what a document is.
const SCHEMA: &str = "schema";

fn schema(name: &str) -> Value {
    format!("warifu/{}/{VERSION}", name.replace(' ', "-")).into()
}

/// The document of the command `name`, which says what it is first.
pub(super) fn titled(name: &str, value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let mut titled = Map::new();
    titled.insert(SCHEMA.to_owned(), schema(name));
    titled.extend(members);
    titled.into()
}

/// `document`, or one of its own where there is none, with how the command ended that could not be done: a
/// code by what the caller does next, both messages, and the commands that are advised.
pub(super) fn with_error(document: Option<Value>, failure: &Failure, advised: &[String]) -> Value {
    let mut error = json!({
        "code": failure.exit.word(),
        "message": both(failure),
        "next": advised,
    });
    if !failure.findings.is_empty() {
        error["found_in"] = failure.found_in.as_deref().into();
        error["findings"] = json!(FindingsJson::new(&failure.findings));
    }
    ended(document, failure.exit, error)
}

/// What a line came to that is no command of this program.
pub(super) fn of_usage(usage: &impl Speak, help: &str) -> Value {
    ended(None, Exit::CouldNotRun, json!({ "code": "usage", "message": both(usage), "next": [help] }))
}

fn ended(document: Option<Value>, exit: Exit, error: Value) -> Value {
    let mut document = document.unwrap_or_else(|| json!({ SCHEMA: schema("error") }));
    document["exit"] = exit.code().into();
    document["error"] = error;
    document
}

fn both(said: &impl Speak) -> Value {
    json!({ "en": said.say(Lang::En), "ja": said.say(Lang::Ja) })
}

/// Whether `line` asks for JSON, also where the rest of it cannot be taken.
pub(super) fn is_asked_for(line: &[OsString]) -> bool {
    line.iter().skip(1).take_while(|word| *word != "--").any(|word| word == "--json")
}
