//! Recomputing a draft from the reviewer's own repository, and what must be known of it first.

use std::path::{Path, PathBuf};

use warifu::advice::Advised;
use warifu::caution::{Caution, Published, cautions};
use warifu::error::{Exit, Failure};
use warifu::release::{Against, Comparison, PublishedRelease, recompute, trust_failure};
use warifu::release_html::Shown;
use warifu::store::{Ancestry, Store, StoreError};
use warifu::withdrawn::Withdrawn;
use warifu_channels::{fetch_earlier_manifest, find_earlier_release};
use warifu_trust::{Manifest, Proposal, ReleaseRef, Reviewed, Says, Tip};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::at::At;
use super::past::Telling;
use super::{now, today};
use crate::cli::Context;

/// The reviewer's repository and the channel, and what is trusted.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The reviewer's own repository; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    pub(super) repo: PathBuf,
    #[command(flatten)]
    pub(super) at: At,
}

/// What whoever reviews must know of a release, beside what it says itself, and how much of it is told.
pub(super) struct Reviewing<'a> {
    pub(super) cautions: Vec<Caution>,
    pub(super) comparison: Comparison<'a>,
    /// What it is compared with.
    pub(super) published: Option<&'a PublishedRelease>,
    pub(super) telling: &'a Telling,
}

impl Reviewing<'_> {
    /// What is shown of it on a page.
    pub(super) fn shown<'b>(&'b self, manifest: &'b Manifest) -> Shown<'b> {
        Shown {
            comparison: &self.comparison,
            past_before: manifest.head().past_before(),
            manifest: Some(manifest),
            published: self.published,
            cautions: &self.cautions,
        }
    }

    /// Writes the page, where one is asked for.
    pub(super) fn page(&self, context: &Context, manifest: &Manifest) -> Result<(), Failure> {
        self.telling.page(context, &self.shown(manifest))
    }

    /// Refuses what nobody may draft or sign without a reason.
    pub(super) fn stop(&self, manifest: &Manifest) -> Result<(), Failure> {
        let Some(caution) = self.cautions.iter().find(|caution| caution.stops(manifest)) else {
            return Ok(());
        };
        let (en, ja) = (caution.say(Lang::En), caution.say(Lang::Ja));
        if !caution.may_be_meant() {
            return Err(Failure::new(Exit::Trust, en, ja));
        }
        Err(Failure::new(
            Exit::Trust,
            format!("{en}; to release it all the same, draft it with --not-a-successor and a reason"),
            format!("{ja}。それでも公開する場合は --not-a-successor に理由を付けて起案してください"),
        ))
    }
}

/// Recomputes the draft from the repository of whoever reviews it, and says what must be known first.
pub(super) fn review<'a>(
    context: &Context,
    place: &Place,
    telling: &'a Telling,
    proposal: &Proposal,
    (tip, published): (&Tip, Option<&'a PublishedRelease>),
) -> Result<(Reviewed, Reviewing<'a>), Failure> {
    let store = Store::open(&place.repo, context.library.clone())?;
    let commit = &proposal.manifest().commit;
    if let Err(StoreError::NoRevision { .. }) = store.config(commit) {
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!(
                "this repository does not have the draft's commit {commit} yet; bring it up to date, and \
                 review again:"
            ),
            format!(
                "このリポジトリには草案のコミット {commit} がまだありません。最新にしてから、もう一度実行してください:"
            ),
        )
        .advising(Advised::command(&["repo", "fetch"])));
    }
    if tip.release() != Some(proposal.release()) {
        let manifest = proposal.manifest();
        let owed = tip.check_post_reviews(manifest.emergency.is_some(), &manifest.owes_review);
        owed.map_err(|error| trust_failure(&error))?;
    }
    let against = Against::of(proposal, tip, published)?;
    let (recomputed, comparison) = recompute(&store, proposal, against, today())?;
    let before = published.map(PublishedRelease::verified);
    let reviewed = proposal.review_following(&recomputed, before).map_err(|error| trust_failure(&error))?;
    let cautions = cautions_of(context, &store, &place.at, (tip, published), proposal)?;
    Ok((reviewed, Reviewing { cautions, comparison, published, telling }))
}

