//! The findings that are in one of two answers only, or say something else, each with its cause.

use std::collections::BTreeMap;

use serde::Serialize;
use warifu_masters::past::Change;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::explanation::{Explanation, explanation};
use super::given::{Given, GivenFinding, GivenSummary};
use crate::receipt::Receipt;
use crate::said::Said;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The finding of the first answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<GivenFinding>,
    /// The finding of the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<GivenFinding>,
    /// What made it.
    pub cause: Explanation,
}

/// How two answers differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// By what the first was judged.
    pub a: Receipt,
    /// By what the second was.
    pub b: Receipt,
    /// Findings that one of them only counted: these are not compared.
    pub left_out: u64,
    /// Each, in the order of the file.
    pub differences: Vec<Difference>,
}

/// How `a` and `b` differ; `changes` is what the release of `b` judges differently from that of `a`, where
/// both are at hand.
///
/// # Errors
/// They are not of one claim file.
pub fn explain(a: &Given, b: &Given, changes: Option<&[Change]>) -> Result<Differences, Said> {
    let size = |summary: &GivenSummary| (summary.claims, summary.items);
    if size(&a.summary) != size(&b.summary) {
        return Err(Said::new(
            "these are not answers for one claim file: they count other claims and items",
            "同じ請求ファイルの点検結果ではありません（レセプト件数か項目数が違います）",
        ));
    }
    let mut places: BTreeMap<_, (Vec<&GivenFinding>, Vec<&GivenFinding>)> = BTreeMap::new();
    a.findings.iter().for_each(|finding| places.entry(finding.key()).or_default().0.push(finding));
    b.findings.iter().for_each(|finding| places.entry(finding.key()).or_default().1.push(finding));
    let receipts = (&a.summary.receipt, &b.summary.receipt);
    let mut differences = Vec::new();
    for (of_a, of_b) in places.values() {
        for at in 0..of_a.len().max(of_b.len()) {
            let (a, b) = (of_a.get(at).copied(), of_b.get(at).copied());
            let evidence = |finding: Option<&GivenFinding>| {
                finding.map(|finding| finding.evidence().map(|of| of.map(str::to_owned)))
            };
            if evidence(a) != evidence(b) {
                let cause = explanation(a, b, receipts, changes);
                differences.push(Difference { a: a.cloned(), b: b.cloned(), cause });
            }
        }
    }
    let left_out = a.summary.left_out + b.summary.left_out;
    Ok(Differences { a: receipts.0.clone(), b: receipts.1.clone(), left_out, differences })
}

impl Speak for Difference {
    fn say(&self, lang: Lang) -> String {
        let Some(one) = self.a.as_ref().or(self.b.as_ref()) else { return String::new() };
        let (line, code) = (one.line, &one.code);
        let claim = one.claim.map(|claim| format!(" #{claim}")).unwrap_or_default();
        let item = one.item.as_deref().map(|item| format!(" {item}")).unwrap_or_default();
        let name = one.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
        let day = one.day.as_deref().or(one.month.as_deref());
        let day = day.map(|day| format!(" {day}")).unwrap_or_default();
        let message = |finding: &GivenFinding| match lang {
            Lang::En => finding.en.clone(),
            Lang::Ja => finding.ja.clone(),
        };
        let said = match (&self.a, &self.b) {
            (Some(a), Some(b)) => {
                let (a, b) = (message(a), message(b));
                say!(lang, "A: {a}; B: {b}", "A: {a}、B: {b}")
            }
            (Some(a), None) => {
                let a = message(a);
                say!(lang, "only in A: {a}", "A のみ: {a}")
            }
            (None, Some(b)) => {
                let b = message(b);
                say!(lang, "only in B: {b}", "B のみ: {b}")
            }
            (None, None) => String::new(),
        };
        let cause = self.cause.say(lang);
        format!("{line}{claim}: {code}{item}{name}{day}: {said}\n    {cause}")
    }
}

