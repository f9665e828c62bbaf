//! What is configured of an attached program: one TOML file, strictly read. What is wrong in it is named by
//! file, line and column.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use warifu_masters::schema::Schemas;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::attach::owner::Owner;
use crate::attach::page::Page;
use crate::log::{Form, Level};
use crate::said::Said;

/// What may take its time takes a day at most.
const DAY_SECONDS: u64 = 86_400;

/// A configuration is some kilobytes.
const LIMIT_BYTES: u64 = 1 << 20;

/// The file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where releases come from.
    pub from: From,
    /// Where this keeps its state.
    pub state: PathBuf,
    /// The socket to hear operators at; `operator.sock` in the state directory without it.
    pub socket: Option<PathBuf>,
    /// Look at the channel every so many seconds.
    #[serde(default = "half_a_minute")]
    pub poll_seconds: Spanned<u64>,
    /// The calendar, or `none`; the built-in one of the claim windows without it.
    pub calendar: Option<PathBuf>,
    /// The area of the network.
    pub area: Option<String>,
    /// What a site adds to the schemas.
    pub schemas: Option<PathBuf>,
    /// Confirmed releases that are kept to be gone back to.
    #[serde(default = "three")]
    pub keep_releases: u8,
    /// What is placed where.
    pub place: Place,
    /// How the program is told.
    pub reload: Spanned<Reload>,
    /// How it is asked whether it works: all of them, in their order.
    #[serde(default)]
    pub probe: Vec<Spanned<Probe>>,
    /// For so many seconds it must work with a new release before that is confirmed.
    #[serde(default = "sixty")]
    pub watch_seconds: u64,
    /// A command that is run when the program could not be given back what it had.
    pub alert: Option<Spanned<Vec<String>>>,
    /// What is told on stderr.
    #[serde(default)]
    pub log: Telling,
}

/// What is told on stderr, as `serve` has it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// Lines for people, or JSON objects.
    #[serde(default)]
    pub form: Form,
    /// The least that is told.
    #[serde(default)]
    pub level: Level,
}

/// Where releases come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The channel and its mirrors.
    pub channel: Spanned<Vec<String>>,
    /// The pinned root file.
    pub root: PathBuf,
    /// What this side demands whatever the root says.
    pub policy: Option<PathBuf>,
}

/// What is placed where.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Each release gets a folder in this one.
    pub folder: PathBuf,
    /// The link that names the folder to be used.
    pub link: PathBuf,
    /// The formats that are written, each into a folder of its own.
    pub formats: Spanned<Vec<String>>,
    /// The mode of files; folders can be entered by whoever reads them.
    pub mode: Option<Spanned<String>>,
    /// Whose they are, `user`, `user:group` or `:group`, by name or number.
    pub owner: Option<Spanned<String>>,
}

/// How the program is told: by one of these.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reload {
    /// A command and its arguments; no shell.
    pub command: Option<Vec<String>>,
    /// A signal to the process that `pid_file` names.
    pub signal: Option<String>,
    /// Its number.
    pub pid_file: Option<PathBuf>,
    /// A unit that systemd reloads.
    pub systemd_unit: Option<String>,
    /// The command may take so long.
    #[serde(default = "sixty")]
    pub limit_seconds: u64,
}

/// How it is asked whether it works: by one of these.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// A page of a web server: `http://host:port/path`.
    pub http: Option<String>,
    /// The status that the page must have.
    pub status: Option<u16>,
    /// What must be in the page; `{release}` stands for the release's number, `{manifest}` for its digest.
    pub contains: Option<String>,
    /// A command that must end with status 0; no shell.
    pub command: Option<Vec<String>>,
    /// It is asked so often before the answer is no.
    #[serde(default = "five")]
    pub tries: u32,
    /// Between two tries.
    #[serde(default = "second")]
    pub pause_ms: u64,
    /// Each may take so long.
    #[serde(default = "ten")]
    pub limit_seconds: u64,
}

fn second() -> u64 {
    1000
}
fn three() -> u8 {
    3
}
fn five() -> u32 {
    5
}
fn ten() -> u64 {
    10
}
fn half_a_minute() -> Spanned<u64> {
    Spanned::new(0..0, 30)
}
fn sixty() -> u64 {
    60
}

