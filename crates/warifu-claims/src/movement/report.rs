//! What was seen, as it is kept and told: the verdict, what is missing, and for each code that turned the
//! record of the master behind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use warifu_values::day::{ClaimMonth, dashed};
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use super::bound::{Bound, Enough, Missing};
use super::explained::{Explained, master_of, master_said};
use super::movements::{Months, Movements, OfMonth, Turned, Way};
use super::record_behind::RecordBehind;
use super::turn::Turn;
use super::weighing::{CodeVerdict, Verdict};
use crate::file::{ItemCode, ItemKind};
use crate::finding::ClaimCode;

/// Codes that are told one by one: faults first. All are counted.
const CODES_TOLD: usize = 500;

/// Codes of a brief report.
const CODES_BRIEF: usize = 20;

/// Ways in which a code turned that are told.
const WAYS_TOLD: usize = 16;

/// What the claims were made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// They came in.
    Received,
    /// They were made from the masters, around what a release says it changes. No institution sent them.
    Synthetic,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Words {
    /// In English.
    pub en: String,
    /// 日本語.
    pub ja: String,
}

impl Words {
    /// What `speaker` says in both.
    pub fn of(speaker: &impl Speak) -> Words {
        Words { en: speaker.say(Lang::En), ja: speaker.say(Lang::Ja) }
    }
}

/// What two releases judged differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Report {
    /// What the claims were made of.
    pub made: Made,
    /// `passed`, `refused` or `inconclusive`.
    pub verdict: String,
    /// What is missing before more can be said.
    pub missing: Vec<Missing>,
    /// What the numbers bound.
    pub bound: Bound,
    /// The verdict, what is missing and what is bounded, in words.
    pub said: Words,
    /// Claim files in which a code is used.
    pub files: u64,
    /// Claims in them.
    pub claims: u64,
    /// Claims of months that have not come; they are not weighed.
    #[serde(default)]
    pub to_come: u64,
    /// Uses of codes.
    pub uses: u64,
    /// Of these, those that could not be compared by code.
    pub left_out: u64,
    /// Codes that the release says it changes and of which no synthetic claim was made any more.
    #[serde(default)]
    pub codes_left_out: u64,
    /// Different institutions; 1,024 means as many or more. None of what was made up.
    pub institutions: u64,
    /// Uses that turned as the release declares.
    pub explained: u64,
    /// The codes that turned: faults first, then by kind and code; the first 500.
    pub codes: Vec<CodeReport>,
    /// How many codes there are of each verdict, also of those not told.
    pub codes_by_verdict: BTreeMap<CodeVerdict, u64>,
}

/// One code that turned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CodeReport {
    /// The kind of master.
    pub kind: String,
    /// The code.
    pub code: String,
    /// Whose doing it is.
    pub verdict: CodeVerdict,
    /// Its uses altogether.
    pub uses: u64,
    /// The institutions that use it; 8 means as many or more, 0 that it was made up.
    pub institutions: u64,
    /// How its uses turned.
    pub turns: Vec<TurnReport>,
}

/// How uses of a code turned, and by which records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct TurnReport {
    /// From what to what.
    pub turn: String,
    /// `not`, `announced` or `accepted`: what the release declares of it.
    pub explained: String,
    /// The rule that the older release found broken, or why it did not judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_rule: Option<String>,
    /// The same of the newer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_rule: Option<String>,
    /// How many uses turned.
    pub uses: u64,
    /// At how many institutions; 8 means as many or more.
    pub institutions: u64,
    /// The month of the claims (YYYY-MM), the first.
    pub month: String,
    /// The first day on which the records were asked.
    pub day: String,
    /// The older release's record in force on that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<RecordBehind>,
    /// The newer one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<RecordBehind>,
}

impl Report {
    /// With the first codes only: for a record, or an answer that is asked for often.
    #[must_use]
    pub fn brief(mut self) -> Report {
        self.codes.truncate(CODES_BRIEF);
        self
    }
}