/// What must be known of `proposal` first, against what is published at `tip`.
pub(super) fn cautions_of(
    context: &Context,
    store: &Store,
    at: &At,
    (tip, published): (&Tip, Option<&PublishedRelease>),
    proposal: &Proposal,
) -> Result<Vec<Caution>, Failure> {
    let manifest = proposal.manifest();
    let channel = at.address(context)?.channel();
    let mut found = Vec::new();
    for made in tip.statements().made() {
        let Says::Withdrawn { release } = made.says else { continue };
        // What a key said after it was revoked does not count.
        if !tip.statements().withdrawals(release).any(|counts| counts == made) {
            continue;
        }
        match fetch_earlier_manifest(channel.as_ref(), release) {
            Ok(withdrawn) if withdrawn.has_masters_of(manifest) => {
                found.push(Caution::Withdrawn(made.clone()));
            }
            Ok(_) => {}
            // Whoever runs the channel could hide it so.
            Err(error) => found.push(Caution::WithdrawnUnreadable {
                release: release.release,
                why: error.say(context.lang),
            }),
        }
    }
    found.extend(against_withdrawn(tip, proposal));
    let published = match published {
        Some(before) if tip.release() != Some(proposal.release()) => {
            let before = before.manifest();
            let (release, commit) = (before.release, before.commit.clone());
            let ancestry = store.ancestry(&manifest.commit, &commit)?;
            Published::At { release, commit, ancestry, manifest: Box::new(before.clone()) }
        }
        _ => Published::None,
    };
    if let (Published::At { manifest: before, .. }, None) = (&published, &manifest.reverts_to)
        && !manifest.has_masters_of(before)
    {
        // What a mirror does not have is passed over: the channel that is published on has all of them. What
        // cannot be seen now is not: it may be the very one.
        let is_it = |older: &Manifest| manifest.has_masters_of(older);
        let to = find_earlier_release(channel.as_ref(), before.releases_before(), is_it);
        let to = to.map_err(|error| trust_failure(&error))?;
        found.extend(to.map(|to| Caution::UndeclaredRevert { release: to.release }));
    }
    // What was published before is known from what both signed, never from what a draft says of it.
    let is_published = |to: &ReleaseRef| match &published {
        Published::At { manifest, .. } => manifest.releases_before().contains(to),
        // A renewal: both signed what it says.
        _ => tip.release() == Some(proposal.release()),
    };
    let goes_back = manifest.reverts_to.map(|to| (to, is_published(&to)));
    found.extend(cautions(manifest, published, now()));
    found.extend(newer_imports(store, tip, proposal)?);
    if let Some((to, is_published)) = goes_back {
        let release = to.release;
        match fetch_earlier_manifest(channel.as_ref(), to) {
            _ if !is_published => found.insert(0, Caution::NotThatRelease { release }),
            Ok(before) if manifest.has_masters_of(&before) => {}
            Ok(_) => found.insert(0, Caution::NotThatRelease { release }),
            Err(error) => {
                found.insert(0, Caution::RevertUnreadable { release, why: error.say(context.lang) });
            }
        }
    }
    Ok(found)
}

/// That what `proposal` follows was taken away.
pub(super) fn against_withdrawn(tip: &Tip, proposal: &Proposal) -> Option<Caution> {
    let follows = tip.release() != Some(proposal.release());
    Withdrawn::of(tip).filter(|_| follows).map(Caution::AgainstWithdrawn)
}

/// That files came in after `proposal` was drafted: it is not the newest that there is. One that goes back,
/// or is published, is not meant to be.
fn newer_imports(store: &Store, tip: &Tip, proposal: &Proposal) -> Result<Option<Caution>, Failure> {
    let manifest = proposal.manifest();
    let is_of_old = manifest.reverts_to.is_some() || manifest.not_a_successor.is_some();
    if is_of_old || tip.release() == Some(proposal.release()) {
        return Ok(None);
    }
    if store.ancestry("HEAD", &manifest.commit)? != Ancestry::Follows {
        return Ok(None);
    }
    let imports = store.imports_since(&manifest.commit)?.len();
    Ok((imports > 0).then_some(Caution::NewerImports { imports }))
}

pub(super) fn same_lines(context: &Context, repo: &Path) -> String {
    let repo = repo.display();
    say!(
        context.lang,
        "recomputed from {repo}: the same, byte for byte",
        "{repo} から再計算し、全バイト一致しました"
    )
}
