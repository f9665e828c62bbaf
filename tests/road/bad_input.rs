//! Bad input: a finding or an error that says what, where and what to do; never a panic, never half a file.

use crate::stage::{Stage, checkout, left_out};

/// A clean full of two comment records in Kikin's format.
fn comments() -> Vec<u8> {
    let row = |serial: &str, code: &str| {
        let mut fields = vec![""; 30];
        let set = [
            (0, "0"),
            (1, "C"),
            (2, "8"),
            (3, "10"),
            (4, serial),
            (5, "2"),
            (6, "摘要"),
            (7, "4"),
            (8, "ﾃｷﾖｳ"),
        ];
        for (at, value) in set {
            fields[at] = value;
        }
        for field in &mut fields[9..20] {
            *field = "0";
        }
        fields[20] = "20240601";
        fields[21] = "99999999";
        fields[22] = code;
        format!("\"{}\"\r\n", fields.join("\",\""))
    };
    let text = row("1", "810000001") + &row("2", "810000002");
    warifu_masters::charset::Charset::Windows31J.encode(&text).unwrap()
}

fn replace(bytes: &[u8], from: &str, to: &[u8]) -> Vec<u8> {
    let from = warifu_masters::charset::Charset::Windows31J.encode(from).unwrap();
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn one_broken_thing_gives_one_finding_with_its_place() {
    let stage = Stage::new();
    stage.write("clean.csv", comments());
    stage.warifu("validate --format kikin clean.csv").ends(0);
    let clean = comments();
    let second_row = clean.windows(2).position(|pair| pair == b"\r\n").unwrap() + 2;
    let cases: [(&str, Vec<u8>, &str, &str); 13] = [
        ("wrong-encoding", replace(&clean, "摘要", b"\xFF\xFE"), "file/charset", ":1: "),
        ("vendor-character", replace(&clean, "摘要", b"\xEE\xF9"), "file/not-reversible", ":1: "),
        ("truncated", clean[..clean.len() - 30].to_vec(), "row/quote", ":2:23:comment_code: "),
        ("cut-after-a-field", clean[..clean.len() - 10].to_vec(), "row/columns", ":2: "),
        ("never-closed", clean[..clean.len() - 3].to_vec(), "row/quote", ":2:30:reserve_30: "),
        ("twenty-nine-columns", replace(&clean, ",\"\"\r\n", b"\r\n"), "row/columns", ":1: "),
        ("duplicate-key", [&clean[..second_row], &clean[..second_row]].concat(), "key/duplicate", ":2: "),
        (
            "unknown-value",
            replace(&clean, "\"0\",\"20240601\"", b"\"7\",\"20240601\""),
            "field/value-unknown",
            ":1:20:selectable: ",
        ),
        ("letter-in-number", replace(&clean, "\"2\"", b"\"x\""), "field/digits", ":1:6:name_length: "),
        ("no-such-day", replace(&clean, "20240601", b"20240631"), "field/date", ":1:21:changed_on: "),
        ("full-width-kana", replace(&clean, "ﾃｷﾖｳ", b"\x83\x65"), "field/kana", ":1:9:kana: "),
        ("half-width-name", replace(&clean, "摘要", b"AB"), "field/kanji", ":1:7:name: "),
        ("blank-required", replace(&clean, "99999999", b""), "field/required", ":1:22:abolished_on: "),
    ];
    for (name, bytes, code, place) in cases {
        stage.write(name, bytes);
        let ran = stage.warifu(&format!("validate --format kikin {name}"));
        let denies = code != "field/value-unknown";
        assert_eq!(ran.status, i32::from(denies), "{name}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(code) && ran.err.contains(&format!("{name}{place}")), "{name}: {}", ran.err);
        assert!(ran.err.contains("  -> "), "{name} does not say what to do: {}", ran.err);
        let japanese = stage.warifu(&format!("validate --lang ja --format kikin {name}"));
        assert!(japanese.err.contains(code) && !japanese.err.is_ascii(), "{name}: {}", japanese.err);
    }
}

#[test]
fn a_line_without_an_end_and_a_file_without_a_limit_are_refused() {
    let stage = Stage::new();
    stage.write("long-line", vec![b'1'; 4 << 20]);
    let ran = stage.warifu("validate long-line").ends(1);
    assert!(ran.err.contains("row/too-long") || ran.err.contains("file/unknown"), "{}", ran.err);
    // A gigabyte in one line, as a sparse file: refused by its size before it is read.
    let file = std::fs::File::create(stage.path("gigabyte")).unwrap();
    file.set_len(1 << 30).unwrap();
    let ran = stage.warifu("validate gigabyte").ends(1);
    assert!(ran.err.contains("512 MiB"), "{}", ran.err);
}

#[test]
fn what_is_no_file_or_not_ours_to_read_is_status_two() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("folder")).unwrap();
    for command in ["validate folder", "validate missing", "diff missing missing", "apply folder folder -o x"]
    {
        let ran = stage.warifu(command).ends(2);
        assert!(ran.err.contains("warifu: "), "{command}: {}", ran.err);
    }
    stage.warifu("no-such-command").ends(2);
    stage.warifu("convert x --from nonsense --to kikin -o y").ends(2);
    #[cfg(unix)]
    a_file_that_others_may_not_read(&stage);
}

