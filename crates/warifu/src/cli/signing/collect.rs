//! `warifu release collect`

use std::path::PathBuf;

use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_trust::NotPublishable;
use warifu_values::lang::Lang;
use warifu_values::say;

use super::at::At;
use super::drafted::Drafted;
use super::told::{tally, tell_signers};
use crate::cli::Context;

/// Put signatures that others made elsewhere into a draft, and say who has signed and who has not.
#[derive(Debug, clap::Args)]
pub(super) struct Collect {
    /// The draft's folder.
    draft: PathBuf,
    /// Files that `warifu release sign` wrote into `signatures/` of a copy of this draft.
    signatures: Vec<PathBuf>,
    /// End with 3 while a signature of either organisation is missing: what waits for both goes on after it.
    #[arg(long)]
    require_both: bool,
    #[command(flatten)]
    at: At,
}

impl Collect {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let tip = self.at.tip(context)?;
        let taken = draft.take(&self.signatures, &tip)?;
        let standing = draft.standing(context, &tip)?;
        tell_signers(context, &draft.proposal, standing.halves(), &tip, &taken)?;
        let tally = tally(standing.halves(), &draft.proposal, &tip)?;
        let refused: Vec<_> = taken.iter().filter_map(|one| one.why_not.as_ref()).collect();
        if !refused.is_empty() {
            let told = |lang, at: usize| {
                let count = refused.len();
                let lines: String = refused.iter().map(|why| format!("\n  {}", why[at])).collect();
                say!(
                    lang,
                    "signatures that do not count, {count}; none of them was put into the draft, the others \
                     were:{lines}",
                    "無効な署名が {count} 件あり、草案に入れていません（その他は取り込みました）:{lines}"
                )
            };
            return Err(Failure::new(Exit::Trust, told(Lang::En, 0), told(Lang::Ja, 1)));
        }
        if self.require_both && !(tally.kikin.holds() && tally.kokuho.holds()) {
            return Err(trust_failure(&NotPublishable::Halves(tally)));
        }
        Ok(Exit::Done)
    }
}
