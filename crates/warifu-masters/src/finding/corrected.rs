//! The emergency correction that a finding is about, and what of which record it corrected.

use serde::Serialize;
use warifu_values::day::said_day;
use warifu_values::lang::Lang;
use warifu_values::say;

/// A field, or a whole record, that an emergency correction set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// What the record is called.
    pub record: String,
    /// What the field is called in Japanese, as in the layout; none of a whole record.
    pub title: Option<String>,
    /// The correction's file.
    pub file: String,
    /// Its day.
    pub dated: String,
    /// When it was imported.
    pub imported: String,
    /// Who imported it.
    pub by: String,
    /// Why it could not wait.
    pub reason: String,
}

impl Corrected {
    /// What is corrected, the record and its column, and by which correction.
    pub(super) fn told(&self, lang: Lang) -> [String; 3] {
        let Corrected { record, title, file, dated, imported, by, reason } = self;
        let title = title.clone().unwrap_or_else(|| say!(lang, "the whole record", "レコード全体"));
        let (dated, imported) = (said_day(dated, lang), said_day(imported, lang));
        let correction = say!(
            lang,
            "{file} of {dated}, imported by {by} on {imported}: {reason}",
            "{file}（{dated}）、{imported} に {by} が取り込み、理由: {reason}"
        );
        [record.clone(), title, correction]
    }

    /// A value as it is shown: of a whole record, whether it is there.
    pub(super) fn shown(&self, value: &str, lang: Lang) -> String {
        match (value, &self.title) {
            ("there", None) => say!(lang, "that it is there", "あり"),
            ("gone", None) => say!(lang, "that it is gone", "なし"),
            ("", Some(_)) => say!(lang, "(blank)", "（空欄）"),
            (value, _) => value.to_owned(),
        }
    }
}
