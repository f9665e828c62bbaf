//! Turns, kinds and judgements as people and tables have them.

use warifu_claims::movement::{Judgement, RecordBehind, Turn};
use warifu_values::lang::Lang;
use warifu_values::say;

/// From what to what.
pub(super) fn turn(turn: Turn, lang: Lang) -> String {
    match turn {
        Turn::RightToError => say!(lang, "right to error", "正 → 誤"),
        Turn::ErrorToRight => say!(lang, "error to right", "誤 → 正"),
        Turn::ErrorToOther => say!(lang, "error to another error", "誤 → 別の誤り"),
        Turn::RightToUnjudged => say!(lang, "right to not judged", "正 → 判定不能"),
        Turn::ErrorToUnjudged => say!(lang, "error to not judged", "誤 → 判定不能"),
        Turn::UnjudgedToRight => say!(lang, "not judged to right", "判定不能 → 正"),
        Turn::UnjudgedToError => say!(lang, "not judged to error", "判定不能 → 誤"),
    }
}

/// `right`, or the rule with what the master gives instead.
pub(super) fn judgement(judgement: &Judgement) -> String {
    match judgement {
        Judgement::Right => "right".to_owned(),
        Judgement::Found { rule, expected } if expected.is_empty() => rule.to_string(),
        Judgement::Found { rule, expected } => format!("{rule} {expected}"),
    }
}

/// `r06 291`: the series and what checks ask of it; blank where none is in force.
pub(super) fn record(record: Option<&RecordBehind>) -> String {
    let told = |record: &RecordBehind| format!("{} {}", record.series, record.value).trim_end().to_owned();
    record.map(told).unwrap_or_default()
}
