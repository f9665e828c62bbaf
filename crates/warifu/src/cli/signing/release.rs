use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use warifu::caution::{Caution, Published, cautions};
use warifu::changes_html::Shown;
use warifu::error::{Exit, Failure};
use warifu::release::{
    Against, Assembled, Changed, FORMATS, ReleaseRisk, When, assemble, contents, recompute, trust_failure,
};
use warifu::store::{Store, StoreError};
use warifu_audit::Act;
use warifu_channels::{
    DraftDirectory, ReadError, fetch_published_manifest, propose_again, publish, rebuild_timestamp,
    refresh_timestamp,
};
use warifu_masters::past::write_changes;
use warifu_rules::past::{Told, Weighed, weigh};
use warifu_trust::{
    Changes, CompressionLevel, Emergency, Governs, Halves, Manifest, NotPublishable, Organisation,
    PerOrganisation, Proposal, Publishable, ReleaseHead, ReleaseRef, Reviewed, Signers, Tally, Tip,
    UnixSeconds, first_day_to_come,
};
use warifu_values::digest::Digest;
use warifu_values::judgement::{AcceptedPast, Basis, PassedBy};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::at::{At, quoted};
use super::confirm::Confirm;
use super::drafted::Drafted;
use super::impact::WouldTurn;
use super::past::{Past, Telling};
use super::seen::{file_lines, risk_lines, signer_lines};
use super::statement::Withdraw;
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

/// The reviewer's repository and the channel, and what is trusted.
#[derive(Debug, clap::Args)]
struct Place {
    /// The reviewer's own repository; otherwise the one this folder lies in.
    #[arg(long, value_name = "DIR", default_value = ".", env = "WARIFU_REPO", hide_default_value = true)]
    repo: PathBuf,
    #[command(flatten)]
    at: At,
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
                let key = args.key.read(context)?;
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

fn tally(halves: &Halves, proposal: &Proposal, tip: &Tip) -> Result<PerOrganisation<Tally>, Failure> {
    halves.tally(proposal, tip).map_err(|error| trust_failure(&error))
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
        let proposal = Proposal::new(head, &masters, changed.content.as_ref(), level)
            .map_err(|error| trust_failure(&error))?;
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

/// Notes which release the act is about.
fn note(context: &Context, proposal: &Proposal) {
    let release = proposal.release();
    context.acts.note("release", release.release);
    context.acts.note("manifest", release.manifest);
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
    floor.check(proposal.manifest())?;
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

/// What whoever reviews must know of a release, beside what it says itself, and how much of it is told.
struct Reviewing<'a> {
    cautions: Vec<Caution>,
    changed: Changed,
    risks: Vec<ReleaseRisk>,
    telling: &'a Telling,
}

impl Reviewing<'_> {
    /// Refuses what nobody may draft or sign without a reason.
    fn stop(&self, manifest: &Manifest) -> Result<(), Failure> {
        let Some(caution) = self.cautions.iter().find(|caution| caution.stops(manifest)) else {
            return Ok(());
        };
        let (en, ja) = (caution.say(Lang::En), caution.say(Lang::Ja));
        Err(Failure::new(
            Exit::Trust,
            format!("{en}; to release it all the same, draft it with --not-a-successor and a reason"),
            format!("{ja}。それでも公開する場合は --not-a-successor に理由を付けて起案してください"),
        ))
    }
}

/// Recomputes the draft from the repository of whoever reviews it, and says what must be known first.
fn review<'a>(
    context: &Context,
    place: &Place,
    telling: &'a Telling,
    proposal: &Proposal,
    tip: &Tip,
) -> Result<(Reviewed, Reviewing<'a>), Failure> {
    let store = Store::open(&place.repo, context.library.clone())?;
    let commit = &proposal.manifest().commit;
    if let Err(StoreError::NoRevision { .. }) = store.config(commit) {
        let repo = quoted(&place.repo.to_string_lossy());
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!(
                "this repository does not have the draft's commit {commit} yet; bring it up to date, and \
                 review again:\n  git -C {repo} pull"
            ),
            format!(
                "このリポジトリには草案のコミット {commit} がまだありません。最新にしてから、もう一度実行してください:\n  \
                 git -C {repo} pull"
            ),
        ));
    }
    let published = place.at.published(context, tip)?;
    let against = Against::of(proposal, tip, published.as_ref())?;
    let (recomputed, changed, risks) = recompute(&store, proposal, against, today())?;
    let reviewed = proposal.review(&recomputed).map_err(|error| trust_failure(&error))?;
    let cautions = cautions_of(context, &store, &place.at, tip, proposal)?;
    Ok((reviewed, Reviewing { cautions, changed, risks, telling }))
}

