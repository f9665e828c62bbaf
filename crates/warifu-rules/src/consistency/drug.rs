//! 医薬品: products of a unified name, the price list, generic names, elective care, transition days.

use std::collections::HashMap;

use super::report::Report;
use warifu_values::amount::{hundredths, is_zero};

/// A product and the unified name it belongs to (商品名等関連) have one unit, price and price-list code, and the
/// unified name belongs to no other. One that is not there is another rule's finding.
pub(super) fn related_product(report: &mut Report<'_>) {
    let [related, same @ ..]: [usize; 5] = report.columns();
    for row in report.rows() {
        let code = report.field(row, related);
        if is_zero(code.as_bytes()) {
            continue;
        }
        let Some(target) = report.master.find(code) else { continue };
        let differs = |column: &usize| report.bytes(row, *column) != report.bytes(target, *column);
        let is_product = !is_zero(report.bytes(target, related));
        let wrong = if is_product { Some(related) } else { same.into_iter().find(differs) };
        let column = wrong.unwrap_or(related);
        let master = report.master;
        report.hold(row, column, wrong.is_none(), || master.field(target, column).to_owned());
    }
}

/// Records of one price-list code and one unit have one price. The unit is part of it, since some products are
/// also listed by the administration (回分); elective records hold what the patient pays less.
pub(super) fn list_price(report: &mut Report<'_>) {
    let [list_code, unit, price, code] = report.columns();
    let elective = report.master.layout().position("elective_care_class");
    let mut prices: HashMap<(&[u8], &[u8]), usize> = HashMap::with_capacity(report.master.rows());
    for row in report.rows() {
        let list = report.bytes(row, list_code);
        let is_elective = elective.is_some_and(|class| report.bytes(row, class) == ELECTIVE)
            || (elective.is_none() && report.bytes(row, code).starts_with(ELECTIVE_CODE));
        if list.is_empty() || is_elective {
            continue;
        }
        let first = *prices.entry((list, report.bytes(row, unit))).or_insert(row);
        let holds = hundredths(report.bytes(row, price)) == hundredths(report.bytes(first, price));
        let master = report.master;
        report.hold(row, price, holds, || master.field(first, price).to_owned());
    }
}

/// 選定療養区分 of records for what the patient wished.
const ELECTIVE: &[u8] = b"2";
/// What the codes of such records begin with.
const ELECTIVE_CODE: &[u8] = b"67";

/// Generic-name code, text and addition class are all there, or none is.
pub(super) fn generic_parts(report: &mut Report<'_>) {
    let [code, text, class] = report.columns();
    for row in report.rows() {
        let blank = report.bytes(row, code).is_empty();
        let holds = blank == report.bytes(row, text).is_empty() && blank == is_zero(report.bytes(row, class));
        let master = report.master;
        report.hold(row, code, holds, || {
            format!("\"{}\", {}", master.field(row, text), master.field(row, class))
        });
    }
}

/// A generic-name code ends in ZZZ and its text begins with 【般】.
pub(super) fn generic_form(report: &mut Report<'_>) {
    let [code, text] = report.columns();
    for row in report.rows() {
        if report.bytes(row, code).is_empty() {
            continue;
        }
        let code_holds = report.bytes(row, code).ends_with(b"ZZZ");
        let text_holds = report.field(row, text).starts_with("【般】");
        let (column, form) = if code_holds { (text, "【般】…") } else { (code, "…ZZZ") };
        report.hold(row, column, code_holds && text_holds, || form.to_owned());
    }
}

/// One generic-name code has one text.
pub(super) fn generic_text(report: &mut Report<'_>) {
    let [code, text] = report.columns();
    let mut texts: HashMap<&str, &str> = HashMap::new();
    for row in report.rows() {
        let (code_here, text_here) = (report.field(row, code), report.field(row, text));
        if code_here.is_empty() {
            continue;
        }
        let known = *texts.entry(code_here).or_insert(text_here);
        report.hold(row, code, known == text_here, || format!("{text_here} / {known}"));
    }
}

