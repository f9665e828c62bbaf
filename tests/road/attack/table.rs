//! Every attempt on everybody, and the table of it in docs/trust.md.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::rows::{Lie, Ours, ROWS, Row};
use super::scene::{Scene, files, write};
use super::served::{Manners, NGINX, Served, Trouble};
use super::stock::{Stock, python_tuf, tuf_js};
use crate::stage::{Checker, Ran, Stage, checkout};

/// The table stands between these lines.
const MARKS: [&str; 2] = ["<!-- written by the tests: attempts -->\n", "<!-- end of attempts -->\n"];

/// The server, and who asks it.
struct Stand {
    scene: Scene,
    served: Served,
    trouble: Arc<Mutex<Option<(String, Trouble)>>>,
    /// One that waits as long as checkers do, and one that gives up after a second.
    checkers: [Checker; 2],
    python: Option<Stock>,
    js: Option<Stock>,
    /// What came out otherwise than it must: told at the end, for all attempts.
    wrong: Vec<String>,
}

impl Stand {
    fn set_up() -> Self {
        let mut scene = Scene::build();
        let trouble: Arc<Mutex<Option<(String, Trouble)>>> = Arc::default();
        let told = Arc::clone(&trouble);
        // Without tags: a file that did not change is given out again, and can be spoilt again.
        let manners = Manners { tags: false, ..NGINX };
        let served = Served::start(scene.after[1].clone(), manners, move |_, path| {
            let told = told.lock().unwrap();
            told.as_ref().filter(|(of, _)| of == path).map_or(Trouble::None, |(_, what)| what.clone())
        });
        let url = served.url();
        // What everybody knows before: release 2.
        scene.stage.warifu(&format!("channel verify {url} --root root.json --state seen")).ends(0);
        let more = "--poll 3600 --replay-files 0";
        let patient = scene.stage.serve_from(&url, more);
        assert_eq!(patient.check(b"").0, 2);
        write(&files(&scene.stage.path("state")), &scene.stage.path("impatient"));
        scene.stage.set(&[("WARIFU_CHANNEL_PATIENCE", "1")]);
        let impatient = scene.stage.serve_with(&url, "impatient", more);
        scene.stage.set(&[]);
        let root = scene.stage.path("root.json");
        let (mut python, mut js) = (python_tuf(&root), tuf_js(&root));
        for (name, stock) in [("python", &mut python), ("js", &mut js)] {
            let memory = scene.stage.path(&format!("{name}-seen"));
            if let Some(stock) = stock {
                stock.ask(&url, &memory, "release-2.json");
                assert_eq!(stock.said(), "takes it");
            }
        }
        Stand { scene, served, trouble, checkers: [patient, impatient], python, js, wrong: Vec::new() }
    }

    fn stage(&self) -> &Stage {
        &self.scene.stage
    }

    fn lie(&self, lie: Lie) -> bool {
        let channel = &self.served.files;
        for name in channel.files().keys() {
            channel.remove(name);
        }
        for (name, bytes) in lie.files.files() {
            channel.put(&name, bytes);
        }
        write(&lie.files, &self.stage().path("by-folder"));
        let about_bytes = lie.trouble.is_none();
        *self.trouble.lock().unwrap() = lie.trouble;
        about_bytes
    }

    /// Everybody's answers to one attempt: a line of the table.
    fn attempt(&mut self, at: usize, row: &Row) -> String {
        let about_bytes = self.lie((row.lie)(&self.scene));
        let url = self.served.url();
        let memory = |name: &str, at: usize, stage: &Stage| {
            let memory = stage.path(&format!("{name}-{at}"));
            write(&files(&stage.path(&format!("{name}-seen"))), &memory);
            memory
        };
        let of = [("python", &mut self.python), ("js", &mut self.js)];
        for (name, stock) in of {
            if let Some(stock) = stock {
                // What release 3 brings; the release before where that is all that is given out.
                stock.ask(&url, &memory(name, at, &self.scene.stage), "release-3.json");
            }
        }
        self.ours_read(at, row, &url, about_bytes);
        self.checker_swaps(row);
        let said = |stock: &mut Option<Stock>| stock.as_mut().map(Stock::said);
        let (python, js) = (said(&mut self.python), said(&mut self.js));
        let ours = match row.ours {
            Ours::Refused(..) | Ours::ContentRefused(..) | Ours::RefusedAndLearnt(..) => "refuse (3)",
            Ours::NoAnswer(..) => "give up (2)",
            Ours::Taken => "take it (0)",
        };
        let or_unknown = |said: Option<String>| said.unwrap_or_else(|| "?".to_owned());
        format!("| {} | {ours} | {} | {} |\n", row.attempt, or_unknown(python), or_unknown(js))
    }

    /// `channel verify` and `channel fetch`, in English and Japanese, over HTTP and of a folder.
    fn ours_read(&mut self, at: usize, row: &Row, url: &str, about_bytes: bool) {
        if matches!(row.ours, Ours::NoAnswer(..)) {
            self.scene.stage.set(&[("WARIFU_CHANNEL_PATIENCE", "1")]);
        }
        let mut attempts = vec![("en", "verify", url), ("ja", "fetch", url)];
        if about_bytes {
            attempts.extend([("ja", "verify", "by-folder"), ("en", "fetch", "by-folder")]);
        }
        for (number, (lang, verb, channel)) in attempts.into_iter().enumerate() {
            let state = format!("state-{at}-{number}");
            write(&files(&self.stage().path("seen")), &self.stage().path(&state));
            let output = format!("out-{at}-{number}");
            let into = if verb == "fetch" { format!(" -o {output}") } else { String::new() };
            let command = format!("--lang {lang} channel {verb} {channel} --root root.json --state {state}");
            let ran = self.stage().warifu(&format!("{command}{into}"));
            self.wrong.extend(wrong(row, lang, &ran, &format!("{command}{into}")));
            let kept = files(&self.stage().path(&state)).files() == files(&self.stage().path("seen")).files();
            let keeps = matches!(row.ours, Ours::Refused(..) | Ours::NoAnswer(..));
            self.hold(kept == keeps, row, &format!("what {command} remembers"));
            let made = self.stage().path(&output).exists();
            self.hold(
                made == (verb == "fetch" && row.ours == Ours::Taken),
                row,
                &format!("what {command} writes"),
            );
        }
        self.scene.stage.set(&[]);
    }

