//! Addresses of channels: the one place that knows which transports there are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::bundle::BundleChannel;
use crate::channel::{Channel, PublishChannel};
use crate::folder::FolderChannel;
use crate::network::{
    Bucket, BucketPlace, Network, Place, PlaceError, Registry, RegistryPlace, Unusable, WebChannel,
};

/// Where a channel is: a folder's path, a bundle file, or a URL whose scheme names the transport.
///
/// | written | is |
/// |---|---|
/// | `PATH`, `file:///PATH` | a folder |
/// | `PATH.tar.zst`, `bundle:PATH`, a file that begins as a bundle does | a bundle file |
/// | `http://HOST/PATH`, `https://HOST/PATH` | files that a web server gives out |
/// | `s3://BUCKET/PREFIX` | objects of an S3 store |
/// | `oci://HOST/REPOSITORY:TAG`, `oci+http://` | an artifact in an OCI registry |
#[derive(Clone)]
pub struct Address(Transport);

/// A transport and where it goes.
#[derive(Clone)]
enum Transport {
    Folder(PathBuf),
    Bundle(BundleChannel),
    Web(WebChannel),
    Bucket(Bucket),
    Registry(Registry),
}

impl Address {
    /// Reads an address as an operator writes it; `network` says how networks are reached.
    ///
    /// # Errors
    ///
    /// [`AddressError`].
    pub fn parse(text: impl AsRef<OsStr>, network: &Network) -> Result<Self, AddressError> {
        let text = text.as_ref();
        // What is no UTF-8 can still be the name of a file or a folder.
        let Some(url) = text.to_str() else { return Ok(Address::local(Path::new(text))) };
        if let Some(file) = url.strip_prefix("bundle:") {
            return Ok(Address(Transport::Bundle(BundleChannel::new(Path::new(file)))));
        }
        let Some((scheme, rest)) = url.split_once("://") else { return Ok(Address::local(Path::new(text))) };
        let transport = match scheme {
            "file" => match rest.strip_prefix("localhost").unwrap_or(rest) {
                path if path.starts_with('/') => return Ok(Address::local(Path::new(&unescaped(path)?))),
                _ => return Err(AddressError::NotLocal),
            },
            "http" => Transport::Web(WebChannel::new(&Place::parse("http", rest)?, network)?),
            "https" => {
                let place = Place::parse("https", rest)?;
                Transport::Web(WebChannel::new(secured(&place)?, network)?)
            }
            "s3" => {
                let place = BucketPlace::parse(rest, network)?;
                secured(&place.server)?;
                Transport::Bucket(Bucket::new(place, network)?)
            }
            "oci" | "oci+http" => {
                let place = RegistryPlace::parse(rest, scheme == "oci")?;
                secured(&place.server)?;
                Transport::Registry(Registry::new(place, network)?)
            }
            _ => return Err(AddressError::UnknownScheme { scheme: scheme.chars().take(32).collect() }),
        };
        Ok(Address(transport))
    }

    /// The channel in the folder `path`.
    pub fn folder(path: &Path) -> Self {
        Address(Transport::Folder(path.to_owned()))
    }

    /// A bundle by its name, or because a file is there that begins as one does; or else a folder.
    fn local(path: &Path) -> Self {
        if path.as_os_str().as_encoded_bytes().ends_with(b".tar.zst") || BundleChannel::is_at(path) {
            return Address(Transport::Bundle(BundleChannel::new(path)));
        }
        Address::folder(path)
    }

    /// The channel there, to read from.
    pub fn channel(&self) -> Box<dyn Channel + Send + Sync> {
        self.publish_channel()
    }

    /// Where on this machine `text` leads; none where it leads elsewhere.
    pub fn on_this_machine(text: &OsStr) -> Option<PathBuf> {
        let Some(url) = text.to_str() else { return Some(text.into()) };
        if let Some(file) = url.strip_prefix("bundle:") {
            return Some(file.into());
        }
        match url.split_once("://") {
            None => Some(url.into()),
            Some(("file", path)) => {
                unescaped(path.strip_prefix("localhost").unwrap_or(path)).ok().map(PathBuf::from)
            }
            Some(_) => None,
        }
    }

    /// The registry there, when it is one: what is carried there comes into sight as one artifact.
    pub(crate) fn registry(&self) -> Option<&Registry> {
        match &self.0 {
            Transport::Registry(registry) => Some(registry),
            _ => None,
        }
    }

    /// The channel there, to publish to; one that can only be read refuses what is published. The first thing
    /// published makes a folder when it is not there yet.
    pub fn publish_channel(&self) -> Box<dyn PublishChannel + Send + Sync> {
        match &self.0 {
            Transport::Folder(path) => Box::new(FolderChannel::new(path)),
            Transport::Bundle(channel) => Box::new(channel.clone()),
            Transport::Web(channel) => Box::new(channel.clone()),
            Transport::Bucket(channel) => Box::new(channel.clone()),
            Transport::Registry(channel) => Box::new(channel.clone()),
        }
    }
}

/// `place`, when this build reaches it: TLS is a feature.
fn secured(place: &Place) -> Result<&Place, AddressError> {
    if place.scheme == "https" && !cfg!(feature = "https") {
        return Err(AddressError::NotBuilt);
    }
    Ok(place)
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
    /// The URL holds a name or a password.
    Credentials,
    /// What stands after the scheme names no place.
    Form,
    /// This program was built without TLS.
    NotBuilt,
    /// A setting of the network cannot be used there.
    Unusable {
        /// Which, and why.
        what: String,
    },
    /// A `file://` URL in which `%` is not followed by two hexadecimal digits, or that is no UTF-8.
    Escapes,
}

