//! The checker as a process that drives such a program.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use warifu_checker::cli::Client;
use warifu_checker::service::{OperatorSocket, Status};

use crate::attached::site::{SCRIPT, Site, draft};
use crate::killed::{PROGRAM, publish_unsigned, published};
use crate::line::Draft;

pub(super) struct Attach(pub(super) Child);

impl Attach {
    pub(super) fn start(at: &Path) -> Attach {
        Attach::telling(at, Stdio::null())
    }

    pub(super) fn telling(at: &Path, told: Stdio) -> Attach {
        Attach::by(&mut Command::new(PROGRAM), at, told)
    }

    /// By `command`, which is the program or runs it.
    pub(super) fn by(command: &mut Command, at: &Path, told: Stdio) -> Attach {
        command.args(["attach", "--lang", "en", "--config"]).arg(at.join("attach.toml"));
        Attach(command.stdout(Stdio::null()).stderr(told).spawn().unwrap())
    }
}

impl Drop for Attach {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(super) fn until(at: &Path, what: &str, mut condition: impl FnMut(&Status) -> bool) -> Status {
    let (client, started) = (Client::at(OperatorSocket::in_state(&at.join("state"))), Instant::now());
    loop {
        if let Ok(status) = client.status()
            && condition(&status)
        {
            return status;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never {what}: {:?}", client.status());
        std::thread::yield_now();
    }
}

pub(super) fn asked(at: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .args(["--lang", "en", "--state"])
        .arg(at.join("state"))
        .output()
        .unwrap()
}

/// A site whose program can be given release 2 of the channel, and what publishes the next one.
pub(super) fn given(reload: &str) -> (Site, impl Fn(u64)) {
    let site = Site::new();
    let (world, channel, line) = published(site.folder.path());
    let publish = move |number: u64| {
        let Draft { masters, .. } = draft(number);
        publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    };
    fs::write(site.at("program.sh"), SCRIPT.replace("    env >environment\n", reload)).unwrap();
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let config = config.replace("channel = [\"nowhere\"]", "channel = [\"channel\"]");
    let config = config.replace("watch_seconds = 60", "watch_seconds = 1");
    let config = config.replace("[from]", "poll_seconds = 1\ncalendar = \"none\"\n[from]");
    fs::write(site.at("attach.toml"), config + "[log]\nform = \"json\"\n").unwrap();
    publish(1);
    (site, publish)
}

pub(super) fn until_there(path: &Path, is_there: bool) {
    let started = Instant::now();
    while path.exists() != is_there {
        assert!(started.elapsed() < Duration::from_secs(60), "{} there: {}", path.display(), !is_there);
        std::thread::yield_now();
    }
}

pub(super) fn events(told: &str) -> Vec<String> {
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone();
    told.lines().map(|line| event(line).as_str().unwrap().to_owned()).collect()
}
