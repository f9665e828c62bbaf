//! What the tests stand on: the built programs, a scratch folder, a running checker.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Once, OnceLock};

use serde_json::Value;
use tempfile::TempDir;

/// Says what is left out, past the test harness's capture, so that nobody believes it ran.
pub(crate) fn left_out(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "left out: {what}: {why}");
}

/// The same of what tests/run.sh installs: it sets `WARIFU_TEST_ALL`, with which leaving it out is a failure.
pub(crate) fn not_installed(what: &str, program: &str) {
    assert!(
        std::env::var_os("WARIFU_TEST_ALL").is_none(),
        "WARIFU_TEST_ALL leaves nothing out: {what}: {program}"
    );
    left_out(what, &format!("{program}; `bash tests/run.sh` installs it"));
}

/// The top of the checkout.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folder of real files; `None`, and a line that says so, where it is missing.
pub(crate) fn data(what: &str) -> Option<PathBuf> {
    let data = checkout().join("../shared/data");
    if data.is_dir() {
        return Some(data.canonicalize().unwrap());
    }
    left_out(what, "no real files in ../shared/data beside the checkout");
    None
}

/// One of the two programs, built by the same cargo in the same profile: here, unless `WARIFU_TEST_PROGRAMS`
/// says that they lie beside the tests already. A run of all tests builds them for those of their own crates.
pub(crate) fn program(name: &str) -> PathBuf {
    static BUILT: Once = Once::new();
    let folder = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    BUILT.call_once(|| {
        if std::env::var_os("WARIFU_TEST_PROGRAMS").is_some() {
            return;
        }
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(checkout()).args(["build", "--quiet", "--workspace", "--bins"]);
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success(), "the programs do not build");
    });
    folder.join(name)
}

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Its output, when it ended as expected.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// The JSON document on its standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// What many tests begin with: made once in a run, by whoever comes first, and laid out anew for each.
pub(crate) struct Beginning(OnceLock<Laid>);

/// A folder or a file, with its permissions, held in memory: nothing is left when the tests end.
enum Laid {
    Folder(Permissions, Vec<(OsString, Laid)>),
    File(Permissions, Vec<u8>),
}

impl Beginning {
    pub(crate) const fn new() -> Self {
        Beginning(OnceLock::new())
    }

    /// Lays what `make` makes on a stage of its own onto `stage`.
    pub(crate) fn lay(&self, stage: &Stage, make: impl FnOnce(&Stage)) {
        let made = self.0.get_or_init(|| {
            let first = Stage::new();
            make(&first);
            Laid::taken(first.folder.path())
        });
        made.lay(stage.folder.path());
    }
}

impl Laid {
    fn taken(path: &Path) -> Laid {
        let permissions = std::fs::symlink_metadata(path).unwrap().permissions();
        if !path.is_dir() {
            return Laid::File(permissions, std::fs::read(path).unwrap());
        }
        let entries = std::fs::read_dir(path).unwrap().map(Result::unwrap);
        Laid::Folder(permissions, entries.map(|it| (it.file_name(), Laid::taken(&it.path()))).collect())
    }

    fn lay(&self, path: &Path) {
        let permissions = match self {
            Laid::File(permissions, bytes) => {
                std::fs::write(path, bytes).unwrap();
                permissions
            }
            Laid::Folder(permissions, entries) => {
                std::fs::create_dir_all(path).unwrap();
                entries.iter().for_each(|(name, laid)| laid.lay(&path.join(name)));
                permissions
            }
        };
        std::fs::set_permissions(path, permissions.clone()).unwrap();
    }
}

