//! For each code a clean file that is broken once, and gives that finding and no other; and the catalogue
//! names every code once.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::catalogue::{READING, TOTAL, catalogue};
use super::check::AskedOf;
use super::clean_file::{CO, GO, HO, IR, IY, RE, SI, SI_STEPPED, SY, TO, clean, record, set};
use super::clean_masters::snapshot;
use super::comments_due::cases as comments_due;
use super::judge::judge;
use super::report::{Place, Report};
use super::together::cases as together;
use super::wrong::Wrong;
use crate::file::{ClaimFile, FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT};
use crate::finding::{ClaimCode, ClaimFindings, DecidedBy};
use crate::item_code::ItemKind;
use crate::lookup::Snapshot;

/// What breaks the clean file.
enum Break {
    /// That line: that field is that.
    Field(usize, usize, &'static str),
    /// Whatever it takes.
    Lines(fn(&mut Vec<String>)),
}

use Break::{Field, Lines};

/// Makes the totals of the claim and of the file `points`.
fn set_points(lines: &mut [String], points: &str) {
    set(lines, HO, 6, points);
    set(lines, GO, 3, points);
}

/// Makes the fee another one of as many points, four times.
fn four_times(lines: &mut [String], code: &str) {
    set(lines, SI, 4, code);
    set(lines, SI, 7, "4");
    set(lines, SI, 38, "4");
    set_points(lines, "1750");
}

/// With another procedure of no points, on the day at that position.
fn also(lines: &mut Vec<String>, code: &str, at: usize) {
    let fields = [(1, "SI"), (3, "1"), (4, code), (6, "291"), (7, "1"), (at, "1")];
    set_points(lines, "1168");
    lines.insert(CO, record(44, &fields));
}

/// One code, told of the clean file broken once, with its evidence.
fn case(code: ClaimCode) -> (Break, &'static str, &'static str) {
    if let Some((lines, found, expected)) = together::case(code).or_else(|| comments_due::case(code)) {
        return (Lines(lines), found, expected);
    }
    match code {
        ClaimCode::UkeTooLarge => (Lines(too_large), "67109326", "67108864"),
        ClaimCode::UkeTooManyRecords => {
            let many = |lines: &mut Vec<String>| {
                lines.splice(GO..GO, (0..RECORDS_LIMIT).map(|_| "NI".to_owned()));
            };
            (Lines(many), "4194314", "4194304")
        }
        ClaimCode::UkeNoInstitution => (Lines(|lines| _ = lines.remove(IR)), "", ""),
        ClaimCode::UkeLineTooLong => {
            (Lines(|lines| lines.push("X".repeat(LINE_LIMIT_BYTES + 1))), "16385", "16384")
        }
        ClaimCode::UkeCharset => (Lines(|lines| lines.insert(GO, "NI,\u{FF}".to_owned())), "4", ""),
        ClaimCode::UkeRecord => (Field(CO, 1, ""), "", ""),
        ClaimCode::UkeOutsideClaim => (Lines(|lines| lines.insert(1, lines[CO].clone())), "CO", ""),
        ClaimCode::UkeColumns => (Lines(|lines| lines[CO].push(',')), "6", "5"),
        ClaimCode::UkeMonth => (Field(RE, 4, "2406"), "", ""),
        ClaimCode::UkeDay => (Field(SI, 44, "1"), "31", ""),
        ClaimCode::UkeTotal => (Field(GO, 2, "2"), "1", "2"),
        ClaimCode::UkeTotalPoints => (Field(GO, 3, "876"), "877", "876"),
        ClaimCode::UkeNoTotal => (Lines(|lines| _ = lines.pop()), "", ""),
        ClaimCode::UkeUnknownRecord => (Lines(|lines| lines.insert(GO, "XX,a".to_owned())), "XX", ""),
        ClaimCode::UkeOrder => {
            let late = |lines: &mut Vec<String>| {
                let insurer = lines.remove(HO);
                lines.insert(CO, insurer);
            };
            (Lines(late), "CO", "")
        }
        ClaimCode::UkeClaimHead => {
            let without = |lines: &mut Vec<String>| {
                lines.insert(GO, lines[HO].clone());
                lines[GO + 1] = "GO,2,1754,99".to_owned();
            };
            (Lines(without), "", "")
        }
        ClaimCode::UkeRecordCount => (Lines(|lines| lines.insert(HO, lines[HO].clone())), "2", "1"),
        ClaimCode::UkeClaimNumber => (Field(RE, 2, "2"), "2", "1"),
        ClaimCode::UkeFieldMissing => (Field(RE, 6, ""), "", ""),
        ClaimCode::UkeFieldWidth => (Field(RE, 14, "123456789012345678901"), "21", "20"),
        ClaimCode::UkeFieldLength => (Field(HO, 2, "0613201"), "7", "8"),
        ClaimCode::UkeFieldDigits => (Field(RE, 8, "a"), "", ""),
        ClaimCode::UkeFieldHalfWidth => (Field(RE, 14, "\u{83}A"), "", ""),
        ClaimCode::UkeFieldFullWidth => (Field(IR, 7, "a"), "", ""),
        ClaimCode::UkeFieldMixed => (Field(RE, 5, "a\u{83}A"), "", ""),
        ClaimCode::UkeFieldValue => (Field(RE, 6, "3"), "", "1-2"),
        ClaimCode::UkeQuote => (Field(CO, 5, "\""), "", ""),
        ClaimCode::UkeDate => (Field(RE, 7, "19800231"), "", ""),
        ClaimCode::UkeEraDate => (Field(RE, 7, "3550229"), "", ""),
        ClaimCode::UkeDateAfterMonth => (Field(RE, 9, "20240701"), "2024-07-01", "2024-06"),
        ClaimCode::UkeBirthAfterMonth => (Field(RE, 7, "20240701"), "", "2024-06"),
        ClaimCode::UkeCommentPairs => (Field(SI, 8, ""), "2", ""),
        ClaimCode::UkeTimes => (Field(SI, 38, "2"), "1", "2"),
        ClaimCode::UkeUnitTimes => {
            let twice = |lines: &mut Vec<String>| {
                let fields = [(1, "IY"), (3, "1"), (4, "620000001"), (5, "0.1"), (7, "2")];
                lines.insert(IY, record(44, &fields));
            };
            (Lines(twice), "1", "2")
        }
        ClaimCode::UkePayerRecords => (Field(RE, 3, "1122"), "HO 1, KO 0", "HO 1, KO 1"),
        ClaimCode::UkePayerPoints => (Lines(|lines| set_points(lines, "876")), "876", "877"),
        ClaimCode::UkePayerDays => (Field(HO, 5, "31"), "31", "30"),
        ClaimCode::CodeForm => (Field(SI, 4, "611000110"), "", ""),
        ClaimCode::DrugCodeForm => (Field(IY, 4, "120000001"), "", ""),
        ClaimCode::CodeUnknown => (Field(SI, 8, "820000009"), "820000009", ""),
        ClaimCode::CodeAbolished => (Field(SI, 4, "180000010"), "180000010", "2024-05-31"),
        ClaimCode::DiseaseCodeForm => (Field(SY, 2, "250001"), "", ""),
        ClaimCode::ModifierCodeForm => (Field(SY, 5, "8002800"), "", ""),
        ClaimCode::DiseaseUnknown => (Field(SY, 2, "2500099"), "2500099", ""),
        ClaimCode::DiseaseAbolished => (Field(SY, 2, "2500002"), "2500002", "2024-05-31"),
        ClaimCode::DiseaseSucceeded => (Field(SY, 2, "2500001"), "2500001", "2500013"),
        ClaimCode::ModifierUnknown => (Field(SY, 5, "80028099"), "8099", ""),
        ClaimCode::ModifierAbolished => (Field(SY, 5, "80038002"), "8003", "2024-05-31"),
        ClaimCode::DiseaseNameMissing => (Field(SY, 2, "0000999"), "0000999", ""),
        ClaimCode::DiseaseNameNeedless => (Field(SY, 6, "\u{83}A"), "2500013", ""),
        ClaimCode::DiseaseModifierMissing => {
            let bare = |lines: &mut Vec<String>| {
                set(lines, SY, 2, "8830057");
                set(lines, SY, 5, "");
            };
            (Lines(bare), "8830057", "")
        }
        ClaimCode::DiseaseAlone => (Field(SY, 2, "8842173"), "8842173", ""),
        ClaimCode::DiseaseHasCode => {
            let by_name = |lines: &mut Vec<String>| {
                set(lines, SY, 2, "0000999");
                set(lines, SY, 6, "\u{83}E");
            };
            (Lines(by_name), "0000999", "2500013")
        }
        ClaimCode::NotKnown => (Field(SI_STEPPED, 4, "180000020"), "180000020", "2024-07-01"),
        // On the 10th, no series governs materials.
        ClaimCode::MasterNotHeld => {
            let other = |lines: &mut Vec<String>| {
                let fields =
                    [(1, "TO"), (3, "1"), (4, "711000120"), (5, "1"), (6, "70"), (7, "1"), (27, "1")];
                lines[TO] = record(48, &fields);
            };
            (Lines(other), "711000120", "")
        }
        ClaimCode::QuantityMissing => (Field(SI_STEPPED, 5, ""), "170000410", ""),
        ClaimCode::QuantityNeedless => (Field(SI, 5, "1"), "111000110", ""),
        ClaimCode::QuantityForm => (Field(SI_STEPPED, 5, "0"), "", ""),
        ClaimCode::QuantityBelow => (Field(SI_STEPPED, 5, "1"), "1", "1"),
        ClaimCode::DrugPoints => (Field(IY, 5, "3.6"), "3", "4"),
        ClaimCode::MaterialPoints => (Field(TO, 5, "1"), "70", "35"),
        ClaimCode::Points => {
            let old = |lines: &mut Vec<String>| {
                set(lines, SI, 6, "288");
                set_points(lines, "874");
            };
            (Lines(old), "288", "291")
        }
        ClaimCode::AmountMissing => (Field(IY, 5, "0"), "620000001", ""),
        ClaimCode::PriceMissing => (Field(TO, 4, "711000130"), "711000130", ""),
        ClaimCode::PriceCeiling => {
            let own = |lines: &mut Vec<String>| {
                set(lines, TO, 4, "711000140");
                set(lines, TO, 9, "350.01");
            };
            (Lines(own), "350.01", "350")
        }
        ClaimCode::InpatientOnly => (Field(SI, 4, "180000030"), "180000030", ""),
        ClaimCode::OutpatientOnly => {
            let inpatient = |lines: &mut Vec<String>| {
                set(lines, RE, 3, "1111");
                set(lines, RE, 9, "20240601");
                set(lines, SI, 4, "180000040");
            };
            (Lines(inpatient), "180000040", "")
        }
        ClaimCode::InsuranceOnly => {
            let late_elderly = |lines: &mut Vec<String>| {
                set(lines, RE, 3, "1318");
                set(lines, SI, 4, "180000050");
            };
            (Lines(late_elderly), "180000050", "")
        }
        ClaimCode::LateElderlyOnly => (Field(SI, 4, "180000060"), "180000060", ""),
        ClaimCode::DpcOnly => (Field(SI, 4, "180000070"), "180000070", ""),
        ClaimCode::AgeBelow => (Field(SI, 4, "180000080"), "180000080", "75"),
        ClaimCode::AgeAbove => (Field(SI, 4, "180000090"), "180000090", "BK"),
        ClaimCode::MaterialAgeBelow => (Field(TO, 4, "711000150"), "711000150", "75"),
        ClaimCode::MaterialAgeAbove => (Field(TO, 4, "711000160"), "711000160", "06"),
        ClaimCode::TimesBeyondDays => (Lines(|lines| four_times(lines, "180000100")), "4", "3"),
        ClaimCode::VisitsBeyondDays => (Lines(|lines| four_times(lines, "180000110")), "4", "3"),
        ClaimCode::StaysBeyondDays => {
            let inpatient = |lines: &mut Vec<String>| {
                set(lines, RE, 3, "1111");
                set(lines, RE, 9, "20240601");
                four_times(lines, "180000120");
            };
            (Lines(inpatient), "4", "3")
        }
        ClaimCode::ManagementExcluded => {
            let both = |lines: &mut Vec<String>| {
                set(lines, SI, 4, "180000141");
                also(lines, "180000142", 38);
            };
            (Lines(both), "180000141", "180000142")
        }
        ClaimCode::AnesthesiaWithoutOperation => (Field(SI, 4, "180000143"), "180000143", ""),
        ClaimCode::FeverWithoutBase => (Field(SI, 4, "180000145"), "180000145", ""),
        ClaimCode::AgeAdditionWithoutBase => (Field(SI, 4, "180000151"), "180000151", ""),
        ClaimCode::CommentTextForm => (Field(CO, 4, "850000001"), "850000001", "50"),
        ClaimCode::CommentTextMissing => (Field(CO, 5, ""), "830000001", ""),
        ClaimCode::CommentTextNeedless => (Field(SI, 9, "a"), "820000001", ""),
        _ => panic!("{code} has no case"),
    }
}

/// Records up to just beyond the limit, each as long as one may be.
fn too_large(lines: &mut Vec<String>) {
    let long = format!("NI,{}", "a".repeat(LINE_LIMIT_BYTES - 5));
    let bytes: usize = lines.iter().map(|line| line.len() + 2).sum();
    let more = (FILE_LIMIT_BYTES - bytes) / LINE_LIMIT_BYTES + 1;
    lines.splice(GO..GO, (0..more).map(|_| long.clone()));
}

/// The codes that reading says, and all that is told, with the evidence.
type Told = (Vec<ClaimCode>, Vec<(ClaimCode, String, String)>);

/// What reading says of the file of `lines`, and all that judging it tells, with the evidence. Each character
/// of a line is one byte.
pub(super) fn told(lines: &[String], snapshot: &Snapshot) -> Told {
    told_of_most(100, lines, snapshot)
}

/// The same, so many findings of it.
fn told_of_most(most: usize, lines: &[String], snapshot: &Snapshot) -> Told {
    let characters = lines.iter().flat_map(|line| line.chars().chain("\r\n".chars()));
    let bytes: Vec<u8> = characters.map(|character| u8::try_from(character).unwrap()).collect();
    let (file, mut findings) = (ClaimFile::read(&bytes), ClaimFindings::new(most));
    judge(&file, snapshot, 1, &mut findings);
    let by_reading = file.irregularities().iter().map(|irregularity| irregularity.code);
    let all = findings.list().iter();
    let all = all.map(|finding| (finding.code, finding.found.clone(), finding.expected.clone()));
    (by_reading.collect(), all.collect())
}

/// What is told of the clean file with any one field of any line made any of some values, broken once for
/// each code, and near to each rule of the points tables.
pub(super) fn every_answer() -> String {
    let (snapshot, clean, mut text) = (snapshot(), clean(), String::new());
    let values = ["", "0", "1", "3", "98", "100", "202405", "180000010", "820000001", "2500001", "8003", "a"];
    for (line, record) in clean.iter().enumerate() {
        let fields: Vec<&str> = record.split(',').collect();
        for (position, value) in (0..fields.len()).flat_map(|at| values.map(|value| (at, value))) {
            let mut lines = clean.clone();
            let mut fields = fields.clone();
            fields[position] = value;
            lines[line] = fields.join(",");
            let (_, findings) = told(&lines, snapshot);
            writeln!(text, "{line} {position} {value}: {findings:?}").unwrap();
        }
    }
    for (code, (_, findings)) in told_of_cases() {
        writeln!(text, "{code}: {findings:?}").unwrap();
    }
    for (at, right) in together::RIGHT.iter().enumerate() {
        let mut lines = clean.clone();
        right(&mut lines);
        writeln!(text, "{at}: {:?}", told(&lines, snapshot).1).unwrap();
    }
    text
}

/// What is told of the clean file broken once for each code.
fn told_of_cases() -> &'static [(ClaimCode, Told)] {
    // Two of them are as large as a file may be.
    static TOLD: LazyLock<Vec<(ClaimCode, Told)>> = LazyLock::new(|| {
        let of = |code: ClaimCode| {
            let mut lines = clean();
            match case(code).0 {
                Field(line, position, value) => set(&mut lines, line, position, value),
                Lines(change) => change(&mut lines),
            }
            (code, told(&lines, snapshot()))
        };
        ClaimCode::ALL.iter().copied().map(of).collect()
    });
    &TOLD
}

