//! A proposal with both halves, checked as every reader will check it, before anything is written.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::metadata::ChannelPath;
use crate::organisation::PerOrganisation;
use crate::publish::sign::{Halves, check_next, read_snapshot, read_targets, version_and_expiry};
use crate::publish::sign_error::SignError;
use crate::publish::tip::Tip;
use crate::refusal::say_halves;
use crate::release::Proposal;
use crate::tally::Tally;
use crate::time::UnixSeconds;

/// Both halves hold, for exactly this proposal, on exactly this tip. Only [`Publishable::check`] makes one.
#[derive(Debug, Clone)]
pub struct Publishable {
    pub(crate) proposal: Proposal,
    pub(crate) tip: Tip,
    pub(crate) targets: (ChannelPath, Vec<u8>),
    pub(crate) targets_version: u64,
    pub(crate) snapshot: (ChannelPath, Vec<u8>),
    pub(crate) snapshot_version: u64,
}

impl Publishable {
    /// Checks `halves` of `proposal` against `tip`: both thresholds under the newest root, the release and
    /// the versions next in line, nothing expired at `now`.
    ///
    /// # Errors
    ///
    /// [`NotPublishable`].
    pub fn check(
        proposal: &Proposal,
        halves: &Halves,
        tip: &Tip,
        now: UnixSeconds,
    ) -> Result<Self, NotPublishable> {
        if let Some(published) = &tip.published
            && halves.are_published(tip)
        {
            let (release, expires) = (published.listing.current.release, published.timestamp_expires);
            return Err(NotPublishable::Already { release, expires });
        }
        check_next(proposal, tip)?;
        let tally = halves.tally(proposal, tip)?;
        let (Some(targets_file), Some(snapshot_file)) = (&halves.targets, &halves.snapshot) else {
            return Err(NotPublishable::Halves(tally));
        };
        if !tally.kikin.holds() || !tally.kokuho.holds() {
            return Err(NotPublishable::Halves(tally));
        }
        let fresh = Some((now, UnixSeconds::LAST));
        let targets = read_targets(targets_file, proposal, tip, fresh)?;
        let snapshot = read_snapshot(snapshot_file, &targets, targets_file, tip, fresh)?;
        let (targets_version, _) = version_and_expiry("targets.json", &targets.signed, None)?;
        let (snapshot_version, _) = version_and_expiry("snapshot.json", &snapshot.signed, None)?;
        let published = tip.published.as_ref();
        let (last_targets, last_snapshot) =
            published.map_or((0, 0), |published| (published.listing.version, published.snapshot_version));
        let targets_path = ChannelPath::targets(targets_version);
        let snapshot_path = ChannelPath::snapshot(snapshot_version);
        // Next is the first free number, or one where an interrupted publication left these very bytes.
        let next = |version: u64, last: u64, free: u64, path: &ChannelPath, bytes: &Vec<u8>| {
            version == free || (version > last && tip.leftovers.get(path) == Some(bytes))
        };
        if !next(targets_version, last_targets, tip.next_targets, &targets_path, targets_file)
            || !next(snapshot_version, last_snapshot, tip.next_snapshot, &snapshot_path, snapshot_file)
        {
            return Err(NotPublishable::Overtaken);
        }
        Ok(Publishable {
            proposal: proposal.clone(),
            tip: tip.clone(),
            targets: (targets_path, targets_file.clone()),
            targets_version,
            snapshot: (snapshot_path, snapshot_file.clone()),
            snapshot_version,
        })
    }
}

/// Why a draft cannot be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPublishable {
    /// A half is missing.
    Halves(PerOrganisation<Tally>),
    /// These very halves are published.
    Already {
        /// The release.
        release: u64,
        /// When its timestamp runs out.
        expires: UnixSeconds,
    },
    /// The versions that were signed are not the next ones any more.
    Overtaken,
    /// The halves are not of this proposal on this channel.
    NotThis(SignError),
}

impl From<SignError> for NotPublishable {
    fn from(error: SignError) -> Self {
        NotPublishable::NotThis(error)
    }
}

impl Speak for NotPublishable {
    fn say(&self, lang: Lang) -> String {
        match self {
            NotPublishable::Halves(tally) => {
                let halves = say_halves(tally, lang);
                say!(
                    lang,
                    "not ready to publish: {halves}; get the missing signatures",
                    "公開できません（{halves}）。不足している署名を集めてください"
                )
            }
            NotPublishable::Already { release, .. } => {
                say!(lang, "release {release} is published already", "リリース {release} は公開済みです")
            }
            NotPublishable::Overtaken => say!(
                lang,
                "the channel has moved on since this was signed; draft and sign it anew",
                "署名後に配信元が更新されました。草案を作り直して署名してください"
            ),
            NotPublishable::NotThis(error) => error.say(lang),
        }
    }
}

spoken_error!(NotPublishable, |error| !matches!(error, NotPublishable::Already { .. }), |_| None, |error| {
    match error {
        NotPublishable::NotThis(error) => error.next_step(),
        _ => None,
    }
});
