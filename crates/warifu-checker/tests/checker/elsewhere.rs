//! Operators on another machine: over TLS, by certificates of their own, named in the log of acts; and pages
//! of others, which command nothing.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::killed::{PROGRAM, published};
use crate::tls::certificates;

struct Running {
    child: Child,
    operators: String,
}

impl Running {
    fn start(at: &Path, certificates: &Path) -> Running {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--calendar", "none", "--lang", "en"])
            .args(["--operators-listen", "127.0.0.1:0"])
            .arg("--operators-certificate")
            .arg(certificates.join("server.pem"))
            .arg("--operators-key")
            .arg(certificates.join("server.key"))
            .arg("--operators-clients")
            .arg(certificates.join("clients.pem"))
            .arg("--channel")
            .arg(at.join("channel"))
            .arg("--root")
            .arg(at.join("root.json"))
            .arg("--state")
            .arg(at.join("state"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let operators = lines
            .map(Result::unwrap)
            .find_map(|line| line.strip_prefix("operators on ").map(ToOwned::to_owned));
        Running { child, operators: operators.unwrap() }
    }

    /// A command of whoever has this certificate.
    fn command(&self, certificates: &Path, holder: &str, command: &[&str]) -> Output {
        Command::new(PROGRAM)
            .args(command)
            .args(["--operator-url", &format!("https://{}", self.operators), "--authority"])
            .arg(certificates.join("house.pem"))
            .arg("--client-certificate")
            .arg(certificates.join(format!("{holder}.pem")))
            .arg("--client-key")
            .arg(certificates.join(format!("{holder}.key")))
            .output()
            .unwrap()
    }

    fn curl(&self, certificates: &Path, arguments: &[&str]) -> String {
        let output = Command::new("curl")
            .current_dir(certificates)
            .args(["-sS", "-o", "answer", "-w", "%{http_code}", "--cacert", "house.pem"])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn operators_elsewhere_are_known_by_certificates_and_named_in_the_log_of_acts() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let certificates = certificates();
    let certificates = certificates.path();
    let running = Running::start(at, certificates);
    let status = running.command(certificates, "one", &["status", "--json"]);
    assert_eq!(status.status.code(), Some(0), "{status:?}");
    let frozen = running.command(certificates, "one", &["freeze", "--reason", "maintenance"]);
    assert_eq!(frozen.status.code(), Some(0), "{frozen:?}");
    // What is advised can be typed where this was.
    let told = running.command(certificates, "one", &["status", "--lang", "en"]);
    let told = String::from_utf8(told.stdout).unwrap();
    let path = |name: &str| certificates.join(name).display().to_string();
    let advised = format!(
        "warifu-checker thaw --operator-url https://{} --client-certificate {} --client-key {} --authority \
         {} --reason …",
        running.operators,
        path("one.pem"),
        path("one.key"),
        path("house.pem")
    );
    assert!(told.contains(&advised), "{told}");
    let stranger = running.command(certificates, "stranger", &["thaw", "--reason", "mine"]);
    assert_eq!(stranger.status.code(), Some(2), "{stranger:?}");
    // Why is told in words, and not in those of the library's source.
    let said = |output: &Output| String::from_utf8(output.stderr.clone()).unwrap();
    let stranger = running.command(certificates, "stranger", &["status", "--lang", "ja"]);
    assert!(
        said(&stranger).contains("提示した証明書の認証局を相手が信頼していません"),
        "{}",
        said(&stranger)
    );
    fs::copy(certificates.join("house.pem"), certificates.join("kept.pem")).unwrap();
    fs::copy(certificates.join("others.pem"), certificates.join("house.pem")).unwrap();
    let unknown = running.command(certificates, "one", &["status", "--lang", "ja"]);
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
    let running = Running::start(at, certificates);
    let url = format!("https://{}/swap", running.operators);
    let own = format!("Origin: https://{}", running.operators);
    let shown = ["--cert", "one.pem", "--key", "one.key", "-X", "POST", &url, "-H"];
    let with = |header: &str| running.curl(certificates, &[&shown[..], &[header]].concat());
    assert_eq!(with("Origin: https://evil.example"), "403");
    assert_eq!(with("Origin: null"), "403");
    assert_eq!(with("Sec-Fetch-Site: cross-site"), "403");
    assert_eq!(with(&own), "200");
    assert_eq!(running.curl(certificates, &["-X", "POST", &url]), "000", "nobody without a certificate");
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
