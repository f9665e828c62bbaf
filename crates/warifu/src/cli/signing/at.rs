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

use super::{Trusted, address, broken_for_newcomers, no_channel};
use crate::cli::Context;
use crate::cli::context::shown;
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

    pub(super) fn address(&self, context: &Context) -> Result<Address, Failure> {
        no_channel::refuse_to_write(Path::new(&self.channel))?;
        address(&self.channel, &context.channel_by())
    }

    /// The channel, as people are told of it.
    pub(super) fn name(&self) -> String {
        shown(&self.channel)
    }

    /// The release published at `tip`, to be compared with.
    pub(super) fn published(
        &self,
        context: &Context,
        tip: &Tip,
    ) -> Result<Option<PublishedRelease>, Failure> {
        let channel = self.address(context)?.channel();
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
    pub(super) fn tip(&self, context: &Context) -> Result<Tip, Failure> {
        self.tip_by(context, read_tip)
    }

    /// The same where `timestamp.json` is lost or damaged.
    pub(super) fn tip_without_timestamp(&self, context: &Context) -> Result<Tip, Failure> {
        self.tip_by(context, read_tip_rebuilding)
    }

    fn tip_by(
        &self,
        context: &Context,
        read: fn(&dyn Channel, &TrustedState) -> Result<Tip, ReadError<OpenError>>,
    ) -> Result<Tip, Failure> {
        context.tell_channel(&self.channel);
        let channel = self.address(context)?.channel();
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

    /// Refuses a channel on which a reader who remembers nothing does not find what is published at `tip`: a
    /// newer timestamp would only make what is broken look fresh. Where the signers were revoked since,
    /// nobody new takes the release anyhow, until it is signed anew.
    pub(super) fn holds_for_newcomers(&self, context: &Context, tip: &Tip) -> Result<(), Failure> {
        if tip.predecessor().is_err() {
            return Ok(());
        }
        let channel = self.address(context)?.channel();
        let anew = read_tip(channel.as_ref(), &self.trusted.pinned()?);
        let anew = anew.map_err(|error| broken_for_newcomers(trust_failure(&error)))?;
        if anew.release() == tip.release() {
            return Ok(());
        }
        Err(broken_for_newcomers(Failure::new(
            Exit::Trust,
            "it shows another release",
            "別のリリースが示されています",
        )))
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
