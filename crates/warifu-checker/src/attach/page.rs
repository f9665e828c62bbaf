//! A page of a web server, read within a time and a size.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

/// So much of a page is read.
const PAGE_BYTES: usize = 1 << 20;

/// A page of a web server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    host: String,
    path: String,
}

impl Page {
    /// Of `http://host[:port]/path`.
    pub(super) fn of(url: &str) -> Option<Page> {
        let rest = url.strip_prefix("http://")?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let is_plain = url.chars().all(|letter| letter.is_ascii_graphic());
        let path = if path.is_empty() { "/" } else { path };
        (is_plain && !host.is_empty() && !host.contains('@'))
            .then(|| Page { host: host.to_owned(), path: path.to_owned() })
    }

    /// Its status and what it holds, within `limit` altogether.
    pub(super) fn read(self, limit: Duration) -> io::Result<(u16, Vec<u8>)> {
        let until = Instant::now() + limit;
        let left = || match until.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::Error::from(io::ErrorKind::TimedOut)),
            left => Ok(left),
        };
        let has_port = self.host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if has_port { self.host.clone() } else { format!("{}:80", self.host) };
        let mut stream = Err(io::Error::from(io::ErrorKind::NotFound));
        for address in address.to_socket_addrs()? {
            stream = TcpStream::connect_timeout(&address, left()?);
            if stream.is_ok() {
                break;
            }
        }
        let mut stream = stream?;
        stream.set_write_timeout(Some(left()?))?;
        // The older version: an answer without pieces that would have to be put together.
        let Page { host, path } = self;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
        while answer.len() < PAGE_BYTES {
            stream.set_read_timeout(Some(left()?))?;
            match stream.read(&mut piece)? {
                0 => break,
                count => answer.extend_from_slice(&piece[..count]),
            }
        }
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let head = String::from_utf8_lossy(&answer[..end.unwrap_or(answer.len())]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.filter(|_| head.starts_with("HTTP/1.") && end.is_some());
        let status = status.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok((status, answer.split_off(end.map_or(0, |end| end + 4))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_host_port_and_path() {
        let page = |host: &str, path: &str| Some(Page { host: host.to_owned(), path: path.to_owned() });
        assert_eq!(Page::of("http://a:80/b?c"), page("a:80", "/b?c"));
        assert_eq!(Page::of("http://a"), page("a", "/"));
        for url in ["https://a/", "http://", "http:///x", "a", "http://u@a/", "http://a/\r\nX: y"] {
            assert_eq!(Page::of(url), None, "{url}");
        }
    }

    #[test]
    fn a_server_that_drips_is_not_waited_for() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            // As fast as it can, and never an end of the head.
            while stream.write_all(b"H").is_ok() {}
        });
        let url = format!("http://{address}/");
        assert!(Page::of(&url).unwrap().read(Duration::from_millis(200)).is_err());
        serving.join().unwrap();
    }
}
