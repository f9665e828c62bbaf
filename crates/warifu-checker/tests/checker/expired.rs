//! A certificate that has expired: claims are judged on, and everybody who looks is told.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::http::Method;
use warifu_checker::cause::Cause;
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::killed::{PROGRAM, published};
use crate::tls::{certificate, certificates, dated};
use crate::world::{claim_file, until};

/// `serve` over TLS, at `at`, with more `arguments`.
fn serve(at: &Path, certificates: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--calendar", "none", "--lang", "en", "--log", "json"])
        .args(arguments)
        .arg("--tls-certificate")
        .arg(certificates.join("server.pem"))
        .arg("--tls-key")
        .arg(certificates.join("server.key"))
        .arg("--channel")
        .arg(at.join("channel"))
        .arg("--root")
        .arg(at.join("root.json"))
        .arg("--state")
        .arg(at.join("state"));
    command
}

/// One that runs, and what it has told so far.
struct Running {
    child: Child,
    address: SocketAddr,
    told: Arc<Mutex<String>>,
}

impl Running {
    fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}"));
        let (address, told) = (address.parse().unwrap(), Arc::<Mutex<String>>::default());
        let (lines, tells) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&told));
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| *tells.lock().unwrap() += &(line + "\n"));
        });
        Running { child, address, told }
    }

    /// How often an event was told.
    fn told(&self, event: &str) -> usize {
        self.told.lock().unwrap().matches(&format!("\"event\":\"{event}\"")).count()
    }

    /// What a client is answered that looks at certificates as curl is told to.
    fn curl(&self, certificates: &Path, looks: &[&str]) -> String {
        let output = Command::new("curl")
            .current_dir(certificates)
            .args(["-sS", "-o", "answer", "-w", "%{http_code}", "--data-binary", "@file.uke"])
            .args(looks)
            .arg(format!("https://{}/check", self.address))
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
fn an_expired_certificate_is_told_everywhere_and_claims_are_judged_on() {
    let (folder, certificates) = (tempfile::tempdir().unwrap(), certificates());
    let (at, of_tls) = (folder.path(), certificates.path());
    drop(published(at));
    std::fs::write(of_tls.join("file.uke"), claim_file(1, 1)).unwrap();
    let yesterday = UnixSeconds::new(now().seconds() - 86_400);
    dated(of_tls, "house", "server", UnixSeconds::new(yesterday.seconds() - 86_400), yesterday);
    let checked = || {
        let output = serve(at, of_tls, &["--check-config"]).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, _, error) = checked();
    assert_eq!(status, Some(2), "{error}");
    assert!(error.contains("certificate 1 in ") && error.contains("server.pem expired at "), "{error}");

    let running = Running::start(serve(at, of_tls, &[]));
    until("told", || running.told("certificate.invalid") == 1);
    let client = Client::at(at.join("state/operator.sock"));
    let status = client.status().unwrap();
    assert_eq!(status.certificates.iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::Certificate]);
    for (lang, word) in [(Lang::En, "CERTIFICATE NOT VALID: "), (Lang::Ja, "証明書無効: ")] {
        assert!(status.say(lang).contains(word), "{}", status.say(lang));
    }
    assert!(status.in_a_line(Lang::En).ends_with(", certificate not valid"));
    let metrics = client.text(Method::GET, "/metrics", String::new()).unwrap();
    assert!(metrics.contains("warifu_amiss{cause=\"certificate\"} 1\n"), "{metrics}");
    let page = client.text(Method::GET, "/?lang=en", String::new()).unwrap();
    assert!(page.contains("Certificate not valid"), "{page}");
    // Who looks sends nothing; who does not is answered.
    assert_eq!(running.curl(of_tls, &["--cacert", "house.pem"]), "000");
    assert_eq!(running.curl(of_tls, &["--insecure"]), "200");

    // One that ends in two days.
    certificate(of_tls, "house", "server");
    let (status, out, error) = checked();
    assert_eq!((status, &*error), (Some(0), ""));
    assert!(out.contains("server.pem expires at "), "{out}");
    let asked = Command::new("kill").args(["-HUP", &running.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    until("told of the other", || running.told("certificate.due") >= 1);
    let causes: Vec<Cause> = client.status().unwrap().certificates.iter().map(|it| it.cause).collect();
    assert_eq!((causes, running.told("certificate.invalid")), (vec![Cause::CertificateDue], 1));
    assert_eq!(running.curl(of_tls, &["--cacert", "house.pem"]), "200");
}
