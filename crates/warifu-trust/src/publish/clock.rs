//! The clock of whoever signs or publishes, held against what the channel says of the time.
//!
//! What is sealed with a clock far ahead stays fresh for as long: readers would not see that a channel has
//! stopped. Metadata has no instant of signing, so the timestamp's expiry and the validity tell it.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::publish::tip::{Clock, Tip};
use crate::publish::validity::Validity;
use crate::time::UnixSeconds;

/// How far two people's clocks may lie apart.
const APART_DAYS: u32 = 1;

/// For how long a channel may have run out before a clock that says so is doubted: over the holidays nobody
/// need have looked. What is sealed within it makes the next bound later by no more.
const ASLEEP_DAYS: u32 = 31;

/// The clock and the channel cannot both be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongClock {
    /// It shows a time before the channel's newest timestamp was made.
    Behind {
        /// What it shows.
        now: UnixSeconds,
        /// When the channel's timestamp runs out.
        expires: UnixSeconds,
    },
    /// It shows a time more than 31 days after the channel ran out.
    Ahead {
        /// What it shows.
        now: UnixSeconds,
        /// When the channel's timestamp ran out; the root when nothing is published.
        expires: UnixSeconds,
    },
}

impl Tip {
    /// Whether `now` can be: not before the newest timestamp was made, for as many days as are usual, nor
    /// more than 31 days after it ran out.
    ///
    /// # Errors
    ///
    /// [`WrongClock`], unless the clock was vouched for.
    pub fn check_clock(&self, now: UnixSeconds, timestamp_days: u32) -> Result<(), WrongClock> {
        self.check_against(self.published.as_ref().map(|it| it.timestamp_expires), now, timestamp_days)
    }

    /// The same for who seals a timestamp. Where it is made again because it was lost, the newest one that is
    /// known stands for it: the one that is remembered, or the one that was sealed beside Kokuho's half,
    /// which was signed as many days before it runs out as are usual. So the clock leads no further by what
    /// lies on a channel than by the lost timestamp.
    ///
    /// # Errors
    ///
    /// As [`Tip::check_clock`].
    pub(super) fn check_sealing_clock(&self, now: UnixSeconds, validity: Validity) -> Result<(), WrongClock> {
        match &self.orphan {
            Some(orphan) if self.published.is_none() => {
                let signed = orphan.snapshot_expires.less_days(validity.snapshot_days);
                let beside = signed.plus_days(validity.timestamp_days);
                let newest = self.known_expires.map_or(beside, |known| known.max(beside));
                self.check_against(Some(newest), now, validity.timestamp_days)
            }
            _ => self.check_clock(now, validity.timestamp_days),
        }
    }

    fn check_against(
        &self,
        timestamp: Option<UnixSeconds>,
        now: UnixSeconds,
        timestamp_days: u32,
    ) -> Result<(), WrongClock> {
        if self.clock == Clock::Vouched {
            return Ok(());
        }
        let expires = timestamp.unwrap_or(self.root.table().expires);
        if now > expires.plus_days(ASLEEP_DAYS) {
            return Err(WrongClock::Ahead { now, expires });
        }
        match timestamp {
            Some(expires) if now.plus_days(timestamp_days).plus_days(APART_DAYS) < expires => {
                Err(WrongClock::Behind { now, expires })
            }
            _ => Ok(()),
        }
    }
}

