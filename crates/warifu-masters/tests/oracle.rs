//! The C library's iconv as an independent oracle: over every code of CP932 and every published file, our bytes
//! are its bytes wherever we do not refuse. Left out, with a line that says so, where iconv or a converter is
//! missing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

mod published;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use published::data;
use warifu_masters::charset::Charset;
use warifu_masters::schema::Schemas;

/// Our charsets, and what iconv calls them.
const CHARSETS: [(&str, &str); 6] = [
    ("UTF-8", "UTF-8"),
    ("eucJP-ms", "EUC-JP-MS"),
    ("ibm-1399", "IBM1399"),
    ("ibm-1390", "IBM1390"),
    ("ibm-939", "IBM939"),
    ("ibm-930", "IBM930"),
];

fn left_out(what: &str) {
    // Past the test harness's capture, so that nobody believes these ran.
    let _ = writeln!(std::io::stderr(), "left out: {what}");
}

/// What iconv makes of `bytes`; `None` when it is not there, has no such converter, or refuses.
fn iconv(bytes: &[u8], from: &str, to: &str, options: &[&str]) -> Option<Vec<u8>> {
    let mut child = Command::new("iconv")
        .args(options)
        .args(["-f", from, "-t", to])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let mut stdout = child.stdout.take()?;
    let mut out = Vec::new();
    std::thread::scope(|scope| {
        // A converter that stops early closes the pipe.
        scope.spawn(move || drop(stdin.write_all(bytes)));
        stdout.read_to_end(&mut out).ok()
    })?;
    let done = child.wait().ok()?.success();
    (done || options.contains(&"-c")).then_some(out)
}

fn has_converters() -> bool {
    let missing = CHARSETS.iter().find(|(_, name)| iconv(b"A", "CP932", name, &[]).is_none());
    if let Some((_, name)) = missing {
        left_out(&format!("iconv as an oracle, no iconv with CP932 and {name} on this machine"));
    }
    missing.is_none()
}

/// Every code of CP932 as the C library has it: printable ASCII, half-width kana, and the double-byte codes, the
/// vendors' and the user-defined ones among them.
fn codes() -> Vec<Vec<u8>> {
    let singles = (0x20..=0x7Eu8).chain(0xA1..=0xDF).map(|byte| vec![byte]);
    let leads = (0x81..=0x9Fu8).chain(0xE0..=0xFC);
    let doubles: Vec<_> = leads
        .flat_map(|lead| (0x40..=0x7Eu8).chain(0x80..=0xFC).map(move |trail| vec![lead, trail]))
        .collect();
    let lines: Vec<u8> = doubles.iter().flat_map(|code| [code.as_slice(), b"\n"].concat()).collect();
    let text = String::from_utf8(iconv(&lines, "CP932", "UTF-8", &["-c"]).unwrap()).unwrap();
    // What is no code is left out by iconv, but for a second byte that is a character by itself.
    let is_double = |line: &str| match line.chars().collect::<Vec<_>>()[..] {
        [character] => character > '\u{a0}' && !('\u{ff61}'..='\u{ff9f}').contains(&character),
        _ => false,
    };
    let doubles = doubles.into_iter().zip(text.lines()).filter(|(_, line)| is_double(line));
    singles.chain(doubles.map(|(code, _)| code)).collect()
}

fn charset(schemas: &Schemas, name: &str) -> Charset {
    schemas.charset(name).unwrap()
}

/// For each charset, how many codes of CP932 come back and how many are refused; nothing else happens to any.
#[test]
fn every_code_comes_back_as_iconv_has_it_or_is_refused() {
    if !has_converters() {
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    let codes = codes();
    assert_eq!(codes.len(), 9762);
    let mut told = Vec::new();
    for (name, iconv_name) in CHARSETS {
        let target = charset(&schemas, name);
        let (mut same, mut refused) = (0, 0);
        let (mut sources, mut ours) = (Vec::new(), Vec::new());
        for code in &codes {
            let line = [code.as_slice(), b"\n"].concat();
            let Ok(text) = Charset::Windows31J.decode(&line) else {
                refused += 1;
                continue;
            };
            let Ok(bytes) = target.encode(&text) else {
                refused += 1;
                continue;
            };
            assert_eq!(target.decode(&bytes).as_deref(), Ok(text.as_str()), "{name} {code:02X?}");
            assert_eq!(Charset::Windows31J.encode(&text).unwrap(), line, "{name} {code:02X?}");
            same += 1;
            sources.extend(line);
            ours.extend(bytes);
        }
        assert!(iconv(&sources, "CP932", iconv_name, &[]).unwrap() == ours, "{name}: not what iconv gives");
        // The way back is iconv's as well, but for the few characters that generate.py pairs as CP932 does.
        if !matches!(name, "ibm-939" | "ibm-930") {
            assert!(iconv(&ours, iconv_name, "CP932", &[]).unwrap() == sources, "{name}: the way back");
        }
        told.push((name, same, refused));
    }
    // 1,880 user-defined codes and 398 that are second codes of their characters come back nowhere.
    let expected = [
        ("UTF-8", 7484, 2278),
        ("eucJP-ms", 7111, 2651),
        ("ibm-1399", 7484, 2278),
        ("ibm-1390", 7484, 2278),
        ("ibm-939", 7423, 2339),
        ("ibm-930", 7422, 2340),
    ];
    assert_eq!(told, expected);
}

/// Every published file, the two that no layout is for among them, becomes what iconv makes of it.
#[test]
fn every_published_file_becomes_what_iconv_makes_of_it() {
    let Some(data) = data() else { return };
    if !has_converters() {
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    let mut count = 0;
    for folder in ["procedure", "drug", "comment", "material", "related", "disease", "claims"] {
        for entry in std::fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let text = Charset::Windows31J.decode(&bytes).unwrap();
            for (name, iconv_name) in CHARSETS {
                let target = charset(&schemas, name);
                let ours = target.encode(&text).unwrap_or_else(|error| panic!("{path:?} {name}: {error:?}"));
                let theirs = iconv(&bytes, "CP932", iconv_name, &[]).unwrap();
                assert!(ours == theirs, "{path:?} {name}: not what iconv gives");
                assert!(target.decode(&ours).unwrap() == text, "{path:?} {name}: the way back");
            }
            count += 1;
        }
    }
    assert!(count >= 100, "only {count} files");
}

/// The tables are what `schemas/charsets/generate.py` makes of this machine's converters.
#[test]
fn the_tables_are_what_the_converters_give() {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schemas/charsets/generate.py");
    if !has_converters() {
        return;
    }
    // Another version of the C library may know more; that is for people to look at, not for this test.
    let version = Command::new("iconv").arg("--version").output().unwrap().stdout;
    let version = String::from_utf8_lossy(&version).lines().next().unwrap_or_default().to_owned();
    let Ok(done) = Command::new("python3").arg(&script).arg("--check").output() else {
        left_out("the charset tables compared with the C library's, no python3 on this machine");
        return;
    };
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{version}: {said}");
}
