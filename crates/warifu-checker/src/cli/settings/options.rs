//! What `serve` can be told, as clap knows it: the name, the section and the key in the file, the variable,
//! and what a value must be.

use std::any::TypeId;
use std::ffi::{OsStr, OsString};

use clap::{Arg, ArgAction, Command, CommandFactory as _};
use warifu_usage::why;
use warifu_values::lang::Lang;

use crate::cli::arguments::{ABOUT_THE_FILE, Arguments};
use crate::config_file::{self, Key, Kind, Section, Shape};
use crate::said::Said;

/// What comes before the name of an option in its variable.
const VARIABLES: &str = "WARIFU_CHECKER_";

/// Where a key would be called as its section is.
const KEYS: &[(&str, &str)] = &[("channel", "mirrors"), ("log", "form")];

/// One option.
#[derive(Debug, Clone)]
pub(in crate::cli) struct ServeOption {
    /// As clap calls it.
    pub(in crate::cli) id: String,
    /// On the command line, without the dashes.
    pub(in crate::cli) long: String,
    /// Its section in the file; none for what stands before all sections.
    pub(super) section: Option<String>,
    /// Its key there.
    pub(super) key: String,
    pub(super) kind: Kind,
    /// For people.
    pub(super) help: String,
    /// What it is when nobody says anything.
    pub(super) default: Option<String>,
    /// Nothing goes without it.
    pub(super) is_required: bool,
    /// An older variable, which other commands hear too.
    shared: Option<OsString>,
    /// The option by itself, without what it asks of others.
    alone: Arg,
}

impl ServeOption {
    fn of(arg: &Arg) -> Option<ServeOption> {
        let (id, long) = (arg.get_id().as_str().to_owned(), arg.get_long()?.to_owned());
        let alone = alone(arg, &long);
        let section = arg.get_help_heading().map(str::to_lowercase);
        let renamed = KEYS.iter().find(|(name, _)| *name == long).map(|(_, key)| *key);
        let within = section.as_deref().and_then(|it| long.strip_prefix(it)?.strip_prefix('-'));
        let key = renamed.or(within).unwrap_or(&long).to_owned();
        let default = arg.get_default_values().first().and_then(|it| it.to_str()).map(ToOwned::to_owned);
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let shared = arg.get_env().map(OsStr::to_owned);
        let (kind, is_required) = (kind(arg), arg.is_required_set());
        Some(ServeOption { id, long, section, key, kind, help, default, is_required, shared, alone })
    }

    /// Its variables, the first before the others.
    pub(super) fn variables(&self) -> impl Iterator<Item = OsString> {
        let own = OsString::from(format!("{VARIABLES}{}", self.long.to_uppercase().replace('-', "_")));
        let shared = self.shared.clone().filter(|shared| *shared != own);
        std::iter::once(own).chain(shared)
    }

    /// What is typed to give it `value`; nothing for a flag that is down.
    pub(super) fn typed(&self, value: &OsStr) -> Option<OsString> {
        let name = format!("--{}", self.long);
        match self.kind {
            Kind::Flag => (value == "true").then(|| name.into()),
            Kind::Number | Kind::Text | Kind::Texts | Kind::Command => {
                let mut typed = OsString::from(name + "=");
                typed.push(value);
                Some(typed)
            }
        }
    }

    /// Why `value` is none of its values.
    pub(super) fn refuses(&self, value: &OsStr) -> Option<Said> {
        if self.kind == Kind::Flag {
            // Names are the same in either language.
            return (value != "true" && value != "false").then(|| Said::new("true, false", "true, false"));
        }
        let command = Command::new("it").no_binary_name(true).arg(self.alone.clone());
        let refused = command.try_get_matches_from(self.typed(value)).err()?;
        Some(match std::error::Error::source(&refused) {
            Some(reason) => Said::new(why(reason, Lang::En), why(reason, Lang::Ja)),
            None => {
                let names = self.possible().join(", ");
                Said::new(names.clone(), names)
            }
        })
    }

