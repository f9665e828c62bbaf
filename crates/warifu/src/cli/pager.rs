//! The pager: where somebody reads at a terminal, what may be longer than the screen is shown by a program
//! that stops at each screenful.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _, Write};
use std::process::{Child, Command, Stdio};

/// What may name the program, the first before the other.
const VARIABLES: [&str; 2] = ["WARIFU_PAGER", "PAGER"];

/// Where nobody names one. It ends by itself when all is on the screen (F), shows colours (R), leaves what
/// was shown where it is (X), and ends with this program at Ctrl-C (K).
const LESS: [&str; 2] = ["less", "-FRXK"];

/// The same for a `less` that somebody named, unless they have said how they want it.
const LESS_OPTIONS: (&str, &str) = ("LESS", "FRXK");

/// What asks for a shell in a variable that names a program.
const OF_A_SHELL: &[char] =
    &['|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', '*', '?', '[', '#', '~', '=', '%'];

/// A pager that runs.
#[derive(Debug)]
pub(super) struct Pager(Child);

impl Pager {
    /// One for standard output; none where that is no terminal that can be paged, where nobody wants one,
    /// or where the program is not there.
    pub(super) fn begin() -> Option<Pager> {
        let terminal = std::env::var_os("TERM").filter(|name| !name.is_empty() && name != "dumb");
        if terminal.is_none() || !io::stdout().is_terminal() {
            return None;
        }
        let named = VARIABLES.into_iter().find_map(std::env::var_os);
        let mut command = match named {
            Some(named) => run_as_named(&named)?,
            None => {
                let mut less = Command::new(LESS[0]);
                less.args(&LESS[1..]);
                less
            }
        };
        if std::env::var_os(LESS_OPTIONS.0).is_none() {
            command.env(LESS_OPTIONS.0, LESS_OPTIONS.1);
        }
        command.stdin(Stdio::piped()).spawn().ok().map(Pager)
    }

    /// Gives it what `content` writes, and waits until it was read. Who has read enough is no failure.
    pub(super) fn show(mut self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let written = match self.0.stdin.take() {
            Some(mut input) => content(&mut input).and_then(|()| input.flush()),
            None => Ok(()),
        };
        // The terminal is the pager's until it has ended.
        let ended = self.0.wait().map(drop);
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ended,
            written => written.and(ended),
        }
    }
}

/// How the program that a variable names is run; none where that says that none is wanted.
fn run_as_named(named: &OsStr) -> Option<Command> {
    let line = named.to_string_lossy();
    let mut words = line.split_whitespace();
    let program = words.next().filter(|_| line.trim() != "cat")?;
    if line.contains(OF_A_SHELL) {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(named);
        return Some(shell);
    }
    let mut command = Command::new(program);
    command.args(words);
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(named: &str) -> Option<Vec<String>> {
        let command = run_as_named(OsStr::new(named))?;
        let words = [command.get_program()].into_iter().chain(command.get_args());
        Some(words.map(|word| word.to_string_lossy().into_owned()).collect())
    }

    #[test]
    fn a_program_is_run_as_it_is_and_what_a_shell_must_read_by_one() {
        assert_eq!(run("more -d").unwrap(), ["more", "-d"]);
        assert_eq!(run("grep x | less").unwrap(), ["sh", "-c", "grep x | less"]);
        assert_eq!(run("cat >file").unwrap(), ["sh", "-c", "cat >file"]);
        for none in ["", "  ", "cat", " cat "] {
            assert_eq!(run(none), None, "{none:?}");
        }
    }
}
