//! The steps before an activation, each a type that nothing else makes: a candidate is [`Newer`] than what
//! runs, then [`Cleared`] against it. Only what is cleared is activated, so an older release cannot be.

use std::sync::Arc;

use warifu_claims::movement::{Declared, Enough};
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::lang::Lang;

use crate::candidate::Candidate;
use crate::cause::{Amiss, Cause};
use crate::past;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::state::{Installed, Marks, StateDirectoryError};
use crate::swap::active::Active;
use crate::trial::{Replayed, Tried, replay};

/// A candidate that is newer than what runs, if anything does, and than whatever is held.
pub(super) struct Newer {
    candidate: Candidate,
    than: Option<Arc<Active>>,
}

/// A release that is no newer than another one here: going back is falling back, and never done by
/// activating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotNewer {
    release: u64,
    than: u64,
}

impl NotNewer {
    /// For people.
    pub(super) fn said(self) -> Said {
        let NotNewer { release, than } = self;
        Said::new(
            format!("release {release} is not newer than release {than}; only a newer one is taken"),
            format!(
                "リリース {release} はリリース {than} より新しくありません。より新しいものだけを受け入れます"
            ),
        )
    }
}

/// Asks the order alone: `release` against what runs and the newest that is held.
pub(super) fn is_newer(release: u64, running: Option<&Active>, held: Option<u64>) -> Result<(), NotNewer> {
    match running.map(|running| running.id.release).max(held) {
        Some(than) if release <= than => Err(NotNewer { release, than }),
        _ => Ok(()),
    }
}

impl Newer {
    /// `candidate` after what runs and the newest release that is held.
    pub(super) fn than(
        running: Option<Arc<Active>>,
        held: Option<u64>,
        candidate: Candidate,
    ) -> Result<Newer, NotNewer> {
        is_newer(candidate.id.release, running.as_deref(), held)?;
        Ok(Newer { candidate, than: running })
    }

    /// Clears the candidate: for no day that has been may it judge otherwise than what runs but as both
    /// organisations signed, which the content of both tells that is `kept`; nothing may be missing; and
    /// replaying `files` and a synthetic corpus may show no fault of a master. They are compared with what
    /// the candidate would be watched against: the release that was confirmed last. The report is there also
    /// when it is refused, unless nothing was replayed.
    pub(super) fn clear(
        self,
        schemas: &Schemas,
        kept: impl Fn(ReleaseRef) -> Result<ReleaseContent, StateDirectoryError>,
        files: &[Arc<[u8]>],
        enough: &Enough,
        now: UnixSeconds,
    ) -> (Option<Replayed>, Result<Cleared, NotCleared>) {
        let Newer { mut candidate, than } = self;
        let masters = std::mem::take(&mut candidate.read);
        // What cannot be read is this checker's disk, and no fault of the candidate.
        let read = |id| kept(id).map_err(|error| NotCleared::NotNow(error.amiss()));
        let both = || Ok((read(candidate.id)?, than.as_ref().map(|running| read(running.id)).transpose()?));
        let hold = |(new, old)| past::clear_read(schemas, new, masters, old).map_err(NotCleared::from);
        let past = match both().and_then(hold) {
            Ok(past) => past,
            Err(why) => return (None, Err(why)),
        };
        if let Some(kind) = than.as_deref().and_then(|running| running.kind_missing_in(&candidate)) {
            let called = |lang| {
                schemas.editions(&kind).first().map_or(&*kind, |layout| layout.master_name(lang)).to_owned()
            };
            let why = Said::new(
                format!("it has nothing of what the running release has of {} ({kind})", called(Lang::En)),
                format!("稼働中のリリースにある「{}」（{kind}）がありません", called(Lang::Ja)),
            );
            return (None, Err(NotCleared::Data(why)));
        }
        // What runs may be on probation itself: then both of their changes lie between.
        let mut declared = past.signed().clone();
        than.iter().filter_map(|running| running.declared()).for_each(|before| declared.extend(before));
        let against = than.as_ref().map(|running| running.compared_with().unwrap_or(running));
        let against = against.map(|against| (against.id.release, &*against.snapshot));
        let tried = Tried {
            release: candidate.id.release,
            snapshot: &candidate.snapshot,
            declared: &declared,
            past_before: past.past_before(),
            until: candidate.activate_at.map_or(now, |instant| instant.max(now)).day_in_japan().month(),
        };
        match replay(tried, against, files, enough) {
            Err(not_the_same) => {
                (None, Err(NotCleared::NotNow(Amiss::new(Cause::Later, not_the_same.said()))))
            }
            Ok(report) => {
                let cleared = match report.refusal() {
                    Some(why) => Err(NotCleared::Data(why)),
                    None => Ok(Cleared { candidate, declared, against: than }),
                };
                (Some(report), cleared)
            }
        }
    }
}

/// Why a candidate is not cleared.
pub(super) enum NotCleared {
    /// Something is wrong with the candidate.
    Data(Said),
    /// Something is wrong here; nothing follows for the candidate.
    NotNow(Amiss),
}

impl From<past::NotCleared> for NotCleared {
    fn from(why: past::NotCleared) -> Self {
        match why {
            past::NotCleared::Candidate(why) => NotCleared::Data(why),
            past::NotCleared::Here(why) => NotCleared::NotNow(Amiss::new(Cause::DiskFault, why)),
        }
    }
}

/// A candidate that may judge claims after the release it was cleared against.
pub(super) struct Cleared {
    candidate: Candidate,
    /// What was declared since the release that it will be watched against.
    declared: Declared,
    against: Option<Arc<Active>>,
}

impl Cleared {
    /// Its number.
    pub(super) fn release(&self) -> u64 {
        self.candidate.id.release
    }

    /// What is out of the ordinary about it.
    pub(super) fn marks(&self) -> &Marks {
        &self.candidate.marks
    }

    /// Which release was running when it was cleared.
    pub(super) fn against(&self) -> Option<ReleaseRef> {
        self.against.as_ref().map(|against| against.id)
    }

    /// What it will be watched against: the release that was confirmed last. Nobody may fall back onto what
    /// was not confirmed itself.
    pub(super) fn watched_against(&self) -> Option<&Arc<Active>> {
        let against = self.against.as_ref()?;
        Some(against.compared_with().unwrap_or(against))
    }

    /// As the record will have it.
    pub(super) fn installed(&self, since: UnixSeconds) -> Installed {
        let Candidate { id, title, marks, signed_by, .. } = &self.candidate;
        let (title, marks, signed_by) = (title.clone(), marks.clone(), signed_by.clone());
        Installed { id: (*id).into(), title, since, marks, signed_by }
    }

    /// It judges since `since`.
    pub(super) fn activate(self, since: UnixSeconds) -> Active {
        let previous = self.watched_against().map(Arc::clone);
        Active::new(self.candidate, previous.map(|previous| (previous, self.declared)), since)
    }

    /// The candidate again, which waits until `until`: where both signed an instant, that is its instant now.
    pub(super) fn postponed(self, until: UnixSeconds) -> Candidate {
        let candidate = self.candidate;
        Candidate { activate_at: candidate.activate_at.map(|_| until), ..candidate }
    }

    /// The candidate again: it will have to be cleared against what runs then.
    pub(super) fn into_candidate(self) -> Candidate {
        self.candidate
    }
}
