//! SHA-256 digests, the only names that content has here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A SHA-256 digest; shown and stored as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(sha2::Sha256::digest(bytes).into())
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 hexadecimal digits, for people.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

/// So much SHA-256 takes in at a step.
const BLOCK_BYTES: usize = 64;

/// Computes a [`Digest`] of bytes that come in pieces.
#[derive(Clone, Default)]
pub struct Hasher {
    state: sha2::Sha256,
    bytes: u64,
}

impl Hasher {
    /// Takes in the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.state.update(bytes);
    }

    /// Takes in the next piece of each of two contents, a block of one and a block of the other by turns: a
    /// digest waits for itself from step to step, and meanwhile the processor takes steps of the other. That
    /// is a quarter less time than one after the other.
    pub fn update_both(one: (&mut Hasher, &[u8]), other: (&mut Hasher, &[u8])) {
        let ((one, bytes), (other, other_bytes)) = (one, other);
        let (bytes, other_bytes) = (one.up_to_a_block(bytes), other.up_to_a_block(other_bytes));
        let alike = bytes.len().min(other_bytes.len());
        let (bytes, rest) = bytes.split_at(alike);
        let (other_bytes, other_rest) = other_bytes.split_at(alike);
        for (block, other_block) in bytes.chunks(BLOCK_BYTES).zip(other_bytes.chunks(BLOCK_BYTES)) {
            one.update(block);
            other.update(other_block);
        }
        one.update(rest);
        other.update(other_rest);
    }

    /// Takes in what is missing of a block; what comes after it.
    fn up_to_a_block<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let missing = self.bytes.next_multiple_of(BLOCK_BYTES as u64) - self.bytes;
        let (missing, rest) = bytes.split_at((missing as usize).min(bytes.len()));
        self.update(missing);
        rest
    }

    /// How many bytes came in so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The digest of everything that came in.
    pub fn finish(self) -> Digest {
        Digest(self.state.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{self}")
    }
}

/// The text was not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest (64 lower-case hexadecimal digits): {0:?}")]
pub struct NotADigest(String);

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let hex = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let bytes = text.as_bytes();
        let mut digest = [0u8; 32];
        if bytes.len() != 64 {
            return Err(NotADigest(text.into()));
        }
        for (out, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
            match (hex(pair[0]), hex(pair[1])) {
                (Some(high), Some(low)) => *out = high << 4 | low,
                _ => return Err(NotADigest(text.into())),
            }
        }
        Ok(Digest(digest))
    }
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "A SHA-256 digest.",
        })
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_what_it_shows() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn two_digests_at_once_are_those_of_one_at_a_time() {
        let bytes: Vec<u8> = (0..1000u32).map(|at| (at * 7 + at / 13) as u8).collect();
        for (cut, end, other_end) in [(0, 64, 64), (1, 1000, 3), (65, 200, 999), (64, 500, 500), (3, 3, 777)]
        {
            let (mut one, mut other) = (Hasher::default(), Hasher::default());
            Hasher::update_both((&mut one, &bytes[..cut]), (&mut other, &bytes[..cut / 2]));
            Hasher::update_both((&mut one, &bytes[cut..end]), (&mut other, &bytes[cut / 2..other_end]));
            assert_eq!((one.bytes(), other.bytes()), (end as u64, other_end as u64));
            let expected = (Digest::of(&bytes[..end]), Digest::of(&bytes[..other_end]));
            assert_eq!((one.finish(), other.finish()), expected, "{cut} {end} {other_end}");
        }
    }

    #[test]
    fn other_texts_are_no_digests() {
        assert!("".parse::<Digest>().is_err());
        assert!(
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD".parse::<Digest>().is_err()
        );
    }
}
