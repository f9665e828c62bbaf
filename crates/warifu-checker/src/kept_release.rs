//! A release that a check keeps by itself, without a running checker: as new as the channel lets it be, and
//! the last good one where the channel is silent, expired or lies.
//!
//! The folder is a state directory like that of a running checker, and what is new comes in by the same
//! gates ([`Swapper`]): signatures, order, withdrawals, rules and the past. What passes
//! them is confirmed at once, for a check has no claims of others to watch it by. No window is kept to: what
//! judges here judges for nobody else.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use warifu_channels::{Floor, Mirrors, StateStore};
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, TrustedState, UnixSeconds, reopen};

use crate::calendar::Calendar;
use crate::candidate::Candidate;
use crate::cause::{Amiss, Cause};
use crate::kept_source::KeptSource;
use crate::log::Log;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::{ReleaseSource as _, SourceError};
use crate::state::{Reason, Recent, Running, StateDirectory, StateDirectoryError};
use crate::swap::{Gates, Outcome, Swapper, Wanted};

/// How long the first release that another check takes in is waited for, at most: masters of some megabytes,
/// over a slow line.
const WAIT: Duration = Duration::from_secs(120);
/// So often: where another one could not take it in, the next one tries.
const WAITS: usize = 5;

/// Where the release of one line of roots is kept, and what it must keep to.
#[derive(Debug)]
pub struct KeptRelease<'a> {
    /// The folder, of this line alone.
    pub folder: &'a Path,
    /// The pinned root file.
    pub root: &'a Path,
    /// What this side demands whatever the root says.
    pub floor: Floor,
    /// The layouts that are known.
    pub schemas: &'a Schemas,
    /// Where what the gates say is told.
    pub log: Log,
    /// The caller's clock.
    pub now: UnixSeconds,
}

/// A kept release, ready to judge.
#[derive(Debug)]
pub struct Ready {
    /// It.
    pub candidate: Candidate,
    /// When the channel was read last and said so.
    pub heard: UnixSeconds,
    /// Until when that holds.
    pub expires: Option<UnixSeconds>,
    /// What came of asking the channel, where it is not simply what is kept.
    pub news: Vec<Said>,
    /// Whether the channel says now that it is the one to judge by.
    pub is_current: bool,
}

/// Why nothing can be judged by.
#[derive(Debug)]
pub enum NotReady {
    /// Trust is refused, and nothing that is kept may stand in.
    Trust(Said),
    /// It could not be had or used.
    CouldNot(Said),
}

/// What came of asking the channel.
#[derive(Default)]
struct Asked {
    news: Vec<Said>,
    is_current: bool,
    /// What is kept, where it was read already.
    content: Option<ReleaseContent>,
}

