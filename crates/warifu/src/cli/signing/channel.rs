use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::{RELEASE_FILE, SignedFile, on_hand_in, signed_files, trust_failure};
use warifu_channels::{
    Channel, ReadError, fetch, fetch_fallback, fetch_fallback_masters, fetch_manifest, fetch_masters_beside,
    open,
};
use warifu_trust::{
    FetchError, Form, Made, MasterEntry, OpenError, OpenedRelease, Place, Received, Refusal, ReleaseRef,
    Says, TrustedState, VerifiedRelease, find_in_release,
};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::carried::{Carried, Patches};
use super::receipts::Receiving;
use super::seen::{manifest_lines, owed_document, post_review_lines, withdrawal_lines, withdrawals_document};
use super::transfer::{tell_transfer, transfer_json};
use super::{Trusted, address, now};
use crate::cli::Context;

/// Verify, list, fetch and carry what a channel holds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    List(List),
    Fetch(Fetch),
    Bundle(Bundle),
    Copy(Copy),
}

/// Verify the newest release: signatures of both organisations, order, freshness, and every byte of content.
#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    receiving: Receiving,
}

/// List the releases on offer: the current one and the one to fall back to.
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    from: From,
}

/// Write the masters of the newest release in one format, each proven to be the bytes that were signed.
#[derive(Debug, clap::Args)]
struct Fetch {
    #[command(flatten)]
    from: From,
    /// The format to write.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// Only this kind of master.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Write the release before the newest one instead, which both signed too: when the newest was withdrawn.
    #[arg(long)]
    fallback: bool,
    /// The folder to write to.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Write the newest release and the one to fall back to into one file, for media: verified first, and read
/// by naming the file wherever a channel is named.
#[derive(Debug, clap::Args)]
struct Bundle {
    #[command(flatten)]
    from: From,
    /// The file to write; such a file is known by its first bytes, whatever its name.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Put the patches in too, for places that carry the file's content on.
    #[arg(long)]
    patches: bool,
}

/// Copy the newest release and the one to fall back to into another channel: a mirror's folder, a bucket, or
/// an OCI registry. Verified first; readers there see the release before until all of it is there.
#[derive(Debug, clap::Args)]
struct Copy {
    #[command(flatten)]
    from: From,
    /// The channel to copy to.
    #[arg(long, value_name = "CHANNEL")]
    to: OsString,
}

#[derive(Debug, clap::Args)]
struct From {
    /// The channel: a folder, a bundle file, or a URL (https, s3, oci).
    #[arg(value_name = "CHANNEL", env = "WARIFU_CHANNEL")]
    channel: OsString,
    #[command(flatten)]
    trusted: Trusted,
}

impl From {
    fn channel(&self) -> Result<Box<dyn Channel + Send + Sync>, Failure> {
        Ok(address(&self.channel)?.channel())
    }

    /// Opens the newest release and remembers it, whatever becomes of its content: as soon as the signatures
    /// are verified an older one is refused, and a key that was revoked on the way stays so.
    fn open(&self) -> Result<OpenedRelease, Failure> {
        self.open_through(self.channel()?.as_ref())
    }

    /// The same through `at`, which is this channel.
    fn open_through(&self, at: &dyn Channel) -> Result<OpenedRelease, Failure> {
        let (opened, state) = self.look(at)?;
        opened.map_err(|error| refused(&error, &state))
    }

    /// The same, with what is trusted after it, whatever came of it.
    fn look(&self, at: &dyn Channel) -> Result<Looked, Failure> {
        let (mut state, memory) = self.trusted.load()?;
        let opened = open(at, &mut state, now());
        memory.save(&state)?;
        Ok((opened, state))
    }