    /// The names that it takes, where there are only so many.
    fn possible(&self) -> Vec<String> {
        let values = self.alone.get_possible_values();
        values.iter().map(|value| value.get_name().to_owned()).collect()
    }

    pub(super) fn takes_several(&self) -> bool {
        self.kind == Kind::Texts
    }

    /// Its section in the file.
    pub(in crate::cli) fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// Its section and key, as they are told.
    pub(in crate::cli) fn place(&self) -> String {
        config_file::place(self.section(), &self.key)
    }
}

/// Whether it says how a terminal is written to, which is nothing that a service is told.
fn is_of_the_terminal(arg: &Arg) -> bool {
    arg.get_id() == "color" || arg.get_id() == "quiet"
}

/// The same option, which asks nothing of others.
fn alone(arg: &Arg, long: &str) -> Arg {
    Arg::new(arg.get_id().clone())
        .long(long.to_owned())
        .value_parser(arg.get_value_parser().clone())
        .action(arg.get_action().clone())
        .global(arg.is_global_set())
}

fn kind(arg: &Arg) -> Kind {
    let of = arg.get_value_parser().type_id();
    let numbers = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
        TypeId::of::<i64>(),
    ];
    match arg.get_action() {
        ArgAction::SetTrue => Kind::Flag,
        ArgAction::Append => Kind::Texts,
        _ if numbers.iter().any(|number| of == *number) => Kind::Number,
        _ => Kind::Text,
    }
}

/// All of them, in the order of the help.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Options {
    /// The command that they are typed after.
    name: &'static str,
    told: Vec<ServeOption>,
    /// Those about the file, and what else is told to that command alone.
    about: Vec<Arg>,
}

impl Options {
    /// What `serve` can be told and the command `name` too.
    pub(super) fn of(name: &'static str) -> Options {
        let (serve, commands) = (Options::of_serve(), Arguments::command());
        let own = commands.find_subcommand(name).into_iter().flat_map(Command::get_arguments);
        let own: Vec<&Arg> = commands.get_arguments().chain(own).collect();
        let takes = |option: &ServeOption| own.iter().any(|arg| *arg.get_id() == *option.id);
        let told: Vec<_> = serve.told.into_iter().filter(takes).collect();
        let is_told = |arg: &&&Arg| told.iter().any(|option| *arg.get_id() == *option.id);
        let others = own.iter().filter(|arg| !is_told(arg));
        let about = others.filter_map(|arg| match arg.get_long() {
            Some(long) => Some(alone(arg, long)),
            None => Some((*arg).clone()).filter(Arg::is_positional),
        });
        let about = about.collect();
        Options { name, told, about }
    }

    /// What `serve` can be told.
    pub(in crate::cli) fn of_serve() -> Options {
        let commands = Arguments::command();
        let serve = commands.find_subcommand("serve");
        let own = serve.into_iter().flat_map(Command::get_arguments);
        let (about, told): (Vec<_>, Vec<_>) = commands
            .get_arguments()
            .chain(own)
            .partition(|arg| arg.get_help_heading() == Some(ABOUT_THE_FILE) || is_of_the_terminal(arg));
        let about = about.into_iter().filter_map(|arg| Some(alone(arg, arg.get_long()?))).collect();
        // What stands before all sections comes first, as TOML has it; else the order is clap's.
        let mut options: Vec<_> = told.into_iter().filter_map(ServeOption::of).collect();
        let mut sections: Vec<Option<String>> = vec![None];
        for option in &options {
            if !sections.contains(&option.section) {
                sections.push(option.section.clone());
            }
        }
        options.sort_by_key(|option| sections.iter().position(|section| *section == option.section));
        Options { name: "serve", told: options, about }
    }

    pub(in crate::cli) fn all(&self) -> &[ServeOption] {
        &self.told
    }

    /// The one that clap calls `id`.
    pub(in crate::cli) fn by_id(&self, id: &str) -> Option<&ServeOption> {
        self.told.iter().find(|option| option.id == id)
    }

