//! Colours for people at a terminal: of what went wrong, of how grave a finding is, and of commands to type.

use anstyle::{AnsiColor, Style};

/// Whether there are colours. Without them every text stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// None: a file, a program, or somebody who wants none.
    Plain,
    /// As a terminal shows them.
    Colours,
}

impl Paint {
    /// As they are wanted on `stream`: by `--color`, else by NO_COLOR, CLICOLOR_FORCE, CLICOLOR and TERM,
    /// else where it is a terminal.
    pub fn of(stream: &impl anstream::stream::RawStream) -> Paint {
        match anstream::AutoStream::choice(stream) {
            anstream::ColorChoice::Never => Paint::Plain,
            _ => Paint::Colours,
        }
    }

    /// What went wrong.
    pub fn error(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    /// A command, to be typed as it stands.
    pub fn command(self, text: &str) -> String {
        self.with(AnsiColor::Cyan.on_default(), text)
    }

    /// A code of findings.
    pub fn code(self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    /// What is to be looked at.
    pub fn warning(self, text: &str) -> String {
        self.with(AnsiColor::Yellow.on_default(), text)
    }

    /// What is worth knowing.
    pub fn note(self, text: &str) -> String {
        self.with(AnsiColor::Blue.on_default(), text)
    }

    fn with(self, style: Style, text: &str) -> String {
        match self {
            Paint::Plain => text.to_owned(),
            Paint::Colours => format!("{style}{text}{style:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_a_text_stays_as_it_is() {
        assert_eq!(Paint::Plain.error("warifu:"), "warifu:");
        assert_eq!(Paint::Colours.warning("警告"), "\x1b[33m警告\x1b[0m");
        assert!(Paint::Colours.error("warifu:").ends_with("warifu:\x1b[0m"));
    }
}
