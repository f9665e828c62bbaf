//! Other people's program, unchanged, on what lies on a channel: python-tuf.
//!
//! Where it is not installed, the test says so on stderr and proves nothing.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "test support; a failure here fails the test"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::SystemTime;

use warifu_channels::testing::Publishing as _;
use warifu_channels::{Address, ReadError, open};
use warifu_trust::testing::{World, forge};
use warifu_trust::{OpenError, Refusal, SecretKey, UnixSeconds};
use warifu_values::digest::Digest;

/// The stock client looks at the real clock.
fn now() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    UnixSeconds::new(i64::try_from(since.as_secs()).unwrap())
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// `python3 -m http.server` on a free port of the loopback; ends with the value.
struct Server(Child, String);

impl Server {
    fn over(directory: &Path) -> Self {
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // "Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ..."
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split(['(', ')']).nth(1).unwrap().to_owned();
        Server(child, url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn stock_client(server: &Server, root: &Path, work: &Path, target: &str) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/road/stock_client.py");
    Command::new("python3").arg(script).arg(&server.1).arg(root).arg(work).arg(target).output().unwrap()
}

fn says(output: &Output) -> (Option<i32>, String) {
    if output.status.code() != Some(0) {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    (output.status.code(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[test]
fn python_tuf_takes_a_release_of_both_and_refuses_one_sided_ones() {
    if !runs("python3", &["-c", "import tuf.ngclient"]) {
        eprintln!("left out: no python3 with the package tuf");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (folder, root) = (directory.path().join("channel"), directory.path().join("root.json"));
    let channel = Address::folder(&folder).publish_channel();
    let channel = channel.as_ref();
    let world = World::at(now());
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(&root, world.root.bytes()).unwrap();
    world.publish_next(channel);
    world.publish_next(channel);
    let server = Server::over(&folder);
    let work = directory.path().join("work");

    let opened = open(channel, &mut world.reader(), now()).unwrap();
    for file in opened.files() {
        let taken = says(&stock_client(&server, &root, &work, file.name.as_str()));
        assert_eq!(taken, (Some(0), file.sha256.to_string()), "{}", file.name);
    }

    // Kikin alone: 3.targets signed by all of Kikin, snapshot by nobody of Kokuho.
    let metadata = folder.join("metadata");
    let read = |name: &str| -> serde_json::Value {
        let file: serde_json::Value =
            serde_json::from_slice(&std::fs::read(metadata.join(name)).unwrap()).unwrap();
        file["signed"].clone()
    };
    let pin = |bytes: &[u8]| {
        let sha256 = Digest::of(bytes).to_string();
        serde_json::json!({"version": 3, "length": bytes.len(), "hashes": {"sha256": sha256}})
    };
    let all_of_kikin: Vec<&SecretKey> = world.kikin.iter().collect();
    let one_of_kokuho = [&world.kokuho[0]];
    let one_of_kikin = [&world.kikin[0]];
    let cases: [(&[&SecretKey], &[&SecretKey]); 3] =
        [(&all_of_kikin, &all_of_kikin), (&[], &one_of_kokuho), (&one_of_kikin, &one_of_kokuho)];
    for (number, (kikin, kokuho)) in cases.into_iter().enumerate() {
        let (mut targets, mut snapshot) = (read("2.targets.json"), read("2.snapshot.json"));
        targets["version"] = 3.into();
        let targets = forge(&targets, kikin);
        snapshot["version"] = 3.into();
        snapshot["meta"]["targets.json"] = pin(&targets);
        let snapshot = forge(&snapshot, kokuho);
        let mut timestamp = read("timestamp.json");
        timestamp["version"] = (3 + number).into();
        timestamp["meta"]["snapshot.json"] = pin(&snapshot);
        for (name, bytes) in [
            ("3.targets.json", targets),
            ("3.snapshot.json", snapshot),
            ("timestamp.json", forge(&timestamp, &[&world.timestamp])),
        ] {
            std::fs::write(metadata.join(name), bytes).unwrap();
        }
        let work = directory.path().join(format!("work-{number}"));
        let refused = says(&stock_client(&server, &root, &work, "release-2.json"));
        assert_eq!(refused, (Some(3), "UnsignedMetadataError".into()));
        assert!(matches!(
            open(channel, &mut world.reader(), now()),
            Err(ReadError::Verdict(OpenError::Refused(Refusal::Halves(_))))
        ));
    }
}
