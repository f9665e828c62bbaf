//! Aligned columns for a terminal, where a full-width character takes two cells.

use warifu_values::terminal::{cells, left, right};
use warifu_values::text::shown;

/// Rows of cells, aligned on the left; numbers may be aligned on the right.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Columns {
    pub(crate) fn new() -> Self {
        Columns::default()
    }

    /// Aligns these columns (from 0) on the right.
    pub(crate) fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.iter().map(|cell| shown(cell)).collect());
    }

    /// The rows, two blanks between columns, none at line ends.
    pub(crate) fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let column = self.rows.iter().filter_map(|row| row.get(column));
            column.map(|cell| cells(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                if column > 0 {
                    line.push_str("  ");
                }
                let aligned = if self.right.contains(&column) { right } else { left };
                line.push_str(&aligned(cell, widths[column]));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_characters_take_two_cells() {
        let mut columns = Columns::new().right(&[2]);
        columns.row(["薬価", "price", "1"]);
        columns.row(["a", "\u{1B}[31m", "100"]);
        assert_eq!(columns.text(), "薬価  price    1\na     \u{FFFD}[31m  100\n");
    }
}