/// Root reads everything, so the command runs as nobody then.
#[cfg(unix)]
fn a_file_that_others_may_not_read(stage: &Stage) {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let file = stage.write("secret", comments());
    mode(&file, 0o000);
    mode(&stage.path("."), 0o755);
    let mut command = stage.command("warifu");
    command.args(["validate", "secret"]);
    if std::fs::read(&file).is_ok() {
        command.uid(65534);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            left_out("a file without permission", &format!("the program cannot be run as nobody: {error}"));
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot read secret"), "{said}");
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let stage = Stage::new();
    stage.write("clean.csv", comments());
    // A device that is always full is written into, never replaced by a file; a folder is not written over.
    if cfg!(target_os = "linux") {
        let ran = stage.warifu("convert clean.csv --from kikin --to kokuho -o /dev/full").ends(2);
        assert!(ran.err.contains("/dev/full"), "{}", ran.err);
        assert!(!std::fs::metadata("/dev/full").unwrap().is_file());
    }
    std::fs::create_dir(stage.path("out")).unwrap();
    let ran = stage.warifu("convert clean.csv --from kikin --to kokuho -o out").ends(2);
    assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    let ran = stage.warifu("convert clean.csv --from kikin --to kokuho -o no/such/folder/out.euc").ends(2);
    assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    // A file system of its own that is too small for the result.
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8k", "tmpfs"])
        .arg(stage.path("out"))
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        left_out("a full disk", "mounting a small file system needs root and the right to mount");
        return;
    }
    std::fs::write(stage.path("out/filler"), vec![0u8; 4096]).unwrap();
    let text = (1..=200u32).fold(Vec::new(), |mut text, serial| {
        let two = comments();
        let one = &two[..two.windows(2).position(|pair| pair == b"\r\n").unwrap() + 2];
        let one = replace(one, "\"1\"", format!("\"{serial}\"").as_bytes());
        text.extend(replace(&one, "810000001", format!("810{serial:06}").as_bytes()));
        text
    });
    stage.write("many.csv", text);
    let ran = stage.warifu("convert many.csv --from kikin --to kokuho -o out/many.euc");
    let names: Vec<_> =
        std::fs::read_dir(stage.path("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let unmounted = std::process::Command::new("umount").arg(stage.path("out")).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(ran.status, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    assert_eq!(names, ["filler"], "half a file was left");
}

#[test]
fn no_published_or_random_bytes_make_a_program_panic() {
    let stage = Stage::new();
    // Every file of this checkout is a strange file to a program that looks for masters.
    let strange = ["Cargo.lock", "README.md", "schemas/layouts/procedure-150.toml", "tests/run.sh"];
    for name in strange {
        let path = checkout().join(name);
        let ran = stage.warifu(&format!("inspect {}", path.display())).ends(0);
        assert!(ran.out.contains("not a master"), "{name}: {}", ran.out);
    }
}

/// A spreadsheet opens a master and saves it anew: quotation marks, leading zeros and decimals are gone.
#[test]
fn a_file_that_a_spreadsheet_saved_is_told_before_it_is_taken() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo/2024-06/s_ALL20240531.csv");
    let full = std::fs::read_to_string(&demo).unwrap();
    stage.write("s_ALL20240531.csv", full.replace('"', "").replace(",00,", ",0,").replace(".00,", ","));
    for (lang, word) in [("en", "A spreadsheet that saves a master"), ("ja", "表計算ソフトで保存すると")]
    {
        let told = stage.warifu(&format!("--lang {lang} validate s_ALL20240531.csv")).ends(1);
        assert!(told.err.contains("file/unquoted") && told.err.contains(word), "{}", told.err);
    }
    stage.warifu("init repo").ends(0);
    let told = stage.warifu("import --repo repo --series r06 s_ALL20240531.csv").ends(1);
    assert!(told.err.contains("file/unquoted"), "{}", told.err);
    stage.warifu(&format!("import --repo repo --series r06 {}", demo.display())).ends(0);
}
