//! Where releases lie, and what is trusted of it: the same options for all commands about releases.

use std::ffi::OsString;
use std::path::Path;

use warifu::error::{Exit, Failure};
use warifu::release::{PublishedRelease, trust_failure};
use warifu_channels::{
    Address, Channel, ReadError, fetch_published, learn_roots, read_tip, read_tip_rebuilding,
};
use warifu_trust::{OpenError, ReleaseRef, Tip, TrustedState};
use warifu_values::digest::Digest;

use super::{Trusted, address, no_channel};
use crate::cli::Context;
use warifu_channels::Floor;

#[derive(Debug, clap::Args)]
pub(super) struct At {
    /// The channel: a folder, a bundle file, or a URL (https, s3, oci).
    #[arg(long, value_name = "CHANNEL", env = "WARIFU_CHANNEL")]
    channel: OsString,
    #[command(flatten)]
    trusted: Trusted,
    /// Sign or publish although the channel's last timestamp contradicts this machine's clock: you have
    /// looked at it, and it is right.
    #[arg(long)]
    clock_is_right: bool,
    /// The digest of the published release's manifest, where its signers were revoked since and this side has
    /// no memory of it: compared by voice with people who have.
    #[arg(long, value_name = "SHA256")]
    published_was: Option<Digest>,
}

impl At {
    /// What this side demands.
    pub(super) fn floor(&self) -> Result<Floor, Failure> {
        self.trusted.floor()
    }

    pub(super) fn address(&self) -> Result<Address, Failure> {
        no_channel::refuse_to_write(Path::new(&self.channel))?;
        address(&self.channel)
    }

    /// The release published at `tip`, to be compared with.
    pub(super) fn published(
        &self,
        context: &Context,
        tip: &Tip,
    ) -> Result<Option<PublishedRelease>, Failure> {
        let channel = self.address()?.channel();
        let published = fetch_published(channel.as_ref(), tip).map_err(|error| trust_failure(&error))?;
        published.map(|release| PublishedRelease::read(&context.library.schemas, release)).transpose()
    }

    /// The same, where without one there is nothing to say.
    pub(super) fn published_to_compare(
        &self,
        context: &Context,
        tip: &Tip,
    ) -> Result<PublishedRelease, Failure> {
        self.published(context, tip)?.ok_or_else(|| {
            Failure::new(
                Exit::CouldNotRun,
                "nothing is published yet: a first release changes nothing",
                "まだ何も公開されていません。最初のリリースには変更がありません",
            )
        })
    }

    /// Where the channel stands, and it is remembered: a revocation that is learnt on the way also when what
    /// follows is refused.
    pub(super) fn tip(&self) -> Result<Tip, Failure> {
        self.tip_by(read_tip)
    }

    /// The same where `timestamp.json` is lost or damaged.
    pub(super) fn tip_without_timestamp(&self) -> Result<Tip, Failure> {
        self.tip_by(read_tip_rebuilding)
    }

    fn tip_by(
        &self,
        read: fn(&dyn Channel, &TrustedState) -> Result<Tip, ReadError<OpenError>>,
    ) -> Result<Tip, Failure> {
        let channel = self.address()?.channel();
        let (mut state, memory) = self.trusted.load()?;
        let learnt = learn_roots(channel.as_ref(), &mut state);
        memory.save(&state)?;
        learnt.map_err(|error| trust_failure(&error))?;
        if let Some(manifest) = self.published_was {
            state = state.vouching(manifest);
        }
        let tip = read(channel.as_ref(), &state).map_err(|error| trust_failure(&error))?;
        tip.remember(&mut state);
        memory.save(&state)?;
        Ok(if self.clock_is_right { tip.with_vouched_clock() } else { tip })
    }

    /// What this side signed last, published or not.
    pub(super) fn signed(&self) -> Result<Option<ReleaseRef>, Failure> {
        Ok(self.trusted.load()?.0.signed())
    }

    /// Remembers that this side signed `release`.
    pub(super) fn remember_signed(&self, release: ReleaseRef) -> Result<(), Failure> {
        let (mut state, memory) = self.trusted.load()?;
        state.remember_signed(release);
        memory.save(&state)
    }
}
