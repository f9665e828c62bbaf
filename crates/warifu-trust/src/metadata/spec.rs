//! The version of TUF that is written here.

/// The TUF specification this is written against; readers compare the first number only.
pub(crate) const SPEC_VERSION: &str = "1.0.31";
