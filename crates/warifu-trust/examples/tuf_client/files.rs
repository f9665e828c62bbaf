//! Files over HTTP, each held to a length, and files written whole.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::Failure;

/// A folder on a web server.
pub(crate) struct Web {
    base: String,
    agent: ureq::Agent,
}

impl Web {
    pub(crate) fn at(url: &str) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build();
        Web { base: url.trim_end_matches('/').to_owned(), agent: agent.into() }
    }

    /// The file, none when the server has none. Nothing beyond `limit_bytes` is read.
    pub(crate) fn get(&self, path: &str, limit_bytes: u64) -> Result<Option<Vec<u8>>, Failure> {
        let url = format!("{}/{path}", self.base);
        let mut response = match self.agent.get(&url).call() {
            Err(ureq::Error::StatusCode(403 | 404)) => return Ok(None),
            answer => answer?,
        };
        let mut bytes = Vec::new();
        response.body_mut().as_reader().take(limit_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit_bytes {
            return Err(format!("{url}: more than {limit_bytes} bytes").into());
        }
        Ok(Some(bytes))
    }

    /// The same of a file that must be there.
    pub(crate) fn required(&self, path: &str, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
        self.get(path, limit_bytes)?.ok_or_else(|| format!("{}/{path}: not there", self.base).into())
    }
}

/// A role's or target's name as the name of one file: all but letters, digits and `_.-~` is percent-encoded.
pub(crate) fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => out.push(byte.into()),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Writes a file so that it is there whole or as it was before.
pub(crate) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(folder.join(name))?;
    Ok(())
}
