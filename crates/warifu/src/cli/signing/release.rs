use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use warifu::advice::{Advised, Blank};
use warifu::caution::Caution;
use warifu::error::{Exit, Failure};
use warifu::release::{When, contents, sheet, trust_failure};
use warifu::release_html::Shown;
use warifu::store::Store;
use warifu::withdrawn::Withdrawn;
use warifu_audit::Act;
use warifu_channels::{
    fetch_published_manifest, propose_again, publish, rebuild_timestamp, refresh_timestamp,
};
use warifu_rules::past::{Told, weigh};
use warifu_trust::{
    NotPublishable, Organisation, Owed, Proposal, Publishable, ReleaseRef, Tip, UnixSeconds,
    first_day_to_come,
};
use warifu_usage::Refusal;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::phrase::Phrase;
use warifu_values::say;

use super::at::At;
use super::confirm::Confirm;
use super::draft::{Draft, begin, refuse_occupied, who_is_next};
use super::drafted::{Drafted, Standing};
use super::head::phrase_lines;
use super::impact::WouldTurn;
use super::key_source::UnlockedKey;
use super::past::Telling;
use super::revert::Revert;
use super::reviewing::{Place, review, same_lines};
use super::seen::{manifest_lines, owed_document, post_review_lines, withdrawal_lines, withdrawals_document};
use super::statement::{PostReview, Withdraw};
use super::told::{caution_lines, note, owed_lines, tally, tally_lines, tell, tell_in_short, tell_signers};
use super::{KeySource, now, receipts, today};
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;
use crate::cli::typed::instant;

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

