//! What is longer than a screen: shown by a pager where somebody reads it at a terminal, and nowhere else.

use std::os::unix::fs::PermissionsExt as _;

use crate::stage::{Ran, Stage, checkout, not_installed};

/// A repository of procedures, and a pager called `less` that writes down how it is asked and what it reads.
fn stage() -> Option<Stage> {
    if std::process::Command::new("script").arg("--version").output().is_err() {
        not_installed("the pager at a terminal", "script");
        return None;
    }
    let stage = Stage::new();
    let demo = checkout().join("masters/demo").display().to_string();
    stage.warifu("init masters").ends(0);
    for file in ["s_ALL20240531.csv", "s_20240614.csv"] {
        stage.warifu(&format!("import --repo masters --series r06 {demo}/2024-06/{file}")).ends(0);
    }
    std::fs::create_dir(stage.path("bin")).unwrap();
    let less = stage.write("bin/less", "#!/bin/sh\necho \"$*, LESS=$LESS\" >asked\ncat >read\n");
    std::fs::set_permissions(less, std::fs::Permissions::from_mode(0o755)).unwrap();
    Some(stage)
}

/// `line` as it is typed at a terminal; what is on it then.
fn typed(stage: &Stage, set: &str, line: &str) -> Ran {
    let _ = std::fs::remove_file(stage.path("asked"));
    let _ = std::fs::remove_file(stage.path("read"));
    let ran = format!("TERM=xterm {set} PATH=$PWD/bin:$PATH script -qec 'warifu {line}' /dev/null");
    stage.shell(&ran)
}

fn read(stage: &Stage) -> Option<String> {
    std::fs::read_to_string(stage.path("read")).ok()
}

const DIFF: &str = "diff --repo masters HEAD~1:r06/procedure HEAD:r06/procedure";

#[test]
fn at_a_terminal_what_may_be_long_is_given_to_the_pager() {
    let Some(stage) = stage() else { return };
    for line in [
        DIFF,
        "log --repo masters",
        "log --repo masters 150990110",
        "show --repo masters 150990110",
        "show --repo masters 150990110 --on 2024-07-01",
        "find --repo masters 見本",
        "blame --repo masters 150990110",
    ] {
        let at_terminal = typed(&stage, "", line).ends(0);
        assert_eq!(at_terminal.out, "", "{line}");
        let asked = std::fs::read_to_string(stage.path("asked")).unwrap();
        assert_eq!(asked, "-FRXK, LESS=FRXK\n", "{line}");
        // Another terminal may be wider; what is told is the same.
        let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let piped = stage.warifu(line).ends(0).out;
        assert_eq!(words(&read(&stage).unwrap()).concat(), words(&piped).concat(), "{line}");
    }
}

#[test]
fn nobody_is_asked_where_nobody_reads() {
    let Some(stage) = stage() else { return };
    let direct = |set: &str, line: &str| {
        let ran = typed(&stage, set, line).ends(0);
        assert_eq!(read(&stage), None, "{set} {line}");
        ran.out
    };
    assert!(direct("", "--no-pager log --repo masters").contains("procedure"));
    assert!(direct("", "--json log --repo masters").contains("warifu/log/1"));
    assert!(direct("", &format!("{DIFF} --form json")).contains("warifu/diff/1"));
    assert_eq!(direct("", &format!("{DIFF} -o diff.txt")), "");
    assert!(direct("PAGER=cat", "log --repo masters").contains("procedure"));
    assert!(direct("WARIFU_PAGER=", "log --repo masters").contains("procedure"));
    assert!(direct("PAGER=no-such-pager", "log --repo masters").contains("procedure"));
    assert!(direct("TERM=dumb", "log --repo masters").contains("procedure"));
    assert!(direct("", "status --repo masters").contains("procedure"));
    // Not at a terminal.
    let piped = stage.shell("TERM=xterm PATH=$PWD/bin:$PATH warifu log --repo masters | cat").ends(0);
    assert!(piped.out.contains("procedure") && read(&stage).is_none());
}

