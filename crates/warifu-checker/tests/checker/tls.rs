//! Claims over TLS: by HTTP/1.1 and 2 of a stock client, senders known by their certificates, and
//! certificates that change while claims come in.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use warifu_checker::log::now;
use warifu_checker::service::{Clients, Limits, Reload, Tls, TlsFiles};
use warifu_checker::swap::{Gates, Wanted};
use warifu_trust::UnixSeconds;

use crate::line::release;
use crate::masters::good;
use crate::world::{Checker, JudgesClaims as _, claim_file};

/// Runs openssl as an administrator does.
fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

const CURVE: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";

/// An authority `<name>.pem`.
fn authority(folder: &Path, name: &str) {
    openssl(folder, &format!("req -x509 {CURVE} -keyout {name}.key -out {name}.pem -subj /CN={name}"));
}

/// A certificate `<holder>.pem` of it with its key.
pub(crate) fn certificate(folder: &Path, authority: &str, holder: &str) {
    openssl(folder, &format!("req {CURVE} -keyout {holder}.key -out {holder}.csr -subj /CN={holder}"));
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let (ca, out) = (format!("-CA {authority}.pem -CAkey {authority}.key"), format!("-out {holder}.pem"));
    openssl(folder, &format!("x509 -req -in {holder}.csr {ca} -CAcreateserial -days 2 -extfile names {out}"));
}

/// The same certificate, signed anew to hold from and until these instants.
pub(crate) fn dated(folder: &Path, authority: &str, holder: &str, from: UnixSeconds, until: UnixSeconds) {
    let settings = "[ca]\ndefault_ca=it\n[it]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\n\
                    default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n";
    std::fs::write(folder.join("ca.cnf"), settings).unwrap();
    std::fs::write(folder.join("index"), "").unwrap();
    let at = |instant: UnixSeconds| instant.rfc3339().replace(['-', ':', 'T'], "");
    let ca = format!("-cert {authority}.pem -keyfile {authority}.key -startdate {}", at(from));
    let of = format!("-in {holder}.csr -out {holder}.pem -extfile names -enddate {}", at(until));
    openssl(folder, &format!("ca -batch -notext -config ca.cnf {ca} {of}"));
}

/// A house with a server, and an authority with two terminals and a stranger.
pub(crate) fn certificates() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ["house", "clients", "others"].into_iter().for_each(|name| authority(at, name));
    certificate(at, "house", "server");
    ["one", "two"].into_iter().for_each(|holder| certificate(at, "clients", holder));
    certificate(at, "others", "stranger");
    folder
}

fn tls(folder: &Path, clients: Clients) -> Arc<Tls> {
    let [certificate, key] = ["server.pem", "server.key"].map(|name| folder.join(name));
    Tls::load(TlsFiles { certificate, key, clients }).unwrap()
}

fn checker(limits: Limits, tls: Arc<Tls>) -> Checker {
    let checker = Checker::behind(tls, limits, Gates::default(), 64);
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::Newest);
    checker
}

