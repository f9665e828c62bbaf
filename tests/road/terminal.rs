//! What somebody sees and answers who sits at a terminal: as wide as that is, asked before anything is
//! signed, and told what need not be typed.

use unicode_width::UnicodeWidthStr as _;

use crate::releases::{PLACE, clone, draft, house};
use crate::stage::{Ran, Stage, checkout, left_out};

/// `line` as it is typed at a terminal of so many columns, with `answer` typed after it; what is on it then.
fn typed(stage: &Stage, columns: usize, answer: &str, line: &str) -> Option<Ran> {
    if stage.shell("command -v script && command -v stty").status != 0 {
        left_out("what is typed at a terminal", "no `script` or `stty` on this machine");
        return None;
    }
    stage.write("typed.sh", format!("stty rows 24 cols {columns}\nexec warifu {line}\n"));
    let mut ran = stage.shell(&format!("printf '{answer}' | TERM=xterm script -qec 'sh typed.sh' /dev/null"));
    ran.out = ran.out.replace('\r', "");
    Some(ran)
}

/// The lines without what colours them.
fn bare(text: &str) -> Vec<String> {
    let plain = |line: &str| {
        let mut parts = line.split("\u{1B}[");
        let first = parts.next().unwrap_or_default().to_owned();
        first
            + &parts
                .map(|part| part.split_once(|c: char| c.is_alphabetic()).map_or("", |it| it.1))
                .collect::<String>()
    };
    text.lines().map(plain).collect()
}

/// Somebody said `answer` after it was shown what is signed.
fn answered(stage: &Stage, answer: &str, line: &str, status: i32) -> Option<String> {
    Some(typed(stage, 100, &format!("{answer}\\n"), line)?.ends(status).out)
}

#[test]
fn no_line_of_what_is_found_is_wider_than_the_terminal() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo");
    for (from, to) in [
        ("2024-06/s_ALL20240531.csv", "s_ALL20240531.csv"),
        ("wrong/s_20240621.csv", "s_20240621.csv"),
        ("wrong/s_ALL20240531.csv", "s_ALL20240601.csv"),
    ] {
        std::fs::copy(demo.join(from), stage.path(to)).unwrap();
    }
    stage.warifu("init masters").ends(0);
    stage.warifu("import --repo masters --series r06 s_ALL20240531.csv").ends(0);
    let mut is_coloured = false;
    for (lang, color) in [("ja", "always"), ("en", "never")] {
        for (line, says) in [
            ("import --repo masters --series r06 s_20240621.csv", "s_20240621.csv"),
            ("validate s_20240621.csv", "s_20240621.csv"),
            ("release sign draft --no-such-option-at-all-that-anybody-ever-heard-of", "ever-heard-of"),
            ("convert s_ALL20240601.csv --from kikin --to kokuho -o /dev/null", "s_ALL20240601.csv"),
            (
                "check --repo nowhere-at-all-in-a-folder-that-nobody-ever-made-on-this-machine",
                "nowhere-at-all",
            ),
        ] {
            let Some(ran) = typed(&stage, 60, "", &format!("--lang {lang} --color {color} {line}")) else {
                return;
            };
            let lines = bare(&ran.out);
            assert!(lines.concat().contains(says), "{line}: {}", ran.out);
            // What is to be typed is copied whole.
            let is_command = |line: &str| line.trim_start().split(' ').next().unwrap().ends_with("warifu");
            let wide = lines.iter().find(|line| line.width() > 60 && !is_command(line));
            assert!(wide.is_none(), "{lang} {line}: {wide:?}");
            is_coloured |= ran.out.contains("\u{1B}[1m");
            assert!(color == "always" || !ran.out.contains("\u{1B}[1m"), "{}", ran.out);
        }
    }
    assert!(is_coloured);
}

