//! Who a commit is by.

use git2::{Oid, Repository, Signature, Time};
use jiff::Timestamp;

use super::error::{CommitError, StoreError};

/// Japan Standard Time, in minutes: where the masters are published.
const JST_MINUTES: i32 = 540;

/// Who a commit is by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The mail address.
    pub mail: String,
}

impl Author {
    /// Reads `Name <mail>`.
    pub fn parse(text: &str) -> Option<Author> {
        let (name, rest) = text.split_once('<')?;
        let (name, mail) = (name.trim(), rest.trim().strip_suffix('>')?.trim());
        let plain = |text: &str| !text.is_empty() && !text.contains(['<', '>', '\n', '\0']);
        (plain(name) && plain(mail)).then(|| Author { name: name.to_owned(), mail: mail.to_owned() })
    }
}

/// Who and when, as a commit carries it. Without an `author`, git's configuration names one.
pub(super) fn signature(
    repository: &Repository,
    author: Option<&Author>,
    now: Timestamp,
) -> Result<Signature<'static>, CommitError> {
    let time = Time::new(now.as_second(), JST_MINUTES);
    let known = match author {
        Some(author) => Signature::new(&author.name, &author.mail, &time),
        None => {
            let git = repository.signature().map_err(|_| CommitError::NoIdentity)?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            Signature::new(&text(git.name_bytes()), &text(git.email_bytes()), &time)
        }
    };
    known.map_err(|_| CommitError::NoIdentity)
}

/// Whom a commit is by.
pub(super) fn author_of(repository: &Repository, commit: Oid) -> Result<String, StoreError> {
    let commit = repository.find_commit(commit).map_err(StoreError::git("read a commit"))?;
    Ok(String::from_utf8_lossy(commit.author().name_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_a_name_and_a_mail_address() {
        let author = Author::parse("支払 基金 <masters@example.jp>").unwrap();
        assert_eq!((author.name.as_str(), author.mail.as_str()), ("支払 基金", "masters@example.jp"));
        for wrong in ["", "name", "<mail>", "name <>", "a <b> <c>"] {
            assert_eq!(Author::parse(wrong), None, "{wrong}");
        }
    }
}
