//! The published files, read in place from `../shared/data` beside the checkout; left out where it is
//! missing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

mod published;

use published::data;
use warifu_masters::change::diff::{Change, diff, fields_that_differ};
use warifu_masters::change::differential::apply;
use warifu_masters::file::convert::convert;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::finding::{Code, Severity};
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Master, Role, fields};

/// The masters this library has layouts for, by path below the data folder.
fn files(data: &std::path::Path) -> Vec<String> {
    let mut files = Vec::new();
    for folder in ["procedure", "drug", "comment", "material", "related", "disease"] {
        for entry in std::fs::read_dir(data.join(folder)).unwrap() {
            files.push(format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy()));
        }
    }
    files.sort();
    files
}

/// What the publisher's names of the files of diseases say.
fn disease_kind(file: &str) -> &'static str {
    match file.trim_start_matches("disease/").split('_').next().unwrap() {
        "b" => "disease",
        "hb" => "former-disease",
        "z" => "modifier",
        other => panic!("{other}: no name of a master of diseases"),
    }
}

fn load(data: &std::path::Path, file: &str) -> Reading {
    let schemas = Schemas::built_in().unwrap();
    read(&schemas, std::fs::read(data.join(file)).unwrap(), &Declared::default())
}

fn master(data: &std::path::Path, file: &str) -> Master {
    load(data, file).master.unwrap()
}

#[test]
fn every_file_is_recognised_and_given_back_byte_for_byte() {
    let Some(data) = data() else { return };
    let mut count = 0;
    for file in files(&data) {
        let bytes = std::fs::read(data.join(&file)).unwrap();
        let reading = load(&data, &file);
        assert!(!reading.findings.denies(), "{file}: {:?}", reading.findings.list());
        let kind = match file.split('/').next().unwrap() {
            "related" => "comment-relation",
            "disease" => disease_kind(&file),
            kind => kind,
        };
        assert_eq!(reading.layout.unwrap().kind, kind, "{file}");
        let is_full = ["ALL", "sample", "disease/"].iter().any(|mark| file.contains(mark));
        let role = if is_full { Role::Full } else { Role::Differential };
        assert_eq!(reading.role, Some(role), "{file}");
        assert_eq!(reading.format.unwrap().name, "kikin", "{file}");
        let rendering = reading.rendering.unwrap_or_else(|| panic!("{file}: no rendering"));
        let back = write(&reading.master.unwrap(), &rendering).unwrap();
        assert!(back == bytes, "{file}");
        count += 1;
    }
    assert!(count >= 100, "only {count} files");
}

/// What validation says of every real file. The few denials are faults that the publisher corrected later.
#[test]
fn validation_finds_the_known_faults_and_no_others() {
    let Some(data) = data() else { return };
    let mut denied = Vec::new();
    let mut values = Vec::new();
    for file in files(&data) {
        let reading = load(&data, &file);
        let findings = fields::check(&reading.master.unwrap(), reading.role.unwrap());
        for finding in findings.list() {
            let line = format!("{file}:{} {} {}", finding.place(), finding.code, finding.found);
            match finding.severity {
                Severity::Deny => denied.push(line),
                _ => values.push((finding.field.clone().unwrap_or_default(), finding.found.clone())),
            }
        }
    }
    assert_eq!(
        denied,
        [868, 869, 870].map(|line| format!(
            "procedure/s_20220325.csv:{line}:7:short_kana field/too-long \"ﾀｲｶﾞｲｼｷﾏｸｶﾞﾀｼﾞﾝｺｳﾊｲｶﾝ\""
        ))
    );
    values.sort();
    values.dedup();
    assert_eq!(values, []);
}

/// Fields that differ between the state that `base` and `differentials` make and the published `full`.
fn chain(
    data: &std::path::Path,
    base: &str,
    differentials: &[&str],
    full: &str,
) -> (usize, Vec<(String, String)>, usize) {
    let mut state = master(data, base);
    for file in differentials {
        let applied = apply(&state, &master(data, file)).unwrap();
        state = applied.state;
    }
    let full = master(data, full);
    let diff = diff(&state, &full).unwrap();
    let mut fields = Vec::new();
    let mut only_on_one_side = 0;
    for change in &diff.changes {
        match *change {
            Change::Changed { old, new } => {
                for column in fields_that_differ(&state, old, &full, new) {
                    fields.push((full.key(new).into_owned(), full.layout().columns[column].id.clone()));
                }
            }
            _ => only_on_one_side += 1,
        }
    }
    (full.rows(), fields, only_on_one_side)
}

