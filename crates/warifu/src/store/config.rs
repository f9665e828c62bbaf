//! `warifu.toml`: which series the repository holds, and since when each of their masters is in force.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;
use warifu_masters::finding::{Code, Findings};
use warifu_masters::past::Governs;
use warifu_rules::judge::{is_of_import, let_pass};
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::{LetPass, PassedBy};
use warifu_values::text::plain;

use super::error::ConfigError;
use crate::daily::{Whose, of_table};

/// What `warifu.toml` says. A table that nobody reads is refused: whoever wrote it believes that it does
/// something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The series, by name.
    #[serde(default)]
    pub series: BTreeMap<String, Series>,
    /// Known exceptions to consistency rules.
    #[serde(default, rename = "waiver")]
    pub waivers: Vec<Waiver>,
    /// What a release leaves out of what the repository holds.
    #[serde(default)]
    pub release: Keeping,
    /// What an emergency correction may be.
    #[serde(default)]
    pub correction: Small,
    /// What is typed daily ([`crate::daily`]).
    #[serde(default)]
    pub defaults: toml::Table,
}

/// How large an emergency correction may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Small {
    most_records: Option<u16>,
}

impl Small {
    /// How many records one may have: 100, unless `warifu.toml` says otherwise.
    pub fn most_records(self) -> usize {
        self.most_records.map_or(100, usize::from)
    }
}

/// How long releases hold a series that has ended. Claims are accepted for years: without a word, for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keeping {
    /// A master is left out when its series' last day is more than so many years before the first day to
    /// come.
    pub keep_series_years: Option<NonZero<u8>>,
}

impl Keeping {
    /// Whether a release for which the days before `past_before` are past holds a master that governs these
    /// days.
    pub fn keeps(self, governs: Governs, past_before: TreatmentDay) -> bool {
        let (Some(years), Some(last)) = (self.keep_series_years, governs.last) else { return true };
        // Days as YYYYMMDD: a year later is 10,000 more.
        last.as_number() + u32::from(years.get()) * 10_000 >= past_before.as_number()
    }
}

/// One series (改定世代): a line of fulls and differentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// The kinds of master it holds.
    pub kinds: Vec<String>,
    /// The first day each kind is in force.
    pub effective: BTreeMap<String, Date>,
    /// The last day each kind is in force, where the next series has begun.
    #[serde(default)]
    pub until: BTreeMap<String, Date>,
}

/// A known exception to a consistency rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The finding's code, or the id of a rule of the site.
    pub code: String,
    /// The kind of master.
    pub kind: String,
    /// The records it is about; none means every record.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Why it is known to be right.
    #[serde(deserialize_with = "plain")]
    pub reason: String,
    /// The last day it holds.
    pub expires: Option<Date>,
}

/// Whether `name` can name a series, and so a folder on every system.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.len() <= 32 && name.bytes().all(plain)
}

impl Config {
    /// Turns findings about a master of `kind` that are known exceptions on `today` into notes.
    pub fn waive(&self, kind: &str, findings: &mut Findings, today: Date) {
        let holds = |waiver: &&Waiver| waiver.kind == kind && waiver.expires.is_none_or(|last| today <= last);
        let waivers = self.waivers.iter().filter(holds).map(|waiver| LetPass {
            finding: waiver.code.clone(),
            keys: waiver.keys.clone(),
            by: PassedBy::Repository,
            reason: waiver.reason.clone(),
        });
        let_pass(findings, &waivers.collect::<Vec<_>>());
    }

    /// The last day that `kind` is in force in the series called `name`: as declared, and never later than
    /// the day before the next series takes over.
    pub fn last_day(&self, name: &str, kind: &str) -> Option<Date> {
        let series = self.series.get(name)?;
        let declared = series.until.get(kind).copied();
        let first = series.effective.get(kind)?;
        let next = self.series.values().filter_map(|other| other.effective.get(kind));
        let next = next.filter(|other| *other > first).min();
        declared.into_iter().chain(next.and_then(|next| next.yesterday().ok())).min()
    }

    /// The days that the series called `name` governs for `kind`.
    ///
    /// # Errors
    /// [`ConfigError::NoFirstDay`], [`ConfigError::DayOutOfRange`].
    pub fn governs(&self, name: &str, kind: &str) -> Result<Governs, ConfigError> {
        let first = self.series.get(name).and_then(|series| series.effective.get(kind));
        let (series, kind) = (name.to_owned(), kind.to_owned());
        let Some(first) = first.copied() else { return Err(ConfigError::NoFirstDay { series, kind }) };
        let day = |day: Date| {
            let (series, kind) = (series.clone(), kind.clone());
            let known = TreatmentDay::parse(&day.to_string());
            known.ok_or(ConfigError::DayOutOfRange { series, kind, day })
        };
        let last = self.last_day(name, &kind).map(day).transpose()?;
        Ok(Governs { first: day(first)?, last })
    }

