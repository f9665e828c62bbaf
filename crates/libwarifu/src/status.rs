//! How a call ended, as a number that does not change between versions.

/// How a call ended. Every status but WARIFU_STATUS_OK comes with an error that says why, in English and
/// Japanese, but from the functions of errors themselves.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarifuStatus {
    /// It was done.
    Ok = 0,
    /// The call is not right: a null pointer, a handle of another kind or a closed one, a day that is none,
    /// an empty claim file. The calling program is to be mended.
    Misuse = 1,
    /// A text that was handed in is not UTF-8.
    NotUtf8 = 2,
    /// The channel has no release, or cannot be read. Try again later.
    Unavailable = 3,
    /// What was signed has expired. Have it signed anew, or see to this machine's clock.
    Expired = 4,
    /// It is not trusted: unsigned, signed by too few, changed, withdrawn, older than what was seen before.
    Refused = 5,
    /// It is trusted, but its masters cannot be used for checks.
    BadData = 6,
    /// The claim file is larger than one may be (64 MiB).
    TooLarge = 7,
    /// A file of this machine (root, policy, schemas, what is remembered) cannot be read or written, or is
    /// not right.
    Here = 8,
    /// A fault of this library; the handles that took part are to be closed.
    Broken = 9,
}
