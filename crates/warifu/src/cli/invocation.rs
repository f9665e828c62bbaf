//! How this program was called, and what it was given: what an advised command needs to run as it is printed.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches};
use warifu::advice::{Advised, Blank, By, in_shell};
use warifu_values::lang::{Lang, Speak as _};

use super::settings::Settings;

/// Options that hold for the next command as they did for this one.
const CARRIED: [(&str, Carried); 8] = [
    ("lang", Carried::Typed),
    ("schemas", Carried::Own),
    ("audit", Carried::Own),
    ("repo", Carried::Typed),
    ("channel", Carried::Whole),
    ("root", Carried::Whole),
    ("state", Carried::Own),
    ("policy", Carried::Own),
];

/// To whom an option is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// To whoever gave it: another has one of their own. What a variable gave holds for them anyhow.
    Own,
    /// To everybody, where it was typed.
    Typed,
    /// To everybody, and to others also where a variable gave it.
    Whole,
}

/// A command line that was understood.
#[derive(Debug)]
pub(crate) struct Invocation {
    program: String,
    /// The words of the command that runs.
    names: Vec<String>,
    /// The line as it was typed, word by word.
    typed: Vec<OsString>,
    given: Vec<Given>,
    /// Whether the command that runs knows of a repository.
    has_repository: bool,
    /// All commands that there are.
    commands: clap::Command,
}

#[derive(Debug)]
struct Given {
    id: &'static str,
    value: String,
    carried: Carried,
    was_typed: bool,
}

impl Invocation {
    /// Of the line `args`, which gave `matches` by `commands`.
    pub(crate) fn new(
        args: &[OsString],
        matches: &ArgMatches,
        commands: clap::Command,
        settings: &Settings,
    ) -> Self {
        let program = args.first().map_or("warifu".into(), |program| program.to_string_lossy());
        let mut innermost = matches;
        let mut names = Vec::new();
        while let Some((name, within)) = innermost.subcommand() {
            names.push(name.to_owned());
            innermost = within;
        }
        let mut given = Vec::new();
        for (id, carried) in CARRIED {
            let Ok(Some(mut values)) = innermost.try_get_raw(id) else { continue };
            let was_typed = match innermost.value_source(id) {
                Some(ValueSource::CommandLine) => true,
                Some(ValueSource::EnvVariable) => false,
                // Read again by who runs the next command; another has a file of their own.
                Some(ValueSource::DefaultValue) if settings.says(id) => false,
                _ => continue,
            };
            let last = values.next_back().map(|value| value.to_string_lossy().into_owned());
            given.extend(last.map(|value| Given { id, value, carried, was_typed }));
        }
        let has_repository = innermost.try_get_raw("repo").is_ok();
        let (program, typed) = (program.into_owned(), args.to_vec());
        Invocation { program, names, typed, given, has_repository, commands }
    }

    /// The command that runs, by its words: `release draft`.
    pub(crate) fn command_name(&self) -> String {
        self.names.join(" ")
    }

    /// Whether the option `id`, one of those that are carried, was typed.
    pub(crate) fn was_typed(&self, id: &str) -> bool {
        self.given.iter().any(|given| given.id == id && given.was_typed)
    }

    /// `advised` as it is typed to be run.
    pub(crate) fn line(&self, advised: &Advised, lang: Lang) -> String {
        let mut words = vec![in_shell(&self.program)];
        match advised.names() {
            Some(names) => {
                words.extend(names.iter().map(ToString::to_string));
                words.extend(self.carried(names, advised));
                words.extend(self.missing_repository(names, advised, lang));
            }
            None => words.extend(typed(&self.typed_without(advised.without()))),
        }
        words.extend(advised.words(lang));
        words.join(" ")
    }

    /// The typed line without the options `left_out`, each with its value.
    fn typed_without(&self, left_out: &[&str]) -> Vec<OsString> {
        let (mut kept, mut is_value) = (Vec::new(), false);
        for word in &self.typed {
            let text = word.to_string_lossy();
            let is_it = left_out.contains(&&*text);
            let is_with_value = text.split_once('=').is_some_and(|(option, _)| left_out.contains(&option));
            if !is_it && !is_value && !is_with_value {
                kept.push(word.clone());
            }
            is_value = is_it && !is_value;
        }
        kept
    }

    /// The repository, for its reader to fill in: where the command takes one, and the one that runs does
    /// not and could not be given any.
    fn missing_repository(&self, names: &[&str], advised: &Advised, lang: Lang) -> Vec<String> {
        let takes = self
            .command(names)
            .is_some_and(|command| command.get_arguments().any(|arg| arg.get_long() == Some("repo")));
        if !takes || self.has_repository || advised.has("--repo") || advised.by() != By::Reader {
            return Vec::new();
        }
        vec!["--repo".to_owned(), Blank::Repository.say(lang)]
    }

    /// The command `names`.
    fn command(&self, names: &[&str]) -> Option<&clap::Command> {
        names.iter().try_fold(&self.commands, |command, name| command.find_subcommand(name))
    }

