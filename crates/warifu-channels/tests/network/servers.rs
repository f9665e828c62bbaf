//! Servers that others wrote, started for a test and ended with it.
//!
//! Where one is not installed, its test says so on stderr and proves nothing; with `WARIFU_TEST_ALL`, which
//! tests/run.sh sets after it installed them, that is a failure.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server of this machine, ended with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Starts what `command` makes for a free port, and waits until it listens.
pub(crate) fn started(what: &str, command: impl Fn(u16) -> Command) -> Option<Server> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = command(port);
    let Ok(mut child) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        return left_out(&format!("no {what}"));
    };
    let address = format!("127.0.0.1:{port}");
    let began = Instant::now();
    while TcpStream::connect(&address).is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what} does not listen");
        if child.try_wait().unwrap().is_some() {
            return left_out(&format!("{what} ended at once"));
        }
        std::thread::yield_now();
    }
    Some(Server { child, address })
}

/// Says that a test proves nothing, or fails where all of them must.
#[expect(clippy::print_stderr, reason = "whoever runs the tests must know what they did not prove")]
fn left_out(why: &str) -> Option<Server> {
    assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out: {why}");
    eprintln!("left out: {why}");
    None
}

/// The Python that has what tests/run.sh installs.
pub(crate) fn python() -> Command {
    Command::new(std::env::var("WARIFU_TEST_PYTHON").unwrap_or_else(|_| "python3".into()))
}
