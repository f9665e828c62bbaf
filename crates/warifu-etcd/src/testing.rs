//! Three nodes of etcd on this machine, for tests: on loopback, over TLS, with certificates and data of their
//! own in a temporary folder. They are started by the commands of docs/etcd.md, and end with whoever started
//! them, however that ends.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::settings::{Identity, Settings, Tls};

/// What people read.
const DOCUMENT: &str = include_str!("../../../docs/etcd.md");

/// Runs what is documented, says by which number it can be stopped, and ends it when nobody holds its
/// standard input any more.
const KEEPER: &str = r#"bash -c "$START" & echo $!; read -r _; kill -9 $! 2>/dev/null"#;

/// How many nodes there are.
const NODES: usize = 3;

/// So often is asked whether something has come about.
const TRIES: usize = 120;

/// Three nodes of etcd.
#[derive(Debug)]
pub struct Cluster {
    folder: tempfile::TempDir,
    nodes: Vec<Node>,
    peers: String,
}

#[derive(Debug)]
struct Node {
    client: u16,
    peer: u16,
    running: Option<(Child, String)>,
}

/// The block of commands of docs/etcd.md that stands after `heading`.
///
/// # Panics
///
/// When there is none.
pub fn documented(heading: &str) -> String {
    let (_, after) = DOCUMENT.split_once(&format!("\n## {heading}\n")).expect("a heading of docs/etcd.md");
    let (_, block) = after.split_once("```sh\n").expect("a block of commands");
    block.split_once("```").expect("an end of it").0.to_owned()
}

