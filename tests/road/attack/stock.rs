//! Other people's clients, untouched, each one process that is asked one line at a time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::stage::{checkout, not_installed};

/// A client that waits for the next attempt.
pub(super) struct Stock {
    child: Child,
    /// What it pins.
    root: PathBuf,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

/// python-tuf in the environment that tests/run.sh makes.
pub(super) fn python_tuf(root: &Path) -> Option<Stock> {
    let python = std::env::var_os("WARIFU_TEST_PYTHON").map(PathBuf::from);
    let python = python.unwrap_or_else(|| checkout().join("target/test-python/bin/python"));
    let has_tuf = Command::new(&python).args(["-c", "import tuf.ngclient"]).stderr(Stdio::null()).status();
    if !has_tuf.is_ok_and(|status| status.success()) {
        not_installed("python-tuf beside our programs", "no Python with tuf named in WARIFU_TEST_PYTHON");
        return None;
    }
    let script = checkout().join("tests/road/attack/python_tuf.py");
    Some(Stock::start(Command::new(python).arg(script), root))
}

/// tuf-js where tests/run.sh installs it.
pub(super) fn tuf_js(root: &Path) -> Option<Stock> {
    let modules = checkout().join("target/test-node/node_modules");
    if !modules.join("tuf-js").is_dir() {
        not_installed("tuf-js beside our programs", "no tuf-js in target/test-node");
        return None;
    }
    let script = checkout().join("tests/road/attack/tuf_js.cjs");
    Some(Stock::start(Command::new("node").arg(script).env("NODE_PATH", modules), root))
}

impl Stock {
    fn start(command: &mut Command, root: &Path) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (asks, says) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Stock { child, root: root.to_owned(), asks, says }
    }

    /// Lets it refresh from `url`, remembering in `memory`, and fetch `target`; [`Stock::said`] waits.
    pub(super) fn ask(&mut self, url: &str, memory: &Path, target: &str) {
        let attempt = json!({ "url": url, "root": self.root, "memory": memory, "target": target });
        writeln!(self.asks, "{attempt}").unwrap();
    }

    /// `takes it`, or `refuses` and the name of its error.
    pub(super) fn said(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        match said["refused"].as_str() {
            None => "takes it".to_owned(),
            Some(error) => format!("refuses: {error}"),
        }
    }
}

impl Drop for Stock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