#[test]
fn each_code_is_told_of_the_clean_file_broken_once() {
    assert_eq!(told(&clean(), snapshot()), (vec![], vec![]));
    for (code, told) in told_of_cases() {
        let (_, found, expected) = case(*code);
        // Here judging panics when a check says a code that it does not name: the one that names it said it.
        let is_by_reading = READING.iter().any(|check| check.about.codes.contains(code));
        let by_reading = if is_by_reading { vec![*code] } else { vec![] };
        let all = vec![(*code, found.to_owned(), expected.to_owned())];
        assert_eq!(*told, (by_reading, all), "{code}");
    }
}

#[test]
fn what_the_points_tables_allow_or_no_claim_tells_is_not_told() {
    let snapshot = snapshot();
    for (at, right) in together::RIGHT.iter().enumerate() {
        let mut lines = clean();
        right(&mut lines);
        assert_eq!(told(&lines, snapshot), (vec![], vec![]), "{at}");
    }
}

/// The clean file with so many procedures more that nobody knows.
fn with_procedures(more: usize) -> Vec<String> {
    let mut lines = clean();
    let total = lines.len() - 1;
    lines.splice(total..total, (0..more).map(|number| format!("SI,,1,{}", 190_500_000 + number)));
    lines
}

/// Beyond 64 procedures those that a table names are looked up, and beyond 256 items its comments: the same
/// is told of them.
#[test]
fn what_tables_tell_is_told_among_many_others() {
    let snapshot = snapshot();
    let case = |code| together::case(code).or_else(|| comments_due::case(code));
    let among_many = |change: fn(&mut Vec<String>)| {
        let mut lines = with_procedures(400);
        change(&mut lines);
        let (_, all) = told_of_most(10_000, &lines, snapshot);
        all.into_iter().filter(|(code, ..)| case(*code).is_some()).collect::<Vec<_>>()
    };
    for code in ClaimCode::ALL.iter().copied() {
        let Some((change, found, expected)) = case(code) else { continue };
        assert_eq!(among_many(change), [(code, found.to_owned(), expected.to_owned())], "{code}");
    }
    for (at, right) in together::RIGHT.iter().enumerate() {
        assert!(among_many(*right).is_empty(), "{at}");
    }
}

