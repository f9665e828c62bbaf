//! Says which commit a program is built from: the build script of both programs.
//!
//! `WARIFU_VERSION` is `0.1.0 (a300049a0b12)` for `-V` and for what names the program. The commit is git's,
//! or `WARIFU_COMMIT`, which whoever builds from sources without git may set. With neither it is the version
//! alone, as it is in sources that were unpacked inside another repository. A file of the work tree that was
//! changed and not committed changes nothing in it.
//!
//! It runs again when HEAD moves, and says the same in every folder.
#![expect(clippy::print_stdout, reason = "cargo is told on standard output")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Enough of a commit to tell it from any other, as every command tells it.
const DIGITS: usize = 12;

fn main() {
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    println!("cargo::rerun-if-env-changed=WARIFU_COMMIT");
    let checkout = Path::new("../..");
    let commit = std::env::var("WARIFU_COMMIT").ok().or_else(|| of_git(checkout));
    let commit = commit.map(|commit| commit.trim().to_ascii_lowercase()).filter(|commit| is_commit(commit));
    match commit {
        Some(commit) => println!("cargo::rustc-env=WARIFU_VERSION={version} ({})", &commit[..DIGITS]),
        None => println!("cargo::rustc-env=WARIFU_VERSION={version}"),
    }
}

fn is_commit(text: &str) -> bool {
    text.len() >= DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The commit that is checked out in `checkout`, where that is the top of a work tree; the files that change
/// when it does are watched.
fn of_git(checkout: &Path) -> Option<String> {
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != checkout.canonicalize().ok()? {
        return None;
    }
    // The branch's own file is missing while its commit stands among the packed ones; the log of HEAD tells
    // when it is written. What is not there is not watched: cargo would run this each time.
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "logs/HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        let path = git(&["rev-parse", "--git-path", name]).map(PathBuf::from).filter(|path| path.is_file());
        if let Some(path) = path {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    git(&["rev-parse", "--verify", "HEAD"])
}

/// What git says in this folder, whatever repository the environment names.
fn git(arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.args(arguments).env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
    let output = command.output().ok().filter(|output| output.status.success())?;
    let said = String::from_utf8(output.stdout).ok()?;
    Some(said.trim().to_owned()).filter(|said| !said.is_empty())
}
