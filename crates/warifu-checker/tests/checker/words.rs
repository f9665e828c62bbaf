//! What a night shift reads: the words fit what is so, in its language, and each names what to do.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Output};
use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::HeldFor;
use warifu_checker::swap::{NotDecided, Outcome, Wanted};

use crate::killed::{PROGRAM, Running, publish_release, published};
use crate::line::{Line, release};
use crate::night::{confirmed, rows, said};
use crate::world::{Shelf, Source, alone_at};

fn by_hand() -> Said {
    Said::new("an operator fell back (uid 7)", "運用者の操作（uid 7）")
}

/// The program in Japanese, by no variable of whoever runs the tests.
fn typed(words: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WARIFU_") {
            command.env_remove(name);
        }
    }
    command.env("WARIFU_LANG", "ja").args(words);
    command
}

fn error_of(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Nothing was to be gone back to by itself, so an operator did: the status says who withdrew it and why, who
/// went back, and advises to lift only what can be lifted.
#[test]
fn what_was_left_because_it_was_withdrawn_is_told_so_whoever_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(folder.path(), 4);
    swapper.fall_back_to(3, by_hand(), now()).unwrap();
    let id = swapper.active().unwrap().id;
    shelf.withdraw(id, "国保連: 点数の誤り");
    swapper.poll(now(), Wanted::ByItself);
    swapper.fall_back_to(2, by_hand(), now()).unwrap();
    let told = said(&swapper);
    assert!(told.contains("\n取下げ: リリース 3: 国保連: 点数の誤り。新しいリリースを待って"), "{told}");
    assert!(told.contains("\n保留: リリース 4: 運用者の操作（uid 7）"), "{told}");
    assert!(!told.contains("unhold 3"), "{told}");
    let back = told.lines().find(|line| line.starts_with("切戻し: ")).unwrap();
    assert!(back.contains("リリース 3 からリリース 2 へ戻しました: 運用者の操作（uid 7）"), "{back}");
    drop(swapper);
    // Where nobody can be asked any more, the record says it.
    let deaf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_at(folder.path(), Source(deaf));
    let held = swapper.held();
    let of = |release| held.iter().find(|held| held.id.release == release).unwrap();
    assert_eq!((of(3).held_for, of(4).held_for), (HeldFor::Withdrawn, HeldFor::Here));
    let told = said(&swapper);
    assert!(told.contains("\n取下げ: リリース 3: 国保連: 点数の誤り"), "{told}");
    assert!(told.contains("切戻し: "), "{told}");
    let refused = swapper.unhold(3, "試験".parse().unwrap(), now());
    assert!(matches!(refused, Err(NotDecided::Withdrawn { release: 3, .. })), "{refused:?}");
    // It is told until another release judges.
    swapper.unhold(4, "試験".parse().unwrap(), now()).unwrap();
    assert!(said(&swapper).contains("切戻し: "));
}

/// Who asks for a look that goes back is told that it did.
#[test]
fn a_look_that_goes_back_from_a_withdrawn_release_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(folder.path(), 2);
    shelf.withdraw(swapper.active().unwrap().id, "点数の誤り");
    for _ in 0..2 {
        let outcome = swapper.poll(now(), Wanted::Newest);
        let told = outcome.said().unwrap().ja;
        assert!(told.contains("リリース 2 は取り下げられたため、受け入れません: 点数の誤り"), "{told}");
        assert!(told.contains("このリリースから切り戻し、リリース 1 を使用しています"), "{told}");
    }
    let told = said(&swapper);
    assert!(
        told.contains("リリース 2 からリリース 1 へ戻しました: 上記のとおり") || told.contains("点数の誤り")
    );
}

/// What is refused for trust is asked anew at each look: one that was not refused ends it.
#[test]
fn a_refusal_for_trust_goes_with_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(folder.path(), 2);
    shelf.refuse("the signatures do not suffice");
    assert_eq!(swapper.poll(now(), Wanted::ByItself).exit_status(), 3);
    let told = said(&swapper);
    let line = told
        .lines()
        .find(|line| line.starts_with("信頼による拒否（令和"))
        .unwrap_or_else(|| panic!("{told}"));
    assert!(line.contains("分）: the signatures") && !line.contains("リリース -"), "{line}");
    // Whoever does not answer says nothing of it.
    shelf.unavailable("nobody there");
    swapper.poll(now(), Wanted::ByItself);
    assert!(said(&swapper).contains("信頼による拒否（"));
    let id = shelf.offer(release(3, &rows(3)));
    shelf.withdraw(id, "点数の誤り");
    assert!(matches!(swapper.poll(now(), Wanted::ByItself), Outcome::Held { release: 3, .. }));
    assert!(!said(&swapper).contains("信頼による拒否"), "{}", said(&swapper));
}

/// A usage error in the language that is asked for, without the advice to write an option as a value.
#[test]
fn what_is_wrong_with_a_line_is_said_in_japanese() {
    for (words, says) in [
        (&["fall-back", "--reason", "x"][..], "--reason という引数はありません"),
        (&["fall-back", "--reason", "x"], "この引数を取るコマンド: confirm、give-up、unhold、freeze"),
        (&["freeze"], "必要な引数がありません: --reason <REASON>"),
        (&["stats"], "近い名前: status"),
        (&["confirm", "two", "--reason", "x"], "の値「two」は使えません: 整数ではありません"),
        (&["freeze", "--reason", "…"], "ここには、後で読む人のために理由そのものを書いてください"),
        (&["serve", "--state", "s", "--channel", "c", "--root", "r", "--poll", "0"], "1 以上の整数を指定"),
    ] {
        let output = typed(words).output().unwrap();
        let told = error_of(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(says), "{words:?}: {told}");
        assert!(!told.contains("error:") && !told.contains("tip:"), "{told}");
    }
    let english = typed(&["--lang", "en", "fall-back", "--reason", "x"]).output().unwrap();
    let told = error_of(&english);
    assert!(told.contains("unexpected argument '--reason'") && !told.contains("as a value"), "{told}");
    assert!(told.contains("tip: it is an option of confirm, give-up, unhold"), "{told}");
}

