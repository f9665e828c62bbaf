//! The two languages every message is written in.
//!
//! A message is written where it arises, in both languages side by side, with [`say!`](crate::say); there is
//! no table of keys to fall out of step. Codes (`field/too-long`) are the same in both.

/// A language that messages are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// The language that a POSIX locale name (`ja_JP.UTF-8`, `C`) or a tag (`ja`, `en`) asks for; `None` when
    /// it asks for neither.
    pub fn from_locale(name: &str) -> Option<Self> {
        // The language ends where the territory, the script, the charset or a variant begins.
        match name.split(['_', '-', '.', '@']).next()? {
            "ja" => Some(Lang::Ja),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// Its name as it is typed: `en`, `ja`.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ja => "ja",
        }
    }
}

/// Something that can be told to a person in either language. `Display` of such a type is English.
pub trait Speak {
    /// The message in `lang`: one sentence without a final line break.
    fn say(&self, lang: Lang) -> String;
}

/// `1 claim`, `2 claims`: an English count of what `noun` names; only for words that take a plain `s`.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// That what is called `name` goes on after a limit and was not read further, whoever read it.
pub fn too_long(lang: Lang, name: impl std::fmt::Display, limit_bytes: u64) -> String {
    crate::say!(
        lang,
        "{name} is longer than {limit_bytes} bytes; it was not read further",
        "{name} が上限 {limit_bytes} バイトを超えたため、読み取りを中止しました"
    )
}

/// `say!(lang, "in English {x}", "日本語で {x}")`: a `String` in the language asked for.
#[macro_export]
macro_rules! say {
    ($lang:expr, $en:literal, $ja:literal $(, $($args:tt)*)?) => {
        match $lang {
            $crate::lang::Lang::En => ::std::format!($en $(, $($args)*)?),
            $crate::lang::Lang::Ja => ::std::format!($ja $(, $($args)*)?),
        }
    };
}