impl Speak for Differences {
    fn say(&self, lang: Lang) -> String {
        let Differences { a, b, left_out, differences } = self;
        let mut text = String::new();
        for (name, receipt) in [("A", a), ("B", b)] {
            let Receipt { release, masters, checks, program, .. } = receipt;
            let masters = masters.to_string();
            let masters = masters.get(..12).unwrap_or_default();
            text.push_str(&say!(
                lang,
                "{name}: release {release}, masters {masters}, checks {checks}, program {program}\n",
                "{name}: リリース {release}、マスター {masters}、点検 {checks}、プログラム {program}\n"
            ));
        }
        for difference in differences {
            text.push_str(&difference.say(lang));
            text.push('\n');
        }
        if *left_out > 0 {
            text.push_str(&say!(
                lang,
                "findings that were only counted, and are not compared: {left_out}\n",
                "件数のみの指摘（比較の対象外）: {left_out} 件\n"
            ));
        }
        let count = differences.len();
        text.push_str(&match count {
            0 => say!(lang, "no finding differs", "指摘に違いはありません"),
            _ => say!(lang, "findings that differ: {count}", "違いのある指摘: {count} 件"),
        });
        text
    }
}

#[cfg(test)]
mod tests {
    use warifu_masters::past::{Days, What};
    use warifu_values::day::TreatmentDay;
    use warifu_values::digest::Digest;

    use super::*;

    /// An answer of `release`, by these checks, of one finding: points `found` of 111000110, and `expected`.
    fn answer(release: u64, checks: &str, points: &[(&str, &str)]) -> Given {
        let finding = |(found, expected): &(&str, &str)| {
            let finding = serde_json::json!({
                "code": "claim/points", "severity": "error", "release": release, "claim": 1, "line": 3,
                "record": "SI", "item": "111000110", "day": "2024-06-07", "series": "r06", "found": found,
                "expected": expected, "en": "en", "ja": "ja",
            });
            format!("{finding}\n")
        };
        let masters = Digest::of(release.to_string().as_bytes());
        let summary = serde_json::json!({
            "claims": 1, "items": 1, "findings": points.len(), "errors": 1, "unjudged": 0, "left_out": 0,
            "release": release, "manifest": masters, "masters": masters, "checks": checks, "program": "1",
        });
        let lines = points.iter().map(finding).collect::<String>() + &summary.to_string();
        Given::read("answer", lines.as_bytes()).unwrap()
    }

    fn change(code: &str, field: &str, first: &str, last: Option<&str>) -> Change {
        let day = |text: &str| TreatmentDay::parse(text).unwrap();
        let what = What::Field { id: field.to_owned(), old: "288.00".to_owned(), new: "291.00".to_owned() };
        let days = Days { first: day(first), last: last.map(day) };
        Change { kind: "procedure".to_owned(), key: code.to_owned(), what, days, published: None }
    }

    fn only(a: &Given, b: &Given, changes: Option<&[Change]>) -> Explanation {
        let [one] = &explain(a, b, changes).unwrap().differences[..] else { panic!("one differs") };
        one.cause.clone()
    }

    #[test]
    fn a_record_is_looked_up_for_the_day_and_by_what_the_check_asks() {
        let (a, b) = (answer(1, "1-a", &[]), answer(2, "1-a", &[("288", "291")]));
        let changes = [
            change("111000110", "points", "20240601", None),
            change("111000110", "short_name", "20240601", None),
            change("111000110", "points", "20240701", None),
            change("111000110", "points", "20240401", Some("20240606")),
            change("112007410", "points", "20240601", None),
        ];
        let Explanation::Records { records } = only(&a, &b, Some(&changes)) else {
            panic!("not by a record")
        };
        let told: Vec<_> =
            records.iter().map(|one| (one.first.as_str(), one.old.as_str(), &one.series)).collect();
        assert_eq!(told, [("2024-06-01", "288.00", &Some("r06".to_owned()))]);
        // Without the releases the findings tell: nothing is wrong with 288 by the first.
        let by = only(&a, &b, None);
        let value = |text: &str| Some(text.to_owned());
        assert_eq!(
            by,
            Explanation::Masters {
                kind: "procedure".to_owned(),
                code: "111000110".to_owned(),
                series: value("r06"),
                old: value("288"),
                new: value("291"),
            }
        );
        for lang in [Lang::En, Lang::Ja] {
            let text = explain(&a, &b, None).unwrap().say(lang);
            assert!(text.contains("288 → 291") && text.contains("1-a"), "{text}");
        }
    }

