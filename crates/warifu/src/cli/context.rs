//! What every command is given: language, output form, schemas.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use warifu::error::{Exit, Failure};
use warifu::report;
use warifu_masters::finding::Findings;
use warifu_masters::format::Format;
use warifu_masters::schema::Schemas;
use warifu_values::lang::Lang;

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Language of messages: en or ja; otherwise what LANG says.
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_lang, env = "WARIFU_LANG")]
    lang: Option<Lang>,
    /// Print one JSON document on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// A folder with layouts/, formats/, charsets/, codes/ and rules/ of a site, added to the built-in ones.
    #[arg(long, global = true, value_name = "DIR", env = "WARIFU_SCHEMAS")]
    schemas: Option<PathBuf>,
}

fn parse_lang(text: &str) -> Result<Lang, String> {
    Lang::from_locale(text).ok_or_else(|| "en or ja".to_owned())
}

impl Global {
    /// The language asked for, by option, then by locale.
    pub(crate) fn lang(&self) -> Lang {
        let by_locale = || {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
                .and_then(|value| Lang::from_locale(&value))
        };
        self.lang.or_else(by_locale).unwrap_or_default()
    }
}

/// What every command is given.
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) json: bool,
    pub(crate) schemas: Schemas,
}

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self, Failure> {
        let lang = global.lang();
        let wrong = |error: &dyn std::error::Error| {
            Failure::system("a schema is not right", "スキーマが正しくありません", error)
        };
        let mut schemas = Schemas::built_in().map_err(|error| wrong(&error))?;
        if let Some(folder) = &global.schemas {
            let files = schema_files(folder)?;
            let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            schemas = schemas.with(files).map_err(|error| wrong(&error))?;
        }
        Ok(Context { lang, json: global.json, schemas })
    }

    /// The format called `name`.
    pub(crate) fn format(&self, name: &str) -> Result<Arc<Format>, Failure> {
        self.schemas.format(name).cloned().ok_or_else(|| {
            let known: Vec<_> = self.schemas.formats().map(|format| format.name.as_str()).collect();
            let known = known.join(", ");
            Failure::new(
                Exit::CouldNotRun,
                format!("no format {name}; there are {known}"),
                format!("形式 {name} はありません（{known}）"),
            )
        })
    }

    /// Shows findings about `file` on standard error.
    pub(crate) fn findings(&self, file: &Path, findings: &Findings) {
        let text = report::findings_text(&file.display().to_string(), findings, self.lang);
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

/// Every file of a site's schema folder that is a schema, with its path below it.
fn schema_files(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let cannot = |path: &Path, error: &io::Error| {
        Failure::system(
            format_args!("cannot read schemas in {}", path.display()),
            format_args!("{} のスキーマを読めません", path.display()),
            error,
        )
    };
    let mut files = Vec::new();
    fs::metadata(folder).map_err(|error| cannot(folder, &error))?;
    let parts =
        [("charsets", "ucm"), ("codes", "toml"), ("formats", "toml"), ("layouts", "toml"), ("rules", "toml")];
    for (part, wanted) in parts {
        let part_folder = folder.join(part);
        if !part_folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&part_folder).map_err(|error| cannot(&part_folder, &error))? {
            let path = entry.map_err(|error| cannot(&part_folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == wanted) {
                let text = fs::read_to_string(&path).map_err(|error| cannot(&path, &error))?;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((format!("{part}/{name}"), text));
            }
        }
    }
    files.sort();
    Ok(files)
}
