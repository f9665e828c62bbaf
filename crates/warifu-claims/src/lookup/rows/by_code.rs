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
    /// Where the rows of each code begin, in the order of codes, and where all end: a code may have
    /// thousands.
    starts: Box<[u32]>,
    rows: Box<[R]>,
}

impl<R: OfCode> ByCode<R> {
    /// Of rows in the order of their codes.
    pub(in crate::lookup) fn of(rows: Vec<R>) -> ByCode<R> {
        debug_assert!(rows.is_sorted_by_key(OfCode::code));
        let mut starts = vec![0];
        for of_code in rows.chunk_by(|one, other| one.code() == other.code()) {
            starts.push(starts[starts.len() - 1] + of_code.len() as u32);
        }
        let (rows, distinct) = (rows.into_boxed_slice(), starts.len() - 1);
        let codes = starts[..distinct].iter().map(|start| rows[*start as usize].code());
        ByCode { codes: CodeTable::of(codes, distinct), starts: starts.into(), rows }
    }

    /// The rows about `code`.
    #[inline]
    pub(crate) fn about(&self, code: u32) -> &[R] {
        let Some(at) = self.codes.first(code) else { return &[] };
        &self.rows[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    pub(in crate::lookup) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many bytes of memory it takes.
    pub(in crate::lookup) fn bytes(&self) -> usize {
        self.codes.bytes() + size_of_val(&*self.starts) + size_of_val(&*self.rows)
    }
}
