//! Reading: a walk's questions, put to a channel.

use std::fmt;

use warifu_trust::{
    Answer, Carried, Carrying, FetchError, FetchingEarlier, FindingEarlier, LearningRoots, Manifest,
    NextStep, OnHand, OpenError, OpenedRelease, Opening, Proposal, ReadingTip, ReleaseRef, Step, Tip,
    TrustError, TrustedState, UnixSeconds, VerifiedMasters, VerifiedNew, VerifiedRelease, Walk,
};
use warifu_values::lang::{Lang, Speak};

use crate::ahead::Ahead;
use crate::channel::Channel;
use crate::channel_error::ChannelError;

/// Puts each of the walk's questions to `channel` and feeds it the answer, to the walk's end. What the walk
/// says that it will ask is fetched meanwhile.
///
/// # Errors
///
/// [`ReadError`]: the channel gave no answer, or the walk's verdict.
pub fn read_through<W: Walk>(channel: &dyn Channel, walk: W) -> Result<W::Done, ReadError<W::Error>> {
    let ahead = Ahead::default();
    std::thread::scope(|scope| {
        let reader = ahead.reader();
        let mut walk = walk;
        loop {
            let mut next = walk.ahead();
            next.retain(|need| channel.ahead(&need.path));
            if !next.is_empty() {
                reader.fetch(channel, scope, next);
            }
            let answer = match reader.answer(channel, walk.need()) {
                Ok(Some(bytes)) => Answer::File(bytes),
                Ok(None) => Answer::Absent,
                Err(ChannelError::TooLong { .. }) => Answer::TooLong,
                // A patch that is not to be had, for whatever reason, is one that is not there: what is asked
                // for in its place says whether the channel is.
                Err(_) if walk.need().path.is_spare() => Answer::Absent,
                Err(error) => return Err(ReadError::Unreachable(error)),
            };
            match walk.feed(answer).map_err(ReadError::Verdict)? {
                Step::Next(next) => walk = next,
                Step::Done(done) => return Ok(done),
            }
        }
    })
}

/// Opens what `channel` offers: "may I move to this?" See [`Opening`]: **save `state` also after an error.**
///
/// # Errors
///
/// [`ReadError`]. Whatever it is: what is running stays.
pub fn open(
    channel: &dyn Channel,
    state: &mut TrustedState,
    now: UnixSeconds,
) -> Result<OpenedRelease, ReadError<OpenError>> {
    read_through(channel, Opening::begin(state, now))
}

/// Reads the content of `opened`, every byte by its digest; nothing partial comes out.
///
/// # Errors
///
/// [`ReadError`].
pub fn fetch(
    channel: &dyn Channel,
    opened: &OpenedRelease,
) -> Result<VerifiedRelease, ReadError<FetchError>> {
    fetch_beside(channel, opened, OnHand::default())
}

/// The same for who holds some of it, or of the release before: see [`OpenedRelease::fetching_beside`].
///
/// # Errors
///
/// [`ReadError`].
pub fn fetch_beside(
    channel: &dyn Channel,
    opened: &OpenedRelease,
    on_hand: OnHand,
) -> Result<VerifiedRelease, ReadError<FetchError>> {
    read_through(channel, opened.fetching_beside(on_hand).map_err(ReadError::Verdict)?)
}

/// Reads what is new of `opened` for who holds the rest: see [`OpenedRelease::fetching_new`].
///
/// # Errors
///
/// [`ReadError`].
pub fn fetch_new(
    channel: &dyn Channel,
    opened: &OpenedRelease,
    on_hand: OnHand,
) -> Result<VerifiedNew, ReadError<FetchError>> {
    read_through(channel, opened.fetching_new(on_hand).map_err(ReadError::Verdict)?)
}

/// The same for the release to fall back to; `None` when none is listed.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_fallback(
    channel: &dyn Channel,
    opened: &OpenedRelease,
) -> Result<Option<VerifiedRelease>, ReadError<FetchError>> {
    let walk = opened.fetching_fallback().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// Reads the masters of `opened` and nothing else of it, every byte by its digest.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_masters(
    channel: &dyn Channel,
    opened: &OpenedRelease,
) -> Result<VerifiedMasters, ReadError<FetchError>> {
    fetch_masters_beside(channel, opened, OnHand::default())
}

/// The same for who holds some of them, or of those of the release before.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_masters_beside(
    channel: &dyn Channel,
    opened: &OpenedRelease,
    on_hand: OnHand,
) -> Result<VerifiedMasters, ReadError<FetchError>> {
    read_through(channel, opened.fetching_masters_beside(on_hand).map_err(ReadError::Verdict)?)
}

/// The masters of the release to fall back to; `None` when none is listed.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_fallback_masters(
    channel: &dyn Channel,
    opened: &OpenedRelease,
) -> Result<Option<VerifiedMasters>, ReadError<FetchError>> {
    let walk = opened.fetching_fallback_masters().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// Reads only the manifest of `opened`: what it holds, before anything large is read.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_manifest(
    channel: &dyn Channel,
    opened: &OpenedRelease,
) -> Result<Manifest, ReadError<FetchError>> {
    read_through(channel, opened.fetching_manifest().map_err(ReadError::Verdict)?)
}

