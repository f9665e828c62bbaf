//! A digest as words that two people compare over the telephone.
//!
//! A phrase has [`WORDS`] words of a list of 256, a byte each: 96 bits. It is made of the digest by
//! [`ROUNDS`] steps of SHA-256, so that whoever looks for a second digest of the same phrase pays each guess
//! so many times. The arithmetic is in docs/review.md. A phrase is for ears: programs compare digests.

mod words;

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::digest::Digest;
use crate::lang::{Lang, Speak};

/// How many words a phrase has.
pub const WORDS: usize = 12;

/// How many words are read in one breath.
pub const BREATH: usize = 4;

/// How many times a guess is paid: a hundredth of a second for people, 16 bits for whoever searches.
pub const ROUNDS: u32 = 1 << 16;

/// Keeps phrases apart from all else that is made of a digest.
const DOMAIN: &[u8] = b"warifu phrase 1\n";

/// Words that stand for a digest. The same digest has the same words everywhere; other digests have others,
/// but for one in 2^96.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Phrase([u8; WORDS]);

impl Phrase {
    /// The phrase of `digest`.
    pub fn of(digest: &Digest) -> Phrase {
        Phrase::after(digest, ROUNDS)
    }

    fn after(digest: &Digest, rounds: u32) -> Phrase {
        let first = Digest::of(&[DOMAIN, digest.as_bytes()].concat());
        let last = (0..rounds).fold(first, |state, _| Digest::of(state.as_bytes()));
        let mut bytes = [0; WORDS];
        bytes.copy_from_slice(&last.as_bytes()[..WORDS]);
        Phrase(bytes)
    }

    /// Its words in `lang`: the word at a place stands for the same byte in either language.
    pub fn words(&self, lang: Lang) -> [&'static str; WORDS] {
        let list = list(lang);
        self.0.map(|byte| list[usize::from(byte)])
    }

    /// The same in lines of [`BREATH`] words, as they are read aloud.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        self.words(lang).chunks(BREATH).map(|words| words.join(" ")).collect()
    }
}

fn list(lang: Lang) -> &'static [&'static str; 256] {
    match lang {
        Lang::En => &words::ENGLISH,
        Lang::Ja => &words::JAPANESE,
    }
}

