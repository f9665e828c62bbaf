//! Completions of a program's commands and options, for shells.

use clap::{Command, ValueEnum};
use clap_complete::{Generator as _, shells};

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
    /// The script by which it completes `program`, whose commands and options are as they are parsed.
    pub fn completions(self, mut program: Command) -> Vec<u8> {
        let name = program.get_name().to_owned();
        program.set_bin_name(name);
        program.build();
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
            let script = String::from_utf8(shell.completions(program.clone())).unwrap();
            assert!(script.contains("release") && script.contains("reason"), "{shell:?}: {script}");
        }
    }
}
