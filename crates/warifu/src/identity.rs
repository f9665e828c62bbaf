//! A person, as commits name them.

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
