//! Making a draft: put together in memory, held against what is published, written when nothing speaks
//! against it.

use std::path::{Path, PathBuf};

use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::files::Over;
use warifu::interrupt::{self, Whole};
use warifu::release::{Against, Assembled, FORMATS, PublishedRelease, assemble, trust_failure};
use warifu::store::Store;
use warifu_channels::{DraftDirectory, Earlier};
use warifu_rules::past::Weighed;
use warifu_trust::{
    CompressionLevel, Emergency, Halves, PerOrganisation, Proposal, ReleaseHead, ReleaseRef, Tally, Tip,
    UnixSeconds,
};
use warifu_values::lang::Speak as _;
use warifu_values::say;
use warifu_values::text::shown_path;

use super::at::At;
use super::past::{Past, Telling};
use super::reviewing::{Reviewing, cautions_of};
use super::told::{note, tally, tell};
use super::{now, today};
use crate::cli::Context;
use crate::cli::findings_as::{BesideChanges, FindingsAs};
use crate::cli::meant::meant;
use crate::cli::typed::instant;

/// Make a draft of the next release from a commit.
#[derive(Debug, clap::Args)]
pub(super) struct Draft {
    /// The commit.
    #[arg(default_value = "HEAD")]
    rev: String,
    /// The repository to draft from; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    /// What it is, for people.
    #[arg(long)]
    title: String,
    /// Draft a commit that does not come after the published release's, for this reason; both sides sign it.
    #[arg(long, value_name = "REASON")]
    not_a_successor: Option<String>,
    #[command(flatten)]
    drafting: Drafting,
}

/// What every draft of a next release is given.
#[derive(Debug, clap::Args)]
pub(super) struct Drafting {
    #[command(flatten)]
    pub(super) at: At,
    /// Mark it as an emergency, with a reason that every reader shows; it passes no check and needs no fewer
    /// signatures.
    #[arg(long, value_name = "REASON")]
    emergency: Option<String>,
    /// From when checkers judge by it, such as 2024-06-01T00:00:00+09:00; otherwise at once.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    activate_at: Option<UnixSeconds>,
    /// A format to list besides kikin and kokuho.
    #[arg(long, value_name = "FORMAT")]
    format: Vec<String>,
    #[command(flatten)]
    past: Past,
    /// Leave what concerns days that have been as the published release has it, for a later release.
    #[arg(long)]
    future_only: bool,
    #[command(flatten)]
    telling: Telling,
    /// The folder to make the draft in.
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,
    #[command(flatten)]
    given: BesideChanges,
}

/// What it is that is drafted.
pub(super) struct Subject {
    pub(super) title: String,
    pub(super) commit: String,
    pub(super) not_a_successor: Option<String>,
    pub(super) reverts_to: Option<ReleaseRef>,
}

/// A draft that nothing speaks against, and that lies nowhere yet.
#[must_use = "it must be written"]
pub(super) struct Begun<'a> {
    proposal: Proposal,
    reviewing: Reviewing<'a>,
    halves: Halves,
}

impl Draft {
    pub(super) fn drafting(&self) -> &Drafting {
        &self.drafting
    }

    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.drafting.check(context, Some(&self.title), self.not_a_successor.as_deref())?;
        let store = Store::open(&self.repo, context.library.clone())?;
        let tip = self.drafting.at.tip(context)?;
        let Draft { rev: commit, title, not_a_successor, drafting, .. } = self;
        let subject = Subject { title, commit, not_a_successor, reverts_to: None };
        let published = drafting.at.published(context, &tip)?;
        let begun = drafting.begin(context, &store, (&tip, published.as_ref()), subject)?;
        drafting.write(context, &begun, &tip)
    }
}

impl Drafting {
    /// How what was found in its masters is given.
    pub(super) fn findings_as(&self) -> &FindingsAs {
        &self.given.0
    }

    /// Refuses before anything is computed what could not be drafted after it: texts that say nothing, a
    /// folder that holds a draft already.
    pub(super) fn check(
        &self,
        context: &Context,
        title: Option<&str>,
        not_a_successor: Option<&str>,
    ) -> Result<(), Failure> {
        let texts = [
            ("--title", title),
            ("--emergency", self.emergency.as_deref()),
            ("--not-a-successor", not_a_successor),
        ];
        for (option, text) in texts {
            text.map_or(Ok(()), |text| meant(option, text))?;
        }
        self.telling.check(context)?;
        refuse_occupied(context, &self.output)
    }

