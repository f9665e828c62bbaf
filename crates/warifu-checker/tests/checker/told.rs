//! What the program tells of itself: each line an event that documents name, and nothing of a claim anywhere.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use warifu_checker::log::Event;

use crate::killed::{Running, publish_release, published};
use crate::world::claim_file;

/// Stands wherever a claim file may have text.
const MARKER: &str = "ZQXMARKER";

/// Claim files with the marker in every place that a record has for text, and outside of any.
fn marked() -> Vec<Vec<u8>> {
    let filled = |line: &str| {
        let fields: Vec<String> = line
            .split(',')
            .enumerate()
            .map(|(at, field)| if at > 3 && field.is_empty() { MARKER.to_owned() } else { field.to_owned() })
            .collect();
        fields.join(",")
    };
    let clean = String::from_utf8(claim_file(1, 2)).unwrap();
    let all: String = clean.lines().map(|line| filled(line) + "\r\n").collect();
    let wrong = clean.replace(",100,", ",101,");
    let with = |record: &str| wrong.replacen("\r\nSI", &format!("\r\n{record}\r\nSI"), 1);
    let mut files: Vec<String> = vec![
        all,
        with(&format!("HO,{MARKER},{MARKER},{MARKER},1,{MARKER}")),
        with(&format!("SY,8830052,20240601,1,,{MARKER},01,{MARKER}")),
        with(&format!("CO,12,1,810000001,{MARKER}")),
        with(&format!("SI,12,1,{MARKER},1,{MARKER},1")),
        with(&format!("{MARKER},{MARKER}")),
        format!("{MARKER}\r\n{MARKER}"),
        format!("IR,1,13,1,{MARKER},,{MARKER},202407,00,{MARKER}\r\n{}", clean.split_once('\n').unwrap().1),
        wrong.replace("GO,", &format!("GO,{MARKER},")),
        clean.replace("202406", MARKER),
        String::new(),
    ];
    files.push(files[0].replace("\r\n", "\n\0\x1b[2K"));
    files.into_iter().map(String::into_bytes).collect()
}

/// All requests that a claim file can come by, taken and refused.
fn send_all(running: &Running) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("http://{}/check", running.address);
    for file in marked() {
        for encoding in ["identity", "gzip", MARKER] {
            let request = agent.post(&url).header("content-encoding", encoding).header("x-marker", MARKER);
            let mut answer = request.send(&file[..]).unwrap();
            assert_ne!(answer.status().as_u16(), 503);
            answer.body_mut().read_to_vec().unwrap();
        }
    }
    for head in [
        format!("POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n{MARKER}"),
        format!("POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n{MARKER}"),
        format!(
            "POST /{MARKER} HTTP/1.1\r\nhost: {MARKER}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
        format!("{MARKER}\r\n\r\n"),
    ] {
        let mut line = TcpStream::connect(running.address).unwrap();
        line.write_all(head.as_bytes()).unwrap();
        line.shutdown(std::net::Shutdown::Write).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // It may be closed without an answer.
        let _ = line.read_to_end(&mut Vec::new());
    }
}

/// Ends it as a service manager does.
fn end(mut running: Running) {
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(running.child.wait().unwrap().success());
}

/// Every file below `folder`, but the claim files that are kept to be replayed.
fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: std::path::PathBuf| match path.is_dir() {
        true if path.ends_with("recent") => Vec::new(),
        true => files_below(&path),
        false => vec![path],
    };
    entries.flat_map(below).collect()
}

#[test]
fn nothing_of_a_claim_is_in_any_log_status_metric_or_report() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let log = at.join("log");
    let options = ["--log", "json", "--watch-listen", "127.0.0.1:0"];
    let running = Running::telling(at, &options, File::create(&log).unwrap().into());
    send_all(&running);
    publish_release(&world, channel.as_ref(), &line);
    assert_eq!(running.client().swap(Some(2)).unwrap().exit_status(), 0);
    send_all(&running);
    let client = running.client();
    let mut told = serde_json::to_string(&client.status().unwrap()).unwrap();
    for path in ["/status", "/metrics", "/history.json", "/readyz"] {
        let agent = ureq::agent();
        let url = format!("http://{}{path}", running.watched.unwrap());
        let text = agent.get(url).call().unwrap().body_mut().read_to_string().unwrap();
        assert!(!text.is_empty(), "{path}");
        told += &text;
    }
    told += &serde_json::to_string(&client.replay().unwrap()).unwrap();
    client.fall_back().unwrap();
    end(running);
    assert!(!told.contains(MARKER), "{told}");
    for file in files_below(&at.join("state")) {
        let bytes = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(MARKER), "{}", file.display());
    }

    let lines = fs::read_to_string(&log).unwrap();
    assert!(!lines.contains(MARKER), "{lines}");
    let known: BTreeSet<&str> = Event::ALL.iter().map(|event| event.name()).collect();
    let mut seen = BTreeSet::new();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        let name = line["event"].as_str().unwrap().to_owned();
        assert!(known.contains(&*name), "{line}");
        assert!(line["at"].as_str().unwrap().ends_with('Z') && !line["message"].as_str().unwrap().is_empty());
        seen.insert(name);
    }
    for event in [Event::Start, Event::ReleaseActivated, Event::FallBackByOperator, Event::Drain, Event::End]
    {
        assert!(seen.contains(event.name()), "{} of {seen:?}", event.name());
    }
}

#[test]
fn people_read_lines_in_their_language_and_only_as_much_as_they_want() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (..) = published(at);
    let said = |options: &[&str]| {
        let log = at.join("log");
        end(Running::telling(at, options, File::create(&log).unwrap().into()));
        fs::read_to_string(&log).unwrap()
    };
    let all = said(&[]);
    assert!(all.lines().all(|line| line.contains(" JST info ")), "{all}");
    assert!(all.contains(" JST info drain: told to end"), "{all}");
    assert_eq!(said(&["--log-level", "warn"]), "");
}
