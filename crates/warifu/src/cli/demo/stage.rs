//! The stage: a scratch folder, the narrator's voice, and real commands with what is expected of them.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use warifu::error::{Exit, Failure};
use warifu::interrupt;
use warifu_usage::columns;
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::terminal::{cells, wrapped};

/// A command that takes longer than this hangs. The longest here, a build, is run without a limit.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// How wide the narration is set at most, in half-width characters.
const WIDTH: usize = 92;

/// Nothing is readable in less.
const NARROWEST: usize = 40;

/// How wide it is set on this screen.
fn width() -> usize {
    columns().unwrap_or(WIDTH).clamp(NARROWEST, WIDTH)
}

/// Where the story plays.
pub(super) struct Stage {
    /// The language it is told in.
    pub(super) lang: Lang,
    /// The folder everything happens in; every command runs there.
    pub(super) scratch: PathBuf,
    /// The program `warifu`.
    pub(super) warifu: PathBuf,
    /// The program `warifu-checker`.
    pub(super) checker: PathBuf,
    colour: bool,
    /// The story goes to standard error when standard output is kept for JSON.
    aside: bool,
}

/// Which lines of a command's output are shown; a cut is marked.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// Every line.
    All,
    /// The first ones.
    First(usize),
    /// The last ones.
    Last(usize),
    /// Those that hold one of these.
    With(&'static [&'static str]),
    /// The command itself is not shown either: one of several alike.
    Nothing,
}

/// What a command did.
struct Ran {
    status: Option<i32>,
    output: String,
}

/// A command about to be run.
pub(super) struct Step<'a> {
    stage: &'a Stage,
    program: &'a Path,
    name: &'static str,
    words: Vec<String>,
    expected: Exit,
    show: Show,
}

impl Stage {
    pub(super) fn new(lang: Lang, aside: bool, scratch: PathBuf, warifu: PathBuf, checker: PathBuf) -> Self {
        let terminal = if aside { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Stage { lang, scratch, warifu, checker, colour, aside }
    }

    /// A path below the scratch folder.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.scratch.join(path)
    }

    /// Prints lines. A reader that went away is no failure: the story is played to its end.
    pub(super) fn print(&self, text: &str) {
        let written = match self.aside {
            true => io::stderr().lock().write_all(text.as_bytes()),
            false => {
                let mut out = io::stdout().lock();
                out.write_all(text.as_bytes()).and_then(|()| out.flush())
            }
        };
        let _ = written;
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// The title of an act.
    pub(super) fn title(&self, text: &str) {
        let line = self.painted("1;36", &format!("── {text} "));
        self.print(&format!("\n{line}\n"));
    }

    /// The narrator speaks.
    pub(super) fn tell(&self, text: &str) {
        self.print(&format!("\n{}", wrapped("", 0, text, width())));
    }

    /// A line of a command, as one would type it; a long one goes on before its options.
    pub(super) fn typed(&self, line: &str) {
        let mut text = format!("$ {line}");
        if cells(&text) > width() + 28 {
            text = text.replace(" --", " \\\n      --");
        }
        self.print(&format!("\n  {}\n", self.painted("1", &text)));
    }

    /// Something that the demonstration itself saw or did, other than by a command.
    pub(super) fn noted(&self, text: &str) {
        self.print(&format!("  → {text}\n"));
    }

    /// What came of it.
    pub(super) fn heard(&self, text: &str) {
        let mut lines = String::new();
        for line in text.lines() {
            let _ = writeln!(lines, "    {line}");
        }
        self.print(&lines);
    }

    /// A command of `warifu`, its words parted by blanks.
    pub(super) fn warifu(&self, words: &str) -> Step<'_> {
        self.step(&self.warifu, "warifu", words)
    }