/// A generic name is of the substance and form that the price-list code says: the first seven characters.
pub(super) fn generic_code(report: &mut Report<'_>) {
    let [generic, list_code] = report.columns();
    for row in report.rows() {
        let (generic_here, list) = (report.bytes(row, generic), report.bytes(row, list_code));
        if generic_here.is_empty() || list.is_empty() {
            continue;
        }
        let master = report.master;
        report.hold(row, generic, generic_here.get(..7) == list.get(..7), || {
            master.field(row, list_code).to_owned()
        });
    }
}

/// 剤形 is what characters 5 to 7 of the price-list code say. Dental drugs have a form of their own.
pub(super) fn dosage_form(report: &mut Report<'_>) {
    let [form, list_code] = report.columns();
    for row in report.rows() {
        let (form_here, list) = (report.bytes(row, form), report.bytes(row, list_code));
        if list.is_empty() || form_here == b"8" {
            continue;
        }
        let said = list.get(4..7).and_then(|digits| match digits {
            _ if !digits.iter().all(u8::is_ascii_digit) => None,
            [b'0'..=b'3', ..] => Some(b"1"),
            [b'4'..=b'6', ..] => Some(b"4"),
            _ => Some(b"6"),
        });
        let list_here = report.field(row, list_code);
        report.hold(row, form, said.is_some_and(|said| form_here == said), || list_here.to_owned());
    }
}

/// A transition ends while the record is in force.
pub(super) fn transition_order(report: &mut Report<'_>) {
    let [transition, from, to] = report.columns();
    for row in report.rows() {
        let day = report.bytes(row, transition);
        if !is_zero(day) {
            let holds = report.bytes(row, from) <= day && day <= report.bytes(row, to);
            let (from, to) = (report.field(row, from), report.field(row, to));
            report.hold(row, transition, holds, || format!("{from}-{to}"));
        }
    }
}

/// A transition has not ended when the file is published.
pub(super) fn transition_past(report: &mut Report<'_>) {
    let [transition] = report.columns();
    let Some(published) = report.published else { return };
    for row in report.rows() {
        let day = report.bytes(row, transition);
        if !is_zero(day) {
            report.hold(row, transition, day >= &published.digits()[..], || published.to_string());
        }
    }
}

/// What the patient wished costs less than the long-listed product it refers to, which is marked as its partner,
/// and says so in its code and its name.
pub(super) fn elective(report: &mut Report<'_>) {
    let [class, partner, price, name, code] = report.columns();
    for row in report.rows() {
        let is_elective = report.bytes(row, class) == ELECTIVE;
        let has_code = report.bytes(row, code).starts_with(ELECTIVE_CODE);
        let has_partner = !is_zero(report.bytes(row, partner));
        if !is_elective && !has_code && !has_partner {
            continue;
        }
        // A partner that is not there is another rule's finding.
        let target = report.master.find(report.field(row, partner));
        let price_of = |row: usize| hundredths(report.bytes(row, price));
        let wrong = if !is_elective {
            Some((class, "2"))
        } else if !has_partner {
            Some((partner, "長期収載品関連"))
        } else if !has_code {
            Some((code, "67…"))
        } else if !report.field(row, name).ends_with("（選）") {
            Some((name, "…（選）"))
        } else {
            target.and_then(|target| match (price_of(row), price_of(target)) {
                _ if report.bytes(target, class) != b"1" => Some((partner, "選定療養区分 1")),
                (Some(here), Some(there)) if here < there => None,
                _ => Some((price, "<")),
            })
        };
        let column = wrong.map_or(class, |(column, _)| column);
        let compared = target.filter(|_| column == price).map(|target| report.field(target, price));
        report.hold(row, column, wrong.is_none(), || {
            let said = wrong.map_or("", |(_, said)| said);
            compared.map_or_else(|| said.to_owned(), |there| format!("{said} {there}"))
        });
    }
}
