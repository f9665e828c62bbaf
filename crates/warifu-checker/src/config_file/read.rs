//! Reading a file by its shape.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::config_file::fault::{Faults, Text};
use crate::config_file::shape::{Key, Kind, Section, Shape, place};
use crate::config_file::slip::nearest;
use crate::config_file::syntax::no_toml;
use crate::said::Said;

/// A value of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Flag(bool),
    Number(i128),
    Text(String),
    /// Of [`Kind::Texts`] and [`Kind::Command`].
    Texts(Vec<String>),
}

/// What one key is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) key: Range<usize>,
    pub(crate) span: Range<usize>,
}

/// What one section holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) section: Option<String>,
    /// Where it begins; nowhere for what stands before all sections.
    pub(crate) at: Option<Range<usize>>,
    pub(crate) given: BTreeMap<String, Given>,
    /// The keys that are there, also those with a value of another kind.
    pub(crate) named: Vec<String>,
}

/// What `text` gives by `shape`; what is wrong with it goes to `faults`.
pub(crate) fn read(text: &Text, shape: &Shape, faults: &mut Faults) -> Vec<Table> {
    let (table, errors) = DeTable::parse_recoverable(text.as_str());
    let mut reading = Reading { text, shape, faults };
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        reading.wrong(&span, || no_toml(error.message(), text.line_of(&span)));
    }
    let mut tables = Vec::new();
    let mut before = Table { section: None, at: None, given: BTreeMap::new(), named: Vec::new() };
    for (key, value) in table.get_ref() {
        let section = shape.section(Some(key.get_ref()));
        match (value.get_ref(), section) {
            (DeValue::Table(within), Some(section)) if !section.is_many => {
                tables.push(reading.table(section, &key.span(), within));
            }
            (DeValue::Array(many), Some(section)) if section.is_many => {
                for one in many {
                    match one.get_ref() {
                        DeValue::Table(within) => tables.push(reading.table(section, &one.span(), within)),
                        _ => reading.not_a_section(section, &one.span()),
                    }
                }
            }
            (_, Some(section)) => reading.not_a_section(section, &key.span()),
            (DeValue::Table(_), None) => reading.no_section(key),
            (DeValue::Array(many), None)
                if many.iter().any(|one| matches!(one.get_ref(), DeValue::Table(_))) =>
            {
                reading.no_section(key);
            }
            (_, None) => {
                if let Some(section) = shape.section(None) {
                    reading.take(section, key, value, &mut before);
                }
            }
        }
    }
    tables.push(before);
    tables
}

struct Reading<'a> {
    text: &'a Text,
    shape: &'a Shape,
    faults: &'a mut Faults,
}

impl Reading<'_> {
    fn wrong(&mut self, span: &Range<usize>, why: impl FnOnce() -> Said) {
        let text = self.text;
        self.faults.add(|| text.fault(span, why()));
    }

    fn table(&mut self, section: &Section, at: &Range<usize>, within: &DeTable<'_>) -> Table {
        let (section_of, at) = (section.name.clone(), Some(at.clone()));
        let mut table = Table { section: section_of, at, given: BTreeMap::new(), named: Vec::new() };
        for (key, value) in within {
            self.take(section, key, value, &mut table);
        }
        table
    }

    fn take(
        &mut self,
        section: &Section,
        key: &Spanned<Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        table: &mut Table,
    ) {
        let Some(known) = section.key(key.get_ref()) else { return self.no_key(section, key) };
        table.named.push(known.name.clone());
        match of_kind(known.kind, value.get_ref()) {
            None => self.wrong(&value.span(), || not_of_its_kind(section, known, value.get_ref())),
            Some(value_of) => {
                let (key, span) = (key.span(), value.span());
                table.given.insert(known.name.clone(), Given { value: value_of, key, span });
            }
        }
    }

    fn not_a_section(&mut self, section: &Section, span: &Range<usize>) {
        let name = section.name.as_deref().unwrap_or_default();
        self.wrong(span, || {
            let head = section.head().unwrap_or_default();
            Said::new(
                format!("{name} is a section: it is written {head}, and its keys below"),
                format!("{name} はセクションです。{head} と書き、その下にキーを書いてください"),
            )
        });
    }

    fn no_section(&mut self, key: &Spanned<Cow<'_, str>>) {
        let (shape, name) = (self.shape, key.get_ref());
        self.wrong(&key.span(), || {
            let sections: Vec<&Section> = shape.sections.iter().filter(|it| it.name.is_some()).collect();
            let names: Vec<&str> = sections.iter().filter_map(|it| it.name.as_deref()).collect();
            let near = nearest(name, &names);
            let meant = near.and_then(|near| shape.section(Some(near))?.head());
            let all = sections.iter().filter_map(|it| it.head()).collect::<Vec<_>>().join(" ");
            let asked = |lang| asked(meant.as_deref(), lang);
            Said::new(
                format!("there is no section [{name}]{}; there are {all}", asked(Lang::En)),
                format!("[{name}] というセクションはありません{}。使えるセクション: {all}", asked(Lang::Ja)),
            )
        });
    }

    fn no_key(&mut self, section: &Section, key: &Spanned<Cow<'_, str>>) {
        let (shape, name) = (self.shape, key.get_ref());
        self.wrong(&key.span(), || {
            let keys: Vec<&str> = section.keys.iter().map(|key| &*key.name).collect();
            let (en, ja) = match section.head() {
                Some(head) => (format!("{head} has no key {name}"), format!("{head} に {name} という")),
                None => {
                    (format!("there is no key {name} before the sections"), format!("先頭部に {name} という"))
                }
            };
            let all = keys.join(", ");
            // What stands in the wrong section is known by its name, before it is a slip of another one.
            let hint = |lang| {
                elsewhere(shape, section, name, lang).unwrap_or_else(|| asked(nearest(name, &keys), lang))
            };
            Said::new(
                format!("{en}{}; there are {all}", hint(Lang::En)),
                format!("{ja}キーはありません{}。使えるキー: {all}", hint(Lang::Ja)),
            )
        });
    }
}