#[test]
fn a_disease_that_is_never_named_alone_may_stand_with_what_it_needs() {
    let told_of = |named: &[&str]| {
        let mut lines = clean();
        lines.splice(SY..=SY, named.iter().map(|named| format!("SY,{named}")));
        let (by_reading, all) = told(&lines, snapshot());
        assert_eq!(by_reading, []);
        all.into_iter().map(|(code, found, _)| (code, found)).collect::<Vec<_>>()
    };
    let alone = (ClaimCode::DiseaseAlone, "8842173".to_owned());
    for right in [
        &["8830057,20240601,1,8002,,01,"][..],
        &["8842173,20240601,1,,,01,", "2500013,20240601,1,,,,"],
        &["2500013,20240601,1,,,01,", "8842173,20240601,1,,,,"],
        // What has no code, and what it was before it changed, nobody knows.
        &["8842173,20240601,1,,,01,", "0000999,20240601,1,,\u{83}A,,"],
        &["8842174,20240601,1,,,01,"],
        &["8842173,20240601,1,,,01,", "8842174,20240601,1,,,,"],
    ] {
        assert_eq!(told_of(right), [], "{right:?}");
    }
    // One without a code may have a name that no code has, or whose code must not stand so.
    let named = [(ClaimCode::DiseaseHasCode, "0000999".to_owned())];
    for (modifiers, name, is_told) in
        [("", "A", false), ("", "E", true), ("", "G", false), ("8002", "G", true), ("8002", "C", false)]
    {
        let told = told_of(&[&format!("0000999,20240601,1,{modifiers},\u{83}{name},01,")]);
        assert_eq!(told, if is_told { &named[..] } else { &[] }, "{modifiers} {name}");
    }
    // A modifier is no disease; two that insurance does not cover are none that it covers.
    assert_eq!(told_of(&["8842173,20240601,1,8002,,01,"]), std::slice::from_ref(&alone));
    let twice = ["8842173,20240601,1,,,01,", "8842173,20240601,1,,,,"];
    assert_eq!(told_of(&twice), [alone.clone(), alone]);
    // So many that each could not be held against each.
    let told = told_of(&vec!["8842173,20240601,1,,,,"; 200_000]);
    assert!(told.iter().all(|(code, _)| *code == ClaimCode::DiseaseAlone) && !told.is_empty());
}

