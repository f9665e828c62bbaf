//! Tables for spreadsheets: every cell opens as the text that it is.
//!
//! UTF-8 with a byte order mark and CRLF: Excel, LibreOffice and Numbers open it by a double click in
//! whatever language they run, where CP932 is guessed rightly by a Japanese Excel alone; and no name of a
//! master is lost by it.

/// A table that is being written, row by row.
#[derive(Debug, Clone)]
pub struct Sheet(String);

impl Sheet {
    /// With a row of titles.
    pub fn new<'a>(titles: impl IntoIterator<Item = &'a str>) -> Self {
        let mut sheet = Sheet(String::from("\u{feff}"));
        sheet.row(titles);
        sheet
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            push_cell(&mut self.0, cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    /// As it is written to a file.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Adds a cell, without what separates it from others. A spreadsheet computes what begins like a formula:
/// what comes from outside must stay a text. One sign alone is none.
pub fn push_cell(text: &mut String, cell: &str) {
    let is_formula = cell.len() > 1 && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\r', '\n']) {
        true => {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        }
        false => text.push_str(&cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut told = String::new();
        push_cell(&mut told, text);
        told
    }

    #[test]
    fn a_cell_stays_a_text_whatever_is_in_it() {
        assert_eq!(cell("点数"), "点数");
        assert_eq!(cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("-"), "-");
        assert_eq!(cell("-2\n"), "\"'-2\n\"");
    }

    #[test]
    fn a_sheet_has_a_mark_titles_and_rows() {
        let mut sheet = Sheet::new(["行", "内容"]);
        sheet.row(["1", "@x"]);
        assert_eq!(sheet.into_string(), "\u{feff}行,内容\r\n1,'@x\r\n");
    }
}
