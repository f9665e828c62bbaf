//! Where releases lie, and what is trusted of it: the same options for all commands about releases.

use std::ffi::OsString;

use warifu::error::{Exit, Failure};
use warifu::release::{PublishedRelease, trust_failure};
use warifu_channels::{Address, fetch_published, read_tip};
use warifu_trust::Tip;

use super::{Trusted, address};
use crate::cli::Context;

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
}

impl At {
    pub(super) fn address(&self) -> Result<Address, Failure> {
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

    pub(super) fn tip(&self) -> Result<Tip, Failure> {
        let channel = self.address()?.channel();
        let tip = read_tip(channel.as_ref(), &self.trusted.load()?).map_err(|error| trust_failure(&error))?;
        Ok(if self.clock_is_right { tip.with_vouched_clock() } else { tip })
    }
}
