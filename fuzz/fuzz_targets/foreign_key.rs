//! Keys and signatures of every scheme, as the plain TUF client on our core takes them.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use sigstore_tuf::trusted::TrustedMetadataSet;

#[path = "../../crates/warifu-trust/examples/tuf_client/crypto.rs"]
#[allow(dead_code)]
mod crypto;

static INSTALLED: Once = Once::new();

/// The id under which every key is listed here.
const ID: &str = "4b1f9e0a4b1f9e0a4b1f9e0a4b1f9e0a4b1f9e0a4b1f9e0a4b1f9e0a4b1f9e0a";

// A key's JSON, a zero byte, a signature in hexadecimal; or a whole root.
fuzz_target!(|bytes: &[u8]| {
    INSTALLED.call_once(crypto::install);
    let Some(end) = bytes.iter().position(|byte| *byte == 0) else {
        if let Ok(set) = TrustedMetadataSet::from_root(bytes) {
            let again = TrustedMetadataSet::from_root(bytes).map(|again| again.root().version);
            assert_eq!(again.ok(), Some(set.root().version), "the same bytes, the same verdict");
        }
        return;
    };
    let (Ok(key), Ok(signature)) =
        (serde_json::from_slice::<Value>(&bytes[..end]), std::str::from_utf8(&bytes[end + 1..]))
    else {
        return;
    };
    let role = json!({"keyids": [ID], "threshold": 1});
    let root = json!({
        "signatures": [{"keyid": ID, "sig": signature}],
        "signed": {
            "_type": "root", "spec_version": "1.0.31", "version": 1, "expires": "2099-01-01T00:00:00Z",
            "consistent_snapshot": true, "keys": {ID: key},
            "roles": {"root": role, "targets": role, "snapshot": role, "timestamp": role},
        },
    });
    if TrustedMetadataSet::from_root(root.to_string().as_bytes()).is_ok() {
        // Whoever's signature that is made it over these bytes; a threshold of two it never meets alone.
        let mut two = root.clone();
        for name in ["root", "targets", "snapshot", "timestamp"] {
            two["signed"]["roles"][name]["threshold"] = 2.into();
        }
        assert!(TrustedMetadataSet::from_root(two.to_string().as_bytes()).is_err());
    }
});
