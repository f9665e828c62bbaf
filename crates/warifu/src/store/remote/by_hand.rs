//! What is written by hand, and changed with what came: `warifu.toml` and `rules/`. Nobody sees in a list of
//! commits that one of them names another channel or lets a finding pass.

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use toml::{Table, Value};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::one_line;

use super::super::config::Config;
use super::super::error::StoreError;
use super::super::repository::Store;

/// What is typed daily, in `warifu.toml`.
const DEFAULTS: &str = "defaults";

/// A piece of it that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// The file.
    pub file: String,
    /// The table of `warifu.toml`, or a key of `[defaults]`.
    pub key: Option<String>,
    /// What `[defaults]` says now.
    pub value: Option<String>,
}

impl Speak for ByHand {
    fn say(&self, lang: Lang) -> String {
        let ByHand { file, key, value } = self;
        let what = one_line(&match key {
            Some(key) => format!("{file}: {key}"),
            None => file.clone(),
        });
        match value {
            Some(value) => format!("{what} = \"{}\"", one_line(value)),
            None => say!(lang, "{what} changed", "{what} が変更されました"),
        }
    }
}

impl Store {
    /// What of it is in `to` otherwise than in `from`. For who had nothing, series and rules are no news;
    /// what counts without being typed is.
    pub(super) fn by_hand(&self, from: Option<Oid>, to: Oid) -> Result<Vec<ByHand>, StoreError> {
        let (before, after) = (from.map(|from| self.tables(from)).transpose()?, self.tables(to)?);
        let is_new = before.is_none();
        let before = before.unwrap_or_default();
        let file = || Config::FILE.to_owned();
        let mut changed = Vec::new();
        let defaults = |tables: &Table| tables.get(DEFAULTS).and_then(Value::as_table).cloned();
        let [was, is] = [&before, &after].map(|tables| defaults(tables).unwrap_or_default());
        for key in names(&was, &is) {
            let value = is.get(&key).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
            changed.push(ByHand { file: file(), key: Some(format!("[{DEFAULTS}] {key}")), value });
        }
        if is_new {
            return Ok(changed);
        }
        for table in names(&before, &after).into_iter().filter(|table| table != DEFAULTS) {
            changed.push(ByHand { file: file(), key: Some(format!("[{table}]")), value: None });
        }
        let was = from.map(|from| self.rules(from)).transpose()?.unwrap_or_default();
        let is = self.rules(to)?;
        let rules: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for rule in rules.into_iter().filter(|rule| was.get(*rule) != is.get(*rule)) {
            changed.push(ByHand { file: format!("rules/{rule}"), key: None, value: None });
        }
        Ok(changed)
    }

    /// `warifu.toml` of a commit, as far as it is TOML: who checks it says when it is none.
    fn tables(&self, commit: Oid) -> Result<Table, StoreError> {
        let objects = self.objects()?;
        let Some(blob) = objects.at(objects.commit(commit)?.0, &[Config::FILE])? else {
            return Ok(Table::new());
        };
        Ok(toml::from_str(&String::from_utf8_lossy(&objects.blob(blob)?)).unwrap_or_default())
    }

    fn rules(&self, commit: Oid) -> Result<BTreeMap<String, Oid>, StoreError> {
        let objects = self.objects()?;
        let listed = objects.list(objects.commit(commit)?.0, &["rules"])?;
        Ok(listed.into_iter().map(|entry| (entry.name, entry.oid)).collect())
    }
}

/// The names by which the two say different things.
fn names(one: &Table, other: &Table) -> Vec<String> {
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    all.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}
