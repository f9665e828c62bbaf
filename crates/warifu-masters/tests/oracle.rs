//! Two independent oracles, the C library's iconv and ICU's uconv: over every code of CP932, every character
//! of every table and every published file, our bytes are theirs wherever we do not refuse. Where these two
//! differ, the characters are named here and in docs/conversion.md. Left out, with a line that says so, where
//! a program or a converter is missing; a failure then when `WARIFU_TEST_ALL` is set, as tests/run.sh does.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place, the oracles run")]

mod published;

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use published::data;
use warifu_masters::charset::Charset;
use warifu_masters::schema::Schemas;

/// A charset of ours, and what the oracles call it.
struct Named {
    ours: &'static str,
    iconv: &'static str,
    icu: &'static str,
    /// What is compared with iconv without these characters: it gives them the code of another one, or none.
    not_by_iconv: &'static [char],
    /// What ICU's table calls otherwise: ours, ICU's.
    by_another_name: &'static [(char, char)],
}

/// The characters of code page 300 that CP932 calls by the first name and IBM by the second.
const CODE_PAGE_300: [(char, char); 5] = [('－', '−'), ('￤', '¦'), ('～', '〜'), ('―', '—'), ('∥', '‖')];

const CHARSETS: [Named; 6] = [
    Named { ours: "UTF-8", iconv: "UTF-8", icu: "UTF-8", not_by_iconv: &[], by_another_name: &[] },
    Named {
        ours: "eucJP-ms",
        iconv: "EUC-JP-MS",
        icu: "euc-jp-2007",
        not_by_iconv: &[],
        by_another_name: &[],
    },
    Named {
        ours: "ibm-1399",
        iconv: "IBM1399",
        icu: "ibm-1399_P110-2003",
        not_by_iconv: &[],
        by_another_name: &[],
    },
    Named {
        ours: "ibm-1390",
        iconv: "IBM1390",
        icu: "ibm-1390_P110-2003",
        not_by_iconv: &[],
        by_another_name: &[],
    },
    Named {
        ours: "ibm-939",
        iconv: "IBM939",
        icu: "ibm-939_P120-1999",
        not_by_iconv: &['~', '\\'],
        by_another_name: &CODE_PAGE_300,
    },
    Named {
        ours: "ibm-930",
        iconv: "IBM930",
        icu: "ibm-930_P120-1999",
        not_by_iconv: &['~', '\\', '￤'],
        by_another_name: &CODE_PAGE_300,
    },
];

fn left_out(what: &str) {
    assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out: {what}");
    // Past the test harness's capture, so that nobody believes these ran.
    let _ = writeln!(std::io::stderr(), "left out: {what}");
}

/// What iconv makes of `bytes`; `None` when it is not there, has no such converter, or refuses.
fn iconv(bytes: &[u8], from: &str, to: &str, options: &[&str]) -> Option<Vec<u8>> {
    oracle("iconv", bytes, from, to, options)
}

/// The same of ICU's uconv.
fn uconv(bytes: &[u8], from: &str, to: &str, options: &[&str]) -> Option<Vec<u8>> {
    oracle("uconv", bytes, from, to, options)
}

fn oracle(program: &str, bytes: &[u8], from: &str, to: &str, options: &[&str]) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
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
    let missing = CHARSETS.iter().find(|named| iconv(b"A", "CP932", named.iconv, &[]).is_none());
    if let Some(named) = missing {
        left_out(&format!("iconv as an oracle, no iconv with CP932 and {} on this machine", named.iconv));
    }
    missing.is_none()
}

fn has_icu() -> bool {
    let missing = CHARSETS.iter().find(|named| uconv(b"A", "UTF-8", named.icu, &[]).is_none());
    if let Some(named) = missing {
        left_out(&format!("ICU as an oracle, no uconv with {} on this machine (icu-devtools)", named.icu));
    }
    missing.is_none()
}

impl Named {
    /// `text` as ICU names its characters.
    fn in_icu(&self, text: &str) -> String {
        let name = |character| self.by_another_name.iter().find(|(ours, _)| *ours == character);
        text.chars().map(|character| name(character).map_or(character, |(_, icu)| *icu)).collect()
    }
}

/// Every code of CP932 as the C library has it: printable ASCII, half-width kana, and the double-byte codes,
/// the vendors' and the user-defined ones among them.
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
    for Named { ours: name, iconv: iconv_name, not_by_iconv, .. } in CHARSETS {
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
            if !text.contains(not_by_iconv) {
                sources.extend(line);
                ours.extend(bytes);
            }
        }
        assert!(iconv(&sources, "CP932", iconv_name, &[]).unwrap() == ours, "{name}: not what iconv gives");
        // The way back is iconv's as well, but for the five characters that generate.py pairs as CP932 does.
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
        ("ibm-930", 7423, 2339),
    ];
    assert_eq!(told, expected);
}

