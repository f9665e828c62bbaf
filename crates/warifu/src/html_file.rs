//! A page for people in one file: it asks nothing of the network and runs nothing but its own script, which
//! shows the data that stands beside it as JSON.

use serde_json::Value;
use warifu_values::digest::Digest;
use warifu_values::html;
use warifu_values::lang::Lang;
use warifu_values::say;

/// What a page is made of, with its placeholders `{{lang}}`, `{{nonce}}`, `{{title}}`, `{{style}}`,
/// `{{data}}`, `{{nonce}}` and `{{script}}` in this order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) template: &'static str,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
}

impl Page {
    /// The page with `data`, first shown in `lang`.
    pub(crate) fn filled(self, title: &str, data: &Value, lang: Lang) -> Vec<u8> {
        let json = escaped(&data.to_string());
        // Only scripts with this word may run. Whoever puts a script into a record cannot know it: it is the
        // digest of a text that holds the record.
        let nonce = Digest::of(json.as_bytes()).to_string();
        // From the first placeholder to the last, so that what was put in is not searched.
        let parts = [
            ("{{lang}}", say!(lang, "en", "ja")),
            ("{{nonce}}", nonce.clone()),
            ("{{title}}", html!("{}", title).into_string()),
            ("{{style}}", self.style.to_owned()),
            ("{{data}}", json),
            ("{{nonce}}", nonce),
            ("{{script}}", self.script.to_owned()),
        ];
        let length = parts.iter().map(|(_, text)| text.len()).sum::<usize>() + self.template.len();
        let mut out = Vec::with_capacity(length);
        let mut rest = self.template;
        for (placeholder, text) in &parts {
            let (before, after) = rest.split_once(placeholder).unwrap_or((rest, ""));
            out.extend_from_slice(before.as_bytes());
            out.extend_from_slice(text.as_bytes());
            rest = after;
        }
        out.extend_from_slice(rest.as_bytes());
        out
    }
}

/// JSON that can stand in a script element: nothing in it ends the element or opens a comment. These
/// characters stand in JSON only inside of strings.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_data_can_end_its_element() {
        let data = serde_json::json!({ "name": "</script><!-- <script>\u{2028}&" });
        let text = escaped(&data.to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), data);
    }
}
