//! Completions of a program's commands and options, for shells.

use clap::{Command, ValueEnum};
use clap_complete::{Generator as _, shells};

use crate::catalogue::Catalogue;

/// A shell that completes what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// GNU Bash.
    Bash,
    /// Z shell.
    Zsh,
    /// fish.
    Fish,
}

impl Shell {
    /// The script by which it completes `program`, whose commands and options are as they are parsed; in
    /// `japanese` where that is given.
    pub fn completions(self, mut program: Command, japanese: Option<&Catalogue>) -> Vec<u8> {
        let name = program.get_name().to_owned();
        program.set_bin_name(name);
        program.build();
        if let Some(japanese) = japanese {
            program = japanese.put_for_shells(program);
        }
        let mut script = Vec::new();
        match self {
            Shell::Bash => shells::Bash.generate(&program, &mut script),
            Shell::Zsh => shells::Zsh.generate(&program, &mut script),
            Shell::Fish => shells::Fish.generate(&program, &mut script),
        }
        script
    }
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    #[test]
    fn every_shell_knows_commands_and_options() {
        let release = Command::new("release").arg(Arg::new("reason").long("reason").help("why"));
        let program = Command::new("it").subcommand(release);
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(shell.completions(program.clone(), None)).unwrap();
            assert!(script.contains("release") && script.contains("reason"), "{shell:?}: {script}");
        }
    }

    #[test]
    fn in_japanese_values_are_told_too_and_no_line_is_broken() {
        let long = "長い説明です".repeat(40);
        let read = format!("msgid \"how\"\nmsgstr \"{long}\"\n\nmsgid \"at once\"\nmsgstr \"直ちに\"\n");
        let japanese = Catalogue::read(&read);
        let value = clap::builder::PossibleValue::new("now").help("at once");
        let how = Arg::new("how").long("how").help("how").value_parser([value]);
        let hidden = Arg::new("log").long("log").help("of no help").hide(true);
        let program = Command::new("it").arg(how).arg(hidden);
        for shell in [Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(shell.completions(program.clone(), Some(&japanese))).unwrap();
            assert!(script.contains(&long) && script.contains("直ちに"), "{shell:?}: {script}");
            assert!(!script.contains("at once") && !script.contains("of no help"), "{shell:?}: {script}");
        }
    }
}