fn by_field(fields: &[(String, String)]) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for (_, field) in fields {
        *counts.entry(field.clone()).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[test]
fn the_comment_chain_of_spring_2024_is_exact() {
    let Some(data) = data() else { return };
    let differentials = ["comment/c_20240509.csv", "comment/c_20240524.csv", "comment/c_20240531.csv"];
    if !data.join(differentials[0]).exists() {
        return;
    }
    let (rows, fields, missing) =
        chain(&data, "comment/c_ALL20240412.csv", &differentials, "comment/c_ALL20240531.csv");
    assert_eq!((rows, fields.len(), missing), (3898, 0, 0), "{fields:?}");
}

#[test]
fn the_comment_chain_of_summer_2024_differs_in_two_dropped_dates() {
    let Some(data) = data() else { return };
    let differentials = ["comment/c_20240719.csv", "comment/c_20240726.csv"];
    let (rows, fields, missing) =
        chain(&data, "comment/c_ALL20240531.csv", &differentials, "comment/c_ALL20240726.csv");
    assert_eq!((rows, missing), (3903, 0));
    let on = |key: &str| (key.to_owned(), "changed_on".to_owned());
    assert_eq!(fields, [on("830100495"), on("852100008")]);
}

#[test]
fn the_comment_chain_across_the_revision_has_the_mass_reset() {
    let Some(data) = data() else { return };
    let differentials = ["comment/c_20240329.csv", "comment/c_20240412.csv"];
    let (rows, fields, missing) =
        chain(&data, "comment/c_ALL20230801.csv", &differentials, "comment/c_ALL20240412.csv");
    assert_eq!((rows, missing), (3887, 0));
    assert_eq!(by_field(&fields), [("changed_on".to_owned(), 2809), ("selectable".to_owned(), 1)]);
}

#[test]
fn the_material_chain_of_2024_differs_in_the_name_flags() {
    let Some(data) = data() else { return };
    let (rows, fields, missing) = chain(
        &data,
        "material/t_ALL20240315.csv",
        &["material/t_20240531.csv"],
        "material/t_ALL20240531.csv",
    );
    assert_eq!((rows, missing), (1334, 0));
    assert_eq!(by_field(&fields), [("kana_changed".to_owned(), 3), ("name_changed".to_owned(), 10)]);
}

/// Diseases and former diseases have the same columns and the same name in column 2: from every format each
/// comes back as what it was, byte for byte, and is told with nothing declared too.
#[test]
fn the_files_of_diseases_go_to_every_format_and_come_back() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let kikin = schemas.format("kikin").unwrap();
    let shorten = ["name", "short_name", "kana", "dental_short_name"].map(str::to_owned);
    let mut cut = Vec::new();
    for file in files(&data).iter().filter(|file| file.starts_with("disease/")) {
        let bytes = std::fs::read(data.join(file)).unwrap();
        let kind = disease_kind(file);
        for format in schemas.formats() {
            let there = convert(&schemas, &bytes, kikin, format, &shorten);
            let there = there.unwrap_or_else(|refused| panic!("{file} {}: {refused:?}", format.name));
            assert_eq!((there.layout.kind.as_str(), there.role), (kind, Some(Role::Full)), "{file}");
            let undeclared = read(&schemas, there.bytes.clone(), &Declared::default());
            assert_eq!(undeclared.layout.unwrap().kind, kind, "{file} {}", format.name);
            let back = convert(&schemas, &there.bytes, format, kikin, &[]);
            let back = back.unwrap_or_else(|refused| panic!("{file} {}: {refused:?}", format.name));
            assert_eq!(back.bytes == bytes, there.cuts.is_empty(), "{file} {}", format.name);
            cut.push((kind, format.name.clone(), there.cuts.len()));
        }
    }
    cut.retain(|(_, _, cuts)| *cuts > 0);
    let hosts = ["kokuho-ebcdic", "kokuho-ebcdic-1390", "kokuho-ebcdic-930", "kokuho-ebcdic-939"];
    let expected = CUTS.iter().flat_map(|(kind, cuts)| hosts.map(|host| (*kind, host.to_owned(), *cuts)));
    assert_eq!(cut, expected.collect::<Vec<_>>());
}

