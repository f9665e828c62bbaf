//! Words that several commands say.

use jiff::civil::Date;
use warifu::error::{Exit, Failure};
use warifu::store::ImportRecord;
use warifu_values::day::PublicationDay;
use warifu_values::lang::Lang;
use warifu_values::say;

/// The file that came in, marked where it is an emergency correction.
pub(super) fn marked(record: &ImportRecord, lang: Lang) -> String {
    as_correction(&record.name, record.correction.is_some(), lang)
}

/// What a version is called, marked where it is an emergency correction.
pub(super) fn as_correction(name: &str, is_one: bool, lang: Lang) -> String {
    match is_one {
        true => say!(lang, "{name} (EMERGENCY CORRECTION)", "{name}（緊急訂正）"),
        false => name.to_owned(),
    }
}

/// A day of publication as people write it.
pub(super) fn said(day: Date, lang: Lang) -> String {
    let published = PublicationDay::parse(&day.to_string());
    published.map_or_else(|| day.to_string(), |published| published.said(lang))
}

/// A commit's name for people.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

pub(super) fn no_record(key: &str) -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        format!("no master in the repository has a record {key}"),
        format!("コード {key} はリポジトリのどのマスターにもありません"),
    )
}
