//! The runbooks tell the truth: their commands run as printed, and both languages are the same runbooks.

use std::os::unix::fs::PermissionsExt as _;

use crate::documents::{blocks, blocks_of, document};
use crate::releases::published_procedures;
use crate::stage::{Ran, Stage, checkout, data, not_installed};
use crate::withdrawal::second_release;

const RUNBOOKS: [&str; 2] = ["docs/operations.md", "docs/operations.ja.md"];

/// What `<a id="...">` says, in order.
fn anchors(text: &str) -> Vec<&str> {
    text.split("<a id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn both_languages_have_the_same_sections_and_commands() {
    let [english, japanese] = RUNBOOKS.map(document);
    assert_eq!(anchors(&english), anchors(&japanese));
    assert_eq!(english.matches("\n## ").count(), japanese.matches("\n## ").count());
    // But for the language that each is printed in.
    let of_english = |block: &String| block.replace("WARIFU_LANG=ja", "WARIFU_LANG=en");
    let japanese_blocks: Vec<String> = blocks(RUNBOOKS[1]).iter().map(of_english).collect();
    assert_eq!(blocks(RUNBOOKS[0]), japanese_blocks);
    for text in [&english, &japanese] {
        for link in text.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            assert!(anchors(text).contains(&link), "#{link} leads nowhere");
        }
    }
}

#[test]
fn what_leads_into_the_runbooks_arrives() {
    let text = document(RUNBOOKS[0]);
    let alerts = checkout().join("packaging/prometheus/warifu-alerts.yml");
    let alerts = std::fs::read_to_string(alerts).unwrap();
    let links: Vec<&str> = alerts.split("operations.md#").skip(1).collect();
    assert!(links.len() > 10, "too few alerts lead anywhere: {}", links.len());
    for link in links {
        let link: String = link.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
        assert!(anchors(&text).contains(&link.as_str()), "an alert leads to #{link}, which is not there");
    }
}

/// Every command of ours, also in the text, is one that the programs understand: asked for its help, it gives
/// none where an option, a value or a command does not exist.
#[test]
fn every_command_of_the_runbooks_is_understood() {
    let stage = Stage::new();
    let joined = blocks(RUNBOOKS[0]).concat().replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|line| line.starts_with("warifu"));
    let mut asked = 0;
    for line in lines {
        let line = line.split(['|', '>']).next().unwrap();
        stage.shell(&format!("{line} --help")).ends(0);
        asked += 1;
    }
    assert!(asked > 30, "too few commands are seen: {asked}");
    // Were a slip not seen either, nothing was asked.
    stage.shell("warifu-checker swap --nonsense --help").ends(2);
}

/// Stands for what only an installed machine has: the service, its journal, packages, its user.
const MACHINE: &[(&str, &str)] = &[
    (
        "systemctl",
        r#"start() {
    # What the one before wrote says nothing of this one.
    rm -f "$STAGE/out"
    warifu-checker serve --channel "$STAGE/channel" --root "$STAGE/etc/root.json" --state "$STAGE/state" \
        --listen 127.0.0.1:0 --calendar none --replay-files 10 >"$STAGE/out" 2>>"$STAGE/log" &
    echo $! > "$STAGE/pid"
    until grep -qs listening "$STAGE/out"; do kill -0 $! || exit 1; sleep 0.1; done
}
stop() {
    [ -e "$STAGE/pid" ] || return 0
    kill "$(cat "$STAGE/pid")" 2>/dev/null
    while kill -0 "$(cat "$STAGE/pid")" 2>/dev/null; do sleep 0.1; done
    rm "$STAGE/pid"
}
case $1 in
enable | start) start ;;
stop) stop ;;
restart) stop; start ;;
reload) kill -HUP "$(cat "$STAGE/pid")" ;;
is-active | status) kill -0 "$(cat "$STAGE/pid")" && echo active ;;
esac"#,
    ),
    ("journalctl", r#"tail -50 "$STAGE/log""#),
    ("apt-get", ":"),
    ("chown", ":"),
    ("timedatectl", "date"),
];

/// The commands of the section behind this anchor, block by block.
fn commands(section: &str) -> Vec<String> {
    let text = document(RUNBOOKS[0]);
    let from = text.split_once(&format!("<a id=\"{section}\"></a>")).expect(section).1;
    let commands = blocks_of(from.split("\n## ").nth(1).unwrap());
    assert!(!commands.is_empty(), "{section} has no commands");
    commands
}

/// A machine on which runbooks are followed, its folders below the stage.
struct Machine<'a> {
    stage: &'a Stage,
}

