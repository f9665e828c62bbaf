//! What a command leaves when it has ended: what went wrong, the lists of findings that were asked for, and
//! the one JSON document.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::Value;
use warifu::error::{Exit, Failure};
use warifu_usage::{Paint, Usage, asks_for_json, told};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::text::{shown, shown_lines};

use super::Context;
use super::document::{DOCUMENTS, with_error};
use super::invocation::Invocation;
use super::terminal::is_command;

/// Gives what is left, and says how the command ended.
pub(super) fn end(mut done: Result<Exit, Failure>, context: &Context, invocation: &Invocation) -> Exit {
    if let Err(failure) = &done {
        if !failure.findings.is_empty() {
            let found_in = failure.found_in.as_deref().unwrap_or("warifu");
            context.findings(Path::new(found_in), &failure.findings);
        }
        tell(failure, invocation, context.lang);
    }
    if let Err(failure) = context.give_findings(done.as_ref().err()) {
        tell(&failure, invocation, context.lang);
        done = done.and(Err(failure));
    }
    let (document, has_printed) = (context.take_document(), context.has_printed());
    let document = match &done {
        Ok(_) => document,
        // What is printed in pieces is a document already, though it may not be whole.
        Err(_) if !context.json || has_printed && document.is_none() => None,
        Err(failure) => Some(with_error(document, failure, &advised(failure, invocation, context.lang))),
    };
    if let Some(document) = document
        && let Err(failure) = context.print_bytes(format!("{document:#}\n").as_bytes())
    {
        tell(&failure, invocation, context.lang);
        done = done.and(Err(failure));
    }
    done.unwrap_or_else(|failure| failure.exit)
}

/// The same of a command that did not begin.
pub(super) fn end_unbegun(failure: &Failure, json: bool, invocation: &Invocation, lang: Lang) -> Exit {
    tell(failure, invocation, lang);
    if json {
        print(&with_error(None, failure, &advised(failure, invocation, lang)));
    }
    failure.exit
}

/// The same of a line that is no command: help, or what is wrong with it.
pub(super) fn end_of_usage(usage: &Usage, line: &[OsString], lang: Lang) -> Exit {
    usage.tell(lang);
    if usage.is_help() {
        return Exit::Done;
    }
    if asks_for_json(line) {
        let program = line.first().map_or("warifu".into(), |program| program.to_string_lossy());
        print(&DOCUMENTS.of_usage(usage, &format!("{program} --help")));
    }
    Exit::CouldNotRun
}

fn advised(failure: &Failure, invocation: &Invocation, lang: Lang) -> Vec<String> {
    failure.advised.iter().map(|advised| invocation.line(advised, lang)).collect()
}

/// The status says already that it failed: a reader that went away loses nothing.
fn print(document: &Value) {
    let _ = io::stdout().lock().write_all(format!("{document:#}\n").as_bytes());
}

fn tell(failure: &Failure, invocation: &Invocation, lang: Lang) {
    let mut stderr = io::stderr().lock();
    let paint = Paint::of(&stderr);
    let mut text = format!("{} {}\n", paint.error("warifu:"), shown_lines(&failure.say(lang)));
    for advised in advised(failure, invocation, lang) {
        text.push_str(&format!("  {}\n", paint.command(&shown(&advised))));
    }
    // Who closed the terminal does not read it.
    let _ = stderr.write_all(told(&text, is_command).as_bytes());
}
