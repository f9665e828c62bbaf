//! A static HTTP server for tests that does to its answers what it is told to, and notes what was asked.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use warifu_channels::testing::MemoryChannel;
use warifu_channels::{Network, Patience};
use warifu_trust::testing::now;
use warifu_values::digest::Digest;

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// The connection ends in the middle of the body (or of the head, where there is no body).
    Cut,
    /// It ends before a byte of the answer.
    Silent,
    /// Half of it comes, and then nothing.
    Stall,
    /// A byte at a time.
    Drip,
    /// The server is busy.
    Busy {
        retry_after: u64,
    },
    /// Another status.
    Status(u16),
    /// Another status, with words that come a byte at a time and never end; where to, for a redirect.
    Words {
        status: u16,
        to: &'static str,
    },
    /// Said to lie there.
    Elsewhere(String),
    /// A body that has no end and says no length.
    Endless,
    /// A length that is not the body's.
    Claims {
        length: u64,
    },
    /// The connection ends after so many bytes of the body.
    After(usize),
    /// A part, whatever was asked for: these bytes, said to be of so many.
    Part {
        from: usize,
        to: usize,
        total: usize,
    },
}

/// What the server can do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    pub(crate) tags: bool,
    pub(crate) ranges: bool,
    /// Without a length, the connection ends with the body.
    pub(crate) lengths: bool,
}

pub(crate) const NGINX: Manners = Manners { tags: true, ranges: true, lengths: true };

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    /// Bytes of the body that was sent for it.
    pub(crate) sent: usize,
    pub(crate) status: u16,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

type Plan = dyn Fn(usize, &str) -> Trouble + Send + Sync;

pub(crate) struct Served {
    pub(crate) files: Arc<MemoryChannel>,
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<AtomicUsize>,
}

impl Served {
    /// Serves `files`; the `plan` says for each question, counted from 0, and its path what becomes of it.
    pub(crate) fn start(
        files: impl Into<Arc<MemoryChannel>>,
        manners: Manners,
        plan: impl Fn(usize, &str) -> Trouble + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let served = Served {
            files: files.into(),
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            connections: Arc::default(),
        };
        let (files, asked) = (Arc::clone(&served.files), Arc::clone(&served.asked));
        let connections = Arc::clone(&served.connections);
        let plan: Arc<Plan> = Arc::new(plan);
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (files, asked, plan) = (Arc::clone(&files), Arc::clone(&asked), Arc::clone(&plan));
                std::thread::spawn(move || {
                    let _ended = converse(stream.unwrap(), &files, manners, &asked, plan.as_ref());
                });
            }
        });
        served
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/live", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// Pauses that a test can wait for.
pub(crate) fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(120),
        lowest_bytes_per_second: 4096,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        // However busy the machine is: only what fails waits for so long.
        outlasts: Duration::from_secs(120),
        first_answer: Duration::from_secs(120),
        refused: Duration::from_secs(120),
        whole: Duration::from_secs(600),
        look: Duration::from_secs(600),
    }
}

/// The settings as the environment and files give them.
pub(crate) fn settings(variables: &[(&str, &str)]) -> Network {
    let of = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
    // A server that others wrote may take its time on a busy machine.
    let long = Duration::from_secs(120);
    let patience = Patience { first_answer: long, refused: long, ..Patience::ONCE };
    Network::from_environment(patience, now, of).unwrap()
}

pub(crate) fn network() -> Network {
    Network::plain(patience(), now)
}

fn converse(
    mut stream: TcpStream,
    files: &MemoryChannel,
    manners: Manners,
    asked: &Mutex<Vec<Asked>>,
    plan: &Plan,
) -> std::io::Result<()> {
    // Head and body are two writes; the second must not wait until the first is acknowledged.
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            lines.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let question = Asked { line: line.trim_end().to_owned(), headers, sent: 0, status: 0 };
        let path = question.line.split(' ').nth(1).unwrap_or_default().to_owned();
        let path = path.strip_prefix("/live/").unwrap_or_default();
        let number = {
            let mut asked = asked.lock().unwrap();
            asked.push(question.clone());
            asked.len() - 1
        };
        let trouble = plan(number, path);
        // Before the client can have the answer, and look.
        let note = |status: u16, sent: usize| {
            let mut asked = asked.lock().unwrap();
            (asked[number].status, asked[number].sent) = (status, sent);
        };
        answer(&mut stream, &question, files.files().get(path), manners, &trouble, &note)?;
        if trouble != Trouble::None
            && !matches!(trouble, Trouble::Busy { .. } | Trouble::Status(_) | Trouble::Elsewhere(_))
            || !manners.lengths
        {
            return stream.shutdown(Shutdown::Both);
        }
    }
}

