//! The Japanese of texts that stand in English beside what they describe: a file as translators keep it (PO).

use std::collections::BTreeMap;

/// The Japanese of each text.
///
/// Of the format of GNU gettext it takes comments, `msgid`, `msgstr` and lines that go on with either.
#[derive(Debug, Clone, Default)]
pub struct Catalogue(BTreeMap<String, String>);

impl Catalogue {
    /// The catalogue in `text`.
    pub fn read(text: &str) -> Catalogue {
        let (mut all, mut of, mut is_said) = (BTreeMap::new(), [String::new(), String::new()], false);
        let mut keep = |of: &mut [String; 2]| {
            let [said, meant] = std::mem::take(of);
            if !said.is_empty() {
                all.insert(said, meant);
            }
        };
        for line in text.lines() {
            let quoted = match line.trim() {
                line if line.starts_with("msgid ") => {
                    keep(&mut of);
                    is_said = false;
                    &line["msgid ".len()..]
                }
                line if line.starts_with("msgstr ") => {
                    is_said = true;
                    &line["msgstr ".len()..]
                }
                line if line.starts_with('"') => line,
                _ => continue,
            };
            let inner = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or_default();
            of[usize::from(is_said)].push_str(&inner.replace("\\\"", "\"").replace("\\\\", "\\"));
        }
        keep(&mut of);
        Catalogue(all)
    }

    /// The Japanese of `text`, paragraph by paragraph; what it does not have stays in English.
    pub(crate) fn of(&self, text: &str) -> String {
        let paragraphs = text.split("\n\n").map(|paragraph| self.one(paragraph).unwrap_or(paragraph));
        paragraphs.collect::<Vec<_>>().join("\n\n")
    }

    /// The Japanese of one paragraph.
    fn one(&self, paragraph: &str) -> Option<&str> {
        self.0.get(paragraph.trim_end_matches('.')).map(String::as_str)
    }

    /// Which paragraphs of `texts` it does not have, and what it has that none of them is.
    pub(crate) fn apart(&self, texts: &[String]) -> (Vec<String>, Vec<String>) {
        let said: Vec<&str> = texts
            .iter()
            .flat_map(|text| text.split("\n\n"))
            .map(|paragraph| paragraph.trim_end_matches('.'))
            .collect();
        let mut missing: Vec<String> =
            said.iter().filter(|text| !self.0.contains_key(**text)).map(ToString::to_string).collect();
        missing.sort();
        missing.dedup();
        let idle = self.0.keys().filter(|text| !said.contains(&text.as_str())).cloned();
        (missing, idle.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_paragraphs() {
        let text = "# a comment\nmsgid \"Say \\\"no\\\".\"\nmsgid \"\"\n\"The \"\n\"key\"\nmsgstr \"鍵\"\n";
        let catalogue = Catalogue::read(text);
        assert_eq!(catalogue.of("The key."), "鍵");
        assert_eq!(catalogue.of("The key.\n\nElse."), "鍵\n\nElse.");
        let (missing, idle) = catalogue.apart(&["The key.\n\nElse.".to_owned()]);
        assert_eq!((missing, idle), (vec!["Else".to_owned()], vec!["Say \"no\".".to_owned()]));
    }
}