    /// A running checker, which judges by what it had before.
    fn checker_swaps(&mut self, row: &Row) {
        let no_answer = matches!(row.ours, Ours::NoAnswer(..));
        let (checker, state) =
            if no_answer { (&self.checkers[1], "impatient") } else { (&self.checkers[0], "state") };
        let folder = self.stage().path(state);
        let (before, runs) = (kept_by(&folder), checker.check(b"").0);
        let mut told = Vec::new();
        for lang in ["en", "ja"] {
            let command = format!("--lang {lang} swap --socket {}", checker.socket);
            told.extend(wrong(row, lang, &self.stage().run("warifu-checker", &command), &command));
        }
        let (after, still) = (kept_by(&folder), checker.check(b"").0);
        let names = before.keys().chain(after.keys());
        let changed: BTreeSet<&String> = names.filter(|name| before.get(*name) != after.get(*name)).collect();
        let what = format!("what judges ({runs}, then {still}), or the checker's state ({changed:?})");
        let right = match row.ours {
            Ours::Taken => still == 3,
            Ours::RefusedAndLearnt(..) | Ours::ContentRefused(..) => {
                still == runs && changed.iter().all(|name| name.starts_with("trusted"))
            }
            Ours::Refused(..) | Ours::NoAnswer(..) => still == runs && changed.is_empty(),
        };
        self.wrong.append(&mut told);
        self.hold(right, row, &what);
    }

    fn hold(&mut self, right: bool, row: &Row, what: &str) {
        if !right {
            self.wrong.push(format!("{}: {what}", row.attempt));
        }
    }
}

/// A checker's state, without what it writes down of a refusal: an entry in the log of acts, and the
/// reason in its record.
fn kept_by(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = files(folder).files();
    // What was done, and what was found over time: both grow by themselves.
    all.remove("audit.jsonl");
    all.remove("history.json");
    for (_, bytes) in all.iter_mut().filter(|(name, _)| name.starts_with("checker")) {
        let mut record: Value = serde_json::from_slice(bytes).unwrap();
        let fields = record.as_object_mut().unwrap();
        assert!(fields.remove("refused").is_some());
        // Each writing has its number, and a digest of all of it.
        assert!(fields.remove("sequence").is_some() && fields.remove("sha256").is_some());
        // And how far the log of acts had come.
        assert!(fields.remove("log").is_some());
        *bytes = record.to_string().into_bytes();
    }
    all
}

/// What is wrong with how a program ended: it must end so, and give the attempt's own reason.
fn wrong(row: &Row, lang: &str, ran: &Ran, command: &str) -> Option<String> {
    let (status, words) = match row.ours {
        Ours::Refused(en, ja) | Ours::ContentRefused(en, ja) | Ours::RefusedAndLearnt(en, ja) => {
            (3, [en, ja])
        }
        Ours::NoAnswer(en, ja) => (2, [en, ja]),
        Ours::Taken => (0, ["", ""]),
    };
    let said = format!("{}{}", ran.out, ran.err);
    let words = words[usize::from(lang == "ja")];
    let right = ran.status == status && words.split('|').any(|words| said.contains(words));
    let ended = ran.status;
    let wrong = || {
        let must = format!("it must end with {status} and {words:?}");
        format!("{}: {command} ends with {ended}; {must}: {said}", row.attempt)
    };
    (!right).then(wrong)
}

/// Set `WARIFU_WRITE_DOCS=1` to write the table of docs/trust.md anew.
#[test]
fn every_attempt_comes_to_what_the_table_says() {
    let mut stand = Stand::set_up();
    let mut table = "| the server gives out | `warifu`, `warifu-checker` | python-tuf | tuf-js |\n\
                     |---|---|---|---|\n"
        .to_owned();
    for (at, row) in ROWS.iter().enumerate() {
        table.push_str(&stand.attempt(at, row));
    }
    assert!(stand.wrong.is_empty(), "{}", stand.wrong.join("\n"));
    let path = checkout().join("docs/trust.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = document.split_once(MARKS[0]).expect("the table's place");
    let (written, foot) = rest.split_once(MARKS[1]).expect("the table's end");
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        assert!(stand.python.is_some() && stand.js.is_some(), "both clients are needed to write the table");
        std::fs::write(&path, [head, MARKS[0], &table, MARKS[1], foot].concat()).unwrap();
        return;
    }
    for (line, written) in table.lines().zip(written.lines()) {
        let (cells, written): (Vec<_>, Vec<_>) =
            (line.split(" | ").collect(), written.split(" | ").collect());
        let same = cells.len() == written.len()
            && cells
                .iter()
                .zip(&written)
                .all(|(cell, as_written)| cell.starts_with('?') || cell == as_written);
        assert!(same, "docs/trust.md says {written:?}, and it is {cells:?}; WARIFU_WRITE_DOCS=1 writes it");
    }
    assert_eq!(table.lines().count(), written.lines().count(), "docs/trust.md lists other attempts");
}