    #[test]
    fn what_no_record_explains_is_of_the_checks_or_of_nothing_known() {
        let (a, b) = (answer(1, "1-a", &[("288", "291")]), answer(1, "1-b", &[("288", "290")]));
        assert_eq!(only(&a, &b, None), Explanation::Checks { old: "1-a".to_owned(), new: "1-b".to_owned() });
        let b = answer(1, "1-a", &[]);
        assert_eq!(only(&a, &b, None), Explanation::Unexplained);
        // Other masters, but no record that this finding asks.
        let b = answer(2, "1-a", &[]);
        for other in [
            change("111000110", "short_name", "20240601", None),
            change("112007410", "short_name", "20240601", None),
            change("112007410", "points", "20240701", None),
        ] {
            assert_eq!(only(&a, &b, Some(&[other])), Explanation::Unexplained);
        }
    }

    /// Points are told of the last record of a unit; the one that changed may be any of it.
    #[test]
    fn a_sum_that_changed_by_another_record_of_the_unit_is_said_to() {
        let (a, b) = (answer(1, "1-a", &[("288", "291")]), answer(2, "1-a", &[]));
        let changes = [
            change("112007410", "points", "20240601", None),
            change("112007410", "point_kind", "20240601", None),
            change("113000110", "points", "20240601", None),
            change("113000210", "points", "20240701", None),
        ];
        let cause = only(&a, &b, Some(&changes));
        let (kind, code) = ("procedure".to_owned(), "111000110".to_owned());
        assert_eq!(cause, Explanation::OfUnit { kind, code, changed: 2 });
        assert!(cause.say(Lang::En).contains("111000110") && cause.say(Lang::Ja).contains("2 コード"));
    }

    #[test]
    fn a_table_explains_what_it_says_of_the_code() {
        let (mut a, mut b) = (answer(1, "1-a", &[("288", "291")]), answer(2, "1-a", &[]));
        a.findings[0].code = "claim/comment-missing".to_owned();
        b.summary.receipt.checks.clone_from(&a.summary.receipt.checks);
        let of = |key: &str| Change {
            kind: "comment-relation".to_owned(),
            key: key.to_owned(),
            ..change("", "condition_class", "20240601", None)
        };
        let changes = [of("111000110-820000001-1-0001-00--1"), of("112007410-820000001-1-0001-00--1")];
        let Explanation::Records { records } = only(&a, &b, Some(&changes)) else { panic!("no record") };
        assert_eq!(records.len(), 1);
        assert_eq!(only(&a, &b, Some(&changes[1..])), Explanation::Unexplained);
    }

    #[test]
    fn the_same_findings_of_two_releases_are_no_difference() {
        let (a, b) = (answer(1, "1-a", &[("288", "291")]), answer(2, "1-b", &[("288", "291")]));
        assert_eq!(explain(&a, &b, None).unwrap().differences, []);
        let mut other = b.clone();
        other.summary.items = 2;
        assert!(explain(&a, &other, None).is_err(), "another claim file");
    }

    #[test]
    fn an_answer_that_is_not_whole_is_not_read() {
        for bytes in ["", "{}", "{\"claims\":1}\n", "no"] {
            assert!(Given::read("a", bytes.as_bytes()).is_err(), "{bytes}");
        }
        let summary = |findings: u64| {
            let digest = Digest::of(b"");
            serde_json::json!({ "claims": 1, "items": 1, "findings": findings, "left_out": 0, "release": 1,
                "manifest": digest, "masters": digest, "checks": "1-a", "program": "1" })
            .to_string()
        };
        assert!(Given::read("a", summary(0).as_bytes()).is_ok());
        assert!(Given::read("a", summary(1).as_bytes()).is_err(), "a line is missing");
    }
}
