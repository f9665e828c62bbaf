//! A [`TrustedState`] as bytes, and back: verified anew from the pinned root on.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::canonical;
use crate::limits;
use crate::read::back::look_back;
use crate::read::open_error::OpenError;
use crate::read::state::{Recorded, TrustedState};
use crate::read::state_fault::StateFault;
use crate::read::verified_chain::MetadataFiles;
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::time::UnixSeconds;

/// The form that is written; a newer one is not guessed at.
const SCHEMA: u32 = 1;

/// The file: metadata as the texts they are, so their very bytes come back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    schema: u32,
    known_time: UnixSeconds,
    roots: Vec<String>,
    recorded: Option<RecordedFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedFile {
    timestamp: String,
    snapshot: String,
    targets: String,
}

impl TrustedState {
    /// The state as it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Metadata was read as JSON, and so is UTF-8.
        let text = |bytes: &[u8]| Value::from(String::from_utf8_lossy(bytes).into_owned());
        let roots: Vec<Value> = self.roots.iter().map(|root| text(root.bytes())).collect();
        let recorded = self.recorded.as_ref().map(|Recorded { files, .. }| {
            json!({
                "timestamp": text(&files.timestamp),
                "snapshot": text(&files.snapshot),
                "targets": text(&files.targets),
            })
        });
        let known_time = self.known_time.to_string();
        json!({ "schema": SCHEMA, "known_time": known_time, "roots": roots, "recorded": recorded })
            .to_string()
            .into_bytes()
    }

    /// The state that was kept as `bytes`, verified anew from the root `pinned` on. At most
    /// [`limits::STATE_BYTES`].
    ///
    /// # Errors
    ///
    /// [`StateFault`]: it does not have its form, does not verify, or belongs to another root.
    pub fn from_bytes(bytes: &[u8], pinned: &[u8], policy: Policy) -> Result<Self, StateFault> {
        let mut state = TrustedState::pin(pinned, policy)?;
        if bytes.len() as u64 > limits::STATE_BYTES {
            return Err(StateFault::Damaged { what: "longer than it can be" });
        }
        let file: StateFile = canonical::from_slice(bytes)
            .map_err(|_| StateFault::Damaged { what: "not the JSON it must be" })?;
        if file.schema != SCHEMA {
            return Err(StateFault::Damaged { what: "written by a newer version" });
        }
        let pinned = state.root().clone();
        for text in &file.roots {
            let bytes = text.as_bytes();
            let kept = SignedRoot::pinned(bytes)?;
            let version = kept.version();
            // The operator may have pinned a newer root than the one this state began with.
            if version == pinned.version() && !pinned.same_content(&kept) {
                return Err(StateFault::OtherRoot);
            }
            if version > pinned.version() {
                let next = state.root().followed_by(bytes)?;
                state.roots.push(next);
            }
        }
        state.root().table().check_policy(&state.policy).map_err(Refusal::UnsoundRoot)?;
        state.known_time = file.known_time;
        if let Some(recorded) = file.recorded {
            let files = MetadataFiles {
                timestamp: recorded.timestamp.into_bytes(),
                snapshot: recorded.snapshot.into_bytes(),
                targets: recorded.targets.into_bytes(),
            };
            let current = match look_back(&state.roots, &files) {
                Ok(verified) => verified.listing.current,
                Err(OpenError::Refused(refusal)) => return Err(refusal.into()),
                Err(_) => return Err(StateFault::Damaged { what: "incomplete" }),
            };
            state.recorded = Some(Recorded { files, current });
        }
        Ok(state)
    }
}
