//! `warifu release show`

use std::path::PathBuf;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu::withdrawn::Withdrawn;
use warifu_channels::fetch_published_manifest;
use warifu_trust::Tip;
use warifu_values::lang::Speak;
use warifu_values::phrase::Phrase;

use super::at::At;
use super::drafted::{Drafted, Standing};
use super::head::phrase_lines;
use super::published::is_published;
use super::receipts;
use super::seen::{manifest_lines, owed_document, post_review_lines, withdrawal_lines, withdrawals_document};
use super::told::tell;
use crate::cli::Context;

/// Show what a draft holds and who has signed; without a draft what is published, and who has taken it.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The draft's folder. Nobody has taken what is not published: --receipts is for what is.
    #[arg(conflicts_with = "receipts")]
    draft: Option<PathBuf>,
    #[command(flatten)]
    receipts: receipts::Shown,
    #[command(flatten)]
    at: At,
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let tip = self.at.tip(context)?;
        let Some(folder) = &self.draft else { return self.published(context, &tip) };
        let draft = Drafted::read(folder)?;
        let standing = draft.standing(context, &tip)?;
        let last = matches!(standing, Standing::Published(_)).then(|| is_published(context, &draft.proposal));
        tell(context, &draft.proposal, standing.halves(), &tip, None, last)?;
        Ok(Exit::Done)
    }

    /// What is published, what is owed of it, and who has taken it.
    fn published(&self, context: &Context, tip: &Tip) -> Result<Exit, Failure> {
        let channel = self.at.address(context)?.channel();
        let manifest =
            fetch_published_manifest(channel.as_ref(), tip).map_err(|error| trust_failure(&error))?;
        let (Some(release), Some(manifest)) = (tip.release(), manifest) else {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "nothing is published yet; name a draft to be shown",
                "まだ何も公開されていません。表示する草案を指定してください",
            ));
        };
        let taken = self.receipts.of(release, &manifest)?;
        if context.json {
            let taken = taken.map(|taken| taken.document());
            context.print_json(&json!({
                "manifest": manifest, "release": release, "phrase": Phrase::of(&release.manifest),
                "receipts": taken,
                "post_review_owed": owed_document(tip.statements(), release, &manifest),
                "withdrawals": withdrawals_document(tip.statements().withdrawals(release)),
            }))?;
            return Ok(Exit::Done);
        }
        let mut text = Withdrawn::of(tip).map(|it| format!("{}\n", it.say(context.lang))).unwrap_or_default();
        text.push_str(&manifest_lines(&manifest, context.lang));
        phrase_lines(&manifest, context.lang).iter().for_each(|line| text.push_str(&format!("{line}\n")));
        text.push_str(&post_review_lines(tip.statements(), release, &manifest, context.lang));
        text.push_str(&withdrawal_lines(tip.statements().withdrawals(release), context.lang));
        text.push_str(&taken.map(|taken| taken.lines(context.lang)).unwrap_or_default());
        context.print(&text)?;
        Ok(Exit::Done)
    }
}
