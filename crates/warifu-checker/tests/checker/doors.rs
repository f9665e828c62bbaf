//! The doors: who is let in where, what is taken of whom, and how it ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_checker::service::Limits;
use warifu_checker::swap::{Gates, Wanted};

use crate::line::release;
use crate::masters::good;
use crate::world::{Checker, JudgesClaims as _, claim_file};

/// A checker that judges by release 1 and gives no more than these limits.
fn within(limits: Limits) -> Checker {
    queued(limits, 64)
}

/// The same, with so many places in its queue.
fn queued(limits: Limits, queue: usize) -> Checker {
    let checker = Checker::within(limits, Gates::default(), queue);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::Newest);
    checker
}

/// A connection on which these bytes were sent.
fn sent(checker: &Checker, request: &[u8]) -> TcpStream {
    let mut line = TcpStream::connect(checker.address).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // It may be closed before all is sent.
    let _ = line.write_all(request);
    line
}

/// All that comes until the line is closed.
fn rest(mut line: TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(error) = line.read_to_end(&mut answer) {
        assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "it is never closed");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// What is answered to these bytes until the line is closed.
fn told(checker: &Checker, request: &[u8]) -> String {
    rest(sent(checker, request))
}

/// The head of a request that promises a claim file of so many bytes.
fn promise(bytes: usize) -> Vec<u8> {
    format!("POST /check HTTP/1.1\r\nhost: x\r\ncontent-length: {bytes}\r\n\r\n").into_bytes()
}

/// A file that is wrong in `claims` times four ways.
fn wrong(claims: usize) -> Vec<u8> {
    String::from_utf8(claim_file(1, claims)).unwrap().replace(",100,", ",101,").into_bytes()
}

fn ask(checker: &Checker, method: &str, path: &str) -> (u16, Value) {
    let answer = told(
        checker,
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .as_bytes(),
    );
    let status = answer.split(' ').nth(1).unwrap_or_default().parse().unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status, serde_json::from_str(body).unwrap_or_default())
}

/// Whatever stands before the claims, a plain proxy too: nothing that comes by their door commands anything.
#[test]
fn operators_have_a_door_of_their_own() {
    let checker = within(Limits::default());
    for (method, path) in [
        ("POST", "/swap"),
        ("POST", "/swap?release=1"),
        ("POST", "/fall-back"),
        ("POST", "/confirm"),
        ("POST", "/give-up"),
        ("GET", "/report"),
        ("GET", "/report.json"),
    ] {
        assert_eq!(ask(&checker, method, path).0, 404, "{method} {path}");
    }
    assert_eq!(ask(&checker, "POST", "/status").0, 405);
    let (status, health) = ask(&checker, "GET", "/status");
    assert_eq!(
        (status, &health["state"], &health["running"]["release"]),
        (200, &"confirmed".into(), &1.into())
    );
    for told_to_operators in ["held", "decisions", "queue", "requests", "doors", "last_poll", "replay"] {
        assert_eq!(health[told_to_operators], Value::Null, "{told_to_operators}");
    }
    assert_eq!(ask(&checker, "GET", "/livez").0, 200);
    assert_eq!(ask(&checker, "GET", "/readyz").0, 200);
    // Their own door knows all of it.
    assert_eq!(checker.status().door().limits, Limits::default());
    assert_eq!(checker.client.swap(None).unwrap().exit_status(), 0);
    assert!(Client::at("nowhere/operator.sock").status().is_err());
}

#[test]
fn it_is_not_ready_before_a_release_runs() {
    let checker = Checker::with(Gates::default(), 4);
    assert_eq!(ask(&checker, "GET", "/livez").0, 200);
    let (status, health) = ask(&checker, "GET", "/readyz");
    assert_eq!((status, &health["ready"], &health["state"]), (503, &false.into(), &"none".into()));
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::Newest);
    assert_eq!(ask(&checker, "GET", "/readyz").0, 200);
}

/// What is promised takes no memory and keeps nobody out.
#[test]
fn silent_connections_with_a_promised_length_keep_nobody_out() {
    let mib = 1 << 20;
    let checker = within(Limits {
        arrived_bytes: 2 * mib,
        arrived_bytes_of_sender: 2 * mib,
        slow_after_ms: 60_000,
        ..Limits::default()
    });
    let silent: Vec<TcpStream> = (0..40).map(|_| sent(&checker, &promise(64 * mib))).collect();
    checker.until("forty connections", |status| status.door().connections >= 40);
    assert_eq!(checker.check(&claim_file(1, 3)).status, 200);
    drop(silent);
    checker
        .until("nothing left", |status| status.door().connections == 0 && status.door().arrived_bytes == 0);
}

