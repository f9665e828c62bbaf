//! A diff as one page for people: what a joint review of both organisations looks at, prints and signs off.
//!
//! The page is one file. It asks nothing of the network and runs nothing but its own script, which shows the
//! data that stands beside it as JSON; `data.rs` tells that JSON's shape. Both languages are in the page.

mod data;
mod marks;

use serde_json::Value;
use warifu_masters::change::diff::{Diff, OtherKind, diff};
use warifu_masters::table::Role;
use warifu_rules::review::{Scope, review};
use warifu_values::digest::Digest;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::side::{Origin, Side, Source, States};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page on what changed between two states, first shown in `lang`.
///
/// # Errors
/// [`OtherKind`] when the sides are not of the same kind.
pub fn page(states: &States, lang: Lang) -> Result<Vec<u8>, OtherKind> {
    let diff = diff(&states.old.master, &states.new.master)?;
    let parts = states.origins.iter().any(is_part);
    let scope = if parts { Scope::Parts } else { Scope::States { others: &states.others } };
    let risks = review(&diff, scope);
    let mut data = data::of(&diff, &risks);
    data["parts"] = parts.into();
    data["lang"] = say!(lang, "en", "ja").into();
    let known = states.others.iter().chain([&states.new.master]);
    for layout in known.map(|master| master.layout()) {
        data["masters"][&layout.kind] = serde_json::json!({ "en": layout.name_en, "ja": layout.name_ja });
    }
    let [old, new] = &states.origins;
    data["old"] = told(&states.old, old);
    data["new"] = told(&states.new, new);
    Ok(assemble(&diff, &data, lang))
}

fn is_part(origin: &Origin) -> bool {
    matches!(origin.source, Source::File { role: Role::Differential })
}

/// What the front page says of one side.
fn told(side: &Side, origin: &Origin) -> Value {
    let Side { name, master } = side;
    let mut value = serde_json::json!({
        "name": name,
        "layout": master.layout().name(),
        "records": master.rows(),
        "canonical": master.canonical_digest().to_string(),
        "file": origin.file,
        "sha256": origin.sha256.to_string(),
        "dated": origin.dated.map(|day| day.to_string()),
    });
    match &origin.source {
        Source::File { role } => value["role"] = serde_json::json!(role),
        Source::Commit { commit, series } => {
            value["commit"] = commit.as_str().into();
            value["series"] = series.as_str().into();
        }
    }
    value
}

fn assemble(diff: &Diff<'_>, data: &Value, lang: Lang) -> Vec<u8> {
    let json = escaped(&data.to_string());
    // Only scripts with this word may run. Whoever puts a script into a record cannot know it: it is the digest of
    // a text that holds the record.
    let nonce = Digest::of(json.as_bytes()).to_string();
    let layout = diff.layout();
    let title = say!(
        lang,
        "{} - review of changes",
        "{} 変更点の確認",
        match lang {
            Lang::En => &layout.name_en,
            Lang::Ja => &layout.name_ja,
        }
    );
    // From the last placeholder to the first, so that what was put in is not searched.
    let parts = [
        ("{{lang}}", say!(lang, "en", "ja")),
        ("{{nonce}}", nonce.clone()),
        ("{{title}}", html(&title)),
        ("{{style}}", STYLE.to_owned()),
        ("{{data}}", json),
        ("{{nonce}}", nonce),
        ("{{script}}", SCRIPT.to_owned()),
    ];
    let mut out = Vec::with_capacity(parts.iter().map(|(_, text)| text.len()).sum::<usize>() + PAGE.len());
    let mut rest = PAGE;
    for (placeholder, text) in &parts {
        let (before, after) = rest.split_once(placeholder).unwrap_or((rest, ""));
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(text.as_bytes());
        rest = after;
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// JSON that can stand in a script element: nothing in it ends the element or opens a comment. These characters
/// stand in JSON only inside of strings.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    for char in json.chars() {
        match char {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(char)));
            }
            _ => out.push(char),
        }
    }
    out
}

/// Text that can stand in an element.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_each_placeholder_where_it_is_filled() {
        let mut rest = PAGE;
        for placeholder in
            ["{{lang}}", "{{nonce}}", "{{title}}", "{{style}}", "{{data}}", "{{nonce}}", "{{script}}"]
        {
            rest = rest.split_once(placeholder).unwrap_or_else(|| panic!("{placeholder}")).1;
        }
        assert!(!rest.contains("{{"), "{rest}");
    }

    #[test]
    fn nothing_in_the_data_can_end_its_element() {
        let data = serde_json::json!({ "name": "</script><!-- <script>\u{2028}&" });
        let text = escaped(&data.to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), data);
    }
}
