//! What is typed daily, from where it is kept: the option, then the environment, then the user's own file,
//! then `warifu.toml` of the repository, which others can change. What a file says becomes the option's
//! default, so that every command has it by the one way that it reads options.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Command;
use clap::builder::OsStr as ClapStr;
use warifu::daily::{Daily, DailyError, Whose, of_repository, of_user};
use warifu::error::{Exit, Failure};
use warifu::store::declared_at;
use warifu_values::lang::Lang;
use warifu_values::say;

/// The longest file of settings.
const MOST_BYTES: u64 = 1 << 20;

/// Who named a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NamedBy {
    /// The user, on the line.
    Line,
    /// The user, by a variable of the environment.
    Variable(&'static str),
    /// The user, in their own file.
    Own(PathBuf),
    /// Whoever can send something into the repository, in its `warifu.toml`: nobody's word for the user.
    Repository(PathBuf),
}

impl NamedBy {
    /// Whether it is the user's own word.
    pub(crate) fn is_user(&self) -> bool {
        !matches!(self, NamedBy::Repository(_))
    }

    /// Where it stands; nothing of what was typed, which is seen.
    pub(crate) fn place(&self, lang: Lang) -> Option<String> {
        match self {
            NamedBy::Line => None,
            NamedBy::Variable(name) => Some((*name).to_owned()),
            NamedBy::Own(file) => Some(file.display().to_string()),
            NamedBy::Repository(file) => {
                let file = file.display();
                Some(say!(
                    lang,
                    "[defaults] of the repository's {file}, which others can change",
                    "リポジトリの {file} の [defaults]。他の人も変更できます"
                ))
            }
        }
    }
}

/// What files say of what is typed daily.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Each with who says it.
    said: BTreeMap<Daily, (String, NamedBy)>,
    /// The files that were read, the one that counts for more first.
    files: Vec<PathBuf>,
    /// What is not right in one of them.
    fault: Option<DailyError>,
}

impl Settings {
    /// As the files say that hold for the line `args`.
    pub(crate) fn read(args: &[OsString]) -> Self {
        let mut settings = Settings::default();
        if let Some(file) = user_file() {
            settings.add(&file, Whose::User);
        }
        let typed = typed_repository(args);
        let repository = typed.or_else(|| std::env::var_os("WARIFU_REPO"));
        let repository = repository.or_else(|| settings.get(Daily::Repository).map(Into::into));
        if let Some(file) = declared_at(Path::new(&repository.unwrap_or_else(|| ".".into()))) {
            settings.add(&file, Whose::Repository);
        }
        settings
    }

    /// Adds what `file` says, where nothing that was added before says it.
    fn add(&mut self, file: &Path, whose: Whose) {
        let Ok(bytes) = warifu_files::read(file, MOST_BYTES) else { return };
        self.files.push(file.to_owned());
        let text = String::from_utf8_lossy(&bytes);
        let (said, by) = match whose {
            Whose::User => (of_user(&text, file), NamedBy::Own(file.to_owned())),
            Whose::Repository => (of_repository(&text, file), NamedBy::Repository(file.to_owned())),
        };
        match said {
            Ok(said) => {
                for (daily, value) in said {
                    self.said.entry(daily).or_insert_with(|| (value, by.clone()));
                }
            }
            Err(fault) => self.fault = self.fault.take().or(Some(fault)),
        }
    }

    /// What a file says.
    pub(crate) fn get(&self, daily: Daily) -> Option<&str> {
        self.said.get(&daily).map(|(value, _)| value.as_str())
    }

    /// Who says it in a file.
    pub(crate) fn named_by(&self, daily: Daily) -> Option<NamedBy> {
        self.said.get(&daily).map(|(_, by)| by.clone())
    }

    /// The files that were read.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The language that a file asks for.
    pub(crate) fn language(&self) -> Option<Lang> {
        self.get(Daily::Language).and_then(Lang::from_locale)
    }

