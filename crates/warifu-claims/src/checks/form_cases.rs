//! What of the form of a file is told, and what is not: the clean file changed in one way, and the codes.

use super::cases::told;
use super::clean_file::{CO, GO, HO, RE, SI, SI_STEPPED, SY, clean, set};
use super::clean_masters::snapshot;
use crate::finding::ClaimCode;

/// The codes that are told of the clean file after `change`.
fn codes(change: impl Fn(&mut Vec<String>)) -> Vec<ClaimCode> {
    let mut lines = clean();
    change(&mut lines);
    told(&lines, snapshot()).1.into_iter().map(|(code, ..)| code).collect()
}

/// A second file after the first one's GO, by its own IR or without one.
fn second_part(lines: &mut Vec<String>, from: usize) {
    let again: Vec<String> = lines[from..].to_vec();
    lines.extend(again);
}

#[test]
fn a_file_may_hold_one_part_for_each_payer() {
    assert_eq!(codes(|lines| second_part(lines, 0)), []);
    assert_eq!(codes(|lines| second_part(lines, RE)), [ClaimCode::UkeOrder]);
    assert_eq!(codes(|lines| lines.insert(HO, lines[0].clone())), [ClaimCode::UkeOrder]);
}

#[test]
fn claims_are_numbered_from_one_and_a_gap_is_told_once() {
    let numbered = |numbers: &[&'static str]| {
        let numbers = numbers.to_vec();
        codes(move |lines| {
            let claim: Vec<String> = lines[RE..GO].to_vec();
            lines.truncate(RE);
            for number in &numbers {
                let from = lines.len();
                lines.extend(claim.iter().cloned());
                set(lines, from, 2, number);
            }
            lines.push(format!("GO,{},{},99", numbers.len(), 877 * numbers.len()));
        })
    };
    assert_eq!(numbered(&["1", "2", "3"]), []);
    assert_eq!(numbered(&["1", "2", "5", "6", "7"]), [ClaimCode::UkeClaimNumber]);
    assert_eq!(numbered(&["1", "9", "3"]), [ClaimCode::UkeClaimNumber]);
    assert_eq!(numbered(&["1", "1"]), [ClaimCode::UkeClaimNumber]);
}

#[test]
fn years_of_eras_are_a_notice_once_a_claim_and_only_where_western_ones_are_due() {
    let in_eras = |month: &'static str| {
        codes(move |lines| {
            set(lines, RE, 4, month);
            set(lines, RE, 7, "3550229");
            set(lines, RE, 9, "4300601");
            // Before the month, whatever it is.
            set(lines, SY, 3, "20200101");
        })
    };
    let of_form = |codes: Vec<ClaimCode>| {
        codes.into_iter().filter(|code| code.as_str().starts_with("uke/")).collect::<Vec<_>>()
    };
    assert_eq!(in_eras("50606"), [ClaimCode::UkeEraDate]);
    assert_eq!(of_form(in_eras("50301")), [ClaimCode::UkeEraDate]);
    assert_eq!(of_form(in_eras("50212")), []);
    // No day of the calendar: 昭和 55 had 29 February, 平成 30 has no 31 June.
    assert_eq!(codes(|lines| set(lines, RE, 9, "4300631")), [ClaimCode::UkeDate]);
}

#[test]
fn a_claim_has_four_public_payers_at_most_and_as_many_as_its_class_says() {
    let with_payers = |class: &'static str, payers: usize| {
        codes(move |lines| {
            set(lines, RE, 3, class);
            let payer = format!("KO,12345678,1234567,,,{}", ",".repeat(6));
            lines.splice(HO + 1..HO + 1, (0..payers).map(|_| payer.clone()));
        })
    };
    assert_eq!(with_payers("1152", 4), []);
    assert_eq!(with_payers("1152", 5), [ClaimCode::UkeRecordCount]);
    assert_eq!(with_payers("1142", 4), [ClaimCode::UkePayerRecords]);
}

#[test]
fn symbol_and_number_of_the_insured_share_their_width() {
    let with = |symbol: usize, number: usize| {
        codes(move |lines| {
            set(lines, HO, 3, &"1".repeat(symbol));
            set(lines, HO, 4, &"1".repeat(number));
        })
    };
    assert_eq!(with(19, 19), []);
    assert_eq!(with(20, 19), [ClaimCode::UkeFieldWidth]);
    assert_eq!(with(39, 1), [ClaimCode::UkeFieldWidth]);
}

#[test]
fn days_of_treatment_are_those_that_the_visits_count() {
    let with = |days: &'static str, visits: [(usize, &'static str); 3]| {
        codes(move |lines| {
            set(lines, HO, 5, days);
            let mut fields = vec![""; 33];
            (fields[0], fields[1]) = ("JD", "1");
            visits.iter().for_each(|(day, visit)| fields[1 + day] = visit);
            lines.insert(HO + 1, fields.join(","));
        })
    };
    assert_eq!(with("3", [(1, "1"), (25, "1"), (30, "1")]), []);
    assert_eq!(with("3", [(1, "1"), (25, "2"), (30, "1")]), [ClaimCode::UkePayerDays]);
    // A day that differs from the items' says nothing of the count.
    assert_eq!(with("3", [(1, "1"), (25, "9"), (30, "1")]), []);
}

/// What comes of an organ donor has records of a claim again, and DPC records an order of their own.
#[test]
fn the_order_after_a_donor_and_of_bundling_is_not_told() {
    let late = |first: &'static str| {
        codes(move |lines| {
            lines.insert(GO, "SY,2500013,20240601,1,,,,".to_owned());
            lines.insert(CO, first.to_owned());
        })
    };
    assert_eq!(late("SJ,07,a"), [ClaimCode::UkeOrder, ClaimCode::UkeOrder]);
    assert_eq!(late("TI,1"), []);
    assert_eq!(late("BU,1"), []);
}

/// Where a sum is not exact it is not told: inpatients, meals, DPC claims, an item that names no points.
#[test]
fn points_of_a_payer_are_told_only_where_they_are_exact() {
    let wrong = |change: fn(&mut Vec<String>)| {
        codes(move |lines| {
            set(lines, HO, 6, "1");
            set(lines, GO, 3, "1");
            change(lines);
        })
    };
    assert_eq!(wrong(|_| ()), [ClaimCode::UkePayerPoints]);
    assert_eq!(wrong(|lines| set(lines, RE, 3, "1111")), []);
    assert_eq!(wrong(|lines| set(lines, CO - 1, 2, "97")), []);
    assert_eq!(wrong(|lines| lines.insert(HO + 1, "BU,1".to_owned())), []);
    assert_eq!(wrong(|lines| set(lines, CO - 1, 6, "")), []);
    // Also where another group follows.
    let orphan = |lines: &mut Vec<String>| {
        set(lines, SI, 6, "");
        set(lines, SI_STEPPED, 2, "40");
    };
    assert_eq!(wrong(orphan), []);
    // Another payer's item is not of this one.
    assert_eq!(
        codes(|lines| {
            set(lines, RE, 3, "1122");
            lines.insert(HO + 1, format!("KO,12345678,1234567,,1,807{}", ",".repeat(6)));
            for line in HO + 3..CO {
                set(lines, line, 3, "2");
            }
        }),
        []
    );
}
