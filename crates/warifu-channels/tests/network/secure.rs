//! Channels over TLS: a private authority, a client's certificate, and whoever is not who he says.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use warifu_channels::contract::reading_contract;
use warifu_channels::{Address, ChannelError, Fault, Network, NoAnswer, Patience, WaitedFor};
use warifu_trust::ChannelPath;
use warifu_trust::testing::now;
use warifu_values::lang::{Lang, Speak as _};

use crate::served::settings;
use crate::servers::{Server, python, started};

/// Runs openssl as an administrator does.
fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// An authority `<name>.pem`, and a certificate `<holder>.pem` of it with its key.
fn authority(folder: &Path, name: &str, holder: &str) {
    let curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
    openssl(folder, &format!("req -x509 {curve} -keyout {name}.key -out {name}.pem -subj /CN={name}"));
    openssl(folder, &format!("req {curve} -keyout {holder}.key -out {holder}.csr -subj /CN={holder}"));
    let names = folder.join("names");
    std::fs::write(&names, "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    openssl(
        folder,
        &format!(
            "x509 -req -in {holder}.csr -CA {name}.pem -CAkey {name}.key -CAcreateserial -days 2 \
             -extfile names -out {holder}.pem"
        ),
    );
}

struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        authority(folder.path(), "house", "server");
        authority(folder.path(), "clients", "site");
        std::fs::create_dir(folder.path().join("live")).unwrap();
        Site { folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).into_os_string().into_string().unwrap()
    }

    fn serve(&self, asks_clients: bool) -> Option<Server> {
        started("python3 with ssl", |port| {
            let mut command = python();
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/network/tls_server.py");
            command.arg(script).args([&self.file("."), &port.to_string()]);
            command.args([&self.file("server.pem"), &self.file("server.key")]);
            if asks_clients {
                command.arg(self.file("clients.pem"));
            }
            command
        })
    }

    /// With the house's authority, and the site's certificate when it shows one.
    fn settings(&self, shows: bool) -> Network {
        let (ca, certificate, key) = (self.file("house.pem"), self.file("site.pem"), self.file("site.key"));
        let mut variables = vec![("WARIFU_CHANNEL_CA", ca.as_str())];
        if shows {
            variables.push(("WARIFU_CHANNEL_CERTIFICATE", &certificate));
            variables.push(("WARIFU_CHANNEL_KEY", &key));
        }
        settings(&variables)
    }
}

fn url(server: &Server) -> String {
    format!("https://{}/live", server.address)
}

fn refused(server: &Server, network: &Network) -> ChannelError {
    let reader = Address::parse(url(server), network).unwrap().channel();
    reader.read(&ChannelPath::timestamp(), 10).unwrap_err()
}

#[test]
fn a_channel_over_tls_with_certificates_on_both_sides() {
    let site = Site::new();
    let Some(server) = site.serve(true) else { return };
    let behind = Address::folder(&site.folder.path().join("live")).publish_channel();
    let reader = Address::parse(url(&server), &site.settings(true)).unwrap().channel();
    reading_contract(reader.as_ref(), behind.as_ref(), &|| {});
    let error = refused(&server, &site.settings(false));
    assert!(matches!(error, ChannelError::Remote { fault: Fault::Tls { .. }, .. }), "{error}");
}

#[test]
fn a_server_of_another_authority_is_not_believed() {
    let site = Site::new();
    let Some(server) = site.serve(false) else { return };
    // The public web's authorities, and a house's that is not this server's.
    let other = site.file("clients.pem");
    for network in [settings(&[]), settings(&[("WARIFU_CHANNEL_CA", &other)])] {
        let error = refused(&server, &network);
        let is_tls = matches!(error, ChannelError::Remote { fault: Fault::Tls { .. }, .. });
        assert!(is_tls && error.to_string().contains("WARIFU_CHANNEL_CA"), "{error}");
        // In words, and not in those of the library's source.
        let japanese = error.say(Lang::Ja);
        assert!(japanese.contains("信頼する認証局が発行したものではありません"), "{japanese}");
    }
}

/// It takes the connection, and does not answer the greeting, or a byte of that at a time.
#[test]
fn a_server_that_does_not_greet_is_given_up_in_time() {
    for drips in [false, true] {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/live", silent.local_addr().unwrap());
        // It ends with the test's process.
        std::thread::spawn(move || {
            let mut lines: Vec<std::net::TcpStream> = Vec::new();
            for line in silent.incoming().flatten() {
                lines.push(line);
                // The head of a greeting of 16 KiB.
                let greeting = [0x16, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3].into_iter().chain([7; 200]);
                let mut line = lines.last().unwrap();
                for byte in greeting.take(if drips { 200 } else { 0 }) {
                    let _ = std::io::Write::write_all(&mut line, &[byte]);
                    std::thread::park_timeout(Duration::from_millis(50));
                }
            }
        });
        let (connect, read) = (Duration::from_millis(300), Duration::from_secs(20));
        let patience = Patience { connect, read, first_answer: Duration::ZERO, ..crate::served::patience() };
        let reader = Address::parse(url, &Network::plain(patience, now)).unwrap().channel();
        let begun = Instant::now();
        let error = reader.read(&ChannelPath::root(2), 1000).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let what = NoAnswer::Silent(WaitedFor::Connection);
        let is_told = error.to_string().contains(&what.say(Lang::En));
        assert!(is_told, "{drips}: {error}");
    }
}

#[test]
fn files_that_hold_no_certificate_are_refused_before_anything_is_asked() {
    let site = Site::new();
    let (key, pem) = (site.file("site.key"), site.file("site.pem"));
    for (variables, words) in [
        (vec![("WARIFU_CHANNEL_CA", key.as_str())], "WARIFU_CHANNEL_CA holds no certificate"),
        (
            vec![("WARIFU_CHANNEL_CERTIFICATE", pem.as_str()), ("WARIFU_CHANNEL_KEY", pem.as_str())],
            "WARIFU_CHANNEL_KEY holds no key",
        ),
    ] {
        let error = Address::parse("https://127.0.0.1:1/live", &settings(&variables)).err().unwrap();
        assert!(error.to_string().contains(words), "{error}");
    }
}
