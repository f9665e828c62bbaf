//! Text as C is given it.

use std::ffi::c_char;

/// Text in UTF-8: `length` bytes from `data` on. No NUL follows it. It belongs to the handle that gave it and
/// is there until that is closed; nobody frees it. `data` is never null.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct WarifuText {
    /// The first byte.
    pub data: *const c_char,
    /// How many bytes.
    pub length: usize,
}

impl WarifuText {
    pub(crate) const EMPTY: WarifuText = WarifuText::of("");

    pub(crate) const fn of(text: &str) -> WarifuText {
        WarifuText { data: text.as_ptr().cast(), length: text.len() }
    }
}
