//! Programs that were not written for this: given the files of a release, told, asked, and given back what
//! they had. One is a script, stopped and failing wherever it can; one is nginx.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use warifu_checker::attach::{Config, Program, Step};
use warifu_checker::cli::Client;
use warifu_checker::log::{Log, now};
use warifu_checker::said::Said;
use warifu_checker::service::{OperatorSocket, Status};
use warifu_checker::state::{Disk, Phase, Reason, WriteStep};
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_masters::schema::Schemas;
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use crate::killed::{PROGRAM, publish_unsigned, published};
use crate::line::{Draft, Line, release_of};
use crate::masters::{good, procedures, with_files};
use crate::world::{Shelf, Source, alone_at, alone_on};

fn reason() -> Reason {
    "当直の判断".parse().unwrap()
}

/// Release `number`, whose files tell it apart.
fn draft(number: u64) -> Draft {
    let mut rows = good();
    rows.push((190_000_010 + u32::try_from(number).unwrap(), "5.00"));
    release_of(number, vec![with_files(procedures(&rows))], None)
}

/// A program made of a script: it reads what the link names into `read`, unless `refuses` names the release,
/// and works while what it read is what it is asked about.
const SCRIPT: &str = r#"
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

struct Site {
    folder: tempfile::TempDir,
    shelf: Arc<Shelf>,
}

impl Site {
    fn new() -> Site {
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

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, before: impl Fn(Step) + Send + Sync + 'static) -> Swapper {
        self.attached(alone_at(&self.at("state"), Source(Arc::clone(&self.shelf))), before)
    }

    fn attached(&self, swapper: Swapper, before: impl Fn(Step) + Send + Sync + 'static) -> Swapper {
        let config = Config::read(&self.at("attach.toml")).unwrap();
        let program = Program::new(&config, Schemas::built_in().unwrap(), Log::default()).stopping(before);
        swapper.attached_to(Box::new(program), now())
    }

    fn refuses(&self, releases: &str) {
        fs::write(self.at("refuses"), releases).unwrap();
    }

    /// The release that the link names, every file of which is what its list says.
    fn linked(&self) -> Option<u64> {
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
    fn read(&self) -> Option<u64> {
        let read = fs::read(self.at("read")).ok()?;
        let read = String::from_utf8_lossy(&read);
        let (_, rest) = read.split_once("\"release\": ")?;
        rest.split_once(',')?.0.parse().ok()
    }

    fn folders(&self) -> usize {
        fs::read_dir(self.at("releases")).unwrap().count()
    }
}

fn number(swapper: &Swapper) -> Option<u64> {
    swapper.active().map(|active| active.id.release)
}

fn held(swapper: &Swapper) -> Vec<u64> {
    swapper.record().all_held().iter().map(|held| held.id.release).collect()
}

fn later(seconds: i64) -> UnixSeconds {
    UnixSeconds::new(now().seconds() + seconds)
}

/// A release is confirmed when the program worked with it for long enough; operators go back and forth.
#[test]
fn a_program_is_given_releases_and_gives_them_back() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    for number in 1..=5 {
        site.shelf.offer(draft(number));
        let outcome = swapper.poll(now(), Wanted::ByItself);
        assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
        assert_eq!((site.linked(), site.read()), (Some(number), Some(number)));
        swapper.tick(later(30));
        let phase = swapper.active().unwrap().phase();
        assert_eq!(phase, if number == 1 { Phase::Confirmed } else { Phase::Probation });
        swapper.tick(later(61));
        assert_eq!(swapper.active().unwrap().phase(), Phase::Confirmed);
    }
    // What runs, and three to go back to.
    assert_eq!(site.folders(), 4);
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |name: &str| fs::metadata(site.at(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("current/release.json"), mode("current/")), (0o640, 0o750));
    assert_eq!(swapper.fall_back_to(2, Said::new("a test", "試験"), now()), Ok(2));
    assert_eq!((site.linked(), site.read(), held(&swapper)), (Some(2), Some(2), vec![3, 4, 5]));
    // Frozen it takes nothing, and thawed it does.
    site.shelf.offer(draft(6));
    swapper.freeze(reason(), now()).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 6, .. }));
    assert_eq!(site.read(), Some(2));
    swapper.thaw(reason(), now()).unwrap();
    assert!(matches!(swapper.tick(now()), Some(Outcome::Activated { release: 6, .. })));
    // It works no more while it is watched: back, and held.
    fs::write(site.at("broken"), "").unwrap();
    swapper.tick(later(10));
    assert_eq!((number(&swapper), site.linked(), held(&swapper)), (Some(2), Some(2), vec![3, 4, 5, 6]));
    // It did not work with that either: this is told loudly, and tried again.
    let trouble = swapper.attached().unwrap().trouble;
    assert!(trouble.is_some() && fs::read_to_string(site.at("alerts")).unwrap().lines().count() == 1);
    fs::remove_file(site.at("broken")).unwrap();
    swapper.tick(later(60));
    assert_eq!((swapper.attached().unwrap().trouble, swapper.attached().unwrap().uses), (None, Some(2)));
}