impl Speak for WrongClock {
    fn say(&self, lang: Lang) -> String {
        match self {
            WrongClock::Behind { now, expires } => say!(
                lang,
                "this machine's clock shows {now}, but the channel's timestamp holds until {expires}, so it \
                 was made later than that; set the clock, or say --clock-is-right when the other one was \
                 wrong",
                "この端末の時計は {now} ですが、配信元のタイムスタンプの期限は {expires} で、より後に作られています。\
                 時計を合わせてください。誤っていたのが相手の時計なら --clock-is-right を付けてください",
                now = now.said_exactly(lang),
                expires = expires.said_exactly(lang)
            ),
            WrongClock::Ahead { now, expires } => say!(
                lang,
                "this machine's clock shows {now}, more than {ASLEEP_DAYS} days after the channel ran out \
                 ({expires}); set the clock, or say --clock-is-right when it is (the channel \
                 paused that long)",
                "この端末の時計は {now} で、配信元の期限（{expires}）から {ASLEEP_DAYS} 日を超えて過ぎています。\
                 時計を合わせてください。正しい場合（更新を休んでいた場合）は --clock-is-right を付けてください",
                now = now.said_exactly(lang),
                expires = expires.said_exactly(lang)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Shelf, World, drive, now};
    use crate::{Halves, ReadingTip, SealError, SignError};

    /// The tip of a channel with one release, published at [`now`].
    fn tip(world: &World) -> Tip {
        let mut shelf = Shelf::default();
        let empty = drive(ReadingTip::begin(&world.reader()), &shelf).unwrap();
        shelf.write(&world.release(&empty));
        drive(ReadingTip::begin(&world.reader()), &shelf).unwrap()
    }

    #[test]
    fn a_timestamp_is_not_made_with_a_clock_that_the_channel_contradicts() {
        let world = World::new();
        let tip = tip(&world);
        let renew = |tip: &Tip, at| tip.renew_timestamp(&world.timestamp, at, Validity::default());
        let expires = now().plus_days(7);
        for far in [expires.plus_days(32), expires.plus_days(54)] {
            let refused = SealError::Clock(WrongClock::Ahead { now: far, expires });
            assert_eq!(renew(&tip, far).unwrap_err(), refused);
        }
        for early in [UnixSeconds::EPOCH, UnixSeconds::new(now().seconds() - 2 * 86_400)] {
            let refused = SealError::Clock(WrongClock::Behind { now: early, expires });
            assert_eq!(renew(&tip, early).unwrap_err(), refused);
        }
        let skewed = UnixSeconds::new(now().seconds() - 86_400);
        for fine in [skewed, now(), expires.plus_days(31)] {
            assert!(renew(&tip, fine).is_ok(), "{fine}");
        }
        assert!(renew(&tip.with_vouched_clock(), expires.plus_days(54)).is_ok());
    }

    /// No step of a clock that runs ahead is small enough to lead beyond what both signed.
    #[test]
    fn what_has_run_out_is_not_made_fresh_by_any_clock() {
        let world = World::new();
        let tip = tip(&world);
        let renew = |tip: &Tip, at| tip.renew_timestamp(&world.timestamp, at, Validity::default());
        let expires = now().plus_days(62);
        let vouched = tip.clone().with_vouched_clock();
        assert!(renew(&vouched, expires).is_ok());
        for far in [UnixSeconds::new(expires.seconds() + 1), now().plus_days(365), UnixSeconds::LAST] {
            for tip in [&tip, &vouched] {
                assert_eq!(renew(tip, far).unwrap_err(), SealError::RanOut { now: far, expires });
            }
        }
    }

    /// A timestamp that is made again is made by what the lost one, and the halves, let a clock say.
    #[test]
    fn what_is_made_again_is_held_to_the_newest_that_is_known() {
        let world = World::new();
        let mut shelf = Shelf::default();
        shelf.write(&world.release(&drive(ReadingTip::begin(&world.reader()), &shelf).unwrap()));
        let published = drive(ReadingTip::begin(&world.reader()), &shelf).unwrap();
        let later = now().plus_days(20);
        let renewed = published.renew_timestamp(&world.timestamp, later, Validity::default()).unwrap();
        shelf.write(&renewed);
        let mut remembers = world.reader();
        drive(ReadingTip::begin(&world.reader()), &shelf).unwrap().remember(&mut remembers);
        shelf.0.remove("metadata/timestamp.json");
        let rebuild = |tip: &Tip, at| tip.rebuild_timestamp(&world.timestamp, at, Validity::default(), 0);
        // Who remembers nothing has Kokuho's half, of 62 days.
        let sealed = now().plus_days(7);
        for (state, expires) in [(world.reader(), sealed), (remembers, later.plus_days(7))] {
            let tip = drive(ReadingTip::rebuilding(&state), &shelf).unwrap();
            let latest = expires.plus_days(31);
            assert!(rebuild(&tip, expires).is_ok() && rebuild(&tip, latest).is_ok());
            let far = UnixSeconds::new(latest.seconds() + 1);
            let refused = SealError::Clock(WrongClock::Ahead { now: far, expires });
            assert_eq!(rebuild(&tip, far).unwrap_err(), refused);
            let early = UnixSeconds::new(expires.less_days(8).seconds() - 1);
            let refused = SealError::Clock(WrongClock::Behind { now: early, expires });
            assert_eq!(rebuild(&tip, early).unwrap_err(), refused);
            // Whoever vouches for it: not beyond what both signed.
            let (vouched, expires) = (tip.with_vouched_clock(), now().plus_days(62));
            assert!(rebuild(&vouched, far).is_ok() && rebuild(&vouched, expires).is_ok());
            let far = UnixSeconds::new(expires.seconds() + 1);
            assert_eq!(rebuild(&vouched, far).unwrap_err(), SealError::RanOut { now: far, expires });
        }
    }

    #[test]
    fn nobody_signs_with_a_clock_that_the_channel_contradicts() {
        let world = World::new();
        let far = UnixSeconds::LAST;
        let empty = drive(ReadingTip::begin(&world.reader()), &Shelf::default()).unwrap();
        let expires = world.root.table().expires;
        for (tip, expires) in [(empty, expires), (tip(&world), now().plus_days(7))] {
            let proposal = world.propose(&tip);
            let reviewed = proposal.review(proposal.manifest()).unwrap();
            let (none, validity) = (Halves::default(), Validity::default());
            let refused = SignError::Clock(WrongClock::Ahead { now: far, expires });
            let signed = reviewed.sign_as_kikin(&tip, &none, &world.kikin[0], far, validity);
            assert_eq!(signed.unwrap_err(), refused);
            let halves = world.sign(&tip, &proposal);
            let signed = reviewed.sign_as_kokuho(&tip, &halves, &world.kokuho[1], far, validity);
            assert_eq!(signed.unwrap_err(), refused);
        }
    }
}
