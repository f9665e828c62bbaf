//! The program itself: killed at any point, it comes back with the same release and without its channel.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use warifu_channels::{Address, publish_root};
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_checker::service::OperatorSocket;
use warifu_trust::testing::World;

use crate::line::Line;
use crate::masters::{bad, procedures};
pub(crate) use crate::publishing::{publish_release, publish_unsigned, published};
use crate::reading::wrong_points;
use crate::world::{check, claim_file};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_warifu-checker");

pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// Where it is watched, when it is.
    pub(crate) watched: Option<SocketAddr>,
    socket: PathBuf,
}

impl Running {
    pub(crate) fn start(directory: &Path) -> Running {
        Running::telling(directory, &[], Stdio::null())
    }

    /// With these options too, telling events there.
    pub(crate) fn telling(directory: &Path, options: &[&str], told: Stdio) -> Running {
        Running::with(directory, options, &[], told)
    }

    /// The same in this environment.
    pub(crate) fn with(
        directory: &Path,
        options: &[&str],
        variables: &[(&str, &Path)],
        told: Stdio,
    ) -> Running {
        let mut command = Command::new(PROGRAM);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--poll", "1", "--probation", "2", "--lang", "en"])
            .args(["--calendar", "none", "--replay-files", "32"])
            .arg("--channel")
            .arg(directory.join("channel"))
            .arg("--root")
            .arg(directory.join("root.json"))
            .arg("--state")
            .arg(directory.join("state"))
            .args(options)
            .envs(variables.iter().copied());
        Running::run(command, options.contains(&"--watch-listen"), &directory.join("state"), told)
    }

    /// As this configuration file says, which names `state`.
    pub(crate) fn configured(file: &Path, state: &Path) -> Running {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--config"]).arg(file);
        Running::run(command, false, state, Stdio::null())
    }

    fn run(mut command: Command, is_watched: bool, state: &Path, told: Stdio) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(told).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut read = |before: &str| -> SocketAddr {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix(before).unwrap_or_else(|| panic!("{line:?}"));
            address.parse().unwrap()
        };
        let address = read("listening on ");
        let watched = is_watched.then(|| read("watched at "));
        let socket = OperatorSocket::in_state(state);
        Running { address, watched, child, socket }
    }

    pub(crate) fn client(&self) -> Client {
        Client::at(&self.socket)
    }
}

impl Drop for Running {
    /// SIGKILL: nothing is tidied up.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn killed_and_without_its_channel_it_judges_by_the_same_release() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let channel = channel.as_ref();

    let first = Running::start(at);
    let file = claim_file(1, 3);
    let answered = check(first.address, &file);
    assert_eq!((answered.status, answered.release), (200, Some(1)));
    let manifest = answered.summary()["manifest"].clone();
    drop(first);

    std::fs::rename(at.join("channel"), at.join("moved-away")).unwrap();
    let second = Running::start(at);
    let answered = check(second.address, &file);
    assert_eq!((answered.release, &answered.summary()["manifest"]), (Some(1), &manifest));
    assert_eq!(second.client().status().unwrap().state, "confirmed");

    // On probation and killed: the confirmed one is what comes back.
    std::fs::rename(at.join("moved-away"), at.join("channel")).unwrap();
    publish_release(&world, channel, &line);
    assert_eq!(second.client().swap(Some(2)).unwrap().exit_status(), 0);
    assert_eq!(check(second.address, &file).release, Some(2));
    drop(second);
    std::fs::rename(at.join("channel"), at.join("moved-away")).unwrap();
    let third = Running::start(at);
    assert_eq!(check(third.address, &file).release, Some(1));
}

/// Turns one bit in the largest file of a folder.
fn damage(folder: &Path) {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let largest = files.max_by_key(|file| std::fs::metadata(file).unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&largest, bytes).unwrap();
}

#[test]
fn a_damaged_byte_is_fetched_again_from_the_channel() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let channel = channel.as_ref();
    let file = claim_file(1, 3);
    let manifest = {
        let first = Running::start(at);
        check(first.address, &file).summary()["manifest"].clone()
    };
    damage(&at.join("state/content"));
    // The channel has gone on meanwhile: what ran is what it lists to fall back to.
    publish_release(&world, channel, &line);
    std::fs::rename(at.join("channel"), at.join("moved-away")).unwrap();
    let second = Running::start(at);
    assert_eq!(check(second.address, &file).status, 503);
    let status = second.client().status().unwrap();
    assert_eq!(status.lost.map(|lost| lost.installed.id.release), Some(1));
    std::fs::rename(at.join("moved-away"), at.join("channel")).unwrap();
    assert_eq!(second.client().swap(None).unwrap().exit_status(), 0);
    let status = second.client().status().unwrap();
    assert_eq!((status.lost, status.state.as_str()), (None, "probation"));
    assert_eq!(status.previous.map(|previous| previous.id.manifest.to_string().into()), Some(manifest));
}

