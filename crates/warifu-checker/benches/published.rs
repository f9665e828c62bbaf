//! A channel that publishes every series of the published masters, and a checker in a process of its own that
//! takes them from there, as it is installed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use warifu_channels::{Address, PublishChannel, publish, publish_root, read_tip};
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_checker::service::OperatorSocket;
use warifu_masters::file::{Declared, read};
use warifu_trust::testing::World;
use warifu_trust::{Governs, MasterContent, Publishable, Validity};

use crate::line::Line;
use crate::masters::{SCHEMAS, formats, with_timelines};

/// Series, file, first and last day: fulls that begin a series, from the days of the sample claims on.
const FULLS: [(&str, &str, &str, Option<&str>); 9] = [
    ("r04", "procedure/s_ALL20220218.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "procedure/s_ALL20240531.csv", "2024-06-01", None),
    ("r04", "comment/c_ALL20220805.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "comment/c_ALL20240531.csv", "2024-06-01", None),
    ("r01", "material/t_ALL20191129.csv", "2019-10-01", Some("2020-03-31")),
    ("r04", "material/t_ALL20220630.csv", "2020-04-01", Some("2024-05-31")),
    ("r06", "material/t_ALL20240531.csv", "2024-06-01", None),
    ("r06", "drug/y_ALL20240321.csv", "2024-04-01", None),
    ("r04", "related/ck_ALL20200407.csv", "2020-04-01", None),
];

/// Every series of `data`.
pub(crate) fn masters(data: &Path) -> Vec<MasterContent> {
    edited(data, |_, bytes| bytes)
}

/// The same with another price of the first consultation, on the days of the sample claims.
pub(crate) fn dearer(data: &Path) -> Vec<MasterContent> {
    let dearer = |line: &[u8]| {
        let mut line = line.to_vec();
        if line.windows(11).any(|code| code == b"\"111000110\"") {
            let at = line.windows(6).position(|points| points == b"288.00").expect("its points");
            line[at..at + 6].copy_from_slice(b"289.00");
        }
        line
    };
    edited(data, |file, bytes| match file {
        "procedure/s_ALL20220218.csv" => {
            bytes.split_inclusive(|byte| *byte == b'\n').flat_map(dearer).collect()
        }
        _ => bytes,
    })
}

/// `masters`, of each of which one record says something else that no claim asks: nothing is shared then.
pub(crate) fn all_changed(masters: &[MasterContent]) -> Vec<MasterContent> {
    masters.iter().map(|master| with_timelines(&SCHEMAS, changed(master.clone()))).collect()
}

/// The last letter of a name in kana, or of a section, is another one.
fn changed(mut master: MasterContent) -> MasterContent {
    let text = String::from_utf8(std::mem::take(&mut master.canonical)).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let says = head.split(',').position(|id| ["short_kana", "kana", "section"].contains(&id));
    let says = says.unwrap_or_else(|| panic!("{}: {head}", master.kind));
    let mut lines: Vec<String> = rows.lines().map(str::to_owned).collect();
    let said =
        |line: &String| !line.contains('"') && line.split(',').nth(says).is_some_and(|it| !it.is_empty());
    let line = lines.iter_mut().find(|line| said(line)).expect("a record that says it");
    let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
    let other = match fields[says].pop() {
        Some('0'..='8') => '9',
        Some('9') => '0',
        Some('ｱ') => 'ｲ',
        _ => 'ｱ',
    };
    fields[says].push(other);
    *line = fields.join(",");
    master.canonical = format!("{head}\n{}\n", lines.join("\n")).into_bytes();
    master
}

/// Every series of `data`, after `edit` had what each file holds.
fn edited(data: &Path, edit: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> Vec<MasterContent> {
    let master = |(series, file, from, until): &(&str, &str, &str, Option<&str>)| {
        let bytes = std::fs::read(data.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let state = read(&SCHEMAS, edit(file, bytes), &Declared::default()).master.unwrap();
        let governs = Governs { from: (*from).to_owned(), until: until.map(str::to_owned) };
        let content = MasterContent {
            series: (*series).to_owned(),
            kind: state.layout().kind.clone(),
            edition: state.layout().edition.clone(),
            rows: state.rows() as u64,
            canonical: state.canonical(),
            formats: formats(),
            governs,
            timelines: Vec::new(),
            made_of: warifu_values::judgement::Basis::Full,
            published: None,
            let_pass: Vec::new(),
            corrections: Vec::new(),
        };
        with_timelines(&SCHEMAS, content)
    };
    FULLS.iter().map(master).collect()
}

/// A channel in a folder, and the two organisations that publish to it.
pub(crate) struct Publisher {
    folder: PathBuf,
    channel: Box<dyn PublishChannel + Send + Sync>,
    world: World,
    line: Line,
}

impl Publisher {
    /// An empty channel in `folder`, which the root is laid into as well.
    pub(crate) fn at(folder: &Path) -> Publisher {
        let world = World::at(now());
        let channel = Address::folder(&folder.join("channel")).publish_channel();
        publish_root(channel.as_ref(), &world.root).unwrap();
        std::fs::write(folder.join("root.json"), world.root.bytes()).unwrap();
        Publisher { folder: folder.to_owned(), channel, world, line: Line::default() }
    }

    /// Both sign the next release, of these masters, and it is published.
    pub(crate) fn publish_next(&self, masters: &[MasterContent]) {
        let Publisher { channel, world, line, .. } = self;
        let tip = read_tip(channel.as_ref(), &world.reader()).unwrap();
        let unsigned = line.unsigned("2026-01-05", masters.to_vec());
        let proposal = unsigned.propose();
        let halves = world.sign(&tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, &tip, world.now).unwrap();
        publish(channel.as_ref(), &publishable, &world.timestamp, world.now, Validity::default()).unwrap();
        line.sign(unsigned);
    }

    /// What makes the newest release the newest.
    pub(crate) fn timestamp(&self) -> Vec<u8> {
        std::fs::read(self.folder.join("channel/metadata/timestamp.json")).unwrap()
    }

    /// Brings that release, which was published before, into sight.
    pub(crate) fn show(&self, timestamp: &[u8]) {
        let beside = self.folder.join("timestamp.json");
        std::fs::write(&beside, timestamp).unwrap();
        std::fs::rename(beside, self.folder.join("channel/metadata/timestamp.json")).unwrap();
    }
}

/// A checker of its own, ended with this.
pub(crate) struct Checker {
    child: Child,
    /// Where claims go.
    pub(crate) address: Arc<str>,
    pub(crate) client: Client,
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Checker {
    /// On the channel in `folder`; `before` runs the program and what follows is more of its arguments.
    pub(crate) fn start(folder: &Path, listen: &str, before: &[&str], more: &[&str]) -> Checker {
        let program = env!("CARGO_BIN_EXE_warifu-checker");
        let words: Vec<&str> = before.iter().copied().chain([program]).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .current_dir(folder)
            .args(["serve", "--calendar", "none", "--poll", "3600", "--listen", listen])
            .args(["--channel", "channel", "--root", "root.json", "--state", "state", "--lang", "en"])
            .args(["--probation", "1", "--probation-institutions", "1", "--probation-uses", "1"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut listening = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut listening).unwrap();
        let address = listening.trim().strip_prefix("listening on ").unwrap().into();
        Checker { child, address, client: Client::at(OperatorSocket::in_state(&folder.join("state"))) }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What it took of the processor so far.
    pub(crate) fn own_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // After the name, which is in brackets: the 14th and 15th field, in hundredths.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        Duration::from_millis(fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum())
    }

    /// What it takes, in MiB: now, at most so far, and of that what is not of files.
    pub(crate) fn memory(&self) -> [f64; 3] {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        ["VmRSS:", "VmHWM:", "RssAnon:"].map(|name| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
        })
    }
}
