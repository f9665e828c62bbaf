//! `warifu release publish` and `refresh`: what goes to the channel, and what is told of it.

use std::path::PathBuf;

use serde_json::json;
use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_channels::{publish, rebuild_timestamp, refresh_timestamp};
use warifu_trust::{NotPublishable, Owed, Proposal, Publishable, Tip, UnixSeconds};
use warifu_values::say;

use super::at::At;
use super::drafted::Drafted;
use super::seen::{withdrawal_lines, withdrawals_document};
use super::told::{note, owed_lines};
use super::{KeySource, now};
use crate::cli::Context;

/// Publish a draft that both organisations signed.
#[derive(Debug, clap::Args)]
pub(super) struct Publish {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    key: KeySource,
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let tip = self.at.tip(context)?;
        self.not_published_otherwise(&draft.proposal, &tip)?;
        let standing = draft.standing(context, &tip)?;
        note(context, &draft.proposal);
        let publishable = match Publishable::check(&draft.proposal, standing.halves(), &tip, now()) {
            Err(NotPublishable::Already { expires, .. }) if tip.withdrawn().is_some() => {
                tell_withdrawn(context, &self.at, &tip, expires)?;
                return Ok(Exit::Done);
            }
            // The last step was taken before, though nobody was told.
            Err(NotPublishable::Already { release, expires }) if context.json => {
                let manifest = draft.proposal.manifest();
                let owed = tip.statements().owed_after(draft.proposal.release(), manifest);
                tell_published(context, &self.at, release, expires, &owed)?;
                return Ok(Exit::Done);
            }
            Err(NotPublishable::Already { release, expires }) => {
                let until = expires.said(context.lang);
                context.print(&say!(
                    context.lang,
                    "release {release} is published already, by these very signatures; there is nothing left \
                     to do. Renew its timestamp before {until}\n",
                    "リリース {release} は公開済みです（同じ署名）。作業は残っていません。{until} までにタイムスタンプを\
                     更新してください\n"
                ))?;
                return Ok(Exit::Done);
            }
            checked => checked.map_err(|error| trust_failure(&error))?,
        };
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let channel = self.at.address(context)?.publish_channel();
        let whole = Whole::begin();
        let published = publish(channel.as_ref(), &publishable, &key, now(), self.at.floor()?.validity())
            .map_err(|error| trust_failure(&error))?;
        interrupt::wrote(self.at.name());
        drop(whole);
        // Read again, so that the publisher too refuses an older copy of the channel from now on.
        let tip = self.at.tip(context)?;
        let owed = tip.statements().owed_after(published.release, draft.proposal.manifest());
        tell_published(context, &self.at, published.release.release, published.expires, &owed)?;
        Ok(Exit::Done)
    }

    /// Says of a draft whose number was published before, or with other content, what happened: it is an old
    /// one, or somebody was faster, which is nobody's fault.
    fn not_published_otherwise(&self, proposal: &Proposal, tip: &Tip) -> Result<(), Failure> {
        let draft = proposal.release();
        let Some(published) = tip.release() else { return Ok(()) };
        let newest = published.release;
        if newest < draft.release || published == draft {
            return Ok(());
        }
        if newest > draft.release {
            let number = draft.release;
            return Err(Failure::new(
                Exit::Trust,
                format!(
                    "release {number} is published already, and release {newest} after it: this draft is an \
                     old one, and nothing changed"
                ),
                format!(
                    "リリース {number} は公開済みで、その後リリース {newest} も公開されています。これは古い草案です。配信元は変わっていません"
                ),
            ));
        }
        let (number, there, here) = (draft.release, published.manifest.short(), draft.manifest.short());
        let again = Advised::command(&["release", "draft"]).word("--title").blank(Blank::Title);
        let again = again.word("-o").blank(Blank::Draft);
        Err(Failure::new(
            Exit::Trust,
            format!(
                "another draft of release {number} is published already (manifest {there}; this one has \
                 {here}), so this one was not published, and nothing changed. What it holds goes into the \
                 next release, to be signed anew:"
            ),
            format!(
                "リリース {number} は別の草案（マニフェスト {there}、この草案は {here}）で公開済みのため、公開していません。配信元は\
                 変わっていません。この内容は次のリリースとして起案し、署名し直してください:"
            ),
        )
        .advising(again))
    }
}

