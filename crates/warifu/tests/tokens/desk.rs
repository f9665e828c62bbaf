//! What the tests stand on: a folder with tokens of SoftHSM, and the program in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where Debian and Fedora put SoftHSM's module.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

/// Tokens, and a folder to work in.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    module: &'static str,
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

    /// That it ended so and said this.
    #[track_caller]
    pub(crate) fn says(self, status: i32, what: &str) {
        let ran = self.ends(status);
        assert!(ran.err.contains(what), "{what:?} is not said: {}", ran.err);
    }
}

impl Desk {
    /// Tokens `kikin` (PIN `hush-kikin`) and `kokuho` (PIN `hush-kokuho`); none, and a line that says so,
    /// where SoftHSM is not installed. With `WARIFU_TEST_ALL`, which tests/run.sh sets, that is a failure.
    pub(crate) fn set_up() -> Option<Desk> {
        let Some(module) = MODULES.into_iter().find(|module| Path::new(module).is_file()) else {
            assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out");
            let _ = writeln!(std::io::stderr(), "left out: tokens; `bash tests/run.sh` installs softhsm2");
            return None;
        };
        let desk = Desk { folder: tempfile::tempdir().unwrap(), module };
        std::fs::create_dir(desk.path("tokens")).unwrap();
        let tokens = desk.path("tokens").display().to_string();
        desk.write(
            "softhsm2.conf",
            &format!("directories.tokendir = {tokens}\nobjectstore.backend = file\n"),
        );
        for (label, pin) in [("kikin", "hush-kikin"), ("kokuho", "hush-kokuho")] {
            let made =
                desk.softhsm(&format!("--init-token --free --label {label} --so-pin 87654321 --pin {pin}"));
            assert!(made, "SoftHSM makes a token");
            desk.write(&format!("{label}.pin"), &format!("{pin}\n"));
        }
        desk.write("passphrase", "correct horse battery\n");
        Some(desk)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        warifu::files::write(&self.path(name), text.as_bytes()).unwrap();
    }

    /// The key `object` on the token `token`, its PIN from a file.
    pub(crate) fn key(&self, token: &str, object: &str) -> String {
        let pin = self.path(&format!("{token}.pin"));
        format!("pkcs11:token={token};object={object}?pin-source=file:{}", pin.display())
    }

    /// SoftHSM's own tool.
    pub(crate) fn softhsm(&self, arguments: &str) -> bool {
        let mut command = self.command(Path::new("softhsm2-util"));
        command.args(arguments.split_whitespace()).stdout(Stdio::null()).status().unwrap().success()
    }

    /// `warifu` with these arguments, split at blanks.
    pub(crate) fn warifu(&self, arguments: &str) -> Ran {
        self.warifu_with(self.module, "nothing", arguments)
    }

    /// The same with a module that does one thing as `instead` says.
    pub(crate) fn warifu_instead(&self, instead: &str, arguments: &str) -> Ran {
        let module = self.path("module.so");
        if !module.exists() {
            let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tokens/module.c");
            let mut compile = Command::new("cc");
            compile.args(["-shared", "-fPIC", "-w", "-o"]).arg(&module).arg(source).arg("-ldl");
            assert!(compile.status().unwrap().success(), "cc compiles the module");
        }
        self.warifu_with(&module.display().to_string(), instead, arguments)
    }

    /// `warifu` at a terminal, at which somebody types these lines, each when one is asked for. None where no
    /// Python is named.
    pub(crate) fn warifu_typing(&self, lines: &str, instead: &str, arguments: &str) -> Option<Ran> {
        let Some(python) = std::env::var_os("WARIFU_TEST_PYTHON") else {
            assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out");
            return None;
        };
        let _ = self.warifu_instead("nothing", "--version");
        let mut command = self.command(Path::new(&python));
        command
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tokens/terminal.py"))
            .args([lines, env!("CARGO_BIN_EXE_warifu")])
            .env_remove("WARIFU_PASSPHRASE_FILE");
        Some(Self::ran(command, &self.path("module.so").display().to_string(), instead, arguments))
    }

    fn warifu_with(&self, module: &str, instead: &str, arguments: &str) -> Ran {
        let command = self.command(Path::new(env!("CARGO_BIN_EXE_warifu")));
        Self::ran(command, module, instead, arguments)
    }

    fn ran(mut command: Command, module: &str, instead: &str, arguments: &str) -> Ran {
        let output = command
            .env("WARIFU_PKCS11_MODULE", module)
            .env("INSTEAD", instead)
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        Ran {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("XDG_STATE_HOME", self.path("states"))
            .env("LANG", "C.UTF-8")
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env("SOFTHSM", self.module)
            .env("WARIFU_AUTHOR", "Token Test <token@example.jp>")
            .env("WARIFU_PASSPHRASE_FILE", self.path("passphrase"))
            .stdin(Stdio::null());
        command
    }
}