    /// The one that is called so in the file.
    pub(super) fn at(&self, section: Option<&str>, key: &str) -> Option<&ServeOption> {
        self.told.iter().find(|option| option.section.as_deref() == section && option.key == key)
    }

    /// What the file may hold.
    pub(super) fn shape(&self) -> Shape {
        let mut sections: Vec<Section> = Vec::new();
        for option in &self.told {
            if sections.last().is_none_or(|last| last.name != option.section) {
                sections.push(Section { name: option.section.clone(), is_many: false, keys: Vec::new() });
            }
            let also = Some(option.long.clone()).filter(|long| *long != option.key);
            let key = Key { name: option.key.clone(), kind: option.kind, also };
            sections.iter_mut().last().into_iter().for_each(|section| section.keys.push(key.clone()));
        }
        Shape { sections }
    }

    /// A command line that takes the same options, none of which asks for another: to see what a line gives.
    pub(super) fn alone(&self) -> Command {
        let args = self.told.iter().map(|option| option.alone.clone()).chain(self.about.clone());
        let (everywhere, own): (Vec<_>, Vec<_>) = args.partition(Arg::is_global_set);
        let command = Command::new(self.name).args(own);
        Command::new("warifu-checker").args(everywhere).subcommand(command).allow_external_subcommands(true)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_option_has_one_place_in_the_file_and_one_variable() {
        let options = Options::of_serve();
        let places: BTreeSet<_> = options.all().iter().map(ServeOption::place).collect();
        assert_eq!(places.len(), options.all().len(), "{places:?}");
        let variables: Vec<_> = options.all().iter().flat_map(ServeOption::variables).collect();
        assert_eq!(variables.iter().collect::<BTreeSet<_>>().len(), variables.len(), "{variables:?}");
        for place in
            ["state", "[channel] mirrors", "[limits] arrived-mib", "[replay] files", "[gates] probation"]
        {
            assert!(places.contains(place), "{place}: {places:?}");
        }
        let about: Vec<_> = options.about.iter().filter_map(Arg::get_long).collect();
        assert_eq!(
            about,
            ["color", "quiet", "config", "check-config", "print-config"],
            "all others stand in the file"
        );
    }

    #[test]
    fn what_is_a_number_is_one_in_the_file() {
        for option in Options::of_serve().all() {
            let is_number = option.default.as_deref().is_some_and(|default| default.parse::<u64>().is_ok());
            assert!(!is_number || option.kind == Kind::Number, "{} is no number in the file", option.long);
        }
    }

    #[test]
    fn sections_are_names_that_a_file_can_have() {
        for section in Options::of_serve().shape().sections.into_iter().filter_map(|section| section.name) {
            let is_plain = section.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
            assert!(is_plain, "the heading of [{section}] is one plain word");
        }
    }

    /// As each parser refuses what is certainly wrong.
    #[test]
    fn why_a_value_is_refused_is_told_in_the_language_that_is_asked_for() {
        let options = Options::of_serve();
        let mut refused = 0;
        for option in options.all() {
            for wrong in ["", "x", "-1", "0", "99999999999999999999", "127.0.0.1"] {
                let Some(why) = option.refuses(OsStr::new(wrong)) else { continue };
                refused += 1;
                let is_word =
                    |word: &&str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_lowercase());
                let english = why.ja.split([' ', '「', '」']).filter(is_word).count();
                assert!(english <= 2, "{}: {wrong:?}: {why:?}", option.long);
            }
        }
        assert!(refused > 50, "{refused}");
        let why = |id: &str, value: &str| options.by_id(id).unwrap().refuses(OsStr::new(value)).unwrap();
        assert_eq!(why("idle_seconds", "0").ja, "1～86400 の整数を指定してください");
        assert_eq!(why("poll", "0").ja, "1 以上の整数を指定してください");
        assert_eq!(why("poll", "never").ja, "整数ではありません");
        assert_eq!(why("listen", "127.0.0.1").ja, "アドレスとポートが必要です（例: 127.0.0.1:8642）");
    }
}