/// Signals that a program may be told by.
pub(super) const SIGNALS: [(&str, rustix::process::Signal); 3] = [
    ("HUP", rustix::process::Signal::HUP),
    ("USR1", rustix::process::Signal::USR1),
    ("USR2", rustix::process::Signal::USR2),
];

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// `file:line:column`, or the file alone.
    pub at: String,
    /// What is wrong there.
    pub why: Said,
}

impl Speak for ConfigError {
    fn say(&self, lang: Lang) -> String {
        format!("{}: {}", self.at, self.why.say(lang))
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the file at `path`; a relative path in it is from the file's folder.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let bytes = warifu_files::read(path, LIMIT_BYTES)
            .map_err(|error| ConfigError { at: path.display().to_string(), why: Said::of(&error) })?;
        let text = String::from_utf8_lossy(&bytes);
        let at = Text { file: path, text: &text };
        let mut config: Config = toml::from_str(&text).map_err(|error| {
            let why = Said::new(error.message(), format!("設定の誤り: {}", error.message()));
            at.error(error.span().unwrap_or(0..0), why)
        })?;
        config.check(&at)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let paths = [
            Some(&mut config.state),
            config.socket.as_mut(),
            config.calendar.as_mut().filter(|calendar| *calendar != Path::new("none")),
            config.schemas.as_mut(),
            Some(&mut config.from.root),
            config.from.policy.as_mut(),
            Some(&mut config.place.folder),
            Some(&mut config.place.link),
            config.reload.as_mut().pid_file.as_mut(),
        ];
        paths.into_iter().flatten().for_each(|path| *path = folder.join(&*path));
        for channel in config.from.channel.as_mut() {
            let named =
                local(channel).and_then(|(kind, path)| Some((kind, folder.join(path).to_str()?.to_owned())));
            if let Some((kind, path)) = named {
                *channel = format!("{kind}{path}");
            }
        }
        Ok(config)
    }

    /// Why no channel can be looked at, where all that are named are to lie here and none does. What lies
    /// elsewhere is not asked.
    pub fn no_channel(&self) -> Option<Said> {
        let channels = self.from.channel.get_ref();
        let is_to_be_had = |channel: &String| local(channel).is_none_or(|(_, path)| Path::new(path).exists());
        (!channels.iter().any(is_to_be_had)).then(|| {
            let named = channels.join(", ");
            Said::new(
                format!("from.channel: nothing is at {named}"),
                format!("from.channel: {named} が見つかりません"),
            )
        })
    }

