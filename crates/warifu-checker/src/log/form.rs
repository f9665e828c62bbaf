//! A line, for people or for programs: one, whatever text comes in.

use serde::Deserialize;
use serde_json::{Map, Value};
use warifu_trust::UnixSeconds;
use warifu_values::text::one_line;

use crate::log::event::Level;

/// How lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// With the time in Japan.
    #[default]
    Human,
    /// One JSON object, with the time in UTC.
    Json,
}

/// What a line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The event's name.
    pub(super) event: String,
    /// Of which release.
    pub(super) release: Option<u64>,
    /// What is told of it.
    pub(super) message: String,
}

impl Form {
    /// The line, with its end. What does not show as what it is, or would begin another line, is a blank.
    pub(super) fn line(self, level: Level, told: &Told, at: UnixSeconds) -> String {
        let Told { event, release, message } = told;
        let (level, message) = (level.as_str(), one_line(message));
        match self {
            Form::Human => format!("{at} {level} {event}: {message}\n"),
            Form::Json => {
                let mut line = Map::new();
                line.insert("at".to_owned(), at.rfc3339().into());
                line.insert("level".to_owned(), level.into());
                line.insert("event".to_owned(), event.as_str().into());
                line.extend(release.map(|release| ("release".to_owned(), release.into())));
                line.insert("message".to_owned(), message.into());
                format!("{}\n", Value::Object(line))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_text_comes_in_is_one_line_that_reads_as_it_is() {
        let at: UnixSeconds = "2026-04-01T00:00:00Z".parse().unwrap();
        let hostile = "a\r\nb\u{85}c\u{2028}d\u{202e}e\x1b[2Kf\0g\"h\\";
        let told = Told { event: "hold".into(), release: Some(7), message: hostile.into() };
        let human = Form::Human.line(Level::Warn, &told, at);
        assert_eq!(human, "2026-04-01 09:00:00 JST warn hold: a  b c d e [2Kf g\"h\\\n");
        let json = Form::Json.line(Level::Warn, &told, at);
        assert_eq!(json.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["message"], "a  b c d e [2Kf g\"h\\");
        assert_eq!(
            (&value["at"], &value["level"], &value["event"], &value["release"]),
            (&"2026-04-01T00:00:00Z".into(), &"warn".into(), &"hold".into(), &7.into())
        );
        let of_none = Told { release: None, ..told };
        let value: Value = serde_json::from_str(&Form::Json.line(Level::Warn, &of_none, at)).unwrap();
        assert_eq!(value.get("release"), None);
    }
}
