use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Begun, Whole};
use warifu::place::Place;
use warifu::release::trust_failure;
use warifu_channels::{
    Channel, ReadError, Recording, bundle, carry, fetch, fetch_fallback, open, patches, read_to_carry,
};
use warifu_trust::{
    ChannelPath, Made, OpenError, OpenedRelease, Refusal, ReleaseRef, TrustedState, UnixSeconds,
};
use warifu_values::digest::Digest;
use warifu_values::lang::Speak as _;
use warifu_values::say;

use super::{address, no_channel, now};
use crate::cli::Context;
use crate::cli::settings::NamedBy;

/// Whether patches are carried along, for readers who have the release before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patches {
    Along,
    Not,
}

/// The newest release of a channel, verified, and every file by which the next reader verifies it.
pub(super) struct Carried {
    release: ReleaseRef,
    versions: [u64; 4],
    /// Until when it can be taken; never, when a revocation broke it.
    expires: Option<UnixSeconds>,
    /// Who took it away: they hear of it wherever it is carried to.
    withdrawn: Option<Made>,
    files: BTreeMap<ChannelPath, Vec<u8>>,
}

impl Carried {
    /// Reads `channel` whole, the release to fall back to too; `open` opens it.
    pub(super) fn verified(
        channel: &dyn Channel,
        with: Patches,
        open: impl FnOnce(&dyn Channel) -> Result<OpenedRelease, Failure>,
    ) -> Result<Self, Failure> {
        let recording = Recording::of(channel);
        let opened = open(&recording)?;
        fetch(&recording, &opened).map_err(|error| trust_failure(&error))?;
        fetch_fallback(&recording, &opened).map_err(|error| trust_failure(&error))?;
        let mut files = recording.finish().map_err(|error| trust_failure(&error))?;
        if with == Patches::Along {
            files.extend(patches(channel, &opened));
        }
        let (release, versions) = (opened.release(), opened.versions());
        let (expires, withdrawn) = (Some(opened.expires()), opened.withdrawn().cloned());
        Ok(Carried { release, versions, expires, withdrawn, files })
    }

    /// Reads `channel` whole although its newest release is not to be used, since keys of its signers were
    /// revoked: who receives it must hear the statement, and judges for itself. `None` when nothing there
    /// says that they were. What has expired, or lies behind what `state` remembers, is refused as ever.
    pub(super) fn broken(channel: &dyn Channel, state: &TrustedState) -> Result<Option<Self>, Failure> {
        let recording = Recording::of(channel);
        let carried = read_to_carry(&recording, state, now()).map_err(|error| trust_failure(&error))?;
        let Some(carried) = carried else { return Ok(None) };
        let files = recording.finish().map_err(|error| trust_failure(&error))?;
        let warifu_trust::Carried { release, versions } = carried;
        let withdrawn = state.statements().withdrawal(release).cloned();
        Ok(Some(Carried { release, versions, expires: None, withdrawn, files }))
    }

    /// Which release it is.
    pub(super) fn release(&self) -> ReleaseRef {
        self.release
    }

    /// Writes it into the one file `output`.
    pub(super) fn bundle(&self, context: &Context, output: &Place) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        let mut files = self.files.clone();
        files.retain(|path, _| !path.is_targets_step());
        bundle(&files, &mut bytes).map_err(|error| {
            Failure::system(
                format_args!("cannot make the bundle"),
                format_args!("バンドルを作成できません"),
                &error,
            )
        })?;
        output.write(&bytes)?;
        let output = output.path();
        self.tell_unusable(context);
        let (release, sha256, expires) = (self.release.release, Digest::of(&bytes), self.expires);
        if context.json {
            context.print_json(&json!({
                "release": release, "file": output, "sha256": sha256, "bytes": bytes.len(),
                "expires": expires,
            }))?;
            return Ok(Exit::Done);
        }
        let file = output.display();
        context.print(&match expires.map(|expires| expires.said(context.lang)) {
            Some(expires) => say!(
                context.lang,
                "{sha256}  {file}\nrelease {release}; it can be taken from the file until {expires}\n",
                "{sha256}  {file}\nリリース {release}。このファイルからは {expires} まで取り込めます\n"
            ),
            None => format!("{sha256}  {file}\n"),
        })?;
        Ok(Exit::Done)
    }

    /// Says that nobody who hears what is carried along will take the release, or use it.
    fn tell_unusable(&self, context: &Context) {
        if let Some(made) = &self.withdrawn {
            let (release, made) = (self.release.release, made.say(context.lang));
            context.tell(&say!(
                context.lang,
                "WARNING: release {release}, which is carried, was withdrawn: {made}. Who reads it there \
                 hears that too and does not use it\n",
                "警告: コピーしたリリース {release} は取り下げられています: {made}。コピー先の利用側も取り下げを受け取り、\
                 使用しません\n"
            ));
        }
        if self.expires.is_none() {
            let release = self.release.release;
            context.tell(&say!(
                context.lang,
                "WARNING: release {release} is carried with the statement that revoked keys of its signers: \
                 who reads it there hears of that and does not take it\n",
                "警告: リリース {release} は署名者の鍵が失効したものです。失効の声明と共にコピーしました。コピー先の\
                 利用側は声明を受け取り、このリリースを受け入れません\n"
            ));
        }
    }

    /// Copies it to the channel `to`; `state` is what is trusted of where it comes from, this release too.
    pub(super) fn copy(
        &self,
        context: &Context,
        to: &OsStr,
        mut state: TrustedState,
    ) -> Result<Exit, Failure> {
        no_channel::refuse_to_write(Path::new(to))?;
        let place = address(to, &NamedBy::Line)?;
        // Only what is there and newer, or of another root, speaks against it; what is older, or not there,
        // is what this is for.
        match open(place.channel().as_ref(), &mut state, now()) {
            Ok(there) if there.versions() > self.versions => {
                return Err(Failure::new(
                    Exit::CouldNotRun,
                    "the channel to copy to is ahead of this one; nothing was copied",
                    "コピー先の方が新しいため、コピーしませんでした",
                ));
            }
            Err(other @ ReadError::Verdict(OpenError::Refused(Refusal::OtherRoot { .. }))) => {
                return Err(trust_failure(&other));
            }
            _ => {}
        }
        let to = to.to_string_lossy();
        let begun = Begun::of(say!(
            context.lang,
            "{to} (readers there see what they saw before; the same command completes it)",
            "{to}（読み手には以前の内容のままです。同じコマンドで続けられます）"
        ));
        carry(&self.files, &place).map_err(|error| trust_failure(&error))?;
        let whole = Whole::begin();
        drop(begun);
        interrupt::wrote(&to);
        drop(whole);
        let (release, files) = (self.release.release, self.files.len());
        self.tell_unusable(context);
        if context.json {
            context.print_json(&json!({ "release": release, "to": to, "files": files }))?;
        } else {
            context.print(&say!(
                context.lang,
                "release {release} is at {to}: {files} files, verified before they were copied\n",
                "リリース {release} を {to} にコピーしました（検証済み {files} ファイル）\n"
            ))?;
        }
        Ok(Exit::Done)
    }
}
