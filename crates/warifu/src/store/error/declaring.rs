//! What is not right in `warifu.toml`.

use jiff::civil::Date;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::daily::DailyError;

/// What has to be mended in `warifu.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// There is no such file.
    Missing,
    /// It is no TOML, or has what nobody reads: a table or a key that is not known.
    Form {
        /// The line, from 1, where the reader can tell.
        line: Option<usize>,
        /// What the reader says; of an unknown name also which ones are known.
        what: String,
    },
    /// A name that cannot be a folder's on every system.
    Name {
        /// The name.
        name: String,
    },
    /// A series does not say since when a kind is in force.
    NoFirstDay {
        /// The series.
        series: String,
        /// The kind of master.
        kind: String,
    },
    /// A first day that no calendar of ours reaches.
    DayOutOfRange {
        /// The series.
        series: String,
        /// The kind of master.
        kind: String,
        /// The day.
        day: Date,
    },
    /// A series ends before it begins.
    EndsBefore {
        /// The series.
        series: String,
        /// The kind of master.
        kind: String,
    },
    /// What `[defaults]` may not say.
    Daily(DailyError),
    /// A waiver for what is about one file on its way in.
    OfImport {
        /// The code.
        code: String,
    },
    /// A waiver for what no reason makes up for.
    Absolute {
        /// The code.
        code: String,
    },
}

impl Speak for ConfigError {
    fn say(&self, lang: Lang) -> String {
        let what = match self {
            ConfigError::Form { line, what } => {
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                return say!(
                    lang,
                    "warifu.toml{line}: {what}",
                    "warifu.toml{line} が正しくありません: {what}"
                );
            }
            ConfigError::Daily(error) => return error.say(lang),
            ConfigError::Missing => say!(lang, "there is none", "ファイルがありません"),
            ConfigError::Name { name } => say!(
                lang,
                "{name:?} is not made of a-z, 0-9, - and _",
                "{name:?} は a-z、0-9、-、_ だけで書いてください"
            ),
            ConfigError::NoFirstDay { series, kind } => say!(
                lang,
                "series.{series} lacks effective.{kind}: write effective.{kind} = \"YYYY-MM-DD\", its first \
                 day, or take {kind} out of kinds",
                "series.{series} に effective.{kind} がありません。effective.{kind} = \"YYYY-MM-DD\"（適用開始日）の\
                 行を足すか、kinds から {kind} を除いてください"
            ),
            ConfigError::DayOutOfRange { series, kind, day } => say!(
                lang,
                "series.{series}: effective.{kind} = {day} is out of range",
                "series.{series}: effective.{kind} = {day} は範囲外です"
            ),
            ConfigError::EndsBefore { series, kind } => say!(
                lang,
                "series.{series}: until.{kind} is before effective.{kind}",
                "series.{series}: until.{kind} が effective.{kind} より前です"
            ),
            ConfigError::OfImport { code } => say!(
                lang,
                "{code} is about one file, not about records: accept it by name where that file is imported \
                 (--accept {code}=REASON), so that the other side sees it",
                "{code} は個々のファイルに関する指摘です。免除ではなく、取込時に --accept {code}=理由 で承認してください\
                 （相手方にも示されます）"
            ),
            ConfigError::Absolute { code } => say!(
                lang,
                "{code} cannot be waived: no reason makes up for it",
                "{code} は理由があっても免除できません"
            ),
        };
        format!("warifu.toml: {what}")
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for ConfigError {}