/// Every file below a folder, with its bytes.
fn bytes_of(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_of(&path));
        } else if path.is_file() {
            all.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let world = World::at(now());
    std::fs::write(at.join("root.json"), world.root.bytes()).unwrap();
    let line = Line::default();
    let folder = Address::folder(&at.join("channel")).publish_channel();
    publish_root(folder.as_ref(), &world.root).unwrap();
    publish_release(&world, folder.as_ref(), &line);
    let dry = |channel: &str, lang: &str, more: &[&str]| {
        let output = Command::new(PROGRAM)
            .current_dir(at)
            .args([
                "dry-run",
                "--root",
                "root.json",
                "--state",
                "state",
                "--channel",
                channel,
                "--lang",
                lang,
                "--calendar",
                "none",
                "--replay-files",
                "32",
            ])
            .args(more)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let running = Running::start(at);
    for institution in 1..=2 {
        assert_eq!(check(running.address, &claim_file(institution, 40)).status, 200);
    }
    // What comes next lies on a channel of its own, and nobody offers it to the checker.
    let copied = Command::new("cp").args(["-r", "channel", "next"]).current_dir(at).status().unwrap();
    assert!(copied.success());
    let next = Address::folder(&at.join("next")).publish_channel();
    publish_release(&world, next.as_ref(), &line);
    let taken =
        "release 2 would be taken, on probation\nreplay: nothing speaks against it; 0 of 320 uses moved";
    let (code, text) = dry("next", "en", &[]);
    assert!(code == Some(0) && text.starts_with(taken), "beside a checker that runs: {code:?} {text}");
    let waiting = running.client().status().unwrap();
    assert_eq!((waiting.running.map(|running| running.id.release), waiting.refused), (Some(1), None));
    drop(running);

    let before = bytes_of(&at.join("state"));
    assert_eq!(dry("next", "en", &[]).0, Some(0));
    // Each file that is kept is of its own institution, and what was made up of none.
    let document: serde_json::Value = serde_json::from_str(&dry("next", "en", &["--json"]).1).unwrap();
    let of = |what: &str| document["replay"][what]["institutions"].as_u64();
    assert_eq!((of("received"), of("synthetic")), (Some(2), Some(0)));
    let (code, text) = dry("next", "ja", &[]);
    assert!(
        code == Some(0) && text.starts_with("リリース 2 は受け入れられ、観察期間に入ります\n再点検: "),
        "{text}"
    );
    assert!(text.ends_with("試行のみ: 何も変更していません\n"), "{text}");
    let (code, text) = dry("channel", "en", &[]);
    assert!(code == Some(0) && text.starts_with("release 1 runs already"), "{text}");
    assert_eq!(dry("nowhere", "en", &[]).0, Some(2));
    // One that changes the past, and nobody accepted it.
    let mut wrong = line.unsigned("2024-07-15", vec![procedures(&bad())]);
    wrong.said().accepted.clear();
    publish_unsigned(&world, next.as_ref(), &line, wrong);
    let (code, text) = dry("next", "en", &["--json"]);
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &said["outcome"], &said["running"]), (Some(1), &"refused".into(), &1.into()), "{said}");
    assert!(said["why"]["en"].as_str().unwrap().starts_with("the past:"), "{said}");
    // One that nobody signed so.
    let timestamp = at.join("next/metadata/timestamp.json");
    let mut bytes = std::fs::read(&timestamp).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&timestamp, bytes).unwrap();
    assert_eq!(dry("next", "en", &[]).0, Some(3));
    assert!(bytes_of(&at.join("state")) == before, "a dry run changed the state directory");
}

#[test]
fn a_second_checker_on_the_same_state_does_not_start() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let world = World::at(now());
    std::fs::write(at.join("root.json"), world.root.bytes()).unwrap();
    let _running = Running::start(at);
    let second = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--channel", "nowhere", "--root"])
        .arg(at.join("root.json"))
        .arg("--state")
        .arg(at.join("state"))
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("a checker runs on "));
}

