//! Which institution a claim file is of.

use super::record::record_id;

/// Which institution a claim file is of: prefecture, point table and institution code of its IR (fields 3 to
/// 5) as they stand, `12,1,0000000`; `None` when the file does not begin with an IR that has them.
pub fn institution(bytes: &[u8]) -> Option<&[u8]> {
    let line = &bytes[..memchr::memchr(b'\n', &bytes[..bytes.len().min(1024)])?];
    let mut commas = memchr::memchr_iter(b',', line);
    if record_id(line) != Some(*b"IR") {
        return None;
    }
    let from = commas.nth(1)? + 1;
    let to = commas.nth(2)?;
    let key = &line[from..to];
    let plain = key.iter().all(|byte| byte.is_ascii_digit() || *byte == b',');
    (plain && key.len() <= 32).then_some(key)
}