/// Show what a release of a commit would judge differently from the published one, the past first.
#[derive(Debug, clap::Args)]
struct WouldChange {
    /// The commit.
    #[arg(default_value = "HEAD")]
    rev: String,
    #[command(flatten)]
    place: Place,
    /// From when checkers would judge by it, such as 2024-06-01T00:00:00+09:00; otherwise at once.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    activate_at: Option<UnixSeconds>,
    /// Write the whole list, every change of every day, as a table for a spreadsheet (CSV, UTF-8).
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

/// Make a draft of the published release again, to be signed anew before its signatures expire or after a
/// signer's key was revoked.
///
/// Number and content stay as they are. They are read from the channel and compared with the digests that
/// both signed; the repository must give the same, as it must for every signer.
#[derive(Debug, clap::Args)]
struct Renew {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
    /// The folder to make the draft in.
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,
}

/// Recompute a draft from one's own repository and say whether it is the same, byte for byte.
#[derive(Debug, clap::Args)]
struct Review {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
}

/// Review a draft and sign it: as Kikin first, then as Kokuho, as the root says of the key.
#[derive(Debug, clap::Args)]
struct Sign {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    confirm: Confirm,
    /// Sign although another release of this number was signed here: the manifest's digest of that one, which
    /// is not published and thrown away; its first 12 digits are enough.
    #[arg(long, value_name = "SHA256", value_parser = digits)]
    instead_of: Option<String>,
}

/// Put signatures that others made elsewhere into a draft, and say who has signed and who has not.
#[derive(Debug, clap::Args)]
struct Collect {
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

/// Publish a draft that both organisations signed.
#[derive(Debug, clap::Args)]
struct Publish {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    key: KeySource,
}

/// Renew the timestamp of what is published, so that it does not go stale.
#[derive(Debug, clap::Args)]
struct Refresh {
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

/// Show what a draft holds and who has signed; without a draft what is published, and who has taken it.
#[derive(Debug, clap::Args)]
struct Show {
    /// The draft's folder. Nobody has taken what is not published: --receipts is for what is.
    #[arg(conflicts_with = "receipts")]
    draft: Option<PathBuf>,
    #[command(flatten)]
    receipts: receipts::Shown,
    #[command(flatten)]
    at: At,
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
            Command::Refresh(args) => {
                let tip = if args.rebuild {
                    args.at.tip_without_timestamp(context)?
                } else {
                    args.at.tip(context)?
                };
                if !args.rebuild {
                    args.at.holds_for_newcomers(context, &tip)?;
                }
                let key = args.key.read(context, |id| tip.root().holder(id))?;
                let at = args.at.address(context)?.publish_channel();
                let validity = args.at.floor()?.validity();
                let published = if args.rebuild {
                    rebuild_timestamp(at.as_ref(), &tip, &key, now(), validity, args.above)
                } else {
                    refresh_timestamp(at.as_ref(), &tip, &key, now(), validity)
                };
                let published = published.map_err(|error| trust_failure(&error))?;
                if context.json {
                    tell_published(context, &args.at, published.release.release, published.expires, &[])?;
                } else {
                    let (release, expires) = (published.release.release, published.expires);
                    let channel = args.at.name();
                    context.print(&say!(
                        context.lang,
                        "the timestamp of release {release} is renewed on {channel}: fresh until {expires}\n",
                        "配信元 {channel} のリリース {release} のタイムスタンプを更新しました（有効期限 {expires}）\n"
                    ))?;
                }
                Ok(Exit::Done)
            }
            Command::Show(args) => args.run(context),
        }
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
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

impl WouldChange {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place_of(self.output.as_ref())?;
        self.telling.check(context)?;
        let store = Store::open(&self.place.repo, context.library.clone())?;
        let tip = self.place.at.tip(context)?;
        let published = self.place.at.published_to_compare(context, &tip)?;
        let past_before = first_day_to_come(now(), self.activate_at);
        let when = When { today: today(), past_before, past_of: None };
        let contents = contents(&store, &self.rev, &[], when)?;
        let list = published.changes_to(&contents.answers);
        let weighed = weigh(store.schemas(), &list, past_before);
        let names = published.names(&list, &contents.answers);
        if let Some(output) = &output {
            output.write(sheet(store.schemas(), &names, &list, context.lang).as_bytes())?;
            let (file, count) = (output.path().display(), list.len());
            let n = counted(count as u64, "change");
            context.tell(&say!(context.lang, "{n} written: {file}\n", "{count} 件を出力しました: {file}\n"));
        }
        let cautions: Vec<Caution> = Withdrawn::of(&tip).map(Caution::AgainstWithdrawn).into_iter().collect();
        let (masters, published) = (&contents.answers[..], Some(&published));
        let shown = Shown {
            list: &list,
            names: &names,
            past_before,
            manifest: None,
            masters,
            published,
            cautions: &cautions,
        };
        self.telling.page(context, &shown)?;
        for old in &contents.too_old {
            context.tell(&format!("{}\n", old.say(context.lang)));
        }
        if context.json {
            let classes: serde_json::Map<_, _> =
                weighed.classes.iter().map(|(class, entries)| (class.to_string(), json!(entries))).collect();
            let never: Vec<_> = weighed.never.iter().map(|change| Told(change).say(Lang::En)).collect();
            return context
                .print_json(&json!({
                    "published": tip.release().map(|release| release.release),
                    "past_before": past_before.to_string(),
                    "past": weighed.counts.past,
                    "past_and_future": weighed.counts.past_and_future,
                    "future": weighed.counts.future,
                    "classes": classes, "never": never,
                    "warnings": cautions.iter().map(|one| one.say(context.lang)).collect::<Vec<_>>(),
                }))
                .map(|()| Exit::Done);
        }
        let mut text = caution_lines(&cautions, context.lang);
        text.push_str(&self.telling.weighed_lines(store.schemas(), &shown, &weighed, context.lang));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl Renew {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.telling.check(context)?;
        refuse_occupied(&self.output)?;
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

impl Review {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
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

impl Sign {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.telling.check(context)?;
        let draft = Drafted::read(&self.draft)?;
        let proposal = &draft.proposal;
        let tip = self.place.at.tip(context)?;
        self.not_signed_otherwise(proposal.release())?;
        // A key that cannot sign is told before the draft is recomputed, which takes long.
        let (key, side) = self.signer(context, &tip)?;
        // There is nothing left to sign.
        if tip.release() == Some(proposal.release())
            && let Standing::Published(_) = draft.standing(context, &tip)?
        {
            let told = |lang| published_already(proposal, lang);
            return Err(Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja))
                .advising(Advised::command(&["release", "show"])));
        }
        context.doing(say!(context.lang, "recomputing the draft", "草案を再計算中"));
        let published = self.place.at.published(context, &tip)?;
        let published = (&tip, published.as_ref());
        let (reviewed, reviewing) = review(context, &self.place, &self.telling, proposal, published)?;
        reviewing.stop(proposal.manifest())?;
        let floor = self.place.at.floor()?;
        floor.check(proposal.manifest()).map_err(|error| trust_failure(&error))?;
        let validity = floor.validity();
        let halves = draft.halves(context, &tip)?;
        // Asked first: a token may want to be touched, and nobody touches it for what was not read.
        if !context.json {
            tell_in_short(context, proposal, (&halves, &tip), &reviewing)?;
        }
        self.confirm.ask(context, proposal.release().manifest)?;
        let signed = match side {
            Organisation::Kikin => reviewed.sign_as_kikin(&tip, &halves, &key, now(), validity),
            Organisation::Kokuho => reviewed.sign_as_kokuho(&tip, &halves, &key, now(), validity),
        };
        let signed = signed.map_err(|error| trust_failure(&error))?;
        // Remembered first: a signature that nobody remembers could be given twice.
        self.place.at.remember_signed(proposal.release())?;
        let file = draft.folder.write_signature(&signed.signature).map_err(|error| trust_failure(&error))?;
        let (file, same) = (file.display(), same_lines(context, &self.place.repo));
        let next = who_is_next(context, signed.tally, &self.draft);
        let last =
            say!(context.lang, "{same}\nsigned: {file}\n{next}", "{same}\n署名ファイル: {file}\n{next}");
        if context.json {
            tell(context, proposal, &signed.halves, &tip, Some(&reviewing), Some(last))?;
        } else {
            let tally = tally_lines(signed.tally, context.lang);
            let manifest = proposal.manifest();
            let owed = tip.statements().owed_after(proposal.release(), manifest);
            let owed = owed_lines(context, &owed);
            context.print(&format!("{last}\n{tally}{owed}"))?;
        }
        Ok(Exit::Done)
    }

