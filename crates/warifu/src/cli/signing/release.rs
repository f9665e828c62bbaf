//! `warifu release`: the commands about releases.

use clap::Subcommand;
use warifu::error::{Exit, Failure};
use warifu_audit::Act;

use super::changes::WouldChange;
use super::collect::Collect;
use super::draft::Draft;
use super::impact::WouldTurn;
use super::publish::{Publish, Refresh};
use super::receipts;
use super::renew::Renew;
use super::revert::Revert;
use super::review::Review;
use super::show::Show;
use super::sign::Sign;
use super::statement::{PostReview, Withdraw};
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;

/// Make, review, sign and publish releases.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Changes(WouldChange),
    Impact(WouldTurn),
    Draft(Draft),
    Revert(Revert),
    Renew(Renew),
    Review(Review),
    Sign(Sign),
    Collect(Collect),
    Publish(Publish),
    Refresh(Refresh),
    Withdraw(Withdraw),
    PostReview(PostReview),
    Receipts(Receipts),
    Show(Show),
}

/// Take in receipts (受領書) of those who have taken a release.
#[derive(Debug, clap::Args)]
struct Receipts {
    #[command(subcommand)]
    command: ReceiptsCommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptsCommand {
    Collect(receipts::Collect),
}

impl Args {
    /// What is written down of it.
    pub(crate) fn act(&self) -> Option<Act> {
        match &self.command {
            Command::Draft(_) | Command::Revert(_) | Command::Renew(_) => Some(Act::Draft),
            Command::Review(_) => Some(Act::Review),
            Command::Sign(_) | Command::Collect(_) => Some(Act::Sign),
            Command::Publish(_) | Command::Refresh(_) => Some(Act::Publish),
            Command::Withdraw(_) => Some(Act::Withdraw),
            Command::PostReview(_) => Some(Act::Review),
            Command::Changes(_) | Command::Impact(_) | Command::Show(_) | Command::Receipts(_) => None,
        }
    }

    /// How what a draft finds is given.
    pub(crate) fn findings_as(&self) -> Option<&FindingsAs> {
        match &self.command {
            Command::Draft(draft) => Some(draft.drafting().findings_as()),
            Command::Revert(revert) => Some(revert.drafting().findings_as()),
            _ => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Changes(args) => args.run(context),
            Command::Impact(args) => args.run(context),
            Command::Draft(args) => args.run(context),
            Command::Revert(args) => args.run(context),
            Command::Renew(args) => args.run(context),
            Command::Review(args) => args.run(context),
            Command::Sign(args) => args.run(context),
            Command::Collect(args) => args.run(context),
            Command::Publish(args) => args.run(context),
            Command::Withdraw(args) => args.run(context),
            Command::PostReview(args) => args.run(context),
            Command::Receipts(Receipts { command: ReceiptsCommand::Collect(args) }) => args.run(context),
            Command::Refresh(args) => args.run(context),
            Command::Show(args) => args.run(context),
        }
    }
}
