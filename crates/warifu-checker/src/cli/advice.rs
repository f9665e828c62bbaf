//! Commands that messages advise, as they run when they are typed: with the checker that this run was given.

use clap::CommandFactory as _;
use warifu_values::lang::{Lang, Speak};

use crate::cli::arguments::Arguments;
use crate::said::Said;

/// `text` with `checker` (`--state DIR`) after each command in it that asks a running checker.
pub(super) fn to_be_typed(text: &str, checker: Option<&str>) -> String {
    let Some(checker) = checker else { return text.to_owned() };
    let commands = Arguments::command();
    let asks = |command: &&clap::Command| {
        let takes = |id: &str| command.get_arguments().any(|argument| argument.get_id() == id);
        takes("socket") && !takes("listen")
    };
    commands.get_subcommands().filter(asks).fold(text.to_owned(), |text, command| {
        let typed = format!("warifu-checker {}", command.get_name());
        text.replace(&typed, &format!("{typed} {checker}"))
    })
}

/// A message whose commands run as they are typed.
pub(super) struct Typed<'a> {
    pub(super) said: &'a Said,
    /// The checker that this run was given.
    pub(super) checker: Option<&'a str>,
}

impl Speak for Typed<'_> {
    fn say(&self, lang: Lang) -> String {
        to_be_typed(&self.said.say(lang), self.checker)
    }
}

impl Typed<'_> {
    /// The commands of this program that it advises, each once.
    pub(super) fn commands(&self) -> Vec<String> {
        let text = self.say(Lang::En);
        let mut words = text.split_whitespace().peekable();
        let mut commands: Vec<String> = Vec::new();
        while let Some(word) = words.next() {
            if word.trim_start_matches(['(', '`']) != PROGRAM {
                continue;
            }
            let mut command = PROGRAM.to_owned();
            // The name, then options with their values, numbers and what stands for something.
            let (mut is_name, mut is_value, mut is_over) = (true, false, false);
            while let Some(word) = words.peek().filter(|_| !is_over) {
                let bare = word.trim_end_matches([',', ';', '.', ')', ':', '`']);
                let is_option = bare.starts_with('-');
                let is_argument =
                    bare.starts_with(['…', '/']) || bare.starts_with(|c: char| c.is_ascii_digit());
                if !(is_name || is_value || is_option || is_argument) {
                    break;
                }
                command.push_str(&format!(" {bare}"));
                (is_name, is_value, is_over) = (false, is_option, bare.len() < word.len());
                words.next();
            }
            if !commands.contains(&command) {
                commands.push(command);
            }
        }
        commands
    }
}

/// What its commands begin with.
const PROGRAM: &str = "warifu-checker";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_the_commands_of_a_message() {
        let said = Said::new(
            "it is held; lift it (warifu-checker unhold 2 --reason …), or warifu-checker fall-back. Later, \
             warifu-checker status and warifu-checker fall-back.",
            "保留中です",
        );
        let commands = |checker| Typed { said: &said, checker }.commands();
        let expected = ["unhold 2 --reason …", "fall-back", "status"];
        assert_eq!(commands(None), expected.map(|command| format!("warifu-checker {command}")));
        assert_eq!(commands(Some("--state here"))[1], "warifu-checker fall-back --state here");
        assert_eq!(commands(Some("--state here"))[2], "warifu-checker status --state here");
    }

    #[test]
    fn commands_are_told_with_the_checker_that_was_given() {
        let text = "warifu-checker confirm 3 --reason …, warifu-checker fall-back（warifu-checker serve）";
        assert_eq!(to_be_typed(text, None), text);
        let state = r"--state '/srv/a checker'\''s'";
        let told = to_be_typed(text, Some(state));
        assert!(
            told.contains(r"warifu-checker confirm --state '/srv/a checker'\''s' 3 --reason …"),
            "{told}"
        );
        assert!(told.contains(r"warifu-checker fall-back --state '/srv/a checker'\''s'（"), "{told}");
        assert!(told.ends_with("（warifu-checker serve）"), "{told}");
    }
}