/// What the program does not take is put back and held until somebody lifts that.
#[test]
fn a_release_that_the_program_does_not_take_is_put_back_and_held() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    // Also a first one: then there is nothing again.
    site.refuses("1\n");
    site.shelf.offer(draft(1));
    let Outcome::Held { release: 1, why, .. } = swapper.poll(now(), Wanted::ByItself) else {
        panic!("taken")
    };
    assert!(why.en.contains("I do not like 1") && why.en.contains("unhold 1"), "{}", why.en);
    assert_eq!((number(&swapper), site.linked(), swapper.attached().unwrap().uses), (None, None, None));
    site.refuses("");
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 1, .. }));
    swapper.unhold(1, reason(), now()).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));

    site.refuses("2\n");
    site.shelf.offer(draft(2));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 2, .. }));
    assert_eq!((number(&swapper), site.linked(), site.read()), (Some(1), Some(1), Some(1)));
    assert_eq!((swapper.attached().unwrap().uses, swapper.attached().unwrap().trouble), (Some(1), None));
    drop(swapper);
    let swapper = site.start(|_| ());
    assert!(matches!(swapper.poll(now(), Wanted::Newest), Outcome::Held { release: 2, .. }));
    // A newer one is taken without further ado.
    site.shelf.offer(draft(3));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 3, .. }));
    // Neither the new nor the old: it is said so.
    site.refuses("3\n4\n");
    site.shelf.offer(draft(4));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 4, .. }));
    assert_eq!((number(&swapper), site.linked()), (Some(3), Some(3)));
    let trouble = swapper.attached().unwrap().trouble.unwrap();
    assert!(trouble.en.contains("I do not like 3"), "{}", trouble.en);
    let log = fs::read_to_string(site.at("state/audit.jsonl")).unwrap();
    assert!(log.contains("I do not like 4") && log.contains("\"unhold\""), "{log}");
}

/// Killed before each step in turn, with a release that is taken and with one that is not: a reader finds
/// the old or the new one whole, and the next start ends where no kill would have led.
#[test]
fn a_kill_at_any_step_leaves_old_or_new_and_the_next_start_goes_on() {
    for (refuses, steps) in [("", 4), ("2\n", 6)] {
        for at in 0..=steps {
            let site = Site::new();
            let left = Arc::new(AtomicUsize::new(usize::MAX));
            let kills = {
                let left = Arc::clone(&left);
                move |step| assert!(left.fetch_sub(1, Ordering::Relaxed) != 0, "killed before {step:?}")
            };
            let swapper = site.start(kills);
            site.shelf.offer(draft(1));
            swapper.poll(now(), Wanted::ByItself);
            site.refuses(refuses);
            site.shelf.offer(draft(2));
            left.store(at, Ordering::Relaxed);
            let killed = catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err();
            assert_eq!(killed, at < steps, "{at} of {steps}");
            assert!(matches!(site.linked(), Some(1 | 2)), "step {at}");
            drop(swapper);
            let swapper = site.start(|_| ());
            if killed {
                // Before anything new is taken, the program works with what is known to work.
                assert_eq!((number(&swapper), site.linked(), site.read()), (Some(1), Some(1), Some(1)));
            }
            swapper.poll(now(), Wanted::Newest);
            let runs = if refuses.is_empty() { 2 } else { 1 };
            assert_eq!((number(&swapper), site.linked(), site.read()), (Some(runs), Some(runs), Some(runs)));
            assert_eq!(held(&swapper), if refuses.is_empty() { vec![] } else { vec![2] });
        }
    }
}

/// A release that takes this down with it whenever the program is told is held with the third time; what
/// ended as it should counts for nothing.
#[test]
fn a_release_that_kills_whoever_gives_it_is_held_with_the_third_time() {
    for step in [Step::Reload, Step::Probe] {
        let site = Site::new();
        let swapper = site.start(|_| ());
        site.shelf.offer(draft(1));
        swapper.poll(now(), Wanted::ByItself);
        drop(swapper);
        site.shelf.offer(draft(2));
        for times in 0..5 {
            let begun = AtomicBool::new(false);
            let swapper = site.start(move |it| {
                // The first time is for what ran.
                let is_first = it == step && !begun.swap(true, Ordering::Relaxed);
                assert!(it != step || is_first, "killed before {it:?}");
            });
            assert_eq!(held(&swapper), Vec::<u64>::new(), "{times}");
            let killed = catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err();
            assert!(killed, "{step:?} {times}");
            if times < 2 {
                swapper.end(now());
            }
        }
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), site.linked(), held(&swapper)), (Some(1), Some(1), vec![2]));
        let Outcome::Held { release: 2, why, .. } = swapper.poll(now(), Wanted::ByItself) else {
            panic!("tried again")
        };
        assert!(why.en.contains("3 times while it was given to the attached program"), "{}", why.en);
        // Somebody lifts that, and it is given again.
        swapper.unhold(2, reason(), now()).unwrap();
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
    }
}

/// Nothing speaks against a release whose files could not be placed: it is tried again, and not held.
#[test]
fn a_release_that_the_program_was_not_asked_of_is_not_held() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    fs::write(site.at("releases"), "in the way").unwrap();
    site.shelf.offer(draft(1));
    let Outcome::Unavailable { why, .. } = swapper.poll(now(), Wanted::ByItself) else { panic!("not later") };
    assert!(why.en.contains("cannot be placed") && held(&swapper).is_empty(), "{}", why.en);
    fs::remove_file(site.at("releases")).unwrap();
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 1, .. }));
}

