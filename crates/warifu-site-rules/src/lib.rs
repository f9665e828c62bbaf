//! Rules of a site: written in TOML and CEL, asked of each record and its version before, without a new
//! program.
//!
//! A rule *requires* something of the records of one kind of master, of all of them or of those that its
//! *when* names. Both are expressions of the Common Expression Language over three names: `new` and `old`,
//! whose fields are the columns of the layout as text, and `key`. `old` is null where there was no version
//! before. The examples in a rule are tried when it is read, so that a rule that does not say what its author
//! meant is refused at once.
//!
//! The rules come from people, so nothing in them is believed: they are bounded in size and nesting, loops do
//! not nest, and a record on which one cannot be evaluated is a finding.

mod expression;
mod row;
mod rule;

use std::collections::BTreeMap;
use std::sync::Arc;

use warifu_masters::change::diff::{Change, Diff};
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::schema::{Layout, SchemaError};
use warifu_masters::table::Master;

use row::{Row, Version};
use rule::{SiteRule, Verdict};

/// The most rules there may be: each is asked of each of some ten thousand records.
const LIMIT_RULES: usize = 200;

/// The rules of a site, by id.
#[derive(Debug, Clone, Default)]
pub struct SiteRules {
    rules: BTreeMap<String, Arc<SiteRule>>,
}

impl warifu_rules::judge::SiteRules for SiteRules {
    fn judge(&self, state: &Master, before: Option<&Master>) -> Findings {
        self.check(state, before)
    }
}

impl SiteRules {
    /// These rules and those of `files`: (name, text). A rule of the same id replaces an earlier one.
    ///
    /// # Errors
    /// [`SchemaError`] names the file, the rule and what is wrong with it; an example that comes out
    /// otherwise than it says is one of the things that can be.
    pub fn with<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
        layouts: &[&Arc<Layout>],
    ) -> Result<Self, SchemaError> {
        let mut added = BTreeMap::new();
        for (file, text) in files {
            for rule in rule::read(file, text, layouts)? {
                if let Some(twice) = added.insert(rule.name.id.clone(), Arc::new(rule)) {
                    let what = format!("rule {} is there twice", twice.name.id);
                    return Err(SchemaError::Content { file: file.to_owned(), what });
                }
            }
        }
        self.rules.extend(added);
        if self.rules.len() > LIMIT_RULES {
            let what = format!("{} rules; the limit is {LIMIT_RULES}", self.rules.len());
            return Err(SchemaError::Content { file: "rules/".to_owned(), what });
        }
        Ok(self)
    }

    /// The ids of the rules, in alphabetical order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// Asks every rule for this kind of each record of `new`, with its version in `old`. Lines are those of
    /// `new`'s file.
    pub fn check(&self, new: &Master, old: Option<&Master>) -> Findings {
        let mut before = 0;
        self.ask(
            new,
            old,
            (0..new.rows()).map(|row| {
                let Some(old) = old else { return (row, None) };
                let key = new.key(row);
                // Both are in key order.
                while before < old.rows() && old.key(before) < key {
                    before += 1;
                }
                (row, (before < old.rows() && old.key(before) == key).then_some(before))
            }),
        )
    }

    /// The same of the records that are new or differ.
    pub fn check_changes(&self, diff: &Diff<'_>) -> Findings {
        let changed = diff.changes.iter().filter_map(|change| match *change {
            Change::Added { new } => Some((new, None)),
            Change::Changed { old, new } => Some((new, Some(old))),
            Change::Removed { .. } => None,
        });
        self.ask(diff.new, Some(diff.old), changed).without_lines()
    }

    fn ask(
        &self,
        new: &Master,
        old: Option<&Master>,
        rows: impl Iterator<Item = (usize, Option<usize>)>,
    ) -> Findings {
        let mut findings = Findings::new();
        // A rule on a column that this edition does not have yet is left out.
        let of_kind = self.rules.values().filter(|rule| rule.kind == new.layout().kind);
        let asked: Vec<_> =
            of_kind.filter_map(|rule| Some((rule, rule.columns(new.layout(), old)?))).collect();
        if asked.is_empty() {
            return findings;
        }
        for (row, old_row) in rows {
            for (rule, columns) in &asked {
                let record = Row {
                    key: new.key(row),
                    new: Version::Record(new, row, &columns.new),
                    old: match old.zip(old_row) {
                        Some((old, row)) => Version::Record(old, row, &columns.old),
                        None => Version::None,
                    },
                };
                let finding = match rule.judge(&record) {
                    Verdict::Holds => continue,
                    Verdict::Broken => Finding::new(Code::SiteRule)
                        .found(record.new.evidence())
                        .expected(record.old.evidence()),
                    Verdict::NotEvaluated(why) => {
                        Finding::new(Code::SiteNotEvaluated).found(format_args!("{}: {why}", rule.name.id))
                    }
                };
                findings.push(finding.key(new.key(row)).line(new.line(row)).rule(&rule.name, rule.severity));
            }
        }
        findings
    }
}
