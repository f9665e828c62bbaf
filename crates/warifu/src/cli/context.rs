//! What every command is given: language, output form, schemas.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::library::{Library, known_format};
use warifu::report;
use warifu_files::SchemaFolder;
use warifu_masters::finding::Findings;
use warifu_masters::schema::Format;
use warifu_usage::{of_locale, parse_language};
use warifu_values::lang::Lang;

use super::acts::Acts;
use super::invocation::Invocation;
use super::settings::Settings;

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Language of messages: en or ja; otherwise what LANG says.
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_language, env = "WARIFU_LANG")]
    lang: Option<Lang>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// A folder with layouts/, formats/, charsets/, codes/ and rules/ of a site, added to the built-in ones.
    #[arg(long, global = true, value_name = "DIR", env = "WARIFU_SCHEMAS")]
    schemas: Option<PathBuf>,
    /// The log of acts; otherwise audit.jsonl in ~/.local/state/warifu (or $XDG_STATE_HOME/warifu).
    #[arg(long, global = true, value_name = "FILE", env = "WARIFU_AUDIT", hide = true)]
    audit: Option<PathBuf>,
}

impl Global {
    /// The language asked for, by option, then by locale.
    pub(crate) fn lang(&self) -> Lang {
        self.lang.or_else(of_locale).unwrap_or_default()
    }
}

/// What every command is given.
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    pub(crate) library: Library,
    pub(crate) acts: Acts,
    pub(crate) settings: Rc<Settings>,
    invocation: Rc<Invocation>,
}

impl Context {
    pub(crate) fn new(
        global: Global,
        invocation: Rc<Invocation>,
        settings: Rc<Settings>,
    ) -> Result<Self, Failure> {
        let lang = global.lang();
        let wrong = |error: &(dyn std::error::Error + 'static)| {
            Failure::system("a schema is not right", "スキーマが正しくありません", error)
        };
        let site = match &global.schemas {
            Some(folder) => {
                SchemaFolder::read(folder).map_err(|error| Failure::told(Exit::CouldNotRun, &error))?
            }
            None => SchemaFolder::default(),
        };
        let library = Library::new(&site).map_err(|error| wrong(&error))?;
        Ok(Context { lang, json: global.json, library, acts: Acts::new(global.audit), settings, invocation })
    }

    /// Whether the option `id`, one that is carried to the next command, was typed.
    pub(crate) fn was_typed(&self, id: &str) -> bool {
        self.invocation.was_typed(id)
    }

    /// `advised` as it is typed to be run.
    pub(crate) fn advise(&self, advised: &Advised) -> String {
        self.invocation.line(advised, self.lang)
    }

    /// The format called `name`.
    pub(crate) fn format(&self, name: &str) -> Result<Arc<Format>, Failure> {
        known_format(&self.library.schemas, name).cloned()
    }

    /// Shows findings about `file` on standard error.
    pub(crate) fn findings(&self, file: &Path, findings: &Findings) {
        let text = report::findings_text(&file.display().to_string(), findings, self.lang);
        self.tell(&text);
    }

    /// Tells people something on standard error.
    pub(crate) fn tell(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Prints `text` on standard output.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.print_bytes(text.as_bytes())
    }

    /// Prints bytes on standard output. A reader that goes away (`| head`) is no failure.
    pub(crate) fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.print_pieces(|out| out.write_all(bytes))
    }

    /// As [`Context::print_bytes`], for what is too large to be held: `content` writes it piece by piece.
    pub(crate) fn print_pieces(
        &self,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match content(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::system("cannot write the output", "出力できません", &error))
            }
            _ => Ok(()),
        }
    }

    /// Prints one JSON document on standard output.
    pub(crate) fn print_json(&self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::system("cannot write JSON", "JSON を出力できません", &error))?;
        text.push('\n');
        self.print(&text)
    }

    /// A progress bar over `steps` on standard error, when that is a terminal and the work is long.
    pub(crate) fn progress(&self, steps: usize) -> indicatif::ProgressBar {
        if steps < 3 || !io::stderr().is_terminal() {
            return indicatif::ProgressBar::hidden();
        }
        let style = indicatif::ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
        indicatif::ProgressBar::new(steps as u64)
            .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()))
    }
}
