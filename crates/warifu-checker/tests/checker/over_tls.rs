//! `serve` over TLS as a process of its own, and who asks it by curl or by a command.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use crate::killed::PROGRAM;
use crate::world::until;

/// A door of `serve`, by its options.
pub(crate) enum At {
    Claims,
    Operators,
}

/// `serve` on the channel and the state at `at`, with the server's certificate at each of `doors`.
pub(crate) fn serve(at: &Path, certificates: &Path, doors: &[At]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["serve", "--listen", "127.0.0.1:0", "--calendar", "none", "--lang", "en", "--log", "json"]);
    for door in doors {
        let name = match door {
            At::Claims => "tls",
            At::Operators => "operators",
        };
        command.arg(format!("--{name}-certificate")).arg(certificates.join("server.pem"));
        command.arg(format!("--{name}-key")).arg(certificates.join("server.key"));
        if let At::Operators = door {
            command.args(["--operators-listen", "127.0.0.1:0", "--operators-clients"]);
            command.arg(certificates.join("clients.pem"));
        }
    }
    command.arg("--channel").arg(at.join("channel")).arg("--root").arg(at.join("root.json"));
    command.arg("--state").arg(at.join("state"));
    command
}

/// One that runs, and what it has said and told so far.
pub(crate) struct Running {
    child: Child,
    said: Arc<Mutex<String>>,
    told: Arc<Mutex<String>>,
}

/// What comes, as it comes.
fn gathered(comes: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let (lines, all) = (BufReader::new(comes).lines(), Arc::<Mutex<String>>::default());
    let gathers = Arc::clone(&all);
    std::thread::spawn(move || {
        lines.map_while(Result::ok).for_each(|line| *gathers.lock().unwrap() += &(line + "\n"));
    });
    all
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, told) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Running { child, said: gathered(said), told: gathered(told) }
    }

    /// The address of a door, as soon as it is said.
    pub(crate) fn address(&self, door: At) -> String {
        let begins = match door {
            At::Claims => "listening on ",
            At::Operators => "operators on ",
        };
        let mut address = None;
        until(begins, || {
            let said = self.said.lock().unwrap();
            address = said.lines().find_map(|line| line.strip_prefix(begins)).map(ToOwned::to_owned);
            address.is_some()
        });
        address.unwrap()
    }

    /// The lines of an event that were told.
    pub(crate) fn told(&self, event: &str) -> Vec<String> {
        let is_it = |line: &&str| line.contains(&format!("\"event\":\"{event}\""));
        self.told.lock().unwrap().lines().filter(is_it).map(ToOwned::to_owned).collect()
    }

    /// Lets it read its configuration again.
    pub(crate) fn hang_up(&self) {
        let asked = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status of an answer that curl gets, or 000.
pub(crate) fn curl(certificates: &Path, arguments: &[&str]) -> String {
    let output = Command::new("curl")
        .current_dir(certificates)
        .args(["-sS", "-o", "answer", "-w", "%{http_code}"])
        .args(arguments)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A command of whoever has this certificate, to operators' address.
pub(crate) fn commanded(operators: &str, certificates: &Path, holder: &str, command: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(command)
        .args(["--operator-url", &format!("https://{operators}"), "--authority"])
        .arg(certificates.join("house.pem"))
        .arg("--client-certificate")
        .arg(certificates.join(format!("{holder}.pem")))
        .arg("--client-key")
        .arg(certificates.join(format!("{holder}.key")))
        .output()
        .unwrap()
}