    /// Whether a file says the option `id`.
    pub(crate) fn says(&self, id: &str) -> bool {
        Daily::ALL.into_iter().any(|daily| daily.option() == Some(id) && self.said.contains_key(&daily))
    }

    /// What is not right in a file.
    ///
    /// # Errors
    /// That.
    pub(crate) fn sound(&self) -> Result<(), Failure> {
        match &self.fault {
            Some(fault) => Err(Failure::because(Exit::CouldNotRun, fault)),
            None => Ok(()),
        }
    }

    /// `commands`, with what files say as the defaults of its options.
    pub(crate) fn applied(&self, commands: Command) -> Command {
        let shows_all = ["status", "config"].contains(&commands.get_name());
        let commands = commands.mut_args(|arg| {
            let id = arg.get_id().as_str();
            let daily = Daily::ALL.into_iter().find(|daily| daily.option() == Some(id));
            let is_option = |daily: Daily| arg.get_long() == daily.option() || daily == Daily::Channel;
            let value = daily.filter(|daily| is_option(*daily)).and_then(|daily| self.get(daily));
            // What may be left out means something by being given.
            let is_meant = shows_all || arg.is_required_set() || ["repo", "lang"].contains(&id);
            match value {
                Some(value) if is_meant => arg
                    .required(false)
                    .default_value(ClapStr::from(value.to_owned()))
                    .hide_default_value(true),
                // What a variable says need not be typed either.
                _ if arg.get_env().is_some_and(|name| std::env::var_os(name).is_some()) => {
                    arg.required(false)
                }
                _ => arg,
            }
        });
        let names: Vec<String> =
            commands.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        names
            .into_iter()
            .fold(commands, |commands, name| commands.mut_subcommand(name, |command| self.applied(command)))
    }
}

/// What stands before a command though it is one of its own options.
const REPOSITORY: &str = "--repo";

/// The options that every command has, as they are typed.
#[derive(Debug, Default)]
pub(crate) struct Globals {
    with_value: Vec<String>,
    flags: Vec<String>,
}

impl Globals {
    /// Those of `commands`.
    pub(crate) fn of(commands: &Command) -> Self {
        let mut globals = Globals::default();
        for option in commands.get_arguments().filter(|option| option.is_global_set()) {
            let typed = match option.get_action().takes_values() {
                true => &mut globals.with_value,
                false => &mut globals.flags,
            };
            typed.extend(option.get_long().map(|long| format!("--{long}")));
            typed.extend(option.get_short().map(|short| format!("-{short}")));
        }
        globals
    }

    fn takes_value(&self, typed: &str) -> bool {
        self.with_value.iter().any(|option| option == typed)
    }

    fn is_flag(&self, typed: &str) -> bool {
        self.flags.iter().any(|option| option == typed)
    }
}

/// The line with a `--repo` that stands before the command after it, where the command takes it.
pub(crate) fn repository_last(args: Vec<OsString>, globals: &Globals) -> Vec<OsString> {
    let (mut before, mut moved) = (Vec::new(), Vec::new());
    let mut words = args.into_iter();
    before.extend(words.next());
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        match &*text {
            "--repo" => {
                moved.push(word);
                moved.extend(words.next());
            }
            _ if text.starts_with("--repo=") => moved.push(word),
            name if globals.takes_value(name) => {
                before.push(word);
                before.extend(words.next());
            }
            _ if text.starts_with('-') && text != "--" => before.push(word),
            _ => {
                before.push(word);
                break;
            }
        }
    }
    let rest: Vec<OsString> = words.collect();
    let at = rest.iter().position(|word| word == "--").unwrap_or(rest.len());
    let (options, values) = rest.split_at(at);
    before.into_iter().chain(options.to_vec()).chain(moved).chain(values.to_vec()).collect()
}

