//! The 電子点数表: the published files of December 2025, and invented rows of the two tables that are not at
//! hand (02 and 03-1).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

mod published;

use published::data;
use warifu_masters::change::diff::diff;
use warifu_masters::file::convert::convert;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Role, fields};

/// The files that are at hand: kind, name, rows.
const FILES: [(&str, &str, usize); 6] = [
    ("points-auxiliary", "01_auxiliary", 10_178),
    ("points-exclusion-month", "03-2_exclusion_month", 21_918),
    ("points-exclusion-simultaneous", "03-3_exclusion_simultaneous", 17_136),
    ("points-exclusion-week", "03-4_exclusion_week", 350),
    ("points-inpatient-basic", "04_inpatient_basic", 6_084),
    ("points-count-limit", "05_count_limits", 5_343),
];

const ALIKE: &str = "points-exclusion-day, points-exclusion-month, points-exclusion-simultaneous, \
                     points-exclusion-week";

/// Rows of the tables that are not at hand, and of each other one.
const INVENTED: [(&str, &[&str]); 2] = [
    ("points-inclusion", &["0", "J028001", "140005610", "酸素吸入", "0", "20100401", "99999999"]),
    (
        "points-exclusion-day",
        &[
            "0",
            "140013810",
            "留置カテーテル設置",
            "140013110",
            "膀胱洗浄",
            "3",
            "0",
            "0",
            "20100401",
            "99999999",
        ],
    ),
];

fn load(schemas: &Schemas, bytes: &[u8]) -> Reading {
    read(schemas, bytes.to_vec(), &Declared::default())
}

/// The bytes of each file, the published ones first.
fn all() -> Vec<(&'static str, Vec<u8>)> {
    let published = data().into_iter().flat_map(|data| {
        FILES.map(|(kind, name, _)| {
            (kind, std::fs::read(data.join(format!("points-table/{name}.csv"))).unwrap())
        })
    });
    let schemas = Schemas::built_in().unwrap();
    let charset = &schemas.format("kikin").unwrap().charset;
    let invented = INVENTED
        .map(|(kind, fields)| (kind, charset.encode(&format!("\"{}\"\r\n", fields.join("\",\""))).unwrap()));
    published.chain(invented).collect()
}

#[test]
fn every_table_is_recognised_right_and_given_back_byte_for_byte() {
    let schemas = Schemas::built_in().unwrap();
    for (kind, bytes) in all() {
        let reading = load(&schemas.of_kind(kind), &bytes);
        assert!(reading.findings.is_empty(), "{kind}: {:?}", reading.findings.list());
        assert_eq!(reading.layout.as_ref().unwrap().kind, kind);
        assert_eq!(
            (reading.role, reading.format.as_ref().unwrap().name.as_str()),
            (Some(Role::Full), "kikin")
        );
        let rows = FILES.iter().find(|file| file.0 == kind).map_or(1, |file| file.2);
        assert_eq!(reading.rows, rows, "{kind}");
        let rendering = reading.rendering.unwrap();
        let master = reading.master.unwrap();
        assert!(write(&master, &rendering).unwrap() == bytes, "{kind}");
        let findings = fields::check(&master, Role::Full);
        assert!(findings.is_empty(), "{kind}: {:?}", findings.list());
    }
}

#[test]
fn which_of_the_exclusion_tables_it_is_must_be_said_and_of_the_others_not() {
    let schemas = Schemas::built_in().unwrap();
    for (kind, bytes) in all() {
        let reading = load(&schemas, &bytes);
        if kind.starts_with("points-exclusion") {
            let [finding] = reading.findings.list() else { panic!("{kind}: {:?}", reading.findings.list()) };
            assert_eq!((finding.code, finding.expected.as_str()), (Code::FileKind, ALIKE), "{kind}");
            assert!(reading.master.is_none() && reading.findings.denies(), "{kind}");
        } else {
            assert_eq!(reading.layout.unwrap().kind, kind);
            assert!(schemas.look_alikes(schemas.editions(kind)[0]).is_empty());
        }
        // What is said and cannot be is refused.
        let wrong = load(&schemas.of_kind("drug"), &bytes);
        assert!(wrong.findings.count(Code::FileUnknown) == 1 && wrong.master.is_none(), "{kind}");
    }
}

#[test]
fn every_table_converts_to_every_format_with_proof() {
    let schemas = Schemas::built_in().unwrap();
    for (kind, bytes) in all() {
        let of_kind = schemas.of_kind(kind);
        let format = |name: &str| of_kind.format(name).unwrap();
        for to in ["kokuho", "kokuho-utf8", "kokuho-ebcdic", "kokuho-ebcdic-939"] {
            let names = ["name", "other_name"].map(str::to_owned);
            let there = convert(&of_kind, &bytes, format("kikin"), format(to), &names)
                .unwrap_or_else(|findings| panic!("{kind} {to}: {:?}", findings.list()));
            let back = convert(&of_kind, &there.bytes, format(to), format("kikin"), &[]).unwrap();
            assert_eq!(back.rows, there.rows);
            assert!(back.bytes == bytes || !there.cuts.is_empty(), "{kind} {to}");
            // Names that fill their 64 bytes leave no room for the shifts of a host.
            assert!(there.cuts.is_empty() || to.contains("ebcdic"), "{kind} {to}");
        }
    }
}

/// A pair of procedures and a procedure with a unit are one record each: a new full tells what came and went.
#[test]
fn a_new_full_of_a_table_is_compared_pair_by_pair() {
    let schemas = Schemas::built_in().unwrap();
    let charset = schemas.format("kikin").unwrap().charset.clone();
    let pairs = |pairs: &[(&str, &str, &str)]| {
        let row = |(one, other, class): &(&str, &str, &str)| {
            let fields = ["0", one, "甲", other, "乙", class, "0", "0", "20240601", "99999999"];
            format!("\"{}\"\r\n", fields.join("\",\""))
        };
        let bytes = charset.encode(&pairs.iter().map(row).collect::<String>()).unwrap();
        load(&schemas.of_kind("points-exclusion-day"), &bytes).master.unwrap()
    };
    let old = pairs(&[("111000110", "112000110", "1"), ("111000110", "113000110", "3")]);
    let new = pairs(&[("111000110", "112000110", "3"), ("111000110", "114000110", "3")]);
    assert_eq!(old.key(0), "111000110-112000110");
    let summary = diff(&old, &new).unwrap().summary();
    assert_eq!((summary.added, summary.changed, summary.removed), (1, 1, 1));
}
