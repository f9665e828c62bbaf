use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use warifu::changes_html::Shown;
use warifu::error::{Exit, Failure};
use warifu::release::{Against, Assembled, FORMATS, When, assemble, contents, trust_failure};
use warifu::store::Store;
use warifu_audit::Act;
use warifu_channels::{DraftDirectory, propose_again, publish, rebuild_timestamp, refresh_timestamp};
use warifu_masters::past::write_changes;
use warifu_rules::past::{Told, Weighed, weigh};
use warifu_trust::{
    CompressionLevel, Emergency, Halves, NotPublishable, Organisation, PerOrganisation, Proposal,
    Publishable, ReleaseHead, ReleaseRef, Tally, Tip, UnixSeconds, first_day_to_come,
};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::at::{At, quoted};
use super::confirm::Confirm;
use super::drafted::Drafted;
use super::impact::WouldTurn;
use super::past::{Past, Telling};
use super::reviewing::{Place, Reviewing, cautions_of, review, same_lines};
use super::statement::Withdraw;
use super::told::{note, tally, tally_lines, tell, tell_signers};
use super::{KeySource, now, today};
use crate::cli::Context;

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
    Renew(Renew),
    Review(Review),
    Sign(Sign),
    Collect(Collect),
    Publish(Publish),
    Refresh(Refresh),
    Withdraw(Withdraw),
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
    #[arg(long, value_name = "INSTANT")]
    activate_at: Option<UnixSeconds>,
    /// Write the whole list, every change of every day, as CSV.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

/// Make a draft of the next release from a commit.
#[derive(Debug, clap::Args)]
struct Draft {
    /// The commit.
    #[arg(default_value = "HEAD")]
    rev: String,
    /// The repository to draft from; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    #[command(flatten)]
    at: At,
    /// What it is, for people.
    #[arg(long)]
    title: String,
    /// Mark it as an emergency, with a reason that every reader shows; it passes no check and needs no fewer
    /// signatures.
    #[arg(long, value_name = "REASON")]
    emergency: Option<String>,
    /// From when checkers judge by it, such as 2024-06-01T00:00:00+09:00; otherwise at once.
    #[arg(long, value_name = "INSTANT")]
    activate_at: Option<UnixSeconds>,
    /// A format to list besides kikin and kokuho.
    #[arg(long, value_name = "FORMAT")]
    format: Vec<String>,
    #[command(flatten)]
    past: Past,
    /// Draft a commit that does not come after the published release's, for this reason; both sides sign it.
    #[arg(long, value_name = "REASON")]
    not_a_successor: Option<String>,
    /// Leave what concerns days that have been as the published release has it, for a later release.
    #[arg(long)]
    future_only: bool,
    #[command(flatten)]
    telling: Telling,
    /// The folder to make the draft in.
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,
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
    /// is not published and thrown away.
    #[arg(long, value_name = "SHA256")]
    instead_of: Option<Digest>,
}

