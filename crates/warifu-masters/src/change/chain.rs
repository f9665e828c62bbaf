//! The chain check: a full that arrives must equal the state that the differentials have made.
//!
//! The publisher makes a full from its own tables, not from its differentials, so a few columns differ in
//! known ways. Those are named here, with the reason; everything else means that a differential is missing,
//! or that one of another series came in. Sources: the published chains, `docs/differentials.md`.

use std::collections::BTreeMap;

use crate::change::diff::{Change, diff, field_or_blank, fields_that_differ};
use crate::finding::{Code, Finding, Findings};
use crate::schema::{CHANGED_ON, ColumnType, Layout, is_marked};
use crate::table::Master;

/// How many records of one column are shown as examples; the rest are counted.
const EXAMPLES: usize = 5;

/// Compares `computed`, the state after the last differential, with the `full` that arrived.
///
/// The change class is left aside: it says what the latest publication did, and the one a full was made with
/// may be another. Records that `computed` holds as abolished or withdrawn may be gone from the full.
/// `previous` is the full that the chain began with: a date that a full sets back to it is a known reason. A
/// full in a wider edition brings columns that no state has yet; they are taken from it.
pub fn check_chain(computed: &Master, full: &Master, previous: Option<&Master>) -> Findings {
    let mut findings = Findings::new();
    let Ok(found) = diff(computed, full) else {
        let kind = |master: &Master| master.layout().kind.clone();
        findings.push(Finding::new(Code::ApplyKind).found(kind(full)).expected(kind(computed)));
        return findings;
    };
    let layout = found.layout();
    let class = layout.change_class;
    let going = |row: usize| class.is_some_and(|class| is_marked(computed.bytes(row, class)));
    let (from, to) = (computed.layout().width(), full.layout().width());
    if from != to {
        let code = if from < to { Code::ChainWidened } else { Code::ChainNarrowed };
        findings.push(Finding::new(code).found(to).expected(from));
    }
    let mut columns: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    let mut missing = 0;
    for change in &found.changes {
        match *change {
            Change::Added { new } => {
                findings.push_with(Code::ChainExtra, || {
                    Finding::new(Code::ChainExtra).line(full.line(new)).key(full.key(new))
                });
            }
            Change::Removed { old } => {
                missing += 1;
                if !going(old) {
                    findings.push_with(Code::ChainMissing, || {
                        Finding::new(Code::ChainMissing).key(computed.key(old))
                    });
                }
            }
            Change::Changed { old, new } => {
                for column in fields_that_differ(computed, old, full, new) {
                    if Some(column) != class && column < from.min(to) {
                        columns.entry(column).or_default().push((old, new));
                    }
                }
            }
        }
    }
    let common = computed.rows() - missing;
    for (column, rows) in columns {
        let column = Compared { layout, column, computed, full, previous };
        column.report(&rows, common, &mut findings);
    }
    findings
}

/// One column in which the two differ.
struct Compared<'a> {
    layout: &'a Layout,
    column: usize,
    computed: &'a Master,
    full: &'a Master,
    previous: Option<&'a Master>,
}

impl Compared<'_> {
    fn report(&self, rows: &[(usize, usize)], common: usize, findings: &mut Findings) {
        let id = &self.layout.columns[self.column].id;
        let at = self.column as u32 + 1;
        let bookkeeping = is_bookkeeping(self.layout, self.column);
        if bookkeeping && rows.len() * 3 > common {
            findings.push(Finding::new(Code::ChainRegenerated).field(at, id).found(rows.len()));
            return;
        }
        let mut known: BTreeMap<(Code, &str), (usize, usize)> = BTreeMap::new();
        let mut unexplained = Vec::new();
        for (old, new) in rows.iter().copied() {
            match self.reason(old, new).filter(|_| bookkeeping) {
                Some(code) => {
                    let value = field_or_blank(self.full, new, self.column);
                    known.entry((code, value)).or_insert((new, 0)).1 += 1;
                }
                None => unexplained.push((old, new)),
            }
        }
        for ((code, value), (first, count)) in known {
            let value = if value.is_empty() { "\"\"" } else { value };
            let finding = Finding::new(code).field(at, id).key(self.full.key(first));
            findings.push(finding.found(count).expected(value));
        }
        for (shown, (old, new)) in unexplained.into_iter().enumerate() {
            let finding = || {
                Finding::new(Code::ChainUnexplained)
                    .line(self.full.line(new))
                    .field(at, id)
                    .key(self.full.key(new))
                    .found(format!("\"{}\"", field_or_blank(self.full, new, self.column)))
                    .expected(format!("\"{}\"", field_or_blank(self.computed, old, self.column)))
            };
            if shown < EXAMPLES {
                findings.push(finding());
            } else {
                // One column does not use up the room for examples of the others.
                findings.push_further(Code::ChainUnexplained, finding);
            }
        }
    }

    /// Why the full has another value in this column: it has nothing or zero where a differential set a flag
    /// or an order, or it keeps what the full before had.
    fn reason(&self, old: usize, new: usize) -> Option<Code> {
        let value = field_or_blank(self.full, new, self.column);
        let before = || {
            let previous = self.previous?;
            let row = previous.find(&self.computed.key(old))?;
            Some(field_or_blank(previous, row, self.column))
        };
        let is_date = self.layout.columns[self.column].id == CHANGED_ON;
        match value.bytes().all(|byte| byte == b'0') || before() == Some(value) {
            true if is_date && !value.is_empty() => Some(Code::ChainDateDropped),
            true => Some(Code::ChainFlagReset),
            false => None,
        }
    }
}

