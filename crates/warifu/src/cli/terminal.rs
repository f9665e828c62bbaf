//! The terminal that somebody sits at: how large it is, and whether anybody does.

use std::io::{self, IsTerminal as _};

/// A screen where nobody says otherwise.
const COLUMNS: usize = 80;
const ROWS: usize = 24;
/// Narrower than this nothing is readable.
const LEAST_COLUMNS: usize = 40;

/// How many cells a line has.
pub(crate) fn columns() -> usize {
    warifu_usage::columns().unwrap_or(COLUMNS).max(LEAST_COLUMNS)
}

/// How many lines a screen has; never less than 24.
pub(crate) fn rows() -> usize {
    warifu_usage::rows().unwrap_or(ROWS).max(ROWS)
}

/// Whether standard output is read on a screen as it comes.
pub(crate) fn is_read_at_once() -> bool {
    io::stdout().is_terminal()
}
