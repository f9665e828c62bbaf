//! One finding.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::code::Code;
use super::corrected::Corrected;
use super::rule_name::RuleName;
use super::severity::Severity;
use warifu_values::day::said_day;
use warifu_values::judgement::PassedBy;
use warifu_values::lang::Lang;
use warifu_values::template::Filled;

/// Why a finding that would refuse data, or warn of it, does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pass {
    /// Who let it pass.
    pub by: PassedBy,
    /// Why, in their words.
    pub reason: String,
    /// What it meant before.
    pub was: Severity,
}

/// One finding: what, where and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// What it means: the code's own severity, unless it was let pass.
    pub severity: Severity,
    /// Line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column in the row, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The column's field id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The record's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub found: String,
    /// What it is compared with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// Who let it pass, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<Box<Pass>>,
    /// The rule of the site that it is about; told by its id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "rule_id")]
    pub rule: Option<Arc<RuleName>>,
    /// The emergency correction that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Box<Corrected>>,
}

fn rule_id<S: serde::Serializer>(rule: &Option<Arc<RuleName>>, serializer: S) -> Result<S::Ok, S::Error> {
    rule.as_ref().map(|rule| &rule.id).serialize(serializer)
}

impl Finding {
    /// A finding about the file as a whole.
    pub fn new(code: Code) -> Self {
        Finding {
            code,
            severity: code.severity(),
            line: None,
            column: None,
            field: None,
            key: None,
            found: String::new(),
            expected: String::new(),
            passed: None,
            rule: None,
            correction: None,
        }
    }

    /// The rule of a site that it is about, which says how severe it is; one that cannot be evaluated is at
    /// least worth a look.
    pub fn rule(mut self, rule: &Arc<RuleName>, severity: Severity) -> Self {
        self.rule = Some(Arc::clone(rule));
        self.severity =
            if self.code == Code::SiteNotEvaluated { severity.max(Severity::Warn) } else { severity };
        self
    }

    /// What scripts and waivers call it: the code, or the id of the site's rule that is broken.
    pub fn name(&self) -> &str {
        match &self.rule {
            Some(rule) if self.code == Code::SiteRule => &rule.id,
            _ => self.code.as_str(),
        }
    }

    /// What to do next.
    pub fn advice(&self, lang: Lang) -> &str {
        match &self.rule {
            Some(rule) if self.code == Code::SiteRule && !rule.advice(lang).is_empty() => rule.advice(lang),
            _ => self.code.advice(lang),
        }
    }

    /// The same finding, let pass: a warning when it was accepted where the file came in, else a note.
    pub fn pass(&mut self, by: PassedBy, reason: &str) {
        let was = self.passed.as_ref().map_or(self.severity, |passed| passed.was);
        self.severity = if matches!(by, PassedBy::Import(_)) { Severity::Warn } else { Severity::Note };
        self.passed = Some(Box::new(Pass { by, reason: reason.to_owned(), was }));
    }

    /// The emergency correction that it is about.
    pub fn correction(mut self, correction: Corrected) -> Self {
        self.correction = Some(Box::new(correction));
        self
    }

    /// What was found.
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = shorten(found.to_string());
        self
    }

    /// What it is compared with.
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = shorten(expected.to_string());
        self
    }

    /// The line, from 1.
    pub fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// The column (from 1) and its field id.
    pub fn field(mut self, column: u32, field: &str) -> Self {
        self.column = Some(column);
        self.field = Some(field.to_owned());
        self
    }

    /// The record's key; a blank one tells no record from another.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.key = (!key.is_empty()).then_some(key);
        self
    }

    /// `line:column:field`, as far as they are known.
    pub fn place(&self) -> String {
        let mut place = self.line.map(|line| line.to_string()).unwrap_or_default();
        if let (Some(column), Some(field)) = (self.column, &self.field) {
            if !place.is_empty() {
                place.push(':');
            }
            place.push_str(&format!("{column}:{field}"));
        }
        place
    }

    /// The sentence for people, with the evidence in it.
    pub fn text(&self, lang: Lang) -> String {
        if let (Code::SiteRule, Some(rule)) = (self.code, &self.rule) {
            let before =
                if self.expected.is_empty() { String::new() } else { format!(" <- {}", self.expected) };
            return format!("{} ({}{before})", rule.text(lang), self.found);
        }
        let filled = |found: &str, expected: &str, of_correction: &[(&str, &str)]| {
            let values = [&[("{found}", found), ("{expected}", expected)], of_correction].concat();
            Filled { template: self.code.text(lang), values: &values }.to_string()
        };
        let Some(correction) = &self.correction else {
            // What an import is compared with are days that people told, no values of a file.
            let of_people = self.code.as_str().starts_with("import/");
            let told = |value: &str| if of_people { said_day(value, lang) } else { value.to_owned() };
            return filled(&told(&self.found), &told(&self.expected), &[]);
        };
        let [found, expected] = [&self.found, &self.expected].map(|value| correction.shown(value, lang));
        let [record, title, of] = correction.told(lang);
        filled(&found, &expected, &[("{record}", &record), ("{title}", &title), ("{correction}", &of)])
    }
}

/// Evidence is for reading: a value of a megabyte is told by its beginning.
fn shorten(mut text: String) -> String {
    const LIMIT_CHARS: usize = 120;
    if let Some((end, _)) = text.char_indices().nth(LIMIT_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_carries_the_evidence() {
        let finding = Finding::new(Code::RowColumns).line(4).found(149).expected(150);
        assert_eq!(finding.text(Lang::En), "149 columns; this master has 150");
        assert_eq!(finding.text(Lang::Ja), "149 列です（このマスターは 150 列）");
        assert_eq!(finding.place(), "4");
        let finding = Finding::new(Code::ImportOlder).found("2024-08-23").expected("2024-09-02");
        let told = "令和6年8月23日 付けですが、系列には 令和6年9月2日 まで入っています";
        assert_eq!(finding.text(Lang::Ja), told);
        assert!(finding.text(Lang::En).contains("2024-08-23"));
    }
}
