//! Rules that several kinds of master share.

use std::collections::HashMap;

use super::report::{OPEN, Report};
use warifu_masters::schema::is_marked;
use warifu_values::amount::{is_zero, number};

/// Columns that name another record of the same master, which must be there.
pub(crate) const RELATED_CODES: [&str; 6] = [
    "related_product_code",
    "long_listed_related_code",
    "age_addition_1_code",
    "age_addition_2_code",
    "age_addition_3_code",
    "age_addition_4_code",
];

/// Price kind 1 (yen) has a price above zero.
pub(super) fn price_zero(report: &mut Report<'_>) {
    let [kind, price] = report.columns();
    for row in report.rows() {
        if report.bytes(row, kind) == b"1" {
            report.hold(row, price, !is_zero(report.bytes(row, price)), String::new);
        }
    }
}

/// The old kind is 0 exactly where the old value is zero.
pub(super) fn old_price(report: &mut Report<'_>) {
    let [kind, price] = report.columns();
    for row in report.rows() {
        let holds = is_zero(report.bytes(row, kind)) == is_zero(report.bytes(row, price));
        let master = report.master;
        report.hold(row, kind, holds, || master.field(row, price).to_owned());
    }
}

/// One code has one name and one name has one code, and where the layout names a list of units, the name is the one
/// that is listed: so masters agree with each other without being read together.
pub(super) fn unit_name(report: &mut Report<'_>) {
    let [code, name] = report.columns();
    let layout = report.master.layout();
    let (mut names, mut codes) = (HashMap::new(), HashMap::new());
    let mut last = None;
    for row in report.rows() {
        let (code_here, name_here) = (report.field(row, code), report.field(row, name));
        // Most records have the unit of the one before.
        if last == Some((code_here, name_here)) {
            report.asked += 1;
            continue;
        }
        let mut listed = None;
        let known = *names.entry(code_here).or_insert_with(|| {
            listed = layout.shared_code(code, code_here).filter(|_| !is_zero(code_here.as_bytes()));
            name_here
        });
        let known_code = *codes.entry(name_here).or_insert(code_here);
        // A code without a name is another rule's finding.
        let as_listed =
            name_here.is_empty() || listed.is_none_or(|listed| is_same_but_for_width(listed, name_here));
        let holds = known == name_here && (known_code == code_here || name_here.is_empty()) && as_listed;
        last = holds.then_some((code_here, name_here));
        report.hold_found(row, name, holds, || {
            let expected = match listed {
                Some(listed) if !as_listed => format!("{name_here} / {listed}"),
                _ if known != name_here => format!("{name_here} / {known}"),
                _ => format!("{name_here} = {known_code}"),
            };
            (code_here.to_owned(), expected)
        });
    }
}

/// Whether two names are one when full-width letters, digits and signs count as half-width ones.
fn is_same_but_for_width(one: &str, other: &str) -> bool {
    let narrow = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        _ => letter,
    };
    one.chars().map(narrow).eq(other.chars().map(narrow))
}

/// A unit has a code and a name, or neither.
pub(super) fn unit_blank(report: &mut Report<'_>) {
    let [code, name] = report.columns();
    for row in report.rows() {
        let holds = is_zero(report.bytes(row, code)) == report.bytes(row, name).is_empty();
        let master = report.master;
        report.hold(row, code, holds, || master.field(row, name).to_owned());
    }
}

/// A length column says how many characters its text has. Full-width spaces at the end may be left out.
pub(super) fn length(report: &mut Report<'_>) {
    let columns = report.columns.clone();
    for pair in columns.chunks_exact(2) {
        let (length, text) = (pair[0], pair[1]);
        for row in report.rows() {
            let said = report.bytes(row, length);
            let count = characters(report.bytes(row, text));
            // A blank says nothing: a differential that does not change the count leaves it out.
            let holds = said.is_empty()
                || number(said).is_some_and(|said| {
                    said as usize == count || said as usize == without_spaces(report.field(row, text))
                });
            report.hold(row, length, holds, || count.to_string());
        }
    }
}

/// Counted by the bytes that begin a character: several times as fast as decoding them.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

fn without_spaces(text: &str) -> usize {
    characters(text.trim_end_matches('\u{3000}').as_bytes())
}

/// A record ends no earlier than it begins; marked ones say when they last held, and begin the day after.
pub(super) fn date_order(report: &mut Report<'_>) {
    let [class, from, to] = report.columns();
    for row in report.rows() {
        let (begins, ends) = (report.bytes(row, from), report.bytes(row, to));
        if ends == OPEN || is_zero(ends) || is_zero(begins) || is_marked(report.bytes(row, class)) {
            report.asked += 1;
            continue;
        }
        report.hold_found(row, to, begins <= ends, || (report_text(begins), report_text(ends)));
    }
}

/// A record with a last usable day is marked, so that the next publication takes it away. One that ends before it
/// begins is another rule's finding.
pub(super) fn end_unmarked(report: &mut Report<'_>) {
    let [class, from, to] = report.columns();
    for row in report.rows() {
        let ends = report.bytes(row, to);
        let ended_before = report.bytes(row, from) > ends;
        let holds = ends == OPEN || is_zero(ends) || is_marked(report.bytes(row, class)) || ended_before;
        let master = report.master;
        report.hold(row, to, holds, || master.field(row, class).to_owned());
    }
}

/// A code that names another record of the master names one that is there.
pub(super) fn related_code(report: &mut Report<'_>) {
    let columns = report.columns.clone();
    for column in columns {
        for row in report.rows() {
            let related = report.field(row, column);
            if !is_zero(related.as_bytes()) {
                report.hold(row, column, report.master.find(related).is_some(), String::new);
            }
        }
    }
}

fn report_text(digits: &[u8]) -> String {
    String::from_utf8_lossy(digits).into_owned()
}
