//! All risks of a diff, riskiest first.

use super::kind::RiskKind;
use super::risk::{Evidence, Risk, Scope};
use super::{amount, column, record, reference};
use crate::consistency;
use warifu_masters::change::diff::Diff;

/// The risks of `diff`, riskiest first; of one kind, those that concern most records first.
pub fn review(diff: &Diff<'_>, scope: Scope<'_>) -> Vec<Risk> {
    let between_records = || match scope {
        Scope::States { others } => {
            reference::lost(diff, others).into_iter().chain(rules_broken(diff)).collect()
        }
        Scope::Parts => Vec::new(),
    };
    let mut risks: Vec<Risk> = std::thread::scope(|threads| {
        let aside = threads.spawn(between_records);
        let mut risks = amount::risks(diff);
        risks.extend(column::risks(diff, scope));
        risks.extend(record::risks(diff, scope));
        risks.extend(aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        risks
    });
    risks.sort_by_key(|risk| (risk.kind, std::cmp::Reverse(risk.records()), risk.column));
    risks
}

/// Rules between records that the new state breaks where the old one did not.
fn rules_broken(diff: &Diff<'_>) -> Vec<Risk> {
    let mut risks: Vec<Risk> = Vec::new();
    for finding in consistency::newly_broken(diff).list() {
        let known = risks.iter_mut().find_map(|risk| match &mut risk.evidence {
            Evidence::Rule(code, findings) if *code == finding.code => Some((&mut risk.changes, findings)),
            _ => None,
        });
        let change = finding.key.as_deref().and_then(|key| change_of(diff, key));
        match known {
            Some((changes, findings)) => {
                changes.extend(change.filter(|at| !changes.contains(at)));
                findings.push(finding.clone());
            }
            None => risks.push(Risk {
                kind: RiskKind::RuleBroken,
                column: None,
                changes: change.into_iter().collect(),
                evidence: Evidence::Rule(finding.code, vec![finding.clone()]),
            }),
        }
    }
    risks
}

/// The change of the record with `key`, if it has one.
fn change_of(diff: &Diff<'_>, key: &str) -> Option<usize> {
    let at = diff.changes.partition_point(|change| diff.key(*change).as_ref() < key);
    diff.changes.get(at).is_some_and(|change| diff.key(*change) == key).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::risk::SAME_CHANGE_RECORDS;
    use warifu_masters::change::diff::diff;
    use warifu_masters::file::read_canonical;
    use warifu_masters::schema::Schemas;
    use warifu_masters::table::Master;

    type Fields<'a> = &'a [(&'a str, &'a str)];

    /// A master of records that have these fields; a clean procedure has its points, a drug its price.
    fn master(layout: &str, records: &[Fields<'_>]) -> Master {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout(layout).unwrap();
        let clean =
            [("change_class", "0"), ("name", "名"), ("short_name", "名"), ("abolished_on", "99999999")];
        let mut text = layout.canonical_header() + "\n";
        for record in records {
            let field = |id: &str| record.iter().chain(&clean).find(|(known, _)| *known == id);
            let row: Vec<&str> = layout
                .columns
                .iter()
                .map(|column| field(&column.id).map_or("", |(_, value)| value))
                .collect();
            text.push_str(&row.join(","));
            text.push('\n');
        }
        read_canonical(&schemas, &layout.kind, text.into_bytes()).unwrap()
    }

    fn kinds(old: &Master, new: &Master) -> Vec<RiskKind> {
        review(&diff(old, new).unwrap(), Scope::States { others: &[] }).iter().map(|risk| risk.kind).collect()
    }

    /// The risks when one field of a clean procedure changes.
    fn procedure(field: &str, old: &str, new: &str) -> Vec<RiskKind> {
        let state = |value| {
            let common: Fields<'_> = &[("points", "100.00"), ("point_kind", "3"), ("dpc_class", "0")];
            let mut record = vec![("procedure_code", "111000110"), (field, value)];
            record.extend_from_slice(common);
            // A second record, so that no column is used for the first time or emptied.
            let mut other = vec![("procedure_code", "111000370"), (field, old)];
            other.extend_from_slice(common);
            // A third one that has met the values which are no news here.
            let mut third = vec![("procedure_code", "111000470"), ("point_kind", "1"), ("unit_code", "2")];
            third.extend_from_slice(&[(field, old), ("points", "100.00"), ("dpc_class", "0")]);
            master("procedure-150", &[&record, &other, &third])
        };
        kinds(&state(old), &state(new))
    }

    #[test]
    fn one_change_is_exactly_one_risk() {
        for (field, old, new, kind) in [
            ("points", "100.00", "1000.00", RiskKind::AmountTenfold),
            ("points", "100.00", "0.00", RiskKind::AmountZero),
            ("points", "100.00", "160.00", RiskKind::AmountLarge),
            ("points", "100.00", "125.00", RiskKind::AmountNotable),
            ("point_kind", "3", "1", RiskKind::AmountKind),
            ("unit_code", "1", "2", RiskKind::UnitChanged),
            ("dpc_class", "0", "7", RiskKind::ValueUnknown),
            ("dpc_class", "0", "1", RiskKind::ValueNew),
            ("short_name", "初診料（乳幼児）", "入院時食事療養費", RiskKind::NameReplaced),
            ("short_name", "初診料（乳幼児）", "初診料（乳幼児加算）", RiskKind::NameChanged),
            ("changed_on", "20240601", "20240401", RiskKind::DateEarlier),
            ("abolished_on", "99999999", "20240630", RiskKind::DateEarlier),
            ("change_class", "9", "0", RiskKind::Revived),
            ("change_class", "0", "9", RiskKind::Abolished),
            ("age_addition_1_code", "111000370", "199999999", RiskKind::RuleBroken),
        ] {
            let mut found = procedure(field, old, new);
            // A unit that no step goes with breaks a rule of its own in both states.
            found.retain(|kind| *kind != RiskKind::RuleBroken || field == "age_addition_1_code");
            assert_eq!(found, [kind], "{field}: {old} -> {new}");
        }
        assert!(procedure("points", "100.00", "101.00").is_empty());
        assert!(procedure("publication_order", "1", "2").is_empty());
    }

    #[test]
    fn a_record_that_goes_while_others_name_it_comes_first() {
        let first: Fields<'_> = &[("drug_code", "610000001")];
        let gone: Fields<'_> = &[("drug_code", "610000002")];
        let names: Fields<'_> = &[("drug_code", "610000003"), ("related_product_code", "610000002")];
        let (old, new) = (master("drug-42", &[first, gone, names]), master("drug-42", &[first, names]));
        let diff = diff(&old, &new).unwrap();
        let risks = review(&diff, Scope::States { others: &[] });
        let kinds: Vec<_> = risks.iter().map(|risk| risk.kind).collect();
        assert_eq!(kinds, [RiskKind::ReferenceLost, RiskKind::RuleBroken, RiskKind::Unannounced]);
        let Evidence::References(references) = &risks[0].evidence else { panic!("{:?}", risks[0]) };
        assert_eq!((references[0].code.as_str(), references[0].key.as_str()), ("610000002", "610000003"));
        assert!(
            review(&diff, Scope::Parts).is_empty(),
            "a differential does not remove what it does not carry"
        );
    }

    #[test]
    fn another_master_that_names_a_removed_record_is_seen() {
        let stays: Fields<'_> = &[("procedure_code", "111000110")];
        let gone: Fields<'_> = &[("procedure_code", "111000370")];
        let (old, new) = (master("procedure-150", &[stays, gone]), master("procedure-150", &[stays]));
        let relation = [
            ("procedure_code", "111000370"),
            ("comment_code", "820000001"),
            ("notice_class", "1"),
            ("item_no", "1"),
            ("publication_order", "1"),
        ];
        let relation = master("comment-relation-18", &[&relation]);
        let risks = review(&diff(&old, &new).unwrap(), Scope::States { others: &[&relation] });
        let Evidence::References(references) = &risks[0].evidence else { panic!("{risks:?}") };
        assert_eq!(
            (references[0].kind.as_str(), references[0].column.as_str()),
            ("comment-relation", "procedure_code")
        );
    }

    #[test]
    fn what_many_records_share_is_told_once() {
        let codes: Vec<String> = (0..200).map(|n| format!("111{n:06}")).collect();
        // `value` in the first `count` records, `rest` in the others.
        let state = |field: &'static str, value: &'static str, count: usize, rest: &'static str| {
            let records: Vec<Vec<(&str, &str)>> = codes
                .iter()
                .enumerate()
                .map(|(n, code)| {
                    vec![("procedure_code", code.as_str()), (field, if n < count { value } else { rest })]
                })
                .collect();
            let records: Vec<Fields<'_>> = records.iter().map(Vec::as_slice).collect();
            master("procedure-150", &records)
        };
        for (field, old, new, count, kind) in [
            ("changed_on", "20240401", "20240601", 200, RiskKind::Bookkeeping),
            ("max_times", "0", "3", SAME_CHANGE_RECORDS, RiskKind::SameChange),
            ("max_times", "0", "3", 50, RiskKind::ManyChanges),
            ("max_times", "", "3", 1, RiskKind::ColumnFirstUsed),
            ("code_table_item", "01", "001", 40, RiskKind::Rewritten),
        ] {
            assert_eq!(
                kinds(&state(field, old, count, old), &state(field, new, count, old)),
                [kind],
                "{field}"
            );
        }
        let few = SAME_CHANGE_RECORDS - 1;
        assert!(kinds(&state("max_times", "0", few, "0"), &state("max_times", "3", few, "0")).is_empty());
        let emptied = kinds(&state("max_times", "3", 1, ""), &state("max_times", "", 1, ""));
        assert_eq!(emptied, [RiskKind::ColumnEmptied]);
    }
}