/// However often it is tried, and whatever a command says each time.
#[test]
fn what_keeps_a_program_out_of_step_is_told_once() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    fs::remove_file(site.at("current")).unwrap();
    site.refuses("1\n");
    let begun = now().seconds();
    let why = [10, 60, 120].map(|seconds| {
        swapper.tick(UnixSeconds::new(begun + seconds));
        swapper.attached().unwrap().trouble.unwrap().en
    });
    assert!(why[0] != why[1] && why[1] != why[2], "{why:?}");
    // Since the first time; what it said last, the last time.
    let attached = swapper.attached().unwrap();
    let said = warifu_values::lang::Speak::say(&attached, warifu_values::lang::Lang::En);
    let (since, told) = (attached.since.unwrap(), attached.told.unwrap());
    assert_eq!(told.at.seconds() - since.seconds(), 110, "{said}");
    assert!(said.contains(&format!("OUT OF STEP since {since}: ")), "{said}");
    assert!(told.wrong.unwrap().en.contains("I do not like 1"), "{said}");
    let lines = |name: &str, of: &str| {
        let text = fs::read_to_string(site.at(name)).unwrap();
        text.lines().filter(|line| line.contains(of)).count()
    };
    assert_eq!(lines("alerts", ""), 1);
    assert_eq!(
        (lines("state/audit.jsonl", "\"out-of-step\""), lines("state/audit.jsonl", "\"hold\"")),
        (1, 0)
    );
}

/// Killed after the link was moved to a first release, which is not taken then: nothing is put back to it.
#[test]
fn a_link_that_a_kill_left_at_what_is_not_taken_goes() {
    let site = Site::new();
    let swapper = site.start(|step| assert_ne!(step, Step::Reload, "killed"));
    site.shelf.offer(draft(1));
    assert!(catch_unwind(AssertUnwindSafe(|| swapper.poll(now(), Wanted::ByItself))).is_err());
    assert_eq!(site.linked(), Some(1));
    drop(swapper);
    let swapper = site.start(|_| ());
    site.refuses("1\n");
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 1, .. }));
    assert_eq!((number(&swapper), site.linked(), swapper.attached().unwrap().trouble), (None, None, None));
}

/// Somebody moves the link while a release is on probation, and the program cannot be given that again.
#[test]
fn a_release_on_probation_that_cannot_be_given_again_is_left() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    for number in [1, 2] {
        site.shelf.offer(draft(number));
        assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { .. }));
    }
    fs::remove_file(site.at("current")).unwrap();
    site.refuses("2\n");
    swapper.tick(later(10));
    assert_eq!((number(&swapper), held(&swapper)), (Some(1), vec![2]));
    assert_eq!((site.linked(), site.read()), (Some(1), Some(1)));
    assert_eq!(swapper.attached().map(|it| (it.uses, it.trouble)), Some((Some(1), None)));
}

/// While a release goes from the program to judging here, nobody sees that the two differ: a second that is
/// looked at meanwhile does not give the program back what it had.
#[test]
fn nobody_looks_between_what_the_program_took_and_what_judges() {
    let site = Site::new();
    let seen: Arc<OnceLock<Weak<Swapper>>> = Arc::default();
    let (is_watched, was_changing) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let disk = {
        let (seen, is_watched, was_changing) = (seen.clone(), is_watched.clone(), was_changing.clone());
        Disk::failing(move |step, path: &Path| {
            let is_record =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("checker"));
            // The first time that the record is written, which names the new release.
            if is_record && step == WriteStep::Flush && is_watched.swap(false, Ordering::Relaxed) {
                let swapper = seen.get().and_then(Weak::upgrade).unwrap();
                was_changing.store(swapper.attached().unwrap().is_changing, Ordering::Relaxed);
                // It ends when the release judges.
                std::thread::spawn(move || swapper.tick(later(10)));
            }
            None
        })
    };
    let swapper =
        Arc::new(site.attached(alone_on(disk, &site.at("state"), Source(Arc::clone(&site.shelf))), |_| ()));
    seen.set(Arc::downgrade(&swapper)).unwrap();
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    is_watched.store(true, Ordering::Relaxed);
    site.shelf.offer(draft(2));
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Activated { release: 2, .. }));
    assert!(was_changing.load(Ordering::Relaxed), "the program was let go before the release judged");
    swapper.tick(later(10));
    assert_eq!((number(&swapper), site.linked(), site.read()), (Some(2), Some(2), Some(2)));
}

/// Killed while the program is given back what it had: that it went back is known by then.
#[test]
fn a_kill_while_it_goes_back_does_not_bring_back_what_was_left() {
    for at in 0..=4 {
        let site = Site::new();
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let kills = {
            let left = Arc::clone(&left);
            move |step| assert!(left.fetch_sub(1, Ordering::Relaxed) != 0, "killed before {step:?}")
        };
        let swapper = site.start(kills);
        for number in [1, 2] {
            site.shelf.offer(draft(number));
            swapper.poll(now(), Wanted::ByItself);
            swapper.tick(later(61));
        }
        assert_eq!(swapper.active().map(|it| (it.id.release, it.phase())), Some((2, Phase::Confirmed)));
        left.store(at, Ordering::Relaxed);
        let back = || swapper.fall_back(Said::new("a test", "試験"), None, now());
        assert_eq!(catch_unwind(AssertUnwindSafe(back)).is_err(), at < 4, "step {at}");
        drop(swapper);
        let swapper = site.start(|_| ());
        assert_eq!((number(&swapper), held(&swapper)), (Some(1), vec![2]), "step {at}");
        assert_eq!((site.linked(), site.read()), (Some(1), Some(1)), "step {at}");
    }
}

