//! What the sections of a configuration give, key by key. What is wrong with one is told, and the next is
//! asked for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::config_file::{self, Fault, Faults, Given, Shape, Table, Text, Value, missing};
use crate::said::Said;

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// It.
    pub value: T,
    /// `FILE:line:column`.
    pub place: String,
}

/// What a file gives.
pub(super) struct Tables<'a> {
    text: &'a Text,
    tables: Vec<Table>,
    faults: &'a mut Faults,
}

/// What one section of it gives.
pub(super) struct Section<'t, 'a> {
    of: &'t mut Tables<'a>,
    table: Table,
}

impl<'a> Tables<'a> {
    pub(super) fn read(text: &'a Text, shape: &Shape, faults: &'a mut Faults) -> Tables<'a> {
        let tables = config_file::read(text, shape, faults);
        Tables { text, tables, faults }
    }

    /// One that is there once; empty where it is not.
    pub(super) fn section(&mut self, name: Option<&str>) -> Section<'_, 'a> {
        let table = self.tables.iter().find(|table| table.section.as_deref() == name).cloned();
        let none = || {
            let (section, given, named) = (name.map(ToOwned::to_owned), BTreeMap::new(), Vec::new());
            Table { section, at: None, given, named }
        };
        Section { table: table.unwrap_or_else(none), of: self }
    }

    /// What `of` makes of each that is there, in their order.
    pub(super) fn each<T>(&mut self, name: &str, of: fn(&mut Section<'_, 'a>) -> T) -> Vec<T> {
        let named = |table: &&Table| table.section.as_deref() == Some(name);
        let tables: Vec<Table> = self.tables.iter().filter(named).cloned().collect();
        tables.into_iter().map(|table| of(&mut Section { of: self, table })).collect()
    }
}

impl Section<'_, '_> {
    fn place(&self, key: &str) -> String {
        config_file::place(self.table.section.as_deref(), key)
    }

    fn fault(&mut self, span: &Range<usize>, why: Said) {
        let text = self.of.text;
        self.of.faults.add(|| text.fault(span, why));
    }

    /// Whether anything is said of `key`, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.named.iter().any(|named| named == key)
    }

    /// Tells what is wrong with the section itself.
    pub(super) fn wrong<T>(&mut self, why: Said) -> Option<T> {
        let name = self.table.section.as_deref().unwrap_or_default();
        let why = Said::new(format!("[{name}] {}", why.en), format!("[{name}] {}", why.ja));
        let (text, at) = (self.of.text, self.table.at.clone());
        self.of.faults.add(|| match at {
            Some(at) => text.fault(&at, why),
            None => Fault::of_file(text.path(), why),
        });
        None
    }

    /// Tells that nothing is said of `key`, where nothing is.
    pub(super) fn missing<T>(&mut self, key: &str) -> Option<T> {
        if !self.has(key) {
            let (text, at, section) = (self.of.text, &self.table.at, self.table.section.as_deref());
            self.of.faults.add(|| match at {
                Some(at) => text.fault(at, missing(section, key)),
                None => Fault::of_file(text.path(), missing(section, key)),
            });
        }
        None
    }

    /// What `of` makes of a value, and where it stands; why not is told.
    fn take<T>(&mut self, key: &str, of: impl FnOnce(&Value) -> Result<T, Said>) -> Option<Placed<T>> {
        let Given { value, key: at, span } = self.table.given.get(key)?.clone();
        match of(&value) {
            Ok(value) => Some(Placed { value, place: self.of.text.place(&at) }),
            Err(why) => {
                self.fault(&span, why);
                None
            }
        }
    }

    pub(super) fn text(&mut self, key: &str) -> Option<Placed<String>> {
        let place = self.place(key);
        self.take(key, |value| match value {
            Value::Text(text) if !text.is_empty() => Ok(text.clone()),
            _ => Err(empty(&place)),
        })
    }

    /// What `of` makes of a text.
    pub(super) fn made<T>(&mut self, key: &str, of: fn(&str) -> Result<T, Said>) -> Option<T> {
        let made = self.take(key, |value| match value {
            Value::Text(text) => of(text),
            _ => of(""),
        });
        made.map(|made| made.value)
    }

    /// One of few words.
    pub(super) fn one_of<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let place = self.place(key);
        let one = self.take(key, |value| {
            let known = words.iter().find(|(word, _)| *value == Value::Text((*word).to_owned()));
            known.map(|(_, one)| *one).ok_or_else(|| {
                let all = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
                Said::new(
                    format!("{place} is one of {all}"),
                    format!("{place} は {all} のいずれかを指定してください"),
                )
            })
        });
        one.map(|one| one.value)
    }

    /// A number from `least` to `most`; `otherwise` where nothing is said, or something wrong.
    pub(super) fn number(&mut self, key: &str, least: u64, most: u64, otherwise: u64) -> u64 {
        let place = self.place(key);
        let number = self.take(key, |value| {
            let number = match value {
                Value::Number(number) => u64::try_from(*number).ok(),
                _ => None,
            };
            number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
                Said::new(
                    format!("{place} is a number from {least} to {most}"),
                    format!("{place} は {least}～{most} の数で指定してください"),
                )
            })
        });
        number.map_or(otherwise, |number| number.value)
    }

    /// One text at least.
    pub(super) fn texts(&mut self, key: &str) -> Option<Placed<Vec<String>>> {
        let place = self.place(key);
        self.take(key, |value| match value {
            Value::Texts(texts) if !texts.is_empty() && !texts.iter().any(String::is_empty) => {
                Ok(texts.clone())
            }
            _ => Err(empty(&place)),
        })
    }

    /// A program, and its arguments, which may be empty.
    pub(super) fn command(&mut self, key: &str) -> Option<Placed<Vec<String>>> {
        let place = self.place(key);
        self.take(key, |value| match value {
            Value::Texts(words) if words.first().is_some_and(|program| !program.is_empty()) => {
                Ok(words.clone())
            }
            _ => Err(Said::new(
                format!("{place} names no program"),
                format!("{place} にはプログラムが必要です"),
            )),
        })
    }

    /// A path; a relative one is from the file's folder.
    pub(super) fn path(&mut self, key: &str) -> Option<Placed<PathBuf>> {
        let Placed { value, place } = self.text(key)?;
        Some(Placed { value: self.beside_the_file(&value), place })
    }

    pub(super) fn beside_the_file(&self, path: &str) -> PathBuf {
        self.of.text.path().parent().unwrap_or(Path::new(".")).join(path)
    }

    /// A channel; where it lies here, from the file's folder.
    pub(super) fn channel(&self, channel: String) -> String {
        let named = local(&channel)
            .and_then(|(kind, path)| Some((kind, self.beside_the_file(path).to_str()?.to_owned())));
        match named {
            Some((kind, path)) => format!("{kind}{path}"),
            None => channel,
        }
    }
}

fn empty(place: &str) -> Said {
    Said::new(format!("{place} says nothing"), format!("{place} が空です"))
}

/// A channel that lies here: what stands before its path, and that. None where it lies elsewhere.
fn local(channel: &str) -> Option<(&str, &str)> {
    match channel.strip_prefix("bundle:") {
        Some(path) => Some((&channel[..channel.len() - path.len()], path)),
        None => (!channel.contains("://")).then_some(("", channel)),
    }
}