/// Every character that a charset of ours holds is written as ICU writes it, and read as ICU reads it, but
/// for the five that are named; and of the codes that we refuse, ICU has none that comes back.
#[test]
fn every_character_of_every_charset_is_as_icu_has_it() {
    if !has_icu() {
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    let windows_31j = Named {
        ours: "windows-31j",
        iconv: "CP932",
        icu: "ibm-943_P15A-2003",
        not_by_iconv: &[],
        by_another_name: &[],
    };
    let mut told = Vec::new();
    for named in CHARSETS.iter().chain([&windows_31j]) {
        let ours = charset(&schemas, named.ours);
        // ICU gives some control characters of code page 943 the codes of others; masters hold none.
        let may_differ = |character: char| named.ours == "windows-31j" && character.is_control();
        // 0 stands between the characters. Planes above the second are in no table.
        let is_asked = |one: &char| {
            *one != '0' && !may_differ(*one) && ours.encode(one.encode_utf8(&mut [0; 4])).is_ok()
        };
        let held: Vec<char> = ('\0'..'\u{30000}').filter(is_asked).collect();
        let text: String = held.iter().flat_map(|character| [*character, '0']).collect();
        let (bytes, text) = (ours.encode(&text).unwrap(), named.in_icu(&text));
        let theirs = uconv(text.as_bytes(), "UTF-8", named.icu, &[]).unwrap();
        assert!(theirs == bytes, "{}: not what ICU gives", named.ours);
        let back = uconv(&bytes, named.icu, "UTF-8", &[]).unwrap();
        assert!(back == text.as_bytes(), "{}: not what ICU reads", named.ours);
        told.push((named.ours, held.len()));
    }
    let expected = [
        ("UTF-8", 194559),
        ("eucJP-ms", 7143),
        ("ibm-1399", 22298),
        ("ibm-1390", 22298),
        ("ibm-939", 11860),
        ("ibm-930", 11860),
        ("windows-31j", 7483),
    ];
    assert_eq!(told, expected);
}

/// What a host's table of ours refuses, ICU refuses too, or has it as part of a sequence.
#[test]
fn no_code_that_icu_reads_is_missing() {
    if !has_icu() {
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    for named in CHARSETS.iter().filter(|named| named.ours.starts_with("ibm-")) {
        let ours = charset(&schemas, named.ours);
        let singles = (0..=255u8).filter(|byte| !matches!(byte, 0x0E | 0x0F)).map(|byte| vec![byte]);
        let bytes = || 0x40..=0xFEu8;
        let doubles = bytes().flat_map(|lead| bytes().map(move |trail| vec![0x0E, lead, trail, 0x0F]));
        let refused: Vec<_> = singles.chain(doubles).filter(|code| ours.decode(code).is_err()).collect();
        // F0 is the digit 0, which stands behind each.
        let bytes: Vec<u8> = refused.iter().flat_map(|code| [code.as_slice(), &[0xF0]].concat()).collect();
        let read = uconv(&bytes, named.icu, "UTF-8", &["--from-callback", "substitute"]).unwrap();
        let read = String::from_utf8(read).unwrap();
        let read: Vec<_> = read.split_terminator('0').collect();
        assert_eq!(read.len(), refused.len(), "{}", named.ours);
        let ends_a_sequence = |text: &str| {
            let sequences = read.iter().filter(|read| read.chars().count() == 2);
            sequences.filter_map(|read| read.chars().nth(1)).any(|end| text.chars().eq([end]))
        };
        for (code, text) in refused.iter().zip(&read) {
            let is_none = text.chars().all(|character| matches!(character, '\u{1a}' | '\u{fffd}'));
            let is_sequence = text.chars().count() == 2;
            // The euro sign has two codes in ibm-1399 and ibm-1390; ICU and we write the other one.
            let is_known = is_none || is_sequence || ends_a_sequence(text) || ours.encode(text).is_ok();
            assert!(is_known, "{}: {code:02X?} is {text}", named.ours);
        }
    }
}

/// The tilde and the backslash in the code pages of hosts, as IBM has them and as the C library has not.
#[test]
fn the_tilde_is_no_overline_and_the_backslash_no_yen_sign() {
    let schemas = Schemas::built_in().unwrap();
    for (name, codes) in [("ibm-939", b"\xA1\xE0\xA0\xB2"), ("ibm-930", b"\xA0\xB2\xA1\x5B")] {
        let host = charset(&schemas, name);
        assert_eq!(host.encode("~\\‾¥").unwrap(), codes, "{name}");
        assert_eq!(host.decode(codes).unwrap(), "~\\‾¥", "{name}");
    }
}

/// Every published file, the two that no layout is for among them, becomes what iconv and ICU make of it.
#[test]
fn every_published_file_becomes_what_the_oracles_make_of_it() {
    let Some(data) = data() else { return };
    if !has_converters() {
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    let with_icu = has_icu();
    let mut count = 0;
    for folder in ["procedure", "drug", "comment", "material", "related", "disease", "claims"] {
        for entry in std::fs::read_dir(data.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let text = Charset::Windows31J.decode(&bytes).unwrap();
            for named in &CHARSETS {
                let (name, target) = (named.ours, charset(&schemas, named.ours));
                let ours = target.encode(&text).unwrap_or_else(|error| panic!("{path:?} {name}: {error:?}"));
                assert!(target.decode(&ours).unwrap() == text, "{path:?} {name}: the way back");
                let asked = text.replace(named.not_by_iconv, "");
                if asked.len() == text.len() {
                    let theirs = iconv(&bytes, "CP932", named.iconv, &[]).unwrap();
                    assert!(theirs == ours, "{path:?} {name}: not what iconv gives");
                } else {
                    let theirs = iconv(asked.as_bytes(), "UTF-8", named.iconv, &[]).unwrap();
                    assert!(
                        theirs == target.encode(&asked).unwrap(),
                        "{path:?} {name}: not what iconv gives"
                    );
                }
                if with_icu {
                    let theirs = uconv(named.in_icu(&text).as_bytes(), "UTF-8", named.icu, &[]).unwrap();
                    assert!(theirs == ours, "{path:?} {name}: not what ICU gives");
                }
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
