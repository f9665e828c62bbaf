//! The program by its configuration file: who says what, what is wrong and where, what changes while it runs,
//! and what a service manager is told.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use warifu_checker::cli::Client;
use warifu_checker::service::Status;

use crate::killed::{PROGRAM, published};
use crate::world::{JudgesClaims as _, check, claim_file, meanwhile};

/// The program, which hears no variable of whoever runs the tests.
fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WARIFU_") {
            command.env_remove(name);
        }
    }
    command.env("LANG", "C.UTF-8").env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("NOTIFY_SOCKET");
    command
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

/// A file below `at` that a checker can start with, and `more`.
fn configuration(at: &Path, more: &str) -> PathBuf {
    let file = at.join("checker.toml");
    let [channel, root, state] = ["channel", "root.json", "state"].map(|name| at.join(name));
    let text = format!(
        "state = {state:?}\nlang = \"en\"\n[channel]\nmirrors = {channel:?}\nroot = {root:?}\n[claims]\n\
         listen = \"127.0.0.1:0\"\n[windows]\ncalendar = \"none\"\n{more}",
    );
    fs::write(&file, text).unwrap();
    file
}

/// The program as a service.
struct Running {
    child: Child,
    address: SocketAddr,
    client: Client,
}

impl Running {
    fn start(command: &mut Command, at: &Path) -> Running {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}"));
        let client = Client::at(at.join("state/operator.sock"));
        Running { address: address.parse().unwrap(), child, client }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn until(&self, what: &str, is_so: impl Fn(&Status) -> bool) -> Status {
        let started = Instant::now();
        loop {
            let status = self.client.status().unwrap();
            if is_so(&status) {
                return status;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "never {what}: {status:?}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_line_comes_before_variables_and_these_before_the_file_and_each_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "[limits]\ndrain = 11\nhead-seconds = 7\n[gates]\nprobation = 9\n");
    let output = program()
        .args(["serve", "--check-config", "--drain", "12", "--config"])
        .arg(&file)
        .env("WARIFU_CHECKER_DRAIN", "13")
        .env("WARIFU_CHECKER_HEAD_SECONDS", "8")
        .env("WARIFU_AREA", "east")
        .output()
        .unwrap();
    let (out, err) = said(&output);
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    let row = |place: &str| {
        let row = out.lines().find(|line| line.starts_with(&format!("{place} ")));
        row.unwrap_or_else(|| panic!("{place}: {out}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(row("[limits] drain"), "[limits] drain 12 command line");
    assert_eq!(row("[limits] head-seconds"), "[limits] head-seconds 8 WARIFU_CHECKER_HEAD_SECONDS");
    assert_eq!(row("[windows] area"), "[windows] area east WARIFU_AREA");
    assert_eq!(row("[gates] probation"), format!("[gates] probation 9 {}:14:1", file.display()));
    assert_eq!(row("[limits] arrived-mib"), "[limits] arrived-mib 512 default");
    assert!(!at.join("state").exists(), "nothing was started");
    // What is printed says the same.
    let printed = program().args(["serve", "--print-config", "--config"]).arg(&file).output().unwrap();
    fs::write(at.join("printed.toml"), &printed.stdout).unwrap();
    let again = program()
        .args(["serve", "--print-config", "--config"])
        .arg(at.join("printed.toml"))
        .output()
        .unwrap();
    assert_eq!(said(&printed), said(&again));
}

#[test]
fn all_that_is_wrong_is_told_with_its_place_and_nothing_starts() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let file = configuration(at, "[limits]\ndrian = 1\nidle-seconds = 0\n[gate]\n");
    let mut command = program();
    command.args(["serve", "--config"]).arg(&file).env("WARIFU_CHECKER_POLL", "never");
    let (_, err) = said(&command.output().unwrap());
    let file = file.display();
    for told in [
        format!("{file}:11:1: [limits] has no key drian (is drain meant?)"),
        format!("{file}:12:16: 0 is no value of [limits] idle-seconds"),
        format!("{file}:13:2: there is no section [gate] (is [gates] meant?)"),
        "WARIFU_CHECKER_POLL: never is no value of [channel] poll".to_owned(),
    ] {
        assert!(err.contains(&told), "{told}: {err}");
    }
    let output = command.env("LANG", "ja_JP.UTF-8").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).1.contains("drain のことですか"), "{output:?}");
    // And a root that is not there, or is none.
    let file = configuration(at, "");
    for wrong in [None, Some("{}")] {
        wrong.iter().for_each(|wrong| fs::write(at.join("root.json"), wrong).unwrap());
        let output = program().args(["serve", "--check-config", "--config"]).arg(&file).output().unwrap();
        let told = format!("{}:5:1: root: ", file.display());
        let (_, err) = said(&output);
        assert!(
            err.lines().any(|line| line.contains(&told) && line.contains("root.json: ")),
            "{told}: {err}"
        );
    }
    fs::remove_file(at.join("root.json")).unwrap();
    // And what the file names.
    fs::write(at.join("calendar.toml"), "[[closed]]\nfrom = 1\n").unwrap();
    let file = configuration(at, "");
    let mut command = program();
    command.args(["serve", "--check-config", "--policy", "none.toml", "--calendar"]);
    let output = command.arg(at.join("calendar.toml")).arg("--config").arg(&file).output().unwrap();
    let (_, err) = said(&output);
    assert_eq!(output.status.code(), Some(2));
    for told in ["none.toml", "root.json", "calendar"] {
        assert!(err.contains(told), "{told}: {err}");
    }
}

#[test]
fn what_is_read_again_changes_at_once_and_a_broken_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "[limits]\ndrain = 11\n");
    let running = Running::start(program().args(["serve", "--config"]).arg(&file), at);
    let claims = claim_file(1, 3);
    let lost = AtomicUsize::new(0);
    let send = |_| {
        let answered = check(running.address, &claims);
        lost.fetch_add(usize::from(answered.status != 200), Ordering::Relaxed);
    };
    let sent = meanwhile(1, send, || {
        configuration(
            at,
            "[limits]\ndrain = 29\nconnections = 77\n[gates]\nprobation = 3\n[replay]\nfiles = 5\n",
        );
        running.signal("-HUP");
        let status = running.until("read again", |status| status.door().limits.drain_ms == 29_000);
        assert_eq!((status.door().limits.connections, status.configuration), (77, None));
        running.until("kept", |status| {
            status.claims().kept_claims.most == 5 && status.claims().kept_claims.files > 0
        });

        fs::write(&file, "[limits]\ndrain = \"soon\"\n").unwrap();
        running.signal("-HUP");
        let status = running.until("told", |status| status.configuration.is_some());
        assert_eq!(status.door().limits.drain_ms, 29_000);
        let why = status.configuration.unwrap();
        assert!(why.en.contains("checker.toml:2:9") && why.ja.contains("変更していません"), "{why:?}");

        // Of a section that changes at once, one key does not.
        let other = configuration(at, "[limits]\ndrain = 5\n[gates]\nkeep-releases = 5\n");
        let text = fs::read_to_string(&other).unwrap();
        fs::write(&other, text.replace("[claims]\n", "[claims]\nqueue = 7\n")).unwrap();
        running.signal("-HUP");
        let is_told = |status: &Status| {
            let why = status.configuration.as_ref().map_or("", |why| &why.en);
            why.contains("[claims] queue") && why.contains("[gates] keep-releases") && !why.contains("drain")
        };
        let status = running.until("told to wait", is_told);
        assert_eq!((status.door().limits.drain_ms, status.claims().queue.capacity), (5_000, 256));
        configuration(at, "[limits]\ndrain = 5\n");
        running.signal("-HUP");
        running.until("as it was started", |status| status.configuration.is_none());
    });
    assert!(sent > 0);
    assert_eq!(lost.into_inner(), 0, "claims that were not answered");
}

/// Under the same names: the file says nothing else, and what it names does.
#[test]
fn a_policy_or_schema_that_changed_under_its_name_is_told_to_wait_for_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let [policy, schemas] = ["policy.toml", "schemas"].map(|name| at.join(name));
    let layout = schemas.join("layouts/tooth-7.toml");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/tooth-7.toml");
    let example = fs::read_to_string(example).unwrap();
    fs::create_dir_all(layout.parent().unwrap()).unwrap();
    fs::write(&layout, &example).unwrap();
    fs::write(&policy, "[longest_days]\nroot = 36500\n").unwrap();
    let file = configuration(at, "");
    let mut command = program();
    command.args(["serve", "--config"]).arg(&file).arg("--policy").arg(&policy);
    let running = Running::start(command.arg("--schemas").arg(&schemas), at);
    let waits = |why: &str| {
        running.signal("-HUP");
        let is_told = |status: &Status| status.configuration.as_ref().map_or("", |why| &why.en) == why;
        running.until(why, is_told);
    };
    fs::write(&policy, "formats = [\"nobody's\"]\n").unwrap();
    waits("[channel] policy: needs a restart");
    fs::write(&layout, format!("{example}# Another one.\n")).unwrap();
    waits("schemas, [channel] policy: needs a restart");
    // What the policy says is asked, not how.
    fs::write(&policy, "# As it was.\n[longest_days]\nroot = 36_500\n").unwrap();
    fs::write(&layout, &example).unwrap();
    waits("");
}

