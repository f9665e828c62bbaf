//! What every command is given: language, output form, schemas.

use std::cell::{Cell, RefCell};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use warifu::advice::Advised;
use warifu::daily::Daily;
use warifu::error::{Exit, Failure};
use warifu::files::Over;
use warifu::findings::{FindingsJson, Found, Most, text};
use warifu::interrupt::Lent;
use warifu::library::{Library, known_format};
use warifu::place::Place;
use warifu_files::SchemaFolder;
use warifu_masters::finding::Findings;
use warifu_masters::schema::Format;
use warifu_reports::Ended;
use warifu_usage::{Colour, Paint, Progress, Steps, of_locale, parse_language, told};
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::terminal::fitted;
use warifu_values::text::{one_line, shown_lines, shown_path, without_secrets};

use super::acts::Acts;
use super::document::DOCUMENTS;
use super::findings_as::{FindingsAs, Lists};
use super::invocation::Invocation;
use super::pager::{Shown, Wanted};
use super::places::Places;
use super::settings::{NamedBy, Settings};
use super::terminal;

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Language of messages: en or ja; otherwise what LANG says.
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_language, env = "WARIFU_LANG")]
    lang: Option<Lang>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// Colours: auto, always or never; otherwise what NO_COLOR and CLICOLOR_FORCE say, and the terminal.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, hide_default_value = true)]
    #[arg(hide_possible_values = true)]
    color: Colour,
    /// Show no progress.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Write over files that are there already.
    #[arg(long, global = true)]
    force: bool,
    /// Print at once what is longer than the screen, not by the pager (WARIFU_PAGER, PAGER, otherwise less).
    #[arg(long, global = true)]
    no_pager: bool,
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

    /// Whether one JSON document is asked for.
    pub(crate) fn json(&self) -> bool {
        self.json
    }
}

/// A channel as people are told of it.
pub(crate) fn shown(channel: &OsStr) -> String {
    one_line(&without_secrets(&channel.to_string_lossy()))
}

/// Which channel it is and who named it; nothing where it was typed.
pub(crate) fn channel_line(channel: &str, by: &NamedBy, lang: Lang) -> Option<String> {
    let place = by.place(lang)?;
    Some(say!(lang, "channel: {channel} ({place})", "配信元: {channel}（{place}）"))
}

/// What every command is given.
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    /// Whether what is longer than the screen is shown by a pager.
    pages: bool,
    pub(crate) library: Library,
    pub(crate) acts: Acts,
    pub(crate) settings: Rc<Settings>,
    invocation: Rc<Invocation>,
    /// How findings are given, where the command takes it.
    given: Option<FindingsAs>,
    /// What was found, for whoever wants it listed.
    found: RefCell<Vec<Found>>,
    /// What was found that the document of the command tells at its end, by what it was found in.
    beside: RefCell<Vec<serde_json::Value>>,
    /// The document that is printed at the end, with the error where there is one.
    document: RefCell<Option<serde_json::Value>>,
    /// Whether something stands on standard output.
    has_printed: Cell<bool>,
    /// Whether it was said which channel it is.
    has_told_channel: Cell<bool>,
    /// Where it may write.
    places: Places,
    /// Where lists of findings go.
    lists: Lists,
    is_quiet: bool,
    paint: Paint,
    progress: RefCell<Progress>,
}

impl Context {
    pub(crate) fn new(
        global: Global,
        given: Option<FindingsAs>,
        args: &[OsString],
        invocation: Rc<Invocation>,
        settings: Rc<Settings>,
    ) -> Result<Self, Failure> {
        let lang = global.lang();
        let over = if global.force { Over::Yes } else { Over::Never };
        let places = Places::of(args, over);
        let lists = given.as_ref().map(|given| given.lists(&places)).transpose()?.unwrap_or_default();
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
        let (json, pages) = (global.json, !global.no_pager && !global.json);
        let acts = Acts::new(global.audit);
        let (found, beside, document, has_printed, has_told_channel) = Default::default();
        Ok(Context {
            lang,
            json,
            pages,
            library,
            acts,
            settings,
            invocation,
            given,
            found,
            beside,
            document,
            has_printed,
            has_told_channel,
            places,
            lists,
            is_quiet: global.quiet,
            paint: Paint::of(&io::stderr()),
            progress: RefCell::new(Progress::none()),
        })
    }

    /// Whether the option `id`, one that is carried to the next command, was typed.
    pub(crate) fn was_typed(&self, id: &str) -> bool {
        self.invocation.was_typed(id)
    }

