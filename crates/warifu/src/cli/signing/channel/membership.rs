//! Whether a file is part of a signed release, for the commands about files.

use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::json;
use warifu::error::Failure;
use warifu::release::trust_failure;
use warifu_channels::{ReadError, fetch, fetch_fallback, open};
use warifu_trust::{Form, MasterEntry, OpenError, Place, VerifiedRelease, find_in_release};
use warifu_values::digest::Digest;
use warifu_values::lang::Speak;
use warifu_values::say;

use super::super::{Trusted, address, now};
use crate::cli::Context;

/// Whether a file is part of a signed release, for `warifu inspect` and `validate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Membership {
    /// Look for the files in this channel's signed releases.
    #[arg(long, value_name = "CHANNEL", requires = "root", env = "WARIFU_CHANNEL")]
    channel: Option<OsString>,
    /// The root that this side trusts.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: Option<PathBuf>,
    /// The folder that remembers what was accepted of the channel; otherwise one for each root below
    /// ~/.local/state/warifu.
    #[arg(long, value_name = "DIR", env = "WARIFU_STATE")]
    trusted_state: Option<PathBuf>,
    /// What this side demands whatever the root says.
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    policy: Option<PathBuf>,
}

impl Membership {
    /// The signed releases to look in; none when no channel was named.
    pub(crate) fn releases(self, context: &Context) -> Result<Option<Vec<VerifiedRelease>>, Failure> {
        let (Some(channel), Some(root)) = (self.channel, self.root) else { return Ok(None) };
        let at = address(&channel)?.channel();
        let at = at.as_ref();
        let (mut state, memory) = Trusted { root, state: self.trusted_state, policy: self.policy }.load()?;
        let opened = open(at, &mut state, now());
        memory.save(&state)?;
        let opened = match opened {
            Ok(opened) => opened,
            // Nothing is signed yet, and that is what can be said of every file.
            Err(ReadError::Verdict(OpenError::NothingPublished)) => return Ok(Some(Vec::new())),
            Err(error) => return Err(trust_failure(&error)),
        };
        if let Some(made) = opened.withdrawn() {
            let (number, made) = (opened.release().release, made.say(context.lang));
            context.tell(&say!(
                context.lang,
                "WARNING: release {number} is withdrawn, do not use what is in it. {made}\n",
                "警告: リリース {number} は取り下げられています。内容を使用しないでください。{made}\n"
            ));
        }
        let current = fetch(at, &opened).map_err(|error| trust_failure(&error))?;
        let fallback = fetch_fallback(at, &opened).map_err(|error| trust_failure(&error))?;
        Ok(Some([current].into_iter().chain(fallback).collect()))
    }
}

/// Where the bytes with this digest stand in `releases`, in words and as JSON.
pub(crate) fn membership(
    context: &Context,
    releases: &[VerifiedRelease],
    sha256: Digest,
) -> (String, serde_json::Value) {
    let lang = context.lang;
    match releases.iter().find_map(|release| find_in_release(release, sha256)) {
        Some(found) => {
            let release = found.release;
            let name = |entry: &MasterEntry| format!("{}/{}", entry.series, entry.kind);
            let (words, master, form) = match found.place {
                Place::Master { entry, form } => {
                    let form = match form {
                        Form::Canonical => "canonical",
                        Form::Format { name, .. } => name,
                    };
                    let words = say!(
                        lang,
                        "signed by both: release {release}, {} as {form}",
                        "両者の署名あり: リリース {release}、{}（{form}）",
                        name(entry)
                    );
                    (words, Some(name(entry)), form)
                }
                Place::Timelines(entry) => {
                    let words = say!(
                        lang,
                        "signed by both: release {release}, the timelines of {}",
                        "両者の署名あり: リリース {release}、{} の履歴",
                        name(entry)
                    );
                    (words, Some(name(entry)), "timelines")
                }
                Place::Changes { of } => {
                    let words = say!(
                        lang,
                        "signed by both: release {release}, what release {of} changes",
                        "両者の署名あり: リリース {release}、リリース {of} の変更の一覧"
                    );
                    (words, None, "changes")
                }
            };
            (words, json!({ "release": release, "master": master, "form": form }))
        }
        None => {
            let words = say!(
                lang,
                "IN NO SIGNED RELEASE of this channel: do not install it",
                "署名済みリリースに含まれません。導入しないでください"
            );
            (words, serde_json::Value::Null)
        }
    }
}
