//! HAProxy and nginx by the files of docs/balancing, with addresses and folders of a test put in.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::world::until;

/// How many checkers the files of docs/balancing name.
const NAMED: usize = 12;

/// The text of a file there with `addresses` instead of those that it names: a checker more has a line like
/// the last one.
fn configuration(name: &str, own: SocketAddr, addresses: &[SocketAddr]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/balancing").join(name);
    let mut text = String::new();
    let mut named = 0;
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let place = format!("192.0.2.{}:8642", 11 + named);
        if !line.contains(&place) || line.trim_start().starts_with('#') {
            text += &format!("{line}\n");
            continue;
        }
        named += 1;
        let last = if named == NAMED { addresses.len() } else { named };
        for (at, address) in addresses.iter().enumerate().take(last).skip(named - 1) {
            let line = line.replace(&place, &address.to_string());
            text += &line.replace("checker-12", &format!("checker-{}", at + 1));
            text += "\n";
        }
    }
    assert_eq!(named, NAMED, "{name} names twelve checkers");
    text.replace("192.0.2.10:8640", &own.to_string()).replace("127.0.0.1:8641", &free().to_string())
}

/// An address that nobody had a moment ago.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Starts it and waits until it takes connections; none where it is not installed, and a failure then when
/// nothing may be left out.
fn started(mut command: Command, name: &str, address: SocketAddr) -> Option<Child> {
    match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => {
            until("listening", || TcpStream::connect(address).is_ok());
            Some(child)
        }
        Err(error) => {
            assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "{name}: {error}");
            None
        }
    }
}

pub(super) struct HAProxy {
    child: Child,
    pub(super) address: SocketAddr,
    admin: PathBuf,
}

impl HAProxy {
    pub(super) fn start(at: &Path, checkers: &[SocketAddr]) -> Option<HAProxy> {
        let (address, file) = (free(), at.join("haproxy.cfg"));
        let text = configuration("haproxy.cfg", address, checkers);
        std::fs::write(&file, text.replace("/run/haproxy", &at.display().to_string())).unwrap();
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(&file);
        let child = started(command, "haproxy", address)?;
        Some(HAProxy { child, address, admin: at.join("admin.sock") })
    }

    /// A column of what it says of a checker.
    fn says(&self, at: usize, column: &str) -> String {
        let mut socket = UnixStream::connect(&self.admin).unwrap();
        socket.write_all(b"show stat\n").unwrap();
        let mut told = String::new();
        socket.read_to_string(&mut told).unwrap();
        let mut lines = told.lines();
        let place = lines.next().unwrap().split(',').position(|name| name == column).unwrap();
        let of = format!("checkers,checker-{},", at + 1);
        let line = lines.find(|line| line.starts_with(&of)).unwrap();
        line.split(',').nth(place).unwrap().to_owned()
    }

    /// How many files went to a checker, those included that were sent again elsewhere.
    pub(super) fn sent(&self, at: usize) -> u64 {
        self.says(at, "stot").parse().unwrap()
    }

    /// Waits until its checks say that these are down and the others up.
    pub(super) fn until_all_but_are_up(&self, down: &[usize]) {
        until("known who is up", || {
            (0..=NAMED).all(|at| {
                let wanted = if down.contains(&at) { "DOWN" } else { "UP" };
                self.says(at, "status") == wanted
            })
        });
    }
}

impl Drop for HAProxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) struct Nginx {
    child: Child,
    pub(super) address: SocketAddr,
    log: PathBuf,
}

impl Nginx {
    pub(super) fn start(at: &Path, checkers: &[SocketAddr]) -> Option<Nginx> {
        let (address, file) = (free(), at.join("nginx.conf"));
        let folder = at.display().to_string();
        let text = configuration("nginx.conf", address, checkers)
            .replace("/var/lib/nginx", &folder)
            .replace("/var/log/nginx", &folder)
            .replace("/run/nginx.pid", &format!("{folder}/nginx.pid"));
        // It writes into the folder of whoever runs this test.
        let user = if rustix::process::geteuid().is_root() { "user root;\n" } else { "" };
        std::fs::write(&file, format!("{user}daemon off;\n{text}")).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).arg("-e").arg(at.join("error.log"));
        let child = started(command, "nginx", address)?;
        Some(Nginx { child, address, log: at.join("claims.log") })
    }

    /// Whether each of `files` was answered, the last time that it was sent, whatever became of it before.
    pub(super) fn every_file_ended_well(&self, files: usize) {
        let told = std::fs::read_to_string(&self.log).unwrap();
        let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let checked: Vec<_> = lines.iter().filter(|line| line["bytes"].as_u64() > Some(500)).collect();
        assert!(checked.len() >= files, "{} of {files}", checked.len());
        for line in checked {
            let (to, answered) = (line["to"].as_str().unwrap(), line["answered"].as_str().unwrap());
            assert!(answered.ends_with("200"), "{line}");
            let places: Vec<_> = to.split(", ").collect();
            assert_eq!(places.len(), answered.split(", ").count(), "{line}");
            let mut others = places.clone();
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), places.len(), "never twice to one that failed: {line}");
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it.
        let told = rustix::process::Signal::TERM;
        let _ = rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), told);
        let _ = self.child.wait();
    }
}