/// Without its files, TLS goes on: whoever took them out is told so.
#[cfg(feature = "https")]
#[test]
fn tls_that_is_taken_out_is_told_to_wait_for_a_restart() {
    let (folder, tls) = (tempfile::tempdir().unwrap(), crate::tls::certificates());
    let at = folder.path();
    drop(published(at));
    let [certificate, key] = ["server.pem", "server.key"].map(|name| tls.path().join(name));
    let with_tls = format!("[tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
    let file = configuration(at, &with_tls);
    let running = Running::start(program().args(["serve", "--config"]).arg(&file), at);
    configuration(at, "[limits]\ndrain = 7\n");
    running.signal("-HUP");
    let status = running.until("told", |status| status.configuration.is_some());
    assert_eq!(status.door().limits.drain_ms, 7_000);
    let why = status.configuration.map(|why| why.en);
    assert_eq!(why.as_deref(), Some("[tls] certificate, [tls] key: needs a restart"));
    configuration(at, &with_tls);
    running.signal("-HUP");
    running.until("as it was started", |status| status.configuration.is_none());
}

#[test]
fn an_operator_names_no_more_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "");
    let _running = Running::start(program().args(["serve", "--config"]).arg(&file), at);
    let named = program().args(["status", "--config"]).arg(&file).output().unwrap();
    assert_eq!(named.status.code(), Some(0), "{named:?}");
    // Also when something else in it is wrong.
    fs::write(&file, fs::read_to_string(&file).unwrap() + "[limits]\ndrian = 1\n").unwrap();
    let by_variable = program().arg("status").env("WARIFU_CHECKER_CONFIG", &file).output().unwrap();
    assert_eq!(by_variable.status.code(), Some(0), "{by_variable:?}");
    let nobody = program().args(["status", "--config", "none.toml"]).output().unwrap();
    assert_eq!(nobody.status.code(), Some(2));
    assert!(said(&nobody).1.contains("none.toml"), "{nobody:?}");
}

