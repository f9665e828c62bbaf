//! Addresses of channels: the one place that knows which transports there are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::channel::{Channel, PublishChannel};
use crate::folder::FolderChannel;

/// Where a channel is: a folder's path, or a URL whose scheme names the transport (`file://`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Transport);

/// A transport and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Transport {
    Folder(PathBuf),
}

impl Address {
    /// Reads an address as an operator writes it.
    ///
    /// # Errors
    ///
    /// [`AddressError`].
    pub fn parse(text: impl AsRef<OsStr>) -> Result<Self, AddressError> {
        let text = text.as_ref();
        // What is no UTF-8 can still be the name of a folder.
        let Some((scheme, rest)) = text.to_str().and_then(|text| text.split_once("://")) else {
            return Ok(Address::folder(Path::new(text)));
        };
        match scheme {
            "file" => match rest.strip_prefix("localhost").unwrap_or(rest) {
                path if path.starts_with('/') => Ok(Address::folder(Path::new(&unescaped(path)?))),
                _ => Err(AddressError::NotLocal),
            },
            _ => Err(AddressError::UnknownScheme { scheme: scheme.chars().take(32).collect() }),
        }
    }

    /// The channel in the folder `path`.
    pub fn folder(path: &Path) -> Self {
        Address(Transport::Folder(path.to_owned()))
    }

    /// The channel there, to read from.
    pub fn channel(&self) -> Box<dyn Channel + Send + Sync> {
        match &self.0 {
            Transport::Folder(path) => Box::new(FolderChannel::new(path)),
        }
    }

    /// The channel there, to publish to. The first thing published makes it when it is not there yet.
    pub fn publish_channel(&self) -> Box<dyn PublishChannel + Send + Sync> {
        match &self.0 {
            Transport::Folder(path) => Box::new(FolderChannel::new(path)),
        }
    }
}

/// The path of a URL without its escapes.
fn unescaped(path: &str) -> Result<String, AddressError> {
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(AddressError::Escapes);
        };
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Escapes)
}

/// Why an address leads to no channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressError {
    /// There is no transport for this scheme.
    UnknownScheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// A `file://` URL that names another machine or no whole path.
    NotLocal,
    /// A `file://` URL in which `%` is not followed by two hexadecimal digits, or that is no UTF-8.
    Escapes,
}

impl Speak for AddressError {
    fn say(&self, lang: Lang) -> String {
        match self {
            AddressError::UnknownScheme { scheme } => say!(
                lang,
                "this program reaches no channel by {scheme}://; name a folder or a file:// URL",
                "{scheme}:// の配信元には対応していません。フォルダーか file:// の URL を指定してください"
            ),
            AddressError::NotLocal => say!(
                lang,
                "the channel's file:// URL must name a whole path on this machine: file:///srv/channel",
                "配信元の file:// URL には、この装置の絶対パスを指定してください（例: file:///srv/channel）"
            ),
            AddressError::Escapes => say!(
                lang,
                "the channel's file:// URL has a % that is not followed by two hexadecimal digits, or is no \
                 UTF-8",
                "配信元の file:// URL の % の後が16進2桁でないか、UTF-8 ではありません"
            ),
        }
    }
}

warifu_trust::spoken_error!(AddressError, |_| false, |_| None);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_a_file_url_lead_to_the_same_folder() {
        let folder = Address::folder(Path::new("/srv/a channel"));
        for text in ["/srv/a channel", "file:///srv/a%20channel", "file://localhost/srv/a channel"] {
            assert_eq!(Address::parse(text).unwrap(), folder, "{text}");
        }
        assert_eq!(Address::parse("r06:drug").unwrap(), Address::folder(Path::new("r06:drug")));
    }

    #[test]
    fn what_no_transport_reaches_is_refused_in_words() {
        for (text, words) in [
            ("https://example.org/channel", "this program reaches no channel by https://;"),
            ("s3://bucket", "this program reaches no channel by s3://;"),
            ("file://server/share", "must name a whole path on this machine"),
            ("file:///a%2", "two hexadecimal digits"),
            ("file:///a%ff", "no UTF-8"),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(error.say(Lang::En).contains(words), "{text}: {error}");
            assert!(error.say(Lang::Ja).contains("://"), "{}", error.say(Lang::Ja));
        }
    }
}
