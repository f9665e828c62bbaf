//! `warifu release review`

use std::path::PathBuf;

use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::propose_again;

use super::draft::who_is_next;
use super::drafted::{Drafted, Standing};
use super::past::Telling;
use super::published::is_published;
use super::reviewing::{Place, review, same_lines};
use super::told::{tally, tell};
use crate::cli::Context;

/// Recompute a draft from one's own repository and say whether it is the same, byte for byte.
#[derive(Debug, clap::Args)]
pub(super) struct Review {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
}

impl Review {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.telling.check(context)?;
        let draft = Drafted::read(&self.draft)?;
        let tip = self.place.at.tip(context)?;
        let published = self.place.at.published(context, &tip)?;
        let published = (&tip, published.as_ref());
        let standing = draft.standing(context, &tip)?;
        // What is published is recomputed as it is: its draft was made when another was.
        let again = match &standing {
            Standing::Published(_) => {
                let channel = self.place.at.address(context)?.channel();
                propose_again(channel.as_ref(), &tip).map_err(|error| trust_failure(&error))?
            }
            Standing::Begun(_) => None,
        };
        let proposal = again.as_ref().unwrap_or(&draft.proposal);
        let (_, reviewing) = review(context, &self.place, &self.telling, proposal, published)?;
        let same = same_lines(context, &self.place.repo);
        let next = match &standing {
            Standing::Published(_) => is_published(context, &draft.proposal),
            Standing::Begun(halves) => {
                who_is_next(context, tally(halves, &draft.proposal, &tip)?, &self.draft)
            }
        };
        let same = format!("{same}\n{next}");
        tell(context, &draft.proposal, standing.halves(), &tip, Some(&reviewing), Some(same))?;
        Ok(Exit::Done)
    }
}