/// Datagrams as systemd gets them.
struct Manager(UnixDatagram);

impl Manager {
    fn at(path: &Path) -> Manager {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Manager(socket)
    }

    /// The next message that has a line that begins so.
    fn hears(&self, begins: &str) -> String {
        loop {
            let mut bytes = [0; 4096];
            let count = self.0.recv(&mut bytes).unwrap_or_else(|error| panic!("never {begins}: {error}"));
            let text = String::from_utf8(bytes[..count].to_vec()).unwrap();
            if text.lines().any(|line| line.starts_with(begins)) {
                return text;
            }
        }
    }
}

#[test]
fn a_service_manager_is_told_that_it_is_ready_reads_again_lives_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "");
    let manager = Manager::at(&at.join("notify"));
    let mut command = program();
    command.env("NOTIFY_SOCKET", at.join("notify")).args(["serve", "--config"]).arg(&file);
    let mut running = Running::start(&mut command, at);
    manager.hears("EXTEND_TIMEOUT_USEC=60000000");
    let ready = manager.hears("READY=1");
    assert!(ready.contains("STATUS=release 1, "), "{ready}");
    assert_eq!(check(running.address, &claim_file(1, 1)).status, 200, "the door is open");
    manager.hears("WATCHDOG=1");
    running.signal("-HUP");
    let reloading = manager.hears("RELOADING=1");
    let at_monotonic = reloading.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC=")).unwrap();
    assert!(at_monotonic.parse::<u64>().unwrap() > 0);
    manager.hears("READY=1");
    running.signal("-TERM");
    manager.hears("STOPPING=1");
    assert!(running.child.wait().unwrap().success());
}