#[test]
fn whoever_does_not_send_what_he_promised_is_cut() {
    let checker = within(Limits { slow_after_ms: 200, ..Limits::default() });
    assert!(told(&checker, &promise(1 << 20)).starts_with("HTTP/1.1 408 "));
    checker
        .until("nothing left", |status| status.door().connections == 0 && status.door().arrived_bytes == 0);
}

#[test]
fn what_arrives_is_counted_and_given_back() {
    let file = claim_file(1, 300);
    let room = file.len();
    let limits = Limits { arrived_bytes: room, arrived_bytes_of_sender: room, ..Limits::default() };
    let checker = within(limits);
    // A whole file but for its last byte.
    let mut almost = promise(room);
    almost.extend_from_slice(&file[..room - 1]);
    let mut almost = sent(&checker, &almost);
    checker.until("all but one byte", |status| status.door().arrived_bytes == room - 1);
    let refused = checker.check(&file);
    assert_eq!(refused.status, 503);
    almost.write_all(&file[room - 1..]).unwrap();
    let mut answer = [0; 12];
    almost.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    checker.until("given back", |status| status.door().arrived_bytes == 0);
    assert_eq!(checker.check(&file).status, 200);
}

/// Answers lie in memory until they are taken: no file is judged for whoever leaves too many of them lying,
/// and who takes nothing for long is cut.
#[test]
fn unread_answers_are_bounded_and_cut() {
    let mib = 1 << 20;
    let file = wrong(2_500);
    let limits = Limits {
        unread_bytes: 4 * mib,
        unread_bytes_of_sender: 4 * mib,
        refusals_a_second: 10_000,
        slow_after_ms: 2_000,
        bytes_a_second: 4 << 20,
        ..Limits::default()
    };
    let checker = within(limits);
    let answer = checker.check(&file);
    assert_eq!((answer.status, answer.lines.len()), (200, 10_001));
    let mut request = promise(file.len());
    request.extend_from_slice(&file);
    let mut left = Vec::new();
    let mut most = 0;
    for _ in 0..60 {
        left.push(sent(&checker, &request));
        most = most.max(checker.status().door().unread_bytes);
    }
    let refused = checker.until("some turned away", |status| {
        most = most.max(status.door().unread_bytes);
        status.claims().requests.turned_away > 0
    });
    assert!(refused.claims().requests.checked < 61);
    // Two judges may be at work when the limit is reached: an answer each beyond it.
    assert!(most < 4 * mib + 3 * 5 * mib, "{most}");
    checker.until("cut", |status| status.door().unread_bytes == 0 && status.door().connections_cut > 0);
    assert_eq!(checker.check(&file).status, 200);
}

#[test]
fn a_head_that_does_not_end_and_a_line_that_nobody_uses_are_cut() {
    let limits = Limits { head_ms: 200, idle_ms: 400, ..Limits::default() };
    let checker = within(limits);
    let silent = sent(&checker, b"");
    let half = sent(&checker, b"POST /check HTTP/1.1\r\nhost: x\r\nx-slow: ");
    assert!(rest(half).starts_with("HTTP/1.1 408 "), "it is told");
    assert_eq!(rest(silent), "");
    let used = sent(&checker, b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(rest(used).starts_with("HTTP/1.1 200 "), "answered, and then cut");
    checker.until("all gone", |status| status.door().connections == 0 && status.door().connections_cut == 1);
}

#[test]
fn a_head_that_is_too_long_is_told_so() {
    let checker = within(Limits::default());
    let long = [b"GET /livez HTTP/1.1\r\nhost: x\r\nx-long: ".to_vec(), vec![b'x'; 1 << 20]].concat();
    assert!(told(&checker, &long).starts_with("HTTP/1.1 431 "));
}

/// However much of it is read at once.
#[test]
fn the_limit_of_a_head_is_where_it_is_said_to_be() {
    let limit = 64 << 10;
    let checker = within(Limits { head_bytes: limit, ..Limits::default() });
    let head = |length: usize, lines: usize| {
        let mut head = "GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n".to_owned();
        for line in 0..lines {
            let left = length - "\r\n".len() - head.len();
            let value = left / (lines - line) - "x-long: \r\n".len();
            head += &format!("x-long: {}\r\n", "x".repeat(value));
        }
        head + "\r\n"
    };
    // A head has a hundred lines at most, however short; two are there already.
    for (lines, status) in [(98, 200), (99, 431)] {
        let answer = told(&checker, head(4000, lines).as_bytes());
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{lines} lines: {answer}");
    }
    for lines in [1, 10] {
        for (length, status) in [(limit, 200), (limit + 1, 431), (100_000, 431), (2 * limit - 1, 431)] {
            let head = head(length, lines);
            assert_eq!(head.len(), length);
            let answer = told(&checker, head.as_bytes());
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length} in {lines}: {answer}");
        }
    }
}

