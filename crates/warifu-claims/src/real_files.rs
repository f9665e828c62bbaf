//! The published sample and masters, read in place from `../shared/data` beside the checkout; left out where
//! it is missing.

#![expect(clippy::disallowed_methods, reason = "a test reads the published files")]

use std::io::Write as _;
use std::path::PathBuf;
use warifu_values::day::{EffectiveDate, TreatmentDay};

use super::*;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

fn data() -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.is_dir() {
        // Past the test harness's capture, so that nobody believes these ran.
        let _ = writeln!(std::io::stderr(), "left out: real files, no folder {}", data.display());
        return None;
    }
    Some(data)
}

fn master(data: &std::path::Path, file: &str) -> Master {
    let bytes = std::fs::read(data.join(file)).unwrap();
    read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

const SAMPLE: &str = "claims/RECEIPTC_GAIRAI_SAMPLE.UKE";

/// The sample judged by these files: (items, claims, counts).
fn judged(masters: &[(&str, &str, Option<&str>, &Master)]) -> Option<(Tally, ClaimFindings)> {
    let data = data()?;
    let of = masters.iter().map(|(series, kind, from, master)| MasterOf {
        series,
        kind,
        effective_from: from.map(|from| EffectiveDate::parse(from).unwrap()),
        master,
    });
    let snapshot = Snapshot::build(&of.collect::<Vec<_>>()).unwrap();
    let mut findings = ClaimFindings::new(10_000);
    let file = ClaimFile::read(&std::fs::read(data.join(SAMPLE)).unwrap());
    let tally = judge(&file, &snapshot, 1, &mut findings);
    Some((tally, findings))
}

fn counts(findings: &ClaimFindings) -> Vec<(&'static str, u64)> {
    findings.counts().map(|(code, count)| (code.as_str(), count)).collect()
}

/// The sample is of 2021-10, the masters are of 2022-02, 2024-03 and 2021-09. Seven procedures were abolished
/// before 2022, every drug row was renewed after 2021, and the sample was cut (140 claims by its GO).
#[test]
fn the_sample_gives_what_is_known_of_it() {
    let Some(data) = data() else { return };
    let s = master(&data, "procedure/s_ALL20220218.csv");
    let y = master(&data, "drug/y_ALL20240321.csv");
    let c = master(&data, "comment/c_ALL20210928.csv");
    let masters = [("r04", "procedure", None, &s), ("r06", "drug", None, &y), ("r04", "comment", None, &c)];
    let (tally, findings) = judged(&masters).unwrap();
    assert_eq!(tally, Tally { claims: 75, items: 408 });
    assert_eq!(
        counts(&findings),
        [
            ("uke/total", 1),
            ("claim/code-unknown", 7),
            ("claim/not-yet-in-force", 32),
            ("claim/comment-text-needless", 2),
        ]
    );
    let unknown: Vec<_> = findings
        .list()
        .iter()
        .filter(|finding| finding.code == ClaimCode::CodeUnknown)
        .map(|finding| finding.found.as_str())
        .collect();
    assert_eq!(unknown.iter().filter(|code| **code == "111014070").count(), 2);
    assert_eq!(unknown.iter().filter(|code| **code == "113033370").count(), 5);
    // Every drug is known, none of them with a version of 2021.
    let (drugs, ..) = masters_in_force_from(&findings);
    assert_eq!(drugs, 32);
}

/// How many unjudged findings there are of IY, of SI and of CO records.
fn masters_in_force_from(findings: &ClaimFindings) -> (usize, usize, usize) {
    let of = |kind: ItemKind| {
        let unjudged = findings.list().iter().filter(|finding| finding.code == ClaimCode::NotYetInForce);
        unjudged.filter(|finding| finding.record == Some(kind.record())).count()
    };
    (of(ItemKind::Drug), of(ItemKind::Procedure), of(ItemKind::Comment))
}

/// Declared as it is, a series that begins after the claim judges nothing of it.
#[test]
fn a_series_that_begins_later_judges_nothing() {
    let Some(data) = data() else { return };
    let s = master(&data, "procedure/s_ALL20240531.csv");
    let (_, findings) = judged(&[("r06", "procedure", Some("2024-06-01"), &s)]).unwrap();
    let errors: Vec<_> = findings
        .list()
        .iter()
        .filter(|f| f.severity() == ClaimSeverity::Error && f.code.asks_masters())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(masters_in_force_from(&findings).1 as u64 + findings.count(ClaimCode::MasterNotHeld), 408);
}

/// 初診料 was 288 points until May 2024 and 291 from June on; a claim of either month is judged by its own.
#[test]
fn two_series_judge_each_month_by_its_own_points() {
    let Some(data) = data() else { return };
    let r04 = master(&data, "procedure/s_ALL20220218.csv");
    let r06 = master(&data, "procedure/s_ALL20240531.csv");
    let of = |series, from, master| MasterOf {
        series,
        kind: "procedure",
        effective_from: EffectiveDate::parse(from),
        master,
    };
    let snapshot = Snapshot::build(&[of("r04", "2020-04-01", &r04), of("r06", "2024-06-01", &r06)]).unwrap();
    let points = |day: &str| match snapshot.procedure(111_000_110, TreatmentDay::parse(day).unwrap()) {
        Lookup::InForce(held) => (held.facts.points_hundredths, held.series.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(points("20240531"), (28_800, "r04".to_owned()));
    assert_eq!(points("20240601"), (29_100, "r06".to_owned()));
    assert!(matches!(
        snapshot.procedure(113_033_370, TreatmentDay::parse("20240601").unwrap()),
        Lookup::Unknown
    ));
}

#[test]
fn everything_fits_in_a_few_megabytes() {
    let Some(data) = data() else { return };
    let files = [
        ("procedure", "procedure/s_ALL20240531.csv"),
        ("drug", "drug/y_ALL20240321.csv"),
        ("comment", "comment/c_ALL20240726.csv"),
        ("material", "material/t_ALL20240531.csv"),
    ];
    let masters: Vec<_> = files.iter().map(|(kind, file)| (*kind, master(&data, file))).collect();
    let of =
        masters.iter().map(|(kind, master)| MasterOf { series: "r06", kind, effective_from: None, master });
    let snapshot = Snapshot::build(&of.collect::<Vec<_>>()).unwrap();
    assert_eq!(snapshot.records(ItemKind::Procedure), 10_133);
    assert_eq!(snapshot.records(ItemKind::Drug), 19_686);
    assert!(snapshot.bytes() < 8 << 20, "{} bytes", snapshot.bytes());
}