impl Cluster {
    /// Starts them and waits until they answer. `None`, and a word about it, where etcd is not installed;
    /// that is a failure with `WARIFU_TEST_ALL`.
    ///
    /// # Panics
    ///
    /// When they do not start.
    #[expect(clippy::print_stderr, reason = "what a test leaves out is told")]
    pub fn start() -> Option<Cluster> {
        let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !["etcd", "etcdctl", "openssl"].into_iter().all(is_there) {
            assert!(
                std::env::var_os("WARIFU_TEST_ALL").is_none(),
                "WARIFU_TEST_ALL leaves nothing out: etcd"
            );
            eprintln!("left out: etcd, etcdctl or openssl is not installed");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        authority(folder.path(), "authority");
        certificate(folder.path(), "authority", "node");
        // Held until all are known, so that none is given twice.
        let held: Vec<_> =
            (0..2 * NODES).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
        let ports: Vec<u16> = held.iter().map(|port| port.local_addr().expect("an address").port()).collect();
        drop(held);
        let nodes: Vec<Node> =
            ports.chunks(2).map(|two| Node { client: two[0], peer: two[1], running: None }).collect();
        let peer = |(at, node): (usize, &Node)| format!("n{at}=https://127.0.0.1:{}", node.peer);
        let peers = nodes.iter().enumerate().map(peer).collect::<Vec<_>>().join(",");
        let mut cluster = Cluster { folder, nodes, peers };
        (0..NODES).for_each(|at| cluster.start_node(at));
        cluster.await_health(NODES);
        Some(cluster)
    }

    /// Starts a node that was killed, with the data that it had.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub fn start_node(&mut self, at: usize) {
        let log = std::fs::File::create(self.path(&format!("n{at}.log"))).expect("a log");
        let start = documented("A node").replacen("etcd ", "exec etcd ", 1);
        let mut child = Command::new("bash")
            .args(["-c", KEEPER])
            .current_dir(self.folder.path())
            .env("START", start)
            .envs(self.variables(at))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("bash");
        let mut number = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut number).expect("the number of a process");
        self.nodes[at].running = Some((child, number.trim().to_owned()));
    }

    /// What is of its own at a node, by the names that the documented commands have for it.
    fn variables(&self, at: usize) -> [(&'static str, String); 9] {
        let Node { client, peer, .. } = &self.nodes[at];
        [
            ("NAME", format!("n{at}")),
            ("ADDRESS", "127.0.0.1".to_owned()),
            ("CLIENT", client.to_string()),
            ("PEER", peer.to_string()),
            ("NODES", self.peers.clone()),
            ("DATA", format!("data-{at}")),
            ("CERTIFICATE", "node.pem".to_owned()),
            ("KEY", "node.key".to_owned()),
            ("AUTHORITY", "authority.pem".to_owned()),
        ]
    }

    /// Puts what was saved in `file` in the place of all data, by the documented commands; nobody is left
    /// running before.
    ///
    /// # Panics
    ///
    /// When it cannot be put there.
    pub fn restore(&mut self, file: &str) {
        for at in 0..NODES {
            self.kill(at);
            std::fs::remove_dir_all(self.path(&format!("data-{at}"))).expect("data");
            let variables = self.variables(at);
            let variables = variables.iter().map(|(name, value)| (*name, &**value));
            let variables: Vec<_> = variables.chain([("FILE", file)]).collect();
            self.run("root", &documented("A restored store"), &variables);
        }
        (0..NODES).for_each(|at| self.start_node(at));
        self.await_health(NODES);
    }

    /// Ends a node without a word.
    ///
    /// # Panics
    ///
    /// When it cannot be ended.
    pub fn kill(&mut self, at: usize) {
        if let Some((mut child, _)) = self.nodes[at].running.take() {
            drop(child.stdin.take());
            child.wait().expect("its end");
        }
    }

    /// Lets a node hang: connections are taken, and nothing is answered.
    pub fn hang(&self, at: usize) {
        self.signal(at, "-STOP");
    }

    /// Lets it go on.
    pub fn go_on(&self, at: usize) {
        self.signal(at, "-CONT");
    }

    fn signal(&self, at: usize, signal: &str) {
        let (_, number) = self.nodes[at].running.as_ref().expect("a node that runs");
        assert!(Command::new("kill").args([signal, number]).status().expect("kill").success());
    }

    /// Waits until so many nodes answer.
    ///
    /// # Panics
    ///
    /// When they do not, within a minute or two.
    pub fn await_health(&self, nodes: usize) {
        let healthy = || {
            let asked = self.etcdctl("root", &["--command-timeout=1s", "endpoint", "health"]);
            let told = [asked.stdout, asked.stderr].concat();
            String::from_utf8_lossy(&told).matches("is healthy").count()
        };
        assert!((0..TRIES).any(|_| healthy() >= nodes), "no {nodes} nodes in {:?}", self.folder);
    }

    /// Which node leads.
    ///
    /// # Panics
    ///
    /// When none does, within a minute or two.
    pub fn leader(&self) -> usize {
        let ask = || {
            let asked = self.etcdctl("root", &["--command-timeout=1s", "endpoint", "status", "-w", "json"]);
            let told: Value = serde_json::from_slice(&asked.stdout).ok()?;
            let of = |node: &Value| {
                let status = &node["Status"];
                let leads = status["leader"] == status["header"]["member_id"];
                let url = node["Endpoint"].as_str()?;
                (0..NODES).find(|at| leads && self.endpoint(*at) == url)
            };
            told.as_array()?.iter().find_map(of)
        };
        (0..TRIES).find_map(|_| ask()).expect("a leader")
    }

    /// The URL of a node.
    pub fn endpoint(&self, at: usize) -> String {
        format!("https://127.0.0.1:{}", self.nodes[at].client)
    }

    /// The URLs of all.
    pub fn endpoints(&self) -> Vec<String> {
        (0..NODES).map(|at| self.endpoint(at)).collect()
    }

    /// A file of the folder in which certificates lie: `<holder>.pem` and `<holder>.key`, and
    /// `authority.pem`.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Makes a certificate for `holder`, if there is none.
    pub fn certify(&self, holder: &str) {
        if !self.path(&format!("{holder}.pem")).exists() {
            certificate(self.folder.path(), "authority", holder);
        }
    }

    /// The store for `holder`, who has a certificate of the authority.
    ///
    /// # Panics
    ///
    /// When the certificate cannot be made.
    pub fn settings(&self, holder: &str) -> Settings {
        self.certify(holder);
        let read = |file: &str| std::fs::read(self.path(file)).expect("a file of the cluster");
        let (certificate, key) = (read(&format!("{holder}.pem")), read(&format!("{holder}.key")));
        Settings {
            endpoints: self.endpoints(),
            prefix: "/warifu".to_owned(),
            tls: Some(Tls {
                authorities: read("authority.pem"),
                identity: Some(Identity { certificate, key }),
            }),
            login: None,
            timeout: Duration::from_secs(1),
        }
    }

    /// What etcd's own tool says to `holder`.
    ///
    /// # Panics
    ///
    /// When it cannot be run.
    pub fn etcdctl(&self, holder: &str, arguments: &[&str]) -> Output {
        self.as_operator(holder, Command::new("etcdctl").args(arguments))
    }

    /// Runs documented commands as `holder`, with these variables.
    ///
    /// # Panics
    ///
    /// When one of them fails.
    pub fn run(&self, holder: &str, commands: &str, variables: &[(&str, &str)]) {
        let mut bash = Command::new("bash");
        let bash = bash.args(["-euo", "pipefail", "-c", commands]).envs(variables.iter().copied());
        let ran = self.as_operator(holder, bash);
        assert!(ran.status.success(), "{commands}\n{}", String::from_utf8_lossy(&ran.stderr));
    }

    fn as_operator(&self, holder: &str, command: &mut Command) -> Output {
        self.certify(holder);
        let in_place = [("ETCDCTL_API", "3"), ("ETCDCTL_CACERT", "authority.pem")];
        command
            .current_dir(self.folder.path())
            .env("ETCDCTL_ENDPOINTS", self.endpoints().join(","))
            .env("ETCDCTL_CERT", format!("{holder}.pem"))
            .env("ETCDCTL_KEY", format!("{holder}.key"))
            .envs(in_place)
            .output()
            .expect("a program")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        (0..NODES).for_each(|at| self.kill(at));
    }
}

/// Runs openssl as an administrator does.
fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output();
    let made = made.expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

const CURVE: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";

/// An authority `<name>.pem` with its key.
pub fn authority(folder: &Path, name: &str) {
    openssl(folder, &format!("req -x509 {CURVE} -keyout {name}.key -out {name}.pem -subj /CN={name}"));
}

/// A certificate `<holder>.pem` of it with its key.
///
/// # Panics
///
/// When it cannot be made.
pub fn certificate(folder: &Path, authority: &str, holder: &str) {
    openssl(folder, &format!("req {CURVE} -keyout {holder}.key -out {holder}.csr -subj /CN={holder}"));
    std::fs::write(
        folder.join(format!("{holder}.names")),
        "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
    )
    .expect("a file");
    let by = format!("-CA {authority}.pem -CAkey {authority}.key -CAcreateserial -CAserial {holder}.srl");
    let out = format!("-days 2 -extfile {holder}.names -out {holder}.pem");
    openssl(folder, &format!("x509 -req -in {holder}.csr {by} {out}"));
}
