//! What is wrong with the form of a file, in both languages.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What is wrong with the form of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    english: String,
    japanese: String,
}

impl Flaw {
    /// What `say` says in each language.
    pub(crate) fn said(say: impl Fn(Lang) -> String) -> Flaw {
        Flaw { english: say(Lang::En), japanese: say(Lang::Ja) }
    }

    /// Not the JSON it must be; `cause` is what the parser says of it, with line and column where it knows.
    pub(crate) fn json(cause: impl std::fmt::Display) -> Flaw {
        Flaw::said(|lang| say!(lang, "{cause}", "JSON の内容が正しくありません（{cause}）"))
    }

    /// A version that no file has.
    pub(crate) fn version(version: u64) -> Flaw {
        Flaw::said(|lang| say!(lang, "version {version} is none", "{version} という版はありません"))
    }

    /// Not metadata of this type.
    pub(crate) fn not_of(type_: &str) -> Flaw {
        Flaw::said(|lang| say!(lang, "not {type_} of TUF 1.x", "TUF 1.x の {type_} ではありません"))
    }

    /// A manifest of another release than its name says.
    pub(crate) fn release(release: u64) -> Flaw {
        Flaw::said(|lang| {
            say!(lang, "it calls itself release {release}", "リリース {release} と記載されています")
        })
    }

    /// It cannot be written as signatures cover it.
    pub(crate) fn no_canonical_form() -> Flaw {
        Flaw::said(|lang| say!(lang, "no canonical form", "正規形がありません"))
    }

    /// What something that speaks both languages says.
    pub(crate) fn because(cause: &impl Speak) -> Flaw {
        Flaw::said(|lang| cause.say(lang))
    }
}

impl Speak for Flaw {
    fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.english.clone(),
            Lang::Ja => self.japanese.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Envelope;
    use crate::refusal::Refusal;

    #[test]
    fn what_is_malformed_is_told_in_japanese_too() {
        for bytes in
            [&b"{"[..], b"[]", b"{}", br#"{"signed": {}}"#, br#"{"signed": {}, "signatures": [], "x": 1}"#]
        {
            let what = Envelope::parse(bytes).unwrap_err();
            let refusal = Refusal::Malformed { file: "targets.json".into(), what };
            let (english, japanese) = (refusal.say(Lang::En), refusal.say(Lang::Ja));
            let is_japanese = |c: char| ('ぁ'..='ん').contains(&c);
            assert!(english.is_ascii(), "{english}");
            let told = japanese.replace("targets.json の形式が不正です", "");
            assert!(told.contains(is_japanese), "{japanese}");
        }
    }
}
