//! How the programs behave at a terminal: what is there stays, options mean the same everywhere, help and
//! completions are there in both languages, colours and progress only where somebody sees them.

use std::process::Command;

use unicode_width::UnicodeWidthStr as _;

use crate::releases::{PLACE, house, sign};
use crate::stage::{Stage, checkout, data, left_out, program};

#[test]
fn nothing_that_is_there_is_written_over_without_force() {
    let Some(_) = data("writing over files") else { return };
    let stage = Stage::new();
    let c = "{data}/comment/c_";
    let convert = "convert {data}/comment/c_20240531.csv --from kikin --to kokuho -o out";
    let lines = [
        convert.to_owned(),
        format!("apply {c}ALL20240412.csv {c}20240509.csv -o out"),
        format!("diff {c}ALL20240412.csv {c}ALL20240531.csv -o out"),
        format!("diff {c}ALL20240412.csv {c}ALL20240531.csv --form html --output out"),
        format!("validate {c}20240531.csv --csv out"),
        format!("inspect {c}20240531.csv --sarif out"),
    ];
    for line in &lines {
        stage.write("out", "mine");
        let refused = stage.warifu(line).ends(2);
        assert!(refused.err.contains("out is there already") && refused.err.contains("--force"), "{line}");
        assert_eq!(std::fs::read(stage.path("out")).unwrap(), b"mine", "{line}");
        stage.warifu(&format!("--force {line}")).ends(0);
        assert_ne!(std::fs::read(stage.path("out")).unwrap(), b"mine", "{line}");
    }
    let refused = stage.warifu(&format!("{convert} --lang ja")).ends(2);
    assert!(refused.err.contains("既にあるため上書きしませんでした"), "{}", refused.err);
    // Where standard output is named, there is nothing to lose.
    stage.warifu(&convert.replace("-o out", "-o /dev/stdout")).ends(0);
}

/// Nobody's signature is lost, and no key: there `--force` does not help, and that is said.
#[test]
fn a_draft_is_replaced_by_force_until_somebody_signs_it() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    let file = checkout().join("masters/demo/2024-05/s_ALL20240501.csv");
    stage.warifu(&format!("import --repo kikin --series r04 {}", file.display())).ends(0);
    let draft = |title: &str, more: &str| {
        stage.warifu(&format!("release draft --repo kikin {PLACE} --title {title} -o draft {more}"))
    };
    let title = || {
        stage.warifu(&format!("release show draft {PLACE} --json")).ends(0).json()["manifest"]["title"]
            .clone()
    };
    draft("first", "").ends(0);
    let refused = draft("second", "").ends(2);
    assert!(
        refused.err.contains("which nobody has signed") && refused.err.contains("--force"),
        "{}",
        refused.err
    );
    assert_eq!(title(), "first");
    draft("second", "--force").ends(0);
    assert_eq!(title(), "second");
    sign(&stage, "draft", "kikin", "aoki", 0);
    let refused = draft("third", "--force --lang ja").ends(2);
    assert!(
        refused.err.contains("signatures/") && refused.err.contains("--force でも置き換えません"),
        "{}",
        refused.err
    );
    assert_eq!(title(), "second");
    let refused = stage.warifu("key generate aoki --organisation kikin --force --lang ja").ends(2);
    assert!(refused.err.contains("鍵は --force でも上書きしません"), "{}", refused.err);
}

/// Said before the work: neither the repository nor the channel is there to be read.
#[test]
fn what_will_fail_is_said_before_the_work() {
    let stage = Stage::new();
    let at = "--repo nowhere --channel nowhere --root nowhere.json";
    let title = stage.warifu(&format!("release draft --title … {at} -o draft")).ends(2);
    assert!(title.err.contains("--title says nothing"), "{}", title.err);
    std::fs::create_dir(stage.path("draft")).unwrap();
    stage.write("draft/release.json", "{}");
    let taken = stage.warifu(&format!("release draft --title June {at} -o draft"));
    assert!(taken.status != 0 && taken.err.contains("draft"), "{}", taken.err);
    assert!(!taken.err.contains("nowhere"), "{}", taken.err);
    stage.write("page.html", "mine");
    let page = stage.warifu(&format!("release draft --title June {at} -o other --html page.html")).ends(2);
    assert!(page.err.contains("page.html is there already"), "{}", page.err);
}

#[test]
fn a_repository_is_named_before_or_after_the_command() {
    let stage = Stage::new();
    stage.warifu("init masters").ends(0);
    let after = stage.warifu("log --repo masters").ends(0);
    for line in ["--repo masters log", "--repo=masters log", "--color never --repo masters -q log"] {
        assert_eq!(stage.warifu(line).ends(0).out, after.out, "{line}");
    }
}

#[test]
fn colours_are_as_they_are_asked_for() {
    let mut stage = Stage::new();
    let wrong = stage.write("wrong.csv", "\"a\",\"b\"\r\n");
    let wrong = wrong.display();
    let err = |stage: &Stage, more: &str| stage.warifu(&format!("validate {wrong} {more}")).err;
    assert!(!err(&stage, "").contains('\x1b'), "nobody sees it");
    assert!(err(&stage, "--color always").contains("\x1b["));
    stage.set(&[("CLICOLOR_FORCE", "1")]);
    assert!(err(&stage, "").contains("\x1b["));
    assert!(!err(&stage, "--color never").contains('\x1b'));
    stage.set(&[("NO_COLOR", "1")]);
    assert!(!err(&stage, "").contains('\x1b'));
    assert!(stage.warifu("--color green check").ends(2).err.contains("green"));
}

