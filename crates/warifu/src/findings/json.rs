//! Findings for programs: all of them, each in both languages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use warifu_masters::finding::{Finding, Findings, Severity};
use warifu_values::lang::Lang;

use super::found::{Group, groups};

/// The findings about a file for `--json`.
#[derive(Debug, Serialize)]
pub struct FindingsJson<'a> {
    /// How many there are of each code.
    counts: BTreeMap<Cow<'a, str>, u64>,
    /// The codes, what refuses first, and what to do about each.
    codes: Vec<CodeJson<'a>>,
    /// How many are counted in `counts` and do not stand in `list`: beyond a million.
    left_out: u64,
    /// All findings, by code.
    list: Vec<FindingJson<'a>>,
}

/// A sentence in both languages.
#[derive(Debug, Serialize)]
struct Said<T> {
    en: T,
    ja: T,
}

#[derive(Debug, Serialize)]
struct CodeJson<'a> {
    code: Cow<'a, str>,
    severity: Severity,
    count: u64,
    advice: Said<String>,
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    message: Said<String>,
}

impl<'a> FindingsJson<'a> {
    /// Of `findings`.
    pub fn new(findings: &'a Findings) -> Self {
        let (mut codes, mut list) = (Vec::new(), Vec::new());
        for group in groups(findings) {
            let advice = said(|lang| group.advice(lang).to_owned());
            let Group { name, severity, count, findings } = group;
            codes.push(CodeJson { code: name, severity, count, advice });
            let one = |finding: &'a Finding| FindingJson { finding, message: said(|it| finding.text(it)) };
            list.extend(findings.into_iter().map(one));
        }
        let left_out = findings.only_counted();
        FindingsJson { counts: findings.counts_by_name().collect(), codes, left_out, list }
    }
}

fn said<T>(say: impl Fn(Lang) -> T) -> Said<T> {
    Said { en: say(Lang::En), ja: say(Lang::Ja) }
}

#[cfg(test)]
mod tests {
    use super::super::found::tests::found;
    use super::*;

    #[test]
    fn programs_get_all_of_a_code_and_both_messages_of_each() {
        let found = found(1_200);
        let document = serde_json::to_value(FindingsJson::new(&found.findings)).unwrap();
        assert_eq!((&document["counts"]["field/date"], &document["left_out"]), (&1_201.into(), &0.into()));
        assert_eq!(document["list"].as_array().unwrap().len(), 1_202);
        assert_eq!(document["codes"][0]["code"], "field/date");
        for said in [&document["codes"][0]["advice"], &document["list"][1_000]["message"]] {
            assert!(said["en"].as_str().unwrap().is_ascii(), "{said}");
            assert!(said["ja"].as_str().unwrap().contains('。') || !said["ja"].as_str().unwrap().is_ascii());
        }
    }
}
