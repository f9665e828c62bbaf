//! One person's signature as a small file of its own: whoever signs edits nothing that is another's, and the
//! files are collected in any order and by any carrier.

use serde::Deserialize;
use serde_json::json;

use crate::flaw::Flaw;
use crate::keys::KeyId;
use crate::metadata::ReleaseRef;
use crate::organisation::Organisation;
use crate::refusal::Refusal;
use crate::time::UnixSeconds;
use crate::{canonical, limits};
use warifu_values::say;

/// The form that is written; another one is not guessed at.
const SCHEMA: u32 = 1;

/// One person's signature over one half of one draft. It proves nothing before it is collected, where it is
/// verified under the key that the newest root lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureFile {
    /// Which draft.
    pub release: ReleaseRef,
    pub(crate) over: Over,
    pub(crate) keyid: KeyId,
    pub(crate) hex: String,
}

/// Which half it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Over {
    /// Kikin's, as the draft has it.
    Targets,
    /// Kokuho's.
    Snapshot(Seal),
}

/// What Kokuho's half says beyond the draft: whose signatures of Kikin it seals, its version and expiry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    pub(crate) signers: Vec<KeyId>,
    pub(crate) version: u64,
    pub(crate) expires: UnixSeconds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    schema: u32,
    side: Organisation,
    release: ReleaseRef,
    keyid: KeyId,
    sig: String,
    #[serde(default)]
    seals: Option<Seal>,
}

impl SignatureFile {
    /// Reads one, of at most [`limits::KEY_FILE_BYTES`].
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`] when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let malformed = |what: Flaw| Refusal::Malformed { file: "a signature".into(), what };
        if bytes.len() as u64 > limits::KEY_FILE_BYTES {
            return Err(malformed(Flaw::said(|lang| {
                say!(lang, "longer than one ever is", "署名として長すぎます")
            })));
        }
        let Wire { schema, side, release, keyid, sig, seals } =
            canonical::from_slice(bytes).map_err(|error| malformed(Flaw::json(canonical::cause(&error))))?;
        let over = match (side, seals) {
            (Organisation::Kikin, None) => Over::Targets,
            (Organisation::Kokuho, Some(seal)) if seal.signers.is_sorted() => Over::Snapshot(seal),
            _ => {
                return Err(malformed(Flaw::said(|lang| {
                    say!(lang, "what it seals does not fit its side", "封じる内容が団体と合いません")
                })));
            }
        };
        let digits = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if schema != SCHEMA || sig.len() != 128 || !digits(&sig) {
            return Err(malformed(Flaw::said(|lang| say!(lang, "of another form", "書式が異なります"))));
        }
        Ok(SignatureFile { release, over, keyid, hex: sig })
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = json!({
            "schema": SCHEMA, "side": self.side(), "release": self.release, "keyid": self.keyid,
            "sig": self.hex,
        });
        if let Over::Snapshot(Seal { signers, version, expires }) = &self.over {
            file["seals"] = json!({ "signers": signers, "version": version, "expires": expires });
        }
        format!("{file:#}\n").into_bytes()
    }

    /// Whose half it is over.
    pub fn side(&self) -> Organisation {
        match self.over {
            Over::Targets => Organisation::Kikin,
            Over::Snapshot(_) => Organisation::Kokuho,
        }
    }

    /// What it is called in a draft: `kikin-0123456789ab.json`. Who signs again replaces only this.
    pub fn file_name(&self) -> String {
        format!("{}-{}.json", self.side().word(), self.keyid.short())
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;

    #[test]
    fn a_signature_reads_back_and_takes_nothing_more() {
        let release = ReleaseRef { release: 3, manifest: Digest::of(b"3") };
        let keyid = KeyId(Digest::of(b"key"));
        let seal = Seal { signers: vec![keyid], version: 7, expires: UnixSeconds::new(1_800_000_000) };
        for over in [Over::Targets, Over::Snapshot(seal)] {
            let one = SignatureFile { release, over, keyid, hex: "0f".repeat(64) };
            assert_eq!(SignatureFile::from_bytes(&one.to_bytes()).unwrap(), one);
            let text = String::from_utf8(one.to_bytes()).unwrap();
            for (from, to) in [
                ("\"schema\": 1", "\"schema\": 2"),
                ("\"schema\": 1", "\"schema\": 1, \"x\": 1"),
                ("0f0f", "0F0F"),
                ("kikin", "kokuho"),
                ("kokuho", "kikin"),
            ] {
                let changed = text.replace(from, to);
                if changed != text {
                    assert!(SignatureFile::from_bytes(changed.as_bytes()).is_err(), "{changed}");
                }
            }
        }
    }
}
