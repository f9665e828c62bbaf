//! What a rule sees of one master, and where it says what it found.

use std::ops::Range;

use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::Master;
use warifu_values::day::PublicationDay;
use warifu_values::judgement::PassedBy;

/// One rule at work on one master.
pub(super) struct Report<'a> {
    pub(super) code: Code,
    pub(super) master: &'a Master,
    /// The rule's columns, by position, in the order in which the catalogue names them.
    pub(super) columns: Vec<usize>,
    pub(super) published: Option<PublicationDay>,
    /// The rows that the rule is asked of now.
    pub(super) rows: Range<usize>,
    /// Whether lines mean something to the reader: a state that was put together has none.
    pub(super) has_lines: bool,
    pub(super) asked: u64,
    pub(super) findings: Findings,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        code: Code,
        master: &'a Master,
        columns: Vec<usize>,
        published: Option<PublicationDay>,
    ) -> Self {
        let (rows, findings) = (0..master.rows(), Findings::new());
        Report { code, master, columns, published, rows, has_lines: true, asked: 0, findings }
    }

    /// The rule's columns as an array to take apart; the catalogue names as many as the rule takes.
    pub(super) fn columns<const N: usize>(&self) -> [usize; N] {
        std::array::from_fn(|at| self.columns[at])
    }

    pub(super) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    pub(super) fn bytes(&self, row: usize, column: usize) -> &'a [u8] {
        self.master.bytes(row, column)
    }

    pub(super) fn field(&self, row: usize, column: usize) -> &'a str {
        self.master.field(row, column)
    }

    /// Counts the record in `row` as one that the rule was asked of. When it does not hold there, says so of
    /// `column`, whose field is what was found; `expected` is made only for findings that are kept.
    pub(super) fn hold(&mut self, row: usize, column: usize, holds: bool, expected: impl FnOnce() -> String) {
        let master = self.master;
        self.hold_found(row, column, holds, || (master.field(row, column).to_owned(), expected()));
    }

    /// As [`Report::hold`], where what was found is more than one field: `evidence` is (found, expected).
    pub(super) fn hold_found(
        &mut self,
        row: usize,
        column: usize,
        holds: bool,
        evidence: impl FnOnce() -> (String, String),
    ) {
        self.asked += 1;
        if holds {
            return;
        }
        let (master, layout) = (self.master, self.master.layout());
        let (code, published, has_lines) = (self.code, self.published, self.has_lines);
        let key = master.key(row);
        let finding = || {
            let (found, expected) = evidence();
            let mut finding = Finding::new(code)
                .field(column as u32 + 1, &layout.columns[column].id)
                .key(&*key)
                .found(found)
                .expected(expected);
            if has_lines {
                finding = finding.line(master.line(row));
            }
            finding
        };
        // Asked before the finding is counted: what the layout waives must not stand for what it does not.
        match layout.waiver(code, &key, published) {
            None => self.findings.push_with(code, finding),
            Some(waiver) => {
                let mut finding = finding();
                finding.pass(PassedBy::Layout, &waiver.reason);
                self.findings.push(finding);
            }
        }
    }
}

/// The last usable date of a record that has no end.
pub(super) const OPEN: &[u8] = b"99999999";
