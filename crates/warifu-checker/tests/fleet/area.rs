//! An area of checkers on one etcd, and claims that are sent to all of them all the time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};

use serde_json::Value;
use warifu_channels::PublishChannel;
use warifu_etcd::testing::Cluster;
use warifu_trust::testing::World;

use crate::line::Line;
use crate::masters::{bad, procedures};
use crate::publishing::{publish_release, publish_unsigned, published};
use crate::world::{Answered, check, claim_file};

const PROGRAM: &str = env!("CARGO_BIN_EXE_warifu-checker");

/// Nobody waits longer for anything here.
const LONGEST: Duration = Duration::from_secs(60);

/// What two clocks may be apart by the policy, twice, and a turn of the processor.
pub(crate) const APART: Duration = Duration::from_millis(120);

/// A checker of the area.
pub(crate) struct Member {
    pub(crate) name: String,
    child: Option<Child>,
    pub(crate) address: SocketAddr,
}

/// What is otherwise with one member, from its next start on.
#[derive(Default)]
pub(crate) struct Otherwise {
    /// Its own channel, in the place of that of all.
    pub(crate) channel: Option<PathBuf>,
    pub(crate) options: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, OsString)>,
}

/// The area.
pub(crate) struct Area {
    pub(crate) members: Vec<Member>,
    /// By name.
    pub(crate) otherwise: BTreeMap<String, Otherwise>,
    pub(crate) cluster: Cluster,
    world: World,
    channel: Box<dyn PublishChannel + Send + Sync>,
    line: Line,
    folder: tempfile::TempDir,
    /// Kept claim files that a release is tried on before it is ready.
    replays: &'static str,
}

impl Area {
    /// One of so many members, all in service by release 1; none where etcd is not installed.
    pub(crate) fn founded(members: usize) -> Option<Area> {
        Area::founded_with(members, "8", &[])
    }

    /// The same, with so many kept claim files and more said of it.
    pub(crate) fn founded_with(members: usize, replays: &'static str, more: &[&str]) -> Option<Area> {
        let cluster = Cluster::start()?;
        let folder = tempfile::tempdir().unwrap();
        let (world, channel, line) = published(folder.path());
        let otherwise = BTreeMap::new();
        let mut area =
            Area { members: Vec::new(), otherwise, cluster, world, channel, line, folder, replays };
        let names: Vec<_> = (0..members).map(|at| format!("m{at}")).collect();
        // A machine that compiles and tests is late by more than the 400 ms of an area in service.
        let mut found = vec!["found", "--freshness", "2000", "--reason", "a test founds it"];
        names.iter().for_each(|name| found.extend(["--member", name]));
        found.extend(more);
        let said = area.fleet(&found);
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        for name in names {
            let started = area.start(&name);
            area.members.push(started);
        }
        if more.contains(&"--by-hand") {
            area.until("advanced", || area.fleet(&["advance", "--reason", "the first"]).status.success());
        }
        area.until_all_judge_by(1);
        area.until("settled", || area.status()["comes"].is_null());
        Some(area)
    }

