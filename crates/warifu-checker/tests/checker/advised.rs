//! What a status says is so when it is read, and what it advises can be typed as it stands.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use warifu_checker::cause::Cause;
use warifu_checker::log::now;
use warifu_checker::page::alarms;
use warifu_checker::said::Said;
use warifu_checker::service::{Doors, Queue, Requests, Status};
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_values::lang::{Lang, Speak as _};

use crate::killed::{PROGRAM, Running, publish_release, published};
use crate::line::release;
use crate::night::{confirmed, rows, said};
use crate::world::{Source, alone_at};

fn why() -> Said {
    Said::new("a test", "試験")
}

/// What the status says, and its line about the channel.
fn said_of_channel(swapper: &Swapper) -> (String, String) {
    let said = said(swapper);
    let line = said.lines().find(|line| line.starts_with("配信元 ")).unwrap().to_owned();
    (said, line)
}

/// What a look came to is not told as if it were so after somebody went back.
#[test]
fn after_a_fall_back_the_channel_is_told_as_it_was_looked_at_before() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(folder.path(), 1);
    shelf.offer(release(2, &rows(2)));
    swapper.poll(now(), Wanted::ByItself);
    assert!(
        said_of_channel(&swapper).1.contains("リリース 2 に切り替えました"),
        "{}",
        said_of_channel(&swapper).1
    );
    swapper.fall_back(why(), None, now()).unwrap();
    let line = said_of_channel(&swapper).1;
    assert!(line.contains("リリース 2 がありました。その後に稼働状況が変わりました"), "{line}");
    assert!(!line.contains("切り替えました") && line.contains("warifu-checker swap"), "{line}");
    // Looked at again, it is told as it is.
    swapper.poll(now(), Wanted::ByItself);
    let line = said_of_channel(&swapper).1;
    assert!(line.contains("保留中") && !line.contains("その後"), "{line}");
    swapper.unhold(2, "試験".parse().unwrap(), now()).unwrap();
    let (all, line) = said_of_channel(&swapper);
    assert!(!all.contains("保留中") && line.contains("その後"), "{all}");
    swapper.poll(now(), Wanted::ByItself);
    assert!(said_of_channel(&swapper).1.contains("観察期間中"));
    swapper.confirm(2, "試験".parse().unwrap(), now()).unwrap();
    let (all, line) = said_of_channel(&swapper);
    assert!(!all.contains("観察期間中") && line.ends_with("リリース 2 を適用しました"), "{all}");
}

/// Nothing says that it is waited for, or that it is to be given up.
#[test]
fn once_a_lost_release_is_given_up_nothing_advises_to_give_it_up() {
    for others in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (shelf, swapper) = confirmed(folder.path(), 2);
        drop(swapper);
        for entry in fs::read_dir(folder.path().join("content")).unwrap() {
            fs::write(entry.unwrap().path(), b"").unwrap();
        }
        if others {
            shelf.offer(release(3, &rows(3)));
        } else {
            shelf.refuse("nothing there");
        }
        let swapper = alone_at(folder.path(), Source(Arc::clone(&shelf)));
        let before = swapper.record().lost().map(|lost| lost.installed.id.release);
        assert_eq!(before, Some(2));
        swapper.poll(now(), Wanted::ByItself);
        assert!(said(&swapper).contains("give-up 2 "), "{}", said(&swapper));
        swapper.give_up(2, "試験".parse().unwrap(), now()).unwrap();
        let status = Status::of(&swapper, Requests::default(), Queue::default(), Doors::default(), now());
        assert!(!status.causes().contains(&Cause::Lost), "{:?}", status.causes());
        let page: String = alarms(&status, Lang::Ja).iter().map(|it| format!("{it:?}\n")).collect();
        for said in [said(&swapper), page] {
            assert!(!said.contains("give-up") && !said.contains("喪失"), "{said}");
            assert!(!said.contains("再取得"), "{said}");
        }
    }
}

/// There is nothing that a fall back returns to by itself, and something that is kept.
#[test]
fn where_what_judges_was_withdrawn_the_advice_is_what_can_be_done() {
    let folder = tempfile::tempdir().unwrap();
    let (shelf, swapper) = confirmed(folder.path(), 4);
    swapper.fall_back_to(3, why(), now()).unwrap();
    let id = |swapper: &Swapper| swapper.active().unwrap().id;
    shelf.withdraw(id(&swapper), "点数の誤り");
    swapper.poll(now(), Wanted::ByItself);
    let line = |swapper: &Swapper, en: bool| {
        let status = Status::of(swapper, Requests::default(), Queue::default(), Doors::default(), now());
        let (lang, word) = if en { (Lang::En, "WITHDRAWN: ") } else { (Lang::Ja, "取下げ: ") };
        let said = status.say(lang);
        said.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("{said}")).to_owned()
    };
    let told = line(&swapper, false);
    assert!(told.contains("warifu-checker fall-back 2 でリリース 2 へ切り戻してください"), "{told}");
    assert!(line(&swapper, true).contains("go back to release 2: warifu-checker fall-back 2"));
    swapper.fall_back_to(2, why(), now()).unwrap();
    swapper.fall_back_to(1, why(), now()).unwrap();
    shelf.withdraw(id(&swapper), "点数の誤り");
    let outcome = swapper.poll(now(), Wanted::ByItself);
    assert!(matches!(outcome, Outcome::Held { .. }), "{outcome:?}");
    let told = line(&swapper, false);
    assert!(told.contains("戻り先がありません") && told.contains("両団体に求めて"), "{told}");
    assert!(!told.contains("fall-back"), "{told}");
    assert!(line(&swapper, true).contains("ask both organisations for the next release"));
}

