//! 医科診療行為: counting in steps, tally columns, additions, numbers of the point table.

use std::collections::{BTreeMap, HashMap};

use super::report::Report;
use warifu_values::amount::{is_zero, number};

/// きざみ値計算識別 is 1 exactly where there is a unit code.
pub(super) fn step(report: &mut Report<'_>) {
    let [method, unit] = report.columns();
    for row in report.rows() {
        let holds = (report.bytes(row, method) == b"1") != is_zero(report.bytes(row, unit));
        let master = report.master;
        report.hold(row, method, holds, || master.field(row, unit).to_owned());
    }
}

/// What is not counted in steps holds the neutral values: no limits, no step, no points. A record that has a unit
/// all the same is another rule's finding.
pub(super) fn step_neutral(report: &mut Report<'_>) {
    let [method, unit, lower, upper, step, points, error] = report.columns();
    for row in report.rows() {
        if report.bytes(row, method) == b"1" || !is_zero(report.bytes(row, unit)) {
            continue;
        }
        let is_neutral = |column: &usize| {
            let field = report.bytes(row, *column);
            is_zero(field) || (*column == upper && field == NO_UPPER_LIMIT)
        };
        let odd = [lower, upper, step, points, error].into_iter().find(|column| !is_neutral(column));
        report.hold(row, odd.unwrap_or(step), odd.is_none(), String::new);
    }
}

/// What the upper limit of steps holds when there is none.
const NO_UPPER_LIMIT: &[u8] = b"99999999";

/// What is counted in steps has a step above zero and limits in order.
pub(super) fn step_range(report: &mut Report<'_>) {
    let [method, unit, lower, upper, step] = report.columns();
    for row in report.rows() {
        // One of the two without the other is another rule's finding.
        if report.bytes(row, method) != b"1" || is_zero(report.bytes(row, unit)) {
            continue;
        }
        let limits = (number(report.bytes(row, lower)), number(report.bytes(row, upper)));
        let ordered = matches!(limits, (Some(lower), Some(upper)) if lower <= upper);
        let (from, to) = (report.field(row, lower), report.field(row, upper));
        report.hold(row, step, ordered && !is_zero(report.bytes(row, step)), || format!("{from}-{to}"));
    }
}

/// Inpatient only has no outpatient tally column, outpatient only no inpatient one.
pub(super) fn inpatient_outpatient(report: &mut Report<'_>) {
    let [class, outpatient, inpatient] = report.columns();
    for row in report.rows() {
        let wrong = [(b"1", outpatient), (b"2", inpatient)]
            .into_iter()
            .find(|(only, tally)| (report.bytes(row, class) == *only) != is_zero(report.bytes(row, *tally)));
        let tally = wrong.map_or(outpatient, |(_, tally)| tally);
        let master = report.master;
        report.hold_found(row, tally, wrong.is_none(), || {
            (master.field(row, class).to_owned(), master.field(row, tally).to_owned())
        });
    }
}

/// Where there is no limit of times, there is no treatment of exceeding it.
pub(super) fn max_times(report: &mut Report<'_>) {
    let [times, error] = report.columns();
    for row in report.rows() {
        if is_zero(report.bytes(row, times)) {
            report.hold(row, error, is_zero(report.bytes(row, error)), String::new);
        }
    }
}

/// An age addition is an addition (告示等識別区分 7 or 9). One that is not there is another rule's finding.
pub(super) fn age_addition(report: &mut Report<'_>) {
    let [notice, codes @ ..]: [usize; 5] = report.columns();
    for code in codes {
        for row in report.rows() {
            let addition = report.field(row, code);
            if is_zero(addition.as_bytes()) {
                continue;
            }
            let Some(target) = report.master.find(addition) else { continue };
            let master = report.master;
            report.hold(row, code, is_addition(report.bytes(target, notice)), || {
                master.field(target, notice).to_owned()
            });
        }
    }
}

fn is_addition(notice_class: &[u8]) -> bool {
    matches!(notice_class, b"7" | b"9")
}