#[test]
fn a_body_that_drips_is_cut_however_steadily() {
    let limits = Limits { slow_after_ms: 200, bytes_a_second: 1 << 20, ..Limits::default() };
    let checker = within(limits);
    let mut line = sent(&checker, &promise(1 << 20));
    let drips = line.try_clone().unwrap();
    let answer = std::thread::spawn(move || rest(drips));
    let mut dripped = 0;
    while !answer.is_finished() && line.write_all(b"x").is_ok() {
        dripped += 1;
        std::thread::yield_now();
        assert!(dripped < 1 << 20, "it takes every drop");
    }
    assert!(answer.join().unwrap().starts_with("HTTP/1.1 408 "));
}

#[test]
fn one_sender_has_only_its_share_of_connections() {
    let limits = Limits { connections: 8, connections_of_sender: 3, ..Limits::default() };
    let checker = within(limits);
    let lines: Vec<TcpStream> = (0..3).map(|_| sent(&checker, b"")).collect();
    checker.until("three", |status| status.door().connections == 3);
    assert_eq!(told(&checker, b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"), "");
    drop(lines);
    checker.until("gone", |status| status.door().connections == 0 && status.door().connections_cut == 1);
    assert_eq!(ask(&checker, "GET", "/livez").0, 200);
}

/// Who is not let in is told so by the first record, before the rest of the file comes.
#[test]
fn a_full_queue_says_so_before_the_file_has_come() {
    let checker = queued(Limits::default(), 1);
    let busy = checker.keep_busy();
    let file = claim_file(1, 1);
    let mut request = promise(file.len());
    request.extend_from_slice(&file);
    let waits = sent(&checker, &request);
    checker.until("one waits", |status| status.claims().queue.waiting == 1);
    let mut begun = promise(32 << 20);
    begun.extend_from_slice(&file[..40]);
    let answer = told(&checker, &begun);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
    drop(busy);
    let mut answer = [0; 12];
    let mut waits = waits;
    waits.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

/// The head of an answer on a line that stays open; of the body nothing is left on it.
fn answer_on(line: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        line.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    line.read_exact(&mut vec![0; length.parse().unwrap()]).unwrap();
    head
}

const ALIVE: &[u8] = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";

/// Who is told early that his file is not taken, and goes on sending it all the same, finds his line whole.
#[test]
fn who_is_refused_early_may_send_the_rest_for_longer_than_a_head_may_take() {
    let head_ms = 200;
    let checker = queued(Limits { head_ms, slow_after_ms: 60_000, ..Limits::default() }, 0);
    let _busy = checker.keep_busy();
    let file = claim_file(1, 1);
    let mut line = sent(&checker, &promise(1 << 20));
    line.write_all(&file).unwrap();
    assert!(answer_on(&mut line).starts_with("HTTP/1.1 503 "));
    let started = Instant::now();
    let mut left = (1 << 20) - file.len();
    while left > 1 && started.elapsed() < Duration::from_millis(5 * head_ms) {
        line.write_all(b"x").unwrap();
        left -= 1;
        std::thread::yield_now();
    }
    line.write_all(&vec![b'x'; left]).unwrap();
    line.write_all(ALIVE).unwrap();
    assert!(answer_on(&mut line).starts_with("HTTP/1.1 200 "));
    assert_eq!(checker.status().door().connections_cut, 0);
}

/// What is refused by its head alone passes too: who looks for an answer when all is sent finds it.
#[test]
fn who_is_refused_by_the_head_may_send_all_of_it() {
    let checker = within(Limits { slow_after_ms: 60_000, ..Limits::default() });
    let too_large = 80 << 20;
    let packed =
        b"POST /check HTTP/1.1\r\nhost: x\r\ncontent-encoding: br\r\ncontent-length: 16777216\r\n\r\n";
    for (head, length, status) in [(promise(too_large), too_large, 413), (packed.to_vec(), 16 << 20, 415)] {
        let mut line = sent(&checker, &head);
        for _ in 0..length >> 20 {
            line.write_all(&vec![b'x'; 1 << 20]).unwrap();
        }
        assert!(answer_on(&mut line).starts_with(&format!("HTTP/1.1 {status} ")));
        line.write_all(ALIVE).unwrap();
        assert!(answer_on(&mut line).starts_with("HTTP/1.1 200 "));
    }
    // Who asks first is told, and not asked to go on.
    let mut asks = promise(too_large);
    asks.splice(asks.len() - 2.., *b"expect: 100-continue\r\n\r\n");
    assert!(told(&checker, &asks).starts_with("HTTP/1.1 413 "));
    checker
        .until("nothing left", |status| status.door().connections == 0 && status.door().arrived_bytes == 0);
}

#[test]
fn gzipped_claim_files_are_judged_and_nothing_else_that_is_packed() {
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let checker = within(Limits::default());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let post = |form: &str, bytes: &[u8]| {
        let asked = agent.post(format!("http://{}/check", checker.address));
        let mut answer = asked.header("Content-Encoding", form).send(bytes).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let file = wrong(40);
    let plain = post("identity", &file);
    assert_eq!(plain.0, 200);
    assert_eq!(post("gzip", &pack(&file)), plain);
    assert_eq!(post("br", &file).0, 415);
    assert_eq!(post("gzip, gzip", &pack(&pack(&file))).0, 415);
    assert_eq!(post("gzip", &file).0, 400);
    assert_eq!(post("gzip", &pack(&file)[..200]).0, 400);
    assert_eq!(post("gzip", &pack(&vec![b'0'; 32 << 20])).0, 413);
    checker.until("nothing left", |status| status.door().arrived_bytes == 0);
}

/// What is in flight is answered; what is half open, and what is new, is not waited for.
#[test]
fn it_ends_within_its_time_and_answers_what_is_in_flight() {
    let checker = within(Limits { notice_ms: 4_000, drain_ms: 20_000, ..Limits::default() });
    let half = sent(&checker, b"POST /check HTTP/1.1\r\nhost: x\r\n");
    let promised = sent(&checker, &promise(1000));
    let busy = checker.keep_busy();
    let file = claim_file(1, 1);
    let mut request = promise(file.len());
    request.extend_from_slice(&file);
    let in_flight = sent(&checker, &request);
    checker.until("one waits", |status| status.claims().queue.waiting == 1);
    let mut kept = sent(&checker, b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n");
    let mut ready = [0; 12];
    kept.read_exact(&mut ready).unwrap();
    assert_eq!(&ready, b"HTTP/1.1 200");

    checker.end();
    checker.until("draining", |status| status.doors.is_draining);
    // For a moment it still takes claims, and says that it is not ready.
    let (status, health) = ask(&checker, "GET", "/readyz");
    assert_eq!((status, &health["draining"]), (503, &true.into()));
    assert_eq!(rest(half), "");
    let started = Instant::now();
    while TcpStream::connect(checker.address).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(30), "the door stays open");
        std::thread::yield_now();
    }
    assert!(!checker.has_ended(), "one is in flight");
    drop(busy);
    assert!(rest(in_flight).starts_with("HTTP/1.1 200 "));
    assert!(rest(promised).starts_with("HTTP/1.1 408 "));
    while !checker.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never ends");
        std::thread::yield_now();
    }
}

#[test]
fn what_does_not_end_by_itself_is_cut_at_the_deadline() {
    let checker = within(Limits { drain_ms: 300, ..Limits::default() });
    let promised = sent(&checker, &promise(1000));
    checker.until("one connection", |status| status.door().connections == 1);
    checker.end();
    assert_eq!(rest(promised), "");
    let started = Instant::now();
    while !checker.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never ends");
        std::thread::yield_now();
    }
}

/// An address that is taken is found before anything is fetched or activated; it is said what to do.
#[test]
fn a_port_in_use_is_told_before_anything_is_activated() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    for (lang, words) in [("en", "is in use"), ("ja", "使用中")] {
        let output = Command::new(env!("CARGO_BIN_EXE_warifu-checker"))
            .args([
                "serve",
                "--lang",
                lang,
                "--listen",
                &address,
                "--channel",
                "nowhere",
                "--root",
                "nowhere",
            ])
            .arg("--state")
            .arg(folder.path().join("state"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words) && told.contains(&address) && told.contains("--listen"), "{told}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path().join("state")).unwrap().flatten().collect();
    let names = left.iter().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let known = ["content", "manifests", "lock"];
    assert!(names.clone().all(|name| known.contains(&&*name)), "{:?}", names.collect::<Vec<_>>());
}

/// Commands of which the rest never comes, and as many heads: each is cut in its time, and who asks then is
/// answered.
#[test]
fn half_commands_keep_no_operator_out() {
    let limits = Limits { slow_after_ms: 300, bytes_a_second: 1 << 20, head_ms: 300, ..Limits::default() };
    let checker = within(limits);
    let half: Vec<UnixStream> = (0..100)
        .map(|number| {
            let mut line = UnixStream::connect(&checker.socket).unwrap();
            line.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let head = b"POST /freeze HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{\"reason\"";
            let sent = if number % 2 == 0 { head.len() } else { 30 };
            line.write_all(&head[..sent]).unwrap();
            line
        })
        .collect();
    let status = checker.client.status().unwrap();
    assert_eq!((status.frozen, status.running.unwrap().id.release), (None, 1));
    let told = |mut line: &UnixStream| {
        let mut answer = Vec::new();
        // It may be cut while the rest was to be read.
        let _ = line.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    };
    assert!(told(&half[0]).starts_with("HTTP/1.1 408 "));
    // Half a head is silence: it may have had to give way before it was told.
    assert!(half.iter().skip(1).step_by(2).any(|line| told(line).starts_with("HTTP/1.1 408 ")));
}

/// Either kind of line.
trait Line: std::io::Read + std::io::Write {}
impl<T: std::io::Read + std::io::Write> Line for T {}

/// As many connections as there are places, on which nobody says anything: who comes to ask finds one at
/// once, at the operators' socket and at the door of those who watch.
#[test]
fn whoever_is_silent_gives_way_to_who_asks() {
    let hours = 4 * 3_600_000;
    let checker = within(Limits { idle_ms: hours, head_ms: hours, ..Limits::default() });
    let asks = |line: &mut dyn Line| {
        line.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 12];
        line.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 200");
    };
    let watched = checker.watched();
    let minute = Some(Duration::from_secs(60));
    let here = || {
        let line = UnixStream::connect(&checker.socket).unwrap();
        line.set_read_timeout(minute).unwrap();
        Box::new(line) as Box<dyn Line>
    };
    let over_tcp = || {
        let line = TcpStream::connect(watched).unwrap();
        line.set_read_timeout(minute).unwrap();
        Box::new(line) as Box<dyn Line>
    };
    for connect in [&here as &dyn Fn() -> Box<dyn Line>, &over_tcp] {
        let begin = |number: usize| {
            let mut line = connect();
            // Silent from the start, in the midst of a head, and since an answer.
            match number % 3 {
                0 => {}
                1 => line.write_all(b"GET /livez HT").unwrap(),
                _ => asks(&mut *line),
            }
            line
        };
        let mut lines: Vec<_> = (0..100).map(begin).collect();
        asks(&mut *connect());
        // The first ones gave way, without a word.
        let mut rest = Vec::new();
        lines[0].read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty());
    }
}

