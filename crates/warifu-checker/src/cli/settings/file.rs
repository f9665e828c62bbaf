//! The file: TOML, read strictly, all that is wrong with it at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::cli::settings::fault::{Fault, Text};
use crate::cli::settings::options::{Kind, Options, ServeOption};
use crate::said::Said;

/// A name that is no farther from a known one is taken for a slip of it.
const SLIPS: usize = 3;

/// What the file gives one option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) values: Vec<OsString>,
    /// `FILE:line:column`.
    pub(super) place: String,
}

/// What the file gives, by option, and what is wrong with it.
pub(super) fn read(path: &Path, text: &str, options: &Options) -> (BTreeMap<String, Given>, Vec<Fault>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reading =
        Reading { text: Text { path, text }, options, given: BTreeMap::new(), faults: Vec::new() };
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let why = error.message();
        reading.wrong(&span, Said::new(format!("this is no TOML: {why}"), format!("TOML の誤り: {why}")));
    }
    for (key, value) in table.get_ref() {
        let name = key.get_ref();
        match value.get_ref() {
            DeValue::Table(section) if options.sections().contains(&&**name) => {
                for (key, value) in section {
                    reading.take(Some(name), key, value);
                }
            }
            DeValue::Table(_) => reading.no_section(key),
            _ => reading.take(None, key, value),
        }
    }
    let Reading { given, mut faults, .. } = reading;
    faults.sort_by_key(|fault| fault.at);
    (given, faults)
}

struct Reading<'a> {
    text: Text<'a>,
    options: &'a Options,
    given: BTreeMap<String, Given>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn wrong(&mut self, span: &Range<usize>, why: Said) {
        self.faults.push(self.text.fault(span, why));
    }

    fn take(&mut self, section: Option<&str>, key: &Spanned<Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let Some(option) = self.options.at(section, key.get_ref()) else {
            return self.no_key(section, key);
        };
        let option = option.clone();
        match values(&option, value.get_ref()) {
            None => self.wrong(&value.span(), not_of_its_kind(&option, value.get_ref())),
            Some(values) => {
                for value_of in &values {
                    if let Some(why) = option.refuses(value_of) {
                        self.wrong(&value.span(), refused(&option, &value_of.to_string_lossy(), &why));
                        return;
                    }
                }
                let place = self.text.place(&key.span());
                self.given.insert(option.id.clone(), Given { values, place });
            }
        }
    }

    fn no_section(&mut self, key: &Spanned<Cow<'_, str>>) {
        let sections = self.options.sections();
        let (name, near) = (key.get_ref(), nearest(key.get_ref(), &sections));
        let all = sections.iter().map(|it| format!("[{it}]")).collect::<Vec<_>>().join(" ");
        let meant = near.map(|it| format!("[{it}]"));
        self.wrong(
            &key.span(),
            Said::new(
                format!("there is no section [{name}]{}; there are {all}", asked(meant.as_deref(), Lang::En)),
                format!(
                    "[{name}] というセクションはありません{}。使えるセクション: {all}",
                    asked(meant.as_deref(), Lang::Ja)
                ),
            ),
        );
    }

    fn no_key(&mut self, section: Option<&str>, key: &Spanned<Cow<'_, str>>) {
        let keys = self.options.keys(section);
        let name = key.get_ref();
        let near = nearest(name, &keys).map(ToOwned::to_owned);
        // What stands in the wrong section is known by its name all the same.
        let elsewhere = || {
            self.options.all().iter().find(|it| it.key == **name || it.long == **name).map(ServeOption::place)
        };
        let meant = near.or_else(elsewhere);
        let (en, ja) = match section {
            Some(section) => {
                (format!("[{section}] has no key {name}"), format!("[{section}] に {name} という"))
            }
            None => {
                (format!("there is no key {name} before the sections"), format!("先頭部に {name} という"))
            }
        };
        let all = keys.join(", ");
        self.wrong(
            &key.span(),
            Said::new(
                format!("{en}{}; there are {all}", asked(meant.as_deref(), Lang::En)),
                format!("{ja}キーはありません{}。使えるキー: {all}", asked(meant.as_deref(), Lang::Ja)),
            ),
        );
    }
}

fn asked(meant: Option<&str>, lang: Lang) -> String {
    let told = |name: &str| say!(lang, " (is {name} meant?)", "（{name} のことですか）");
    meant.map(told).unwrap_or_default()
}

/// That `value` is none of the option's, and why.
pub(super) fn refused(option: &ServeOption, value: &str, why: &str) -> Said {
    let place = option.place();
    Said::new(
        format!("{value} is no value of {place}: {why}"),
        format!("{value} は {place} の値に使えません: {why}"),
    )
}

