//! `warifu release renew`

use std::path::PathBuf;

use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::propose_again;

use super::draft::{begin, refuse_occupied};
use super::past::Telling;
use super::reviewing::{Place, review};
use crate::cli::Context;

/// Make a draft of the published release again, to be signed anew before its signatures expire or after a
/// signer's key was revoked.
///
/// Number and content stay as they are. They are read from the channel and compared with the digests that
/// both signed; the repository must give the same, as it must for every signer.
#[derive(Debug, clap::Args)]
pub(super) struct Renew {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
    /// The folder to make the draft in.
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,
}

impl Renew {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.telling.check(context)?;
        refuse_occupied(context, &self.output)?;
        let tip = self.place.at.tip(context)?;
        let channel = self.place.at.address(context)?.channel();
        let published = propose_again(channel.as_ref(), &tip).map_err(|error| trust_failure(&error))?;
        let proposal = published.ok_or_else(|| {
            Failure::new(
                Exit::CouldNotRun,
                "nothing has been published on this channel yet; make a draft of the first release:",
                "まだ何も公開されていません。最初のリリースを起案してください:",
            )
            .advising(
                Advised::command(&["release", "draft"])
                    .word("--title")
                    .blank(Blank::Title)
                    .word("-o")
                    .blank(Blank::Draft),
            )
        })?;
        let before = self.place.at.published(context, &tip)?;
        let (_, reviewing) = review(context, &self.place, &self.telling, &proposal, (&tip, before.as_ref()))?;
        let begun = begin(context, &self.place.at, proposal, &tip, reviewing)?;
        begun.write(context, &self.output, &tip)
    }
}