    fn options(&self, name: &str) -> Vec<String> {
        self.cluster.certify(name);
        let file = |file: String| self.cluster.path(&file).to_string_lossy().into_owned();
        let mut options = vec!["--fleet-area".to_owned(), "east".into(), "--fleet-name".into(), name.into()];
        self.cluster.endpoints().into_iter().for_each(|it| options.extend(["--fleet-store".into(), it]));
        options.extend(["--fleet-authorities".into(), file("authority.pem".into())]);
        options.extend(["--fleet-certificate".into(), file(format!("{name}.pem"))]);
        options.extend(["--fleet-key".into(), file(format!("{name}.key"))]);
        options
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("state-{name}"))
    }

    /// The channel of all.
    pub(crate) fn channel_folder(&self) -> PathBuf {
        self.folder.path().join("channel")
    }

    /// A place for what a test needs besides.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    /// A checker of this name, with whatever its disk kept.
    fn start(&self, name: &str) -> Member {
        let at = self.folder.path();
        let log = std::fs::File::options().create(true).append(true).open(self.log(name)).unwrap();
        let like_all = Otherwise::default();
        let Otherwise { channel, options, environment } = self.otherwise.get(name).unwrap_or(&like_all);
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--poll", "1", "--probation", "2", "--lang", "en"])
            .args(["--calendar", "none", "--fleet-coordinate", "--judges", "2"])
            .args(["--replay-files", self.replays])
            .arg("--channel")
            .arg(channel.clone().unwrap_or_else(|| self.channel_folder()))
            .arg("--root")
            .arg(at.join("root.json"))
            .arg("--state")
            .arg(self.state(name))
            .args(self.options(name))
            .args(options)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{}", self.told()));
        Member { name: name.to_owned(), address: address.parse().unwrap(), child: Some(child) }
    }

    /// What all of them told.
    pub(crate) fn told(&self) -> String {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap).collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        let logs = files.iter().filter(|file| file.path().extension().is_some_and(|it| it == "log"));
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        logs.map(|file| format!("{:?}\n{}", file.file_name(), text(&file.path()))).collect()
    }

    /// SIGKILL: nothing is tidied up.
    pub(crate) fn kill(&mut self, at: usize) {
        let mut child = self.members[at].child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The member is killed and comes back so.
    pub(crate) fn start_otherwise(&mut self, at: usize, otherwise: Otherwise) {
        self.otherwise.insert(self.members[at].name.clone(), otherwise);
        self.kill(at);
        self.start_again(at);
    }

    pub(crate) fn start_again(&mut self, at: usize) {
        self.members[at] = self.start(&self.members[at].name);
    }

    /// What an operator says, and what comes of it.
    pub(crate) fn fleet(&self, typed: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        let ran = command.args(["--lang", "en", "fleet"]).args(typed).args(self.options("operator"));
        ran.output().unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        let told = self.fleet(&["status", "--json"]);
        serde_json::from_slice(&told.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&told.stderr)))
    }

    /// The fleet in the status of a member.
    pub(crate) fn seen_by(&self, member: &Member) -> Value {
        let asked = Command::new(PROGRAM)
            .args(["--lang", "en", "status", "--json", "--state"])
            .arg(self.state(&member.name))
            .output()
            .unwrap();
        let status: Value = serde_json::from_slice(&asked.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&asked.stderr)));
        status["fleet"].clone()
    }

    /// Signs and publishes the next release.
    pub(crate) fn publish(&self) {
        publish_release(&self.world, self.channel.as_ref(), &self.line);
    }

    /// Signs and publishes a release with a master that is wrong.
    pub(crate) fn publish_wrong(&self) {
        let unsigned = self.line.unsigned("2024-05-31", vec![procedures(&bad())]);
        publish_unsigned(&self.world, self.channel.as_ref(), &self.line, unsigned);
    }

    pub(crate) fn until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < LONGEST, "never {what}\n{}", self.told());
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Waits until each member knows where all others are: without etcd it asks there.
    pub(crate) fn until_all_know_each_other(&self) {
        let others = self.members.len() - 1;
        for member in &self.members {
            self.until("known", || {
                let kept = std::fs::read(self.state(&member.name).join("fleet.json")).unwrap_or_default();
                let kept: Value = serde_json::from_slice(&kept).unwrap_or_default();
                kept["addresses"].as_object().is_some_and(|known| known.len() == others)
            });
        }
    }

    /// By which release a member judges now.
    pub(crate) fn judges_by(&self, at: usize) -> Option<u64> {
        check(self.members[at].address, &claim_file(1, 1)).release
    }

    /// Why a member judges nothing now, by its code.
    pub(crate) fn code_at(&self, at: usize) -> Option<String> {
        refusal(&check(self.members[at].address, &claim_file(1, 1)))
    }

    pub(crate) fn until_all_judge_by(&self, release: u64) {
        let file = claim_file(1, 1);
        for member in &self.members {
            self.until(&format!("{} by {release}", member.name), || {
                check(member.address, &file).release == Some(release)
            });
        }
    }

    /// What comes of `work` while claims are sent to all members all the time, and how those were answered.
    /// Each member is sent at least one after the work is done.
    pub(crate) fn while_claims_come<T>(&self, work: impl FnOnce(&Area) -> T) -> (T, Vec<Judged>) {
        let (stop, all) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let done = scope(|scope| {
            for member in &self.members {
                let (stop, all) = (&stop, &all);
                scope.spawn(move || {
                    let mut judged = Vec::new();
                    // Of many institutions: what one alone claims tells nothing of a master.
                    let mut files = (1..=20).map(|institution| claim_file(institution, 3)).cycle();
                    let mut last = false;
                    while !last {
                        let file = files.next().unwrap();
                        last = stop.load(Ordering::Relaxed);
                        let sent = Instant::now();
                        let answered = check(member.address, &file);
                        let now = Instant::now();
                        let refusal = refusal(&answered);
                        judged.push(Judged { sent, answered: now, release: answered.release, refusal });
                        // Processor is left for those who answer.
                        std::thread::park_timeout(Duration::from_millis(10));
                    }
                    all.lock().unwrap().extend(judged);
                });
            }
            struct Stop<'a>(&'a AtomicBool);
            impl Drop for Stop<'_> {
                fn drop(&mut self) {
                    self.0.store(true, Ordering::Relaxed);
                }
            }
            let _stop = Stop(&stop);
            work(self)
        });
        (done, all.into_inner().unwrap())
    }
}

/// The code by which a claim file was turned away.
fn refusal(answered: &Answered) -> Option<String> {
    let code = || answered.lines.last()?["code"].as_str().map(str::to_owned);
    answered.release.map_or_else(code, |_| None)
}

/// A claim file that was answered.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    sent: Instant,
    pub(crate) answered: Instant,
    /// By which release, or turned away.
    pub(crate) release: Option<u64>,
    refusal: Option<String>,
}

/// How many were turned away for what, of all that came.
pub(crate) fn turned_away(judged: &[Judged]) -> BTreeMap<Option<&str>, usize> {
    let mut reasons = BTreeMap::new();
    let away = judged.iter().filter(|it| it.release.is_none());
    away.for_each(|it| *reasons.entry(it.refusal.as_deref()).or_default() += 1);
    reasons
}

/// For how long `old` judged claims that were sent after one was answered by `new`, on any two members. What
/// is sent later is received later, so at one instant it is nothing, but for what two clocks are apart.
pub(crate) fn overlap(judged: &[Judged], old: u64, new: u64) -> Duration {
    let by = |release| judged.iter().filter(move |it| it.release == Some(release));
    let first = by(new).map(|it| it.answered).min().expect("nobody was judged by the new release");
    by(old).map(|it| it.sent.saturating_duration_since(first)).max().unwrap_or_default()
}

impl Drop for Member {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
