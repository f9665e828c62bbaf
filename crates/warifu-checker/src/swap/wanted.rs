//! Who asks for a release, and for which.

/// Which release somebody wants to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nobody asks: the checker looks by itself, and tries nothing again that cannot have changed.
    ByItself,
    /// Somebody asks for whichever is newest.
    Newest,
    /// Somebody asks for the one of this number, and no other.
    Release(u64),
}

impl Wanted {
    /// Whether somebody asks: then what failed or was refused for its data is tried again.
    pub(super) fn is_asked_for(self) -> bool {
        self != Wanted::ByItself
    }
}
