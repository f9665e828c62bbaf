//! `docs/conversion.md` tells the truth: its table of exceptions is what the program refuses.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use warifu_masters::charset::Charset;
use warifu_masters::schema::Schemas;

use crate::stage::checkout;

/// What happens to a code on its way to each charset and back: whether it is refused.
type Refused = Vec<bool>;

/// The codes of CP932 that are two bytes: JIS X 0208, the vendors' rows and the user-defined ones.
fn doubles() -> impl Iterator<Item = [u8; 2]> {
    let leads = (0x81..=0x9Fu8).chain(0xE0..=0xFC);
    leads.flat_map(|lead| (0x40..=0x7Eu8).chain(0x80..=0xFC).map(move |trail| [lead, trail]))
}

/// Codes one after another as ranges within a lead byte: `8754-875D`.
fn ranges(codes: &[[u8; 2]]) -> String {
    let next = |one: &[u8; 2], other: &[u8; 2]| {
        let skips = usize::from(one[1] == 0x7E);
        one[0] == other[0] && usize::from(one[1]) + 1 + skips == usize::from(other[1])
    };
    let written = |code: &[u8; 2]| format!("{:02X}{:02X}", code[0], code[1]);
    let runs: Vec<String> = codes
        .chunk_by(next)
        .map(|run| match run {
            [one] => written(one),
            [first, .., last] => format!("{}-{}", written(first), written(last)),
            [] => String::new(),
        })
        .collect();
    runs.join(" ")
}

/// Whole rows of one kind are named by their first and last code.
fn told(codes: &[[u8; 2]]) -> String {
    let (first, last) = (codes[0], codes[codes.len() - 1]);
    if codes.len() > 1000 {
        format!("{:02X}{:02X}-{:02X}{:02X}", first[0], first[1], last[0], last[1])
    } else {
        ranges(codes)
    }
}

fn table(schemas: &Schemas) -> String {
    let names: Vec<&str> = schemas.charset_names().filter(|name| *name != "windows-31j").collect();
    let targets: Vec<Charset> = names.iter().map(|name| schemas.charset(name).unwrap()).collect();
    // Unassigned codes are no codes: the masters' crate refuses them as bytes, not as codes that do not come
    // back.
    let mut groups: BTreeMap<(bool, Refused), Vec<[u8; 2]>> = BTreeMap::new();
    for code in doubles() {
        let (source, refused) = match Charset::Windows31J.decode(&code) {
            Err(bad) if bad.character.is_none() => continue,
            Err(_) => (true, vec![true; targets.len()]),
            Ok(text) => (false, targets.iter().map(|target| target.encode(&text).is_err()).collect()),
        };
        if source || refused.contains(&true) {
            groups.entry((source, refused)).or_default().push(code);
        }
    }
    let mut text = String::from("| codes of CP932 | number | refused to | why |\n|---|--:|---|---|\n");
    for ((source, refused), codes) in &groups {
        // The user-defined codes are a kind of their own.
        let (user, others): (Vec<_>, Vec<_>) =
            codes.iter().partition(|code| (0xF0..=0xF9).contains(&code[0]));
        for (codes, is_user) in
            [(others, false), (user, true)].into_iter().filter(|(codes, _)| !codes.is_empty())
        {
            let to: Vec<&str> =
                names.iter().zip(refused).filter(|(_, refused)| **refused).map(|(name, _)| *name).collect();
            let to = if *source { "every charset".to_owned() } else { to.join(", ") };
            let why = match (*source, is_user) {
                (true, true) => "user-defined: no two systems agree on them",
                (true, false) => "a second code of its character, which comes back as the first one",
                (false, _) => "the charset does not have the character, or not both ways",
            };
            writeln!(text, "| {} | {} | {to} | {why} |", told(&codes), codes.len()).unwrap();
        }
    }
    text
}

/// Set `WARIFU_WRITE_DOCS=1` to write it anew.
#[test]
fn the_exceptions_of_conversion_are_documented() {
    const MARKS: [&str; 2] = ["<!-- exceptions -->\n", "<!-- end of exceptions -->"];
    let path = checkout().join("docs/conversion.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = document.split_once(MARKS[0]).unwrap();
    let (_, foot) = rest.split_once(MARKS[1]).unwrap();
    let table = table(&Schemas::built_in().unwrap());
    let text = format!("{head}{}\n{table}\n{}{foot}", MARKS[0], MARKS[1]);
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
        return;
    }
    assert!(document == text, "docs/conversion.md does not list what the program refuses; see there");
}

/// Every format is in the document.
#[test]
fn every_format_is_documented() {
    let document = std::fs::read_to_string(checkout().join("docs/conversion.md")).unwrap();
    for format in Schemas::built_in().unwrap().formats() {
        let row = format!("| `{}` | {} |", format.name, format.charset.name());
        assert!(document.contains(&row), "{row}");
    }
}
