//! A channel as a checker stands on it: the pinned root file and what was trusted before, with a copy of
//! each, and what to do when one of them is damaged or gone. What runs does not wait for that.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::fs::{Access, access};
use warifu_channels::{Floor, Mirrors, StateError, StateStore};
use warifu_trust::{Policy, ReleaseRef, StateFault, TrustedState, UnixSeconds, limits};
use warifu_values::lang::{Lang, Speak as _};

use crate::cause::{Amiss, Cause};
use crate::log::{Event, Log};
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::{Offer, ReleaseSource, SourceError, TrustSource};
use crate::state::{Damage, DamagedPart, StateDirectory};

/// The copy of the root file that this checker last started with.
pub(crate) const ROOT_COPY: &str = "root-copy.json";
/// The copy of what was trusted at the last look.
const TRUSTED_COPY: &str = "trusted-copy.json";

/// The source of a running checker.
pub struct KeptSource {
    directory: StateDirectory,
    root: PathBuf,
    policy: Policy,
    /// Whether a release judged here before: then something was trusted too.
    has_judged: bool,
    made: OnceLock<TrustSource>,
    /// The root that it was made with.
    pinned: OnceLock<Vec<u8>>,
    /// What it is made of, as soon as nothing is damaged.
    parts: Mutex<Option<(Mirrors, Floor)>>,
    /// By which steps whoever uses it mends damage.
    to_mend: Said,
    log: Log,
}

impl KeptSource {
    /// Reads from `mirrors`, pinned to the file `root`, by what the checker whose state lies in `directory`
    /// has trusted before.
    pub fn new(
        mirrors: Mirrors,
        floor: Floor,
        root: &Path,
        directory: &StateDirectory,
        log: Log,
    ) -> KeptSource {
        let policy = floor.policy();
        let has_judged = directory.has_judged();
        let directory = directory.from_beside();
        let parts = Mutex::new(Some((mirrors, floor)));
        KeptSource {
            directory,
            root: root.to_owned(),
            policy,
            has_judged,
            made: OnceLock::new(),
            pinned: OnceLock::new(),
            parts,
            to_mend: Damage::what_to_do(),
            log,
        }
    }

    /// The same, where damage is mended by other steps than those of a running checker.
    #[must_use]
    pub fn mended_by(self, to_mend: Said) -> KeptSource {
        KeptSource { to_mend, ..self }
    }

