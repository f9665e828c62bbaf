//! The quickest way: a regular file becomes one of another charset and newline, some lines at a time, in
//! memory that does not grow with it.

use std::sync::Arc;

use crate::charset::direct::Direct;
use crate::file::recognise::{Guess, SAMPLE_BYTES, guess_charset};
use crate::schema::{Format, Framing, Layout, Newline, Quoting, Schemas};
use crate::table::Role;

use super::regular::Rows;

/// A conversion between two CSV formats whose charsets are like ASCII, under way.
///
/// A regular file is in the format it is said to be in, with every line end and mark in its place, every row
/// whole and the keys ascending. Of any other file, and of anything that would have to be said, nothing is
/// made here: [`convert`](super::convert) then says it.
///
/// The proof: every code that is written is recoded back and is the very code that came in. ASCII is itself
/// in both charsets and no part of a longer code, so the marks and commas that make the fields stand between
/// the same fields; a code is recoded by what it means, in tables that hold each character once. So what is
/// written reads again as the same records, and the way back from it ends in the bytes that came in.
#[derive(Debug)]
pub struct Recoding {
    rows: Rows,
    direct: Direct,
    newline: Newline,
}

/// What a [`Recoding`] was of.
#[derive(Debug)]
pub struct Recoded {
    /// The layout of the records.
    pub layout: Arc<Layout>,
    /// Full or differential.
    pub role: Role,
    /// How many records there are.
    pub rows: usize,
}

impl Recoding {
    /// A file that begins with less than this, and does not end there, tells too little.
    pub const HEAD_BYTES: usize = SAMPLE_BYTES + 1;

    /// Begins with the file whose first lines are `head`, whole ones: [`Recoding::HEAD_BYTES`] at least, or
    /// all there are. Nothing is taken of them yet.
    pub fn begin(schemas: &Schemas, head: &[u8], from: &Format, to: &Format) -> Option<Recoding> {
        let Framing::Csv { newline: newline_before, quoting: Quoting::All } = from.framing else {
            return None;
        };
        let Framing::Csv { newline, quoting: Quoting::All } = to.framing else { return None };
        let direct = Direct::new(&from.charset, &to.charset)?;
        let is_from = matches!(guess_charset(head), Guess::Certain(charset) if charset == from.charset);
        if !is_from || head.starts_with(b"\xEF\xBB\xBF") {
            return None;
        }
        let some_lines = &head[..memchr::memchr_iter(b'\n', head).take(20).last()? + 1];
        let text = from.charset.decode(some_lines).ok()?;
        let rows = Rows::like(schemas, &text, newline_before)?;
        Some(Recoding { rows, direct, newline })
    }

    /// Appends the next `lines`, whole ones, to `out` in the other format, proven; nothing when they are not
    /// regular or cannot be proven. What was appended before is then worth nothing either.
    pub fn take(&mut self, lines: &[u8], out: &mut Vec<u8>) -> Option<()> {
        if !self.rows.take(lines) {
            return None;
        }
        self.direct.take(self.rows.lines(lines), self.newline.as_bytes(), out)
    }

    /// What it was, when all lines were taken.
    pub fn finish(self) -> Option<Recoded> {
        let layout = Arc::clone(self.rows.layout());
        Some(Recoded { layout, role: self.rows.role()?, rows: self.rows.count() })
    }
}
