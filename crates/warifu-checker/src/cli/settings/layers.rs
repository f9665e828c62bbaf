//! Who says what an option is: the command line, else a variable, else the file, else nobody.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches as _};
use warifu_usage::{Usage, asked_for, of_locale};
use warifu_values::text::without_secrets;

use crate::cli::arguments::{Arguments, command_line};
use crate::cli::failure::Failure;
use crate::cli::settings::file::{Given, read, refused};
use crate::cli::settings::options::{Options, ServeOption};
use crate::config_file::{Fault, Faults, Text, missing};
use crate::said::Said;

/// Where the file is.
const VARIABLE: &str = "WARIFU_CHECKER_CONFIG";

/// Where commands that ask a running checker look for its file when nobody names one.
const USUAL: &str = "/etc/warifu/checker.toml";

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Origin {
    CommandLine,
    Variable(OsString),
    /// `FILE:line:column`.
    File(String),
    Default,
}

/// What one option was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Told {
    pub(in crate::cli) values: Vec<OsString>,
    pub(in crate::cli) origin: Origin,
}

/// The commands that the configuration file of a checker speaks of.
const CONFIGURED: [&str; 3] = ["serve", DRY_RUN, FLEET];

/// The one of them that asks the store of a fleet, which the same file names.
const FLEET: &str = "fleet";

/// The one of them that asks about a checker which has its file where it usually lies.
const DRY_RUN: &str = "dry-run";

/// What `serve` is told, by whomever, and `dry-run` as far as it can be told the same. For other commands,
/// nothing.
#[derive(Debug)]
pub(in crate::cli) struct Settings {
    /// What was typed, to read all of it again.
    line: Vec<OsString>,
    /// By option, where anything was told.
    told: BTreeMap<String, Told>,
    /// The file, if there is one.
    pub(in crate::cli) file: Option<PathBuf>,
    pub(in crate::cli) options: Options,
}

/// Why there are none.
#[derive(Debug)]
pub(in crate::cli) enum NotSettled {
    /// The line is not one that can be typed, asks for help, or something is missing altogether.
    Usage(Box<Usage>),
    /// What the file and variables say cannot be taken: all of it.
    Faults(Vec<Fault>),
}

impl Settings {
    /// What was typed, by the environment and the file as they are now.
    pub(in crate::cli) fn read(line: Vec<OsString>) -> Result<(Arguments, Settings), NotSettled> {
        let typed = CONFIGURED.into_iter().find_map(|name| {
            let options = Options::of(name);
            let typed = options.alone().try_get_matches_from(&line).ok()?.remove_subcommand()?;
            (typed.0 == name).then_some((name, options, typed.1))
        });
        let Some((name, options, typed)) = typed else {
            // Another command, or no line at all: clap says which.
            let (arguments, options) = (parsed(&line)?, Options::of_serve());
            return Ok((arguments, Settings { line, told: BTreeMap::new(), file: None, options }));
        };
        let typed = &typed;
        let file = config_of(typed.get_one::<PathBuf>("config"));
        let names_none = || !options.by_id("state").is_some_and(|state| is_named(typed, state));
        let file = file.or_else(|| usual().filter(|_| name == FLEET || name == DRY_RUN && names_none()));
        let mut faults = Faults::default();
        let mut in_file = match &file {
            None => BTreeMap::new(),
            // It may say what this command is not told: all of it is read.
            Some(file) => read_file(file, &Options::of_serve(), &mut faults)?,
        };
        let mut told = BTreeMap::new();
        let mut whole = line.clone();
        for option in options.all() {
            if let Some(values) = on_line(typed, option) {
                told.insert(option.id.clone(), Told { values, origin: Origin::CommandLine });
                continue;
            }
            let given = match in_environment(option, &mut faults) {
                None => in_file.remove(&option.id).map(of_file),
                said => said,
            };
            if let Some(given) = given {
                whole.extend(given.values.iter().filter_map(|value| option.typed(value)));
                told.insert(option.id.clone(), given);
            }
        }
        if let Some(file) = &file {
            let is_missing = |option: &&ServeOption| option.is_required && !told.contains_key(&option.id);
            for option in options.all().iter().filter(is_missing) {
                faults.add(|| Fault::of_file(file, missing(option.section(), &option.key)));
            }
        }
        if !faults.is_none() {
            return Err(NotSettled::Faults(faults.in_order(file.as_deref().unwrap_or(Path::new("")))));
        }
        let arguments = parsed(&whole).map_err(|not| in_the_file(not, file.as_deref(), &options))?;
        Ok((arguments, Settings { line, told, file, options }))
    }

    /// The same line, by the environment and the file as they are now.
    pub(in crate::cli) fn again(&self) -> Result<(Arguments, Settings), NotSettled> {
        Settings::read(self.line.clone())
    }

    /// What `option` is, and who says so.
    pub(super) fn of(&self, option: &ServeOption) -> Told {
        self.told.get(&option.id).cloned().unwrap_or_else(|| Told {
            values: option.default.iter().map(OsString::from).collect(),
            origin: Origin::Default,
        })
    }

    /// Whether anybody says what the option `id` is.
    pub(in crate::cli) fn is_told(&self, id: &str) -> bool {
        self.told.contains_key(id)
    }

    /// Whether the command line says it.
    pub(in crate::cli) fn is_typed(&self, id: &str) -> bool {
        self.told.get(id).is_some_and(|told| told.origin == Origin::CommandLine)
    }

    /// Where in the file the value of the option `id` stands, and its key; nothing where it does not say
    /// that.
    pub(in crate::cli) fn in_file(&self, id: &str) -> Option<String> {
        let option = self.options.by_id(id)?;
        match &self.told.get(id)?.origin {
            Origin::File(place) => Some(format!("{place}: {}", option.key)),
            Origin::CommandLine | Origin::Variable(_) | Origin::Default => None,
        }
    }