    /// The key, unlocked, and whose releases it signs.
    fn signer(&self, context: &Context, tip: &Tip) -> Result<(UnlockedKey, Organisation), Failure> {
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let side = tip.root().release_signer(&key.public()).ok_or_else(|| {
            Failure::new(
                Exit::Trust,
                "this key signs releases for neither organisation; who does is told by:",
                "この鍵はどちらの団体のリリース署名者でもありません。署名者は次のコマンドで確認できます:",
            )
            .advising(Advised::command(&["trust", "show"]))
        })?;
        Ok((key, side))
    }

    fn is_instead_of(&self, manifest: Digest) -> bool {
        self.instead_of.as_ref().is_some_and(|digits| manifest.to_string().starts_with(digits.as_str()))
    }

    /// Refuses a second, other release of a number that this side has signed: the first one may be published,
    /// and an older copy of the channel be shown.
    fn not_signed_otherwise(&self, release: ReleaseRef) -> Result<(), Failure> {
        match self.place.at.signed()? {
            Some(signed)
                if signed.release == release.release
                    && signed.manifest != release.manifest
                    && !self.is_instead_of(signed.manifest) =>
            {
                let (number, before) = (signed.release, signed.manifest);
                Err(Failure::new(
                    Exit::Trust,
                    format!(
                        "another release {number} was signed here, with manifest {before}; make sure that it \
                         is not published and its draft is thrown away, and only then sign this one:"
                    ),
                    format!(
                        "別のリリース {number}（マニフェスト {before}）に既に署名しています。それが公開されておらず破棄\
                         されたことを確認してから、次を実行してください:"
                    ),
                )
                .advising(Advised::again().word("--instead-of").word(before)))
            }
            _ => Ok(()),
        }
    }
}

/// The first digits of a digest, enough of them to tell it from any other.
fn digits(text: &str) -> Result<String, Refusal> {
    let text = text.to_ascii_lowercase();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || !(12..=64).contains(&text.len()) {
        return Err(Refusal::new(
            "12 to 64 hexadecimal digits of the manifest's SHA-256",
            "マニフェストの SHA-256 を 16 進数 12～64 桁で指定してください",
        ));
    }
    Ok(text)
}

impl Collect {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
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

impl Publish {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
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
                context.print(&say!(
                    context.lang,
                    "release {release} is published already, by these very signatures; there is nothing left \
                     to do. Renew its timestamp before {expires}\n",
                    "リリース {release} は公開済みです（同じ署名）。作業は残っていません。{expires} までにタイムスタンプを\
                     更新してください\n"
                ))?;
                return Ok(Exit::Done);
            }
            checked => checked.map_err(|error| trust_failure(&error))?,
        };
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let channel = self.at.address(context)?.publish_channel();
        let published = publish(channel.as_ref(), &publishable, &key, now(), self.at.floor()?.validity())
            .map_err(|error| trust_failure(&error))?;
        // Read again, so that the publisher too refuses an older copy of the channel from now on.
        let tip = self.at.tip(context)?;
        let owed = tip.statements().owed_after(published.release, draft.proposal.manifest());
        tell_published(context, &self.at, published.release.release, published.expires, &owed)?;
        Ok(Exit::Done)
    }
}

impl Publish {
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
    context.print(&say!(
        context.lang,
        "release {number} was published, by these very signatures, and was withdrawn since: no reader takes \
         it, and publishing does not bring it back; that needs a new release. The \
         timestamp holds until {expires}\n",
        "リリース {number} は公開後（同じ署名）に取り下げられており、使われません。再度公開しても戻りません。\
         新しいリリースが必要です。タイムスタンプの期限は {expires} です\n"
    ))?;
    context.print(&withdrawal_lines(withdrawals, context.lang))
}

/// That the release of a draft is published, and what there is to do with it.
fn is_published(context: &Context, proposal: &Proposal) -> String {
    let show = context.advise(&Advised::command(&["release", "show"]));
    format!("{}\n  {show}", published_already(proposal, context.lang))
}

fn published_already(proposal: &Proposal, lang: Lang) -> String {
    let release = proposal.release().release;
    say!(
        lang,
        "release {release} is published, signed by both; who has taken it is told by:",
        "リリース {release} は両団体が署名し、公開済みです。受領状況は次のコマンドで確認できます:"
    )
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
