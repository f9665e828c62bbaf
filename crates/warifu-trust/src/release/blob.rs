//! Blobs: canonical bytes, compressed with zstd, and opened without trusting their size.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use warifu_values::digest::Digest;

use crate::limits;
use crate::refusal::Refusal;
use crate::release::content::Content;

/// zstd's level, 1 to 22. What is signed is the uncompressed content, so the level may differ between
/// releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompressionLevel(i32);

impl CompressionLevel {
    /// Level 3: 30 ms for all masters, half as much again in size. For tests and trials.
    pub const FAST: CompressionLevel = CompressionLevel(3);

    /// The level, drawn to the nearest of 1 and 22 when outside.
    pub fn new(level: i32) -> Self {
        CompressionLevel(level.clamp(1, 22))
    }
}

impl Default for CompressionLevel {
    /// Level 11: a fifth larger than level 19 in a tenth of its time, so that signing needs no patience.
    fn default() -> Self {
        CompressionLevel(11)
    }
}

/// Compresses each of `contents`, on every processor there is.
pub(crate) fn compress_all(contents: &[&[u8]], level: CompressionLevel) -> io::Result<Vec<Vec<u8>>> {
    on_every_processor(contents, |content| compress(content, level))
}

/// What `make` makes of each of `inputs`, in their order.
pub(crate) fn on_every_processor<I: Sync, O: Send, E: Send>(
    inputs: &[I],
    make: impl Fn(&I) -> Result<O, E> + Sync,
) -> Result<Vec<O>, E> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(inputs.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some((at, input)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, inputs.get(at)?)))
        {
            done.push((at, make(input)?));
        }
        Ok::<_, E>(done)
    };
    let mut made = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut made = work()?;
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok::<_, E>(made)
    })?;
    made.sort_by_key(|(at, _)| *at);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

/// Compresses, with zstd's own checksum; the same input and zstd version give the same bytes.
pub(crate) fn compress(canonical: &[u8], level: CompressionLevel) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), level.0)?;
    encoder.include_checksum(true)?;
    encoder.set_pledged_src_size(Some(canonical.len() as u64))?;
    encoder.write_all(canonical)?;
    encoder.finish()
}

/// What a zstd frame of content begins with (RFC 8878, section 3.1.1); one that is skipped begins otherwise.
pub const ZSTD_FRAME: [u8; 4] = 0xFD2F_B528_u32.to_le_bytes();

/// Opens a blob whose content is declared. Never holds more than the declared length plus one byte, whatever
/// the blob would unfold to.
pub(crate) fn decompress(name: &str, blob: &[u8], declared: Content) -> Result<Vec<u8>, Refusal> {
    unfold(name, blob, None, declared)
}

/// Real content is 5 to 30 times its blob: room for so much is taken at once, and for more as it comes.
const USUAL_RATIO: u64 = 32;

/// The same of a frame that may point into `base`.
pub(super) fn unfold(
    name: &str,
    frame: &[u8],
    base: Option<&[u8]>,
    declared: Content,
) -> Result<Vec<u8>, Refusal> {
    let mismatch = || Refusal::Mismatch { file: name.to_owned() };
    if declared.bytes > limits::CANONICAL_BYTES {
        return Err(Refusal::TooLong { file: name.to_owned(), limit_bytes: limits::CANONICAL_BYTES });
    }
    // One frame and nothing beside it: in a frame that is skipped, or after the last one, bytes could be
    // carried that nobody sees and both sign.
    if !frame.starts_with(&ZSTD_FRAME) {
        return Err(mismatch());
    }
    let decoder = match base {
        None => zstd::Decoder::with_buffer(frame),
        Some(base) => zstd::Decoder::with_ref_prefix(frame, base),
    };
    let mut decoder = decoder.map_err(|_| mismatch())?.single_frame();
    decoder.window_log_max(limits::WINDOW_LOG).map_err(|_| mismatch())?;
    // Room for what is declared is not taken at once: the declaration may be a lie too.
    let known = (frame.len() as u64).saturating_mul(USUAL_RATIO).max(base.map_or(0, <[u8]>::len) as u64);
    let most = declared.bytes.saturating_add(1);
    let mut canonical = Vec::with_capacity(known.min(most) as usize);
    decoder.by_ref().take(most).read_to_end(&mut canonical).map_err(|_| mismatch())?;
    if !decoder.finish().is_empty() {
        return Err(mismatch());
    }
    if canonical.len() as u64 != declared.bytes || Digest::of(&canonical) != declared.sha256 {
        return Err(mismatch());
    }
    Ok(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bomb_is_refused_after_what_was_declared() {
        let bomb = compress(&vec![0; 64 << 20], CompressionLevel::FAST).unwrap();
        assert!(bomb.len() < 10_000);
        let declared = Content { bytes: 100, sha256: Digest::of(&[0; 100]) };
        assert!(matches!(decompress("b", &bomb, declared), Err(Refusal::Mismatch { .. })));
    }

    #[test]
    fn a_blob_followed_by_more_is_refused() {
        let mut blob = compress(b"abc", CompressionLevel::FAST).unwrap();
        blob.extend(compress(b"def", CompressionLevel::FAST).unwrap());
        assert!(decompress("b", &blob, Content::of(b"abc")).is_err());
    }

    #[test]
    fn bytes_that_nobody_would_see_are_refused() {
        let blob = compress(b"abc", CompressionLevel::FAST).unwrap();
        // RFC 8878, section 3.1.2: a magic number, the length, and what a reader passes over.
        let skipped = [&0x184D_2A50_u32.to_le_bytes()[..], &5_u32.to_le_bytes(), b"hello"].concat();
        let empty = compress(b"", CompressionLevel::FAST).unwrap();
        assert!(decompress("b", &blob, Content::of(b"abc")).is_ok());
        for hidden in [&skipped[..], b"x", &[0; 8], &empty] {
            let after = [&blob[..], hidden].concat();
            assert!(decompress("b", &after, Content::of(b"abc")).is_err(), "{hidden:?} after");
            let before = [hidden, &blob[..]].concat();
            assert!(decompress("b", &before, Content::of(b"abc")).is_err(), "{hidden:?} before");
        }
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_back(
            bytes in prop::collection::vec(any::<u8>(), 0..2000),
            level in 1..5,
        ) {
            let blob = compress(&bytes, CompressionLevel::new(level)).unwrap();
            prop_assert_eq!(decompress("b", &blob, Content::of(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn no_bytes_make_it_panic(blob in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decompress("b", &blob, Content { bytes: 50, sha256: Digest::of(b"") });
        }
    }
}