#[test]
fn who_names_a_pager_gets_it_and_who_has_read_enough_may_go() {
    let Some(stage) = stage() else { return };
    let shown = |set: &str| typed(&stage, set, "log --repo masters").ends(0).out;
    assert!(shown("WARIFU_PAGER='tr a-z A-Z' PAGER=less").contains("PROCEDURE"));
    assert!(shown("PAGER='tr a-z A-Z | tee read'").contains("PROCEDURE") && read(&stage).is_some());
    let first = shown("PAGER='head -n 1'");
    assert_eq!(first.lines().count(), 1, "{first}");
    // More than a pipe holds, to a pager that reads none of it; the status stays the command's own.
    assert_eq!(typed(&stage, "PAGER=true", DIFF).ends(0).out, "");
    typed(&stage, "PAGER=true", "show --repo masters 150990110 --on 2000-01-01").ends(2);
}

/// Whatever draws on the terminal while somebody reads there overwrites what they read.
#[test]
fn nothing_is_drawn_over_what_somebody_reads() {
    let Some(stage) = stage() else { return };
    stage.shell("mkfifo drawn").ends(0);
    // Longer than it takes until progress is told; it waits for nobody, and ends by itself.
    let slow = "PAGER='cat >read; timeout 2 cat <>drawn; true'";
    for line in ["log --repo masters", "find --repo masters 見本", DIFF] {
        let at_terminal = typed(&stage, slow, line).ends(0);
        assert_eq!(at_terminal.out, "", "{line}");
        assert!(read(&stage).is_some_and(|text| text.lines().count() > 1), "{line}");
    }
}

/// While a pager has the terminal, Ctrl-C is the pager's: one that goes on is waited for.
#[test]
fn a_pager_that_goes_on_after_an_interrupt_is_waited_for() {
    let Some(stage) = stage() else { return };
    let pager = "WARIFU_PAGER='kill -s INT $PPID; cat >read; sleep 0.5; echo >ended'";
    let line = format!("{pager}; export WARIFU_PAGER; warifu log --repo masters");
    stage.write("typed.sh", line);
    // Whoever runs the tests in the background has the signal ignored, and so would all that they start.
    let ran = stage.shell("TERM=xterm script -qec 'env --default-signal=INT bash typed.sh' /dev/null");
    assert_eq!(ran.status, 130, "{ran:?}");
    assert!(stage.path("ended").exists());
    assert!(!ran.out.contains("interrupted"), "{ran:?}");
}

#[test]
fn what_a_pager_that_fails_has_not_read_is_printed() {
    let Some(stage) = stage() else { return };
    // The text, and more than a pipe holds.
    let piped = |line: &str| stage.warifu(&format!("--no-pager {line}")).ends(0).out;
    for line in ["log --repo masters 150990110", "blame --repo masters 150990110"] {
        for pager in ["false", "nosuch$x", "nosuch | nosuch-either", "kill -9 $$"] {
            let shown = typed(&stage, &format!("COLUMNS=400 PAGER='{pager}'"), line).ends(0).out;
            let last = piped(line).lines().last().unwrap().to_owned();
            assert!(shown.contains(last.trim()), "{pager}: {shown}");
            assert!(shown.contains("before it read anything"), "{pager}: {shown}");
            assert!(shown.contains("--no-pager"), "{pager}: {shown}");
        }
    }
    let japanese = typed(&stage, "PAGER=false", "--lang ja log --repo masters").ends(0).out;
    assert!(japanese.contains("何も読まずに終了"), "{japanese}");
    // One that read it and ends badly after that: nothing is printed twice.
    let shown = typed(&stage, "COLUMNS=400 PAGER='cat >read; false'", "log --repo masters").ends(0).out;
    assert!(shown.contains("may not have shown everything") && !shown.contains("procedure"), "{shown}");
}
