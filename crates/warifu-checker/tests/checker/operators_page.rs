//! The operators' page at the doors of a checker: who gets it, and whose commands are taken.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};
use warifu_checker::log::now;
use warifu_checker::page::{Act, offered};
use warifu_checker::service::Status;
use warifu_checker::swap::Wanted;
use warifu_values::lang::Lang;

use crate::line::release;
use crate::masters::good;
use crate::world::{Checker, claim_file};

fn running() -> Checker {
    let checker = Checker::start(1, 8);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::Newest);
    checker
}

/// Asks the operators' door with these heads; the status, and what was answered, heads and body.
fn ask(checker: &Checker, line: &str, heads: &[&str], body: &str) -> (u16, String) {
    let mut stream = UnixStream::connect(&checker.socket).unwrap();
    let heads: String = heads.iter().map(|head| format!("{head}\r\n")).collect();
    let length = body.len();
    let request =
        format!("{line} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{heads}\r\n{body}");
    // At once: who is refused by the head is answered before the rest is read.
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

const HOST: &str = "Host: localhost:8080";
const JSON: &str = "Content-Type: application/json";

fn frozen(Status { frozen, .. }: Status) -> bool {
    frozen.is_some()
}

/// The command of the page that freezes, as it is when the page is looked at now.
fn freezes(checker: &Checker) -> String {
    let (_, page) = ask(checker, "GET /?lang=en", &[HOST], "");
    let item = page.split("data-act=\"freeze\"").nth(1).unwrap();
    let stands_on = item.split("data-stands-on=\"").nth(1).unwrap().split('"').next().unwrap();
    json!({ "act": "freeze", "release": null, "stands_on": stands_on, "reason": "a drill" }).to_string()
}

#[test]
fn the_page_is_at_the_operators_door_alone() {
    let checker = running();
    checker.check(&claim_file(7, 3));
    let (status, page) = ask(&checker, "GET /", &[HOST, "Accept-Language: ja"], "");
    assert_eq!(status, 200);
    for part in ["content-security-policy: default-src 'none'", "稼働中のリリース", "配信元を今すぐ確認する"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let (_, renewed) = ask(&checker, "GET /page.json?lang=en", &[HOST], "");
    let body: Value = serde_json::from_str(renewed.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let load = body["parts"]["load"].as_str().unwrap();
    assert!(load.contains("1 files (3 claims) answered"), "{load}");
    assert!(
        load.contains("half of the answers") && load.contains("within "),
        "how long it took at most: {load}"
    );
    // The first seconds count too.
    assert!(!load.contains("No claim file in the last minutes") && load.contains("<figure>"), "{load}");
    for path in ["/", "/page.json", "/page.js", "/page.css", "/report", "/act"] {
        let mut stream = TcpStream::connect(checker.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[test]
fn a_page_of_another_site_commands_nothing() {
    let checker = running();
    let command = freezes(&checker);
    let reason = json!({ "reason": "a drill" }).to_string();
    for heads in [
        &[HOST, JSON, "Origin: https://evil.example"][..],
        &[HOST, JSON, "Origin: null"],
        &[HOST, JSON, "Origin: http://localhost:9090"],
        &[HOST, JSON, "Origin: http://localhost:8080", "Sec-Fetch-Site: cross-site"],
        &["Host: evil.example:8080", JSON, "Origin: http://evil.example:8080", "Sec-Fetch-Site: same-origin"],
    ] {
        for (line, body) in [("POST /act", &command), ("POST /freeze", &reason), ("POST /swap", &reason)] {
            let (status, answer) = ask(&checker, line, heads, body);
            assert_eq!(status, 403, "{line} {heads:?}: {answer}");
        }
    }
    // What a form can send.
    let (status, answer) = ask(&checker, "POST /act", &[HOST, "Content-Type: text/plain"], &command);
    assert_eq!(status, 415, "{answer}");
    assert!(!frozen(checker.status()));
}

#[test]
fn a_command_of_the_page_is_done_once_and_only_in_the_state_that_was_seen() {
    let checker = running();
    let command = freezes(&checker);
    let heads = [HOST, JSON, "Origin: http://localhost:8080", "Sec-Fetch-Site: same-origin"];
    let (status, answer) = ask(&checker, "POST /act?lang=en", &heads, &command);
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("\"done\":true") && answer.contains("a drill"), "{answer}");
    assert!(frozen(checker.status()));
    let (status, answer) = ask(&checker, "POST /act?lang=en", &heads, &command);
    assert_eq!(status, 409, "{answer}");
    assert!(answer.contains("the state has changed since you looked"), "{answer}");
    assert_eq!(checker.status().decisions.len(), 1);
    assert_eq!(ask(&checker, "POST /act", &heads, "{").0, 400);
}

/// Each release that can be gone back to has its button, which says what goes, what comes and what is held.
#[test]
fn the_page_goes_back_to_an_older_release_by_its_number() {
    let checker = running();
    for (number, code) in [(2, 190_000_010), (3, 190_000_011)] {
        let mut rows = good();
        rows.push((code, "5.00"));
        checker.shelf.offer(release(number, &rows));
        checker.swapper.poll(now(), Wanted::Newest);
        checker.swapper.confirm(number, "a drill".parse().unwrap(), now()).unwrap();
    }
    let all = offered(&checker.client.status().unwrap(), Lang::Ja);
    let back: Vec<_> = all.iter().filter(|offered| offered.act == Act::FallBack).collect();
    assert_eq!(back.iter().map(|offered| offered.release).collect::<Vec<_>>(), [None, Some(1)]);
    let will = back[1].will.join("\n");
    assert!(will.contains("リリース 3 の使用を止め、直ちにリリース 1") && will.contains("リリース 2、3。"));
    let stands_on = &back[1].stands_on;
    let command = json!({ "act": "fall-back", "release": 1, "stands_on": stands_on }).to_string();
    let (status, answer) = ask(&checker, "POST /act?lang=en", &[HOST, JSON], &command);
    assert_eq!((status, answer.contains("Release 1 judges again")), (200, true), "{answer}");
    let status = checker.client.status().unwrap();
    assert_eq!(status.held.iter().map(|held| held.id.release).collect::<Vec<_>>(), [2, 3]);
}
