//! One rule of a site, as its file writes it and as it is asked.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use cel::Context;
use serde::Deserialize;

use super::expression::Expression;
use super::row::{Columns, Row, Version};
use warifu_masters::finding::{RuleName, Severity};
use warifu_masters::schema::{Layout, SchemaError};
use warifu_masters::table::Master;

/// One rule.
pub(super) struct SiteRule {
    pub(super) name: Arc<RuleName>,
    pub(super) kind: String,
    pub(super) severity: Severity,
    when: Option<Expression>,
    require: Expression,
    /// What every evaluation begins from: the language's functions, and no names.
    context: Context<'static, 'static>,
}

impl fmt::Debug for SiteRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteRule").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The columns that a rule asks for in the newer and the older version.
pub(super) struct RuleColumns {
    pub(super) new: Columns,
    pub(super) old: Columns,
}

/// What a rule says of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    Broken,
    NotEvaluated(String),
}

impl SiteRule {
    /// Where the columns that the rule names are; `None` when `new` lacks one of its own.
    pub(super) fn columns(&self, new: &Layout, old: Option<&Master>) -> Option<RuleColumns> {
        let expressions = || self.when.iter().chain([&self.require]);
        let of_new = expressions().flat_map(|expression| &expression.new);
        let of_old = expressions().flat_map(|expression| &expression.old);
        let new = of_new.map(|id| Some((id.clone(), Some(new.position(id)?)))).collect::<Option<_>>()?;
        let position = |id: &String| old.and_then(|old| old.layout().position(id));
        let old = of_old.map(|id| (id.clone(), position(id))).collect();
        Some(RuleColumns { new, old })
    }

    /// Asks the rule of one record.
    pub(super) fn judge(&self, row: &Row<'_>) -> Verdict {
        let ask = |expression: &Expression| expression.is_true(row, &self.context);
        let holds = match self.when.as_ref().map(ask) {
            Some(Ok(false)) => Ok(true),
            Some(Err(why)) => Err(why),
            None | Some(Ok(true)) => ask(&self.require),
        };
        match holds {
            Ok(true) => Verdict::Holds,
            Ok(false) => Verdict::Broken,
            Err(why) => Verdict::NotEvaluated(why),
        }
    }

    /// Asks the rule of one of its examples, and says what came out otherwise.
    fn try_example(&self, example: &Example) -> Result<(), String> {
        let row = Row {
            key: example.key.as_str().into(),
            new: Version::Example(&example.new),
            old: example.old.as_ref().map_or(Version::None, Version::Example),
        };
        match (self.judge(&row), example.holds) {
            (Verdict::Holds, true) | (Verdict::Broken, false) => Ok(()),
            (Verdict::NotEvaluated(why), _) => Err(format!("cannot be evaluated: {why}")),
            (_, true) => Err("does not hold, and should".to_owned()),
            (_, false) => Err("holds, and should not".to_owned()),
        }
    }
}

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    #[serde(default)]
    rule: Vec<Written>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    kind: String,
    #[serde(default = "warn")]
    severity: Severity,
    when: Option<String>,
    require: String,
    text_en: String,
    text_ja: String,
    #[serde(default)]
    advice_en: String,
    #[serde(default)]
    advice_ja: String,
    #[serde(default)]
    example: Vec<Example>,
}

fn warn() -> Severity {
    Severity::Warn
}

/// A record on which the author says how the rule comes out. Fields that are not given are blank.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    #[serde(default)]
    key: String,
    new: BTreeMap<String, String>,
    old: Option<BTreeMap<String, String>>,
    holds: bool,
}

/// The rules of one file, each tried on its examples.
pub(super) fn read(file: &str, text: &str, layouts: &[&Arc<Layout>]) -> Result<Vec<SiteRule>, SchemaError> {
    let syntax = |source| SchemaError::Syntax { file: file.to_owned(), source: Box::new(source) };
    let written: RuleFile = toml::from_str(text).map_err(syntax)?;
    let rules = written.rule.into_iter().map(|written| {
        let id = written.id.clone();
        compile(written, layouts).map_err(|what| SchemaError::Content {
            file: file.to_owned(),
            what: format!("rule {id}: {what}"),
        })
    });
    rules.collect()
}

fn compile(written: Written, layouts: &[&Arc<Layout>]) -> Result<SiteRule, String> {
    let plain = |name: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !name.is_empty() && name.bytes().all(allowed)
    };
    if !written.id.strip_prefix("site/").is_some_and(plain)
        || warifu_masters::finding::Code::parse(&written.id).is_some()
    {
        return Err("an id is site/ and a name of its own made of a-z, 0-9 and -".to_owned());
    }
    let editions: Vec<_> = layouts.iter().filter(|layout| layout.kind == written.kind).collect();
    if editions.is_empty() {
        return Err(format!("there is no kind {}", written.kind));
    }
    let expression = |name: &str, text: &str| -> Result<Expression, String> {
        let expression = Expression::compile(text).map_err(|why| format!("{name}: {why}"))?;
        let mut fields = expression.new.iter().chain(&expression.old);
        match fields.find(|id| editions.iter().all(|layout| layout.position(id).is_none())) {
            Some(id) => Err(format!("{name}: {} masters have no column {id}", written.kind)),
            None => Ok(expression),
        }
    };
    let rule = SiteRule {
        when: written.when.as_deref().map(|text| expression("when", text)).transpose()?,
        require: expression("require", &written.require)?,
        name: Arc::new(RuleName {
            id: written.id,
            text_en: written.text_en,
            text_ja: written.text_ja,
            advice_en: written.advice_en,
            advice_ja: written.advice_ja,
        }),
        kind: written.kind,
        severity: written.severity,
        context: Context::default(),
    };
    for (at, example) in written.example.iter().enumerate() {
        rule.try_example(example).map_err(|why| format!("example {}: {why}", at + 1))?;
    }
    Ok(rule)
}
