//! The keys of one area. Each member writes keys of its own alone, so that a role of etcd can say so:
//!
//! ```text
//! /warifu/east/record               the desired record
//! /warifu/east/armed/<member>       the newest epoch that the member armed for; no lease
//! /warifu/east/alive/<member>       its announcement, under its lease
//! /warifu/east/orders/<act>         what a person said last of this act
//! /warifu/east/coordinator          who coordinates, under a lease
//! ```

use warifu_fleet::member::MemberName;
use warifu_fleet::orders::Act;
use warifu_values::text::is_plain;

/// The keys of one area.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    area: String,
}

/// The area's name or the prefix cannot be part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAKey;

impl Keys {
    /// Of `area` under `prefix`. A name with a slash could lie in the midst of another area's keys.
    pub(crate) fn new(prefix: &str, area: &str) -> Result<Keys, NotAKey> {
        let prefix = prefix.trim_end_matches('/');
        if !prefix.starts_with('/') || !is_plain(prefix) || !is_plain(area) || area.contains('/') {
            return Err(NotAKey);
        }
        Ok(Keys { area: format!("{prefix}/{area}/") })
    }

    /// What all of them begin with.
    pub(crate) fn all(&self) -> &str {
        &self.area
    }

    pub(crate) fn record(&self) -> String {
        self.of("record")
    }

    pub(crate) fn coordinator(&self) -> String {
        self.of("coordinator")
    }

    pub(crate) fn all_armed(&self) -> String {
        self.of("armed/")
    }

    pub(crate) fn armed(&self, member: &MemberName) -> String {
        self.of(&format!("armed/{member}"))
    }

    pub(crate) fn all_alive(&self) -> String {
        self.of("alive/")
    }

    pub(crate) fn alive(&self, member: &MemberName) -> String {
        self.of(&format!("alive/{member}"))
    }

    pub(crate) fn orders(&self) -> String {
        self.of("orders/")
    }

    /// One key for each act: said again, it is said last.
    pub(crate) fn order(&self, act: &Act) -> String {
        let act = match act {
            Act::Advance(epoch) => format!("advance/{}", epoch.0),
            Act::Hold(epoch) => format!("hold/{}", epoch.0),
            Act::GiveUp(epoch) => format!("give-up/{}", epoch.0),
            Act::FallBack(epoch) => format!("fall-back/{}", epoch.0),
            Act::Lift(digest) => format!("lift/{digest}"),
            Act::Acknowledge(epoch, member) => format!("acknowledge/{}/{member}", epoch.0),
        };
        self.of(&format!("orders/{act}"))
    }

    fn of(&self, key: &str) -> String {
        format!("{}{key}", self.area)
    }
}

/// The member that `key` under `all` names.
pub(crate) fn member_of(key: &[u8], all: &str) -> Option<MemberName> {
    let name = key.strip_prefix(all.as_bytes())?;
    MemberName::new(std::str::from_utf8(name).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_holds_its_own_keys_alone() {
        let keys = Keys::new("/warifu/", "east").unwrap();
        assert_eq!(keys.record(), "/warifu/east/record");
        let member = MemberName::new("a/b").unwrap();
        assert_eq!(member_of(keys.alive(&member).as_bytes(), &keys.all_alive()), Some(member));
        assert_eq!(member_of(b"/warifu/east/alive/", &keys.all_alive()), None);
        assert_eq!(member_of(b"/warifu/west/alive/a", &keys.all_alive()), None);
        assert_eq!(member_of(b"/warifu/east/alive/\xff", &keys.all_alive()), None);
    }

    #[test]
    fn a_name_that_reaches_into_other_keys_is_refused() {
        for (prefix, area) in [
            ("/warifu", "east/armed"),
            ("/warifu", ""),
            ("warifu", "east"),
            ("", "east"),
            ("/w\u{202e}", "e"),
        ] {
            assert_eq!(Keys::new(prefix, area).unwrap_err(), NotAKey, "{prefix} {area}");
        }
    }
}