    /// Who named what counts of `daily`; nobody, where nothing does.
    pub(crate) fn named_by(&self, daily: Daily) -> Option<NamedBy> {
        if daily.option().is_some_and(|id| self.was_typed(id)) {
            return Some(NamedBy::Line);
        }
        let variable = daily.variable().filter(|name| std::env::var_os(name).is_some());
        variable.map(NamedBy::Variable).or_else(|| self.settings.named_by(daily))
    }

    /// Who named the channel: where no file and no variable says one, it was typed.
    pub(crate) fn channel_by(&self) -> NamedBy {
        self.named_by(Daily::Channel).unwrap_or(NamedBy::Line)
    }

    /// Says once which channel it is and who named it, where that was not typed: nobody who reads the line
    /// sees it.
    pub(crate) fn tell_channel(&self, channel: &OsStr) {
        let Some(line) = channel_line(&shown(channel), &self.channel_by(), self.lang) else { return };
        if !self.has_told_channel.replace(true) {
            self.tell(&format!("{line}\n"));
        }
    }

    /// Who named the channel; it is said which it is where that was not the user.
    pub(crate) fn channel_by_whom(&self, channel: &OsStr) -> NamedBy {
        let by = self.channel_by();
        if !by.is_user() {
            self.tell_channel(channel);
        }
        by
    }

    /// `advised` as it is typed to be run.
    pub(crate) fn advise(&self, advised: &Advised) -> String {
        self.invocation.line(advised, self.lang)
    }

    /// The format called `name`.
    pub(crate) fn format(&self, name: &str) -> Result<Arc<Format>, Failure> {
        known_format(&self.library.schemas, name).cloned()
    }

    /// Whether what is there already is written over.
    pub(crate) fn over(&self) -> Over {
        self.places.over()
    }

    /// The file at `path`, where it may be written: said before the work that fills it.
    ///
    /// # Errors
    /// As [`Places::at`].
    pub(crate) fn place(&self, path: &Path) -> Result<Place, Failure> {
        self.places.at(path)
    }

    /// The same of what need not be written.
    ///
    /// # Errors
    /// When it may not be written.
    pub(crate) fn place_of(&self, path: Option<&PathBuf>) -> Result<Option<Place>, Failure> {
        self.places.of_option(path)
    }

    /// Shows findings about `file` on standard error.
    pub(crate) fn findings(&self, file: &Path, findings: &Findings) {
        let most = self.given.as_ref().map_or(Most::SomeOfEach, FindingsAs::most);
        self.tell_painted(&text(&shown_path(file), findings, most, self.lang, self.paint));
        self.list_findings(&file.display().to_string(), findings);
    }

    /// Whether every finding is to be shown.
    pub(crate) fn shows_all(&self) -> bool {
        self.given.as_ref().is_some_and(|given| given.most() == Most::All)
    }

    /// Takes what only is to be listed: it was told otherwise.
    pub(crate) fn list_findings(&self, file: &str, findings: &Findings) {
        if self.given.as_ref().is_some_and(FindingsAs::lists_any) {
            self.found.borrow_mut().push(Found { file: file.to_owned(), findings: findings.clone() });
        }
    }

    /// Takes what was found in a master of a release for the command's document, as its last member.
    pub(crate) fn findings_beside(&self, master: &str, findings: &Findings) {
        if self.json {
            let findings = FindingsJson::new(findings);
            self.beside.borrow_mut().push(serde_json::json!({ "master": master, "findings": findings }));
        }
    }

    /// Writes the lists of findings that were asked for, after the work that ended with `failure`.
    pub(crate) fn give_findings(&self, failure: Option<&Failure>) -> Result<(), Failure> {
        let Some(given) = &self.given else { return Ok(()) };
        let found = self.found.borrow();
        // What was found says it better.
        let is_told = |failure: &&Failure| {
            failure.exit == Exit::Data && found.iter().any(|found| found.findings.denies())
        };
        let ended = match failure.filter(|failure| !is_told(failure)) {
            Some(failure) => Ended::Failed { status: failure.exit.code(), said: failure },
            None => Ended::AsFound,
        };
        self.print(&given.give(&found, ended, &self.lists, self.lang)?)
    }

    /// The document that is to be printed, when there is one; none where something was printed otherwise.
    pub(crate) fn take_document(&self) -> Option<serde_json::Value> {
        self.document.borrow_mut().take()
    }

    /// Whether something else than the one document stands on standard output.
    pub(crate) fn has_printed(&self) -> bool {
        self.has_printed.get()
    }

    /// Tells people something on standard error, in which nothing from outside turns or hides letters.
    pub(crate) fn tell(&self, text: &str) {
        self.tell_painted(&shown_lines(text));
    }

    /// The same with colours, of what is fit to be shown already.
    fn tell_painted(&self, text: &str) {
        let text = told(text, terminal::is_command);
        let _ = self.progress.borrow().above(|| io::stderr().lock().write_all(text.as_bytes()));
    }