impl From<PlaceError> for AddressError {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::Credentials => AddressError::Credentials,
            PlaceError::Form => AddressError::Form,
        }
    }
}

impl From<Unusable> for AddressError {
    fn from(Unusable(what): Unusable) -> Self {
        AddressError::Unusable { what }
    }
}

impl Speak for AddressError {
    fn say(&self, lang: Lang) -> String {
        match self {
            AddressError::UnknownScheme { scheme } => say!(
                lang,
                "this program reaches no channel by {scheme}://; name a folder, a bundle file, or a URL \
                 that begins with file, http, https, s3, oci or oci+http",
                "{scheme}:// の配信元には対応していません。フォルダー、バンドルファイル、または file、http、https、\
                 s3、oci、oci+http で始まる URL を指定してください"
            ),
            AddressError::Credentials => say!(
                lang,
                "the channel's URL holds a name or password, which logs would keep; put them into a file and \
                 name it in WARIFU_CHANNEL_CREDENTIALS",
                "配信元の URL に認証情報が含まれています。ログに残るため、ファイルに書き \
                 WARIFU_CHANNEL_CREDENTIALS で指定してください"
            ),
            AddressError::Form => say!(
                lang,
                "the channel's URL names no place; write it as in docs/channels.md: \
                 https://masters.example.org/live",
                "配信元の URL が正しくありません。docs/channels.md のとおり指定してください（例: \
                 https://masters.example.org/live）"
            ),
            AddressError::NotBuilt => say!(
                lang,
                "this program was built without TLS; take a released build, or build with --features https",
                "このプログラムは TLS なしで作られています。公開版を使うか、--features https でビルドしてください"
            ),
            AddressError::Unusable { what } => say!(
                lang,
                "the settings of the network cannot be used ({what}); docs/channels.md describes them",
                "ネットワークの設定を使用できません（{what}）。docs/channels.md を参照してください"
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
    use warifu_trust::UnixSeconds;

    use super::*;
    use crate::network::Patience;

    #[test]
    fn what_lies_on_this_machine_is_known_by_its_address() {
        let path = |text: &str| Address::on_this_machine(text.as_ref());
        for text in ["/srv/a b", "file:///srv/a%20b", "file://localhost/srv/a%20b", "bundle:/srv/a b"] {
            assert_eq!(path(text).as_deref(), Some(Path::new("/srv/a b")), "{text}");
        }
        for text in ["http://srv/a", "s3://srv/a", "oci://srv/a:b"] {
            assert_eq!(path(text), None, "{text}");
        }
    }

    fn parse(text: &str) -> Result<Address, AddressError> {
        Address::parse(text, &Network::plain(Patience::ONCE, || UnixSeconds::EPOCH))
    }

    fn folder(text: &str) -> PathBuf {
        match parse(text).unwrap().0 {
            Transport::Folder(path) => path,
            _ => panic!("{text} is no folder"),
        }
    }

    #[test]
    fn a_path_and_a_file_url_lead_to_the_same_folder() {
        for text in ["/srv/a channel", "file:///srv/a%20channel", "file://localhost/srv/a channel"] {
            assert_eq!(folder(text), Path::new("/srv/a channel"), "{text}");
        }
        assert_eq!(folder("r06:drug"), Path::new("r06:drug"));
    }

    #[test]
    fn a_file_is_a_bundle_by_its_name_or_because_it_is_called_so() {
        for text in ["release.tar.zst", "file:///media/release.tar.zst", "bundle:/media/release"] {
            assert!(matches!(parse(text).unwrap().0, Transport::Bundle(_)), "{text}");
        }
        // Whatever it is called.
        let media = tempfile::tempdir().unwrap();
        let at = |name: &str| media.path().join(name);
        let written = |name: &str, bytes: &[u8]| {
            crate::whole::write_whole(&at(name), bytes, crate::whole::Overwrite::Yes).unwrap();
            matches!(parse(at(name).to_str().unwrap()).unwrap().0, Transport::Bundle(_))
        };
        assert!(written("令和8年6月", &[0x28, 0xb5, 0x2f, 0xfd, 0]));
        assert!(!written("release.zip", b"PK\x03\x04"));
        assert!(!written("empty", b""));
        assert!(!matches!(parse(media.path().to_str().unwrap()).unwrap().0, Transport::Bundle(_)));
    }

    #[test]
    fn each_scheme_leads_to_its_transport() {
        let of = |text: &str| parse(text).unwrap().0;
        assert!(matches!(of("http://example.org/live"), Transport::Web(_)));
        assert!(matches!(of("oci+http://localhost:5000/masters:live"), Transport::Registry(_)));
        for text in ["https://example.org/live", "oci://example.org/masters", "s3://bucket/live"] {
            let built = cfg!(feature = "https");
            assert_eq!(parse(text).err(), if built { None } else { Some(AddressError::NotBuilt) }, "{text}");
        }
    }

    #[test]
    fn what_no_transport_reaches_is_refused_in_words() {
        for (text, words) in [
            ("ftp://example.org/channel", "this program reaches no channel by ftp://;"),
            ("file://server/share", "must name a whole path on this machine"),
            ("file:///a%2", "two hexadecimal digits"),
            ("file:///a%ff", "no UTF-8"),
            ("http://kenta:hush@example.org/", "WARIFU_CHANNEL_CREDENTIALS"),
            ("http:///path", "names no place"),
            ("s3://", "names no place"),
            ("oci+http://example.org", "names no place"),
            ("oci+http://example.org/Masters", "names no place"),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.say(Lang::En).contains(words), "{text}: {error}");
            assert!(!error.say(Lang::En).contains("hush") && !error.say(Lang::Ja).contains("hush"));
        }
    }
}
