//! Standard output: a reader that closed it has read what it wanted.

use std::io::{self, Write};

/// Writes `text` and a new line to standard output.
pub(super) fn tell_line(text: &str) -> io::Result<()> {
    tell_to(&mut io::stdout(), &format!("{text}\n"))
}

/// Writes `text` to standard output.
pub(super) fn tell(text: &str) -> io::Result<()> {
    tell_to(&mut io::stdout(), text)
}

/// `… | head` ends when it has its lines; what follows is nobody's loss.
fn tell_to(output: &mut impl Write, text: &str) -> io::Result<()> {
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An output that says this.
    struct Says(io::ErrorKind);

    impl Write for Says {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_enough_is_no_error_and_a_full_disk_is() {
        assert!(tell_to(&mut Says(io::ErrorKind::BrokenPipe), "x").is_ok());
        assert!(tell_to(&mut Says(io::ErrorKind::StorageFull), "x").is_err());
    }
}