/// What curl says: the status and the version of HTTP; none when there is no answer.
fn curl(checker: &Checker, folder: &Path, arguments: &str) -> Option<String> {
    let url = format!("https://{}/check", checker.address);
    let output = Command::new("curl")
        .current_dir(folder)
        .args(["-sS", "-o", "answer", "-w", "%{http_code} %{http_version}", "--data-binary", "@file.uke"])
        .args(arguments.split(' '))
        .arg(url)
        .output()
        .unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_stock_client_is_answered_over_both_versions_and_only_over_tls() {
    let folder = certificates();
    let at = folder.path();
    std::fs::write(at.join("file.uke"), claim_file(1, 2_000)).unwrap();
    let known = checker(Limits::default(), tls(at, Clients::Known(at.join("clients.pem"))));
    assert_eq!(curl(&known, at, "--cacert house.pem --http1.1").as_deref(), Some("200 1.1"));
    assert_eq!(curl(&known, at, "--cacert house.pem --http2").as_deref(), Some("200 2"));
    let answer = std::fs::read_to_string(at.join("answer")).unwrap();
    assert!(answer.trim_end().lines().next_back().unwrap().contains("\"claims\":2000"), "{answer}");
    let shown = "--cacert house.pem --cert one.pem --key one.key";
    assert_eq!(curl(&known, at, shown).as_deref(), Some("200 2"));
    let url = format!("http://{}/livez", known.address);
    assert!(ureq::get(url).call().is_err(), "nothing is answered without TLS");

    let only = checker(Limits::default(), tls(at, Clients::OnlyKnown(at.join("clients.pem"))));
    assert_eq!(curl(&only, at, shown).as_deref(), Some("200 2"));
    assert_eq!(curl(&only, at, "--cacert house.pem"), None, "nobody who shows nothing");
    let stranger = "--cacert house.pem --cert stranger.pem --key stranger.key";
    assert_eq!(curl(&only, at, stranger), None, "nobody of another authority");
}

#[test]
fn certificates_change_without_a_restart_and_a_broken_one_changes_nothing() {
    let folder = certificates();
    let at = folder.path();
    std::fs::write(at.join("file.uke"), claim_file(1, 1)).unwrap();
    let tls = tls(at, Clients::Unknown);
    let checker = checker(Limits::default(), Arc::clone(&tls));
    assert!(!tls.reload(Reload::IfChanged).unwrap());
    assert!(tls.reload(Reload::Asked).unwrap());
    certificate(at, "others", "server");
    assert!(tls.reload(Reload::IfChanged).unwrap());
    assert_eq!(curl(&checker, at, "--cacert house.pem"), None);
    assert_eq!(curl(&checker, at, "--cacert others.pem").as_deref(), Some("200 2"));
    std::fs::write(at.join("server.key"), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    for when in [Reload::IfChanged, Reload::Asked, Reload::IfChanged] {
        // As often as it is looked at: what kept it from being read may have changed and left no trace.
        let why = tls.reload(when).unwrap_err();
        assert!(why.en.contains("server.key") && why.ja.contains("TLS に使えません"), "{why:?}");
        // What it is follows, and no English of the library.
        let reason = why.ja.split("使えません: ").nth(1).unwrap_or_default();
        assert!(!reason.is_empty() && !reason.bytes().any(|it| it.is_ascii_lowercase()), "{why:?}");
    }
    assert_eq!(curl(&checker, at, "--cacert others.pem").as_deref(), Some("200 2"));
    certificate(at, "house", "server");
    assert!(tls.reload(Reload::IfChanged).unwrap());
    assert!(!tls.reload(Reload::IfChanged).unwrap());
    // One that has expired takes the place of none that holds, however often it is looked at.
    let yesterday = UnixSeconds::new(now().seconds() - 86_400);
    dated(at, "house", "server", UnixSeconds::new(yesterday.seconds() - 86_400), yesterday);
    for when in [Reload::IfChanged, Reload::Asked, Reload::IfChanged] {
        let why = tls.reload(when).unwrap_err();
        assert!(why.en.contains("the one before holds, and is used on"), "{why:?}");
    }
    assert_eq!(curl(&checker, at, "--cacert house.pem").as_deref(), Some("200 2"));
    certificate(at, "house", "server");
    assert!(tls.reload(Reload::IfChanged).unwrap());
    assert_eq!(curl(&checker, at, "--cacert house.pem").as_deref(), Some("200 2"));
}

/// Of every door, and of what is used: nobody's disk is read at a scrape.
#[test]
fn until_when_certificates_hold_is_known_without_their_files() {
    let folder = certificates();
    let at = folder.path();
    let claims = tls(at, Clients::Known(at.join("clients.pem")));
    let operators = tls(at, Clients::OnlyKnown(at.join("others.pem")));
    let checker = checker(Limits::default(), Arc::clone(&claims));
    checker.service.tells_of("claims", &claims);
    checker.service.tells_of("operators", &operators);
    for name in ["server.pem", "clients.pem", "others.pem"] {
        std::fs::remove_file(at.join(name)).unwrap();
    }
    let metrics = ureq::get(format!("http://{}/metrics", checker.watched())).call().unwrap();
    let metrics = metrics.into_body().read_to_string().unwrap();
    for (door, file) in
        [("claims", "server"), ("claims", "clients"), ("operators", "server"), ("operators", "others")]
    {
        let labels = format!("door=\"{door}\",file=\"{file}.pem\",position=\"1\"");
        let sample = format!("warifu_certificate_expires_timestamp_seconds{{{labels}}} ");
        let told = metrics.lines().find_map(|line| line.strip_prefix(&*sample));
        let seconds: i64 = told.unwrap_or_else(|| panic!("{sample}: {metrics}")).parse().unwrap();
        assert!((now().seconds()..now().plus_days(3).seconds()).contains(&seconds), "{sample}{seconds}");
    }
}

/// Heads of HTTP/2 have a bound of their own, for there are many at once.
#[test]
fn a_head_is_bounded_by_the_version() {
    let folder = certificates();
    let at = folder.path();
    std::fs::write(at.join("file.uke"), claim_file(1, 1)).unwrap();
    std::fs::write(at.join("long"), format!("x-long: {}", "x".repeat(20 << 10))).unwrap();
    let higher = Limits { head_bytes: 64 << 10, ..Limits::default() };
    let checker = checker(higher, tls(at, Clients::Unknown));
    assert_eq!(curl(&checker, at, "--cacert house.pem --http1.1 -H @long").as_deref(), Some("200 1.1"));
    assert_eq!(curl(&checker, at, "--cacert house.pem --http2 -H @long").as_deref(), Some("431 2"));
    // A lower limit is one for both.
    std::fs::write(at.join("long"), format!("x-long: {}", "x".repeat(10 << 10))).unwrap();
    let lower = Limits { head_bytes: 9 << 10, ..Limits::default() };
    let checker = self::checker(lower, tls(at, Clients::Unknown));
    assert_eq!(curl(&checker, at, "--cacert house.pem --http1.1 -H @long").as_deref(), Some("431 1.1"));
    assert_eq!(curl(&checker, at, "--cacert house.pem --http2 -H @long").as_deref(), Some("431 2"));
}

/// A connection that a client keeps for its next request, and sends pings on meanwhile.
#[test]
fn a_ping_begins_no_request() {
    let folder = certificates();
    let at = folder.path();
    let limits = Limits { head_ms: 300, ..Limits::default() };
    let checker = checker(limits, tls(at, Clients::OnlyKnown(at.join("clients.pem"))));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut line = connected_by(&checker, at, "one", &[b"h2"]).await;
        line.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
        let started = Instant::now();
        let mut beats = 0;
        while started.elapsed() < Duration::from_secs(1) {
            beats += 1_u64;
            let ping = [&b"\0\0\x08\x06\0\0\0\0\0"[..], &beats.to_be_bytes()].concat();
            line.write_all(&ping).await.unwrap();
            line.flush().await.unwrap();
            let mut heard = Vec::new();
            while !heard.windows(8).any(|bytes| bytes == beats.to_be_bytes()) {
                let mut bytes = [0; 256];
                let count = line.read(&mut bytes).await.unwrap();
                assert!(count > 0, "it was cut after {beats} pings");
                heard.extend_from_slice(&bytes[..count]);
            }
        }
    });
    assert_eq!(checker.service.status().door().connections_cut, 0);
}