    /// Reads from `mirrors` from now on.
    pub fn read_from(&self, mirrors: Mirrors) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        match (self.made.get(), &mut *parts) {
            (Some(made), _) => made.read_from(mirrors),
            (None, Some(parts)) => parts.0 = mirrors,
            // Nothing is made of parts that were of no use.
            (None, None) => {}
        }
    }

    fn store(&self) -> StateStore {
        StateStore::new(self.directory.trusted())
    }

    fn copy(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The bytes of a root file that is sound.
    fn sound(&self, path: &Path) -> Result<Vec<u8>, Said> {
        let bytes = warifu_files::read(path, limits::ROOT_BYTES).map_err(|error| Said::of(&error))?;
        TrustedState::pin(&bytes, self.policy).map_err(|error| {
            // Roots come from channels, too: this one is told by its path.
            let (path, why) = (path.display(), Said::of(&error));
            Said::new(format!("{path}: {}", why.en), format!("{path}: {}", why.ja))
        })?;
        Ok(bytes)
    }

    /// The bytes of what was trusted, where it is believed under this root.
    fn believed(&self, path: &Path, root: &[u8]) -> Option<Vec<u8>> {
        let bytes = warifu_files::read(path, limits::STATE_BYTES).ok()?;
        TrustedState::from_bytes(&bytes, root, self.policy).ok()?;
        Some(bytes)
    }

    /// The pinned root, once nothing that this stands on is damaged.
    fn undamaged(&self) -> Result<Vec<u8>, Damage> {
        let root = match self.sound(&self.root) {
            Ok(root) => root,
            Err(why) => match self.pinned.get() {
                // What was pinned at the start goes on until the next one.
                Some(pinned) => pinned.clone(),
                None => return Err(self.root_damage(&why)),
            },
        };
        let file = self.directory.trusted().join(TRUSTED_FILE);
        match self.store().load(&root, self.policy) {
            Ok(_) if file.exists() || !self.has_judged => Ok(root),
            Ok(_) => {
                let name = file.display();
                let why = Said::new(format!("{name} is gone"), format!("{name} が失われています"));
                Err(self.trusted_damage(&why, &root))
            }
            Err(error) => Err(self.trusted_damage(&not_believed(&error), &root)),
        }
    }

    fn root_damage(&self, why: &Said) -> Damage {
        let (root, copy) = (&self.root, self.copy(ROOT_COPY));
        let has_copy = self.sound(&copy).is_ok();
        let (root_shown, copy_shown) = (root.display(), copy.display());
        let (mending, advice) = match has_copy {
            true if may_write_beside(root) => (
                Said::new(
                    format!(
                        "puts {copy_shown}, the root that this checker last started with, in the place of \
                         {root_shown}"
                    ),
                    format!("前回の起動時に使用した {copy_shown} を {root_shown} の場所に戻します"),
                ),
                self.to_mend.clone(),
            ),
            true => (mended_by_root(root, &copy), Damage::what_root_does()),
            false => (
                Said::new(
                    format!("there is no copy here: put the pinned root file back at {root_shown} first"),
                    format!("控えがありません。先に {root_shown} へルートファイルを戻してください"),
                ),
                self.to_mend.clone(),
            ),
        };
        Damage { part: DamagedPart::Root, why: why.then(&goes_on()).then(&advice), mending }
    }

    fn trusted_damage(&self, why: &Said, root: &[u8]) -> Damage {
        let copy = self.copy(TRUSTED_COPY);
        let mending = match self.believed(&copy, root) {
            Some(_) => {
                let copy = copy.display();
                Said::new(
                    format!("puts {copy}, as of the last look that took something in, in its place"),
                    format!("最後に確認した時点の控え {copy} を戻します"),
                )
            }
            None => {
                let file = self.directory.trusted().join(TRUSTED_FILE);
                let file = file.display();
                Said::new(
                    format!(
                        "begins anew from the pinned root, for there is no copy here: where there is a \
                         backup of {file}, put it back instead of the repair, between freeze and thaw; \
                         without one, revocations and statements are heard again from the channel, and \
                         nothing older than the newest release that judged here is taken, as the record \
                         tells"
                    ),
                    format!(
                        "控えがないため、ルートファイルから作り直します。{file} のバックアップがあれば、修復の代わりに、凍結してから\
                         それを戻してください。なければ、失効や表明は配信元から再取得し、記録により、ここで稼働した最新のリリースより\
                         古いものは受け入れません"
                    ),
                )
            }
        };
        Damage { part: DamagedPart::Trusted, why: why.then(&self.nothing_new()), mending }
    }

    /// What goes on while something is damaged, and that nothing new is taken.
    fn nothing_new(&self) -> Said {
        goes_on().then(&self.to_mend)
    }

    fn source(&self) -> Result<&TrustSource, SourceError> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let damaged = |damage: Damage| SourceError::Here(Amiss::new(Cause::Damaged, damage.why));
        let root = self.undamaged().map_err(damaged)?;
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((mirrors, floor)) = parts.take() {
            let source = TrustSource::new(mirrors, &root, floor, &self.directory.trusted())?;
            let beside = self.directory.from_beside();
            let _ = self.made.set(source.beside(beside, self.log));
            let _ = self.pinned.set(root.clone());
            self.keep(ROOT_COPY, &root);
        }
        self.made.get().ok_or_else(|| SourceError::Unavailable(self.nothing_new()))
    }

    /// Keeps a copy. That it cannot be kept is told, and stops nothing.
    fn keep(&self, name: &str, bytes: &[u8]) {
        let path = self.copy(name);
        let there = warifu_files::read(&path, bytes.len() as u64);
        if there.is_ok_and(|there| there == bytes) {
            return;
        }
        if let Err(error) = self.directory.write_copy(&path, bytes) {
            self.log.event(Event::CopyNotWritten, &Said::of(&error));
        }
    }

    /// The same, and a copy is kept of what is trusted now that there is one. What is damaged is told as the
    /// status tells it: with one advice, whoever found it.
    fn kept<T>(&self, offer: Result<T, SourceError>) -> Result<T, SourceError> {
        match offer {
            Ok(_) => self.keep_trusted(),
            Err(SourceError::Here(Amiss { cause: Cause::Damaged, .. })) => {
                if let Err(damage) = self.undamaged() {
                    return Err(SourceError::Here(Amiss::new(Cause::Damaged, damage.why)));
                }
            }
            Err(_) => {}
        }
        offer
    }

    fn keep_trusted(&self) {
        let file = self.directory.trusted().join(TRUSTED_FILE);
        if let Ok(bytes) = warifu_files::read(&file, limits::STATE_BYTES) {
            self.keep(TRUSTED_COPY, &bytes);
        }
    }
}

