//! The terminal that somebody sits at: how large it is, and lines that fit.

use std::io::{self, IsTerminal as _};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

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

/// How many lines of a screen `line` takes.
pub(crate) fn rows_of(line: &str, columns: usize) -> usize {
    line.width().div_ceil(columns).max(1)
}

/// `line` in so many cells, its end left out where it is longer.
pub(crate) fn cut(line: &str, columns: usize) -> String {
    if line.width() <= columns {
        return line.to_owned();
    }
    let mut kept = String::new();
    // Some terminals draw … in two cells.
    let mut cells = 2;
    for c in line.chars() {
        cells += c.width().unwrap_or(0);
        if cells > columns {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// `text` on lines of at most so many cells, broken at a blank where one is near, else anywhere: Japanese has
/// none.
pub(crate) fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > columns {
        let mut cells = 0;
        let fits = rest.char_indices().find(|(_, c)| {
            cells += c.width().unwrap_or(0);
            cells > columns
        });
        let most = fits.map_or(rest.len(), |(at, _)| at);
        let blank = rest[..most].rfind(' ').filter(|at| rest[..*at].width() * 3 > columns * 2);
        let (line, after) = rest.split_at(blank.unwrap_or(most));
        lines.push(line.to_owned());
        rest = after.trim_start();
    }
    lines.push(rest.to_owned());
    lines
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

    #[test]
    fn a_line_is_cut_by_cells_and_counted_by_rows() {
        assert_eq!(cut("マスター", 8), "マスター");
        assert_eq!(cut("マスター", 7), "マス…");
        assert_eq!(cut("master", 5), "mas…");
        assert_eq!(wrapped("マスター", 5), ["マス", "ター"]);
        assert_eq!(wrapped("a master of procedures", 12), ["a master of", "procedures"]);
        assert_eq!([rows_of("", 8), rows_of("マスター", 8), rows_of("マスターs", 8)], [1, 1, 2]);
    }
}
