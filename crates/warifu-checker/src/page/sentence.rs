//! What is told elsewhere in the middle of a line, as a sentence of its own.

use warifu_values::lang::{Lang, Speak as _};

use crate::said::Said;

/// `said` with a beginning and an end.
pub(super) fn ended(said: &Said, lang: Lang) -> String {
    let said = said.say(lang);
    match (lang, said.chars().next()) {
        (Lang::En, Some(first)) => {
            let end = if said.ends_with('…') { "" } else { "." };
            format!("{}{}{end}", first.to_uppercase(), &said[first.len_utf8()..])
        }
        _ => format!("{said}。"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_and_ends_once() {
        let said = Said::new("thaw it: warifu-checker thaw --reason …", "凍結を解除してください");
        assert_eq!(ended(&said, Lang::En), "Thaw it: warifu-checker thaw --reason …");
        assert_eq!(ended(&said, Lang::Ja), "凍結を解除してください。");
        assert_eq!(ended(&Said::new("look", "確認"), Lang::En), "Look.");
    }
}
