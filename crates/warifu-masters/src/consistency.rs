//! Consistency of one whole master: rules between fields and between records.
//!
//! Each rule asks the table for its columns by field id and is left out where an edition lacks them; a rule
//! that real full files break in known places has waivers in the layout file, each with its reason. Counts on
//! the published files are in `docs/findings.md`.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding, Findings, Severity};
use crate::table::Master;

/// Columns that name another record of the same master.
pub(crate) const RELATED_CODES: [&str; 6] = [
    "related_product_code",
    "long_listed_related_code",
    "age_addition_1_code",
    "age_addition_2_code",
    "age_addition_3_code",
    "age_addition_4_code",
];

/// Every rule that applies to `master`, a full state.
pub fn check(master: &Master) -> Findings {
    let mut rules = Rules { master, findings: Findings::new() };
    rules.prices();
    rules.steps();
    rules.inpatient_outpatient();
    rules.unit_names();
    rules.comment_codes();
    rules.related_codes();
    rules.date_order();
    rules.findings
}

struct Rules<'a> {
    master: &'a Master,
    findings: Findings,
}

impl Rules<'_> {
    fn column(&self, id: &str) -> Option<usize> {
        self.master.layout().position(id)
    }

    fn rows(&self) -> std::ops::Range<usize> {
        0..self.master.rows()
    }

    fn report(&mut self, code: Code, row: usize, column: usize, found: &str, expected: &str) {
        let (master, layout) = (self.master, self.master.layout());
        let waived = layout.waives(code, &master.key(row));
        self.findings.push_with(code, || {
            let mut finding = Finding::new(code)
                .line(master.line(row))
                .field(column as u32 + 1, &layout.columns[column].id)
                .key(master.key(row))
                .found(found)
                .expected(expected);
            if waived {
                finding.severity = Severity::Note;
            }
            finding
        });
    }

    /// Drug and material: price kind 1 (yen) has a price above zero.
    fn prices(&mut self) {
        let (Some(kind), Some(price)) = (self.column("price_kind"), self.column("price")) else { return };
        for row in self.rows() {
            if self.master.bytes(row, kind) == b"1" && is_zero(self.master.bytes(row, price)) {
                self.report(Code::SetPriceZero, row, price, self.master.field(row, price), "");
            }
        }
    }

    /// Procedure: きざみ値計算識別 is 1 exactly where there is a unit code.
    fn steps(&mut self) {
        let (Some(step), Some(unit)) = (self.column("step_method"), self.column("unit_code")) else { return };
        for row in self.rows() {
            let stepped = self.master.bytes(row, step) == b"1";
            if stepped == is_zero(self.master.bytes(row, unit)) {
                self.report(
                    Code::SetStep,
                    row,
                    step,
                    self.master.field(row, step),
                    self.master.field(row, unit),
                );
            }
        }
    }

    /// Procedure: inpatient only has no outpatient tally column, outpatient only no inpatient one.
    fn inpatient_outpatient(&mut self) {
        let columns = ["inout_class", "tally_column_outpatient", "tally_column_inpatient"];
        let [Some(class), Some(outpatient), Some(inpatient)] = columns.map(|id| self.column(id)) else {
            return;
        };
        for row in self.rows() {
            for (only, tally) in [(b"1", outpatient), (b"2", inpatient)] {
                let is_only = self.master.bytes(row, class) == only;
                if is_only != is_zero(self.master.bytes(row, tally)) {
                    let (found, expected) = (self.master.field(row, class), self.master.field(row, tally));
                    self.report(Code::SetInOut, row, tally, found, expected);
                }
            }
        }
    }

    /// A unit code has one name.
    fn unit_names(&mut self) {
        let (Some(code), Some(name)) = (self.column("unit_code"), self.column("unit_name")) else { return };
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        let master = self.master;
        for row in self.rows() {
            let (code_here, name_here) = (master.field(row, code), master.field(row, name));
            let known = *names.entry(code_here).or_insert(name_here);
            if known != name_here {
                self.report(Code::SetUnitName, row, name, code_here, &format!("{name_here} / {known}"));
            }
        }
    }

    /// Comment: the nine-digit code is made of class, pattern and number.
    fn comment_codes(&mut self) {
        let Some(code) = self.column("comment_code").filter(|_| self.column("pattern").is_some()) else {
            return;
        };
        for row in self.rows() {
            let whole = self.master.field(row, code);
            let key = self.master.key(row);
            if !whole.is_empty() && whole != key {
                self.report(Code::SetCommentCode, row, code, whole, &key);
            }
        }
    }

    /// Codes that name another record of the same master name one that is there.
    fn related_codes(&mut self) {
        let layout = self.master.layout();
        for column in RELATED_CODES.into_iter().filter_map(|id| layout.position(id)) {
            for row in self.rows() {
                let related = self.master.field(row, column);
                if !is_zero(related.as_bytes()) && self.master.find(related).is_none() {
                    self.report(Code::SetRelated, row, column, related, "");
                }
            }
        }
    }

    /// A record ends no earlier than the day before it begins: abolished rows have 変更年月日 one day later.
    fn date_order(&mut self) {
        let (Some(from), Some(to)) = (self.column("changed_on"), self.column("abolished_on")) else { return };
        for row in self.rows() {
            let (begins, ends) = (self.master.field(row, from), self.master.field(row, to));
            let open = is_zero(ends.as_bytes()) || is_zero(begins.as_bytes());
            let class = self.column(crate::schema::CHANGE_CLASS).map(|class| self.master.bytes(row, class));
            let marked = matches!(class, Some(b"9" | b"1"));
            if !open && !marked && begins > ends {
                self.report(Code::SetDateOrder, row, to, begins, ends);
            }
        }
    }
}

/// Blank, or nothing but zeros and a point.
pub(crate) fn is_zero(field: &[u8]) -> bool {
    field.iter().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read_canonical;
    use crate::schema::Schemas;

    /// A clean procedure record, with one field broken.
    fn procedure(field: &str, value: &str) -> Findings {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("procedure-150").unwrap();
        let clean = [
            ("procedure_code", "111000110"),
            ("unit_code", "0"),
            ("step_method", "0"),
            ("inout_class", "0"),
            ("tally_column_outpatient", "110"),
            ("tally_column_inpatient", "110"),
            ("changed_on", "20240601"),
            ("abolished_on", "99999999"),
        ];
        let row: Vec<&str> = layout
            .columns
            .iter()
            .map(|column| match clean.iter().find(|(id, _)| *id == column.id) {
                _ if column.id == field => value,
                Some((_, value)) => value,
                None => "",
            })
            .collect();
        let text = format!("{}\n{}\n", layout.canonical_header(), row.join(","));
        check(&read_canonical(&schemas, "procedure", text.into_bytes()).unwrap())
    }

    #[test]
    fn a_clean_record_broken_once_gives_exactly_one_finding() {
        assert!(procedure("name", "").is_empty());
        let broken = [
            ("step_method", "1", Code::SetStep),
            ("unit_code", "28", Code::SetStep),
            ("inout_class", "1", Code::SetInOut),
            ("tally_column_inpatient", "0", Code::SetInOut),
            ("age_addition_1_code", "111000370", Code::SetRelated),
            ("abolished_on", "20240531", Code::SetDateOrder),
        ];
        for (field, value, code) in broken {
            let findings = procedure(field, value);
            let counts: Vec<_> = findings.counts().collect();
            assert_eq!(counts, [(code, 1)], "{field} = {value}");
        }
    }
}
