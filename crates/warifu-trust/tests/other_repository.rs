//! The core reads repositories that are not ours: `examples/tuf_client.rs` against one that python-tuf makes,
//! with RSA-PSS and ECDSA keys and a delegated role. Without python-tuf it says so on stderr and proves
//! nothing; with `WARIFU_TEST_ALL`, which tests/run.sh sets, it fails.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "test support; a failure here fails the test"
)]

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

struct Served {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: String,
}

impl Served {
    /// None when python-tuf is not installed.
    fn at(folder: &Path) -> Option<Self> {
        let python = std::env::var("WARIFU_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/other_repository.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(child.stdout.take()?).lines();
        let port = lines.next()?.ok()?;
        Some(Served { child, lines, port })
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
        assert_eq!(self.lines.next().unwrap().unwrap(), "done");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the client; whether it ended well.
fn client(arguments: &[&str]) -> bool {
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/tuf_client");
    let output =
        Command::new(program).args(arguments).output().expect("built: `cargo build --example tuf_client`");
    assert!(output.status.success() || !output.stderr.is_empty(), "a refusal says why");
    output.status.success()
}

#[test]
fn keys_of_every_scheme_and_delegated_roles_are_read() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).display().to_string();
    let Some(mut served) = Served::at(&place.path().join("repository")) else {
        assert!(
            std::env::var_os("WARIFU_TEST_ALL").is_none(),
            "WARIFU_TEST_ALL leaves nothing out: no python-tuf"
        );
        let _ = writeln!(std::io::stderr(), "left out: no python-tuf");
        return;
    };
    let url = |folder: &str| format!("http://127.0.0.1:{}/{folder}", served.port);
    let (metadata, targets) = (url("metadata"), url("targets"));
    let (kept, fresh, out) = (path("kept"), path("fresh"), path("out"));
    let init = |kept: &str| client(&["--metadata-dir", kept, "init", &path("repository/root.json")]);
    let download = |kept: &str, name: &str| {
        let from = ["--metadata-dir", kept, "--metadata-url", &metadata, "--target-base-url", &targets];
        client(&[&from[..], &["--target-dir", &out, "--target-name", name, "download"]].concat())
    };
    assert!(init(&kept) && init(&fresh));
    assert!(download(&kept, "dir/masters.txt"));
    let file = Path::new(&out).join("dir%2Fmasters.txt");
    assert_eq!(std::fs::read(&file).unwrap(), b"masters\n");
    let held = |name: &str| std::fs::read(Path::new(&kept).join(name)).unwrap();
    let served_file =
        |name: &str| std::fs::read(place.path().join("repository/metadata").join(name)).unwrap();
    for (name, of) in [("root.json", "1.root.json"), ("timestamp.json", "timestamp.json")] {
        assert_eq!(held(name), served_file(of), "{name}");
    }
    assert!(!download(&kept, "dir/nothing.txt"));

    // What was verified before is not asked for again; who comes new sees that its key did not sign.
    served.tell("steal");
    assert!(download(&kept, "dir/masters.txt"));
    assert!(!download(&fresh, "dir/masters.txt"));
    let before = held("timestamp.json");
    served.tell("expire");
    assert!(!client(&["--metadata-dir", &kept, "--metadata-url", &metadata, "refresh"]));
    assert_eq!(held("timestamp.json"), before);
}