/// Somebody changes what lies there: it is put right, or told.
#[test]
fn what_others_change_in_a_folder_is_put_right() {
    let site = Site::new();
    let swapper = site.start(|_| ());
    site.shelf.offer(draft(1));
    swapper.poll(now(), Wanted::ByItself);
    drop(swapper);
    let file = fs::read_dir(site.at("current/kikin")).unwrap().next().unwrap().unwrap().path();
    fs::write(file, "changed").unwrap();
    fs::create_dir(site.at("releases/.new-left")).unwrap();
    fs::create_dir(site.at("releases/mine")).unwrap();
    let swapper = site.start(|_| ());
    assert_eq!((site.linked(), swapper.attached().unwrap().uses), (Some(1), Some(1)));
    assert_eq!(site.folders(), 2, "what a kill left is gone, and what is not ours stays");
    // The link leads elsewhere: that is no release that it was seen to work with.
    fs::remove_file(site.at("current")).unwrap();
    std::os::unix::fs::symlink(site.at("releases/mine"), site.at("current")).unwrap();
    swapper.tick(now());
    assert_eq!((site.linked(), swapper.attached().unwrap().uses), (Some(1), Some(1)));
}

#[test]
fn what_is_wrong_in_the_configuration_is_named_by_line_and_column() {
    let site = Site::new();
    let sound = fs::read_to_string(site.at("attach.toml")).unwrap();
    let path = site.at("other.toml");
    let told = |config: &str| {
        fs::write(&path, config).unwrap();
        let faults = Config::read(&path).unwrap_err();
        let told = faults.into_iter().map(|fault| {
            assert!(!fault.why.ja.is_empty());
            let at = fault.place.strip_prefix(&*path.to_string_lossy()).unwrap();
            (at.to_owned(), fault.why.en)
        });
        told.collect::<Vec<_>>()
    };
    for (from, to, at, says) in [
        (
            "watch_seconds",
            "watch_second",
            ":3:1",
            "there is no key watch_second before the sections (is watch_seconds",
        ),
        ("[reload]", "[relod]", "", "exactly one"),
        (
            "[reload]",
            "[reload]\nmode = \"0640\"",
            ":14:1",
            "[reload] has no key mode (mode stands in [place])",
        ),
        ("[[probe]]", "[probe]", ":15:2", "probe is a section: it is written [[probe]]"),
        ("[from]", "[[from]]", ":5:3", "from is a section: it is written [from]"),
        ("\"0640\"", "\"0999\"", ":12:8", "octal"),
        ("\"0640\"", "\"+640\"", ":12:8", "octal"),
        ("mode =", "owner = \"nobody-is-called-so\"\nmode =", ":12:9", "nobody"),
        ("formats = [\"kikin\", \"kokuho\"]", "formats = []", ":11:11", "[place] formats says nothing"),
        ("formats = [\"kikin\", \"kokuho\"]", "", ":8:2", "[place] formats is missing: write formats"),
        ("\"kikin\", \"kokuho\"", "\"kikin\", \"kikin\"", ":11:1", "named twice"),
        ("[reload]", "[reload]\nsignal = \"HUP\"", ":13:2", "exactly one"),
        ("[reload]\ncommand =", "[reload]\nsignal = \"HUP\" #", ":13:2", "go together"),
        (
            "[reload]\ncommand =",
            "[reload]\nsignal = \"KILL\"\npid_file = \"it\" #",
            ":14:10",
            "is one of HUP",
        ),
        ("[reload]\ncommand =", "[reload]\ncommand = [] #", ":14:11", "[reload] command names no program"),
        ("[reload]\ncommand =", "[reload]\ncommand = [\"\", \"x\"] #", ":14:11", "names no program"),
        (
            "[reload]\ncommand =",
            "[reload]\ncommand = \"nginx -s reload\" #",
            ":14:11",
            "a list of text in quotes",
        ),
        ("alert =", "alert = [] #", ":4:9", "alert names no program"),
        ("tries = 1", "tries = 0", ":17:9", "[probe] tries is a number from 1"),
        ("tries = 1", "http = \"http://a/\"", ":15:1", "exactly one"),
        ("tries = 1", "contains = \"x\"", ":15:1", "of a page"),
        ("[[probe]]\ncommand =", "[[probe]]\nhttp = \"ftp://a/\" #", ":16:8", "http://host:port/path"),
        ("channel = [\"nowhere\"]", "channel = []", ":6:11", "[from] channel says nothing"),
        ("state = \"state\"", "", "", "state is missing: write state = … before all sections"),
        ("[reload]", "[watch]\nlisten = \"9642\"\n[reload]", ":14:10", "9642 is no address and port"),
        ("[reload]", "[watch]\nname = [\"x\"]\n[reload]", ":13:2", "which is missing"),
        ("watch_seconds", "poll_seconds = 0\nwatch_seconds", ":3:16", "86400"),
        ("watch_seconds", "poll_seconds = 86401\nwatch_seconds", ":3:16", "86400"),
        ("watch_seconds = 60", "watch_seconds = 9223372036854775807", ":3:17", "86400"),
        ("[reload]", "[reload]\nlimit_seconds = 9223372036854775807", ":14:17", "86400"),
        ("[[probe]]", "[[probe]]\nlimit_seconds = 9223372036854775807", ":16:17", "86400"),
        ("[[probe]]", "[[probe]]\npause_ms = 9223372036854775807", ":16:12", "86400000"),
        ("folder = \"releases\"", "folder = 3", ":9:10", "[place] folder is text in quotes, not integer"),
        ("folder = \"releases\"", "folder = \"\"", ":9:10", "[place] folder says nothing"),
        // What cannot be together, whichever way it is written.
        (
            "link = \"current\"",
            "link = \"releases\"",
            ":10:1",
            "[place] link and [place] folder are the same",
        ),
        ("link = \"current\"", "link = \"./x/../releases\"", ":10:1", "are the same"),
        ("link = \"current\"", "link = \"releases/now\"", ":10:1", "[place] link lies inside [place] folder"),
        (
            "folder = \"releases\"",
            "folder = \"current/it\"",
            ":9:1",
            "[place] folder lies inside [place] link",
        ),
        ("folder = \"releases\"", "folder = \"state/it\"", ":9:1", "[place] folder lies inside state"),
        ("link = \"current\"", "link = \"state/it\"", ":10:1", "[place] link lies inside state"),
        ("state = \"state\"", "state = \"releases/it\"", ":2:1", "state lies inside [place] folder"),
    ] {
        assert!(sound.contains(from), "{from}");
        let told = told(&sound.replacen(from, to, 1));
        assert!(told.iter().any(|(place, why)| place == at && why.contains(says)), "{to}: {told:#?}");
        // Of a section that is none, what must stand in it is missing besides.
        let most = match to {
            "[relod]" => 2,
            "[[from]]" => 3,
            _ => 1,
        };
        assert_eq!(told.len(), most, "{to}: {told:#?}");
    }
    // All at once, in the order of the file.
    let told = told("[place]\nlink = 3\nfolders = \"x\"\n[log]\nform = \"xml\"\n");
    let places: Vec<&str> = told.iter().map(|(at, _)| &**at).collect();
    assert_eq!(places, [":1:2", ":1:2", ":2:8", ":3:1", ":5:8", "", "", "", ""], "{told:#?}");
}