    /// The newest release whole, with every file by which it is verified from the pinned root on: this side's
    /// memory is asked first whether it may be taken, and not spared a file that the next reader needs.
    fn carried(&self, with: Patches) -> Result<Carried, Failure> {
        let channel = self.channel()?;
        let (opened, state) = self.look(channel.as_ref())?;
        let known = match opened {
            Ok(known) => known,
            Err(error) if lacks_signers(&error) && !state.statements().revoked().is_empty() => {
                let broken = Carried::broken(channel.as_ref(), &state)?;
                return broken.ok_or_else(|| refused(&error, &state));
            }
            Err(error) => return Err(refused(&error, &state)),
        };
        let carried = Carried::verified(channel.as_ref(), with, |at| {
            let opened = open(at, &mut self.trusted.pinned()?, now());
            opened.map_err(|error| trust_failure(&error))
        })?;
        if carried.release() != known.release() {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "the channel changed while it was read; run this again",
                "読み取り中に配信元が更新されました。もう一度実行してください",
            ));
        }
        Ok(carried)
    }

    /// Opens the newest release and reads of its content what `read` reads.
    fn fetch<T>(
        &self,
        read: impl FnOnce(&dyn Channel, &OpenedRelease) -> Result<T, ReadError<FetchError>>,
    ) -> Result<(OpenedRelease, T), Failure> {
        let opened = self.open()?;
        let content = self.content(&opened, read)?;
        Ok((opened, content))
    }

    /// Of the content of `opened` what `read` reads, unless one organisation took it away.
    fn content<T>(
        &self,
        opened: &OpenedRelease,
        read: impl FnOnce(&dyn Channel, &OpenedRelease) -> Result<T, ReadError<FetchError>>,
    ) -> Result<T, Failure> {
        if let Some(made) = opened.withdrawn() {
            return Err(withdrawn(made, opened.fallback()));
        }
        read(self.channel()?.as_ref(), opened).map_err(|error| trust_failure(&error))
    }
}

/// What came of opening, and what is trusted after it.
type Looked = (Result<OpenedRelease, ReadError<OpenError>>, TrustedState);

/// Whether it was refused for want of signers alone, as it is when their keys were revoked.
fn lacks_signers(error: &ReadError<OpenError>) -> bool {
    matches!(error, ReadError::Verdict(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp)))
}

/// Why it was not opened, with the revocations that `state` knows of.
fn refused(error: &ReadError<OpenError>, state: &TrustedState) -> Failure {
    let failure = trust_failure(error);
    let revoked = |lang| {
        let told = |made: &Made| matches!(made.says, Says::Revoked { .. }).then(|| made.say(lang));
        let lines: Vec<_> = state.statements().made().filter_map(told).collect();
        [vec![failure.say(lang)], lines].concat().join("\n  ")
    };
    Failure::new(failure.exit, revoked(Lang::En), revoked(Lang::Ja))
}

/// One organisation took the release away: what may be used is the one before it, which both signed.
fn withdrawn(made: &Made, fallback: Option<ReleaseRef>) -> Failure {
    let told = |lang| {
        let made = made.say(lang);
        match fallback {
            Some(back) => {
                let back = back.release;
                say!(
                    lang,
                    "{made}. Do not install it; release {back}, which both signed, is used instead \
                     (`warifu channel fetch CHANNEL --fallback -o DIR`)",
                    "{made}。導入せず、両団体が署名した前のリリース {back} を使用してください\
                     （`warifu channel fetch 配信元 --fallback -o フォルダー`）"
                )
            }
            None => say!(
                lang,
                "{made}. Do not install it; there is no release to go back to: keep what is running",
                "{made}。導入しないでください。戻り先のリリースはないため、現行のまま運用してください"
            ),
        }
    };
    Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja))
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Verify(args) => args.run(context),
            Command::List(args) => args.run(context),
            Command::Fetch(args) => args.run(context),
            Command::Bundle(args) => {
                let with = if args.patches { Patches::Along } else { Patches::Not };
                args.from.carried(with)?.bundle(context, &args.output)
            }
            Command::Copy(args) => {
                let carried = args.from.carried(Patches::Along)?;
                carried.copy(context, &args.to, args.from.trusted.load()?.0)
            }
        }
    }
}

