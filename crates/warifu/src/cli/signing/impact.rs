//! What a draft changes in claims, before anybody signs it.

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;

use warifu::error::{Exit, Failure};
use warifu::impact::{Compared, Form, Found, Judged, Unread, Worklist, as_json, claim_files, judge, summary};
use warifu::release::{Against, masters_of_draft, snapshot, trust_failure};
use warifu_channels::DraftDirectory;
use warifu_claims::movement::Impact;
use warifu_values::lang::Speak as _;
use warifu_values::say;

use super::at::At;
use crate::cli::Context;

/// Judge claim files by the published release and by a draft, and say which claims must be judged again.
#[derive(Debug, clap::Args)]
pub(super) struct WouldTurn {
    /// The draft's folder.
    draft: PathBuf,
    /// Folders with claim files (*.UKE, at any depth), or claim files.
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    claims: Vec<PathBuf>,
    #[command(flatten)]
    at: At,
    /// Write the worklist, a line for each use of a code that turns: .csv, .json or .html.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Files that were not judged, told one by one.
const UNREAD_TOLD: usize = 20;

impl WouldTurn {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let form = self.output.as_deref().map(Form::of).transpose()?;
        let output = context.place_of(self.output.as_ref())?;
        let draft = DraftDirectory::new(&self.draft).read().map_err(|error| trust_failure(&error))?;
        let tip = self.at.tip(context)?;
        let published = self.at.published_to_compare(context, &tip)?;
        // It must follow what is published, or the comparison is of nothing that will happen.
        Against::of(&draft, &tip, Some(&published))?;
        let compared = Compared {
            published: tip.release().map_or(0, |release| release.release),
            draft: draft.release().release,
        };
        let older = snapshot(published.masters())?;
        drop(published);
        let newer = snapshot(&masters_of_draft(&context.library.schemas, &draft)?)?;
        let Found { files: claims, unread: mut not_judged } = claim_files(&self.claims);
        let steps = context.steps(claims.len());
        steps.say(say!(context.lang, "judging claim files", "請求ファイルを点検中"));
        let both = (&older, &newer);
        // What was judged and what was not, once all of it was tried.
        let mut done: Option<(Impact, Vec<Unread>)> = None;
        let written = match (&output, form) {
            (Some(output), Some(form)) => output.write_pieces(|out| {
                let mut worklist = Worklist::begin(form, out)?;
                let (render, take) =
                    (|judged: &Judged<'_>| form.lines(judged), |lines| worklist.take(&lines));
                let (impact, unread) = judge(&claims, both, render, take, || steps.done_one())?;
                not_judged.extend(unread);
                let (impact, not_judged) = done.insert((impact, std::mem::take(&mut not_judged)));
                // Nothing is written then: an empty worklist would say that all is well.
                if impact.files == 0 {
                    return Err(io::Error::other("nothing was judged"));
                }
                worklist.finish(compared, impact, not_judged)
            }),
            _ => {
                let Ok((impact, unread)) =
                    judge(&claims, both, |_| (), |()| Ok::<_, Infallible>(()), || steps.done_one());
                not_judged.extend(unread);
                done = Some((impact, not_judged));
                Ok(())
            }
        };
        drop(steps);
        let Some((sum, not_judged)) = done else { return written.map(|()| Exit::Done) };
        tell_not_judged(context, &not_judged);
        if sum.files == 0 {
            return Err(Failure::new(
                Exit::Data,
                "no claim file could be judged; --claims names folders with *.UKE files",
                "点検できる請求ファイルがありません。--claims には *.UKE のあるフォルダーを指定してください",
            ));
        }
        written?;
        if context.json {
            context.print_json(&as_json(compared, &sum, &not_judged))?;
        } else {
            context.print(&summary(compared, &sum, &not_judged, context.lang))?;
        }
        Ok(Exit::Done)
    }
}

fn tell_not_judged(context: &Context, not_judged: &[Unread]) {
    for Unread { why, .. } in not_judged.iter().take(UNREAD_TOLD) {
        context.tell(&format!("warifu: {}\n", why.say(context.lang)));
    }
    let more = not_judged.len().saturating_sub(UNREAD_TOLD);
    if more > 0 {
        context.tell(&say!(context.lang, "warifu: and {more} more\n", "warifu: ほか {more} 件\n"));
    }
}
