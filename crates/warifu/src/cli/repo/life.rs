//! The life of a code for people and for programs: what each publication did to it, and when what holds.

use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::store::{Life, Store, Version};
use warifu_masters::timeline::{Event, FieldChange, NotKnown, Period, Row, Source, Standing, What};
use warifu_values::lang::Lang;
use warifu_values::say;

use super::columns::Columns;
use super::words::{as_correction, no_record, short, span};
use crate::cli::context::Context;

/// What of a life is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    /// Only this series.
    pub(super) series: Option<&'a str>,
    /// Bookkeeping too.
    pub(super) all: bool,
}

pub(super) fn log(store: &Store, code: &str, told: Told<'_>, context: &Context) -> Result<Exit, Failure> {
    let lives = store.lives("HEAD", code)?;
    if lives.is_empty() {
        return Err(no_record(code));
    }
    if context.json {
        let lives: Vec<Value> = lives.iter().map(|life| document(life, told)).collect();
        context.print_json(&json!({ "key": code, "lives": lives }))?;
    } else {
        let lives: Vec<String> = lives.iter().map(|life| text(life, code, told, context.lang)).collect();
        context.page(&lives.join("\n"))?;
    }
    Ok(Exit::Done)
}

impl Told<'_> {
    fn wants(&self, life: &Life, source: Source) -> bool {
        self.series.is_none_or(|series| life.timeline.line(source).series == series)
    }
}

fn text(life: &Life, code: &str, told: Told<'_>, lang: Lang) -> String {
    let label = life.latest().map(Row::label).unwrap_or_default();
    let mut columns = Columns::new();
    let mut quiet = 0;
    for event in life.timeline.life() {
        if told.wants(life, event.source) {
            if event.what == What::Restated && !told.all {
                quiet += 1;
            } else {
                rows_of(life, &event, told.all, lang, &mut columns);
            }
        }
    }
    let mut text = format!("{} {code} {label}\n{}", life.kind, columns.text());
    if quiet > 0 {
        text.push_str(&say!(
            lang,
            "({quiet} more changed the publisher's bookkeeping only; --all shows them)\n",
            "（ほかに管理項目だけの変更 {quiet} 件。--all で表示）\n"
        ));
    }
    let mut columns = Columns::new().right(&[4]);
    for period in life.timeline.periods() {
        let standing = standing_text(period.standing, lang);
        let Some(by) = source_of(period.standing) else {
            if let (Standing::NotKnown(why), None) = (period.standing, told.series) {
                columns.row([
                    &span(period.first, period.last, lang),
                    "",
                    "",
                    &standing,
                    "",
                    &not_known_text(life, why, lang),
                ]);
            }
            continue;
        };
        if told.wants(life, by) {
            let said = life.timeline.said(by);
            let record = said.row.as_ref().filter(|_| matches!(period.standing, Standing::InForce { .. }));
            let (amount, label) = record.map(|row| (amount(row), row.label())).unwrap_or_default();
            let series = &life.timeline.line(by).series;
            let days = span(period.first, period.last, lang);
            columns.row([&days, series, &name_of(&said.by, lang), &standing, amount, label]);
        }
    }
    text.push_str(&say!(lang, "\nby day of treatment\n", "\n診療日ごとの適用\n"));
    text.push_str(&columns.text());
    text
}

/// One row for the event and one more for each further field.
fn rows_of(life: &Life, event: &Event, all: bool, lang: Lang, columns: &mut Columns) {
    let said = life.timeline.said(event.source);
    let series = &life.timeline.line(event.source).series;
    let day = match (event.what, event.from) {
        (What::Abolished { last: Some(last) }, _) => {
            let last = last.said(lang);
            say!(lang, "until {last}", "{last} まで")
        }
        (_, Some(from)) => {
            let from = from.said(lang);
            say!(lang, "from {from}", "{from} から")
        }
        _ => String::new(),
    };
    let label = match event.what {
        What::FirstSeen | What::Introduced | What::CameAgain => said.row.as_ref().map(Row::label),
        _ => None,
    };
    let bookkeeping: &[FieldChange] = if all { &event.bookkeeping } else { &[] };
    let mut fields = event.fields.iter().chain(bookkeeping);
    let cells = |field: Option<&FieldChange>| {
        let blank = |text: &str| if text.is_empty() { "\"\"".to_owned() } else { text.to_owned() };
        match field {
            Some(field) => {
                let name = if lang == Lang::Ja { &field.name } else { &field.id };
                (name.clone(), format!("{} -> {}", blank(&field.from), blank(&field.to)))
            }
            None => Default::default(),
        }
    };
    let (field, change) = match label {
        Some(label) => (label.to_owned(), String::new()),
        None => cells(fields.next()),
    };
    let (dated, what) = (said.published.said(lang), what_text(event.what, lang));
    columns.row([
        &dated,
        series,
        &name_of(&said.by, lang),
        short(&said.by.commit),
        &what,
        &day,
        &field,
        &change,
    ]);
    for field in fields {
        let (field, change) = cells(Some(field));
        columns.row(["", "", "", "", "", "", &field, &change]);
    }
}