fn not_of_its_kind(option: &ServeOption, value: &DeValue<'_>) -> Said {
    let (en, ja) = match option.kind {
        Kind::Flag => ("true or false", "true または false"),
        Kind::Number => ("a whole number without quotes", "引用符なしの整数"),
        Kind::Text => ("text in quotes", "引用符で囲んだ文字列"),
        Kind::Texts => ("text in quotes, or a list of such", "引用符で囲んだ文字列、またはその配列"),
    };
    let (place, is) = (option.place(), value.type_str());
    Said::new(format!("{place} is {en}, not {is}"), format!("{place} は{ja}です（{is} ではありません）"))
}

/// The values, as they are typed; none when they are of another kind.
fn values(option: &ServeOption, value: &DeValue<'_>) -> Option<Vec<OsString>> {
    let text = |value: &DeValue<'_>| value.as_str().map(OsString::from);
    match (option.kind, value) {
        (Kind::Flag, DeValue::Boolean(is)) => Some(vec![is.to_string().into()]),
        (Kind::Number, DeValue::Integer(number)) => {
            let number = i128::from_str_radix(number.as_str(), number.radix()).ok()?;
            Some(vec![number.to_string().into()])
        }
        (Kind::Text | Kind::Texts, DeValue::String(_)) => Some(vec![text(value)?]),
        (Kind::Texts, DeValue::Array(several)) => all_texts(several, text),
        _ => None,
    }
}

fn all_texts(
    several: &DeArray<'_>,
    text: impl Fn(&DeValue<'_>) -> Option<OsString>,
) -> Option<Vec<OsString>> {
    several.iter().map(|value| text(value.get_ref())).collect()
}

/// The known name that `name` is a slip of.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let far = |it: &&str| distance(name, it);
    let near = known.iter().copied().min_by_key(|it| far(it))?;
    (far(&near) <= SLIPS.min(name.chars().count() / 2)).then_some(near)
}

/// How many letters are put in, left out or exchanged for others.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (to, its) in other.iter().enumerate() {
            let exchanged = before + usize::from(letter != *its);
            before = row[to + 1];
            row[to + 1] = exchanged.min(before + 1).min(row[to] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<Said> {
        let (_, faults) = read(Path::new("checker.toml"), text, &Options::of_serve());
        faults.iter().map(Fault::said).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_with_its_place_and_what_is_allowed() {
        let text = "stat = \"x\"\n[limits]\nconections = 3\n  head-seconds = \"10\"\nidle-seconds = 0\n\
                    [limit]\na = 1\n[gates]\ndrain = 3\n[tls]\nonly-clients = 1\n\
                    [channel]\nmirrors = [\"a\", 1]\n";
        let told = told(text);
        let expected = [
            ("checker.toml:1:1: there is no key stat before the sections (is state meant?)", "のことですか"),
            ("checker.toml:3:1: [limits] has no key conections (is connections meant?)", "使えるキー"),
            ("checker.toml:4:18: [limits] head-seconds is a whole number without quotes, not string", "整数"),
            (
                "checker.toml:5:16: 0 is no value of [limits] idle-seconds: 0 is not in 1..=86400",
                "使えません",
            ),
            ("checker.toml:6:2: there is no section [limit] (is [limits] meant?)", "使えるセクション"),
            ("checker.toml:9:1: [gates] has no key drain (is [limits] drain meant?)", "[limits] drain"),
            ("checker.toml:13:11: [channel] mirrors is text in quotes, or a list of such, not array", "配列"),
        ];
        for (en, ja) in expected {
            let found = told.iter().find(|said| said.en.starts_with(en));
            let Some(found) = found else { panic!("{en}: {told:#?}") };
            assert!(found.ja.contains(ja), "{found:?}");
        }
        // And one of [tls]: not of its kind, or without TLS no section.
        assert_eq!(told.len(), expected.len() + 1, "{told:#?}");
    }

    #[test]
    fn what_is_no_toml_and_what_stands_twice_is_told_and_the_rest_too() {
        let told = told("state = \"a\"\nstate = \"b\"\n[limits\ndrain = 1\n[gates]\nprobation = \"x\"\n");
        assert!(
            told.iter().any(|said| said.en.contains(":2:1: this is no TOML: duplicate key")),
            "{told:#?}"
        );
        assert!(told.iter().any(|said| said.en.contains("checker.toml:3:")), "{told:#?}");
        assert!(told.iter().any(|said| said.en.contains("probation")), "{told:#?}");
    }

    #[test]
    fn numbers_are_taken_as_toml_writes_them() {
        let text = "[limits]\nconnections = 1_000\nhead-kib = 0x10\n[channel]\nmirrors = \"one\"";
        let (given, faults) = read(Path::new("it"), text, &Options::of_serve());
        assert_eq!(faults, []);
        assert_eq!(given["connections"].values, ["1000"]);
        assert_eq!(given["head_kib"].values, ["16"]);
        assert_eq!((&*given["channel"].values, &*given["channel"].place), (&["one".into()][..], "it:5:1"));
    }
}
