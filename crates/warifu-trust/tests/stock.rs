//! Another program, unchanged, on the key files that this crate makes, and the other way round: openssl.
//!
//! Where it is not installed, the test says so on stderr and proves nothing; with `WARIFU_TEST_ALL`, which
//! tests/run.sh sets, it fails.
#![expect(clippy::disallowed_methods, reason = "test support; a failure here fails the test")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use warifu_trust::{Passphrase, SecretKey};

fn runs(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

#[test]
fn openssl_reads_our_key_files_and_we_read_its() {
    if !runs("openssl", &["version"]) {
        assert!(
            std::env::var_os("WARIFU_TEST_ALL").is_none(),
            "WARIFU_TEST_ALL leaves nothing out: no openssl"
        );
        let _ = writeln!(std::io::stderr(), "left out: no openssl");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key.pem");
    let passphrase = Passphrase::new("correct horse".into()).unwrap();
    let key = SecretKey::generate().unwrap();
    let pem = key.to_encrypted_pem(&passphrase).unwrap();
    std::fs::write(&file, pem.as_bytes()).unwrap();
    let public = |passphrase: &str| {
        let arguments =
            ["pkey", "-pubout", "-outform", "DER", "-passin", &format!("pass:{passphrase}"), "-in"];
        Command::new("openssl").args(arguments).arg(&file).output().unwrap()
    };
    // SubjectPublicKeyInfo ends with the 32 raw bytes.
    let output = public("correct horse");
    assert!(output.stdout.ends_with(&key.public().to_bytes()), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!public("wrong").status.success());

    let arguments =
        ["genpkey", "-algorithm", "ed25519", "-aes-256-cbc", "-pass", "pass:correct horse", "-out"];
    assert!(Command::new("openssl").args(arguments).arg(&file).status().unwrap().success());
    let pem = std::fs::read_to_string(&file).unwrap();
    let theirs = SecretKey::from_encrypted_pem(&pem, &passphrase).unwrap();
    assert!(public("correct horse").stdout.ends_with(&theirs.public().to_bytes()));
}