/// The file in `trusted/`.
const TRUSTED_FILE: &str = "trusted-state.json";

/// Whether this account may put a file in the place of `file`. A service may not, where its settings lie.
fn may_write_beside(file: &Path) -> bool {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

/// The root file lies where this account may not write: what its owner types instead of the repair.
fn mended_by_root(root: &Path, copy: &Path) -> Said {
    let (root, copy) = (root.display(), copy.display());
    Said::new(
        format!(
            "cannot write {root} under this account; as root: install -m 644 {copy} {root} (the root that \
             this checker last started with), then warifu trust show {root}, compare its sha256 by telephone \
             with both organisations, and restart the checker"
        ),
        format!(
            "このプログラムの利用者は {root} に書き込めません。root で install -m 644 {copy} {root}（前回の起動時に\
             使用したもの）を実行し、warifu trust show {root} の sha256 を両団体と電話で照合してから、チェッカーを\
             再起動してください"
        ),
    )
}

fn goes_on() -> Said {
    let goes_on =
        Said::new("what runs, if anything does, goes on", "稼働中のリリースがあれば、その使用を続けます");
    let unknown = Said::new(
        "what was withdrawn is not known here meanwhile: ask both organisations",
        "その間、リリースが取り下げられたかどうかはここでは分かりません。両団体に確認してください",
    );
    goes_on.then(&unknown)
}

/// Why what was trusted is not believed. What others do about that is another thing than what a checker does,
/// which has a copy and a command.
fn not_believed(error: &StateError) -> Said {
    match error {
        StateError::NotBelieved { file, fault: StateFault::Damaged { what } } => {
            let file = file.display();
            let (en, ja) = (what.say(Lang::En), what.say(Lang::Ja));
            Said::new(format!("{file} is damaged ({en})"), format!("{file} が壊れています（{ja}）"))
        }
        error => Said::of(error),
    }
}

impl ReleaseSource for KeptSource {
    fn open(&self, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        self.kept(self.source()?.open(now))
    }

    fn open_release(&self, number: u64, now: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        self.kept(self.source()?.open_release(number, now))
    }

    fn troubles(&self) -> Vec<Said> {
        self.made.get().map(ReleaseSource::troubles).unwrap_or_default()
    }

    fn damage(&self) -> Option<Damage> {
        self.undamaged().err()
    }

    fn mend(&self) -> Result<(), Said> {
        let Err(damage) = self.undamaged() else { return Ok(()) };
        if damage.part == DamagedPart::Root {
            let copy = self.sound(&self.copy(ROOT_COPY)).ok().filter(|_| may_write_beside(&self.root));
            let root = copy.ok_or(damage.mending)?;
            self.directory.write_copy(&self.root, &root).map_err(|error| Said::of(&error))?;
        }
        let Err(damage) = self.undamaged() else { return Ok(()) };
        if damage.part == DamagedPart::Root {
            return Err(damage.why);
        }
        let root = self.sound(&self.root)?;
        let file = self.directory.trusted().join(TRUSTED_FILE);
        self.directory.set_aside(&file);
        let again = match self.believed(&self.copy(TRUSTED_COPY), &root) {
            Some(copy) => copy,
            None => TrustedState::pin(&root, self.policy).map_err(|error| Said::of(&error))?.to_bytes(),
        };
        self.directory.write_copy(&file, &again).map_err(|error| Said::of(&error))?;
        self.undamaged().map(drop).map_err(|damage| damage.why)
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        self.made.get()?.withdrawn(id)
    }

    fn again(&self, id: ReleaseRef, now: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        self.source()?.again(id, now)
    }
}

#[cfg(test)]
mod tests {
    use warifu_channels::{Address, Mirror};
    use warifu_trust::testing::{Shelf, World, now};

    use super::*;
    use crate::source::tests::publish;

    #[test]
    fn who_wants_one_release_is_given_it_by_a_mirror_that_has_it() {
        let (world, mut shelf) = (World::new(), Shelf::default());
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("root.json"), world.root.bytes()).unwrap();
        publish(&world, &mut shelf, &at("behind"));
        publish(&world, &mut shelf, &at("newest"));
        let mirror = |name: &str| Mirror::new(name, Address::folder(&at(name)).channel());
        let mirrors = Mirrors::new(mirror("behind"), vec![mirror("newest")]).beginning_at(0);
        let directory = StateDirectory::open(at("state")).unwrap();
        let source = KeptSource::new(mirrors, Floor::default(), &at("root.json"), &directory, Log::default());
        assert_eq!(source.open_release(2, now()).unwrap().id().release, 2);
        assert!(at("state").join(TRUSTED_COPY).exists());
    }

    /// The service's own account may not write where the root file lies: who is told to repair could not.
    #[test]
    fn a_root_file_that_the_service_may_not_write_is_put_back_by_root() {
        let world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // Not even root writes below a file.
        std::fs::write(at("file"), "").unwrap();
        let root = at("file/root.json");
        let mirror = Mirror::new("channel", Address::folder(&at("channel")).channel());
        let mirrors = Mirrors::new(mirror, Vec::new()).beginning_at(0);
        let directory = StateDirectory::open(at("state")).unwrap();
        std::fs::write(at("state").join(ROOT_COPY), world.root.bytes()).unwrap();
        let source = KeptSource::new(mirrors, Floor::default(), &root, &directory, Log::default());
        let Damage { part, why, mending } = source.damage().unwrap();
        assert_eq!(part, DamagedPart::Root);
        let (root, copy) = (root.display(), at("state").join(ROOT_COPY));
        let typed = format!("install -m 644 {} {root}", copy.display());
        for (why, mending) in [(why.en, &mending.en), (why.ja, &mending.ja)] {
            assert!(!why.contains("warifu-checker repair"), "{why}");
            assert!(why.contains("warifu-checker freeze") && why.contains("warifu-checker thaw"), "{why}");
            assert!(mending.contains(&typed) && mending.contains("sha256"), "{mending}");
        }
        assert_eq!(source.mend(), Err(mending));
    }

    #[test]
    fn a_damaged_root_file_is_named_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("pinned.json"), "no JSON").unwrap();
        let mirror = Mirror::new("channel", Address::folder(&at("channel")).channel());
        let mirrors = Mirrors::new(mirror, Vec::new()).beginning_at(0);
        let directory = StateDirectory::open(at("state")).unwrap();
        let root = at("pinned.json");
        let source = KeptSource::new(mirrors, Floor::default(), &root, &directory, Log::default());
        let why = source.damage().unwrap().why;
        for why in [&why.en, &why.ja] {
            assert!(why.starts_with(&format!("{}: ", root.display())), "{why}");
        }
    }
}
