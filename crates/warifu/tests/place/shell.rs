//! The command, run in a folder of its own.
#![allow(clippy::disallowed_methods, reason = "a test makes its own files")]

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::{base, change, comment};

/// A folder with invented files, and the command run in it.
pub(crate) struct Shell {
    pub(crate) folder: tempfile::TempDir,
}

impl Shell {
    pub(crate) fn new() -> Shell {
        let shell = Shell { folder: tempfile::tempdir().unwrap() };
        shell.write("c_ALL20240531.csv", &base());
        let differential =
            [change(1, "初診等"), comment("3", 40_001, "転院"), comment("9", 20_001, "往診")].concat();
        shell.write("c_20240701.csv", &differential);
        shell.write("c_20240705.csv", &change(2, "再診等"));
        shell
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// `warifu` with `line`, still to be run.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warifu"));
        // Called as somebody does who has it on their path: advised commands begin with this name.
        command
            .arg0("warifu")
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("WARIFU_AUTHOR", "Warifu Test <test@example.jp>")
            .env("SOURCE_DATE_EPOCH", "1717372800");
        command
    }

    /// Standard output, standard error and the exit status of `warifu` with `line`.
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.command(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let mut said = format!("$ warifu {line}\n{}", text(&output.stdout));
        if !output.stderr.is_empty() {
            said.push_str(&format!("--- stderr\n{}", text(&output.stderr)));
        }
        if !output.status.success() {
            said.push_str(&format!("--- exit {}\n", output.status.code().unwrap()));
        }
        said.replace(&self.folder.path().display().to_string(), "<folder>")
    }

    pub(crate) fn session(&self, lines: &[&str]) -> String {
        let said: Vec<String> = lines.iter().map(|line| self.run(line)).collect();
        said.join("\n")
    }
}
