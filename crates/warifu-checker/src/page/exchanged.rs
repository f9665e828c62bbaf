//! What the page and its script say to each other.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::page::acts::Act;

/// What a command takes of whoever has a command.
pub(super) const COMMAND_BYTES: usize = 16 << 10;

/// What of the page is renewed by itself.
#[derive(Serialize, JsonSchema)]
pub(super) struct Renewed {
    /// When this was said, for people.
    pub(super) at: String,
    /// The title of the page.
    pub(super) title: String,
    /// The markup of each part, by its place in the page.
    pub(super) parts: BTreeMap<&'static str, String>,
}

/// A command as the page sends it.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Command {
    /// Which one.
    pub(super) act: Act,
    /// Of which release, where it is about one.
    pub(super) release: Option<u64>,
    /// What was seen when it was given.
    pub(super) stands_on: String,
    /// Why, where the command needs a reason.
    pub(super) reason: Option<String>,
}

/// What came of a command, in words.
#[derive(Serialize, JsonSchema)]
pub(super) struct Came {
    /// Whether it is done.
    pub(super) done: bool,
    /// What came of it, in the language of the page.
    pub(super) said: String,
}