fn cautions_of(
    context: &Context,
    store: &Store,
    at: &At,
    tip: &Tip,
    proposal: &Proposal,
) -> Result<Vec<Caution>, Failure> {
    let manifest = proposal.manifest();
    let published = if tip.release() == Some(proposal.release()) {
        Published::None
    } else {
        let channel = at.address()?.channel();
        match fetch_published_manifest(channel.as_ref(), tip) {
            Ok(None) => Published::None,
            Ok(Some(before)) => {
                let (release, commit) = (before.release, before.commit.clone());
                let ancestry = store.ancestry(&manifest.commit, &commit)?;
                Published::At { release, commit, ancestry, manifest: Box::new(before) }
            }
            Err(ReadError::Verdict(error)) => Published::Unreadable(error.say(context.lang)),
            Err(error) => return Err(trust_failure(&error)),
        }
    };
    Ok(cautions(manifest, published, now()))
}

fn same_lines(context: &Context, repo: &Path) -> String {
    let repo = repo.display();
    say!(
        context.lang,
        "recomputed from {repo}: the same, byte for byte",
        "{repo} から再計算し、全バイト一致しました"
    )
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
        floor.check(proposal.manifest())?;
        let validity = floor.validity();
        self.not_signed_otherwise(proposal.release())?;
        let halves = draft.halves(context, &tip)?;
        let key = self.key.read(context)?;
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
        let key = self.key.read(context)?;
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

/// What must be known first, what a release holds, every file and digest that is signed, who has signed and
/// who has not, and a last line.
fn tell(
    context: &Context,
    proposal: &Proposal,
    halves: &Halves,
    tip: &Tip,
    reviewing: Option<&Reviewing<'_>>,
    last: Option<String>,
) -> Result<(), Failure> {
    note(context, proposal);
    let (manifest, tally) = (proposal.manifest(), tally(halves, proposal, tip)?);
    let signers = halves.signers(proposal, tip).map_err(|error| trust_failure(&error))?;
    let terms = halves.terms(proposal, tip).map_err(|error| trust_failure(&error))?;
    let cautions = reviewing.map_or(&[][..], |reviewing| reviewing.cautions.as_slice());
    let lang = context.lang;
    let shown =
        reviewing.map(|Reviewing { changed: Changed { list, names, .. }, risks, telling, .. }| {
            let published = manifest.previous.map(|previous| previous.release);
            let past_before = manifest.head().past_before();
            (Shown { list, names, past_before, manifest: Some(manifest), published }, risks, telling)
        });
    if let Some((shown, _, telling)) = &shown {
        telling.page(context, shown)?;
    }
    if context.json {
        let digest = manifest.digest().map_err(|error| trust_failure(&error))?;
        let side = |tally: Tally, signers: &Signers| {
            json!({
                "have": tally.have, "need": tally.need, "holds": tally.holds(),
                "signed": signers.have, "not_signed": signers.have_not,
            })
        };
        let half = |half: Option<(u64, UnixSeconds)>| {
            half.map(|(version, expires)| json!({ "version": version, "expires": expires }))
        };
        return context.print_json(&json!({
            "manifest": manifest, "manifest_sha256": digest,
            "kikin": side(tally.kikin, &signers.kikin), "kokuho": side(tally.kokuho, &signers.kokuho),
            "targets": half(terms.targets), "snapshot": half(terms.snapshot),
            "fallback": terms.falls_back_to, "note": last,
            "warnings": cautions.iter().map(|caution| caution.say(lang)).collect::<Vec<_>>(),
        }));
    }
    let mut text = String::new();
    for caution in cautions {
        text.push_str(&say!(lang, "WARNING: {}\n", "警告: {}\n", caution.say(lang)));
    }
    if let Some((shown, risks, telling)) = &shown {
        text.push_str(&telling.changed_lines(&context.library.schemas, shown, lang));
        text.push_str(&risk_lines(risks, lang));
    }
    text.push_str(&manifest_lines(manifest, lang));
    text.push_str(&file_lines(manifest, lang));
    text.push_str(&signer_lines(&terms, &signers, lang));
    text.push_str(&tally_lines(tally, lang));
    if let Some(last) = last {
        text.push_str(&last);
        text.push('\n');
    }
    context.print(&text)
}

/// Who has signed and who has not, and no more.
fn tell_signers(context: &Context, proposal: &Proposal, halves: &Halves, tip: &Tip) -> Result<(), Failure> {
    let signers = halves.signers(proposal, tip).map_err(|error| trust_failure(&error))?;
    let terms = halves.terms(proposal, tip).map_err(|error| trust_failure(&error))?;
    let tally = tally(halves, proposal, tip)?;
    if context.json {
        let side = |tally: Tally, signers: &Signers| {
            json!({
                "have": tally.have, "need": tally.need,
                "signed": signers.have, "not_signed": signers.have_not,
            })
        };
        return context.print_json(&json!({
            "release": proposal.release(),
            "kikin": side(tally.kikin, &signers.kikin), "kokuho": side(tally.kokuho, &signers.kokuho),
        }));
    }
    let lang = context.lang;
    context.print(&format!("{}{}", signer_lines(&terms, &signers, lang), tally_lines(tally, lang)))
}

fn tally_lines(tally: PerOrganisation<Tally>, lang: Lang) -> String {
    let (kikin, kokuho) = (tally.kikin, tally.kokuho);
    say!(
        lang,
        "signed: Kikin {} of {}, Kokuho {} of {}\n",
        "署名: 支払基金 {}/{}、国保中央会 {}/{}\n",
        kikin.have,
        kikin.need,
        kokuho.have,
        kokuho.need
    )
}

/// What a release changes, as lines: how much, what was accepted of the past, and how far back lists reach.
fn change_lines(changes: &Changes, lang: Lang) -> String {
    let mut text = say!(
        lang,
        "  changes: {} of past days only, {} of past days and those to come, {} of days to come only\n",
        "  変更: 過去分のみ {} 件、過去分と将来分 {} 件、将来分のみ {} 件\n",
        changes.past,
        changes.past_and_future,
        changes.future
    );
    for AcceptedPast { class, entries, reason, source } in &changes.accepted {
        text.push_str(&say!(
            lang,
            "    accepted: {class} ({entries}): {reason} ({source})\n",
            "    承認済みの遡及変更: {class}（{entries} 件）、{reason}（{source}）\n"
        ));
    }
    if let Some(oldest) = changes.earlier.last() {
        text.push_str(&say!(
            lang,
            "    with the lists of earlier releases, back to release {}\n",
            "    リリース {} 以降の各リリースの変更の一覧を含む\n",
            oldest.release.release
        ));
    }
    text
}

/// A manifest as lines: head, then a line for each master.
pub(super) fn manifest_lines(manifest: &Manifest, lang: Lang) -> String {
    let commit = manifest.commit.get(..12).unwrap_or_default();
    let mut text = say!(
        lang,
        "release {}: {} (commit {commit}, {})\n",
        "リリース {}: {}（コミット {commit}、{}）\n",
        manifest.release,
        manifest.title,
        manifest.created
    );
    if let Some(emergency) = &manifest.emergency {
        text.push_str(&say!(lang, "  EMERGENCY: {}\n", "  緊急: {}\n", emergency.reason));
    }
    if let Some(instant) = manifest.activate_at {
        text.push_str(&say!(lang, "  in force from {instant}\n", "  適用開始 {instant}\n"));
    }
    text.push_str(&say!(
        lang,
        "  treatment days before {} are past for it\n",
        "  {} より前の診療日を過去分として扱う\n",
        manifest.past_before
    ));
    if let Some(reason) = &manifest.not_a_successor {
        text.push_str(&say!(
            lang,
            "  NOT A SUCCESSOR of the published release's commit: {reason}\n",
            "  公開中のリリースのコミットの後に続くものではない: {reason}\n"
        ));
    }
    if manifest.future_only {
        text.push_str(&say!(
            lang,
            "  corrections that reach back are left to a later release\n",
            "  遡及する訂正は後のリリースに含める\n"
        ));
    }
    if let Some(changes) = &manifest.changes {
        text.push_str(&change_lines(changes, lang));
    }
    for master in &manifest.masters {
        let name = format!("{}/{}", master.series, master.kind);
        let formats: Vec<_> = master.formats.keys().map(String::as_str).collect();
        text.push_str(&say!(
            lang,
            "  {name:<20} {:>7} rows  sha256 {}  as {}\n",
            "  {name:<20} {:>7} 行  sha256 {}  形式 {}\n",
            master.rows,
            master.canonical.sha256.short(),
            formats.join(", ")
        ));
        let Governs { from, until } = &master.governs;
        text.push_str(&match until {
            Some(until) => {
                say!(lang, "    governs {from} to {until}\n", "    適用期間 {from} から {until} まで\n")
            }
            None => say!(lang, "    governs {from} on\n", "    適用期間 {from} から\n"),
        });
        if let Basis::Differentials { full_columns } = master.made_of {
            text.push_str(&say!(
                lang,
                "    made of a full of {full_columns} columns and differentials\n",
                "    {full_columns} 列の全件ファイルと変更分から作成\n"
            ));
        }
        for pass in &master.let_pass {
            let keys = match pass.keys.as_slice() {
                [] => say!(lang, "every record", "全レコード"),
                keys if keys.len() > 10 => {
                    say!(lang, "{} and {} more", "{} ほか {} 件", keys[..10].join(", "), keys.len() - 10)
                }
                keys => keys.join(", "),
            };
            let by = match &pass.by {
                PassedBy::Layout => say!(lang, "known to the layout", "レイアウトの既知の例外"),
                PassedBy::Repository => say!(lang, "waived in warifu.toml", "warifu.toml の例外"),
                PassedBy::Import(file) => say!(lang, "accepted with {file}", "{file} の取込時に承認"),
            };
            text.push_str(&say!(
                lang,
                "    let pass: {} ({keys}); {by}: {}\n",
                "    承認済みの指摘: {}（{keys}）、{by}: {}\n",
                pass.finding,
                pass.reason
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use warifu_trust::ChangesContent;
    use warifu_trust::testing::{changes, earlier, head, masters};

    use super::*;

    #[test]
    fn what_a_release_changes_and_which_days_it_governs_is_shown_in_both_languages() {
        let earlier = earlier(9, 3);
        let head = ReleaseHead { future_only: true, ..head(9, Some(earlier[0].release)) };
        let changes = ChangesContent { future: 7, earlier, ..changes(&head).unwrap() };
        let mut contents = masters(1);
        contents[0].governs.until = Some("2028-05-31".into());
        let manifest = Manifest::of(head, &contents, Some(&changes)).unwrap();
        for (lang, lines) in [
            (
                Lang::En,
                [
                    "  treatment days before 2026-05-29 are past for it\n",
                    "  corrections that reach back are left to a later release\n",
                    "  changes: 1 of past days only, 1 of past days and those to come, 7 of days to \
                     come only\n",
                    "    accepted: drug/price (2): 告示の訂正 (令和8年厚生労働省告示第1号)\n",
                    "    with the lists of earlier releases, back to release 6\n",
                    "    governs 2026-06-01 to 2028-05-31\n",
                    "    governs 2026-06-01 on\n",
                ],
            ),
            (
                Lang::Ja,
                [
                    "  2026-05-29 より前の診療日を過去分として扱う\n",
                    "  遡及する訂正は後のリリースに含める\n",
                    "  変更: 過去分のみ 1 件、過去分と将来分 1 件、将来分のみ 7 件\n",
                    "    承認済みの遡及変更: drug/price（2 件）、告示の訂正（令和8年厚生労働省告示第1号）\n",
                    "    リリース 6 以降の各リリースの変更の一覧を含む\n",
                    "    適用期間 2026-06-01 から 2028-05-31 まで\n",
                    "    適用期間 2026-06-01 から\n",
                ],
            ),
        ] {
            let text = manifest_lines(&manifest, lang);
            for line in lines {
                assert!(text.contains(line), "{line}{text}");
            }
        }
    }
}