impl CodeReport {
    /// What its master is called.
    pub fn kind(&self, lang: Lang) -> String {
        master_said(&self.kind, lang)
    }

    fn of(kind: ItemKind, code: ItemCode, verdict: CodeVerdict, months: &Months) -> CodeReport {
        let mut all = OfMonth::default();
        let mut turns: Vec<(u64, TurnReport)> = Vec::new();
        for (month, seen) in months.iter() {
            all.merge(seen);
            let told =
                seen.turns.iter().map(|(way, turned)| (turned.uses, TurnReport::of(*month, way, turned)));
            turns.extend(told);
        }
        turns.sort_by_key(|(uses, _)| std::cmp::Reverse(*uses));
        turns.truncate(WAYS_TOLD);
        CodeReport {
            kind: master_of(kind).to_owned(),
            code: code.to_string(),
            verdict,
            uses: all.uses,
            institutions: all.institutions.count(),
            turns: turns.into_iter().map(|(_, turn)| turn).collect(),
        }
    }

    /// It was made up: no institution sent any of it, and none is told.
    fn is_of_nobody(&mut self) {
        self.institutions = 0;
        self.turns.iter_mut().for_each(|turn| turn.institutions = 0);
    }

    /// The name of its record, where one is in force.
    pub fn name(&self) -> &str {
        let records = self.turns.iter().flat_map(|turn| [&turn.new, &turn.old]);
        records.flatten().map(|record| record.name.as_str()).next().unwrap_or_default()
    }
}

impl TurnReport {
    fn of(month: ClaimMonth, way: &Way, turned: &Turned) -> TurnReport {
        let rule = |rule: Option<ClaimCode>| rule.map(|rule| rule.as_str().to_owned());
        let explained = match way.explained {
            Explained::Not => "not",
            Explained::Announced | Explained::EndAnnounced => "announced",
            Explained::Accepted => "accepted",
        };
        TurnReport {
            turn: way.turn.as_str().to_owned(),
            explained: explained.to_owned(),
            old_rule: rule(way.old),
            new_rule: rule(way.new),
            uses: turned.uses,
            institutions: turned.institutions.count(),
            month: month.to_string(),
            day: dashed(turned.behind.day.as_number()),
            old: turned.behind.old.clone(),
            new: turned.behind.new.clone(),
        }
    }

    /// The turn.
    pub fn turn(&self) -> Option<Turn> {
        Turn::ALL.into_iter().find(|turn| turn.as_str() == self.turn)
    }

    /// The turn, for people.
    pub fn said(&self, lang: Lang) -> String {
        self.turn().map_or_else(|| self.turn.clone(), |turn| turn.say(lang))
    }
}

/// A verdict with its numbers, for people.
struct Told<'a> {
    made: Made,
    verdict: &'a Verdict,
    bound: Bound,
    explained: u64,
    /// How many codes are at fault, and the first of them.
    faults: (u64, Option<&'a CodeReport>),
}

impl Speak for Told<'_> {
    fn say(&self, lang: Lang) -> String {
        let bound = match self.made {
            Made::Received => self.bound.say_beside(self.explained, lang),
            Made::Synthetic => {
                let Bound { moved, uses } = self.bound;
                let uses_en = counted(uses, "synthetic use");
                say!(
                    lang,
                    "{moved} of {uses_en} of past days moved undeclared",
                    "合成した請求 {uses} 件のうち、変更一覧にない過去の変化 {moved} 件"
                )
            }
        };
        match self.verdict {
            Verdict::Passed => {
                say!(lang, "nothing speaks against it; {bound}", "問題は見つかりません。{bound}")
            }
            Verdict::Inconclusive(missing) => {
                let missing: Vec<String> = missing.iter().map(|missing| missing.say(lang)).collect();
                let missing = missing.join(match lang {
                    Lang::En => "; ",
                    Lang::Ja => "、",
                });
                say!(
                    lang,
                    "inconclusive: {missing} ({bound})",
                    "まだ判断できません。不足: {missing}（{bound}）"
                )
            }
            Verdict::Refused => {
                let (count, first) = self.faults;
                let first = first.map(|code| code.say(lang)).unwrap_or_default();
                let codes = counted(count, "code");
                say!(
                    lang,
                    "{codes} of masters at fault; the first is {first} ({bound})",
                    "マスターの誤りとみられるコードが {count} 件あります。最初は {first}（{bound}）"
                )
            }
        }
    }
}