/// Put signatures that others made elsewhere into a draft, and say who has signed and who has not.
#[derive(Debug, clap::Args)]
struct Collect {
    /// The draft's folder.
    draft: PathBuf,
    /// Files that `warifu release sign` wrote into `signatures/` of a copy of this draft.
    signatures: Vec<PathBuf>,
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

/// Show what a draft holds and who has signed.
#[derive(Debug, clap::Args)]
struct Show {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    at: At,
}

impl Args {
    /// What is written down of it.
    pub(crate) fn act(&self) -> Option<Act> {
        match &self.command {
            Command::Draft(_) | Command::Renew(_) => Some(Act::Draft),
            Command::Review(_) => Some(Act::Review),
            Command::Sign(_) | Command::Collect(_) => Some(Act::Sign),
            Command::Publish(_) | Command::Refresh(_) => Some(Act::Publish),
            Command::Withdraw(_) => Some(Act::Withdraw),
            Command::Changes(_) | Command::Impact(_) | Command::Show(_) => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Changes(args) => args.run(context),
            Command::Impact(args) => args.run(context),
            Command::Draft(args) => args.run(context),
            Command::Renew(args) => args.run(context),
            Command::Review(args) => args.run(context),
            Command::Sign(args) => args.run(context),
            Command::Collect(args) => args.run(context),
            Command::Publish(args) => args.run(context),
            Command::Withdraw(args) => args.run(context),
            Command::Refresh(args) => {
                let tip = if args.rebuild { args.at.tip_without_timestamp()? } else { args.at.tip()? };
                let key = args.key.read(context, |id| tip.root().holder(id))?;
                let at = args.at.address()?.publish_channel();
                let validity = args.at.floor()?.validity();
                let published = if args.rebuild {
                    rebuild_timestamp(at.as_ref(), &tip, &key, now(), validity, args.above)
                } else {
                    refresh_timestamp(at.as_ref(), &tip, &key, now(), validity)
                };
                let published = published.map_err(|error| trust_failure(&error))?;
                if context.json {
                    tell_published(context, published.release.release, published.expires)?;
                } else {
                    let (release, expires) = (published.release.release, published.expires);
                    context.print(&say!(
                        context.lang,
                        "the timestamp of release {release} is renewed: fresh until {expires}\n",
                        "リリース {release} のタイムスタンプを更新しました（有効期限 {expires}）\n"
                    ))?;
                }
                Ok(Exit::Done)
            }
            Command::Show(args) => {
                let (draft, tip) = (Drafted::read(&args.draft)?, args.at.tip()?);
                let halves = draft.halves(context, &tip)?;
                tell(context, &draft.proposal, &halves, &tip, None, None)?;
                Ok(Exit::Done)
            }
        }
    }
}

impl WouldChange {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = Store::open(&self.place.repo, context.library.clone())?;
        let tip = self.place.at.tip()?;
        let published = self.place.at.published_to_compare(context, &tip)?;
        let past_before = first_day_to_come(now(), self.activate_at);
        let when = When { today: today(), past_before, past_of: None };
        let contents = contents(&store, &self.rev, &[], when)?;
        let list = published.changes_to(&contents.answers);
        if let Some(path) = &self.output {
            warifu::files::write(path, &write_changes(&list))?;
        }
        let weighed = weigh(store.schemas(), &list, past_before);
        let names = published.names(&list, &contents.answers);
        let against = tip.release().map(|release| release.release);
        let shown = Shown { list: &list, names: &names, past_before, manifest: None, published: against };
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
                }))
                .map(|()| Exit::Done);
        }
        context.print(&self.telling.weighed_lines(store.schemas(), &shown, &weighed, context.lang))?;
        Ok(Exit::Done)
    }
}

impl Draft {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let store = Store::open(&self.repo, context.library.clone())?;
        let tip = self.at.tip()?;
        let accepted = self.past.by_name(store.schemas())?;
        let mut formats: Vec<String> = FORMATS.map(str::to_owned).to_vec();
        formats.extend(self.format);
        formats.sort();
        formats.dedup();
        let published = self.at.published(context, &tip)?;
        let head = ReleaseHead {
            title: self.title,
            created: now(),
            commit: self.rev,
            previous: tip.predecessor().map_err(|error| trust_failure(&error))?,
            emergency: self.emergency.map(|reason| Emergency { reason }),
            activate_at: self.activate_at,
            future_only: self.future_only,
            not_a_successor: self.not_a_successor,
            audit: Some(context.acts.head()?),
        };
        let against = published.as_ref().map_or(Against::Nothing, Against::Follows);
        let accept = |weighed: &Weighed| accepted.counted(weighed);
        let Assembled { head, masters, changed, risks, too_old, findings } =
            assemble(&store, head, &formats, today(), against, accept)?;
        for (name, findings) in findings.iter().filter(|(_, findings)| !findings.is_empty()) {
            if self.telling.is_verbose() {
                context.findings(Path::new(name), findings);
                continue;
            }
            let count = findings.list().len();
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
        let mut proposal = Proposal::new(head, &masters, changed.content.as_ref(), level)
            .map_err(|error| trust_failure(&error))?;
        if let Some(published) = &published {
            let patched = proposal.with_patches_from(published.release());
            proposal = patched.map_err(|error| trust_failure(&error))?;
        }
        let cautions = cautions_of(context, &store, &self.at, &tip, &proposal)?;
        let reviewing = Reviewing { cautions, changed, risks, telling: &self.telling };
        write_draft(context, (&self.output, &self.at), &proposal, &tip, &reviewing)
    }
}