fn answer(
    stream: &mut TcpStream,
    question: &Asked,
    file: Option<&Vec<u8>>,
    manners: Manners,
    trouble: &Trouble,
    note: &dyn Fn(u16, usize),
) -> std::io::Result<()> {
    let mut head = String::new();
    let (mut status, mut body) = match file {
        Some(file) => (200, &file[..]),
        None => (404, &b"<html>not found</html>"[..]),
    };
    if let Some(file) = file
        && manners.tags
    {
        let tag = format!("\"{}\"", Digest::of(file).short());
        head.push_str(&format!("ETag: {tag}\r\n"));
        if question.header("if-none-match") == Some(&tag) {
            (status, body) = (304, &[]);
        }
        let range = question.header("range").and_then(|it| it.strip_prefix("bytes=")?.strip_suffix('-'));
        if let (true, Some(from)) = (manners.ranges, range)
            && question.header("if-range") == Some(&tag)
        {
            let from: usize = from.parse().unwrap();
            (status, body) = (206, &file[from..]);
            head.push_str(&format!("Content-Range: bytes {from}-{}/{}\r\n", file.len() - 1, file.len()));
        }
    }
    match trouble {
        Trouble::Silent => return Ok(()),
        Trouble::Busy { retry_after } => {
            (status, body) = (503, b"busy");
            head = format!("Retry-After: {retry_after}\r\n");
        }
        Trouble::Status(other) => (status, body) = (*other, b"no"),
        Trouble::Words { status: other, to } => {
            (status, body) = (*other, b"x");
            head = format!("Location: {to}\r\n");
        }
        Trouble::Elsewhere(to) => {
            (status, body) = (302, b"there");
            head = format!("Location: {to}\r\n");
        }
        Trouble::Part { from, to, total } => {
            (status, body) = (206, &file.unwrap()[*from..*to]);
            let tag = format!("ETag: \"{}\"\r\n", Digest::of(file.unwrap()).short());
            head = format!("{tag}Content-Range: bytes {from}-{}/{total}\r\n", to - 1);
        }
        _ => {}
    }
    let length = match trouble {
        Trouble::Claims { length } => Some(*length),
        Trouble::Words { .. } => Some(60_000),
        Trouble::Endless => None,
        _ => manners.lengths.then_some(body.len() as u64),
    };
    if let Some(length) = length.filter(|_| status != 304) {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    let head = format!("HTTP/1.1 {status} x\r\n{head}\r\n");
    if body.is_empty() && *trouble == Trouble::Cut {
        note(status, 0);
        return stream.write_all(&head.as_bytes()[..head.len() / 2]);
    }
    let sent = match trouble {
        Trouble::Cut | Trouble::Stall => &body[..body.len() / 2],
        Trouble::After(bytes) => &body[..body.len().min(*bytes)],
        _ => body,
    };
    note(status, sent.len());
    stream.write_all(head.as_bytes())?;
    match trouble {
        Trouble::Stall => {
            stream.write_all(sent)?;
            // Until the client has had enough.
            stream.read_to_end(&mut Vec::new())?;
        }
        Trouble::Drip => {
            // The client reads on and sends nothing, so that each wait ends by its own limit.
            stream.set_read_timeout(Some(Duration::from_millis(5)))?;
            for byte in body {
                stream.write_all(&[*byte])?;
                let _waited = stream.read(&mut [0]);
            }
        }
        // Until the client has had enough.
        Trouble::Words { .. } => {
            stream.set_read_timeout(Some(Duration::from_millis(5)))?;
            loop {
                stream.write_all(body)?;
                if matches!(stream.read(&mut [0]), Ok(0)) {
                    return Ok(());
                }
            }
        }
        Trouble::Endless => loop {
            stream.write_all(&[b' '; 4096])?;
        },
        _ => stream.write_all(sent)?,
    }
    Ok(())
}

/// A way to the server at `to` that lets `requests` requests through and then no byte more, in one direction
/// or the other: where it listens.
pub(crate) fn gate(to: &str, requests: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (to, left) = (to.to_owned(), Arc::new(AtomicUsize::new(requests)));
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, left) = (client.unwrap(), Arc::clone(&left));
            let Ok(server) = TcpStream::connect(&to) else { return };
            let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
            std::thread::spawn(move || pass(&client, &server, &left));
        }
    });
    address
}

/// Passes whole requests on while any are left.
fn pass(client: &TcpStream, mut server: &TcpStream, left: &AtomicUsize) -> std::io::Result<()> {
    let mut lines = BufReader::new(client);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let from = head.len();
            let read = lines.read_line(&mut head)?;
            if read == 0 {
                return server.shutdown(Shutdown::Both);
            }
            let line = head[from..].to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        lines.read_exact(&mut body)?;
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            let _ended = server.shutdown(Shutdown::Both);
            return client.shutdown(Shutdown::Both);
        }
        server.write_all(head.as_bytes())?;
        server.write_all(&body)?;
    }
}
