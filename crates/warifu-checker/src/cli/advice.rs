//! Commands that messages advise, as they run when they are typed: with the checker that this run was given.

use clap::CommandFactory as _;

use crate::cli::arguments::Arguments;

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

#[cfg(test)]
mod tests {
    use super::*;

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
