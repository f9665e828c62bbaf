//! `warifu release revert`: older masters as a new release, for both to sign.

use std::path::PathBuf;

use warifu::error::{Exit, Failure};
use warifu::release::{PublishedRelease, trust_failure};
use warifu::store::{RevertRequest, Reverted, Store};
use warifu_channels::fetch_earlier_manifest;
use warifu_trust::{Manifest, ReleaseRef, Tip};
use warifu_usage::number;
use warifu_values::lang::Lang;
use warifu_values::say;

use super::draft::{Drafting, Subject};
use super::statement::withdraw;
use crate::cli::Context;
use crate::cli::repo::given;

/// Make a draft of the next release with the masters that an older one had, for both to sign: its commit
/// brings them back on top of the history, and what that changes is declared like any other change.
#[derive(Debug, clap::Args)]
pub(super) struct Revert {
    /// The number of the release to go back to.
    #[arg(value_parser = number::<u64>(1..))]
    release: u64,
    /// The repository to make the commit in and draft from; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    /// What it is, for people; otherwise that it goes back to this release.
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    drafting: Drafting,
}

impl Revert {
    pub(super) fn drafting(&self) -> &Drafting {
        &self.drafting
    }

    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        // Before the branch has a commit that no draft is of.
        self.drafting.check(context, self.title.as_deref(), None)?;
        let store = Store::open(&self.repo, context.library.clone())?;
        let tip = self.drafting.at.tip(context)?;
        let published = self.drafting.at.published(context, &tip)?;
        let (to, manifest) = self.meant(context, &tip, published.as_ref())?;
        let (author, number) = (given::author(context)?, to.release);
        let request = RevertRequest {
            release: number,
            commit: &manifest.commit,
            author: author.as_ref(),
            now: given::now()?,
        };
        let title = self.title.clone();
        let title =
            title.unwrap_or_else(|| format!("リリース {number} の内容に戻す (revert to release {number})"));
        // The branch has the commit when nothing speaks against the draft, and not before.
        let (reverted, begun) = store.revert(&request, |reverted: &Reverted| {
            let (commit, reverts_to) = (reverted.commit.clone(), Some(to));
            let subject = Subject { title, commit, not_a_successor: None, reverts_to };
            self.drafting.begin(context, &store, (&tip, published.as_ref()), subject)
        })?;
        context.tell(&lines(&reverted, number, context.lang));
        self.drafting.write(context, &begun, &tip)
    }

    /// The release that is meant, and its manifest as both signed it.
    fn meant(
        &self,
        context: &Context,
        tip: &Tip,
        published: Option<&PublishedRelease>,
    ) -> Result<(ReleaseRef, Manifest), Failure> {
        let (number, channel) = (self.release, self.drafting.at.address(context)?.channel());
        let Some(published) = published.map(PublishedRelease::manifest) else {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "nothing is published yet: there is no release to go back to",
                "まだ何も公開されていません。戻り先のリリースがありません",
            ));
        };
        if number == published.release {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "release {number} is the one that is published: there is nothing to go back to. To take \
                     it away:"
                ),
                format!("リリース {number} は現在公開中のものです。取り下げる場合は次を実行してください:"),
            )
            .advising(withdraw(number)));
        }
        let before = published.releases_before();
        let Some(to) = before.iter().find(|release| release.release == number) else {
            let stands = before.iter().filter(|release| tip.statements().withdrawal(**release).is_none());
            let known: Vec<String> = stands.map(|release| release.release.to_string()).collect();
            let known = if known.is_empty() { "-".to_owned() } else { known.join(", ") };
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("no release {number} is known here; one can go back to: {known}"),
                format!("リリース {number} は確認できません。戻せるリリース: {known}"),
            ));
        };
        let manifest =
            fetch_earlier_manifest(channel.as_ref(), *to).map_err(|error| trust_failure(&error))?;
        if published.has_masters_of(&manifest) {
            let now = published.release;
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "release {now}, which is published, has the same masters as release {number} already"
                ),
                format!("公開中のリリース {now} のマスターは、既にリリース {number} と同じです"),
            ));
        }
        Ok((*to, manifest))
    }
}

/// What became of the imports.
fn lines(reverted: &Reverted, number: u64, lang: Lang) -> String {
    let Reverted { commit, is_new, taken_back, brought_back } = reverted;
    let commit = commit.get(..12).unwrap_or_default();
    let mut text = if *is_new {
        say!(
            lang,
            "the masters are those of release {number} again, in commit {commit}\n",
            "マスターをリリース {number} の内容に戻しました（コミット {commit}）\n"
        )
    } else {
        say!(
            lang,
            "the masters of {commit} are those of release {number} already\n",
            "{commit} のマスターは既にリリース {number} の内容です\n"
        )
    };
    for import in taken_back {
        text.push_str(&say!(lang, "  taken back: {import}\n", "  取消: {import}\n"));
    }
    for import in brought_back {
        text.push_str(&say!(lang, "  brought back: {import}\n", "  復帰: {import}\n"));
    }
    text
}