    /// A command of `warifu-checker`.
    pub(super) fn checker(&self, words: &str) -> Step<'_> {
        self.step(&self.checker, "warifu-checker", words)
    }

    fn step<'a>(&'a self, program: &'a Path, name: &'static str, words: &str) -> Step<'a> {
        let words = words.split_whitespace().map(str::to_owned).collect();
        Step { stage: self, program, name, words, expected: Exit::Done, show: Show::All }
    }

    /// A command in the scratch folder that sees nothing of the house it is played in: no configuration of
    /// git, no repository or channel named in the environment.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("WARIFU_")
                || name_text.starts_with("GIT_")
                || name_text == "SOURCE_DATE_EPOCH"
            {
                command.env_remove(&name);
            }
        }
        for name in ["LC_ALL", "LC_MESSAGES"] {
            command.env_remove(name);
        }
        let locale = say!(self.lang, "en_US.UTF-8", "ja_JP.UTF-8");
        command
            .current_dir(&self.scratch)
            .stdin(Stdio::null())
            .env("LANG", locale)
            .env("HOME", self.at("home"))
            .env("XDG_CONFIG_HOME", self.at("home"))
            .env("XDG_STATE_HOME", self.at("home/states"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("NO_COLOR", "1");
        for (name, value) in ENVIRONMENT {
            command.env(name, value);
        }
        command
    }
}

/// Set for every command, so that the lines are short enough to read.
pub(super) const ENVIRONMENT: [(&str, &str); 4] = [
    ("WARIFU_AUTHOR", "Master Desk <desk@example.invalid>"),
    ("WARIFU_CHANNEL", "channel"),
    ("WARIFU_ROOT", "root.json"),
    ("WARIFU_PASSPHRASE_FILE", "passphrase.txt"),
];

impl Step<'_> {
    /// One more word, which may hold blanks.
    pub(super) fn word(mut self, word: &str) -> Self {
        self.words.push(word.to_owned());
        self
    }

    /// The exit status that the story expects.
    pub(super) fn expecting(mut self, exit: Exit) -> Self {
        self.expected = exit;
        self
    }

    /// What is shown of the output.
    pub(super) fn showing(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    /// Runs it, shows it, and holds it to what was expected; what it printed.
    ///
    /// # Errors
    /// With [`Exit::Data`] when it ended otherwise than the story says.
    pub(super) fn run(self) -> Result<String, Failure> {
        let Step { stage, program, name, words, expected, show } = self;
        let typed: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let line = format!("{name} {}", typed.join(" "));
        if !matches!(show, Show::Nothing) {
            stage.typed(&line);
        }
        let mut command = stage.command(program);
        command.args(&words);
        // Somebody may have ended the story meanwhile, and with it this command.
        let ran = interrupt::go_on().and_then(|()| run_bounded(command));
        let ran = ran.and_then(|ran| interrupt::go_on().map(|()| ran));
        let ran = ran.map_err(|error| cannot_run(program, &error))?;
        // Advice names a program by where it lies; the story types its name.
        let text = plain(&ran.output).replace(&program.display().to_string(), name);
        let as_expected = ran.status == Some(i32::from(expected.code()));
        stage.heard(&if as_expected { shown(&text, show) } else { text.clone() });
        if !as_expected {
            return Err(surprise(&line, expected, ran.status));
        }
        if expected != Exit::Done && !matches!(show, Show::Nothing) {
            let status = format!("({})", exit_words(expected, stage.lang));
            stage.heard(&stage.painted("33", &status));
        }
        Ok(text)
    }
}

fn exit_words(exit: Exit, lang: Lang) -> String {
    match exit {
        Exit::Done => say!(lang, "exit status 0: done", "終了ステータス 0: 完了"),
        Exit::Data => {
            say!(
                lang,
                "exit status 1: refused because of the data",
                "終了ステータス 1: データの問題により拒否"
            )
        }
        Exit::CouldNotRun => say!(lang, "exit status 2: could not run", "終了ステータス 2: 実行不可"),
        Exit::Trust => {
            say!(lang, "exit status 3: refused because of trust", "終了ステータス 3: 信頼の問題により拒否")
        }
    }
}

