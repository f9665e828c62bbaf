//! The client of docs/examples in Python, against a checker and against doors that turn it away.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::killed::{Running, published};
use crate::reading::{text, wrong_points};
use crate::world::claim_file;

fn client(file: &Path, address: SocketAddr, deadline: &str) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/check_claims.py");
    // tests/run.sh and .ci/run install it: its absence is a failure, and no reason to leave this out.
    let mut command = Command::new("python3");
    command.arg("-B").arg(script).arg(file).args(["--lang", "en", "--deadline", deadline]);
    command.env("PYTHONIOENCODING", "utf-8").args(["--url", &format!("http://{address}")]).output().unwrap()
}

#[test]
fn the_client_in_python_tells_what_a_checker_finds() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    published(at);
    let (right, file) = (at.join("right.uke"), at.join("wrong.uke"));
    std::fs::write(&right, claim_file(1, 2)).unwrap();
    std::fs::write(&file, wrong_points(2)).unwrap();
    let running = Running::start(at);
    let told = client(&right, running.address, "60");
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    assert_eq!(text(&told.stdout), "2 claims: 0 errors, 0 not judged; release 1\n");
    let told = client(&file, running.address, "60");
    assert_eq!(told.status.code(), Some(1), "{}", text(&told.stderr));
    let told = text(&told.stdout);
    assert!(told.contains("     8  claim/points  "), "{told}");
    assert!(told.contains("101 points are claimed; the master gives 100"), "{told}");

    // Turned away twice, it comes again when it was told to, and then it is answered.
    let door = turning_away(2, "1", running.address);
    let began = Instant::now();
    let told = client(&right, door, "60");
    assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
    assert!(began.elapsed() >= Duration::from_secs(2), "it waits as long as it is told to");
    // What it has left is less than it is told to wait: it does not wait for nothing.
    let began = Instant::now();
    let told = client(&right, turning_away(9, "50", running.address), "3");
    assert_eq!(told.status.code(), Some(2));
    assert!(began.elapsed() < Duration::from_secs(40));
    assert!(text(&told.stderr).contains("no answer within 3 seconds; the last try: the queue is full"));
}

#[test]
fn the_client_in_python_fails_clearly() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.uke");
    std::fs::write(&file, claim_file(1, 1)).unwrap();
    let fails = |address, deadline, why: &str| {
        let told = client(&file, address, deadline);
        assert_eq!((told.status.code(), told.stdout.len()), (Some(2), 0), "{}", text(&told.stdout));
        assert!(text(&told.stderr).contains(why), "{}", text(&told.stderr));
    };
    let body = r#"{"error":{"en":"a claim file may have less","ja":"上限"}}"#;
    let refused = ok(body).replace("200 OK", "413 Too Large");
    fails(answering(&refused), "30", "refused (413): a claim file may have less");
    // An answer that breaks off, one of another form, and one that never comes.
    let cut = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"code\":\"claim/points\"}\n";
    fails(answering(cut), "30", "broke off");
    let half = "{\"schema\":1,\"findings\":3,\"left_out\":0}";
    fails(answering(&ok(half)), "30", "broke off");
    let other = "{\"schema\":7,\"findings\":0,\"left_out\":0}";
    fails(answering(&ok(other)), "30", "has the form 7");
    fails(answering("HTTP/1.1 200 OK\r\n"), "3", "no answer within 3 seconds");
    fails("127.0.0.1:1".parse().unwrap(), "3", "cannot be reached");
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Reads a request of some kilobytes to its end.
fn read_request(stream: &mut std::net::TcpStream) -> Vec<u8> {
    let (mut request, mut piece) = (Vec::new(), [0; 65536]);
    loop {
        let read = stream.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
        if read == 0 || body.len() >= length.parse().unwrap() {
            return request;
        }
    }
}

/// A door that answers every request so, and keeps the connection open where that is no whole answer.
fn answering(answer: &str) -> SocketAddr {
    let (listener, answer) = (TcpListener::bind("127.0.0.1:0").unwrap(), answer.to_owned());
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
            let is_begun_only = answer.ends_with("OK\r\n");
            kept.extend(is_begun_only.then_some(stream));
        }
    });
    address
}

/// A door that says so often that the queue is full, and then passes everything on to `checker`.
fn turning_away(times: usize, retry_after: &str, checker: SocketAddr) -> SocketAddr {
    let (listener, retry_after) = (TcpListener::bind("127.0.0.1:0").unwrap(), retry_after.to_owned());
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let request = read_request(&mut stream);
            if at < times {
                let body = "{\"error\":{\"en\":\"the queue is full\",\"ja\":\"待ち行列が一杯です\"}}";
                let length = body.len();
                let head =
                    format!("HTTP/1.1 503 Busy\r\nRetry-After: {retry_after}\r\nContent-Length: {length}");
                let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
                continue;
            }
            let mut on = std::net::TcpStream::connect(checker).unwrap();
            let request = String::from_utf8_lossy(&request).replacen("\r\n", "\r\nConnection: close\r\n", 1);
            on.write_all(request.as_bytes()).unwrap();
            let _ = std::io::copy(&mut on, &mut stream);
        }
    });
    address
}