/// Whoever reads the log of the process knows what became of each release.
#[test]
fn what_becomes_of_a_program_is_told_on_stderr() {
    let site = Site::new();
    let at = site.folder.path();
    let (world, channel, line) = published(at);
    let Draft { masters, .. } = draft(1);
    publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    site.refuses("2\n");
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let config = config.replace("channel = [\"nowhere\"]", "channel = [\"channel\"]");
    let config = config.replace("[from]", "poll_seconds = 1\ncalendar = \"none\"\n[from]");
    fs::write(site.at("attach.toml"), config + "[log]\nform = \"json\"\nlevel = \"warn\"\n").unwrap();
    let told = fs::File::create(site.at("told")).unwrap();
    let attach = Attach::by(Command::new(PROGRAM).env("NOTIFY_SOCKET", "/nowhere"), at, told.into());
    until(at, "held", |status| status.held.iter().any(|held| held.id.release == 2));
    let told = fs::read_to_string(site.at("told")).unwrap();
    let events: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|it| it["event"] == "attached.refused" && it["release"] == 2), "{told}");
    assert!(events.iter().all(|it| it["level"] != "info"), "{told}");
    // What is for its own memory alone is not handed on.
    let environment = fs::read_to_string(site.at("environment")).unwrap();
    assert!(environment.contains("WARIFU_RELEASE=2\n") && !environment.contains("MALLOC_"), "{environment}");
    assert!(!environment.contains("NOTIFY_SOCKET"), "{environment}");
    // Nothing is read again, and it goes on.
    assert!(Command::new("kill").args(["-HUP", &attach.0.id().to_string()]).status().unwrap().success());
    assert_eq!(asked(at, &["swap"]).status.code(), Some(1), "held");
}

