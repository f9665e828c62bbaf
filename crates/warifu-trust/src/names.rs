//! Names that content has on a channel, and which texts may be shown to people.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;
use warifu_values::text::is_plain;

/// A flat target name: 1 to 128 of `a-z 0-9 . _ -`, not beginning with a dot.
///
/// Flat, because a `/` would let a name leave its directory and be read differently by file systems, HTTP
/// servers and object stores.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TargetName(String);

impl TargetName {
    /// The manifest of release `number`: `release-12.json`.
    pub fn manifest(number: u64) -> Self {
        TargetName(format!("release-{number}.json"))
    }

    /// The blob of canonical bytes with `canonical` as their digest: `r06.procedure.<16 digits>.csv.zst`.
    /// Named by content, so a master that did not change keeps its blob from release to release.
    pub(crate) fn blob(series: &str, kind: &str, canonical: Digest) -> Self {
        TargetName(format!("{series}.{kind}.{}.csv.zst", &canonical.to_string()[..16]))
    }

    /// The blob of a master's timelines: `r06.procedure.<16 digits>.timelines.zst`.
    pub(crate) fn timelines(series: &str, kind: &str, timelines: Digest) -> Self {
        TargetName(format!("{series}.{kind}.{}.timelines.zst", &timelines.to_string()[..16]))
    }

    /// The blob of what release `number` changed: `changes.12.<16 digits>.csv.zst`.
    pub(crate) fn changes(number: u64, changes: Digest) -> Self {
        TargetName(format!("changes.{number}.{}.csv.zst", &changes.to_string()[..16]))
    }

    /// The patch that makes the content with the digest `result` of the one with `base`:
    /// `patch.<16 digits>.<16 digits>.zst`. It is found by what is held and what is wanted, so nothing needs
    /// to say which patches there are, and who knows of none passes over it.
    pub(crate) fn patch(base: Digest, result: Digest) -> Self {
        let digits = |digest: Digest| digest.to_string()[..16].to_owned();
        TargetName(format!("patch.{}.{}.zst", digits(base), digits(result)))
    }

    /// Whether it is a patch's.
    pub fn is_patch(&self) -> bool {
        let digits = |word: &str| word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        match self.0.split('.').collect::<Vec<_>>()[..] {
            ["patch", base, result, "zst"] => digits(base) && digits(result),
            _ => false,
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text was no flat target name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a flat target name (1 to 128 of a-z 0-9 . _ -, no leading dot)")]
pub struct NotATargetName;

impl FromStr for TargetName {
    type Err = NotATargetName;

    fn from_str(text: &str) -> Result<Self, NotATargetName> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if (1..=128).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(allowed) {
            Ok(TargetName(text.into()))
        } else {
            Err(NotATargetName)
        }
    }
}

impl<'de> Deserialize<'de> for TargetName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A word for a series, kind, edition or format: 1 to 32 of `a-z 0-9 - _`.
pub(crate) fn is_word(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=32).contains(&text.len()) && text.bytes().all(allowed)
}

/// A git commit's full name.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A name that stays in its directory on every system a checker runs on.
pub(crate) fn is_file_name(text: &str) -> bool {
    is_plain(text) && !text.starts_with('.') && !text.contains(['/', '\\', ':', '\0'])
}

/// A date as people write it: `2026-06-01`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_is_told_by_its_name_and_no_series_can_be_called_so() {
        let (base, result) = (Digest::of(b"a"), Digest::of(b"b"));
        assert!(TargetName::patch(base, result).is_patch());
        assert!(TargetName::patch(base, result).as_str().parse::<TargetName>().is_ok());
        for other in [
            TargetName::blob("patch", "0123456789abcdef", base),
            TargetName::timelines("patch", "0123456789abcdef", base),
            TargetName::changes(7, base),
            TargetName::manifest(7),
        ] {
            assert!(!other.is_patch(), "{other}");
        }
    }

    #[test]
    fn only_flat_names_are_names() {
        for good in ["release-1.json", "r06.procedure.0123456789abcdef.csv.zst", "a"] {
            assert!(good.parse::<TargetName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "A", "a\\b", "a b", "ä", &"a".repeat(129)] {
            assert!(bad.parse::<TargetName>().is_err(), "{bad}");
        }
    }
}