impl Speak for Phrase {
    fn say(&self, lang: Lang) -> String {
        self.words(lang).join(" ")
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

/// `{"ja": "…", "en": "…"}`.
impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        for lang in [Lang::Ja, Lang::En] {
            map.serialize_entry(lang.code(), &self.say(lang))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const BOTH: [Lang; 2] = [Lang::Ja, Lang::En];

    #[test]
    fn a_phrase_is_the_same_on_every_machine() {
        let phrase = Phrase::of(&Digest::of(b"abc"));
        // As another program in another language computed it.
        let (first, second, third) = (
            "すなば ふくろう てんぷら なぎさ",
            "かざり てつぼう うぐいす まつり",
            "よこづな とうふ いかだ くだもの",
        );
        assert_eq!(phrase.lines(Lang::Ja), [first, second, third]);
        let (first, second, third) =
            ("holiday salmon marble napkin", "candle magnet bacon snowman", "vinegar melon apricot cushion");
        assert_eq!(phrase.lines(Lang::En), [first, second, third]);
    }

    /// What is not told apart by ear over a telephone is folded into one.
    fn heard(word: &str, lang: Lang) -> Vec<char> {
        let alike: &[&str] = match lang {
            Lang::Ja => &[
                "かが",
                "きぎ",
                "くぐ",
                "けげ",
                "こご",
                "さざ",
                "しじひびぴ",
                "すずづ",
                "せぜ",
                "そぞ",
                "ただ",
                "ちぢ",
                "てで",
                "とど",
                "はばぱ",
                "ふぶぷ",
                "へべぺ",
                "ほぼぽ",
                "やゃ",
                "ゆゅ",
                "よょ",
                "つっ",
                "なま",
                "にみ",
                "ぬむ",
                "ねめ",
                "のも",
            ],
            Lang::En => &["pbv", "td", "kgcqx", "mn", "sz", "aeiouy"],
        };
        let fold = |heard: char| {
            let of = alike.iter().find(|alike| alike.contains(heard));
            of.and_then(|alike| alike.chars().next()).unwrap_or(heard)
        };
        let mut folded: Vec<char> = word.chars().map(fold).collect();
        if lang == Lang::En {
            folded.dedup();
        }
        folded
    }

    /// Whether one slip of an ear makes one of the other: a sound more, less or another.
    fn is_a_slip_away(one: &[char], other: &[char]) -> bool {
        let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
        let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
        match long.len() - short.len() {
            0 => short[(same + 1).min(short.len())..] == long[(same + 1).min(long.len())..],
            1 => short[same..] == long[same + 1..],
            _ => false,
        }
    }

    #[test]
    fn no_two_words_sound_alike() {
        for lang in BOTH {
            let words = list(lang);
            assert!(words.is_sorted(), "{lang:?}");
            let heard: Vec<Vec<char>> = words.iter().map(|word| heard(word, lang)).collect();
            for (at, one) in heard.iter().enumerate() {
                for (other_at, other) in heard.iter().enumerate().skip(at + 1) {
                    assert!(!is_a_slip_away(one, other), "{} {}", words[at], words[other_at]);
                }
            }
        }
        let slip = |one: &str, other: &str| is_a_slip_away(&heard(one, Lang::Ja), &heard(other, Lang::Ja));
        assert!(slip("はた", "ばだ") && slip("さくら", "さくらん") && slip("しお", "ひも"));
        assert!(!slip("さくら", "かもめ"));
    }

    #[test]
    fn words_are_short_and_typed_as_they_are_said() {
        for word in words::JAPANESE {
            assert!(word.chars().all(|kana| ('ぁ'..='ん').contains(&kana)), "{word}");
            assert!((3..=5).contains(&word.chars().count()), "{word}");
        }
        for word in words::ENGLISH {
            assert!(word.bytes().all(|letter| letter.is_ascii_lowercase()), "{word}");
            assert!((4..=9).contains(&word.len()), "{word}");
        }
    }

    /// Of phrases cut to two words so many are the same as chance has it: n(n-1)/2 pairs, each by 2^-16.
    #[test]
    fn phrases_are_the_same_as_seldom_as_is_said() {
        const PHRASES: u64 = 4096;
        let cut = |at: u64| Phrase::after(&Digest::of(&at.to_be_bytes()), 0).0[..2].to_vec();
        let all: BTreeSet<Vec<u8>> = (0..PHRASES).map(cut).collect();
        let twice = PHRASES - all.len() as u64;
        // 128 are expected, with a standard deviation of 11.
        assert!((84..172).contains(&twice), "{twice}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn another_digest_has_another_phrase(bytes: Vec<u8>, bit in 0usize..256) {
            let digest = Digest::of(&bytes);
            let mut near = *digest.as_bytes();
            near[bit / 8] ^= 1 << (bit % 8);
            let near: String = near.iter().map(|byte| format!("{byte:02x}")).collect();
            let near: Digest = near.parse().unwrap();
            let (phrase, other) = (Phrase::of(&digest), Phrase::of(&near));
            prop_assert_eq!(phrase, Phrase::of(&digest));
            for lang in BOTH {
                let (words, others) = (phrase.words(lang), other.words(lang));
                // Not a word or two: whoever hears only the first breath hears it.
                let same = words.iter().zip(&others).filter(|(one, other)| one == other).count();
                prop_assert!(same <= 3, "{:?} {:?}", words, others);
                prop_assert_eq!(phrase.lines(lang).join(" "), phrase.say(lang));
            }
        }

        #[test]
        fn both_languages_say_the_same_bytes(bytes: [u8; WORDS]) {
            let back = |lang| {
                let place = |word: &&str| list(lang).iter().position(|known| known == word);
                Phrase(bytes).words(lang).iter().filter_map(place).map(|at| at as u8).collect::<Vec<_>>()
            };
            prop_assert_eq!(back(Lang::Ja), bytes);
            prop_assert_eq!(back(Lang::En), bytes);
        }
    }
}