/// How many names fill their column, so that there is no room for the shifts of a host around them.
const CUTS: [(&str, usize); 3] = [("disease", 282), ("former-disease", 40), ("modifier", 1)];

/// The canonical form too tells the two apart by its rows: its header is the same.
#[test]
fn a_header_that_two_masters_share_leaves_it_to_the_rows() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    for file in ["disease/b_20240601.txt", "disease/hb_20260101.txt"] {
        let reading = load(&data, file);
        let (master, rendering) = (reading.master.unwrap(), reading.rendering.unwrap());
        let rendering = warifu_masters::schema::Rendering { header: true, ..rendering };
        let again = read(&schemas, write(&master, &rendering).unwrap(), &Declared::default());
        assert_eq!(again.layout.unwrap().kind, disease_kind(file));
    }
}

#[test]
fn every_file_converts_to_every_format_with_proof() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let kikin = schemas.format("kikin").unwrap();
    for file in files(&data) {
        if file.starts_with("related") {
            continue;
        }
        let bytes = std::fs::read(data.join(&file)).unwrap();
        for format in ["kokuho", "kokuho-utf8"] {
            let converted = convert(&schemas, &bytes, kikin, schemas.format(format).unwrap(), &[]);
            let converted = converted.unwrap_or_else(|refused| panic!("{file} {format}: {refused:?}"));
            let format = schemas.format(format).unwrap();
            let again = read(&schemas, converted.bytes, &Declared { format: Some(format), role: None });
            assert_eq!(again.findings.count(Code::FileFormat), 0, "{file}");
        }
    }
}

/// The names that fill their column in Shift JIS do not fit with the shifts around them: in which files how
/// many values, by field. Cut where that is asked for, every file becomes fixed-length records and comes
/// back.
#[test]
fn every_file_becomes_fixed_length_records_or_says_which_values_do_not_fit() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let kikin = schemas.format("kikin").unwrap();
    let host = schemas.format("kokuho-ebcdic").unwrap();
    let fields = ["name", "short_name", "full_name", "short_kana", "kana", "point_table_section_no"];
    let shorten = fields.map(str::to_owned);
    let mut told = Vec::new();
    for file in files(&data) {
        // Those of diseases go to every format in a test of their own.
        if file.starts_with("related") || file.starts_with("disease") {
            continue;
        }
        let bytes = std::fs::read(data.join(&file)).unwrap();
        let converted = convert(&schemas, &bytes, kikin, host, &shorten);
        let converted = converted.unwrap_or_else(|refused| panic!("{file}: {refused:?}"));
        let mut fields: Vec<&str> = converted.cuts.iter().map(|cut| cut.field.as_str()).collect();
        fields.sort_unstable();
        for same in fields.chunk_by(|one, other| one == other) {
            told.push(format!("{file} {} {}", same[0], same.len()));
        }
        // Without being asked to, nothing is cut.
        let refused = convert(&schemas, &bytes, kikin, host, &[]);
        match refused {
            Ok(same) => assert!(converted.cuts.is_empty() && same.bytes == converted.bytes, "{file}"),
            Err(findings) => {
                let codes = [Code::ConvertOverflow, Code::ConvertTrailingBlank];
                let count: u64 = codes.iter().map(|code| findings.count(*code)).sum();
                assert_eq!(count, converted.cuts.len() as u64, "{file}");
            }
        }
        // Nobody says what it is: only the kana tell this charset from the one that differs in their places.
        let reading = read(&schemas, converted.bytes, &Declared::default());
        if reading.findings.count(Code::FileDoubtful) == 0 {
            assert_eq!(reading.format.unwrap().name, "kokuho-ebcdic", "{file}");
            assert!(!reading.findings.denies(), "{file}: {:?}", reading.findings.list());
        } else {
            told.push(format!("{file} doubtful"));
        }
    }
    let newest = ["c_ALL20240726", "s_ALL20240531", "t_ALL20240531", "y_ALL20240321"];
    let of_newest = told.iter().filter(|line| newest.iter().any(|file| line.contains(file)));
    // 902 names of 64 bytes, 56 of 128, and one blank at the end of a reading.
    let expected = [
        "comment/c_ALL20240726.csv kana 1",
        "drug/y_ALL20240321.csv name 340",
        "material/t_ALL20240531.csv name 53",
        "procedure/s_ALL20240531.csv full_name 56",
        "procedure/s_ALL20240531.csv short_name 509",
    ];
    assert_eq!(of_newest.collect::<Vec<_>>(), expected);
    // Differentials of a few records have too few kana to tell.
    assert_eq!(told.iter().filter(|line| line.ends_with("doubtful")).count(), 8);
}

