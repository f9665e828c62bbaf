//! The value of a field as people read it: the meaning of a code, a day as it is written, an amount with its
//! unit, and nothing where a number says that there is nothing.

use warifu_masters::schema::{ColumnType, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_rules::review::is_bookkeeping;
use warifu_values::amount::is_zero;
use warifu_values::day::TreatmentDay;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::amount::{AmountOf, bare};

/// What stands for no last day, or no upper limit.
const OPEN: &str = "99999999";

/// A value in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    en: String,
    ja: String,
}

impl Speak for Told {
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.en.clone(),
            Lang::Ja => self.ja.clone(),
        }
    }
}

/// The column `id` of a kind of master, as its newest layout that has it gives it.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    layout: &'a Layout,
    column: usize,
}

/// A record that says how its fields are read: what a code means may depend on another field.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// Its master, and where it stands there; none where no record is known.
    pub record: Option<(&'a Master, usize)>,
}

impl Beside<'_> {
    fn value(&self, id: &str) -> String {
        let value = |(master, row): (&Master, usize)| {
            master.layout().position(id).map(|column| master.field(row, column).to_owned())
        };
        self.record.and_then(value).unwrap_or_default()
    }
}

impl<'a> Field<'a> {
    /// None where no layout of the kind has it.
    pub fn of(schemas: &'a Schemas, kind: &str, id: &str) -> Option<Field<'a>> {
        let editions = schemas.editions(kind).into_iter().rev();
        editions.map(|layout| &**layout).find_map(|layout| Field::at(layout, layout.position(id)?))
    }

    /// The one at that place of the layout.
    pub fn at(layout: &'a Layout, column: usize) -> Option<Field<'a>> {
        (column < layout.width()).then_some(Field { layout, column })
    }

    /// What it is called: of a name in two parts (`新又は現点数/新又は現点数`) that say the same, one.
    pub fn name(&self) -> String {
        let name = &self.layout.columns[self.column].name;
        match name.split_once('/') {
            Some((group, own)) if group == own => own.to_owned(),
            _ => name.clone(),
        }
    }

    /// Whether it is of use to those who make claims: neither the publisher's bookkeeping nor how a name is
    /// sorted and written in kana.
    pub fn is_for_claims(&self) -> bool {
        let column = &self.layout.columns[self.column];
        !is_bookkeeping(column) && !matches!(column.id.as_str(), "kana" | "short_kana")
    }

    /// Whether its values are days.
    pub fn is_day(&self) -> bool {
        self.layout.columns[self.column].column_type == ColumnType::Date
    }

    /// `value` as people read it; blank where it is blank.
    pub fn told(&self, value: &str, beside: Beside<'_>) -> Told {
        let [en, ja] = [Lang::En, Lang::Ja].map(|lang| self.said(value, beside, lang));
        Told { en, ja }
    }

    fn said(&self, value: &str, beside: Beside<'_>, lang: Lang) -> String {
        let Field { layout, column: at } = *self;
        let column = &layout.columns[at];
        if value.is_empty() {
            return String::new();
        }
        if let Some((of, kind)) = AmountOf::column(&column.id) {
            let kind = beside.value(kind);
            // Of what is not known to be points, the number alone.
            return if kind.is_empty() { bare(value).to_owned() } else { of.said(value, &kind, lang) };
        }
        let other = |column: usize| beside.value(&layout.columns[column].id);
        if let Some(meaning) = layout.meaning(at, value, other) {
            return format!("{value} {meaning}");
        }
        let none = || say!(lang, "none", "なし");
        match column.column_type {
            ColumnType::Date => match TreatmentDay::parse(value) {
                _ if column.also.iter().any(|also| also == value) => none(),
                Some(day) => day.said(lang),
                None => value.to_owned(),
            },
            ColumnType::Decimal => bare(value).to_owned(),
            _ if value == OPEN || is_zero(value.as_bytes()) && layout.values(at).is_none() => none(),
            _ => value.to_owned(),
        }
    }
}

/// Whether two values differ in nothing but blanks at their end, which nobody sees.
pub fn differ_by_blanks(old: &str, new: &str) -> bool {
    old != new && old.trim_end() == new.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_as_people_read_it() {
        let schemas = Schemas::built_in().unwrap();
        let alone = Beside { record: None };
        let told = |kind: &str, id: &str, value: &str, lang| {
            Field::of(&schemas, kind, id).unwrap().told(value, alone).say(lang)
        };
        for (kind, id, value, ja, en) in [
            ("drug", "transition_or_use_limit_on", "0", "なし", "none"),
            ("drug", "transition_or_use_limit_on", "20240930", "令和6年9月30日", "2024-09-30"),
            ("procedure", "max_times", "0", "なし", "none"),
            ("procedure", "points", "29.10", "29.1", "29.1"),
            ("procedure", "points", "0.00", "0", "0"),
            ("procedure", "full_name", "初診料", "初診料", "初診料"),
            ("procedure", "full_name", "", "", ""),
        ] {
            assert_eq!([told(kind, id, value, Lang::Ja), told(kind, id, value, Lang::En)], [ja, en], "{id}");
        }
        let is_for_claims = |kind: &str, id: &str| Field::of(&schemas, kind, id).unwrap().is_for_claims();
        for (kind, id) in [
            ("comment", "name_length"),
            ("comment", "kana"),
            ("procedure", "publication_order"),
            ("procedure", "old_points"),
        ] {
            assert!(!is_for_claims(kind, id), "{id}");
        }
        assert!(is_for_claims("procedure", "points") && is_for_claims("comment", "name"));
        assert!(differ_by_blanks("１０分以上　", "１０分以上") && !differ_by_blanks("１", "２"));
    }
}
