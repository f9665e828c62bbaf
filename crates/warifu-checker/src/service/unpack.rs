//! Claim files that come compressed by gzip: unpacked as they arrive, within the size of a claim file and a
//! ratio that no claim file reaches.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// Up to so much grows by whatever ratio: a file of few different lines is no attack.
const FREELY_BYTES: usize = 1 << 20;

/// What is being unpacked.
#[derive(Debug)]
pub(super) struct Unpack {
    decoder: MultiGzDecoder<Unpacked>,
    packed: usize,
    ratio: usize,
}

/// Where it goes to.
#[derive(Debug)]
struct Unpacked {
    bytes: Vec<u8>,
    most: usize,
}

/// Why it cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotUnpacked {
    /// It is no gzip, or damaged.
    Damaged,
    /// It grows beyond what may be.
    Swollen,
}

impl Write for Unpacked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most.saturating_sub(self.bytes.len()) {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<io::Error> for NotUnpacked {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::QuotaExceeded => NotUnpacked::Swollen,
            _ => NotUnpacked::Damaged,
        }
    }
}

impl Unpack {
    /// To `most` bytes, and to `ratio` times what came.
    pub(super) fn new(most: usize, ratio: usize) -> Self {
        let unpacked = Unpacked { bytes: Vec::new(), most };
        Unpack { decoder: MultiGzDecoder::new(unpacked), packed: 0, ratio }
    }

    /// Takes what came.
    ///
    /// # Errors
    /// [`NotUnpacked`].
    pub(super) fn take(&mut self, packed: &[u8]) -> Result<(), NotUnpacked> {
        // In pieces: before each it is asked how much the ones before have become.
        for piece in packed.chunks(1024) {
            self.packed += piece.len();
            self.decoder.write_all(piece)?;
            let become_bytes = self.bytes().len();
            if become_bytes > FREELY_BYTES && become_bytes / self.ratio.max(1) > self.packed {
                return Err(NotUnpacked::Swollen);
            }
        }
        // What it holds back is asked for, or the first line would not be there when it came.
        self.decoder.flush()?;
        Ok(())
    }

    /// What it has become so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.decoder.get_ref().bytes
    }

    /// All of it, once everything came.
    ///
    /// # Errors
    /// [`NotUnpacked`]: it ends early.
    pub(super) fn finish(self) -> Result<Vec<u8>, NotUnpacked> {
        Ok(self.decoder.finish()?.bytes)
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], most: usize, ratio: usize) -> Result<Vec<u8>, NotUnpacked> {
        let mut unpack = Unpack::new(most, ratio);
        packed.chunks(700).try_for_each(|chunk| unpack.take(chunk))?;
        unpack.finish()
    }

    #[test]
    fn what_was_packed_comes_out_and_what_swells_is_stopped() {
        let text: Vec<u8> = (0..40_000u32).flat_map(|at| format!("RE,{at}\r\n").into_bytes()).collect();
        let small = packed(&text);
        assert_eq!(unpacked(&small, text.len(), 200).unwrap(), text);
        assert_eq!(unpacked(&small, text.len() - 1, 200), Err(NotUnpacked::Swollen));
        let twice = [small.clone(), small.clone()].concat();
        assert_eq!(unpacked(&twice, 1 << 20, 200).unwrap(), text.repeat(2), "of several members");
        // A bomb: 32 MiB of one byte in 32 KiB.
        let bomb = packed(&vec![b'0'; 32 << 20]);
        let mut unpack = Unpack::new(64 << 20, 200);
        assert_eq!(unpack.take(&bomb), Err(NotUnpacked::Swollen));
        assert!(unpack.bytes().len() <= 3 << 20, "{}", unpack.bytes().len());
    }

    #[test]
    fn what_is_no_gzip_or_ends_early_is_damaged() {
        assert_eq!(unpacked(b"IR,1,13,1,1234567", 1 << 20, 200), Err(NotUnpacked::Damaged));
        let small = packed(b"IR,1,13,1,1234567");
        assert_eq!(unpacked(&small[..small.len() - 4], 1 << 20, 200), Err(NotUnpacked::Damaged));
        assert_eq!(unpacked(b"", 1 << 20, 200), Err(NotUnpacked::Damaged));
        let mut wrong = small;
        let at = wrong.len() - 6;
        wrong[at] ^= 1;
        assert_eq!(unpacked(&wrong, 1 << 20, 200), Err(NotUnpacked::Damaged), "the checksum");
    }

    #[test]
    fn the_first_line_is_there_when_it_came() {
        let text: Vec<u8> = b"IR,1,13,1,1234567\r\n".repeat(50_000);
        let packed = packed(&text);
        let mut unpack = Unpack::new(64 << 20, 10_000);
        unpack.take(&packed[..packed.len() / 2]).unwrap();
        assert!(unpack.bytes().starts_with(b"IR,1,13"));
    }
}
