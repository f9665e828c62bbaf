//! `warifu show CODE --on DATE`: the record in force on a treatment day, and the version that says so.

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{Life, Store};
use warifu_masters::timeline::{Answer, NotKnown, Period, Row, Source, Standing};
use warifu_values::day::TreatmentDay;
use warifu_values::lang::Lang;
use warifu_values::say;

use super::columns::Columns;
use super::life::{name_of, newest_document, not_known_text, period_document, source_of, standing_text};
use super::words::{no_record, said, short};
use super::{fields, readable};
use crate::cli::context::Context;
use crate::cli::terminal;

/// What is asked of a code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) day: TreatmentDay,
    /// Every field, also those that say nothing.
    pub(super) all: bool,
}

pub(super) fn show(
    store: &Store,
    rev: &str,
    code: &str,
    asked: Asked,
    context: &Context,
) -> Result<Exit, Failure> {
    let Asked { day, all } = asked;
    if code.contains(':') {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("--on asks for one code, and {code} is a whole master"),
            format!("--on にはコードを指定してください（{code} はマスター全体です）"),
        ));
    }
    let lives = store.lives(rev, code)?;
    if lives.is_empty() {
        return Err(no_record(code));
    }
    let lives: Vec<AsOf<'_>> =
        lives.iter().map(|life| AsOf { life, answer: life.timeline.on(day), day }).collect();
    if context.json {
        let answers: Vec<Value> = lives.iter().map(AsOf::document).collect();
        context.print_json(&json!({ "key": code, "on": day.to_string(), "answers": answers }))?;
    } else {
        let texts: Vec<String> = lives.iter().map(|life| life.text(code, all, context.lang)).collect();
        context.page(&texts.join("\n"))?;
    }
    Ok(lives.iter().map(AsOf::exit).min().unwrap_or(Exit::CouldNotRun))
}

/// What one kind of master says of a code on a day.
struct AsOf<'a> {
    life: &'a Life,
    answer: Answer<'a>,
    day: TreatmentDay,
}

