use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::trust_failure;
use warifu_channels::{Channel, Recording, bundle, carry, fetch, fetch_fallback, open};
use warifu_trust::{ChannelPath, OpenedRelease, ReleaseRef, TrustedState};
use warifu_values::digest::Digest;
use warifu_values::say;

use super::{address, now};
use crate::cli::Context;

/// The newest release of a channel, verified, and every file by which the next reader verifies it.
pub(super) struct Carried {
    opened: OpenedRelease,
    files: BTreeMap<ChannelPath, Vec<u8>>,
}

impl Carried {
    /// Reads `channel` whole, the release to fall back to too; `open` opens it.
    pub(super) fn verified(
        channel: &dyn Channel,
        open: impl FnOnce(&dyn Channel) -> Result<OpenedRelease, Failure>,
    ) -> Result<Self, Failure> {
        let recording = Recording::of(channel);
        let opened = open(&recording)?;
        fetch(&recording, &opened).map_err(|error| trust_failure(&error))?;
        fetch_fallback(&recording, &opened).map_err(|error| trust_failure(&error))?;
        let files = recording.finish().map_err(|error| trust_failure(&error))?;
        Ok(Carried { opened, files })
    }

    /// Which release it is.
    pub(super) fn release(&self) -> ReleaseRef {
        self.opened.release()
    }

    /// Writes it into the one file `output`.
    pub(super) fn bundle(&self, context: &Context, output: &Path) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        bundle(&self.files, &mut bytes).map_err(|error| {
            Failure::system(
                format_args!("cannot make the bundle"),
                format_args!("バンドルを作成できません"),
                &error,
            )
        })?;
        files::write(output, &bytes)?;
        let release = self.opened.release().release;
        let (sha256, expires) = (Digest::of(&bytes), self.opened.expires());
        if context.json {
            context.print_json(&json!({
                "release": release, "file": output, "sha256": sha256, "bytes": bytes.len(),
                "expires": expires,
            }))?;
            return Ok(Exit::Done);
        }
        let file = output.display();
        if !output.to_string_lossy().ends_with(".tar.zst") {
            context.tell(&say!(
                context.lang,
                "its name does not end in .tar.zst: read it as bundle:{file}\n",
                "名前が .tar.zst で終わらないため、読むときは bundle:{file} と指定してください\n"
            ));
        }
        context.print(&say!(
            context.lang,
            "{sha256}  {file}\nrelease {release}; it can be taken from the file until {expires}\n",
            "{sha256}  {file}\nリリース {release}。このファイルからは {expires} まで取り込めます\n"
        ))?;
        Ok(Exit::Done)
    }

    /// Copies it to the channel `to`; `state` is what is trusted of where it comes from, this release too.
    pub(super) fn copy(
        &self,
        context: &Context,
        to: &OsStr,
        mut state: TrustedState,
    ) -> Result<Exit, Failure> {
        let place = address(to)?;
        // Only what is there and newer speaks against it; what is older, or not there, is what this is for.
        if let Ok(there) = open(place.channel().as_ref(), &mut state, now())
            && there.versions() > self.opened.versions()
        {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "the channel to copy to is ahead of this one; nothing was copied",
                "コピー先の方が新しいため、コピーしませんでした",
            ));
        }
        carry(&self.files, &place).map_err(|error| trust_failure(&error))?;
        let (release, files) = (self.opened.release().release, self.files.len());
        let to = to.to_string_lossy();
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