/// Runs `command` with its output and errors in the order they were written, for a bounded time.
fn run_bounded(mut command: Command) -> io::Result<Ran> {
    let (mut reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds our ends of the pipe; the reader would wait for them.
    drop(command);
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = reader.read_to_end(&mut bytes).map(|_| bytes);
        let _ = sender.send(read);
    });
    let Ok(read) = receiver.recv_timeout(COMMAND_LIMIT) else {
        child.kill()?;
        child.wait()?;
        return Err(io::Error::from(io::ErrorKind::TimedOut));
    };
    let status = child.wait()?.code();
    Ok(Ran { status, output: String::from_utf8_lossy(&read?).into_owned() })
}

/// Digests of 64 digits are cut to 12: they are for programs.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    let end_of_digits = |out: &mut String, digits: &mut String| {
        match digits.len() {
            40.. => {
                out.push_str(&digits[..12]);
                out.push('…');
            }
            _ => out.push_str(digits),
        }
        digits.clear();
    };
    for character in text.chars() {
        if character.is_ascii_digit() || ('a'..='f').contains(&character) {
            digits.push(character);
            continue;
        }
        end_of_digits(&mut out, &mut digits);
        out.push(character);
    }
    end_of_digits(&mut out, &mut digits);
    out
}

/// The lines to show, with a mark where lines were left out.
fn shown(text: &str, show: Show) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let count = lines.len();
    let is_shown = |at: usize, line: &str| match show {
        Show::All => true,
        Show::First(most) => at < most,
        Show::Last(most) => at + most >= count,
        Show::With(words) => words.iter().any(|word| line.contains(word)),
        Show::Nothing => false,
    };
    let mut out = String::new();
    let mut cut = false;
    for (at, line) in lines.iter().enumerate() {
        if is_shown(at, line) {
            out.push_str(line);
            out.push('\n');
            cut = false;
        } else if !cut && !matches!(show, Show::Nothing) {
            out.push_str("…\n");
            cut = true;
        }
    }
    out
}

/// A word as a shell wants it.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "-_./:=,~".contains(character);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// The story went otherwise than told.
pub(super) fn surprise(line: &str, expected: Exit, happened: Option<i32>) -> Failure {
    let happened = happened.map_or_else(|| "killed".to_owned(), |status| status.to_string());
    let expected = expected.code();
    unexpected(
        format_args!("`{line}`: expected exit status {expected}, got {happened}"),
        format_args!("`{line}`: 終了ステータス {expected} のはずが {happened} でした"),
    )
}

/// Something else than the story says.
pub(super) fn unexpected(english: impl std::fmt::Display, japanese: impl std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Data,
        format!("the demonstration went otherwise than it should: {english}"),
        format!("デモが想定どおりに進みませんでした: {japanese}"),
    )
}

pub(super) fn cannot(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    Failure::system(format_args!("cannot use {path}"), format_args!("{path} を使用できません"), error)
}

pub(super) fn cannot_run(program: &Path, error: &io::Error) -> Failure {
    let program = program.display();
    Failure::system(format_args!("cannot run {program}"), format_args!("{program} を実行できません"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_marked_and_digests_shortened() {
        let digest = "ab".repeat(32);
        assert_eq!(plain(&format!("sha256 {digest} done")), "sha256 abababababab… done");
        assert_eq!(shown("a\nb\nc\nd\n", Show::With(&["a", "d"])), "a\n…\nd\n");
        assert_eq!(shown("a\nb\nc\n", Show::Last(1)), "…\nc\n");
        assert_eq!(shown("a\nb\n", Show::First(1)), "a\n…\n");
    }

    #[test]
    fn words_with_blanks_are_quoted() {
        assert_eq!(quoted("root.json"), "root.json");
        assert_eq!(quoted("June 2024"), "'June 2024'");
    }
}
