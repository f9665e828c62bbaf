//! Why bytes or values are no manifest.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::flaw::Flaw;
use crate::limits;

/// The manifest's form; counted up when a reader of the old form would misunderstand the new one.
pub(super) const SCHEMA: u32 = 3;

/// Why bytes or values are no manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManifestError {
    /// Longer than [`limits::MANIFEST_BYTES`].
    TooLong,
    /// Not the JSON it must be.
    Malformed(Flaw),
    /// It cannot be written as JSON; the text says why.
    Unwritable(String),
    /// Made by a newer version of this software.
    NewerSchema(u64),
    /// Made by an older version, which carried no timelines and did not say what changes.
    OlderSchema(u64),
    /// Its number is not the one after the release that it follows.
    NumberSkipped {
        /// Its number.
        release: u64,
        /// The number of the release that it follows; none when it follows none.
        previous: Option<u64>,
    },
    /// No number comes after that of the release that it would follow.
    NoNumberLeft,
    /// A release says what changes exactly when it follows another.
    ChangesAndPrevious {
        /// Its number.
        release: u64,
        /// The number of the release that it follows, without saying what changes; none when it follows none
        /// and says so all the same.
        previous: Option<u64>,
    },
    /// Two series govern the same treatment days.
    DaysOfTwoSeries {
        /// The kind of master.
        kind: String,
        /// The series.
        series: [String; 2],
    },
    /// A master that nobody could fetch, because no format of it is signed.
    NoFormat {
        /// The master as `series/kind`.
        master: String,
    },
    /// A field holds what it must not.
    Unacceptable {
        /// The field.
        field: &'static str,
        /// The master as `series/kind`, when it is one's.
        master: Option<String>,
    },
}

impl Speak for ManifestError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ManifestError::TooLong => say!(
                lang,
                "the manifest is longer than {} bytes; let fewer findings pass record by record, or with \
                 shorter reasons",
                "マニフェストが上限 {} バイトを超えています。行ごとに承認する指摘を減らすか、理由を短くしてください",
                limits::MANIFEST_BYTES
            ),
            ManifestError::Malformed(what) => {
                let what = what.say(lang);
                say!(lang, "the manifest is malformed: {what}", "マニフェストの形式が不正です: {what}")
            }
            ManifestError::Unwritable(what) => {
                say!(lang, "the manifest cannot be written: {what}", "マニフェストを書き出せません: {what}")
            }
            ManifestError::NewerSchema(schema) => say!(
                lang,
                "the manifest has schema {schema}; this program reads up to {SCHEMA}: update it",
                "マニフェストの書式は {schema} ですが、このプログラムは {SCHEMA} まで対応しています。更新してください"
            ),
            ManifestError::OlderSchema(schema) => say!(
                lang,
                "the manifest has schema {schema}, which carries no timelines and does not say what changes; \
                 ask for a release that is drafted by the version of this program",
                "マニフェストの書式 {schema} にはレコードの履歴と変更の一覧がありません。このプログラムと同じ版で作成したリリースを依頼してください"
            ),
            ManifestError::NumberSkipped { release, previous: None } => say!(
                lang,
                "the manifest says release {release} and follows none; the first release is 1",
                "マニフェストは先行リリースなしでリリース {release} としています。最初のリリースは 1 です"
            ),
            ManifestError::NumberSkipped { release, previous: Some(previous) } => say!(
                lang,
                "the manifest says release {release} and follows release {previous}; the number must be \
                 one more",
                "マニフェストはリリース {previous} の次をリリース {release} としています。番号は 1 つだけ増えるはずです"
            ),
            ManifestError::NoNumberLeft => say!(
                lang,
                "no number comes after that of the published release; ask how it was reached",
                "公開中のリリースの番号より大きい番号がありません。経緯を確認してください"
            ),
            ManifestError::ChangesAndPrevious { release, previous: Some(previous) } => say!(
                lang,
                "the manifest says that release {release} follows release {previous}, but not what it \
                 changes; draft it anew",
                "マニフェストはリリース {release} をリリース {previous} の次としていますが、変更の一覧がありません。草案を作り直してください"
            ),
            ManifestError::ChangesAndPrevious { release, previous: None } => say!(
                lang,
                "the manifest says what release {release} changes, but it follows no release; draft it anew",
                "マニフェストはリリース {release} の変更の一覧を含みますが、先行リリースがありません。草案を作り直してください"
            ),
            ManifestError::DaysOfTwoSeries { kind, series: [one, two] } => say!(
                lang,
                "the manifest has {kind} of both {one} and {two} govern the same treatment days; end the one \
                 before the other begins in warifu.toml",
                "マニフェストでは {kind} の {one} と {two} の適用期間が重なっています。warifu.toml で一方の開始前に他方を終了させてください"
            ),
            ManifestError::NoFormat { master } => say!(
                lang,
                "the manifest lists no format of {master}, so nobody could fetch it; draft it anew",
                "マニフェストに {master} の形式がなく、誰も取得できません。草案を作り直してください"
            ),
            ManifestError::Unacceptable { field: "title", master: None } => say!(
                lang,
                "the manifest's title is not acceptable: it is a text of 1 to {} characters on one \
                 line, none of them a tab or one that hides or turns others",
                "マニフェストの title が不正です。改行、タブ、見えない文字や書字方向を変える文字を含まない {} 文字以内の文にしてください",
                limits::TEXT_CHARS
            ),
            ManifestError::Unacceptable { field, master: None } => {
                say!(lang, "the manifest's {field} is not acceptable", "マニフェストの {field} が不正です")
            }
            ManifestError::Unacceptable { field, master: Some(master) } => say!(
                lang,
                "the manifest's {field} of {master} is not acceptable",
                "マニフェストの {master} の {field} が不正です"
            ),
        }
    }
}

spoken_error!(ManifestError, |_| false, |_| None);