    /// Puts the draft together, as what follows the release that is published at the tip.
    pub(super) fn begin<'a>(
        &'a self,
        context: &Context,
        store: &Store,
        (tip, published): (&Tip, Option<&'a PublishedRelease>),
        subject: Subject,
    ) -> Result<Begun<'a>, Failure> {
        let accepted = self.past.by_name(store.schemas())?;
        let mut formats: Vec<String> = FORMATS.map(str::to_owned).to_vec();
        formats.extend(self.format.iter().cloned());
        formats.sort();
        formats.dedup();
        let owes_review = match (published, &self.emergency) {
            (Some(published), Some(_)) => {
                let owed = tip.statements().owed_after(published.release(), published.manifest());
                owed.into_iter().map(|owed| owed.release).collect()
            }
            _ => Vec::new(),
        };
        let head = ReleaseHead {
            title: subject.title,
            created: now(),
            commit: subject.commit,
            previous: tip.predecessor().map_err(|error| trust_failure(&error))?,
            emergency: self.emergency.clone().map(|reason| Emergency { reason }),
            activate_at: self.activate_at,
            future_only: self.future_only,
            not_a_successor: subject.not_a_successor,
            reverts_to: subject.reverts_to,
            owes_review,
            audit: Some(context.acts.head()?),
        };
        context.doing(say!(context.lang, "putting the draft together", "草案を作成中"));
        let against = published.map_or(Against::Nothing, Against::Follows);
        let accept = |weighed: &Weighed| accepted.counted(weighed);
        // Said before anything is computed.
        let owed = tip.check_post_reviews(head.emergency.is_some(), &head.owes_review);
        owed.map_err(|error| trust_failure(&error))?;
        let Assembled { head, masters, comparison, too_old, findings } =
            assemble(store, head, &formats, today(), against, accept)?;
        for (name, findings) in findings.iter().filter(|(_, findings)| !findings.is_empty()) {
            context.findings_beside(name, findings);
            if self.telling.is_verbose() || context.shows_all() {
                context.findings(Path::new(name), findings);
                continue;
            }
            context.list_findings(name, findings);
            let count = findings.all().count() as u64 + findings.only_counted();
            context.tell(&say!(
                context.lang,
                "{name}: {count} findings that stand in the way of nothing (--verbose tells them)\n",
                "{name}: 支障のない指摘 {count} 件（--verbose で表示）\n"
            ));
        }
        for old in &too_old {
            context.tell(&format!("{}\n", old.say(context.lang)));
        }
        let level = CompressionLevel::default();
        let mut proposal = Proposal::new(head, &masters, comparison.changed.content.as_ref(), level)
            .map_err(|error| trust_failure(&error))?;
        if let Some(published) = published {
            let patched = proposal.with_patches_from(published.verified());
            proposal = patched.map_err(|error| trust_failure(&error))?;
        }
        let cautions = cautions_of(context, store, &self.at, (tip, published), &proposal)?;
        let reviewing = Reviewing { cautions, comparison, published, telling: &self.telling };
        begin(context, &self.at, proposal, tip, reviewing)
    }

    /// Writes the draft and says who is next.
    pub(super) fn write(&self, context: &Context, begun: &Begun<'_>, tip: &Tip) -> Result<Exit, Failure> {
        begun.write(context, &self.output, tip)
    }
}

/// Refuses a folder that is neither new nor empty, nor a draft that may be replaced.
pub(super) fn refuse_occupied(context: &Context, folder: &Path) -> Result<(), Failure> {
    DraftDirectory::new(folder).refuse_occupied(earlier(context)).map_err(|error| trust_failure(&error))
}

/// What becomes of a draft that lies there already.
fn earlier(context: &Context) -> Earlier {
    match context.over() {
        Over::Yes => Earlier::Replaced,
        Over::Never => Earlier::Stays,
    }
}

/// Begins the draft of `proposal`, where nothing speaks against it.
pub(super) fn begin<'a>(
    context: &Context,
    at: &At,
    proposal: Proposal,
    tip: &Tip,
    reviewing: Reviewing<'a>,
) -> Result<Begun<'a>, Failure> {
    note(context, &proposal);
    let floor = at.floor()?;
    floor.check(proposal.manifest()).map_err(|error| trust_failure(&error))?;
    reviewing.stop(proposal.manifest())?;
    let halves = Halves::begin(&proposal, tip, now(), floor.validity());
    let halves = halves.map_err(|error| trust_failure(&error))?;
    Ok(Begun { proposal, reviewing, halves })
}

impl Begun<'_> {
    /// Writes the draft that nobody has signed into `folder` and says who is next.
    pub(super) fn write(&self, context: &Context, folder: &Path, tip: &Tip) -> Result<Exit, Failure> {
        let Begun { proposal, reviewing, halves } = self;
        let whole = Whole::begin();
        DraftDirectory::new(folder)
            .make(proposal, halves, earlier(context))
            .map_err(|error| trust_failure(&error))?;
        interrupt::wrote(shown_path(folder));
        drop(whole);
        let next = who_is_next(context, tally(halves, proposal, tip)?, folder);
        tell(context, proposal, halves, tip, Some(reviewing), Some(next))?;
        Ok(Exit::Done)
    }
}

/// Who is next, and with which command.
pub(super) fn who_is_next(context: &Context, tally: PerOrganisation<Tally>, draft: &Path) -> String {
    let (lang, draft) = (context.lang, draft.display());
    let sign = Advised::command(&["release", "sign"]).by_another().word(&draft);
    // Kokuho computes it from their own copy: from Kikin's it would be no second computation.
    let sign = match tally.kikin.holds() {
        true => sign.word("--repo").blank(Blank::Repository),
        false => sign,
    };
    let sign = context.advise(&sign.word("--key").blank(Blank::Key));
    if !tally.kikin.holds() {
        say!(lang, "next, a signer of Kikin runs:\n  {sign}", "次: 支払基金の署名者が署名します\n  {sign}")
    } else if !tally.kokuho.holds() {
        say!(lang, "next, a signer of Kokuho runs:\n  {sign}", "次: 国保中央会の署名者が署名します\n  {sign}")
    } else {
        let publish = Advised::command(&["release", "publish"]).by_another().word(&draft);
        let publish = context.advise(&publish.word("--key").blank(Blank::Key));
        say!(
            lang,
            "both have signed; next, whoever publishes runs:\n  {publish}",
            "両者の署名が揃いました。次: リリース管理者が公開します\n  {publish}"
        )
    }
}
