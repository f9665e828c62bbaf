//! Whether the record is on disk as it should be, and whether there is room for the next one; and trying
//! again while either is not so.

use warifu_trust::UnixSeconds;

use crate::cause::Amiss;
use crate::log::Event;
use crate::said::Said;
use crate::swap::runs::pointer::{Runs, Trouble};

/// The longest pause before the record is written once more.
const LONGEST_PAUSE_SECONDS: i64 = 60;

impl Runs {
    /// Why the room for the next record is not kept, where this one is on disk.
    pub(in crate::swap) fn no_reserve(&self) -> Option<Amiss> {
        self.directory.no_reserve().filter(|_| self.not_written().is_none())
    }

    /// Writes once more what could not be written, and sees that there is room for the next record: at once,
    /// then less and less often, at most a minute apart. Tells what keeps it from that once.
    pub(in crate::swap) fn write_again(&self, now: UnixSeconds) {
        let Some((event, _)) = self.amiss() else {
            let before = self.beside().trouble.take();
            if before.is_some_and(|before| before.event == Event::ReserveSpent) {
                self.tell_mended(Event::ReserveSpent);
            }
            return;
        };
        let pen = self.pen();
        let mut beside = self.beside();
        if beside.trouble.as_ref().is_some_and(|trouble| trouble.event == event && trouble.until > now) {
            return;
        }
        let before = beside.trouble.take().filter(|before| before.event == event);
        drop(beside);
        match event {
            Event::ReserveSpent => self.directory.keep_reserve(),
            _ => _ = self.written(&pen),
        }
        let still = self.amiss();
        let is_mended = still.as_ref().is_none_or(|(still, _)| *still != event);
        // A reserve that was made at once was told to nobody.
        if is_mended && (event != Event::ReserveSpent || before.is_some()) {
            self.tell_mended(event);
        }
        let Some((event, why)) = still else { return };
        let before = before.filter(|before| before.event == event);
        if before.as_ref().is_none_or(|before| before.why != why) {
            self.log.event(event, &why.why);
        }
        let times = before.map_or(0, |before| before.times).saturating_add(1);
        let pause = 2i64.saturating_pow(times).min(LONGEST_PAUSE_SECONDS);
        let until = UnixSeconds::new(now.seconds().saturating_add(pause));
        self.beside().trouble = Some(Trouble { event, why, times, until });
    }

    /// What is amiss with the record on disk or with the room for the next one, and as what it is told.
    fn amiss(&self) -> Option<(Event, Amiss)> {
        let of_record = self.not_written().map(|why| (Event::RecordNotWritten, why));
        of_record.or_else(|| Some((Event::ReserveSpent, self.no_reserve()?)))
    }

    /// That what was told as `event` is well again.
    fn tell_mended(&self, event: Event) {
        let (event, said) = match event {
            Event::ReserveSpent => (
                Event::ReserveKept,
                Said::new("there is room for the record again", "記録用の領域を確保し直しました"),
            ),
            _ => (
                Event::RecordWritten,
                Said::new("the record is on disk again, in both copies", "記録を 2 部とも書き込みました"),
            ),
        };
        self.log.event(event, &said);
    }
}