#[test]
fn a_comment_is_due_where_the_claim_decides_its_condition() {
    let told_of = |change: fn(&mut Vec<String>)| {
        let mut lines = clean();
        change(&mut lines);
        let (by_reading, all) = told(&lines, snapshot());
        assert_eq!(by_reading, []);
        // The same is told among very many others.
        lines = with_procedures(400);
        change(&mut lines);
        let (_, among_many) = told_of_most(10_000, &lines, snapshot());
        let of_comments = among_many.into_iter().filter(|(code, ..)| *code == ClaimCode::CommentMissing);
        assert_eq!(of_comments.collect::<Vec<_>>(), all);
        all
    };
    for (change, found, expected) in comments_due::WRONG {
        let one = (ClaimCode::CommentMissing, (*found).to_owned(), (*expected).to_owned());
        assert_eq!(told_of(*change), [one]);
    }
    for (at, change) in comments_due::RIGHT.iter().enumerate() {
        assert_eq!(told_of(*change), [], "{at}");
    }
}

/// Each with each, so many would keep whoever runs this waiting for hours: no clock is needed to see that.
#[test]
fn a_claim_of_very_many_procedures_is_judged_to_its_end() {
    let (_, all) = told(&with_procedures(2_000_000), snapshot());
    assert_eq!(all.len(), 100);
}