/// A connection of whoever has this certificate.
async fn connected(checker: &Checker, folder: &Path, holder: &str) -> TlsStream<tokio::net::TcpStream> {
    connected_by(checker, folder, holder, &[]).await
}

/// The same, by one of these protocols.
async fn connected_by(
    checker: &Checker,
    folder: &Path,
    holder: &str,
    protocols: &[&[u8]],
) -> TlsStream<tokio::net::TcpStream> {
    let certificate = |name: &str| CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap();
    let mut house = RootCertStore::empty();
    house.add(certificate("house")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{holder}.key"))).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(house)
        .with_client_auth_cert(vec![certificate(holder)], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let line = tokio::net::TcpStream::connect(checker.address).await.unwrap();
    let name = ServerName::from(checker.address.ip());
    TlsConnector::from(Arc::new(config)).connect(name, line).await.unwrap()
}

/// Two terminals at one address, as behind a proxy that passes TLS on: what the one takes is not the other's.
#[test]
fn limits_go_by_the_certificate_and_not_by_the_address() {
    let folder = certificates();
    let at = folder.path();
    let file = claim_file(1, 300);
    let limits = Limits { arrived_bytes_of_sender: file.len(), ..Limits::default() };
    let checker = checker(limits, tls(at, Clients::OnlyKnown(at.join("clients.pem"))));
    let head = format!(
        "POST /check HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        file.len()
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut begun = connected(&checker, at, "one").await;
        begun.write_all(head.as_bytes()).await.unwrap();
        begun.write_all(&file[..file.len() - 1]).await.unwrap();
        begun.flush().await.unwrap();
        let started = Instant::now();
        while checker.service.status().door().arrived_bytes < file.len() - 1 {
            assert!(started.elapsed() < Duration::from_secs(30), "it never arrives");
            tokio::task::yield_now().await;
        }
        for (holder, status) in [("one", "503"), ("two", "200")] {
            let mut line = connected(&checker, at, holder).await;
            line.write_all(&[head.as_bytes(), &file].concat()).await.unwrap();
            let mut answer = Vec::new();
            let _ = line.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{holder}: {answer}");
        }
    });
}

/// Senders that came and never greet: at the end nobody waits for them, however long they might take.
#[test]
fn who_has_not_greeted_is_let_go_when_the_end_begins() {
    let folder = certificates();
    let at = folder.path();
    let hours = 4 * 3_600_000;
    let limits = Limits { head_ms: hours, drain_ms: hours, notice_ms: 0, ..Limits::default() };
    let checker = checker(limits, tls(at, Clients::OnlyKnown(at.join("clients.pem"))));
    // Some say nothing, others begin a greeting.
    let lines: Vec<_> = (0..64)
        .map(|line| {
            let mut stream = std::net::TcpStream::connect(checker.address).unwrap();
            std::io::Write::write_all(&mut stream, &b"\x16\x03\x01\x02"[..line % 5]).unwrap();
            stream
        })
        .collect();
    let started = Instant::now();
    while checker.service.status().door().connections < lines.len() {
        assert!(started.elapsed() < Duration::from_secs(30), "they never come");
        std::thread::yield_now();
    }
    checker.end();
    let started = Instant::now();
    while !checker.has_ended() {
        assert!(started.elapsed() < Duration::from_secs(30), "the end waits for who has not greeted");
        std::thread::yield_now();
    }
    assert_eq!(checker.service.status().door().connections_cut, 0);
}
