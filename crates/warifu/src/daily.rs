//! What is typed daily, kept in files: one of the user, and `[defaults]` in `warifu.toml` of a repository.
//!
//! What others can send into a repository never says whom to trust or what signs: it may name the channel and
//! the language, and nothing else. A root and a key are named by the user's own file alone.

use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::identity::Author;
use warifu_values::closest::closest_first;

/// One of what is typed daily.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Daily {
    /// The repository.
    Repository,
    /// The channel.
    Channel,
    /// The root that this side trusts.
    Root,
    /// The key that signs.
    Key,
    /// The language of messages.
    Language,
    /// Whom commits are by.
    Author,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// `warifu.toml` of a repository, which others can change.
    Repository,
    /// The user's own.
    User,
}

impl Daily {
    /// All that there are.
    pub const ALL: [Daily; 6] =
        [Daily::Repository, Daily::Channel, Daily::Root, Daily::Key, Daily::Language, Daily::Author];

    /// Its key in a file.
    pub fn name(self) -> &'static str {
        match self {
            Daily::Repository => "repository",
            Daily::Channel => "channel",
            Daily::Root => "root",
            Daily::Key => "key",
            Daily::Language => "language",
            Daily::Author => "author",
        }
    }

    /// The variable of the environment that says it.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Daily::Repository => Some("WARIFU_REPO"),
            Daily::Channel => Some("WARIFU_CHANNEL"),
            Daily::Root => Some("WARIFU_ROOT"),
            Daily::Key => None,
            Daily::Language => Some("WARIFU_LANG"),
            Daily::Author => Some("WARIFU_AUTHOR"),
        }
    }

    /// The option that says it, without its dashes.
    pub fn option(self) -> Option<&'static str> {
        match self {
            Daily::Repository => Some("repo"),
            Daily::Channel => Some("channel"),
            Daily::Root => Some("root"),
            Daily::Key => Some("key"),
            Daily::Language => Some("lang"),
            Daily::Author => None,
        }
    }

    /// Whether a file may say it.
    pub fn is_in(self, whose: Whose) -> bool {
        whose == Whose::User || matches!(self, Daily::Channel | Daily::Language)
    }

    /// Whether it is a path, or may be one.
    fn may_be_path(self) -> bool {
        !matches!(self, Daily::Language | Daily::Author)
    }
}

/// What is not right in a file of defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DailyError {
    /// It is no TOML.
    Form {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        what: String,
    },
    /// A key that nobody reads.
    Unknown {
        /// The file.
        file: PathBuf,
        /// The key.
        key: String,
        /// The known one that is nearest.
        nearest: &'static str,
    },
    /// A key that only the user's own file may have.
    NotHere {
        /// The file.
        file: PathBuf,
        /// The key.
        key: &'static str,
    },
    /// A value that is no text, or none that can be used.
    Value {
        /// The file.
        file: PathBuf,
        /// The key.
        key: &'static str,
    },
}

/// What a file of the user says: each key with its value, paths made whole by the file's folder.
///
/// # Errors
/// [`DailyError`].
pub fn of_user(text: &str, file: &Path) -> Result<Vec<(Daily, String)>, DailyError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| DailyError::Form {
        file: file.to_owned(),
        line: error
            .span()
            .map_or(1, |span| 1 + text.get(..span.start).unwrap_or_default().matches('\n').count()),
        what: error.message().trim().to_owned(),
    })?;
    of_table(&table, file, Whose::User)
}

/// What the table `defaults` of a repository's `warifu.toml` says. A file that is no TOML says nothing here:
/// whoever reads the whole of it tells.
///
/// # Errors
/// [`DailyError`].
pub fn of_repository(text: &str, file: &Path) -> Result<Vec<(Daily, String)>, DailyError> {
    let Ok(table) = toml::from_str::<toml::Table>(text) else { return Ok(Vec::new()) };
    match table.get("defaults") {
        Some(toml::Value::Table(table)) => of_table(table, file, Whose::Repository),
        _ => Ok(Vec::new()),
    }
}

