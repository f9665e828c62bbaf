//! A channel and what is trusted of it: opened, remembered and read for the commands.

use std::ffi::OsString;
use std::path::Path;

use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::{Channel, ReadError, open};
use warifu_trust::{
    FetchError, Made, Manifest, OpenError, OpenedRelease, Refusal, ReleaseRef, Says, TrustedState,
};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::super::carried::{Carried, Patches};
use super::super::{Trusted, address, broken_for_newcomers, no_channel, now};
use super::before::Before;
use crate::cli::settings::NamedBy;

#[derive(Debug, clap::Args)]
pub(super) struct From {
    /// The channel: a folder, a bundle file, or a URL (https, s3, oci).
    #[arg(value_name = "CHANNEL", env = "WARIFU_CHANNEL")]
    pub(super) channel: OsString,
    #[command(flatten)]
    pub(super) trusted: Trusted,
}

impl From {
    pub(super) fn channel(&self, by: &NamedBy) -> Result<Box<dyn Channel + Send + Sync>, Failure> {
        no_channel::refuse_to_read(Path::new(&self.channel))?;
        Ok(address(&self.channel, by)?.channel())
    }

    /// Opens the newest release and remembers it, whatever becomes of its content: as soon as the signatures
    /// are verified an older one is refused, and a key that was revoked on the way stays so.
    pub(super) fn open(&self, by: &NamedBy) -> Result<OpenedRelease, Failure> {
        self.open_through(self.channel(by)?.as_ref())
    }

    /// The same through `at`, which is this channel.
    pub(super) fn open_through(&self, at: &dyn Channel) -> Result<OpenedRelease, Failure> {
        let (opened, state) = self.look(at)?;
        opened.map_err(|error| refused(&error, &state))
    }

    /// The same, with what is trusted after it, whatever came of it.
    pub(super) fn look(&self, at: &dyn Channel) -> Result<Looked, Failure> {
        let (mut state, memory) = self.trusted.load()?;
        let opened = open(at, &mut state, now());
        memory.save(&state)?;
        Ok((opened, state))
    }

    /// Refuses a channel from which somebody who remembers nothing would not get the very release that
    /// `opened` is: this side asks only for what it does not remember, and would not see what is broken.
    pub(super) fn holds_for_newcomers(&self, by: &NamedBy, opened: &OpenedRelease) -> Result<(), Failure> {
        let anew = open(self.channel(by)?.as_ref(), &mut self.trusted.pinned()?, now());
        let anew = anew.map_err(|error| broken_for_newcomers(trust_failure(&error)))?;
        let is_same = anew.release() == opened.release() && anew.versions() == opened.versions();
        if !is_same {
            return Err(changed_meanwhile());
        }
        if opened.statements().made().count() > anew.statements().made().count() {
            return Err(broken_for_newcomers(Failure::new(
                Exit::Trust,
                "a statement of one organisation is gone from it",
                "団体の声明がなくなっています",
            )));
        }
        Ok(())
    }

    /// The release that this side remembers, before it looks anew.
    pub(super) fn remembered(&self) -> Result<Option<ReleaseRef>, Failure> {
        Ok(self.trusted.load()?.0.release())
    }

