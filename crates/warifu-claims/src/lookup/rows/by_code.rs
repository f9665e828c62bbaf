//! The rows of a table by the code that they are about.

use super::super::code_table::CodeTable;

/// A row that is about one code.
pub(crate) trait OfCode: Copy {
    /// Its code.
    fn code(&self) -> u32;
}

/// Rows in the order of their codes. Immutable.
#[derive(Debug)]
pub(crate) struct ByCode<R> {
    codes: CodeTable,
    rows: Box<[R]>,
}

impl<R: OfCode> ByCode<R> {
    /// Of rows in the order of their codes.
    pub(in crate::lookup) fn of(rows: Vec<R>) -> ByCode<R> {
        debug_assert!(rows.is_sorted_by_key(OfCode::code));
        let distinct = rows.chunk_by(|one, other| one.code() == other.code()).count();
        ByCode { codes: CodeTable::of(rows.iter().map(OfCode::code), distinct), rows: rows.into() }
    }

    /// The rows about `code`.
    #[inline]
    pub(crate) fn about(&self, code: u32) -> &[R] {
        let Some(first) = self.codes.first(code) else { return &[] };
        let rows = &self.rows[first..];
        &rows[..rows.iter().take_while(|row| row.code() == code).count()]
    }

    pub(in crate::lookup) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many bytes of memory it takes.
    pub(in crate::lookup) fn bytes(&self) -> usize {
        self.codes.bytes() + size_of_val(&*self.rows)
    }
}