/// Paths are from the file's folder, also those of channels, and what they lead to is there.
#[test]
fn a_configuration_is_checked_with_what_it_names() {
    use std::os::unix::fs::PermissionsExt as _;

    let site = Site::new();
    let at = site.folder.path();
    published(at);
    let sound = fs::read_to_string(site.at("attach.toml")).unwrap();
    let sound = sound.replace("[\"nowhere\"]", "[\"channel\"]");
    let checked = |config: &str| {
        fs::write(site.at("attach.toml"), config).unwrap();
        let mut checks = Command::new(PROGRAM);
        checks.args(["attach", "--check-config", "--lang", "en", "--config"]).arg(site.at("attach.toml"));
        let output = checks.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(checked(&sound), (Some(0), String::new()));
    for (from, to, says) in [
        ("\"root.json\"", "\"missing.json\"", "missing.json"),
        ("\"root.json\"", "\"attach.toml\"", ""),
        ("[\"channel\"]", "[\"nowhere\"]", "nothing is at"),
        ("[\"channel\"]", "[\"bundle:nothing\"]", "nothing is at /"),
        ("[\"channel\"]", "[\"bundle:root.json\"]", "is no bundle of a channel"),
        ("[\"channel\"]", "[\".\"]", "no release lies at /"),
        ("\"state\"", "\"root.json\"", "is no folder"),
        ("\"releases\"", "\"root.json/it\"", "attach.toml:9:1: [place] folder: nothing can be written to"),
        ("\"current\"", "\"root.json\"", "attach.toml:10:1: [place] link: "),
        ("\"kokuho\"", "\"kokuhou\"", "attach.toml:11:1: [place] formats: no format is called kokuhou"),
        ("\"/bin/sh\"", "\"/no/such/program\"", "there is no program /no/such/program that can be run"),
        ("\"/bin/sh\"", "\"no-such-program\"", "there is no program no-such-program that can be run"),
    ] {
        assert!(sound.contains(from), "{from}");
        let (status, told) = checked(&sound.replacen(from, to, 1));
        assert!(status == Some(2) && told.contains(says), "{to}: {status:?} {told}");
    }
    // All of it at once.
    let several =
        sound.replace("\"root.json\"", "\"missing.json\"").replace("[\"channel\"]", "[\"nowhere\"]");
    let (_, told) = checked(&several.replace("\"kokuho\"", "\"kokuhou\""));
    assert!(["missing.json", "nothing is at", "kokuhou"].iter().all(|it| told.contains(it)), "{told}");
    let with_mirror = sound.replace("[\"channel\"]", "[\"unplugged\", \"http://masters.example/live\"]");
    assert_eq!(checked(&with_mirror), (Some(0), String::new()), "one may be away");
    // Also where root asks, who can read it.
    let mode = |mode| fs::set_permissions(site.at("root.json"), fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    let (status, told) = checked(&sound);
    assert!(status == Some(2) && told.contains("root.json"), "{told}");
    mode(0o400);
    assert_eq!(checked(&sound), (Some(0), String::new()));
    assert!(!site.at("state").exists());
}

/// A site whose program can be given release 2 of the channel, and what publishes the next one.
fn given(reload: &str) -> (Site, impl Fn(u64)) {
    let site = Site::new();
    let (world, channel, line) = published(site.folder.path());
    let publish = move |number: u64| {
        let Draft { masters, .. } = draft(number);
        publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    };
    fs::write(site.at("program.sh"), SCRIPT.replace("    env >environment\n", reload)).unwrap();
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let config = config.replace("channel = [\"nowhere\"]", "channel = [\"channel\"]");
    let config = config.replace("watch_seconds = 60", "watch_seconds = 1");
    let config = config.replace("[from]", "poll_seconds = 1\ncalendar = \"none\"\n[from]");
    fs::write(site.at("attach.toml"), config + "[log]\nform = \"json\"\n").unwrap();
    publish(1);
    (site, publish)
}

fn until_there(path: &Path, is_there: bool) {
    let started = Instant::now();
    while path.exists() != is_there {
        assert!(started.elapsed() < Duration::from_secs(60), "{} there: {}", path.display(), !is_there);
        std::thread::yield_now();
    }
}

fn events(told: &str) -> Vec<String> {
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone();
    told.lines().map(|line| event(line).as_str().unwrap().to_owned()).collect()
}

/// It ends only after the program has read what it was told to read, and knows that then. Only the process
/// itself is told to end, as the unit says.
#[test]
fn an_ordinary_stop_while_the_program_is_told_waits_for_it() {
    let unit = include_str!("../../../../packaging/debian/warifu-attach@.service");
    assert!(unit.contains("\nKillMode=mixed\n") && unit.contains("\nType=notify\n"), "{unit}");
    let (site, publish) = given("    while [ -f waits ]; do touch told-to; sleep 0.02; done\n");
    let at = site.folder.path();
    let manager = std::os::unix::net::UnixDatagram::bind(site.at("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let hears = |begins: &str| loop {
        let mut bytes = [0; 4096];
        let count = manager.recv(&mut bytes).unwrap_or_else(|error| panic!("never {begins}: {error}"));
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        if text.lines().any(|line| line.starts_with(begins)) {
            break text;
        }
    };
    let told = fs::File::create(site.at("events")).unwrap();
    let mut attach =
        Attach::by(Command::new(PROGRAM).env("NOTIFY_SOCKET", site.at("notify")), at, told.into());
    hears("READY=1");
    hears("WATCHDOG=1");
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    fs::write(site.at("waits"), "").unwrap();
    publish(2);
    until_there(&site.at("told-to"), true);
    assert!(Command::new("kill").args(["-TERM", &attach.0.id().to_string()]).status().unwrap().success());
    hears("STOPPING=1");
    // Operators are heard no more: what is left to do is what it waits for.
    until_there(&site.at("state/operator.sock"), false);
    fs::remove_file(site.at("waits")).unwrap();
    assert!(attach.0.wait().unwrap().success());
    let told = fs::read_to_string(site.at("events")).unwrap();
    let told = events(&told);
    let of_the_process: Vec<&str> =
        told.iter().map(|event| &**event).filter(|it| ["start", "drain", "end"].contains(it)).collect();
    assert_eq!(of_the_process, ["start", "drain", "end"], "{told:?}");
    assert_eq!((site.linked(), site.read()), (Some(3), Some(3)));
    // What it was given is written down, as one that ended as it should.
    let record = fs::read(site.at("state/checker.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    assert_eq!((&record["running"]["release"], &record["phase"]), (&3.into(), &"probation".into()));
    let _attach = Attach::start(at);
    let status = until(at, "release 3", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 3)
    });
    assert!(status.held.is_empty(), "{:?}", status.held);
}

/// What the alert on `cause="program"` reads, where no operator is asked.
#[test]
fn a_program_that_is_out_of_step_can_be_watched() {
    let (site, _) = given("");
    let at = site.folder.path();
    let config = fs::read_to_string(site.at("attach.toml")).unwrap();
    let watched = "[watch]\nlisten = \"127.0.0.1:0\"\nname = [\"masters.example\"]\n[log]";
    fs::write(site.at("attach.toml"), config.replace("[log]", watched)).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["attach", "--lang", "en", "--config"]).arg(at.join("attach.toml"));
    let mut attach = Attach(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    let out = attach.0.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
    let address = line.trim().strip_prefix("watched at ").unwrap_or_else(|| panic!("{line:?}")).to_owned();
    let page = |path: &str, host: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("http://{address}{path}")).header("host", host).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };
    let says = |what: &str| {
        let started = Instant::now();
        loop {
            let (status, text) = page("/metrics", "masters.example");
            if status == 200 && text.contains(what) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "never {what}: {text}");
            std::thread::yield_now();
        }
    };
    until(at, "release 2", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 2)
    });
    says("warifu_amiss{cause=\"program\"} 0\n");
    site.refuses("2\n");
    fs::remove_file(site.at("current")).unwrap();
    says("warifu_amiss{cause=\"program\"} 1\n");
    assert_eq!(page("/metrics", "elsewhere.example").0, 403);
    assert_eq!(page("/swap", "masters.example").0, 404, "nothing is commanded there");
}