    fn check(&self, at: &Text<'_>) -> Result<(), ConfigError> {
        let when = |is_wrong: bool, span: Range<usize>, en: &str, ja: &str| match is_wrong {
            true => Err(at.error(span, Said::new(en, ja))),
            false => Ok(()),
        };
        let channel = &self.from.channel;
        when(
            channel.get_ref().is_empty(),
            channel.span(),
            "at least one channel is named",
            "配信元を 1 つ以上指定してください",
        )?;
        let formats = &self.place.formats;
        when(
            formats.get_ref().is_empty(),
            formats.span(),
            "at least one format is named",
            "形式を 1 つ以上指定してください",
        )?;
        let takes = |seconds: u64, span| {
            let (en, ja) = ("it is 1 to 86400 seconds, a day", "1～86400 秒（1 日）で指定してください");
            when(!(1..=DAY_SECONDS).contains(&seconds), span, en, ja)
        };
        takes(*self.poll_seconds.get_ref(), self.poll_seconds.span())?;
        let Reload { command, signal, pid_file, systemd_unit, limit_seconds } = self.reload.get_ref();
        takes(*limit_seconds, self.reload.span())?;
        let ways = [command.is_some(), signal.is_some(), systemd_unit.is_some()];
        let is_one = ways.iter().filter(|is_there| **is_there).count() == 1;
        when(
            !is_one,
            self.reload.span(),
            "exactly one of command, signal and systemd_unit says how the program is told",
            "command、signal、systemd_unit のいずれか 1 つを指定してください",
        )?;
        when(
            signal.is_some() != pid_file.is_some(),
            self.reload.span(),
            "signal and pid_file go together",
            "signal と pid_file は組で指定してください",
        )?;
        let is_known = |name: &String| SIGNALS.iter().any(|(known, _)| known == name);
        when(
            signal.as_ref().is_some_and(|name| !is_known(name)),
            self.reload.span(),
            "the signal is HUP, USR1 or USR2",
            "signal は HUP、USR1、USR2 のいずれかです",
        )?;
        let empty = |command: &Option<Vec<String>>| command.as_ref().is_some_and(Vec::is_empty);
        let no_command = ("a command has a program", "command にはプログラムが必要です");
        when(empty(command), self.reload.span(), no_command.0, no_command.1)?;
        for probe in &self.probe {
            let Probe { http, status, contains, command, tries, pause_ms, limit_seconds } = probe.get_ref();
            takes(*limit_seconds, probe.span())?;
            takes(pause_ms.div_ceil(1000).max(1), probe.span())?;
            when(
                http.is_some() == command.is_some(),
                probe.span(),
                "exactly one of http and command says how the program is asked",
                "http と command のどちらか一方を指定してください",
            )?;
            when(empty(command), probe.span(), no_command.0, no_command.1)?;
            when(
                http.is_none() && (status.is_some() || contains.is_some()),
                probe.span(),
                "status and contains are of a page",
                "status と contains は http とともに指定します",
            )?;
            let is_page = http.as_ref().is_none_or(|url| Page::of(url).is_some());
            when(
                !is_page,
                probe.span(),
                "a page is named as http://host:port/path; for any other, name a command",
                "ページは http://ホスト:ポート/パス で指定してください。それ以外は command を使用してください",
            )?;
            when(*tries == 0, probe.span(), "it is asked once at least", "tries は 1 以上です")?;
        }
        if let Some(alert) = &self.alert {
            when(alert.get_ref().is_empty(), alert.span(), no_command.0, no_command.1)?;
        }
        if let Some(mode) = &self.place.mode {
            let is_mode = u32::from_str_radix(mode.get_ref(), 8).is_ok_and(|mode| mode <= 0o777);
            when(
                !is_mode,
                mode.span(),
                "a mode is three octal digits, as in \"0640\"",
                "mode は 8 進数で指定してください（例: \"0640\"）",
            )?;
        }
        if let Some(owner) = &self.place.owner {
            when(
                Owner::of(owner.get_ref()).is_none(),
                owner.span(),
                "nobody here is called so; an owner is user, user:group or :group",
                "そのようなユーザーやグループはありません（user、user:group、:group）",
            )?;
        }
        Ok(())
    }

    /// Refuses formats that `schemas` does not know.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn knows_formats(&self, path: &Path, schemas: &Schemas) -> Result<(), ConfigError> {
        let unknown = self.place.formats.get_ref().iter().find(|name| schemas.format(name).is_none());
        unknown.map_or(Ok(()), |name| {
            let why = Said::both(&NoFormat(name.clone()));
            Err(ConfigError { at: path.display().to_string(), why })
        })
    }

    /// The mode of files.
    pub(super) fn mode(&self) -> u32 {
        let mode = self.place.mode.as_ref();
        mode.and_then(|mode| u32::from_str_radix(mode.get_ref(), 8).ok()).unwrap_or(0o644)
    }
}

/// A channel that lies here: what stands before its path, and that. None where it lies elsewhere.
fn local(channel: &str) -> Option<(&str, &str)> {
    match channel.strip_prefix("bundle:") {
        Some(path) => Some((&channel[..channel.len() - path.len()], path)),
        None => (!channel.contains("://")).then_some(("", channel)),
    }
}

/// A format that nobody knows.
struct NoFormat(String);

impl Speak for NoFormat {
    fn say(&self, lang: Lang) -> String {
        let name = &self.0;
        say!(lang, "place.formats: no format is called {name}", "place.formats: 形式 {name} はありません")
    }
}

/// A place in the file.
struct Text<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Text<'_> {
    fn error(&self, span: Range<usize>, why: Said) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        ConfigError { at: format!("{}:{line}:{column}", self.file.display()), why }
    }
}