    /// `failure`, after the place in the file that says what the option `id` is.
    pub(in crate::cli) fn at(&self, id: &str, failure: Failure) -> Failure {
        let Some(place) = self.in_file(id) else { return failure };
        let Failure { status, said: Said { en, ja } } = failure;
        Failure { status, said: Said::new(format!("{place}: {en}"), format!("{place}: {ja}")) }
    }

    /// The options that are told something else by `other`.
    pub(in crate::cli) fn differ<'a>(&'a self, other: &Settings) -> Vec<&'a ServeOption> {
        let differs = |option: &&ServeOption| self.of(option).values != other.of(option).values;
        self.options.all().iter().filter(differs).collect()
    }
}

fn parsed(line: &[OsString]) -> Result<Arguments, NotSettled> {
    let mut commands = command_line(asked_for(line).or_else(of_locale).unwrap_or_default());
    let parsed = commands.try_get_matches_from_mut(line).and_then(|matches| {
        Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut commands))
    });
    parsed.map_err(|error| NotSettled::Usage(Box::new(Usage::of(error, line, &commands))))
}

/// The same, where all that is wrong is that something is missing which can stand in `file`: said by the key
/// and the section that it is missing in.
fn in_the_file(not: NotSettled, file: Option<&Path>, options: &Options) -> NotSettled {
    let (NotSettled::Usage(usage), Some(file)) = (&not, file) else { return not };
    let key = |typed: &str| {
        let option = options.all().iter().find(|option| typed.strip_prefix("--") == Some(&*option.long))?;
        Some(Fault::of_file(file, missing(option.section(), &option.key)))
    };
    match usage.missing().into_iter().map(key).collect::<Option<Vec<_>>>() {
        Some(faults) if !faults.is_empty() => NotSettled::Faults(faults),
        _ => not,
    }
}

fn config_of(named: Option<&PathBuf>) -> Option<PathBuf> {
    let variable = || env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    named.cloned().or_else(variable)
}

/// The file where it usually lies, if it does.
fn usual() -> Option<PathBuf> {
    Some(PathBuf::from(USUAL)).filter(|usual| usual.exists())
}

/// Whether the line or a variable says what `option` is.
fn is_named(typed: &ArgMatches, option: &ServeOption) -> bool {
    on_line(typed, option).is_some() || in_environment(option, &mut Faults::default()).is_some()
}

fn read_file(
    path: &Path,
    options: &Options,
    faults: &mut Faults,
) -> Result<BTreeMap<String, Given>, NotSettled> {
    let text = Text::of_file(path).map_err(|why| NotSettled::Faults(vec![why]))?;
    Ok(read(&text, options, faults))
}

fn of_file(Given { values, place }: Given) -> Told {
    Told { values, origin: Origin::File(place) }
}

/// What was typed for `option`.
fn on_line(typed: &ArgMatches, option: &ServeOption) -> Option<Vec<OsString>> {
    let is_typed = typed.value_source(&option.id) == Some(ValueSource::CommandLine);
    let values = typed.get_raw(&option.id).filter(|_| is_typed);
    if is_typed && values.is_none() {
        // A flag has no text.
        return Some(vec!["true".into()]);
    }
    Some(values?.map(ToOwned::to_owned).collect())
}

/// What a variable says of `option`; one that is empty says nothing. Of an option that takes several values
/// each line is one.
fn in_environment(option: &ServeOption, faults: &mut Faults) -> Option<Told> {
    let said = |name: OsString| Some((env::var_os(&name).filter(|value| !value.is_empty())?, name));
    let (value, name) = option.variables().find_map(said)?;
    let values = match (option.takes_several(), value.to_str()) {
        (true, Some(text)) => text.lines().filter(|line| !line.is_empty()).map(OsString::from).collect(),
        _ => vec![value],
    };
    for value in &values {
        if let Some(why) = option.refuses(value) {
            let why = || refused(option, &value.to_string_lossy(), &why);
            faults.add(|| Fault::of_variable(&name, why()));
        }
    }
    Some(Told { values, origin: Origin::Variable(name) })
}

/// Where the checker of a configuration file is, for those who ask it.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct InFile {
    /// The file.
    pub(in crate::cli) file: PathBuf,
    pub(in crate::cli) state: Option<PathBuf>,
    pub(in crate::cli) socket: Option<PathBuf>,
}

impl NotSettled {
    /// Each thing that is wrong.
    pub(in crate::cli) fn said(&self) -> Vec<Said> {
        match self {
            NotSettled::Faults(faults) => faults.iter().map(Fault::said).collect(),
            NotSettled::Usage(usage) => vec![Said::both(&**usage)],
        }
    }
}

/// What the file says that is named, or that a variable names, or that lies where it usually does. What else
/// may be wrong with it is no reason not to find the checker.
pub(in crate::cli) fn in_file_of(named: Option<&PathBuf>) -> Result<Option<InFile>, Fault> {
    let Some(file) = config_of(named).or_else(usual) else { return Ok(None) };
    let mut given = read(&Text::of_file(&file)?, &Options::of_serve(), &mut Faults::default());
    let mut one = |id: &str| given.remove(id)?.values.pop().map(PathBuf::from);
    Ok(Some(InFile { state: one("state"), socket: one("socket"), file: file.clone() }))
}

/// That a value was told by nobody.
pub(super) fn is_default(told: &Told) -> bool {
    told.origin == Origin::Default
}

/// A value as people read it, who may be others than those that it is for.
pub(super) fn shown(value: &OsStr) -> String {
    without_secrets(&value.to_string_lossy())
}