impl Renew {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let tip = self.place.at.tip()?;
        let channel = self.place.at.address()?.channel();
        let published = propose_again(channel.as_ref(), &tip).map_err(|error| trust_failure(&error))?;
        let proposal = published.ok_or_else(|| {
            Failure::new(
                Exit::CouldNotRun,
                "nothing has been published on this channel yet; make the first release with `warifu release \
                 draft`",
                "まだ何も公開されていません。warifu release draft で最初のリリースを作成してください",
            )
        })?;
        let (_, reviewing) = review(context, &self.place, &self.telling, &proposal, &tip)?;
        write_draft(context, (&self.output, &self.place.at), &proposal, &tip, &reviewing)
    }
}

/// Writes a draft that nobody has signed and says who is next.
fn write_draft(
    context: &Context,
    (folder, at): (&Path, &At),
    proposal: &Proposal,
    tip: &Tip,
    reviewing: &Reviewing<'_>,
) -> Result<Exit, Failure> {
    note(context, proposal);
    let floor = at.floor()?;
    floor.check(proposal.manifest()).map_err(|error| trust_failure(&error))?;
    reviewing.stop(proposal.manifest())?;
    let halves = Halves::begin(proposal, tip, now(), floor.validity());
    let halves = halves.map_err(|error| trust_failure(&error))?;
    let directory = DraftDirectory::new(folder);
    // A folder that holds a draft keeps its own half.
    if !directory.directory().join("release.json").exists() {
        directory.write_halves(&halves).map_err(|error| trust_failure(&error))?;
    }
    directory.write(proposal).map_err(|error| trust_failure(&error))?;
    let next = who_is_next(context.lang, tally(&halves, proposal, tip)?, folder, at);
    tell(context, proposal, &halves, tip, Some(reviewing), Some(next))?;
    Ok(Exit::Done)
}

/// Who is next, and with which command.
fn who_is_next(lang: Lang, tally: PerOrganisation<Tally>, draft: &Path, at: &At) -> String {
    let (draft, given) = (quoted(&draft.to_string_lossy()), at.as_given());
    let sign = say!(
        lang,
        "warifu release sign {draft} {given} --repo REPOSITORY --key KEY",
        "warifu release sign {draft} {given} --repo リポジトリ --key 鍵ファイル"
    );
    if !tally.kikin.holds() {
        say!(lang, "next, a signer of Kikin runs:\n  {sign}", "次: 支払基金の署名者が署名します\n  {sign}")
    } else if !tally.kokuho.holds() {
        say!(lang, "next, a signer of Kokuho runs:\n  {sign}", "次: 国保中央会の署名者が署名します\n  {sign}")
    } else {
        say!(
            lang,
            "both have signed; next, whoever publishes runs:\n  \
             warifu release publish {draft} {given} --key KEY",
            "両者の署名が揃いました。次: 公開担当者が公開します\n  \
             warifu release publish {draft} {given} --key 鍵ファイル"
        )
    }
}

impl Review {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let tip = self.place.at.tip()?;
        let (_, reviewing) = review(context, &self.place, &self.telling, &draft.proposal, &tip)?;
        let (halves, same) = (draft.halves(context, &tip)?, same_lines(context, &self.place.repo));
        let next =
            who_is_next(context.lang, tally(&halves, &draft.proposal, &tip)?, &self.draft, &self.place.at);
        let same = format!("{same}\n{next}");
        tell(context, &draft.proposal, &halves, &tip, Some(&reviewing), Some(same))?;
        Ok(Exit::Done)
    }
}

