//! Whether a file is part of a signed release, for the commands about files.

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::PathBuf;

use serde_json::json;
use warifu::error::Failure;
use warifu::release::trust_failure;
use warifu_channels::{Channel, ReadError, fetch, fetch_fallback, open};
use warifu_trust::{
    Form, Found, Manifest, MasterEntry, OpenError, Place, ReleaseRef, VerifiedRelease, find_in_manifest,
    find_in_release,
};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::super::{Trusted, address, now};
use super::before::Before;
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
        Ok(self.signed(context)?.map(|signed| signed.releases))
    }

    /// The same with those before them.
    pub(crate) fn signed(self, context: &Context) -> Result<Option<Signed>, Failure> {
        let (Some(channel), Some(root)) = (self.channel, self.root) else { return Ok(None) };
        let channel = address(&channel, &context.channel_by())?.channel();
        let at = channel.as_ref();
        let (mut state, memory) = Trusted { root, state: self.trusted_state, policy: self.policy }.load()?;
        let opened = open(at, &mut state, now());
        memory.save(&state)?;
        let opened = match opened {
            Ok(opened) => opened,
            // Nothing is signed yet, and that is what can be said of every file.
            Err(ReadError::Verdict(OpenError::NothingPublished)) => {
                return Ok(Some(Signed { channel, releases: Vec::new(), before: OnceCell::new() }));
            }
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
        let releases = [current].into_iter().chain(fallback).collect();
        Ok(Some(Signed { channel, releases, before: OnceCell::new() }))
    }
}

/// What both organisations signed, as a channel shows it.
pub(crate) struct Signed {
    channel: Box<dyn Channel + Send + Sync>,
    /// The newest, and the one to fall back to.
    releases: Vec<VerifiedRelease>,
    /// Those before, once a file was in none of the others.
    before: OnceCell<Superseded>,
}

/// The releases before those that may be used.
struct Superseded {
    /// The newest first.
    manifests: Vec<Manifest>,
    /// The newest that this channel does not show.
    unseen: Option<ReleaseRef>,
}

/// Where a file stands.
pub(crate) struct Standing {
    /// In words.
    pub(crate) words: String,
    /// In a release that may be used; null in none.
    pub(crate) signed: serde_json::Value,
    /// In one that a newer one superseded.
    pub(crate) superseded: Option<serde_json::Value>,
}

impl Signed {
    /// Where the bytes with this digest stand.
    ///
    /// # Errors
    /// When the releases before cannot be looked at.
    pub(crate) fn standing(&self, sha256: Digest, lang: Lang) -> Result<Standing, Failure> {
        if let Some(found) = self.releases.iter().find_map(|release| find_in_release(release, sha256)) {
            let (what, document) = told(&found, lang);
            let release = found.release;
            let words = say!(
                lang,
                "signed by both: release {release}, {what}",
                "両者の署名あり: リリース {release}、{what}"
            );
            return Ok(Standing { words, signed: document, superseded: None });
        }
        let signed = serde_json::Value::Null;
        let before = self.before()?;
        let found = before.manifests.iter().find_map(|manifest| find_in_manifest(manifest, sha256));
        if let (Some(found), Some(newest)) = (found, self.releases.first()) {
            let (what, mut document) = told(&found, lang);
            let (release, newest) = (found.release, newest.release().release);
            document["by"] = newest.into();
            let words = say!(
                lang,
                "SUPERSEDED: it was in release {release}, {what}; release {newest} is newer: do not \
                 install it",
                "旧版: リリース {release} に含まれていました（{what}）。新しいリリース {newest} があります。導入しないでください"
            );
            return Ok(Standing { words, signed, superseded: Some(document) });
        }
        let words = match before.unseen {
            None => say!(
                lang,
                "IN NO SIGNED RELEASE of this channel: do not install it",
                "署名済みリリースに含まれません。導入しないでください"
            ),
            Some(ReleaseRef { release, .. }) => say!(
                lang,
                "IN NO SIGNED RELEASE that this channel shows (release {release} and those before it are not \
                 there): do not install it",
                "この配信元にある署名済みリリースに含まれません（リリース {release} 以前は確認できません）。\
                 導入しないでください"
            ),
        };
        Ok(Standing { words, signed, superseded: None })
    }

