//! The pager: where somebody reads at a terminal, what may be longer than the screen is shown by a program
//! that stops at each screenful.

use std::ffi::OsStr;
use std::io::{self, IsTerminal as _, PipeReader, PipeWriter, Read as _, Write, pipe};
use std::process::{Child, Command, ExitStatus};

use warifu::interrupt;

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

/// The pager that is wanted, before it runs.
#[derive(Debug)]
pub(super) struct Wanted {
    /// As somebody named it.
    name: String,
    command: Command,
}

/// A pager that runs.
#[derive(Debug)]
pub(super) struct Pager {
    name: String,
    child: Child,
    input: PipeWriter,
    /// The end that the pager reads from: what it left unread is read here.
    unread: PipeReader,
}

/// How showing ended.
#[derive(Debug)]
pub(super) enum Shown {
    /// It was read, or somebody has read enough.
    Read,
    /// The pager called so ended with that, and nothing of the text was read, which is this.
    Unread(String, ExitStatus, Vec<u8>),
    /// The same after it had read some of it.
    CutShort(String, ExitStatus),
}

impl Wanted {
    /// The one for standard output; none where that is no terminal that can be paged, or where nobody wants
    /// one.
    pub(super) fn at_the_terminal() -> Option<Wanted> {
        let terminal = std::env::var_os("TERM").filter(|name| !name.is_empty() && name != "dumb");
        if terminal.is_none() || !io::stdout().is_terminal() {
            return None;
        }
        let named = VARIABLES.into_iter().find_map(std::env::var_os);
        let mut command = match &named {
            Some(named) => run_as_named(named)?,
            None => {
                let mut less = Command::new(LESS[0]);
                less.args(&LESS[1..]);
                less
            }
        };
        if std::env::var_os(LESS_OPTIONS.0).is_none() {
            command.env(LESS_OPTIONS.0, LESS_OPTIONS.1);
        }
        let name = named.map_or_else(|| LESS[0].to_owned(), |named| named.to_string_lossy().into_owned());
        Some(Wanted { name, command })
    }

    /// Runs it; none where the program is not there.
    pub(super) fn begin(self) -> Option<Pager> {
        let Wanted { name, mut command } = self;
        let (unread, input) = pipe().ok()?;
        let child = command.stdin(unread.try_clone().ok()?).spawn().ok()?;
        Some(Pager { name, child, input, unread })
    }
}

impl Pager {
    /// Gives it what `content` writes, and waits until it was read. Who has read enough is no failure.
    pub(super) fn show(self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Shown> {
        let Pager { name, mut child, input, mut unread } = self;
        // What it leaves unread is taken by another thread: nobody else could, while this one writes.
        let waits = std::thread::spawn(move || {
            let status = child.wait()?;
            let mut left = Vec::new();
            if !status.success() {
                unread.read_to_end(&mut left)?;
            }
            // Where it ended well, the other end of the pipe is told by this that nobody reads any more.
            drop(unread);
            io::Result::Ok((status, left))
        });
        let mut input = Counted { input, bytes: 0 };
        let written = content(&mut input).and_then(|()| input.flush());
        let bytes = input.bytes;
        // The pager reads to the end of it.
        drop(input);
        // The terminal is the pager's until it has ended.
        let (status, left) =
            waits.join().map_err(|_| io::Error::other("the pager cannot be waited for"))??;
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ if status.success() => Ok(Shown::Read),
            _ if left.len() == bytes => Ok(Shown::Unread(name, status, left)),
            _ => Ok(Shown::CutShort(name, status)),
        }
    }
}

/// The way to a pager, and how many bytes went it.
struct Counted {
    input: PipeWriter,
    bytes: usize,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Who reads there wants no more, and may go on with what has come.
        if interrupt::is_asked() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let written = self.input.write(bytes)?;
        self.bytes += written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.flush()
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