/// Columns that carry the publication's own bookkeeping: no claim is judged by them alone.
pub(crate) fn is_bookkeeping(layout: &Layout, column: usize) -> bool {
    let column = &layout.columns[column];
    column.id == CHANGED_ON
        || column.id.ends_with("_changed")
        || column.id == "publication_order"
        || column.id.starts_with("reserve_")
        || column.column_type == ColumnType::Reserve
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Declared, read};
    use crate::schema::Schemas;

    /// Comments, each (change class, serial, text, changed on).
    fn comments(rows: &[(&str, &str, &str, &str)]) -> Master {
        let mut text = String::new();
        for (class, serial, name, changed_on) in rows {
            let mut fields = vec![""; 30];
            fields[..5].copy_from_slice(&[class, "C", "8", "10", serial]);
            (fields[6], fields[20]) = (name, changed_on);
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
        }
        read(&Schemas::built_in().unwrap(), text.into_bytes(), &Declared::default()).master.unwrap()
    }

    fn said(findings: &Findings) -> Vec<String> {
        let line = |finding: &Finding| {
            format!("{} {} {}", finding.code, finding.key.clone().unwrap_or_default(), finding.place())
        };
        findings.list().iter().map(line).collect()
    }

    #[test]
    fn a_full_that_agrees_says_nothing_whatever_its_classes() {
        let state = comments(&[("0", "1", "一", "20240601"), ("9", "2", "二", "20240601")]);
        assert!(check_chain(&state, &comments(&[("5", "1", "一", "20240601")]), None).is_empty());
    }

    #[test]
    fn a_record_on_one_side_only_is_named() {
        let state = comments(&[("0", "1", "一", ""), ("0", "2", "二", "")]);
        let full = comments(&[("0", "1", "一", ""), ("0", "3", "三", "")]);
        let findings = check_chain(&state, &full, None);
        assert_eq!(said(&findings), ["chain/missing 810000002 ", "chain/extra 810000003 2"]);
        assert!(findings.denies());
    }

    #[test]
    fn another_text_has_no_known_reason() {
        let state = comments(&[("0", "1", "一", "")]);
        let findings = check_chain(&state, &comments(&[("0", "1", "壱", "")]), None);
        assert_eq!(said(&findings), ["chain/unexplained 810000001 1:7:name"]);
    }

    #[test]
    fn a_date_set_back_to_the_full_before_was_dropped_and_another_one_has_no_known_reason() {
        let rows =
            |date| [("0", "1", "一", date), ("0", "2", "二", ""), ("0", "3", "三", ""), ("0", "4", "四", "")];
        let (state, full) = (comments(&rows("20220401")), comments(&rows("20240601")));
        let findings = check_chain(&state, &full, Some(&comments(&rows("20240601"))));
        assert_eq!(said(&findings), ["chain/date-dropped 810000001 21:changed_on"]);
        let findings = check_chain(&state, &full, Some(&comments(&rows("20230601"))));
        assert_eq!(said(&findings), ["chain/unexplained 810000001 1:21:changed_on"]);
    }

    #[test]
    fn a_date_set_anew_in_most_records_is_regenerated() {
        let state = comments(&[("0", "1", "一", "20220401"), ("0", "2", "二", "20220401")]);
        let full = comments(&[("0", "1", "一", "20240601"), ("0", "2", "二", "20240601")]);
        assert_eq!(said(&check_chain(&state, &full, None)), ["chain/regenerated  21:changed_on"]);
    }
}