/// Who comes where people come says something within seconds, however long others may be idle.
#[test]
fn the_first_request_of_an_operator_comes_within_seconds() {
    let checker = within(Limits { idle_ms: 4 * 3_600_000, ..Limits::default() });
    let mut line = UnixStream::connect(&checker.socket).unwrap();
    line.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).unwrap();
    assert!(answer.is_empty());
}

#[test]
fn a_command_is_no_longer_than_it_may_be() {
    let checker = within(Limits::default());
    for (length, status) in [(16 << 10, 400), ((16 << 10) + 1, 413)] {
        let mut line = UnixStream::connect(&checker.socket).unwrap();
        let head = format!("POST /freeze HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
        line.write_all(&[head.into_bytes(), vec![b' '; length]].concat()).unwrap();
        let mut answer = [0; 12];
        line.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
}

/// A parameter that is mistyped is no command without one: that would do another thing than was meant.
#[test]
fn a_command_with_a_parameter_that_is_none_does_nothing() {
    let checker = within(Limits::default());
    for path in ["/fall-back?relase=1", "/fall-back?release=1&x=1", "/swap?x=1", "/swap?release=-1"] {
        let mut line = UnixStream::connect(&checker.socket).unwrap();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        line.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
        assert!(answer.contains("that names no release: only release=N may follow"), "{path}: {answer}");
        // Its cause, once: in each language.
        let causes = ["unknown field", "invalid digit"].map(|cause| answer.matches(cause).count());
        assert_eq!(causes.iter().sum::<usize>(), 2, "{path}: {answer}");
        assert!(!answer.contains("Failed to deserialize"), "{path}: {answer}");
    }
}
