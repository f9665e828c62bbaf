//! No claim is lost for its neighbour: one damaged record leaves what is told of the other claims as it was.

use proptest::prelude::*;

use super::clean_file::clean;
use super::clean_masters::snapshot;
use super::judge::judge;
use crate::file::ClaimFile;
use crate::finding::{ClaimCode, ClaimFindings};
use crate::lookup::Snapshot;

/// How many claims the file has.
const CLAIMS: usize = 5;

/// The lines of a file of several claims, each the clean one with faults of its own, and the line that each
/// claim begins on.
fn file() -> (Vec<String>, Vec<usize>) {
    let clean = clean();
    let (mut lines, mut begins) = (vec![clean[0].clone()], Vec::new());
    for number in 1..=CLAIMS {
        begins.push(lines.len());
        for (at, line) in clean[1..clean.len() - 1].iter().enumerate() {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            match (at, number) {
                (0, _) => fields[1] = number.to_string(),
                (1, 2) => fields[5] = "800".to_owned(),
                (3, 3) => fields[3] = "180000010".to_owned(),
                (4, 4) => fields[6] = "2".to_owned(),
                _ => {}
            }
            lines.push(fields.join(","));
        }
    }
    begins.push(lines.len());
    lines.push(clean[clean.len() - 1].clone());
    (lines, begins)
}

/// What is told of the lines of each claim.
fn told(
    lines: &[String],
    begins: &[usize],
    snapshot: &Snapshot,
) -> Vec<Vec<(u32, ClaimCode, String, String)>> {
    let mut findings = ClaimFindings::new(10_000);
    judge(&ClaimFile::read(lines.join("\r\n").as_bytes()), snapshot, 1, &mut findings);
    let of_claim = |from: usize, to: usize| {
        let list =
            findings.list().iter().filter(move |finding| (from..to).contains(&(finding.line as usize - 1)));
        list.map(|finding| (finding.line, finding.code, finding.found.clone(), finding.expected.clone()))
    };
    begins.windows(2).map(|pair| of_claim(pair[0], pair[1]).collect()).collect()
}

/// A record that is damaged; its id does not become another one's that is known.
fn damaged(record: &str, how: usize, at: usize, with: &str) -> String {
    let mut fields: Vec<&str> = record.split(',').collect();
    match how {
        0 => return with.to_lowercase(),
        1 => return String::new(),
        2 => return record.replace(',', ";"),
        3 => return format!("ZZ{}", &record[2..]),
        4 => fields.truncate(at % fields.len() + 1),
        5 => fields.insert(at % fields.len() + 1, with),
        6 => return record.replace(',', ",\""),
        _ => {
            let at = at % (fields.len() - 1) + 1;
            fields[at] = with;
        }
    }
    fields.join(",")
}

#[test]
fn the_claims_have_faults_of_their_own() {
    let (lines, begins) = file();
    let told = told(&lines, &begins, snapshot());
    let codes = told.iter().map(|of| of.iter().map(|(_, code, ..)| *code).collect::<Vec<_>>());
    let expected = [
        vec![],
        vec![ClaimCode::UkePayerPoints],
        vec![ClaimCode::CodeAbolished],
        vec![ClaimCode::UkeTimes, ClaimCode::UkePayerPoints],
        vec![],
    ];
    assert_eq!(codes.collect::<Vec<_>>(), expected);
}

/// Found by the property below: without the RE that ends it, a claim must not take in the next one's records.
#[test]
fn a_claim_whose_head_is_gone_is_a_claim_all_the_same() {
    let (mut lines, begins) = file();
    lines[begins[2]] = "?".to_owned();
    let file = ClaimFile::read(lines.join("\n").as_bytes());
    assert_eq!(file.claim_count(), CLAIMS);
    let items: Vec<_> =
        file.claims().map(|claim| (claim.number, claim.has_head, claim.items.len())).collect();
    assert_eq!(
        items,
        [(Some(1), true, 5), (Some(2), true, 5), (None, false, 5), (Some(4), true, 5), (Some(5), true, 5)]
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_500, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn one_damaged_record_leaves_the_other_claims_as_they_were(
        claim in 0..CLAIMS, record in 0usize..8, how in 0usize..12, at in 0usize..50,
        with in "([0-9]{0,12}|[A-Z?]{1,4}|[\u{FF}\u{A1}\"; ]{1,3})",
    ) {
        let (lines, begins) = file();
        let mut broken = lines.clone();
        let line = begins[claim] + record;
        broken[line] = damaged(&lines[line], how, at, &with);
        let (before, after) = (told(&lines, &begins, snapshot()), told(&broken, &begins, snapshot()));
        for other in (0..CLAIMS).filter(|other| *other != claim) {
            prop_assert_eq!(&before[other], &after[other], "claim {} by {:?}", other + 1, &broken[line]);
        }
    }
}