/// The same of the table alone.
///
/// # Errors
/// [`DailyError`].
pub fn of_table(table: &toml::Table, file: &Path, whose: Whose) -> Result<Vec<(Daily, String)>, DailyError> {
    let mut said = Vec::new();
    for (key, value) in table {
        let of = || file.to_owned();
        let Some(daily) = Daily::ALL.into_iter().find(|daily| daily.name() == key) else {
            let known = Daily::ALL.into_iter().filter(|daily| daily.is_in(whose));
            let known: Vec<&'static str> = known.map(Daily::name).collect();
            // What was cut short, then what was mistyped.
            let begins = |name: &&&str| name.starts_with(key) || key.starts_with(**name);
            let nearest = known.iter().find(begins).copied();
            let nearest = nearest.or_else(|| closest_first(key, known).first().copied());
            let nearest = nearest.unwrap_or_default();
            return Err(DailyError::Unknown { file: of(), key: key.clone(), nearest });
        };
        if !daily.is_in(whose) {
            return Err(DailyError::NotHere { file: of(), key: daily.name() });
        }
        let text = value.as_str().filter(|text| !text.trim().is_empty() && !text.contains('\0'));
        let is_language = |text: &&str| daily != Daily::Language || Lang::from_locale(text).is_some();
        let is_author = |text: &&str| daily != Daily::Author || Author::parse(text).is_some();
        let Some(text) = text.filter(is_language).filter(is_author) else {
            return Err(DailyError::Value { file: of(), key: daily.name() });
        };
        let text = if daily.may_be_path() { whole(text, file) } else { text.to_owned() };
        said.push((daily, text));
    }
    Ok(said)
}

/// A path by the folder of the file that names it, so that it means the same wherever one stands; what is an
/// address stays as it is, and `~/` is the home.
fn whole(text: &str, file: &Path) -> String {
    if text.contains("://") || ["pkcs11:", "bundle:"].iter().any(|scheme| text.starts_with(scheme)) {
        return text.to_owned();
    }
    if let (Some(rest), Some(home)) = (text.strip_prefix("~/"), std::env::home_dir()) {
        return home.join(rest).to_string_lossy().into_owned();
    }
    file.parent().unwrap_or(Path::new("")).join(text).to_string_lossy().into_owned()
}

impl Speak for DailyError {
    fn say(&self, lang: Lang) -> String {
        match self {
            DailyError::Form { file, line, what } => {
                let file = file.display();
                say!(
                    lang,
                    "{file}:{line}: it is no TOML: {what}",
                    "{file}:{line}: TOML の書き方に誤りがあります。文字列は引用符 \" で囲んでください（{what}）"
                )
            }
            DailyError::Unknown { file, key, nearest } => {
                let (file, key) = (file.display(), key.escape_debug());
                say!(
                    lang,
                    "{file}: nobody reads {key}; did you mean {nearest}?",
                    "{file}: {key} という設定はありません。{nearest} ではありませんか"
                )
            }
            DailyError::NotHere { file, key } => {
                let file = file.display();
                say!(
                    lang,
                    "{file}: {key} is not taken from a repository, which others can change; write it into \
                     your own file (~/.config/warifu/config.toml)",
                    "{file}: {key} は他の人も変更できるリポジトリからは読みません。自分の設定ファイル\
                     （~/.config/warifu/config.toml）に書いてください"
                )
            }
            DailyError::Value { file, key } => {
                let file = file.display();
                say!(
                    lang,
                    "{file}: the value of {key} cannot be used: write a text, language as \"en\" or \"ja\", \
                     author as \"Name <mail>\"",
                    "{file}: {key} の値は使えません。文字列で書いてください（language は \"en\" か \"ja\"、author は \
                     \"名前 <メール>\"）"
                )
            }
        }
    }
}

impl std::fmt::Display for DailyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for DailyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nobody_reads_is_told_with_the_nearest_known_one() {
        let file = Path::new("/home/a/.config/warifu/config.toml");
        for (text, expected) in [
            ("chanel = \"x\"", "did you mean channel?"),
            ("lang = \"ja\"", "did you mean language?"),
            ("language = \"fr\"", "the value of language"),
            ("root = 3", "the value of root"),
            ("author = \"x\"", "the value of author"),
            ("channel = \"c\"\nroot = ", ":2: it is no TOML"),
        ] {
            let error = of_user(text, file).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_repository_says_nothing_of_trust() {
        let file = Path::new("/srv/masters/warifu.toml");
        for key in ["root", "key", "repository", "author"] {
            let error = of_repository(&format!("[defaults]\n{key} = \"x\"\n"), file).unwrap_err();
            assert!(error.to_string().contains("others can change"), "{key}: {error}");
        }
        let said = of_repository("[defaults]\nchannel = \"../c\"\nlanguage = \"ja\"\n", file).unwrap();
        assert_eq!(
            said,
            [(Daily::Channel, "/srv/masters/../c".to_owned()), (Daily::Language, "ja".to_owned())]
        );
        assert_eq!(of_repository("no toml [", file), Ok(Vec::new()));
    }

    #[test]
    fn a_path_is_of_the_folder_of_its_file_and_an_address_stays() {
        let file = Path::new("/etc/w/config.toml");
        let said = of_user("root = \"root.json\"\nkey = \"pkcs11:token=a\"\nchannel = \"https://x/y\"", file);
        let mut said: Vec<String> = said.unwrap().into_iter().map(|(_, value)| value).collect();
        said.sort();
        assert_eq!(said, ["/etc/w/root.json", "https://x/y", "pkcs11:token=a"]);
    }
}
