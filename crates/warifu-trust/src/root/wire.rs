//! `root.json`'s `signed` part, field by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::organisation::Organisation;
use crate::time::UnixSeconds;

/// `root.json`'s `signed`, exactly. Fields that are not known are refused: a rule that this reader cannot see
/// must not be part of what it trusts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    #[serde(rename = "_type")]
    pub(super) type_: String,
    pub(super) spec_version: String,
    pub(super) version: u64,
    pub(super) expires: UnixSeconds,
    pub(super) consistent_snapshot: bool,
    pub(super) keys: BTreeMap<String, WireKey>,
    pub(super) roles: WireRoles,
    #[serde(rename = "x-warifu-holders")]
    pub(super) holders: BTreeMap<String, WireHolder>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireKey {
    pub(super) keytype: String,
    pub(super) scheme: String,
    pub(super) keyval: WireKeyValue,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireKeyValue {
    pub(super) public: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRoles {
    pub(super) root: WireRole,
    pub(super) targets: WireRole,
    pub(super) snapshot: WireRole,
    pub(super) timestamp: WireRole,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireRole {
    pub(super) keyids: Vec<String>,
    pub(super) threshold: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireHolder {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) organisation: Option<Organisation>,
}