/// Whoever named the checker by a file is told commands with that file, and the file that it was started with
/// is the one that is to be looked at.
#[test]
fn advised_commands_name_the_configuration_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    drop(published(at));
    let file = at.join("a checker.toml");
    let [channel, root, state] = ["channel", "root.json", "state"].map(|name| at.join(name));
    let text = format!(
        "state = {state:?}\n[channel]\nmirrors = {channel:?}\nroot = {root:?}\n[claims]\n\
         listen = \"127.0.0.1:0\"\n[windows]\ncalendar = \"none\"\n"
    );
    fs::write(&file, &text).unwrap();
    let running = Running::configured(&file, &state);
    fs::write(&file, "state = 7\n").unwrap();
    let sent = Command::new("kill").args(["-HUP", &running.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    crate::world::until("told", || running.client().status().unwrap().configuration.is_some());
    fs::write(&file, text).unwrap();
    let program = |arguments: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).args(["--lang", "en", "--config"]).arg(&file);
        for variable in ["WARIFU_CHECKER_STATE", "WARIFU_CHECKER_SOCKET", "WARIFU_CHECKER_CONFIG"] {
            command.env_remove(variable);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    program(&["freeze", "--reason", "a test"]);
    let told = program(&["status"]);
    let config = format!("--config '{}'", file.display());
    assert!(told.contains(&format!("warifu-checker serve {config} --check-config, mend")), "{told}");
    assert!(told.contains(&format!("warifu-checker thaw {config} --reason …")), "{told}");
}

/// A dry run hears the file as the checker does, and replays what the checker keeps.
#[test]
fn a_dry_run_goes_by_the_configuration_and_the_kept_claims() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (world, channel, line) = published(at);
    let running = Running::start(at);
    let claims = crate::world::claim_file(1, 40);
    assert_eq!(crate::world::check(running.address, &claims).status, 200);
    crate::world::until("kept", || at.join("state/recent/1.uke").exists());
    drop(running);
    publish_release(&world, channel.as_ref(), &line);
    let [channel, root, state] = ["channel", "root.json", "state"].map(|name| at.join(name));
    let file = at.join("checker.toml");
    let written = |more: &str| {
        let text = format!(
            "state = {state:?}\nlang = \"en\"\n[channel]\nmirrors = {channel:?}\nroot = {root:?}\n\
             [windows]\ncalendar = \"none\"\n{more}"
        );
        fs::write(&file, text).unwrap();
    };
    let dry = |more: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.arg("dry-run").args(more).env("WARIFU_CHECKER_CONFIG", &file).env_remove("WARIFU_LANG");
        let output = command.env_remove("WARIFU_CHECKER_STATE").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    written("");
    let (code, out, err) = dry(&[]);
    assert!(code == Some(0) && out.starts_with("release 2 would be taken, on probation\n"), "{out}{err}");
    assert!(out.contains("\nreplayed: 1 kept claim file\n"), "{out}");
    let (_, out, _) = dry(&["--lang", "ja", "--state", state.to_str().unwrap()]);
    assert!(out.contains("再点検に使用した保存中の請求ファイル: 1 件"), "{out}");
    let (_, out, _) = dry(&["--json"]);
    assert!(out.contains("\"kept_files\": 1"), "{out}");
    // Where the configuration keeps none, none is replayed, and that is said.
    written("[replay]\nfiles = 0\n");
    let (_, out, err) = dry(&[]);
    assert!(out.contains("\nno claim file is kept here, so only made-up claims"), "{out}{err}");
    // The line comes first; what is wrong with the file is told with its place.
    let (_, out, _) = dry(&["--replay-files", "3"]);
    assert!(out.contains("\nreplayed: 1 kept claim file\n"), "{out}");
    written("[gate]\n");
    let (_, _, err) = dry(&["--lang", "ja"]);
    assert!(err.contains("使えるセクション"), "in the language that was asked for: {err}");
    let (code, _, err) = dry(&[]);
    assert!(code == Some(2) && err.contains("checker.toml:8:2: there is no section [gate]"), "{err}");
}