impl<'a> Machine<'a> {
    fn new(stage: &'a Stage) -> Self {
        for folder in ["machine", "etc", "state", "root"] {
            std::fs::create_dir_all(stage.path(folder)).unwrap();
        }
        for (name, script) in MACHINE {
            let path = stage.write(&format!("machine/{name}"), format!("#!/bin/sh\n{script}\n"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Machine { stage }
    }

    /// Types all commands of one section.
    fn follow(&self, section: &str) -> Ran {
        self.types(&commands(section).concat())
    }

    /// Types commands as they stand but for the folders, in a shell that stops at the first that fails.
    fn types(&self, commands: &str) -> Ran {
        let here = |text: &str| self.stage.path(text).display().to_string();
        let commands = commands
            .replace("/etc/warifu", &here("etc"))
            .replace("/var/lib/warifu-checker", &here("state"))
            .replace("/srv/warifu/channel", &here("channel"))
            .replace("/root/", &format!("{}/", here("root")))
            .replace("http://127.0.0.1:8642", "$(sed 's,listening on ,http://,' \"$STAGE/out\")");
        let script = self.stage.write("typed.sh", format!("set -e\n{commands}"));
        self.does(&format!("timeout 120 sh {} 2>&1", script.display()))
    }

    /// Runs a line on this machine. A checker there keeps to no claim windows, whatever day it is; what its
    /// configuration file says where it is installed is said by variables.
    fn does(&self, line: &str) -> Ran {
        let stage = self.stage.path("");
        let stage = stage.display().to_string();
        let stage = stage.trim_end_matches('/');
        let variables = format!(
            "export STAGE={stage} PATH={stage}/machine:$PATH WARIFU_CALENDAR=none \
             WARIFU_CHECKER_STATE={stage}/state WARIFU_CHECKER_CHANNEL={stage}/channel \
             WARIFU_CHECKER_ROOT={stage}/etc/root.json"
        );
        self.stage.shell(&format!("cd {stage}; {variables}; {line}")).ends(0)
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        if let Ok(id) = std::fs::read_to_string(self.stage.path("pid")) {
            let _ = std::process::Command::new("kill").args(["-9", id.trim()]).status();
        }
    }
}

#[test]
fn a_night_by_the_runbooks_goes_as_they_say() {
    if data("the runbooks").is_none() {
        return;
    }
    for tool in ["timeout", "curl", "tar", "sed"] {
        if std::process::Command::new(tool).arg("--version").output().is_err() {
            not_installed("the runbooks", &format!("no {tool} on this machine"));
            return;
        }
    }
    let stage = Stage::new();
    published_procedures(&stage);
    let machine = Machine::new(&stage);

    let ran = machine.follow("install");
    assert!(ran.out.contains("active\nrelease 1 (") && ran.out.ends_with("200\n"), "{}", ran.out);

    second_release(&stage);
    let ran = machine.follow("normal-month");
    assert!(ran.out.contains("on probation against release 1"), "{}", ran.out);
    assert!(ran.out.contains("an operator confirmed release 2"), "{}", ran.out);

    std::fs::copy(stage.path("etc/root.json"), stage.path("correction.csv")).unwrap();
    let ran = machine.follow("holiday");
    assert!(ran.out.contains("FROZEN: since "), "{}", ran.out);

    let ran = machine.does("warifu-checker fall-back");
    assert!(ran.out.contains("fell back to release 1"), "{}", ran.out);
    let ran = machine.follow("refused-or-held");
    assert!(ran.out.contains("held: release 2: an operator fell back"), "{}", ran.out);
    assert!(ran.out.contains("an operator lifted the hold of release 2"), "{}", ran.out);

    let ran = machine.follow("full-disk");
    assert!(ran.out.contains("overwritten and deleted; none is kept now"), "{}", ran.out);
    machine.follow("slow");
    machine.follow("stale");
    machine.follow("not-ready");

    let ran = machine.follow("fall-back");
    assert!(ran.out.contains("fell back to release 1"), "{}", ran.out);
    assert!(ran.out.contains("release 2") && ran.out.contains("is withdrawn"), "{}", ran.out);
    let ran = machine.follow("lost-key");
    assert!(ran.out.contains("laptop stolen"), "{}", ran.out);

    machine.does("systemctl stop");
    stage.write("state/checker.json", "x");
    stage.write("state/checker-copy.json", "y");
    machine.does("systemctl start");
    let ran = machine.follow("damaged");
    assert!(ran.out.starts_with("DAMAGED: the record of "), "{}", ran.out);
    assert!(ran.out.contains("an operator had the state folder repaired"), "{}", ran.out);
    // Nothing came in between the repair and the thaw.
    assert!(ran.out.contains("FROZEN: since"), "{}", ran.out);
    assert!(ran.out.contains("an operator thawed activation"), "{}", ran.out);

    let steps = commands("restore");
    machine.types(&steps[0]);
    machine.does("systemctl stop; rm -r state");
    let ran = machine.types(&steps[1..].concat());
    assert!(ran.out.contains("release 1 ("), "{}", ran.out);
    let log = std::fs::read_to_string(stage.path("log")).unwrap();
    assert!(log.contains("was fetched again and judges"), "{log}");

    machine.follow("upgrade");
    machine.follow("who-to-call");
    assert_eq!(std::fs::read_dir(stage.path("root")).unwrap().count(), 4, "the backup and what is kept");
}
