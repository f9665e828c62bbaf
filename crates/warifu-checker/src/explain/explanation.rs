//! What made a difference: the records of the masters, the checks, or the program.

use std::collections::BTreeSet;

use serde::Serialize;
use warifu_claims::lookup;
use warifu_claims::movement::master_said;
use warifu_claims::{ClaimCode, catalogue, is_of_unit};
use warifu_masters::past::{Change, What};
use warifu_rules::past::Told;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::given::GivenFinding;
use crate::receipt::Receipt;

/// A record that is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedRecord {
    /// The kind of master.
    pub kind: String,
    /// The code; blank for every code that stands in no file.
    pub code: String,
    /// The series of the record, where a finding names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// The first day on which it is another one.
    pub first: String,
    /// The last; none when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// The field, or `(cover)`.
    pub what: String,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
    #[serde(skip)]
    change: Change,
}

/// What made a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Explanation {
    /// These records, looked up in both releases.
    Records {
        /// Each.
        records: Vec<ChangedRecord>,
    },
    /// Another record of the unit (点数・回数算定単位) than its last one, of which the finding is told: an answer
    /// does not name the others, so it is one of these, or what they come to by several.
    OfUnit {
        /// The kind of master.
        kind: String,
        /// The code of the unit's last record.
        code: String,
        /// How many records of that kind are others on that day in what the check asks.
        changed: usize,
    },
    /// A record of this code: the masters differ, and the findings tell what each has. The releases were not
    /// at hand.
    Masters {
        /// The kind of master.
        kind: String,
        /// The code.
        code: String,
        /// The series of the record, where the findings name it.
        #[serde(skip_serializing_if = "Option::is_none")]
        series: Option<String>,
        /// What the first answer's record gives, where its finding says it.
        #[serde(skip_serializing_if = "Option::is_none")]
        old: Option<String>,
        /// What the second answer's gives.
        #[serde(skip_serializing_if = "Option::is_none")]
        new: Option<String>,
    },
    /// The checks are of other versions.
    Checks {
        /// The first answer's.
        old: String,
        /// The second's.
        new: String,
    },
    /// The program is of another version, with the same checks.
    Program {
        /// The first answer's.
        old: String,
        /// The second's.
        new: String,
    },
    /// Nothing that the receipts name: other claims, or an answer that was changed.
    Unexplained,
}

/// What made the findings `a` and `b` of one place differ.
pub(super) fn explanation(
    a: Option<&GivenFinding>,
    b: Option<&GivenFinding>,
    (of_a, of_b): (&Receipt, &Receipt),
    changes: Option<&[Change]>,
) -> Explanation {
    let one = a.or(b);
    let rule = one.and_then(|one| ClaimCode::parse(&one.code));
    let item = one.and_then(|one| one.item.as_deref());
    if of_a.masters != of_b.masters
        && let (Some(rule), Some(item), Some(one)) = (rule.filter(|rule| rule.asks_masters()), item, one)
    {
        let series = b.or(a).and_then(|one| one.series.clone());
        match changes {
            None => return by_evidence(a, b, rule, item, series),
            Some(changes) => {
                let records = records(changes, rule, item, one, series.as_deref());
                if !records.is_empty() {
                    return Explanation::Records { records };
                }
                if is_of_unit(rule) {
                    let (kind, changed) = (kind(item), of_kind(changes, rule, item, one));
                    if changed > 0 {
                        return Explanation::OfUnit { kind: kind.to_owned(), code: item.to_owned(), changed };
                    }
                }
            }
        }
    }
    let two = |of: fn(&Receipt) -> &String| (of(of_a).clone(), of(of_b).clone());
    let (old, new) = two(|receipt| &receipt.checks);
    if old != new {
        return Explanation::Checks { old, new };
    }
    let (old, new) = two(|receipt| &receipt.program);
    if old != new { Explanation::Program { old, new } } else { Explanation::Unexplained }
}

/// The master that knows the code, by its first digit.
fn kind(item: &str) -> &'static str {
    match item.as_bytes().first() {
        Some(b'1') => "procedure",
        Some(b'6') => "drug",
        Some(b'7') => "material",
        Some(b'8') => "comment",
        _ => "",
    }
}

/// Whether a change is of the day or the month of the finding, in what the check asks.
fn is_asked<'a>(rule: ClaimCode, one: &'a GivenFinding) -> impl Fn(&Change) -> bool + 'a {
    let check = catalogue().find(|(_, about)| about.codes.contains(&rule));
    let columns = check.map(|(_, about)| about.columns).unwrap_or_default();
    let when = one.day.as_deref().or(one.month.as_deref()).unwrap_or_default();
    move |change| {
        // A month is on the days that begin with it: 2024-06 lies before 2024-06-01 and all later ones.
        let (first, last) = (change.days.first.to_string(), change.days.last.map(|last| last.to_string()));
        let is_then = (first.as_str() <= when || first.starts_with(when))
            && last.is_none_or(|last| when <= last.as_str());
        is_then
            && match &change.what {
                What::Cover { .. } => true,
                What::Field { id, .. } => columns.contains(&id.as_str()),
            }
    }
}