/// Every command of both programs, as a terminal of 60 cells has it.
#[test]
fn help_in_japanese_fits_a_narrow_terminal() {
    let mut stage = Stage::new();
    stage.set(&[("COLUMNS", "60"), ("LANG", "ja_JP.UTF-8")]);
    for name in ["warifu", "warifu-checker"] {
        let mut below = vec![String::new()];
        let mut seen = 0;
        while let Some(line) = below.pop() {
            let help = stage.run(name, &format!("{line} --help")).ends(0).out;
            seen += 1;
            assert!(help.contains("使い方:") && !help.contains("Usage:"), "{name} {line}: {help}");
            // How a line is typed is not parted.
            let long = |row: &&str| row.width() > 60 && !row.contains("使い方:");
            let wide: Vec<&str> = help.lines().filter(long).collect();
            assert!(wide.is_empty(), "{name} {line}: {wide:#?}");
            let commands = help.lines().skip_while(|row| *row != "コマンド:").skip(1);
            let commands = commands.take_while(|row| row.is_empty() || row.starts_with("  "));
            let is_name = |row: &&str| row.starts_with("  ") && !row.starts_with("   ");
            let names = commands.filter(is_name).map(str::trim).filter(|name| *name != "help");
            below.extend(names.map(|name| format!("{line} {name}")));
        }
        assert!(seen > 15, "{name}: too few commands are seen: {seen}");
    }
}

#[test]
fn a_shell_completes_commands_and_options() {
    let stage = Stage::new();
    for (name, words, cword, expected) in [
        ("warifu", "warifu rel", 1, "release"),
        ("warifu", "warifu release draft --ti", 3, "--title"),
        ("warifu-checker", "warifu-checker fall", 1, "fall-back"),
    ] {
        let script = stage.run(name, "completions bash").ends(0).out;
        stage.write("completions", script);
        let last = words.split(' ').nth(cword).unwrap();
        let before = words.split(' ').nth(cword - 1).unwrap();
        let typed = format!(
            "source ./completions; COMP_WORDS=({words}); COMP_CWORD={cword}; \
             complete=$(complete -p {name}) && by=${{complete#* -F }} && \
             ${{by%% *}} {name} '{last}' '{before}'; echo \"${{COMPREPLY[@]}}\""
        );
        let ran = Command::new("bash").current_dir(stage.path(".")).args(["-c", &typed]).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert_eq!(out.trim(), expected, "{words}: {err}");
    }
    for shell in ["zsh", "fish"] {
        let script = stage.warifu(&format!("completions {shell}")).ends(0).out;
        stage.write("completions", &script);
        assert!(script.contains("not-a-successor"), "{shell}");
        match Command::new(shell).arg("-n").arg(stage.path("completions")).status() {
            Ok(status) => assert!(status.success(), "{shell} does not understand its completions"),
            Err(_) => left_out("completions", &format!("{shell} is not installed")),
        }
    }
}

/// At a terminal, and after a second. What it drew is gone when the command is over.
#[test]
fn progress_is_told_at_a_terminal_alone() {
    let Some(data) = data("progress at a terminal") else { return };
    let stage = Stage::new();
    let warifu = program("warifu");
    let files: Vec<String> = ["procedure", "drug", "comment", "material"]
        .iter()
        .flat_map(|kind| std::fs::read_dir(data.join(kind)).unwrap())
        .map(|file| file.unwrap().path().display().to_string())
        .filter(|file| file.ends_with(".csv"))
        .collect();
    // Also a fast machine works on them for longer than nothing is told.
    let files = vec![files.join(" "); 4];
    let validate = |more: &str| format!("{} validate {more} {}", warifu.display(), files.join(" "));
    let at_terminal = |line: String| {
        let ran = Command::new("script").current_dir(checkout()).args(["-qec", &line, "/dev/null"]).output();
        ran.ok().map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    // The time that it took so far stands on the line.
    let Some(shown) = at_terminal(validate("")) else {
        return left_out("progress at a terminal", "script is not installed");
    };
    assert!(shown.contains("00:00:0"), "nothing was told: {shown}");
    let quiet = at_terminal(validate("--quiet")).unwrap();
    assert!(!quiet.contains("00:00:0"), "{quiet}");
    let ran = stage.shell(&validate(""));
    assert!(!ran.err.contains("00:00:0"), "{}", ran.err);
}

/// What is asked of every command alone is the status, too.
#[test]
fn an_option_of_every_command_may_stand_alone() {
    let stage = Stage::new();
    stage.warifu("init masters").ends(0);
    let shown = stage.warifu("status --repo masters").ends(0).out;
    for option in ["--no-pager", "--force", "-q", "--color never"] {
        assert_eq!(stage.warifu(&format!("{option} --repo masters")).ends(0).out, shown, "{option}");
    }
}
