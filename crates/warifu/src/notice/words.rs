//! The sentences of a notice: those built in, and those that a site puts in their places.

use std::collections::BTreeMap;

use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::template::Filled;

use crate::error::{Exit, Failure};

const JAPANESE: &str = include_str!("../../../../schemas/notices/ja.toml");
const ENGLISH: &str = include_str!("../../../../schemas/notices/en.toml");

/// The sentences of one language, each by its name, with places for values.
#[derive(Debug, Clone)]
pub struct Words(BTreeMap<String, String>);

/// The file of a language, below a folder of schemas.
fn file(lang: Lang) -> String {
    say!(lang, "notices/en.toml", "notices/ja.toml")
}

impl Words {
    /// Those of `lang`, where the site has none of its own; `site` are its files, each with its name.
    ///
    /// # Errors
    /// [`Failure`] naming the file, the sentence and what is wrong with it.
    pub fn of(lang: Lang, site: &[(String, String)]) -> Result<Words, Failure> {
        let built_in = match lang {
            Lang::En => ENGLISH,
            Lang::Ja => JAPANESE,
        };
        let mut words = parse(&file(lang), built_in)?;
        for (name, text) in site.iter().filter(|(name, _)| *name == file(lang)) {
            for (key, sentence) in parse(name, text)? {
                let wrong = |english: String, japanese: String| {
                    Failure::new(
                        Exit::CouldNotRun,
                        format!("{name}: {key}: {english}"),
                        format!("{name}: {key}: {japanese}"),
                    )
                };
                let Some(own) = words.get_mut(&key) else {
                    return Err(wrong(
                        "a notice has no such sentence".to_owned(),
                        "お知らせにこの名前の文はありません".to_owned(),
                    ));
                };
                let known: Vec<&str> = places(own).collect();
                if let Some(place) = places(&sentence).find(|place| !known.contains(place)) {
                    let known = if known.is_empty() { "-".to_owned() } else { known.join(", ") };
                    return Err(wrong(
                        format!("there is no place {place} in it; there are: {known}"),
                        format!("{place} という場所はありません。使える場所: {known}"),
                    ));
                }
                *own = sentence;
            }
        }
        Ok(Words(words))
    }

    /// The sentence of that name, each place filled.
    pub(super) fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let template = self.0.get(name).map_or("", String::as_str);
        Filled { template, values }.to_string()
    }
}

fn parse(name: &str, text: &str) -> Result<BTreeMap<String, String>, Failure> {
    toml::from_str(text).map_err(|error| {
        let what = error.message().to_owned();
        Failure::new(
            Exit::CouldNotRun,
            format!("{name}: {what}; it has lines of the form name = \"sentence\""),
            format!("{name}: {what}。名前 = \"文\" の行だけを書いてください"),
        )
    })
}

/// The places of a sentence, with their braces.
fn places(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.match_indices('{').filter_map(|(at, _)| {
        let rest = &sentence[at..];
        rest.find('}').map(|end| &rest[..=end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_with_the_same_places() {
        let [ja, en] = [Lang::Ja, Lang::En].map(|lang| Words::of(lang, &[]).unwrap().0);
        assert_eq!(ja.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, sentence) in &ja {
            let [mut of_ja, mut of_en] =
                [sentence, &en[key]].map(|sentence| places(sentence).collect::<Vec<_>>());
            of_ja.sort_unstable();
            of_en.sort_unstable();
            assert_eq!(of_ja, of_en, "{key}");
        }
    }

    #[test]
    fn a_site_changes_sentences_and_nothing_else() {
        let site = |text: &str| vec![("notices/ja.toml".to_owned(), text.to_owned())];
        let words = Words::of(Lang::Ja, &site("made = \"{day} 付\"")).unwrap();
        assert_eq!(words.say("made", &[("{day}", "令和6年6月1日")]), "令和6年6月1日 付");
        assert_eq!(words.say("more", &[("{count}", "3")]), "ほか 3 件");
        for (text, told) in [
            ("made = \"{date}\"", "made: {date} という場所はありません。使える場所: {day}"),
            ("maed = \"\"", "maed: お知らせにこの名前の文はありません"),
            ("made = 3", "notices/ja.toml: "),
        ] {
            let failure = Words::of(Lang::Ja, &site(text)).unwrap_err();
            assert!(warifu_values::lang::Speak::say(&failure, Lang::Ja).contains(told), "{failure:?}");
        }
        // That of the other language is not asked.
        assert!(Words::of(Lang::En, &site("maed = \"\"")).is_ok());
    }
}
