//! The proof that a claim file is CP932: its bytes are looked at piece by piece, as far as it is read.

use std::collections::VecDeque;

use warifu_masters::charset::Charset;

const PIECE_BYTES: usize = 256 * 1024;

/// Which lines of a claim file are not CP932, asked line by line.
pub(super) struct OddLines<'a> {
    /// What was not looked at yet; it begins with line `next`.
    rest: &'a [u8],
    next: u32,
    /// The lines found in the last piece, each with the place of its first byte that is no CP932.
    found: VecDeque<(u32, usize)>,
}

impl<'a> OddLines<'a> {
    /// Those of `bytes`.
    pub(super) fn of(bytes: &'a [u8]) -> OddLines<'a> {
        OddLines { rest: bytes, next: 1, found: VecDeque::new() }
    }

    /// The place of the first byte of `line` that is no CP932, from 0; lines are asked in order.
    #[inline]
    pub(super) fn odd_at(&mut self, line: u32) -> Option<usize> {
        while self.next <= line && !self.rest.is_empty() {
            self.look();
        }
        while let Some((odd, at)) = self.found.front().copied().filter(|(odd, _)| *odd <= line) {
            self.found.pop_front();
            if odd == line {
                return Some(at);
            }
        }
        None
    }

    /// Looks at the next piece: whole lines, at least one.
    fn look(&mut self) {
        let limit = self.rest.len().min(PIECE_BYTES);
        let whole = memchr::memrchr(b'\n', &self.rest[..limit]).filter(|_| limit < self.rest.len());
        let beyond =
            || memchr::memchr(b'\n', &self.rest[limit..]).map_or(self.rest.len(), |at| limit + at + 1);
        let to = if limit == self.rest.len() { limit } else { whole.map_or_else(beyond, |at| at + 1) };
        let (piece, rest) = self.rest.split_at(to);
        self.rest = rest;
        // A single line of a larger piece is too long to be read, and nobody asks for it.
        if piece.len() <= PIECE_BYTES && !Charset::Windows31J.holds(piece) {
            for (line, text) in (self.next..).zip(piece.split(|byte| *byte == b'\n')) {
                self.found.extend(first_odd_byte(text).map(|at| (line, at)));
            }
        }
        self.next += memchr::memchr_iter(b'\n', piece).count() as u32;
    }
}

/// The place of the first byte of a line that is no CP932. Vendor characters that merely have two codes are
/// none: a claim is never written again, so nothing can change.
fn first_odd_byte(line: &[u8]) -> Option<usize> {
    let mut from = 0;
    while from < line.len() {
        match Charset::Windows31J.decode(&line[from..]) {
            Ok(_) => return None,
            Err(bad) if bad.character.is_some() => from += bad.at + 2,
            Err(bad) => return Some(from + bad.at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_lines_are_found_in_every_piece_by_their_number_and_place() {
        let mut lines = vec![b"SJ,\x8E\x9D".to_vec(); 3];
        lines[1] = b"SJ,\x8E\x9D\xFF".to_vec();
        // A line over a whole piece, cut in the middle of a character if it were cut, and odd ones after it.
        lines.push([b"SJ,".to_vec(), b"\x8E\x9D".repeat(PIECE_BYTES)].concat());
        lines.extend([b"\xFF".to_vec(), b"a\x8E".to_vec(), b"SJ".to_vec()]);
        let many = b"SJ,\x8E\x9D\n".repeat(PIECE_BYTES / 3);
        let bytes = [lines.join(&b'\n'), b"\n".to_vec(), many, b"SJ\xFF".to_vec()].concat();
        let last = 7 + (PIECE_BYTES / 3) as u32 + 1;
        let mut odd = OddLines::of(&bytes);
        let found: Vec<_> = (1..=last).filter_map(|line| odd.odd_at(line).map(|at| (line, at))).collect();
        assert_eq!(found, [(2, 5), (5, 0), (6, 1), (last, 2)]);
    }
}