#[test]
fn a_signer_is_asked_in_words_and_signs_by_yes_alone() {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    let file = checkout().join("masters/demo/2024-05/s_ALL20240501.csv");
    stage.warifu(&format!("import --repo kikin --series r04 {}", file.display())).ends(0);
    clone(&stage);
    draft(&stage, "first");
    let sign = |lang: &str| format!("--lang {lang} release sign first --repo kikin {PLACE} --key aoki.key");
    for (answer, lang, says) in [
        ("いいえ", "ja", "これに署名しますか（はい/いいえ）"),
        ("はいはい", "ja", "「はい」か「いいえ」で答えてください"),
        ("", "ja", "署名していません"),
        ("no", "en", "Sign this? (yes/no) "),
        ("sure", "en", "nothing was signed"),
    ] {
        let Some(screen) = answered(&stage, answer, &sign(lang), 1) else { return };
        assert!(screen.contains(says), "{answer}: {screen}");
        assert!(!stage.path("first/signatures").exists(), "{answer}");
    }
    let signed = answered(&stage, "ｙ", &sign("ja"), 0).unwrap();
    let (shown, asked) = (signed.find("署名の対象は"), signed.find("これに署名しますか"));
    assert!(shown.is_some() && shown < asked, "{signed}");
    assert_eq!(std::fs::read_dir(stage.path("first/signatures")).unwrap().count(), 1);
    let other = "--lang en release sign first --repo kikin --channel channel --root root.json --key abe.key";
    answered(&stage, "YES", other, 0).unwrap();
    assert_eq!(std::fs::read_dir(stage.path("first/signatures")).unwrap().count(), 2);
}

/// Who may do what by it, what it changes, and its digest: all of it stands before the question.
#[test]
fn an_officer_sees_the_root_before_the_question() {
    let stage = Stage::new();
    house(&stage);
    let init = "trust init --after root.json --kikin aoki.pub.json --kokuho baba.pub.json \
                --kokuho bito.pub.json --timestamp ci.pub.json -o next.json";
    stage.warifu(init).ends(0);
    let before = std::fs::read(stage.path("next.json")).unwrap();
    let sha256 = "署名対象: ";
    let sign = "--lang ja trust sign next.json --after root.json --key aoki.key";
    let Some(screen) = answered(&stage, "いいえ", sign, 1) else { return };
    assert_eq!(std::fs::read(stage.path("next.json")).unwrap(), before);
    let mut at = 0;
    for says in
        ["ルートの草案", "! ", "abe", "ルート 第2版、有効期限 令和", "aoki", sha256, "これに署名しますか"]
    {
        let found = screen[at..].find(says).unwrap_or_else(|| panic!("{says} after {at}: {screen}"));
        at += found;
    }
    let signed = answered(&stage, "はい", sign, 0).unwrap();
    assert!(signed.contains("next.json: 責任者の署名 新ルート 1 / "), "{signed}");
    assert_ne!(std::fs::read(stage.path("next.json")).unwrap(), before);
    // The finished root goes where it is told to, and over nothing.
    stage.warifu("trust sign next.json --after root.json --key baba.key").ends(0);
    stage.warifu("trust sign next.json --after root.json --key bito.key").ends(0);
    let pinned = std::fs::read(stage.path("root.json")).unwrap();
    let refused = stage.warifu("trust finish next.json --after root.json -o root.json --force").ends(2);
    assert!(refused.err.contains("root.json is read by this command"), "{}", refused.err);
    assert_eq!(std::fs::read(stage.path("root.json")).unwrap(), pinned);
    let nowhere = stage.warifu("trust finish next.json --after root.json -o none/root2.json").ends(2);
    assert!(nowhere.err.contains("there is no folder none"), "{}", nowhere.err);
}

#[test]
fn what_a_variable_says_need_not_be_typed() {
    let stage = Stage::new();
    let usage = |set: &str, line: &str| stage.shell(&format!("{set} warifu {line}")).ends(2).err;
    let all = usage("", "release sign");
    assert!(all.contains("--channel <CHANNEL> (or the variable WARIFU_CHANNEL, or `channel` in "), "{all}");
    assert!(all.contains("Usage: warifu release sign [OPTIONS] --channel <CHANNEL> --root <FILE>"), "{all}");
    let set = "WARIFU_CHANNEL=c WARIFU_ROOT=r";
    let less = usage(set, "release sign --lang en");
    assert!(less.contains("\n  --key <KEY> (or `key` in "), "{less}");
    assert!(less.contains("Usage: warifu release sign [OPTIONS] --key <KEY> <DRAFT>\n"), "{less}");
    let japanese = usage(set, "release sign --lang ja");
    assert!(japanese.contains("必要な引数がありません: --key <KEY>（または "), "{japanese}");
    assert!(
        japanese.contains("使い方: warifu release sign [オプション] --key <KEY> <DRAFT>\n"),
        "{japanese}"
    );
    let positional = usage("", "channel verify --lang ja");
    assert!(positional.contains("<CHANNEL>（または 環境変数 WARIFU_CHANNEL、"), "{positional}");
    // It is taken from there.
    let taken = stage.shell(&format!("{set} warifu channel verify")).ends(2).err;
    assert!(!taken.contains("required") && taken.contains('r'), "{taken}");
}
