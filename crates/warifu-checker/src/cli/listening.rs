//! The lines that say where it listens: whoever started this waits for them to know the ports.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;

use warifu_values::lang::Lang;

/// Who is heard at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    Claims,
    Operators,
    Watchers,
}

/// Who reads the lines: programs know them by their first words, people by their language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Program,
    Person(Lang),
}

impl Reader {
    /// Of standard output: a person at a terminal, else a program.
    pub(super) fn of_output(lang: Lang) -> Reader {
        if io::stdout().is_terminal() { Reader::Person(lang) } else { Reader::Program }
    }

    /// Tells who is heard at `address`.
    pub(super) fn told(self, who: Heard, address: SocketAddr) -> io::Result<()> {
        let mut output = io::stdout();
        writeln!(output, "{}", self.line(who, address))?;
        output.flush()
    }

    fn line(self, who: Heard, address: SocketAddr) -> String {
        match (self, who) {
            (Reader::Person(Lang::Ja), Heard::Claims) => format!("請求の受付: {address}"),
            (Reader::Person(Lang::Ja), Heard::Operators) => format!("運用者の窓口: {address}"),
            (Reader::Person(Lang::Ja), Heard::Watchers) => format!("監視の窓口: {address}"),
            (_, Heard::Claims) => format!("listening on {address}"),
            (_, Heard::Operators) => format!("operators on {address}"),
            (_, Heard::Watchers) => format!("watched at {address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_it_in_their_language_and_programs_by_its_first_words() {
        let address: SocketAddr = "127.0.0.1:8642".parse().unwrap();
        for who in [Heard::Claims, Heard::Operators, Heard::Watchers] {
            let english = Reader::Person(Lang::En).line(who, address);
            assert_eq!(Reader::Program.line(who, address), english);
            let japanese = Reader::Person(Lang::Ja).line(who, address);
            assert!(japanese.ends_with("口: 127.0.0.1:8642") || japanese == "請求の受付: 127.0.0.1:8642");
        }
        assert_eq!(Reader::Program.line(Heard::Claims, address), "listening on 127.0.0.1:8642");
    }
}