/// Renew the timestamp of what is published, so that it does not go stale.
#[derive(Debug, clap::Args)]
pub(super) struct Refresh {
    /// Make a lost or damaged timestamp.json again, for the newest release that both signed on this channel.
    #[arg(long)]
    rebuild: bool,
    /// With --rebuild: the newest timestamp version that any reader has seen, when this side has no memory.
    #[arg(long, value_name = "VERSION", default_value_t = 0, requires = "rebuild")]
    above: u64,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    key: KeySource,
}

impl Refresh {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let tip =
            if self.rebuild { self.at.tip_without_timestamp(context)? } else { self.at.tip(context)? };
        if !self.rebuild {
            self.at.holds_for_newcomers(context, &tip)?;
        }
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let at = self.at.address(context)?.publish_channel();
        let validity = self.at.floor()?.validity();
        let whole = Whole::begin();
        let published = if self.rebuild {
            rebuild_timestamp(at.as_ref(), &tip, &key, now(), validity, self.above)
        } else {
            refresh_timestamp(at.as_ref(), &tip, &key, now(), validity)
        };
        let published = published.map_err(|error| trust_failure(&error))?;
        interrupt::wrote(self.at.name());
        drop(whole);
        if context.json {
            tell_published(context, &self.at, published.release.release, published.expires, &[])?;
        } else {
            let (release, until) = (published.release.release, published.expires.said(context.lang));
            let channel = self.at.name();
            context.print(&say!(
                context.lang,
                "the timestamp of release {release} is renewed on {channel}: fresh until {until}\n",
                "配信元 {channel} のリリース {release} のタイムスタンプを更新しました（有効期限 {until}）\n"
            ))?;
        }
        Ok(Exit::Done)
    }
}

/// Says of a draft whose very release is published that it was withdrawn: publishing again changes nothing.
fn tell_withdrawn(context: &Context, at: &At, tip: &Tip, expires: UnixSeconds) -> Result<(), Failure> {
    let Some(release) = tip.release() else { return Ok(()) };
    let (number, withdrawals) = (release.release, tip.statements().withdrawals(release));
    if context.json {
        let withdrawals = withdrawals_document(withdrawals);
        return context.print_json(&json!({
            "release": number, "channel": at.name(), "timestamp_expires": expires,
            "withdrawals": withdrawals,
        }));
    }
    let until = expires.said(context.lang);
    context.print(&say!(
        context.lang,
        "release {number} was published, by these very signatures, and was withdrawn since: no reader takes \
         it, and publishing does not bring it back; that needs a new release. The \
         timestamp holds until {until}\n",
        "リリース {number} は公開後（同じ署名）に取り下げられており、使われません。再度公開しても戻りません。\
         新しいリリースが必要です。タイムスタンプの期限は {until} です\n"
    ))?;
    context.print(&withdrawal_lines(withdrawals, context.lang))
}

fn tell_published(
    context: &Context,
    at: &At,
    release: u64,
    expires: UnixSeconds,
    owed: &[Owed],
) -> Result<(), Failure> {
    let channel = at.name();
    let until = expires.said(context.lang);
    if context.json {
        return context.print_json(&json!({
            "release": release, "channel": channel, "timestamp_expires": expires,
        }));
    }
    context.print(&say!(
        context.lang,
        "release {release} is published on {channel}; renew its timestamp before {until}\n",
        "リリース {release} を {channel} で公開しました。{until} までにタイムスタンプを更新してください\n"
    ))?;
    context.print(&owed_lines(context, owed))
}
