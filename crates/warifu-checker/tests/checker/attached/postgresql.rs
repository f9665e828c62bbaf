//! PostgreSQL, into which the example loads what is given to it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use warifu_checker::service::Status;

use crate::attached::process::{Attach, asked, until};
use crate::attached::site::draft;
use crate::killed::{PROGRAM, publish_unsigned, published};
use crate::line::Draft;
use crate::masters::good;

/// PostgreSQL, in a folder of its own and at a socket in it.
struct Postgres {
    child: Child,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// None where it is not installed; a failure then when nothing may be left out.
    fn start() -> Option<Postgres> {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let programs = versions.map(|version| version.path().join("bin"));
        let Some(programs) = programs.filter(|it| it.join("initdb").exists()).max() else {
            assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // It does not run as root.
        let is_root =
            fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
        let command = |program: &str| {
            let program = programs.join(program);
            if !is_root {
                return Command::new(program);
            }
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        };
        if is_root {
            let users = fs::read_to_string("/etc/passwd").unwrap();
            let user = users.lines().find_map(|line| line.strip_prefix("postgres:")).unwrap();
            let ids: Vec<u32> = user.split(':').skip(1).take(2).map(|id| id.parse().unwrap()).collect();
            std::os::unix::fs::chown(folder.path(), Some(ids[0]), Some(ids[1])).unwrap();
        }
        let data = folder.path().join("data");
        let mut made = command("initdb");
        made.args(["--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "postgres", "-D"]);
        let made = made.arg(&data).current_dir(folder.path()).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut started = command("postgres");
        started.args(["-c", "listen_addresses=", "-c", "fsync=off", "-c"]);
        started.arg(format!("unix_socket_directories={}", folder.path().display())).arg("-D").arg(&data);
        started.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder.path());
        let postgres = Postgres { child: started.spawn().unwrap(), folder };
        let begun = Instant::now();
        while postgres.asked("SELECT 1").is_none() {
            assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not answer");
            std::thread::yield_now();
        }
        Some(postgres)
    }

    fn environment(&self, command: &mut Command) {
        command.env("PGHOST", self.folder.path()).env("PGUSER", "postgres").env_remove("PGPORT");
    }

    fn asked(&self, question: &str) -> Option<String> {
        let mut psql = Command::new("psql");
        self.environment(&mut psql);
        let answer = psql.args(["-qAtc", question]).output().unwrap();
        let text = String::from_utf8(answer.stdout).unwrap();
        answer.status.success().then(|| text.trim().to_owned())
    }

    /// The release in it, and how many records that has.
    fn holds(&self) -> Option<String> {
        self.asked("SELECT release, (SELECT count(*) FROM masters.master) FROM masters.release")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// As in `docs/examples/attach`: what cannot be loaded leaves the release before, and it can be gone back to.
#[test]
fn postgresql_loads_cleared_releases_by_the_example_and_keeps_what_works() {
    let Some(postgres) = Postgres::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let publish = |number: u64| {
        let Draft { masters, .. } = draft(number);
        publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    };
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/attach");
    fs::copy(examples.join("load-masters.sh"), at.join("load-masters.sh")).unwrap();
    let example = fs::read_to_string(examples.join("postgresql.toml")).unwrap();
    let quick = "poll_seconds = 1\nwatch_seconds = 1\ncalendar = \"none\"\n\n[from]";
    fs::write(at.join("attach.toml"), example.replacen("[from]", quick, 1)).unwrap();
    publish(1);
    let mut command = Command::new(PROGRAM);
    postgres.environment(&mut command);
    command.args(["attach", "--lang", "en", "--config", "attach.toml"]).current_dir(at);
    let _attach = Attach(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let runs = |status: &Status, release| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == release)
    };
    until(at, "release 2", |status| runs(status, 2));
    let of = |release: u64| Some(format!("{release}|{}", good().len() + 1));
    assert_eq!(postgres.holds(), of(2));

    // The database refuses one record of the next: all of it is as before.
    let constraint = "ALTER TABLE masters.master ADD CONSTRAINT not_this CHECK (line NOT LIKE '%190000012%')";
    postgres.asked(constraint).unwrap();
    publish(2);
    let status = until(at, "held", |status| status.held.len() == 1);
    let why = &status.held[0].why.en;
    assert!(status.held[0].id.release == 3 && why.contains("violates check constraint"), "{why}");
    assert!(!why.contains("NOTICE") && status.attached.unwrap().trouble.is_none(), "{why}");
    assert_eq!(postgres.holds(), of(2));

    publish(3);
    until(at, "release 4", |status| runs(status, 4));
    assert_eq!(postgres.holds(), of(4));
    assert_eq!(asked(at, &["fall-back"]).status.code(), Some(0));
    assert_eq!(postgres.holds(), of(2));
}
