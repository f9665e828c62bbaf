//! The head of a member: the one `ustar` header that a name and a length have.

/// Blocks of a tar.
pub(super) const BLOCK: usize = 512;

/// A member's head: a regular file of nobody and no day, that all may read. `None` when the name has no room.
pub(super) fn header(name: &str, length: u64) -> Option<[u8; BLOCK]> {
    let (prefix, rest) = name.rsplit_once('/').unwrap_or(("", name));
    if prefix.len() > 155 || rest.is_empty() || rest.len() > 100 || length >= 1 << 33 {
        return None;
    }
    let mut block = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, rest.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// The name and length of a head, when it is, byte for byte, the one that [`header`] makes for them: no
/// other kind of member, owner, day or extension can be written down so.
pub(super) fn parsed(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let field = |at: usize, length: usize| {
        let bytes = &block[at..at + length];
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(length);
        std::str::from_utf8(&bytes[..end]).ok()
    };
    let (rest, prefix) = (field(0, 100)?, field(345, 155)?);
    let name = if prefix.is_empty() { rest.to_owned() } else { format!("{prefix}/{rest}") };
    let length = u64::from_str_radix(field(124, 12)?, 8).ok()?;
    (header(&name, length)? == *block).then_some((name, length))
}

/// The zero bytes after `length` bytes of content.
pub(super) fn padding(length: u64) -> usize {
    (BLOCK - (length % BLOCK as u64) as usize) % BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_its_name_and_length_and_no_other_byte_is_let_pass() {
        let block = header("targets/ab/r06.drug", 1234).unwrap();
        assert_eq!(parsed(&block).unwrap(), ("targets/ab/r06.drug".into(), 1234));
        for at in 0..BLOCK {
            for flip in [0x01, 0x20, 0x80] {
                let mut other = block;
                other[at] ^= flip;
                assert!(parsed(&other).is_none(), "byte {at}");
            }
        }
        assert!(header(&format!("targets/{}", "x".repeat(101)), 1).is_none());
        assert!(header("metadata/", 1).is_none());
    }
}
