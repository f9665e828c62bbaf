//! The proof that a claim file is CP932: its bytes are looked at piece by piece.

use warifu_masters::charset::Charset;

const PIECE_BYTES: usize = 256 * 1024;

/// Calls `odd` with the number and the text of each line of `bytes` that is not CP932, and the first bytes of
/// it that are none.
pub(super) fn each_odd_line(bytes: &[u8], mut odd: impl FnMut(u32, &[u8], String)) {
    let (mut from, mut line) = (0, 1u32);
    while from < bytes.len() {
        let limit = bytes.len().min(from + PIECE_BYTES);
        let to = match memchr::memrchr(b'\n', &bytes[from..limit]) {
            Some(at) if limit < bytes.len() => from + at + 1,
            _ => limit,
        };
        let piece = &bytes[from..to];
        if !piece.is_ascii() && Charset::Windows31J.decode(piece).is_err() {
            for (at, text) in piece.split(|byte| *byte == b'\n').enumerate() {
                if let Some(bad) = first_bad_bytes(text) {
                    odd(line + at as u32, text, bad);
                }
            }
        }
        line += memchr::memchr_iter(b'\n', piece).count() as u32;
        from = to;
    }
}

/// The first bytes of a line that are no CP932. Vendor characters that merely have two codes are none: a
/// claim is never written again, so nothing can change.
fn first_bad_bytes(line: &[u8]) -> Option<String> {
    let mut from = 0;
    while from < line.len() {
        match Charset::Windows31J.decode(&line[from..]) {
            Ok(_) => return None,
            Err(bad) if bad.character.is_some() => from += bad.at + 2,
            Err(bad) => return Some(bad.bytes),
        }
    }
    None
}