/// What a start would stumble over, before it.
#[test]
fn what_is_in_the_way_of_a_start_is_told_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "");
    let sound = fs::read_to_string(&file).unwrap();
    let checked = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        fs::write(&file, sound.replacen(from, to, 1)).unwrap();
        let output = program().args(["serve", "--check-config", "--config"]).arg(&file).output().unwrap();
        (output.status.code(), said(&output))
    };
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let channel = format!("{:?}", at.join("channel"));
    let state = format!("{:?}", at.join("state"));
    for (from, to, says) in [
        (&*channel, "\"/no/such/channel\"", "nothing is at /no/such/channel"),
        (&channel, "[\"file:///no/such\", \"bundle:/no/bundle\"]", "nothing is at /no/such, /no/bundle"),
        (&channel, &format!("{at:?}"), "no release lies at /"),
        ("127.0.0.1:0", &address, "is in use: another program listens there"),
        ("127.0.0.1:0", "192.0.2.1:1", "nobody can come in at 192.0.2.1:1 (--listen)"),
        (&state, "\"/proc/warifu\"", "nothing can be written to /proc"),
        ("[claims]", "[operators]\nsocket = \"/proc/it.sock\"\n[claims]", "nothing can be written to /proc"),
        (&state, "\"/no/such/state\"", "/no/such is no folder: make it first"),
    ] {
        let (status, (_, err)) = checked(from, to);
        assert!(status == Some(2) && err.contains(says), "{to}: {status:?} {err}");
    }
    drop(taken);
    let twice = format!("listen = {address:?}\n[watch]\nlisten = {address:?}\n");
    let (status, (_, err)) = checked("listen = \"127.0.0.1:0\"\n", &twice);
    assert!(status == Some(2) && err.contains("is named twice: by --listen and by --watch-listen"), "{err}");
    // What is missing is told with where to write it.
    let root = format!("root = {:?}\n", at.join("root.json"));
    let (status, (_, err)) = checked(&root, "");
    let missing = format!("{}: [channel] root is missing: write root = … below [channel]", file.display());
    assert!(status == Some(2) && err.contains(&missing), "{err}");
    // The port of the checker that runs with it is no fault.
    fs::write(&file, sound.replacen("127.0.0.1:0", &address, 1)).unwrap();
    let mut command = program();
    let _running = Running::start(command.args(["serve", "--config"]).arg(&file), at);
    let output = program().args(["serve", "--check-config", "--config"]).arg(&file).output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success() && out.contains("it is taken to be that one"), "{out}{err}");
}

/// Nor in the messages of a start that ends because of it.
#[test]
fn no_password_of_a_mirror_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = configuration(at, "");
    let text = fs::read_to_string(&file).unwrap();
    let channel = format!("{:?}", at.join("channel"));
    for mirror in ["http://kenta:hush@masters.example/live", "http://masters.example/live?token=hush"] {
        fs::write(&file, text.replacen(&channel, &format!("{mirror:?}"), 1)).unwrap();
        for what in [&["--check-config"][..], &["--print-config"], &[]] {
            let output = program().arg("serve").args(what).arg("--config").arg(&file).output().unwrap();
            let (out, err) = said(&output);
            assert!(!out.contains("hush") && !err.contains("hush"), "{what:?}: {out}{err}");
            assert_eq!(output.status.success(), what == ["--print-config"], "{what:?}: {out}{err}");
        }
    }
}

/// One whose queue is full already.
#[test]
fn nothing_waits_for_a_service_manager_that_does_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let _reads_nothing = UnixDatagram::bind(at.join("notify")).unwrap();
    let fills = UnixDatagram::unbound().unwrap();
    fills.set_nonblocking(true).unwrap();
    while fills.send_to(b"STATUS=full", at.join("notify")).is_ok() {}
    let mut command = program();
    command.env("NOTIFY_SOCKET", at.join("notify")).args(["serve", "--config"]).arg(configuration(at, ""));
    let mut running = Running::start(&mut command, at);
    for _ in 0..3 {
        running.signal("-HUP");
        assert_eq!(check(running.address, &claim_file(1, 1)).status, 200);
    }
    running.signal("-TERM");
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn without_a_release_the_service_manager_is_told_that_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    fs::remove_dir_all(at.join("channel")).unwrap();
    fs::create_dir(at.join("channel")).unwrap();
    let file = configuration(at, "");
    let manager = Manager::at(&at.join("notify"));
    let mut command = program();
    command.env("NOTIFY_SOCKET", at.join("notify")).args(["serve", "--config"]).arg(&file);
    let _running = Running::start(&mut command, at);
    assert!(manager.hears("READY=1").contains("STATUS=no release yet"));
}

/// With TLS, as packages are built; what is printed is what lies in `docs/examples`.
#[cfg(feature = "https")]
#[test]
fn the_example_is_what_the_program_prints() {
    let printed = program()
        .args(["serve", "--print-config", "--state", "/var/lib/warifu-checker", "--root"])
        .args(["/etc/warifu/root.json", "--channel", "https://releases.example/warifu"])
        .output()
        .unwrap();
    let (out, err) = said(&printed);
    assert_eq!(printed.status.code(), Some(0), "{err}");
    let shown = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/checker.toml"));
    assert_eq!(shown.unwrap(), out);
}
