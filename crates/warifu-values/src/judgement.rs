//! What a judgement rests on, and what was let pass: words that signed manifests and the judge have in
//! common.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::is_plain;

/// What a state of a master was made of. It decides which fields may be blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Basis {
    /// A full file as it was published.
    Full,
    /// A full file, and differentials on it.
    Differentials {
        /// How many columns the full has: what wider differentials brought since may be blank.
        full_columns: u32,
    },
}

/// Who let a finding pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum PassedBy {
    /// The layout: a known fault of published files, the same for everybody.
    Layout,
    /// The repository's `warifu.toml`.
    Repository,
    /// Whoever imported the file of this name, by accepting the finding.
    Import(String),
}

/// A finding that refuses data and was let pass, with the reason. It is signed with the release, so that a
/// checker lets pass what both organisations did, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetPass {
    /// The finding's name: a code (`set/price-zero`) or the id of a site's rule.
    pub finding: String,
    /// The keys of the records, sorted; none means every record.
    pub keys: Vec<String>,
    /// Who.
    pub by: PassedBy,
    /// Why, in their words.
    pub reason: String,
}

/// Changes of days that have been, accepted by their class: with a reason, and with what says so outside of
/// this repository. It is signed with the release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedPast {
    /// The class (`procedure/name_kanji`).
    pub class: PastClass,
    /// How many changes of it there are: others need another acceptance.
    pub entries: u64,
    /// Why, in their words.
    pub reason: String,
    /// What it rests on: the number of a notice.
    pub source: String,
}

/// The name by which changes of days that have been are accepted: `procedure/full_name`, `drug/cover-lost`;
/// `procedure/points/112007410` where each code is asked for. Never any other text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PastClass(String);

impl PastClass {
    /// All changes of `subject` in masters of `kind`.
    pub fn of_all(kind: &str, subject: &str) -> Self {
        PastClass(format!("{kind}/{subject}"))
    }

    /// Those of one code.
    pub fn of_code(kind: &str, subject: &str, code: &str) -> Self {
        PastClass(format!("{kind}/{subject}/{code}"))
    }

    /// Reads a name: none when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let class = PastClass(text.to_owned());
        let is_word = |text: &str| {
            let of_word =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
            !text.is_empty() && text.bytes().all(of_word)
        };
        let (kind, subject, code) = class.parts();
        let is_class = is_word(kind) && is_word(subject) && code.is_none_or(is_plain);
        is_class.then_some(class)
    }

    /// The kind of master, what is different, and the code where each is asked for.
    pub fn parts(&self) -> (&str, &str, Option<&str>) {
        let mut parts = self.0.splitn(3, '/');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PastClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PastClass {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        PastClass::parse(&text).ok_or_else(|| {
            let what = "a class of changes is written kind/field, or kind/field/code";
            serde::de::Error::custom(format_args!("{text:?}: {what}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_of_the_past_is_kind_and_field_and_perhaps_a_code() {
        for (text, parts) in [
            ("drug/price/620000001", ("drug", "price", Some("620000001"))),
            ("comment_relation/pattern/1,2/3", ("comment_relation", "pattern", Some("1,2/3"))),
            ("procedure/cover-lost", ("procedure", "cover-lost", None)),
        ] {
            assert_eq!(PastClass::parse(text).unwrap().parts(), parts);
        }
        for text in
            ["", "drug", "drug/", "/price", "drug//1", "drug/price/", "Drug/price", "drug/price/\u{1b}"]
        {
            assert_eq!(PastClass::parse(text), None, "{text:?}");
        }
    }
}