/// Where a service manager's filter takes the call away, somebody is told, once, and the work is done.
#[test]
fn that_nothing_gives_way_to_claims_is_told_once() {
    let (site, _) = given("");
    let at = site.folder.path();
    let mut traced = Command::new("strace");
    // The program is the child; who traces it ends with it.
    traced.args(["-D", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=setpriority"]);
    traced.args(["-e", "inject=setpriority:error=EPERM"]).arg(PROGRAM);
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "strace is not installed");
        return;
    }
    let told = fs::File::create(site.at("events")).unwrap();
    let _attach = Attach::by(&mut traced, at, told.into());
    until(at, "release 2", |status| status.running.as_ref().is_some_and(|it| it.id.release == 2));
    let told = events(&fs::read_to_string(site.at("events")).unwrap());
    assert_eq!(told.iter().filter(|event| *event == "priority.not_lowered").count(), 1, "{told:?}");
}

/// nginx, which serves what the link names.
struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    /// None where it is not installed; a failure then when nothing may be left out.
    fn start(at: &Path) -> Option<Nginx> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = at.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("    {name}_temp_path {dir}/temporary;\n"))
            .concat();
        // It reads the files as whoever runs this test.
        let user = if fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
        {
            "user root;\n"
        } else {
            ""
        };
        let conf = format!(
            r#"{user}daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{}}
http {{
    access_log off;
{temporary}    server {{
        listen 127.0.0.1:{port};
        root {dir}/current;
        include {dir}/rules.conf;
    }}
}}
"#
        );
        fs::write(at.join("nginx.conf"), conf).unwrap();
        fs::write(at.join("rules.conf"), "").unwrap();
        let mut started = Command::new("nginx");
        started
            .arg("-c")
            .arg(at.join("nginx.conf"))
            .arg("-e")
            .arg(at.join("error.log"))
            .stderr(Stdio::null());
        match started.spawn() {
            Ok(child) => Some(Nginx { child, port }),
            Err(error) => {
                assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "nginx: {error}");
                None
            }
        }
    }

    fn page(&self, path: &str) -> Option<Vec<u8>> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.get(format!("http://127.0.0.1:{}{path}", self.port)).call().ok()?;
        (response.status() == 200).then(|| response.body_mut().read_to_vec().unwrap())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        // Its workers end with it.
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// Writes a rule by what the release holds, and lets nginx read it; dies with who asks where it is told to.
const RELOAD: &str = r#"
set -e
cd "$(dirname "$0")"
if [ -f die ]; then rm die; kill -9 $PPID; fi
if grep -q 190000012 "$WARIFU_FOLDER"/kikin/*; then
    echo "no_such_directive on;" >rules.conf
else
    echo "location = /version { return 200 'release $WARIFU_RELEASE.'; }" >rules.conf
fi
exec nginx -c "$PWD/nginx.conf" -e "$PWD/error.log" -s reload
"#;

struct Attach(Child);

impl Attach {
    fn start(at: &Path) -> Attach {
        Attach::telling(at, Stdio::null())
    }

    fn telling(at: &Path, told: Stdio) -> Attach {
        Attach::by(&mut Command::new(PROGRAM), at, told)
    }

    /// By `command`, which is the program or runs it.
    fn by(command: &mut Command, at: &Path, told: Stdio) -> Attach {
        command.args(["attach", "--lang", "en", "--config"]).arg(at.join("attach.toml"));
        Attach(command.stdout(Stdio::null()).stderr(told).spawn().unwrap())
    }
}

impl Drop for Attach {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn until(at: &Path, what: &str, mut condition: impl FnMut(&Status) -> bool) -> Status {
    let (client, started) = (Client::at(OperatorSocket::in_state(&at.join("state"))), Instant::now());
    loop {
        if let Ok(status) = client.status()
            && condition(&status)
        {
            return status;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never {what}: {:?}", client.status());
        std::thread::yield_now();
    }
}

fn asked(at: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .args(["--lang", "en", "--state"])
        .arg(at.join("state"))
        .output()
        .unwrap()
}

#[test]
fn nginx_serves_cleared_releases_and_keeps_what_works() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let Some(nginx) = Nginx::start(at) else { return };
    let (world, channel, line) = published(at);
    // The first of the channel was signed in no format that anybody can be given.
    let publish = |number: u64| {
        let Draft { masters, .. } = draft(number);
        publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    };
    fs::write(at.join("reload.sh"), RELOAD).unwrap();
    let (script, port) = (at.join("reload.sh").display().to_string(), nginx.port);
    let config = format!(
        r#"
state = "state"
poll_seconds = 1
watch_seconds = 1
calendar = "none"
alert = ["touch", "{}/alerted"]
[from]
channel = ["{}/channel"]
root = "root.json"
[place]
folder = "releases"
link = "current"
formats = ["kikin", "kokuho"]
[reload]
command = ["/bin/sh", "{script}"]
[[probe]]
http = "http://127.0.0.1:{port}/version"
contains = "release {{release}}."
tries = 100
pause_ms = 100
"#,
        at.display(),
        at.display()
    );
    fs::write(at.join("attach.toml"), config).unwrap();
    let mut checks = Command::new(PROGRAM);
    checks.args(["attach", "--check-config", "--config"]).arg(at.join("attach.toml"));
    assert!(checks.output().unwrap().status.success() && !at.join("state").exists());
    // Numbers here are those of the channel: 2 is refused by nginx for a code in it.
    publish(1);
    let mut attach = Attach::start(at);
    until(at, "release 2", |status| status.running.as_ref().is_some_and(|it| it.id.release == 2));
    let version = || String::from_utf8(nginx.page("/version").unwrap_or_default()).unwrap();
    assert_eq!(version(), "release 2.");
    let served = nginx.page("/kokuho/s_r06_ALL.euc").unwrap();
    assert_eq!(served, fs::read(at.join("current/kokuho/s_r06_ALL.euc")).unwrap());

    // nginx does not read it: everything as it was.
    publish(2);
    let status = until(at, "held", |status| status.held.len() == 1);
    assert_eq!((status.held[0].id.release, status.state.as_str()), (3, "confirmed"));
    assert!(status.held[0].why.en.contains("no_such_directive"), "{}", status.held[0].why.en);
    assert_eq!((version().as_str(), status.attached.unwrap().trouble), ("release 2.", None));

    publish(3);
    until(at, "release 4", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 4)
    });
    assert_eq!(version(), "release 4.");
    // What is said is of the program: nothing of claims, which do not come here.
    let status = until(at, "seen to", |status| status.attached.as_ref().is_some_and(|it| !it.is_changing));
    let text = warifu_values::lang::Speak::say(&status, warifu_values::lang::Lang::En);
    assert!(text.contains("the attached program works with release 4, in step since "), "{text}");
    assert!(text.contains("  told to read it last at ") && text.contains("  asked last at "), "{text}");
    assert!(!text.contains("claim") && !text.contains("replay"), "{text}");
    for command in [&["forget-claims"][..], &["replay"]] {
        let refused = asked(at, command);
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && why.contains("no claims come here"), "{command:?}: {why}");
    }
    let back = asked(at, &["fall-back", "2"]);
    assert_eq!((back.status.code(), version().as_str()), (Some(0), "release 2."));
    let before = String::from_utf8(back.stderr).unwrap();
    assert!(before.contains("release 4 goes and release 2"), "{before}");
    let wrong = asked(at, &["fall-back", "9"]);
    assert_eq!(wrong.status.code(), Some(1));

    // Killed while nginx reads the next one: the next start goes on.
    fs::write(at.join("die"), "").unwrap();
    publish(4);
    assert!(!attach.0.wait().unwrap().success());
    attach = Attach::start(at);
    until(at, "release 5", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 5)
    });
    assert_eq!(version(), "release 5.");

    // nginx is gone: going back is not all done, and that is said and tried again.
    drop(nginx);
    assert_eq!(asked(at, &["fall-back"]).status.code(), Some(0));
    let status = asked(at, &["status"]);
    let text = String::from_utf8(status.stdout).unwrap();
    assert!(text.contains("OUT OF STEP") && status.status.code() == Some(1), "{text}");
    assert!(at.join("alerted").exists());
    drop(attach);
}

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