impl Sign {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let proposal = &draft.proposal;
        let tip = self.place.at.tip()?;
        let (reviewed, reviewing) = review(context, &self.place, &self.telling, proposal, &tip)?;
        reviewing.stop(proposal.manifest())?;
        let floor = self.place.at.floor()?;
        floor.check(proposal.manifest()).map_err(|error| trust_failure(&error))?;
        let validity = floor.validity();
        self.not_signed_otherwise(proposal.release())?;
        let halves = draft.halves(context, &tip)?;
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let side = tip.root().release_signer(&key.public()).ok_or_else(|| {
            Failure::new(
                Exit::Trust,
                "this key signs releases for neither organisation; see `warifu trust show`",
                "この鍵はどちらの組織のリリース署名者でもありません。warifu trust show で確認してください",
            )
        })?;
        let signed = match side {
            Organisation::Kikin => reviewed.sign_as_kikin(&tip, &halves, &key, now(), validity),
            Organisation::Kokuho => reviewed.sign_as_kokuho(&tip, &halves, &key, now(), validity),
        };
        let signed = signed.map_err(|error| trust_failure(&error))?;
        // Everything was tried, so that nobody is asked for what cannot be; nothing leaves before the answer.
        if !context.json {
            tell(context, proposal, &halves, &tip, Some(&reviewing), None)?;
        }
        self.confirm.ask(context, proposal.release().manifest)?;
        // Remembered first: a signature that nobody remembers could be given twice.
        self.place.at.remember_signed(proposal.release())?;
        let file = draft.folder.write_signature(&signed.signature).map_err(|error| trust_failure(&error))?;
        let (file, same) = (file.display(), same_lines(context, &self.place.repo));
        let next = who_is_next(context.lang, signed.tally, &self.draft, &self.place.at);
        let last =
            say!(context.lang, "{same}\nsigned: {file}\n{next}", "{same}\n署名ファイル: {file}\n{next}");
        if context.json {
            tell(context, proposal, &signed.halves, &tip, Some(&reviewing), Some(last))?;
        } else {
            let tally = tally_lines(signed.tally, context.lang);
            context.print(&format!("{last}\n{tally}"))?;
        }
        Ok(Exit::Done)
    }

    /// Refuses a second, other release of a number that this side has signed: the first one may be published,
    /// and an older copy of the channel be shown.
    fn not_signed_otherwise(&self, release: ReleaseRef) -> Result<(), Failure> {
        match self.place.at.signed()? {
            Some(signed)
                if signed.release == release.release
                    && signed.manifest != release.manifest
                    && self.instead_of != Some(signed.manifest) =>
            {
                let (number, before) = (signed.release, signed.manifest);
                Err(Failure::new(
                    Exit::Trust,
                    format!(
                        "another release {number} was signed here, with manifest {before}; make sure that it \
                         is not published and its draft is thrown away, then say --instead-of {before}"
                    ),
                    format!(
                        "別のリリース {number}（マニフェスト {before}）に既に署名しています。それが公開されておらず破棄\
                         されたことを確認し、--instead-of {before} を付けてください"
                    ),
                ))
            }
            _ => Ok(()),
        }
    }
}

impl Collect {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let tip = self.at.tip()?;
        let mut read = Vec::new();
        for file in &self.signatures {
            let one = draft.folder.read_signature(file).map_err(|error| trust_failure(&error))?;
            if one.release != draft.proposal.release() {
                let (file, release) = (file.display(), one.release.release);
                return Err(Failure::new(
                    Exit::Trust,
                    format!("{file} signs another draft (of release {release}); nothing was collected"),
                    format!("{file} は別の草案（リリース {release}）への署名です。取り込んでいません"),
                ));
            }
            read.push(one);
        }
        for one in read {
            draft.folder.write_signature(&one).map_err(|error| trust_failure(&error))?;
        }
        let draft = Drafted::read(&self.draft)?;
        let halves = draft.halves(context, &tip)?;
        tell_signers(context, &draft.proposal, &halves, &tip)?;
        Ok(Exit::Done)
    }
}

impl Publish {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let draft = Drafted::read(&self.draft)?;
        let tip = self.at.tip()?;
        let halves = draft.halves(context, &tip)?;
        note(context, &draft.proposal);
        let publishable = match Publishable::check(&draft.proposal, &halves, &tip, now()) {
            // The last step was taken before, though nobody was told.
            Err(NotPublishable::Already { release, expires }) if context.json => {
                tell_published(context, release, expires)?;
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
        let channel = self.at.address()?.publish_channel();
        let published = publish(channel.as_ref(), &publishable, &key, now(), self.at.floor()?.validity())
            .map_err(|error| trust_failure(&error))?;
        // Read again, so that the publisher too refuses an older copy of the channel from now on.
        self.at.tip()?;
        tell_published(context, published.release.release, published.expires)?;
        Ok(Exit::Done)
    }
}

fn tell_published(context: &Context, release: u64, expires: UnixSeconds) -> Result<(), Failure> {
    if context.json {
        return context.print_json(&json!({ "release": release, "timestamp_expires": expires }));
    }
    context.print(&say!(
        context.lang,
        "release {release} is published; renew its timestamp before {expires}\n",
        "リリース {release} を公開しました。{expires} までにタイムスタンプを更新してください\n"
    ))
}
