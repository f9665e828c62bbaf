//! A line on which claim files are sent one after the other, as a terminal sends them.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// What a file was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) release: Option<u64>,
    pub(crate) body: Vec<u8>,
}

/// A line that is opened when something is sent, and again when it broke.
pub(crate) struct Sending {
    address: String,
    line: Option<TcpStream>,
}

impl Sending {
    pub(crate) fn to(address: &str) -> Sending {
        Sending { address: address.to_owned(), line: None }
    }

    /// Sends `file`.
    ///
    /// # Errors
    /// The line broke before the answer was whole; what it was, nobody knows.
    pub(crate) fn send(&mut self, file: &[u8]) -> io::Result<Answer> {
        let mut line = match self.line.take() {
            Some(line) => line,
            None => {
                let line = TcpStream::connect(&self.address)?;
                line.set_nodelay(true)?;
                line
            }
        };
        let head = format!("POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", file.len());
        line.write_all(&[head.as_bytes(), file].concat())?;
        let (answer, stays) = take(&mut line)?;
        self.line = stays.then_some(line);
        Ok(answer)
    }
}

fn take(line: &mut TcpStream) -> io::Result<(Answer, bool)> {
    let no_answer = || io::Error::from(io::ErrorKind::InvalidData);
    let (mut bytes, mut piece) = (Vec::new(), [0; 64 << 10]);
    let mut more = |bytes: &mut Vec<u8>| match line.read(&mut piece)? {
        0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        read => {
            bytes.extend_from_slice(&piece[..read]);
            Ok(())
        }
    };
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        more(&mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(no_answer)?;
    let length: usize =
        field("content-length:").and_then(|length| length.parse().ok()).ok_or_else(no_answer)?;
    let release = field("warifu-release:").and_then(|release| release.parse().ok());
    let stays = field("connection:") != Some("close");
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        more(&mut body)?;
    }
    Ok((Answer { status, release, body }, stays))
}

/// Lets time pass: a sender keeps to a schedule, and a phase is measured for as long as it is long.
#[expect(clippy::disallowed_methods, reason = "nothing is waited for here but the time")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
