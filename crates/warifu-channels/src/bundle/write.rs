//! Writing a bundle: the same files make the same bytes, whoever writes them.

use std::collections::BTreeMap;
use std::io::{self, Write};

use warifu_trust::ChannelPath;

use super::fault::BundleFault;
use super::header::{BLOCK, header, padding};
use super::member::member_of;

/// Blobs are compressed already; a higher level would buy nothing for them.
const LEVEL: i32 = 3;

/// Writes `files` as a bundle to `out`: members ascend by name, and none has an owner, a day or a link.
///
/// # Errors
///
/// `out`'s own; [`io::ErrorKind::InvalidInput`] with a [`BundleFault`] when a name is too long.
pub fn bundle(files: &BTreeMap<ChannelPath, Vec<u8>>, out: impl Write) -> io::Result<()> {
    let mut encoder = zstd::stream::write::Encoder::new(out, LEVEL)?;
    encoder.include_checksum(true)?;
    let members: BTreeMap<String, &Vec<u8>> = files.iter().map(|(path, it)| (member_of(path), it)).collect();
    for (name, bytes) in members {
        let length = bytes.len() as u64;
        let head = header(&name, length).ok_or_else(|| {
            let fault = BundleFault::Name { name: name.clone() };
            io::Error::new(
                io::ErrorKind::InvalidInput,
                warifu_values::lang::Speak::say(&fault, warifu_values::lang::Lang::En),
            )
        })?;
        encoder.write_all(&head)?;
        encoder.write_all(bytes)?;
        encoder.write_all(&[0; BLOCK][..padding(length)])?;
    }
    encoder.write_all(&[0; 2 * BLOCK])?;
    encoder.finish()?.flush()
}