/// Whether the line names no command and asks for nothing else.
pub(crate) fn is_bare(args: &[OsString], globals: &Globals) -> bool {
    let mut words = args.iter().skip(1);
    while let Some(word) = words.next() {
        match &*word.to_string_lossy() {
            name if name == REPOSITORY || globals.takes_value(name) => {
                words.next();
            }
            text if globals.is_flag(text) => {}
            text => match text.split_once('=') {
                Some((name, _)) if name == REPOSITORY || globals.takes_value(name) => {}
                _ => return false,
            },
        }
    }
    true
}

/// The repository that the line names.
fn typed_repository(args: &[OsString]) -> Option<OsString> {
    let joined = args.iter().find_map(|word| Some(word.to_str()?.strip_prefix("--repo=")?.into()));
    joined.or_else(|| args.windows(2).find(|pair| pair[0] == "--repo").map(|pair| pair[1].clone()))
}

/// What the user's own file calls what is missing, and where that file is: what is typed daily alone.
pub(crate) fn may_say(option: &str) -> Option<(&'static str, String)> {
    let daily = Daily::ALL.into_iter().find(|daily| daily.option() == Some(option))?;
    Some((daily.name(), user_file()?.display().to_string()))
}

/// The user's own file.
pub(crate) fn user_file() -> Option<PathBuf> {
    let whole = |name: &str| {
        let path = std::env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    // A relative path in either is passed over, as the XDG base directory specification says.
    let folder = whole("XDG_CONFIG_HOME").or_else(|| Some(whole("HOME")?.join(".config")))?;
    Some(folder.join("warifu/config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(Into::into).collect()
    }

    #[test]
    fn a_repository_before_the_command_is_one_after_it() {
        for (typed, meant) in [
            ("warifu --repo m log drug", "warifu log drug --repo m"),
            ("warifu --lang ja --repo=m check", "warifu --lang ja check --repo=m"),
            ("warifu --repo m import -- --a", "warifu import --repo m -- --a"),
            ("warifu log --repo m", "warifu log --repo m"),
            ("warifu", "warifu"),
        ] {
            assert_eq!(repository_last(line(typed), &globals()), line(meant), "{typed}");
        }
    }

    fn globals() -> Globals {
        Globals::of(&<crate::cli::Cli as clap::CommandFactory>::command())
    }

    /// Whatever is global: a line of it alone is bare, and `--repo` behind it is found.
    #[test]
    fn every_global_option_may_stand_alone_and_before_the_repository() {
        let globals = globals();
        for flag in &globals.flags {
            assert!(is_bare(&line(&format!("warifu {flag}")), &globals), "{flag}");
            let (typed, meant) =
                (format!("warifu {flag} --repo m log"), format!("warifu {flag} log --repo m"));
            assert_eq!(repository_last(line(&typed), &globals), line(&meant));
        }
        for option in &globals.with_value {
            for typed in [format!("warifu {option} x"), format!("warifu {option}=x")] {
                assert!(is_bare(&line(&typed), &globals), "{typed}");
                let meant = format!("{typed} log --repo m");
                assert_eq!(repository_last(line(&format!("{typed} --repo m log")), &globals), line(&meant));
            }
        }
        let known = ["--json", "--quiet", "-q", "--force", "--no-pager"];
        assert!(known.iter().all(|flag| globals.is_flag(flag)), "{globals:?}");
        let known = ["--lang", "--color", "--schemas", "--audit"];
        assert!(known.iter().all(|option| globals.takes_value(option)), "{globals:?}");
    }

    #[test]
    fn a_line_without_a_command_is_bare() {
        for bare in ["warifu", "warifu --lang ja", "warifu --json --repo m", "warifu --lang=en"] {
            assert!(is_bare(&line(bare), &globals()), "{bare}");
        }
        for other in ["warifu log", "warifu --help", "warifu -V", "warifu --repo m log", "warifu --bad"] {
            assert!(!is_bare(&line(other), &globals()), "{other}");
        }
    }
}