/// Numbers that no honest claim has are told as they are or as the greatest there is; none begins again at 0.
#[test]
fn very_many_times_points_and_payers_are_counted_to_the_end() {
    let mut lines = clean();
    let often = format!("SI,,1,180000123,,999999999,99999{}", ",".repeat(37));
    let total = lines.len() - 1;
    lines.splice(total..total, vec![often; 300_000]);
    let (_, all) = told_of_most(2_000_000, &lines, snapshot());
    let of_month = all.iter().find(|(code, ..)| *code == ClaimCode::CountMonth);
    assert_eq!(of_month, Some(&(ClaimCode::CountMonth, u32::MAX.to_string(), "3".to_owned())));

    let mut lines = clean();
    lines.splice(3..3, vec!["KO,83136019,1111111,,1,677,,,,,".to_owned(); 300]);
    let (by_reading, _) = told(&lines, snapshot());
    assert!(by_reading.contains(&ClaimCode::UkeRecordCount), "{by_reading:?}");
}

/// On another day; with what it goes with; where one of the procedures is not known.
#[test]
fn what_goes_with_others_of_its_claim_is_right() {
    for (one, other, at) in [
        ("180000141", "180000142", 37),
        ("180000143", "180000144", 37),
        ("180000145", "180000146", 38),
        ("180000147", "180000148", 38),
        ("180000151", "180000152", 37),
        ("180000153", "180000111", 37),
    ] {
        let mut lines = clean();
        set(&mut lines, SI, 4, one);
        also(&mut lines, other, at);
        assert_eq!(told(&lines, snapshot()), (vec![], vec![]), "{one}");
    }
    // The base of the one is not that of the other, and one of another day is none.
    for (one, other, at) in [("180000145", "180000148", 38), ("180000147", "180000148", 37)] {
        let mut lines = clean();
        set(&mut lines, SI, 4, one);
        also(&mut lines, other, at);
        let all = vec![(ClaimCode::FeverWithoutBase, one.to_owned(), String::new())];
        assert_eq!(told(&lines, snapshot()), (vec![], all), "{one}");
    }
    let mut lines = clean();
    set(&mut lines, SI, 4, "180000145");
    also(&mut lines, "180000020", 37);
    let (_, all) = told(&lines, snapshot());
    assert_eq!(all.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), [ClaimCode::NotKnown]);
}

