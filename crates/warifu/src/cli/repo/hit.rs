//! A record that was found, for people and for programs.

use std::cmp::Reverse;

use serde_json::{Value, json};
use warifu_masters::search::{Days, Nearness, Words, name_columns};
use warifu_masters::table::Master;
use warifu_values::day::TreatmentDay;
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::text::shown;

use super::words::span;
use warifu::amount::amount;

/// A record that was found.
pub(super) struct Hit {
    pub(super) series: Option<String>,
    pub(super) near: Nearness,
    pub(super) days: Days,
    /// The record alone.
    pub(super) record: Master,
}

/// The records of `master` that have all `words`, with the days between the two that their series governs.
pub(super) fn hits(
    master: &Master,
    words: &Words,
    series: Option<&str>,
    governs: Option<(TreatmentDay, Option<TreatmentDay>)>,
) -> Vec<Hit> {
    let names = name_columns(master.layout());
    let of = |row| {
        let near = words.nearness(master, row, &names)?;
        let days = Days::of(master, row);
        let days = governs.map_or(days, |(first, last)| days.within(first, last));
        Some(Hit { series: series.map(str::to_owned), near, days, record: master.alone(row) })
    };
    (0..master.rows()).filter_map(of).collect()
}

impl Hit {
    /// What comes first to a reader: the nearest, then what holds longest, then the shortest name.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let holds = match (self.days.is_withdrawn, self.days.last) {
            (true, _) => 0,
            (false, None) => u32::MAX,
            (false, Some(last)) => last.as_number(),
        };
        let name = self.record.label(0).chars().count();
        (self.near, Reverse(holds), name, self.key(), Reverse(self.series.clone()))
    }

    pub(super) fn kind(&self) -> &str {
        &self.record.layout().kind
    }

    pub(super) fn key(&self) -> String {
        self.record.key(0).into_owned()
    }

    /// Two lines: code and name; where it stands, its amount, and the days.
    pub(super) fn text(&self, lang: Lang) -> String {
        let layout = self.record.layout();
        let master = layout.master_name(lang);
        let (key, name) = (self.key(), self.record.label(0));
        let place = match &self.series {
            Some(series) => format!("{series} {master}"),
            None => master.to_owned(),
        };
        let parts = [place, amount(&self.record, 0, lang), self.days_text(lang)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let under = " ".repeat(key.chars().count());
        let (named, beside) = (format!("{key}  {name}"), format!("{under}  {}", parts.join("  ")));
        format!("{}\n{}\n", shown(&named), shown(&beside))
    }

    fn days_text(&self, lang: Lang) -> String {
        if self.days.is_withdrawn {
            let first = self.days.first.map(|day| day.said(lang)).unwrap_or_default();
            return say!(lang, "withdrawn from {first} on", "抹消（{first} から）");
        }
        let days = span(self.days.first, self.days.last, lang);
        match self.is_abolished() {
            true => say!(lang, "{days} (abolished)", "{days}（廃止）"),
            false => days,
        }
    }

    /// Whether the record itself says a last day; its series may end sooner.
    fn is_abolished(&self) -> bool {
        Days::of(&self.record, 0).last.is_some()
    }

    pub(super) fn document(&self) -> Value {
        let layout = self.record.layout();
        let field = |id: &str| layout.position(id).map(|column| self.record.field(0, column));
        let names = name_columns(layout).into_iter();
        let names = names.filter(|column| !self.record.field(0, *column).is_empty());
        let name =
            |column: usize| (layout.columns[column].id.clone(), Value::from(self.record.field(0, column)));
        let standing = match (self.days.is_withdrawn, self.is_abolished()) {
            (true, _) => "withdrawn",
            (_, true) => "abolished",
            _ => "listed",
        };
        json!({
            "series": self.series,
            "kind": layout.kind,
            "key": self.key(),
            "label": self.record.label(0),
            "names": names.map(name).collect::<serde_json::Map<_, _>>(),
            "nearness": self.near.as_str(),
            "standing": standing,
            "first": self.days.first.map(|day| day.to_string()),
            "last": self.days.last.map(|day| day.to_string()),
            "amount": field("points").or_else(|| field("price")),
            "amount_kind": field("point_kind").or_else(|| field("price_kind")),
            "unit": field("unit_name").filter(|unit| !unit.is_empty()),
        })
    }
}