    /// The file's name in the repository.
    pub const FILE: &'static str = "warifu.toml";

    /// Reads the text of `warifu.toml`.
    ///
    /// # Errors
    /// What does not hold, with its line where there is one.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Config = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
            ConfigError::Form { line, what: error.message().trim().to_owned() }
        })?;
        of_table(&config.defaults, Path::new(Self::FILE), Whose::Repository).map_err(ConfigError::Daily)?;
        // Nobody would know for which file it was meant, and nothing would say so to the other side.
        let of_way = |code: &str| {
            let site = [Code::SiteRule, Code::SiteNotEvaluated];
            Code::parse(code).is_some_and(|code| is_of_import(code) && !site.contains(&code))
        };
        let is_absolute = |code: &str| Code::parse(code).is_some_and(Code::is_absolute);
        if let Some(waiver) = config.waivers.iter().find(|waiver| is_absolute(&waiver.code)) {
            return Err(ConfigError::Absolute { code: waiver.code.clone() });
        }
        if let Some(waiver) = config.waivers.iter().find(|waiver| of_way(&waiver.code)) {
            return Err(ConfigError::OfImport { code: waiver.code.clone() });
        }
        for (name, series) in &config.series {
            for name in std::iter::once(name).chain(&series.kinds) {
                if !is_plain(name) {
                    return Err(ConfigError::Name { name: name.clone() });
                }
            }
            for kind in &series.kinds {
                let (series_name, kind_name) = (name.clone(), kind.clone());
                let Some(first) = series.effective.get(kind) else {
                    return Err(ConfigError::NoFirstDay { series: series_name, kind: kind_name });
                };
                if series.until.get(kind).is_some_and(|last| last < first) {
                    return Err(ConfigError::EndsBefore { series: series_name, kind: kind_name });
                }
            }
        }
        Ok(config)
    }

    /// The series of the 2022 and 2024 revisions with their known days. The price revision of 2025 (r07,
    /// drugs only) ends r06 for drugs: its files apply to r06 without a complaint and give wrong prices.
    pub fn known_series() -> BTreeMap<String, Series> {
        let texts = [
            ("r04", "drug:2022-04-01..2024-03-31", "2022-04-01..2024-05-31"),
            ("r06", "drug:2024-04-01..2025-03-31", "2024-06-01..2026-05-31"),
        ];
        let series = texts.iter().filter_map(|(name, drug, others)| {
            let mut text = format!("{name}=procedure:{others},{drug},comment:{others},material:{others}");
            // Published whole, about twice a year, whatever is revised when: each belongs to the series that
            // governs its day.
            for kind in ["disease", "former-disease", "modifier"] {
                text += &format!(",{kind}:{others}");
            }
            Series::declared(&text)
        });
        series.collect()
    }

    /// `warifu.toml` for a new repository.
    pub(super) fn text(series: &BTreeMap<String, Series>) -> String {
        let mut text = "\
# Which series (改定世代) this repository holds. Files of two series overlap in time, and their names do not
# tell the series: the days below decide which files an import takes.
# 系列ごとの施行日。ファイル名では系列を区別できないため、ここの日付で判定します。
# effective: first day in force 適用開始日   until: last day in force 適用終了日
"
        .to_owned();
        for (name, series) in series {
            let quoted = |kind: &String| format!("{kind:?}");
            let kinds: Vec<_> = series.kinds.iter().map(quoted).collect();
            text.push_str(&format!("\n[series.{name}]\nkinds = [{}]\n", kinds.join(", ")));
            for (what, days) in [("effective", &series.effective), ("until", &series.until)] {
                let days = series.kinds.iter().filter_map(|kind| Some((kind, days.get(kind)?)));
                days.for_each(|(kind, day)| text.push_str(&format!("{what}.{kind} = \"{day}\"\n")));
            }
        }
        text
    }
}

