//! Whether there are colours, as a line asks for them.

use std::ffi::OsString;

use clap::ValueEnum;

/// The value of `--color`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// As the environment says (NO_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM), else where there is a terminal.
    #[default]
    Auto,
    /// Also into files and to programs.
    Always,
    /// Nowhere.
    Never,
}

impl Colour {
    /// What `line` asks for, also where the rest of it cannot be taken.
    pub fn asked_for(line: &[OsString]) -> Colour {
        let words: Vec<_> = line.iter().map(|word| word.to_string_lossy()).collect();
        let joined = words.iter().find_map(|word| word.strip_prefix("--color="));
        let after = || words.windows(2).find(|pair| pair[0] == "--color").map(|pair| &*pair[1]);
        let typed = joined.or_else(after).and_then(|word| Colour::from_str(word, false).ok());
        typed.unwrap_or_default()
    }

    /// Lets all that this program writes from now on have colours, or not.
    pub fn settle(self) {
        match self {
            Colour::Auto => anstream::ColorChoice::Auto,
            Colour::Always => anstream::ColorChoice::Always,
            Colour::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_known_before_the_line_is_understood() {
        let asked = |line: &str| Colour::asked_for(&line.split(' ').map(Into::into).collect::<Vec<_>>());
        assert_eq!(asked("warifu bad --color never"), Colour::Never);
        assert_eq!(asked("warifu --color=always"), Colour::Always);
        assert_eq!(asked("warifu --color=green"), Colour::Auto);
    }
}