/// How many codes of the master that knows `item` have changes that the check asks.
fn of_kind(changes: &[Change], rule: ClaimCode, item: &str, one: &GivenFinding) -> usize {
    let (kind, is_asked) = (kind(item), is_asked(rule, one));
    let of_kind = changes.iter().filter(|change| change.kind == kind && is_asked(change));
    of_kind.map(|change| change.key.as_str()).collect::<BTreeSet<_>>().len()
}

/// Whether a change of a table whose records are about several codes names `item`.
fn names(change: &Change, item: &str) -> bool {
    let is_table = lookup::Snapshot::table_columns().any(|(kind, _)| kind == change.kind);
    is_table && change.key.split('-').any(|part| part == item)
}

/// Those of `changes` that the check asks, for the day or the month of the finding.
fn records(
    changes: &[Change],
    rule: ClaimCode,
    item: &str,
    one: &GivenFinding,
    series: Option<&str>,
) -> Vec<ChangedRecord> {
    let (kind, is_asked) = (kind(item), is_asked(rule, one));
    let of_code = |change: &&Change| {
        (change.kind == kind && change.key == item || names(change, item)) && is_asked(change)
    };
    let told = |change: &Change| {
        let (old, new) = change.values();
        ChangedRecord {
            kind: change.kind.clone(),
            code: change.key.clone(),
            series: series.map(str::to_owned),
            first: change.days.first.to_string(),
            last: change.days.last.map(|last| last.to_string()),
            what: change.subject().to_owned(),
            old: old.into_owned(),
            new: new.into_owned(),
            change: change.clone(),
        }
    };
    let records: Vec<_> = changes.iter().filter(of_code).map(told).collect();
    if !records.is_empty() {
        return records;
    }
    // A code that stands in no file is judged by what holds for all such.
    let of_others = |change: &&Change| change.kind == kind && change.key.is_empty() && is_asked(change);
    changes.iter().filter(of_others).map(told).collect()
}

/// What the findings themselves tell of the records.
fn by_evidence(
    a: Option<&GivenFinding>,
    b: Option<&GivenFinding>,
    rule: ClaimCode,
    item: &str,
    series: Option<String>,
) -> Explanation {
    let expected = |one: Option<&GivenFinding>| {
        one.map(|one| one.expected.clone()).filter(|expected| !expected.is_empty())
    };
    // Who finds nothing wrong with the points has those that are claimed.
    let claimed = |other: Option<&GivenFinding>| {
        other.filter(|_| rule == ClaimCode::Points).map(|other| other.found.clone())
    };
    let old = if a.is_some() { expected(a) } else { claimed(b) };
    let new = if b.is_some() { expected(b) } else { claimed(a) };
    Explanation::Masters { kind: kind(item).to_owned(), code: item.to_owned(), series, old, new }
}

impl Speak for Explanation {
    fn say(&self, lang: Lang) -> String {
        match self {
            Explanation::Records { records } => {
                let told = |record: &ChangedRecord| {
                    let series = record.series.as_deref().map(|series| format!("{series} "));
                    format!("{}{}", series.unwrap_or_default(), Told(&record.change).say(lang))
                };
                let records = records.iter().map(told).collect::<Vec<_>>().join("; ");
                say!(lang, "the record: {records}", "マスターの違い: {records}")
            }
            Explanation::OfUnit { kind, code, changed } => {
                let kind = master_said(kind, lang);
                say!(
                    lang,
                    "not the record of {kind} {code}, with which the unit ends: the sum is of all its \
                     records, and {changed} codes of that kind are others on that day; look up the unit's \
                     other codes",
                    "{kind} {code} のマスターは同じです。点数は点数・回数算定単位の合計で、同日に内容が異なる{kind}が \
                     {changed} コードあります。同じ算定単位の他のコードを確認してください"
                )
            }
            Explanation::Masters { kind, code, series, old, new } => {
                let series = series.as_deref().unwrap_or("-");
                let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                let (kind, old, new) = (master_said(kind, lang), value(old), value(new));
                say!(
                    lang,
                    "a record of {kind} {code} ({series}), as the findings tell: {old} → {new}",
                    "{kind} {code}（{series}）のマスターの違い（指摘から判断）: {old} → {new}"
                )
            }
            Explanation::Checks { old, new } => {
                say!(lang, "the checks: version {old} → {new}", "点検の版の違い: {old} → {new}")
            }
            Explanation::Program { old, new } => {
                say!(lang, "the program: version {old} → {new}", "プログラムの版の違い: {old} → {new}")
            }
            Explanation::Unexplained => say!(
                lang,
                "nothing that the receipts name: is it the same claim file, and are both answers as they \
                 were given?",
                "判定根拠からは説明できません。同じ請求ファイルか、点検結果が書き換えられていないか確認してください"
            ),
        }
    }
}
