//! How near a record comes to what was looked for.

/// How near a record comes; the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It is its code.
    Code,
    /// It is one of its names.
    Name,
    /// One of its names begins so.
    BeginsName,
    /// Its code begins so.
    BeginsCode,
    /// It is a part of one of its names.
    PartOfName,
    /// It is a part of its code.
    PartOfCode,
}

impl Nearness {
    /// As programs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Nearness::Code => "code",
            Nearness::Name => "name",
            Nearness::BeginsName => "begins-name",
            Nearness::BeginsCode => "begins-code",
            Nearness::PartOfName => "part-of-name",
            Nearness::PartOfCode => "part-of-code",
        }
    }
}