/// Found by a reader: what they come to was added to the next unit, and its right points were called wrong.
#[test]
fn records_without_points_are_no_part_of_the_next_unit() {
    let mut lines = clean();
    set(&mut lines, SI, 6, "");
    set(&mut lines, SI_STEPPED, 2, "40");
    assert_eq!(told(&lines, snapshot()), (vec![], vec![]));
    // Of the same group they are one: 291 and 171 points.
    set(&mut lines, SI_STEPPED, 2, "");
    set(&mut lines, SI_STEPPED, 7, "1");
    set(&mut lines, SI_STEPPED, 14, "");
    set(&mut lines, SI_STEPPED, 43, "1");
    let all = vec![(ClaimCode::Points, "171".to_owned(), "462".to_owned())];
    let (by_reading, mut found) = told(&lines, snapshot());
    found.retain(|(code, ..)| *code != ClaimCode::UkePayerPoints);
    assert_eq!((by_reading, found), (vec![], all));
}

/// Why a claim is not bundled (GR), and the records of an organ donor, make no DPC claim of it.
#[test]
fn what_dpc_claims_alone_may_have_is_told_beside_records_that_are_not_theirs() {
    let with = |record: Option<&str>| {
        let mut lines = clean();
        set(&mut lines, SI, 4, "180000070");
        lines.splice(GO..GO, record.map(str::to_owned));
        told(&lines, snapshot()).1.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    for record in [None, Some("GR,1"), Some("TI,1"), Some("TS,1")] {
        assert_eq!(with(record), [ClaimCode::DpcOnly], "{record:?}");
    }
    for record in ["BU,1", "SB,1", "KK,1", "SK,1", "GA,1", "HH,1", "GT,1", "CD,1"] {
        assert_eq!(with(Some(record)), [], "{record}");
    }
}

/// A DPC claim names the disease that was treated in a record that is not looked into.
#[test]
fn a_disease_is_not_alone_on_a_dpc_claim() {
    let mut lines = clean();
    set(&mut lines, SY, 2, "8842173");
    lines.insert(GO, "SB,0000000,2500013,,,1,,,,".to_owned());
    let (_, found) = told(&lines, snapshot());
    assert!(found.iter().all(|(code, ..)| *code != ClaimCode::DiseaseAlone), "{found:?}");
}

/// Found by a reader: the two bytes from the one that is wrong were shown, which is half of a character of
/// the name after it.
#[test]
fn nothing_of_a_name_that_is_no_cp932_is_shown() {
    let with = |name: &str| {
        let mut lines = clean();
        set(&mut lines, RE, 5, name);
        let bytes: Vec<u8> = lines.join("\n").chars().map(|byte| u8::try_from(byte).unwrap()).collect();
        let mut findings = ClaimFindings::new(100);
        judge(&ClaimFile::read(&bytes), snapshot(), 1, &mut findings);
        findings.list().to_vec()
    };
    // 山田 and 川口 with a byte between that no character has.
    let (one, other) = (with("\u{8E}\u{52}\u{FF}\u{93}\u{63}"), with("\u{90}\u{EC}\u{FF}\u{8C}\u{FB}"));
    assert_eq!(one, other);
    let [.., charset] = &one[..] else { panic!("nothing is told") };
    let field = charset.field.map(|field| (field.position, field.name));
    assert_eq!((charset.code, charset.claim, field), (ClaimCode::UkeCharset, Some(1), Some((5, "氏名"))));
    // RE,1,1112,202406,山?: the 20th byte.
    assert_eq!((charset.line, &*charset.found), (2, "20"));
}

#[test]
#[should_panic(expected = "claim/points is not named by")]
fn a_check_says_no_code_that_it_does_not_name() {
    let mut findings = ClaimFindings::new(1);
    let place = Place { claim: None, line: 1, record: *b"GO", item: None, when: None, by: None };
    let total = &TOTAL[0].about;
    Report { release: 1, findings: &mut findings }.take(total, Wrong::plain(ClaimCode::Points), place);
}

#[test]
fn every_code_is_named_by_exactly_one_check() {
    for code in ClaimCode::ALL {
        let named = catalogue().filter(|(_, about)| about.codes.contains(code)).count();
        assert_eq!(named, 1, "{code}");
    }
}

/// What a check reads is what its codes are said to be decided by: of two releases, only codes that masters
/// decide are compared.
#[test]
fn codes_are_decided_by_what_their_check_reads() {
    for (_, about) in catalogue() {
        for code in about.codes {
            let by_masters = code.decided_by() == DecidedBy::Masters;
            assert_eq!(by_masters, !about.columns.is_empty(), "{code}");
        }
    }
}

/// A column that no check reads would be held for nothing, and would be called drift for nothing.
#[test]
fn the_columns_of_the_snapshot_are_those_that_checks_read() {
    let mut held = Vec::new();
    for kind in ItemKind::ALL {
        let of_kind = |asked_of| matches!(asked_of, AskedOf::Items(kinds) if kinds.contains(&kind));
        // What is asked of a claim may look at all of it.
        let of_checks = catalogue().filter(|(of, _)| of_kind(*of) || *of == AskedOf::Claim);
        let columns: Vec<_> = of_checks.flat_map(|(_, about)| about.columns).collect();
        for column in Snapshot::columns(kind) {
            assert!(columns.contains(&&column), "{kind:?}: no check reads {column}");
            held.push(column);
        }
    }
    for (kind, columns) in Snapshot::table_columns() {
        let of_checks: Vec<_> = catalogue().flat_map(|(_, about)| about.columns).collect();
        for column in columns {
            assert!(of_checks.contains(&column), "{kind}: no check reads {column}");
            held.push(column);
        }
    }
    for (_, about) in catalogue() {
        for column in about.columns {
            assert!(held.contains(column), "{column} is in no snapshot: {about:?}");
        }
    }
}
