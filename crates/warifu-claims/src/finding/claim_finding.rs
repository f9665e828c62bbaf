//! One finding: what is wrong, where, and the evidence; one JSON object on one line.

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use warifu_values::day::{ClaimMonth, TreatmentDay};
use warifu_values::lang::Lang;
use warifu_values::template::Filled;

use super::code::{ClaimCode, ClaimSeverity};
#[cfg(feature = "schemas")]
use super::level::Level;
use crate::item_code::ItemCode;

/// When the item was done, as far as the claim tells; it decides which record of the master is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// On this day: the item's day counts say so.
    Day(TreatmentDay),
    /// Some day of this month: the item has no day counts.
    Month(ClaimMonth),
}

/// A field of a record, as the layout of claim files names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldAt {
    /// Its position, from 1 with the record id.
    pub position: u8,
    /// Its name in the layout.
    pub name: &'static str,
}

/// One finding: what, where and the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFinding {
    /// What.
    pub code: ClaimCode,
    /// The release that was judged by.
    pub release: u64,
    /// The claim's number in the file (RE field 2), when it is inside a claim and a number.
    pub claim: Option<u32>,
    /// The line of the file, from 1.
    pub line: u32,
    /// The record's id (`SI`); two ASCII characters.
    pub record: Option<[u8; 2]>,
    /// The field, where one is meant.
    pub field: Option<FieldAt>,
    /// The code of what is meant: an item, a comment, a disease or a modifier.
    pub item: Option<ItemCode>,
    /// The item's name in the master, where it is known.
    pub name: Option<Box<str>>,
    /// The day or month that was judged for.
    pub when: Option<When>,
    /// The series of the master's record (`r06`).
    pub series: Option<Arc<str>>,
    /// What was found: a code, a number, a count. Never a text of the claim.
    pub found: String,
    /// What it is compared with.
    pub expected: String,
}

impl ClaimFinding {
    /// The message, with the evidence in it.
    pub fn message(&self, lang: Lang) -> String {
        Message { finding: self, lang }.to_string()
    }

    /// The error or the notice that it is.
    pub fn severity(&self) -> ClaimSeverity {
        self.code.severity()
    }
}

/// The message of a finding, as it is written.
struct Message<'a> {
    finding: &'a ClaimFinding,
    lang: Lang,
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Message { finding, lang } = self;
        let field = finding.field.map_or("", |field| field.name);
        let values = [("{field}", field), ("{found}", &*finding.found), ("{expected}", &*finding.expected)];
        Filled { template: finding.code.text(*lang), values: &values }.fmt(f)
    }
}

/// A value that is written as the text it shows, without being made first.
struct AsText<T>(T);

impl<T: fmt::Display> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// One JSON object on one line: fields that do not apply are left out.
impl Serialize for ClaimFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ClaimFinding", 19)?;
        object.serialize_field("code", self.code.as_str())?;
        if let Some(asp) = self.code.asp() {
            object.serialize_field("asp", asp)?;
        }
        if let Some(level) = self.code.level() {
            object.serialize_field("level", level.as_str())?;
        }
        object.serialize_field("severity", self.severity().as_str())?;
        object.serialize_field("release", &self.release)?;
        if let Some(claim) = self.claim {
            object.serialize_field("claim", &claim)?;
        }
        object.serialize_field("line", &self.line)?;
        if let Some(record) = &self.record {
            object.serialize_field("record", std::str::from_utf8(record).unwrap_or("?"))?;
        }
        if let Some(field) = self.field {
            object.serialize_field("field", &field.position)?;
            object.serialize_field("field_name", field.name)?;
        }
        if let Some(item) = self.item {
            object.serialize_field("item", &AsText(item))?;
        }
        if let Some(name) = &self.name {
            object.serialize_field("name", name)?;
        }
        match self.when {
            Some(When::Day(day)) => {
                object.serialize_field("day", &AsText(day))?;
                object.serialize_field("dated_by", "item days")?;
            }
            Some(When::Month(month)) => {
                object.serialize_field("month", &AsText(month))?;
                object.serialize_field("dated_by", "claim month")?;
            }
            None => {}
        }
        if let Some(series) = &self.series {
            object.serialize_field("series", &**series)?;
        }
        if !self.found.is_empty() {
            object.serialize_field("found", &self.found)?;
        }
        if !self.expected.is_empty() {
            object.serialize_field("expected", &self.expected)?;
        }
        let message = |lang| AsText(Message { finding: self, lang });
        object.serialize_field("en", &message(Lang::En))?;
        object.serialize_field("ja", &message(Lang::Ja))?;
        object.end()
    }
}

/// As it is written above: `codes` are those of docs/claims.md.
#[cfg(feature = "schemas")]
impl schemars::JsonSchema for ClaimFinding {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClaimFinding".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let codes: Vec<&str> = ClaimCode::ALL.iter().map(|code| code.as_str()).collect();
        let severities = ClaimSeverity::ALL.map(ClaimSeverity::as_str);
        let levels = Level::ALL.map(Level::as_str);
        schemars::json_schema!({
            "type": "object",
            "description": "One finding; what does not apply is left out. No text of the claim stands in it.",
            "required": ["code", "severity", "release", "line", "en", "ja"],
            "properties": {
                "code": { "enum": codes, "description": "What (docs/claims.md)." },
                "asp": { "type": "string", "description": "The error code of the ASP." },
                "level": { "enum": levels, "description": "Its level in the list of the ASP." },
                "severity": { "enum": severities },
                "release": { "type": "integer", "minimum": 0, "description": "By which release." },
                "claim": {
                    "type": "integer", "minimum": 0,
                    "description": "The claim's number in the file (RE field 2).",
                },
                "line": { "type": "integer", "minimum": 1, "description": "The line of the file." },
                "record": { "type": "string", "description": "The record's id, such as SI." },
                "field": { "type": "integer", "minimum": 2, "description": "The field's position." },
                "field_name": { "type": "string", "description": "The field's name in the layout." },
                "item": {
                    "type": "string", "pattern": "^([0-9]{4}|[0-9]{7}|[0-9]{9})$",
                    "description": "The code of the item, the comment, the disease or the modifier.",
                },
                "name": { "type": "string", "description": "The item's name in the master." },
                "day": { "type": "string", "description": "The day that was judged for." },
                "month": { "type": "string", "description": "Or the month." },
                "dated_by": { "enum": ["item days", "claim month"] },
                "series": { "type": "string", "description": "The series of the record, such as r06." },
                "found": { "type": "string", "description": "What was found: a code, a number, a count." },
                "expected": { "type": "string", "description": "What it is compared with." },
                "en": { "type": "string", "description": "The message in English." },
                "ja": { "type": "string", "description": "日本語のメッセージ" },
            },
        })
    }
}