/// A file of one host charset that is said to be of another one, in which its kana become other letters:
/// refused, and the right one is named or it is said that it cannot be told.
#[test]
fn the_wrong_host_charset_is_refused_where_the_kana_tell() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let format = |name: &str| schemas.format(name).unwrap();
    let shorten = ["short_name", "full_name"].map(str::to_owned);
    for (file, right, wrong) in [
        ("procedure/s_20240530.csv", "kokuho-ebcdic-939", "kokuho-ebcdic-930"),
        ("procedure/s_20220912.csv", "kokuho-ebcdic-1390", "kokuho-ebcdic"),
        ("procedure/s_20220912.csv", "kokuho-ebcdic-930", "kokuho-ebcdic-939"),
    ] {
        let bytes = std::fs::read(data.join(file)).unwrap();
        let host = convert(&schemas, &bytes, format("kikin"), format(right), &shorten).unwrap().bytes;
        assert!(
            convert(&schemas, &host, format(right), format("kokuho-utf8"), &[]).is_ok(),
            "{file} {right}"
        );
        let refused = convert(&schemas, &host, format(wrong), format("kokuho-utf8"), &[]).unwrap_err();
        assert_eq!(refused.count(Code::FileFormat), 1, "{file} {wrong}: {:?}", refused.list());
    }
}

/// Every pair of fulls of one master, in both directions: what `apply` then has is the other full, but for
/// the change classes other than 9 and 1, and for what was said to be lost.
#[test]
fn a_differential_written_by_us_is_taken_back() {
    let Some(data) = data() else { return };
    let mut pairs = 0;
    for folder in ["procedure", "drug", "comment", "material"] {
        let fulls: Vec<Master> = files(&data)
            .iter()
            .filter(|file| file.starts_with(folder) && file.contains("ALL"))
            .map(|file| master(&data, file))
            .collect();
        for (at, old) in fulls.iter().enumerate() {
            for new in fulls.iter().enumerate().filter(|(to, _)| *to != at).map(|(_, new)| new) {
                let (differential, lost) = diff(old, new).unwrap().differential();
                let applied = apply(old, &differential).unwrap();
                assert_eq!(applied.misfits(), 0);
                let class = new.layout().position("change_class").unwrap();
                let rest = diff(&applied.state, new).unwrap();
                let lost_fields = rest.changes.iter().map(|change| match *change {
                    Change::Changed { old, new: row } => fields_that_differ(&applied.state, old, new, row)
                        .filter(|column| *column != class || matches!(new.bytes(row, class), b"9" | b"1"))
                        .count(),
                    _ => 1,
                });
                assert_eq!(lost_fields.sum::<usize>(), lost.len());
                pairs += 1;
            }
        }
    }
    // 2 of procedures, 8 of comments, 7 of materials; drugs have one full.
    assert_eq!(pairs, 2 + 8 * 7 + 7 * 6);
}

/// No published file is of 2026: each is told to be of 2024 by what it was before, or no row tells.
#[test]
fn no_published_file_is_taken_for_one_of_the_edition_of_2026() {
    let Some(data) = data() else { return };
    let mut open = Vec::new();
    for file in files(&data) {
        let reading = load(&data, &file);
        let layout = reading.layout.as_ref().unwrap().name();
        assert!(!layout.ends_with("-r08"), "{file}: {layout}");
        if let Some(finding) = reading.edition_open() {
            assert_eq!((finding.found.as_str(), finding.expected.as_str()), OPEN_EDITIONS);
            open.push(file.trim_start_matches("procedure/s_").trim_end_matches(".csv").to_owned());
        }
    }
    assert_eq!(open, OPEN);
}

const OPEN_EDITIONS: (&str, &str) = ("procedure-150", "procedure-150-r08");

/// The days of the differentials of procedures that say of no record what it was before.
const OPEN: [&str; 18] = [
    "20220415", "20220419", "20220512", "20220520", "20220729", "20220905", "20230227", "20230317",
    "20230607", "20230714", "20240315", "20240320", "20240426", "20240516", "20240524", "20240621",
    "20240628", "20240823",
];