impl Series {
    /// A series as the command line declares it: `r06=drug:2024-04-01..2025-03-31,comment:2024-06-01`, with
    /// the first day each kind is in force and, where it is known, the last. `None` when it is not so
    /// written.
    pub fn declared(text: &str) -> Option<(String, Series)> {
        let (name, kinds) = text.split_once('=')?;
        let mut series = Series::default();
        for part in kinds.split(',') {
            let (kind, days) = part.split_once(':')?;
            let (first, last) = match days.split_once("..") {
                Some((first, last)) => (first, Some(last)),
                None => (days, None),
            };
            series.kinds.push(kind.to_owned());
            series.effective.insert(kind.to_owned(), first.parse().ok()?);
            if let Some(last) = last {
                series.until.insert(kind.to_owned(), last.parse().ok()?);
            }
        }
        let plain = is_plain(name) && series.kinds.iter().all(|kind| is_plain(kind));
        plain.then(|| (name.to_owned(), series))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_repository_declares_the_known_series() {
        let text = Config::text(&Config::known_series());
        assert_eq!(Config::parse(&text).unwrap().series, Config::known_series());
        insta::assert_snapshot!(text);
    }

    #[test]
    fn what_does_not_hold_is_named() {
        for (text, expected) in [
            ("[series.r06]\nkinds = [\"drug\"]\neffective = {}\n", "lacks effective.drug"),
            ("[series.\"../x\"]\nkinds = []\neffective = {}\n", "is not made of"),
            ("[series.r06]\nkinds = []\neffective = 3\n", "warifu.toml:3: invalid type"),
            ("[release]\nkeep_series_years = 0\n", "warifu.toml:2: invalid value: integer `0`"),
            ("[release]\nkeep_series = 5\n", "warifu.toml:2: unknown field `keep_series`"),
            // What nobody would read: a table, a key of a table.
            ("\n[[waivers]]\n", "warifu.toml:2: unknown field `waivers`, expected one of"),
            (
                "[series.r06]\nkinds = []\nuntill.drug = \"2024-04-01\"\n",
                "warifu.toml:3: unknown field `untill`",
            ),
            (
                "[[waiver]]\ncode = \"base/price-jump\"\nkind = \"drug\"\nreason = \"x\"\n",
                "accept it by name",
            ),
            ("[[waiver]]\ncode = \"store/state\"\nkind = \"drug\"\nreason = \"x\"\n", "cannot be waived"),
            (
                "[series.a]\nkinds = [\"b\"]\neffective.b = \"2024-04-01\"\nuntil.b = \"2024-03-31\"\n",
                "before effective.b",
            ),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_series_without_a_declared_end_ends_where_the_next_begins() {
        let text = "[series.a]\nkinds = [\"drug\"]\neffective.drug = \"2024-04-01\"\n\
                    [series.b]\nkinds = [\"drug\"]\neffective.drug = \"2025-04-01\"\n";
        let config = Config::parse(text).unwrap();
        assert_eq!(config.last_day("a", "drug"), Some(jiff::civil::date(2025, 3, 31)));
        assert_eq!(config.last_day("b", "drug"), None);
        let governs = config.governs("b", "drug").unwrap();
        assert_eq!((governs.first.as_number(), governs.last), (20250401, None));
        assert!(matches!(config.governs("b", "comment"), Err(ConfigError::NoFirstDay { .. })));
    }

    #[test]
    fn a_declared_end_does_not_reach_into_the_next_series() {
        let ends = |until: &str| {
            let (_, one) = Series::declared(&format!("a=drug:2024-04-01..{until}")).unwrap();
            let (_, two) = Series::declared("b=drug:2025-04-01").unwrap();
            let series = [("a".to_owned(), one), ("b".to_owned(), two)].into();
            Config { series, ..Config::default() }.last_day("a", "drug").unwrap().to_string()
        };
        assert_eq!(ends("2026-03-31"), "2025-03-31");
        assert_eq!(ends("2025-02-28"), "2025-02-28");
    }

    #[test]
    fn a_series_is_kept_for_so_many_years_after_its_last_day() {
        let day = |text| TreatmentDay::parse(text).unwrap();
        let keeping = |text: &str| Config::parse(text).unwrap().release;
        let ended = Governs { first: day("20200401"), last: Some(day("20220331")) };
        let ten = keeping("[release]\nkeep_series_years = 10\n");
        assert!(ten.keeps(ended, day("20320331")));
        assert!(!ten.keeps(ended, day("20320401")));
        assert!(ten.keeps(Governs { last: None, ..ended }, day("20990101")));
        assert!(keeping("").keeps(ended, day("20990101")));
        let leap = Governs { last: Some(day("20240229")), ..ended };
        assert!(keeping("[release]\nkeep_series_years = 1\n").keeps(leap, day("20250228")));
        assert!(!keeping("[release]\nkeep_series_years = 1\n").keeps(leap, day("20250301")));
    }

    #[test]
    fn a_declaration_on_the_command_line_reads_back() {
        let (name, series) = Series::declared("r07=drug:2025-04-01..2026-03-31,comment:2025-06-01").unwrap();
        assert_eq!((name.as_str(), series.kinds.len(), series.until.len()), ("r07", 2, 1));
        for wrong in ["r07", "r07=drug", "r07=drug:2025", "R 7=drug:2025-04-01", "r07=../x:2025-04-01"] {
            assert_eq!(Series::declared(wrong), None, "{wrong}");
        }
    }
}
