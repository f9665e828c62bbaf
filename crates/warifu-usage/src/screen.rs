//! How large the screen is that standard output goes to, and how wide that of standard error.

use std::io;

/// How many cells a line has: what `COLUMNS` says, else the terminal; none where neither does.
pub fn columns() -> Option<usize> {
    of_variable("COLUMNS").or_else(|| Some(size()?[0]))
}

/// The same of the terminal that standard error goes to.
pub(crate) fn columns_told() -> Option<usize> {
    let of_terminal = || Some(usize::from(terminal_size::terminal_size_of(io::stderr())?.0.0));
    of_variable("COLUMNS").or_else(|| of_terminal().filter(|width| *width > 0))
}

/// How many lines there are: what `LINES` says, else the terminal; none where neither does.
pub fn rows() -> Option<usize> {
    of_variable("LINES").or_else(|| Some(size()?[1]))
}

fn of_variable(name: &str) -> Option<usize> {
    std::env::var(name).ok()?.parse().ok().filter(|count| *count > 0)
}

/// Columns and rows; none where no terminal is there, or one that nobody gave a size.
fn size() -> Option<[usize; 2]> {
    let (width, height) = terminal_size::terminal_size_of(io::stdout())?;
    Some([usize::from(width.0), usize::from(height.0)]).filter(|size| !size.contains(&0))
}
