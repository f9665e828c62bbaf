//! Words that several commands say.

use jiff::civil::Date;
use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::store::ImportRecord;
use warifu_values::day::{TreatmentDay, said_day};
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
pub(crate) fn said(day: Date, lang: Lang) -> String {
    said_day(&day.to_string(), lang)
}

/// From day to day, `2022-04-01..2024-05-31`, 令和4年4月1日～令和6年5月31日; nothing stands where there is no end.
pub(super) fn span(first: Option<TreatmentDay>, last: Option<TreatmentDay>, lang: Lang) -> String {
    let [first, last] = [first, last].map(|day| day.map(|day| day.said(lang)).unwrap_or_default());
    match lang {
        Lang::En => format!("{first}..{last}"),
        Lang::Ja => format!("{first}～{last}"),
    }
}

/// What an import of a master, its series and kind, brought.
pub(super) fn told((series, kind): (&str, &str), record: &ImportRecord, lang: Lang) -> String {
    let (name, records) = (marked(record, lang), record.records);
    if record.base.is_none() {
        return say!(
            lang,
            "{series} {kind} {name}: {records} records, the base of the series",
            "{series} {kind} {name}: {records} 件、系列の基になる全件"
        );
    }
    let (added, changed, abolished) = (record.counts.added, record.counts.changed, record.counts.abolished);
    let removed = match record.counts.removed {
        0 => String::new(),
        removed => say!(lang, ", {removed} removed", "、なくなったもの {removed}"),
    };
    say!(
        lang,
        "{series} {kind} {name}: {added} added, {changed} changed, {abolished} abolished{removed}",
        "{series} {kind} {name}: 追加 {added}、変更 {changed}、廃止 {abolished}{removed}"
    )
}

/// A commit's name for people.
pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

pub(super) fn no_record(key: &str) -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        format!(
            "no master in the repository has a record {key}; by a part of the code or a name it is found by:"
        ),
        format!("コード {key} はリポジトリのどのマスターにもありません。コードの一部や名称では次で探せます:"),
    )
    .advising(Advised::command(&["find"]).word(key))
}