/// What is missing in the file is named as the file has it.
#[cfg(feature = "https")]
#[test]
fn a_certificate_without_its_key_is_told_by_section_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checker.toml");
    let text = "state = \"s\"\n[channel]\nmirrors = \"c\"\nroot = \"r\"\n[tls]\ncertificate = \"x.pem\"\n";
    fs::write(&file, text).unwrap();
    let output = typed(&["serve", "--check-config", "--config"]).arg(&file).output().unwrap();
    let told = error_of(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("checker.toml: [tls] key がありません。[tls] の下に key = … を"), "{told}");
}

/// A reader that has enough, as `head` does, is no error.
#[test]
fn a_closed_reader_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = typed(&["openapi"]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), error_of(&output)), (Some(0), String::new()));
}

/// A second start says what runs there and what to do, a channel keeps no state, and a new folder is told.
#[test]
fn a_start_says_whose_folder_it_was_given() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (..) = published(at);
    let log = at.join("log");
    let running = Running::telling(at, &[], File::create(&log).unwrap().into());
    assert!(fs::read_to_string(&log).unwrap().contains("state.begun: "), "a new folder is told");
    let serve = |state: &str| {
        let mut command = typed(&["serve", "--listen", "127.0.0.1:0"]);
        for (option, name) in [("--channel", "channel"), ("--root", "root.json"), ("--state", state)] {
            command.arg(option).arg(at.join(name));
        }
        command.output().unwrap()
    };
    let second = serve("state");
    let told = error_of(&second);
    assert_eq!(second.status.code(), Some(2));
    assert!(told.contains(&format!("すでに稼働中です（プロセス {}）", running.child.id())), "{told}");
    assert!(told.contains("warifu-checker status --state "), "{told}");
    drop(running);
    let in_channel = serve("channel");
    assert_eq!(in_channel.status.code(), Some(2));
    assert!(error_of(&in_channel).contains("は配信元のフォルダーです"), "{}", error_of(&in_channel));
    assert!(!at.join("channel/lock").exists());
    let again = Running::telling(at, &[], File::create(&log).unwrap().into());
    assert!(!fs::read_to_string(&log).unwrap().contains("state.begun: "));
    drop(again);
}

/// One advice, whoever tells of the damage; and a file that is moved away does not heal in silence.
#[test]
fn damage_is_told_with_one_advice_and_its_end_too() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (world, channel, line) = published(at);
    let log = at.join("log");
    let running = Running::telling(at, &[], File::create(&log).unwrap().into());
    let client = running.client();
    let trusted = at.join("state/trusted/trusted-state.json");
    fs::write(&trusted, b"\x00 no more").unwrap();
    publish_release(&world, channel.as_ref(), &line);
    client.swap(None).unwrap();
    let told = client.status().unwrap();
    let damage = &told.damaged[0].why;
    let outcome = told.last_poll.as_ref().unwrap().result.said().unwrap();
    assert_eq!(outcome.ja, damage.ja, "one advice");
    // Who repairs without a freeze is warned, before it is done.
    let state = at.join("state");
    let repair = typed(&["repair", "--reason", "試験", "--state"]).arg(&state).output().unwrap();
    assert!(error_of(&repair).contains("【注意】切替が凍結されていません"), "{}", error_of(&repair));
    let thaw = typed(&["thaw", "--reason", "試験", "--state"]).arg(&state).output().unwrap();
    assert!(error_of(&thaw).contains("【注意】破損がまだ残っています"), "{}", error_of(&thaw));

    fs::remove_file(&trusted).unwrap();
    client.swap(None).unwrap();
    assert_eq!(client.status().unwrap().damaged, []);
    let lines = fs::read_to_string(&log).unwrap();
    assert!(lines.contains("state.damaged: ") && lines.contains("state.whole: "), "{lines}");
    let acts = fs::read_to_string(at.join("state/audit.jsonl")).unwrap();
    assert!(acts.contains("is whole again, and no repair did it"), "{acts}");
}

/// Who froze is told by name, and who says the same again adds nothing.
#[test]
fn a_freeze_names_who_said_it_once() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let (..) = published(at);
    let running = Running::start(at);
    let state = at.join("state");
    let freeze = || typed(&["freeze", "--reason", "ディスク交換", "--state"]).arg(&state).output().unwrap();
    assert_eq!(error_of(&freeze()), "");
    assert!(error_of(&freeze()).contains("すでにこの理由で凍結されています"));
    let frozen = running.client().status().unwrap().frozen.unwrap();
    assert_eq!(frozen.also, []);
    let uid = fs::metadata(at).unwrap().uid();
    let listed = fs::read_to_string("/etc/passwd").unwrap();
    let name = listed.lines().find_map(|line| {
        let columns: Vec<&str> = line.split(':').collect();
        (columns[2] == uid.to_string()).then(|| format!(" ({})", columns[0]))
    });
    let why = frozen.why();
    let name = name.unwrap_or_default();
    assert!(why.ja.contains(&format!("（uid {uid}{name}、プロセス ")), "{why:?}");
}
