//! Text from outside that people are shown: names and reasons that must look like what they are.

use serde::Deserialize as _;

/// The most characters that a name or a reason may have.
pub const CHARS: usize = 400;

/// What moves the cursor, turns the direction of writing or shows as nothing.
pub fn is_deceiving(c: char) -> bool {
    let turns = matches!(c, '\u{061c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}');
    // Lines and paragraphs end here for some programs and not for others.
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    // Default_Ignorable_Code_Point of Unicode 15: joiners, fillers, selectors of variants, tags; and marks of
    // annotation.
    let hides = matches!(c, '\u{00ad}' | '\u{034f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || turns || breaks || hides
}

/// Whether `text` shows as what it is: not blank, at most [`CHARS`] characters, and none that could make a
/// signer see something else.
pub fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= CHARS && !text.chars().any(is_deceiving)
}

/// `text` on one line, with a blank for every character that does not show as what it is.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if is_deceiving(c) { ' ' } else { c }).collect()
}

/// `text` as people are shown what comes from outside, a name or a value: on one line, with � for every
/// character that moves the cursor, turns the direction of writing or shows as nothing.
pub fn shown(text: &str) -> String {
    text.chars().map(|c| if is_deceiving(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The same of a path.
pub fn shown_path(path: &std::path::Path) -> String {
    shown(&path.to_string_lossy())
}

/// A message as it leaves the program: line feeds and tabs are its own, and no other such character is.
/// What comes from outside is [`shown`] before it becomes part of one, so that it makes no line of its own.
pub fn shown_lines(text: &str) -> String {
    let is_own = |c| matches!(c, '\n' | '\t');
    let of = |c| if is_deceiving(c) && !is_own(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(of).collect()
}

/// `text` without what is nobody's to see where it is a URL: the name and password before its host, and what
/// is asked there (`?token=…`).
pub fn without_secrets(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (place, asked) = match rest.split_once(['?', '#']) {
        Some((place, _)) => (place, "?…"),
        None => (rest, ""),
    };
    let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let port = authority.rsplit_once(':').map_or("", |(_, port)| port);
    let is_port = port.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit());
    let (hidden, host) = match (authority.rsplit_once('@'), place.rsplit_once('@')) {
        (Some((_, host)), _) => ("…@", format!("{host}{path}")),
        // A password with a slash in it, which no URL can have.
        (None, Some((_, host))) if !is_port => ("…@", host.to_owned()),
        _ => ("", place.to_owned()),
    };
    format!("{scheme}://{hidden}{host}{asked}")
}

/// For serde: text that [is plain](is_plain).
///
/// # Errors
/// When it is not.
pub fn plain<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_plain(&text) {
        return Ok(text);
    }
    let what = format!("a text of 1 to {CHARS} characters that all show is expected here");
    Err(serde::de::Error::custom(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_url_nobody_sees_a_password_or_what_is_asked() {
        for (text, shown) in [
            ("https://kenta:hush@masters.example/live", "https://…@masters.example/live"),
            ("https://kenta:hu@sh@masters.example:8443/live", "https://…@masters.example:8443/live"),
            ("https://kenta:hu/sh@masters.example/live", "https://…@masters.example/live"),
            ("https://masters.example/live?token=hush", "https://masters.example/live?…"),
            ("https://masters.example#hush", "https://masters.example?…"),
            ("oci://registry.example:5000/masters@sha256:0", "oci://registry.example:5000/masters@sha256:0"),
            ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
            ("http://[::1]/a@b", "http://[::1]/a@b"),
            ("/srv/a@b?c", "/srv/a@b?c"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn what_shows_as_something_else_is_not_plain() {
        assert!(is_plain("令和8年6月 定例"));
        for text in ["  ", "", "fine\x1b[2Kother", "abc\u{202e}cba", "a\u{200b}b", &"長".repeat(CHARS + 1)] {
            assert!(!is_plain(text), "{text:?}");
        }
        for c in
            ['\u{61c}', '\u{2028}', '\u{2029}', '\u{2060}', '\u{ad}', '\u{e0041}', '\u{3164}', '\u{fe0f}']
        {
            assert!(!is_plain(&format!("定例{c}6月")), "{c:?}");
        }
        assert!(is_plain("髙橋 さくら（6月・定例）～①ﾊﾟ"));
        assert_eq!(one_line("a\nb\u{200b}c\u{202e}d"), "a b c d");
        assert_eq!(shown("a\nb\u{1b}[2Jc\u{202e}d\t"), "a\u{fffd}b\u{fffd}[2Jc\u{fffd}d\u{fffd}");
        assert_eq!(shown_lines("a\n\tb\u{1b}[2Jc\u{202e}d\r"), "a\n\tb\u{fffd}[2Jc\u{fffd}d\u{fffd}");
        assert_eq!(shown_path(std::path::Path::new("a\n::error::b")), "a\u{fffd}::error::b");
    }
}