/// A scratch folder that commands run in.
pub(crate) struct Stage {
    folder: TempDir,
    variables: Vec<(&'static str, &'static str)>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("passphrase"), "correct horse\n").unwrap();
        Stage { folder, variables: Vec::new() }
    }

    /// The same folder, its commands with these variables from now on.
    pub(crate) fn set(&mut self, variables: &[(&'static str, &'static str)]) {
        self.variables = variables.to_vec();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// `warifu` with these arguments, split at blanks; `{data}` stands for the folder of real files.
    pub(crate) fn warifu(&self, arguments: &str) -> Ran {
        self.run("warifu", arguments)
    }

    pub(crate) fn run(&self, name: &str, arguments: &str) -> Ran {
        let data = checkout().join("../shared/data");
        let mut arguments = arguments.replace("{data}", &data.display().to_string());
        // Nobody sits at a terminal here to be asked.
        if ["release sign ", "trust sign "].iter().any(|asks| arguments.starts_with(asks)) {
            arguments.push_str(" --yes");
        }
        let output = self.command(name).args(arguments.split_whitespace()).output().unwrap();
        Ran {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// A line of a shell that finds the two programs, as somebody types it.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        let programs = program("warifu").parent().unwrap().to_owned();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
        let output =
            self.command_of(Command::new("sh")).env("PATH", path).args(["-c", line]).output().unwrap();
        Ran {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Stock git in a repository of this stage.
    pub(crate) fn git(&self, repository: &str, arguments: &[&str]) {
        let ran = self
            .command_of(Command::new("git"))
            .args(["-C", repository, "-c", "user.name=Road Test", "-c", "user.email=road@example.jp"])
            .args(arguments)
            .status();
        assert!(ran.unwrap().success(), "git {arguments:?}");
    }

    pub(crate) fn command(&self, name: &str) -> Command {
        self.command_of(Command::new(program(name)))
    }

    /// The same that hears Ctrl-C, though whoever runs the tests does not: a shell starts what it has in the
    /// background so.
    #[cfg(unix)]
    pub(crate) fn command_that_hears(&self, name: &str) -> Command {
        match cfg!(target_os = "linux") {
            true => {
                let mut command = self.command_of(Command::new("env"));
                command.arg("--default-signal=INT").arg(program(name));
                command
            }
            false => self.command(name),
        }
    }

    fn command_of(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.path("states"))
            .env("LANG", "C.UTF-8")
            .env("WARIFU_AUTHOR", "Road Test <road@example.jp>")
            .env("WARIFU_PASSPHRASE_FILE", self.path("passphrase"))
            .envs(self.variables.iter().copied())
            .stdin(Stdio::null());
        command
    }

    /// A checker on this stage's channel `channel`, root `root.json` and state folder `state`.
    pub(crate) fn serve(&self, more: &str) -> Checker {
        self.serve_from("channel", more)
    }

    /// The same on another channel.
    pub(crate) fn serve_from(&self, channel: &str, more: &str) -> Checker {
        self.serve_with(channel, "state", more)
    }

    /// The same with another state folder.
    pub(crate) fn serve_with(&self, channel: &str, state: &str, more: &str) -> Checker {
        let mut child = self
            .command("warifu-checker")
            .args(["serve", "--channel", channel, "--state", state])
            .args("--root root.json --listen 127.0.0.1:0 --calendar none".split(' '))
            .args(more.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut errors = child.stderr.take().unwrap();
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let mut text = String::new();
            let _ = std::io::Read::read_to_string(&mut errors, &mut text);
            panic!("the checker does not listen: {line:?} {text}");
        };
        // Its log must not fill a pipe that nobody reads.
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        let socket = self.path(state).join("operator.sock").display().to_string();
        Checker { child, url: format!("http://{address}"), socket }
    }
}

/// A running checker; killed (as by `kill -9`) when dropped.
pub(crate) struct Checker {
    child: Child,
    /// Where claims go.
    pub(crate) url: String,
    /// Where it hears operators.
    pub(crate) socket: String,
}

impl Checker {
    /// Sends a claim file; the release that judged it and the answer's lines.
    pub(crate) fn check(&self, uke: &[u8]) -> (u64, Vec<Value>) {
        let mut response = ureq::post(format!("{}/check", self.url)).send(uke).unwrap();
        let release = response.headers()["warifu-release"].to_str().unwrap().parse().unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (release, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    pub(crate) fn status(&self) -> Value {
        let mut command = Command::new(program("warifu-checker"));
        let output = command.args(["status", "--json", "--socket", &self.socket]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Sends it this signal and waits until it has ended.
    #[cfg(unix)]
    pub(crate) fn ends_by_signal(mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
