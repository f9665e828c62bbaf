//! What is asked for seldom, and kept packed meanwhile.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateDecoder, DeflateEncoder};

/// Bytes, packed.
#[derive(Debug)]
pub(super) struct Packed(Vec<u8>);

impl Packed {
    /// Packs `bytes`.
    pub(super) fn of(bytes: &[u8]) -> Packed {
        let mut into = DeflateEncoder::new(Vec::new(), Compression::best());
        // Memory takes whatever is written to it.
        let _ = into.write_all(bytes);
        let mut packed = into.finish().unwrap_or_default();
        packed.shrink_to_fit();
        Packed(packed)
    }

    /// Them.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut into = DeflateDecoder::new(Vec::new());
        let _ = into.write_all(&self.0);
        into.finish().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_had_again() {
        let text = "POST /check\n".repeat(10_000);
        let packed = Packed::of(text.as_bytes());
        assert!(packed.0.len() < 1_000);
        assert_eq!(packed.bytes(), text.as_bytes());
        assert!(Packed::of(b"").bytes().is_empty());
    }
}