    fn before(&self) -> Result<&Superseded, Failure> {
        if let Some(before) = self.before.get() {
            return Ok(before);
        }
        let (mut manifests, mut unseen) = (Vec::new(), None);
        if let Some(oldest) = self.releases.last() {
            let mut before = Before::of(self.channel.as_ref(), oldest.manifest());
            for manifest in before.by_ref() {
                manifests.push(manifest?);
            }
            unseen = before.left();
        }
        Ok(self.before.get_or_init(|| Superseded { manifests, unseen }))
    }
}

/// What a file is in its release, in words and as JSON.
fn told(found: &Found<'_>, lang: Lang) -> (String, serde_json::Value) {
    let name = MasterEntry::name;
    let (words, master, form) = match found.place {
        Place::Master { entry, form } => {
            let (form, shown) = match form {
                Form::Canonical => ("canonical", say!(lang, "canonical", "正準形")),
                Form::Format { name, .. } => (name, name.to_owned()),
            };
            let name = name(entry);
            (say!(lang, "{name} as {shown}", "{name}（{shown}）"), Some(name), form)
        }
        Place::Timelines(entry) => {
            let words = say!(lang, "the timelines of {}", "{} の履歴", name(entry));
            (words, Some(name(entry)), "timelines")
        }
        Place::Changes { of } => {
            (say!(lang, "what release {of} changes", "リリース {of} の変更の一覧"), None, "changes")
        }
    };
    (words, json!({ "release": found.release, "master": master, "form": form }))
}

#[cfg(test)]
mod tests {
    use warifu_channels::testing::{MemoryChannel, Publishing as _};
    use warifu_trust::testing::{World, now};

    use super::*;

    #[test]
    fn a_file_of_a_release_that_was_superseded_is_told_with_that_release() {
        let (world, channel) = (World::new(), MemoryChannel::default());
        for _ in 0..4 {
            world.publish_next(&channel);
        }
        let look = |channel: &MemoryChannel| {
            let opened = open(channel, &mut world.reader(), now()).unwrap();
            let releases =
                vec![fetch(channel, &opened).unwrap(), fetch_fallback(channel, &opened).unwrap().unwrap()];
            Signed { channel: Box::new(channel.clone()), releases, before: OnceCell::new() }
        };
        let signed = look(&channel);
        let before = signed.before().unwrap();
        assert_eq!(before.manifests.iter().map(|it| it.release).collect::<Vec<_>>(), [2, 1]);
        let of = |manifest: &Manifest| manifest.masters[0].formats["kikin"].sha256;
        let [current, oldest] = [signed.releases[0].manifest(), &before.manifests[1]].map(of);
        let told = signed.standing(current, Lang::En).unwrap();
        assert!(told.words.contains("signed by both: release 4") && told.superseded.is_none());
        let told = signed.standing(oldest, Lang::En).unwrap();
        assert!(told.words.contains("it was in release 1") && told.words.contains("release 4 is newer"));
        let superseded = told.superseded.unwrap();
        assert!(told.signed.is_null() && superseded["release"] == 1 && superseded["by"] == 4, "{superseded}");
        let japanese = signed.standing(oldest, Lang::Ja).unwrap().words;
        assert!(japanese.contains("リリース 1 に") && japanese.contains("新しいリリース 4"), "{japanese}");
        // Of a file that nobody signed, and where the channel does not show all of them.
        let other = Digest::of(b"other");
        let told = signed.standing(other, Lang::En).unwrap().words;
        assert!(told.starts_with("IN NO SIGNED RELEASE of this channel"), "{told}");
        let missing = |path: &String| path.ends_with(".release-2.json");
        channel.files().into_keys().filter(missing).for_each(|path| channel.remove(&path));
        let told = look(&channel).standing(other, Lang::En).unwrap().words;
        assert!(told.contains("that this channel shows (release 2 and those before it"), "{told}");
    }
}