impl AsOf<'_> {
    fn exit(&self) -> Exit {
        match self.answer.period.standing {
            Standing::InForce { .. } => Exit::Done,
            Standing::NotKnown(_) => Exit::CouldNotRun,
            _ => Exit::Data,
        }
    }

    fn row(&self, by: Source) -> Option<&Row> {
        self.life.timeline.said(by).row.as_ref()
    }

    /// The record in force, if there is one.
    fn record(&self) -> Option<&Row> {
        match self.answer.period.standing {
            Standing::InForce { by } => self.row(by),
            _ => None,
        }
    }

    fn text(&self, code: &str, all: bool, lang: Lang) -> String {
        let period = self.answer.period;
        let label = self.record().or_else(|| self.life.latest()).map(Row::label).unwrap_or_default();
        let mut columns = Columns::new();
        columns.row([&self.day.said(lang), &self.verdict(lang)]);
        if let Some(by) = source_of(period.standing) {
            columns.row([&say!(lang, "said by", "根拠"), &self.source(by, lang)]);
        }
        self.tell_neighbours(lang, &mut columns);
        for (series, newest) in &self.life.newest {
            if self.governing() == Some(series) {
                let (name, dated) = (name_of(newest, lang), said(newest.dated, lang));
                let known = say!(
                    lang,
                    "{series} is held up to {name}, published {dated}",
                    "{series} は {name}（{dated} 公表）まで保有"
                );
                columns.row([&say!(lang, "known", "保有"), &known]);
            }
        }
        let mut text = format!("{code} {label}\n{}", columns.text());
        if let Some(record) = self.record() {
            text.push('\n');
            text.push_str(&match all {
                true => fields::text(record.master(), 0),
                false => readable::text(record.master(), 0, terminal::columns(), lang),
            });
        }
        text
    }

    /// What was before, where the code is not in force, and what comes after.
    fn tell_neighbours(&self, lang: Lang, columns: &mut Columns) {
        let Answer { period, before, after } = self.answer;
        let version = |by: Source| {
            let series = &self.life.timeline.line(by).series;
            (series.as_str(), name_of(&self.life.timeline.said(by).by, lang))
        };
        let begins = |first: TreatmentDay, by: Source| {
            let ((series, name), first) = (version(by), first.said(lang));
            say!(lang, "in force from {first} ({series} {name})", "{first} から適用（{series} {name}）")
        };
        let then = say!(lang, "then", "以後");
        if self.record().is_some() {
            let Some(next) = self.next() else { return };
            let text = match (next.standing, next.first) {
                (Standing::InForce { by }, Some(first)) => begins(first, by),
                (Standing::NotKnown(why), _) => not_known_text(self.life, why, lang),
                (standing, _) => {
                    let (series, name) = source_of(standing).map(version).unwrap_or_default();
                    format!("{} ({series} {name})", standing_text(standing, lang))
                }
            };
            columns.row([&then, &text]);
            return;
        }
        if let Some(Period { last: Some(last), standing: Standing::InForce { by }, .. }) = before {
            let ((series, name), last) = (version(*by), last.said(lang));
            let until =
                say!(lang, "in force until {last} ({series} {name})", "{last} まで適用（{series} {name}）");
            columns.row([&say!(lang, "before", "以前"), &until]);
        }
        if let Some(Period { first: Some(first), standing: Standing::InForce { by }, .. }) = after {
            // Nothing older is held, and so nothing is said of the day itself.
            let oldest = before.is_none() && matches!(period.standing, Standing::NotKnown(_));
            let word = if oldest { say!(lang, "oldest", "最古の版") } else { then };
            columns.row([&word, &begins(*first, *by)]);
        }
    }

    /// The period after the one in question.
    fn next(&self) -> Option<&Period> {
        let last = self.answer.period.last?;
        Some(self.life.timeline.on(last.after()).period)
    }

    /// The series that governs the day.
    fn governing(&self) -> Option<&String> {
        match self.answer.period.standing {
            Standing::NotKnown(NotKnown::NotHeld { line } | NotKnown::BeforeOldest { line }) => {
                Some(&self.life.timeline.lines()[line].series)
            }
            standing => source_of(standing).map(|by| &self.life.timeline.line(by).series),
        }
    }

    fn verdict(&self, lang: Lang) -> String {
        let Answer { period, after, .. } = self.answer;
        let begins = after.and_then(|after| after.first);
        match period.standing {
            Standing::InForce { .. } => match (period.first, period.last) {
                (Some(first), Some(last)) => {
                    let (first, last) = (first.said(lang), last.said(lang));
                    say!(lang, "in force, from {first} to {last}", "適用中（{first} から {last} まで）")
                }
                (Some(first), None) => {
                    let first = first.said(lang);
                    say!(lang, "in force since {first}", "適用中（{first} から）")
                }
                _ => say!(lang, "in force", "適用中"),
            },
            Standing::NotListed { by } => {
                let series = &self.life.timeline.line(by).series;
                match begins.map(|begins| begins.said(lang)) {
                    Some(begins) => say!(
                        lang,
                        "not in force yet: begins on {begins}",
                        "まだ適用されません: {begins} から適用"
                    ),
                    None => say!(
                        lang,
                        "not in force: series {series} does not list it",
                        "適用なし: 系列 {series} に収載がありません"
                    ),
                }
            }
            Standing::Abolished { last, .. } => {
                let last = last.said(lang);
                say!(
                    lang,
                    "not in force: abolished, last usable on {last}",
                    "適用なし: 廃止（最終使用日 {last}）"
                )
            }
            Standing::Withdrawn { .. } => {
                say!(lang, "not in force: its entry was withdrawn", "適用なし: 抹消されています")
            }
            Standing::Gone { by } => {
                let dated = self.life.timeline.said(by).published.said(lang);
                say!(
                    lang,
                    "not in force: gone since the publication of {dated}, which says no last day",
                    "適用なし: {dated} の公表分からなくなりました（廃止年月日の公表なし）"
                )
            }
            Standing::NotKnown(why) => {
                let why = not_known_text(self.life, why, lang);
                say!(lang, "not known here: {why}", "不明: {why}")
            }
        }
    }

    fn source(&self, by: Source, lang: Lang) -> String {
        let (series, kind) = (&self.life.timeline.line(by).series, &self.life.kind);
        let version = &self.life.timeline.said(by).by;
        let (name, dated) = (name_of(version, lang), said(version.dated, lang));
        let commit = short(&version.commit);
        say!(
            lang,
            "{series}/{kind} {name}, published {dated}, commit {commit}",
            "{series}/{kind} {name}（{dated} 公表、コミット {commit}）"
        )
    }

    fn document(&self) -> Value {
        let Answer { period, before, after } = self.answer;
        let other = |period: Option<&Period>| period.map(|period| period_document(self.life, period));
        let record = self.record();
        json!({
            "kind": self.life.kind,
            "seen_from": self.life.seen_from,
            "in_force": record.is_some(),
            "period": period_document(self.life, period),
            "before": other(before),
            "after": other(after),
            "next": other(self.next()),
            "label": record.or_else(|| self.life.latest()).map(Row::label),
            "fields": record.map(|record| fields::document(record.master(), 0)),
            "newest": newest_document(self.life),
        })
    }
}
