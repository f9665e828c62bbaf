//! The end: a program that uses releases too is not left with what nobody would ask it about any more.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use warifu_trust::UnixSeconds;

use crate::log::Event;
use crate::said::Said;
use crate::swap::active::Active;
use crate::swap::follower::Follower;
use crate::swap::resume::INTERRUPTED_MOST;
use crate::swap::swapper::Swapper;
use crate::swap::target::Otherwise;

/// The end waits so long for what the program is just being given, and to give it back; then both are broken
/// off.
const GIVEN_AT_THE_END: Duration = Duration::from_secs(60);

/// So long it waits for that altogether: less than the service manager waits.
const AT_THE_END: Duration = Duration::from_secs(90);

impl Swapper {
    /// Ends as it should: what is on probation now was not the cause, so the next start does not count it.
    /// What an attached program was given only just now it gives back before, and that is counted.
    pub fn end(&self, now: UnixSeconds) {
        self.let_be(now);
        self.settle(now);
        self.runs.end(now);
        self.acts.end(self.active().map(|active| active.id.release), now);
    }

    /// This was told to end: from now on the program is told nothing more.
    pub fn told_to_end(&self) {
        self.ending.tell();
    }

    /// Lets the program be at the end. Waits for what it is just being given, and gives it back what it had:
    /// nobody would ask it any more whether it works. What takes too long is broken off.
    fn let_be(&self, now: UnixSeconds) {
        self.told_to_end();
        let Some(follower) = self.follower.as_ref().map(Arc::clone) else { return };
        let ending = Arc::clone(&self.ending);
        let (done, is_done) = sync_channel::<()>(0);
        let breaks_off = Builder::new().name("at-the-end".to_owned()).spawn(move || {
            if is_done.recv_timeout(GIVEN_AT_THE_END) == Err(RecvTimeoutError::Timeout) {
                ending.break_off();
            }
        });
        let (let_go, is_let_go) = sync_channel(1);
        let waits = Builder::new().name("let-be".to_owned()).spawn(move || {
            drop(follower.lock());
            let _ = let_go.send(());
        });
        if breaks_off.is_ok() && waits.is_ok() && is_let_go.recv_timeout(AT_THE_END).is_ok() {
            self.take_back(now);
        }
        drop(done);
    }

    /// The program is not left with what it was given only just now. That it ended meanwhile is put down to
    /// that release: the next start finds it as what is tried.
    fn take_back(&self, now: UnixSeconds) {
        let Some(mut follower) = self.follower() else { return };
        let Some(tried) = self.record().tried() else { return };
        // What judges first: it is on disk before the program is told, whatever ends this then.
        self.runs.take_back(tried.into());
        let before = self.active();
        let given_back = match &before {
            Some(before) => self.give_back(&mut follower, before, now),
            None => follower.target.leave(tried.into()).map(drop).map_err(|failed| failed.why),
        };
        let release = tried.release;
        let times =
            self.record().interrupted.filter(|(id, _)| *id == tried).map_or(0, |(_, times)| times) + 1;
        let (back_en, back_ja) = match (given_back, before.map(|before| before.id.release)) {
            (Ok(()), Some(before)) => {
                (format!("it has release {before} again"), format!("リリース {before} に戻しました"))
            }
            (Ok(()), None) => ("it has none".to_owned(), "渡したリリースはありません".to_owned()),
            (Err(why), _) => (
                format!("the next start gives it back what it had ({})", why.en),
                format!("次の起動時に前のリリースへ戻します（{}）", why.ja),
            ),
        };
        let most = INTERRUPTED_MOST;
        let said = Said::new(
            format!(
                "told to end while release {release} was just given to the attached program: {back_en}; \
                 after {most} such ends a start holds that release, and this was number {times}"
            ),
            format!(
                "リリース {release} を接続先プログラムに適用中、終了の指示を受けました。{back_ja}。適用中の終了が\
                 {most} 回になると、次の起動で保留します（今回 {times} 回目）"
            ),
        );
        self.acts.taken_back(release, &said, now);
        self.log.of_release(Event::AttachedTakenBack, release, &said);
    }

    fn give_back(&self, follower: &mut Follower, before: &Active, now: UnixSeconds) -> Result<(), Said> {
        if follower.target.uses() == Some(before.id) {
            return Ok(());
        }
        let load = || self.runs.load(before.id).map_err(|error| Said::of(&error));
        let taken = follower.target.take(before.id, &load, Otherwise::Stay);
        follower.was_given(&taken, now);
        taken.map_err(|not_taken| not_taken.failed().why.clone())
    }
}
