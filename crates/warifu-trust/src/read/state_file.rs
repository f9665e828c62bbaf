//! A [`TrustedState`] as bytes, and back: verified anew from the pinned root on.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::canonical;
use crate::limits;
use crate::metadata::{ReleaseRef, Speaker};
use crate::read::back::look_back;
use crate::read::open_error::OpenError;
use crate::read::state::{Recorded, TrustedState};
use crate::read::state_fault::{StateDamage, StateFault};
use crate::read::verified_chain::MetadataFiles;
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::statement::StatementFile;
use crate::time::UnixSeconds;

/// The newest form that is written; a newer one is not guessed at. 2 has what this side signed last, 3 what
/// the organisations said alone, 4 what their people said under their keys' own names, and only a state that
/// has it is written so: other readers' stay in the first form.
const SCHEMA: u32 = 4;

/// The form of a state in which nobody speaks under a key's own name.
const BY_ORGANISATION: u32 = 3;

/// The file: metadata as the texts they are, so their very bytes come back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateFile {
    schema: u32,
    known_time: UnixSeconds,
    roots: Vec<String>,
    recorded: Option<RecordedFile>,
    #[serde(default)]
    signed: Option<ReleaseRef>,
    #[serde(default)]
    statements: Vec<(String, u64, String)>,
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
        let known_time = self.known_time.rfc3339();
        let mut file = json!({ "schema": 1, "known_time": known_time, "roots": roots, "recorded": recorded });
        if let Some(signed) = &self.signed {
            file["schema"] = 2.into();
            file["signed"] = json!(signed);
        }
        let said: Vec<Value> = self
            .statements
            .numbered()
            .map(|(speaker, number, statement)| json!([speaker.to_string(), number, text(statement.bytes())]))
            .collect();
        if !said.is_empty() {
            let of_keys = self.statements.numbered().any(|(speaker, ..)| matches!(speaker, Speaker::Key(_)));
            file["schema"] = if of_keys { SCHEMA } else { BY_ORGANISATION }.into();
            file["statements"] = said.into();
        }
        file.to_string().into_bytes()
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
            return Err(StateFault::Damaged { what: StateDamage::TooLong });
        }
        let file: StateFile =
            canonical::from_slice(bytes).map_err(|_| StateFault::Damaged { what: StateDamage::NoJson })?;
        if !(1..=SCHEMA).contains(&file.schema) {
            return Err(StateFault::Damaged { what: StateDamage::Newer });
        }
        let pinned = state.root().clone();
        let mut older = Vec::new();
        for text in &file.roots {
            let bytes = text.as_bytes();
            let kept = SignedRoot::pinned(bytes)?;
            let version = kept.version();
            // The operator may have pinned a newer root than the one this state began with.
            if version == pinned.version() && !pinned.same_content(&kept) {
                return Err(StateFault::OtherRoot);
            }
            if version < pinned.version() {
                older.push(kept);
            } else if version > pinned.version() {
                let next = state.root().followed_by(bytes)?;
                state.roots.push(next);
            }
        }
        state.root().table().check_policy(&state.policy).map_err(Refusal::UnsoundRoot)?;
        state.known_time = file.known_time;
        state.signed = file.signed;
        // Under the root that was the newest when it was heard, whichever of the line that was. One that none
        // of them bears out is not remembered, and asked for again.
        let line: Vec<SignedRoot> =
            leading(&older, &state.roots[0]).iter().chain(&state.roots).cloned().collect();
        for (speaker, number, text) in file.statements {
            let speaker: Speaker =
                speaker.parse().map_err(|_| StateFault::Damaged { what: StateDamage::StatementOfNobody })?;
            let under = |root: &SignedRoot| StatementFile::verify(text.as_bytes(), speaker, root);
            if let Some(statement) = line.iter().rev().find_map(under) {
                state.statements.hear(speaker, number, statement);
            }
        }
        if let Some(recorded) = file.recorded {
            let files = MetadataFiles {
                timestamp: recorded.timestamp.into_bytes(),
                snapshot: recorded.snapshot.into_bytes(),
                targets: recorded.targets.into_bytes(),
            };
            let recorded = match look_back(&line, &files) {
                Ok(verified) => Recorded::of(&verified),
                Err(OpenError::Refused(refusal)) => return Err(refusal.into()),
                Err(_) => return Err(StateFault::Damaged { what: StateDamage::Incomplete }),
            };
            state.recorded = Some(recorded);
        }
        Ok(state)
    }

    /// Whether `bytes` are a state of the line of roots that `pinned` stands in: it holds that root, or one
    /// that `pinned` follows. So who pins a newer root finds the memory that began with an older one.
    pub fn is_of(bytes: &[u8], pinned: &[u8]) -> bool {
        let Ok(pinned_root) = SignedRoot::pinned(pinned) else { return false };
        let Ok(file) = canonical::from_slice::<StateFile>(bytes) else { return false };
        let roots: Vec<_> =
            file.roots.iter().filter_map(|text| SignedRoot::pinned(text.as_bytes()).ok()).collect();
        let follows = |last: &SignedRoot| last.followed_by(pinned).is_ok();
        roots.iter().any(|root| root.same_content(&pinned_root)) || roots.last().is_some_and(follows)
    }
}

/// The end of `older` that leads to `pinned`, each root followed by the next.
fn leading<'a>(older: &'a [SignedRoot], pinned: &SignedRoot) -> &'a [SignedRoot] {
    let mut from = older.len();
    let mut next = pinned;
    while from > 0 && older[from - 1].followed_by(next.bytes()).is_ok() {
        from -= 1;
        next = &older[from];
    }
    &older[from..]
}