    /// Of what was given, the options that the command `names` takes too and that are not given it anew.
    fn carried(&self, names: &[&str], advised: &Advised) -> Vec<String> {
        let within = self.command(names);
        let takes = |id: &str| {
            let is_it = |arg: &&Arg| arg.get_id() == id;
            let everywhere = self.commands.get_arguments().filter(|arg| arg.is_global_set());
            within.into_iter().flat_map(clap::Command::get_arguments).chain(everywhere).find(is_it)
        };
        let mut words = Vec::new();
        for Given { id, value, carried, was_typed } in &self.given {
            let Some(arg) = takes(id) else { continue };
            if arg.get_long().is_some_and(|long| advised.has(&format!("--{long}"))) {
                continue;
            }
            let is_for_them = match (advised.by(), carried) {
                (By::Reader, _) => *was_typed || arg.get_env().is_none(),
                (By::Another, Carried::Own) => false,
                (By::Another, Carried::Typed) => *was_typed,
                (By::Another, Carried::Whole) => true,
            };
            if is_for_them {
                words.extend(arg.get_long().map(|long| format!("--{long}")));
                words.push(in_shell(value));
            }
        }
        words
    }
}

/// The command as it would be typed again, without the program. No option takes a secret; what one names may
/// be a file with one. A PIN that somebody typed into a URI is not repeated.
pub(crate) fn typed(command: &[OsString]) -> Vec<String> {
    command.iter().skip(1).map(|word| in_shell(&without_pin(&word.to_string_lossy()))).collect()
}

/// The word, without what follows `pin-value` in it.
fn without_pin(word: &str) -> String {
    match word.to_ascii_lowercase().find("pin-value") {
        Some(at) => format!("{}pin-value=...", &word[..at]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use warifu::advice::Blank;

    use super::*;
    use crate::cli::Cli;

    fn invocation(line: &[&str]) -> Invocation {
        let args: Vec<OsString> = line.iter().map(Into::into).collect();
        let matches = Cli::command().try_get_matches_from(&args).unwrap();
        Invocation::new(&args, &matches, Cli::command(), &Settings::default())
    }

    #[test]
    fn what_was_given_is_given_to_the_next_command_that_takes_it() {
        let list = ["./warifu", "--lang", "ja", "channel", "list", "my channel", "--root", "r.json"];
        let list = invocation(&[&list[..], &["--state", "it's", "--policy", "p.toml"]].concat());
        let fetch =
            Advised::command(&["channel", "fetch"]).word("--fallback").word("-o").blank(Blank::Folder);
        assert_eq!(
            list.line(&fetch, Lang::En),
            "./warifu channel fetch --lang ja 'my channel' --root r.json --state 'it'\\''s' --policy p.toml \
             --fallback -o DIR"
        );
        // A key of the root is shown by the file alone, and another has a memory of their own.
        assert_eq!(
            list.line(&Advised::command(&["trust", "show"]), Lang::En),
            "./warifu trust show --lang ja r.json"
        );
        let sign = Advised::command(&["release", "sign"]).word("a b").by_another();
        assert_eq!(
            list.line(&sign, Lang::En),
            "./warifu release sign --lang ja --channel 'my channel' --root r.json 'a b'"
        );
        // A repository that was typed is told as it was, to be run as it stands.
        let draft = ["warifu", "release", "draft", "--repo", "mine", "--title", "t", "-o", "a b"];
        let draft = invocation(&[&draft[..], &["--channel", "c", "--root", "r", "--state", "s"]].concat());
        let line = draft.line(&sign, Lang::En);
        assert_eq!(line, "warifu release sign --repo mine --channel c --root r 'a b'");
        // Unless they must have another one.
        let sign = sign.word("--repo").blank(Blank::Repository);
        let line = draft.line(&sign, Lang::En);
        assert_eq!(line, "warifu release sign --channel c --root r 'a b' --repo REPOSITORY");
    }

    #[test]
    fn a_command_that_is_run_again_is_the_one_that_was_typed() {
        let log = invocation(&["warifu", "log", "--repo", "my masters"]);
        let again = Advised::again().word("--series").word("r06");
        assert_eq!(log.line(&again, Lang::En), "warifu log --repo 'my masters' --series r06");
    }

    #[test]
    fn an_option_that_is_given_anew_is_not_repeated() {
        let words = ["warifu", "release", "draft", "--accept-past", "drug/price", "--reason", "a b"];
        let words = [&words[..], &["--source=n 1", "--title", "t u", "-o", "d"]].concat();
        let words = [&words[..], &["--channel", "c", "--root", "r"]].concat();
        let again = Advised::again_without(&["--reason", "--source"]).word("--source").blank(Blank::Notice);
        assert_eq!(
            invocation(&words).line(&again, Lang::En),
            "warifu release draft --accept-past drug/price --title 't u' -o d --channel c \
             --root r --source NOTICE"
        );
    }

    #[test]
    fn a_repository_that_could_not_be_given_is_asked_for() {
        let renew = Advised::command(&["release", "renew"]).word("-o").blank(Blank::Draft);
        let revoke = ["warifu", "key", "revoke", "k", "--reason", "lost", "--key", "a.key"];
        let revoke = invocation(&[&revoke[..], &["--channel", "c", "--root", "r.json"]].concat());
        assert_eq!(
            revoke.line(&renew, Lang::En),
            "warifu release renew --channel c --root r.json --repo REPOSITORY -o DRAFT"
        );
        let sign = ["warifu", "release", "renew", "-o", "d", "--repo", "mine"];
        let sign = invocation(&[&sign[..], &["--channel", "c", "--root", "r.json"]].concat());
        assert_eq!(
            sign.line(&renew, Lang::En),
            "warifu release renew --repo mine --channel c --root r.json -o DRAFT"
        );
    }

    #[test]
    fn a_pin_that_was_typed_is_not_written_down() {
        let words = ["warifu", "key", "new", "青木 花子", "--on", "pkcs11:token=a?PIN-value=4711&x=y"];
        let told = typed(&words.map(OsString::from)).join(" ");
        assert_eq!(told, "key new '青木 花子' --on 'pkcs11:token=a?pin-value=...'");
    }
}