    /// Says that the file at `path` was written.
    pub(crate) fn tell_written(&self, path: &Path) {
        let file = shown_path(path);
        self.tell(&say!(self.lang, "written: {file}\n", "出力しました: {file}\n"));
    }

    /// Prints `text` for people on standard output, as [`Context::tell`] tells it.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            return Ok(());
        }
        self.print_bytes(on_screen(text).as_bytes())
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
        self.has_printed.set(true);
        let written = self.progress.borrow().above(|| {
            let mut out = io::stdout().lock();
            content(&mut out).and_then(|()| out.flush())
        });
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::system("cannot write the output", "出力できません", &error))
            }
            _ => Ok(()),
        }
    }

    /// Prints what may be longer than the screen: by the pager, where somebody reads it at a terminal.
    pub(crate) fn page(&self, text: &str) -> Result<(), Failure> {
        self.page_pieces(|out| out.write_all(on_screen(text).as_bytes()))
    }

    /// As [`Context::page`], for what is too large to be held: `content` writes it piece by piece.
    pub(crate) fn page_pieces(
        &self,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let Some(wanted) = self.pages.then(Wanted::at_the_terminal).flatten() else {
            return self.print_pieces(content);
        };
        // The terminal is the pager's now, and reading is no work of this program.
        self.end_progress();
        let lent = Lent::begin();
        let Some(pager) = wanted.begin() else {
            drop(lent);
            return self.print_pieces(content);
        };
        self.has_printed.set(true);
        let shown = pager.show(content);
        drop(lent);
        let shown = shown.map_err(|error| {
            Failure::system(
                "cannot give the output to the pager (--no-pager prints it at once)",
                "ページャーに出力できません（--no-pager でそのまま出力）",
                &error,
            )
        })?;
        match shown {
            Shown::Read => Ok(()),
            Shown::Unread(pager, status, text) => {
                self.tell_of_pager(&say!(
                    self.lang,
                    "the pager {pager} ended ({status}) before it read anything: all of it is printed here",
                    "ページャー {pager} は何も読まずに終了しました（{status}）。全てここに出力します"
                ));
                self.print_bytes(&text)
            }
            Shown::CutShort(pager, status) => {
                self.tell_of_pager(&say!(
                    self.lang,
                    "the pager {pager} ended ({status}): it may not have shown everything",
                    "ページャー {pager} が途中で終了しました（{status}）。全ては表示されていない可能性があります"
                ));
                Ok(())
            }
        }
    }

    /// Says what became of the pager, and how to do without.
    fn tell_of_pager(&self, what: &str) {
        self.tell(&say!(
            self.lang,
            "warifu: {what}; WARIFU_PAGER names another, --no-pager prints at once\n",
            "warifu: {what}。WARIFU_PAGER で別のページャーを指定するか、--no-pager でそのまま出力できます\n"
        ));
    }

    /// Gives the JSON document of the command, which is printed when it has ended: one that fails after this
    /// says so in it.
    pub(crate) fn print_json(&self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let mut value = serde_json::to_value(value)
            .map_err(|error| Failure::system("cannot write JSON", "JSON を出力できません", &error))?;
        let beside = self.beside.take();
        if !beside.is_empty() {
            value["findings"] = beside.into();
        }
        *self.document.borrow_mut() = Some(DOCUMENTS.titled(&self.invocation.command_name(), value));
        Ok(())
    }

    /// Begins to tell at a terminal that the command `what` works.
    pub(crate) fn begin_progress(&self) {
        let name = self.invocation.command_name();
        if !self.is_quiet {
            let what = say!(self.lang, "{name}", "{name} を実行中");
            *self.progress.borrow_mut() = Progress::begin(what);
        }
    }

    /// Ends that: the command is over.
    pub(crate) fn end_progress(&self) {
        *self.progress.borrow_mut() = Progress::none();
    }

    /// Asks somebody at the terminal by `ask`, while nothing else is drawn there.
    pub(crate) fn asking<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.end_progress();
        let answer = ask();
        self.begin_progress();
        answer
    }

    /// Says what the command does now, at a terminal, while it takes long.
    pub(crate) fn doing(&self, what: String) {
        self.progress.borrow().say(what);
    }

    /// The same for work of `count` steps.
    pub(crate) fn steps(&self, count: usize) -> Steps {
        self.progress.borrow().steps(count)
    }
}

/// `text` as it is shown: on a screen no line is longer than that, but commands, which are copied whole.
fn on_screen(text: &str) -> String {
    let text = shown_lines(text);
    match terminal::is_read_at_once() {
        true => fitted(&text, terminal::columns(), terminal::is_command),
        false => text,
    }
}