/// Reads what is to be carried on although it is not to be used; `None` when nothing there says why not: see
/// [`Carrying`].
///
/// # Errors
///
/// [`ReadError`].
pub fn read_to_carry(
    channel: &dyn Channel,
    state: &TrustedState,
    now: UnixSeconds,
) -> Result<Option<Carried>, ReadError<OpenError>> {
    read_through(channel, Carrying::begin(state, now))
}

/// Learns the roots that follow and nothing else. **Save `state` also after an error.**
///
/// # Errors
///
/// [`ReadError`].
pub fn learn_roots(channel: &dyn Channel, state: &mut TrustedState) -> Result<(), ReadError<OpenError>> {
    read_through(channel, LearningRoots::begin(state))
}

/// Reads where `channel` stands, from what `state` trusts. [`Tip::remember`] is for what comes of it.
///
/// # Errors
///
/// [`ReadError`].
pub fn read_tip(channel: &dyn Channel, state: &TrustedState) -> Result<Tip, ReadError<OpenError>> {
    read_through(channel, ReadingTip::begin(state))
}

/// The same where `timestamp.json` is lost or damaged, to be made again.
///
/// # Errors
///
/// [`ReadError`].
pub fn read_tip_rebuilding(channel: &dyn Channel, state: &TrustedState) -> Result<Tip, ReadError<OpenError>> {
    read_through(channel, ReadingTip::rebuilding(state))
}

/// The manifest of what is published at `tip`; `None` when nothing is.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_published_manifest(
    channel: &dyn Channel,
    tip: &Tip,
) -> Result<Option<Manifest>, ReadError<FetchError>> {
    let walk = tip.fetching_manifest().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// The manifest of an earlier release, which a verified manifest names by number and digest
/// ([`Manifest::releases_before`]).
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_earlier_manifest(
    channel: &dyn Channel,
    release: ReleaseRef,
) -> Result<Manifest, ReadError<FetchError>> {
    read_through(channel, FetchingEarlier::begin(release))
}

/// The first of `releases` of whose manifest `is_it` holds, in one look; `None` when it holds of none. One
/// that the channel lacks is passed over.
///
/// # Errors
///
/// [`ReadError`]: one cannot be seen now, or is not what was signed. It may be the one that is looked for.
pub fn find_earlier_release(
    channel: &dyn Channel,
    releases: impl IntoIterator<Item = ReleaseRef>,
    is_it: impl FnMut(&Manifest) -> bool,
) -> Result<Option<ReleaseRef>, ReadError<FetchError>> {
    FindingEarlier::begin(releases, is_it).map_or(Ok(None), |walk| read_through(channel, walk))
}

/// The release published at `tip`, whole: what the next one is compared with; `None` when nothing is.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_published(
    channel: &dyn Channel,
    tip: &Tip,
) -> Result<Option<VerifiedRelease>, ReadError<FetchError>> {
    let walk = tip.fetching().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// The release that is fallen back to from the one published at `tip`, whole; `None` where there is none.
///
/// # Errors
///
/// As [`fetch`].
pub fn fetch_published_fallback(
    channel: &dyn Channel,
    tip: &Tip,
) -> Result<Option<VerifiedRelease>, ReadError<FetchError>> {
    let walk = tip.fetching_fallback().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// The published release of `tip` as a proposal, to be signed anew; `None` when nothing is published.
///
/// # Errors
///
/// As [`fetch`].
pub fn propose_again(channel: &dyn Channel, tip: &Tip) -> Result<Option<Proposal>, ReadError<FetchError>> {
    let walk = tip.proposing_again().map_err(ReadError::Verdict)?;
    walk.map(|walk| read_through(channel, walk)).transpose()
}

/// Why nothing came of reading a channel.
#[derive(Debug)]
pub enum ReadError<E> {
    /// The channel gave no answer: try again.
    Unreachable(ChannelError),
    /// What it answered was judged, and this is the verdict.
    Verdict(E),
}

impl<E: Speak> Speak for ReadError<E> {
    fn say(&self, lang: Lang) -> String {
        match self {
            ReadError::Unreachable(error) => error.say(lang),
            ReadError::Verdict(error) => error.say(lang),
        }
    }
}

impl<E: Speak> fmt::Display for ReadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl<E: TrustError> std::error::Error for ReadError<E> {
    /// What the inner error has, because its own text is told already.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Unreachable(error) => error.source(),
            ReadError::Verdict(error) => error.source(),
        }
    }
}

impl<E: TrustError> TrustError for ReadError<E> {
    fn is_trust_refusal(&self) -> bool {
        match self {
            ReadError::Unreachable(error) => error.is_trust_refusal(),
            ReadError::Verdict(error) => error.is_trust_refusal(),
        }
    }

    fn next_step(&self) -> Option<NextStep> {
        match self {
            ReadError::Unreachable(error) => error.next_step(),
            ReadError::Verdict(error) => error.next_step(),
        }
    }
}
