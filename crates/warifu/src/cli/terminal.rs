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

/// Whether `line` is a command to be typed, which is copied whole.
pub(crate) fn is_command(line: &str) -> bool {
    let program = line.split_whitespace().next().unwrap_or_default();
    // However it was typed: advice names the program so that it is found again.
    let program = program.trim_matches('\'').rsplit('/').next().unwrap_or_default();
    ["warifu", "warifu-checker"].contains(&program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_known_however_its_program_was_typed() {
        let commands = ["  warifu status", "../bin/warifu log", "'/a/warifu' check"];
        assert!(commands.into_iter().all(is_command));
        let others = ["warifu: cannot read", "what warifu does", "", "  ~/.local/state/warifu/audit.jsonl"];
        assert!(!others.into_iter().any(is_command));
    }
}