fn what_text(what: What, lang: Lang) -> String {
    match what {
        What::FirstSeen => say!(lang, "first seen", "既収載"),
        What::Introduced => say!(lang, "introduced", "収載"),
        What::CameAgain => say!(lang, "came again", "再収載"),
        What::CarriedOn => say!(lang, "carried on", "引継"),
        What::NotCarriedOn => say!(lang, "not carried on", "引継なし"),
        What::Changed => say!(lang, "changed", "変更"),
        What::Restated => say!(lang, "restated", "管理項目のみ"),
        What::Abolished { .. } => say!(lang, "abolished", "廃止"),
        What::Withdrawn => say!(lang, "withdrawn", "抹消"),
        What::Left => say!(lang, "left the files", "削除"),
        What::Vanished => say!(lang, "vanished", "予告なく消失"),
    }
}

/// The points or the price of a record, whichever its master has.
fn amount(row: &Row) -> &str {
    let points = row.field("points");
    if points.is_empty() { row.field("price") } else { points }
}

/// What stands in a few words.
pub(super) fn standing_text(standing: Standing, lang: Lang) -> String {
    match standing {
        Standing::InForce { .. } => say!(lang, "in force", "適用"),
        Standing::NotListed { .. } => say!(lang, "not listed", "収載なし"),
        Standing::Abolished { .. } => say!(lang, "abolished", "廃止"),
        Standing::Withdrawn { .. } => say!(lang, "withdrawn", "抹消"),
        Standing::Gone { .. } => say!(lang, "gone from the files", "削除"),
        Standing::NotKnown(_) => say!(lang, "not known", "不明"),
    }
}

/// Why something is not known.
pub(super) fn not_known_text(life: &Life, why: NotKnown, lang: Lang) -> String {
    match why {
        NotKnown::NoSeries => {
            say!(
                lang,
                "no series declared here governs these days",
                "この期間に適用される系列の宣言がありません"
            )
        }
        NotKnown::NotHeld { line } => {
            let series = &life.timeline.lines()[line].series;
            say!(
                lang,
                "series {series} governs these days, and nothing of it is held here",
                "この期間に適用される系列 {series} を保有していません"
            )
        }
        NotKnown::BeforeOldest { line } => {
            let series = &life.timeline.lines()[line].series;
            say!(
                lang,
                "before the oldest version that is held of {series}",
                "系列 {series} の保有する最も古い版より前です"
            )
        }
    }
}

/// Who says what stands, where somebody does.
pub(super) fn source_of(standing: Standing) -> Option<Source> {
    match standing {
        Standing::InForce { by }
        | Standing::NotListed { by }
        | Standing::Abolished { by, .. }
        | Standing::Withdrawn { by }
        | Standing::Gone { by } => Some(by),
        Standing::NotKnown(_) => None,
    }
}

fn document(life: &Life, told: Told<'_>) -> Value {
    let events = life.timeline.life();
    let events = events.iter().filter(|event| told.wants(life, event.source));
    let periods =
        life.timeline.periods().iter().filter(|period| {
            source_of(period.standing).map_or(told.series.is_none(), |by| told.wants(life, by))
        });
    json!({
        "kind": life.kind,
        "label": life.latest().map(Row::label),
        "seen_from": life.seen_from,
        "events": events.map(|event| event_document(life, event)).collect::<Vec<_>>(),
        "periods": periods.map(|period| period_document(life, period)).collect::<Vec<_>>(),
        "newest": newest_document(life),
    })
}