impl KeptRelease<'_> {
    /// What the channel says is to be judged by, taken in where it is new; what is kept where the channel
    /// gives nothing that holds.
    ///
    /// # Errors
    /// [`NotReady`].
    pub fn from_channel(&self, mirrors: Mirrors) -> Result<Ready, NotReady> {
        // A root that this side does not accept is no damage of the folder.
        if let Ok(root) = warifu_files::read(self.root, warifu_trust::limits::ROOT_BYTES) {
            let pinned = TrustedState::pin(&root, self.floor.policy());
            pinned.map_err(|refused| NotReady::Trust(Said::of(&refused)))?;
        }
        let asked = match self.open_or_wait() {
            Ok(directory) => self.ask(directory, mirrors)?,
            // Another check brings it up to date; what is kept whole is as good for this one.
            Err(StateDirectoryError::InUse { .. }) => Asked { news: vec![busy()], ..Asked::default() },
            Err(error) => return Err(NotReady::CouldNot(Said::of(&error))),
        };
        self.ready(asked)
    }

    /// What is kept, without asking anybody.
    ///
    /// # Errors
    /// [`NotReady`].
    pub fn offline(&self) -> Result<Ready, NotReady> {
        self.ready(Asked::default())
    }

    /// The folder, as soon as there is a release in it or it is this one's turn: while another check takes in
    /// the first release, there is nothing to judge by.
    fn open_or_wait(&self) -> Result<StateDirectory, StateDirectoryError> {
        for _ in 0..WAITS {
            match StateDirectory::open(self.folder) {
                Err(StateDirectoryError::InUse { .. }) if self.keeps_nothing() => {
                    StateDirectory::wait_for(self.folder, WAIT);
                }
                opened => return opened,
            }
        }
        StateDirectory::open(self.folder)
    }

    fn keeps_nothing(&self) -> bool {
        running(&StateDirectory::look_at(self.folder)).is_none()
    }

    fn ask(&self, directory: StateDirectory, mirrors: Mirrors) -> Result<Asked, NotReady> {
        directory.begin().map_err(|error| NotReady::CouldNot(Said::of(&error)))?;
        let source = KeptSource::new(mirrors, self.floor.clone(), self.root, &directory, self.log)
            .mended_by(self.fetch_anew());
        let kept = running(&directory);
        let opened = source.open(self.now).map(|offer| offer.id());
        let is_withdrawn = kept.is_some_and(|id| source.withdrawn(id).is_some());
        match (opened, kept) {
            // What a disk does not take in keeps nothing that lies on it whole from judging.
            (Err(SourceError::Here(amiss)), Some(_)) if is_of_disk(&amiss) && !is_withdrawn => {
                return Ok(Asked { news: vec![not_taken(SourceError::Here(amiss))], ..Asked::default() });
            }
            (Err(SourceError::Here(amiss)), _) => return Err(NotReady::CouldNot(amiss.why)),
            (Err(error), None) => return Err(NotReady::of(error)),
            (Err(error), Some(_)) if !is_withdrawn => {
                return Ok(Asked { news: vec![not_taken(error)], ..Asked::default() });
            }
            (Ok(offered), Some(id)) if !is_withdrawn => {
                if offered == id
                    && let Ok(content) = directory.releases().load(id)
                {
                    return Ok(Asked { is_current: true, content: Some(content), ..Asked::default() });
                }
                if let Some(until) = waits(&directory, offered, self.now) {
                    let news = Outcome::Waiting { release: offered.release, until }.said();
                    return Ok(Asked { news: Vec::from_iter(news), is_current: true, content: None });
                }
            }
            _ => {}
        }
        self.take(directory, source)
    }

    /// Lets what is new through the gates, and leaves what was withdrawn.
    fn take(&self, directory: StateDirectory, source: KeptSource) -> Result<Asked, NotReady> {
        let could_not = |said| NotReady::CouldNot(said);
        let folder = directory.path().display().to_string();
        let recent = Recent::open(directory.recent(), 0)
            .map_err(|error| could_not(Said::about(&folder, &folder, &error)))?;
        let swapper = Swapper::resume(
            directory,
            Some(Box::new(source)),
            Arc::new(recent),
            self.schemas.clone(),
            Gates::default(),
            self.log,
            self.now,
        );
        let swapper = swapper.map_err(|error| could_not(Said::of(&error)))?;
        // What is put together from traces takes nothing new until it is mended, and nobody mends it here.
        if let Some(rebuilt) = swapper.record().rebuilt() {
            return Err(could_not(rebuilt.why.clone().then(&self.fetch_anew())));
        }
        let swapper = swapper.keeping_to(Calendar::open()).keeping_releases(1);
        let outcome = swapper.poll(self.now, Wanted::Newest);
        if let Running::OnProbation { release, .. } = swapper.record().running() {
            let reason = "a check watches nothing / check は観察期間を設けません".to_owned();
            if let Ok(reason) = Reason::try_from(reason) {
                // Where the record does not take it, it is on probation on disk, and judges all the same.
                let _ = swapper.confirm(release.id.release, reason, self.now);
            }
        }
        let judges = swapper.active().map(|active| active.id.release);
        let is_current = match &outcome {
            Outcome::Activated { .. } | Outcome::Unchanged { .. } | Outcome::Waiting { .. } => {
                judges.is_some()
            }
            _ => false,
        };
        let news = match &outcome {
            Outcome::Activated { release, .. } => Some(taken(*release)),
            outcome => outcome.said(),
        };
        match (judges, news) {
            (None, news) => Err(NotReady::of_outcome(&outcome, news)),
            (Some(_), news) => Ok(Asked { news: Vec::from_iter(news), is_current, content: None }),
        }
    }

    /// What is kept, made ready; nothing that was withdrawn or that this side does not take.
    fn ready(&self, asked: Asked) -> Result<Ready, NotReady> {
        let could_not = |said| NotReady::CouldNot(said);
        let directory = StateDirectory::look_at(self.folder);
        let again = |said: Said| could_not(said.then(&self.fetch_anew()));
        let content = match asked.content {
            Some(content) => content,
            None => {
                let record = directory.record().map_err(|error| again(Said::of(&error)))?;
                let kept = record.running().release().ok_or_else(|| could_not(self.nothing_kept()))?;
                directory.releases().load(kept.id.into()).map_err(|error| again(Said::of(&error)))?
            }
        };
        let root = warifu_files::read(self.root, warifu_trust::limits::ROOT_BYTES)
            .map_err(|error| could_not(Said::of(&error)))?;
        let store = StateStore::new(directory.trusted());
        if !store.has_saved() {
            return Err(again(self.forgotten(content.id())));
        }
        let state = store.load(&root, self.floor.policy());
        let state = state.map_err(|error| match error.is_trust_refusal() {
            true => NotReady::Trust(Said::of(&error).then(&self.fetch_anew())),
            false => again(Said::of(&error)),
        })?;
        if let Some(made) = state.statements().withdrawal(content.id()) {
            return Err(NotReady::Trust(Said::both(made).then(&nothing_else())));
        }
        self.floor.check(content.manifest()).map_err(|error| NotReady::Trust(Said::of(&error)))?;
        let expires = reopen(&state).ok().map(|opened| opened.expires());
        let candidate = Candidate::build(self.schemas, content).map_err(could_not)?;
        let Asked { news, is_current, .. } = asked;
        Ok(Ready { candidate, heard: state.known_time(), expires, news, is_current })
    }

    /// That what was heard of withdrawals is gone.
    fn forgotten(&self, kept: ReleaseRef) -> Said {
        let (folder, release) = (self.folder.display(), kept.release);
        Said::new(
            format!(
                "what {folder} remembered of its channel is gone, so nobody here knows whether release \
                 {release} was withdrawn: nothing is judged by it"
            ),
            format!(
                "{folder} に記憶した配信元の情報が失われ、リリース {release} が取り下げられたかどうか分からないため、\
                 これでは点検しません"
            ),
        )
    }

    fn fetch_anew(&self) -> Said {
        let folder = self.folder.display();
        Said::new(
            format!("to fetch everything anew, delete {folder} and name --channel and --root once more"),
            format!(
                "すべて取得し直すには {folder} を削除し、もう一度 --channel と --root を指定してください"
            ),
        )
    }

    fn nothing_kept(&self) -> Said {
        let folder = self.folder.display();
        Said::new(
            format!(
                "no release is kept in {folder} yet: name --channel and --root once, while it can be read"
            ),
            format!(
                "{folder} にはまだリリースがありません。配信元に接続できる状態で、--channel と --root を一度\
                 指定してください"
            ),
        )
    }
}

