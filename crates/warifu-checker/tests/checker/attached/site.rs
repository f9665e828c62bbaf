//! A program that is a script, and what is offered to it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use warifu_checker::attach::{Config, Program, Step};
use warifu_checker::log::{Log, now};
use warifu_checker::state::Reason;
use warifu_checker::swap::Swapper;
use warifu_masters::schema::Schemas;
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use crate::line::{Draft, Line, release_of};
use crate::masters::{good, procedures, with_files};
use crate::world::{Shelf, Source, alone_at};

pub(super) fn reason() -> Reason {
    "当直の判断".parse().unwrap()
}

/// Release `number`, whose files tell it apart.
pub(super) fn draft(number: u64) -> Draft {
    let mut rows = good();
    rows.push((190_000_010 + u32::try_from(number).unwrap(), "5.00"));
    release_of(number, vec![with_files(procedures(&rows))], None)
}

/// A program made of a script: it reads what the link names into `read`, unless `refuses` names the release,
/// and works while what it read is what it is asked about.
pub(super) const SCRIPT: &str = r#"
cd "$(dirname "$0")" || exit 9
case "$1" in
reload)
    env >environment
    if grep -qx "$WARIFU_RELEASE" refuses; then echo "I do not like $WARIFU_RELEASE ($$)" >&2; exit 1; fi
    cat current/release.json current/kikin/*.csv >read.new && mv read.new read ;;
probe)
    test ! -f broken && cat current/release.json current/kikin/*.csv | cmp -s - read &&
        grep -q "\"release\": $WARIFU_RELEASE," read ;;
alert)
    echo "$WARIFU_WHY" >>alerts ;;
esac
"#;

pub(super) struct Site {
    pub(super) folder: tempfile::TempDir,
    pub(super) shelf: Arc<Shelf>,
}

impl Site {
    pub(super) fn new() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::write(at.join("program.sh"), SCRIPT).unwrap();
        fs::write(at.join("refuses"), "").unwrap();
        let script = at.join("program.sh").display().to_string();
        let config = format!(
            r#"
state = "state"
watch_seconds = 60
alert = ["/bin/sh", "{script}", "alert"]
[from]
channel = ["nowhere"]
root = "root.json"
[place]
folder = "releases"
link = "current"
formats = ["kikin", "kokuho"]
mode = "0640"
[reload]
command = ["/bin/sh", "{script}", "reload"]
[[probe]]
command = ["/bin/sh", "{script}", "probe"]
tries = 1
"#
        );
        fs::write(at.join("attach.toml"), config).unwrap();
        Site { folder, shelf: Arc::new(Shelf::after(Line::default())) }
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn start(&self, before: impl Fn(Step) + Send + Sync + 'static) -> Swapper {
        self.attached(alone_at(&self.at("state"), Source(Arc::clone(&self.shelf))), before)
    }

    pub(super) fn attached(
        &self,
        swapper: Swapper,
        before: impl Fn(Step) + Send + Sync + 'static,
    ) -> Swapper {
        let config = Config::read(&self.at("attach.toml")).unwrap();
        let program = Program::new(&config, Schemas::built_in().unwrap(), Log::default()).stopping(before);
        swapper.attached_to(Box::new(program), now())
    }

    pub(super) fn refuses(&self, releases: &str) {
        fs::write(self.at("refuses"), releases).unwrap();
    }

    /// The release that the link names, every file of which is what its list says.
    pub(super) fn linked(&self) -> Option<u64> {
        let list = fs::read(self.at("current/release.json")).ok()?;
        let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
        let files = list["files"].as_array().unwrap();
        assert_eq!(files.len(), 2);
        for file in files {
            let bytes = fs::read(self.at("current").join(file["path"].as_str().unwrap())).unwrap();
            assert_eq!(Digest::of(&bytes).to_string(), file["sha256"].as_str().unwrap());
        }
        list["release"].as_u64()
    }

    /// The release that the program has read.
    pub(super) fn read(&self) -> Option<u64> {
        let read = fs::read(self.at("read")).ok()?;
        let read = String::from_utf8_lossy(&read);
        let (_, rest) = read.split_once("\"release\": ")?;
        rest.split_once(',')?.0.parse().ok()
    }

    pub(super) fn folders(&self) -> usize {
        fs::read_dir(self.at("releases")).unwrap().count()
    }
}

pub(super) fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

pub(super) fn held(swapper: &Swapper) -> Vec<u64> {
    swapper.record().all_held().iter().map(|held| held.id.release).collect()
}

pub(super) fn later(seconds: i64) -> UnixSeconds {
    UnixSeconds::new(now().seconds() + seconds)
}