    /// Whether `release` is one before that of `manifest`, which is verified: what this place does not
    /// show is none of it.
    pub(super) fn had_before(
        &self,
        by: &NamedBy,
        manifest: &Manifest,
        release: ReleaseRef,
    ) -> Result<bool, Failure> {
        if manifest.releases_before().contains(&release) {
            return Ok(true);
        }
        let channel = self.channel(by)?;
        for before in Before::of(channel.as_ref(), manifest) {
            let before = before?;
            if before.release <= release.release {
                break;
            }
            if before.releases_before().contains(&release) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The newest release whole, with every file by which it is verified from the pinned root on: this side's
    /// memory is asked first whether it may be taken, and not spared a file that the next reader needs.
    pub(super) fn carried(&self, by: &NamedBy, with: Patches) -> Result<Carried, Failure> {
        let channel = self.channel(by)?;
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
            return Err(changed_meanwhile());
        }
        Ok(carried)
    }

    /// Of the content of `opened` what `read` reads, unless one organisation took it away.
    pub(super) fn content<T>(
        &self,
        by: &NamedBy,
        opened: &OpenedRelease,
        read: impl FnOnce(&dyn Channel, &OpenedRelease) -> Result<T, ReadError<FetchError>>,
    ) -> Result<T, Failure> {
        if let Some(made) = opened.withdrawn() {
            let fetch = Advised::command(&["channel", "fetch"]).word("--fallback");
            return Err(withdrawn(made, opened.fallback(), fetch.word("-o").blank(Blank::Folder)));
        }
        read(self.channel(by)?.as_ref(), opened).map_err(|error| trust_failure(&error))
    }
}

/// What came of opening, and what is trusted after it.
type Looked = (Result<OpenedRelease, ReadError<OpenError>>, TrustedState);

/// The channel moved on between two looks.
fn changed_meanwhile() -> Failure {
    Failure::new(
        Exit::CouldNotRun,
        "the channel changed while it was read; run this again",
        "読み取り中に配信元が更新されました。もう一度実行してください",
    )
}

/// Whether it was refused for want of signers alone, as it is when their keys were revoked.
fn lacks_signers(error: &ReadError<OpenError>) -> bool {
    matches!(error, ReadError::Verdict(OpenError::Refused(Refusal::Halves(_) | Refusal::Timestamp)))
}

/// Why it was not opened, with the revocations that `state` knows of.
pub(super) fn refused(error: &ReadError<OpenError>, state: &TrustedState) -> Failure {
    trust_failure(error).retold(|lang, text| {
        let told = |made: &Made| matches!(made.says, Says::Revoked { .. }).then(|| made.say(lang));
        let lines: Vec<_> = state.statements().made().filter_map(told).collect();
        [vec![text.to_owned()], lines].concat().join("\n  ")
    })
}

/// One organisation took the release away: what may be used is the one before it, which both signed, and
/// which `instead` gets.
pub(super) fn withdrawn(made: &Made, fallback: Option<ReleaseRef>, instead: Advised) -> Failure {
    let told = |lang| {
        let made = made.say(lang);
        match fallback {
            Some(back) => {
                let back = back.release;
                say!(
                    lang,
                    "{made}. Do not install it; release {back}, which both signed, is used instead:",
                    "{made}。導入せず、両団体が署名した前のリリース {back} を使用してください:"
                )
            }
            None => say!(
                lang,
                "{made}. Do not install it; there is no release to go back to: keep what is running",
                "{made}。導入しないでください。戻り先のリリースはないため、現行のまま運用してください"
            ),
        }
    };
    let failure = Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja));
    if fallback.is_some() { failure.advising(instead) } else { failure }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use warifu::files;
    use warifu_channels::testing::Publishing as _;
    use warifu_channels::{Address, StateStore, fetch, fetch_manifest, publish_root, publish_statement};
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
        assert_eq!(from.open(&NamedBy::Line).unwrap_err().exit, Exit::Trust);
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
        assert_eq!(from.carried(&NamedBy::Line, Patches::Not).ok().unwrap().release().release, 2);

        files::write(&timestamp, &first).unwrap();
        let refused = from.carried(&NamedBy::Line, Patches::Not).err().unwrap();
        assert_eq!(refused.exit, Exit::Trust);
        assert!(refused.say(Lang::En).contains("rollback"), "{}", refused.say(Lang::En));
    }

    #[test]
    fn an_old_revocation_lets_nothing_be_carried_that_has_expired() {
        let folder = tempfile::tempdir().unwrap();
        let world = World::at(UnixSeconds::new(now().seconds() - 600 * 86_400));
        let from = from_one_that_revoked(folder.path(), &world);
        let refused = from.carried(&NamedBy::Line, Patches::Not).err().unwrap();
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
        from.content(&NamedBy::Line, &from.open(&NamedBy::Line).unwrap(), fetch).unwrap();

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

        assert_eq!(
            from.open(&NamedBy::Line)
                .and_then(|opened| from.content(&NamedBy::Line, &opened, fetch))
                .unwrap_err()
                .exit,
            Exit::Trust
        );
        let state = remembered(folder.path(), &world);
        assert_eq!((state.root().version(), state.release().unwrap().release), (2, 2));
        files::write(&blob, &whole).unwrap();
        from.content(&NamedBy::Line, &from.open(&NamedBy::Line).unwrap(), fetch).unwrap();
        assert_eq!(remembered(folder.path(), &world).release().unwrap().release, 2);
    }
}