/// Each of the four age additions has a code and ages, or neither.
pub(super) fn age_range(report: &mut Report<'_>) {
    let columns: [usize; 12] = report.columns();
    for slot in columns.chunks_exact(3) {
        let (code, lower, upper) = (slot[0], slot[1], slot[2]);
        for row in report.rows() {
            let ageless = is_zero(report.bytes(row, lower)) && is_zero(report.bytes(row, upper));
            let master = report.master;
            report.hold(row, code, is_zero(report.bytes(row, code)) == ageless, || {
                format!("{}-{}", master.field(row, lower), master.field(row, upper))
            });
        }
    }
}

/// In a note-addition group, numbered rows are additions and rows numbered 0 are not.
pub(super) fn note_addition_class(report: &mut Report<'_>) {
    let [group, sequence, notice] = report.columns();
    for row in report.rows() {
        let numbered = !is_zero(report.bytes(row, sequence));
        if !numbered && is_zero(report.bytes(row, group)) {
            continue;
        }
        let master = report.master;
        report.hold(row, sequence, is_addition(report.bytes(row, notice)) == numbered, || {
            master.field(row, notice).to_owned()
        });
    }
}

/// A note-addition group has a base row and an addition row.
pub(super) fn note_addition_group(report: &mut Report<'_>) {
    let [group, sequence] = report.columns();
    let mut groups: BTreeMap<&str, (usize, bool, bool)> = BTreeMap::new();
    for row in report.rows() {
        let code = report.field(row, group);
        if !is_zero(code.as_bytes()) {
            let base = is_zero(report.bytes(row, sequence));
            let (_, has_base, has_addition) = groups.entry(code).or_insert((row, false, false));
            *has_base |= base;
            *has_addition |= !base;
        }
    }
    for (_, (row, has_base, has_addition)) in groups {
        let missing = if has_base { "注加算通番≠0" } else { "注加算通番=0" };
        report.hold(row, group, has_base && has_addition, || missing.to_owned());
    }
}

/// The slots of facility standards (1 to 6 and 7 to 9 are groups of their own) are filled from the front.
pub(super) fn facility_gap(report: &mut Report<'_>) {
    let slots: [usize; 9] = report.columns();
    for row in report.rows() {
        for group in [&slots[..6], &slots[6..]] {
            let is_empty = |slot: &usize| is_zero(report.bytes(row, *slot));
            let Some(first_empty) = group.iter().position(is_empty) else {
                report.asked += 1;
                continue;
            };
            let behind = group[first_empty..].iter().find(|slot| !is_empty(slot)).copied();
            if behind.is_some() || first_empty > 0 {
                report.hold(row, behind.unwrap_or(group[0]), behind.is_none(), String::new);
            }
        }
    }
}

/// 準用 (notice class 5) has a notice reference, and nothing else has.
pub(super) fn notice_reference(report: &mut Report<'_>) {
    let [notice, reference] = report.columns();
    for row in report.rows() {
        let (applied, text) = (report.bytes(row, notice) == b"5", report.field(row, reference));
        let named = !text.trim().is_empty();
        if applied || named {
            report.hold(row, notice, applied == named, || text.to_owned());
        }
    }
}

/// 点数表区分番号 begins with the letter and the section of the code-table number.
pub(super) fn section_number(report: &mut Report<'_>) {
    let [section, alpha, number] = report.columns();
    for row in report.rows() {
        let text = report.bytes(row, section);
        let (Some(letter), Some(digits)) = (text.get(..1), text.get(1..4)) else { continue };
        if !letter[0].is_ascii_uppercase() || !digits.iter().all(u8::is_ascii_digit) {
            continue;
        }
        let holds = letter == report.bytes(row, alpha) && digits == report.bytes(row, number);
        let table = (report.field(row, alpha), report.field(row, number));
        report.hold(row, section, holds, || format!("{}{}", table.0, table.1));
    }
}

/// No two records have one short name.
pub(super) fn name_duplicate(report: &mut Report<'_>) {
    let [name] = report.columns();
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(report.master.rows());
    for row in report.rows() {
        let known = *first.entry(report.field(row, name)).or_insert(row);
        let master = report.master;
        report.hold(row, name, known == row, || master.key(known).into_owned());
    }
}