impl Speak for CodeReport {
    fn say(&self, lang: Lang) -> String {
        let CodeReport { code, uses, institutions, .. } = self;
        let (kind, name) = (self.kind(lang), self.name());
        let turned = self.turns.first();
        let (moved, turn) = turned.map_or((0, String::new()), |turned| (turned.uses, turned.said(lang)));
        let value = |record: &Option<RecordBehind>| match record {
            None => "-".to_owned(),
            Some(record) => format!("{} {}", record.series, record.value).trim_end().to_owned(),
        };
        let values = turned.map(|turned| format!("{} → {}", value(&turned.old), value(&turned.new)));
        let values = values.unwrap_or_default();
        let (uses_en, institutions_en) = (counted(*uses, "use"), counted(*institutions, "institution"));
        let at = match institutions {
            0 => String::new(),
            _ => say!(lang, ", {institutions_en}", "、医療機関 {institutions} か所"),
        };
        say!(
            lang,
            "{kind} {code} {name} ({values}): {moved} of {uses_en} {turn}{at}",
            "{kind} {code} {name}（{values}）: {uses} 件中 {moved} 件 {turn}{at}"
        )
    }
}

impl Movements {
    /// What was seen and what it comes to, when a success needs `enough`.
    pub fn report(&self, enough: &Enough) -> Report {
        let weighed = self.weigh(enough);
        self.report_of(Made::Received, weighed)
    }

    pub(super) fn report_of(&self, made: Made, weighed: super::weighing::Weighed<'_>) -> Report {
        let super::weighing::Weighed { verdict, bound, explained, mut codes } = weighed;
        codes.sort_by_key(|(kind, code, verdict, _)| (*verdict, *kind, *code));
        let mut codes_by_verdict = BTreeMap::new();
        for (.., verdict, _) in &codes {
            *codes_by_verdict.entry(*verdict).or_insert(0) += 1;
        }
        let mut told: Vec<CodeReport> = codes
            .iter()
            .take(CODES_TOLD)
            .map(|(kind, code, verdict, months)| CodeReport::of(*kind, *code, *verdict, months))
            .collect();
        if made == Made::Synthetic {
            told.iter_mut().for_each(CodeReport::is_of_nobody);
        }
        let count = codes_by_verdict.get(&CodeVerdict::Fault).copied().unwrap_or_default();
        let first = told.first().filter(|code| code.verdict == CodeVerdict::Fault);
        let said = Words::of(&Told { made, verdict: &verdict, bound, explained, faults: (count, first) });
        let (word, missing) = match verdict {
            Verdict::Passed => ("passed", Vec::new()),
            Verdict::Refused => ("refused", Vec::new()),
            Verdict::Inconclusive(missing) => ("inconclusive", missing),
        };
        Report {
            made,
            verdict: word.to_owned(),
            missing,
            bound,
            said,
            files: self.seen.files,
            claims: self.seen.claims,
            to_come: self.seen.to_come,
            uses: self.seen.uses,
            left_out: self.seen.left_out,
            codes_left_out: 0,
            institutions: match made {
                Made::Received => self.seen.institutions.count(),
                Made::Synthetic => 0,
            },
            explained,
            codes: told,
            codes_by_verdict,
        }
    }
}