impl Verify {
    /// The release, every byte of it, and a receipt of what came of it.
    fn verified(&self, context: &Context) -> Result<(OpenedRelease, VerifiedRelease), Failure> {
        let opened = self.from.open()?;
        let release = opened.release();
        let verified = self.from.content(&opened, fetch).and_then(|verified| {
            let floor = self.from.trusted.floor()?;
            floor.check(verified.manifest()).map_err(|error| trust_failure(&error))?;
            Ok(verified)
        });
        let received = match &verified {
            Ok(_) => Received::Verified,
            Err(failure) => match opened.withdrawn() {
                Some(made) => Receiving::withdrawn(made, context.lang),
                None => Receiving::refused(&failure.say(context.lang)),
            },
        };
        // What could not be read today says nothing of the release.
        let is_verdict = verified.as_ref().err().is_none_or(|failure| failure.exit == Exit::Trust);
        let written = if is_verdict { self.receiving.write(context, release, received) } else { Ok(()) };
        match (verified, written) {
            (Ok(verified), written) => written.map(|()| (opened, verified)),
            (Err(refused), Ok(())) => Err(refused),
            // That the release was refused must not be lost for a passphrase or a full disk.
            (Err(refused), Err(unwritten)) => Err(refused.and(&unwritten)),
        }
    }

    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (opened, verified) = self.verified(context)?;
        let signers = opened.signers();
        if context.json {
            context.print_json(&json!({
                "verified": true, "manifest": verified.manifest(), "expires": opened.expires(),
                "signers": { "kikin": signers.kikin, "kokuho": signers.kokuho },
                "post_review_owed": owed_document(opened.statements(), opened.release(), verified.manifest()),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let (kikin, kokuho) = (signers.kikin.join(", "), signers.kokuho.join(", "));
        let mut text = manifest_lines(verified.manifest(), lang);
        let (statements, release) = (opened.statements(), opened.release());
        text.push_str(&post_review_lines(statements, release, verified.manifest(), lang));
        text.push_str(&say!(
            lang,
            "signed by {kikin} (Kikin) and {kokuho} (Kokuho); every byte is what both signed\n\
             fresh until {}\n",
            "署名: {kikin}（支払基金）、{kokuho}（国保中央会）。全バイトが両者の署名と一致しました\n有効期限 {}\n",
            opened.expires()
        ));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl List {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let opened = self.from.open()?;
        let at = self.from.channel()?;
        let at = at.as_ref();
        let current = fetch_manifest(at, &opened).map_err(|error| trust_failure(&error))?;
        let fallback = fetch_fallback(at, &opened).map_err(|error| trust_failure(&error))?;
        if context.json {
            context.print_json(&json!({
                "current": current, "fallback": fallback.as_ref().map(VerifiedRelease::manifest),
                "post_review_owed": owed_document(opened.statements(), opened.release(), &current),
                "withdrawals": withdrawals_document(opened.withdrawals()),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let mut text = say!(lang, "current:  ", "現行: ");
        text.push_str(&manifest_lines(&current, lang));
        text.push_str(&post_review_lines(opened.statements(), opened.release(), &current, lang));
        text.push_str(&withdrawal_lines(opened.withdrawals(), lang));
        match &fallback {
            Some(release) => {
                text.push_str(&say!(lang, "fallback: ", "戻り先: "));
                text.push_str(&manifest_lines(release.manifest(), lang));
            }
            None => text.push_str(&say!(lang, "fallback: none\n", "戻り先: なし\n")),
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl Fetch {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let schemas = &context.library.schemas;
        let verified = if self.fallback {
            let opened = self.from.open()?;
            let masters = fetch_fallback_masters(self.from.channel()?.as_ref(), &opened);
            masters.map_err(|error| trust_failure(&error))?.ok_or_else(|| {
                Failure::new(
                    Exit::CouldNotRun,
                    "there is no release to go back to",
                    "戻り先のリリースがありません",
                )
            })?
        } else {
            // What was fetched into the folder before need not come again.
            let on_hand = on_hand_in(schemas, &self.output, &self.format);
            self.from.fetch(|at, opened| fetch_masters_beside(at, opened, on_hand))?.1
        };
        self.from.trusted.floor()?.check(verified.manifest()).map_err(|error| trust_failure(&error))?;
        let manifest = verified.manifest().to_bytes().map_err(|error| trust_failure(&error))?;
        let (release, transfer) = (verified.release().release, verified.transfer().clone());
        let wanted = |kind: &str| self.kind.as_deref().is_none_or(|wanted| wanted == kind);
        // Everything is made before anything is written.
        let masters = verified.into_masters().filter(|(entry, _)| wanted(&entry.kind));
        let made = signed_files(schemas, masters, &self.format)?;
        if made.is_empty() {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "the release holds no such master",
                "リリースに該当するマスターがありません",
            ));
        }
        fs::create_dir_all(&self.output).map_err(|error| {
            let folder = self.output.display();
            Failure::system(
                format_args!("cannot make {folder}"),
                format_args!("{folder} を作成できません"),
                &error,
            )
        })?;
        // What the files were made of and what was let pass: `warifu validate` judges them by it.
        let mut files: Vec<_> =
            made.iter().map(|one| (self.output.join(&one.name), one.bytes.as_slice())).collect();
        files.push((self.output.join(RELEASE_FILE), &manifest));
        files::write_each(&files)?;
        tell_transfer(context, &transfer);
        let mut listed = Vec::new();
        let mut text = String::new();
        for (SignedFile { entry, sha256, .. }, (path, _)) in made.iter().zip(&files) {
            text.push_str(&format!("{sha256}  {}\n", path.display()));
            listed
                .push(json!({ "series": entry.series, "kind": entry.kind, "file": path, "sha256": sha256 }));
        }
        if context.json {
            context.print_json(&json!({
                "release": release, "files": listed, "transfer": transfer_json(&transfer),
            }))?;
        } else {
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}

/// Whether a file is part of a signed release, for `warifu inspect` and `validate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Membership {
    /// Look for the files in this channel's signed releases.
    #[arg(long, value_name = "CHANNEL", requires = "root", env = "WARIFU_CHANNEL")]
    channel: Option<OsString>,
    /// The root that this side trusts.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: Option<PathBuf>,
    /// The folder that remembers what was accepted of the channel; otherwise one for each root below
    /// ~/.local/state/warifu.
    #[arg(long, value_name = "DIR", env = "WARIFU_STATE")]
    trusted_state: Option<PathBuf>,
    /// What this side demands whatever the root says.
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    policy: Option<PathBuf>,
}

impl Membership {
    /// The signed releases to look in; none when no channel was named.
    pub(crate) fn releases(self, context: &Context) -> Result<Option<Vec<VerifiedRelease>>, Failure> {
        let (Some(channel), Some(root)) = (self.channel, self.root) else { return Ok(None) };
        let at = address(&channel)?.channel();
        let at = at.as_ref();
        let (mut state, memory) = Trusted { root, state: self.trusted_state, policy: self.policy }.load()?;
        let opened = open(at, &mut state, now());
        memory.save(&state)?;
        let opened = match opened {
            Ok(opened) => opened,
            // Nothing is signed yet, and that is what can be said of every file.
            Err(ReadError::Verdict(OpenError::NothingPublished)) => return Ok(Some(Vec::new())),
            Err(error) => return Err(trust_failure(&error)),
        };
        if let Some(made) = opened.withdrawn() {
            let (number, made) = (opened.release().release, made.say(context.lang));
            context.tell(&say!(
                context.lang,
                "WARNING: release {number} is withdrawn, do not use what is in it. {made}\n",
                "警告: リリース {number} は取り下げられています。内容を使用しないでください。{made}\n"
            ));
        }
        let current = fetch(at, &opened).map_err(|error| trust_failure(&error))?;
        let fallback = fetch_fallback(at, &opened).map_err(|error| trust_failure(&error))?;
        Ok(Some([current].into_iter().chain(fallback).collect()))
    }
}

/// Where the bytes with this digest stand in `releases`, in words and as JSON.
pub(crate) fn membership(
    context: &Context,
    releases: &[VerifiedRelease],
    sha256: Digest,
) -> (String, serde_json::Value) {
    let lang = context.lang;
    match releases.iter().find_map(|release| find_in_release(release, sha256)) {
        Some(found) => {
            let release = found.release;
            let name = |entry: &MasterEntry| format!("{}/{}", entry.series, entry.kind);
            let (words, master, form) = match found.place {
                Place::Master { entry, form } => {
                    let form = match form {
                        Form::Canonical => "canonical",
                        Form::Format { name, .. } => name,
                    };
                    let words = say!(
                        lang,
                        "signed by both: release {release}, {} as {form}",
                        "両者の署名あり: リリース {release}、{}（{form}）",
                        name(entry)
                    );
                    (words, Some(name(entry)), form)
                }
                Place::Timelines(entry) => {
                    let words = say!(
                        lang,
                        "signed by both: release {release}, the timelines of {}",
                        "両者の署名あり: リリース {release}、{} の履歴",
                        name(entry)
                    );
                    (words, Some(name(entry)), "timelines")
                }
                Place::Changes { of } => {
                    let words = say!(
                        lang,
                        "signed by both: release {release}, what release {of} changes",
                        "両者の署名あり: リリース {release}、リリース {of} の変更の一覧"
                    );
                    (words, None, "changes")
                }
            };
            (words, json!({ "release": release, "master": master, "form": form }))
        }
        None => {
            let words = say!(
                lang,
                "IN NO SIGNED RELEASE of this channel: do not install it",
                "署名済みリリースに含まれません。導入しないでください"
            );
            (words, serde_json::Value::Null)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use warifu_channels::testing::Publishing as _;
    use warifu_channels::{Address, StateStore, publish_root, publish_statement};
    use warifu_trust::testing::{World, key};
    use warifu_trust::{Policy, RootDraft, StatementFile, UnixSeconds};

    use super::*;

    #[test]
    fn a_revocation_learnt_on_the_way_to_a_refusal_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let world = World::at(now());
        let channel = Address::folder(&at("channel")).publish_channel();
        publish_root(channel.as_ref(), &world.root).unwrap();
        world.publish_next(channel.as_ref());
        // Kikin's first person, who signed the release, leaves; a fourth comes.
        let kikin = [2, 3, 4].map(key);
        let mut draft: RootDraft =
            World::builder(&kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
        for officer in world.kikin.iter().chain(&world.kokuho) {
            draft.sign(officer, Some(&world.root)).unwrap();
        }
        publish_root(channel.as_ref(), &draft.finish(Some(&world.root)).unwrap()).unwrap();

        files::write(&at("root.json"), world.root.bytes()).unwrap();
        let from = from(folder.path());
        assert_eq!(from.open().unwrap_err().exit, Exit::Trust);
        assert_eq!(remembered(folder.path(), &world).root().version(), 2);
    }

    #[test]
    fn an_old_revocation_lets_nothing_be_carried_that_is_rolled_back() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let world = World::at(now());
        let from = from_one_that_revoked(folder.path(), &world);
        let timestamp = at("channel/metadata/timestamp.json");
        let first = fs::read(&timestamp).unwrap();
        let channel = Address::folder(&at("channel")).publish_channel();
        world.publish_next(channel.as_ref());
        assert_eq!(from.carried(Patches::Not).ok().unwrap().release().release, 2);

        files::write(&timestamp, &first).unwrap();
        let refused = from.carried(Patches::Not).err().unwrap();
        assert_eq!(refused.exit, Exit::Trust);
        assert!(refused.say(Lang::En).contains("rollback"), "{}", refused.say(Lang::En));
    }

    #[test]
    fn an_old_revocation_lets_nothing_be_carried_that_has_expired() {
        let folder = tempfile::tempdir().unwrap();
        let world = World::at(UnixSeconds::new(now().seconds() - 600 * 86_400));
        let from = from_one_that_revoked(folder.path(), &world);
        let refused = from.carried(Patches::Not).err().unwrap();
        assert_eq!(refused.exit, Exit::Trust);
        assert!(refused.say(Lang::En).contains("expired"), "{}", refused.say(Lang::En));
    }

    /// A reader that remembers, of a channel with one release, where somebody who did not sign it is revoked.
    fn from_one_that_revoked(folder: &Path, world: &World) -> From {
        let channel = Address::folder(&folder.join("channel")).publish_channel();
        publish_root(channel.as_ref(), &world.root).unwrap();
        world.publish_next(channel.as_ref());
        let says = Says::Revoked { key: world.kikin[2].public().id() };
        let said = StatementFile::sign(&world.root, &world.kikin[0], says, "left", world.now).unwrap();
        publish_statement(channel.as_ref(), &said, world.now).unwrap();
        files::write(&folder.join("root.json"), world.root.bytes()).unwrap();
        from(folder)
    }

    /// A reader that remembers, of the channel in `folder`.
    fn from(folder: &Path) -> From {
        let (root, state) = (folder.join("root.json"), Some(folder.join("state")));
        let trusted = Trusted { root, state, policy: None };
        From { channel: folder.join("channel").into_os_string(), trusted }
    }

    /// What that reader remembers.
    fn remembered(folder: &Path, world: &World) -> TrustedState {
        StateStore::new(folder.join("state")).load(world.root.bytes(), Policy::default()).unwrap()
    }

    #[test]
    fn what_was_signed_is_remembered_though_its_content_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let world = World::at(now());
        let channel = Address::folder(&at("channel")).publish_channel();
        publish_root(channel.as_ref(), &world.root).unwrap();
        world.publish_next(channel.as_ref());
        files::write(&at("root.json"), world.root.bytes()).unwrap();
        let from = from(folder.path());
        from.fetch(fetch).unwrap();

        // The same people under a next root; then release 2, one byte of one of its blobs changed.
        let mut draft: RootDraft =
            World::builder(&world.kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
        for officer in world.kikin.iter().chain(&world.kokuho) {
            draft.sign(officer, Some(&world.root)).unwrap();
        }
        publish_root(channel.as_ref(), &draft.finish(Some(&world.root)).unwrap()).unwrap();
        world.publish_next(channel.as_ref());
        let opened = open(channel.as_ref(), &mut remembered(folder.path(), &world), now()).unwrap();
        let manifest = fetch_manifest(channel.as_ref(), &opened).unwrap();
        let first = manifest.masters[0].blob.as_str();
        let mut content = fs::read_dir(at("channel/targets")).unwrap().map(|entry| entry.unwrap().path());
        let blob = content.find(|path| path.to_string_lossy().ends_with(first)).unwrap();
        let whole = fs::read(&blob).unwrap();
        let mut changed = whole.clone();
        changed[0] ^= 1;
        files::write(&blob, &changed).unwrap();

        assert_eq!(from.fetch(fetch).unwrap_err().exit, Exit::Trust);
        let state = remembered(folder.path(), &world);
        assert_eq!((state.root().version(), state.release().unwrap().release), (2, 2));
        files::write(&blob, &whole).unwrap();
        from.fetch(fetch).unwrap();
        assert_eq!(remembered(folder.path(), &world).release().unwrap().release, 2);
    }
}
