//! By which name and port a request asks for somebody, read strictly: what is written in any other way than
//! an authority is no name at all, whatever a browser or a resolver would make of it.

use std::net::IpAddr;

/// The longest name that DNS has, and the longest of its labels.
const NAME_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

/// A name, and the port where one is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Authority {
    pub(super) name: Name,
    port: Option<u16>,
}

/// What somebody is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// An address, which nobody else can make lead elsewhere.
    Address(IpAddr),
    /// Letters, digits, `-` and `_` between dots, in lower case and without a dot at the end.
    Called(String),
}

impl Authority {
    /// Of `host`, `host:port`, `1.2.3.4:port` or `[::1]:port`.
    pub(super) fn of(bytes: &[u8]) -> Option<Authority> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (name, after) = match text.strip_prefix('[') {
            Some(text) => {
                let (address, after) = text.split_once(']')?;
                (Name::Address(IpAddr::V6(address.parse().ok()?)), after)
            }
            None => {
                let (name, after) = text.split_at(text.find(':').unwrap_or(text.len()));
                (Name::of(name)?, after)
            }
        };
        let port = match after.strip_prefix(':') {
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
            None if after.is_empty() => None,
            _ => return None,
        };
        Some(Authority { name, port })
    }
}

impl Name {
    fn of(text: &str) -> Option<Name> {
        if let Ok(address) = text.parse() {
            return Some(Name::Address(IpAddr::V4(address)));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let is_label = |label: &str| (1..=LABEL_BYTES).contains(&label.len()) && label.bytes().all(is_plain);
        (name.len() <= NAME_BYTES && name.split('.').all(is_label))
            .then(|| Name::Called(name.to_ascii_lowercase()))
    }

    /// Whether nobody else can make it lead here: an address, or this machine by the name that is its own
    /// everywhere.
    pub(super) fn is_nobody_elses(&self) -> bool {
        match self {
            Name::Address(_) => true,
            Name::Called(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Authority> {
        Authority::of(text.as_bytes())
    }

    #[test]
    fn a_name_is_read_with_its_port_and_compared_as_a_browser_does() {
        let called = |name: &str, port| Some(Authority { name: Name::Called(name.to_owned()), port });
        assert_eq!(of("Checker1.Example."), called("checker1.example", None));
        assert_eq!(of("checker_1:8080"), called("checker_1", Some(8080)));
        let at =
            |address: &str, port| Some(Authority { name: Name::Address(address.parse().unwrap()), port });
        assert_eq!(of("127.0.0.1:80"), at("127.0.0.1", Some(80)));
        assert_eq!(of("[::1]"), at("::1", None));
        assert_eq!(of("[0:0::1]:443"), at("::1", Some(443)));
    }

    #[test]
    fn what_is_no_authority_is_no_name() {
        for text in [
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "a b",
            "a/b",
            "u@a",
            "a:",
            "a:+1",
            "a:1:2",
            "a:65536",
            "[::1",
            "::1",
            "[::1].evil.example",
            "[::1]x",
            "[1.2.3.4]",
            "[::1%25lo]",
            "evil。example",
            "ｅvil.example",
            "localhost\0",
            "localhost,evil.example",
            "a%2eb",
            "[]",
        ] {
            assert_eq!(of(text), None, "{text:?}");
        }
        assert_eq!(of(&"a".repeat(64)), None);
        assert_eq!(of(&"a.".repeat(200)), None);
        assert_eq!(Authority::of(b"evil\xff.example"), None);
    }

    #[test]
    fn addresses_and_localhost_are_nobody_elses() {
        let is = |text: &str| of(text).unwrap().name.is_nobody_elses();
        for own in ["localhost", "LOCALHOST.:1", "a.localhost", "10.0.0.1", "[2001:db8::1]:1"] {
            assert!(is(own), "{own}");
        }
        for others in ["evil.", "evil", "127.1", "127.0.0.1.", "localhost.evil.example", "alocalhost"] {
            assert!(!is(others), "{others}");
        }
    }
}
