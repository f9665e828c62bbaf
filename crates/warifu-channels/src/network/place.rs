//! A place on a network, as the part of a URL after its scheme.

use std::fmt;

/// A host, perhaps a port, and a path below it. It holds no credentials, so it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) scheme: &'static str,
    /// As a URL has it: `example.org`, `example.org:8443`, `[::1]:80`.
    pub(crate) authority: String,
    /// Without slashes at its ends; empty for the root.
    pub(crate) path: String,
}

/// Why there is no such place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceError {
    /// A name or password in the URL: it would stand in logs and histories.
    Credentials,
    /// No host, or signs that a URL of a channel does not have.
    Form,
}

impl Place {
    /// Reads what stands after `scheme://`.
    pub(crate) fn parse(scheme: &'static str, rest: &str) -> Result<Self, PlaceError> {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(PlaceError::Credentials);
        }
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\^`{|}".contains(&byte);
        let path = path.trim_matches('/');
        let climbs = path.split('/').any(|part| matches!(part, "." | ".."));
        if authority.is_empty() || climbs || !rest.bytes().all(plain) {
            return Err(PlaceError::Form);
        }
        Ok(Place { scheme, authority: authority.to_owned(), path: path.to_owned() })
    }

    /// Whether what is sent there stays on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = match self.authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.authority.split(':').next().unwrap_or_default(),
        };
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// `path` below this place, with `/` between.
    pub(crate) fn below(&self, path: &str) -> String {
        if self.path.is_empty() { path.to_owned() } else { format!("{}/{path}", self.path) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, "/{}", self.path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_host_and_a_path_and_holds_no_password() {
        let place = Place::parse("https", "example.org:8443/masters/live/").unwrap();
        assert_eq!(place.to_string(), "https://example.org:8443/masters/live");
        assert_eq!(place.below("metadata/1.root.json"), "masters/live/metadata/1.root.json");
        assert_eq!(Place::parse("http", "h").unwrap().below("x"), "x");
        assert_eq!(Place::parse("https", "kenta:hush@example.org/"), Err(PlaceError::Credentials));
        for wrong in ["", "/path", "h/a?b", "h/a#b", "h/a b", "h/../b", "ホスト/a"] {
            assert_eq!(Place::parse("http", wrong), Err(PlaceError::Form), "{wrong}");
        }
        for (authority, loopback) in
            [("localhost:80", true), ("127.0.0.9", true), ("[::1]:80", true), ("127.0.0.1.example", false)]
        {
            assert_eq!(Place::parse("http", authority).unwrap().is_loopback(), loopback, "{authority}");
        }
    }
}
