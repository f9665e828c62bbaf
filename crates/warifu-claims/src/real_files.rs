//! The published sample and masters, read in place from `../shared/data` beside the checkout; left out where
//! it is missing.

#![expect(clippy::disallowed_methods, reason = "a test reads the published files")]

use std::collections::BTreeSet;
use warifu_masters::charset::Charset;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

use super::*;
use crate::published::data;
use warifu_masters::file::{Declared, read};
use warifu_masters::past::{Governs, RecordAt, Standing, Timelines, TimelinesBuilder};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_masters::timeline::{Line, Row, Said};

fn master(data: &std::path::Path, file: &str) -> Master {
    let bytes = std::fs::read(data.join(file)).unwrap();
    read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

const SAMPLE: &str = "claims/RECEIPTC_GAIRAI_SAMPLE.UKE";

fn day(text: &str) -> TreatmentDay {
    TreatmentDay::parse(text).unwrap()
}

/// A full as the only publication of its series.
struct Full {
    series: &'static str,
    kind: &'static str,
    master: Master,
    timelines: Timelines,
}

impl Full {
    /// Of a file that governs these days.
    fn read(
        data: &std::path::Path,
        file: &str,
        (series, kind): (&'static str, &'static str),
        (first, last): (&str, Option<&str>),
    ) -> Full {
        let master = master(data, file);
        let (_, published) = file.rsplit_once('_').unwrap();
        let published = PublicationDay::parse(&published.trim_start_matches("ALL")[..8]).unwrap();
        let governs = Governs { first: day(first), last: last.map(day) };
        let timelines = Timelines::of_state(governs, published, &master);
        Full { series, kind, master, timelines }
    }
}

fn snapshot(fulls: &[Full]) -> Snapshot {
    let of = fulls.iter().map(|full| {
        let Full { series, kind, master, timelines } = full;
        MasterOf { series, kind, master, timelines }
    });
    Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
}

fn judged(bytes: &[u8], snapshot: &Snapshot) -> (Tally, ClaimFindings) {
    let mut findings = ClaimFindings::new(10_000);
    let tally = judge(&ClaimFile::read(bytes), snapshot, 1, &mut findings);
    (tally, findings)
}

fn counts(findings: &ClaimFindings) -> Vec<(&'static str, u64)> {
    findings.counts().map(|(code, count)| (code.as_str(), count)).collect()
}

/// How many findings of that code there are of records of that kind.
fn of(findings: &ClaimFindings, code: ClaimCode, kind: ItemKind) -> usize {
    let list = findings.list().iter();
    list.filter(|finding| finding.code == code && finding.record == Some(kind.record())).count()
}

/// The sample is of 2021-10, the masters are of 2022-02, 2024-03, 2021-09 and for diseases 2024-06, as if
/// each were the only publication of a series that governs that day. Every drug row was renewed after
/// 2021, so nothing is known of it; nor is it of what the comments and procedures listed before they came
/// out. The sample was cut (140 claims by its GO). Nine additions for children are claimed of patients of
/// other ages (2, 6, 11 and 29 years), in three claims more visits than days are recorded, and three
/// texts that were too long for a field go on in a second comment of the same code. Nothing is wrong with
/// its nine diseases and two modifiers.
#[test]
fn the_sample_gives_what_is_known_of_it() {
    let Some(data) = data() else { return };
    let from = ("20200401", None);
    let fulls = [
        Full::read(&data, "procedure/s_ALL20220218.csv", ("r04", "procedure"), from),
        Full::read(&data, "drug/y_ALL20240321.csv", ("r06", "drug"), from),
        Full::read(&data, "comment/c_ALL20210928.csv", ("r04", "comment"), from),
        Full::read(&data, "disease/b_20240601.txt", ("r06", "disease"), from),
        Full::read(&data, "disease/hb_20260101.txt", ("r06", "former-disease"), from),
        Full::read(&data, "disease/z_20240601.txt", ("r06", "modifier"), from),
    ];
    let sample = std::fs::read(data.join(SAMPLE)).unwrap();
    let (tally, findings) = judged(&sample, &snapshot(&fulls));
    assert_eq!(tally, Tally { claims: 75, items: 408 });
    assert_eq!(
        counts(&findings),
        [
            ("uke/total", 1),
            ("uke/field-width", 29),
            ("uke/birth-after-month", 1),
            ("claim/not-yet-in-force", 39),
            ("claim/age-below", 1),
            ("claim/age-above", 8),
            ("claim/visits-beyond-days", 3),
            ("claim/comment-text-form", 3),
            ("claim/comment-text-needless", 2),
        ]
    );
    assert_eq!(of(&findings, ClaimCode::NotKnown, ItemKind::Drug), 32);
    // Seven procedures had been abolished before the procedures were published.
    let is_unlisted =
        |f: &&ClaimFinding| f.code == ClaimCode::NotKnown && f.record == Some(ItemKind::Procedure.record());
    let unlisted: Vec<_> = findings.list().iter().filter(is_unlisted).collect();
    assert_eq!(unlisted.iter().filter(|finding| finding.found == "111014070").count(), 2);
    assert_eq!(unlisted.iter().filter(|finding| finding.found == "113033370").count(), 5);
    assert!(unlisted.iter().all(|f| f.expected == "2022-02-18" && f.series.as_deref() == Some("r04")));
}

/// The sample with a disease in the place of its 8848176, by what was published of diseases and
/// modifiers: its code is known until its last day, and then the one in its place; findings name the
/// master's name alone.
#[test]
fn a_disease_of_the_sample_is_judged_by_the_diseases_in_use_and_the_former_ones() {
    let Some(data) = data() else { return };
    let from = ("20200401", None);
    let fulls = [
        Full::read(&data, "disease/b_20240601.txt", ("r06", "disease"), from),
        Full::read(&data, "disease/hb_20260101.txt", ("r06", "former-disease"), from),
        Full::read(&data, "disease/z_20240601.txt", ("r06", "modifier"), from),
    ];
    let (snapshot, sample) = (snapshot(&fulls), std::fs::read(data.join(SAMPLE)).unwrap());
    let of_sy = |with: &str| {
        let mut sample = sample.clone();
        let (fields, with) = (with.matches(',').count(), Charset::Windows31J.encode(with).unwrap());
        let at = sample.windows(10).position(|text| text == b"SY,8848176").unwrap() + 3;
        let ends = sample[at..].iter().enumerate().filter(|(_, byte)| **byte == b',');
        let end = at + ends.map(|(end, _)| end).nth(fields).unwrap();
        sample.splice(at..end, with);
        let (_, findings) = judged(&sample, &snapshot);
        let of_sy = findings.list().iter().filter(|finding| finding.record == Some(*b"SY"));
        let of_sy = of_sy.filter(|finding| finding.code != ClaimCode::UkeFieldWidth);
        of_sy.map(|f| (f.code.as_str(), f.expected.clone(), f.name.clone())).collect::<Vec<_>>()
    };
    assert_eq!(of_sy("8848176"), []);
    let name = |name: &str| Some(name.into());
    assert_eq!(
        of_sy("3489034"),
        [("claim/disease-succeeded", "8830496".to_owned(), name("１＋１／２症候群"))]
    );
    assert_eq!(
        of_sy("7450008"),
        [("claim/disease-abolished", "2003-05-31".to_owned(), name("ＡーＰｗｉｎｄｏｗ"))]
    );
    assert_eq!(of_sy("8848186"), []);
    // 骨折 stands with a modifier (8070) here; 健康診断 is the claim's only disease.
    assert_eq!(of_sy("8290015"), []);
    assert_eq!(of_sy("9999701"), [("claim/disease-alone", String::new(), name("健康診断"))]);
    // A name stands for the code that it has, whatever stands around it.
    let by_name = |name: &str| of_sy(&format!("0000999,20210914,1,8070,{name}"));
    assert_eq!(by_name("骨折"), [("claim/disease-has-code", "8290015".to_owned(), None)]);
    // Recorded by their codes, 骨折 without a modifier and ＩＵＤ検診 alone would be returned; what has no
    // code is listed under a name, too.
    assert_eq!((of_sy("0000999,20210914,1,,骨折"), by_name("ＩＵＤ検診")), (vec![], vec![]));
    assert_eq!(by_name("＊＊　未コード化傷病名　＊＊"), vec![]);
    assert_eq!((by_name("骨折骨折"), by_name("１＋１／２症候群")), (vec![], vec![]));
    assert_eq!(of_sy("1234567"), [("claim/not-yet-in-force", "2024-06-01".to_owned(), None)]);
}

/// The sample, each record of `kind` that ends a unit claiming so many points more.
fn claiming_more(sample: &[u8], kind: &[u8], more: u32) -> Vec<u8> {
    let raise = |line: &[u8]| -> Vec<u8> {
        let mut fields: Vec<Vec<u8>> = line.split(|byte| *byte == b',').map(<[u8]>::to_vec).collect();
        if fields[0] == kind && !fields[5].is_empty() {
            let points: u32 = std::str::from_utf8(&fields[5]).unwrap().parse().unwrap();
            fields[5] = (points + more).to_string().into_bytes();
        }
        fields.join(&b',')
    };
    sample.split(|byte| *byte == b'\n').map(raise).collect::<Vec<_>>().join(&b'\n')
}

/// Of 246 units of procedures 227 are told, all of them right: 208 of one record, 12 sums, 7 percentages of
/// one item. Ten are bundled tests, in seven a procedure had been abolished, in two a percentage goes by a
/// sum.
#[test]
fn units_of_the_sample_come_to_what_the_masters_give() {
    let Some(data) = data() else { return };
    let of = ("r04", "procedure");
    let snapshot = snapshot(&[Full::read(&data, "procedure/s_ALL20220218.csv", of, ("20200401", None))]);
    let sample = std::fs::read(data.join(SAMPLE)).unwrap();
    let wrong = |more| judged(&claiming_more(&sample, b"SI", more), &snapshot).1.count(ClaimCode::Points);
    assert_eq!((wrong(0), wrong(1)), (0, 227));
}

/// By the prices of April 2024 four of the sample's 22 units of drugs of October 2021 come out right.
#[test]
fn units_of_drugs_go_by_the_prices_of_the_day() {
    let Some(data) = data() else { return };
    let full = Full::read(&data, "drug/y_ALL20240321.csv", ("r06", "drug"), ("20240401", None));
    let sample = std::fs::read(data.join(SAMPLE)).unwrap();
    // The months of RE, as if they were later.
    let lines = sample.split_inclusive(|byte| *byte == b'\n').flat_map(|line| {
        let mut line = line.to_vec();
        if line.starts_with(b"RE,") {
            let month = line.windows(8).position(|field| field == b",202110,").unwrap();
            line[month..month + 8].copy_from_slice(b",202404,");
        }
        line
    });
    let (_, findings) = judged(&lines.collect::<Vec<u8>>(), &snapshot(&[full]));
    assert_eq!(findings.count(ClaimCode::DrugPoints), 18);
    assert_eq!(findings.list().iter().filter(|finding| finding.record == Some(*b"IY")).count(), 18);
}

/// Declared as it is, a series that begins after the claim judges nothing of it.
#[test]
fn a_series_that_begins_later_judges_nothing() {
    let Some(data) = data() else { return };
    let of = ("r06", "procedure");
    let full = Full::read(&data, "procedure/s_ALL20240531.csv", of, ("20240601", None));
    let sample = std::fs::read(data.join(SAMPLE)).unwrap();
    let (_, findings) = judged(&sample, &snapshot(&[full]));
    assert_eq!(
        counts(&findings),
        [
            ("uke/total", 1),
            ("uke/field-width", 29),
            ("uke/birth-after-month", 1),
            // Of the diseases of five claims and the modifiers of two, once each.
            ("claim/master-not-held", 408 + 5 + 2),
        ]
    );
}

/// 初診料 was 288 points until May 2024 and 291 from June on; in one file, a claim of either month is judged by
/// its own.
#[test]
fn two_series_judge_each_month_by_its_own_points() {
    let Some(data) = data() else { return };
    let r04 = ("r04", "procedure");
    let r04 = Full::read(&data, "procedure/s_ALL20220218.csv", r04, ("20200401", Some("20240531")));
    let r06 = ("r06", "procedure");
    let r06 = Full::read(&data, "procedure/s_ALL20240531.csv", r06, ("20240601", None));
    let snapshot = snapshot(&[r04, r06]);
    let points = |on: &str| match snapshot.procedure(111_000_110, day(on)) {
        Lookup::InForce(held) => (held.facts.points.in_hundredths(), held.series.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(points("20240531"), (28_800, "r04".to_owned()));
    assert_eq!(points("20240601"), (29_100, "r06".to_owned()));
    let unlisted = snapshot.procedure(113_033_370, day("20240601"));
    assert!(matches!(unlisted, Lookup::Absent(Absence::Unknown, _)), "{unlisted:?}");

    let claim = |number: u32, month: &str, on: usize, points: &str| {
        let mut fields = vec![String::new(); 44];
        for (position, value) in
            [(1, "SI"), (3, "1"), (4, "111000110"), (6, points), (7, "1"), (13 + on, "1")]
        {
            fields[position - 1] = value.to_owned();
        }
        let record = format!("RE,{number},1112,{month},A,1,19800101{}", ",".repeat(31));
        let payer = format!("HO,06132013,,,1,{points},,,,,,,,,");
        format!("{record}\r\n{payer}\r\n{}\r\n", fields.join(","))
    };
    let file = |may: &str, june: &str| {
        let claims = claim(1, "202405", 31, may) + &claim(2, "202406", 1, june);
        let points: u32 = [may, june].iter().map(|points| points.parse::<u32>().unwrap()).sum();
        format!("IR,1,13,1,1234567,,,202406,00,\r\n{claims}GO,2,{points},99\r\n")
    };
    let told = |file: String| {
        let (_, findings) = judged(file.as_bytes(), &snapshot);
        let told = findings.list().iter().map(|f| {
            assert_eq!((f.code, f.name.as_deref()), (ClaimCode::Points, Some("初診料")));
            (f.claim, f.series.as_deref().map(str::to_owned), f.found.clone(), f.expected.clone())
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(file("288", "291")), []);
    let wrong = |claim, series: &str, found: &str, expected: &str| {
        (Some(claim), Some(series.to_owned()), found.to_owned(), expected.to_owned())
    };
    let both = [wrong(1, "r04", "291", "288"), wrong(2, "r06", "288", "291")];
    assert_eq!(told(file("291", "288")), both);
}

/// Four fulls of materials: each day of each code is answered by the
/// record that held on it.
#[test]
fn superseded_materials_judge_their_own_days() {
    let Some(data) = data() else { return };
    let governs = Governs { first: day("20211201"), last: Some(day("20240531")) };
    let published = ["20211216", "20220630", "20230317", "20231130"];
    let read =
        |on: &str| (PublicationDay::parse(on).unwrap(), master(&data, &format!("material/t_ALL{on}.csv")));
    let fulls = published.map(read);
    let newest = &fulls[3].1;
    let keys: BTreeSet<_> =
        fulls.iter().flat_map(|(_, full)| (0..full.rows()).map(|row| full.key(row))).collect();
    let mut builder = TimelinesBuilder::new(governs, fulls[0].0.treatment(), newest);
    for key in &keys {
        let mut line = Line::new("r04", EffectiveDate::from_first(governs.first), governs.last);
        for (published, full) in &fulls {
            let row = full.find(key).map(|row| Row::of(full, row));
            line.push(Said { by: (), published: *published, row });
        }
        builder.push(key, line);
    }
    let timelines = builder.finish();
    let of = MasterOf { series: "r04", kind: "material", master: newest, timelines: &timelines };
    let snapshot = Snapshot::build(&[of]).unwrap();
    assert!(timelines.superseded() > 50, "{}", timelines.superseded());

    let days = std::iter::successors(Some(governs.first), |day| Some(day.after()));
    let days: Vec<_> = days.take_while(|day| governs.holds(*day)).step_by(7).collect();
    let mut in_force = [0, 0];
    for key in &keys {
        for on in days.iter().copied() {
            let standing = timelines.on(key, on).unwrap().standing;
            match (standing, snapshot.material(key.parse().unwrap(), on)) {
                (Standing::InForce(at), Lookup::InForce(held)) => {
                    let (table, row) = timelines.record(newest, key, at).unwrap();
                    assert_eq!(held.name(), table.label(row), "{key} {on}");
                    in_force[usize::from(at != RecordAt::State)] += 1;
                }
                (Standing::Abolished(last), Lookup::Absent(Absence::Abolished(told), _)) => {
                    assert_eq!(told, last, "{key} {on}");
                }
                (Standing::NotKnown, Lookup::Absent(Absence::NotKnown(_), _)) => {}
                (
                    Standing::NotListed | Standing::Withdrawn | Standing::Gone,
                    Lookup::Absent(Absence::Unknown, _),
                ) => {}
                (standing, answer) => panic!("{key} {on}: {standing:?}, but {answer:?}"),
            }
        }
    }
    assert!(
        in_force.iter().all(|count| *count > 500),
        "{in_force:?} {:?}",
        timelines.superseded_tables().len()
    );
}

#[test]
fn everything_fits_in_a_few_megabytes() {
    let Some(data) = data() else { return };
    let fulls = [
        ("procedure", "procedure/s_ALL20240531.csv"),
        ("drug", "drug/y_ALL20240321.csv"),
        ("comment", "comment/c_ALL20240726.csv"),
        ("material", "material/t_ALL20240531.csv"),
    ];
    let read = |(kind, file)| Full::read(&data, file, ("r06", kind), ("20240401", None));
    let snapshot = snapshot(&fulls.map(read));
    assert_eq!(snapshot.records(ItemKind::Procedure), 10_133);
    assert_eq!(snapshot.records(ItemKind::Drug), 19_686);
    assert!(snapshot.bytes() < 8 << 20, "{} bytes", snapshot.bytes());
}
