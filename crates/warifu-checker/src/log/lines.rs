//! Where events go: to stderr, one line each. What libraries tell by the same way is left out.

use std::fmt;
use std::io::Write as _;
use std::panic;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use crate::log::clock::now;
use crate::log::event::{Event, Level};
use crate::log::form::{Form, Told};
use crate::log::write::{Log, TARGET};
use crate::said::Said;

/// From now on, events of at least this level are written in this form; panics too, by `log`, and of them
/// only where they happened: what a panic says may have come from a claim.
pub fn start(form: Form, least: Level, log: Log) {
    // Whoever starts twice goes on as at first.
    if tracing::subscriber::set_global_default(Lines { form, least }).is_ok() {
        panic::set_hook(Box::new(move |panicked| log.event(Event::Panic, &place(panicked.location()))));
    }
}

fn place(location: Option<&panic::Location<'_>>) -> Said {
    let place = location.map_or_else(|| "?".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
    Said::new(
        format!("a fault of the program at {place}; please report it"),
        format!("プログラムの異常（{place}）。開発元に報告してください"),
    )
}

#[derive(Debug)]
struct Lines {
    form: Form,
    least: Level,
}

/// A level, as the library has it.
fn level(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        _ => Level::Info,
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target() == TARGET && level(*metadata.level()) >= self.least
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut told = Told::default();
        event.record(&mut told);
        let line = self.form.line(level(*event.metadata().level()), &told, now());
        // A closed stderr is no reason to stop checking claims.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    // Nothing here has spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "event" => value.clone_into(&mut self.event),
            "message" => value.clone_into(&mut self.message),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "release" {
            self.release = Some(value);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