fn event_document(life: &Life, event: &Event) -> Value {
    let what = match event.what {
        What::FirstSeen => "first-seen",
        What::Introduced => "introduced",
        What::CameAgain => "came-again",
        What::CarriedOn => "carried-on",
        What::NotCarriedOn => "not-carried-on",
        What::Changed => "changed",
        What::Restated => "restated",
        What::Abolished { .. } => "abolished",
        What::Withdrawn => "withdrawn",
        What::Left => "left",
        What::Vanished => "vanished",
    };
    let fields = |fields: &[FieldChange]| -> Vec<Value> {
        let field = |field: &FieldChange| {
            json!({
                "column": field.column + 1,
                "field": field.id,
                "name": field.name,
                "from": field.from,
                "to": field.to,
            })
        };
        fields.iter().map(field).collect()
    };
    let said = life.timeline.said(event.source);
    let last = match event.what {
        What::Abolished { last } => last,
        _ => None,
    };
    json!({
        "what": what,
        "series": life.timeline.line(event.source).series,
        "version": version_document(&said.by),
        "label": said.row.as_ref().map(Row::label),
        "from": event.from.map(|day| day.to_string()),
        "last": last.map(|day| day.to_string()),
        "fields": fields(&event.fields),
        "bookkeeping": fields(&event.bookkeeping),
    })
}

/// A period for programs: its days, what stands and who says so.
pub(super) fn period_document(life: &Life, period: &Period) -> Value {
    let standing = match period.standing {
        Standing::InForce { .. } => "in-force",
        Standing::NotListed { .. } => "not-listed",
        Standing::Abolished { .. } => "abolished",
        Standing::Withdrawn { .. } => "withdrawn",
        Standing::Gone { .. } => "gone",
        Standing::NotKnown(_) => "not-known",
    };
    let why = match period.standing {
        Standing::NotKnown(NotKnown::NoSeries) => Some("no-series"),
        Standing::NotKnown(NotKnown::NotHeld { .. }) => Some("not-held"),
        Standing::NotKnown(NotKnown::BeforeOldest { .. }) => Some("before-oldest"),
        _ => None,
    };
    let series = match period.standing {
        Standing::NotKnown(NotKnown::NotHeld { line } | NotKnown::BeforeOldest { line }) => {
            Some(&life.timeline.lines()[line].series)
        }
        other => source_of(other).map(|by| &life.timeline.line(by).series),
    };
    json!({
        "first": period.first.map(|day| day.to_string()),
        "last": period.last.map(|day| day.to_string()),
        "standing": standing,
        "why": why,
        "series": series,
        "version": source_of(period.standing).map(|by| version_document(&life.timeline.said(by).by)),
    })
}

pub(super) fn newest_document(life: &Life) -> Value {
    life.newest.iter().map(|(series, version)| (series.clone(), version_document(version))).collect()
}

/// What people call a version.
pub(super) fn name_of(version: &Version, lang: Lang) -> String {
    as_correction(version.name(), version.correction, lang)
}

fn version_document(version: &Version) -> Value {
    json!({
        "file": version.file,
        "commit": version.commit,
        "dated": version.dated,
        "imported": version.imported,
        "correction": version.correction,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes after `what` where all that can happen are told one after the other.
    fn next(what: What) -> Option<What> {
        Some(match what {
            What::FirstSeen => What::Introduced,
            What::Introduced => What::CarriedOn,
            What::CarriedOn => What::NotCarriedOn,
            What::NotCarriedOn => What::Changed,
            What::Changed => What::Restated,
            What::Restated => What::Abolished { last: None },
            What::Abolished { .. } => What::Withdrawn,
            What::Withdrawn => What::Left,
            What::Left => What::Vanished,
            What::Vanished => What::CameAgain,
            What::CameAgain => return None,
        })
    }

    #[test]
    fn the_page_on_history_tells_everything_that_can_happen_and_nothing_else() {
        let page = include_str!("../../../../../docs/history.md");
        let table = page.split("| event | when |\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let rows = table.lines().skip(1).map(|row| row.split('|').nth(1).unwrap());
        let told: Vec<&str> = rows.flat_map(|names| names.split(',')).map(str::trim).collect();
        let all = std::iter::successors(Some(What::FirstSeen), |what| next(*what));
        assert_eq!(told, all.map(|what| what_text(what, Lang::En)).collect::<Vec<_>>());
    }
}