/// Where `name`, which is none of `section`, stands.
fn elsewhere(shape: &Shape, section: &Section, name: &str, lang: Lang) -> Option<String> {
    // By another name it may be of the same section.
    let own = section.keys.iter().find(|key| key.also.as_deref() == Some(name));
    if let Some(own) = own {
        return Some(asked(Some(&own.name), lang));
    }
    let found = shape.sections.iter().find_map(|section| {
        let key = section.keys.iter().find(|key| key.name == name || key.also.as_deref() == Some(name))?;
        Some((section, key))
    })?;
    let key = &found.1.name;
    Some(match found.0.head() {
        Some(head) => say!(lang, " ({key} stands in {head})", "（{key} は {head} に書きます）"),
        None => {
            say!(lang, " ({key} stands before all sections)", "（{key} はどのセクションよりも前に書きます）")
        }
    })
}

fn asked(meant: Option<&str>, lang: Lang) -> String {
    let told = |name: &str| say!(lang, " (is {name} meant?)", "（{name} のことですか）");
    meant.map(told).unwrap_or_default()
}

fn not_of_its_kind(section: &Section, key: &Key, value: &DeValue<'_>) -> Said {
    let (en, ja) = match key.kind {
        Kind::Flag => ("true or false", "true または false"),
        Kind::Number => ("a whole number without quotes", "引用符なしの整数"),
        Kind::Text => ("text in quotes", "引用符で囲んだ文字列"),
        Kind::Texts => ("text in quotes, or a list of such", "引用符で囲んだ文字列、またはその配列"),
        Kind::Command => (
            "a list of text in quotes, the program and its arguments",
            "プログラムと引数を引用符で囲んで並べた配列",
        ),
    };
    let (place, is) = (place(section.name.as_deref(), &key.name), value.type_str());
    let is_ja = match value {
        DeValue::String(_) => "文字列",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => "真偽値",
        DeValue::Datetime(_) => "日時",
        DeValue::Array(_) => "配列",
        DeValue::Table(_) => "テーブル",
    };
    Said::new(
        format!("{place} is {en}, not {is}"),
        format!("{place} は{ja}で指定してください（{is_ja}になっています）"),
    )
}

/// The value; none when it is of another kind.
fn of_kind(kind: Kind, value: &DeValue<'_>) -> Option<Value> {
    match (kind, value) {
        (Kind::Flag, DeValue::Boolean(is)) => Some(Value::Flag(*is)),
        (Kind::Number, DeValue::Integer(number)) => {
            Some(Value::Number(i128::from_str_radix(number.as_str(), number.radix()).ok()?))
        }
        (Kind::Text, DeValue::String(text)) => Some(Value::Text(text.to_string())),
        (Kind::Texts, DeValue::String(text)) => Some(Value::Texts(vec![text.to_string()])),
        (Kind::Texts | Kind::Command, DeValue::Array(several)) => {
            let texts = several.iter().map(|value| value.get_ref().as_str().map(ToOwned::to_owned));
            Some(Value::Texts(texts.collect::<Option<_>>()?))
        }
        _ => None,
    }
}