impl NotReady {
    fn of(error: SourceError) -> NotReady {
        match error {
            SourceError::Unavailable(said) => NotReady::CouldNot(said),
            SourceError::Here(amiss) => NotReady::CouldNot(amiss.why),
            SourceError::Stale(said) | SourceError::Refused(said) => NotReady::Trust(said),
        }
    }

    fn of_outcome(outcome: &Outcome, said: Option<Said>) -> NotReady {
        let said = said.unwrap_or_else(nothing_else);
        let is_trust = match outcome {
            Outcome::Held { cause, .. } => *cause == Cause::Withdrawn,
            outcome => outcome.exit_status() == 3,
        };
        if is_trust { NotReady::Trust(said) } else { NotReady::CouldNot(said) }
    }
}

fn running(directory: &StateDirectory) -> Option<ReleaseRef> {
    Some(directory.record().ok()?.running().release()?.id.into())
}

/// The instant that `offered` waits for, where it lies in `directory` already.
fn waits(directory: &StateDirectory, offered: ReleaseRef, now: UnixSeconds) -> Option<UnixSeconds> {
    directory.releases().load(offered).ok()?.manifest().activate_at.filter(|instant| *instant > now)
}

fn is_of_disk(amiss: &Amiss) -> bool {
    matches!(amiss.cause, Cause::DiskFull | Cause::DiskFault)
}

fn taken(release: u64) -> Said {
    Said::new(
        format!("release {release} was taken from the channel"),
        format!("配信元からリリース {release} を取り込みました"),
    )
}

/// Why nothing of what the channel says is taken.
fn not_taken(error: SourceError) -> Said {
    let (said, en, ja) = match error {
        SourceError::Unavailable(said) => (said, "the channel gives nothing now", "配信元から取得できません"),
        SourceError::Stale(said) => (said, "the channel gives nothing new", "配信元の情報は期限切れです"),
        SourceError::Refused(said) => {
            (said, "WHAT THE CHANNEL OFFERS IS NOT TAKEN", "配信元の内容を受け入れません")
        }
        SourceError::Here(amiss) => (amiss.why, "the channel is not asked", "配信元に問い合わせていません"),
    };
    Said::new(format!("{en}: {}", said.en), format!("{ja}: {}", said.ja))
}

fn busy() -> Said {
    Said::new(
        "another check is asking the channel just now, so this one judges by what is kept",
        "別の check が配信元に問い合わせ中のため、保存済みのリリースで点検します",
    )
}

fn nothing_else() -> Said {
    Said::new(
        "no other release is kept that could judge in its place; try again when the channel has a newer one",
        "代わりに使えるリリースの保存がありません。配信元に新しいリリースが出てから再実行してください",
    )
}