#[test]
fn one_file_is_checked_without_a_running_checker() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    std::fs::write(at.join("right.uke"), claim_file(1, 2)).unwrap();
    std::fs::write(at.join("wrong.uke"), wrong_points(2)).unwrap();
    let check = |file: &str, extra: &[&str]| {
        let output = Command::new(PROGRAM)
            .current_dir(at)
            .args(["check", file, "--channel", "channel", "--root", "root.json", "--lang", "ja"])
            .args(extra)
            .env("XDG_DATA_HOME", at.join("data"))
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = check("right.uke", &[]);
    assert_eq!(
        (code, text.as_str()),
        (Some(0), "レセプト 2 件、8 項目: エラー 0 件、判定不能 0 件（リリース 1）\n")
    );
    let (code, text) = check("wrong.uke", &["--json"]);
    assert_eq!((code, text.lines().count()), (Some(1), 9));
    assert!(text.starts_with("{\"code\":\"claim/points\""), "{text}");
    let (code, _) = check("missing.uke", &[]);
    assert_eq!(code, Some(2));
    let (code, _) = check("right.uke", &["--root", "missing.json"]);
    assert_eq!(code, Some(2));
}

/// `status`, `swap` and `fall-back` as an operator types them.
#[test]
fn an_operator_asks_a_running_checker() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let channel = channel.as_ref();
    let running = Running::start(at);
    let state = at.join("state").display().to_string();
    let ask = |words: &[&str]| {
        let output =
            Command::new(PROGRAM).args(words).args(["--state", &state, "--lang", "en"]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = ask(&["status"]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("release 1 (") && text.contains("\nconfirmed\n"), "{text}");
    assert!(text.contains("  signed by ") && text.contains(" (Kokuho)\n"), "{text}");
    assert!(text.contains(" JST\n") && text.contains("of 32 claim files kept to replay"), "{text}");
    assert_eq!(ask(&["fall-back"]).0, Some(1), "nothing before");
    assert_eq!(ask(&["swap", "7"]).0, Some(2), "not offered");

    publish_release(&world, channel, &line);
    let (code, text) = ask(&["swap", "2", "--json"]);
    let outcome: serde_json::Value = serde_json::from_str(&text).unwrap();
    // The poll of every second may have been faster.
    assert_eq!((code, &outcome["release"]), (Some(0), &2.into()), "{outcome}");
    let (_, text) = ask(&["status"]);
    assert!(text.contains("on probation against release 1: inconclusive"), "{text}");
    // As it runs when it is typed.
    let advised = format!("warifu-checker confirm --state {state} 2 --reason");
    assert!(text.contains(&advised), "{text}");
    assert_eq!(ask(&["confirm", "2", "--reason", " "]).0, Some(2), "no reason");
    assert_eq!(ask(&["confirm", "1", "--reason", "x"]).0, Some(1), "not on probation");
    assert_eq!(ask(&["give-up", "1", "--reason", "x"]).0, Some(1), "not lost");
    let (code, text) = ask(&["confirm", "2", "--reason", "一つの医療機関のみ"]);
    assert_eq!(code, Some(0));
    assert!(text.starts_with("an operator confirmed release 2 at ") && text.contains("一つの医療機関のみ"));
    let (_, text) = ask(&["status"]);
    assert!(text.contains("\nconfirmed\n") && text.contains("an operator confirmed release 2"), "{text}");
    let told = std::fs::read_to_string(at.join("state/reports/decisions.html")).unwrap();
    assert!(told.contains("一つの医療機関のみ"), "{told}");
    assert_eq!(ask(&["fall-back"]), (Some(0), "fell back to release 1\n".to_owned()));
    let (_, text) = ask(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&status["running"]["release"], &status["held"][0]["release"]), (&1.into(), &2.into()));
    assert_eq!(ask(&["swap"]).0, Some(1), "held");

    drop(running);
    assert_eq!(ask(&["status"]).0, Some(2), "nobody there");
}

/// One half-open connection kept a checker from ending.
#[test]
fn a_signal_ends_it_whatever_is_half_open() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    let mut running = Running::start(at);
    let mut half = TcpStream::connect(running.address).unwrap();
    half.write_all(b"POST /check HTTP/1.1\r\nhost: x\r\n").unwrap();
    let mut promised = TcpStream::connect(running.address).unwrap();
    promised.write_all(b"POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx").unwrap();
    assert_eq!(check(running.address, &claim_file(1, 1)).status, 200);
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
    let started = Instant::now();
    let ended = loop {
        if let Some(ended) = running.child.try_wait().unwrap() {
            break ended;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "it never ends");
        std::thread::yield_now();
    };
    assert_eq!(ended.code(), Some(0));
    assert!(!running.socket.exists(), "its socket goes with it");
    assert_eq!(std::fs::read_dir(at.join("state/recent")).unwrap().count(), 1, "what was kept is on disk");
    let history = std::fs::read(at.join("state/history.json")).unwrap();
    let history: serde_json::Value = serde_json::from_slice(&history).unwrap();
    assert_eq!(history["days"][0]["releases"][0]["files"], 1, "and what was counted: {history}");
}
