//! Operators on another machine: over TLS, by certificates of their own, named in the log of acts; and pages
//! of others, which command nothing.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::killed::{PROGRAM, published};
use crate::over_tls::{At, Running, commanded, curl, serve};
use crate::tls::certificates;

/// A checker that hears operators over TLS, and where.
fn started(at: &Path, certificates: &Path) -> (Running, String) {
    let running = Running::start(serve(at, certificates, &[At::Operators]));
    let operators = running.address(At::Operators);
    (running, operators)
}

#[test]
fn operators_elsewhere_are_known_by_certificates_and_named_in_the_log_of_acts() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let certificates = certificates();
    let certificates = certificates.path();
    let (_running, operators) = started(at, certificates);
    let status = commanded(&operators, certificates, "one", &["status", "--json"]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
    let frozen = commanded(&operators, certificates, "one", &["freeze", "--reason", "maintenance"]);
    assert_eq!(frozen.status.code(), Some(0), "{frozen:?}");
    // What is advised can be typed where this was.
    let told = commanded(&operators, certificates, "one", &["status", "--lang", "en"]);
    let told = String::from_utf8(told.stdout).unwrap();
    let path = |name: &str| certificates.join(name).display().to_string();
    let advised = format!(
        "warifu-checker thaw --operator-url https://{operators} --client-certificate {} --client-key {} \
         --authority {} --reason …",
        path("one.pem"),
        path("one.key"),
        path("house.pem")
    );
    assert!(told.contains(&advised), "{told}");
    let stranger = commanded(&operators, certificates, "stranger", &["thaw", "--reason", "mine"]);
    assert_eq!(stranger.status.code(), Some(2), "{stranger:?}");
    // Why is told in words, and not in those of the library's source.
    let said = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    let stranger = commanded(&operators, certificates, "stranger", &["status", "--lang", "ja"]);
    assert!(
        said(&stranger).contains("提示した証明書の認証局を相手が信頼していません"),
        "{}",
        said(&stranger)
    );
    fs::copy(certificates.join("house.pem"), certificates.join("kept.pem")).unwrap();
    fs::copy(certificates.join("others.pem"), certificates.join("house.pem")).unwrap();
    let unknown = commanded(&operators, certificates, "one", &["status", "--lang", "ja"]);
    fs::rename(certificates.join("kept.pem"), certificates.join("house.pem")).unwrap();
    assert!(said(&unknown).contains("信頼する認証局が発行したものではありません"), "{}", said(&unknown));
    // By the socket on this machine, the account.
    let own = Command::new(PROGRAM)
        .args(["thaw", "--reason", "over", "--state"])
        .arg(at.join("state"))
        .output()
        .unwrap();
    assert_eq!(own.status.code(), Some(0), "{own:?}");
    let acts = fs::read_dir(at.join("state")).unwrap().map(|entry| entry.unwrap().path());
    let acts: String = acts
        .filter(|path| path.to_string_lossy().contains("audit"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let act = |why: &str| acts.lines().find(|line| line.contains(why)).unwrap_or_else(|| panic!("{acts}"));
    assert!(act("maintenance").contains(r#""operator":"CN=one, certificate sha256 "#), "{acts}");
    assert!(act("over").contains(r#""operator":"uid "#), "{acts}");
    assert!(!acts.contains("mine"), "{acts}");
}

#[test]
fn a_page_of_another_site_commands_nothing_although_the_browser_has_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let certificates = certificates();
    let certificates = certificates.path();
    let (_running, operators) = started(at, certificates);
    let url = format!("https://{operators}/swap");
    let own = format!("Origin: https://{operators}");
    let shown = ["--cert", "one.pem", "--key", "one.key", "-X", "POST", &url, "-H"];
    let asked = |arguments: &[&str]| curl(certificates, &[&["--cacert", "house.pem"], arguments].concat());
    let with = |header: &str| asked(&[&shown[..], &[header]].concat());
    assert_eq!(with("Origin: https://evil.example"), "403");
    assert_eq!(with("Origin: null"), "403");
    assert_eq!(with("Sec-Fetch-Site: cross-site"), "403");
    assert_eq!(with(&own), "200");
    assert_eq!(asked(&["-X", "POST", &url]), "000", "nobody without a certificate");
}

#[test]
fn a_door_for_operators_needs_their_authority() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(PROGRAM)
        .args(["serve", "--operators-listen", "127.0.0.1:0", "--channel", "c", "--root", "r", "--state"])
        .arg(folder.path().join("state"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--operators-clients"), "{told}");
}
