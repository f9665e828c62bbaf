//! A name without its text: what tells that two names are the same, and says neither.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;

use warifu_masters::charset::Charset;

/// What stands for a name in this process. It is never written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameDigest(u64);

impl NameDigest {
    /// Of a name.
    pub(crate) fn of(name: &str) -> NameDigest {
        let mut hasher = DefaultHasher::new();
        hasher.write(name.as_bytes());
        NameDigest(hasher.finish())
    }

    /// Of the name that a field of a claim file writes; none where none stands there.
    pub(crate) fn of_field(field: &[u8]) -> Option<NameDigest> {
        let name = Charset::Windows31J.decode(field).ok().filter(|name| !name.is_empty())?;
        Some(NameDigest::of(&name))
    }

    /// Half of it, by which names are looked for.
    pub(crate) fn half(self) -> u32 {
        self.0 as u32
    }
}
